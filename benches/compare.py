#!/usr/bin/env python3
"""Times offrecord beside what a user might pick instead, on the same invented register.

    python3 benches/compare.py [--rows 1950000] [--runs 5] [--work DIR] [--jobs pseudonymise,scrub,...]

Builds the release binary, makes the register with `offrecord demo`'s generator, installs the
peers into a virtual environment below the work folder (Polars with polars-hash, DuckDB), and
runs every job in turn, one program after the other, `--runs` times each after one warm-up.
Wall time, CPU time and peak memory are those of the whole process, from the operating system.
Put the work folder on a memory file system for figures that do not measure a disk.

What differs: the peers drop, hash and cut columns and do nothing else. They normalise no
number, check no value, know no policy, balance no rows and look at no finished byte.
offrecord does all of that; "staged" is the time until its files are written, "checked" the
whole run with the search over the finished bytes.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)

POLARS = {
    "pseudonymise": """
import polars as pl, polars_hash as plh
def code(c): return plh.col(c).chash.hmac_sha256(key=KEY).str.slice(0, 32).alias(c)
(pl.scan_csv(SRC, infer_schema=False).drop(["name","landline","address","notes"])
   .with_columns(code("id_number"), code("mobile"), pl.col("birth_date").str.slice(0, 4))
   .sink_csv(DST))
""",
    "scrub": """
