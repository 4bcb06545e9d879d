//! The upstream's answer to a confirmation, as it is kept for the same browser: sealed bytes.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

/// An answer that can be given more than once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    /// `None`: it was over the size cap.
    pub(super) body: Option<Bytes>,
}

impl Answer {
    /// What is kept of an answer over the size cap.
    pub(super) fn head_only(status: StatusCode, headers: &HeaderMap) -> Self {
        let kept = [header::LOCATION, header::SET_COOKIE];
        let headers = headers.iter().filter(|(name, _)| kept.contains(name));
        Self {
            status,
            headers: headers.map(|(name, value)| (name.clone(), value.clone())).collect(),
            body: None,
        }
    }

    /// Length-prefixed parts: status, fields, body.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut out = self.status.as_u16().to_be_bytes().to_vec();
        out.extend_from_slice(&length(self.headers.len()));
        for (name, value) in &self.headers {
            for part in [name.as_str().as_bytes(), value.as_bytes()] {
                out.extend_from_slice(&length(part.len()));
                out.extend_from_slice(part);
            }
        }
        if let Some(body) = &self.body {
            out.push(1);
            out.extend_from_slice(body);
        }
        out
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (status, mut rest) = bytes.split_first_chunk::<2>()?;
        let status = StatusCode::from_u16(u16::from_be_bytes(*status)).ok()?;
        let mut headers = HeaderMap::new();
        for _ in 0..take_length(&mut rest)? {
            let name = HeaderName::from_bytes(take(&mut rest)?).ok()?;
            headers.append(name, HeaderValue::from_bytes(take(&mut rest)?).ok()?);
        }
        let body = rest.split_first().map(|(_, body)| Bytes::copy_from_slice(body));
        Some(Self { status, headers, body })
    }
}

fn length(len: usize) -> [u8; 4] {
    u32::try_from(len).unwrap_or(u32::MAX).to_be_bytes()
}

fn take_length(rest: &mut &[u8]) -> Option<usize> {
    let (length, tail) = rest.split_first_chunk::<4>()?;
    *rest = tail;
    usize::try_from(u32::from_be_bytes(*length)).ok()
}

fn take<'b>(rest: &mut &'b [u8]) -> Option<&'b [u8]> {
    let length = take_length(rest)?;
    let (part, tail) = rest.split_at_checked(length)?;
    *rest = tail;
    Some(part)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_set_cookie_line_survives() {
        let mut headers = HeaderMap::new();
        headers.append(header::SET_COOKIE, HeaderValue::from_static("a=1; Path=/"));
        headers.append(header::SET_COOKIE, HeaderValue::from_static("b=2"));
        headers.append(header::LOCATION, HeaderValue::from_static("/home#access_token=x"));
        let answer = Answer {
            status: StatusCode::SEE_OTHER,
            headers,
            body: Some(Bytes::new()),
        };
        assert_eq!(Answer::from_bytes(&answer.to_bytes()), Some(answer.clone()));
        let head = Answer::head_only(answer.status, &answer.headers);
        assert_eq!(Answer::from_bytes(&head.to_bytes()), Some(head));
    }

    proptest! {
        #[test]
        fn bytes_that_are_no_answer_are_refused_quietly(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = Answer::from_bytes(&bytes);
        }
    }
}
