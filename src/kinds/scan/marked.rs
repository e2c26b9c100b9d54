//! Finds in running text what its own marks tell: addresses of pages and
//! machines, coordinates, number plates, and names of accounts and banks beside
//! their words.
//!
//! Works on a copy folded character by character (width, digits of every
//! script, format characters left out) with the place of each in the text. A
//! text in which none of the marks stand is left after one look at its bytes.
//!
//! | found | bare | else |
//! |---|---|---|
//! | `url` | scheme with `://`, or `www.`, to the next character that no address has; proven where a part may be a person's | |
//! | `ip` | IPv6 of four groups or more; IPv4 where a policy names the kind, but not behind a word of versions | IPv4 beside a word |
//! | `mac` | six pairs or three fours with one mark; without a letter only beside a word | |
//! | `coordinates` | two angles with degree signs or hemispheres | two decimals of four places where a policy names the kind, or beside a word |
//! | `cn-plate` | province, letter, the places; two digits or more | |
//! | `bic`, `wechat`, `telegram`, `vk` | never | the whole run of letters beside a word |
//!
//! May not decide between what overlaps: [`super::merge`] does.

use super::super::unicode::{digit_value, is_format, is_separator, narrow};
use super::super::{Kind, KindOptions, geo, net, plate};
use super::Hit;
use super::words::Beside;

/// Which kinds are looked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Set {
    url: bool,
    ip: bool,
    mac: bool,
    place: bool,
    plate: bool,
    words: Names,
    eager: bool,
}

/// Kinds that are a run of letters beside a word.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Names {
    bic: bool,
    wechat: bool,
    telegram: bool,
    vk: bool,
}

impl Names {
    fn any(self) -> bool {
        self.bic || self.wechat || self.telegram || self.vk
    }
}

impl Set {
    /// The kinds among `kinds`. `eager`: somebody named them.
    pub(super) fn new(kinds: &[&'static dyn Kind], eager: bool) -> Self {
        let has = |name: &str| kinds.iter().any(|kind| kind.name() == name);
        Self {
            url: has("url"),
            ip: has("ip"),
            mac: has("mac"),
            place: has("coordinates"),
            plate: has("cn-plate"),
            words: Names {
                bic: has("bic"),
                wechat: has("wechat"),
                telegram: has("telegram"),
                vk: has("vk"),
            },
            eager,
        }
    }

    /// The strict ones.
    pub(super) fn strict() -> Self {
        Self {
            mac: true,
            plate: true,
            ..Self::default()
        }
    }

    fn any(self) -> bool {
        self.url || self.ip || self.mac || self.place || self.plate || self.words.any()
    }

    /// Whether any may stand in a text. Never says no to one that does.
    #[inline]
    pub(super) fn worth(self, text: &str) -> bool {
        if !self.any() || text.len() < 6 {
            return false;
        }
        let bytes = text.as_bytes();
        if self.url || self.ip || self.place || self.words.any() {
            return bytes
                .iter()
                .any(|b| matches!(b, b':' | b'.' | b'@' | b'a'..=b'z' | b'A'..=b'Z' | 0xC2 | 0xE5 | 0xEF | 0xC0..));
        }
        (self.plate && may_hold_plate(bytes)) || (self.mac && may_hold_mac(bytes))
    }
}

/// Whether a letter follows a character beyond ASCII, or WJ or 使 stands there.
fn may_hold_plate(bytes: &[u8]) -> bool {
    let mut before = 0u8;
    let mut high = false;
    for &b in bytes {
        let letter = b.is_ascii_alphabetic();
        if letter && (high || (matches!(b, b'J' | b'j') && matches!(before, b'W' | b'w'))) {
            return true;
        }
        if b >= 0x80 {
            // Full-width letters, and 使 of embassies.
            if (before == 0xEF && matches!(b, 0xBC | 0xBD)) || (before == 0xBD && b == 0xBF) {
                return true;
            }
            high = true;
        } else if !matches!(b, b' ' | b'.' | b'-' | b'_') {
            high = false;
        }
        before = b;
    }
    false
}

/// Whether a mark stands where the second of six pairs or three fours would
/// have it again.
fn may_hold_mac(bytes: &[u8]) -> bool {
    let mut wide = 0;
    for at in memchr::memchr3_iter(b':', b'-', b'.', bytes) {
        let mark = bytes.get(at);
        if bytes.get(at + 3) == mark && bytes.get(at + 6) == mark || bytes.get(at + 5) == mark {
            return true;
        }
    }
    for at in memchr::memchr_iter(0xEF, bytes) {
        // ： － ．
        wide += u32::from(matches!(
            bytes.get(at + 1..at + 3),
            Some([0xBC, 0x9A | 0x8D | 0x8E])
        ));
    }
    // Format characters may stand between the marks of the half-width form.
    wide >= 2 || (bytes.iter().filter(|b| **b == b':').count() >= 5)
}

/// A folded character and where it stands.
#[derive(Clone, Copy)]
struct Cell {
    what: char,
    start: u32,
    end: u32,
}

/// The folded copy; buffers are kept.
#[derive(Default)]
pub(super) struct Folded {
    cells: Vec<Cell>,
    line: String,
    normal: String,
}

/// Characters of an address of a page.
fn of_url(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c)
}

