//! Writes the invented register and the truth about what was planted in it.
//!
//! One pass, one row at a time, memory of one entry a branch. It reads
//! nothing, opens nothing and knows no other part of the crate: what the
//! engine must find is written here by code that shares nothing with it.

use std::io::{self, Write};

use super::forms;
use super::notes;
use super::random::{Random, Stream, Weighted};
use super::words;
use super::world::{Day, Dirt, Person, World};

/// Rows of the register at full size.
pub const FULL_ROWS: u64 = 1_950_000;
/// Branches of the register at full size.
pub const FULL_BRANCHES: u64 = 79_000;

/// The columns of the register, in order.
pub const COLUMNS: [&str; 17] = [
    "member_id",
    "name",
    "sex",
    "ethnicity",
    "birth_date",
    "id_number",
    "mobile",
    "landline",
    "address",
    "education",
    "sector",
    "employer",
    "branch",
    "city",
    "position",
    "joined_date",
    "notes",
];

/// The columns of the truth file, in order. `record` counts the register's
/// records from 1, `line` its physical lines from 1 (the header is line 1);
/// a record begins at `line`.
pub const TRUTH_COLUMNS: [&str; 10] = [
    "record",
    "column",
    "what",
    "kind",
    "value",
    "form",
    "style",
    "other_record",
    "line",
    "invented",
];

/// Where a column stands in [`COLUMNS`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    MemberId,
    Name,
    Sex,
    Ethnicity,
    BirthDate,
    IdNumber,
    Mobile,
    Landline,
    Address,
    Education,
    Sector,
    Employer,
    Branch,
    City,
    Position,
    JoinedDate,
    Notes,
}

/// What to write. Equal specifications give equal bytes, on every machine.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Spec {
    /// Records, at most some 70 million; above, resident IDs would repeat.
    pub rows: u64,
    /// Distinct branches, at most as many as rows; each has a member.
    pub branches: u64,
    /// What all chance is drawn from.
    pub seed: u64,
    /// Dirty rows among 10,000: wrong check digits, missing values, stray
    /// spaces, placeholders, shared IDs.
    pub dirty_per_10_000: u64,
    /// One structurally unreadable record in each block of so many; 0 for
    /// none. A last, incomplete block may go without.
    pub malformed_every: u64,
}

impl Spec {
    /// So many rows, with the full size's proportion of branches.
    #[must_use]
    pub fn new(rows: u64, seed: u64) -> Self {
        let branches = u128::from(rows) * u128::from(FULL_BRANCHES) / u128::from(FULL_ROWS);
        Self {
            rows,
            branches: (branches as u64).max(1),
            seed,
            dirty_per_10_000: 150,
            malformed_every: 20_000,
        }
    }

    /// The full size: 1,950,000 rows in 79,000 branches, about 550 MB.
    #[must_use]
    pub fn full(seed: u64) -> Self {
        Self::new(FULL_ROWS, seed)
    }
}

impl Default for Spec {
    /// 100,000 rows under seed 1.
    fn default() -> Self {
        Self::new(100_000, 1)
    }
}

/// What was written; counts only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// Records, the unreadable ones included, the header not.
    pub records: u64,
    /// Bytes of the register.
    pub bytes: u64,
    /// Physical lines of the register, the header included.
    pub lines: u64,
    /// Records that hold a line break inside a quoted field.
    pub multi_line: u64,
    /// Records that no reader may take for certain.
    pub malformed: u64,
    /// Records with one dirty cell (or, of shared IDs, one cell that is
    /// another's); they are readable.
    pub dirty: u64,
    /// Of the dirty ones, records that bear another record's resident ID.
    pub shared_ids: u64,
    /// Records of a member who has another record too: same name, same ID.
    pub second_rows: u64,
    /// Records with notes.
    pub notes: u64,
    /// Bytes of note text, before quoting.
    pub note_bytes: u64,
    /// Notes with an identifier planted in them.
    pub planted_notes: u64,
    /// Identifiers planted in notes: the person's own.
    pub planted_own: u64,
    /// Identifiers planted in notes: somebody else's.
    pub planted_other: u64,
    /// Distinct sectors, employers and branches there are.
    pub sectors: u64,
    /// Distinct employers.
    pub employers: u64,
    /// Distinct branches.
    pub branches: u64,
    /// Lines of the truth file, the header not counted.
    pub truth: u64,
}

