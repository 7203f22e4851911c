//! Systems that read from here: of the visitor's company, and of the cloud's operator. The pages are the
//! same; they differ in where they stand and whose systems they show.

mod list;
mod make;
mod one;

use uuid::Uuid;

use super::{Door, NoPage, Pages, Visitor, page::note, words};
use crate::access::{AccessError, Permission, Target, systems::SystemsError};

/// Whose systems a page shows.
trait Place: 'static {
    /// Where its pages stand.
    const ROOT: &'static str;

    /// The company, or none for the operator.
    fn company(visitor: &Visitor) -> Result<Option<Uuid>, NoPage>;

    /// What its systems may look into.
    fn target(visitor: &Visitor) -> Result<Target, NoPage> {
        Ok(Self::company(visitor)?.map_or(Target::System, Target::Company))
    }
}

/// Those of the company that the visitor is in.
struct OfCompany;
/// Those of the cloud's operator.
struct OfOperator;

impl Place for OfCompany {
    const ROOT: &'static str = "/company/systems";

    fn company(visitor: &Visitor) -> Result<Option<Uuid>, NoPage> {
        visitor.company_id().map(|company_id| Some(company_id.0))
    }
}

impl Place for OfOperator {
    const ROOT: &'static str = "/backoffice/systems";

    fn company(_: &Visitor) -> Result<Option<Uuid>, NoPage> {
        Ok(None)
    }
}

/// Everything under `/company/systems` and `/backoffice/systems`.
pub fn pages(pages: Pages) -> Pages {
    let (company, staff) = (Door::Company(Permission::SystemsManage), Door::Staff(Permission::SystemAccess));
    pages
        .get(company, "/company/systems", list::show::<OfCompany>)
        .get(company, "/company/systems/new", make::form::<OfCompany>)
        .post(company, "/company/systems/new", make::make::<OfCompany>)
        .get(company, "/company/systems/{client_id}", one::show::<OfCompany>)
        .post(company, "/company/systems/{client_id}/secret", one::renew_secret::<OfCompany>)
        .post(company, "/company/systems/{client_id}/revoke", one::revoke::<OfCompany>)
        .get(staff, "/backoffice/systems", list::show::<OfOperator>)
        .get(staff, "/backoffice/systems/new", make::form::<OfOperator>)
        .post(staff, "/backoffice/systems/new", make::make::<OfOperator>)
        .get(staff, "/backoffice/systems/{client_id}", one::show::<OfOperator>)
        .post(staff, "/backoffice/systems/{client_id}/secret", one::renew_secret::<OfOperator>)
        .post(staff, "/backoffice/systems/{client_id}/revoke", one::revoke::<OfOperator>)
}

/// What to tell of a use case that was not carried out; else that there is no page.
fn told(error: SystemsError, visitor: &Visitor) -> Result<&'static str, NoPage> {
    let words = words::Systems::of(visitor.language);
    match error {
        SystemsError::Access(AccessError::Database(error)) => {
            note(&error);
            Err(NoPage::Failed)
        }
        SystemsError::Access(_) => Err(NoPage::NotFound),
        SystemsError::Invalid(..) => Ok(words.name_expected),
        SystemsError::TooMany => Ok(words.too_many),
        SystemsError::NotYet => Ok(words.not_yet),
        SystemsError::Unavailable => Ok(words.unavailable),
    }
}

/// How far a system is, in the visitor's language, and how that is coloured.
fn state_of(system: &crate::access::systems::System, words: &words::Systems) -> (&'static str, &'static str) {
    match (system.made_at, system.secret_at) {
        (None, _) => (words.being_made, "warn"),
        (Some(_), None) => (words.no_secret, "warn"),
        (Some(_), Some(_)) => (words.ready, "good"),
    }
}
