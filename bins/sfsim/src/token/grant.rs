//! The JWT bearer grant: who is refused, in which order, and with which words.
//!
//! The order of real orgs is not known. This one agrees with every published observation and names
//! the cause that helps most.

use super::{
    assertion::Assertion,
    errors::{self, Refusal, Row},
};
use crate::{
    clock::Millis,
    fidelity::{BadSignature, Fidelity, InactiveUser, LoginRate, NotAssigned, UnknownUser},
    org::Org,
    parties::{AppKind, AppSetup, PermittedUsers},
    state::{App, Session, State, User},
};

/// Who asked, as far as it was understood; written to the journal whatever the outcome.
#[derive(Debug, Default)]
pub(super) struct Asker {
    pub(super) client_id: Option<String>,
    pub(super) username: Option<String>,
}

/// Decides on one assertion.
pub(super) fn decide(org: &Org, assertion: &str, asker: &mut Asker) -> Result<Login, Refusal> {
    let now = org.now();
    let rules = &org.fidelity;
    let assertion =
        Assertion::parse(assertion, rules.base64_padding).ok_or(errors::INVALID_ASSERTION)?;
    asker.client_id = assertion.text("iss").map(str::to_owned);
    // `prn` is the older name of `sub`, and wins where both are given.
    let username = assertion
        .text("prn")
        .or_else(|| assertion.text("sub"))
        .unwrap_or_default();
    asker.username = Some(username.to_owned());

    let mut state = org.state();
    let app = effective_app(&state, &assertion, now)?;
    check_signature(rules, &app.setup, &assertion, now)?;
    check_audience(org, &assertion)?;
    check_times(rules, &assertion, now)?;
    check_jti(rules, &mut state, &assertion)?;
    let user = active_user(rules, &state, username)?;
    check_approval(rules, &state, &app.setup, username)?;
    check_login_rate(org, &mut state, username, now)?;
    let session = state
        .session(&org.id, &user, &app.setup, now)
        .map_err(|_| Refusal::injected("server_error".to_owned(), None))?;
    Ok(Login {
        session,
        scopes: app.setup.scopes,
    })
}

/// A granted login.
#[derive(Debug)]
pub(super) struct Login {
    pub(super) session: Session,
    pub(super) scopes: Vec<String>,
}

fn effective_app(state: &State, assertion: &Assertion<'_>, now: Millis) -> Result<App, Row> {
    let app = assertion
        .text("iss")
        .and_then(|client_id| state.app(client_id))
        .ok_or(errors::UNKNOWN_CLIENT)?;
    if app.setup.kind == AppKind::NotInstalled {
        return Err(errors::APP_NOT_FOUND);
    }
    if !app.is_effective(now) {
        return Err(errors::NOT_APPROVED);
    }
    Ok(app.clone())
}

fn check_signature(
    rules: &Fidelity,
    app: &AppSetup,
    assertion: &Assertion<'_>,
    now: Millis,
) -> Result<(), Row> {
    let verified = app
        .certificates
        .iter()
        .filter(|certificate| !(rules.certificate_expiry && certificate.expired(now)))
        .any(|certificate| assertion.is_signed_by(&certificate.key()));
    match rules.bad_signature {
        _ if verified => Ok(()),
        BadSignature::InvalidClient => Err(errors::INVALID_CLIENT),
        BadSignature::InvalidAssertion => Err(errors::INVALID_ASSERTION),
    }
}

fn check_audience(org: &Org, assertion: &Assertion<'_>) -> Result<(), Row> {
    let accepted = match assertion.claim("aud") {
        Some(serde_json::Value::String(audience)) => is_accepted(org, audience),
        Some(serde_json::Value::Array(several)) if org.fidelity.audience_array => several
            .iter()
            .filter_map(serde_json::Value::as_str)
            .any(|audience| is_accepted(org, audience)),
        _ => false,
    };
    accepted.then_some(()).ok_or(errors::INVALID_AUDIENCE)
}

/// The public login host by org type, the org's My Domain, and this server's own two URLs.
fn is_accepted(org: &Org, audience: &str) -> bool {
    let urls = org.urls();
    let known = [
        org.edition.audience(),
        &org.my_domain,
        &urls.login,
        &urls.instance,
    ];
    known.iter().any(|url| {
        // One loopback address has two names.
        let other_name = url.replacen("://127.0.0.1:", "://localhost:", 1);
        [*url, &other_name].iter().any(|url| {
            audience == *url || (org.fidelity.loose_audience && is_spelling_of(audience, url))
        })
    })
}

