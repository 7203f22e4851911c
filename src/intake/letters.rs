//! The mails about requests: to the help desk in English, to people in their language.

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use url::Url;

use super::{
    Ask, Intake, IntakeConfig, Kind, ProjectAsk, Request, config::Links, store::Reminded, words::Words,
};
use crate::{
    notices::{Address, Button, Composer, Due, Letter, Notice, NoticeId},
    openstack::{CloudProject, EndingQuotas},
    platform::{jobs::Failed, language::Language, masked::Masked},
};

const WELCOME: &str = "intake.welcome";
const PROJECT: &str = "intake.project";
const QUOTA: &str = "intake.quota";
pub(super) const QUOTA_ENDING: &str = "intake.quota_ending";
pub(super) const QUOTA_BACK: &str = "intake.quota_back";
const REJECTED: &str = "intake.rejected";
const ENDING: &str = "intake.ending";
const DIGEST: &str = "intake.digest";
const ASSIGNED: &str = "intake.assigned";
const ESCALATED: &str = "intake.escalated";
const FAILED: &str = "intake.failed";

/// Old and new values of quotas, and who is told.
pub(super) struct QuotaNews {
    pub changes: Vec<(String, Option<i64>, i64)>,
    /// Address, name and language of each.
    pub to: Vec<(Masked<String>, Masked<String>, Language)>,
}

fn notice(
    notice_id: NoticeId,
    kind: &'static str,
    to: &Masked<String>,
    language: Language,
    facts: Value,
) -> Notice {
    Notice {
        notice_id,
        user_id: None,
        kind,
        to: Address::Email(to.clone()),
        language,
        facts: Masked::new(facts),
        hourly: None,
    }
}

/// The ticket for the help desk. Everything that helps to decide, and never the PIN.
pub(super) fn ticket(kind: Kind, ask: &Ask) -> Letter {
    let project = if ask.project.name().is_empty() { "N/A" } else { ask.project.name() };
    let mut letter = Letter::new(
        format!("Gatehouse {}", kind.ticket()),
        "Somebody asks for something that you decide about: in the back office, or with `gatehouse intake approve` and `reject`.",
    );
    let mut fact = |name: &str, value: &str| {
        if !value.is_empty() {
            letter.facts.push((name.to_owned(), value.to_owned()));
        }
    };
    fact("CSR Type", kind.ticket());
    fact("Priority", "High");
    fact("Queue", "Monitoring");
    fact("User name", ask.email.expose());
    fact("First name", ask.first_name.expose());
    fact("Last name", ask.last_name.expose());
    fact("Organization", &ask.organization);
    fact("Role", &ask.role);
    fact("Phone", ask.phone.expose());
    fact("Sponsor", &ask.sponsor);
    fact("Project", project);
    for quota in &ask.quotas {
        fact(&format!("{}.{}", quota.service.name(), quota.resource), &quota.value.to_string());
    }
    fact("Until", &ask.ends_on.map(|date| date.to_string()).unwrap_or_default());
    fact("Comment", &ask.comment);
    letter
}

/// Says that it will not be, and why.
pub(super) fn rejected(id: NoticeId, ask: &Ask, reason: &str) -> Notice {
    let facts = json!({"name": ask.full_name().expose(), "project": ask.project.name(), "reason": reason});
    notice(id, REJECTED, &ask.email, ask.language, facts)
}

/// What the digest lists.
pub(super) fn digest_facts(due: &[Reminded], config: &IntakeConfig, now: DateTime<Utc>) -> Value {
    let request = |request: &Reminded| {
        json!({
            "request": request.request_id, "kind": request.kind, "account": request.email.expose(),
            "project": request.project, "hours": (now - request.received_at).num_hours(),
            "assignee": request.assignee,
        })
    };
    json!({
        "requests": due.iter().map(request).collect::<Vec<_>>(), "start": config.remind_after_hours,
        "link": config.links.requests,
    })
}

/// Reminds of everything that waits, in one mail.
pub(super) fn digest(id: NoticeId, to: &str, facts: Value) -> Notice {
    notice(id, DIGEST, &Masked::new(to.to_owned()), Language::English, facts)
}

/// Tells somebody of staff that a request is theirs. Who asks stands in the back office.
pub(super) fn assigned(
    id: NoticeId,
    to: &Masked<String>,
    language: Language,
    name: &Masked<String>,
    request: &Request,
) -> Notice {
    let facts =
        json!({"name": name.expose(), "project": request.ask.project.name(), "request": request.request_id});
    notice(id, ASSIGNED, to, language, facts)
}

/// Tells whoever decides last that a request went up.
pub(super) fn escalated(id: NoticeId, to: &str, request: &Request, reason: &str) -> Notice {
    to_staff(id, ESCALATED, to, request, reason)
}

