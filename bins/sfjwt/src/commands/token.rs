//! `sfjwt token`: log in, or exchange an assertion made elsewhere.

use serde_json::json;
use sfjwt_claims::SignedAssertion;
use sfjwt_client::Login;

use crate::args;
use crate::config::Settings;
use crate::failure::Failure;
use crate::output::{self, Output, print_line};
use crate::{input, runtime, session};

pub(crate) fn run(args: &args::Token, settings: &Settings, output: &Output) -> Result<(), Failure> {
    let token = match args.assertion {
        None => {
            let login = session::login(settings)?;
            runtime::run(async { Ok(login.login().await?) })?
        }
        Some(stdin) => {
            let assertion = SignedAssertion::parse(input::secret_from_stdin("assertion", stdin)?)?;
            let endpoint = session::endpoint(settings)?;
            runtime::run(async { Ok(endpoint.exchange(&assertion).await?) })?
        }
    };
    if output.is_plain() {
        return print_line(token.expose_access_token());
    }
    let mut answer = output::record(&token)?;
    answer.shift_insert(0, "access_token".into(), json!(token.expose_access_token()));
    output.object(&answer)
}
