//! The vocabulary of settings: one field is a flag, a variable and a name in the file at once.

use serde::Deserialize;

/// Settings as somebody wrote them, none of them required and none of them checked.
///
/// The field `client_id` is `--client-id` on the command line, `SFJWT_CLIENT_ID` in the
/// environment and `client_id` in a profile.
#[derive(Clone, Debug, Default, clap::Args, Deserialize)]
#[serde(deny_unknown_fields)]
#[command(next_help_heading = "Login settings (flag, then SFJWT_..., then profile)")]
pub(crate) struct Layer {
    /// Consumer key of the app in Salesforce (`iss`)
    #[arg(long, global = true, value_name = "ID")]
    pub(crate) client_id: Option<String>,
    /// Salesforce user name to log in as (`sub`)
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) username: Option<String>,
    /// Where the private key is: file:PATH, env:NAME, pkcs11:..., awskms:...
    #[arg(long, global = true, value_name = "URI")]
    pub(crate) key: Option<String>,
    /// Host that issues the token [default: that of production, login.salesforce.com]
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) login_url: Option<String>,
    /// Who the assertion is for (`aud`) [default: from the login URL]
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) audience: Option<String>,
    /// Origin of the API, pinned [default: the one in the token answer]
    #[arg(long, global = true, value_name = "URL", hide_short_help = true)]
    pub(crate) instance_url: Option<String>,
    /// API version, such as 66.0
    #[arg(long, global = true, value_name = "VERSION", hide_short_help = true)]
    pub(crate) api_version: Option<String>,
    /// SHA-256 of the public key (SPKI) that Salesforce holds; any other key is refused
    #[arg(long, global = true, value_name = "HEX", hide_short_help = true)]
    pub(crate) public_key_sha256: Option<String>,
    /// Certificate or public key file that checks signatures made elsewhere
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    pub(crate) public_key: Option<String>,
    /// Where the consumer secret is, for apps that ask for one: file:PATH, env:NAME, ...
    #[arg(long, global = true, value_name = "SOURCE", hide_short_help = true)]
    pub(crate) client_secret_source: Option<String>,
    /// Take a key file that is a link or that its group may read (mounted secrets)
    #[arg(long, global = true, value_name = "BOOL", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", hide_short_help = true)]
    pub(crate) allow_open_key_file: Option<bool>,

    #[command(flatten)]
    #[serde(default)]
    pub(crate) policy: PolicyLayer,
    #[command(flatten)]
    #[serde(default)]
    pub(crate) transport: TransportLayer,
    #[command(flatten)]
    #[serde(default)]
    pub(crate) audit: AuditLayer,
}

/// `[policy]`: what may be signed. The lists and the rate are guard rails, so they are taken from
/// the file alone: a flag cannot widen them.
#[derive(Clone, Debug, Default, clap::Args, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PolicyLayer {
    /// Life of an assertion in seconds, 1 to 180 [default: 180]
    #[arg(long, global = true, value_name = "SECONDS", hide_short_help = true)]
    pub(crate) lifetime: Option<u64>,
    /// Add the time of issue (`iat`) to assertions
    #[arg(long, global = true, value_name = "BOOL", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", hide_short_help = true)]
    pub(crate) iat: Option<bool>,
    /// Add a random identifier (`jti`) to assertions
    #[arg(long, global = true, value_name = "BOOL", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", hide_short_help = true)]
    pub(crate) jti: Option<bool>,
    #[arg(skip)]
    pub(crate) issuers: Option<Vec<String>>,
    #[arg(skip)]
    pub(crate) subjects: Option<Vec<String>>,
    #[arg(skip)]
    pub(crate) audiences: Option<Vec<String>>,
    #[arg(skip)]
    pub(crate) rate: Option<f64>,
    #[arg(skip)]
    pub(crate) burst: Option<u32>,
}

