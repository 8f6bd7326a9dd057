//! What is asserted: the claims of a Salesforce JWT bearer login.
