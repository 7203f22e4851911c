//! Name and language.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use serde::Deserialize;

use crate::{
    directory::{
        PersonRow,
        commands::{Command, CommandState, Profile, ProfileField, Progress},
    },
    portal::{
        FieldProblem, Frame, Portal, Submission, Visitor, page, see,
        words::{self, LANGUAGES, Language},
    },
};

const HERE: &str = "/account";
/// What the script asks for until a change is there.
const LOOK: &str = "look";

#[derive(Template)]
#[template(path = "portal/templates/account_profile.html")]
struct ProfilePage {
    frame: Frame,
    words: &'static words::Profile,
    first_name: String,
    last_name: String,
    language: Language,
    email: String,
    company: Option<String>,
    /// While a change is on its way there is no form: nothing that is typed can be overtaken by it.
    is_underway: bool,
}

/// Which alert the page shows.
#[derive(Deserialize)]
pub struct ProfileQuery {
    done: Option<String>,
}

/// Shows the page. While a change is on its way, what was asked for; the script looks until it is there, and then the
/// whole page is loaded, for its language may be another.
pub async fn show(
    State(portal): State<Portal>,
    visitor: Visitor,
    Query(query): Query<ProfileQuery>,
) -> Response {
    let words = words::Profile::of(visitor.language);
    let progress = match portal.commands().progress(&visitor.person.user_id, Command::PROFILE).await {
        Ok(progress) => progress,
        Err(error) => return visitor.failed(&error),
    };
    let asked = query.done.as_deref();
    let was_waiting = matches!(asked, Some("waiting" | LOOK));
    let mut shown = page_of(&visitor, words);
    shown.is_underway = progress.is_underway(was_waiting);
    if asked == Some(LOOK) && !shown.is_underway {
        return see("/account?done=waiting");
    }
    shown.frame.reloads = shown.is_underway;
    match progress {
        Progress::Waits(Command::SetProfile { first_name, last_name, locale }) => {
            (shown.first_name, shown.last_name) = (first_name.into_inner(), last_name.into_inner());
            shown.language = Language::of_locale(Some(&locale));
        }
        Progress::Refused(_) if was_waiting => {
            shown.frame.problems =
                vec![FieldProblem { field: "first_name", expected: words.refused.to_owned() }];
        }
        _ => {}
    }
    shown.frame.done = match asked {
        Some("saved") => Some(words.saved),
        _ if shown.is_underway => Some(words.waiting),
        Some("waiting") => Some(shown.frame.words.settled),
        _ => None,
    };
    page(StatusCode::OK, &shown)
}

/// Takes the form: at once when Keycloak is quick, else when it is there.
pub async fn change(State(portal): State<Portal>, form: Submission) -> Response {
    let Submission { visitor, fields } = form;
    let words = words::Profile::of(visitor.language);
    let (first, last) = (fields.text("first_name").to_owned(), fields.text("last_name").to_owned());
    let locale = fields.text("language");
    let profile = match Profile::parse(&first, &last, locale) {
        Ok(profile) => profile,
        Err(wrong) => {
            let problems = wrong.into_iter().map(|field| problem(field, words)).collect();
            let mut shown = page_of(&visitor, words).problems(problems);
            (shown.first_name, shown.last_name) = (first, last);
            shown.language = Language::of_locale(Some(locale));
            return page(StatusCode::UNPROCESSABLE_ENTITY, &shown);
        }
    };
    let wanted = profile.clone();
    let user_id = &visitor.person.user_id;
    let asked = portal.commands().change_profile(user_id, &visitor.origin, profile).await;
    let id = match asked {
        Ok(id) => id,
        Err(error) => return visitor.failed(&error),
    };
    let is_there = |person: &PersonRow| {
        person.first_name.as_ref() == Some(&wanted.first_name)
            && person.last_name.as_ref() == Some(&wanted.last_name)
            && person.locale.as_deref() == Some(&wanted.locale)
    };
    match portal.outcome(id, user_id, is_there).await {
        Some(CommandState::Done) => see("/account?done=saved").into_response(),
        Some(CommandState::Refused(_)) => {
            let refused = FieldProblem { field: "first_name", expected: words.refused.to_owned() };
            let mut shown = page_of(&visitor, words).problems(vec![refused]);
            (shown.first_name, shown.last_name) = (first, last);
            page(StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
        _ => see("/account?done=waiting"),
    }
}

fn page_of(visitor: &Visitor, words: &'static words::Profile) -> ProfilePage {
    let person = &visitor.person;
    let text = |value: &Option<crate::platform::masked::Masked<String>>| {
        value.as_ref().map(|value| value.expose().clone()).unwrap_or_default()
    };
    ProfilePage {
        frame: Frame::new(visitor, HERE, words.title),
        first_name: text(&person.first_name),
        last_name: text(&person.last_name),
        language: visitor.language,
        email: text(&person.email),
        company: visitor.company.as_ref().map(|(company, _)| company.name.clone()),
        is_underway: false,
        words,
    }
}

impl ProfilePage {
    fn problems(mut self, problems: Vec<FieldProblem>) -> Self {
        self.frame.problems = problems;
        self
    }
}

fn problem(field: ProfileField, words: &'static words::Profile) -> FieldProblem {
    let (field, expected) = match field {
        ProfileField::FirstName => ("first_name", words.first_name_expected),
        ProfileField::LastName => ("last_name", words.last_name_expected),
        ProfileField::Locale => ("language", words.language_expected),
    };
    FieldProblem { field, expected: expected.to_owned() }
}
