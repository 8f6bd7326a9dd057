//! The faults by name.

use std::{fmt, str::FromStr};

use super::FaultError;

/// What goes wrong.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Kind {
    /// The token endpoint refuses with this code and description.
    TokenError {
        /// `error`.
        code: String,
        /// `error_description`; left out when `None`.
        description: Option<String>,
    },
    /// The token endpoint answers with this status and the maintenance page "Data Not Available".
    TokenStatus(u16),
    /// The token answer names this instance URL.
    InstanceUrl(String),
    /// Refusals of the token endpoint come without `error_description`.
    MissingDescription,
    /// A 500 with an empty body.
    Empty500,
    /// A 429.
    RateLimit(RetryAfter),
    /// A 503.
    Unavailable(RetryAfter),
    /// The connection closes before any answer.
    DropConnection,
    /// A 302 to there.
    Redirect(String),
    /// A 200 with that many bytes of JSON string, made as they are sent.
    HugeBody(u64),
    /// A page of HTML with this status.
    Html(u16),
    /// Every answer waits so many milliseconds.
    SlowMs(u64),
    /// The body comes in pieces of 1 KiB with so many milliseconds between them.
    DripMs(u64),
    /// The connection closes after so many bytes of a body that was announced in full.
    CutBodyAfter(u64),
    /// Half of the JSON, properly framed.
    TruncatedJson,
    /// One more response header of so many bytes.
    OversizedHeader(usize),
    /// A token dies after so many data calls.
    ExpireAfter(u32),
    /// A 401 although the token is alive.
    Unauthorized,
    /// The error code in every 401.
    UnauthorizedCode(String),
    /// `totalSize` is off by that many.
    WrongTotal(i64),
    /// A next page has that many records fewer than it should.
    LostPage(usize),
    /// `nextRecordsUrl` is this.
    NextUrl(String),
    /// The org's clock is that many seconds ahead (negative: behind).
    ClockSkew(i64),
}

/// The two forms of `Retry-After`, both in seconds from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// `Retry-After: 5`, written `retry_after=5`.
    Seconds(u32),
    /// `Retry-After: Sun, 06 Nov 1994 08:49:37 GMT`, written `retry_after=date:5`.
    Date(u32),
}

impl Kind {
    /// The fault's name and type, with the share that its value means for bare faults.
    pub(super) fn parse(name: &str, value: &str) -> Result<(Self, f64), FaultError> {
        let always = |kind| Ok((kind, 1.0));
        let text = || value.to_owned();
        match name {
            "token_error" => {
                let (code, description) = match value.split_once(':') {
                    Some((code, description)) => (code, Some(description.to_owned())),
                    None => (value, None),
                };
                always(Self::TokenError {
                    code: code.to_owned(),
                    description,
                })
            }
            "token_status" => always(Self::TokenStatus(status(name, value)?)),
            "instance_url" => always(Self::InstanceUrl(text())),
            "redirect" => always(Self::Redirect(text())),
            "huge_body" => always(Self::HugeBody(number(name, value)?)),
            "html" => always(Self::Html(status(name, value)?)),
            "slow_ms" => always(Self::SlowMs(number(name, value)?)),
            "drip_ms" => always(Self::DripMs(number(name, value)?)),
            "cut_body_after" => always(Self::CutBodyAfter(number(name, value)?)),
            "oversized_header" => always(Self::OversizedHeader(number(name, value)?)),
            "expire_after" => always(Self::ExpireAfter(number(name, value)?)),
            "unauthorized_code" => always(Self::UnauthorizedCode(text())),
            "wrong_total" => always(Self::WrongTotal(number(name, value)?)),
            "lost_page" => always(Self::LostPage(number(name, value)?)),
            "next_url" => always(Self::NextUrl(text())),
            "clock_skew" => always(Self::ClockSkew(number(name, value)?)),
            _ => {
                let bare =
                    Self::bare(name).ok_or_else(|| FaultError::UnknownName(name.to_owned()))?;
                Ok((bare, share(name, value)?))
            }
        }
    }

