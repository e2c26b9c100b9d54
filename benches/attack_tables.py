#!/usr/bin/env python3
"""Attacks released tables from outside: an LP attacker that shares no code with offrecord.

    benches/attack_tables.py PROGRAM REGISTER [--cases N] [--seed S] [--seconds T]

REGISTER is an invented register (`offrecord demo --generate-only --well-formed`). Each case
draws records from it, writes a policy with one or two tables (random columns, hierarchies,
totals, minimum, persons or records), lets PROGRAM make the release, and then knows what a
reader knows: every published figure, every label, which part lies under which whole, and the
number of all records. Over all tables of non-negative numbers that fit, it computes the least
and the greatest value of every withheld cell (linprog of scipy, which calls HiGHS; a twentieth
of the sensitive cells again in whole numbers). A cell below the minimum is BROKEN if its
interval does not begin at 0 or does not reach the minimum; a wrong or a small published figure
is WRONG. Needs numpy and scipy. Exit code 1 if anything is broken or wrong.

A case whose records are fewer than the minimum altogether is left out: the number of records
alone bounds every cell there.
"""
import argparse
import csv
import itertools
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import coo_matrix

FLAT = ["sex", "ethnicity", "education", "sector", "city", "position"]
TREE = ["sector", "employer", "branch"]
MOST_LEAVES = 25_000
RULE = '\n[columns.{}]\ndo = "drop"\n{}ground = "bench"\nwhy = "Benchmark"\n'


def draw(rng, header, records):
    """Records, tables as (columns, totals), minimum, and whether persons are counted."""
    records = rng.sample(records, rng.choice([60, 200, 600, 1500, 3000]))
    if rng.random() < 0.5:  # short lines
        at = header.index("ethnicity")
        groups = sorted({record[at] for record in records})
        kept = set(rng.sample(groups, min(4, len(groups))))
        records = [record for record in records if record[at] in kept]
    tables = []
    for _ in range(rng.choice([1, 1, 1, 2])):
        by = rng.sample(FLAT, rng.choice([1, 2, 2, 3]))
        if rng.random() < 0.35:
            by = [name for name in by if name != "sector"][:1] + [" > ".join(TREE[:rng.choice([2, 2, 3])])]
        tables.append((by, rng.random() < 0.75))
    return records, tables, rng.choice([3, 5, 10]), rng.random() < 0.5


def policy(header, tables, least, persons):
    text = ('# UNFIT FOR SHARING: for an attack on tables of an invented register.\n'
            'policy = "benchmark/attacked"\nversion = 1\npurpose = "Attack tables of an invented register"\n'
            '\n[grounds]\nbench = "Benchmark over invented records"\n\n[input]\nmissing = ["∅"]\n')
    if persons:
        text += '\n[subject]\ncolumn = "member_id"\n'
    for number, (by, totals) in enumerate(tables):
        text += (f'\n[[tables]]\nname = "t{number}"\nby = {json.dumps(by)}\n'
                 f'count = ["{"person" if persons else "records"}"]\nmin = {least}\n'
                 + "totals = true\n" * totals)
    used = {name for by, _ in tables for part in by for name in part.split(" > ")}
    for name in header:
        more = 'tables = "keep"\ninvalid = "withhold"\n' if name in used else ""
        more += 'kind = "exact"\n' if persons and name == "member_id" else ""
        text += RULE.format(name, more)
    return text