/// How many characters before a name its word is looked for.
const NEAR: usize = 20;
/// What may stand between the word of an account and its name.
const LEADS: [&str; 7] = ["id", "no", "name", "account", "is", "nick", "логин"];
/// Characters of what may stand there in Chinese: 号是, 账号为, 昵称叫, 加我.
const LEADING: &str = "号號是为為名账帐賬码碼昵称稱叫加我他她的同";

/// Words behind which four numbers are a version.
const VERSION: [&str; 10] = [
    "v",
    "ver",
    "version",
    "版本",
    "版",
    "release",
    "build",
    "firmware",
    "версия",
    "固件",
];

impl Folded {
    fn set(&mut self, text: &str) {
        self.cells.clear();
        for (at, c) in text.char_indices() {
            if is_format(c) {
                continue;
            }
            let what = narrow(c);
            let what = if what.is_ascii() {
                what
            } else {
                digit_value(what).map_or(what, |d| char::from(b'0' + d))
            };
            self.cells.push(Cell {
                what,
                start: at as u32,
                end: (at + c.len_utf8()) as u32,
            });
        }
    }

    fn what(&self, at: usize) -> char {
        self.cells.get(at).map_or('\0', |cell| cell.what)
    }

    fn before(&self, at: usize) -> char {
        at.checked_sub(1).map_or('\0', |at| self.what(at))
    }

    /// How many characters from `from` are of one sort.
    fn run(&self, from: usize, of: impl Fn(char) -> bool) -> usize {
        self.cells
            .iter()
            .skip(from)
            .take_while(|cell| of(cell.what))
            .count()
    }

    fn hit(&self, from: usize, to: usize, kind: &'static str, proven: bool) -> Option<Hit> {
        let (first, last) = (self.cells.get(from)?, self.cells.get(to.checked_sub(1)?)?);
        Some(Hit {
            start: first.start as usize,
            end: last.end as usize,
            kind,
            proven,
        })
    }

    /// Whether the last of the words before `at` stands right before it: nothing
    /// but marks, spaces and what leads from the one to the other between them.
    fn right_behind(&self, at: usize, words: &[&str]) -> bool {
        let from = at.saturating_sub(NEAR);
        let before: String = self
            .cells
            .iter()
            .take(at)
            .skip(from)
            .flat_map(|cell| cell.what.to_lowercase())
            .collect();
        words.iter().any(|word| {
            let Some((_, between)) = before.rsplit_once(word) else {
                return false;
            };
            let between = between.trim_matches(|c: char| !c.is_alphanumeric());
            LEADS.contains(&between) || between.chars().all(|c| LEADING.contains(c))
        })
    }

    /// Whether a colon before `at` belongs to an address that began earlier.
    fn inside(&self, at: usize) -> bool {
        let prior = at.checked_sub(2).map_or('\0', |at| self.what(at));
        self.before(at) == ':' && (prior.is_ascii_hexdigit() || prior == ':')
    }

