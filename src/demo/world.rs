//! The invented world: employers, branches, and who each row is.
//!
//! Every row is a pure function of the seed and the row's number, so a note
//! may hold the number of another member, and an identifier may be shared,
//! without a register in memory. What is held is one entry a branch.

use super::generate::Spec;
use super::random::{Permutation, Random, Stream, Weighted};
use super::words;

/// First and last year of birth, and how many members share a day of birth
/// for each turn through the calendar.
const FIRST_YEAR: u32 = 1916;
const LAST_YEAR: u32 = 1997;
/// Serial numbers of one sex on one day in one area; a prime.
const SERIALS: u64 = 499;
/// The middle two digits of an area code, for members. No prefecture was ever
/// numbered 91 to 99 (GB/T 2260 and its predecessors), so no resident ID made
/// of them can be anybody's.
const UNASSIGNED: [u8; 8] = [99, 97, 96, 95, 94, 93, 92, 91];
/// The same for people who are not in the register.
const OUTSIDE: u8 = 98;
/// Prefixes of mobile numbers that are not allotted to any network.
const MOBILE_PREFIXES: [u64; 8] = [154, 194, 160, 161, 163, 164, 168, 169];
const MOBILES: u64 = MOBILE_PREFIXES.len() as u64 * 100_000_000;
/// Rows of a register may be numbered up to here; outsiders come after it.
pub(super) const OUTSIDERS_FROM: u64 = 90_000_000;
const OUTSIDERS: u64 = 9_000_000;

/// A day of the Gregorian calendar.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Day {
    pub(super) year: u32,
    pub(super) month: u32,
    pub(super) day: u32,
}

const fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

const fn days_of_year(year: u32) -> u32 {
    if is_leap(year) { 366 } else { 365 }
}

impl Day {
    /// The day that is `offset` days after 1 January of `year`.
    pub(super) fn after(year: u32, offset: u32) -> Self {
        let (mut year, mut left) = (year, offset);
        while left >= days_of_year(year) {
            left -= days_of_year(year);
            year += 1;
        }
        let february = if is_leap(year) { 29 } else { 28 };
        let months = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let mut month = 1;
        for length in months {
            if left < length {
                break;
            }
            left -= length;
            month += 1;
        }
        Self {
            year,
            month,
            day: left + 1,
        }
    }
}

/// What a row's person is, but for the name and the mail address.
#[derive(Clone, Copy)]
pub(super) struct Person {
    pub(super) row: u64,
    pub(super) branch: u32,
    /// The one member whom each branch is sure to have.
    pub(super) secretary: bool,
    pub(super) female: bool,
    pub(super) birth: Day,
    /// The resident ID: 18 ASCII characters, the check character right.
    pub(super) id: [u8; 18],
    pub(super) ethnicity: usize,
    /// The mobile number: 11 digits; some members' is not in their row.
    pub(super) mobile: u64,
    pub(super) has_mobile: bool,
    /// The local part of a landline number, if the row has one.
    pub(super) landline: Option<u64>,
}

/// A branch: its employer, its city, and its number within the employer.
#[derive(Clone, Copy)]
pub(super) struct Branch {
    pub(super) employer: u32,
    pub(super) number: u32,
    pub(super) city: u8,
    pub(super) sort: u8,
}

/// An employer: its name and its sector.
pub(super) struct Employer {
    pub(super) name: String,
    pub(super) sector: u8,
}

/// Why a row is dirty.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Dirt {
    WrongCheckDigit,
    MissingId,
    PlaceholderId,
    StraySpaces,
    Missing,
    Placeholder,
    SharedId,
    BirthMismatch,
    SexMismatch,
    BadDate,
    /// An identifier stands in a cell that policies keep.
    Intruder,
    /// Resident ID and mobile stand in each other's column.
    Swapped,
    /// A person who is a member elsewhere too: no error, a second row.
    SecondRow,
}

/// The shares of each sort of dirt among a hundred dirty rows.
const DIRT: &[(Dirt, u64)] = &[
    (Dirt::WrongCheckDigit, 18),
    (Dirt::MissingId, 7),
    (Dirt::PlaceholderId, 8),
    (Dirt::StraySpaces, 18),
    (Dirt::Missing, 11),
    (Dirt::Placeholder, 8),
    (Dirt::SharedId, 9),
    (Dirt::BirthMismatch, 4),
    (Dirt::SexMismatch, 3),
    (Dirt::BadDate, 4),
    (Dirt::Intruder, 2),
    (Dirt::Swapped, 1),
    (Dirt::SecondRow, 7),
];

