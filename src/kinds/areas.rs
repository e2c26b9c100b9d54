//! Names of the telephone areas of mainland China, from the table in
//! `data/cn-areas.txt`: the code without the leading 0, a space, the place.
//!
//! Compiled from the Chinese area names of libphonenumber 9.0.43 (Apache-2.0).
//! Codes that were merged away before are read as areas and have no name here.

use std::sync::LazyLock;

static TABLE: LazyLock<Vec<(&'static str, &'static str)>> = LazyLock::new(|| {
    include_str!("data/cn-areas.txt")
        .lines()
        .filter_map(|line| line.split_once(' '))
        .collect()
});

/// The place of an area code of two or three digits, without the leading 0.
pub(crate) fn name(code: &str) -> Option<&'static str> {
    let at = TABLE
        .binary_search_by(|(known, _)| (*known).cmp(code))
        .ok()?;
    TABLE.get(at).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    #[test]
    fn areas_have_their_names() {
        assert!(super::TABLE.is_sorted());
        assert_eq!(super::name("10"), Some("北京市"));
        assert_eq!(super::name("755"), Some("广东省深圳市"));
        assert_eq!(super::name("261"), None);
        assert_eq!(super::name(""), None);
    }
}
