//! A Salesforce org in miniature, for tests and learning.
