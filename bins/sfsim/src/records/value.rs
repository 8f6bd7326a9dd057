//! Values of fields, as they are compared and as they are written.

use std::cmp::Ordering;

use serde::{Serialize, Serializer};
use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

/// One value. Text is compared without regard to case, as SOQL does.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Boolean(bool),
    Number(f64),
    Text(String),
    Date(Date),
    DateTime(OffsetDateTime),
}

impl Value {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// `None` where one is null or the types differ.
    pub(crate) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Boolean(left), Self::Boolean(right)) => Some(left.cmp(right)),
            (Self::Number(left), Self::Number(right)) => left.partial_cmp(right),
            (Self::Text(left), Self::Text(right)) => {
                Some(left.to_lowercase().cmp(&right.to_lowercase()))
            }
            (Self::Date(left), Self::Date(right)) => Some(left.cmp(right)),
            (Self::DateTime(left), Self::DateTime(right)) => Some(left.cmp(right)),
            _ => None,
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Boolean(value) => serializer.serialize_bool(*value),
            Self::Number(value) => serializer.serialize_f64(*value),
            Self::Text(value) => serializer.serialize_str(value),
            Self::Date(value) => serializer.serialize_str(&date(*value)),
            Self::DateTime(value) => serializer.serialize_str(&date_time(*value)),
        }
    }
}

fn date(date: Date) -> String {
    format!(
        "{:04}-{:02}-{:02}",
        date.year(),
        u8::from(date.month()),
        date.day()
    )
}

/// `2021-11-06T17:38:40.000+0000`: no colon in the offset, which many parsers do not expect.
fn date_time(time: OffsetDateTime) -> String {
    let (hour, minute, second, milli) = time.to_hms_milli();
    format!(
        "{}T{hour:02}:{minute:02}:{second:02}.{milli:03}+0000",
        date(time.date())
    )
}

/// `2021-11-06`.
pub(crate) fn parse_date(text: &str) -> Option<Date> {
    let (year, rest) = text.split_once('-')?;
    let (month, day) = rest.split_once('-')?;
    if (year.len(), month.len(), day.len()) != (4, 2, 2) {
        return None;
    }
    let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
    Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok()
}

/// `2021-11-06T17:38:40Z`, with or without fractions, with `Z`, `+01:00` or `+0100`.
pub(crate) fn parse_date_time(text: &str) -> Option<OffsetDateTime> {
    let (date, time) = text.split_once('T')?;
    let zone_at = time.find(['Z', 'z', '+', '-'])?;
    let (clock, zone) = time.split_at(zone_at);
    let (whole, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let mut parts = whole.splitn(3, ':').map(str::parse::<u8>);
    let hour = parts.next()?.ok()?;
    let minute = parts.next()?.ok()?;
    let second = parts.next()?.ok()?;
    let milli = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    let time = Time::from_hms_milli(hour, minute, second, milli).ok()?;
    let local = PrimitiveDateTime::new(parse_date(date)?, time);
    Some(local.assume_offset(offset(zone)?).to_offset(UtcOffset::UTC))
}

fn offset(zone: &str) -> Option<UtcOffset> {
    if zone.eq_ignore_ascii_case("z") {
        return Some(UtcOffset::UTC);
    }
    let digits = zone.get(1..)?.replace(':', "");
    if digits.len() != 4 {
        return None;
    }
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let hours: i8 = digits.get(..2)?.parse().ok()?;
    let minutes: i8 = digits.get(2..)?.parse().ok()?;
    UtcOffset::from_hms(sign * hours, sign * minutes, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_time_is_written_without_a_colon_in_its_offset() {
        let parsed = parse_date_time("2021-11-06T18:38:40+01:00").unwrap();
        assert_eq!(date_time(parsed), "2021-11-06T17:38:40.000+0000");
    }

    #[test]
    fn the_written_form_is_read_again() {
        let written = "2021-11-06T17:38:40.125+0000";
        assert_eq!(date_time(parse_date_time(written).unwrap()), written);
    }

    #[test]
    fn an_impossible_date_is_none() {
        assert_eq!(parse_date("2021-02-30"), None);
        assert_eq!(parse_date("21-2-3"), None);
        assert_eq!(parse_date_time("2021-11-06T25:00:00Z"), None);
    }

    #[test]
    fn text_is_compared_without_regard_to_case() {
        let order = Value::text("ÄPFEL").compare(&Value::text("äpfel"));
        assert_eq!(order, Some(Ordering::Equal));
    }
}
