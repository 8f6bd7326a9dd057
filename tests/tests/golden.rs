//! Golden cases that need an org: one file in `golden/` for each, with its arguments, its exit
//! status, and every word on stdout and stderr. What differs from run to run stands as `[..]`, the
//! URLs of the org as `[LOGIN]` and `[INSTANCE]`.
//!
//! Cases that need no org are in `bins/sfjwt/tests/cmd`.
#![allow(clippy::unwrap_used, missing_docs, reason = "a test may stop")]

use sfjwt_tests::{CLIENT_ID, USERNAME, World, binary};
use sfsim::UserSetup;

/// A user whose session is ended by the cases of `revoke`; the others keep theirs.
const SHORT_LIVED: &str = "short-lived@example.com";

#[test]
fn every_command_line_answers_word_for_word() {
    let world = World::with(|setup| setup.user(UserSetup::new(SHORT_LIVED)).accounts(120));
    let cases = trycmd::TestCases::new();
    cases.register_bin("sfjwt", binary("sfjwt"));
    let folder = world.path("").display().to_string();
    for (name, value) in [
        ("HOME", folder.as_str()),
        ("XDG_CONFIG_HOME", folder.as_str()),
        ("SFJWT_CLIENT_ID", CLIENT_ID),
        ("SFJWT_USERNAME", USERNAME),
        ("SFJWT_KEY", world.path("key.pem").to_str().unwrap()),
        ("SFJWT_LOGIN_URL", world.url()),
    ] {
        cases.env(name, value);
    }
    let instance = world.server().instance_url().to_owned();
    let hosts = [
        ("[LOGIN]", world.url().to_owned()),
        ("[INSTANCE]", instance),
    ];
    for (name, url) in hosts {
        cases.insert_var(name, url).unwrap();
    }
    cases.case("golden/*.toml");
}
