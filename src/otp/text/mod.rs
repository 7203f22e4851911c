//! What the messages say, in each language.

mod gsm7;
mod words;

use std::time::Duration;

use askama::Template;

pub use gsm7::{Segment, segment};
pub use words::Language;

use super::model::Purpose;
use crate::platform::masked::Masked;

/// What a message tells; nothing about the person goes in.
#[derive(Debug, Clone)]
pub struct Telling<'a> {
    /// The service's name as people know it.
    pub service: &'a str,
    /// The host of the page that waits for the code, without scheme and port.
    pub origin_host: &'a str,
    /// The person's language.
    pub language: Language,
    /// What the code is for.
    pub purpose: Purpose,
    /// The code.
    pub code: &'a Masked<String>,
    /// 1 for the first message of a challenge; later ones say their number.
    pub number: u32,
    /// How long the code lives.
    pub life: Duration,
}

/// A mail before it has an address.
#[derive(Debug, Clone)]
pub struct MailText {
    /// Without the code: subjects show on locked screens and stand in the logs of mail servers.
    pub subject: String,
    /// The plain part.
    pub text: Masked<String>,
    /// The HTML part.
    pub html: Masked<String>,
}

#[derive(Template)]
#[template(path = "otp/templates/code.html")]
struct CodeMail<'a> {
    lang: &'a str,
    service: &'a str,
    title: &'a str,
    code: &'a str,
    valid: &'a str,
    do_not_share: &'a str,
    not_you: &'a str,
    number: Option<&'a str>,
}

/// The text message. Its last line is the origin-bound form that browsers fill in by themselves, and
/// only on the named host (WICG "Origin-bound one-time codes delivered via SMS", 2.1).
#[must_use]
pub fn sms(telling: &Telling<'_>) -> Masked<String> {
    let code = telling.code.expose();
    let said = telling.language.sms(telling.service, telling.purpose, code);
    let number = if telling.number > 1 { format!(" ({})", telling.number) } else { String::new() };
    Masked::new(format!("{said}{number}\n@{} #{code}", telling.origin_host))
}

/// The mail.
pub fn mail(telling: &Telling<'_>) -> Result<MailText, askama::Error> {
    let language = telling.language;
    let title = language.mail_title(telling.service, telling.purpose);
    let valid = language.valid(telling.life.as_secs() / 60);
    let not_you = language.not_you(telling.purpose);
    let number = (telling.number > 1).then(|| language.numbered(telling.number));
    let code = telling.code.expose();
    let html = CodeMail {
        lang: language.tag(),
        service: telling.service,
        title: &title,
        code,
        valid: &valid,
        do_not_share: language.do_not_share(),
        not_you,
        number: number.as_deref(),
    }
    .render()?;
    let numbered = number.as_ref().map(|number| format!("\n\n{number}")).unwrap_or_default();
    let text = format!(
        "{title}\n\n{code}\n\n{valid} {share}\n\n{not_you}{numbered}\n\n{service}\n",
        share = language.do_not_share(),
        service = telling.service,
    );
    Ok(MailText { subject: title, text: Masked::new(text), html: Masked::new(html) })
}

/// Whether the longest text message of every language and purpose is one segment long.
#[must_use]
pub fn all_fit_one_segment(service: &str, origin_host: &str, digits: u32) -> bool {
    let code = Masked::new("8".repeat(digits as usize));
    Language::ALL.into_iter().all(|language| {
        Purpose::ALL.iter().all(|purpose| {
            let telling = Telling {
                service,
                origin_host,
                language,
                purpose: *purpose,
                code: &code,
                number: 99,
                life: Duration::from_mins(5),
            };
            segment(sms(&telling).expose()).is_one()
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn telling(language: Language, purpose: Purpose, number: u32, code: &Masked<String>) -> Telling<'_> {
        Telling {
            service: "Gatehouse",
            origin_host: "login.example.com",
            language,
            purpose,
            code,
            number,
            life: Duration::from_mins(5),
        }
    }

    #[test]
    fn a06_37_the_text_message_names_service_and_purpose_and_ends_with_the_bound_code() {
        let code = Masked::new("012345".to_owned());
        let texts: Vec<String> = Language::ALL
            .into_iter()
            .map(|language| sms(&telling(language, Purpose::Login, 1, &code)).into_inner())
            .collect();
        insta::assert_snapshot!(texts.join("\n---\n"), @"
        Gatehouse: 012345 is your code to sign in. Do not share it with anyone.
        @login.example.com #012345
        ---
        Gatehouse: 012345 adalah kode Anda untuk masuk. Jangan berikan kepada siapa pun.
        @login.example.com #012345
        ---
        【Gatehouse】登录验证码012345，勿告诉他人。
        @login.example.com #012345
        ---
        Gatehouse: 012345 ialah kod anda untuk log masuk. Jangan kongsi dengan sesiapa.
        @login.example.com #012345
        ");
        for text in texts {
            assert_eq!(text.lines().last(), Some("@login.example.com #012345"));
            assert!(!text.contains("http"), "no link: {text}");
        }
    }

    #[test]
    fn every_text_message_is_one_segment_long_in_the_worst_case() {
        assert!(all_fit_one_segment("Gatehouse", "login.gatehouse.example", 6));
        assert!(all_fit_one_segment("Gatehouse", "login.gatehouse.io", 8));
        assert!(!all_fit_one_segment("Gatehouse", &"long.".repeat(8), 6), "the check sees length");
    }

    #[test]
    fn only_chinese_needs_the_wide_alphabet() {
        let code = Masked::new("012345".to_owned());
        for language in Language::ALL {
            for purpose in Purpose::ALL {
                let text = sms(&telling(language, *purpose, 2, &code)).into_inner();
                let wide = matches!(segment(&text), Segment::Ucs2 { .. });
                assert_eq!(wide, language == Language::ChineseSimplified, "{text}");
            }
        }
    }

    #[test]
    fn the_mail_has_no_code_in_its_subject_and_the_same_facts_in_both_parts() {
        let code = Masked::new("012345".to_owned());
        for language in Language::ALL {
            for purpose in Purpose::ALL {
                let mail = mail(&telling(language, *purpose, 3, &code)).unwrap();
                assert!(!mail.subject.contains("012345"));
                for part in [mail.text.expose(), mail.html.expose()] {
                    assert!(part.contains("012345") && part.contains("Gatehouse"), "{part}");
                    assert!(part.contains(language.do_not_share()), "{part}");
                    assert!(part.contains(&language.numbered(3)), "{part}");
                    assert!(!part.contains("http://") && !part.contains("https://"), "no link: {part}");
                }
            }
        }
    }
}
