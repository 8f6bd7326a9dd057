//! What is behind a refused login.
//!
//! One cause shows as different errors, and one error has several causes, so each error leads to a
//! list of things to try, the likeliest first. The errors are those that the documentation and the
//! public issue trackers show for this flow.

use crate::{OAuthRefusal, error::is_temporary};

/// What a refusal is about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
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
    /// What a refusal is about, by its words first and its status last.
    pub(crate) fn of(refusal: &OAuthRefusal) -> Self {
        let description = refusal.description.as_deref().unwrap_or_default();
        let says = |part: &str| description.to_ascii_lowercase().contains(part);
        match refusal.error.as_str() {
            _ if says("login rate exceeded") || says("maximum logins exceeded") => Self::LoginRate,
            "rate_limit_exceeded" => Self::LoginRate,
            "system_down"
            | "service_unavailable"
            | "server_error"
            | "unknown_error"
            | "slow_down" => Self::Temporary,
            error if is_temporary(refusal.status) && !is_final(error) => Self::Temporary,
            _ if says("hasn't approved") => Self::NotApproved,
            "invalid_app_access" => Self::NotAssigned,
            _ if says("audience") => Self::Audience,
            _ if says("expired authorization code") => Self::Expired,
            "invalid_client_id" => Self::UnknownApp,
            "app_not_found" => Self::AppElsewhere,
            "invalid_client" => Self::Certificate,
            _ if says("invalid assertion") => Self::Certificate,
            _ if says("ip restricted") || says("login hours") => Self::Restricted,
            "inactive_user" => Self::User,
            _ if says("user is inactive") || says("authentication failure") => Self::User,
            "inactive_org" => Self::Org,
            "unsupported_grant_type" | "invalid_request" => Self::Protocol,
            "oauth_flow_disabled"
            | "oauth_policy_not_found"
            | "ecapp_policy_not_found"
            | "app_blocked"
            | "fail_close_app_blocked"
            | "invalid_distribution_state"
            | "invalid_session_level" => Self::AppPolicy,
            _ => Self::Other,
        }
    }

    /// What to try, the likeliest first.
    pub(crate) fn causes(self) -> &'static [&'static str] {
        match self {
            Self::NotApproved => &[
                "set the app's policy to \"Admin approved users are pre-authorized\" and assign the \
                 user's profile or a permission set to the app",
                "let the user approve the app once in a browser, with the scope refresh_token",
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
