//! An org with one app, one user and one key, and a client of it.

use std::{
    fmt,
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};

use async_trait::async_trait;
use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256};
use sfjwt_client::{
    ApiVersion, Client, ClientError, HostPolicy, JwtLogin, LoginSettings, Session, TokenEndpoint,
};
use sfjwt_signer::{
    GuardedSigner, KeyInfo, Policy, PublicKey, SignError, Signer, SigningInput,
    crypto::RsaPrivateKey,
};
use sfjwt_transport::{Environment, RetryPolicy, Settings, Transport, Url};
use sfsim::{AppSetup, Certificate, Entry, Faults, Server, Setup, UserSetup};

const CLIENT_ID: &str = "3MVG9miniature";
const USERNAME: &str = "ops@example.com";
const AUDIENCE: &str = "https://login.salesforce.com";

pub(crate) const TOKEN: &str = "/services/oauth2/token";
pub(crate) const QUERY: &str = "/services/data/v67.0/query";

pub(crate) struct World {
    pub(crate) org: Server,
    pub(crate) settings: LoginSettings,
    pub(crate) client: Client,
    /// What the key was asked to sign.
    pub(crate) signed: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(Faults::none()).await
    }

    /// An org with these faults and no accounts.
    pub(crate) async fn with(faults: Faults) -> Self {
        Self::start(Setup::new().faults(faults), |_| ()).await
    }

    /// An org with so many accounts.
    pub(crate) async fn accounts(accounts: u64) -> Self {
        Self::start(Setup::new().accounts(accounts), |_| ()).await
    }

    pub(crate) async fn start(setup: Setup, change: impl FnOnce(&mut LoginSettings)) -> Self {
        let (_, certificate) = key();
        let certificate = Certificate::parse(certificate.as_bytes()).unwrap();
        let app = AppSetup::new(CLIENT_ID).certificate(certificate);
        let setup = setup.app(app).user(UserSetup::new(USERNAME));
        let org = Server::start(setup).await.unwrap();

        let login_url: Url = org.url().parse().unwrap();
        let mut settings = LoginSettings::new(login_url, CLIENT_ID, USERNAME).unwrap();
        settings.audience = sfjwt_claims::Audience::parse(AUDIENCE).unwrap();
        change(&mut settings);

        let signed = Arc::default();
        let transport = Arc::new(transport());
        let session = Session::new(Arc::new(login(&transport, &settings, &signed)));
        let hosts = HostPolicy::default();
        let client = Client::new(transport, session, hosts, ApiVersion::default());
        Self {
            org,
            settings,
            client,
            signed,
        }
    }

    /// Another login with the same settings.
    pub(crate) fn login(&self) -> JwtLogin {
        login(&Arc::new(transport()), &self.settings, &self.signed)
    }

    /// What the org received for this path.
    pub(crate) fn received(&self, path: &str) -> Vec<Entry> {
        let mut journal = self.org.org().journal();
        journal.retain(|entry| entry.path.trim_end_matches('/') == path);
        journal
    }

    pub(crate) fn logins(&self) -> usize {
        self.received(TOKEN).len()
    }
}

/// A transport that does not wait between attempts.
fn transport() -> Transport {
    let retry = RetryPolicy::new(4).with_waits(Duration::ZERO, Duration::ZERO);
    Transport::with_retry(Settings::default(), &Environment::empty(), retry).unwrap()
}

fn login(
    transport: &Arc<Transport>,
    settings: &LoginSettings,
    signed: &Arc<Mutex<Vec<Vec<u8>>>>,
) -> JwtLogin {
    let policy = Policy {
        allow_jti: true,
        ..Policy::login(CLIENT_ID, USERNAME, AUDIENCE)
    };
    let backend = Backend::new(signed.clone());
    let guarded = GuardedSigner::builder(Box::new(backend), policy)
        .open()
        .unwrap();
    let endpoint = TokenEndpoint::new(
        transport.clone(),
        &settings.login_url,
        HostPolicy::default(),
    )
    .unwrap();
    JwtLogin::new(Arc::new(guarded), endpoint, settings.clone())
}

/// One key for the whole program, with its certificate: making an RSA key takes a while.
fn key() -> &'static (Vec<u8>, String) {
    static KEY: OnceLock<(Vec<u8>, String)> = OnceLock::new();
    KEY.get_or_init(|| {
        let key = KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap();
        let certificate = CertificateParams::new([])
            .unwrap()
            .self_signed(&key)
            .unwrap();
        (key.serialize_der(), certificate.pem())
    })
}

/// A key in memory that remembers what it signed.
struct Backend {
    key: RsaPrivateKey,
    info: KeyInfo,
    signed: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Backend {
    fn new(signed: Arc<Mutex<Vec<Vec<u8>>>>) -> Self {
        let key = RsaPrivateKey::from_pkcs8(&key().0).unwrap();
        let info = KeyInfo {
            public_key: PublicKey::from_pkcs1(key.public_pkcs1()).unwrap(),
            backend: "test",
            location: "memory".to_owned(),
            attributes: Vec::new(),
            findings: Vec::new(),
        };
        Self { key, info, signed }
    }
}

#[async_trait]
impl Signer for Backend {
    fn key(&self) -> &KeyInfo {
        &self.info
    }

    async fn sign(&self, input: &SigningInput) -> Result<Vec<u8>, SignError> {
        self.signed.lock().unwrap().push(input.bytes().to_vec());
        Ok(self.key.sign(input.bytes(), 256).unwrap())
    }
}

impl fmt::Debug for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Backend")
    }
}

/// The error inside, when it came by way of a session or a stream.
pub(crate) fn inner(error: &ClientError) -> &ClientError {
    match error {
        ClientError::Shared(error) => error,
        error => error,
    }
}
