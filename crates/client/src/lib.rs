//! Salesforce: token endpoint, session and REST.
