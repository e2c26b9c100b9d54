//! The check's own reader of `manifest.json`: an in-toto Statement v1 with the
//! predicate `urn:offrecord:release:1`.
//!
//! It takes nothing on trust: duplicate keys, unknown fields at the levels that
//! a reader acts on, names that leave the folder and forms that are not known
//! are faults. A fault names a field of the format, never text of the file.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::form::Form;

/// Largest manifest that is read, in bytes.
pub(super) const MAX_MANIFEST: u64 = 64 << 20;

/// What is wrong with a field of the manifest.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord, Hash)]
pub enum ManifestFault {
    /// Not JSON, not UTF-8, nested too deep, a key twice in one object, or
    /// text after the end.
    Json,
    /// The field is missing or has another type.
    Missing(&'static str),
    /// The field holds a value that this version does not know.
    Unknown(&'static str),
    /// An object has a field that the format does not have.
    Surprise(&'static str),
    /// A name twice in a list where names are unique, or out of order.
    Order(&'static str),
}

impl fmt::Display for ManifestFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json => write!(f, "the manifest is not JSON with each key once"),
            Self::Missing(field) => {
                write!(f, "the manifest lacks {field}, or it has the wrong type")
            }
            Self::Unknown(field) => write!(
                f,
                "{field} in the manifest is not a value that this version knows"
            ),
            Self::Surprise(field) => write!(
                f,
                "{field} in the manifest holds a field that the format does not have"
            ),
            Self::Order(field) => write!(
                f,
                "{field} in the manifest is out of order or names something twice"
            ),
        }
    }
}

/// A file that the manifest vouches for.
pub(super) struct Subject {
    pub(super) name: String,
    pub(super) sha256: [u8; 32],
}

/// A column of the extract.
pub(super) struct Column {
    pub(super) name: String,
    pub(super) form: Form,
}

/// How the extract is written.
pub(super) struct Extract {
    pub(super) jsonl: bool,
    pub(super) bom: bool,
    pub(super) part_rows: Option<u64>,
    pub(super) guarded: Option<u64>,
}

/// A table.
pub(super) struct Table {
    pub(super) name: String,
    pub(super) by: Vec<Column>,
    pub(super) figures: Vec<String>,
    pub(super) min: u64,
    pub(super) perturbed: bool,
    pub(super) zeros_shown: bool,
    /// Where rows are totals of others.
    pub(super) subtotals: Option<Subtotals>,
}

/// Which rows of a table are totals of others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Subtotals {
    /// Levels of each dimension; its columns stand one after the other.
    pub(super) levels: Vec<usize>,
    /// Whether there are totals over each dimension.
    pub(super) totals: bool,
    /// The label of a level that is summed over.
    pub(super) label: String,
}

/// Counts of records; absent where they were merged.
#[derive(Default)]
pub(super) struct Records {
    pub(super) read: Option<u64>,
    pub(super) written: Option<u64>,
    pub(super) withheld: Option<u64>,
    pub(super) quarantined: Option<u64>,
    pub(super) kept_back: Option<u64>,
    pub(super) rounded: bool,
    pub(super) hidden_below: Option<u64>,
}

/// A manifest as far as the check needs it.
pub struct Manifest {
    pub(super) json: Value,
    pub(super) subjects: Vec<Subject>,
    pub(super) policy_sha256: String,
    pub(super) key_id: String,
    pub(super) records: Records,
    pub(super) columns: Vec<Column>,
    pub(super) extract: Option<Extract>,
    pub(super) tables: Vec<Table>,
    /// Whether the run was started without the approvals that it needed.
    pub(super) unapproved: bool,
    /// Every digest and key id in it, lower-case hex.
    pub(super) hashes: HashSet<String>,
}

impl fmt::Debug for Manifest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Manifest")
            .field("subjects", &self.subjects.len())
            .field("columns", &self.columns.len())
            .field("tables", &self.tables.len())
            .finish_non_exhaustive()
    }
}