/// Tells the help desk that what was approved could not be brought about.
pub(super) fn failed(id: NoticeId, to: &str, request: &Request, reason: &str) -> Notice {
    to_staff(id, FAILED, to, request, reason)
}

fn to_staff(id: NoticeId, kind: &'static str, to: &str, request: &Request, reason: &str) -> Notice {
    let facts = json!({
        "request": request.request_id, "kind": request.kind, "account": request.ask.email.expose(),
        "project": request.ask.project.name(), "reason": reason,
    });
    notice(id, kind, &Masked::new(to.to_owned()), Language::English, facts)
}

/// Says that a project's end is near; none when nobody answers for it.
pub(super) fn ending(id: NoticeId, project: &CloudProject, language: Language) -> Option<Notice> {
    let (to, ends_at) = project.contact_email.as_ref().zip(project.ends_at)?;
    let name = project.contact_name.clone().unwrap_or_default();
    let facts = json!({
        "name": name.expose(), "project": project.name, "date": ends_at.format("%Y-%m-%d").to_string(),
    });
    Some(notice(id, ENDING, to, language, facts))
}

/// Says to somebody in a project that quotas end, or have ended, with what there is and what comes after it.
pub(super) fn quotas_end(
    id: NoticeId,
    kind: &'static str,
    (to, name): (&Masked<String>, &Masked<String>),
    ending: &EndingQuotas,
    language: Language,
) -> Notice {
    // The moment is the end of the last day.
    let last = (ending.until - TimeDelta::seconds(1)).date_naive();
    let facts = json!({
        "name": name.expose(), "project": ending.project.name, "quotas": ending.changes, "date": last,
    });
    notice(id, kind, to, language, facts)
}

/// The mails when a request is done.
pub(super) fn done(
    intake: &Intake,
    request: &Request,
    quotas: Option<&QuotaNews>,
    has_link: bool,
) -> Vec<Notice> {
    let ask = &request.ask.0;
    let name = ask.full_name();
    let mut notices = Vec::new();
    let facts = json!({
        "name": name.expose(), "account": ask.email.expose(), "project": ask.project.name(), "link": has_link,
    });
    if ask.is_new_user {
        notices.push(notice(intake.notice_id(), WELCOME, &ask.email, ask.language, facts.clone()));
    }
    match &ask.project {
        ProjectAsk::New { .. } => {
            notices.push(notice(intake.notice_id(), PROJECT, &ask.email, ask.language, facts));
        }
        ProjectAsk::Existing { .. } => {}
    }
    if let Some(QuotaNews { changes, to }) = quotas {
        // Whoever asked first, then everybody in the project, each by their name; a row of quotas names nobody.
        let is_own = |to: &Masked<String>| to.expose().eq_ignore_ascii_case(ask.email.expose());
        let name = to.iter().find(|(to, ..)| is_own(to)).map_or(&name, |(_, name, _)| name);
        let others = to.iter().filter(|(to, ..)| !is_own(to));
        let own = (ask.email.clone(), name.clone(), ask.language);
        for (to, name, language) in std::iter::once(&own).chain(others) {
            let facts = json!({
                "name": name.expose(), "project": ask.project.name(), "quotas": changes, "until": ask.ends_on,
            });
            notices.push(notice(intake.notice_id(), QUOTA, to, *language, facts));
        }
    }
    notices
}

/// Writes them.
pub struct IntakeLetters {
    /// What they lead to.
    pub links: Links,
    /// The public address of this service.
    pub public_url: Url,
}

#[async_trait]
impl Composer for IntakeLetters {
    fn kinds(&self) -> &'static [&'static str] {
        &[
            WELCOME,
            PROJECT,
            QUOTA,
            QUOTA_ENDING,
            QUOTA_BACK,
            REJECTED,
            ENDING,
            DIGEST,
            ASSIGNED,
            ESCALATED,
            FAILED,
        ]
    }

    async fn compose(&self, due: &Due) -> Result<Option<Letter>, Failed> {
        let facts = due.facts.expose();
        Ok(Some(match due.kind.as_str() {
            DIGEST => digest_letter(facts),
            ESCALATED => staff_letter(facts, "A request went one step up", &self.links),
            FAILED => staff_letter(facts, "A request could not be brought about", &self.links),
            _ => self.letter(due, facts),
        }))
    }
}

