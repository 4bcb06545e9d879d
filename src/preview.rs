//! Every page with sample values, as the gate itself would answer it, for whoever designs them.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderValue, Method, Response, StatusCode};
use serde_json::json;

use crate::config::{Config, PageSettings};
use crate::load::{self, Environment, Watched};
use crate::locales::{Locale, Purpose};
use crate::pages::{Pages, Sample, Voice};
use crate::proxy::body::Body;
use crate::server::Answer;

/// The pages of a configuration file, read again when it changes.
#[derive(Debug)]
pub struct Preview {
    file: Option<PathBuf>,
    environment: Environment,
    current: Mutex<Option<Read>>,
}

/// What was read, and from what.
#[derive(Clone, Debug)]
struct Read {
    watched: Watched,
    result: Arc<Result<Shown, String>>,
}

/// What is shown.
#[derive(Debug)]
struct Shown {
    pages: Pages,
    /// The host that asks.
    host: String,
}

impl Preview {
    /// A preview of a configuration file's pages, or of the shipped ones.
    #[must_use]
    pub fn new(file: Option<PathBuf>, environment: Environment) -> Self {
        Self {
            file,
            environment,
            current: Mutex::default(),
        }
    }

    /// What answers the preview's requests.
    #[must_use]
    pub fn answer(self) -> Answer {
        let preview = Arc::new(self);
        Arc::new(move |request, _| {
            let preview = Arc::clone(&preview);
            Box::pin(async move {
                let shown = tokio::task::spawn_blocking(move || preview.read()).await;
                let (method, path) = (request.method(), request.uri().path());
                let mut response = match shown.as_deref() {
                    Ok(Ok(shown)) => shown.answer(method, path),
                    Ok(Err(problems)) => text(StatusCode::INTERNAL_SERVER_ERROR, problems),
                    Err(_) => text(StatusCode::INTERNAL_SERVER_ERROR, "the configuration was not read\n"),
                };
                if *method == Method::HEAD {
                    *response.body_mut() = Body::Empty;
                }
                response
            })
        })
    }

    /// What is shown now; or what is wrong.
    fn read(&self) -> Arc<Result<Shown, String>> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(read) = current.as_ref().filter(|read| read.watched.now() == read.watched) {
            return Arc::clone(&read.result);
        }
        let (watched, result) = match &self.file {
            None => (Watched::default(), Ok(Shown::new(&PageSettings::default(), None))),
            Some(path) => match load::to_show(path, &self.environment) {
                Ok(loaded) => (
                    loaded.watched,
                    Ok(Shown::new(&loaded.config.page, Some(&loaded.config))),
                ),
                Err(report) => (report.watched.clone(), Err(report.text(false))),
            },
        };
        let result = Arc::new(result);
        *current = Some(Read {
            watched,
            result: Arc::clone(&result),
        });
        result
    }
}

impl Shown {
    fn new(page: &PageSettings, config: Option<&Config>) -> Self {
        let locales = Arc::clone(&page.locales);
        let public = config.and_then(|config| Some(config.public_url.as_ref()?.authority.clone()));
        let host = public.or_else(|| config?.hosts.first().cloned());
        Self {
            pages: Pages::new(page.site_name.as_deref(), &page.assets, locales, &page.brand),
            host: host.unwrap_or_else(|| "auth.example.com".to_owned()),
        }
    }

    fn answer(&self, method: &Method, path: &str) -> Response<Body> {
        if !matches!(*method, Method::GET | Method::HEAD | Method::POST) {
            let mut response = text(StatusCode::METHOD_NOT_ALLOWED, "a page is fetched or posted to\n");
            let allowed = HeaderValue::from_static("GET, HEAD, POST");
            response.headers_mut().insert(ALLOW, allowed);
            return response;
        }
        if let Some(asset) = self.pages.asset(path) {
            let mut response = whole(asset.content.clone(), StatusCode::OK);
            asset.set_headers(response.headers_mut());
            return response;
        }
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let found = match parts[..] {
            [""] => Some(self.languages()),
            ["index.json"] => Some(self.list()),
            [language] | [language, ""] => self.states(language),
            [language, purpose, state] => self.page(language, purpose, state),
            _ => None,
        };
        found.unwrap_or_else(|| text(StatusCode::NOT_FOUND, "there is no such page; / lists all there are\n"))
    }

