//! Tells people what happened to their accounts: which change, which addresses, in whose language.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgPool};

use crate::{
    account,
    admission::{self, AdmissionLetters},
    backoffice,
    contacts::{self, Contact, Kind},
    directory::{self, Change, PersonRow},
    events::{Deed, Event, Factor, Subject},
    notices::{self, Address, FactorName, Notice, NoticeId, Reach, Security, store::DeviceUse},
    otp::{self, CODES_FAILED},
    platform::{
        clock::SharedClock,
        entropy::SharedEntropy,
        jobs::{Done, Failed, Handler, Job},
        language::Language,
        masked::Masked,
    },
};

/// Something that happened to a person.
struct Happening {
    user_id: String,
    what: Security,
    at: DateTime<Utc>,
    /// The address that came with it: it does not hear of it.
    brought: Option<Address>,
    /// The address that hears of it by a letter of its own.
    told: Option<Address>,
}

/// Queues security notices.
#[derive(Clone)]
pub struct Notifier {
    /// Time, for ids.
    pub clock: SharedClock,
    /// Chance, for ids.
    pub entropy: SharedEntropy,
}

impl Notifier {
    /// Queues what people should hear of a batch, and says whether there is anything. `held` are the
    /// contacts from before the batch: whoever loses an address should hear of it there.
    pub async fn tell_of_batch_in_tx(
        &self,
        conn: &mut PgConnection,
        events: &[Event],
        changes: &[Change<PersonRow>],
        held: &[Contact],
    ) -> Result<bool, sqlx::Error> {
        let gone: Vec<String> =
            changes.iter().map(|c| &c.after).filter(|p| !p.is_alive()).map(|p| p.user_id.clone()).collect();
        if !gone.is_empty() {
            notices::store::forget_people_in_tx(conn, &gone).await?;
            account::forget_people_in_tx(conn, &gone).await?;
            backoffice::forget_people_in_tx(conn, &gone).await?;
            let theirs = held.iter().filter(|it| it.kind == Kind::Email && gone.contains(&it.user_id));
            let theirs: Vec<Masked<String>> = theirs.map(|contact| contact.value.clone()).collect();
            admission::forget_addresses_in_tx(conn, &theirs).await?;
        }
        let mut happenings = deeds(conn, events).await?;
        let mut undos = Vec::new();
        for change in changes {
            let (clock, entropy) = (self.clock.as_ref(), self.entropy.as_ref());
            let undo = account::offer_undo_in_tx(conn, clock, entropy, change).await?;
            let told = undo.as_ref().map(|undo| undo.to.clone());
            happenings.extend(of_change(conn, change, told).await?);
            undos.extend(undo);
        }
        let is_queued = !notices::store::enqueue_in_tx(conn, &undos).await?.is_empty();
        Ok(self.tell_in_tx(conn, &happenings, held).await? || is_queued)
    }

    async fn tell_in_tx(
        &self,
        conn: &mut PgConnection,
        happenings: &[Happening],
        held: &[Contact],
    ) -> Result<bool, sqlx::Error> {
        if happenings.is_empty() {
            return Ok(false);
        }
        let ids: BTreeSet<String> = happenings.iter().map(|happening| happening.user_id.clone()).collect();
        let ids: Vec<String> = ids.into_iter().collect();
        let now = contacts::contacts_of(conn, &ids).await?;
        let mut proven: HashMap<String, BTreeSet<Address>> = HashMap::new();
        for contact in held.iter().chain(&now).filter(|contact| contact.verified_at.is_some()) {
            proven.entry(contact.user_id.clone()).or_default().insert(address(contact));
        }
        let people = directory::people_by_id(conn, &ids).await?;
        let reach: HashMap<String, Reach> = people
            .into_iter()
            .filter(PersonRow::is_alive)
            .map(|person| {
                let proven = proven.remove(&person.user_id).unwrap_or_default();
                (person.user_id.clone(), reach(person, proven))
            })
            .collect();
        let notices: Vec<Notice> = happenings
            .iter()
            .filter_map(|happening| Some((happening, reach.get(&happening.user_id)?)))
            .flat_map(|(happening, reach)| {
                let new_id = || NoticeId::generate(self.clock.as_ref(), self.entropy.as_ref());
                let told = happening.told.as_ref();
                notices::hears(reach, &happening.what, happening.at, happening.brought.as_ref(), new_id)
                    .into_iter()
                    .filter(move |notice| Some(&notice.to) != told)
            })
            .collect();
        Ok(!notices::store::enqueue_in_tx(conn, &notices).await?.is_empty())
    }
}

fn reach(person: PersonRow, proven: BTreeSet<Address>) -> Reach {
    Reach {
        language: Language::of(person.locale.as_deref().unwrap_or_default()),
        user_id: person.user_id,
        time_zone: person.time_zone,
        proven,
    }
}

fn address(contact: &Contact) -> Address {
    match contact.kind {
        Kind::Email => Address::Email(contact.value.clone()),
        Kind::Phone => Address::Phone(contact.value.clone()),
    }
}