/// A line of the truth file.
pub(super) struct Planted {
    pub(super) column: Column,
    pub(super) what: &'static str,
    pub(super) kind: &'static str,
    pub(super) value: String,
    pub(super) written: String,
    pub(super) style: &'static str,
    pub(super) other: Option<u64>,
}

/// The register is handed on in pieces of about this many bytes.
const PIECE: usize = 1 << 20;

/// Writes the register (CSV, UTF-8, LF, header first) to `register` and the
/// truth about it (CSV) to `truth`.
///
/// # Errors
/// What the writers report, and `InvalidInput` where there are more branches
/// than rows, no branch, or more rows than resident IDs.
pub fn generate(
    spec: &Spec,
    register: &mut dyn Write,
    truth: &mut dyn Write,
) -> io::Result<Summary> {
    let refuse = |why| Err(io::Error::new(io::ErrorKind::InvalidInput, why));
    if spec.branches == 0 || spec.branches > spec.rows.max(1) {
        return refuse("branches must be at least 1 and at most as many as rows");
    }
    if u32::try_from(spec.branches).is_err() || spec.rows > World::most_rows() {
        return refuse("too many rows or branches: resident IDs would repeat");
    }
    let world = World::new(spec.clone());
    let mut summary = Summary {
        sectors: 1 + world
            .employers
            .iter()
            .map(|employer| u64::from(employer.sector))
            .max()
            .unwrap_or(0),
        employers: world.employers.len() as u64,
        branches: world.branches.len() as u64,
        lines: 1,
        ..Summary::default()
    };
    let mut rows = Rows::new(&world);
    let mut told = Vec::with_capacity(PIECE / 4);
    let mut bytes = Vec::with_capacity(PIECE + PIECE / 4);
    bytes.extend_from_slice(COLUMNS.join(",").as_bytes());
    bytes.push(b'\n');
    told.extend_from_slice(TRUTH_COLUMNS.join(",").as_bytes());
    told.push(b'\n');
    for row in 0..spec.rows {
        let before = bytes.len();
        rows.write(row, &mut bytes, &mut summary);
        let breaks = bytes[before..].iter().filter(|b| **b == b'\n').count() as u64;
        for planted in rows.truth.drain(..) {
            write_truth(row, summary.lines + 1, &planted, &mut told);
            summary.truth += 1;
        }
        summary.lines += breaks;
        summary.multi_line += u64::from(breaks > 1);
        if bytes.len() >= PIECE {
            register.write_all(&bytes)?;
            truth.write_all(&told)?;
            summary.bytes += bytes.len() as u64;
            bytes.clear();
            told.clear();
        }
    }
    register.write_all(&bytes)?;
    truth.write_all(&told)?;
    summary.bytes += bytes.len() as u64;
    summary.records = spec.rows;
    register.flush()?;
    truth.flush()?;
    Ok(summary)
}

fn write_truth(row: u64, line: u64, planted: &Planted, out: &mut Vec<u8>) {
    number(row + 1, 1, out);
    for text in [
        COLUMNS[planted.column as usize],
        planted.what,
        planted.kind,
        &planted.value,
        &planted.written,
        planted.style,
    ] {
        out.push(b',');
        field(text, false, out);
    }
    out.push(b',');
    if let Some(other) = planted.other {
        number(other + 1, 1, out);
    }
    out.push(b',');
    number(line, 1, out);
    out.extend_from_slice(b",yes\n");
}

