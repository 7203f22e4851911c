//! What a notice says, before it is a mail: the HTML and the plain part are made from the same letter, so
//! they say the same.

use std::fmt::Write as _;

use askama::Template;
use url::Url;

use crate::platform::language::Language;

/// A letter in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Subject and headline: short, and without anything secret or personal, for it shows on locked
    /// screens and stands in the logs of mail servers.
    pub title: String,
    /// What there is to say.
    pub paragraphs: Vec<String>,
    /// What happened in detail: names and values.
    pub facts: Vec<(String, String)>,
    /// The one thing to do.
    pub button: Option<Button>,
    /// What to do if things are not as they should be.
    pub otherwise: Option<Otherwise>,
    /// The last lines, in small.
    pub small: Vec<String>,
    /// The whole notice in a text message: at most 160 signs, or 70 with others than GSM's.
    pub text_message: Option<String>,
}

/// A link that looks like a button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// What it does.
    pub label: String,
    /// Where it leads.
    pub url: Url,
}

/// A headline with steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Otherwise {
    /// When the steps are to be taken.
    pub title: String,
    /// The steps, in their order.
    pub steps: Vec<String>,
}

#[derive(Template)]
#[template(path = "notices/templates/letter.html")]
struct LetterMail<'a> {
    lang: &'a str,
    service: &'a str,
    letter: &'a Letter,
}

impl Letter {
    /// A letter that says one thing.
    #[must_use]
    pub fn new(title: impl Into<String>, paragraph: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            paragraphs: vec![paragraph.into()],
            facts: Vec::new(),
            button: None,
            otherwise: None,
            small: Vec::new(),
            text_message: None,
        }
    }

    /// The HTML part.
    pub fn html(&self, service: &str, language: Language) -> Result<String, askama::Error> {
        LetterMail { lang: language.tag(), service, letter: self }.render()
    }

    /// The plain part.
    #[must_use]
    pub fn text(&self, service: &str) -> String {
        let mut text = format!("{}\n", self.title);
        for paragraph in &self.paragraphs {
            let _ = write!(text, "\n{paragraph}\n");
        }
        if !self.facts.is_empty() {
            text.push('\n');
        }
        for (name, value) in &self.facts {
            let _ = writeln!(text, "{name}: {value}");
        }
        if let Some(button) = &self.button {
            let _ = write!(text, "\n{}:\n{}\n", button.label, button.url);
        }
        if let Some(otherwise) = &self.otherwise {
            let _ = write!(text, "\n{}\n", otherwise.title);
            for (index, step) in otherwise.steps.iter().enumerate() {
                let _ = writeln!(text, "{}. {step}", index + 1);
            }
        }
        for line in &self.small {
            let _ = write!(text, "\n{line}\n");
        }
        let _ = write!(text, "\n{service}\n");
        text
    }
}
