//! The client: one for this machine (plain http), one for the world (https), each made when needed.

use std::{
    fmt,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
};

use http::{HeaderMap, StatusCode, header};
use reqwest::{Client, redirect};
use tokio::{
    sync::{OnceCell, Semaphore},
    time::Instant,
};
use tracing::debug;
use url::Url;

use crate::{
    Environment, Next, Request, Response, RetryPolicy, Settings, StreamingResponse, TransportError,
    classify::Context,
    guard, proxy, retry_after,
    tls::{self, TlsFiles},
};

/// The largest body that [`Transport::send`] takes when the request does not say: 1 MiB.
const DEFAULT_CAP: u64 = 1024 * 1024;

/// How many requests of [`Transport::send`] run at the same time; more of them wait. A process has
/// 1,024 file descriptors by default, and a server that is given more work than this at once only
/// gets slower.
const IN_FLIGHT: usize = 100;

/// Sends requests. Cheap to make; share one, since it keeps the connections.
pub struct Transport {
    settings: Settings,
    retry: RetryPolicy,
    tls: TlsFiles,
    proxy: Option<reqwest::Proxy>,
    local: OnceCell<Client>,
    secure: OnceCell<Client>,
    in_flight: Semaphore,
}

impl Transport {
    /// Checks the settings, without reading a file or opening a connection.
    pub fn new(settings: Settings, environment: &Environment) -> Result<Self, TransportError> {
        let retry = RetryPolicy::new(settings.max_attempts);
        Self::with_retry(settings, environment, retry)
    }

    /// The same with another retry policy, in place of the one that
    /// [`Settings::max_attempts`] describes.
    pub fn with_retry(
        settings: Settings,
        environment: &Environment,
        retry: RetryPolicy,
    ) -> Result<Self, TransportError> {
        Ok(Self {
            tls: TlsFiles::new(&settings, environment),
            proxy: proxy::choose(&settings, environment)?,
            settings,
            retry,
            local: OnceCell::new(),
            secure: OnceCell::new(),
            in_flight: Semaphore::new(IN_FLIGHT),
        })
    }

    /// The retry policy, for requests whose content must be made anew for each attempt: run
    /// [`send_once`](Self::send_once) in it.
    pub fn retry_policy(&self) -> &RetryPolicy {
        &self.retry
    }

