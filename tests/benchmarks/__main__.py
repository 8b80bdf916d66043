# SPDX-License-Identifier: AGPL-3.0-or-later
"""Runs the benchmarks and prints one table; `--json FILE` also writes them, `--only NAME` runs one module.

Each figure is a ratio within one run: absolute times say more about the machine than about the program.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.benchmarks.result import Result

MODULES = (
    "attachments",
    "documents",
    "envelopes",
    "erasing",
    "journal",
    "log",
    "mail",
    "receipts",
    "relay",
    "search",
    "sign_in",
    "stories",
    "sync",
    "vault",
    "window",
)


def table(results: Sequence[Result]) -> str:
    """Return the results as lines of text."""
    width = max(len(result.name) for result in results)
    return "\n".join(
        f"{'ok  ' if result.ok else 'MISS'}  {result.name:<{width}}  {result.value:8.2f}"
        f"  (reach {result.reach:.2f})  {result.detail}"
        for result in results
    )


def main(arguments: Sequence[str]) -> int:
    """Measure and report; 1 if something is out of reach."""
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results here too")
    parser.add_argument("--only", choices=MODULES, action="append", help="run only this one")
    options = parser.parse_args(arguments)
    results: list[Result] = []
    for name in options.only or MODULES:
        print(f"measuring: {name}", file=sys.stderr, flush=True)
        results += importlib.import_module(f"tests.benchmarks.{name}").measure()
    print(table(results))
    if options.json is not None:
        rows = [dataclasses.asdict(result) for result in results]
        options.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    return int(not all(result.ok for result in results))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
