//! Wrong policies, each with the one problem that is reported and the exact
//! text it points at: the part between « and ».

use super::super::*;
use super::SPEC;

/// What a named file of a scene holds. Invented.
fn files(name: &str) -> std::io::Result<Vec<u8>> {
    match name {
        "map.csv" => Ok(b"a,b\n".to_vec()),
        "lists/towns.csv" => Ok(b"a;b;c\n".to_vec()),
        _ => Err(std::io::Error::from(std::io::ErrorKind::NotFound)),
    }
}

/// SPEC with one passage replaced; the passage must stand there once.
fn edited(from: &str, to: &str) -> String {
    assert_eq!(SPEC.matches(from).count(), 1, "{from:?} stands there once");
    SPEC.replacen(from, to, 1)
}

/// What is not as it should be: the text, freed of its marks, must have
/// exactly the problem, there.
fn scene(name: &str, marked: &str, code: &str, words: &str) -> Option<String> {
    let start = marked
        .find('«')
        .unwrap_or_else(|| panic!("{name}: no mark"));
    let text = marked.replacen('«', "", 1);
    let end = text
        .find('»')
        .unwrap_or_else(|| panic!("{name}: no end mark"));
    let text = text.replacen('»', "", 1);
    let Err(errors) = parse("p.toml", &text, &mut files) else {
        return Some(format!("{name}: the policy was accepted"));
    };
    let got: Vec<_> = errors
        .problems
        .iter()
        .map(|p| (p.code, p.at.clone()))
        .collect();
    if got != [(code, start..end)] {
        return Some(format!("{name}: wanted {code} at {start}..{end}\n{errors}"));
    }
    let p = &errors.problems[0];
    let all = format!("{}\n{}\n{}", p.message, p.why, p.help);
    (!all.contains(words)).then(|| format!("{name}: {words:?} is not in\n{all}"))
}

