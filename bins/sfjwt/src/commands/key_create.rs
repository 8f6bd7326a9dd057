//! `sfjwt key create`: a new RSA key.

use crate::args::KeyCreate;
use crate::config::Settings;
use crate::failure::Failure;
use crate::output::Output;

#[cfg(feature = "pem")]
pub(crate) fn run(args: &KeyCreate, settings: &Settings, output: &Output) -> Result<(), Failure> {
    use serde_json::json;
    use sfjwt_signer::{KeyUri, SecretContext, SecretKind};

    use crate::output::Record;

    let KeyUri::File(file) = settings.key()? else {
        return Err(only_files());
    };
    let bits = args
        .bits
        .parse()
        .map_err(|problem: &str| Failure::usage(problem, "see --help"))?;
    let variable = |name: &str| settings.variables.get(name).map(str::to_owned);
    let context = SecretContext::new(&variable);
    let passphrase = file.passphrase.as_ref();
    let passphrase = passphrase.map(|source| source.read(SecretKind::Passphrase, &context));
    let key = sfjwt_signer_pem::create(&file.path, bits, passphrase.transpose()?.as_ref())?;
    let encrypted = if file.passphrase.is_some() {
        "yes"
    } else {
        "no"
    };
    let mut facts = Record::new();
    facts.insert("file".into(), json!(file.path));
    facts.insert("bits".into(), json!(key.bits()));
    facts.insert("public_key_sha256".into(), json!(key.hash().to_string()));
    facts.insert("encrypted".into(), json!(encrypted));
    output.object(&facts)
}

#[cfg(feature = "pem")]
fn only_files() -> Failure {
    Failure::config(
        "this kind of key is not made here: `key create` makes file: keys",
        "make it with the tool of the device or service, then look at it with `sfjwt key show`",
    )
}

#[cfg(not(feature = "pem"))]
pub(crate) fn run(_: &KeyCreate, _: &Settings, _: &Output) -> Result<(), Failure> {
    Err(Failure::config(
        "this build has no `pem` backend, which makes keys",
        "use a build that has it, or the tool of the device or service",
    ))
}