impl IntakeLetters {
    fn letter(&self, due: &Due, facts: &Value) -> Letter {
        let words = Words::of(due.language);
        let text = |name: &str| facts[name].as_str().unwrap_or_default().to_owned();
        let (title, body) = match due.kind.as_str() {
            WELCOME => (words.welcome, words.welcome_body),
            PROJECT => (words.project, words.project_body),
            QUOTA => (words.quota, words.quota_body),
            QUOTA_ENDING => (words.quota_ending, words.quota_ending_body),
            QUOTA_BACK => (words.quota_back, words.quota_back_body),
            REJECTED => (words.rejected, words.rejected_body),
            ASSIGNED => (words.assigned, words.assigned_body),
            _ => (words.ending, words.ending_body),
        };
        let body = body.replace("{project}", &text("project")).replace("{date}", &text("date"));
        let mut letter = Letter::new(title, words.greeting.replace("{name}", &text("name")));
        letter.paragraphs.push(body);
        match due.kind.as_str() {
            WELCOME => {
                letter.facts.push((words.account.to_owned(), text("account")));
                letter.facts.push((words.project_label.to_owned(), text("project")));
                let has_link = facts["link"] != false;
                letter.paragraphs.extend(has_link.then(|| words.link_comes.to_owned()));
                let links = [(words.terms, &self.links.terms), (words.start, &self.links.getting_started)];
                let links = links.into_iter().filter(|(_, link)| !link.is_empty());
                letter.facts.extend(links.map(|(label, link)| (label.to_owned(), link.clone())));
                let reset = self.reset_link().filter(|_| has_link);
                letter.facts.extend(reset.map(|url| (words.forgotten.to_owned(), url.into())));
                letter.button =
                    self.links.login.parse().ok().map(|url| Button { label: words.sign_in.to_owned(), url });
            }
            QUOTA | QUOTA_ENDING | QUOTA_BACK => {
                letter.facts = quota_facts(&facts["quotas"], &words);
                let until = facts["until"].as_str().map(|day| words.quota_until.replace("{date}", day));
                letter.paragraphs.extend(until);
            }
            ASSIGNED => {
                letter.facts.push((words.request_label.to_owned(), text("request")));
                letter.button = requests_link(&self.links, words.see_requests);
            }
            REJECTED => letter.paragraphs.extend(Some(text("reason")).filter(|reason| !reason.is_empty())),
            _ => {}
        }
        if !self.links.support_email.is_empty() {
            letter.small.push(words.support.replace("{address}", &self.links.support_email));
        }
        letter
    }

    fn reset_link(&self) -> Option<Url> {
        let base = self.public_url.as_str().trim_end_matches('/');
        format!("{base}/first-password/reset").parse().ok()
    }
}

/// Each quota with its old and new value.
fn quota_facts(quotas: &Value, words: &Words) -> Vec<(String, String)> {
    let number = |value: &Value| match value.as_i64() {
        None => words.default.to_owned(),
        Some(-1) => words.unlimited.to_owned(),
        Some(number) => number.to_string(),
    };
    let row = |row: &Value| {
        let name = row[0].as_str().unwrap_or_default().to_owned();
        (name, format!("{} → {}", number(&row[1]), number(&row[2])))
    };
    quotas.as_array().into_iter().flatten().map(row).collect()
}

fn digest_letter(facts: &Value) -> Letter {
    let requests = facts["requests"].as_array().map(Vec::as_slice).unwrap_or_default();
    let (count, start) = (requests.len(), facts["start"].as_u64().unwrap_or_default());
    let noun = if count == 1 { "request waits" } else { "requests wait" };
    let mut letter = Letter::new(
        format!("{count} {noun} for a decision"),
        format!("Each of them has waited for more than {start} hours."),
    );
    for request in requests {
        let text = |name: &str| request[name].as_str().unwrap_or_default();
        let assignee = request["assignee"].as_str().map(|name| format!(", for {name}")).unwrap_or_default();
        letter.facts.push((
            text("request").to_owned(),
            format!(
                "{} of {} for {}, {} hours{assignee}",
                text("kind"),
                text("account"),
                text("project"),
                request["hours"]
            ),
        ));
    }
    if let Ok(url) = facts["link"].as_str().unwrap_or_default().parse() {
        letter.button = Some(Button { label: "See the requests".to_owned(), url });
    }
    letter
}

/// What staff are told of one request, and why.
fn staff_letter(facts: &Value, title: &str, links: &Links) -> Letter {
    let text = |name: &str| facts[name].as_str().unwrap_or_default().to_owned();
    let mut letter = Letter::new(title, format!("{}.", text("reason")));
    for (label, name) in
        [("Request", "request"), ("Kind", "kind"), ("User name", "account"), ("Project", "project")]
    {
        letter.facts.push((label.to_owned(), text(name)));
    }
    letter.button = requests_link(links, "See the requests");
    letter
}

fn requests_link(links: &Links, label: &str) -> Option<Button> {
    links.requests.parse().ok().map(|url| Button { label: label.to_owned(), url })
}
