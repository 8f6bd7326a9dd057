//! A Salesforce org in miniature, for tests and learning.
//!
//! It verifies RS256 assertions against registered certificates, knows apps, users, policies and
//! approvals, answers in Salesforce's own error words, and misbehaves on request. It shares no code
//! with the client that is tested against it, and verifies with a library that did not sign.
//!
//! **It is unfit for production, on purpose.** It listens on loopback only, keeps nothing, makes new
//! keys at every start, has an admin port that trusts everyone, and believes its faults.
//!
//! ```no_run
//! use sfsim::{AppSetup, Certificate, Server, Setup, UserSetup};
//!
//! # async fn example(certificate: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
//! let app = AppSetup::new("my-client-id").certificate(Certificate::parse(certificate)?);
//! let setup = Setup::new().app(app).user(UserSetup::new("me@example.com")).accounts(200);
//! let server = Server::start(setup).await?;
//! // A client logs in at `server.url()`, and then:
//! assert_eq!(server.org().journal().len(), 1);
//! # Ok(())
//! # }
//! ```

mod admin;
mod answer;
mod certificate;
mod clock;
mod data;
mod faults;
mod fidelity;
mod identity;
mod ids;
mod journal;
mod org;
mod parties;
mod records;
mod server;
mod setup;
mod site;
mod soql;
mod state;
mod tls;
mod token;

pub use certificate::{Certificate, CertificateError};
pub use faults::{Fault, FaultError, Faults, Kind, RetryAfter, Scope};
pub use fidelity::{BadSignature, Fidelity, InactiveUser, LoginRate, NotAssigned, UnknownUser};
pub use journal::{Entry, Role};
pub use org::{OrgHandle, SessionView};
pub use parties::{AppKind, AppSetup, PermittedUsers, UserSetup};
pub use server::{Error, Server};
pub use setup::{OrgType, Setup};
pub use tls::{Tls, TlsError};
