//! Requests with a token, and once more with a new token when it turns out to be dead.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use sfjwt_transport::{Request, Transport};

use crate::{
    ApiRefusal, ApiRequest, ApiResponse, ApiVersion, ClientError, HostPolicy, LimitInfo, Session,
    Token, VersionInfo,
};

/// The REST API of one org. Clones share session, connections and limits.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    transport: Arc<Transport>,
    session: Session,
    hosts: HostPolicy,
    version: ApiVersion,
    limits: Mutex<Option<LimitInfo>>,
}

impl Client {
    /// A client of the org that the session is logged in to.
    pub fn new(
        transport: Arc<Transport>,
        session: Session,
        hosts: HostPolicy,
        version: ApiVersion,
    ) -> Self {
        Self(Arc::new(Inner {
            transport,
            session,
            hosts,
            version,
            limits: Mutex::new(None),
        }))
    }

    /// The session.
    pub fn session(&self) -> &Session {
        &self.0.session
    }

    /// The path of a resource in this client's version: `query` is `/services/data/v67.0/query`.
    pub fn data_path(&self, resource: &str) -> String {
        format!("/services/data/{}/{resource}", self.0.version)
    }

    /// What the last answer that said so said about API usage.
    pub fn limit_info(&self) -> Option<LimitInfo> {
        let limits = self.0.limits.lock();
        limits.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sends a request with the session's token. If the token is dead, logs in once and sends the
    /// request once more; that is safe for writes too, since the server refused the first one before
    /// it did anything.
    ///
    /// A status of 400 or more is an error.
    pub async fn send(&self, request: ApiRequest) -> Result<ApiResponse, ClientError> {
        let token = self.0.session.token().await?;
        let refusal = match self.attempt(&request, &token).await {
            Err(ClientError::Api(refusal)) if refusal.is_dead_token() => refusal,
            outcome => return outcome,
        };
        self.0.session.invalidate(&token);
        let fresh = match self.0.session.token().await {
            Err(ClientError::SessionOver) => return Err(ClientError::Api(refusal)),
            outcome => outcome?,
        };
        if fresh.is_same_credential(&token) {
            return Err(ClientError::SameToken(refusal));
        }
        self.attempt(&request, &fresh).await
    }

    /// The versions that the org offers, oldest first. Needs no permission and is not counted.
    pub async fn versions(&self) -> Result<Vec<VersionInfo>, ClientError> {
        let token = self.0.session.token().await?;
        let request = ApiRequest::get("/services/data/");
        self.exchange(&request, &token, false).await?.json()
    }

    async fn attempt(
        &self,
        request: &ApiRequest,
        token: &Token,
    ) -> Result<ApiResponse, ClientError> {
        self.exchange(request, token, true).await
    }

    /// One request to the token's own origin, judged by its status.
    pub(crate) async fn exchange(
        &self,
        request: &ApiRequest,
        token: &Token,
        authorized: bool,
    ) -> Result<ApiResponse, ClientError> {
        let origin = &token.instance_url;
        // A token may come from elsewhere than the token endpoint, which has checked its answer.
        self.0.hosts.check_instance(origin, origin)?;
        let mut sent = Request::new(request.method.clone(), origin.resolve(&request.path)?)
            .headers(request.headers.clone())
            .replay(request.replay)
            .cap(request.cap);
        if let Some((content_type, body)) = &request.body {
            sent = sent.body(content_type.clone(), body.clone());
        }
        if authorized {
            sent = sent.bearer(token.access_token());
        }
        let response = self.0.transport.send(sent).await?;
        let answer = ApiResponse::new(response, origin);
        self.remember_limits(&answer);
        if answer.status.as_u16() >= 400 {
            return Err(ApiRefusal::read(&answer));
        }
        Ok(answer)
    }

    pub(crate) fn hosts(&self) -> &HostPolicy {
        &self.0.hosts
    }

    fn remember_limits(&self, answer: &ApiResponse) {
        if let Some(info) = answer.limit_info() {
            let mut limits = self.0.limits.lock().unwrap_or_else(PoisonError::into_inner);
            *limits = Some(info);
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("session", &self.0.session)
            .field("version", &self.0.version)
            .finish_non_exhaustive()
    }
}
