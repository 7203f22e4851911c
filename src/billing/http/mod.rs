//! The billing profile of a company by API.

mod body;

use axum::{Json, extract::State, http::StatusCode};
use utoipa_axum::routes;
use uuid::Uuid;

use self::body::{
    PendingRecipientShown, ProfileBody, ProfileShown, RecipientBody, RecipientCode, StaffBody, VersionShown,
    expected,
};
use super::{Billing, BillingError, Editor, RecipientId};
use crate::{
    access::{
        Caller, Permission,
        http::{Gatekeeper, Guard, Routes},
    },
    companies::CompanyId,
    directory::{self, PersonRow},
    platform::{
        http::{
            extract::{JsonBody, PathIds, QueryFields},
            paging::{Page, PageQuery},
            preconditions::{IfMatch, Versioned, changed},
        },
        problem::Problem,
    },
};

/// `/companies/{company_id}/billing` and what is below it.
#[must_use]
pub fn router(keeper: Gatekeeper, billing: &Billing) -> Routes {
    let state = || billing.clone();
    Routes::new(keeper)
        .at(Guard::Company(Permission::BillingView), routes!(profile), state())
        .at(Guard::Company(Permission::BillingManage), routes!(save), state())
        .at(Guard::System(Permission::BillingSetByStaff), routes!(set_by_staff), state())
        .at(Guard::Company(Permission::BillingView), routes!(versions), state())
        .at(Guard::Company(Permission::BillingView), routes!(version), state())
        .at(Guard::Company(Permission::BillingManage), routes!(pending_recipients), state())
        .at(Guard::Company(Permission::BillingManage), routes!(add_recipient), state())
        .at(Guard::Company(Permission::BillingManage), routes!(prove_recipient), state())
        .at(Guard::Company(Permission::BillingManage), routes!(remove_recipient), state())
}

impl From<BillingError> for Problem {
    fn from(error: BillingError) -> Self {
        let conflict = |code, title| Self::new(StatusCode::CONFLICT, code, title);
        match error {
            BillingError::Denied(denied) => denied.into(),
            BillingError::Fields(fields) => Self::invalid_fields(fields.into_iter().map(expected)),
            BillingError::Changed(newest) => changed(newest.revision),
            BillingError::Held => conflict("billing/recipient-held", "The address gets invoices already"),
            BillingError::TooMany => {
                conflict("billing/too-many-recipients", "Too many addresses get invoices")
            }
            BillingError::NotFound => Self::not_found(),
            BillingError::Code(refusal) => refusal.problem(),
            BillingError::Database(error) => Self::of_database(&error),
        }
    }
}

impl Billing {
    async fn editor(&self, caller: &Caller, company_id: Uuid) -> Result<Editor, Problem> {
        let user_id = caller.require_person()?.to_owned();
        let failed = |error: sqlx::Error| Problem::of_database(&error);
        let mut conn = self.pool.acquire().await.map_err(failed)?;
        let people = directory::people_by_id(&mut conn, &[user_id]).await.map_err(failed)?;
        drop(conn);
        let person = people.into_iter().find(PersonRow::is_alive).ok_or_else(Problem::not_found)?;
        let locale = person.locale.unwrap_or_else(|| "en".to_owned());
        Ok(Editor::of(caller, CompanyId(company_id), locale)?)
    }
}

/// The billing profile of a company, and what it lacks.
#[utoipa::path(
    get, path = "/companies/{company_id}/billing", operation_id = "getBillingProfile", tag = "billing",
    params(("company_id" = Uuid, Path)),
    responses((status = 200, body = ProfileShown), (status = 401), (status = 403), (status = 404)),
)]
async fn profile(
    State(billing): State<Billing>,
    PathIds(company_id): PathIds<Uuid>,
) -> Result<Versioned<Json<ProfileShown>>, Problem> {
    let saved = billing.profile(CompanyId(company_id)).await.map_err(BillingError::from)?;
    Ok(Versioned { version: saved.revision, answer: Json(ProfileShown::of(company_id, saved)) })
}

/// Saves the profile over the revision of `If-Match`. Invoice recipients and what staff set stay.
#[utoipa::path(
    put, path = "/companies/{company_id}/billing", operation_id = "saveBillingProfile", tag = "billing",
    params(("company_id" = Uuid, Path), ("if-match" = String, Header, description = "ETag of the last answer")),
    request_body = ProfileBody,
    responses((status = 200, body = ProfileShown), (status = 400), (status = 401), (status = 403),
              (status = 404), (status = 412), (status = 428)),
)]
async fn save(
    State(billing): State<Billing>,
    caller: Caller,
    PathIds(company_id): PathIds<Uuid>,
    IfMatch(revision): IfMatch,
    JsonBody(body): JsonBody<ProfileBody>,
) -> Result<Versioned<Json<ProfileShown>>, Problem> {
    let editor = billing.editor(&caller, company_id).await?;
    let saved = billing.save(&editor, revision, &body.into_input()?).await?;
    Ok(Versioned { version: saved.revision, answer: Json(ProfileShown::of(company_id, saved)) })
}

/// Staff decide how taxes apply, who sells, and that the currency stays.
#[utoipa::path(
    put, path = "/companies/{company_id}/billing/staff", operation_id = "setBillingByStaff", tag = "billing",
    params(("company_id" = Uuid, Path), ("if-match" = String, Header, description = "ETag of the last answer")),
    request_body = StaffBody,
    responses((status = 200, body = ProfileShown), (status = 400), (status = 401), (status = 403),
              (status = 404), (status = 412), (status = 428)),
)]
async fn set_by_staff(
    State(billing): State<Billing>,
    caller: Caller,
    PathIds(company_id): PathIds<Uuid>,
    IfMatch(revision): IfMatch,
    JsonBody(body): JsonBody<StaffBody>,
) -> Result<Versioned<Json<ProfileShown>>, Problem> {
    let editor = Editor::of_staff(&caller, CompanyId(company_id))?;
    let saved = billing.set_by_staff(&editor, revision, body.into_set()?).await?;
    Ok(Versioned { version: saved.revision, answer: Json(ProfileShown::of(company_id, saved)) })
}

