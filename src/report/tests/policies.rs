//! Policies for the tests of generated texts. All names and numbers are invented.

/// One rule of every sort.
pub(super) const RICH: &str = r##"
policy      = "demo/rich"
family      = "register-1"
version     = 3
purpose     = "Count what can be counted"
valid_until = 2027-03-31
unlisted    = "refuse"

[basis]
controller   = "Example News"
lawful_basis = "Art. 1"

[recipients.first]
name      = "First Partner"
country   = "BE"
role      = "independent controller"
transfer  = "adequacy decision"
delete_by = 2027-06-30

[recipients.second]
name = "Second Partner"

[input]
encoding  = "utf-8"
delimiter = ";"
missing   = ["", "NULL"]
bad       = "quarantine"
max_bad   = 0.02

[subject]
column  = "id"
domain  = "person"
missing = "own-record"

[domains.person]
prefix = "P"
bits   = 80

[grounds]
direct = "Direct identifier"
quasi  = "Coarsened"

[columns.id]
do = "pseudonymise"
kind = "exact"
domain = "person"
ground = "direct"
why = "Counts persons"

[columns.name]
do = "drop"
ground = "direct"
why = "Name is not needed"

[columns.kind]
do = "drop"
tables = "keep"
ground = "quasi"
why = "In totals only"

[columns.city]
do = "keep"
values = ["Northtown", "Southport"]
ground = "quasi"
why = "Place"

[columns.sign]
do = "keep"
kind = "text"
pattern = "[A-Z]{2}"
ground = "quasi"
why = "Sign"

[columns.title]
do = "keep"
kind = "text"
max = 60
class = "none"
as = "headline"
ground = "quasi"
why = "Title"

[columns.born]
do = "generalise"
kind = "date"
to = "decade"
invalid = "withhold"
ground = "quasi"
why = "Age"

[columns.born_age]
do = "generalise"
kind = "date"
to = "10-years"
at = 2026-01-01
ground = "quasi"
why = "Age in bands"

[columns.born_years]
do = "generalise"
bands = [0, 18, 65]
at = 2026-01-01
ground = "quasi"
why = "Age in limits"

[columns.amount]
do = "generalise"
kind = "number"
bands = [0, 10, 20]
ground = "quasi"
why = "Amount"

[columns.region]
do = "generalise"
map = "regions.csv"
ground = "quasi"
why = "Region"

[columns.area]
do = "generalise"
hierarchy = "areas.csv"
level = 2
ground = "quasi"
why = "Area"

[columns.code]
do = "generalise"
kind = "text"
prefix = 2
ground = "quasi"
why = "Prefix"

[columns.account]
do = "mask"
kind = "exact"
first = 3
last = 2
ground = "direct"
why = "Account"

[columns.text]
do = "redact"
find = ["phone", "email", "own-row"]
region = "CN"
ground = "direct"
why = "Gist"

[columns.fixed]
do = "replace"
with = "X"
ground = "direct"
why = "Constant"

[columns.seen]
do = "shift"
by = "id"
within = 30
ground = "quasi"
why = "Distances stay"

[columns.mobile]
do = "drop"
kind = "phone"
region = "CN"
own_row = false
ground = "direct"
why = "Not needed"

[[rows]]
do = "only"
column = "sign"
in = ["ZQ", "ZR"]
for = ["first"]
ground = "quasi"
why = "One place"

[[rows]]
do = "withhold"
column = "amount"
from = 5
to = 9
ground = "quasi"
why = "Small sums"

[[rows]]
do = "withhold"
column = "id"
in_list = "watch.txt"
ground = "direct"
why = "Protected people"

[extract]
order = "shuffled"
format = "csv"
part_rows = 1000

[extract.risk]
k = 5
small = "withhold-rows"

[[tables]]
name = "by-kind"
by = ["kind"]
count = ["person", "records"]
min = 10
protect = "suppress"
zeros = "protect"

[[examples]]
given = { id = "AB-1", born = "1975-03-09", city = "Northtown" }
expect = { born = "1970-1979" }

[[examples]]
given = { id = "AB-1", city = "Elsewhere" }
expect = "quarantined"

[[exceptions]]
rule = "house/min-cell"
where = "tables.by-kind"
why = "Agreed"
by = "Legal, 2026-11-20"
until = 2027-01-31
"##;