    /// The folded text `from..to` in `line`.
    fn write(&mut self, from: usize, to: usize) {
        let Self { cells, line, .. } = self;
        line.clear();
        line.extend(cells.iter().take(to).skip(from).map(|cell| cell.what));
    }
}

/// Everything of `set` in `text`, added to `hits`.
pub(super) fn find(text: &str, set: Set, folded: &mut Folded, hits: &mut Vec<Hit>) {
    folded.set(text);
    let mut beside = Beside::default();
    let mut at = 0;
    while at < folded.cells.len() {
        let c = folded.what(at);
        let mut next = at + 1;
        let before = folded.before(at);
        if set.url
            && matches!(c, 'h' | 'H' | 'f' | 'F' | 'w' | 'W')
            && let Some((hit, end)) = url(folded, at)
        {
            hits.extend(hit);
            next = end;
        } else if set.plate && !c.is_ascii() && plate::province(c).is_some() {
            hits.extend(plates(folded, at));
        } else if set.plate && (c == '使' || (c.is_ascii_digit() && !before.is_ascii_digit())) {
            hits.extend(embassy(folded, at));
        }
        if next == at + 1
            && c.is_ascii_hexdigit()
            && !before.is_ascii_hexdigit()
            && !folded.inside(at)
            && let Some((hit, end)) = machine(text, folded, at, set, &mut beside)
        {
            hits.extend(hit);
            next = end;
        } else if next == at + 1
            && set.ip
            && c == ':'
            && !before.is_ascii_hexdigit()
            && !folded.inside(at)
        {
            hits.extend(six(folded, at).map(|(hit, _)| hit));
        }
        if next == at + 1
            && set.words.any()
            && (c.is_ascii_alphabetic() || c == '@')
            && !(before.is_ascii_alphanumeric() || matches!(before, '_' | '@'))
        {
            hits.extend(named(text, folded, at, set.words, &mut beside));
        }
        at = next;
    }
    if set.place {
        places(text, set.eager, folded, hits, &mut beside);
    }
}

/// An address of a page at `at`, and where it ends.
fn url(folded: &mut Folded, at: usize) -> Option<(Option<Hit>, usize)> {
    let scheme = folded.run(at, |c| c.is_ascii_alphabetic());
    let word: String = (at..at + scheme.min(6))
        .map(|i| folded.what(i).to_ascii_lowercase())
        .collect();
    let after: String = (at + scheme..at + scheme + 3)
        .map(|i| folded.what(i))
        .collect();
    let host = match word.as_str() {
        "http" | "https" | "ftp" if after == "://" => at + scheme + 3,
        "www" if after.starts_with('.') => at,
        _ => return None,
    };
    let mut end = host + folded.run(host, of_url);
    if end == host || (end > host && !folded.what(host).is_ascii_alphanumeric()) {
        // A host of another script, to the next mark that ends a word.
        let name = folded.run(host, |c| c.is_alphanumeric() || matches!(c, '.' | '-'));
        end = host + name;
        end += folded.run(end, of_url);
    }
    while end > host && ".,;:!?)]'*".contains(folded.before(end)) {
        let c = folded.before(end);
        let open = match c {
            ')' => '(',
            ']' => '[',
            _ => '\0',
        };
        let count = |what: char| {
            let cells = folded.cells.iter().take(end).skip(host);
            cells.filter(|cell| cell.what == what).count()
        };
        if open != '\0' && count(open) >= count(c) {
            break;
        }
        end -= 1;
    }
    if end < host + 4 {
        return None;
    }
    folded.write(at, end);
    let mut normal = std::mem::take(&mut folded.normal);
    let read = net::Url.normalise(&folded.line, &KindOptions::default(), &mut normal);
    let proven = read.is_ok() && net::personal(&normal).is_some();
    folded.normal = normal;
    Some((folded.hit(at, end, "url", proven), end))
}

