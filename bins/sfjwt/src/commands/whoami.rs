//! `sfjwt whoami`: log in and show who that is.

use crate::config::Settings;
use crate::failure::Failure;
use crate::output::{self, Output};
use crate::{runtime, session};

pub(crate) fn run(settings: &Settings, output: &Output) -> Result<(), Failure> {
    let client = session::client(settings)?;
    let user = runtime::run(async { Ok(client.userinfo().await?) })?;
    output.object(&output::record(&user)?)
}
