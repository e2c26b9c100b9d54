//! What the check found, in a type that cannot hold text of a release: places,
//! reasons and counts. Words for people, JSON for scripts, `leaks.csv`.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::io::{self, Write};

use serde::Serialize;

use super::manifest::ManifestFault;

/// What a finding is about; decides the exit code.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// An identifier or protected value in the release.
    Leak,
    /// A cell that does not fit the closed form of its column.
    Form,
    /// A figure of a table that must not be published as it is.
    Disclosure,
    /// A file is missing or not the one that the manifest vouches for.
    BrokenHash,
    /// A file, link or folder that has no place in a release.
    Files,
    /// The manifest, a header or the grammar of a file is not as it must be.
    Schema,
    /// Records do not add up.
    Balance,
    /// A table's words, order or figures are not as the format says.
    Table,
    /// A cell that a spreadsheet would run.
    Guard,
    /// A word that promises too much.
    Word,
    /// Others on this computer may read the release. A warning only.
    Permission,
}

/// Why. Holds no text of the release, so that it can be printed anywhere.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// A strict value of the input stands in the text.
    StrictValue,
    /// A weaker value of the input stands as a whole cell in its own column.
    OwnColumn,
    /// A weaker value of a record stands in that record's own text.
    OwnText,
    /// Text that reads as an identifier of the named kind.
    Identifier(&'static str),
    /// The cell does not fit its column's form.
    Misfit,
    /// A published figure below the table's minimum.
    BelowMinimum,
    /// A total less its published parts leaves too few, or less than nothing.
    Remainder,
    /// All published figures together leave a figure too few, but not none.
    Interval,
    /// Another SHA-256 than the manifest's.
    Digest,
    /// Named in the manifest and not there.
    Missing,
    /// There and not named in the manifest.
    Unlisted,
    /// A name that no file of a release has.
    Name,
    /// A symbolic link.
    Link,
    /// Neither a file nor the folder for tables.
    NotAFile,
    /// No manifest.
    NoManifest,
    /// A text larger than any that a release holds.
    TooLarge,
    /// A fault in the manifest.
    Manifest(ManifestFault),
    /// Made with another key than the one given.
    Key,
    /// The fingerprints belong to another policy or key than the release.
    OtherFingerprints,
    /// Header and manifest name different columns.
    Header,
    /// A record with too few or too many fields.
    Fields,
    /// A quote where the format has none.
    Quote,
    /// A carriage return outside quotes.
    Return,
    /// Bytes that are not UTF-8.
    Utf8,
    /// A NUL or another control character.
    Control,
    /// A record too long, or a quote that never closes.
    TooLong,
    /// The last line has no end.
    LastLine,
    /// A byte order mark too many, or one that is missing.
    Bom,
    /// A line that is not a flat JSON object of the format.
    JsonLine,
    /// A text that is not JSON with each key once.
    Json,
    /// Read is not written + withheld + quarantined.
    Unbalanced,
    /// Counts that the manifest must give are not there.
    CountsMissing,
    /// The extract has another number of records than the manifest says.
    Rows,
    /// A part of the extract has another number of records than its size.
    PartRows,
    /// Table rows are not sorted by code point.
    Order,
    /// The same cell twice in a table.
    Twice,
    /// A status word that the format does not have, or not for this cell.
    Status,
    /// A figure that is not a plain number.
    Figure,
    /// A withheld cell with a figure.
    WithheldFigure,
    /// Not guarded against spreadsheets.
    Unguarded,
    /// Fewer guarded cells than the manifest counts.
    GuardCount,
    /// A word that promises what nobody can promise.
    Promise,
    /// Readable by others on this computer.
    Readable,
}