/// A plate whose province stands at `at`.
fn plates(folded: &Folded, at: usize) -> Option<Hit> {
    let gap = |from: usize| folded.run(from, |c| is_separator(c) || c == '•').min(2);
    let armed = folded.before(at) == 'J' && at >= 2 && folded.what(at - 2) == 'W';
    if armed && folded.run(at + 1, |c| c.is_ascii_digit()) >= 4 {
        let run = folded.run(at + 1, |c| c.is_ascii_alphanumeric());
        let cut = folded.what(at + 6).is_ascii_digit();
        return (run >= 5 && !cut).then(|| folded.hit(at - 2, at + 6, "cn-plate", true))?;
    }
    let letter = at + 1 + gap(at + 1).min(1);
    if !folded.what(letter).is_ascii_alphabetic() {
        return None;
    }
    let from = letter + 1 + gap(letter + 1);
    let run = folded.run(from, |c| c.is_ascii_alphanumeric());
    let places: Vec<char> = (from..from + run.min(7))
        .map(|i| folded.what(i).to_ascii_uppercase())
        .collect();
    let digits = |n: usize| places.iter().take(n).filter(|c| c.is_ascii_digit()).count();
    let legal = |n: usize| {
        places
            .get(..n)
            .is_some_and(|of| of.iter().all(|c| !matches!(c, 'I' | 'O')))
    };
    if matches!(folded.what(letter).to_ascii_uppercase(), 'I' | 'O') {
        return None;
    }
    if run == 4 && plate::purpose(folded.what(from + 4)) && digits(4) >= 2 {
        return folded.hit(at, from + 5, "cn-plate", true);
    }
    let cut = |n: usize| places.get(n).is_some_and(char::is_ascii_digit);
    if places.get(..6).is_some_and(plate::new_energy) && !cut(6) {
        return folded.hit(at, from + 6, "cn-plate", run == 6);
    }
    (legal(5) && digits(5) >= 2 && !cut(5))
        .then(|| folded.hit(at, from + 5, "cn-plate", run == 5))?
}

/// The plate of an embassy at `at`: 使 and six digits or the other way round.
fn embassy(folded: &Folded, at: usize) -> Option<Hit> {
    let digit = |c: char| c.is_ascii_digit();
    if folded.what(at) == '使' {
        return (folded.run(at + 1, digit) == 6 && folded.before(at) == '(')
            .then(|| folded.hit(at, at + 7, "cn-plate", false))?;
    }
    (folded.run(at, digit) == 6 && folded.what(at + 6) == '使' && folded.what(at + 7) != '用')
        .then(|| folded.hit(at, at + 7, "cn-plate", true))?
}

/// An address of a machine or of a network card that begins at `at`.
fn machine(
    text: &str,
    folded: &mut Folded,
    at: usize,
    set: Set,
    beside: &mut Beside,
) -> Option<(Option<Hit>, usize)> {
    let hex = |c: char| c.is_ascii_hexdigit();
    let first = folded.run(at, hex);
    let mark = folded.what(at + first);
    let start = folded.cells.get(at)?.start;
    if set.mac && matches!((first, mark), (2, ':' | '-') | (4, '.')) {
        let parts = if first == 2 { 6 } else { 3 };
        let end = at + parts * (first + 1) - 1;
        let whole = (1..parts).all(|part| {
            let from = at + part * (first + 1);
            folded.what(from - 1) == mark
                && (from..from + first).all(|i| folded.what(i).is_ascii_hexdigit())
        });
        let more = folded.what(end).is_ascii_hexdigit()
            || folded.what(end) == mark && folded.what(end + 1).is_ascii_hexdigit();
        let letters = (at..end).any(|i| folded.what(i).is_ascii_alphabetic());
        let zeros = (at..end).filter(|i| folded.what(*i) == '0').count() >= 4;
        if whole
            && !more
            && !(folded.before(at) == mark && at >= 2 && hex(folded.what(at - 2)))
            && (letters
                || (zeros && mark == ':')
                || beside.holds_one(text, start, net::Mac.facts().words))
        {
            return Some((folded.hit(at, end, "mac", true), end));
        }
    }
    if !set.ip {
        return None;
    }
    if let Some((hit, end)) = six(folded, at) {
        return Some((Some(hit), end));
    }
    four(text, folded, at, set.eager, beside)
}

