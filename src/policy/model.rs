//! What a policy says, as typed values that remember where in the text they stand.
//!
//! A model is well-formed by construction: the parser has checked words,
//! required keys and the references inside the file. What needs a header, an
//! engine or the house rules is checked by `plan`.

use std::ops::Range;
use std::sync::Arc;

use jiff::civil::Date;

/// Bytes `start..end` of the policy text.
pub type Span = Range<usize>;

/// A value and where it stands in the policy text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At<T> {
    /// What was written.
    pub value: T,
    /// Where.
    pub at: Span,
}

/// One policy file.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Name of the file as shown in messages, cleaned of control characters.
    pub file: String,
    /// The exact text, for messages that point at it.
    pub text: Arc<str>,
    /// Project part of `policy = "project/name"`; it separates pseudonyms.
    pub project: String,
    /// Name part.
    pub name: String,
    /// The data these releases come from: the ledger's scope.
    pub family: Option<String>,
    /// Version that people count by.
    pub version: u64,
    /// Purpose in plain words.
    pub purpose: At<String>,
    /// Last day on which a run is allowed.
    pub valid_until: Option<At<Date>>,
    /// What happens to a column that no rule names.
    pub unlisted: Unlisted,
    /// Lawful basis, in the order written: key, text.
    pub basis: Vec<(String, String)>,
    /// Recipients, in the order written; empty means one release for all.
    pub recipients: Vec<Recipient>,
    /// How the input is read.
    pub input: InputSpec,
    /// Whom a record is about.
    pub subject: Option<Subject>,
    /// Domains of pseudonyms, declared or implied by use, in order of appearance.
    pub domains: Vec<Domain>,
    /// Grounds: name and text, in the order written.
    pub grounds: Vec<(String, At<String>)>,
    /// Column rules in the order written, which is the order of the output.
    pub columns: Vec<ColumnRule>,
    /// Which records may leave at all.
    pub rows: Vec<RowRule>,
    /// The row extract; without it no rows leave.
    pub extract: Option<Extract>,
    /// Tables.
    pub tables: Vec<Table>,
    /// The policy's own examples.
    pub examples: Vec<Example>,
    /// What the policy says of itself: it may become tighter than this, not looser.
    pub holds: Option<Holds>,
    /// Named exceptions to house rules, lint findings and coincidences.
    pub exceptions: Vec<Exception>,
    /// Files that the policy names, in order of appearance, read once.
    pub files: Vec<NamedFile>,
    /// SHA-256 identity: what approvals bind to and codes of order depend on.
    pub identity: [u8; 32],
}

/// `unlisted`: there is no word that keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unlisted {
    /// An unknown column stops the run.
    Refuse,
    /// Unknown columns do not leave.
    Drop,
}

/// A section `[recipients.ID]`.
#[derive(Debug, Clone)]
pub struct Recipient {
    /// Identifier: `[a-z0-9-]+`.
    pub id: At<String>,
    /// Full name.
    pub name: Option<String>,
    /// Country.
    pub country: Option<String>,
    /// Role in law.
    pub role: Option<String>,
    /// Transfer instrument.
    pub transfer: Option<String>,
    /// When the recipient must delete.
    pub delete_by: Option<Date>,
}

/// File formats of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Delimited text.
    Csv,
    /// One JSON object a line.
    Jsonl,
}

/// What happens to records that cannot be read for certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bad {
    /// Listed in the quarantine.
    Quarantine,
    /// The run stops.
    Refuse,
}

