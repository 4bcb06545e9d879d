//! The upstream behind the gate: it keeps what passes, byte for byte.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::net::TcpListener;

use crate::support::Behind;
use crate::wire::{Kind, Message, Wire};

/// The field by which a request is known again behind the gate.
pub(crate) const NUMBER: &str = "x-spelling";

#[derive(Clone)]
pub(crate) struct Upstream {
    address: SocketAddr,
    passed: Arc<Mutex<HashMap<String, Message>>>,
}

impl Upstream {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let upstream = Self {
            address: listener.local_addr().unwrap(),
            passed: Arc::default(),
        };
        let keeper = upstream.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(keeper.clone().keep(Wire::new(stream)));
            }
        });
        upstream
    }

    async fn keep(self, mut wire: Wire) {
        while let Ok(request) = wire.message(Kind::Request).await {
            let number = request.field(NUMBER).unwrap_or_default();
            self.passed.lock().unwrap().insert(number, request);
            if wire
                .send(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
                .await
                .is_err()
            {
                return;
            }
        }
    }

    /// Takes the request of that number, if it passed.
    pub(crate) fn take(&self, number: &str) -> Option<Message> {
        self.passed.lock().unwrap().remove(number)
    }
}

impl Behind for Upstream {
    fn address(&self) -> SocketAddr {
        self.address
    }

    fn heard(&self) -> Vec<String> {
        Vec::new()
    }
}
