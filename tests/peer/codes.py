#!/usr/bin/env python3
"""A second implementation of offrecord's codes, to compare with the first.

Standard library only, written from the specification and not from the Rust
code: HKDF by hand, base 32, the check symbol over GF(32), date offsets, the
order of rows, the identity of a policy, fingerprints. It is slow on purpose
where slow is plain. It may not be used to make releases.

    codes.py self-test              the known answers of the specification
    codes.py vectors                prints vectors.json, which the Rust tests read
    codes.py codes [--kind KIND]    CSV lines project,domain,recipient,bits,prefix,value
                                    on stdin, a code a line on stdout
    codes.py register --project P --code COLUMN,KIND,DOMAIN,PREFIX,BITS ...
                                    a register as CSV with a header on stdin; on
                                    stdout, for each record, its codes as CSV

KIND is exact, cn-resident-id or phone (E.164, numbers without + or 00 read as
Chinese). A missing value gives an empty code, one that does not fit its kind
gives `!`. The key is 00 01 ... 1f unless --key FILE names another.
"""

import argparse
import csv
import datetime
import hashlib
import hmac
import json
import re
import sys
import unicodedata

TEST_KEY = bytes(range(32))

# --- keys ---------------------------------------------------------------


def lp(x: bytes) -> bytes:
    """Length in bytes as 32 bits, big-endian, then the bytes."""
    return len(x).to_bytes(4, "big") + x