/// An address of IPv6 at `at`.
fn six(folded: &mut Folded, at: usize) -> Option<(Hit, usize)> {
    let mut end = at + folded.run(at, |c| c.is_ascii_hexdigit() || matches!(c, ':' | '.'));
    let colons = (at..end).filter(|i| folded.what(*i) == ':').count();
    if colons < 2 {
        return None;
    }
    while end > at && matches!(folded.before(end), ':' | '.') {
        end -= 1;
    }
    folded.write(at, end);
    let ip = folded.line.parse::<core::net::Ipv6Addr>().ok()?;
    let groups = folded
        .line
        .split(':')
        .filter(|group| !group.is_empty())
        .count();
    // `a::b` is found in programs; a day and time has no empty group.
    let zero = ip.is_unspecified() || ip.is_loopback();
    if zero || groups < 4 && folded.line.len() < 9 {
        return None;
    }
    Some((folded.hit(at, end, "ip", true)?, end))
}

/// An address of IPv4 at `at`.
fn four(
    text: &str,
    folded: &mut Folded,
    at: usize,
    eager: bool,
    beside: &mut Beside,
) -> Option<(Option<Hit>, usize)> {
    if !folded.what(at).is_ascii_digit() || matches!(folded.before(at), '.' | '0'..='9') {
        return None;
    }
    let end = at + folded.run(at, |c| c.is_ascii_digit() || c == '.');
    let stop = if folded.before(end) == '.' {
        end - 1
    } else {
        end
    };
    folded.write(at, stop);
    let ip = folded.line.parse::<core::net::Ipv4Addr>().ok()?;
    let start = folded.cells.get(at)?.start;
    let named = beside.holds_one(text, start, net::Ip.facts().words);
    let version = beside.holds_one(text, start, &VERSION)
        || matches!(folded.before(at), 'v' | 'V' | '第' | '§');
    let found = named || (eager && !version && !ip.is_unspecified());
    Some((
        found.then(|| folded.hit(at, stop, "ip", false)).flatten(),
        stop,
    ))
}

/// A run of letters at `at` that a word before it makes a name.
fn named(
    text: &str,
    folded: &mut Folded,
    at: usize,
    names: Names,
    beside: &mut Beside,
) -> Option<Hit> {
    use super::super::handle::{TELEGRAM, VK, WECHAT};
    let of_name =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | ':' | '@');
    let mut end = at + folded.run(at, of_name);
    while end > at && matches!(folded.before(end), '.' | '-' | '/' | ':' | '@') {
        end -= 1;
    }
    let start = folded.cells.get(at)?.start;
    if names.bic && end < at + 8 && beside.holds_one(text, start, &["bic", "swift"]) {
        return spaced_bic(folded, at);
    }
    if end < at + 4 || end > at + 64 {
        return None;
    }
    if folded.before(at) == '[' && folded.what(end) == ']' {
        folded.write(at, end);
        if is_label(&folded.line) {
            return None;
        }
    }
    // A word of the language is no name of an account, unless it stands right
    // behind what says that one follows; else those have a digit or a mark.
    let telling = (at..end).any(|i| {
        let c = folded.what(i);
        c.is_ascii_digit() || matches!(c, '_' | '@' | '/' | '.')
    });
    let asked: [(bool, &'static dyn Kind); 4] = [
        (names.bic, super::super::find("bic").unwrap_or(&VK)),
        (names.wechat, &WECHAT),
        (names.telegram, &TELEGRAM),
        (names.vk, &VK),
    ];
    for (wanted, kind) in asked {
        if !wanted || !beside.holds_one(text, start, kind.facts().words) {
            continue;
        }
        if !telling && kind.name() != "bic" && !folded.right_behind(at, kind.facts().words) {
            continue;
        }
        // Letters may be glued to either end: the run goes as a whole.
        let length = end - at;
        folded.write(at, end);
        let mut normal = std::mem::take(&mut folded.normal);
        let read = |part: &str, normal: &mut String| {
            kind.normalise(part, &KindOptions::default(), normal)
                .is_ok()
        };
        let line = folded.line.as_str();
        let fits = read(line, &mut normal)
            || line
                .char_indices()
                .skip(1)
                .take(2)
                .any(|(i, _)| read(line.get(i..).unwrap_or_default(), &mut normal))
            || (1..=2).any(|cut| {
                let short = line.len().saturating_sub(cut);
                read(line.get(..short).unwrap_or_default(), &mut normal)
                    || (kind.name() == "bic"
                        && read(line.get(1..short).unwrap_or_default(), &mut normal))
            });
        folded.normal = normal;
        if fits && length <= 64 {
            return folded.hit(at, end, kind.name(), false);
        }
    }
    None
}