/// Section `[input]`, defaults filled in.
#[derive(Debug, Clone)]
pub struct InputSpec {
    /// File format.
    pub format: Format,
    /// Encoding label as written (WHATWG labels, plus utf-32).
    pub encoding: At<String>,
    /// Field delimiter.
    pub delimiter: u8,
    /// Quote byte; `None` where the policy says `quote = ""`.
    pub quote: Option<u8>,
    /// Whether the first record names the columns; without, columns are named 1, 2, ….
    pub header: bool,
    /// Texts that mean "missing", trimmed; default `[""]`.
    pub missing: Vec<String>,
    /// What happens to unreadable records.
    pub bad: Bad,
    /// Largest share of unreadable records; default 0.01.
    pub max_bad: f64,
    /// Expected records, for the odds of a collision.
    pub rows: Option<u64>,
    /// Largest field in bytes of UTF-8 (default 1 MiB).
    pub max_field: usize,
    /// Largest record in bytes of UTF-8 (default 4 MiB).
    pub max_record: usize,
    /// Most columns (default 4096).
    pub max_columns: usize,
    /// `hash = "plain"`: publish the input's hash; holds the why.
    pub publish_hash: Option<At<String>>,
}

/// Section `[subject]`.
#[derive(Debug, Clone)]
pub struct Subject {
    /// Column that identifies the person.
    pub column: At<String>,
    /// Domain of the person's code.
    pub domain: String,
    /// What a record without an identifier counts as.
    pub missing: SubjectMissing,
}

/// `[subject] missing`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubjectMissing {
    /// A subject of its own.
    OwnRecord,
    /// Not counted as a person.
    Exclude,
}

/// A namespace of pseudonyms.
#[derive(Debug, Clone)]
pub struct Domain {
    /// Name.
    pub name: String,
    /// One to three letters A–Z.
    pub prefix: String,
    /// 80 or 128.
    pub bits: u32,
    /// Where it is declared.
    pub at: Span,
}

/// What happens to a value that does not fit its rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Invalid {
    /// The record is quarantined (the default).
    Quarantine,
    /// The value becomes empty and is counted.
    Withhold,
    /// The run stops.
    Refuse,
}

/// Class of a column in disclosure control.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// Direct identifier.
    Direct,
    /// Quasi-identifier (what leaves in rows, unless said otherwise).
    Quasi,
    /// Sensitive attribute.
    Sensitive,
    /// Neither; the rule's why covers it.
    None,
}

/// A section `[columns.NAME]`.
#[derive(Debug, Clone)]
pub struct ColumnRule {
    /// Column name as in the header.
    pub name: At<String>,
    /// What the policy does to it.
    pub treatment: Treatment,
    /// Where `do` stands.
    pub do_at: Span,
    /// Kind of the values: as written, else as the treatment implies it (`to`
    /// reads dates, `bands` numbers, listed values text, …; `at` is then the
    /// key that implies it). `None` where nothing reads the value.
    pub kind: Option<At<String>>,
    /// ISO 3166 code for phones without + or 00.
    pub region: Option<At<String>>,
    /// Written form of dates other than the five that are always read (strptime words: %Y %m %d %b …).
    pub format: Option<At<String>>,
    /// What happens to values that do not fit.
    pub invalid: Invalid,
    /// The form in which tables may use the column.
    pub tables: Option<At<General>>,
    /// Class, where written.
    pub class: Option<At<Class>>,
    /// Output name (`as`).
    pub rename: Option<At<String>>,
    /// `own_row = false`: this column's value is not hunted in the record's own text.
    pub own_row: bool,
    /// Name of the ground the rule rests on.
    pub ground: At<String>,
    /// Reason.
    pub why: At<String>,
}

