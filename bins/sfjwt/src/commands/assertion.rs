//! `sfjwt assertion`: make, take apart or complete an assertion.

use std::path::Path;
use std::time::SystemTime;

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use sfjwt_claims::UnsignedAssertion;
use sfjwt_client::random_jwt_id;
use sfjwt_signer::{SignError, complete_detached};

use crate::args::{Assertion, Format, Stdin};
use crate::config::Settings;
use crate::failure::{Exit, Failure};
use crate::output::{Output, note, print, print_line};
use crate::{input, runtime, session};

/// Base64url as tools write it: with padding or without.
const BASE64URL: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

pub(crate) fn run(
    args: &Assertion,
    settings: impl FnOnce() -> Result<Settings, Failure>,
    output: &Output,
) -> Result<(), Failure> {
    match args {
        Assertion {
            decode: Some(file), ..
        } => decode(file, output),
        Assertion {
            signature: Some(stdin),
            unsigned_input: Some(input),
            cert,
            ..
        } => complete(*stdin, input, cert.as_deref(), &settings()?),
        Assertion { unsigned: true, .. } => output.exactly(unsigned(&settings()?)?.signing_input()),
        _ => sign(&settings()?),
    }
}

fn sign(settings: &Settings) -> Result<(), Failure> {
    let login = session::login(settings)?;
    let signed = runtime::run(async { Ok(login.assertion().await?) })?;
    print_line(signed.expose_assertion())
}

fn unsigned(settings: &Settings) -> Result<UnsignedAssertion, Failure> {
    let claims = settings.login()?.claims(SystemTime::now(), random_jwt_id)?;
    Ok(claims.into_unsigned())
}

/// Verifies a signature that was made elsewhere, and only then prints the assertion.
fn complete(
    stdin: Stdin,
    input: &Path,
    certificate: Option<&Path>,
    settings: &Settings,
) -> Result<(), Failure> {
    let key = settings.public_key(certificate)?;
    let text = input::text_from(input)?;
    let unsigned = UnsignedAssertion::parse(text.trim_end())
        .map_err(|error| Failure::from(error).in_file(input))?;
    let signature = input::secret_from_stdin("signature", stdin)?;
    let signature = BASE64URL
        .decode(signature.expose_secret())
        .map_err(|_| not_base64url())?;
    match complete_detached(unsigned, signature, &key) {
        Ok(signed) => print_line(signed.expose_assertion()),
        Err(SignError::WrongSignature) => Err(wrong_signature(input)),
        Err(error) => Err(error.into()),
    }
}

fn not_base64url() -> Failure {
    Failure::config(
        "the signature on stdin is not base64url",
        "encode the signature itself (binary) with `basenc --base64url -w0`",
    )
}

fn wrong_signature(input: &Path) -> Failure {
    Failure::new(
        Exit::Security,
        format!(
            "the signature does not verify {} with that public key",
            input.display()
        ),
        "sign the bytes of the file, no line ending added, with RSASSA-PKCS1-v1_5 and SHA-256, and \
         with the key of that certificate",
    )
}

/// Shows header and claims of any JWT, without judging it.
fn decode(file: &Path, output: &Output) -> Result<(), Failure> {
    let text = input::text_from(file)?;
    let mut parts = text.trim().split('.');
    let (Some(header), Some(claims), signature, None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(no_jwt(
            "it does not have three parts with dots between them",
        ));
    };
    let header = json_of(header).ok_or_else(|| no_jwt("its first part is no JSON in base64url"))?;
    let claims =
        json_of(claims).ok_or_else(|| no_jwt("its second part is no JSON in base64url"))?;
    let decoded = json!({"header": header, "claims": claims});
    note(match signature {
        Some(_) => "the signature was not verified",
        None => "there is no signature",
    });
    print(&match output.format() {
        Format::Jsonl => format!("{decoded}\n"),
        _ => format!("{decoded:#}\n"),
    })
}

fn json_of(part: &str) -> Option<Value> {
    serde_json::from_slice(&BASE64URL.decode(part).ok()?).ok()
}

fn no_jwt(problem: &str) -> Failure {
    Failure::config(
        format!("this is not a JWT: {problem}"),
        "a JWT looks like eyJ....eyJ....signature; `sfjwt assertion` makes one",
    )
}