    /// Sends a request and reads the whole answer, again where that is safe.
    pub async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let request = &request;
        self.retry
            .run(|number| async move {
                let outcome = self.whole(request, number).await;
                let seen = outcome.as_ref().map(|it| (it.status, &it.headers));
                let next = next(request, seen);
                (outcome, next)
            })
            .await
    }

    /// Sends a request and reads the whole answer, in one attempt.
    pub async fn send_once(&self, request: Request) -> Result<Response, TransportError> {
        self.whole(&request, 1).await
    }

    /// Sends a request, again where that is safe, until there is a status; the body is for the
    /// caller to read, with no limit on the time it takes.
    pub async fn stream(&self, request: Request) -> Result<StreamingResponse, TransportError> {
        let request = &request;
        self.retry
            .run(|number| async move {
                let outcome = self.head(request, u64::MAX, number).await;
                let seen = outcome.as_ref().map(|it| (it.status, &it.headers));
                let next = next(request, seen);
                (outcome, next)
            })
            .await
    }
    async fn whole(&self, request: &Request, attempt: u32) -> Result<Response, TransportError> {
        // Held to the end of the body. It is never closed, so this waits and cannot fail.
        let _permit = self.in_flight.acquire().await;
        self.head(request, DEFAULT_CAP, attempt)
            .await?
            .whole()
            .await
    }

    async fn head(
        &self,
        request: &Request,
        default_cap: u64,
        attempt: u32,
    ) -> Result<StreamingResponse, TransportError> {
        guard::check(&request.url)?;
        let start = Instant::now();
        let outcome = self.exchange(request, default_cap).await;
        let milliseconds = start.elapsed().as_millis();
        let host = guard::authority(&request.url);
        let (method, path) = (&request.method, request.url.path());
        match &outcome {
            Ok(response) => {
                let status = response.status.as_u16();
                debug!(%host, %method, path, status, attempt, milliseconds, "answered");
            }
            Err(error) => debug!(%host, %method, path, %error, attempt, milliseconds, "failed"),
        }
        outcome
    }

    async fn exchange(
        &self,
        request: &Request,
        default_cap: u64,
    ) -> Result<StreamingResponse, TransportError> {
        let context = Context {
            host: guard::authority(&request.url),
            connect_timeout: self.settings.connect_timeout,
            read_timeout: self.settings.read_timeout,
        };
        let answer = self
            .client(&request.url)
            .await?
            .request(request.method.clone(), request.url.clone())
            .headers(request.headers.clone())
            .body(request.body.clone())
            .send()
            .await
            .map_err(|error| context.classify(&error))?;
        if let Some(to) = redirect_target(answer.status(), answer.headers(), &request.url) {
            let host = context.host;
            return Err(TransportError::Redirect { host, to });
        }
        let cap = request.cap.unwrap_or(default_cap);
        Ok(StreamingResponse::new(answer, context, cap))
    }

    async fn client(&self, url: &Url) -> Result<&Client, TransportError> {
        if url.scheme() == "http" {
            return self
                .local
                .get_or_try_init(|| async { self.build(tls::none()?, None) })
                .await;
        }
        self.secure
            .get_or_try_init(|| async {
                let files = self.tls.clone();
                // Reading files blocks, and an executor's thread has others to serve.
                let tls = tokio::task::spawn_blocking(move || files.load())
                    .await
                    .map_err(|error| unbuilt(&error))??;
                self.build(tls, self.proxy.clone())
            })
            .await
    }

    fn build(
        &self,
        tls: rustls::ClientConfig,
        proxy: Option<reqwest::Proxy>,
    ) -> Result<Client, TransportError> {
        // RFC 6761 §6.3: `localhost` is this machine, whatever a resolver says.
        let localhost = [
            SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            SocketAddr::from((Ipv6Addr::LOCALHOST, 0)),
        ];
        let builder = Client::builder()
            .tls_backend_preconfigured(tls)
            .http1_only()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .resolve_to_addrs("localhost", &localhost)
            .connect_timeout(self.settings.connect_timeout)
            .read_timeout(self.settings.read_timeout)
            .user_agent(&self.settings.user_agent);
        match proxy {
            Some(proxy) => builder.proxy(proxy),
            None => builder,
        }
        .build()
        .map_err(|error| unbuilt(&error.without_url()))
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Transport").field(&self.settings).finish()
    }
}

/// What an outcome says about another attempt.
fn next(request: &Request, outcome: Result<(StatusCode, &HeaderMap), &TransportError>) -> Next {
    match outcome {
        Err(error) if error.is_retryable() && (error.is_unsent() || request.may_repeat()) => {
            Next::Again { after: None }
        }
        Ok((status, headers)) if is_temporary(status) && request.may_repeat() => Next::Again {
            after: retry_after(headers),
        },
        _ => Next::Stop,
    }
}

/// Statuses that may pass by themselves.
fn is_temporary(status: StatusCode) -> bool {
    matches!(status.as_u16(), 429 | 500 | 502 | 503 | 504)
}

/// The host that a redirect points to. 300 (more than one record matches) and 304 (not modified) are
/// answers.
fn redirect_target(status: StatusCode, headers: &HeaderMap, url: &Url) -> Option<String> {
    if !status.is_redirection() || matches!(status.as_u16(), 300 | 304) {
        return None;
    }
    let location = headers.get(header::LOCATION)?.to_str().ok();
    let target = location.and_then(|location| url.join(location).ok());
    Some(target.map_or_else(|| "(no URL)".to_owned(), |url| guard::authority(&url)))
}

fn unbuilt(error: &dyn std::error::Error) -> TransportError {
    TransportError::Settings {
        setting: "the HTTP client",
        problem: error.to_string(),
    }
}