/// (what, passage of SPEC, what stands there instead, code, words of the message)
const SCENES: &[(&str, &str, &str, &str, &str)] = &[
    // Keys and words.
    (
        "misspelt key",
        "ground  = \"direct\"\nwhy     = \"Counts",
        "«gruond»  = \"direct\"\nwhy     = \"Counts",
        "policy/unknown-key",
        "did you mean `ground`",
    ),
    (
        "key of another language",
        "dpia             = \"DPIA-14\"",
        "«lawyer» = \"X\"",
        "policy/unknown-key",
        "`controller`",
    ),
    (
        "unknown section",
        "[extract.risk]\nk = 5",
        "[«output»]\na = 1\n[extract.risk]\nk = 5",
        "policy/unknown-key",
        "`extract`",
    ),
    (
        "unknown key deep inside",
        "k = 5",
        "k = 5\n«kk» = 5",
        "policy/unknown-key",
        "[extract.risk]",
    ),
    (
        "unknown key of a recipient",
        "country = \"BE\"",
        "«land» = \"BE\"",
        "policy/unknown-key",
        "`country`",
    ),
    (
        "unknown key of a domain",
        "bits   = 80",
        "bits   = 80\n«size» = 1",
        "policy/unknown-key",
        "`prefix`",
    ),
    (
        "misspelt treatment",
        "do     = \"generalise\"",
        "do     = «\"generalize\"»",
        "policy/unknown-word",
        "did you mean `generalise`",
    ),
    (
        "hash is no treatment",
        "do      = \"pseudonymise\"",
        "do      = «\"hash\"»",
        "policy/unknown-word",
        "did you mean `pseudonymise`",
    ),
    (
        "keep what is unlisted",
        "unlisted    = \"refuse\"",
        "unlisted    = «\"keep\"»",
        "policy/unknown-word",
        "does not leave",
    ),
    (
        "misspelt kind",
        "kind    = \"cn-resident-id\"",
        "kind    = «\"cn-residentid\"»",
        "policy/unknown-word",
        "did you mean `cn-resident-id`",
    ),
    (
        "misspelt class",
        "class  = \"none\"",
        "class  = «\"non\"»",
        "policy/unknown-word",
        "did you mean `none`",
    ),
    (
        "misspelt order",
        "order  = \"shuffled\"",
        "order  = «\"random\"»",
        "policy/unknown-word",
        "did you mean `shuffled`",
    ),
    (
        "misspelt span",
        "to     = \"5-years\"",
        "to     = «\"5-year\"»",
        "policy/unknown-word",
        "did you mean `5-years`",
    ),
    (
        "unknown encoding",
        "encoding = \"utf-8\"",
        "encoding = «\"utf-9\"»",
        "policy/unknown-word",
        "declared, never guessed",
    ),
    (
        "text that cannot be found",
        "find   = [\"cn-resident-id\",",
        "find   = [«\"text\"»,",
        "policy/unknown-word",
        "running text",
    ),
    (
        "misspelt figure",
        "\"records\"]",
        "«\"record\"»]",
        "policy/unknown-word",
        "did you mean `records`",
    ),
    // Written twice.
    (
        "key twice",
        "kind   = \"date\"",
        "kind   = \"date\"\n«kind» = \"date\"",
        "policy/duplicate",
        "twice",
    ),
    (
        "value twice",
        "missing = [\"\", \"NULL\", \"无\"]",
        "missing = [\"\", \"无\", «\"无\"»]",
        "policy/duplicate",
        "stands twice",
    ),
    (
        "figure twice",
        "[\"person\", \"records\"]",
        "[\"person\", «\"person\"»]",
        "policy/duplicate",
        "twice",
    ),
    (
        "column of a table twice",
        "[\"employer\", \"ethnicity\"]",
        "[\"employer\", «\"employer\"»]",
        "policy/duplicate",
        "twice",
    ),
    // Types.
    (
        "version in quotes",
        "version     = 3",
        "version     = «\"3\"»",
        "policy/wrong-type",
        "without quotes",
    ),
    (
        "purpose that is a number",
        "purpose     = \"Count members per employer; no individual is published\"",
        "purpose     = «7»",
        "policy/wrong-type",
        "a text",
    ),
    (
        "list that is a text",
        "in = [\"Shanghai\", \"上海市\"]",
        "in = «\"Shanghai\"»",
        "policy/wrong-type",
        "a list",
    ),
    (
        "rule that is a word",
        "[columns.city]\ndo     = \"drop\"\nground = \"quasi\"\nwhy    = \"Not needed\"",
        "[columns]\ncity = «\"drop\"»",
        "policy/wrong-type",
        "[columns.city]",
    ),
    (
        "section with one bracket",
        "[[exceptions]]",
        "[«exceptions»]",
        "policy/wrong-type",
        "two brackets",
    ),
    (
        "truth in quotes",
        "format = \"csv\"\n[extract.risk]",
        "bom = «\"false\"»\n[extract.risk]",
        "policy/wrong-type",
        "true or false",
    ),
    (
        "header that is a word",
        "delimiter = \",\"",
        "header = «\"yes\"»",
        "policy/wrong-type",
        "true or false",
    ),
    // Dates and numbers.
    (
        "date with a time",
        "valid_until = 2027-03-31",
        "valid_until = «2027-03-31T00:00:00»",
        "policy/date",
        "without a time",
    ),
    (
        "no day of the calendar",
        "until = 2027-01-31",
        "until = «\"2027-02-29\"»",
        "policy/date",
        "calendar",
    ),
    (
        "k of one",
        "k = 5",
        "k = «1»",
        "policy/out-of-range",
        "from 2",
    ),
    (
        "min below three",
        "min     = 10",
        "min     = «2»",
        "policy/out-of-range",
        "two people",
    ),
    (
        "negative version",
        "version     = 3",
        "version     = «-1»",
        "policy/out-of-range",
        "at least 1",
    ),
    (
        "bits between",
        "bits   = 80",
        "bits   = «96»",
        "policy/out-of-range",
        "80 or 128",
    ),
    (
        "share above one",
        "bad = \"quarantine\"",
        "bad = \"quarantine\"\nmax_bad = «1.5»",
        "policy/out-of-range",
        "0 to 1",
    ),
    (
        "prefix in lower case",
        "prefix = \"P\"",
        "prefix = «\"p\"»",
        "policy/value",
        "A-Z",
    ),
    (
        "delimiter of two bytes",
        "delimiter = \",\"",
        "delimiter = «\"||\"»",
        "policy/value",
        "one byte",
    ),
    (
        "quote and delimiter alike",
        "delimiter = \",\"",
        "delimiter = \",\"\nquote = «\",\"»",
        "policy/value",
        "same byte",
    ),
    (
        "field larger than a record",
        "bad = \"quarantine\"",
        "max_field = «5_000_000»",
        "policy/value",
        "inside a record",
    ),
    (
        "country in words",
        "country = \"BE\"",
        "country = «\"Belgium\"»",
        "policy/value",
        "ISO 3166",
    ),
    (
        "bands that fall",
        "do     = \"keep\"\nkind   = \"text\"",
        "do = \"generalise\"\nbands = [0, 18, «12»]",
        "policy/value",
        "rising",
    ),
    (
        "one band",
        "do     = \"keep\"\nkind   = \"text\"",
        "do = \"generalise\"\nbands = «[0]»",
        "policy/value",
        "two limits",
    ),
    (
        "mask with a letter",
        "do     = \"keep\"\nkind   = \"text\"",
        "do = \"mask\"\nwith = «\"x\"»",
        "policy/value",
        "letter",
    ),
    (
        "missing = false",
        "in = [\"Shanghai\", \"上海市\"]",
        "missing = «false»",
        "policy/value",
        "tests nothing",
    ),
    (
        "range that falls",
        "in = [\"Shanghai\", \"上海市\"]",
        "from = 9\nto = «1»",
        "policy/value",
        "before",
    ),
    (
        "missing word with spaces",
        "\"NULL\",",
        "«\" NULL\"»,",
        "policy/value",
        "trimming",
    ),
    // Names.
    (
        "policy without project",
        "policy      = \"party-register/extract\"",
        "policy      = «\"party-register\"»",
        "policy/name",
        "project/name",
    ),
    (
        "recipient in capitals",
        "[recipients.partner-be]",
        "[recipients.«Partner»]\n[recipients.partner-be]",
        "policy/name",
        "lower-case",
    ),
    (
        "recipient called all",
        "[recipients.partner-be]",
        "[recipients.«all»]\n[recipients.partner-be]",
        "policy/name",
        "every recipient",
    ),
    (
        "family with a blank",
        "family      = \"register-2016\"",
        "family      = «\"register 2016\"»",
        "policy/name",
        "hyphens",
    ),
    // Grounds and reasons.
    (
        "no such ground",
        "ground  = \"direct\"\nwhy     = \"Counts",
        "ground  = «\"direkt\"»\nwhy     = \"Counts",
        "policy/unknown-reference",
        "did you mean `direct`",
    ),
    (
        "a reason not yet written",
        "why    = \"40 broad sectors; none singles out\"",
        "why    = «\"…\"»",
        "policy/empty-text",
        "signs",
    ),
    (
        "a reason to do",
        "why    = \"40 broad sectors; none singles out\"",
        "why    = «\"TODO\"»",
        "policy/empty-text",
        "signs",
    ),
    (
        "an empty purpose",
        "purpose     = \"Count members per employer; no individual is published\"",
        "purpose     = «\"  \"»",
        "policy/empty-text",
        "judged",
    ),
    (
        "an empty ground",
        "finding = \"Subject of the story\"",
        "finding = «\"\"»",
        "policy/empty-text",
        "says nothing",
    ),
    (
        "an exception without a reason",
        "why = \"Ten is below the house's twelve; agreed for this story\"",
        "why = «\"...\"»",
        "policy/empty-text",
        "page one",
    ),
    // Required keys.
    (
        "column without do",
        "[columns.city]\ndo     = \"drop\"",
        "«[columns.city]»",
        "policy/missing-key",
        "needs `do`",
    ),
    (
        "input order without why",
        "order  = \"shuffled\"",
        "order  = «\"input\"»",
        "policy/missing-key",
        "who stood beside whom",
    ),
    (
        "zeros without why",
        "zeros   = \"protect\"",
        "zeros   = «\"publish\"»",
        "policy/missing-key",
        "news",
    ),
    (
        "plain hash without why",
        "format = \"csv\"\nencoding",
        "«hash» = \"plain\"\nencoding",
        "policy/missing-key",
        "which copy",
    ),
    (
        "row rule without a test",
        "[[rows]]\ndo = \"only\"\ncolumn = \"city\"\nin = [\"Shanghai\", \"上海市\"]",
        "«[[rows]]»\ndo = \"only\"\ncolumn = \"city\"",
        "policy/missing-key",
        "tests nothing",
    ),
    // Keys that would have no effect.
    (
        "max of a dropped column",
        "do     = \"drop\"\nground = \"direct\"",
        "do     = \"drop\"\n«max» = 5\nground = \"direct\"",
        "policy/misplaced-key",
        "belongs to `keep`",
    ),
    (
        "invalid of a dropped column",
        "do     = \"drop\"\nground = \"direct\"",
        "do     = \"drop\"\n«invalid» = \"withhold\"\nground = \"direct\"",
        "policy/misplaced-key",
        "not read",
    ),
    (
        "another name for what does not leave",
        "do     = \"drop\"\nground = \"direct\"",
        "do     = \"drop\"\n«as» = \"n\"\nground = \"direct\"",
        "policy/misplaced-key",
        "does not leave",
    ),
    (
        "region without a phone",
        "kind   = \"text\"\nclass",
        "kind   = \"text\"\n«region» = \"CN\"\nclass",
        "policy/misplaced-key",
        "phone",
    ),
    (
        "format without a date",
        "kind   = \"text\"\nclass",
        "kind   = \"text\"\n«format» = \"%d.%m.%Y\"\nclass",
        "policy/misplaced-key",
        "date",
    ),
    (
        "own_row of a kept column",
        "kind   = \"text\"\nclass",
        "kind   = \"text\"\n«own_row» = false\nclass",
        "policy/misplaced-key",
        "own-row",
    ),
    (
        "level without a hierarchy",
        "to     = \"5-years\"",
        "to     = \"5-years\"\n«level» = 1",
        "policy/misplaced-key",
        "hierarchy",
    ),
    (
        "two forms",
        "to     = \"5-years\"",
        "to     = \"5-years\"\n«prefix» = 4",
        "policy/misplaced-key",
        "beside `to`",
    ),
    (
        "values and pattern",
        "kind   = \"text\"\nclass",
        "values = [\"a\"]\n«pattern» = \"a\"\nclass",
        "policy/misplaced-key",
        "closed form",
    ),
    (
        "quote of JSON Lines",
        "format = \"csv\"\nencoding = \"utf-8\"\ndelimiter = \",\"",
        "format = \"jsonl\"\n«quote» = \"'\"",
        "policy/misplaced-key",
        "jsonl",
    ),
    (
        "why without input order",
        "order  = \"shuffled\"",
        "«why» = \"It is nicer\"",
        "policy/misplaced-key",
        "order = \"input\"",
    ),
    (
        "two tests",
        "in = [\"Shanghai\", \"上海市\"]",
        "in = [\"Shanghai\"]\n«missing» = true",
        "policy/misplaced-key",
        "second [[rows]]",
    ),
    (
        "max_bad beside refuse",
        "bad = \"quarantine\"",
        "bad = \"refuse\"\n«max_bad» = 0.1",
        "policy/misplaced-key",
        "refuse",
    ),
    // Not built yet.
    (
        "encrypt",
        "do     = \"keep\"",
        "do     = «\"encrypt\"»",
        "policy/not-built",
        "encrypt",
    ),
    (
        "kind of later",
        "kind   = \"text\"",
        "kind   = «\"address\"»",
        "policy/not-built",
        "address",
    ),
    (
        "codes of a domain whose kind is not looked for",
        "find   = [\"cn-resident-id\", \"phone\", \"email\", \"own-row\"]\nground = \"direct\"\nwhy    = \"Reporters",
        "find = [\"phone\"]\nregion = \"CN\"\nlabel = \"code\"\ndomain = «\"person\"»\nground = \"direct\"\nwhy    = \"Reporters",
        "policy/not-allowed",
        "cn-resident-id",
    ),
    (
        "codes of a domain that nothing is in",
        "ground = \"direct\"\nwhy    = \"Reporters",
        "label = \"code\"\ndomain = «\"nobody\"»\nground = \"direct\"\nwhy    = \"Reporters",
        "policy/kind",
        "what kind",
    ),
    (
        "a list of names without its word",
        "find   = [\"cn-resident-id\", \"phone\", \"email\", \"own-row\"]\nground",
        "find   = [\"phone\", \"own-row\"]\nregion = \"CN\"\n«names_in» = \"map.csv\"\nground",
        "policy/misplaced-key",
        "listed-names",
    ),
    (
        "a list that is not there",
        "find   = [\"cn-resident-id\", \"phone\", \"email\", \"own-row\"]\nground",
        "find   = [\"own-row\", \"listed-names\"]\nnames_in = «\"nobody.txt\"»\nground",
        "policy/file",
        "nobody.txt",
    ),
    (
        "a list outside the folder",
        "find   = [\"cn-resident-id\", \"phone\", \"email\", \"own-row\"]\nground",
        "find   = [\"own-row\", \"listed-names\"]\nnames_in = «\"../names.txt\"»\nground",
        "policy/file-name",
        "leaves",
    ),
    (
        "a domain of other labels",
        "ground = \"direct\"\nwhy    = \"Reporters",
        "label = \"numbered\"\n«domain» = \"person\"\nground = \"direct\"\nwhy    = \"Reporters",
        "policy/misplaced-key",
        "code",
    ),
    (
        "a sum of what is no number",
        "\"records\"]",
        "{ sum = «\"employer\"» }]",
        "policy/not-allowed",
        "number",
    ),
    (
        "a distinct count under cell keys",
        "\"records\"]\nmin     = 10\nprotect = \"suppress\"",
        "{ distinct = «\"employer\"» }]\nmin = 10\nprotect = \"cell-key\"",
        "policy/not-allowed",
        "persons and records",
    ),
    (
        "two figures in one",
        "\"records\"]",
        "«{ sum = \"city\", mean = \"city\" }»]",
        "policy/wrong-type",
        "one word and one column",
    ),
    (
        "shares",
        "\"records\"]",
        "{ «share» = \"city\" }]",
        "policy/not-built",
        "share",
    ),
    (
        "a hierarchy with a hole",
        "[\"employer\", \"ethnicity\"]",
        "[«\"employer > \"», \"ethnicity\"]",
        "policy/hierarchy",
        "no name",
    ),
    (
        "a level in no form",
        "[\"employer\", \"ethnicity\"]",
        "[«\"birth_date:aeon > birth_date\"», \"employer\"]",
        "policy/hierarchy",
        "no coarser form",
    ),
    (
        "a level finer than the column",
        "[\"employer\", \"ethnicity\"]",
        "[«\"birth_date:year > birth_date\"», \"employer\"]",
        "policy/roll-up",
        "not coarser than the form",
    ),
    (
        "levels from fine to broad",
        "[\"employer\", \"ethnicity\"]",
        "[«\"birth_date > birth_date:50-years\"», \"employer\"]",
        "policy/roll-up",
        "broad to fine",
    ),
    (
        "levels that do not nest",
        "[\"employer\", \"ethnicity\"]",
        "[«\"birth_date:20-years > birth_date:30-years\"», \"employer\"]",
        "policy/roll-up",
        "not coarser than",
    ),
    (
        "levels with another between",
        "[\"employer\", \"ethnicity\"]",
        "[«\"birth_date:50-years > sector > birth_date\"», \"employer\"]",
        "policy/roll-up",
        "side by side",
    ),
    (
        "a date of no date",
        "[\"employer\", \"ethnicity\"]",
        "[«\"ethnicity:decade > ethnicity\"», \"employer\"]",
        "policy/roll-up",
        "not coarser than the form",
    ),
    (
        "a hierarchy over itself",
        "[\"employer\", \"ethnicity\"]",
        "[«\"employer > employer\"», \"ethnicity\"]",
        "policy/hierarchy",
        "twice",
    ),
    (
        "noise where cells are withheld",
        "protect = \"suppress\"",
        "protect = \"suppress\"\nnoise = «{ bound = 5, variance = 2 }»",
        "policy/not-allowed",
        "cell-key",
    ),
    (
        "noise smaller than the minimum",
        "protect = \"suppress\"",
        "protect = \"cell-key\"\nnoise = «{ bound = 9, variance = 2 }»",
        "policy/not-allowed",
        "below `min`",
    ),
    (
        "noise without a variance",
        "protect = \"suppress\"",
        "protect = \"cell-key\"\nnoise = «{ bound = 12 }»",
        "policy/missing-key",
        "variance",
    ),
    (
        "dominance without a sum",
        "protect = \"suppress\"",
        "protect = \"suppress\"\np_percent = «10»",
        "policy/not-allowed",
        "large contributors",
    ),
    (
        "prior knowledge without a sum",
        "protect = \"suppress\"",
        "protect = \"suppress\"\npq = «{ p = 10, q = 50 }»",
        "policy/not-allowed",
        "large contributors",
    ),
    (
        "prior knowledge that protects nobody",
        "protect = \"suppress\"",
        "protect = \"suppress\"\npq = { p = «50», q = 10 }",
        "policy/not-allowed",
        "less than `q`",
    ),
    (
        "prior knowledge of half a rule",
        "protect = \"suppress\"",
        "protect = \"suppress\"\npq = «{ p = 10 }»",
        "policy/missing-key",
        "known beforehand",
    ),
    (
        "tables with noise beside tables without",
        "[[examples]]",
        "«[[tables]]»\nname = \"b\"\nby = [\"ethnicity\"]\nprotect = \"cell-key\"\n[[examples]]",
        "policy/not-allowed",
        "not both",
    ),
    (
        "rounding",
        "protect = \"suppress\"",
        "protect = «\"round\"»",
        "policy/not-built",
        "round",
    ),
    (
        "noise",
        "protect = \"suppress\"",
        "protect = «\"dp\"»",
        "policy/not-built",
        "dp",
    ),
    (
        "a loss of nothing that becomes coarser",
        "small = \"withhold-rows\"",
        "small = \"withhold-rows\"\n«loss» = \"entropy\"",
        "policy/misplaced-key",
        "generalise",
    ),
    (
        "rows kept back instead of nothing",
        "small = \"withhold-rows\"",
        "«max_withheld» = 0.1",
        "policy/misplaced-key",
        "generalise",
    ),
    (
        "most rows kept back",
        "small = \"withhold-rows\"",
        "small = \"generalise\"\nmax_withheld = «0.9»",
        "policy/out-of-range",
        "max_withheld",
    ),
    (
        "an unknown loss",
        "small = \"withhold-rows\"",
        "small = \"generalise\"\nloss = «\"precision\"»",
        "policy/unknown-word",
        "loss",
    ),
    (
        "recursive l-diversity",
        "small = \"withhold-rows\"",
        "l = 3\nl_rule = «\"recursive\"»",
        "policy/not-built",
        "recursive",
    ),
    (
        "t-closeness",
        "small = \"withhold-rows\"",
        "«t» = 0.2",
        "policy/not-built",
        "`t`",
    ),
    (
        "l of one value",
        "small = \"withhold-rows\"",
        "l = «1»",
        "policy/out-of-range",
        "`l`",
    ),
    (
        "a rule of l without l",
        "small = \"withhold-rows\"",
        "l_rule = «\"entropy\"»",
        "policy/misplaced-key",
        "l_rule",
    ),
    (
        "largest risk of a certainty",
        "small = \"withhold-rows\"",
        "max_risk = «0.9»",
        "policy/out-of-range",
        "max_risk",
    ),
    (
        "approvals",
        "[extract.risk]\nk = 5",
        "[«approvals»]\nby = \"Legal\"\n[extract.risk]\nk = 5",
        "policy/not-built",
        "approvals",
    ),
    (
        "the ledger",
        "unlisted    = \"refuse\"",
        "«ledger» = \"l.jsonl\"",
        "policy/not-built",
        "ledger",
    ),
    (
        "spreadsheets",
        "format = \"csv\"\nencoding",
        "format = «\"xlsx\"»\nencoding",
        "policy/not-built",
        "xlsx",
    ),
    // References and clashes.
    (
        "subject of no column",
        "column  = \"id_number\"",
        "column  = «\"id_nummer\"»",
        "policy/unknown-reference",
        "did you mean `id_number`",
    ),
    (
        "subject without a kind",
        "column  = \"id_number\"",
        "column  = «\"name\"»",
        "policy/kind",
        "read alike",
    ),
    (
        "row rule on no column",
        "column = \"city\"",
        "column = «\"town\"»",
        "policy/unknown-reference",
        "no column",
    ),
    (
        "row rule for nobody",
        "for = [\"partner-be\"]",
        "for = [«\"partner-de\"»]",
        "policy/unknown-reference",
        "did you mean `partner-be`",
    ),
    (
        "range on a text",
        "column = \"city\"\nin = [\"Shanghai\", \"上海市\"]",
        "column = \"sector\"\nfrom = «2000-01-01»",
        "policy/kind",
        "is of kind `text`",
    ),
    (
        "range of numbers on a date",
        "column = \"city\"\nin = [\"Shanghai\", \"上海市\"]",
        "column = \"birth_date\"\nfrom = «1900»",
        "policy/kind",
        "`date`",
    ),
    (
        "table of no column",
        "[\"employer\", \"ethnicity\"]",
        "[\"employer\", «\"ethnicty\"»]",
        "policy/unknown-reference",
        "did you mean `ethnicity`",
    ),
    (
        "table of a dropped column",
        "[\"employer\", \"ethnicity\"]",
        "[\"employer\", «\"name\"»]",
        "policy/not-allowed",
        "tables =",
    ),
    (
        "table of free text",
        "[\"employer\", \"ethnicity\"]",
        "[\"employer\", «\"notes\"»]",
        "policy/not-allowed",
        "no dimension",
    ),
    (
        "table that the extract completes",
        "[[tables]]\nname    = \"members-by-employer-and-ethnicity\"\nby      = [\"employer\", \"ethnicity\"]",
        "«[[tables]]»\nname    = \"members-by-employer-and-ethnicity\"\nby      = [\"sector\", \"birth_date\"]",
        "policy/table-in-extract",
        "count the table there",
    ),
    (
        "table finer than the rows",
        "tables = \"decade\"",
        "tables = «\"year\"»",
        "policy/not-nested",
        "nest",
    ),
    (
        "table across the rows",
        "tables = \"decade\"",
        "tables = «\"7-years\"»",
        "policy/not-nested",
        "nest",
    ),
    (
        "table of ages over spans",
        "tables = \"decade\"",
        "tables = «{ to = \"10-years\", at = 2026-01-01 }»",
        "policy/not-nested",
        "nest",
    ),
    (
        "two columns of one name",
        "kind   = \"text\"\nclass",
        "kind   = \"text\"\nas = «\"birth_date\"»\nclass",
        "policy/clash",
        "would leave as",
    ),
    (
        "name of a dropped column",
        "kind   = \"text\"\nclass",
        "kind   = \"text\"\nas = «\"name\"»\nclass",
        "policy/clash",
        "take it for",
    ),
    (
        "domain with two kinds",
        "do     = \"keep\"\nkind   = \"text\"",
        "do = \"pseudonymise\"\nkind = \"text\"\ndomain = «\"person\"»",
        "policy/clash",
        "normalised alike",
    ),
    (
        "subject in another domain",
        "domain  = \"person\"\nmissing",
        "domain  = «\"member\"»\nmissing",
        "policy/clash",
        "two codes",
    ),
    (
        "example of no column",
        "given  = { birth_date = \"1975-03-09\" }",
        "given  = { «birthdate» = \"1975-03-09\" }",
        "policy/unknown-reference",
        "did you mean `birth_date`",
    ),
    (
        "example of a dropped column",
        "expect = { birth_date = \"1975-1979\" }",
        "expect = { «name» = \"\" }",
        "policy/unknown-reference",
        "does not leave",
    ),
    (
        "exception for no table",
        "where = \"tables.members-by-employer-and-ethnicity\"",
        "where = «\"tables.members\"»",
        "policy/unknown-reference",
        "no table",
    ),
    (
        "exception for no place",
        "where = \"tables.members-by-employer-and-ethnicity\"",
        "where = «\"everywhere\"»",
        "policy/unknown-reference",
        "no place",
    ),
    (
        "exception to no rule",
        "rule = \"house/min-cell\"",
        "rule = «\"min-cell\"»",
        "policy/unknown-word",
        "house/NAME",
    ),
    // Kinds that do not go with a form.
    (
        "ages without a day",
        "kind   = \"date\"\nto     = \"5-years\"\ntables = \"decade\"",
        "kind   = «\"date\"»\nbands = [0, 18, 65]",
        "policy/kind",
        "at = 2026-01-01",
    ),
    (
        "span of a text",
        "kind   = \"date\"\nto     = \"5-years\"",
        "kind   = «\"text\"»\nto     = \"5-years\"",
        "policy/kind",
        "`date`",
    ),
    (
        "ages of a calendar word",
        "to     = \"5-years\"\ntables = \"decade\"",
        "to     = «\"decade\"»\nat = 2026-01-01",
        "policy/unknown-word",
        "age on that day",
    ),
    (
        "redacted dates",
        "find   = [",
        "kind = «\"date\"»\nfind   = [",
        "policy/kind",
        "`text`",
    ),
    // Patterns and files.
    (
        "pattern that breaks out",
        "kind   = \"text\"\nclass",
        "pattern = «\"a)|(b\"»\nclass",
        "policy/pattern",
        "cannot be used",
    ),
    (
        "look-ahead",
        "kind   = \"text\"\nclass",
        "pattern = «\"(?=a)b\"»\nclass",
        "policy/pattern",
        "look-around",
    ),
    (
        "file outside the folder",
        "in = [\"Shanghai\", \"上海市\"]",
        "in_list = «\"../towns.txt\"»",
        "policy/file-name",
        "leaves the policy's folder",
    ),
    (
        "absolute path",
        "in = [\"Shanghai\", \"上海市\"]",
        "in_list = «\"/etc/passwd\"»",
        "policy/file-name",
        "absolute",
    ),
    (
        "path of Windows",
        "in = [\"Shanghai\", \"上海市\"]",
        "in_list = «'lists\\towns.txt'»",
        "policy/file-name",
        "backslash",
    ),
    (
        "file that is not there",
        "in = [\"Shanghai\", \"上海市\"]",
        "in_list = «\"towns.txt\"»",
        "policy/file",
        "cannot read",
    ),
    // Syntax.
    (
        "text without its end",
        "why    = \"Finding in totals; a risk in rows\"\n\n[columns.city]",
        "why    = \"Finding in totals«»\n\n[columns.city]",
        "policy/syntax",
        "not TOML",
    ),
    (
        "direction override",
        "name = \"Example Partner\"",
        "name = \"Example «\u{202e}»Partner\"",
        "policy/hidden-character",
        "U+202E",
    ),
];

