//! Servers that cannot prove who they are.

use sfjwt_tests::{Outcome, Wiretap, World};
use sfsim::Tls;

#[test]
fn an_expired_server_certificate_is_a_matter_of_security() {
    let world = World::with(|setup| setup.tls(Tls::expired()));
    world
        .sfjwt(["token"])
        .fails(76, "its certificate has expired");
    assert_eq!(world.org().journal(), []);
}

#[test]
fn an_unknown_authority_is_a_matter_of_security() {
    let world = World::with(|setup| setup.tls(Tls::on()));
    let mut command = world.command(["token"]);
    // The app's certificate: an authority that has nothing to do with the server's.
    let run = command
        .env("SFJWT_CA_BUNDLE", world.path("app.crt"))
        .output()
        .unwrap();
    Outcome::from(run).fails(76, "issued by an authority that is not trusted here");
    assert_eq!(world.org().journal(), []);
}

#[test]
fn a_certificate_for_another_name_is_a_matter_of_security() {
    let world = World::with(|setup| setup.tls(Tls::on()));
    let proxy = Wiretap::tunnelling(world.url());
    let arguments = [
        "token",
        "--login-url",
        "https://login.salesforce.com",
        "--proxy",
    ];
    let mut command = world.command(arguments);
    let run = command.arg(proxy.url()).output().unwrap();
    Outcome::from(run).fails(76, "its certificate is for another name");
    assert!(
        proxy
            .heard()
            .starts_with("CONNECT login.salesforce.com:443")
    );
    assert_eq!(world.org().journal(), []);
}

#[test]
fn a_server_that_speaks_no_tls_is_told_apart() {
    let world = World::new();
    let https = world.url().replace("http://", "https://");
    let mut command = world.command(["token", "--login-url", &https, "--max-attempts", "1"]);
    let run = command
        .env("SFJWT_CA_BUNDLE", world.path("app.crt"))
        .output()
        .unwrap();
    Outcome::from(run).fails(76, "no secure connection");
}