/// JSON in which no object has a key twice.
pub(super) struct Once(pub(super) Value);

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Value;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "JSON")
            }
            fn visit_bool<E>(self, v: bool) -> Result<Value, E> {
                Ok(Value::Bool(v))
            }
            fn visit_i64<E>(self, v: i64) -> Result<Value, E> {
                Ok(v.into())
            }
            fn visit_u64<E>(self, v: u64) -> Result<Value, E> {
                Ok(v.into())
            }
            fn visit_f64<E>(self, v: f64) -> Result<Value, E> {
                Ok(v.into())
            }
            fn visit_str<E>(self, v: &str) -> Result<Value, E> {
                Ok(v.into())
            }
            fn visit_string<E>(self, v: String) -> Result<Value, E> {
                Ok(v.into())
            }
            fn visit_unit<E>(self) -> Result<Value, E> {
                Ok(Value::Null)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
                let mut list = Vec::new();
                while let Some(Once(value)) = seq.next_element()? {
                    list.push(value);
                }
                Ok(Value::Array(list))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
                let mut object = Map::new();
                while let Some((key, Once(value))) = map.next_entry::<String, Once>()? {
                    if object.insert(key, value).is_some() {
                        return Err(serde::de::Error::custom("a key twice"));
                    }
                }
                Ok(Value::Object(object))
            }
        }
        deserializer.deserialize_any(Each).map(Once)
    }
}

/// Reads a manifest. `Err` only where nothing can be read from it; other faults
/// are listed beside what was read.
///
/// # Errors
/// The first fault that leaves nothing to go on.
pub fn read_manifest(bytes: &[u8]) -> Result<(Manifest, Vec<ManifestFault>), ManifestFault> {
    use ManifestFault as F;
    let Once(json) = serde_json::from_slice(bytes).map_err(|_| F::Json)?;
    let mut faults = Vec::new();
    let top = json.as_object().ok_or(F::Missing("the statement"))?;
    surprises(
        top,
        &["_type", "subject", "predicateType", "predicate"],
        "the statement",
        &mut faults,
    );
    expect(
        top.get("_type"),
        "https://in-toto.io/Statement/v1",
        "_type",
        &mut faults,
    );
    expect(
        top.get("predicateType"),
        "urn:offrecord:release:1",
        "predicateType",
        &mut faults,
    );
    let mut hashes = HashSet::new();
    let subjects = subjects(top.get("subject"), &mut hashes, &mut faults)?;
    let predicate = top
        .get("predicate")
        .and_then(Value::as_object)
        .ok_or(F::Missing("predicate"))?;
    surprises(
        predicate,
        &[
            "policy",
            "recipient",
            "key_id",
            "tool",
            "kinds",
            "records",
            "columns",
            "extract",
            "tables",
            "checks",
            "row_risk",
            "ledger_head",
            "input",
            "house_rules",
            "exceptions",
            "subject",
            "approval",
            "family",
        ],
        "predicate",
        &mut faults,
    );

    let policy = predicate.get("policy");
    let policy_sha256 = match text(policy, "sha256").filter(|hex| is_hex(hex, 64)) {
        Some(hex) => hex.to_owned(),
        None => {
            faults.push(F::Missing("predicate.policy.sha256"));
            String::new()
        }
    };
    if text(policy, "name").is_none_or(str::is_empty) {
        faults.push(F::Missing("predicate.policy.name"));
    }
    if policy
        .and_then(|p| p.get("version"))
        .and_then(Value::as_u64)
        .is_none()
    {
        faults.push(F::Missing("predicate.policy.version"));
    }
    let key_id = match predicate.get("key_id") {
        Some(Value::String(id)) if is_hex(id, 16) => id.clone(),
        _ => {
            faults.push(F::Missing("predicate.key_id"));
            String::new()
        }
    };
    if !matches!(
        predicate.get("recipient"),
        Some(Value::Null | Value::String(_))
    ) {
        faults.push(F::Missing("predicate.recipient"));
    }
    if text(predicate.get("tool"), "version").is_none() {
        faults.push(F::Missing("predicate.tool"));
    }
    expect(
        predicate.get("tool").and_then(|tool| tool.get("name")),
        "offrecord",
        "predicate.tool.name",
        &mut faults,
    );
    kinds(predicate.get("kinds"), &mut faults);
    for (name, shown) in [
        ("checks", "predicate.checks"),
        ("row_risk", "predicate.row_risk"),
    ] {
        if !predicate.get(name).is_some_and(Value::is_object) {
            faults.push(F::Missing(shown));
        }
    }
    if !predicate.contains_key("ledger_head") {
        faults.push(F::Missing("predicate.ledger_head"));
    }

    let records = records(predicate.get("records"), &mut faults);
    let columns = match predicate.get("columns") {
        Some(Value::Array(list)) => {
            let read: Vec<Column> = list
                .iter()
                .filter_map(|item| column(item, "predicate.columns", &mut faults))
                .collect();
            let mut names = HashSet::new();
            if !read.iter().all(|column| names.insert(column.name.as_str())) {
                faults.push(F::Order("predicate.columns"));
            }
            read
        }
        _ => {
            faults.push(F::Missing("predicate.columns"));
            Vec::new()
        }
    };
    let extract = extract(predicate.get("extract"), &mut faults);
    if extract.is_some() && columns.is_empty() {
        faults.push(F::Missing("predicate.columns"));
    }
    let tables = tables(predicate.get("tables"), &mut faults);

    let unapproved = predicate
        .get("approval")
        .is_some_and(|approval| text(Some(approval), "state") == Some("unapproved"));
    hashes.insert(policy_sha256.clone());
    hashes.insert(key_id.clone());
    gather_hashes(&json, &mut hashes);
    Ok((
        Manifest {
            subjects,
            policy_sha256,
            key_id,
            records,
            columns,
            extract,
            tables,
            unapproved,
            hashes,
            json,
        },
        faults,
    ))
}

