//! The binary: arguments into a [`Setup`], one line of JSON, and then patience.

mod args;

use std::{
    fs,
    io::{self, Write},
    path::Path,
    process::ExitCode,
};

use args::{Cli, Command, Permitted, Preset, Serve};
use clap::Parser;
use serde_json::json;
use sfsim::{
    AppSetup, Certificate, CertificateError, Faults, Fidelity, OrgType, PermittedUsers, Server,
    Setup, Tls, UserSetup,
};
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() -> ExitCode {
    let Cli {
        command: Command::Serve(serve),
    } = Cli::parse();
    match run(serve).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Nothing is left to do if stderr is closed as well.
            drop(writeln!(io::stderr(), "sfsim: {failure}"));
            ExitCode::FAILURE
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("cannot read or write '{path}': {source}")]
    File { path: String, source: io::Error },
    #[error("'{path}': {source}")]
    Certificate {
        path: String,
        source: CertificateError,
    },
    #[error(transparent)]
    Server(#[from] sfsim::Error),
    #[error("cannot wait for signals or print: {0}")]
    Io(#[from] io::Error),
}

async fn run(serve: Serve) -> Result<(), Failure> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let server = Server::start(setup(&serve)?).await?;
    if let (Some(path), Some(pem)) = (&serve.tls_ca_out, server.authority_pem()) {
        fs::write(path, pem).map_err(|source| at(path, source))?;
    }
    announce(&server, serve.seed)?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

/// One line, flushed: whoever started us waits for it.
fn announce(server: &Server, seed: u64) -> io::Result<()> {
    let line = json!({
        "url": server.url(),
        "admin_url": server.admin_url(),
        "instance_url": server.instance_url(),
        "seed": seed,
    });
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{line}")?;
    stdout.flush()
}

fn setup(serve: &Serve) -> Result<Setup, Failure> {
    let faults = Faults {
        seed: serve.seed,
        faults: serve.fault.clone(),
    };
    let mut setup = Setup::new()
        .port(serve.port)
        .accounts(serve.accounts)
        .seed(serve.seed)
        .faults(faults)
        .fidelity(match serve.fidelity {
            Preset::Observed => Fidelity::observed(),
            Preset::Documented => Fidelity::documented(),
        })
        .org_type(if serve.sandbox {
            OrgType::Sandbox
        } else {
            OrgType::Production
        })
        .separate_instance(!serve.same_instance)
        .pre_authorized(!serve.no_approval)
        .tls(tls(serve)?);
    if let Some(logins) = serve.logins_per_hour {
        setup = setup.logins_per_hour(logins);
    }
    for username in &serve.username {
        setup = setup.user(UserSetup::new(username));
    }
    if let Some(client_id) = &serve.client_id {
        let mut app = AppSetup::new(client_id).policy(match serve.permitted_users {
            Permitted::SelfAuthorized => PermittedUsers::SelfAuthorized,
            Permitted::Admin => PermittedUsers::admin_approved(),
        });
        for path in &serve.cert {
            app = app.certificate(certificate(path)?);
        }
        setup = setup.app(app);
    }
    Ok(setup)
}

fn tls(serve: &Serve) -> Result<Tls, Failure> {
    if serve.tls_ca_out.is_none() {
        return Ok(Tls::Off);
    }
    let client_ca = serve
        .tls_client_ca
        .as_ref()
        .map(|path| fs::read_to_string(path).map_err(|source| at(path, source)));
    Ok(Tls::On {
        client_ca: client_ca.transpose()?,
        expired: serve.tls_expired,
    })
}

fn certificate(path: &Path) -> Result<Certificate, Failure> {
    let bytes = fs::read(path).map_err(|source| at(path, source))?;
    Certificate::parse(&bytes).map_err(|source| Failure::Certificate {
        path: path.display().to_string(),
        source,
    })
}

fn at(path: &Path, source: io::Error) -> Failure {
    Failure::File {
        path: path.display().to_string(),
        source,
    }
}
