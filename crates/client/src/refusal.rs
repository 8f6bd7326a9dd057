//! A refused login, and what is behind it.
//!
//! One cause shows as different errors, and one error has several causes, so each error leads to a
//! list of things to try, the likeliest first. The errors are those that the documentation and the
//! public issue trackers show for this flow.

use std::{fmt, time::Duration};

use serde::Deserialize;
use sfjwt_signer::Class;

use crate::error::{asked_to_wait, is_temporary};

/// What the token endpoint (or the revocation endpoint) said (RFC 6749 §5.2).
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
        match self.kind() {
            Kind::Temporary | Kind::LoginRate => Class::Retry,
            Kind::Protocol => Class::Config,
            _ => Class::Operator,
        }
    }

    /// Whether another attempt may succeed at once. A used-up login rate is not worth one: the
    /// lock-out only gets longer.
    pub fn is_retryable(&self) -> bool {
        self.kind() == Kind::Temporary
    }

    /// What to try, the likeliest first.
    pub fn causes(&self) -> &'static [&'static str] {
        self.kind().causes()
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

    fn kind(&self) -> Kind {
        let description = self.description.as_deref().unwrap_or_default();
        let says = |part: &str| description.to_ascii_lowercase().contains(part);
        match self.error.as_str() {
            _ if says("login rate exceeded") || says("maximum logins exceeded") => Kind::LoginRate,
            "rate_limit_exceeded" => Kind::LoginRate,
            "system_down"
            | "service_unavailable"
            | "server_error"
            | "unknown_error"
            | "slow_down" => Kind::Temporary,
            error if is_temporary(self.status) && !is_final(error) => Kind::Temporary,
            _ if says("hasn't approved") => Kind::NotApproved,
            "invalid_app_access" => Kind::NotAssigned,
            _ if says("audience") => Kind::Audience,
            _ if says("expired authorization code") => Kind::Expired,
            "invalid_client_id" => Kind::UnknownApp,
            "app_not_found" => Kind::AppElsewhere,
            "invalid_client" => Kind::Certificate,
            _ if says("invalid assertion") => Kind::Certificate,
            _ if says("ip restricted") || says("login hours") => Kind::Restricted,
            "inactive_user" => Kind::User,
            _ if says("user is inactive") || says("authentication failure") => Kind::User,
            "inactive_org" => Kind::Org,
            "unsupported_grant_type" | "invalid_request" => Kind::Protocol,
            "oauth_flow_disabled"
            | "oauth_policy_not_found"
            | "ecapp_policy_not_found"
            | "app_blocked"
            | "fail_close_app_blocked"
            | "invalid_distribution_state"
            | "invalid_session_level" => Kind::AppPolicy,
            _ => Kind::Other,
        }
    }
}

impl fmt::Display for OAuthRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Salesforce refused the login: {}", self.error)?;
        if let Some(description) = &self.description {
            write!(f, ": {description}")?;
        }
        if self.kind() == Kind::Expired
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

/// Whether an error names a decision, which stands whatever the status says.
fn is_final(error: &str) -> bool {
    let families = [
        "invalid_",
        "unsupported_",
        "app_",
        "oauth_",
        "bad_jti_claim",
    ];
    families.iter().any(|family| error.starts_with(family))
}

/// What a refusal is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    NotApproved,
    NotAssigned,
    UnknownApp,
    AppElsewhere,
    Certificate,
    Audience,
    Expired,
    Restricted,
    User,
    Org,
    LoginRate,
    Temporary,
    AppPolicy,
    Protocol,
    Other,
}

impl Kind {
    fn causes(self) -> &'static [&'static str] {
        match self {
            Self::NotApproved => &[
                "set the app's policy to \"Admin approved users are pre-authorized\" and assign the \
                 user's profile or a permission set to the app",
                "or let the user approve the app once in a browser, with the scope refresh_token",
                "check that the user name belongs to this org and login_url (sandbox users log in \
                 at test.salesforce.com, government orgs at their My Domain)",
                "wait 10 minutes if the app is new or was changed",
            ],
            Self::NotAssigned => &[
                "assign the user's profile, or a permission set that the user has, to the app",
                "wait 10 minutes if that was just done",
            ],
            Self::UnknownApp => &[
                "compare client_id with the consumer key of the app",
                "check that login_url leads to the org that holds the app",
                "wait 10 minutes if the app is new",
            ],
            Self::AppElsewhere => &[
                "set login_url to the My Domain of the org that holds the external client app",
                "deploy or install the app in this org",
            ],
            Self::Certificate => &[
                "compare the key with the certificate that the app holds (`sfjwt cert show`, \
                 `sfjwt key show`) and upload the certificate again: an error in the app's form \
                 drops it silently",
                "check that \"Use digital signatures\" is on",
            ],
            Self::Audience => &[
                "set audience to https://login.salesforce.com for production and developer orgs, \
                 https://test.salesforce.com for sandboxes and scratch orgs, or the site's URL for \
                 an Experience Cloud user",
                "check that login_url and audience belong to the same kind of org",
            ],
            Self::Expired => {
                &["set the clock of this machine (NTP): the assertion lives 3 minutes"]
            }
            Self::Restricted => &[
                "add this machine's address to the trusted range of the app or the profile",
                "see the login hours of the profile",
            ],
            Self::User => &[
                "check that username is the user name (not the e-mail address) of an active user",
                "check that the user's profile has \"API Enabled\"",
            ],
            Self::Org => &["the org is locked, closed or suspended: ask Salesforce support"],
            Self::LoginRate => &[
                "wait 15 to 30 minutes, and keep the access token instead of logging in for each \
                 request",
            ],
            Self::Temporary => &["try again in a few minutes; see status.salesforce.com"],
            Self::AppPolicy => &[
                "see the app's OAuth policies: flow enabled, app not blocked (\"OAuth Usage\"), \
                 no high-assurance session required",
            ],
            Self::Protocol => {
                &["check that login_url is a host of Salesforce with nothing in between"]
            }
            Self::Other => &["ask the org's administrator, with the login history of the user"],
        }
    }
}

/// The longest text of a server that is repeated in a message.
const LONGEST: usize = 300;

/// A server's text, safe for a terminal and a log line: one line, without control characters, cut to
/// a length.
pub(crate) fn printable(text: &str) -> String {
    let clean = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut short: String = clean.take(LONGEST).collect();
    if text.chars().nth(LONGEST).is_some() {
        short.push_str("...");
    }
    short
}

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

    #[test]
    fn a_servers_text_cannot_drive_a_terminal_or_fill_a_log() {
        assert_eq!(printable("a\u{1b}[2J\nb"), "a [2J b");
        assert_eq!(printable(&"x".repeat(1000)).len(), LONGEST + 3);
    }
}