/// Hex digests under names that hold digests, and nowhere else.
fn gather_hashes(json: &Value, hashes: &mut HashSet<String>) {
    match json {
        Value::Object(object) => {
            for (key, value) in object {
                match value {
                    Value::String(hex)
                        if matches!(key.as_str(), "sha256" | "ledger_head") && is_hex(hex, 64) =>
                    {
                        hashes.insert(hex.clone());
                    }
                    value => gather_hashes(value, hashes),
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|value| gather_hashes(value, hashes)),
        _ => {}
    }
}

fn text<'a>(json: Option<&'a Value>, name: &str) -> Option<&'a str> {
    json.and_then(|json| json.get(name)).and_then(Value::as_str)
}

/// Lower-case hex of a fixed length.
pub(super) fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

fn expect(got: Option<&Value>, want: &str, field: &'static str, faults: &mut Vec<ManifestFault>) {
    match got {
        Some(Value::String(text)) if text == want => {}
        Some(Value::String(_)) => faults.push(ManifestFault::Unknown(field)),
        _ => faults.push(ManifestFault::Missing(field)),
    }
}

fn surprises(
    object: &Map<String, Value>,
    known: &[&str],
    field: &'static str,
    faults: &mut Vec<ManifestFault>,
) {
    if object.keys().any(|key| !known.contains(&key.as_str())) {
        faults.push(ManifestFault::Surprise(field));
    }
}

fn decode_sha256(hex: &str) -> Option<[u8; 32]> {
    if !is_hex(hex, 64) {
        return None;
    }
    let mut digest = [0u8; 32];
    for (byte, [high, low]) in digest.iter_mut().zip(hex.as_bytes().as_chunks::<2>().0) {
        let value = |c: u8| if c <= b'9' { c - b'0' } else { c - b'a' + 10 };
        *byte = value(*high) << 4 | value(*low);
    }
    Some(digest)
}

/// Whether a name is one or more plain components that stay inside the folder.
pub(super) fn is_plain_path(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 1024
        && name.split('/').all(|part| {
            !part.is_empty()
                && part.len() <= 255
                && !part.starts_with('.')
                && part
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
        })
}