/// With a trailing slash, as the token endpoint, or without the scheme: clients send all three.
fn is_spelling_of(audience: &str, url: &str) -> bool {
    let base = audience
        .strip_suffix("/services/oauth2/token")
        .unwrap_or(audience)
        .trim_end_matches('/');
    base == url || url.split_once("://").is_some_and(|(_, host)| base == host)
}

fn check_times(rules: &Fidelity, assertion: &Assertion<'_>, now: Millis) -> Result<(), Row> {
    /// "Within 3 minutes", says the documentation.
    const LONGEST: i64 = 180;
    let now = now.div_euclid(1_000);
    let skew = i64::from(rules.exp_skew_seconds);
    let exp = assertion.seconds("exp").ok_or(errors::INVALID_ASSERTION)?;
    if exp <= now.saturating_sub(skew) {
        return Err(errors::EXPIRED);
    }
    if !rules.far_future_exp && exp > now.saturating_add(LONGEST + skew) {
        return Err(errors::TOO_FAR_AHEAD);
    }
    let not_before = assertion.seconds("nbf").filter(|_| rules.not_before);
    if not_before.is_some_and(|nbf| nbf > now.saturating_add(skew)) {
        return Err(errors::INVALID_ASSERTION);
    }
    Ok(())
}

fn check_jti(rules: &Fidelity, state: &mut State, assertion: &Assertion<'_>) -> Result<(), Row> {
    let (Some(client_id), Some(jti)) = (assertion.text("iss"), assertion.text("jti")) else {
        return Ok(());
    };
    if rules.unique_jti && !state.remember_jti(client_id, jti) {
        return Err(errors::REPEATED_JTI);
    }
    Ok(())
}

fn active_user(rules: &Fidelity, state: &State, username: &str) -> Result<User, Row> {
    let Some(user) = state.user(username) else {
        return Err(match rules.unknown_user {
            UnknownUser::NotApproved => errors::NOT_APPROVED,
            UnknownUser::AuthenticationFailure => errors::AUTHENTICATION_FAILURE,
        });
    };
    match rules.inactive_user {
        _ if user.setup.active => Ok(user.clone()),
        InactiveUser::InactiveUser => Err(errors::INACTIVE_USER),
        InactiveUser::InvalidGrant => Err(errors::INACTIVE_USER_GRANT),
    }
}

fn check_approval(
    rules: &Fidelity,
    state: &State,
    app: &AppSetup,
    username: &str,
) -> Result<(), Row> {
    let approved = match &app.policy {
        PermittedUsers::SelfAuthorized => state.has_approved(username, &app.client_id),
        PermittedUsers::AdminApproved { assigned } => {
            let username = username.to_lowercase();
            if !assigned.iter().any(|name| name.to_lowercase() == username) {
                return Err(match rules.not_assigned {
                    NotAssigned::NotAdminApproved => errors::NOT_ADMIN_APPROVED,
                    NotAssigned::NotApproved => errors::NOT_APPROVED,
                });
            }
            true
        }
    };
    // No refresh token is ever issued, and still the flow wants the scope.
    let refreshable = app
        .scopes
        .iter()
        .any(|scope| ["refresh_token", "offline_access"].contains(&scope.as_str()));
    (approved && refreshable)
        .then_some(())
        .ok_or(errors::NOT_APPROVED)
}

fn check_login_rate(org: &Org, state: &mut State, username: &str, now: Millis) -> Result<(), Row> {
    let logins = state.count_login(username, now);
    let limit = org
        .logins_per_hour
        .and_then(|limit| usize::try_from(limit).ok());
    match org.fidelity.login_rate {
        _ if limit.is_none_or(|limit| logins <= limit) => Ok(()),
        LoginRate::InvalidGrant => Err(errors::LOGIN_RATE),
        LoginRate::RateLimitExceeded => Err(errors::LOGIN_RATE_LEGACY),
    }
}

#[cfg(test)]
#[path = "grant_tests.rs"]
mod tests;