pub(super) struct World {
    pub(super) spec: Spec,
    pub(super) employers: Vec<Employer>,
    pub(super) branches: Vec<Branch>,
    /// The two digits that a city has within its province in area codes.
    county: Vec<u8>,
    by_size: Weighted,
    city_sizes: Weighted,
    groups: Weighted,
    surnames: Weighted,
    secretaries: Permutation,
    calendar: Permutation,
    mobiles: Permutation,
    landlines: Permutation,
    /// For each year of birth, the first slot of the calendar.
    years: Vec<u64>,
}

/// How many members share a day of birth in one turn through the calendar.
const fn crowd(year: u32) -> u64 {
    match year {
        ..1930 => 1,
        1930..1940 => 2,
        1940..1950 => 4,
        1950..1960 => 7,
        1960..1980 => 8,
        1980..1990 => 9,
        _ => 5,
    }
}

/// Zipf's law with the exponent 1 in whole numbers: the weight of a rank.
fn zipf(rank: usize, offset: u64) -> u64 {
    (1 << 32) / (rank as u64 + offset)
}

/// Divides `total` places among `weights`, at least one each, in proportion.
fn allot(total: u64, weights: &[u64]) -> Vec<u64> {
    let sum: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    let spare = u128::from(total.saturating_sub(weights.len() as u64));
    let (mut before, mut upto) = (0u128, 0u128);
    weights
        .iter()
        .map(|weight| {
            upto += u128::from(*weight);
            let at = spare * upto / sum.max(1);
            let share = at - before;
            before = at;
            1 + share as u64
        })
        .collect()
}

impl World {
    pub(super) fn new(spec: Spec) -> Self {
        let sectors = words::SECTORS.len().min(
            usize::try_from(spec.branches / 8)
                .unwrap_or(usize::MAX)
                .max(1),
        );
        let employers_wanted = (spec.branches / 4).clamp(sectors as u64, 2_000);
        let sector_weights: Vec<u64> = (0..sectors).map(|rank| zipf(rank, 3)).collect();
        let city_sizes: Vec<u64> = (0..words::CITIES.len()).map(|rank| zipf(rank, 4)).collect();
        let city_sizes = Weighted::new(&city_sizes);

        let mut employers = Vec::new();
        let mut employer_weights = Vec::new();
        let mut homes = Vec::new();
        let per_sector = allot(employers_wanted, &sector_weights);
        for (sector, count) in per_sector.iter().enumerate() {
            let ranks: Vec<u64> = (0..*count).map(|rank| zipf(rank as usize, 6)).collect();
            let sum: u128 = ranks.iter().map(|weight| u128::from(*weight)).sum();
            for weight in ranks {
                let share = u128::from(sector_weights[sector]) * u128::from(weight) / sum.max(1);
                employer_weights.push((share as u64).max(1));
                let number = employers.len() + 1;
                let mut place = Random::new(spec.seed, Stream::Place, number as u64);
                let (_, noun, ending) = words::SECTORS[sector];
                let invented = place.pick(words::INVENTED);
                employers.push(Employer {
                    name: format!("{invented}{noun}{number:03}{ending}"),
                    sector: sector as u8,
                });
                homes.push(city_sizes.draw(&mut place) as u8);
            }
        }

        let mut branches = Vec::new();
        let mut branch_weights = Vec::new();
        for (employer, count) in allot(spec.branches, &employer_weights).iter().enumerate() {
            let ranks: Vec<u64> = (0..*count).map(|rank| zipf(rank as usize, 12)).collect();
            let sum: u128 = ranks.iter().map(|weight| u128::from(*weight)).sum();
            for (at, weight) in ranks.iter().enumerate() {
                let share = u128::from(employer_weights[employer]) * u128::from(*weight) * 4_096
                    / sum.max(1);
                branch_weights.push((share as u64).max(1));
                let mut place =
                    Random::new(spec.seed, Stream::Place, (1 << 32) + branches.len() as u64);
                let city = if place.per_mille(700) {
                    homes[employer]
                } else {
                    city_sizes.draw(&mut place) as u8
                };
                branches.push(Branch {
                    employer: employer as u32,
                    number: at as u32 + 1,
                    city,
                    sort: place.index(words::BRANCHES.len()) as u8,
                });
            }
        }

        let mut years = vec![0];
        for year in FIRST_YEAR..=LAST_YEAR {
            let before = years.last().copied().unwrap_or(0);
            years.push(before + crowd(year) * u64::from(days_of_year(year)));
        }
        let slots = years.last().copied().unwrap_or(1);
        let county = words::CITIES
            .iter()
            .enumerate()
            .map(|(at, city)| {
                let earlier = &words::CITIES[..at];
                let same = earlier.iter().filter(|other| other.digits == city.digits);
                1 + same.count() as u8
            })
            .collect();
        let group_weights: Vec<u64> = words::ETHNICITIES.iter().map(|(_, share)| *share).collect();
        let surname_weights: Vec<u64> = (0..words::SURNAMES.len())
            .map(|rank| zipf(rank, 6))
            .collect();
        Self {
            employers,
            branches,
            county,
            by_size: Weighted::new(&branch_weights),
            city_sizes,
            groups: Weighted::new(&group_weights),
            surnames: Weighted::new(&surname_weights),
            secretaries: Permutation::new(spec.rows.max(1), spec.seed, 1),
            calendar: Permutation::new(slots, spec.seed, 2),
            mobiles: Permutation::new(MOBILES, spec.seed, 3),
            landlines: Permutation::new(8_000_000, spec.seed, 4),
            years,
            spec,
        }
    }

