//! The kind `coordinates`: a place on the earth by latitude and longitude.
//!
//! Two angles, each decimal degrees (`39.9042`), or degrees, minutes and
//! seconds (`39°54′15″`, `39度54分15秒`), with or without a hemisphere before or
//! after it (`N`, `S`, `E`, `W`, `北纬`, `东经`, …), parted by a comma, semicolon,
//! slash or white space; `geo:` may stand before them. Without hemispheres the
//! first is the latitude, as ISO 6709 has it; only where the first cannot be
//! one (beyond 90) it is the longitude.
//!
//! Normal form: `latitude,longitude` in decimal degrees with five decimals,
//! which is a metre, rounded half away from zero; `-0.00000` is `0.00000`.
//! Altitudes, other grids and single angles are refused.

use super::facts::InText;
use super::unicode::{digit_value, is_format, narrow};
use super::{Facts, Kind, KindOptions, Misfit};
use regex::{Captures, Regex};
use std::sync::LazyLock;

/// `coordinates`: see the head of this file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Coordinates;

static FACTS: Facts = Facts {
    title: "a place by latitude and longitude, to five decimals",
    local: "经纬度",
    check: "90 and 180 degrees, 60 minutes and seconds",
    reveals: "a place to a metre, often a home",
    chance: 0.1,
    in_text: InText::Bare,
    words: &[
        "坐标",
        "座標",
        "经纬度",
        "gps",
        "coordinates",
        "latlng",
        "lat",
        "координаты",
    ],
    source: "ISO 6709; RFC 5870",
    right: &[
        ("39.90420, 116.40740", "39.90420,116.40740"),
        ("39°54′15″N 116°24′27″E", "39.90417,116.40750"),
        ("北纬39度54分15秒，东经116度24分27秒", "39.90417,116.40750"),
        ("116.4074,39.9042", "39.90420,116.40740"),
        ("S33.8688 E151.2093", "-33.86880,151.20930"),
    ],
    wrong: &[
        ("39.9042", Misfit::Form),
        ("139.9042, 216.4074", Misfit::OutOfRange),
        ("39°74′N 116°24′E", Misfit::OutOfRange),
        ("N39.9042 N116.4074", Misfit::Form),
    ],
    ..Facts::NONE
};

/// Degrees with their sign and mark, minutes, seconds.
const DEGREES: &str = r#"([+\-−]?)(\d{1,3}(?:\.\d{1,12})?)(?:\s*([°º˚度])(?:\s*(\d{1,2}(?:\.\d{1,9})?)\s*[′'’分](?:\s*(\d{1,2}(?:\.\d{1,9})?)\s*(?:″|"|”|''|′′|秒))?)?)?"#;

/// Two angles and what parts them; the hemispheres before them, or behind them
/// or nowhere. The groups are numbered alike.
pub(super) static PAIRS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let gap = r"(\s*[,，、;；/]\s*|\s*)";
    let before = format!(r"([NSEWnsew]|[东東西][经經]|[南北][纬緯])[\s:：]*{DEGREES}()");
    let behind = format!(r"(){DEGREES}(?:\s*([NSEWnsew]))?");
    [before, behind]
        .iter()
        .filter_map(|angle| Regex::new(&format!("{angle}{gap}{angle}")).ok())
        .collect()
});

/// One angle as written, on its way to a number.
struct Angle {
    /// Ten-millionths of a degree, signed.
    units: i128,
    /// Some(true) for a latitude by its hemisphere.
    latitude: Option<bool>,
    decimals: usize,
    marked: bool,
}

const DEGREE: i128 = 10_000_000_000;

fn decimal(text: &str) -> Option<i128> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let mut n: i128 = whole.parse::<i128>().ok()?.checked_mul(DEGREE)?;
    let mut place = DEGREE / 10;
    for b in part.bytes() {
        n += i128::from(b.wrapping_sub(b'0')) * place;
        place /= 10;
    }
    Some(n)
}

fn angle(found: &Captures<'_>, from: usize) -> Result<Angle, Misfit> {
    let get = |at: usize| found.get(from + at).map_or("", |m| m.as_str());
    let degrees = get(2);
    let (minutes, seconds) = (get(4), get(5));
    if !minutes.is_empty() && degrees.contains('.') || !seconds.is_empty() && minutes.contains('.')
    {
        return Err(Misfit::Form);
    }
    let read = |text: &str| {
        if text.is_empty() {
            Some(0)
        } else {
            decimal(text)
        }
    };
    let all = (read(degrees), read(minutes), read(seconds));
    let (Some(d), Some(m), Some(s)) = all else {
        return Err(Misfit::Form);
    };
    if m >= 60 * DEGREE || s >= 60 * DEGREE {
        return Err(Misfit::OutOfRange);
    }
    let mut units = (d * 3600 + m * 60 + s) / 3600;
    let (before, after) = (get(0), get(6));
    if !before.is_empty() && !after.is_empty() {
        return Err(Misfit::Form);
    }
    let side = if before.is_empty() { after } else { before };
    let side = side.chars().next().map(|c| c.to_ascii_lowercase());
    let latitude = match side {
        Some('n' | 's' | '北' | '南') => Some(true),
        Some('e' | 'w' | '东' | '東' | '西') => Some(false),
        _ => None,
    };
    let minus = matches!(get(1), "-" | "−");
    if minus && side.is_some() {
        return Err(Misfit::Form);
    }
    if minus || matches!(side, Some('s' | 'w' | '南' | '西')) {
        units = -units;
    }
    Ok(Angle {
        units,
        latitude,
        decimals: degrees.split_once('.').map_or(0, |(_, part)| part.len()),
        marked: !get(3).is_empty() || side.is_some(),
    })
}