fn subjects(
    json: Option<&Value>,
    hashes: &mut HashSet<String>,
    faults: &mut Vec<ManifestFault>,
) -> Result<Vec<Subject>, ManifestFault> {
    let list = json
        .and_then(Value::as_array)
        .ok_or(ManifestFault::Missing("subject"))?;
    let mut subjects: Vec<Subject> = Vec::with_capacity(list.len());
    for item in list {
        let name = text(Some(item), "name").filter(|name| is_plain_path(name));
        let hex = text(item.get("digest"), "sha256");
        let (Some(name), Some(hex), Some(sha256)) = (name, hex, hex.and_then(decode_sha256)) else {
            faults.push(ManifestFault::Missing("a subject's name or SHA-256"));
            continue;
        };
        if let Some(object) = item.as_object() {
            surprises(object, &["name", "digest"], "subject", faults);
        }
        if let Some(object) = item.get("digest").and_then(Value::as_object) {
            surprises(object, &["sha256"], "subject.digest", faults);
        }
        if name == "manifest.json"
            || subjects
                .last()
                .is_some_and(|before| before.name.as_str() >= name)
        {
            faults.push(ManifestFault::Order("subject"));
        }
        hashes.insert(hex.to_owned());
        subjects.push(Subject {
            name: name.to_owned(),
            sha256,
        });
    }
    Ok(subjects)
}

fn kinds(json: Option<&Value>, faults: &mut Vec<ManifestFault>) {
    let Some(list) = json.and_then(Value::as_array) else {
        faults.push(ManifestFault::Missing("predicate.kinds"));
        return;
    };
    for item in list {
        let known = item
            .as_str()
            .and_then(|text| text.split_once('@'))
            .and_then(|(name, version)| {
                let kind = crate::kinds::find(name)?;
                Some(kind.version().to_string() == version)
            });
        if known != Some(true) {
            faults.push(ManifestFault::Unknown("predicate.kinds"));
        }
    }
}

fn records(json: Option<&Value>, faults: &mut Vec<ManifestFault>) -> Records {
    let Some(object) = json.and_then(Value::as_object) else {
        faults.push(ManifestFault::Missing("predicate.records"));
        return Records::default();
    };
    let mut count = |name: &str| match object.get(name) {
        None | Some(Value::Null) => None,
        Some(value) => {
            if value.as_u64().is_none() {
                faults.push(ManifestFault::Unknown("predicate.records"));
            }
            value.as_u64()
        }
    };
    Records {
        read: count("read"),
        written: count("written"),
        withheld: count("withheld"),
        quarantined: count("quarantined"),
        kept_back: count("kept_back"),
        hidden_below: count("hidden_below"),
        rounded: object
            .get("rounded")
            .is_some_and(|v| v != &Value::Bool(false)),
    }
}

fn column(json: &Value, field: &'static str, faults: &mut Vec<ManifestFault>) -> Option<Column> {
    let name = text(Some(json), "name").filter(|name| !name.is_empty());
    let form = json.get("form").and_then(Form::compile);
    match (name, form) {
        (Some(name), Some(form)) => Some(Column {
            name: name.to_owned(),
            form,
        }),
        (None, _) => {
            faults.push(ManifestFault::Missing(field));
            None
        }
        (_, None) => {
            faults.push(ManifestFault::Unknown(match field {
                "predicate.columns" => "a column's form",
                _ => "a table column's form",
            }));
            None
        }
    }
}

fn extract(json: Option<&Value>, faults: &mut Vec<ManifestFault>) -> Option<Extract> {
    let field = "predicate.extract";
    let object = match json {
        Some(Value::Null) => return None,
        Some(Value::Object(object)) => object,
        _ => {
            faults.push(ManifestFault::Missing(field));
            return None;
        }
    };
    let jsonl = match object.get("format").and_then(Value::as_str) {
        Some("csv") => false,
        Some("jsonl") => true,
        _ => {
            faults.push(ManifestFault::Unknown("predicate.extract.format"));
            return None;
        }
    };
    if !matches!(
        object.get("order").and_then(Value::as_str),
        Some("shuffled" | "input")
    ) {
        faults.push(ManifestFault::Unknown("predicate.extract.order"));
    }
    let mut count = |name: &str| match object.get(name) {
        None | Some(Value::Null) => None,
        Some(value) => {
            if value.as_u64().is_none() {
                faults.push(ManifestFault::Unknown(field));
            }
            value.as_u64()
        }
    };
    Some(Extract {
        jsonl,
        part_rows: count("part_rows"),
        guarded: count("guarded_cells"),
        bom: object.get("bom") == Some(&Value::Bool(true)),
    })
}

