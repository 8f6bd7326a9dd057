//! The answer to a login.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::Origin;

/// An access token and what came with it.
///
/// There is no expiry: Salesforce sends no `expires_in` and no refresh token in this flow. A token
/// is good until the server says otherwise. Serialized it has every member but the token itself.
#[derive(Serialize)]
pub struct Token {
    #[serde(skip)]
    secret: SecretString,
    /// Where the API is.
    pub instance_url: Origin,
    /// `Bearer`.
    pub token_type: String,
    /// The identity URL of the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Url>,
    /// What the token is good for, separated by spaces. It cannot be asked for: it is what was
    /// approved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The other members that hold no secret.
    #[serde(flatten)]
    pub details: TokenDetails,
}

/// Members that only some logins have. Members that are not listed here are dropped: hybrid apps get
/// session ids and consumer secrets in this answer.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct TokenDetails {
    /// When the session was made, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued_at: Option<String>,
    /// `jwt` for JWT-based access tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_format: Option<String>,
    /// Another base of the API, on new orgs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_instance_url: Option<String>,
    /// The Experience Cloud site, for users of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sfdc_community_url: Option<String>,
    /// Its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sfdc_community_id: Option<String>,
}

/// The answer on the wire.
#[derive(Deserialize)]
pub(crate) struct WireToken {
    pub(crate) access_token: SecretString,
    pub(crate) instance_url: String,
    pub(crate) token_type: String,
    pub(crate) id: Option<Url>,
    pub(crate) scope: Option<String>,
    #[serde(flatten)]
    pub(crate) details: TokenDetails,
}

impl Token {
    /// A token that was got elsewhere.
    pub fn new(access_token: SecretString, instance_url: Origin) -> Self {
        Self {
            secret: access_token,
            instance_url,
            token_type: "Bearer".to_owned(),
            id: None,
            scope: None,
            details: TokenDetails::default(),
        }
    }

    pub(crate) fn from_wire(wire: WireToken, instance_url: Origin) -> Self {
        Self {
            secret: wire.access_token,
            instance_url,
            token_type: wire.token_type,
            id: wire.id,
            scope: wire.scope,
            details: wire.details,
        }
    }

    /// The access token itself. Each place that calls this lets a credential out: the requests, and
    /// `sfjwt token`.
    pub fn expose_access_token(&self) -> &str {
        self.secret.expose_secret()
    }

    pub(crate) fn access_token(&self) -> &SecretString {
        &self.secret
    }

    /// Whether both are the same credential. Salesforce returns the same token for repeated logins
    /// while the session lives.
    pub(crate) fn is_same_credential(&self, other: &Self) -> bool {
        self.expose_access_token() == other.expose_access_token()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("access_token", &"[redacted]")
            .field("instance_url", &self.instance_url.to_string())
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> Token {
        let instance = "https://acme.my.salesforce.com".parse().unwrap();
        Token::new("00D!canary".into(), instance)
    }

    #[test]
    fn debug_does_not_show_the_token() {
        let shown = format!("{:?}", token());
        assert!(
            shown.contains("acme") && !shown.contains("canary"),
            "{shown}"
        );
    }

    #[test]
    fn serialized_it_has_everything_but_the_token() {
        assert_eq!(
            serde_json::to_string(&token()).unwrap(),
            r#"{"instance_url":"https://acme.my.salesforce.com","token_type":"Bearer"}"#
        );
    }
}
