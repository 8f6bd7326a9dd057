//! The async runtime, for the commands that need one.

use std::future::Future;

use crate::failure::{Exit, Failure};

/// Runs `work` to its end, or until Ctrl-C.
pub(crate) fn run<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().build().map_err(|error| {
        Failure::new(
            Exit::Restart,
            format!("the runtime did not start: {error}"),
            "start again",
        )
    })?;
    let outcome = runtime.block_on(async {
        tokio::select! {
            outcome = work => outcome,
            _ = tokio::signal::ctrl_c() => Err(Failure::interrupted()),
        }
    });
    // A name that is being resolved must not hold the end of the process up.
    runtime.shutdown_background();
    outcome
}
