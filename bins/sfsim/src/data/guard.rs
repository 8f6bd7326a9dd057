//! Who may call: a living token, on the instance it was issued for.

use http::{HeaderMap, StatusCode};

use crate::{
    answer::ApiError,
    faults::{Kind, Scope},
    journal::Role,
    site::{Pen, Site, bearer},
};

/// Whose call it is.
#[derive(Debug)]
pub(crate) struct Caller {
    pub(crate) user_id: String,
}

/// Lets the call in and counts it, or refuses with 401.
pub(super) fn admit(site: &Site, pen: &Pen, headers: &HeaderMap) -> Result<Caller, ApiError> {
    let refused = || unauthorized(site, pen);
    let token = bearer(headers).ok_or_else(refused)?;
    // A login host has no data: a client that ignores `instance_url` learns it here.
    if site.role == Role::Login && site.org.urls().login != site.org.urls().instance {
        return Err(refused());
    }
    if site
        .fault(pen, Scope::Data, |kind| {
            (*kind == Kind::Unauthorized).then_some(())
        })
        .is_some()
    {
        return Err(refused());
    }
    let now = site.org.now();
    let mut state = site.org.state();
    let session = state.use_token(token, now).ok_or_else(refused)?;
    pen.write(|entry| {
        entry.client_id = Some(session.client_id.clone());
        entry.username = Some(session.username.clone());
    });
    let worn_out = site.fault(pen, Scope::Data, |kind| match kind {
        Kind::ExpireAfter(calls) if session.calls >= *calls => Some(()),
        _ => None,
    });
    if worn_out.is_some() {
        state.end_session(token);
        return Err(refused());
    }
    session.calls = session.calls.saturating_add(1);
    let user_id = session.user_id.clone();
    state.api_calls += 1;
    Ok(Caller { user_id })
}

fn unauthorized(site: &Site, pen: &Pen) -> ApiError {
    let code = site.fault(pen, Scope::Data, |kind| match kind {
        Kind::UnauthorizedCode(code) => Some(code.clone()),
        _ => None,
    });
    let code = code.unwrap_or_else(|| "INVALID_SESSION_ID".to_owned());
    let message = match code.as_str() {
        "INVALID_AUTH_HEADER" => "INVALID_HEADER_TYPE",
        _ => "Session expired or invalid",
    };
    ApiError::new(StatusCode::UNAUTHORIZED, code, message)
}
