//! The notices about the safety of an account (OWASP ASVS 5.0, 6.3.5 and 6.3.7; NIST SP 800-63B-4, 4.6).

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    Button, Composer, Due, Letter, Otherwise,
    words::{self, Words},
};
use crate::platform::{jobs::Failed, language::Language};

/// The kind of all of them; what happened is in the facts.
pub(super) const SECURITY: &str = "security";

/// What happened to an account. Nothing in it says more than a masked hint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "happened", rename_all = "snake_case")]
pub enum Security {
    /// The right password was entered, and then wrong codes until somebody should hear of it.
    CodesFailed,
    /// A sign-in with a browser that was never used before.
    NewDevice {
        /// Browser and system, such as `Chrome, Windows`.
        device: Option<String>,
    },
    /// The password is another one.
    PasswordChanged,
    /// Another address is signed in with.
    EmailChanged {
        /// The new one, masked.
        hint: String,
    },
    /// There is one more second factor.
    FactorAdded {
        /// Which.
        factor: FactorName,
    },
    /// A second factor was replaced by another of its channel.
    FactorChanged {
        /// The new one.
        factor: FactorName,
    },
    /// A second factor is no more.
    FactorRemoved {
        /// Which.
        factor: FactorName,
    },
}

/// Which second factor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactorName {
    /// `sms`, `email`, `totp`, `passkey`, `recovery-codes`, or what a later version adds.
    pub channel: String,
    /// The masked destination.
    pub hint: Option<String>,
}

impl Security {
    /// What an address is told of at most once an hour. Each channel counts for itself, so that a second
    /// change cannot hide behind the first.
    #[must_use]
    pub fn matter(&self) -> String {
        match self {
            Self::CodesFailed => "codes_failed".to_owned(),
            Self::NewDevice { .. } => "new_device".to_owned(),
            Self::PasswordChanged => "password_changed".to_owned(),
            Self::EmailChanged { .. } => "email_changed".to_owned(),
            Self::FactorAdded { factor } => format!("factor_added/{}", factor.channel),
            Self::FactorChanged { factor } => format!("factor_changed/{}", factor.channel),
            Self::FactorRemoved { factor } => format!("factor_removed/{}", factor.channel),
        }
    }
}

/// What is kept of such a notice until it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SecurityFacts {
    /// What happened.
    #[serde(flatten)]
    pub(super) what: Security,
    /// When.
    pub(super) at: DateTime<Utc>,
    /// The person's IANA zone.
    pub(super) time_zone: Option<String>,
}

/// Writes the letters of [`Security`].
pub struct SecurityComposer {
    /// The service's name as people know it.
    pub service_name: String,
    /// Where people turn; see [`super::NoticesConfig`].
    pub support: Option<String>,
    /// Where people manage their account.
    pub account_url: Url,
}

impl SecurityComposer {
    fn letter(&self, facts: &SecurityFacts, language: Language) -> Letter {
        let words = Words { language, service: &self.service_name, support: self.support.as_deref() };
        let (title, said) = words.happened(&facts.what);
        let mut letter = Letter::new(title, said);
        letter.facts.extend(detail(&words, &facts.what));
        let at = local_time(facts.at, facts.time_zone.as_deref(), language);
        letter.facts.push((words.time().to_owned(), at));
        letter.button = Some(Button { label: words.my_account().to_owned(), url: self.account_url.clone() });
        letter.otherwise = Some(Otherwise {
            title: words.not_you().to_owned(),
            steps: words.steps(matches!(facts.what, Security::EmailChanged { .. })),
        });
        letter.small.push(words.was_you().to_owned());
        letter.text_message = Some(words.text_message(&facts.what));
        letter
    }
}

#[async_trait]
impl Composer for SecurityComposer {
    fn kinds(&self) -> &'static [&'static str] {
        &[SECURITY]
    }

    async fn compose(&self, due: &Due) -> Result<Option<Letter>, Failed> {
        let facts: SecurityFacts = serde_json::from_value(due.facts.expose().clone())
            .map_err(|_| Failed::Park("the facts of the notice cannot be read".to_owned()))?;
        Ok(Some(self.letter(&facts, due.language)))
    }
}

