//! Actors: each with a loopback address of its own.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// The page's sealed ticket.
    pub(crate) fn ticket(&self) -> String {
        ticket_in(&self.body).to_owned()
    }

    /// The digits that the page asks for, if it does.
    pub(crate) fn code(&self) -> Option<String> {
        code_in(&self.body)
    }

    /// What the page says about the digits that were typed.
    pub(crate) fn trouble(&self) -> Option<&str> {
        let (_, rest) = self.body.split_once("role=\"alert\">")?;
        rest.split('<').next()
    }

    /// Whether it is the page that holds a link.
    pub(crate) fn is_held(&self) -> bool {
        self.status == 200 && self.body.contains("linklatch-ticket")
    }

    /// Whether the upstream answered, not the gate.
    pub(crate) fn is_from_upstream(&self) -> bool {
        self.headers.contains_key("x-upstream")
    }
}

fn form(page: &Reply, report: &str) -> String {
    let report = report.replace(' ', "+");
    format!("linklatch-ticket={}&linklatch-evidence={report}", page.ticket())
}

/// The sealed ticket in the page that holds a link.
pub(crate) fn ticket_in(page: &str) -> &str {
    let (_, rest) = page
        .split_once("name=\"linklatch-ticket\" value=\"")
        .expect("the page has a ticket");
    rest.split('"').next().unwrap()
}

/// The digits that a page asks for, as a person reads them.
pub(crate) fn code_in(page: &str) -> Option<String> {
    let (_, rest) = page.split_once("<b id=\"digits\" translate=\"no\" dir=\"ltr\">")?;
    rest.split('<').next().map(str::to_owned)
}

/// Somebody with an address, a user agent and cookies.
#[derive(Clone)]
pub(crate) struct Actor {
    pub(crate) address: &'static str,
    pub(crate) gate: SocketAddr,
    pub(crate) host: String,
    pub(crate) headers: HeaderMap,
    pub(crate) cookies: Arc<Mutex<Vec<(String, String)>>>,
    pub(crate) seen: Arc<Mutex<Vec<Reply>>>,
}

impl Actor {
    /// Somebody who speaks to a service of its own, not to a gate of this process.
    pub(crate) fn at(address: SocketAddr) -> Self {
        Self {
            address: "127.0.0.1",
            gate: address,
            host: address.to_string(),
            headers: HeaderMap::new(),
            cookies: Arc::default(),
            seen: Arc::default(),
        }
    }

