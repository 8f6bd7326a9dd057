//! `sfjwt revoke`: end the session of an access token.

use secrecy::SecretString;
use sfjwt_client::{Client, Origin, Session, Token};

use crate::args::Revoke;
use crate::config::Settings;
use crate::failure::Failure;
use crate::output::note;
use crate::{input, runtime, session};

pub(crate) fn run(args: &Revoke, settings: &Settings) -> Result<(), Failure> {
    let client = match args.token {
        Some(stdin) => holding(input::secret_from_stdin("token", stdin)?, settings)?,
        None => session::client(settings)?,
    };
    runtime::run(async {
        let token = client.session().token().await?;
        client.revoke(&token).await?;
        note("the session is over, for everybody who logged in as this user with this app");
        Ok(())
    })
}

/// A client that holds a token from elsewhere. Login hosts revoke tokens of their orgs too, so the
/// instance need not be known.
fn holding(token: SecretString, settings: &Settings) -> Result<Client, Failure> {
    let instance = match settings.instance_url() {
        Some(instance) => instance.clone(),
        None => Origin::of(settings.login_url())?,
    };
    let session = Session::with_token(Token::new(token, instance), None);
    let transport = session::transport(settings)?;
    Ok(Client::new(
        transport,
        session,
        settings.hosts.clone(),
        settings.api_version,
    ))
}