def mac(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()


def subkey(key: bytes, label: str, *parts: str) -> bytes:
    """HKDF-SHA256 (RFC 5869), no salt, one block."""
    pseudorandom = mac(bytes(32), key)
    info = label.encode() + b"".join(lp(part.encode()) for part in parts)
    return mac(pseudorandom, info + b"\x01")


def key_id(key: bytes) -> str:
    return subkey(key, "offrecord/1/key-id")[:8].hex()


def read_key(path: str) -> bytes:
    with open(path, "rb") as file:
        text = file.read()
    found = re.fullmatch(rb"offrecord-key-1:([0-9a-f]{64})\n?", text)
    if not found:
        sys.exit("not a key file")
    return bytes.fromhex(found.group(1).decode())


# --- codes --------------------------------------------------------------

SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def times(a: int, b: int) -> int:
    """Product in GF(32), x^5 + x^2 + 1."""
    product = 0
    for bit in range(5):
        if b >> bit & 1:
            product ^= a << bit
    for degree in range(8, 4, -1):
        if product >> degree & 1:
            product ^= 0b100101 << degree - 5
    return product


def check_symbol(symbols: list) -> int:
    total, power = 0, 1
    for symbol in symbols:
        power = times(power, 2)
        total ^= times(power, symbol)
    return total


def code(tag: bytes, prefix: str, bits: int) -> str:
    text = "".join(f"{byte:08b}" for byte in tag)[:bits]
    text += "0" * (-bits % 5)
    symbols = [int(text[i : i + 5], 2) for i in range(0, len(text), 5)]
    letters = "".join(SYMBOLS[symbol] for symbol in symbols)
    groups = [letters[i : i + 4] for i in range(0, len(letters), 4)]
    return "-".join([prefix, *groups, SYMBOLS[check_symbol(symbols)]])


def pseudonym(key, project, domain, recipient, bits, prefix, value) -> str:
    under = subkey(key, "offrecord/1/pseudonym", project, domain, recipient)
    return code(mac(under, value.encode()), prefix, bits)


# --- offsets, order, identity -------------------------------------------


def shift_days(tag: bytes, within: int) -> int:
    offset = 1 + int.from_bytes(tag[:8], "big") % (2 * within) - within
    return offset if offset > 0 else offset - 1


def identity(text: bytes, files) -> bytes:
    everything = lp(text)
    for name, content in files:
        everything += lp(name.encode()) + hashlib.sha256(content).digest()
    return hashlib.sha256(everything).digest()


# --- fingerprints -------------------------------------------------------

PRIME = 2**61 - 1
WORD = 2**64 - 1


def siphash24(key: bytes, message: bytes) -> int:
    """SipHash-2-4 (Aumasson and Bernstein 2012)."""
    k0, k1 = (int.from_bytes(key[i : i + 8], "little") for i in (0, 8))
    v = [
        k0 ^ 0x736F6D6570736575,
        k1 ^ 0x646F72616E646F6D,
        k0 ^ 0x6C7967656E657261,
        k1 ^ 0x7465646279746573,
    ]

    def left(x, by):
        return (x << by | x >> 64 - by) & WORD

    def rounds(count):
        for _ in range(count):
            v[0] = v[0] + v[1] & WORD
            v[1] = left(v[1], 13) ^ v[0]
            v[0] = left(v[0], 32)
            v[2] = v[2] + v[3] & WORD
            v[3] = left(v[3], 16) ^ v[2]
            v[0] = v[0] + v[3] & WORD
            v[3] = left(v[3], 21) ^ v[0]
            v[2] = v[2] + v[1] & WORD
            v[1] = left(v[1], 17) ^ v[2]
            v[2] = left(v[2], 32)

    length = len(message)
    message += bytes(7 - length % 8) + bytes([length & 255])
    for i in range(0, len(message), 8):
        word = int.from_bytes(message[i : i + 8], "little")
        v[3] ^= word
        rounds(2)
        v[0] ^= word
    v[2] ^= 255
    rounds(4)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


class Fingerprinter:
    """Carter-Wegman: SipHash of a polynomial in the characters at a secret point."""

    def __init__(self, key: bytes, policy: str):
        under = subkey(key, "offrecord/1/leak", policy)
        self.point = int.from_bytes(mac(under, b"point")[:16], "big") % PRIME
        keys = mac(under, b"siphash-2-4")
        # Two keys of two 64-bit words, each written big-endian.
        words = [keys[i : i + 8][::-1] for i in range(0, 32, 8)]
        self.texts = words[0] + words[1]
        self.pairs = words[2] + words[3]
        keys = mac(under, b"within")
        self.contexts = keys[:8][::-1] + keys[8:16][::-1]

    def polynomial(self, text: str) -> bytes:
        total = 1
        for character in text:
            total = (total * self.point + ord(character)) % PRIME
        return total.to_bytes(8, "little")

    def of(self, text: str) -> int:
        return siphash24(self.texts, self.polynomial(text))

    def within(self, context: int, text: str) -> int:
        both = context.to_bytes(8, "little") + self.polynomial(text)
        return siphash24(self.contexts, both)

    def bound(self, context: int, value: int) -> int:
        both = context.to_bytes(8, "little") + value.to_bytes(8, "little")
        return siphash24(self.pairs, both)


# --- kinds --------------------------------------------------------------


class Misfit(Exception):
    """The value does not fit its kind. Never holds the value."""


def plain(value: str) -> str:
    """NFKC, trimmed, without format characters and separators, digits to ASCII."""
    out = []
    for c in unicodedata.normalize("NFKC", value.strip()):
        category = unicodedata.category(c)
        if category == "Nd":
            out.append(str(unicodedata.decimal(c)))
        elif category not in ("Cf", "Pd") and category[0] != "Z" and c not in ".·_":
            out.append(c)
    return "".join(out)


def id_check_digit(first: str) -> str:
    """ISO 7064 MOD 11-2 over 17 digits."""
    total = sum(int(d) * pow(2, 17 - i, 11) for i, d in enumerate(first))
    return "0123456789X"[(12 - total) % 11]


def cn_resident_id(value: str) -> str:
    text = plain(value)
    for like in "хХx":
        text = text.replace(like, "X")
    text = text.upper()
    if re.fullmatch(r"[0-9]{15}", text):
        text = text[:6] + "19" + text[6:]
        text += id_check_digit(text)
    if not re.fullmatch(r"[0-9]{17}[0-9X]", text):
        raise Misfit
    try:
        datetime.date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        raise Misfit from None
    if id_check_digit(text[:17]) != text[17]:
        raise Misfit
    return text


def phone(value: str) -> str:
    text = plain(value).translate({ord(c): None for c in "()/"})
    if text.startswith("00"):
        text = "+" + text[2:]
    mobile = r"1[3-9][0-9]{9}"
    landline = r"(10|2[0-9])[0-9]{8}|[3-9][0-9]{2}[0-9]{7,8}"
    service = r"[48]00[0-9]{7}"
    if not text.startswith("+"):
        # A national number: a mobile, a landline with its 0, a service number,
        # each perhaps with a bare 86 before it.
        found = re.fullmatch(f"(?:86)?(?:0?({mobile})|0({landline})|({service}))", text)
        if not found:
            raise Misfit
        return "+86" + "".join(part for part in found.group(1, 2, 4) if part)
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}", text):
        raise Misfit
    if text.startswith("+86"):
        national = text[3:].removeprefix("0")
        if not re.fullmatch(f"{mobile}|{landline}|{service}", national):
            raise Misfit
        text = "+86" + national
    return text


