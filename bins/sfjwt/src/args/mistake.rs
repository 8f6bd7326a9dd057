//! A command line that makes no sense, in the words of every other failure.

use std::ffi::OsString;

use crate::failure::Failure;

/// Takes clap's page apart: what is wrong, its tip, and how it is written.
pub(crate) fn mistake(error: &clap::Error) -> Failure {
    let page = error.render().to_string();
    let mut happened = String::new();
    let mut next = Vec::new();
    for paragraph in page.split("\n\n") {
        let line = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some(error) = line.strip_prefix("error: ") {
            error.clone_into(&mut happened);
        } else if let Some(tip) = line.strip_prefix("tip: ") {
            next.push(tip.to_owned());
        } else if let Some(usage) = line.strip_prefix("Usage: ") {
            next.push(format!("write {usage}"));
        }
    }
    next.push("see --help for a manual with examples".to_owned());
    Failure::usage(happened, next.join("; "))
}

/// Whether failures are wanted as JSON. Asked of the words themselves, since they may be the ones
/// that make no sense.
pub(crate) fn asks_for_json(arguments: &[OsString], variable: Option<&str>) -> bool {
    let mut words = arguments.iter().filter_map(|word| word.to_str());
    let mut format = variable;
    while let Some(word) = words.next() {
        format = match word {
            "--" => break,
            "-o" | "--output" => words.next(),
            _ => word
                .strip_prefix("--output=")
                .or_else(|| word.strip_prefix("-o"))
                .or(format),
        };
    }
    format.is_some_and(|format| format.trim_start_matches('=') == "json")
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::args::Cli;

    fn told(words: &str) -> String {
        let error = Cli::try_parse_from(words.split_whitespace()).unwrap_err();
        let mut to = Vec::new();
        mistake(&error).report(false, &mut to).unwrap();
        String::from_utf8(to).unwrap()
    }

    #[test]
    fn a_misspelt_flag_is_told_with_the_nearest_one() {
        let text = told("sfjwt token --profil x");
        assert!(
            text.starts_with("error: unexpected argument '--profil' found\n"),
            "{text}"
        );
        assert!(text.contains("'--profile'"), "{text}");
    }

    #[test]
    fn what_is_missing_is_told_on_one_line() {
        let text = told("sfjwt cert create");
        assert!(
            text.contains("--subject <NAME>") && text.contains("--out <FILE>"),
            "{text}"
        );
        assert_eq!(text.lines().count(), 2, "{text}");
    }

    #[test]
    fn json_is_asked_for_by_the_last_flag_or_by_the_variable() {
        let asks = |words: &[&str], variable| {
            let words: Vec<OsString> = words.iter().map(OsString::from).collect();
            asks_for_json(&words, variable)
        };
        assert!(asks(&["sfjwt", "--output", "json", "tokn"], None));
        assert!(asks(&["sfjwt", "-ojson"], None));
        assert!(asks(&["sfjwt", "--output=csv", "--output=json"], None));
        assert!(asks(&["sfjwt"], Some("json")));
        assert!(!asks(&["sfjwt", "--output=json", "-o", "csv"], None));
        assert!(!asks(&["sfjwt", "query", "--", "--output=json"], None));
    }
}
