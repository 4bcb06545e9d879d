//! Bodies: what is streamed, and what the gate itself reads.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep};

use super::headers::clean_trailers;
use super::patience::{Pace, Patience};
use crate::gate::header_rules::HeaderRules;

/// Any error of a body.
pub type BodyError = Box<dyn std::error::Error + Send + Sync>;

/// The body of a request or response, whoever made it.
#[derive(Debug)]
pub enum Body {
    /// Nothing.
    Empty,
    /// Bytes of our own.
    Full(Bytes),
    /// What a peer sends, as it comes.
    Stream(Box<Streamed>),
}

/// A peer's body, which may not come more slowly than agreed.
#[derive(Debug)]
pub struct Streamed {
    prefix: Option<Bytes>,
    inner: Incoming,
    patience: Patience,
    timer: Option<Pin<Box<Sleep>>>,
    /// Told when the body has ended or broken.
    on_end: Vec<Box<dyn Guard>>,
    ended: bool,
    /// What the operator says of its trailers.
    rules: Option<Arc<HeaderRules>>,
}

/// Something that waits for a body's end.
pub trait Guard: std::fmt::Debug + Send + Sync {
    /// The body ended.
    fn ended(&mut self, how: Ended);
}

/// How a body ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Nothing is missing.
    Whole,
    /// Whoever read it wanted no more.
    Dropped,
    /// Its sender broke off, or sent what is no body.
    Broken,
    /// Its sender paused for too long, or sent too slowly.
    Stalled,
}

/// A body paused for too long, or came too slowly.
#[derive(Debug, thiserror::Error)]
#[error("the body paused for longer than {:?}, or came at less than {} bytes a second", .0.pause, .0.least_rate)]
pub struct Stalled(Pace);

/// Why a body could not be read whole.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is longer than the limit; what was read stands in front of the rest.
    #[error("the body is too large")]
    TooLarge(Body),
    /// It did not come in time.
    #[error("the body did not come in time")]
    TimedOut,
    /// The connection broke.
    #[error("the body broke off")]
    Broken(#[source] BodyError),
}

impl Body {
    /// Streams what a peer sends, who has to keep the pace.
    #[must_use]
    pub fn stream(inner: Incoming, pace: Pace) -> Self {
        if inner.is_end_stream() {
            return Self::Empty;
        }
        Self::Stream(Box::new(Streamed {
            prefix: None,
            inner,
            patience: Patience::new(pace),
            timer: None,
            on_end: Vec::new(),
            ended: false,
            rules: None,
        }))
    }

    /// Has the operator's rules hold for its trailers too.
    #[must_use]
    pub fn with_rules(mut self, rules: &Arc<HeaderRules>) -> Self {
        if let Self::Stream(streamed) = &mut self {
            streamed.rules = Some(Arc::clone(rules));
        }
        self
    }

    /// Has `guard` told when the body ends; at once if it has no stream.
    #[must_use]
    pub fn guarded(mut self, mut guard: Box<dyn Guard>) -> Self {
        match &mut self {
            Self::Stream(streamed) => streamed.on_end.push(guard),
            Self::Empty | Self::Full(_) => guard.ended(Ended::Whole),
        }
        self
    }

    /// Reads it whole, at most `limit` bytes, within `time`.
    pub async fn read(self, limit: usize, time: Duration) -> Result<Bytes, ReadError> {
        match self {
            Self::Empty => Ok(Bytes::new()),
            Self::Full(bytes) => Ok(bytes),
            Self::Stream(streamed) => tokio::time::timeout(time, streamed.collect(limit))
                .await
                .unwrap_or(Err(ReadError::TimedOut)),
        }
    }
}

impl Streamed {
    async fn collect(mut self: Box<Self>, limit: usize) -> Result<Bytes, ReadError> {
        let mut read = Vec::new();
        while let Some(frame) = self.frame().await {
            let frame = frame.map_err(ReadError::Broken)?;
            let Ok(data) = frame.into_data() else { continue };
            read.extend_from_slice(&data);
            if read.len() > limit {
                self.prefix = Some(read.into());
                return Err(ReadError::TooLarge(Body::Stream(self)));
            }
        }
        Ok(read.into())
    }

    fn finish(&mut self, how: Ended) {
        for mut guard in self.on_end.drain(..) {
            guard.ended(how);
        }
    }
}

impl Drop for Streamed {
    fn drop(&mut self) {
        let whole = self.ended || self.inner.is_end_stream();
        self.finish(if whole { Ended::Whole } else { Ended::Dropped });
    }
}

static NO_RULES: HeaderRules = HeaderRules {
    pass: Vec::new(),
    drop: Vec::new(),
};

impl HttpBody for Streamed {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        if let Some(prefix) = self.prefix.take() {
            return Poll::Ready(Some(Ok(Frame::data(prefix))));
        }
        match Pin::new(&mut self.inner).poll_frame(cx) {
            Poll::Ready(Some(Ok(mut frame))) => {
                let bytes = frame.data_ref().map_or(0, Bytes::len);
                self.patience.moved(bytes, Instant::now());
                self.timer = None;
                if let Some(trailers) = frame.trailers_mut() {
                    clean_trailers(trailers, self.rules.as_deref().unwrap_or(&NO_RULES));
                }
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(Some(Err(error))) => {
                self.finish(Ended::Broken);
                Poll::Ready(Some(Err(error.into())))
            }
            Poll::Ready(None) => {
                self.ended = true;
                self.finish(Ended::Whole);
                Poll::Ready(None)
            }
            Poll::Pending => {
                let until = self.patience.wait(0, Instant::now());
                let timer = self
                    .timer
                    .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(until)));
                ready!(timer.as_mut().poll(cx));
                self.finish(Ended::Stalled);
                Poll::Ready(Some(Err(Stalled(self.patience.pace()).into())))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.prefix.is_none() && self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let mut hint = self.inner.size_hint();
        if let Some(prefix) = &self.prefix {
            let more = prefix.len() as u64;
            if let Some(upper) = hint.upper() {
                hint.set_upper(upper + more);
            }
            hint.set_lower(hint.lower() + more);
        }
        hint
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match &mut *self {
            Self::Empty => Poll::Ready(None),
            Self::Full(bytes) => {
                let bytes = std::mem::take(bytes);
                *self = Self::Empty;
                Poll::Ready((!bytes.is_empty()).then(|| Ok(Frame::data(bytes))))
            }
            Self::Stream(streamed) => Pin::new(streamed).poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Full(bytes) => bytes.is_empty(),
            Self::Stream(streamed) => streamed.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Empty => SizeHint::with_exact(0),
            Self::Full(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Self::Stream(streamed) => streamed.size_hint(),
        }
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        if bytes.is_empty() {
            Self::Empty
        } else {
            Self::Full(bytes)
        }
    }
}
