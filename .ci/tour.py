#!/usr/bin/env python3
"""Runs the commands of the README's tour and writes their output into it.

    .ci/tour.py BINARY         rewrites the blocks of README.md that begin with `$ `

The commands run one after the other in a new temporary folder, with BINARY as
`offrecord`. Codes, keys and hashes differ from run to run: the key is new.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

README = pathlib.Path(__file__).resolve().parent.parent / "README.md"


def main() -> None:
    binary = pathlib.Path(sys.argv[1]).resolve(strict=True)
    with tempfile.TemporaryDirectory() as folder:
        commands = pathlib.Path(folder, "bin")
        commands.mkdir()
        (commands / "offrecord").symlink_to(binary)
        place = pathlib.Path(folder, "tour")
        place.mkdir()
        env = dict(os.environ, PATH=f"{commands}:{os.environ['PATH']}", NO_COLOR="1", COLUMNS="100")

        def answer(block: re.Match) -> str:
            lines = []
            for command in re.findall(r"^\$ (.*)$", block[1], re.M):
                done = subprocess.run(
                    ["bash", "-c", command], cwd=place, env=env, text=True,
                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                )
                print(f"exit {done.returncode}: {command}")
                lines.append(f"$ {command}")
                lines += done.stdout.replace(f"{place}/", "").rstrip().splitlines()
            return "```\n" + "\n".join(lines) + "\n```"

        text = README.read_text()
        README.write_text(re.sub(r"```\n(\$ .*?)\n```", answer, text, flags=re.S))


if __name__ == "__main__":
    main()