impl Reason {
    /// The class that the reason belongs to.
    #[must_use]
    pub fn class(self) -> Class {
        match self {
            Self::StrictValue | Self::OwnColumn | Self::OwnText | Self::Identifier(_) => {
                Class::Leak
            }
            Self::Misfit => Class::Form,
            Self::BelowMinimum | Self::Remainder | Self::Interval | Self::WithheldFigure => {
                Class::Disclosure
            }
            Self::Digest | Self::Missing => Class::BrokenHash,
            Self::Unlisted
            | Self::Name
            | Self::Link
            | Self::NotAFile
            | Self::NoManifest
            | Self::TooLarge => Class::Files,
            Self::Manifest(_)
            | Self::Key
            | Self::OtherFingerprints
            | Self::Header
            | Self::Fields
            | Self::Quote
            | Self::Return
            | Self::Utf8
            | Self::Control
            | Self::TooLong
            | Self::LastLine
            | Self::Bom
            | Self::JsonLine
            | Self::Json => Class::Schema,
            Self::Unbalanced | Self::CountsMissing | Self::Rows | Self::PartRows => Class::Balance,
            Self::Order | Self::Twice | Self::Status | Self::Figure => Class::Table,
            Self::Unguarded | Self::GuardCount => Class::Guard,
            Self::Promise => Class::Word,
            Self::Readable => Class::Permission,
        }
    }

    /// A short word for files and scripts; does not change between versions.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::StrictValue => "strict-value",
            Self::OwnColumn => "own-column",
            Self::OwnText => "own-text",
            Self::Identifier(_) => "identifier",
            Self::Misfit => "form",
            Self::BelowMinimum => "below-minimum",
            Self::Remainder => "remainder",
            Self::Interval => "interval",
            Self::Digest => "digest",
            Self::Missing => "missing",
            Self::Unlisted => "unlisted",
            Self::Name => "name",
            Self::Link => "link",
            Self::NotAFile => "not-a-file",
            Self::NoManifest => "no-manifest",
            Self::TooLarge => "too-large",
            Self::Manifest(_) => "manifest",
            Self::Key => "key",
            Self::OtherFingerprints => "other-fingerprints",
            Self::Header => "header",
            Self::Fields => "fields",
            Self::Quote => "quote",
            Self::Return => "return",
            Self::Utf8 => "utf-8",
            Self::Control => "control",
            Self::TooLong => "too-long",
            Self::LastLine => "last-line",
            Self::Bom => "bom",
            Self::JsonLine => "json-line",
            Self::Json => "json",
            Self::Unbalanced => "unbalanced",
            Self::CountsMissing => "counts-missing",
            Self::Rows => "rows",
            Self::PartRows => "part-rows",
            Self::Order => "order",
            Self::Twice => "twice",
            Self::Status => "status",
            Self::Figure => "figure",
            Self::WithheldFigure => "withheld-figure",
            Self::Unguarded => "unguarded",
            Self::GuardCount => "guard-count",
            Self::Promise => "promise",
            Self::Readable => "readable",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self {
            Self::StrictValue => "a protected value of the input stands here",
            Self::OwnColumn => "a protected value of this column stands here as it was",
            Self::OwnText => "a protected value of this record stands in its own text",
            Self::Identifier(kind) => {
                return write!(f, "text here reads as an identifier ({kind})");
            }
            Self::Misfit => "the cell does not fit the form that the manifest gives its column",
            Self::BelowMinimum => "a published figure is below the table's minimum",
            Self::Remainder => {
                "this total less its published parts leaves fewer than the minimum, or less than nothing"
            }
            Self::Interval => {
                "all published figures together tell that a figure which is not shown is below the minimum, and not empty"
            }
            Self::Digest => {
                "the file is not the one that the manifest vouches for (SHA-256 differs)"
            }
            Self::Missing => "the manifest names this file, but it is not there",
            Self::Unlisted => "the file is not named in the manifest",
            Self::Name => "no file of a release has such a name",
            Self::Link => "a symbolic link has no place in a release",
            Self::NotAFile => "this is neither a file nor the folder for tables",
            Self::NoManifest => "there is no manifest.json: this is not a finished release",
            Self::TooLarge => "the file is larger than any such file of a release",
            Self::Manifest(fault) => return fault.fmt(f),
            Self::Key => "the release was made with another key than the one given",
            Self::OtherFingerprints => {
                "the private half belongs to another release (key or policy differ)"
            }
            Self::Header => "the header is not the list of columns in the manifest",
            Self::Fields => "the record has too few or too many fields",
            Self::Quote => "a quote stands where the format has none",
            Self::Return => "a carriage return stands outside quotes",
            Self::Utf8 => "the bytes are not UTF-8",
            Self::Control => "a control character stands in the text",
            Self::TooLong => "the record is too long, or a quote never closes",
            Self::LastLine => "the last line has no line end",
            Self::Bom => "the byte order mark is not as the manifest says",
            Self::JsonLine => "the line is not a flat JSON object with the columns in order",
            Self::Json => "the file is not JSON with each key once",
            Self::Unbalanced => "records read are not written + withheld + quarantined",
            Self::CountsMissing => "the manifest does not give the counts of records",
            Self::Rows => "the extract has another number of records than the manifest says",
            Self::PartRows => {
                "this part of the extract has another number of records than the manifest says"
            }
            Self::Order => "the rows are not sorted by code point",
            Self::Twice => "the same cell stands in the table twice",
            Self::Status => "the status is not a word of the format for such a cell",
            Self::Figure => "the figure is not a plain number",
            Self::WithheldFigure => "a withheld cell shows a figure",
            Self::Unguarded => "a spreadsheet would run this cell: the leading ' is missing",
            Self::GuardCount => {
                "fewer cells are guarded against spreadsheets than the manifest counts"
            }
            Self::Promise => "the text promises what nobody can promise",
            Self::Readable => {
                "other users of this computer may read it (0700 and 0600 are expected)"
            }
        };
        f.write_str(words)
    }
}

