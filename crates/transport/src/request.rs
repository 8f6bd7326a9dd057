//! What is sent.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use secrecy::{ExposeSecret, SecretString};
use url::{Url, form_urlencoded};

use crate::guard;

/// One request. Its `Debug` shows method, host and path: never the query, headers or body.
#[derive(Clone)]
pub struct Request {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) replay: Replay,
    pub(crate) cap: Option<u64>,
}

/// When a request may be sent again although the server may have acted on it.
///
/// Whatever this says, a request is sent again when no connection was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Replay {
    /// Sending it twice does no harm.
    Always,
    /// GET and HEAD may be sent twice, nothing else. DELETE may not: the second one would report
    /// as missing what the first one has deleted.
    #[default]
    ByMethod,
    /// Never: the server may have acted.
    Never,
}

impl Request {
    /// A request with any method.
    pub fn new(method: Method, url: Url) -> Self {
        Self {
            method,
            url,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            replay: Replay::default(),
            cap: None,
        }
    }

    /// GET.
    pub fn get(url: Url) -> Self {
        Self::new(Method::GET, url)
    }

    /// POST.
    pub fn post(url: Url) -> Self {
        Self::new(Method::POST, url)
    }

    /// Sets a header, in place of any with the same name.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Sets all these headers.
    #[must_use]
    pub fn headers(mut self, headers: HeaderMap) -> Self {
        self.headers.extend(headers);
        self
    }

    /// Sets `Authorization: Bearer`, marked as sensitive. A token that is no header text (RFC 6750
    /// §2.1) leaves the header out, and the server will say that it is missing.
    #[must_use]
    pub fn bearer(mut self, token: &SecretString) -> Self {
        if let Ok(mut value) = HeaderValue::try_from(format!("Bearer {}", token.expose_secret())) {
            value.set_sensitive(true);
            self.headers.insert(header::AUTHORIZATION, value);
        }
        self
    }

    /// Sets the body, with its media type.
    #[must_use]
    pub fn body(mut self, content_type: HeaderValue, body: impl Into<Bytes>) -> Self {
        self.headers.insert(header::CONTENT_TYPE, content_type);
        self.body = body.into();
        self
    }

    /// Sets a body of `application/x-www-form-urlencoded` pairs.
    #[must_use]
    pub fn form(self, pairs: &[(&str, &str)]) -> Self {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(pairs);
        self.body(
            HeaderValue::from_static("application/x-www-form-urlencoded"),
            form.finish(),
        )
    }

    /// Says when it may be sent twice.
    #[must_use]
    pub fn replay(mut self, replay: Replay) -> Self {
        self.replay = replay;
        self
    }

    /// The largest body to take, in bytes after decompression. Without it 1 MiB for
    /// [`send`](crate::Transport::send) and no limit for [`stream`](crate::Transport::stream).
    #[must_use]
    pub fn cap(mut self, bytes: u64) -> Self {
        self.cap = Some(bytes);
        self
    }

    /// Whether it may be sent again after the server may have acted.
    pub(crate) fn may_repeat(&self) -> bool {
        match self.replay {
            Replay::Always => true,
            Replay::ByMethod => matches!(self.method, Method::GET | Method::HEAD),
            Replay::Never => false,
        }
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("host", &guard::authority(&self.url))
            .field("path", &self.url.path())
            .field("replay", &self.replay)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_encoded_as_browsers_do() {
        let request = Request::post("https://a.example/".parse().unwrap())
            .form(&[("grant_type", "urn:x:y"), ("a", "b c&d")]);
        assert_eq!(&request.body[..], b"grant_type=urn%3Ax%3Ay&a=b+c%26d");
    }

    #[test]
    fn only_get_and_head_repeat_by_method() {
        for (method, wanted) in [
            (Method::GET, true),
            (Method::HEAD, true),
            (Method::POST, false),
            (Method::PUT, false),
            (Method::PATCH, false),
            (Method::DELETE, false),
        ] {
            let request = Request::new(method, "https://a.example/".parse().unwrap());
            assert_eq!(request.may_repeat(), wanted, "{request:?}");
        }
    }

    #[test]
    fn debug_shows_no_query_header_or_body() {
        let request = Request::post("https://a.example/p?q=canary1".parse().unwrap())
            .bearer(&"canary2".into())
            .form(&[("assertion", "canary3")]);
        let shown = format!("{request:?}");
        assert!(shown.contains("/p") && !shown.contains("canary"), "{shown}");
    }
}
