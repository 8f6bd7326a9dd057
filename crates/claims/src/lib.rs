//! What is asserted: the claims of a Salesforce JWT bearer login (RFC 7523 §2.1).
//!
//! A value goes down one road: [`Claims`] are valid once they exist, they become an
//! [`UnsignedAssertion`] (the JWS signing input of RFC 7515 §5.1), and with a signature a
//! [`SignedAssertion`]. Assembling and signing are apart, so that the signature may be made in
//! this process, in an HSM, or on another machine.
//!
//! This crate does no I/O, reads no clock and knows no cryptography: `now` is an argument, and a
//! signature is bytes.
//!
//! ```
//! use std::time::{Duration, UNIX_EPOCH};
//! use sfjwt_claims::{Audience, Claims, Lifetime};
//!
//! let now = UNIX_EPOCH + Duration::from_secs(1_795_000_000);
//! let audience = Audience::parse("https://login.salesforce.com")?;
//! let claims = Claims::new("3MVG9client", "ops@example.com", audience, now, Lifetime::MAX)?;
//!
//! assert_eq!(
//!     claims.to_json(),
//!     r#"{"iss":"3MVG9client","sub":"ops@example.com","aud":"https://login.salesforce.com","exp":1795000180}"#,
//! );
//! let unsigned = claims.into_unsigned();
//! assert_eq!(unsigned.signing_input().split('.').count(), 2);
//! # Ok::<(), sfjwt_claims::ClaimsError>(())
//! ```

mod assertion;
mod audience;
mod claims;
mod error;

pub use assertion::{HEADER, SignedAssertion, UnsignedAssertion};
pub use audience::Audience;
pub use claims::{Claims, Lifetime};
pub use error::ClaimsError;
