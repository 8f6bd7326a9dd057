//! Why a claim, an audience or an assertion was refused.

/// What was wrong with something to be asserted. Every case is a mistake in configuration or
/// input: nothing here is worth a retry.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClaimsError {
    /// `iss` or `sub` is empty, or holds white space or control characters.
    #[error("the {claim} is {problem}")]
    Name {
        /// The setting it came from: `client_id` (`iss`) or `username` (`sub`).
        claim: &'static str,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// `aud` is not an absolute URL in its plain form.
    #[error("the audience is {problem}; write it like https://login.salesforce.com")]
    Audience {
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The life of the assertion is not between 1 and 180 seconds.
    #[error("an assertion lives 1 to 180 seconds, not {0}")]
    Lifetime(u64),
    /// `now` lies before 1970: the clock was never set.
    #[error("the clock of this machine stands before 1970")]
    Clock,
    /// A signing input or an assertion made elsewhere is not what it should be.
    #[error("this is not {expected}: {problem}")]
    Form {
        /// What was expected.
        expected: &'static str,
        /// What was found instead; never the text itself.
        problem: &'static str,
    },
}