KINDS = {"exact": lambda value: value, "cn-resident-id": cn_resident_id, "phone": phone}

# --- modes --------------------------------------------------------------

KNOWN = [
    ("person", "", "11010519491231002X", 80, "P-2Q3D-EZPX-6QJ8-RGBJ-4"),
    ("person", "partner-be", "11010519491231002X", 80, "P-2V5N-B5A6-KHE7-925H-Q"),
    ("person", "", "11010519491231002X", 128, "P-2Q3D-EZPX-6QJ8-RGBJ-81H6-NC6T-A4-J"),
    ("phone", "", "+8613800138000", 80, "P-4YN1-D97C-9EYB-Q545-K"),
]


def self_test() -> None:
    assert key_id(TEST_KEY) == "d03ece4d938f3559"
    for domain, recipient, value, bits, expected in KNOWN:
        got = pseudonym(TEST_KEY, "party-register", domain, recipient, bits, "P", value)
        assert got == expected, (got, expected)
    # RFC 5869, test case 3: no salt, no info.
    assert subkey(b"\x0b" * 22, "").hex() == (
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
    )
    # The vector of the SipHash paper: key 00..0f, message 00..0e.
    assert siphash24(bytes(range(16)), bytes(range(15))) == 0xA129CA6149BE45E5
    # GF(32): alpha has order 31.
    power, seen = 1, set()
    for _ in range(31):
        seen.add(power)
        power = times(power, 2)
    assert power == 1 and len(seen) == 31
    for written in (
        "11010519491231002X",
        " １１０１０５ 19491231-002x ",
        "1101051949\u200b1231002\u0425",
        "110105194912310\u00ad02х",
        "110105·491231·002",
        "11010519491231002X\t",
    ):
        assert cn_resident_id(written) == "11010519491231002X"
    for written in ("138 0013 8000", "+86-138-0013-8000", "００８６１３８００１３８０００", "8613800138000"):
        assert phone(written) == "+8613800138000"
    assert phone("400-810-0000") == "+864008100000"
    for written in ("010-1234 5678", "(010) 12345678", "+86 (0)10 12345678"):
        assert phone(written) == "+861012345678"
    for kind, wrong in (
        (cn_resident_id, "110105194912310021"),
        (cn_resident_id, "11010519490231002X"),
        (cn_resident_id, "1101051949123100"),
        (phone, "12345"),
        (phone, "138001380001"),
        (phone, "12345678"),
        (phone, "10-12345678"),
    ):
        try:
            kind(wrong)
        except Misfit:
            continue
        raise AssertionError(kind.__name__)
    print("ok")


