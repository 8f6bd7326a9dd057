//! `awskms:///alias/NAME?region=R`, `awskms:///KEY-ID?region=R`, `awskms:///arn:aws:kms:R:ACCOUNT:key/ID`

use std::fmt;

use super::{
    attributes::{self, Attributes},
    refuse,
};
use crate::SignError;

/// A key in AWS KMS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KmsKey {
    /// An alias (`alias/NAME`), a key id, or the ARN of either.
    pub key: String,
    /// The region: that of the ARN, or the one given, or the one the SDK finds.
    pub region: Option<String>,
}

pub(super) fn parse(rest: &str) -> Result<KmsKey, SignError> {
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let Some(key) = path.strip_prefix("///").filter(|key| !key.is_empty()) else {
        return refuse("names no key; write awskms:///alias/NAME or awskms:///arn:aws:kms:...");
    };
    let Ok(key) = String::from_utf8(attributes::decode(key)?) else {
        return refuse("has a key name that is not UTF-8");
    };
    let mut query = Attributes::parse(query, '&')?;
    let given = query.take("region")?;
    query.finish()?;
    let region = match (region_of(&key)?, given) {
        (Some(of_arn), Some(given)) if of_arn != given => {
            return refuse("asks for another region than the one in its ARN; leave `region` out");
        }
        (of_arn, given) => of_arn.or(given),
    };
    Ok(KmsKey { key, region })
}

/// The region of an ARN (`arn:PARTITION:kms:REGION:ACCOUNT:RESOURCE`, any partition).
fn region_of(key: &str) -> Result<Option<String>, SignError> {
    if !key.starts_with("arn:") {
        return Ok(None);
    }
    let parts: Vec<&str> = key.splitn(6, ':').collect();
    match parts[..] {
        [_, partition, "kms", region, account, resource]
            if !partition.is_empty()
                && !region.is_empty()
                && account.len() == 12
                && (resource.starts_with("key/") || resource.starts_with("alias/")) =>
        {
            Ok(Some(region.to_owned()))
        }
        _ => refuse("has an ARN that does not name a KMS key or alias"),
    }
}

impl fmt::Display for KmsKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "awskms:///{}", attributes::encode(self.key.as_bytes()))?;
        match &self.region {
            Some(region) if !self.key.starts_with("arn:") => {
                write!(f, "?region={}", attributes::encode(region.as_bytes()))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{KeyUri, uri::tests::problem};

    #[test]
    fn the_region_comes_from_the_arn_of_any_partition() {
        for partition in ["aws", "aws-us-gov", "aws-cn"] {
            let text = format!("awskms:///arn:{partition}:kms:somewhere-1:111122223333:key/abc");
            let KeyUri::AwsKms(key) = text.parse().unwrap() else {
                panic!("no KMS key")
            };
            assert_eq!(key.region.as_deref(), Some("somewhere-1"));
        }
    }

    #[test]
    fn malformed_uris_are_refused_by_what_is_wrong() {
        for (text, wanted) in [
            ("awskms:", "names no key"),
            ("awskms:///", "names no key"),
            ("awskms://kms.example.com/alias/x", "names no key"),
            ("awskms:///arn:aws:s3:::bucket", "does not name a KMS key"),
            (
                "awskms:///arn:aws:kms:eu-west-1:1:key/x",
                "does not name a KMS key",
            ),
            (
                "awskms:///arn:aws:kms:eu-west-1:111122223333:key/x?region=us-east-1",
                "another region",
            ),
            (
                "awskms:///alias/x?profile=y",
                "the attribute profile, which is not known",
            ),
        ] {
            assert!(problem(text).contains(wanted), "{text}: {}", problem(text));
        }
    }
}
