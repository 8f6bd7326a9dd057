//! A refused login, in the server's own words.

use std::{fmt, time::Duration};

use serde::Deserialize;
use sfjwt_signer::Class;

use crate::{
    causes::Kind,
    wording::{asked_to_wait, printable},
};

/// What the token endpoint said (RFC 6749 §5.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OAuthRefusal {
    /// The HTTP status; Salesforce uses 400 for nearly all of them.
    pub status: u16,
    /// `error`, such as `invalid_grant`.
    pub error: String,
    /// `error_description`. It may be missing.
    pub description: Option<String>,
    /// How far the server's clock is ahead of ours, in seconds, by the `Date` of the answer.
    pub clock_ahead: Option<i64>,
    /// How long the server asks to wait.
    pub retry_after: Option<Duration>,
}

/// The error object on the wire.
#[derive(Deserialize)]
pub(crate) struct WireRefusal {
    pub(crate) error: String,
    pub(crate) error_description: Option<String>,
}

impl OAuthRefusal {
    pub(crate) fn new(status: u16, wire: &WireRefusal) -> Self {
        Self {
            status,
            error: printable(&wire.error),
            description: wire.error_description.as_deref().map(printable),
            clock_ahead: None,
            retry_after: None,
        }
    }

    /// Who has to act.
    pub fn class(&self) -> Class {
        match Kind::of(self) {
            Kind::Temporary | Kind::LoginRate => Class::Retry,
            Kind::Protocol => Class::Config,
            _ => Class::Operator,
        }
    }

    /// Whether another attempt may succeed at once. A used-up login rate is not worth one: the
    /// lock-out only gets longer.
    pub fn is_retryable(&self) -> bool {
        Kind::of(self) == Kind::Temporary
    }

    /// What to try, the likeliest first.
    pub fn causes(&self) -> &'static [&'static str] {
        Kind::of(self).causes()
    }

    /// The causes as one text.
    pub fn hint(&self) -> String {
        match self.causes() {
            [one] => (*one).to_owned(),
            causes => {
                let numbered = causes
                    .iter()
                    .zip(1..)
                    .map(|(cause, n)| format!("({n}) {cause}"));
                numbered.collect::<Vec<_>>().join("; ")
            }
        }
    }
}

impl fmt::Display for OAuthRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Salesforce refused the login: {}", self.error)?;
        if let Some(description) = &self.description {
            write!(f, ": {description}")?;
        }
        if Kind::of(self) == Kind::Expired
            && let Some(ahead) = self.clock_ahead
        {
            let side = if ahead < 0 { "ahead of" } else { "behind" };
            let seconds = ahead.unsigned_abs();
            write!(f, " (our clock is {seconds} s {side} the server's)")?;
        }
        f.write_str(&asked_to_wait(self.retry_after))
    }
}

impl std::error::Error for OAuthRefusal {}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(error: &str, description: &str) -> OAuthRefusal {
        OAuthRefusal::new(
            400,
            &WireRefusal {
                error: error.to_owned(),
                error_description: Some(description.to_owned()),
            },
        )
    }

    #[test]
    fn refusals_of_people_and_apps_are_for_the_operator() {
        for (error, description, first) in [
            (
                "invalid_grant",
                "user hasn't approved this consumer",
                "pre-authorized",
            ),
            (
                "invalid_app_access",
                "user is not admin approved to access this app",
                "permission set",
            ),
            (
                "invalid_client_id",
                "client identifier invalid",
                "client_id",
            ),
            (
                "app_not_found",
                "External client app is not installed in this org",
                "My Domain",
            ),
            (
                "invalid_client",
                "invalid client credentials",
                "certificate",
            ),
            ("invalid_grant", "invalid assertion", "certificate"),
            ("invalid_grant", "audience is invalid", "audience"),
            ("invalid_grant", "Audience validation failed", "audience"),
            ("invalid_grant", "expired authorization code", "clock"),
            (
                "invalid_grant",
                "ip restricted or invalid login hours",
                "trusted range",
            ),
            ("invalid_grant", "authentication failure", "username"),
            ("inactive_user", "user is inactive", "username"),
            (
                "inactive_org",
                "organization is locked, closed, or suspended",
                "support",
            ),
            ("app_blocked", "unknown", "policies"),
            ("something_new", "unknown", "administrator"),
        ] {
            let refusal = refusal(error, description);
            assert_eq!(refusal.class(), Class::Operator, "{refusal}");
            assert!(!refusal.is_retryable(), "{refusal}");
            assert!(
                refusal.causes()[0].contains(first),
                "{refusal}: {}",
                refusal.hint()
            );
        }
    }

    #[test]
    fn trouble_of_the_server_is_worth_another_attempt() {
        for error in [
            "system_down",
            "service_unavailable",
            "server_error",
            "unknown_error",
            "slow_down",
        ] {
            let refusal = refusal(error, "retry your request");
            assert_eq!(refusal.class(), Class::Retry, "{refusal}");
            assert!(refusal.is_retryable(), "{refusal}");
        }
    }

    #[test]
    fn a_used_up_login_rate_is_for_later_and_never_for_now() {
        for (error, description) in [
            ("invalid_grant", "login rate exceeded"),
            ("rate_limit_exceeded", "number of logins exceeded"),
        ] {
            let mut refusal = refusal(error, description);
            refusal.status = 429;
            assert_eq!(refusal.class(), Class::Retry, "{refusal}");
            assert!(!refusal.is_retryable(), "{refusal}");
        }
    }

    #[test]
    fn a_decision_stands_whatever_the_status_says() {
        let mut refusal = refusal("invalid_client", "invalid client credentials");
        refusal.status = 503;
        assert!(!refusal.is_retryable(), "{refusal}");
    }

    #[test]
    fn an_expired_assertion_is_explained_by_the_clocks() {
        let mut refusal = refusal("invalid_grant", "expired authorization code");
        refusal.clock_ahead = Some(245);
        assert_eq!(
            refusal.to_string(),
            "Salesforce refused the login: invalid_grant: expired authorization code \
             (our clock is 245 s behind the server's)"
        );
        refusal.clock_ahead = Some(-3);
        assert!(refusal.to_string().contains("3 s ahead of"), "{refusal}");
    }
}