/// The `do` of a column with its parameters.
#[derive(Debug, Clone)]
pub enum Treatment {
    /// The column does not leave.
    Drop,
    /// The normalised value leaves where it fits the closed form.
    Keep(KeepForm),
    /// A keyed code.
    Pseudonymise {
        /// Domain of the code.
        domain: At<String>,
    },
    /// Some characters, the rest covered, constant length.
    Mask {
        /// Characters kept at the start.
        first: usize,
        /// Characters kept at the end.
        last: usize,
        /// Covering character.
        with: char,
    },
    /// A coarser value.
    Generalise(General),
    /// Spans inside free text replaced.
    Redact {
        /// Kinds to find, `own-row` not included.
        find: Vec<At<String>>,
        /// Whether `own-row` is asked for.
        own_row: bool,
        /// Columns whose names, of the whole register, are found; empty unless
        /// `register-names` is asked for.
        names_from: Vec<At<String>>,
        /// A file of names, one a line: index into `Policy::files`. None unless
        /// `listed-names` is asked for.
        names_in: Option<At<usize>>,
        /// How a found span is written.
        label: RedactLabel,
    },
    /// A constant.
    Replace {
        /// The constant.
        with: String,
    },
    /// The date moved by the subject's own offset.
    Shift {
        /// Subject column.
        by: At<String>,
        /// Largest move in days, at least 1.
        within: u32,
    },
}

/// Closed form of a kept column; at least one of the three is present
/// (`kind` alone gives `Kind`).
#[derive(Debug, Clone)]
pub enum KeepForm {
    /// Whatever the kind accepts; `max` characters for `text`.
    Kind {
        /// Longest text in characters (200 unless written).
        max: usize,
    },
    /// Listed values, compared after normalisation.
    Values(Vec<String>),
    /// A pattern that the whole normalised value must match.
    Pattern(At<String>),
}

/// How a value is made coarser; also how tables may use a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum General {
    /// The value as rows or the source have it (`tables = "keep"` only).
    Keep,
    /// `to` a span of the calendar.
    Date(DateLevel),
    /// `to = "n-years"` of age at a day: needs `at`.
    Age {
        /// Width of an age band in years; `Bands` holds explicit limits instead.
        bands: AgeBands,
        /// The day on which ages are taken.
        at: Date,
    },
    /// Half-open number bands: limits in rising order, at least two; exact decimals as written.
    Bands(Vec<String>),
    /// A two-column CSV file: value, general. Index into `Policy::files`.
    Map(usize),
    /// A hierarchy file and the level (1 = first coarser column). Index into `Policy::files`.
    Hierarchy {
        /// Index into `Policy::files`.
        file: usize,
        /// Column of the file, 1 = the first after the value itself.
        level: usize,
    },
    /// The first characters of the normalised value.
    Prefix(usize),
    /// `to` an area: of an address, a postcode or a code.
    Area(AreaLevel),
}

/// Areas, each nested in the next of its country.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AreaLevel {
    /// County or district of China.
    County,
    /// Prefecture or city of China.
    City,
    /// Province of China.
    Province,
    /// Sector of a postcode of the United Kingdom.
    Sector,
    /// District of one.
    District,
    /// Area of one.
    Area,
    /// Three digits of a ZIP code, `000` where few live.
    Zip3,
}

impl AreaLevel {
    /// Every level; those of a country stand together, the finest first.
    pub const ALL: [AreaLevel; 7] = [
        AreaLevel::County,
        AreaLevel::City,
        AreaLevel::Province,
        AreaLevel::Sector,
        AreaLevel::District,
        AreaLevel::Area,
        AreaLevel::Zip3,
    ];

    /// The word of the policy.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            AreaLevel::County => "county",
            AreaLevel::City => "city",
            AreaLevel::Province => "province",
            AreaLevel::Sector => "sector",
            AreaLevel::District => "district",
            AreaLevel::Area => "area",
            AreaLevel::Zip3 => "zip3",
        }
    }

    /// Country and how coarse within it.
    pub(crate) fn place(self) -> (&'static str, u8) {
        match self {
            AreaLevel::County => ("CN", 0),
            AreaLevel::City => ("CN", 1),
            AreaLevel::Province => ("CN", 2),
            AreaLevel::Sector => ("GB", 0),
            AreaLevel::District => ("GB", 1),
            AreaLevel::Area => ("GB", 2),
            AreaLevel::Zip3 => ("US", 0),
        }
    }
}

