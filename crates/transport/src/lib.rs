//! Bytes over HTTPS: one client, one retry policy. This crate knows no Salesforce.
//!
//! * **https, or http to this machine.** Everything else is refused before a packet is sent. No
//!   redirect is followed and no cookie is kept: credentials go where they were meant to go.
//! * **Nothing is loaded before it is needed.** Making a [`Transport`] costs microseconds. Root
//!   certificates, the client certificate and proxies are set up by the first https request; with
//!   [`Settings::ca_bundle`] the system's roots are never read.
//! * **A whole answer or an error.** A body that ends before its announced length is
//!   [`TransportError::Lost`], one that grows past its cap is [`TransportError::TooLarge`], with
//!   no more memory used than the cap.
//! * **Retries only where they are safe** ([`Replay`]), with full jitter, `Retry-After` and a
//!   ceiling ([`RetryPolicy`]).
//! * Errors name the host, never a query, a header or a body.
//!
//! ```no_run
//! use sfjwt_transport::{Environment, Request, Settings, Transport};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let environment = Environment::new(|name| std::env::var(name).ok());
//! let transport = Transport::new(Settings::default(), &environment)?;
//! let url = "https://login.salesforce.com/services/data/".parse()?;
//! let response = transport.send(Request::get(url)).await?;
//! assert_eq!(response.status, 200);
//! # Ok(())
//! # }
//! ```

mod classify;
mod error;
mod guard;
mod proxy;
mod request;
mod response;
mod retry;
mod settings;
mod tls;
mod transport;

pub use bytes::Bytes;
pub use error::{TlsProblem, TransportError};
pub use guard::is_loopback;
pub use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
pub use request::{Replay, Request};
pub use response::{Response, StreamingResponse, retry_after};
pub use retry::{Next, Random, RetryPolicy};
pub use settings::{Environment, Settings};
pub use transport::Transport;
pub use url::Url;