fn detail(words: &Words<'_>, what: &Security) -> Option<(String, String)> {
    let (name, value) = match what {
        Security::CodesFailed | Security::PasswordChanged => return None,
        Security::NewDevice { device } => (words.device(), device.clone()?),
        Security::EmailChanged { hint } => (words.new_address(), hint.clone()),
        Security::FactorAdded { factor }
        | Security::FactorChanged { factor }
        | Security::FactorRemoved { factor } => (words.second_factor(), words.factor(factor)),
    };
    Some((name.to_owned(), value))
}

/// The time where the person lives, or UTC; the zone is named either way.
#[must_use]
pub fn local_time(at: DateTime<Utc>, time_zone: Option<&str>, language: Language) -> String {
    let zone: Tz = time_zone.and_then(|zone| zone.parse().ok()).unwrap_or(Tz::UTC);
    words::date_and_time(language, &at.with_timezone(&zone), zone.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Security> {
        let factor = |channel: &str, hint: Option<&str>| FactorName {
            channel: channel.to_owned(),
            hint: hint.map(str::to_owned),
        };
        let sms = factor("sms", Some("+62 ••• 89"));
        vec![
            Security::CodesFailed,
            Security::NewDevice { device: Some("Chrome, Windows".to_owned()) },
            Security::PasswordChanged,
            Security::EmailChanged { hint: "b•••@example.com".to_owned() },
            Security::FactorAdded { factor: sms.clone() },
            Security::FactorChanged { factor: sms },
            Security::FactorRemoved { factor: factor("passkey", None) },
        ]
    }

    fn letter(what: &Security, language: Language) -> Letter {
        let composer = SecurityComposer {
            service_name: "Gatehouse".to_owned(),
            support: Some("support@example.com".to_owned()),
            account_url: "https://id.example/realms/gatehouse/account".parse().unwrap(),
        };
        let facts = SecurityFacts {
            what: what.clone(),
            at: DateTime::from_timestamp(1_795_340_100, 0).unwrap(),
            time_zone: Some("Asia/Jakarta".to_owned()),
        };
        composer.letter(&facts, language)
    }

    #[test]
    fn a06_42_every_letter_says_in_both_parts_what_happened_when_and_whom_to_tell() {
        for language in Language::ALL {
            for what in all() {
                let letter = letter(&what, language);
                let html = letter.html("Gatehouse", language).unwrap();
                let text = letter.text("Gatehouse");
                for part in [&html, &text] {
                    for expected in
                        ["support@example.com", "https://id.example/realms/gatehouse/account", "Asia/Jakarta"]
                    {
                        assert!(part.contains(expected), "{expected} in {part}");
                    }
                    assert!(part.contains(&letter.title) && part.contains("2026"), "{part}");
                    assert!(letter.facts.iter().all(|(_, value)| part.contains(value)), "{part}");
                }
            }
        }
    }

    #[test]
    fn the_time_is_that_of_the_persons_zone() {
        let times: Vec<String> = Language::ALL
            .into_iter()
            .map(|language| letter(&Security::PasswordChanged, language).facts.pop().unwrap().1)
            .collect();
        assert_eq!(
            times,
            [
                "22 November 2026, 16:35 (Asia/Jakarta)",
                "22 November 2026, 16:35 (Asia/Jakarta)",
                "2026年11月22日 16:35 (Asia/Jakarta)",
                "22 November 2026, 16:35 (Asia/Jakarta)",
            ]
        );
    }

    #[test]
    fn a_text_message_is_one_segment_long() {
        for language in Language::ALL {
            for what in all() {
                let text = letter(&what, language).text_message.unwrap();
                let wide = language == Language::ChineseSimplified;
                assert!(wide || text.is_ascii(), "{text}");
                assert!(text.chars().count() <= if wide { 70 } else { 160 }, "{text}");
            }
        }
    }

    #[test]
    fn a_changed_address_is_no_place_to_have_a_password_sent_to() {
        let steps = |what| letter(&what, Language::English).otherwise.unwrap().steps.join(" ");
        let changed = steps(Security::EmailChanged { hint: "b•••@example.com".to_owned() });
        assert!(!changed.contains("Forgot password"), "{changed}");
        assert!(steps(Security::PasswordChanged).contains("Forgot password"));
    }

    #[test]
    fn a_fact_is_text_and_no_markup() {
        let what = Security::NewDevice { device: Some("<b>x</b>".to_owned()) };
        let html = letter(&what, Language::English).html("Gatehouse", Language::English).unwrap();
        assert!(!html.contains("<b>x</b>"), "{html}");
    }
}
