//! What is unknown about real orgs, each a switch.
//!
//! `observed` is what real orgs are seen to accept; `documented` is what the documentation says.
//! Where both are silent, the two presets agree and the switch is still here.

use serde::{Deserialize, Serialize};

/// How the org decides where the sources conflict or say nothing. Fixed for the life of a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(clippy::struct_excessive_bools)] // each is an open question with two answers
pub struct Fidelity {
    /// Take an `exp` any time ahead, milliseconds included; otherwise at most 180 s (#9).
    pub far_future_exp: bool,
    /// Seconds for which an `exp` in the past is still good (#8).
    pub exp_skew_seconds: u32,
    /// Take the audience with a trailing slash, as the token endpoint, or as a bare host (#7).
    pub loose_audience: bool,
    /// Take an array of audiences if one of them is good (#7).
    pub audience_array: bool,
    /// Take base64url with `=` padding (#6).
    pub base64_padding: bool,
    /// Take parameters from the query string of the POST (#22).
    pub query_parameters: bool,
    /// Look at `nbf` and refuse an assertion from the future (#6).
    pub not_before: bool,
    /// Refuse a `jti` that this app has used before (#23).
    pub unique_jti: bool,
    /// Refuse an assertion when the registered certificate has ended (#5).
    pub certificate_expiry: bool,
    /// What a signature that does not verify gets.
    pub bad_signature: BadSignature,
    /// What an unknown `sub` gets.
    pub unknown_user: UnknownUser,
    /// What an inactive user gets.
    pub inactive_user: InactiveUser,
    /// What a user gets who is not assigned to an admin-approved app.
    pub not_assigned: NotAssigned,
    /// What too many logins get.
    pub login_rate: LoginRate,
    /// Send `issued_at` and `signature` in the token answer, as other flows do.
    pub issued_at: bool,
    /// Refuse a `batchSize` outside 200 to 2,000 instead of using the nearest.
    pub strict_batch_size: bool,
}

/// Answers for a signature that does not verify: #5 or #6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BadSignature {
    /// #5 `invalid_client` / `invalid client credentials`.
    InvalidClient,
    /// #6 `invalid_grant` / `invalid assertion`.
    InvalidAssertion,
}

/// Answers for an unknown user: #1 or #13.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownUser {
    /// #1 `user hasn't approved this consumer`.
    NotApproved,
    /// #13 `authentication failure`.
    AuthenticationFailure,
}

/// Answers for an inactive user, both #14.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InactiveUser {
    /// `inactive_user` / `user is inactive`.
    InactiveUser,
    /// `invalid_grant` / `user is inactive`.
    InvalidGrant,
}

/// Answers for a user without an assignment: #2 or #1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotAssigned {
    /// #2 `user is not admin approved to access this app`.
    NotAdminApproved,
    /// #1 `user hasn't approved this consumer`.
    NotApproved,
}

/// Answers for too many logins, both #16.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoginRate {
    /// `invalid_grant` / `login rate exceeded`.
    InvalidGrant,
    /// `rate_limit_exceeded` / `number of logins exceeded`.
    RateLimitExceeded,
}

impl Fidelity {
    /// What real orgs are seen to accept.
    pub fn observed() -> Self {
        Self {
            far_future_exp: true,
            // CumulusCI sends `exp` = now and logs in; how much later is still good, nobody says.
            exp_skew_seconds: 60,
            loose_audience: true,
            audience_array: false,
            base64_padding: true,
            query_parameters: true,
            not_before: false,
            unique_jti: false,
            certificate_expiry: false,
            bad_signature: BadSignature::InvalidClient,
            unknown_user: UnknownUser::NotApproved,
            inactive_user: InactiveUser::InactiveUser,
            not_assigned: NotAssigned::NotAdminApproved,
            login_rate: LoginRate::InvalidGrant,
            issued_at: false,
            strict_batch_size: false,
        }
    }

    /// What the documentation says, to the letter.
    pub fn documented() -> Self {
        Self {
            far_future_exp: false,
            exp_skew_seconds: 0,
            loose_audience: false,
            base64_padding: false,
            query_parameters: false,
            strict_batch_size: true,
            ..Self::observed()
        }
    }
}

impl Default for Fidelity {
    fn default() -> Self {
        Self::observed()
    }
}