/// Whether a text in brackets is what an earlier redaction wrote there.
fn is_label(inner: &str) -> bool {
    let name = match inner.rsplit_once('-') {
        Some((name, number)) if number.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => inner,
    };
    matches!(name, "own-row" | "code" | super::super::register::LABEL)
        || super::super::find(name).is_some()
}

/// A code of a bank in pieces of at most six characters.
fn spaced_bic(folded: &mut Folded, at: usize) -> Option<Hit> {
    let kind = super::super::find("bic")?;
    let mut compact = String::new();
    let mut best = None;
    let mut to = at;
    while compact.len() < 12 {
        let piece = folded.run(to, |c| c.is_ascii_alphanumeric());
        if piece == 0 || piece > 6 {
            break;
        }
        compact.extend((to..to + piece).map(|i| folded.what(i)));
        to += piece;
        // A letter of another word may be glued to either end.
        let mut fits = |from: usize, cut: usize| {
            let len = compact.len().saturating_sub(cut);
            let part = compact.get(from..len).unwrap_or_default();
            kind.normalise(part, &KindOptions::default(), &mut folded.normal)
                .is_ok()
        };
        if fits(0, 0) || fits(1, 0) || fits(0, 1) || fits(1, 1) {
            best = Some(to);
        }
        if !matches!(folded.what(to), ' ' | '-') {
            break;
        }
        to += 1;
    }
    folded.hit(at, best?, "bic", false)
}

/// Places by their coordinates.
fn places(text: &str, eager: bool, folded: &mut Folded, hits: &mut Vec<Hit>, beside: &mut Beside) {
    let digits = folded
        .cells
        .iter()
        .filter(|cell| cell.what.is_ascii_digit())
        .count();
    let marks = folded
        .cells
        .iter()
        .any(|cell| matches!(cell.what, '°' | 'º' | '˚' | '度' | '.'));
    if digits < 4 || !marks {
        return;
    }
    folded.write(0, folded.cells.len());
    // Bytes of the folded line to cells.
    let mut cell_of = vec![0u32; folded.line.len() + 1];
    for (n, (at, c)) in folded.line.char_indices().enumerate() {
        for slot in cell_of.iter_mut().skip(at).take(c.len_utf8()) {
            *slot = n as u32;
        }
    }
    if let Some(last) = cell_of.last_mut() {
        *last = folded.cells.len() as u32;
    }
    for pair in geo::PAIRS.iter() {
        let mut from = 0;
        while let Some(found) = pair.captures_at(&folded.line, from) {
            let Some(all) = found.get(0) else { break };
            let start = cell_of.get(all.start()).map_or(0, |n| *n as usize);
            let end = cell_of.get(all.end()).map_or(0, |n| *n as usize);
            from = all.end();
            let cut = |c: char| c.is_ascii_digit();
            let before = folded.before(start);
            let after = folded.what(end);
            if cut(before)
                || cut(after)
                || (before == '.' && cut(folded.before(start.saturating_sub(1))))
                || (after == '.' && cut(folded.what(end + 1)))
            {
                continue;
            }
            let Some(telling) = geo::is_place(&found) else {
                // The second angle may begin another pair.
                from = all.start()
                    + found
                        .get(8)
                        .map_or(1, |gap| (gap.end() - all.start()).max(1));
                if !folded.line.is_char_boundary(from) {
                    from = all.end();
                }
                continue;
            };
            let marked =
                folded.cells.iter().take(end).skip(start).any(|cell| {
                    !(cell.what.is_ascii_digit() || " .,;+-，；、/\t".contains(cell.what))
                });
            let place = folded.cells.get(start).map_or(0, |cell| cell.start);
            let named = beside.holds_one(text, place, geo::Coordinates.facts().words);
            if named || (telling && (marked || eager)) {
                hits.extend(folded.hit(start, end, "coordinates", false));
            }
        }
    }
}