    /// The same actor with one more header field in each request.
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(name, value.parse().unwrap());
        self
    }

    pub(crate) async fn get(&self, target: &str) -> Reply {
        self.send(Method::GET, target, &[], "").await
    }

    pub(crate) async fn head(&self, target: &str) -> Reply {
        self.send(Method::HEAD, target, &[], "").await
    }

    /// Asks the site behind the gate for a mail, which has to pass.
    pub(crate) async fn ask_for_mail(&self) {
        let asked = self.post_form("/auth/send-link", "email=ann%40example.com").await;
        assert!(asked.is_from_upstream());
    }

    pub(crate) async fn post_form(&self, target: &str, form: &str) -> Reply {
        self.send(
            Method::POST,
            target,
            &[("content-type", "application/x-www-form-urlencoded")],
            form,
        )
        .await
    }

    pub(crate) async fn post_json(&self, target: &str, json: &str) -> Reply {
        let fields = [("content-type", "application/json"), ("accept", "application/json")];
        self.send(Method::POST, target, &fields, json).await
    }

    /// Presses the page's button, with the code if it asks for one, as a person does in a browser.
    pub(crate) async fn press(&self, target: &str, page: &Reply) -> Reply {
        match page.code() {
            Some(code) => self.type_code(target, page, &code).await,
            None => self.press_reporting(target, page, &self.report()).await,
        }
    }

    /// What a person's press of the page's button posts.
    pub(crate) fn form(&self, page: &Reply) -> String {
        form(page, &self.report())
    }

    /// Presses the page's button; its script reports this.
    pub(crate) async fn press_reporting(&self, target: &str, page: &Reply, report: &str) -> Reply {
        assert!(page.body.contains("name=\"linklatch-evidence\""), "{page:?}");
        let form = form(page, report);
        let user: &[_] = if self.headers.contains_key("sec-fetch-mode") {
            &[("sec-fetch-user", "?1")]
        } else {
            &[]
        };
        let form_type = ("content-type", "application/x-www-form-urlencoded");
        let fields: Vec<_> = user.iter().copied().chain([form_type]).collect();
        self.send(Method::POST, target, &fields, &form).await
    }

    /// What the page's script sees of a person with a mouse.
    pub(crate) fn report(&self) -> String {
        let agent = self.headers.get(header::USER_AGENT);
        let is_chromium = agent.is_some_and(|agent| agent.to_str().unwrap().contains("Chrome/"));
        let brands = if is_chromium { " brands" } else { "" };
        format!("1 trusted active mouse focus hover touchscreen{brands} moves=22 seen=2100")
    }

    /// Types something into the code's field and presses.
    pub(crate) async fn type_code(&self, target: &str, page: &Reply, code: &str) -> Reply {
        let code = percent_encoding::utf8_percent_encode(code, percent_encoding::NON_ALPHANUMERIC);
        let form = format!("linklatch-ticket={}&linklatch-code={code}", page.ticket());
        self.post_form(target, &form).await
    }

    /// Posts the page's form and does nothing else, as a machine without script does.
    pub(crate) async fn only_press(&self, target: &str, page: &Reply) -> Reply {
        self.post_form(target, &format!("linklatch-ticket={}", page.ticket()))
            .await
    }

    /// Opens a link and presses, as a person does.
    pub(crate) async fn sign_in(&self, target: &str) -> Reply {
        let page = self.get(target).await;
        assert!(page.is_held(), "{page:?}");
        self.press(target, &page).await
    }

    pub(crate) async fn send(&self, method: Method, target: &str, fields: &[(&str, &str)], body: &str) -> Reply {
        let mut request = Request::new(Full::new(Bytes::copy_from_slice(body.as_bytes())));
        *request.method_mut() = method;
        *request.uri_mut() = target.parse().unwrap();
        let headers = request.headers_mut();
        *headers = self.headers.clone();
        headers.insert(header::HOST, self.host.parse().unwrap());
        let cookies = self
            .cookies
            .lock()
            .unwrap()
            .iter()
            .map(|(n, v)| format!("{n}={v}"))
            .collect::<Vec<_>>()
            .join("; ");
        if !cookies.is_empty() {
            headers.insert(header::COOKIE, cookies.parse().unwrap());
        }
        for (name, value) in fields {
            headers.append(
                http::HeaderName::from_bytes(name.as_bytes()).unwrap(),
                value.parse().unwrap(),
            );
        }
        let stream = self.connect().await;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .unwrap();
        tokio::spawn(connection);
        let response = sender.send_request(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let reply = Reply {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        };
        self.keep_cookies(&reply);
        self.seen.lock().unwrap().push(reply.clone());
        reply
    }

    fn keep_cookies(&self, reply: &Reply) {
        let mut cookies = self.cookies.lock().unwrap();
        for line in reply.headers.get_all(header::SET_COOKIE) {
            let pair = line.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            cookies.retain(|(known, _)| known != name);
            cookies.push((name.to_owned(), value.to_owned()));
        }
    }

    pub(crate) async fn connect(&self) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(format!("{}:0", self.address).parse().unwrap()).unwrap();
        socket.connect(self.gate).await.unwrap()
    }

    /// Sends raw bytes and reads until the gate closes.
    pub(crate) async fn raw(&self, bytes: &str) -> String {
        let mut stream = self.connect().await;
        stream.write_all(bytes.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    }
}
