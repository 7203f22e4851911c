//! Companies that nobody leads, by API.

use axum::{Json, extract::State};
use utoipa_axum::routes;

use crate::{
    access::{
        Caller, Permission,
        http::{Gatekeeper, Guard, Routes},
    },
    companies::administration::{Companies, WithoutAdmin},
    platform::{
        http::{
            extract::QueryFields,
            paging::{Page, PageQuery},
        },
        problem::Problem,
    },
};

pub(super) fn router(keeper: Gatekeeper, companies: &Companies) -> Routes {
    Routes::new(keeper).at(
        Guard::System(Permission::DirectoryView),
        routes!(without_admin),
        companies.clone(),
    )
}

/// Companies in use without an admin who can act, by their names.
#[utoipa::path(
    get, path = "/backoffice/companies/without-admin", operation_id = "listCompaniesWithoutAdmin", tag = "backoffice",
    params(PageQuery),
    responses((status = 200, body = Page<WithoutAdmin>), (status = 400), (status = 401), (status = 403)),
)]
async fn without_admin(
    State(companies): State<Companies>,
    caller: Caller,
    QueryFields(page): QueryFields<PageQuery>,
) -> Result<Json<Page<WithoutAdmin>>, Problem> {
    let limit = page.limit()?;
    let rows = companies.without_admin(&caller, page.after()?, limit).await?;
    Ok(Json(Page::of(rows, limit, |row| (row.name.clone(), row.company_id), |row| row)))
}