/// What was done that no state shows.
async fn deeds(conn: &mut PgConnection, events: &[Event]) -> Result<Vec<Happening>, sqlx::Error> {
    let mut happenings = Vec::new();
    let mut sign_ins = HashMap::new();
    for event in events {
        let (Subject::Person { id, .. }, Some(deed)) = (&event.subject, &event.deed) else { continue };
        match deed {
            Deed::PasswordSet => happenings.push(Happening {
                user_id: id.clone(),
                what: Security::PasswordChanged,
                at: event.time,
                brought: None,
                told: None,
            }),
            Deed::SignedIn(device) => {
                let used = DeviceUse { user_id: id.clone(), device: device.id };
                sign_ins.insert(used, (event.time, device.name.clone()));
            }
        }
    }
    let uses: Vec<DeviceUse> = sign_ins.keys().cloned().collect();
    for new in notices::store::meet_devices_in_tx(conn, &uses).await? {
        let Some((at, device)) = sign_ins.remove(&new) else { continue };
        let what = Security::NewDevice { device };
        happenings.push(Happening { user_id: new.user_id, what, at, brought: None, told: None });
    }
    Ok(happenings)
}

/// What a person should hear of the change of their state; of another sign-in address, `told` hears by a
/// letter of its own.
async fn of_change(
    conn: &mut PgConnection,
    change: &Change<PersonRow>,
    told: Option<Address>,
) -> Result<Vec<Happening>, sqlx::Error> {
    let after = &change.after;
    let Some(before) = change.before.as_ref().filter(|before| before.is_alive() && after.is_alive()) else {
        return Ok(Vec::new());
    };
    let mut happenings = Vec::new();
    let mut push = |what, brought, told| {
        let (user_id, at) = (after.user_id.clone(), after.updated_at);
        happenings.push(Happening { user_id, what, at, brought, told });
    };
    if let (Some(_), Some(new)) = (&before.email, &after.email)
        && before.email != after.email
    {
        let new = contacts::comparable_email(new.expose());
        let hint = contacts::masked(Kind::Email, &new);
        push(Security::EmailChanged { hint }, Some(Address::Email(Masked::new(new))), told);
    }
    for (what, factor) in factor_changes(&before.factors, &after.factors) {
        push(what, destination(conn, &after.user_id, factor).await?, None);
    }
    Ok(happenings)
}

/// Which factors came, went or were replaced by one of their channel.
fn factor_changes<'a>(before: &'a [Factor], after: &'a [Factor]) -> Vec<(Security, &'a Factor)> {
    let missing_in = |factor: &&Factor, others: &[Factor]| !others.iter().any(|other| other.id == factor.id);
    let mut gone: Vec<&Factor> = before.iter().filter(|factor| missing_in(factor, after)).collect();
    let mut changes = Vec::new();
    for new in after.iter().filter(|factor| missing_in(factor, before)) {
        let factor = named(new);
        let replaced = gone.iter().position(|old| old.channel == new.channel);
        changes.push(match replaced {
            Some(index) => {
                gone.remove(index);
                (Security::FactorChanged { factor }, new)
            }
            None => (Security::FactorAdded { factor }, new),
        });
    }
    changes.extend(gone.into_iter().map(|old| (Security::FactorRemoved { factor: named(old) }, old)));
    changes
}

fn named(factor: &Factor) -> FactorName {
    FactorName { channel: factor.channel.clone(), hint: factor.hint.clone() }
}

/// Where the codes of a live factor go.
async fn destination(
    conn: &mut PgConnection,
    user_id: &str,
    factor: &Factor,
) -> Result<Option<Address>, sqlx::Error> {
    let factors = otp::factors_of_in_tx(conn, &[user_id.to_owned()]).await?;
    let ours = factors.into_iter().find(|ours| ours.id.to_string() == factor.id);
    Ok(ours.map(|ours| match ours.channel {
        otp::Channel::Sms => Address::Phone(ours.destination),
        otp::Channel::Email => {
            Address::Email(Masked::new(contacts::comparable_email(ours.destination.expose())))
        }
    }))
}

/// Tells a person that somebody fails at their codes.
pub struct TellOfCodes {
    /// Where people and contacts are.
    pub pool: PgPool,
    /// Queues the notices.
    pub notifier: Notifier,
}

#[async_trait]
impl Handler for TellOfCodes {
    fn kind(&self) -> &'static str {
        CODES_FAILED
    }

    async fn run(&self, job: &Job) -> Result<Done, Failed> {
        let happening = Happening {
            user_id: job.key.clone(),
            what: Security::CodesFailed,
            at: self.notifier.clock.now(),
            brought: None,
            told: None,
        };
        let mut tx = self.pool.begin().await?;
        self.notifier.tell_in_tx(&mut tx, &[happening], &[]).await?;
        tx.commit().await?;
        Ok(Done::Finished)
    }
}

/// The composers of every room that tells people something.
#[must_use]
pub fn composers(
    config: &super::Config,
    pool: &PgPool,
    ports: &super::Ports,
) -> Vec<Arc<dyn notices::Composer>> {
    let (service_name, support) = (config.otp.service_name.clone(), config.notices.support.clone());
    vec![
        Arc::new(notices::SecurityComposer {
            service_name: service_name.clone(),
            support: support.clone(),
            account_url: config.keycloak.account_url(),
        }),
        Arc::new(account::AccountComposer {
            pool: pool.clone(),
            clock: ports.clock.clone(),
            entropy: ports.entropy.clone(),
            public_url: config.http.public_url.clone(),
            service_name: service_name.clone(),
            support: support.clone(),
        }),
        Arc::new(AdmissionLetters {
            public_url: config.http.public_url.clone(),
            service_name,
            support,
            keep_days: config.admission.keep_days,
        }),
    ]
}
