//! The settings of one run, checked.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use sfjwt_claims::{Audience, Lifetime};
use sfjwt_client::{ApiVersion, HostPolicy, LoginSettings, Origin};
use sfjwt_signer::{
    Audit, JsonLines, KeyUri, NoAudit, Policy, PublicKey, PublicKeyHash, Rate, SecretSource,
};
use sfjwt_transport::Url;

use super::audience::default_audience;
use super::connection::{login_url, transport};
use super::environment::Variables;
use super::layer::{Layer, PolicyLayer};
use crate::failure::Failure;
use crate::input;

/// The server that issues tokens to production and Developer Edition orgs.
const LOGIN_URL: &str = "https://login.salesforce.com";

/// Signatures of one process: a login needs one, and a loop gone wrong is noticed soon.
const RATE: f64 = 1.0;
const BURST: u32 = 10;

/// What the words in flags, environment and profile mean. What is there is valid; what a command
/// needs and nobody wrote is refused when the command asks for it.
#[derive(Debug)]
pub(crate) struct Settings {
    client_id: Option<String>,
    username: Option<String>,
    key: Option<KeyUri>,
    login_url: Url,
    audience: Audience,
    instance_url: Option<Origin>,
    public_key: Option<PathBuf>,
    policy: PolicyLayer,
    lifetime: Lifetime,
    rate: Rate,
    audit: Option<PathBuf>,
    whence: Whence,
    pub(crate) api_version: ApiVersion,
    pub(crate) pinned_key: Option<PublicKeyHash>,
    #[cfg_attr(
        not(feature = "pem"),
        expect(dead_code, reason = "the PEM backend opens files")
    )]
    pub(crate) allow_open_key_file: bool,
    pub(crate) transport: sfjwt_transport::Settings,
    pub(crate) hosts: HostPolicy,
    pub(crate) variables: Variables,
}

/// Where the profile was looked for, to say where a missing setting belongs.
#[derive(Debug)]
pub(crate) struct Whence {
    pub(crate) path: PathBuf,
    /// The profiles of that file.
    pub(crate) names: Vec<String>,
    /// The one that was chosen.
    pub(crate) profile: Option<String>,
}

impl Settings {
    pub(super) fn from_layer(
        layer: Layer,
        whence: Whence,
        variables: &Variables,
    ) -> Result<Self, Failure> {
        let login_url = login_url(layer.login_url.as_deref().unwrap_or(LOGIN_URL))?;
        let audience = match &layer.audience {
            Some(audience) => Audience::parse(audience)?,
            None => Audience::parse(&default_audience(&login_url))?,
        };
        if let Some(source) = &layer.client_secret_source {
            source.parse::<SecretSource>().map_err(|_| {
                // Not repeated: it may be the secret itself.
                Failure::config(
                    "client_secret_source names no secret source",
                    "write it like file:/path, credential:NAME, fd:N, env:NAME or prompt:",
                )
            })?;
        }
        let lifetime = layer
            .policy
            .lifetime
            .map_or(Ok(Lifetime::MAX), Lifetime::from_secs)?;
        let rate = rate(&layer.policy)?;
        Ok(Self {
            client_id: layer.client_id,
            username: layer.username,
            key: layer.key.map(|key| key.parse()).transpose()?,
            login_url,
            audience,
            instance_url: layer.instance_url.map(|url| url.parse()).transpose()?,
            public_key: layer.public_key.map(PathBuf::from),
            policy: layer.policy,
            lifetime,
            rate,
            audit: layer.audit.file.map(PathBuf::from),
            whence,
            api_version: layer
                .api_version
                .map_or(Ok(ApiVersion::default()), |v| v.parse())?,
            pinned_key: layer
                .public_key_sha256
                .map(|hash| hash.parse())
                .transpose()?,
            allow_open_key_file: layer.allow_open_key_file.unwrap_or(false),
            hosts: HostPolicy::with_extras(layer.transport.hosts.iter().flatten())?,
            transport: transport(layer.transport)?,
            variables: variables.clone(),
        })
    }