/// Writes a number with at least `digits` digits.
fn number(value: u64, digits: usize, out: &mut Vec<u8>) {
    let mut text = [b'0'; 20];
    let mut left = value;
    let mut from = text.len();
    while left > 0 || text.len() - from < digits {
        from -= 1;
        text[from] = b'0' + (left % 10) as u8;
        left /= 10;
    }
    out.extend_from_slice(&text[from..]);
}

/// Writes a CSV field, in quotes where it must be or `always`.
fn field(text: &str, always: bool, out: &mut Vec<u8>) {
    let special = |b: &u8| matches!(b, b',' | b'"' | b'\r' | b'\n');
    if !always && !text.as_bytes().iter().any(special) {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    out.push(b'"');
    for byte in text.bytes() {
        if byte == b'"' {
            out.push(b'"');
        }
        out.push(byte);
    }
    out.push(b'"');
}

/// Makes rows; its buffers are reused.
struct Rows<'a> {
    world: &'a World,
    education: Weighted,
    positions: Weighted,
    fields: [String; COLUMNS.len()],
    truth: Vec<Planted>,
    scratch: notes::Scratch,
    digits: Vec<u8>,
}

impl<'a> Rows<'a> {
    fn new(world: &'a World) -> Self {
        let shares =
            |list: &[(&str, u64)]| -> Vec<u64> { list.iter().map(|(_, share)| *share).collect() };
        Self {
            world,
            education: Weighted::new(&shares(words::EDUCATION)),
            positions: Weighted::new(&shares(words::POSITIONS)),
            fields: Default::default(),
            truth: Vec::new(),
            scratch: notes::Scratch::default(),
            digits: Vec::new(),
        }
    }

    fn set(&mut self, column: Column, text: &str) {
        let cell = &mut self.fields[column as usize];
        cell.clear();
        cell.push_str(text);
    }