/// Changes of [`RICH`], each of which must change a sentence.
pub(super) const CHANGES: &[(&str, &str)] = &[
    ("demo/rich", "demo/other"),
    ("register-1", "register-2"),
    ("version     = 3", "version     = 4"),
    ("Count what can be counted", "Count less"),
    ("valid_until = 2027-03-31\n", ""),
    ("unlisted    = \"refuse\"", "unlisted    = \"drop\""),
    ("\"Example News\"", "\"Other News\""),
    ("\"Art. 1\"", "\"Art. 2\""),
    ("First Partner", "Third Partner"),
    ("\"BE\"", "\"FR\""),
    ("independent controller", "joint controller"),
    ("adequacy decision", "clauses"),
    ("2027-06-30", "2027-07-30"),
    ("encoding  = \"utf-8\"", "encoding  = \"gb18030\""),
    ("delimiter = \";\"", "delimiter = \"\\t\""),
    ("delimiter = \";\"", "delimiter = \";\"\nquote = \"\""),
    (
        "delimiter = \";\"",
        "delimiter = \";\"\nhash = \"plain\"\nhash_why = \"Asked for\"",
    ),
    (
        "missing   = [\"\", \"NULL\"]",
        "missing   = [\"\", \"none\"]",
    ),
    (
        "bad       = \"quarantine\"\nmax_bad   = 0.02",
        "bad       = \"refuse\"",
    ),
    ("max_bad   = 0.02", "max_bad   = 0.05"),
    ("column  = \"id\"", "column  = \"account\""),
    ("missing = \"own-record\"", "missing = \"exclude\""),
    ("prefix = \"P\"", "prefix = \"Q\""),
    ("bits   = 80", "bits   = 128"),
    (
        "direct = \"Direct identifier\"",
        "direct = \"Points at a person\"",
    ),
    ("Counts persons", "Counts people"),
    ("kind = \"exact\"", "kind = \"text\""),
    (
        "ground = \"direct\"\nwhy = \"Name is",
        "ground = \"quasi\"\nwhy = \"Name is",
    ),
    (
        "do = \"drop\"\nground = \"direct\"\nwhy = \"Name",
        "do = \"keep\"\nkind = \"text\"\nground = \"direct\"\nwhy = \"Name",
    ),
    (
        "values = [\"Northtown\", \"Southport\"]",
        "values = [\"Northtown\"]",
    ),
    ("[A-Z]{2}", "[A-Z]{3}"),
    ("max = 60", "max = 61"),
    ("class = \"none\"\n", ""),
    ("class = \"none\"", "class = \"sensitive\""),
    ("as = \"headline\"", "as = \"heading\""),
    ("to = \"decade\"", "to = \"year\""),
    ("to = \"decade\"", "to = \"5-years\""),
    ("to = \"decade\"", "to = \"quarter\""),
    ("to = \"decade\"", "to = \"month\""),
    ("to = \"decade\"", "to = \"day\""),
    ("to = \"decade\"", "to = \"decade\"\nformat = \"%d %b %Y\""),
    ("invalid = \"withhold\"\n", ""),
    ("invalid = \"withhold\"", "invalid = \"refuse\""),
    ("to = \"10-years\"", "to = \"5-years\""),
    ("at = 2026-01-01", "at = 2026-02-01"),
    ("bands = [0, 18, 65]", "bands = [0, 18, 64]"),
    ("bands = [0, 10, 20]", "bands = [0, 10, 30]"),
    ("map = \"regions.csv\"", "map = \"areas.csv\""),
    ("level = 2", "level = 1"),
    ("prefix = 2", "prefix = 3"),
    ("first = 3", "first = 2"),
    ("first = 3\n", ""),
    ("last = 2", "last = 1"),
    ("last = 2", "last = 2\nwith = \"#\""),
    (
        "find = [\"phone\", \"email\", \"own-row\"]",
        "find = [\"phone\", \"email\"]",
    ),
    (
        "find = [\"phone\", \"email\", \"own-row\"]",
        "find = [\"phone\", \"cn-resident-id\", \"own-row\"]",
    ),
    (
        "region = \"CN\"\nground = \"direct\"\nwhy = \"Gist\"",
        "ground = \"direct\"\nwhy = \"Gist\"",
    ),
    (
        "region = \"CN\"\nground = \"direct\"\nwhy = \"Gist\"",
        "region = \"CN\"\nlabel = \"numbered\"\nground = \"direct\"\nwhy = \"Gist\"",
    ),
    ("with = \"X\"", "with = \"Y\""),
    ("within = 30", "within = 31"),
    ("own_row = false\n", ""),
    ("in = [\"ZQ\", \"ZR\"]", "in = [\"ZQ\"]"),
    ("do = \"only\"", "do = \"withhold\""),
    ("for = [\"first\"]", "for = [\"second\"]"),
    ("for = [\"first\"]\n", ""),
    ("from = 5\n", ""),
    ("to = 9\n", ""),
    ("from = 5\nto = 9", "missing = true"),
    ("Small sums", "Petty sums"),
    (
        "order = \"shuffled\"",
        "order = \"input\"\nwhy = \"Asked for\"",
    ),
    ("format = \"csv\"", "format = \"jsonl\""),
    ("part_rows = 1000", "part_rows = 2000"),
    ("part_rows = 1000", "part_rows = 1000\nbom = true"),
    ("k = 5", "k = 6"),
    ("small = \"withhold-rows\"", "small = \"refuse\""),
    ("[extract.risk]\nk = 5\nsmall = \"withhold-rows\"\n", ""),
    ("by-kind", "by-sort"),
    ("by = [\"kind\"]", "by = [\"city\"]\nwhy = \"Shown anyway\""),
    ("count = [\"person\", \"records\"]", "count = [\"person\"]"),
    ("min = 10", "min = 12"),
    (
        "zeros = \"protect\"",
        "zeros = \"publish\"\nwhy = \"Empty is a finding\"",
    ),
    (
        "zeros = \"protect\"",
        "zeros = \"protect\"\nshow_withheld = true",
    ),
    ("tables = \"keep\"", "tables = { prefix = 1 }"),
    ("born = \"1975-03-09\"", "born = \"1976-03-09\""),
    (
        "expect = { born = \"1970-1979\" }",
        "expect = { born = \"1970-1979\", city = \"Northtown\" }",
    ),
    ("expect = \"quarantined\"", "expect = \"withheld\""),
    ("rule = \"house/min-cell\"", "rule = \"house/k\""),
    ("where = \"tables.by-kind\"", "where = \"extract\""),
    ("why = \"Agreed\"", "why = \"Agreed upon\""),
    ("by = \"Legal, 2026-11-20\"", "by = \"Legal, 2026-11-21\""),
    ("until = 2027-01-31", "until = 2027-02-28"),
];

