//! Onboarding: certificates made by the key that signs.