    fn write(&mut self, row: u64, out: &mut Vec<u8>, summary: &mut Summary) {
        let world = self.world;
        let damage = world.damage(row);
        let dirt = if damage.is_some() {
            None
        } else {
            world.dirt(row)
        };
        let mut person = world.person(row);
        let mut random = Random::new(world.spec.seed, Stream::Text, row);
        if dirt == Some(Dirt::SecondRow) {
            person = self.second_row(person, &mut random, summary);
        }
        self.plain_cells(row, &person, damage.is_some(), &mut random);
        self.written_forms(&person, dirt.is_some(), &mut random);
        if let Some(dirt) = dirt.filter(|dirt| *dirt != Dirt::SecondRow) {
            self.soil(dirt, &person, &mut random, summary);
        }
        self.notes(
            &person,
            damage.is_some(),
            dirt.is_none(),
            &mut random,
            summary,
        );
        let always = if random.per_mille(20) {
            Some(random.index(COLUMNS.len()))
        } else {
            None
        };
        if let Some(block) = damage {
            summary.malformed += 1;
            self.damaged(block, &mut random, out);
            return;
        }
        for (at, text) in self.fields.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            field(text, always == Some(at), out);
        }
        out.push(b'\n');
    }

    /// Every cell but the notes, as a careful clerk would have written it.
    fn plain_cells(&mut self, row: u64, person: &Person, one_line: bool, random: &mut Random) {
        let world = self.world;
        let branch = world.branches[person.branch as usize];
        let employer = &world.employers[branch.employer as usize];
        let city = &words::CITIES[usize::from(branch.city)];

        self.digits.clear();
        number(row + 1, 7, &mut self.digits);
        let cell = &mut self.fields[Column::MemberId as usize];
        cell.clear();
        cell.push_str("INV");
        cell.extend(self.digits.iter().map(|digit| char::from(*digit)));

        world.name(person, &mut self.fields[Column::Name as usize]);
        self.set(Column::Sex, if person.female { "女" } else { "男" });
        self.set(Column::Ethnicity, words::ETHNICITIES[person.ethnicity].0);
        forms::date_iso(person.birth, &mut self.fields[Column::BirthDate as usize]);
        let cell = &mut self.fields[Column::IdNumber as usize];
        cell.clear();
        cell.extend(person.id.iter().map(|b| char::from(*b)));

        self.digits.clear();
        if person.has_mobile {
            number(person.mobile, 11, &mut self.digits);
        }
        let cell = &mut self.fields[Column::Mobile as usize];
        cell.clear();
        cell.extend(self.digits.iter().map(|digit| char::from(*digit)));

        let cell = &mut self.fields[Column::Landline as usize];
        cell.clear();
        if let Some(line) = person.landline {
            cell.push_str(city.dial);
            cell.push('-');
            cell.push_str(&forms::landline_local(line, city.local));
        }

        address(
            city,
            one_line,
            random,
            &mut self.fields[Column::Address as usize],
        );
        let education = words::EDUCATION[self.education.draw(random)].0;
        self.set(Column::Education, education);
        self.set(
            Column::Sector,
            words::SECTORS[usize::from(employer.sector)].0,
        );
        self.set(Column::Employer, &employer.name);
        self.digits.clear();
        number(u64::from(branch.number), 2, &mut self.digits);
        let cell = &mut self.fields[Column::Branch as usize];
        cell.clear();
        cell.push_str(&employer.name);
        cell.push('第');
        cell.extend(self.digits.iter().map(|digit| char::from(*digit)));
        cell.push_str(words::BRANCHES[usize::from(branch.sort) % words::BRANCHES.len()]);
        self.set(Column::City, city.name);
        let position = words::POSITIONS[self.positions.draw(random)].0;
        let position = if person.secretary {
            words::SECRETARY
        } else {
            position
        };
        self.set(Column::Position, position);

        // Joined between the age of 18 and the summer of 2016, sooner rather
        // than later.
        let span = u64::from((2016 - person.birth.year).saturating_sub(18)) * 365 + 180;
        let after = random.below(span).min(random.below(span));
        let joined = Day::after(person.birth.year + 19, after as u32);
        let joined = if joined.year > 2016 || (joined.year == 2016 && joined.month > 6) {
            Day {
                year: 2016,
                month: 6,
                day: 1 + after as u32 % 30,
            }
        } else {
            joined
        };
        forms::date_iso(joined, &mut self.fields[Column::JoinedDate as usize]);
    }

    /// Numbers and dates in other hands, none of them wrong.
    fn written_forms(&mut self, person: &Person, dirty: bool, random: &mut Random) {
        let form = random.below(1_000);
        let cell = &mut self.fields[Column::IdNumber as usize];
        let style = match form {
            _ if dirty => "plain",
            ..3 if person.id[6..8] == *b"19" => {
                let old = person.id[..6].iter().chain(&person.id[8..17]);
                cell.clear();
                cell.extend(old.map(|b| char::from(*b)));
                "15-digits"
            }
            3..6 => {
                let (a, b) = (char::from(person.id[16]), char::from(person.id[17]));
                cell.truncate(14);
                cell.insert(6, ' ');
                cell.push(' ');
                cell.extend(person.id[14..16].iter().map(|b| char::from(*b)));
                cell.extend([a, b]);
                "spaces"
            }
            6..8 => {
                let half = std::mem::take(cell);
                forms::full_width(&half, cell);
                "full-width"
            }
            8..58 if person.id[17] == b'X' => {
                cell.make_ascii_lowercase();
                "lower-x"
            }
            _ => "plain",
        };
        if style != "plain" {
            self.truth.push(Planted {
                column: Column::IdNumber,
                what: "written-form",
                kind: "cn-resident-id",
                value: forms::id_text(&person.id),
                written: cell.clone(),
                style,
                other: None,
            });
        }

        let form = random.below(1_000);
        let cell = &mut self.fields[Column::Mobile as usize];
        if person.has_mobile && form < 300 {
            let (a, bc) = cell.split_at(3);
            let (b, c) = bc.split_at(4);
            let written = match form {
                ..80 => format!("+86{a}{b}{c}"),
                80..130 => format!("+86 {a} {b} {c}"),
                130..190 => format!("{a}-{b}-{c}"),
                190..250 => format!("{a} {b} {c}"),
                250..260 => format!("0086{a}{b}{c}"),
                260..270 => format!("+86-{a}-{b}-{c}"),
                270..275 => format!("{a}.{b}.{c}"),
                275..295 => {
                    let mut full = String::new();
                    forms::full_width(cell, &mut full);
                    full
                }
                _ => {
                    let mut full = String::new();
                    forms::full_width(&format!("+86 {a} {b} {c}"), &mut full);
                    full
                }
            };
            *cell = written;
        }

        let cell = &mut self.fields[Column::BirthDate as usize];
        let Day { year, month, day } = person.birth;
        match random.below(1_000) {
            ..5 => *cell = format!("{year}/{month}/{day}"),
            5..10 => *cell = format!("{year}.{month}.{day}"),
            10..15 => *cell = format!("{year}{month:02}{day:02}"),
            15..20 => *cell = format!("{year}年{month}月{day}日"),
            _ => {}
        }
    }

    /// Whose row it is where a member is listed a second time, in another
    /// branch, under the same resident ID and mobile.
    fn second_row(&mut self, person: Person, random: &mut Random, summary: &mut Summary) -> Person {
        let Some(member) = self.world.other_member(person.row, random) else {
            return person;
        };
        summary.second_rows += 1;
        self.truth.push(Planted {
            column: Column::IdNumber,
            what: "same-person",
            kind: "cn-resident-id",
            value: forms::id_text(&member.id),
            written: forms::id_text(&member.id),
            style: "plain",
            other: Some(member.row),
        });
        Person {
            branch: person.branch,
            secretary: person.secretary,
            landline: person.landline,
            ..member
        }
    }

    /// Makes one cell dirty and writes down which.
    fn soil(&mut self, dirt: Dirt, person: &Person, random: &mut Random, summary: &mut Summary) {
        summary.dirty += 1;
        let text = |this: &Self, column: Column| this.fields[column as usize].clone();
        let mut other = None;
        let mut what = "dirty";
        let (column, style, written) = match dirt {
            Dirt::WrongCheckDigit => {
                let mut id = person.id;
                while id[17] == person.id[17] {
                    id[17] = b"0123456789X"[random.index(11)];
                }
                (Column::IdNumber, "wrong-check-digit", forms::id_text(&id))
            }
            Dirt::MissingId => (Column::IdNumber, "missing", String::new()),
            Dirt::PlaceholderId => {
                const PLACEHOLDERS: [&str; 6] =
                    ["无", "0", "N/A", "000000000000000000", "不详", "NULL"];
                let written = random.pick(&PLACEHOLDERS).to_owned();
                (Column::IdNumber, "placeholder", written)
            }
            Dirt::StraySpaces => {
                const COLUMNS: [Column; 7] = [
                    Column::IdNumber,
                    Column::Name,
                    Column::Ethnicity,
                    Column::Employer,
                    Column::City,
                    Column::Education,
                    Column::Sex,
                ];
                let column = COLUMNS[random.index(COLUMNS.len())];
                let clean = text(self, column);
                let written = match random.below(5) {
                    0 => format!(" {clean}"),
                    1 => format!("{clean} "),
                    2 => format!("  {clean}  "),
                    3 => format!("\u{3000}{clean}"),
                    _ => format!("{clean}\t"),
                };
                (column, "stray-spaces", written)
            }
            Dirt::Missing => {
                const COLUMNS: [Column; 6] = [
                    Column::Name,
                    Column::BirthDate,
                    Column::Ethnicity,
                    Column::Education,
                    Column::JoinedDate,
                    Column::Address,
                ];
                let column = COLUMNS[random.index(COLUMNS.len())];
                (column, "missing", String::new())
            }
            Dirt::Placeholder => {
                const COLUMNS: [(Column, &str); 8] = [
                    (Column::Mobile, "00000000000"),
                    (Column::Mobile, "无"),
                    (Column::Mobile, "13800000000000"),
                    (Column::BirthDate, "0000-00-00"),
                    (Column::BirthDate, "不详"),
                    (Column::Ethnicity, "无"),
                    (Column::Education, "N/A"),
                    (Column::Landline, "0"),
                ];
                let (column, written) = COLUMNS[random.index(COLUMNS.len())];
                (column, "placeholder", written.to_owned())
            }
            Dirt::SharedId => {
                if let Some(member) = self.world.other_member(person.row, random) {
                    other = Some(member.row);
                    what = "shared-id";
                    summary.shared_ids += 1;
                    (Column::IdNumber, "shared", forms::id_text(&member.id))
                } else {
                    (Column::IdNumber, "missing", String::new())
                }
            }
            Dirt::BirthMismatch => {
                let Day { year, month, day } = person.birth;
                let (year, month, day) = if day <= 12 && day != month {
                    (year, day, month)
                } else {
                    (year + 1, month, day.min(28))
                };
                let written = format!("{year}-{month:02}-{day:02}");
                (Column::BirthDate, "not-as-in-id", written)
            }
            Dirt::SexMismatch => {
                let written = if person.female { "男" } else { "女" };
                (Column::Sex, "not-as-in-id", written.to_owned())
            }
            Dirt::BadDate => {
                let year = person.birth.year;
                let written = match random.below(4) {
                    0 => format!("{year}-02-30"),
                    1 => format!("{year}-13-01"),
                    2 => format!("{year}"),
                    _ => format!("{year}-04-31"),
                };
                (Column::BirthDate, "no-such-day", written)
            }
            Dirt::Intruder => {
                let mut written = text(self, Column::Position);
                if person.has_mobile && random.per_mille(500) {
                    written.push_str("电话");
                    written.push_str(&person.mobile.to_string());
                    (Column::Position, "holds-phone", written)
                } else {
                    written.push(' ');
                    written.push_str(&forms::id_text(&person.id));
                    (Column::Position, "holds-id", written)
                }
            }
            Dirt::Swapped | Dirt::SecondRow => {
                let mobile = text(self, Column::Mobile);
                self.set(Column::Mobile, &forms::id_text(&person.id));
                (Column::IdNumber, "swapped-with-mobile", mobile)
            }
        };
        // What the cell would have been; of a shared ID, whose it is.
        let value = match column {
            Column::IdNumber if what == "shared-id" => written.clone(),
            Column::IdNumber => forms::id_text(&person.id),
            Column::BirthDate => {
                let mut iso = String::new();
                forms::date_iso(person.birth, &mut iso);
                iso
            }
            Column::Mobile if person.has_mobile => forms::mobile_e164(person.mobile),
            _ => text(self, column),
        };
        let kind = match column {
            Column::IdNumber => "cn-resident-id",
            Column::Mobile | Column::Landline => "phone",
            Column::BirthDate | Column::JoinedDate => "date",
            Column::Name => "name",
            Column::Address => "address",
            _ => "text",
        };
        self.set(column, &written);
        self.truth.push(Planted {
            column,
            what,
            kind,
            value,
            written,
            style,
            other,
        });
    }

    fn notes(
        &mut self,
        person: &Person,
        damaged: bool,
        clean: bool,
        random: &mut Random,
        summary: &mut Summary,
    ) {
        let mut note = std::mem::take(&mut self.fields[Column::Notes as usize]);
        note.clear();
        if random.per_mille(620) {
            if random.per_mille(100) && !damaged {
                let planted_before = self.truth.len();
                let row = notes::Row {
                    person,
                    name: &self.fields[Column::Name as usize],
                    address: &self.fields[Column::Address as usize],
                    member_id: &self.fields[Column::MemberId as usize],
                    clean,
                };
                notes::planted(
                    self.world,
                    &row,
                    random,
                    &mut self.scratch,
                    &mut note,
                    &mut self.truth,
                );
                for planted in &self.truth[planted_before..] {
                    if planted.what == "own" {
                        summary.planted_own += 1;
                    } else {
                        summary.planted_other += 1;
                    }
                }
                summary.planted_notes += 1;
            } else {
                notes::plain(random, &mut note, &mut self.truth);
            }
            if damaged {
                note = note.replace('\n', " ");
            }
            summary.notes += 1;
            summary.note_bytes += note.len() as u64;
        }
        self.fields[Column::Notes as usize] = note;
    }

    /// Writes the row with one of eight sorts of damage, each on one line.
    fn damaged(&mut self, block: u64, random: &mut Random, out: &mut Vec<u8>) {
        // A careful row first, without needless quotes: the damage goes into
        // a cell that has none.
        let mut cells: Vec<Vec<u8>> = self
            .fields
            .iter()
            .map(|text| {
                let mut cell = Vec::new();
                field(text, false, &mut cell);
                cell
            })
            .collect();
        let employer = Column::Employer as usize;
        let (column, style) = match block % 8 {
            0 => {
                cells.truncate(9 + random.index(7));
                (Column::Notes, "too-few-fields")
            }
            1 => {
                // A quote inside a field that does not begin with one.
                let at = "示例".len();
                cells[employer].insert(at, b'"');
                (Column::Employer, "quote-inside")
            }
            2 => {
                cells[Column::Name as usize].extend_from_slice(b",\xe2\x80\xa6");
                (Column::Name, "too-many-fields")
            }
            3 => {
                cells[employer].insert(3, 0);
                (Column::Employer, "nul")
            }
            4 => {
                // Two characters of GBK in a file of UTF-8.
                cells[Column::Name as usize] = b"\xd5\xc5\xce\xb0".to_vec();
                (Column::Name, "not-utf-8")
            }
            5 => {
                cells[employer].insert(0, b'"');
                (Column::Employer, "unclosed-quote")
            }
            6 => {
                cells[employer].insert(0, b'"');
                let at = cells[employer].len() - 3;
                cells[employer].insert(at, b'"');
                (Column::Employer, "text-after-quote")
            }
            _ => {
                cells[Column::Position as usize].push(b'\r');
                (Column::Position, "lone-cr")
            }
        };
        out.extend_from_slice(&cells.join(&b','));
        out.push(b'\n');
        self.truth.push(Planted {
            column,
            what: "malformed",
            kind: "record",
            value: String::new(),
            written: String::new(),
            style,
            other: None,
        });
    }
}