/// Rules of tables, of texts and of row risk that [`RICH`] has not.
pub(super) const FULL: &str = r##"
policy  = "demo/full"
version = 1
purpose = "Count amounts"

[grounds]
any = "Any ground"

[subject]
column = "id"
domain = "person"

[columns.id]
do = "pseudonymise"
kind = "cn-resident-id"
domain = "person"
ground = "any"
why = "Counts persons"

[columns.name]
do = "drop"
ground = "any"
why = "No"

[columns.place]
do = "generalise"
kind = "cn-address"
to = "city"
ground = "any"
why = "Place"

[columns.zone]
do = "generalise"
kind = "gb-postcode"
to = "district"
ground = "any"
why = "Place"

[columns.zip]
do = "generalise"
kind = "us-zip"
to = "zip3"
ground = "any"
why = "Place"

[columns.disease]
do = "keep"
values = ["a", "b", "c"]
class = "sensitive"
ground = "any"
why = "Finding"

[columns.trade]
do = "drop"
tables = "keep"
ground = "any"
why = "In totals"

[columns.job]
do = "drop"
tables = "keep"
ground = "any"
why = "In totals"

[columns.worth]
do = "drop"
kind = "number"
tables = "keep"
ground = "any"
why = "In sums"

[columns.text]
do = "redact"
find = ["cn-resident-id", "own-row", "register-names", "listed-names"]
names_from = ["name"]
names_in = "names.txt"
ground = "any"
why = "Gist"

[extract]
order = "shuffled"

[extract.risk]
k = 5
l = 2
small = "withhold-rows"

[[tables]]
name = "sums"
by = ["trade > job"]
count = ["person", { distinct = "worth" }, { sum = "worth" }]
min = 10
p_percent = 12
"##;

