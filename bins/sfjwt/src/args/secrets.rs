//! Secrets do not belong into arguments: every process of the machine can read them there.

use std::ffi::OsString;

use crate::failure::Failure;

/// Refuses a command line that carries a secret, before anything can repeat it in a message.
pub(crate) fn refuse_secrets(arguments: &[OsString]) -> Result<(), Failure> {
    let words = arguments.iter().filter_map(|word| word.to_str());
    for word in words.take_while(|word| *word != "--") {
        let (flag, value) = word.split_once('=').unwrap_or((word, word));
        match flag {
            "--pin" => return Err(flag_refused("--pin", "pin-source")),
            "--passphrase" => return Err(flag_refused("--passphrase", "passphrase-source")),
            // Base64 ends in `=`, so the word is looked at too, and not only what follows a flag.
            _ if looks_like_a_credential(word) || looks_like_a_credential(value) => {
                return Err(credential_refused());
            }
            _ => {}
        }
    }
    Ok(())
}

fn flag_refused(flag: &str, source: &str) -> Failure {
    Failure::usage(
        format!("there is no {flag}: every process of this machine could read it"),
        format!(
            "name its source in the key URI: {source}=file:PATH, credential:NAME, fd:N, env:NAME or prompt:"
        ),
    )
}

fn credential_refused() -> Failure {
    Failure::usage(
        "an argument looks like a JWT, an access token or a key: every process of this machine can read it",
        "end its session if it is alive, and hand the next one over on stdin, with - as the argument",
    )
}

/// A JWT (`{"` in base64url, three parts), a Salesforce token (organization id, `!`) or PEM, which
/// may stand behind `file:`.
fn looks_like_a_credential(value: &str) -> bool {
    (value.starts_with("eyJ") && value.matches('.').count() == 2)
        || (value.starts_with("00D") && value.contains('!'))
        || value.contains("-----BEGIN")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(words: &[&str]) -> Option<String> {
        let words: Vec<OsString> = words.iter().map(OsString::from).collect();
        let failure = refuse_secrets(&words).err()?;
        let mut to = Vec::new();
        failure.report(false, &mut to).unwrap();
        Some(String::from_utf8(to).unwrap())
    }

    #[test]
    fn a_pin_is_refused_in_both_spellings_without_its_value() {
        for words in [
            &["token", "--pin", "271828"][..],
            &["token", "--pin=271828"],
        ] {
            let text = refused(words).unwrap();
            assert!(
                text.contains("pin-source") && !text.contains("271828"),
                "{text}"
            );
        }
    }

    #[test]
    fn credentials_are_refused_wherever_they_stand_without_their_value() {
        for word in [
            "eyJhbGci.eyJpc3Mi.c2ln",
            "--assertion=eyJhbGci.eyJpc3Mi.c2ln",
            "00Dxx!AR8A",
            "eyJhbGci.eyJpc3Mi.c2lnbg==",
            "-----BEGIN PRIVATE KEY-----\nAR8A=\n",
            "file:-----BEGIN PRIVATE KEY-----\nAR8A\n",
        ] {
            let text = refused(&["token", word]).unwrap();
            assert!(!text.contains("eyJ") && !text.contains("AR8A"), "{text}");
        }
    }

    #[test]
    fn ordinary_arguments_pass() {
        let words = [
            "query",
            "SELECT Id FROM Account WHERE Name = 'a!b'",
            "--key=pkcs11:token=prod?pin-source=prompt:",
        ];
        assert_eq!(refused(&words), None);
    }
}