/// Age bands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AgeBands {
    /// Every n years from 0.
    Every(u32),
    /// Rising limits; the last opens "N and over".
    Limits(Vec<u32>),
}

/// Spans of the calendar, each nested in the next where the words say so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateLevel {
    /// 1975-03-09
    Day,
    /// 1975-03
    Month,
    /// 1975-Q1
    Quarter,
    /// 1975
    Year,
    /// 1975-1979, on multiples of n (2 to 100)
    Years(u32),
    /// 1970-1979
    Decade,
}

impl DateLevel {
    /// Its length in days, near enough for comparing.
    #[must_use]
    pub fn length(self) -> u32 {
        match self {
            DateLevel::Day => 1,
            DateLevel::Month => 30,
            DateLevel::Quarter => 90,
            DateLevel::Year => 360,
            DateLevel::Years(n) => n.saturating_mul(360),
            DateLevel::Decade => 3600,
        }
    }
}

/// `label` of redact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RedactLabel {
    /// `[phone]`
    Kind,
    /// `[phone-1]`
    Numbered,
    /// The code of this domain for what is of the domain's kind and reads as
    /// one; `[phone]` for the rest.
    Code(At<String>),
}

/// The kind of the values of a domain: that of the columns coded in it, else
/// of the subject, else the only kind that a text with its codes is searched for.
pub(crate) fn kind_of_domain<'a>(
    columns: &'a [ColumnRule],
    subject: Option<&Subject>,
    name: &str,
) -> Option<&'a str> {
    let kind = |rule: &'a ColumnRule| rule.kind.as_ref().map(|kind| kind.value.as_str());
    let coded = columns.iter().find_map(|rule| match &rule.treatment {
        Treatment::Pseudonymise { domain } if domain.value == name => kind(rule),
        _ => None,
    });
    let of_subject = || {
        let subject = subject.filter(|subject| subject.domain == name)?;
        let column = columns
            .iter()
            .find(|rule| rule.name.value == subject.column.value)?;
        kind(column)
    };
    let found = || {
        columns.iter().find_map(|rule| match &rule.treatment {
            Treatment::Redact {
                find,
                label: RedactLabel::Code(domain),
                ..
            } if domain.value == name => match find.as_slice() {
                [only] => Some(only.value.as_str()),
                _ => None,
            },
            _ => None,
        })
    };
    coded.or_else(of_subject).or_else(found)
}

/// A section `[[rows]]`.
#[derive(Debug, Clone)]
pub struct RowRule {
    /// `only` (true) or `withhold` (false).
    pub only: bool,
    /// The column it reads.
    pub column: At<String>,
    /// What it tests.
    pub test: RowTest,
    /// Recipients it is for; empty means all.
    pub recipients: Vec<At<String>>,
    /// Ground.
    pub ground: At<String>,
    /// Reason.
    pub why: At<String>,
    /// Where the section stands.
    pub at: Span,
}

/// What a row rule tests on the value normalised by the column's kind.
#[derive(Debug, Clone)]
pub enum RowTest {
    /// One of these.
    In(Vec<String>),
    /// One of the lines of a file (protected values). Index into `Policy::files`.
    InList(usize),
    /// Dates or numbers, both ends included, either may be absent.
    Range {
        /// Lowest.
        from: Option<String>,
        /// Highest.
        to: Option<String>,
    },
    /// The value is missing.
    Missing,
}

/// Section `[extract]`.
#[derive(Debug, Clone)]
pub struct Extract {
    /// Where the section stands.
    pub at: Span,
    /// Order of rows.
    pub order: Order,
    /// Reason where the order is the input's.
    pub order_why: Option<At<String>>,
    /// Output format.
    pub format: Format,
    /// Rows a part; `None` gives one file.
    pub part_rows: Option<u64>,
    /// Byte order mark in CSV.
    pub bom: bool,
    /// Limits on row risk.
    pub risk: Option<RowRisk>,
}