def release(program, folder, header, records, drawn):
    """Makes the release; gives its folder, or why there is none."""
    with open(f"{folder}/in.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(records)
    with open(f"{folder}/policy.toml", "w", encoding="utf-8") as file:
        file.write(policy(header, *drawn))
    run = [program, "run", f"{folder}/policy.toml", f"{folder}/in.csv", "--key", f"{folder}/key",
           "--out", f"{folder}/out", "--ledger", f"{folder}/ledger", "--no-house-rules", "--quiet"]
    try:
        done = subprocess.run(run, capture_output=True, text=True, timeout=LIMIT)
    except subprocess.TimeoutExpired:
        return None, f"no release within {LIMIT} s"
    return (f"{folder}/out", "") if done.returncode == 0 else (None, done.stderr.splitlines()[0])


class View:
    """What a reader can add up: leaves, relations among them, and the cells that are withheld."""

    def __init__(self, header, records, tables, least, persons):
        self.wrong = []
        axes = []
        for by, _ in tables:
            for name in (name for part in by for name in part.split(" > ")):
                if name not in axes:
                    axes.append(name)
        # Who lies under whom is public; all else could be anywhere.
        tree = [name for name in TREE if name in axes] if any(" > " in p for by, _ in tables for p in by) else []
        groups = ([tree] if tree else []) + [[name] for name in axes if name not in tree]
        at = {name: header.index(name) for name in axes}
        parts = [sorted({tuple(r[at[name]] for name in group) for r in records}) for group in groups]
        order = [name for group in groups for name in group]
        self.size = int(np.prod([len(part) for part in parts]))
        if self.size > MOST_LEAVES:
            return
        self.leaves = [dict(zip(order, itertools.chain.from_iterable(leaf))) for leaf in itertools.product(*parts)]
        place = {tuple(leaf[name] for name in order): number for number, leaf in enumerate(self.leaves)}
        self.truth = np.zeros(self.size)
        for record in records:
            self.truth[place[tuple(record[at[name]] for name in order)]] += 1
        self.seen = {tuple(range(self.size)): len(records)}
        self.hidden = {}
        self.least, self.persons = least, persons

    def cells(self, names):
        found = {}
        for number, leaf in enumerate(self.leaves):
            found.setdefault(tuple(leaf[name] for name in names), []).append(number)
        return found

    def read(self, path, by, totals):
        """A published table: its figures are relations, the cells it lacks are withheld."""
        with open(path, newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        fine = [name for part in by for name in part.split(" > ")]
        figure = next((name for name in rows[0] if name in ("records", "person", "persons")), None) if rows else None
        shown = {tuple((name, row[name]) for name in fine if row[name] != "(all)"): int(row[figure])
                 for row in rows if row["status"] == "published"}
        levels = []
        for part in by:
            chain = part.split(" > ")
            levels.append([chain[:depth] for depth in range(0 if totals else 1, len(chain) + 1)])
        for level in itertools.product(*levels):
            names = [name for part in level for name in part]
            for label, members in self.cells(names).items():
                members = tuple(members)
                key = tuple(sorted(zip(names, label), key=lambda pair: fine.index(pair[0])))
                if key not in shown:
                    self.hidden.setdefault(members, key)
                    continue
                value = shown.pop(key)
                if value != self.truth[list(members)].sum() or value < self.least:
                    self.wrong.append(key)
                self.seen[members] = value
        self.wrong.extend(shown)


def attack(view, rng):
    """Intervals of withheld cells; the cells that are broken, and how many were looked at."""
    rows, columns, right = [], [], []
    for number, (members, value) in enumerate(view.seen.items()):
        rows += [number] * len(members)
        columns += members
        right.append(value)
    matrix = coo_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(right), view.size)).tocsr()
    cells = [(m, key) for m, key in view.hidden.items() if m not in view.seen and view.truth[list(m)].sum() < view.least]
    rng.shuffle(cells)
    began, looked, broken = time.monotonic(), 0, []
    for members, key in cells:
        if time.monotonic() - began > LIMIT / 2:
            break
        looked += 1
        goal = np.zeros(view.size)
        goal[list(members)] = 1
        ends = []
        for sign in (1, -1):
            found = linprog(sign * goal, A_eq=matrix, b_eq=right, bounds=(0, None), method="highs")
            if found.status == 0 and rng.random() < 0.05:
                whole = milp(sign * goal, constraints=LinearConstraint(matrix, right, right),
                             integrality=np.ones(view.size), bounds=Bounds(0, np.inf), options={"time_limit": 5})
                found = whole if whole.status == 0 else found
            ends.append(sign * found.fun if found.status == 0 else None)
        if None in ends or ends[0] > 1e-6 or ends[1] < view.least - 1e-6:
            broken.append((key, ends))
    return looked, broken


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("register")
    parser.add_argument("--cases", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=20, help="for one release; half of it for one attack")
    args = parser.parse_args()
    global LIMIT
    LIMIT = args.seconds
    with open(args.register, newline="", encoding="utf-8") as file:
        header, *records = ([value.strip() for value in record] for record in csv.reader(file))
    outcome, cells, failed = Counter(), 0, False
    for case in range(args.cases):
        rng = random.Random(f"{args.seed}.{case}")
        drawn, *rest = draw(rng, header, records)
        tables, least, persons = rest
        name = f"{args.seed}.{case}: {len(drawn)} records, min {least}, {tables}, persons {persons}"
        if len(drawn) < least:
            outcome["left out"] += 1
            continue
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([args.program, "key", "new", f"{folder}/key"], check=True, capture_output=True)
            out, why = release(args.program, folder, header, drawn, rest)
            if out is None:
                outcome["not released"] += 1
                print(f"{name}\n  not released: {why}", flush=True)
                continue
            view = View(header, drawn, tables, least, persons)
            if view.size > MOST_LEAVES:
                outcome["too large for this attacker"] += 1
                continue
            for number, (by, totals) in enumerate(tables):
                view.read(f"{out}/tables/t{number}.csv", by, totals)
        looked, broken = attack(view, rng)
        cells += looked
        outcome["attacked"] += 1
        if broken or view.wrong:
            failed = True
            print(f"{name}\n  BROKEN {broken[:3]} WRONG {view.wrong[:3]}", flush=True)
    print(f"{dict(outcome)}; sensitive cells attacked: {cells}; {'FAILED' if failed else 'none broken'}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
