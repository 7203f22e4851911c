//! The end of an account: what will happen, and the button.

use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{AppendHeaders, IntoResponse as _, Response},
};

use crate::{
    account::AccountError,
    portal::{FieldProblem, Frame, Portal, Submission, Visitor, page, see, sign_in, words},
};

const HERE: &str = "/account/delete";

#[derive(Template)]
#[template(path = "portal/templates/deletion.html")]
struct DeletionPage {
    frame: Frame,
    words: &'static words::Deletion,
}

fn deletion_page(visitor: &Visitor) -> DeletionPage {
    let words = words::Deletion::of(visitor.language);
    DeletionPage { frame: Frame::new(visitor, "/account/data", words.title), words }
}

/// What will happen.
pub async fn show(State(portal): State<Portal>, visitor: Visitor) -> Response {
    match portal.fresh(&visitor) {
        Some(_) => page(StatusCode::OK, &deletion_page(&visitor)),
        None => sign_in::again(HERE),
    }
}

/// Has the account deleted. The session is over with it.
pub async fn delete(State(portal): State<Portal>, form: Submission) -> Response {
    let Submission { visitor, fields } = form;
    let Some(fresh) = portal.fresh(&visitor) else { return sign_in::again(HERE) };
    let words = words::Deletion::of(visitor.language);
    let refused = |expected: &str| {
        let mut shown = deletion_page(&visitor);
        shown.frame.problems = vec![FieldProblem { field: "sure", expected: expected.to_owned() }];
        page(StatusCode::UNPROCESSABLE_ENTITY, &shown)
    };
    if !fields.has("sure") {
        return refused(words.sure_expected);
    }
    match portal.account().delete(&fresh).await {
        Ok(_) | Err(AccountError::Gone) => {
            let language = visitor.language.tag();
            let over = AppendHeaders([sign_in::session_over()]);
            (over, see(&format!("/?notice=deleted&lang={language}"))).into_response()
        }
        Err(AccountError::LastAdmin) => refused(words.last_admin),
        Err(AccountError::Database(error)) => visitor.failed(&error),
        Err(_) => refused(words.sure_expected),
    }
}