/// What a pair that was found is: latitude, longitude in units of [`DEGREE`],
/// and whether its writing alone says that it is a place.
fn pair(found: &Captures<'_>) -> Result<(i128, i128, bool), Misfit> {
    let first = angle(found, 1)?;
    let second = angle(found, 9)?;
    let gap = found.get(8).map_or("", |m| m.as_str());
    // Two bare numbers without anything between are one number.
    if gap.is_empty() && !(first.marked || second.marked) {
        return Err(Misfit::Form);
    }
    let telling = first.marked && second.marked
        || (first.decimals.min(second.decimals) >= 4 && !gap.trim().is_empty());
    let beyond = |a: &Angle| a.units.abs() > 90 * DEGREE;
    let (latitude, longitude) = match (first.latitude, second.latitude) {
        (Some(true), Some(false)) => (first, second),
        (Some(false), Some(true)) => (second, first),
        (None, None) if beyond(&first) && !beyond(&second) => (second, first),
        (None, None) => (first, second),
        _ => return Err(Misfit::Form),
    };
    if beyond(&latitude) || longitude.units.abs() > 180 * DEGREE {
        return Err(Misfit::OutOfRange);
    }
    Ok((latitude.units, longitude.units, telling))
}

/// Whether a pair in a text is a place, and whether its writing alone says so.
pub(super) fn is_place(found: &Captures<'_>) -> Option<bool> {
    pair(found).ok().map(|(_, _, telling)| telling)
}

fn write(units: i128, out: &mut String) {
    let step = DEGREE / 100_000;
    let n = (units.abs() + step / 2) / step;
    if units < 0 && n > 0 {
        out.push('-');
    }
    let (whole, part) = (n / 100_000, n % 100_000);
    out.push_str(&format!("{whole}.{part:05}"));
}

impl Kind for Coordinates {
    fn name(&self) -> &'static str {
        "coordinates"
    }

    fn version(&self) -> u32 {
        1
    }

    fn normalise(&self, value: &str, _: &KindOptions, out: &mut String) -> Result<(), Misfit> {
        out.clear();
        let value = value.trim();
        if value.is_empty() {
            return Err(Misfit::Empty);
        }
        // Cheap first: most cells are no place.
        if value.len() > 256 || value.chars().filter(|c| digit_value(*c).is_some()).count() < 2 {
            return Err(Misfit::Form);
        }
        let text: String = value
            .chars()
            .filter(|c| !is_format(*c))
            .map(|c| {
                let c = narrow(c);
                digit_value(c).map_or(c, |d| char::from(b'0' + d))
            })
            .collect();
        let text = text.strip_prefix("geo:").unwrap_or(&text);
        let text = text
            .strip_prefix('(')
            .and_then(|rest| rest.strip_suffix(')'))
            .unwrap_or(text)
            .trim();
        let found = PAIRS
            .iter()
            .filter_map(|pair| pair.captures(text))
            .find(|found| found.get(0).is_some_and(|all| all.as_str() == text))
            .ok_or(Misfit::Form)?;
        let (latitude, longitude, _) = pair(&found)?;
        write(latitude, out);
        out.push(',');
        write(longitude, out);
        Ok(())
    }

    fn strict(&self) -> bool {
        false
    }

    /// Land of the earth by 10 metres.
    fn space(&self) -> Option<f64> {
        Some(1.5e12)
    }

    fn facts(&self) -> &Facts {
        &FACTS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Result<String, Misfit> {
        let mut out = String::new();
        Coordinates.normalise(value, &KindOptions::default(), &mut out)?;
        Ok(out)
    }

    #[test]
    fn the_forms_of_one_place_are_one() {
        for value in [
            "39.9042,116.4074",
            "39.9042 116.4074",
            "(39.9042, 116.4074)",
            "geo:39.9042,116.4074",
            "39.9042°N, 116.4074°E",
            "N39.9042 E116.4074",
            "北纬39.9042°，东经116.4074°",
            "东经116.4074 北纬39.9042",
            "116.4074, 39.9042",
            "３９．９０４２，１１６．４０７４",
            "39°54.252′N 116°24.444′E",
            "39°54'15.12\"N 116°24'26.64\"E",
        ] {
            assert_eq!(read(value).as_deref(), Ok("39.90420,116.40740"), "{value}");
        }
        assert_eq!(read("-0.000001, -0.1").as_deref(), Ok("0.00000,-0.10000"));
    }

    #[test]
    fn decimals_versions_and_times_are_no_places() {
        for value in [
            "3.14",
            "1.2.3.4",
            "12:30",
            "2026-11-23",
            "39",
            "39.9042116.4074",
            "1,234,567.89",
            "39.9042,116.4074,12",
            "N39.9042 N116.4074",
            "91, 181",
            "39°61'N 116°E",
        ] {
            assert!(read(value).is_err(), "{value}");
        }
    }
}
