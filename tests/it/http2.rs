//! HTTP/2 on either side.

use std::sync::{Arc, Mutex};

use http::{HeaderMap, HeaderValue, Method, Request, Response};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;

use crate::support::h2::Trailing;
use crate::support::upstream::{Speaks, ok, signed_in};
use crate::support::{Gate, Http2, LINK, Reply, Upstream};

/// A gate that speaks HTTP/2 in the clear, before an upstream of these settings.
async fn gate(upstream: &str, h2c_upstream: bool) -> Gate {
    let config = format!(
        "[[listener]]\naddress = \"127.0.0.1:0\"\nh2c = true\n\
         [[upstream]]\nname = \"api\"\nurl = \"http://{upstream}\"\nh2c = {h2c_upstream}\n{LINK}"
    );
    Gate::of(&config, tempfile::tempdir().unwrap()).await
}

async fn client(gate: &Gate) -> Http2 {
    Http2::on(gate.actor().connect().await).await
}

fn request(method: Method, target: &str) -> http::request::Builder {
    Request::builder()
        .method(method)
        .uri(format!("http://a.example{target}"))
}

async fn send(client: &Http2, request: Request<String>) -> Reply {
    client.send(request).await.unwrap().0
}

#[tokio::test]
async fn a_link_is_held_and_confirmed_over_http2() {
    let upstream = Upstream::start(|_| signed_in("/home").into()).await;
    let gate = gate(&upstream.address.to_string(), false).await;
    let client = client(&gate).await;
    let link = gate.link(&gate.token_to_confirm());
    let head = send(&client, request(Method::HEAD, &link).body(String::new()).unwrap()).await;
    assert_eq!(head.body, "");
    let page = send(&client, request(Method::GET, &link).body(String::new()).unwrap()).await;
    assert!(page.is_held(), "{page:?}");
    assert_eq!(
        head.header("content-length").unwrap().parse::<usize>().unwrap(),
        page.body.len()
    );
    let names = |reply: &Reply| reply.headers.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&head), names(&page));
    for name in [
        "content-type",
        "content-security-policy",
        "cache-control",
        "referrer-policy",
    ] {
        assert_eq!(head.header(name), page.header(name));
    }
    assert_eq!(upstream.received().len(), 0);

    let press = request(Method::POST, &link)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("cookie", "a=1")
        .header("cookie", page.header("set-cookie").unwrap().split(';').next().unwrap())
        .header("cookie", "b=2")
        .body(format!(
            "linklatch-ticket={}&linklatch-code={}",
            page.ticket(),
            page.code().unwrap().replace(' ', "+")
        ))
        .unwrap();
    let (one, two) = tokio::join!(send(&client, press.clone()), send(&client, press));
    assert_eq!((one.status.as_u16(), two.status.as_u16()), (302, 302));
    let received = upstream.received();
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].target, link);
    assert_eq!(received[0].header("host"), Some("a.example"));
    assert_eq!(received[0].header("cookie"), Some("a=1; b=2"));
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn many_streams_are_answered_each_with_its_own() {
    let upstream = Upstream::start(|received| ok(&received.target).into()).await;
    let gate = gate(&upstream.address.to_string(), false).await;
    let client = client(&gate).await;
    // Its answer comes behind the settings, which say how many streams there may be at a time.
    let first = request(Method::GET, "/page").body(String::new()).unwrap();
    assert_eq!(send(&client, first).await.status, 200);
    let mut running = tokio::task::JoinSet::new();
    for number in 0..500 {
        let client = client.clone();
        running.spawn(async move {
            let target = format!("/page/{number}");
            let reply = send(&client, request(Method::GET, &target).body(String::new()).unwrap()).await;
            assert_eq!((reply.status.as_u16(), reply.body), (200, target));
        });
    }
    running.join_all().await;
    assert_eq!(upstream.received().len(), 501);
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn a_request_with_two_hosts_or_a_tunnel_is_refused() {
    let upstream = Upstream::plain().await;
    let gate = gate(&upstream.address.to_string(), false).await;
    let client = client(&gate).await;
    let other = request(Method::GET, "/page")
        .header("host", "b.example")
        .body(String::new())
        .unwrap();
    assert_eq!(send(&client, other).await.status, 400);
    let tunnel = Request::connect("a.example:443").body(String::new()).unwrap();
    assert_eq!(send(&client, tunnel).await.status, 405);
    assert_eq!(upstream.received().len(), 0);
    let same = request(Method::GET, "/page")
        .header("host", "a.example")
        .body(String::new())
        .unwrap();
    assert_eq!(send(&client, same).await.status, 200, "the connection goes on");
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn an_http2_upstream_gets_the_host_and_the_path_as_they_came() {
    let upstream = Upstream::speaking(Speaks::H2c, |received| {
        let text = if received.method == Method::HEAD {
            ""
        } else {
            "from the upstream"
        };
        ok(text).into()
    })
    .await;
    let gate = gate(&upstream.address.to_string(), true).await;
    let client = client(&gate).await;
    for target in ["/a%2Fb/./c;d?x=%20+y&&z=[1]", "/"] {
        let reply = send(&client, request(Method::GET, target).body(String::new()).unwrap()).await;
        assert_eq!(reply.body, "from the upstream");
        let received = upstream.received().pop().unwrap();
        assert_eq!(received.target, target);
        assert_eq!(received.header("host"), Some("a.example"), "from :authority");
        assert!(received.header("x-forwarded-for").unwrap().starts_with("127.0."));
    }
    let head = send(&client, request(Method::HEAD, "/").body(String::new()).unwrap()).await;
    assert_eq!((head.status.as_u16(), head.body.as_str()), (200, ""));
    let link = gate.link(&gate.token_to_confirm());
    let page = send(&client, request(Method::GET, &link).body(String::new()).unwrap()).await;
    let press = request(Method::POST, &link)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!(
            "linklatch-ticket={}&linklatch-evidence=1+trusted+active+key",
            page.ticket()
        ))
        .unwrap();
    assert_eq!(send(&client, press).await.body, "from the upstream");
    let confirmed = upstream.received().pop().unwrap();
    assert_eq!((confirmed.method, confirmed.target), (Method::GET, link));
    assert_eq!(confirmed.headers.get("host").unwrap(), "a.example");
    gate.finish(&upstream).await;
}

/// Trailers that the upstream got, and an upstream that sends its own.
async fn echo_trailers(h2: bool) -> (String, Arc<Mutex<Vec<HeaderMap>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let log = Arc::clone(&log);
            let service = service_fn(move |request: Request<Incoming>| {
                let log = Arc::clone(&log);
                async move {
                    let body = request.into_body().collect().await?;
                    log.lock().unwrap().push(body.trailers().cloned().unwrap_or_default());
                    let trailers = HeaderMap::from_iter(
                        ["x-sum", "set-cookie", "location", "x-linklatch-step"]
                            .map(|name| (http::HeaderName::from_static(name), HeaderValue::from_static("9"))),
                    );
                    let body = Trailing::new("answer", trailers);
                    let response = Response::builder().header("trailer", "x-sum").body(body).unwrap();
                    Ok::<_, hyper::Error>(response)
                }
            });
            let io = TokioIo::new(stream);
            tokio::spawn(async move {
                if h2 {
                    let http2 = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
                    drop(http2.serve_connection(io, service).await);
                } else {
                    let http1 = hyper::server::conn::http1::Builder::new();
                    drop(http1.serve_connection(io, service).await);
                }
            });
        }
    });
    (address, seen)
}

