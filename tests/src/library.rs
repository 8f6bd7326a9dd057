//! The product as a library, with the settings of a world.

use std::sync::Arc;

use sfjwt_client::{Client, HostPolicy, JwtLogin, LoginSettings, Session, TokenEndpoint};
use sfjwt_signer::{GuardedSigner, KeyUri, Policy, SecretContext};
use sfjwt_signer_pem::{OpenOptions, PemSigner};
use sfjwt_transport::{Environment, Settings, Transport};

use crate::{CLIENT_ID, USERNAME, World};

/// The world's key, ready to sign logins to the world's org.
pub fn guard(world: &World) -> GuardedSigner {
    let uri: KeyUri = world.path("key.pem").to_str().unwrap().parse().unwrap();
    let context = SecretContext::new(&|_| None);
    let signer = PemSigner::open(&uri, OpenOptions::default(), &context).unwrap();
    let policy = Policy::login(CLIENT_ID, USERNAME, world.url());
    GuardedSigner::builder(Box::new(signer), policy)
        .open()
        .unwrap()
}

/// A login to the world's org, in one attempt.
pub fn login(world: &World) -> JwtLogin {
    let url = world.url().parse().unwrap();
    let settings = LoginSettings::new(url, CLIENT_ID, USERNAME).unwrap();
    let hosts = HostPolicy::default();
    let endpoint = TokenEndpoint::new(transport(), &settings.login_url, hosts).unwrap();
    JwtLogin::new(Arc::new(guard(world)), endpoint, settings)
}

/// A client of the world's org that logs in when it needs to.
pub fn client(world: &World) -> Client {
    let session = Session::new(Arc::new(login(world)));
    let hosts = HostPolicy::default();
    Client::new(transport(), session, hosts, "67.0".parse().unwrap())
}

fn transport() -> Arc<Transport> {
    let settings = Settings {
        max_attempts: 1,
        ..Settings::default()
    };
    Arc::new(Transport::new(settings, &Environment::empty()).unwrap())
}