/// One thing that is wrong, and where. Never a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What it is about.
    pub class: Class,
    /// The file, relative to the release; a name that is not a plain one of a
    /// release is replaced by its place in the folder's listing.
    pub artefact: String,
    /// Line, 1-based, where the record begins.
    pub line: Option<u64>,
    /// Field in the record, 1-based.
    pub column: Option<u64>,
    /// Why.
    #[serde(serialize_with = "reason_text")]
    pub reason: Reason,
    /// How many places the same is true of, this one included; only the first
    /// ones are listed.
    pub places: u64,
}

fn reason_text<S: serde::Serializer>(reason: &Reason, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(reason)
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.artefact)?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        if let Some(column) = self.column {
            write!(f, ", column {column}")?;
        }
        write!(f, ": {}", self.reason)?;
        if self.places > 1 {
            write!(f, " (and {} more like it)", self.places - 1)?;
        }
        Ok(())
    }
}

/// What was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Files of the release, the manifest included.
    pub files: u64,
    /// Bytes of all files.
    pub bytes: u64,
    /// Records of the extract.
    pub rows: u64,
    /// Cells of the extract, empty ones included.
    pub cells: u64,
    /// Cells of codes, each checked symbol by symbol.
    pub codes: u64,
    /// Cells of tables.
    pub table_cells: u64,
    /// Totals of which something is left when their published parts are taken
    /// off: the most that any figure withheld below them can be.
    pub remainders: u64,
    /// The smallest of them; 0 where there is none.
    pub narrowest: u64,
    /// Guarded cells and headers seen.
    pub guarded: u64,
    /// Fingerprints of protected values hunted.
    pub fingerprints: u64,
    /// Hits of the approximate filter that were looked up exactly.
    pub looked_up: u64,
}

/// The outcome of a check.
#[derive(Clone, Debug, Serialize)]
pub struct Verdict {
    /// What is wrong, worst first, then by place.
    pub findings: Vec<Finding>,
    /// How many places are wrong, by class, listed or not.
    pub totals: BTreeMap<Class, u64>,
    /// What was looked at.
    pub counts: Counts,
    /// Whether the leak check was repeated with the fingerprints.
    pub repeated: bool,
    /// Cells equal to a weaker protected value of another column, or to a
    /// strict one that is also a date or a listed value: counted, no leak.
    pub coincidences: u64,
    /// What all published figures of each table together tell of those that are
    /// not shown, where that was asked for.
    pub intervals: Vec<super::Intervals>,
}

