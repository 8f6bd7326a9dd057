//! What comes back: whole and capped, or part by part.

use std::{fmt, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};

use crate::{TransportError, classify::Context};

/// A whole answer. Its `Debug` shows the status and the size only.
#[derive(Clone)]
pub struct Response {
    /// The status, whatever it is: except for redirects, no status is an error here.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, decompressed.
    pub body: Bytes,
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Response({}, {} bytes)", self.status, self.body.len())
    }
}

/// An answer whose body is still on its way.
pub struct StreamingResponse {
    /// The status, whatever it is.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    body: reqwest::Response,
    context: Context,
    cap: u64,
    received: u64,
    failed: Option<TransportError>,
}

impl StreamingResponse {
    pub(crate) fn new(mut body: reqwest::Response, context: Context, cap: u64) -> Self {
        Self {
            status: body.status(),
            headers: std::mem::take(body.headers_mut()),
            body,
            context,
            cap,
            received: 0,
            failed: None,
        }
    }

    /// The next part of the body, decompressed; `None` at its true end. After an error every call
    /// says the same error: a cut body never looks like an end.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let next = self.next().await;
        self.failed = next.as_ref().err().cloned();
        next
    }

    async fn next(&mut self) -> Result<Option<Bytes>, TransportError> {
        let chunk = match self.body.chunk().await {
            Ok(Some(chunk)) => chunk,
            Ok(None) => return Ok(None),
            Err(error) => return Err(self.context.classify(&error)),
        };
        self.received = self.received.saturating_add(chunk.len() as u64);
        if self.received > self.cap {
            return Err(self.too_large());
        }
        Ok(Some(chunk))
    }

    /// The whole body, at most as large as the request's cap.
    pub async fn whole(mut self) -> Result<Response, TransportError> {
        // An announced size that is too large is believed; any other is not.
        if self
            .body
            .content_length()
            .is_some_and(|size| size > self.cap)
        {
            return Err(self.too_large());
        }
        let mut body = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            body.extend_from_slice(&chunk);
        }
        Ok(Response {
            status: self.status,
            headers: self.headers,
            body: body.into(),
        })
    }

    fn too_large(&self) -> TransportError {
        TransportError::TooLarge {
            host: self.context.host.clone(),
            cap: self.cap,
        }
    }
}

impl fmt::Debug for StreamingResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StreamingResponse({})", self.status)
    }
}

/// How long the server asks to wait (`Retry-After`, RFC 9110 §10.2.3), in both forms.
///
/// A date is measured against the `Date` of the same answer, so that no clock but the server's own
/// is involved; without one it says nothing.
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name| headers.get(name)?.to_str().ok().map(str::trim);
    let wish = text(header::RETRY_AFTER)?;
    if !wish.is_empty() && wish.bytes().all(|b| b.is_ascii_digit()) {
        // More seconds than a number holds is still "for longer than anyone waits".
        return Some(wish.parse().map_or(Duration::MAX, Duration::from_secs));
    }
    let until = httpdate::parse_http_date(wish).ok()?;
    let now = httpdate::parse_http_date(text(header::DATE)?).ok()?;
    Some(until.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(pairs: &[(&'static str, &'static str)]) -> Option<Duration> {
        let headers = pairs
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        retry_after(&headers)
    }

    #[test]
    fn seconds_are_read() {
        assert_eq!(
            wish(&[("retry-after", "120")]),
            Some(Duration::from_secs(120))
        );
    }

    #[test]
    fn a_date_is_measured_against_the_servers_own_clock() {
        assert_eq!(
            wish(&[
                ("date", "Tue, 24 Nov 2026 03:00:00 GMT"),
                ("retry-after", "Tue, 24 Nov 2026 03:00:07 GMT"),
            ]),
            Some(Duration::from_secs(7))
        );
    }

    #[test]
    fn a_date_in_the_past_means_now() {
        assert_eq!(
            wish(&[
                ("date", "Tue, 24 Nov 2026 03:00:00 GMT"),
                ("retry-after", "Tue, 24 Nov 2026 02:00:00 GMT"),
            ]),
            Some(Duration::ZERO)
        );
    }

    #[test]
    fn nonsense_is_no_wish_and_a_number_too_long_is_for_ever() {
        assert_eq!(wish(&[("retry-after", "soon")]), None);
        assert_eq!(wish(&[("retry-after", "-1")]), None);
        assert_eq!(
            wish(&[("retry-after", "99999999999999999999999")]),
            Some(Duration::MAX)
        );
    }
}