const X_SUM: http::HeaderName = http::HeaderName::from_static("x-sum");

#[tokio::test]
async fn trailers_pass_between_the_protocols() {
    let nobody = Upstream::plain().await;
    for h2_upstream in [true, false] {
        let (upstream, seen) = echo_trailers(h2_upstream).await;
        let gate = gate(&upstream, h2_upstream).await;
        let client = client(&gate).await;
        let request = request(Method::POST, "/up")
            .header("te", "trailers")
            .header("trailer", "x-sum")
            .body("body")
            .unwrap();
        let sum = HeaderMap::from_iter(
            [
                "x-sum",
                "x-forwarded-for",
                "x-remote-user",
                "cookie",
                "host",
                "x_real_ip",
                "authorization",
            ]
            .map(|name| (http::HeaderName::from_static(name), HeaderValue::from_static("7"))),
        );
        let (reply, trailers) = client.send_with_trailers(request, sum).await.unwrap();
        assert_eq!(reply.body, "answer");
        let nine = HeaderValue::from_static("9");
        assert_eq!(trailers.get(X_SUM), Some(&nine), "h2 upstream: {h2_upstream}");
        assert_eq!(
            (trailers.len(), seen.lock().unwrap()[0].len()),
            (1, 1),
            "h2 upstream: {h2_upstream}"
        );
        let seven = HeaderValue::from_static("7");
        assert_eq!(
            seen.lock().unwrap()[0].get(X_SUM),
            Some(&seven),
            "h2 upstream: {h2_upstream}"
        );
        gate.finish(&nobody).await;
    }
}

