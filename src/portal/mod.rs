//! Pages for people. They work without JavaScript and better with it (htmx, by attributes of the templates alone), by keyboard and on a phone, in four languages.
//!
//! To add a page:
//! 1. its words: `words/<page>.rs` with [`words!`](words), the four languages side by side;
//! 2. its template beside the feature, `{% extends "portal/templates/frame.html" %}`, with a `frame`
//!    ([`Frame`]) and the macros of `forms.html` for fields, which show what is wrong at the field and
//!    in the summary;
//! 3. its handlers: [`Visitor`] for a page, [`Submission`] for a form. Who is not signed in is sent to
//!    sign in, and a form without this session's token reaches nobody;
//! 4. its route in the part's `router`, with the [`Door`] that says who may see it;
//! 5. its place in the navigation: `navigation.rs`.
//!
//! A form that was taken leads to a page by [`see`], so that loading it again repeats nothing.

mod account;
mod assets;
mod backoffice;
pub mod cloud;
mod codes;
mod company;
mod config;
mod http;
mod known;
mod navigation;
mod page;
mod pages;
mod partial;
mod people;
mod policy;
pub mod session;
mod sign_in;
mod submission;
mod systems;
mod undo;
mod visitor;
pub mod words;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use sqlx::PgPool;
use url::Url;

pub use config::PortalConfig;
pub use http::{router, routes};
pub use page::{FieldProblem, Frame, Link, NoPage, page, see};
pub use pages::{Door, PageRoute, Pages};
pub use submission::{Fields, Submission};
pub use visitor::Visitor;

use crate::{
    access::{Access, systems::Systems},
    account::{Account, Fresh},
    adapters::{keycloak::Keycloak, oidc::IdentityProvider},
    admission::Admission,
    audit::Origin,
    backoffice::BackOffice,
    billing::Billing,
    companies::{administration::Companies, contacts::CompanyContacts},
    contacts::Contacts,
    directory::{
        self, PersonRow,
        commands::{CommandId, CommandState, Commands},
    },
    otp::Otp,
    platform::{
        db,
        entropy::SharedEntropy,
        http::{client_address::network, limits::RateLimit},
    },
};
use session::Sessions;

/// How long somebody who has just signed up may have to wait until the directory knows them.
const PATIENCE: Duration = Duration::from_secs(4);
/// How often it is asked meanwhile.
const PAUSE: Duration = Duration::from_millis(100);

/// What the pages stand on. Cheap to clone.
#[derive(Clone)]
pub struct Portal(Arc<Parts>, Option<cloud::Rooms>);

/// What the pages are made of.
pub struct Parts {
    /// Who is signed in.
    pub sessions: Sessions,
    /// By whom people sign in.
    pub provider: Arc<dyn IdentityProvider>,
    /// As which client people sign in.
    pub client_id: String,
    /// What people change about themselves at Keycloak.
    pub commands: Commands,
    /// What people change about the account itself.
    pub account: Account,
    /// How people can be reached.
    pub contacts: Contacts,
    /// Whom to ask at companies.
    pub company_contacts: CompanyContacts,
    /// What invoices to companies need.
    pub billing: Billing,
    /// Who may do what.
    pub access: Access,
    /// The administration of companies.
    pub companies: Companies,
    /// What staff do for all customers.
    pub office: BackOffice,
    /// Systems that look at what they were given.
    pub systems: Systems,
    /// Who may sign up.
    pub admission: Admission,
    /// Second factors in the hands of staff, and what text messages cost.
    pub otp: Otp,
    /// How browsers reach the pages.
    pub public_url: Url,
    /// Where people manage their sign-in at Keycloak.
    pub account_url: Url,
    /// Where systems get their tokens.
    pub token_url: Url,
    /// Keycloak's administration, for what is shown as it is now.
    pub keycloak: Arc<dyn Keycloak>,
    /// How many forms a person may send.
    pub forms: RateLimit,
    /// How often the pages act for those who are not signed in, by network.
    pub strangers: RateLimit,
}