/// Writes an address: Chinese or Latin, some with commas, quotes, line breaks.
fn address(city: &words::City, one_line: bool, random: &mut Random, out: &mut String) {
    let (district, district_latin) = words::DISTRICTS[random.index(words::DISTRICTS.len())];
    let (street, street_latin) = words::STREETS[random.index(words::STREETS.len())];
    let (estate, estate_latin) = words::ESTATES[random.index(words::ESTATES.len())];
    let number = 1 + random.below(300);
    let block = 1 + random.below(30);
    let unit = 1 + random.below(6);
    let room = 100 * (1 + random.below(18)) + 1 + random.below(4);
    let words::City {
        name,
        latin,
        province,
        ..
    } = city;
    let text = match random.below(1_000) {
        ..42 if !one_line => {
            let line = if random.per_mille(100) { "\r\n" } else { "\n" };
            format!("{province}{name}{district}{line}{street}{number}号{line}{estate}{room}室")
        }
        ..262 => format!("{province}{name},{district},{street}{number}号,{room}室"),
        262..384 => format!(
            "Room {room}, Block {block}, {number} {street_latin}, {district_latin}, {latin}"
        ),
        384..444 => format!("{name}{district}{street}{number}号\"{estate}\"{block}栋{room}室"),
        444..464 => format!("\"{estate_latin}\", {number} {street_latin}, {latin}"),
        464..700 => format!("{name}{district}{street}{number}号"),
        700..860 => format!("{name}{district}{street}{number}号{room}室"),
        _ => format!(
            "{province}{name}{district}{street}{number}号{estate}{block}栋{unit}单元{room}室"
        ),
    };
    *out = text;
}