def vectors() -> dict:
    """Invented texts; the choice depends on nothing but this file."""
    counter = 0

    def number(below: int) -> int:
        nonlocal counter
        counter += 1
        digest = hashlib.sha256(b"vectors %d" % counter).digest()
        return int.from_bytes(digest, "big") % below

    alphabet = "0123456789Xabc -_,.\"'é王伟李娜上海 \u0301１\U0001f600\U0010ffff\x00\n"

    def text(most: int) -> str:
        return "".join(alphabet[number(len(alphabet))] for _ in range(number(most + 1)))

    def word() -> str:
        return "".join("abcdefghijklmnop-0123"[number(21)] for _ in range(1 + number(12)))

    keys = [TEST_KEY] + [hashlib.sha256(b"key %d" % i).digest() for i in range(4)]
    out = {"about": "Invented; written by `codes.py vectors`. Change the specification, not this file."}
    out["key_ids"] = [{"key": key.hex(), "id": key_id(key)} for key in keys]
    out["codes"] = []
    lengths = [0, 1, 17, 18, 54, 55, 56, 63, 64, 65, 119, 200]
    for i in range(60):
        key = keys[i % len(keys)]
        value = text(40) if i >= len(lengths) else "7" * lengths[i]
        parts = word(), word(), word() if i % 3 == 0 else ""
        bits, prefix = (80, 128)[i % 2], ("P", "QX", "ABC")[i % 3]
        tag = mac(subkey(key, "offrecord/1/pseudonym", *parts), value.encode())
        out["codes"].append(
            {
                "key": key.hex(),
                "project": parts[0],
                "domain": parts[1],
                "recipient": parts[2],
                "bits": bits,
                "prefix": prefix,
                "value": value,
                "tag": tag.hex(),
                "code": code(tag, prefix, bits),
            }
        )
    out["shifts"] = []
    for within in [1, 2, 3, 30, 365, 36_500, 2**32 - 1] * 3:
        key, parts, value = keys[number(len(keys))], (word(), word(), ""), text(20)
        tag = mac(subkey(key, "offrecord/1/shift", *parts), value.encode())
        out["shifts"].append(
            {
                "key": key.hex(),
                "project": parts[0],
                "domain": parts[1],
                "recipient": parts[2],
                "value": value,
                "within": within,
                "days": shift_days(tag, within),
            }
        )
    out["identities"] = []
    out["orders"] = []
    out["fingerprints"] = []
    for i in range(8):
        policy = text(80)
        files = [(word(), text(50)) for _ in range(i % 4)]
        name = identity(policy.encode(), [(n, c.encode()) for n, c in files]).hex()
        out["identities"].append({"text": policy, "files": files, "identity": name})
        key, project, recipient, row = keys[i % len(keys)], word(), word(), text(100)
        tag = mac(subkey(key, "offrecord/1/order", project, recipient, name), row.encode())
        out["orders"].append(
            {
                "key": key.hex(),
                "project": project,
                "recipient": recipient,
                "identity": name,
                "row": row,
                "tag": tag.hex(),
            }
        )
        family, domain = word(), word()
        out.setdefault("cell_keys", []).append(
            {
                "key": key.hex(),
                "family": family,
                "domain": domain,
                "subkey_tag": mac(subkey(key, "offrecord/1/cell-key", family, domain), b"").hex(),
            }
        )
        prints = Fingerprinter(key, name)
        for most in (0, 3, 8, 18, 70, 300, 700):
            value = text(most) if most % 2 else "".join("0123456789"[number(10)] for _ in range(most))
            context = prints.of(row)
            out["fingerprints"].append(
                {
                    "key": key.hex(),
                    "identity": name,
                    "text": value,
                    "context": row,
                    "of": f"{prints.of(value):016x}",
                    "bound": f"{prints.bound(context, prints.of(value)):016x}",
                    "within": f"{prints.within(context, value):016x}",
                }
            )
    return out


def codes(key: bytes, kind) -> None:
    print_row = csv.writer(sys.stdout, lineterminator="\n").writerow
    for project, domain, recipient, bits, prefix, value in csv.reader(sys.stdin, strict=True):
        try:
            value = kind(value)
        except Misfit:
            print_row(["!"])
            continue
        print_row([pseudonym(key, project, domain, recipient, int(bits), prefix, value)])