    /// The most rows that keep every resident ID unique.
    pub(super) fn most_rows() -> u64 {
        let days: u64 = (FIRST_YEAR..=LAST_YEAR)
            .map(|year| crowd(year) * u64::from(days_of_year(year)))
            .sum();
        days * (SERIALS / 9) * UNASSIGNED.len() as u64
    }

    /// The branch for which the row is the member sure to be there.
    fn secretary_of(&self, row: u64) -> Option<u32> {
        let at = self.secretaries.apply(row);
        (at < self.spec.branches).then_some(at as u32)
    }

    /// Who the row is.
    pub(super) fn person(&self, row: u64) -> Person {
        let mut random = Random::new(self.spec.seed, Stream::Person, row);
        let secretary = self.secretary_of(row);
        let drawn = self.by_size.draw(&mut random) as u32;
        let branch = secretary.unwrap_or(drawn);
        let place = self.branches[branch as usize];
        let employer = &self.employers[place.employer as usize];
        let women = 150 + (u64::from(employer.sector) * 37) % 400;
        let female = random.per_mille(women);
        let born_in = if random.per_mille(700) {
            usize::from(place.city)
        } else {
            self.city_sizes.draw(&mut random)
        };

        // Day of birth and serial number follow from the row's number without
        // collision: each turn through the calendar uses fresh serials, and
        // when a day's serials are used up the next unassigned prefecture does.
        let slots = self.years.last().copied().unwrap_or(1);
        let (turn, slot) = (row / slots, self.calendar.apply(row % slots));
        let year_at = self.years.partition_point(|first| *first <= slot) - 1;
        let year = FIRST_YEAR + year_at as u32;
        let within = slot - self.years[year_at];
        let offset = within % u64::from(days_of_year(year));
        let copy = within / u64::from(days_of_year(year));
        let birth = Day::after(year, offset as u32);
        let turns = SERIALS / 9;
        let serial = ((turn % turns) * crowd(year) + copy) * 211 + offset * 37;
        let middle = UNASSIGNED[(turn / turns) as usize % UNASSIGNED.len()];
        let id = self.id(born_in, middle, birth, serial % SERIALS, female);

        let city = &words::CITIES[born_in];
        let at_home = words::AT_HOME
            .iter()
            .find(|(digits, _, _)| *digits == city.digits)
            .filter(|(_, _, share)| random.per_mille(*share));
        let group = self.groups.draw(&mut random);
        let has_mobile = random.per_mille(940);
        let landline = random
            .per_mille(380)
            .then(|| self.landlines.apply(row % 8_000_000));
        Person {
            row,
            branch,
            secretary: secretary.is_some(),
            female,
            birth,
            id,
            ethnicity: at_home.map_or(group, |(_, home, _)| *home),
            mobile: self.mobile(row),
            has_mobile,
            landline,
        }
    }

    /// Somebody who is not in the register; shares no number with a member.
    pub(super) fn outsider(&self, random: &mut Random) -> Person {
        let row = OUTSIDERS_FROM + random.below(OUTSIDERS);
        let female = random.per_mille(500);
        let birth = Day::after(FIRST_YEAR + 20, random.below(60 * 365) as u32);
        let city = self.city_sizes.draw(random);
        Person {
            row,
            branch: 0,
            secretary: false,
            female,
            birth,
            id: self.id(city, OUTSIDE, birth, random.below(SERIALS), female),
            ethnicity: 0,
            mobile: self.mobile(row),
            has_mobile: true,
            landline: None,
        }
    }

    fn mobile(&self, row: u64) -> u64 {
        let at = self.mobiles.apply(row);
        let prefix = MOBILE_PREFIXES[(at / 100_000_000) as usize % MOBILE_PREFIXES.len()];
        prefix * 100_000_000 + at % 100_000_000
    }

