#!/usr/bin/env python3
"""How much of what is planted in the notes of a generated register redaction
takes out, and how much else.

    offrecord demo --generate-only DIR …   # a register and its truth file
    benches/accuracy.py BINARY REGISTER.csv TRUTH.csv WORK

Adds the name of another member to every tenth note (as it stands, with spaces
between its characters, before Latin letters), redacts the notes in a whole run
with its check at the end, and compares what left with the truth file. WORK is a
folder for the input and the release; what stands there is replaced. Needs a
register without malformed records (`--well-formed`), since Python reads it too.

Prints recall by kind, of identifiers and of names, and the share of characters
taken without need. Ends with 1 below 99.9 %, below 99 %, or over 0.1 %.
"""
import csv, os, re, shutil, subprocess, sys, unicodedata
from collections import Counter, defaultdict

POLICY = """policy = "accuracy/notes"
version = 1
purpose = "Measure redaction over an invented register; never use this for real records"
unlisted = "drop"

[grounds]
any = "Invented records"

[input]
rows = 2_000_000

[extract]
order = "input"
why = "Rows are compared with the input"

[columns.member_id]
do = "keep"
kind = "text"
max = 40
class = "none"
ground = "any"
why = "Rows are compared with the input"

[columns.notes]
do = "redact"
find = ["cn-resident-id", "phone", "email", "own-row", "register-names", "cn-address"]
names_from = ["name"]
region = "CN"
class = "none"
ground = "any"
why = "What is measured"
"""
DROPPED = """
[columns.{}]
do = "drop"
{}ground = "any"
why = "Not needed"
"""
KINDS = {"id_number": "cn-resident-id", "mobile": "phone", "landline": "phone", "birth_date": "date"}
LABEL = re.compile(r"\[[a-z][a-z0-9-]*\]")
HAN = re.compile("[\u4e00-\u9fff]{2,6}")


def folded(text):
    out = []
    for c in unicodedata.normalize("NFKC", text).lower():
        kind = unicodedata.category(c)
        if kind[0] != "Z" and kind not in ("Cf", "Pd") and c not in ".·_\t":
            out.append("x" if c == "х" else str(unicodedata.decimal(c)) if kind == "Nd" else c)
    return "".join(out)


def with_others(register, out):
    """Writes the input; gives the planted names by record."""
    with open(register, newline="") as f:
        rows = csv.reader(f)
        at = next(rows).index("name")
        names = [name for name in (row[at].strip() for row in rows)]
    good = lambda name: HAN.fullmatch(name) and name not in ("不详", "无")
    others = {}
    with open(register, newline="") as f, open(out, "w", newline="") as g:
        rows, write = csv.reader(f), csv.writer(g, lineterminator="\n")
        head = next(rows)
        write.writerow(head)
        notes = head.index("notes")
        for n, row in enumerate(rows):
            other = names[(n * 7919 + 13) % len(names)]
            if n % 10 == 0 and good(other):
                form, after = [(other, "同住"), (" ".join(other), "介绍"), (other, " has signed")][n // 10 % 3]
                row[notes] += f"；{form}{after}"
                others[n + 1] = form
            write.writerow(row)
    return head, others


def main(binary, register, truth, work):
    os.makedirs(work, exist_ok=True)
    source, key, policy, out = (os.path.join(work, name) for name in ("input.csv", "key", "policy.toml", "out"))
    for old in (out, out + ".private", key):
        if os.path.isdir(old):
            shutil.rmtree(old)
        elif os.path.exists(old):
            os.remove(old)
    head, others = with_others(register, source)
    with open(policy, "w") as f:
        f.write(POLICY)
        for name in head:
            if name not in ("member_id", "notes"):
                kind = f'kind = "{KINDS[name]}"\n' if name in KINDS else ""
                f.write(DROPPED.format(name, kind + ('region = "CN"\n' if kind.startswith('kind = "phone') else "")))
    with open(os.open(key, os.O_WRONLY | os.O_CREAT, 0o600), "w") as f:
        f.write("offrecord-key-1:" + "".join(f"{b:02x}" for b in range(32)) + "\n")
    subprocess.run([binary, "run", policy, source, "--key", key, "--out", out], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    planted = defaultdict(list)
    with open(truth, newline="") as f:
        for row in csv.DictReader(f):
            if row["column"] == "notes" and row["what"] in ("own", "member", "outsider") and row["kind"] != "member-id":
                planted[int(row["record"])].append((f"{row['what']} {row['kind']}", row["form"]))
    for record, form in others.items():
        planted[record].append(("register name", form))
    found, total = Counter(), Counter()
    over = characters = records = 0
    missed = []
    with open(source, newline="") as f, open(os.path.join(out, "extract.csv"), newline="") as g:
        raw, left = csv.reader(f), csv.reader(g)
        head, now = next(raw), next(left)
        member, notes = head.index("member_id"), head.index("notes")
        out_member, out_notes = now.index("member_id"), now.index("notes")
        row = next(left, None)
        for n, before in enumerate(raw, 1):
            if row is None or row[out_member] != before[member].strip():
                continue
            text, after = before[notes], row[out_notes]
            row = next(left, None)
            records += 1
            if not text:
                continue
            if after.startswith("'") and not text.startswith("'"):
                after = after[1:]
            characters += len(text)
            taken = len(text) - len(LABEL.sub("", after))
            forms = planted.get(n, ())
            over += max(0, taken - sum(len(form) for _, form in forms))
            if forms:
                plain = folded(after)
                for kind, form in forms:
                    total[kind] += 1
                    if folded(form) in plain:
                        missed.append((n, kind))
                    else:
                        found[kind] += 1
        assert row is None, "rows of the extract that are not in the input"
    print(f"{records} records, {characters} characters of notes")
    for kind in sorted(total):
        print(f"  {kind}: {found[kind]} of {total[kind]}")
    share = lambda wanted: sum(found[k] for k in total if wanted(k)) / max(1, sum(total[k] for k in total if wanted(k)))
    strict = share(lambda k: k.split()[1] in ("cn-resident-id", "phone", "email"))
    named = share(lambda k: k in ("own name", "register name"))
    print(f"identifiers: {strict:.4%}; names: {named:.4%}; taken without need: {over / max(1, characters):.4%} of characters")
    for n, kind in missed[:20]:
        print(f"  missed: record {n}, {kind}")
    sys.exit(strict < 0.999 or named < 0.99 or over > 0.001 * characters)


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
