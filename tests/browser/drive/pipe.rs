//! The DevTools protocol over a pipe: JSON messages, each ended by NUL.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{ChildStdin, ChildStdout};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::sync::{broadcast, oneshot};

type Waiting = Arc<Mutex<HashMap<u64, oneshot::Sender<Value>>>>;

/// A browser's ear and mouth.
pub(crate) struct Pipe {
    next: AtomicU64,
    waiting: Waiting,
    events: broadcast::Sender<Value>,
    mouth: Mutex<ChildStdin>,
}

impl Pipe {
    pub(crate) fn new(mouth: ChildStdin, ear: ChildStdout) -> Arc<Self> {
        let (events, _) = broadcast::channel(4096);
        let waiting = Waiting::default();
        let (told, heard) = (events.clone(), Arc::clone(&waiting));
        // Ends with the browser.
        std::thread::spawn(move || {
            for message in BufReader::new(ear).split(0) {
                let Ok(message) = message else { return };
                let message: Value = serde_json::from_slice(&message).unwrap();
                match message["id"].as_u64() {
                    Some(id) => drop(heard.lock().unwrap().remove(&id).map(|one| one.send(message))),
                    None => drop(told.send(message)),
                }
            }
            heard.lock().unwrap().clear();
        });
        Arc::new(Self {
            next: AtomicU64::new(1),
            waiting,
            events,
            mouth: Mutex::new(mouth),
        })
    }

    /// All events from here on.
    pub(crate) fn events(&self) -> broadcast::Receiver<Value> {
        self.events.subscribe()
    }

    /// A method's result, or what the browser says against it.
    pub(crate) async fn ask(&self, session: Option<&str>, method: &str, params: Value) -> Result<Value, String> {
        let id = self.next.fetch_add(1, Ordering::SeqCst);
        let mut message = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = session {
            message["sessionId"] = json!(session);
        }
        let (tell, told) = oneshot::channel();
        self.waiting.lock().unwrap().insert(id, tell);
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.mouth
            .lock()
            .unwrap()
            .write_all(&bytes)
            .map_err(|error| error.to_string())?;
        let mut answer = told.await.map_err(|_| "the browser is gone".to_owned())?;
        match answer.get("error") {
            Some(error) => Err(format!("{method}: {error}")),
            None => Ok(answer["result"].take()),
        }
    }
}
