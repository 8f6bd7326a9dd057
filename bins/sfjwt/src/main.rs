//! Log a server in to Salesforce.
fn main() {}