/// Addresses of e-mail with letters beyond ASCII, which the short way leaves:
/// the local part in letters of any script that is written with spaces, or,
/// where nothing else stands before the `@`, of any script at all; the domain
/// in labels of any script.
pub(super) fn mails(text: &str, hits: &mut Vec<Hit>) {
    let atom = |c: char| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    for (at, c) in text.char_indices() {
        if narrow(c) != '@' && c != '﹫' {
            continue;
        }
        let (head, tail) = text.split_at_checked(at).unwrap_or_default();
        let tail = tail.get(c.len_utf8()..).unwrap_or_default();
        let mut start = at;
        let mut odd = false;
        let mut han = false;
        for (i, c) in head.char_indices().rev().take(64) {
            let unspaced = super::super::unicode::is_unspaced(c);
            let c = narrow(c);
            if !(atom(c) || is_format(c)) || (unspaced && start < at && !han) {
                break;
            }
            han |= unspaced;
            odd |= !c.is_ascii();
            start = i;
        }
        let mut end = 0;
        let mut label = 0;
        let mut dots = 0;
        let mut wide = false;
        for (i, c) in tail.char_indices().take(120) {
            let to = i + c.len_utf8();
            match narrow(c) {
                '.' | '。' | '｡' if label > 0 => {
                    dots += 1;
                    label = 0;
                }
                c if c.is_alphanumeric() || c == '-' || mark(c) => {
                    // Latin labels end where letters of another script begin.
                    if dots > 0 && label > 0 && !wide && !c.is_ascii() {
                        break;
                    }
                    wide = !c.is_ascii();
                    label += 1;
                    odd |= wide;
                    if dots > 0 && label >= 2 {
                        end = to;
                        // Names of countries in Han have two characters.
                        if super::super::unicode::is_han(c) && label >= TOP_HAN {
                            break;
                        }
                    }
                }
                c if is_format(c) => {}
                _ => break,
            }
        }
        if odd && start < at && end > 0 {
            hits.push(Hit {
                start,
                end: at + c.len_utf8() + end,
                kind: super::EMAIL,
                proven: true,
            });
        }
    }
}

/// Characters of 中国, 公司, 网络, 香港, 台湾 and their like.
const TOP_HAN: usize = 2;

/// Vowel signs and other marks that words of some scripts hold.
fn mark(c: char) -> bool {
    matches!(c as u32, 0x0300..=0x036F | 0x0900..=0x0DFF | 0x0E31..=0x0E4E)
}

#[cfg(test)]
mod tests {
    use super::super::{Scanner, Scratch};

    const KINDS: [&str; 8] = [
        "url",
        "ip",
        "mac",
        "coordinates",
        "cn-plate",
        "wechat",
        "telegram",
        "vk",
    ];

    fn redacted(scanner: &Scanner, text: &str) -> String {
        let mut scratch = Scratch::new();
        let mut out = text.to_owned();
        for hit in scanner.find(text, &mut scratch).iter().rev() {
            out.replace_range(hit.start..hit.end, &format!("[{}]", hit.kind));
        }
        out
    }

