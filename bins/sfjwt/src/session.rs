//! From settings to a client that logs in by itself: key, guard, token endpoint, session.

use std::sync::Arc;

use sfjwt_client::{Client, JwtLogin, Session, TokenEndpoint};
use sfjwt_transport::Transport;

use crate::config::Settings;
use crate::failure::Failure;
use crate::open;

/// Opens the key, and connects nothing yet.
pub(crate) fn login(settings: &Settings) -> Result<JwtLogin, Failure> {
    let login = settings.login()?;
    tracing::info!(
        login_url = %login.login_url,
        audience = %login.audience,
        client_id = login.client_id,
        username = login.username,
        "will log in"
    );
    let signer = Arc::new(open::guarded(settings, settings.login_policy()?)?);
    Ok(JwtLogin::new(signer, endpoint(settings)?, login))
}

/// A client that logs in when it sends its first request.
pub(crate) fn client(settings: &Settings) -> Result<Client, Failure> {
    let session = Session::new(Arc::new(login(settings)?));
    let transport = transport(settings)?;
    Ok(Client::new(
        transport,
        session,
        settings.hosts.clone(),
        settings.api_version,
    ))
}

/// Where assertions are exchanged.
pub(crate) fn endpoint(settings: &Settings) -> Result<TokenEndpoint, Failure> {
    let transport = transport(settings)?;
    Ok(TokenEndpoint::new(
        transport,
        settings.login_url(),
        settings.hosts.clone(),
    )?)
}

pub(crate) fn transport(settings: &Settings) -> Result<Arc<Transport>, Failure> {
    let environment = settings.variables.for_transport();
    let transport = Transport::new(settings.transport.clone(), &environment);
    Ok(Arc::new(
        transport.map_err(sfjwt_client::ClientError::from)?,
    ))
}
