//! Record ids: 15 characters that are case-sensitive, and the 18-character form with a checksum.

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const CHECKSUM: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
/// Stands after the key prefix in every id made here, so that a made-up id is recognised.
const POD: &str = "sf";

/// The 18-character id of the record `number` of the object with this key prefix.
pub(crate) fn id(prefix: &str, number: u64) -> String {
    let mut digits = [b'0'; 10];
    let mut rest = number;
    for digit in digits.iter_mut().rev() {
        // The remainder is below 62, the length of the table.
        *digit = DIGITS[usize::try_from(rest % 62).unwrap_or(0)];
        rest /= 62;
    }
    let short: String = prefix
        .chars()
        .chain(POD.chars())
        .chain(digits.iter().map(|&digit| char::from(digit)))
        .collect();
    format!("{short}{}", checksum(&short))
}

/// The record number in an id made by [`id`], from either form; `None` for any other text.
pub(crate) fn number(prefix: &str, text: &str) -> Option<u64> {
    let short = text.get(..15)?;
    let body = short.strip_prefix(prefix)?.strip_prefix(POD)?;
    if text.len() != 15 && text.get(15..)? != checksum(short) {
        return None;
    }
    body.bytes().try_fold(0_u64, |number, byte| {
        let digit = DIGITS.iter().position(|&candidate| candidate == byte)?;
        number
            .checked_mul(62)?
            .checked_add(u64::try_from(digit).ok()?)
    })
}

/// Three characters: each tells which of five characters are capital letters, so that the long form
/// survives systems that ignore case.
pub(crate) fn checksum(short: &str) -> String {
    short
        .as_bytes()
        .chunks(5)
        .map(|block| {
            let bits = block
                .iter()
                .enumerate()
                .filter(|(_, byte)| byte.is_ascii_uppercase())
                .fold(0_usize, |bits, (place, _)| bits | 1 << place);
            // Five bits: below 32, the length of the table.
            char::from(CHECKSUM[bits])
        })
        .collect()
}

/// A well-mixed number from a seed and a position (the finaliser of SplitMix64).
///
/// Deterministic on purpose: data and faults repeat exactly. Never used for tokens.
pub(crate) fn mix(seed: u64, position: u64) -> u64 {
    let mut mixed = seed.wrapping_add(position.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_of_a_published_id_is_the_published_one() {
        // The organization id of the REST guide's sample answer.
        assert_eq!(checksum("00Dxx0000001gPL"), "EAY");
        assert_eq!(checksum("005xx000001SwiU"), "AAS");
    }

    #[test]
    fn an_id_gives_its_number_back_in_both_forms() {
        for expected in [0, 61, 62, 199_999, 5_000_000] {
            let long = id("001", expected);
            assert_eq!(long.len(), 18);
            assert_eq!(number("001", &long), Some(expected));
            assert_eq!(number("001", &long[..15]), Some(expected));
        }
    }

    #[test]
    fn an_id_with_a_wrong_checksum_or_prefix_has_no_number() {
        let long = id("001", 7);
        assert_eq!(number("003", &long), None);
        assert_eq!(number("001", &format!("{}AAB", &long[..15])), None);
        assert_eq!(number("001", "001"), None);
    }
}