impl Verdict {
    /// Whether nothing but warnings was found.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.totals.keys().all(|class| *class == Class::Permission)
    }

    /// 0 passed; 3 a leak, a cell outside its form, or a figure below its
    /// minimum; 1 anything else that is wrong.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        if self
            .totals
            .keys()
            .any(|class| matches!(class, Class::Leak | Class::Form | Class::Disclosure))
        {
            3
        } else {
            u8::from(!self.passed())
        }
    }

    /// Takes over the verdict on another release of the same run.
    pub(super) fn absorb(&mut self, other: Self) {
        self.findings.extend(other.findings);
        for (class, count) in other.totals {
            *self.totals.entry(class).or_insert(0) += count;
        }
        let (a, b) = (&mut self.counts, other.counts);
        a.files += b.files;
        a.bytes += b.bytes;
        a.rows += b.rows;
        a.cells += b.cells;
        a.codes += b.codes;
        a.table_cells += b.table_cells;
        a.remainders += b.remainders;
        a.narrowest = match (a.narrowest, b.narrowest) {
            (0, other) | (other, 0) => other,
            (one, other) => one.min(other),
        };
        a.guarded += b.guarded;
        a.fingerprints = a.fingerprints.max(b.fingerprints);
        a.looked_up += b.looked_up;
        self.repeated &= other.repeated;
        self.coincidences += other.coincidences;
        self.intervals.extend(other.intervals);
    }

    /// Writes `leaks.csv`: artefact, line, column, reason of everything that
    /// counts as a leak; places and reasons, no values.
    ///
    /// # Errors
    /// What writing gives.
    pub fn write_leaks_csv(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(b"artefact,line,column,reason\n")?;
        for finding in &self.findings {
            if !matches!(finding.class, Class::Leak | Class::Form | Class::Disclosure) {
                continue;
            }
            let number = |n: Option<u64>| n.map(|n| n.to_string()).unwrap_or_default();
            let reason = match finding.reason {
                Reason::Identifier(kind) => format!("identifier:{kind}"),
                reason => reason.word().to_owned(),
            };
            writeln!(
                out,
                "{},{},{},{reason}",
                finding.artefact,
                number(finding.line),
                number(finding.column),
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let c = &self.counts;
        writeln!(
            f,
            "Looked at {} files, {} records, {} cells ({} codes checked), {} table cells.",
            c.files, c.rows, c.cells, c.codes, c.table_cells
        )?;
        if c.remainders > 0 {
            writeln!(
                f,
                "Tables: {} totals leave something when their published parts are taken off; the least that is left is {}: no narrower does any one total bound a withheld figure.",
                c.remainders, c.narrowest
            )?;
        }
        for found in &self.intervals {
            if let Some(why) = found.not_done {
                writeln!(
                    f,
                    "Table {}: what its figures ({}) together tell was not worked out: {why}.",
                    found.table, found.figure
                )?;
                continue;
            }
            write!(
                f,
                "Table {}: {} figures ({}) are not shown. ",
                found.table, found.unpublished, found.figure
            )?;
            match found.narrowest {
                Some(width) => write!(
                    f,
                    "From all published figures together, the narrowest interval of one that may be under the minimum is {width} wide, and {} cannot be both empty and as large as the minimum; ",
                    found.short
                )?,
                None => write!(f, "None of them can be under the minimum; ")?,
            }
            write!(
                f,
                "{} follow exactly, {} of them as empty",
                found.determined, found.empty
            )?;
            match found.unsolved {
                0 => writeln!(f, ".")?,
                n => writeln!(f, "; {n} were looked at sum by sum only.")?,
            }
        }
        if self.repeated {
            writeln!(
                f,
                "Leak check: hunted {} fingerprints of protected values; {} coincidences.",
                c.fingerprints, self.coincidences
            )?;
        } else {
            writeln!(
                f,
                "Leak check not repeated: it needs the private half and the key (--private, --key)."
            )?;
        }
        // One line for all that others may read: an unpacked release has many.
        let open = |finding: &&Finding| finding.class == Class::Permission;
        let mut warned = self.findings.iter().filter(open);
        if let Some(first) = warned.next() {
            write!(f, "warning: {}", first.artefact)?;
            match warned.count() {
                0 => {}
                more => write!(f, " and {more} more")?,
            }
            writeln!(f, ": {}", first.reason)?;
        }
        for finding in self.findings.iter().filter(|finding| !open(finding)) {
            writeln!(f, "error: {finding}")?;
        }
        match self.exit_code() {
            0 => writeln!(
                f,
                "The check found nothing. It searches; it does not prove that nothing is there."
            ),
            3 => writeln!(f, "The release must not be shared."),
            _ => writeln!(f, "The release is not as its manifest says."),
        }
    }
}

/// A place while files are still being read: lines count from the chunk.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Place {
    pub(super) artefact: u32,
    pub(super) chunk: u32,
    /// 1-based within the chunk; 0: no line.
    pub(super) line: u32,
    /// 1-based; 0: no column.
    pub(super) column: u32,
}