/// Order of rows in the extract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// By keyed hash of the treated row.
    Shuffled,
    /// As in the input.
    Input,
}

/// Section `[extract.risk]`.
#[derive(Debug, Clone)]
pub struct RowRisk {
    /// Least distinct subjects in a class over all quasi columns.
    pub k: At<u64>,
    /// Least diversity of each sensitive column in a class.
    pub l: Option<At<Diversity>>,
    /// Highest risk that a person in a class is picked out of it: 1 / its subjects.
    pub max_risk: Option<At<f64>>,
    /// What happens to small classes.
    pub small: Small,
    /// What counts as loss where columns become coarser.
    pub loss: Loss,
    /// Share of records that may be kept back where columns become coarser.
    pub max_withheld: f64,
}

impl RowRisk {
    /// Least subjects of a class by `k` and `max_risk` together.
    #[must_use]
    pub fn people(&self) -> u64 {
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of at least a millionth"
        )]
        let by_risk = self.max_risk.as_ref().map_or(0, |share| {
            // A hair less, so that 0.2 asks for 5 and not for 6.
            (1.0 / share.value - 1e-9).ceil() as u64
        });
        self.k.value.max(by_risk)
    }
}

/// `l` with `l_rule`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Diversity {
    /// So many different values.
    Distinct(u64),
    /// exp of the entropy of at least this.
    Entropy(u64),
}

/// `small`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Small {
    /// Rows of small classes are withheld.
    WithholdRows,
    /// Single values of their rows are emptied first, then rows are withheld.
    SuppressValues,
    /// Columns that are generalised become coarser, step by step.
    Generalise,
    /// The release is refused.
    Refuse,
}

/// `loss`: what is kept small where columns become coarser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// Non-uniform entropy of all records.
    Entropy,
    /// The same and that of records kept back.
    EntropySuppressed,
    /// Squares of class sizes.
    Discernibility,
    /// Mean of step by last step.
    Height,
}

impl Loss {
    /// Its word in a policy.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Entropy => "entropy",
            Self::EntropySuppressed => "entropy-suppressed",
            Self::Discernibility => "discernibility",
            Self::Height => "height",
        }
    }
}

/// One level of a dimension of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// The column.
    pub column: String,
    /// A form coarser than the one in which tables have the column, and its word.
    pub to: Option<(General, String)>,
}

impl Level {
    /// As the policy writes it: `birth_date`, `birth_date:decade`.
    #[must_use]
    pub fn written(&self) -> String {
        match &self.to {
            Some((_, word)) => format!("{}:{word}", self.column),
            None => self.column.clone(),
        }
    }

    /// Its name in the table, where the column is called `output`.
    #[must_use]
    pub fn named(&self, output: &str) -> String {
        match &self.to {
            Some((_, word)) => format!("{output}_{word}"),
            None => output.to_owned(),
        }
    }
}

/// A section `[[tables]]`.
#[derive(Debug, Clone)]
pub struct Table {
    /// Name: `[a-z0-9-]+`, the file's stem.
    pub name: At<String>,
    /// Dimensions; each a hierarchy from broad to fine.
    pub by: Vec<At<Vec<Level>>>,
    /// Figures.
    pub count: Vec<At<Figure>>,
    /// Least persons behind each figure.
    pub min: At<u64>,
    /// How it is protected.
    pub protect: Protect,
    /// Whether totals over each dimension are figures of the table too.
    pub totals: bool,
    /// What the noise of `cell-key` is like, where the policy says.
    pub noise: Option<At<Noise>>,
    /// Rules against large contributors to sums.
    pub dominance: Vec<At<Dominance>>,
    /// Whether empty and withheld cells look alike.
    pub zeros: Zeros,
    /// Reason for published zeros, or for a table whose columns all stand in the extract.
    pub why: Option<At<String>>,
    /// List withheld cells by name.
    pub show_withheld: bool,
    /// Where the section stands.
    pub at: Span,
}

