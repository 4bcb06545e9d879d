//! The demo's site: ask for a link, be told to look for it, be signed in. It works without JavaScript.

use std::fmt::Write as _;

use http::StatusCode;

use super::auth::Problem;
use super::client::BaseUrl;
use super::html::{Frame, escape};
use super::server::{self, Answer};

/// The page at `path`, for the person signed in as `email`, if any.
pub(super) fn page(path: &str, email: Option<&str>, mailbox: &BaseUrl) -> Answer {
    match (path, email) {
        ("/", None) => sign_in(StatusCode::OK, ""),
        ("/" | "/welcome", Some(email)) => welcome(email),
        ("/welcome", None) => server::see_other("/"),
        ("/check-your-mail", _) => check_your_mail(mailbox),
        ("/errors", _) => errors(),
        ("/style.css", _) => server::style(),
        _ => missing(),
    }
}

/// The form again, because what was typed is no mail address.
pub(super) fn bad_address() -> Answer {
    let error =
        "<p class=\"error\" id=\"error\" role=\"alert\">That is no mail address. Write it as name@example.com.</p>\n";
    sign_in(StatusCode::BAD_REQUEST, error)
}

fn sign_in(status: StatusCode, error: &str) -> Answer {
    let described = if error.is_empty() {
        ""
    } else {
        " aria-invalid=\"true\" aria-describedby=\"error\""
    };
    let body = format!(
        "<div class=\"card\">\n<h1>Sign in</h1>\n<p class=\"soft\">We mail you a link. No password needed.</p>\n{error}\
         <form method=\"post\" action=\"/v1/auth/request\">\n\
         <label for=\"email\">Mail address</label>\n\
         <input id=\"email\" name=\"email\" type=\"email\" autocomplete=\"email\" maxlength=\"254\" \
         placeholder=\"you@example.com\" required{described}>\n\
         <button>Mail me a link</button>\n</form>\n</div>\n"
    );
    shown(status, "Sign in", &body)
}

fn check_your_mail(mailbox: &BaseUrl) -> Answer {
    let mailbox = escape(&mailbox.to_string());
    let body = format!(
        "<div class=\"card\">\n<h1>Look into your mail</h1>\n<p>A sign-in link is on its way. It works once, for 15 \
         minutes.</p>\n<p><a href=\"{mailbox}/\">Open the demo's mailbox</a></p>\n</div>\n"
    );
    shown(StatusCode::OK, "Look into your mail", &body)
}

fn welcome(email: &str) -> Answer {
    let email = escape(email);
    let body = format!(
        "<div class=\"card\">\n<h1>You are signed in</h1>\n<p>As <b>{email}</b>. The link has done its work.</p>\n\
         <form method=\"post\" action=\"/v1/auth/sign-out\">\n<input type=\"hidden\" name=\"leave\" value=\"yes\">\n\
         <button>Sign out</button>\n</form>\n</div>\n"
    );
    shown(StatusCode::OK, "Welcome", &body)
}

fn errors() -> Answer {
    let mut body = String::from("<div class=\"card\">\n<h1>Errors of this API</h1>\n");
    for Problem { status, code, message } in Problem::ALL {
        let status = status.as_u16();
        let _ = writeln!(
            body,
            "<p id=\"{code}\"><code>{status} {code}</code><br>{}</p>",
            escape(message)
        );
    }
    body.push_str("</div>\n");
    shown(StatusCode::OK, "Errors of this API", &body)
}

fn missing() -> Answer {
    let body = "<div class=\"card\">\n<h1>Nothing is here</h1>\n<p><a href=\"/\">Back to the start</a></p>\n</div>\n";
    shown(StatusCode::NOT_FOUND, "Nothing is here", body)
}

fn shown(status: StatusCode, title: &str, body: &str) -> Answer {
    let frame = Frame {
        brand: "Example Notes",
        aside: "a demo site",
        title,
        head: "",
        narrow: true,
    };
    server::html(status, frame.around(body))
}