    pub(crate) fn client_id(&self) -> Result<&str, Failure> {
        self.client_id
            .as_deref()
            .ok_or_else(|| self.missing("client_id"))
    }

    pub(crate) fn username(&self) -> Result<&str, Failure> {
        self.username
            .as_deref()
            .ok_or_else(|| self.missing("username"))
    }

    pub(crate) fn key(&self) -> Result<&KeyUri, Failure> {
        self.key.as_ref().ok_or_else(|| self.missing("key"))
    }

    /// The public key that verifies signatures made elsewhere: that of `certificate`, or the
    /// configured one.
    pub(crate) fn public_key(&self, certificate: Option<&Path>) -> Result<PublicKey, Failure> {
        let path = certificate.or(self.public_key.as_deref());
        read_public_key(path.ok_or_else(|| self.missing("public_key"))?)
    }

    /// Where assertions are sent, without knowing what they say.
    pub(crate) fn login_url(&self) -> &Url {
        &self.login_url
    }

    /// The pinned instance.
    pub(crate) fn instance_url(&self) -> Option<&Origin> {
        self.instance_url.as_ref()
    }

    /// What a login asserts.
    pub(crate) fn login(&self) -> Result<LoginSettings, Failure> {
        Ok(LoginSettings {
            login_url: self.login_url.clone(),
            audience: self.audience.clone(),
            client_id: self.client_id()?.to_owned(),
            username: self.username()?.to_owned(),
            instance_url: self.instance_url.clone(),
            lifetime: self.lifetime,
            issued_at: self.policy.iat.unwrap_or(false),
            jwt_id: self.policy.jti.unwrap_or(false),
        })
    }

    /// What the key may sign to log in. Without lists in the profile: this app, this user, this
    /// audience.
    pub(crate) fn login_policy(&self) -> Result<Policy, Failure> {
        let own = Policy::login(self.client_id()?, self.username()?, self.audience.as_str());
        let policy = &self.policy;
        Ok(Policy {
            issuers: policy.issuers.clone().unwrap_or(own.issuers),
            subjects: policy.subjects.clone().unwrap_or(own.subjects),
            audiences: policy.audiences.clone().unwrap_or(own.audiences),
            allow_iat: policy.iat.unwrap_or(false),
            allow_jti: policy.jti.unwrap_or(false),
            rate: Some(self.rate()),
            purposes: own.purposes,
            client_assertion_audiences: Vec::new(),
        })
    }

    /// How often this process may sign.
    pub(crate) fn rate(&self) -> Rate {
        self.rate
    }

    /// Who hears of every signature.
    pub(crate) fn audit(&self) -> Result<Arc<dyn Audit>, Failure> {
        let Some(path) = &self.audit else {
            return Ok(Arc::new(NoAudit));
        };
        match JsonLines::append_to(path) {
            Ok(lines) => Ok(Arc::new(lines)),
            Err(error) => Err(Failure::file("write the audit file", path, &error)),
        }
    }

    fn missing(&self, field: &str) -> Failure {
        let flag = field.replace('_', "-");
        let path = self.whence.path.display();
        let file = match (&self.whence.profile, self.whence.names.as_slice()) {
            (Some(profile), _) => format!("put {field} into [profiles.{profile}] of {path}"),
            (None, []) => format!("put {field} into a profile in {path}"),
            (None, names) => format!("choose a profile with --profile: {}", names.join(", ")),
        };
        Failure::config(
            format!("no {field} is set"),
            format!(
                "give --{flag}, set SFJWT_{}, or {file}",
                field.to_uppercase()
            ),
        )
    }
}

/// The public key in a file: a certificate, or the key alone, in PEM form.
pub(crate) fn read_public_key(path: &Path) -> Result<PublicKey, Failure> {
    let bytes = input::bytes_from(path)?;
    PublicKey::read(&bytes).map_err(|error| Failure::from(error).in_file(path))
}

