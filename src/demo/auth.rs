//! A small auth API: asks for a mail address, mails a one-time link, makes a session of its token.
//!
//! It is careless in the way real ones are: whoever opens the link, with GET or HEAD, spends the token.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use data_encoding::HEXLOWER;
use http::header::{self, HeaderValue};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::client::{BaseUrl, Call};
use super::server::{self, Answer, Received};
use super::site;
use super::store::{Digest, Session, Store, sha256};
use super::terminal::Terminal;
use crate::tasks::Tasks;
use crate::time::Clock;

/// The mailed link, as a gate is told of it.
pub const LINK: &str = "/auth/verify?token={token}";
/// The session's cookie.
const COOKIE: &str = "demo_session";

/// What the auth API is told.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address that people know, for links and cookies.
    pub public_url: BaseUrl,
    /// Where mail is handed in.
    pub mailbox: BaseUrl,
    /// Where people read it.
    pub mailbox_page: BaseUrl,
    /// When it is.
    pub clock: Clock,
    /// Where to say what happens.
    pub terminal: Terminal,
}

/// Serves API and site on `listener` until the tasks are stopped.
///
/// `internal` answers `GET /demo/token-state?digest=`, and nothing else does: no proxy leads to that socket.
pub async fn serve(listener: TcpListener, internal: TcpListener, settings: Settings, tasks: Tasks) {
    let auth = Auth(Arc::new(Inner {
        settings,
        store: Mutex::default(),
    }));
    let inside = auth.clone();
    let inside = server::serve(internal, tasks.clone(), move |request| {
        let auth = inside.clone();
        async move { auth.token_state(&request) }
    });
    let public = server::serve(listener, tasks, move |request| {
        let auth = auth.clone();
        async move { auth.answer(request).await }
    });
    tokio::join!(inside, public);
}

#[derive(Clone)]
struct Auth(Arc<Inner>);

struct Inner {
    settings: Settings,
    store: Mutex<Store>,
}

impl Auth {
    async fn answer(&self, request: Received) -> Answer {
        let reading = matches!(request.method, Method::GET | Method::HEAD);
        let posting = request.method == Method::POST;
        match request.path.as_str() {
            "/v1/auth/request" if posting => self.request_link(&request).await,
            "/v1/auth/verify" if posting => self.verify(&request),
            "/v1/auth/sign-out" if posting => self.sign_out(&request),
            "/v1/auth/session" if reading => self.session(&request),
            "/auth/verify" if reading => self.open_link(&request),
            "/v1/auth/request" | "/v1/auth/verify" | "/v1/auth/sign-out" => server::method_not_allowed("POST"),
            "/v1/auth/session" | "/auth/verify" => server::method_not_allowed("GET, HEAD"),
            path if path.starts_with("/v1/") => self.problem(&request, Problem::NOT_FOUND),
            _ if !reading => server::method_not_allowed("GET, HEAD"),
            path => site::page(path, self.signed_in(&request).as_deref(), &self.settings().mailbox_page),
        }
    }

    /// Makes a token and hands its mail to the mailbox.
    async fn request_link(&self, request: &Received) -> Answer {
        let email = request.field("email").unwrap_or_default().trim().to_owned();
        if !is_address(&email) {
            return if request.is_form() {
                site::bad_address()
            } else {
                self.problem(request, Problem::INVALID_EMAIL)
            };
        }
        let token = self.store().issue(email.clone(), self.settings().clock.now());
        let link = format!(
            "{}{}",
            self.settings().public_url,
            LINK.replace("{token}", token.expose())
        );
        let mail = json!({
            "to": email,
            "subject": "Your sign-in link",
            "text": "Open this link to sign in. It works once, for 15 minutes.",
            "link": link,
        });
        let sent = Call::post(&self.settings().mailbox, "/api/messages", &mail)
            .send()
            .await;
        match sent {
            Ok(got) if got.status.is_success() && request.is_form() => server::see_other("/check-your-mail"),
            Ok(got) if got.status.is_success() => server::json(StatusCode::ACCEPTED, &json!({ "success": true })),
            _ => {
                self.settings()
                    .terminal
                    .line("The mailbox did not take a mail; is it running?");
                self.problem(request, Problem::MAIL_NOT_SENT)
            }
        }
    }

    /// The API's own way to spend a token.
    fn verify(&self, request: &Received) -> Answer {
        let token = request.field("token").unwrap_or_default();
        let Some(session) = self.spend(&token) else {
            return self.problem(request, Problem::LINK_NOT_FOUND);
        };
        let body = json!({
            "success": true,
            "user": { "email": session.email },
            "expires_at": session.expires.to_string(),
        });
        self.with_cookie(server::json(StatusCode::OK, &body), &session)
    }

    /// The mailed link: opening it spends it.
    fn open_link(&self, request: &Received) -> Answer {
        let token = request.query("token").unwrap_or_default();
        match self.spend(&token) {
            Some(session) => self.with_cookie(server::see_other("/welcome"), &session),
            None => self.problem(request, Problem::LINK_NOT_FOUND),
        }
    }

