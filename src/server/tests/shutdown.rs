//! What a shutdown waits for, and what not.

use tokio::sync::{Notify, mpsc};

use super::*;

/// Answers once it is let to, and says when it has begun.
fn gated() -> (Answer, mpsc::UnboundedReceiver<()>, Arc<Notify>) {
    let (begun, begins) = mpsc::unbounded_channel();
    let gate = Arc::new(Notify::new());
    let opened = Arc::clone(&gate);
    let answer: Answer = Arc::new(move |_, _| {
        let (begun, opened) = (begun.clone(), Arc::clone(&opened));
        Box::pin(async move {
            begun.send(()).unwrap();
            opened.notified().await;
            Response::new(bytes::Bytes::from_static(b"finished").into())
        })
    });
    (answer, begins, gate)
}

#[tokio::test]
async fn a_shutdown_waits_for_what_runs_and_takes_nothing_new() {
    let (answer, mut begins, gate) = gated();
    let server = Setup {
        answer,
        ..Setup::default()
    }
    .start();
    let address = server.address;
    let mut running = server.connect().await;
    running
        .write_all(b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n")
        .await
        .unwrap();
    begins.recv().await.unwrap();
    let _silent = server.connect().await;

    let tasks = server.tasks.clone();
    tasks.stop();
    while TcpStream::connect(address).await.is_ok() {}
    gate.notify_one();
    let answer = read_to_close(&mut running).await;
    assert!(
        answer.contains("connection: close") && answer.ends_with("finished"),
        "{answer}"
    );
    assert_eq!(server.stop().await, CLEAN);
}

#[tokio::test]
async fn a_shutdown_lets_http2_finish_too() {
    let (answer, mut begins, gate) = gated();
    let server = Setup {
        answer,
        listener: Listener { h2c: true, ..plain() },
        ..Setup::default()
    }
    .start();
    let io = TokioIo::new(server.connect().await);
    let (mut send, connection) = hyper::client::conn::http2::handshake(TokioExecutor::new(), io)
        .await
        .unwrap();
    let request = Request::get("http://a.example/")
        .body(Empty::<bytes::Bytes>::new())
        .unwrap();
    let exchange = async move {
        let response = send.send_request(request).await.unwrap();
        response.into_body().collect().await.unwrap().to_bytes()
    };
    let stop = async {
        begins.recv().await.unwrap();
        server.tasks.stop();
        gate.notify_one();
    };
    let (bytes, (), ended) = tokio::join!(exchange, stop, connection);
    assert_eq!(bytes, "finished");
    ended.unwrap();
    assert_eq!(server.stop().await, CLEAN);
}

#[tokio::test]
async fn a_shutdown_cuts_off_what_takes_too_long() {
    let (answer, mut begins, _gate) = gated();
    let times = short(|times| times.shutdown = MOMENT);
    let server = Setup {
        answer,
        times,
        ..Setup::default()
    }
    .start();
    let mut running = server.connect().await;
    running.write_all(GET.as_bytes()).await.unwrap();
    begins.recv().await.unwrap();
    assert_eq!(server.stop().await, Unfinished { connections: 1 });
    assert_eq!(read_to_close(&mut running).await, "");
}