/// A request's HEADERS frame whose path is made of any bytes: RFC 9113, section 6.2; RFC 7541, sections 6.1 and 6.2.2. All lengths fit a byte.
fn headers_frame(stream: u32, path: &[u8]) -> Vec<u8> {
    // GET and http by their places in the table, then `:authority` and `:path` as plain literals.
    let mut block = vec![0x82, 0x86, 0x01, 9];
    block.extend_from_slice(b"a.example");
    block.extend_from_slice(&[0x04, u8::try_from(path.len()).unwrap()]);
    block.extend_from_slice(path);
    // `accept`, for short answers.
    block.extend_from_slice(b"\x0f\x04\x10application/json");
    let mut frame = vec![0, 0, u8::try_from(block.len()).unwrap(), 1, 0x5];
    frame.extend_from_slice(&stream.to_be_bytes());
    frame.extend_from_slice(&block);
    frame
}

/// Whatever byte a damaged link has: what the libraries say of it is never in our log.
#[tokio::test]
async fn no_byte_in_a_target_brings_a_token_into_the_events() {
    let upstream = Upstream::plain().await;
    let gate = gate(&upstream.address.to_string(), false).await;
    let signs = (0..=0xff_u8).filter(|byte| !byte.is_ascii_alphanumeric());
    let signs: Vec<u8> = signs.collect();
    for signs in signs.chunks(16) {
        let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0".to_vec();
        let mut stream = 1;
        for sign in signs {
            for place in 0..3 {
                // Some of these are no link: only the events are looked at.
                let (token, sign) = (gate.token_to_confirm(), [*sign]);
                let (before, behind, within) = match place {
                    0 => (&[][..], &sign[..], &[][..]),
                    1 => (&sign[..], &[][..], &[][..]),
                    _ => (&[][..], &[][..], &sign[..]),
                };
                let (first, second) = token.as_bytes().split_at(16);
                let path = [b"/auth/verify?token=", before, first, within, second, behind].concat();
                bytes.extend(headers_frame(stream, &path));
                stream += 2;
            }
        }
        // GOAWAY without an error: the gate answers what came and closes.
        bytes.extend_from_slice(b"\0\0\x08\x07\0\0\0\0\0\0\0\0\0\0\0\0\0");
        let mut peer = gate.dial().await;
        peer.send(bytes).await;
        peer.rest().await;
    }
    assert!(!crate::support::events().contains("malformed"));
    gate.finish(&upstream).await;
}
