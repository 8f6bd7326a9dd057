//! One request of the REST API.

use std::fmt;

use sfjwt_transport::{Bytes, HeaderMap, HeaderName, HeaderValue, Method, Replay};

/// A request to the instance, by its path.
#[derive(Clone)]
pub struct ApiRequest {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<(HeaderValue, Bytes)>,
    pub(crate) replay: Replay,
    pub(crate) cap: u64,
}

impl ApiRequest {
    /// A request for a path on the instance, with its query: `/services/data/v67.0/limits`.
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            headers: HeaderMap::new(),
            body: None,
            replay: Replay::ByMethod,
            cap: DEFAULT_CAP,
        }
    }

    /// GET.
    pub fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    /// Sets a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Sets a JSON body.
    #[must_use]
    pub fn json(self, body: &serde_json::Value) -> Self {
        self.body(
            HeaderValue::from_static("application/json"),
            body.to_string(),
        )
    }

    /// Sets a body of any media type.
    #[must_use]
    pub fn body(mut self, content_type: HeaderValue, body: impl Into<Bytes>) -> Self {
        self.body = Some((content_type, body.into()));
        self
    }

    /// Says when it may be sent again although the server may have acted on it. Whatever this says,
    /// it is sent again after a dead token: such a request was refused before anything was done.
    #[must_use]
    pub fn replay(mut self, replay: Replay) -> Self {
        self.replay = replay;
        self
    }

    /// The largest answer to take, in bytes after decompression; 16 MiB without it.
    #[must_use]
    pub fn cap(mut self, bytes: u64) -> Self {
        self.cap = bytes;
        self
    }
}

impl fmt::Debug for ApiRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.split('?').next().unwrap_or_default();
        write!(f, "ApiRequest({} {path})", self.method)
    }
}

/// The describe of a large object has several MiB.
const DEFAULT_CAP: u64 = 16 * 1024 * 1024;
