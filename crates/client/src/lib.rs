//! Salesforce: token endpoint, session and REST.
//!
//! A value goes down one road: [`LoginSettings`] become claims, claims are signed by a
//! [`GuardedSigner`](sfjwt_signer::GuardedSigner), the [`TokenEndpoint`] exchanges the assertion for
//! a [`Token`], a [`Session`] keeps it until it dies, and a [`Client`] sends requests with it.
//!
//! * The token goes to the instance origin only, and only to hosts of the [`HostPolicy`].
//! * A dead token is noticed by the server's own words, replaced once, and the request is sent once
//!   more. However many tasks notice, there is one login.
//! * Queries stream page by page in constant memory; an error never looks like the end of the data.
//!
//! ```no_run
//! use std::sync::Arc;
//! use sfjwt_client::{
//!     ApiVersion, Client, HostPolicy, JwtLogin, LoginSettings, QueryOptions, Session, TokenEndpoint,
//! };
//! use sfjwt_signer::{GuardedSigner, Policy, Signer};
//! use sfjwt_transport::{Environment, Settings, Transport};
//!
//! # async fn example(backend: Box<dyn Signer>) -> Result<(), Box<dyn std::error::Error>> {
//! let settings = LoginSettings::new(
//!     "https://login.salesforce.com".parse()?,
//!     "3MVG9consumerkey",
//!     "integration@example.com",
//! )?;
//! let policy = Policy::login("3MVG9consumerkey", "integration@example.com", "https://login.salesforce.com");
//! let signer = Arc::new(GuardedSigner::builder(backend, policy).open()?);
//!
//! let environment = Environment::new(|name| std::env::var(name).ok());
//! let transport = Arc::new(Transport::new(Settings::default(), &environment)?);
//! let hosts = HostPolicy::default();
//! let endpoint = TokenEndpoint::new(transport.clone(), &settings.login_url, hosts.clone())?;
//! let session = Session::new(Arc::new(JwtLogin::new(signer, endpoint, settings)));
//!
//! let client = Client::new(transport, session, hosts, ApiVersion::default());
//! let mut accounts = client.query("SELECT Id, Name FROM Account", QueryOptions::default()).await?;
//! while let Some(page) = accounts.next_page().await? {
//!     for record in &page.records {
//!         println!("{record}");
//!     }
//! }
//! # Ok(())
//! # }
//! ```

mod answer;
mod api_refusal;
mod causes;
mod client;
mod endpoint;
mod error;
mod host;
mod identity;
mod limits;
mod login;
mod oauth_refusal;
mod origin;
mod query;
mod request;
mod session;
mod token;
mod version;
mod wording;

pub use answer::ApiResponse;
pub use api_refusal::{ApiError, ApiRefusal};
pub use client::Client;
pub use endpoint::TokenEndpoint;
pub use error::ClientError;
pub use host::HostPolicy;
pub use identity::UserInfo;
pub use limits::{LimitInfo, Usage};
pub use login::{JwtLogin, Login, LoginSettings, random_jwt_id};
pub use oauth_refusal::OAuthRefusal;
pub use origin::Origin;
pub use query::{Page, QueryOptions, QueryStream};
pub use request::ApiRequest;
pub use session::Session;
pub use token::{Token, TokenDetails};
pub use version::{ApiVersion, VersionInfo};