fn rate(policy: &PolicyLayer) -> Result<Rate, Failure> {
    let (rate, burst) = (policy.rate.unwrap_or(RATE), policy.burst.unwrap_or(BURST));
    Rate::new(rate, burst).ok_or_else(|| {
        Failure::config(
            format!("a [policy] of rate {rate} and burst {burst} would never let the key sign"),
            "rate is signatures a second, more than 0; burst is 1 or more",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(text: &str) -> Result<Settings, Failure> {
        let whence = Whence {
            path: "c.toml".into(),
            names: vec!["x".into()],
            profile: Some("x".into()),
        };
        let variables = Variables::new(std::iter::empty());
        Settings::from_layer(toml::from_str(text).unwrap(), whence, &variables)
    }

    fn refusal<T>(result: Result<T, Failure>) -> String {
        let mut to = Vec::new();
        result.err().unwrap().report(false, &mut to).unwrap();
        String::from_utf8(to).unwrap()
    }

    #[test]
    fn nothing_is_required_until_a_command_asks_for_it() {
        let settings = settings("").unwrap();
        assert_eq!(settings.login_url.as_str(), "https://login.salesforce.com/");
        assert_eq!(settings.audience.as_str(), "https://login.salesforce.com");
        assert_eq!(
            refusal(settings.client_id()),
            "error: no client_id is set\n\
             next:  give --client-id, set SFJWT_CLIENT_ID, or put client_id into [profiles.x] of c.toml\n"
        );
    }

    #[test]
    fn the_audience_follows_the_login_url_unless_it_is_set() {
        let sandbox = "login_url = 'https://a--b.sandbox.my.salesforce.com'";
        let audience = |text: &str| settings(text).unwrap().audience.as_str().to_owned();
        assert_eq!(audience(sandbox), "https://test.salesforce.com");
        let set = format!("{sandbox}\naudience = 'https://a--b.sandbox.my.salesforce.com'");
        assert_eq!(audience(&set), "https://a--b.sandbox.my.salesforce.com");
    }

    #[test]
    fn the_policy_is_this_login_and_nothing_else_unless_the_profile_says_so() {
        let own = settings("client_id = 'id'\nusername = 'u'").unwrap();
        let policy = own.login_policy().unwrap();
        assert_eq!(
            (policy.issuers, policy.subjects),
            (vec!["id".to_owned()], vec!["u".to_owned()])
        );
        assert_eq!(policy.rate, Rate::new(1.0, 10));
        let rails =
            settings("client_id = 'id'\nusername = 'u'\n[policy]\nissuers = ['other']\nburst = 1");
        let policy = rails.unwrap().login_policy().unwrap();
        assert_eq!(policy.issuers, ["other"]);
        assert_eq!(policy.rate, Rate::new(1.0, 1));
    }

    #[test]
    fn a_setting_that_makes_no_sense_is_refused_whoever_needs_it() {
        for (text, wanted) in [
            ("login_url = 'login'", "login_url"),
            ("audience = 'https://x/'", "audience"),
            ("[policy]\nrate = -1.0", "[policy]"),
            ("[policy]\nburst = 0", "[policy]"),
            ("instance_url = 'x'", "instance_url"),
            ("api_version = 'new'", "api_version"),
            ("public_key_sha256 = 'ff'", "public_key_sha256"),
            ("key = 'gcpkms:x'", "key URI"),
            ("client_secret_source = 'hunter2'", "client_secret_source"),
            ("[policy]\nlifetime = 600", "180 seconds"),
            ("[transport]\nproxy = 'x'", "proxy"),
            ("[transport]\nhosts = ['*']", "hosts"),
        ] {
            let refused = refusal(settings(text));
            assert!(
                refused.contains(wanted) && !refused.contains("hunter2"),
                "{refused}"
            );
        }
    }
}