impl Portal {
    /// The pages over these parts.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts), None)
    }

    /// The same with pages about OpenStack.
    #[must_use]
    pub fn with_cloud(self, rooms: cloud::Rooms) -> Self {
        Self(self.0, Some(rooms))
    }

    /// What pages about OpenStack stand on, if there is one.
    pub(crate) fn cloud(&self) -> Option<&cloud::Rooms> {
        self.1.as_ref()
    }

    pub(crate) fn sessions(&self) -> &Sessions {
        &self.0.sessions
    }

    pub(crate) fn pool(&self) -> &PgPool {
        &self.0.sessions.pool
    }

    pub(crate) fn commands(&self) -> &Commands {
        &self.0.commands
    }

    pub(crate) fn keycloak(&self) -> &dyn Keycloak {
        self.0.keycloak.as_ref()
    }

    /// Whether a person may send one more form now.
    fn admits_form(&self, user_id: &str) -> bool {
        self.0.forms.take(user_id).is_ok()
    }

    /// Whether the pages act once more for somebody who is not signed in.
    fn admits_stranger(&self, origin: &Origin) -> bool {
        origin.ip_address.is_none_or(|address| self.0.strangers.take(&network(address)).is_ok())
    }

    pub(crate) fn account(&self) -> &Account {
        &self.0.account
    }

    /// How people can be reached.
    #[must_use]
    pub fn contacts(&self) -> &Contacts {
        &self.0.contacts
    }

    /// Whom to ask at companies.
    #[must_use]
    pub fn company_contacts(&self) -> &CompanyContacts {
        &self.0.company_contacts
    }

    /// What invoices to companies need.
    #[must_use]
    pub fn billing(&self) -> &Billing {
        &self.0.billing
    }

    pub(crate) fn access(&self) -> &Access {
        &self.0.access
    }

    pub(crate) fn companies(&self) -> &Companies {
        &self.0.companies
    }

    pub(crate) fn systems(&self) -> &Systems {
        &self.0.systems
    }

    pub(crate) fn admission(&self) -> &Admission {
        &self.0.admission
    }

    pub(crate) fn token_url(&self) -> &Url {
        &self.0.token_url
    }

    pub(crate) fn office(&self) -> &BackOffice {
        &self.0.office
    }

    pub(crate) fn otp(&self) -> &Otp {
        &self.0.otp
    }

    fn client_id(&self) -> &str {
        &self.0.client_id
    }

    fn entropy(&self) -> &SharedEntropy {
        &self.0.sessions.entropy
    }

    fn provider(&self) -> &dyn IdentityProvider {
        self.0.provider.as_ref()
    }

    /// Keycloak, as browsers see it.
    pub(crate) fn account_url(&self) -> &Url {
        &self.0.account_url
    }

    /// The whole address of a path of ours.
    fn address(&self, path: &str) -> Url {
        self.0.public_url.join(path).unwrap_or_else(|_| self.0.public_url.clone())
    }

    /// The visitor as somebody who has just proven who they are; whoever has not is sent to
    /// [`sign_in::again`].
    pub(crate) fn fresh(&self, visitor: &Visitor) -> Option<Fresh> {
        Fresh::of(visitor.owner(), visitor.visit.session.began_at, self.sessions().clock.now())
    }

    /// Whether the directory knows a person, after a little patience.
    async fn knows(&self, user_id: &str) -> bool {
        self.comes_true(user_id, directory::PersonRow::is_alive).await
    }

    /// What became of a command, after a little patience: done only when the directory shows it, so
    /// that nobody has to load the page again to see what they did.
    pub(crate) async fn outcome(
        &self,
        id: CommandId,
        user_id: &str,
        is_there: impl Fn(&PersonRow) -> bool,
    ) -> Option<CommandState> {
        let deadline = Instant::now() + PATIENCE;
        let mut state = None;
        while Instant::now() < deadline {
            state = self.commands().state(id).await.ok().flatten();
            match state {
                Some(CommandState::Waiting) => tokio::time::sleep(PAUSE).await,
                Some(CommandState::Done) => {
                    return self.comes_true(user_id, is_there).await.then_some(CommandState::Done);
                }
                other => return other,
            }
        }
        state
    }

    /// Whether something shows in the directory about a person, after a little patience.
    async fn comes_true(&self, user_id: &str, is_there: impl Fn(&PersonRow) -> bool) -> bool {
        let ids = [user_id.to_owned()];
        let looked = async {
            loop {
                let mut conn = self.pool().acquire().await?;
                let people = directory::people_by_id(&mut conn, &ids).await?;
                drop(conn);
                if people.iter().any(&is_there) {
                    return Ok::<_, sqlx::Error>(());
                }
                tokio::time::sleep(PAUSE).await;
            }
        };
        match tokio::time::timeout(PATIENCE, looked).await {
            Ok(Ok(())) => true,
            Ok(Err(error)) => {
                tracing::warn!(error = %db::describe(&error), "the directory cannot be asked");
                false
            }
            Err(_) => false,
        }
    }
}