    /// Faults with nothing to say but how often: their value is the share.
    fn bare(name: &str) -> Option<Self> {
        Some(match name {
            "missing_description" => Self::MissingDescription,
            "empty_500" => Self::Empty500,
            "rate_limit" => Self::RateLimit(RetryAfter::Seconds(1)),
            "unavailable" => Self::Unavailable(RetryAfter::Seconds(1)),
            "drop_connection" => Self::DropConnection,
            "truncated_json" => Self::TruncatedJson,
            "unauthorized" => Self::Unauthorized,
            _ => return None,
        })
    }

    pub(super) fn is_bare(&self) -> bool {
        Self::bare(self.name()).is_some()
    }

    /// The name, as it is written and as the journal shows it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::TokenError { .. } => "token_error",
            Self::TokenStatus(_) => "token_status",
            Self::InstanceUrl(_) => "instance_url",
            Self::MissingDescription => "missing_description",
            Self::Empty500 => "empty_500",
            Self::RateLimit(_) => "rate_limit",
            Self::Unavailable(_) => "unavailable",
            Self::DropConnection => "drop_connection",
            Self::Redirect(_) => "redirect",
            Self::HugeBody(_) => "huge_body",
            Self::Html(_) => "html",
            Self::SlowMs(_) => "slow_ms",
            Self::DripMs(_) => "drip_ms",
            Self::CutBodyAfter(_) => "cut_body_after",
            Self::TruncatedJson => "truncated_json",
            Self::OversizedHeader(_) => "oversized_header",
            Self::ExpireAfter(_) => "expire_after",
            Self::Unauthorized => "unauthorized",
            Self::UnauthorizedCode(_) => "unauthorized_code",
            Self::WrongTotal(_) => "wrong_total",
            Self::LostPage(_) => "lost_page",
            Self::NextUrl(_) => "next_url",
            Self::ClockSkew(_) => "clock_skew",
        }
    }

    pub(super) fn value(&self, share: f64) -> String {
        match self {
            Self::TokenError {
                code,
                description: Some(words),
            } => format!("{code}:{words}"),
            Self::TokenError {
                code: text,
                description: None,
            }
            | Self::InstanceUrl(text)
            | Self::Redirect(text)
            | Self::UnauthorizedCode(text)
            | Self::NextUrl(text) => text.clone(),
            Self::TokenStatus(status) | Self::Html(status) => status.to_string(),
            Self::HugeBody(number)
            | Self::SlowMs(number)
            | Self::DripMs(number)
            | Self::CutBodyAfter(number) => number.to_string(),
            Self::OversizedHeader(number) | Self::LostPage(number) => number.to_string(),
            Self::ExpireAfter(number) => number.to_string(),
            Self::WrongTotal(number) | Self::ClockSkew(number) => number.to_string(),
            Self::MissingDescription
            | Self::Empty500
            | Self::RateLimit(_)
            | Self::Unavailable(_)
            | Self::DropConnection
            | Self::TruncatedJson
            | Self::Unauthorized => share.to_string(),
        }
    }
}

impl FromStr for RetryAfter {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let expected = "seconds, or date:SECONDS";
        let wrong = |_| FaultError::Value {
            name: "retry_after".to_owned(),
            expected,
        };
        match text.strip_prefix("date:") {
            Some(seconds) => seconds.parse().map(Self::Date).map_err(wrong),
            None => text.parse().map(Self::Seconds).map_err(wrong),
        }
    }
}

impl fmt::Display for RetryAfter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seconds(seconds) => write!(formatter, "{seconds}"),
            Self::Date(seconds) => write!(formatter, "date:{seconds}"),
        }
    }
}

pub(super) fn share(name: &str, value: &str) -> Result<f64, FaultError> {
    let share: Option<f64> = value.parse().ok();
    share
        .filter(|share| (0.0..=1.0).contains(share))
        .ok_or_else(|| FaultError::Value {
            name: name.to_owned(),
            expected: "a share of requests, 0 to 1",
        })
}

fn status(name: &str, value: &str) -> Result<u16, FaultError> {
    let status: Option<u16> = value.parse().ok();
    status
        .filter(|status| (200..600).contains(status))
        .ok_or_else(|| FaultError::Value {
            name: name.to_owned(),
            expected: "an HTTP status, 200 to 599",
        })
}

fn number<T: FromStr>(name: &str, value: &str) -> Result<T, FaultError> {
    value.parse().map_err(|_| FaultError::Value {
        name: name.to_owned(),
        expected: "a whole number",
    })
}
