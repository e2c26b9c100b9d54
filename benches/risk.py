#!/usr/bin/env python3
"""Measures and searches of `risk` and `suggest` beside ARX's published optima and pyCANON.

    benches/risk.py PROGRAM ADULT [--register FILE]

ADULT is a folder with adult.csv and adult_hierarchy_*.csv as ARX has them in its
folder `data` (Apache-2.0; the records are the UCI Adult data, CC BY 4.0, 30,162
complete ones). They are not kept here. pyCANON, where it is installed
(pip install pycanon), computes the same measures.

What is compared, and what is known to differ:
- ARX: the node and the loss of its own test cases for k-anonymity and entropy
  l-diversity (TestAnonymizationKAnonymity, TestAnonymizationLDiversity). Where a
  share of records may be suppressed ARX bounds it by the same share of records.
- pyCANON: k, distinct l, entropy l. pyCANON cuts entropy l down to a whole number.
  With several sensitive columns it takes the least; here each has its own line.
  pandas reads an empty cell as NaN, which groups with nothing; here missing is a
  value like any other. The Adult data have no empty cell.
"""
import argparse, json, math, resource, subprocess, sys, time
from pathlib import Path

COLUMNS = ["sex", "age", "race", "marital-status", "education", "native-country",
           "workclass", "occupation", "salary-class"]
# k or l, rule, suppressed, loss function, published loss, published node.
ARX = [
    (5, "k", 0.00, "entropy", 407289.5388925293, [1, 2, 1, 1, 3, 2, 2, 1, 1]),
    (100, "k", 0.00, "entropy", 453196.8932458743, [0, 4, 1, 1, 3, 2, 2, 1, 1]),
    (5, "k", 0.04, "entropy", 255559.85455731067, [1, 0, 1, 1, 3, 2, 2, 0, 1]),
    (100, "k", 0.04, "entropy", 379417.3460570988, [1, 1, 1, 1, 3, 2, 2, 1, 1]),
    (5, "l", 0.00, "entropy-suppressed", 324620.5269918692, [1, 1, 1, 1, 3, 2, 2, 1]),
    (5, "l", 0.04, "entropy-suppressed", 228878.2039109517, [1, 0, 1, 1, 2, 2, 2, 1]),
]
# Quasi columns and a sensitive one; some classes are small, some large.
PYCANON = [
    (["sex", "race", "marital-status"], "occupation"),
    (["sex", "education", "workclass"], "salary-class"),
    (["age", "sex"], "occupation"),
    (["sex", "race"], "salary-class"),
]


def run(words):
    began = time.perf_counter()
    done = subprocess.run(words, capture_output=True, text=True)
    seconds = time.perf_counter() - began
    if done.returncode not in (0, 3):
        sys.exit(done.stderr)
    return json.loads(done.stdout), seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("adult", type=Path)
    parser.add_argument("--register", type=Path)
    args = parser.parse_args()
    adult = [str(args.adult / "adult.csv"), "--delimiter", ";"]
    failed = 0
    for limit, rule, share, loss, published, node in ARX:
        columns = [c for c in COLUMNS if rule == "k" or c != "occupation"]
        words = [args.program, "suggest", *adult, "--json", "--threads", "1", "--every",
                 "--quasi", ",".join(columns), "--suppress", str(share), "--loss", loss]
        for column in columns:
            words += ["--hierarchy", f"{column}={args.adult}/adult_hierarchy_{column}.csv"]
        if rule == "k":
            words += ["--k", str(limit)]
        else:
            words += ["--k", "1", "--l", str(limit), "--l-rule", "entropy", "--sensitive", "occupation"]
        found, seconds = run(words)
        levels = [found["best"]["levels"][c] for c in columns]
        same = levels == node and math.isclose(found["best"]["loss"], published, rel_tol=1e-9)
        failed += not same
        print(f"ARX {rule}={limit} suppressed {share}: node {levels} loss {found['best']['loss']:.4f}"
              f" {'same' if same else f'DIFFERS from {node} {published}'};"
              f" {found['looked_at']} of {found['nodes']} nodes, {seconds:.2f} s")
    try:
        import pandas
        from pycanon import anonymity
        frame = pandas.read_csv(args.adult / "adult.csv", sep=";", dtype=str)
    except ImportError:
        frame = None
        print("pyCANON is not installed; not compared")
    for quasi, sensitive in PYCANON if frame is not None else []:
        found, seconds = run([args.program, "risk", *adult, "--json", "--quasi", ",".join(quasi),
                              "--sensitive", sensitive])
        began = time.perf_counter()
        theirs = (anonymity.k_anonymity(frame, quasi), anonymity.l_diversity(frame, quasi, [sensitive]),
                  anonymity.entropy_l_diversity(frame, quasi, [sensitive]))
        peer = time.perf_counter() - began
        diverse = found["diversity"][0]
        ours = (found["k"], diverse["distinct"], int(diverse["entropy"] + 1e-9))
        same = ours == tuple(int(v) for v in theirs)
        failed += not same
        print(f"pyCANON {'+'.join(quasi)} / {sensitive}: k, l, entropy l = {ours}"
              f" {'same' if same else f'DIFFERS from {theirs}'}; {seconds:.2f} s, pyCANON {peer:.2f} s")
    if args.register:
        quasi = "sex,ethnicity,birth_date,education,city"
        times = []
        for _ in range(3):
            found, seconds = run([args.program, "risk", str(args.register), "--quasi", quasi, "--json",
                                  "--threads", "2"])
            times.append(seconds)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000
        print(f"register, {quasi}: {found['records']} records, {found['classes']} classes, median"
              f" {sorted(times)[1]:.2f} s of {', '.join(f'{t:.2f}' for t in times)}; peak {peak:.0f} MB")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