fn tables(json: Option<&Value>, faults: &mut Vec<ManifestFault>) -> Vec<Table> {
    let field = "predicate.tables";
    let Some(list) = json.and_then(Value::as_array) else {
        faults.push(ManifestFault::Missing(field));
        return Vec::new();
    };
    let mut names = HashSet::new();
    let mut tables = Vec::new();
    for item in list {
        let name = text(Some(item), "name").filter(|name| is_policy_name(name));
        let by = item.get("by").and_then(Value::as_array);
        let figures = item.get("figures").and_then(Value::as_array);
        let min = item.get("min").and_then(Value::as_u64);
        let (Some(name), Some(by), Some(figures), Some(min)) = (name, by, figures, min) else {
            faults.push(ManifestFault::Missing(field));
            continue;
        };
        let known = by.len();
        let by: Vec<Column> = by
            .iter()
            .filter_map(|json| column(json, field, faults))
            .collect();
        let figures: Vec<String> = figures
            .iter()
            .filter_map(|figure| figure.as_str().map(str::to_owned))
            .collect();
        if by.len() != known || figures.is_empty() || !names.insert(name) {
            faults.push(ManifestFault::Order(field));
            continue;
        }
        let protect = item.get("protect").and_then(Value::as_str);
        if !matches!(protect, Some("suppress" | "cell-key")) {
            faults.push(ManifestFault::Unknown("predicate.tables.protect"));
        }
        let zeros = item.get("zeros").and_then(Value::as_str);
        if !matches!(zeros, Some("protect" | "publish")) {
            faults.push(ManifestFault::Unknown("predicate.tables.zeros"));
        }
        let subtotals = match item.get("subtotals").map(|json| subtotals(json, by.len())) {
            None => None,
            Some(Some(subtotals)) => Some(subtotals),
            Some(None) => {
                faults.push(ManifestFault::Unknown("predicate.tables.subtotals"));
                None
            }
        };
        tables.push(Table {
            name: name.to_owned(),
            subtotals,
            by,
            figures,
            min,
            perturbed: protect == Some("cell-key"),
            zeros_shown: zeros == Some("publish"),
        });
    }
    tables
}

/// Which rows are totals: levels that cover the columns, and the label.
fn subtotals(json: &Value, columns: usize) -> Option<Subtotals> {
    let levels: Vec<usize> = json
        .get("levels")?
        .as_array()?
        .iter()
        .map(|levels| usize::try_from(levels.as_u64()?).ok())
        .collect::<Option<_>>()?;
    let label = json.get("label")?.as_str()?.to_owned();
    let covered = levels
        .iter()
        .try_fold(0usize, |sum, levels| sum.checked_add(*levels));
    let good = covered == Some(columns) && !levels.contains(&0) && !label.is_empty();
    good.then_some(Subtotals {
        levels,
        totals: json.get("totals")?.as_bool()?,
        label,
    })
}

/// Names of policies, tables and recipients.
pub(super) fn is_policy_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 200
        && name
            .bytes()
            .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(read_manifest(&bytes).is_err());
        }
    }

    #[test]
    fn a_key_twice_is_not_json_for_us() {
        assert_eq!(
            read_manifest(br#"{"_type":"a","_type":"b"}"#).unwrap_err(),
            ManifestFault::Json
        );
        assert_eq!(
            read_manifest(br#"{"a":{"b":1,"b":2}}"#).unwrap_err(),
            ManifestFault::Json
        );
    }

    #[test]
    fn names_that_leave_the_folder_are_not_names() {
        for bad in [
            "", "..", "a/../b", "/a", "a//b", "a\\b", ".hidden", "a/.b", "ü", "a b", "a\nb",
        ] {
            assert!(!is_plain_path(bad), "{bad:?}");
        }
        assert!(is_plain_path("tables/members-by-sector.csv"));
    }
}