#[test]
fn every_wrong_policy_has_one_problem_at_the_exact_text() {
    assert!(SCENES.len() >= 100, "{}", SCENES.len());
    let failed: Vec<String> = SCENES
        .iter()
        .filter_map(|(name, from, to, code, words)| scene(name, &edited(from, to), code, words))
        .collect();
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}

/// All problems of an edited policy as (code, line, column).
fn problems(from: &str, to: &str) -> Vec<(&'static str, usize, usize)> {
    let text = edited(from, to);
    parse("p.toml", &text, &mut files)
        .unwrap_err()
        .problems
        .iter()
        .map(|p| {
            let (line, column) = error::position(&text, p.at.start);
            (p.code, line, column)
        })
        .collect()
}

#[test]
fn a_section_written_twice_is_reported_at_the_second() {
    assert_eq!(
        problems(
            "[columns.city]",
            "[columns.name]\ndo = \"drop\"\nground = \"direct\"\nwhy = \"Again\"\n\n[columns.city]"
        ),
        [("policy/duplicate", 79, 10)]
    );
}

#[test]
fn a_rule_without_ground_is_reported_at_its_header() {
    assert_eq!(
        problems("ground = \"finding\"\n", ""),
        [("policy/missing-key", 84, 1)]
    );
}

#[test]
fn keep_without_a_closed_form_is_reported_at_its_header() {
    assert_eq!(
        problems("kind   = \"text\"\nclass", "class"),
        [("policy/missing-key", 84, 1)]
    );
}