    /// A page as people get it.
    fn page(&self, language: &str, purpose: &str, state: &str) -> Option<Response<Body>> {
        let voice = Voice {
            language: self.pages.locales().named(language)?,
            purpose: Purpose::named(purpose)?,
        };
        let sample = Sample::all().into_iter().find(|sample| sample.name() == state)?;
        let mut response = whole(self.pages.sample(voice, sample, &self.host), sample.status());
        let headers = response.headers_mut();
        self.pages
            .set_headers(headers, voice.language, sample.has_script(), &[]);
        Some(response)
    }

    /// Every page, for programs.
    fn list(&self) -> Response<Body> {
        let samples = Sample::all();
        let tags = self.pages.locales().iter().map(Locale::tag);
        let pages = tags.flat_map(|tag| Purpose::ALL.map(|purpose| (tag, purpose.as_str())));
        let pages = pages.flat_map(|(tag, purpose)| {
            samples.iter().map(move |sample| {
                let state = sample.name();
                json!({
                    "path": format!("/{tag}/{purpose}/{state}"),
                    "language": tag,
                    "purpose": purpose,
                    "state": state,
                    "status": sample.status().as_u16(),
                })
            })
        });
        let list = json!({ "pages": pages.collect::<Vec<_>>() });
        typed(StatusCode::OK, "application/json", format!("{list:#}\n").into())
    }

    /// The first page: the languages.
    fn languages(&self) -> Response<Body> {
        let mut items = String::new();
        for locale in self.pages.locales().iter() {
            let (tag, name) = (locale.tag(), locale.text("language-name", Purpose::default()));
            let name = name.replace('&', "&amp;").replace('<', "&lt;");
            // Writing to a string can't fail.
            let _ = writeln!(
                items,
                "<li><a href=\"/{tag}/\" hreflang=\"{tag}\" lang=\"{tag}\">{name}</a></li>"
            );
        }
        html(
            "The pages by language",
            &format!("<ul>\n{items}</ul>\n<p><a href=\"/index.json\">All of them for programs</a></p>"),
        )
    }

    /// All pages of a language.
    fn states(&self, tag: &str) -> Option<Response<Body>> {
        self.pages.locales().named(tag)?;
        let mut body = String::new();
        for purpose in Purpose::ALL.map(Purpose::as_str) {
            let _ = writeln!(body, "<h2>{purpose}</h2>\n<ul>");
            for state in Sample::all().into_iter().map(Sample::name) {
                let _ = writeln!(body, "<li><a href=\"/{tag}/{purpose}/{state}\">{state}</a></li>");
            }
            body.push_str("</ul>\n");
        }
        let body = format!("<p><a href=\"/\">All languages</a></p>\n{body}");
        Some(html(&format!("The pages in {tag}"), &body))
    }
}

fn html(title: &str, body: &str) -> Response<Body> {
    let page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n{body}\n</main>\n\
         </body>\n</html>\n"
    );
    typed(StatusCode::OK, "text/html; charset=utf-8", page.into())
}

fn text(status: StatusCode, text: &str) -> Response<Body> {
    typed(status, "text/plain; charset=utf-8", text.to_owned().into())
}

/// An answer of the preview's own.
fn typed(status: StatusCode, kind: &'static str, body: Bytes) -> Response<Body> {
    let mut response = whole(body, status);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let policy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'";
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    response
}

fn whole(body: Bytes, status: StatusCode) -> Response<Body> {
    let length = body.len();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_LENGTH, length.into());
    response
}
