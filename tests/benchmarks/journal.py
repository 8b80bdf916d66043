# SPDX-License-Identifier: AGPL-3.0-or-later
"""The journal with 200 000 acts against one with 200: from the click until its first acts begin to be painted.

Each is a window process with its engine process over the real, encrypted store.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from app.allocation import overwrite_what_is_freed
from tests.benchmarks.result import Result, at_most

if TYPE_CHECKING:
    from collections.abc import Sequence

MANY: Final = 200_000
FEW: Final = 200
TIMES: Final = 7
REACH: Final = 1.5
PASSPHRASE: Final = "trois marches vers la rive bleue"
TIMEOUT_SECONDS: Final = 300


def measure() -> list[Result]:
    """Return the figure."""
    from tests.fakes.large_vault import make_journal_profile  # noqa: PLC0415 - no part of a look

    with tempfile.TemporaryDirectory() as folder:
        profiles = Path(folder) / "few", Path(folder) / "many"
        for profile, acts in zip(profiles, (FEW, MANY), strict=True):
            asyncio.run(make_journal_profile(profile, acts=acts, passphrase=PASSPHRASE))
        _look(profiles[1])  # The first one reads the libraries from the disk.
        looks = [[_look(each) for each in profiles] for _ in range(TIMES)]
    # The best of several: whatever else the machine does only ever adds.
    few, many = (min(times) for times in zip(*looks, strict=True))
    return [
        at_most(
            f"journal: opening it, {MANY} / {FEW} acts",
            many / few,
            REACH,
            f"{1000 * many:.0f} ms / {1000 * few:.0f} ms until its acts are painted",
        )
    ]


def _look(profile: Path) -> float:
    """Open the journal in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.journal", str(profile)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=True,
    )
    return float(done.stdout)


# The program that is measured, in a process of its own


def main(arguments: Sequence[str]) -> NoReturn:
    """Open the journal of a profile and print how long it took."""
    overwrite_what_is_freed()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from tests.benchmarks.person import open_journal  # noqa: PLC0415 - the parent needs no window

    parser = argparse.ArgumentParser(prog="tests.benchmarks.journal")
    parser.add_argument("profile", type=Path)
    seconds = open_journal(parser.parse_args(arguments).profile, PASSPHRASE)
    print(seconds, flush=True)  # noqa: T201 - what the parent reads
    # In whatever order Python would end, Qt survives no window that goes after it.
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