def records(lines, delimiter: str):
    """Records of a CSV file as lists of bytes; None for an unreadable one.

    A quote opens only at the start of a field; what is not certain costs its
    first physical line. Limits on sizes are left out, but for an open quote.
    """
    d = re.escape(delimiter.encode())
    quoted = rb'"(?:[^"\0]|"")*"'
    plain_field = rb'[^"\r\n\0' + d + rb"]*"
    field = rb"(?:" + quoted + rb"|" + plain_field + rb")"
    begun = rb"(?:" + field + d + rb")*"
    whole = re.compile(begun + field + rb"(?:\r?\n)?").fullmatch
    open_quote = re.compile(begun + rb'"(?:[^"\0]|"")*').fullmatch
    split = re.compile(rb"(?:^|" + d + rb")(" + field + rb")").findall
    waiting = []
    while True:
        first = waiting.pop() if waiting else next(lines, b"")
        if not first:
            return
        taken, text = [first], first
        while not whole(text) and open_quote(text):
            # Only a line with a quote can close the field.
            more = []
            while not more or (b'"' not in more[-1] and more[-1]):
                more.append(waiting.pop() if waiting else next(lines, b""))
            taken += more
            text += b"".join(more)
            if not more[-1] or len(text) > 1 << 22:
                break
        if whole(text):
            fields = split(text.rstrip(b"\r\n") if text[-1:] == b"\n" else text)
            yield [f[1:-1].replace(b'""', b'"') if f[:1] == b'"' else f for f in fields]
        else:
            waiting += [line for line in reversed(taken[1:]) if line]
            yield None


def register(key: bytes, options) -> None:
    rows = records(iter(sys.stdin.buffer.readline, b""), options.delimiter)
    header = [name.decode() for name in next(rows)]
    header[0] = header[0].removeprefix("\ufeff")
    columns = []
    for wanted in options.code:
        column, kind, domain, prefix, bits = wanted.split(",")
        under = subkey(key, "offrecord/1/pseudonym", options.project, domain, options.recipient)
        keyed = hmac.new(under, b"", hashlib.sha256)
        columns.append((header.index(column), KINDS[kind], keyed, prefix, int(bits)))
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow([wanted.split(",")[0] for wanted in options.code])
    missing = set(options.missing)
    unreadable = 0
    for row in rows:
        if row == [b""] and len(header) > 1:
            continue
        try:
            if row is None or len(row) != len(header):
                raise ValueError
            row = [field.decode() for field in row]
        except ValueError:
            unreadable += 1
            continue
        result = []
        for at, kind, keyed, prefix, bits in columns:
            if row[at].strip() in missing:
                result.append("")
                continue
            try:
                tag = keyed.copy()
                tag.update(kind(row[at]).encode())
                result.append(code(tag.digest(), prefix, bits))
            except Misfit:
                result.append("!")
        out.writerow(result)
    print(f"{unreadable} records could not be read", file=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--key", metavar="FILE")
    modes = parser.add_subparsers(dest="mode", required=True)
    modes.add_parser("self-test")
    modes.add_parser("vectors")
    mode = modes.add_parser("codes")
    mode.add_argument("--kind", choices=KINDS, default="exact")
    mode = modes.add_parser("register")
    mode.add_argument("--project", required=True)
    mode.add_argument("--recipient", default="")
    mode.add_argument("--code", action="append", required=True, metavar="COLUMN,KIND,DOMAIN,PREFIX,BITS")
    mode.add_argument("--missing", nargs="*", default=[""])
    mode.add_argument("--delimiter", default=",")
    options = parser.parse_args()
    key = read_key(options.key) if options.key else TEST_KEY
    csv.field_size_limit(1 << 22)
    sys.stdin.reconfigure(encoding="utf-8", errors="strict", newline="")
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    if options.mode == "self-test":
        self_test()
    elif options.mode == "vectors":
        print(json.dumps(vectors(), indent=1))
    elif options.mode == "codes":
        codes(key, KINDS[options.kind])
    else:
        register(key, options)


if __name__ == "__main__":
    main()
