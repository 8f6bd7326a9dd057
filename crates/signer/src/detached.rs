//! Completing an assertion whose signature was made elsewhere: on an air-gapped machine, or by a
//! device that this build does not speak to.

use sfjwt_claims::{SignedAssertion, UnsignedAssertion};

use crate::{PublicKey, SignError, guarded::left_pad};

/// Verifies the signature with the public key that Salesforce holds, and only then assembles.
pub fn complete_detached(
    unsigned: UnsignedAssertion,
    signature: Vec<u8>,
    key: &PublicKey,
) -> Result<SignedAssertion, SignError> {
    let signature = left_pad(signature, key.signature_length());
    key.verify(unsigned.signing_input().as_bytes(), &signature)?;
    Ok(unsigned.assemble(&signature))
}