#[test]
fn a_code_without_a_domain_or_kind_is_reported_at_its_header() {
    assert_eq!(
        problems("domain  = \"person\"\ninvalid", "invalid"),
        [("policy/missing-key", 46, 1)]
    );
    assert_eq!(
        problems(
            "ground = \"direct\"\nwhy    = \"Reporters",
            "label = \"code\"\nground = \"direct\"\nwhy    = \"Reporters"
        ),
        [("policy/missing-key", 91, 1)]
    );
    assert_eq!(
        problems(
            "\"own-row\"]\nground",
            "\"own-row\", \"listed-names\"]\nground"
        ),
        [("policy/missing-key", 91, 1)]
    );
}

#[test]
fn a_shift_by_what_identifies_nobody_is_reported_at_the_word() {
    assert_eq!(
        problems(
            "do     = \"generalise\"\nkind   = \"date\"\nto     = \"5-years\"\ntables = \"decade\"",
            "do     = \"shift\"\nwithin = 30\nby     = \"sector\""
        ),
        [("policy/unknown-reference", 62, 10)]
    );
}

#[test]
fn a_name_that_is_a_device_is_refused_before_it_becomes_a_file() {
    let found = problems(
        "[recipients.partner-be]\n",
        "[recipients.con]\nname = \"A\"\n[recipients.partner-be]\n",
    );
    assert_eq!(found, [("policy/name", 17, 13)]);
}