    fn id(&self, city: usize, middle: u8, birth: Day, serial: u64, female: bool) -> [u8; 18] {
        let mut id = [b'0'; 18];
        let serial = 2 * serial + if female { 2 } else { 1 };
        let parts = [
            (0, 2, u64::from(words::CITIES[city].digits)),
            (2, 2, u64::from(middle)),
            (4, 2, u64::from(self.county[city])),
            (6, 4, u64::from(birth.year)),
            (10, 2, u64::from(birth.month)),
            (12, 2, u64::from(birth.day)),
            (14, 3, serial),
        ];
        for (from, digits, value) in parts {
            let mut left = value;
            for at in (from..from + digits).rev() {
                id[at] = b'0' + (left % 10) as u8;
                left /= 10;
            }
        }
        id[17] = check_character(&id);
        id
    }

    /// Writes the name of a row's person.
    pub(super) fn name(&self, person: &Person, out: &mut String) {
        let mut random = Random::new(self.spec.seed, Stream::Name, person.row);
        out.clear();
        if words::DOTTED.contains(&person.ethnicity) {
            out.push_str(random.pick(words::SYLLABLES));
            out.push_str(random.pick(words::SYLLABLES));
            out.push('·');
            out.push_str(random.pick(words::SYLLABLES));
            if random.per_mille(500) {
                out.push_str(random.pick(words::SYLLABLES));
            }
            return;
        }
        out.push_str(words::SURNAMES[self.surnames.draw(&mut random)].0);
        let given = if random.per_mille(150) { 1 } else { 2 };
        for _ in 0..given {
            let list = match random.below(100) {
                ..50 => words::GIVEN,
                50..99 if person.female => words::GIVEN_WOMEN,
                50..99 => words::GIVEN_MEN,
                _ if random.per_mille(100) => words::GIVEN_RARE,
                _ => words::GIVEN,
            };
            out.push_str(random.pick(list));
        }
    }

    /// Writes the mail address of a row's person; it stands in no column.
    pub(super) fn email(&self, person: &Person, out: &mut String) {
        use std::fmt::Write as _;
        let mut random = Random::new(self.spec.seed, Stream::Email, person.row);
        // The surname must be the one of the name: the same draw.
        let mut naming = Random::new(self.spec.seed, Stream::Name, person.row);
        let latin = words::SURNAMES[self.surnames.draw(&mut naming)].1;
        let (a, b) = (random.below(26) as u8, random.below(26) as u8);
        let (a, b) = (char::from(b'a' + a), char::from(b'a' + b));
        let row = person.row + 1;
        out.clear();
        // Writing to a String cannot fail.
        let _infallible = match random.below(5) {
            0 => write!(out, "{latin}.{a}{b}{row}"),
            1 => write!(out, "{latin}{a}{row}"),
            2 => write!(out, "{a}{b}_{latin}{row}"),
            3 => write!(out, "{latin}-{row}"),
            _ => write!(out, "{latin}{row}+{a}{b}"),
        };
        out.push('@');
        out.push_str(random.pick(words::MAIL_HOSTS));
    }

    /// Which sort of structural damage a row takes, if any: one row in every
    /// block of `malformed_every`, never a branch's only sure member.
    pub(super) fn damage(&self, row: u64) -> Option<u64> {
        let every = self.spec.malformed_every;
        let block = row.checked_div(every)?;
        let mut random = Random::new(self.spec.seed, Stream::Damage, block);
        for _ in 0..32 {
            let at = block * every + random.below(every);
            if self.secretaries.len() > at && self.secretary_of(at).is_none() {
                return (at == row).then_some(block);
            }
        }
        None
    }

    /// Why a row is dirty, if it is.
    pub(super) fn dirt(&self, row: u64) -> Option<Dirt> {
        let mut random = Random::new(self.spec.seed, Stream::Dirt, row);
        if random.below(10_000) >= self.spec.dirty_per_10_000 {
            return None;
        }
        let mut at = random.below(DIRT.iter().map(|(_, share)| share).sum());
        for (dirt, share) in DIRT {
            if at < *share {
                return Some(*dirt);
            }
            at -= share;
        }
        None
    }

    /// Another member, whose row can be read, is clean and holds a mobile.
    pub(super) fn other_member(&self, than: u64, random: &mut Random) -> Option<Person> {
        for _ in 0..16 {
            let row = random.below(self.spec.rows);
            if row == than || self.dirt(row).is_some() || self.damage(row).is_some() {
                continue;
            }
            let person = self.person(row);
            if person.has_mobile {
                return Some(person);
            }
        }
        None
    }
}

/// The last character of a resident ID (GB 11643-1999, ISO 7064 MOD 11-2).
pub(super) fn check_character(id: &[u8; 18]) -> u8 {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = WEIGHTS
        .iter()
        .zip(id)
        .map(|(weight, digit)| weight * u32::from(digit - b'0'))
        .sum();
    b"10X98765432"[(sum % 11) as usize]
}