    #[test]
    fn what_its_marks_tell_is_found_whole() {
        let scanner = Scanner::new(&KINDS, None).unwrap();
        for (text, expected) in [
            ("见https://weibo.com/u/12345。", "见[url]。"),
            ("(see http://example.com/a_(b)?x=1#y).", "(see [url])."),
            ("www.example.org/~anna, then", "[url], then"),
            ("登录IP：192.0.2.44，次日", "登录IP：[ip]，次日"),
            ("from 2001:db8::8a2e:370:7334 to", "from [ip] to"),
            ("host 192.0.2.44:8080", "host [ip]:8080"),
            ("MAC 00-00-5e-00-53-af ok", "MAC [mac] ok"),
            ("在39°54′15″N, 116°24′27″E附近", "在[coordinates]附近"),
            ("位于北纬39.9042°东经116.4074°", "位于[coordinates]"),
            ("坐标39.90,116.40处", "坐标[coordinates]处"),
            ("at 39.9042, 116.4074.", "at [coordinates]."),
            ("车牌京A·12345停在", "车牌[cn-plate]停在"),
            ("沪AD12345与粤B12345F", "[cn-plate]与[cn-plate]"),
            ("粤Z1234港入境", "[cn-plate]入境"),
            ("微信号：invented_name，加我", "微信号：[wechat]，加我"),
            ("wx wxid_abc123", "wx [wechat]"),
            ("Telegram: @invented_name", "Telegram: [telegram]"),
            ("ВК id1234567", "ВК [vk]"),
        ] {
            assert_eq!(redacted(&scanner, text), expected, "{text}");
        }
    }

    #[test]
    fn words_after_the_name_of_a_service_are_no_accounts() {
        let scanner = Scanner::new(&KINDS, None).unwrap();
        for (text, expected) in [
            ("微信：inventedname，加我", "微信：[wechat]，加我"),
            ("微信号是inventedname", "微信号是[wechat]"),
            ("WeChat ID: inventedname", "WeChat ID: [wechat]"),
            ("wx inventedname", "wx [wechat]"),
            ("tg @inventedname", "tg [telegram]"),
            ("wx call her: invented_name", "wx call her: [wechat]"),
            ("vk say hello to invented99", "vk say hello to [vk]"),
            ("telegram [invented]", "telegram [[telegram]]"),
        ] {
            assert_eq!(redacted(&scanner, text), expected, "{text}");
        }
        for text in [
            "微信上说payment received later",
            "tg was blocked, message later",
            "wx: he will travel tomorrow",
            "paid by WeChat on Monday, receipt attached",
            "vk and others report followers",
            "微信 paid, waiting for receipts",
            "加微后 she never answered",
            "telegram[phone](",
            "wx：[cn-resident-id]，vk [own-row-2]",
        ] {
            assert_eq!(redacted(&scanner, text), text);
        }
    }

    #[test]
    fn versions_times_decimals_and_names_of_programs_are_left() {
        let named = Scanner::new(&KINDS, None).unwrap();
        for text in [
            "v1.2.3.4",
            "版本 10.0.19.42",
            "firmware 1.2.3.4",
            "1.2.3.4.5",
            "10.0.19041.1234",
            "std::fs::read",
            "a::b",
            "12:30:45",
            "2026-11-23 12:30:45",
            "12:30:45:10:11",
            "20-11-23-12-30-45",
            "3.14, 2.71",
            "1.234,567.89",
            "长39度5分",
            "39°C, 40°C",
            "京东A123",
            "京A1234567",
            "苏A股12345",
            "北京A12345678",
            "example.com",
            "http://",
            "WeChat Pay",
            "6:30-7:15",
            "d41d8cd98f00b204e9800998ecf8427e",
            "使用123456",
        ] {
            assert_eq!(redacted(&named, text), text);
        }
        // Without anybody saying that there are such, what could be a version is left.
        let all = Scanner::all(None);
        for text in ["192.0.2.44", "39.9042, 116.4074", "invented_name"] {
            assert_eq!(redacted(&all, text), text);
        }
    }

    #[test]
    fn plates_and_network_cards_are_hunted_in_finished_files() {
        let strict = Scanner::strict_all();
        let mut scratch = Scratch::new();
        for text in [
            "京A12345",
            "００：００：５ｅ：００：５３：ａｆ",
            "WJ京12345",
        ] {
            assert!(strict.any_proven(text, &mut scratch), "{text}");
        }
        for text in ["192.0.2.44", "https://weibo.com/u/1", "京A1234", "12:30:45"] {
            assert!(!strict.any_proven(text, &mut scratch), "{text}");
        }
    }
}