impl Place {
    /// A whole file.
    pub(super) fn file(artefact: u32) -> Self {
        Self {
            artefact,
            chunk: 0,
            line: 0,
            column: 0,
        }
    }
}

/// Places kept for each reason, artefact and column; the rest is counted.
const KEEP: usize = 50;

/// Findings of one worker, counted and cut to the first places. What is listed
/// does not depend on which worker met what.
#[derive(Default)]
pub(super) struct Tray {
    groups: BTreeMap<(Reason, u32, u32), Group>,
}

#[derive(Default)]
struct Group {
    count: u64,
    /// By what is the same text, its first place.
    places: HashMap<u64, Place>,
}

impl Group {
    fn add(&mut self, tag: u64, place: Place) {
        let first = self.places.entry(tag).or_insert(place);
        *first = place.min(*first);
        if self.places.len() > 4 * KEEP {
            self.cut();
        }
    }

    /// Keeps the texts that come first. One that is dropped has so many before
    /// it that it is not listed, wherever else it is met later.
    fn cut(&mut self) {
        if self.places.len() > KEEP {
            let mut places: Vec<Place> = self.places.values().copied().collect();
            places.sort_unstable();
            if let Some(last) = places.get(KEEP - 1) {
                self.places.retain(|_, place| *place <= *last);
            }
        }
    }
}

impl Tray {
    /// Notes a finding at a place of its own.
    pub(super) fn add(&mut self, reason: Reason, place: Place, count: u64) {
        let tag = u64::from(place.chunk) << 32 | u64::from(place.line);
        self.add_same(reason, tag, place, count);
    }

    /// Notes a finding at `count` places, of which `place` is the first here;
    /// findings of one tag are listed once.
    pub(super) fn add_same(&mut self, reason: Reason, tag: u64, place: Place, count: u64) {
        let group = self
            .groups
            .entry((reason, place.artefact, place.column))
            .or_default();
        group.count += count;
        group.add(tag, place);
    }

    /// Takes over another tray.
    pub(super) fn merge(&mut self, other: Self) {
        for (key, other) in other.groups {
            let group = self.groups.entry(key).or_default();
            group.count += other.count;
            for (tag, place) in other.places {
                group.add(tag, place);
            }
        }
    }

    /// Turns places into findings; `line` gives the number of lines before a
    /// chunk of an artefact.
    pub(super) fn finish(
        self,
        names: &[String],
        lines_before: impl Fn(u32, u32) -> u64,
    ) -> (Vec<Finding>, BTreeMap<Class, u64>) {
        let mut findings = Vec::new();
        let mut totals = BTreeMap::new();
        for ((reason, _, _), mut group) in self.groups {
            let class = reason.class();
            *totals.entry(class).or_insert(0) += group.count;
            group.cut();
            let mut places: Vec<Place> = group.places.into_values().collect();
            places.sort_unstable();
            let mut rest = group.count.saturating_sub(places.len() as u64);
            for place in places {
                let line = (place.line > 0)
                    .then(|| lines_before(place.artefact, place.chunk) + u64::from(place.line));
                findings.push(Finding {
                    class,
                    artefact: names
                        .get(place.artefact as usize)
                        .cloned()
                        .unwrap_or_default(),
                    line,
                    column: (place.column > 0).then_some(u64::from(place.column)),
                    reason,
                    places: 1 + std::mem::take(&mut rest),
                });
            }
        }
        findings.sort_by(|a, b| {
            (a.class, &a.artefact, a.line, a.column, a.reason).cmp(&(
                b.class,
                &b.artefact,
                b.line,
                b.column,
                b.reason,
            ))
        });
        (findings, totals)
    }
}