import polars as pl, polars_hash as plh
def code(c): return plh.col(c).chash.hmac_sha256(key=KEY).str.slice(0, 32).alias(c)
notes = (pl.col("notes").str.replace_all(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+", "[email]")
   .str.replace_all(r"[1-9][0-9]{16}[0-9Xx]", "[id]").str.replace_all(r"1[3-9][0-9]{9}", "[phone]"))
(pl.scan_csv(SRC, infer_schema=False).drop(["name","landline","address"])
   .with_columns(code("id_number"), code("mobile"), pl.col("birth_date").str.slice(0, 4), notes)
   .sink_csv(DST))
""",
    "aggregate": """
import polars as pl
d = pl.scan_csv(SRC, infer_schema=False)
a = d.group_by("employer", "ethnicity").len().filter(pl.col("len") >= 10)
b = (d.with_columns((pl.col("birth_date").str.slice(0, 3) + "0").alias("decade"))
      .group_by("sector", "sex", "decade").len().filter(pl.col("len") >= 10))
a, b = pl.collect_all([a, b])
a.write_csv(DST); b.write_csv(DST + ".2")
""",
}
DUCKDB = {
    "pseudonymise": """
import duckdb
c = duckdb.connect(); c.execute("SET threads=2")
c.execute(f\"\"\"COPY (SELECT * EXCLUDE (name, landline, address, notes)
  REPLACE (sha256('{KEY}' || id_number)[:32] AS id_number, sha256('{KEY}' || mobile)[:32] AS mobile, birth_date[:4] AS birth_date)
  FROM read_csv('{SRC}', all_varchar=true, header=true)) TO '{DST}' (HEADER)\"\"\")
""",
    "scrub": """
import duckdb
c = duckdb.connect(); c.execute("SET threads=2")
c.execute(f\"\"\"COPY (SELECT * EXCLUDE (name, landline, address)
  REPLACE (sha256('{KEY}' || id_number)[:32] AS id_number, sha256('{KEY}' || mobile)[:32] AS mobile, birth_date[:4] AS birth_date,
  regexp_replace(regexp_replace(regexp_replace(notes, '[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+', '[email]', 'g'),
    '[1-9][0-9]{{16}}[0-9Xx]', '[id]', 'g'), '1[3-9][0-9]{{9}}', '[phone]', 'g') AS notes)
  FROM read_csv('{SRC}', all_varchar=true, header=true)) TO '{DST}' (HEADER)\"\"\")
""",
    "aggregate": """
import duckdb
c = duckdb.connect(); c.execute("SET threads=2")
c.execute(f"CREATE TABLE t AS SELECT employer, ethnicity, sector, sex, birth_date[:3] || '0' AS decade FROM read_csv('{SRC}', all_varchar=true, header=true)")
c.execute(f"COPY (SELECT employer, ethnicity, count(*) n FROM t GROUP BY ALL HAVING n >= 10) TO '{DST}' (HEADER)")
c.execute(f"COPY (SELECT sector, sex, decade, count(*) n FROM t GROUP BY ALL HAVING n >= 10) TO '{DST}.2' (HEADER)")
""",
}
POLICIES = {
    "pseudonymise": ["pseudonymise"],
    "scrub": ["scrub"],
    "aggregate": ["aggregate-employer", "aggregate-sector"],
}


def run(command):
    """One process from start to exit: wall and CPU seconds, peak resident memory in MB."""
    began = time.perf_counter()
    pid = os.posix_spawnp(command[0], command, os.environ, file_actions=[
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
        (os.POSIX_SPAWN_OPEN, 2, "/dev/null" if not VERBOSE else "/dev/stderr", os.O_WRONLY, 0),
    ])
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - began
    if status != 0:
        sys.exit(f"failed with status {status}: {' '.join(command[:3])} …")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6


def remove(path):
    for name in (path, path + ".private", path + ".2", path + ".ledger.jsonl"):
        if os.path.isdir(name):
            shutil.rmtree(name)
        elif os.path.exists(name):
            os.remove(name)


class Offrecord:
    name = "offrecord"

    def __init__(self, binary, key, src):
        self.binary, self.key, self.src = binary, key, src

    def once(self, job, out):
        """Seconds until staged and checked, CPU, memory; the two tables of a job are two runs."""
        staged = wall = cpu = memory = 0.0
        for policy in POLICIES[job]:
            remove(out)
            w, c, m = run([self.binary, "run", f"{HERE}/policies/{policy}.toml", self.src,
                           "--key", self.key, "--out", out, "--threads", "2", "--quiet",
                           "--no-house-rules", "--ledger", f"{out}.ledger.jsonl"])
            with open(f"{out}.private/run.json", encoding="utf-8") as record:
                record = json.load(record)
            inside = record["seconds_until_checked"]
            staged += record["seconds_until_staged"] + max(0.0, w - inside)
            wall, cpu, memory = wall + w, cpu + c, max(memory, m)
            remove(out)
        return staged, wall, cpu, memory


class Peer:
    def __init__(self, name, python, scripts, src):
        self.name, self.python, self.scripts, self.src = name, python, scripts, src

    def once(self, job, out):
        remove(out)
        script = f"KEY = '{'00' * 32}'\nSRC = {self.src!r}\nDST = {out!r}\n" + self.scripts[job]
        wall, cpu, memory = run([self.python, "-c", script])
        remove(out)
        return wall, wall, cpu, memory


def peers(work, src):
    python = f"{work}/venv/bin/python"
    if not os.path.exists(python):
        subprocess.run([sys.executable, "-m", "venv", f"{work}/venv"], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "polars", "polars-hash", "duckdb"], check=True)
    return [Peer("Polars", python, POLARS, src), Peer("DuckDB", python, DUCKDB, src)]


def register(binary, work, rows):
    src = f"{work}/invented-register.csv"
    if not os.path.exists(src):
        subprocess.run([binary, "demo", "--generate-only", "--rows", str(rows), "--well-formed",
                        "--out", src, "--truth", f"{work}/truth.csv"], check=True)
    return src


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_950_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--work", default="/tmp/offrecord-bench")
    parser.add_argument("--jobs", default="pseudonymise,scrub,aggregate")
    parser.add_argument("--only", default="", help="programs to run, e.g. offrecord,Polars")
    parser.add_argument("--binary", default=f"{ROOT}/target/release/offrecord", help="built if it is not there")
    parser.add_argument("--register", default="", help="an invented register that is there already")
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    global VERBOSE
    VERBOSE = args.verbose
    os.makedirs(args.work, exist_ok=True)
    if not os.path.exists(args.binary):
        subprocess.run(["cargo", "build", "--release", "--locked"], cwd=ROOT, check=True)
    src = args.register or register(args.binary, args.work, args.rows)
    key = f"{args.work}/key"
    if not os.path.exists(key):
        subprocess.run([args.binary, "key", "new", key], check=True)
    programs = [Offrecord(args.binary, key, src)] + peers(args.work, src)
    if args.only:
        programs = [program for program in programs if program.name in args.only.split(",")]
    print(f"register: {os.path.getsize(src):,} bytes; runs: {args.runs}; cores: {os.cpu_count()}")
    for job in args.jobs.split(","):
        results = {program.name: [] for program in programs}
        for turn in range(args.runs + 1):
            for program in programs:
                figures = program.once(job, f"{args.work}/out")
                if turn > 0:
                    results[program.name].append(figures)
        for name, runs in results.items():
            columns = list(zip(*runs))
            middle = [statistics.median(column) for column in columns]
            spread = f"{min(columns[1]):.2f}-{max(columns[1]):.2f}"
            print(f"{job:<14} {name:<10} staged {middle[0]:6.2f} s  checked {middle[1]:6.2f} s ({spread})"
                  f"  cpu {middle[2]:6.2f} s  peak {middle[3]:5.0f} MB", flush=True)


if __name__ == "__main__":
    main()