/// A figure of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Figure {
    /// Distinct subjects.
    Person,
    /// Records.
    Records,
    /// Distinct values of a column.
    Distinct(String),
    /// The sum of a column of numbers.
    Sum(String),
    /// The mean of a column of numbers over the records that have one.
    Mean(String),
}

/// How a table is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protect {
    /// Suppression.
    Suppress,
    /// Perturbation by record keys.
    CellKey,
}

/// `noise` of a table that is perturbed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Noise {
    /// Largest noise.
    pub bound: u64,
    /// Variance.
    pub variance: f64,
}

/// A rule against large contributors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dominance {
    /// Nobody may learn another's contribution to within so many percent.
    Percent(u64),
    /// The `n` largest may not make up more than `k` percent.
    Largest {
        /// Contributors.
        n: u64,
        /// Percent.
        k: u64,
    },
    /// Nobody who knows every contribution to within `q` percent may learn one
    /// to within `p` percent.
    Prior {
        /// Percent.
        p: u64,
        /// Percent, more than `p`.
        q: u64,
    },
}

/// `zeros`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zeros {
    /// Empty and withheld look alike.
    Protect,
    /// Empty cells are published; needs why.
    Publish,
}

/// A section `[[examples]]`.
#[derive(Debug, Clone)]
pub struct Example {
    /// Input values by column; columns not named are missing.
    pub given: Vec<(At<String>, String)>,
    /// What comes out.
    pub expect: Expect,
    /// Where the section stands.
    pub at: Span,
}

/// What an example expects.
#[derive(Debug, Clone)]
pub enum Expect {
    /// These output values; columns not named are not compared.
    Values(Vec<(At<String>, String)>),
    /// The record is quarantined.
    Quarantined,
    /// The record is withheld.
    Withheld,
}

/// What is said of a column by its name.
pub type Of<T> = (At<String>, At<T>);

/// Section `[holds]`: columns by their names in the input.
#[derive(Debug, Clone)]
pub struct Holds {
    /// No others leave in rows.
    pub leaves: Option<At<Vec<At<String>>>>,
    /// Kept columns list no more than so many values.
    pub values: Vec<Of<u64>>,
    /// Kept texts are no longer than so many characters.
    pub longest: Vec<Of<u64>>,
    /// No others may be counted in tables, and none in a finer form.
    pub tables: Option<At<Vec<Of<General>>>>,
    /// No table counts by others.
    pub by: Option<At<Vec<At<String>>>>,
    /// These count for groups of rows, where they leave.
    pub quasi: Option<At<Vec<At<String>>>>,
    /// These are sensitive, where they leave.
    pub sensitive: Option<At<Vec<At<String>>>>,
    /// Their values are hunted in the record's own text.
    pub own_row: Option<At<Vec<At<String>>>>,
    /// People are counted by it.
    pub subject: Option<At<String>>,
}

/// A section `[[exceptions]]`.
#[derive(Debug, Clone)]
pub struct Exception {
    /// The rule it lifts, e.g. `house/min-cell`, `lint/…`, `leak/coincidence`.
    pub rule: At<String>,
    /// What it is lifted for, e.g. `tables.NAME`, `columns.NAME`.
    pub place: At<String>,
    /// Reason.
    pub why: String,
    /// Who and when.
    pub by: String,
    /// Last day it holds.
    pub until: At<Date>,
}

/// A file that the policy names.
#[derive(Clone)]
pub struct NamedFile {
    /// As written in the policy; relative to the policy's folder.
    pub name: At<String>,
    /// Its bytes, read once.
    pub bytes: Arc<[u8]>,
    /// SHA-256 of the bytes.
    pub sha256: [u8; 32],
}

/// Shows the name and the length: a list may hold protected values.
impl std::fmt::Debug for NamedFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NamedFile")
            .field("name", &self.name.value)
            .field("bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}
