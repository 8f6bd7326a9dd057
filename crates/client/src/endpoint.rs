//! The token endpoint: an assertion in, a token out.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};

use sfjwt_claims::SignedAssertion;
use sfjwt_signer::{Clock, system_clock};
use sfjwt_transport::{
    HeaderMap, HeaderValue, Replay, Request, RetryPolicy, StatusCode, Transport, header,
    retry_after,
};
use url::Url;

use crate::{
    ApiRefusal, ApiResponse, ClientError, HostPolicy, OAuthRefusal, Origin, Token,
    error::is_temporary, oauth_refusal::WireRefusal, token::WireToken,
};

/// RFC 7523 §2.1.
const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// The largest answer to take: a token answer has some 600 bytes.
const CAP: u64 = 64 * 1024;

/// Where assertions are exchanged for tokens.
#[derive(Clone)]
pub struct TokenEndpoint {
    transport: Arc<Transport>,
    url: Url,
    login: Origin,
    hosts: HostPolicy,
    clock: Clock,
}

impl TokenEndpoint {
    /// The endpoint of a login URL: `/services/oauth2/token` below it (below its path, for an
    /// Experience Cloud site). Refuses a host that the policy does not allow.
    pub fn new(
        transport: Arc<Transport>,
        login_url: &Url,
        hosts: HostPolicy,
    ) -> Result<Self, ClientError> {
        let login = hosts.check_login(login_url)?;
        if login_url.query().is_some() || login_url.fragment().is_some() {
            return Err(ClientError::Setting {
                setting: "login_url",
                problem: "it has a query or a fragment".to_owned(),
            });
        }
        let mut url = login_url.clone();
        let site = login_url.path().trim_end_matches('/');
        url.set_path(&format!("{site}/services/oauth2/token"));
        Ok(Self {
            transport,
            url,
            login,
            hosts,
            clock: system_clock(),
        })
    }

    /// Another clock, for the comparison with the server's.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Exchanges an assertion, in one attempt: another attempt wants another assertion. The form has
    /// two members and nothing else; Salesforce refuses `scope`.
    pub async fn exchange(&self, assertion: &SignedAssertion) -> Result<Token, ClientError> {
        let request = Request::post(self.url.clone())
            .form(&[
                ("grant_type", GRANT_TYPE),
                ("assertion", assertion.expose_assertion()),
            ])
            .header(header::ACCEPT, HeaderValue::from_static("application/json"))
            .replay(Replay::Never)
            .cap(CAP);
        let response = self.transport.send_once(request).await?;
        let answer = ApiResponse::new(response, &self.login);
        if answer.status == StatusCode::OK {
            self.token(&answer)
        } else {
            Err(self.refusal(&answer))
        }
    }

    pub(crate) fn retry_policy(&self) -> &RetryPolicy {
        self.transport.retry_policy()
    }

    fn token(&self, answer: &ApiResponse) -> Result<Token, ClientError> {
        let wire: WireToken = answer.json()?;
        if !wire.token_type.eq_ignore_ascii_case("Bearer") {
            return Err(answer.unexpected("its token is not a Bearer token"));
        }
        let instance: Origin = wire
            .instance_url
            .parse()
            .map_err(|_| answer.unexpected("its instance_url is not the origin of an https URL"))?;
        self.hosts.check_instance(&instance, &self.login)?;
        Ok(Token::from_wire(wire, instance))
    }

    fn refusal(&self, answer: &ApiResponse) -> ClientError {
        if !answer.is_json() {
            return answer.not_json();
        }
        match answer.json::<WireRefusal>() {
            // In place of an OAuth error: the list that the data APIs answer with, from a limit on the way.
            Err(_) if is_temporary(answer.status.as_u16()) => ApiRefusal::read(answer),
            Err(error) => error,
            Ok(wire) => ClientError::OAuth(Box::new(OAuthRefusal {
                clock_ahead: clock_ahead(&answer.headers, (self.clock)()),
                retry_after: retry_after(&answer.headers),
                ..OAuthRefusal::new(answer.status.as_u16(), &wire)
            })),
        }
    }
}

impl fmt::Debug for TokenEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenEndpoint({})", self.url)
    }
}

/// How far the server's clock is ahead of ours, in seconds.
fn clock_ahead(headers: &HeaderMap, now: SystemTime) -> Option<i64> {
    let text = headers.get(header::DATE)?.to_str().ok()?;
    let server = httpdate::parse_http_date(text).ok()?;
    let seconds = |distance: Duration| i64::try_from(distance.as_secs()).ok();
    match server.duration_since(now) {
        Ok(ahead) => seconds(ahead),
        Err(behind) => seconds(behind.duration()).map(|behind| -behind),
    }
}

#[cfg(test)]
mod tests {
    use sfjwt_transport::{Environment, Settings};

    use super::*;

    fn endpoint(login_url: &str) -> Result<TokenEndpoint, ClientError> {
        let transport = Transport::new(Settings::default(), &Environment::empty()).unwrap();
        let login_url = login_url.parse().unwrap();
        TokenEndpoint::new(Arc::new(transport), &login_url, HostPolicy::default())
    }

    #[test]
    fn it_lies_below_the_path_of_a_site() {
        for (login_url, wanted) in [
            (
                "https://login.salesforce.com",
                "https://login.salesforce.com/services/oauth2/token",
            ),
            (
                "https://acme.my.site.force.com/customers/",
                "https://acme.my.site.force.com/customers/services/oauth2/token",
            ),
        ] {
            assert_eq!(endpoint(login_url).unwrap().url.as_str(), wanted);
        }
    }

    #[test]
    fn a_query_in_the_login_url_is_refused() {
        assert!(endpoint("https://login.salesforce.com/?x=1").is_err());
    }

    #[test]
    fn clocks_are_compared_in_both_directions() {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::DATE,
            "Thu, 01 Jan 1970 00:10:00 GMT".parse().unwrap(),
        );
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        assert_eq!(clock_ahead(&headers, at(100)), Some(500));
        assert_eq!(clock_ahead(&headers, at(900)), Some(-300));
        assert_eq!(clock_ahead(&HeaderMap::new(), at(0)), None);
    }
}