/// `[transport]`: how bytes reach Salesforce.
#[derive(Clone, Debug, Default, clap::Args, Deserialize)]
#[serde(deny_unknown_fields)]
#[command(next_help_heading = "Connection settings")]
pub(crate) struct TransportLayer {
    /// PEM file of the only authorities to trust [default: those of the system]
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    pub(crate) ca_bundle: Option<String>,
    /// Proxy [default: HTTPS_PROXY and NO_PROXY]
    #[arg(long, global = true, value_name = "URL", hide_short_help = true)]
    pub(crate) proxy: Option<String>,
    /// Hosts that are reached without the proxy, in the form of NO_PROXY
    #[arg(long, global = true, value_name = "HOSTS", hide_short_help = true)]
    pub(crate) no_proxy: Option<String>,
    /// PEM file with a certificate chain and its key, for mutual TLS
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    pub(crate) client_cert: Option<String>,
    /// Seconds to wait for a connection
    #[arg(long, global = true, value_name = "SECONDS", hide_short_help = true)]
    pub(crate) connect_timeout: Option<u64>,
    /// Seconds to wait for the next byte of an answer
    #[arg(long, global = true, value_name = "SECONDS", hide_short_help = true)]
    pub(crate) read_timeout: Option<u64>,
    /// Times to send a request that may be sent again, the first one included
    #[arg(long, global = true, value_name = "N", hide_short_help = true)]
    pub(crate) max_attempts: Option<u32>,
    /// Hosts beside those of Salesforce that may see a token, with commas between them
    #[arg(
        long,
        global = true,
        value_name = "HOSTS",
        value_delimiter = ',',
        hide_short_help = true
    )]
    pub(crate) hosts: Option<Vec<String>>,
}

/// `[audit]`: who hears of every signature.
#[derive(Clone, Debug, Default, clap::Args, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AuditLayer {
    /// File that gets one JSON line for every signature
    #[arg(
        id = "audit_file",
        long = "audit-file",
        global = true,
        value_name = "FILE",
        help_heading = "Login settings (flag, then SFJWT_..., then profile)",
        hide_short_help = true
    )]
    pub(crate) file: Option<String>,
}

/// Every field of `$weaker` fills the gap that `$stronger` left.
macro_rules! fill {
    ($stronger:ident, $weaker:ident, $($field:ident),+) => {
        $( $stronger.$field = $stronger.$field.or($weaker.$field); )+
    };
}

impl Layer {
    /// What is written here counts; `weaker` fills the gaps.
    pub(crate) fn over(mut self, weaker: Self) -> Self {
        fill!(
            self,
            weaker,
            client_id,
            username,
            key,
            login_url,
            audience,
            instance_url
        );
        fill!(
            self,
            weaker,
            api_version,
            public_key_sha256,
            public_key,
            client_secret_source
        );
        fill!(self, weaker, allow_open_key_file);
        let (mut policy, below) = (self.policy, weaker.policy);
        fill!(
            policy, below, lifetime, iat, jti, issuers, subjects, audiences, rate, burst
        );
        let (mut transport, below) = (self.transport, weaker.transport);
        fill!(
            transport,
            below,
            ca_bundle,
            proxy,
            no_proxy,
            client_cert,
            connect_timeout
        );
        fill!(transport, below, read_timeout, max_attempts, hosts);
        let (mut audit, below) = (self.audit, weaker.audit);
        fill!(audit, below, file);
        Self {
            policy,
            transport,
            audit,
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stronger_layer_counts_and_the_weaker_one_fills_the_gaps() {
        let written = |text| toml::from_str::<Layer>(text).unwrap();
        let merged = written("client_id = 'flag'\n[policy]\niat = false").over(written(
            "client_id = 'file'\nusername = 'u'\n[policy]\niat = true\nburst = 3\n[audit]\nfile = 'a'",
        ));
        assert_eq!(merged.client_id.as_deref(), Some("flag"));
        assert_eq!(merged.username.as_deref(), Some("u"));
        assert_eq!(
            (merged.policy.iat, merged.policy.burst),
            (Some(false), Some(3))
        );
        assert_eq!(merged.audit.file.as_deref(), Some("a"));
    }
}
