"""Compiles what `phone` knows of national numbers, and answers of a peer.

    python3 tests/peer/phones.py table > src/kinds/data/phones.txt
    python3 tests/peer/phones.py answers > tests/peer/phones.tsv

Needs the package `phonenumbers` (Apache-2.0), the metadata of libphonenumber in
Python; 9.0.43 was used. A line of the table has, parted by tabs: region,
calling code, pattern of international prefixes, pattern of national prefixes
for reading, what it becomes, pattern of national numbers. The answers are
region, a number as written there, and its form in E.164 or `-`.
"""
import random
import sys

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumberFormat, PhoneNumberType


def plain(pattern):
    return (pattern or "").replace("\\\\d", "[0-9]").replace("\\d", "[0-9]")


def regions():
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        yield region, PhoneMetadata.metadata_for_region(region)


def table():
    for region, data in regions():
        become = (data.national_prefix_transform_rule or "").replace("\\", "$")
        fields = [
            region,
            str(data.country_code),
            plain(data.international_prefix),
            plain(data.national_prefix_for_parsing),
            become,
            plain(data.general_desc.national_number_pattern),
        ]
        assert not any("\t" in field for field in fields)
        print("\t".join(fields))


def answers():
    draw = random.Random(20261123)
    seen = set()
    for region, data in regions():
        for kind in PhoneNumberType.values():
            example = phonenumbers.example_number_for_type(region, kind)
            if example is None:
                continue
            numbers = [example]
            for _ in range(2):
                text = str(example.national_number)
                at = draw.randrange(len(text))
                text = text[:at] + str(draw.randrange(10)) + text[at + 1 :]
                if draw.random() < 0.2:
                    text += str(draw.randrange(10))
                other = phonenumbers.PhoneNumber()
                other.merge_from(example)
                other.national_number = int(text)
                numbers.append(other)
            for number in numbers:
                for form in (PhoneNumberFormat.NATIONAL, PhoneNumberFormat.INTERNATIONAL):
                    written = phonenumbers.format_number(number, form)
                    digits = "".join(c for c in written if c.isdigit() or c == "+")
                    for text in (written, digits):
                        if (region, text) in seen or any(c.isalpha() for c in text):
                            continue
                        seen.add((region, text))
                        print(region, text, answer(region, text), sep="\t")


def answer(region, text):
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return "-"
    if number.extension or not phonenumbers.is_valid_number(number):
        return "-"
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


if __name__ == "__main__":
    {"table": table, "answers": answers}[sys.argv[1]]()