#[test]
fn two_columns_of_a_table_under_one_name_are_reported_at_the_second() {
    let found = problems(
        "[columns.employer]\ndo     = \"drop\"",
        "[columns.employer]\ndo     = \"drop\"\nas = \"ethnicity\"",
    );
    assert_eq!(found, [("policy/clash", 75, 6), ("policy/clash", 115, 24)]);
}

#[test]
fn an_empty_policy_lists_everything_that_is_required() {
    let errors = parse("p.toml", "", &mut files).unwrap_err();
    let mut wanted: Vec<&str> = errors.problems.iter().map(|p| p.message.as_str()).collect();
    wanted.sort_unstable();
    assert_eq!(
        wanted,
        [
            "a policy needs `columns`",
            "a policy needs `grounds`",
            "a policy needs `policy`",
            "a policy needs `purpose`",
            "a policy needs `version`",
        ]
    );
}

#[test]
fn all_problems_of_a_file_come_together_in_the_order_of_the_text() {
    let text = SPEC
        .replace("version     = 3", "version     = 0")
        .replace("bits   = 80", "bits   = 81")
        .replace("k = 5", "k = 5.0")
        .replace("min     = 10", "mini     = 10");
    let errors = parse("p.toml", &text, &mut files).unwrap_err();
    let codes: Vec<&str> = errors.problems.iter().map(|p| p.code).collect();
    assert_eq!(
        codes,
        [
            "policy/out-of-range",
            "policy/out-of-range",
            "policy/wrong-type",
            "policy/unknown-key"
        ]
    );
}