/// The revisions of the profile that were kept, the newest first.
#[utoipa::path(
    get, path = "/companies/{company_id}/billing/versions", operation_id = "listBillingVersions",
    tag = "billing", params(("company_id" = Uuid, Path), PageQuery),
    responses((status = 200, body = Page<VersionShown>), (status = 401), (status = 403), (status = 404)),
)]
async fn versions(
    State(billing): State<Billing>,
    PathIds(company_id): PathIds<Uuid>,
    QueryFields(page): QueryFields<PageQuery>,
) -> Result<Json<Page<VersionShown>>, Problem> {
    let limit = page.limit()?;
    let found = billing.versions(CompanyId(company_id), page.after()?, limit).await;
    let found = found.map_err(BillingError::from)?;
    Ok(Json(Page::of(found, limit, |version| version.revision, VersionShown::from)))
}

/// One revision of the profile.
#[utoipa::path(
    get, path = "/companies/{company_id}/billing/versions/{revision}", operation_id = "getBillingVersion",
    tag = "billing", params(("company_id" = Uuid, Path), ("revision" = i64, Path)),
    responses((status = 200, body = VersionShown), (status = 401), (status = 403), (status = 404)),
)]
async fn version(
    State(billing): State<Billing>,
    PathIds((company_id, revision)): PathIds<(Uuid, i64)>,
) -> Result<Json<VersionShown>, Problem> {
    let found = billing.version(CompanyId(company_id), revision).await.map_err(BillingError::from)?;
    Ok(Json(found.ok_or_else(Problem::not_found)?.into()))
}

/// The addresses that the caller asked for and that wait for their code.
#[utoipa::path(
    get, path = "/companies/{company_id}/billing/recipients/pending", operation_id = "listPendingRecipients",
    tag = "billing", params(("company_id" = Uuid, Path)),
    responses((status = 200, body = Vec<PendingRecipientShown>), (status = 401), (status = 403), (status = 404)),
)]
async fn pending_recipients(
    State(billing): State<Billing>,
    caller: Caller,
    PathIds(company_id): PathIds<Uuid>,
) -> Result<Json<Vec<PendingRecipientShown>>, Problem> {
    let editor = billing.editor(&caller, company_id).await?;
    let pending = billing.pending(&editor).await.map_err(BillingError::from)?;
    Ok(Json(pending.into_iter().map(Into::into).collect()))
}

/// Sends a code to an address, which gets invoices once the code was entered.
#[utoipa::path(
    post, path = "/companies/{company_id}/billing/recipients/pending", operation_id = "addRecipient",
    tag = "billing", params(("company_id" = Uuid, Path)), request_body = RecipientBody,
    responses((status = 202, body = PendingRecipientShown), (status = 401), (status = 403), (status = 404),
              (status = 409), (status = 422), (status = 429), (status = 503)),
)]
async fn add_recipient(
    State(billing): State<Billing>,
    caller: Caller,
    PathIds(company_id): PathIds<Uuid>,
    JsonBody(body): JsonBody<RecipientBody>,
) -> Result<(StatusCode, Json<PendingRecipientShown>), Problem> {
    let editor = billing.editor(&caller, company_id).await?;
    let id = billing.add_recipient(&editor, body.email.expose()).await?;
    let pending = billing.pending(&editor).await.map_err(BillingError::from)?;
    let pending = pending.into_iter().find(|pending| pending.pending_id == id);
    Ok((StatusCode::ACCEPTED, Json(pending.ok_or_else(Problem::not_found)?.into())))
}

/// Enters the code: the address gets invoices from now on.
#[utoipa::path(
    post, path = "/companies/{company_id}/billing/recipients/pending/{pending_id}/verification",
    operation_id = "proveRecipient", tag = "billing",
    params(("company_id" = Uuid, Path), ("pending_id" = Uuid, Path)), request_body = RecipientCode,
    responses((status = 204), (status = 401), (status = 403), (status = 404), (status = 410), (status = 412),
              (status = 422), (status = 423), (status = 429)),
)]
async fn prove_recipient(
    State(billing): State<Billing>,
    caller: Caller,
    PathIds((company_id, id)): PathIds<(Uuid, RecipientId)>,
    JsonBody(body): JsonBody<RecipientCode>,
) -> Result<StatusCode, Problem> {
    let editor = billing.editor(&caller, company_id).await?;
    billing.prove_recipient(&editor, id, body.code).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An address gets no more invoices. Removing one that is gone changes nothing. The address stands in the
/// body, for paths end up in logs.
#[utoipa::path(
    post, path = "/companies/{company_id}/billing/recipients/removal", operation_id = "removeRecipient",
    tag = "billing", params(("company_id" = Uuid, Path)), request_body = RecipientBody,
    responses((status = 204), (status = 401), (status = 403), (status = 404)),
)]
async fn remove_recipient(
    State(billing): State<Billing>,
    caller: Caller,
    PathIds(company_id): PathIds<Uuid>,
    JsonBody(body): JsonBody<RecipientBody>,
) -> Result<StatusCode, Problem> {
    let editor = billing.editor(&caller, company_id).await?;
    billing.remove_recipient(&editor, body.email.expose()).await?;
    Ok(StatusCode::NO_CONTENT)
}