    fn session(&self, request: &Received) -> Answer {
        match self.signed_in(request) {
            Some(email) => server::json(StatusCode::OK, &json!({ "success": true, "user": { "email": email } })),
            None => self.problem(request, Problem::NOT_SIGNED_IN),
        }
    }

    fn sign_out(&self, request: &Received) -> Answer {
        if let Some(cookie) = request.cookie(COOKIE) {
            self.store().sign_out(cookie);
        }
        let mut answer = if request.is_form() {
            server::see_other("/")
        } else {
            server::json(StatusCode::OK, &json!({ "success": true }))
        };
        set_cookie(
            &mut answer,
            &format!("{COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"),
        );
        answer
    }

    /// For the mailbox alone: how the token of a digest stands.
    fn token_state(&self, request: &Received) -> Answer {
        if request.path != "/demo/token-state" {
            return server::text(StatusCode::NOT_FOUND, "Nothing is here.\n");
        }
        if request.method != Method::GET {
            return server::method_not_allowed("GET");
        }
        let digest = request
            .query("digest")
            .and_then(|hex| HEXLOWER.decode(hex.as_bytes()).ok());
        let Some(digest) = digest.and_then(|bytes| Digest::try_from(bytes).ok()) else {
            return server::text(
                StatusCode::BAD_REQUEST,
                "`digest` is the token's SHA-256 in hexadecimal.\n",
            );
        };
        let state = self.store().state(&digest, self.settings().clock.now());
        server::json(StatusCode::OK, &json!({ "state": state }))
    }

    fn spend(&self, token: &str) -> Option<Session> {
        let session = self.store().spend(token, self.settings().clock.now())?;
        let digest = HEXLOWER.encode(&sha256(token));
        self.settings().terminal.line(format_args!(
            "auth API  token {} spent, a session made of it",
            &digest[..8]
        ));
        Some(session)
    }

    fn signed_in(&self, request: &Received) -> Option<String> {
        self.store()
            .signed_in(request.cookie(COOKIE)?, self.settings().clock.now())
    }

    fn with_cookie(&self, mut answer: Answer, session: &Session) -> Answer {
        let secure = if self.settings().public_url.is_https() {
            "; Secure"
        } else {
            ""
        };
        let age = super::store::SESSION_LIFE.as_secs();
        let value = session.cookie.expose();
        set_cookie(
            &mut answer,
            &format!("{COOKIE}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}"),
        );
        answer
    }

    /// The envelope in which this API tells failure.
    fn problem(&self, request: &Received, problem: Problem) -> Answer {
        let id = request
            .headers
            .get("x-request-id")
            .and_then(|id| id.to_str().ok())
            .filter(|id| is_id(id));
        let id = id.map_or_else(|| format!("req_{}", uuid::Uuid::now_v7().simple()), str::to_owned);
        let body = json!({
            "success": false,
            "error": problem.code,
            "message": problem.message,
            "details": [],
            "retry_after": Value::Null,
            "doc_url": format!("{}/errors#{}", self.settings().public_url, problem.code),
            "request_id": id,
            "timestamp": self.settings().clock.now().to_string(),
        });
        server::json(problem.status, &body)
    }

    fn settings(&self) -> &Settings {
        &self.0.settings
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        self.0.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A failure as the API names it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Problem {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) message: &'static str,
}

impl Problem {
    const LINK_NOT_FOUND: Self = Self {
        status: StatusCode::UNAUTHORIZED,
        code: "magic_link_not_found",
        message: "This sign-in link is not valid. It was used already, is too old, or never existed.",
    };
    const NOT_SIGNED_IN: Self = Self {
        status: StatusCode::UNAUTHORIZED,
        code: "not_signed_in",
        message: "There is no session.",
    };
    const INVALID_EMAIL: Self = Self {
        status: StatusCode::BAD_REQUEST,
        code: "invalid_email",
        message: "The field `email` is missing or is no mail address.",
    };
    const MAIL_NOT_SENT: Self = Self {
        status: StatusCode::BAD_GATEWAY,
        code: "mail_not_sent",
        message: "The mailbox did not take the mail. Try again in a moment.",
    };
    const NOT_FOUND: Self = Self {
        status: StatusCode::NOT_FOUND,
        code: "not_found",
        message: "This API has nothing at this address.",
    };

    /// All of them, for the page that explains them.
    pub(super) const ALL: [Self; 5] = [
        Self::LINK_NOT_FOUND,
        Self::NOT_SIGNED_IN,
        Self::INVALID_EMAIL,
        Self::MAIL_NOT_SENT,
        Self::NOT_FOUND,
    ];
}

fn set_cookie(answer: &mut Answer, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        answer.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// Whether mail could go there: something, one `@`, something, and nothing unseen.
fn is_address(text: &str) -> bool {
    let plain = text.len() <= 254 && !text.chars().any(|c| c.is_whitespace() || c.is_control());
    plain
        && matches!(text.split_once('@'), Some((user, host)) if !user.is_empty() && !host.is_empty() && !host.contains('@'))
}

fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}
