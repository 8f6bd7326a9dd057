//! Ports, connections and the life of a server.

use std::{convert::Infallible, io, net::Ipv4Addr, sync::Arc, time::Duration};

use axum::{Router, body::Body, middleware, routing::any};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
    task::{JoinHandle, JoinSet},
};
use tokio_rustls::TlsAcceptor;
use tower::{ServiceBuilder, ServiceExt};
use tower_http::{compression::CompressionLayer, decompression::RequestDecompressionLayer};

use crate::{
    admin, data, faults, identity,
    journal::Role,
    org::{Org, OrgHandle, Urls},
    setup::Setup,
    site::{self, Site},
    tls::{self, TlsError},
    token,
};

/// Why an org cannot start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A port cannot be listened on.
    #[error("cannot listen on 127.0.0.1:{port}: {source}")]
    Listen {
        /// The port that was asked for; 0 is any.
        port: u16,
        /// What the system said.
        source: io::Error,
    },
    /// https was asked for and cannot be offered.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// A running org on loopback. It stops when it is dropped, and forgets everything.
#[derive(Debug)]
pub struct Server {
    org: OrgHandle,
    urls: Urls,
    admin_url: String,
    authority_pem: Option<String>,
    listeners: Vec<JoinHandle<()>>,
}

impl Server {
    /// Starts an org on the current tokio runtime.
    pub async fn start(setup: Setup) -> Result<Self, Error> {
        let identity = tls::identity(&setup.tls)?;
        let acceptor = identity
            .as_ref()
            .map(|identity| TlsAcceptor::from(Arc::clone(&identity.config)));
        let separate_instance = setup.separate_instance;
        let login = listen(setup.port).await?;
        let org = Arc::new(Org::new(setup));
        let mut listeners = Vec::new();

        let login_url = url(&login, identity.is_some())?;
        let mut instance_url = login_url.clone();
        if separate_instance {
            let instance = listen(0).await?;
            instance_url = url(&instance, identity.is_some())?;
            let routes = routes(&org, Role::Instance);
            listeners.push(tokio::spawn(serve(instance, acceptor.clone(), routes)));
        }
        let urls = Urls {
            login: login_url,
            instance: instance_url,
        };
        // Set once, here: the cell is empty until the ports are known.
        org.urls.get_or_init(|| urls.clone());
        listeners.push(tokio::spawn(serve(
            login,
            acceptor,
            routes(&org, Role::Login),
        )));

        let handle = OrgHandle(org);
        let admin = listen(0).await?;
        let admin_url = url(&admin, false)?;
        listeners.push(tokio::spawn(serve(
            admin,
            None,
            admin::routes(handle.clone()),
        )));
        let authority_pem = identity.map(|identity| identity.authority_pem);
        Ok(Self {
            org: handle,
            urls,
            admin_url,
            authority_pem,
            listeners,
        })
    }

    /// The login URL, for example `http://127.0.0.1:41234`. No trailing slash.
    pub fn url(&self) -> &str {
        &self.urls.login
    }

    /// The instance URL that the token answer names.
    pub fn instance_url(&self) -> &str {
        &self.urls.instance
    }

    /// The admin port, plain http.
    pub fn admin_url(&self) -> &str {
        &self.admin_url
    }

    /// The certificate (PEM) of the authority that https clients have to trust; `None` with http.
    pub fn authority_pem(&self) -> Option<&str> {
        self.authority_pem.as_deref()
    }

    /// Control of the org from within the process.
    pub fn org(&self) -> &OrgHandle {
        &self.org
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        for listener in &self.listeners {
            listener.abort();
        }
    }
}

/// Marks an answer that is not sent: the connection closes instead.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DropConnection;

#[derive(Debug, thiserror::Error)]
#[error("dropped by a fault")]
struct Dropped;

fn routes(org: &Arc<Org>, role: Role) -> Router {
    let site = Site {
        org: Arc::clone(org),
        role,
    };
    let layers = ServiceBuilder::new()
        .layer(middleware::from_fn_with_state(site.clone(), site::observe))
        .layer(middleware::from_fn_with_state(
            site.clone(),
            faults::misbehave,
        ))
        .layer(CompressionLayer::new().gzip(true))
        .layer(RequestDecompressionLayer::new())
        .map_request(|request: http::Request<_>| request.map(Body::new))
        .layer(middleware::from_fn_with_state(
            site.clone(),
            faults::truncate,
        ));
    Router::new()
        .route("/services/oauth2/token", any(token::token))
        .route("/services/oauth2/userinfo", any(identity::userinfo))
        .route("/services/oauth2/revoke", any(identity::revoke))
        .route("/id/{org}/{user}", any(identity::identity))
        .route("/services/data", any(data::data))
        .route("/services/data/{*resource}", any(data::data))
        .route("/services/data/", any(data::data))
        .fallback(|| async { crate::answer::ApiError::not_found() })
        .layer(layers)
        .with_state(site)
}

async fn listen(port: u16) -> Result<TcpListener, Error> {
    // Loopback and nothing else: an org that trusts its admin port must not be reachable.
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .map_err(|source| Error::Listen { port, source })
}

fn url(listener: &TcpListener, tls: bool) -> Result<String, Error> {
    let address = listener
        .local_addr()
        .map_err(|source| Error::Listen { port: 0, source })?;
    let port = address.port();
    Ok(if tls {
        format!("https://localhost:{port}")
    } else {
        format!("http://127.0.0.1:{port}")
    })
}

/// Accepts until it is aborted; its connections end with it.
async fn serve(listener: TcpListener, acceptor: Option<TlsAcceptor>, routes: Router) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else {
                    // Out of file descriptors, most likely: others have to end first.
                    tokio::time::sleep(Duration::from_millis(10)).await;
                    continue;
                };
                // Answers are small and waited for.
                if stream.set_nodelay(true).is_err() { continue }
                let (acceptor, routes) = (acceptor.clone(), routes.clone());
                connections.spawn(async move {
                    match acceptor {
                        None => connection(stream, routes).await,
                        Some(acceptor) => {
                            // A failed handshake is for the client to report.
                            if let Ok(stream) = acceptor.accept(stream).await {
                                connection(stream, routes).await;
                            }
                        }
                    }
                });
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(stream: impl AsyncRead + AsyncWrite + Unpin + Send, routes: Router) {
    let service = service_fn(move |request: http::Request<Incoming>| {
        let routes = routes.clone();
        async move {
            let answered: Result<_, Infallible> = routes.oneshot(request.map(Body::new)).await;
            match answered {
                Ok(response) if response.extensions().get::<DropConnection>().is_some() => {
                    Err(Dropped)
                }
                Ok(response) => Ok(response),
                Err(never) => match never {},
            }
        }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service)
        .await;
    // Ends in an error when a fault closed it or the client went away: both are expected.
    drop(served);
}