#[test]
fn a_problem_is_drawn_with_its_line_and_says_what_to_do() {
    let text = edited("ground = \"finding\"\n", "gruond = \"finding\"\n");
    let errors = parse("p.toml", &text, &mut files).unwrap_err();
    let drawn = errors.render(false);
    for part in [
        "error[policy/unknown-key]: `gruond` is not a word of [columns.sector]; did you mean `ground`?",
        "--> p.toml:88:1",
        "88 | gruond = \"finding\"",
        "^^^^^^",
        "help: [columns.sector] knows `do`",
    ] {
        assert!(drawn.contains(part), "{part:?} is not in\n{drawn}");
    }
    let json = errors.to_json();
    let first = &json["problems"][0];
    assert_eq!(first["severity"], "error");
    assert_eq!((&first["line"], &first["column"]), (&88.into(), &1.into()));
    assert_eq!(first["end_column"], 7);
}

#[test]
fn what_is_shown_holds_no_control_direction_or_zero_width_characters() {
    let text = "policy = \"a/b\"\n\"x\u{202e}\u{200b}\u{1b}[31m\" = 1 # \u{feff}\u{2066}\n";
    let path = "a\u{1b}[2J\u{202e}\u{200b}\n.toml";
    let errors = parse(path, text, &mut files).unwrap_err();
    let drawn = errors.render(false);
    assert!(
        drawn.chars().all(|c| c == '\n' || !error::is_hidden(c)),
        "{drawn:?}"
    );
    let json = errors.to_json().to_string();
    assert!(!json.chars().any(error::is_hidden), "{json:?}");
    assert!(!json.contains("u001b") && !json.contains("u200b"));
}