/// Changes of [`FULL`], each of which must change a sentence.
pub(super) const FULL_CHANGES: &[(&str, &str)] = &[
    (
        "kind = \"cn-address\"\nto = \"city\"",
        "kind = \"cn-address\"\nto = \"county\"",
    ),
    (
        "kind = \"cn-address\"\nto = \"city\"",
        "kind = \"cn-address\"\nto = \"province\"",
    ),
    ("to = \"district\"", "to = \"sector\""),
    ("to = \"district\"", "to = \"area\""),
    (
        "kind = \"us-zip\"\nto = \"zip3\"",
        "kind = \"us-zip\"\nprefix = 2",
    ),
    (
        ", \"register-names\", \"listed-names\"]\nnames_from = [\"name\"]",
        ", \"listed-names\"]",
    ),
    (
        "names_from = [\"name\"]",
        "names_from = [\"name\", \"job\"]",
    ),
    (
        ", \"listed-names\"]\nnames_from = [\"name\"]\nnames_in = \"names.txt\"",
        "]\nnames_from = [\"name\"]",
    ),
    ("names_in = \"names.txt\"", "names_in = \"others.txt\""),
    (
        "names_in = \"names.txt\"",
        "names_in = \"names.txt\"\nlabel = \"code\"\ndomain = \"person\"",
    ),
    ("k = 5\n", "k = 5\nmax_risk = 0.1\n"),
    ("l = 2\n", "l = 3\n"),
    ("l = 2\n", "l = 2\nl_rule = \"entropy\"\n"),
    ("l = 2\n", ""),
    ("small = \"withhold-rows\"", "small = \"suppress-values\""),
    ("small = \"withhold-rows\"", "small = \"generalise\""),
    (
        "small = \"withhold-rows\"",
        "small = \"generalise\"\nmax_withheld = 0.05",
    ),
    (
        "small = \"withhold-rows\"",
        "small = \"generalise\"\nloss = \"height\"",
    ),
    ("by = [\"trade > job\"]", "by = [\"trade\"]"),
    ("by = [\"trade > job\"]", "by = [\"trade\", \"job\"]"),
    ("min = 10", "min = 10\ntotals = true"),
    ("{ distinct = \"worth\" }", "{ distinct = \"job\" }"),
    ("{ sum = \"worth\" }", "{ mean = \"worth\" }"),
    (
        "{ sum = \"worth\" }]\nmin = 10\np_percent = 12",
        "\"records\"]\nmin = 10",
    ),
    ("p_percent = 12\n", ""),
    ("p_percent = 12", "p_percent = 13"),
    ("p_percent = 12", "dominance = { n = 2, k = 85 }"),
    ("p_percent = 12", "dominance = { n = 1, k = 85 }"),
    ("p_percent = 12", "pq = { p = 10, q = 50 }"),
    (
        "count = [\"person\", { distinct = \"worth\" }, { sum = \"worth\" }]\nmin = 10\np_percent = 12",
        "count = [\"person\"]\nmin = 10\nprotect = \"cell-key\"",
    ),
    (
        "count = [\"person\", { distinct = \"worth\" }, { sum = \"worth\" }]\nmin = 10\np_percent = 12",
        "count = [\"person\"]\nmin = 10\nprotect = \"cell-key\"\nnoise = { bound = 14, variance = 3.5 }",
    ),
];

/// Names and texts that try to be something else.
pub(super) const HOSTILE: &str = r##"
policy  = "demo/hostile"
version = 1
purpose = "<img src=x onerror=alert(1)> ![x](http://example.org/x.png) \u001b[31m \u202e end"

[basis]
controller = "<b>bold</b> | a | b |"

[grounds]
direct = "=HYPERLINK(\"http://example.org\") <script>alert(1)</script>"

[columns."=cmd|'/c calc'!A0"]
do     = "keep"
values = ["=1+1", "</code><script>x</script>", "`", "x"]
ground = "direct"
why    = "</td></tr></table><script src=http://example.org/x.js></script> \u0007"

[columns."<script>alert(1)</script>"]
do     = "drop"
ground = "direct"
why    = "[click](javascript:alert(1)) `code` *bold*\n# heading"

[extract]
order = "shuffled"
"##;

/// A policy that is run over the invented register of the tests.
pub(super) const RUN: &str = r##"
policy  = "demo/run"
version = 1
purpose = "Count members by place and decade"

[grounds]
direct = "Direct identifier"
quasi  = "Coarsened"

[subject]
column = "id"
domain = "person"

[domains.person]
prefix = "P"
bits   = 80

[columns.id]
do = "pseudonymise"
kind = "text"
domain = "person"
ground = "direct"
why = "Counts persons"

[columns."=name"]
do = "mask"
kind = "text"
first = 1
as = "=label"
ground = "direct"
why = "Shows that there is one"

[columns.city]
do = "keep"
kind = "text"
ground = "quasi"
why = "Place"

[columns.born]
do = "generalise"
kind = "date"
to = "decade"
ground = "quasi"
why = "Age"

[columns.note]
do = "redact"
find = ["email"]
ground = "direct"
why = "Gist"

[columns.amount]
do = "drop"
kind = "number"
tables = "keep"
ground = "quasi"
why = "In totals"

[[rows]]
do = "withhold"
column = "city"
in = ["Lonely"]
ground = "quasi"
why = "One person"

[extract]
order = "shuffled"

[[tables]]
name = "by-amount"
by = ["amount"]
count = ["person", "records"]
min = 10
"##;
