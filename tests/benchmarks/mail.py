# SPDX-License-Identifier: AGPL-3.0-or-later
"""A morning with 100 000 letters against one with 100: how soon it begins, how it goes on, what it holds.

Each is a window process with its engine process over the real, encrypted store, as a person runs it: the passphrase,
the first letter, one letter after the other, and further down the list than anybody reads.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.allocation import overwrite_what_is_freed
from tests.benchmarks.morning import SWITCHES, Morning
from tests.benchmarks.result import Result, at_most

if TYPE_CHECKING:
    from collections.abc import Sequence

MANY: Final = 100_000
FEW: Final = 100
MORNINGS: Final = 5
START_REACH: Final = 1.3
SWITCH_REACH_MILLISECONDS: Final = 50.0
MEMORY_REACH: Final = 1.3
PASSPHRASE: Final = "trois marches vers la rive bleue"
TIMEOUT_SECONDS: Final = 300


def measure() -> list[Result]:
    """Return the figures."""
    from tests.fakes.large_vault import make_large_profile  # noqa: PLC0415 - no part of a morning

    with tempfile.TemporaryDirectory() as folder:
        profiles = Path(folder) / "few", Path(folder) / "many"
        for profile, messages in zip(profiles, (FEW, MANY), strict=True):
            asyncio.run(make_large_profile(profile, messages=messages, passphrase=PASSPHRASE))
        _spend(profiles[1])  # The first one reads the libraries from the disk.
        few, many = zip(
            *[[_spend(each) for each in profiles] for _ in range(MORNINGS)], strict=True
        )
    return _results(few, many)


def _results(few: Sequence[Morning], many: Sequence[Morning]) -> list[Result]:
    # The best of several: whatever else the machine does only ever adds.
    waits = [min(each.usable for each in mornings) for mornings in (few, many)]
    after = [min(each.usable - each.open for each in mornings) for mornings in (few, many)]
    p95 = [
        1000 * min(statistics.quantiles(each.switches, n=20)[-1] for each in mornings)
        for mornings in (few, many)
    ]
    middle = statistics.median(1000 * time for each in many for time in each.switches)
    held = [statistics.median(each.resident_bytes for each in mornings) for mornings in (few, many)]
    parts = [
        f"window {statistics.median(each.window_bytes for each in mornings) / 1e6:.0f} MB,"
        f" engine {statistics.median(each.engine_bytes for each in mornings) / 1e6:.0f} MB"
        for mornings in (few, many)
    ]
    return [
        at_most(
            f"mail: passphrase to usable window, {MANY} / {FEW} messages",
            waits[1] / waits[0],
            START_REACH,
            f"{waits[1]:.2f} s / {waits[0]:.2f} s, stretching the passphrase included",
        ),
        at_most(
            f"mail: opened store to usable window, {MANY} / {FEW} messages",
            after[1] / after[0],
            START_REACH,
            f"{1000 * after[1]:.0f} ms / {1000 * after[0]:.0f} ms: list and newest conversation painted",
        ),
        at_most(
            f"mail: switching conversation among {MANY} messages, p95, milliseconds before painting",
            p95[1],
            SWITCH_REACH_MILLISECONDS,
            f"median {middle:.0f} ms; p95 among {FEW}: {p95[0]:.0f} ms; {SWITCHES} switches,"
            " conversations of ten letters",
        ),
        at_most(
            f"mail: resident memory, {MANY} / {FEW} messages",
            held[1] / held[0],
            MEMORY_REACH,
            f"{parts[1]} / {parts[0]}",
        ),
    ]


def _spend(profile: Path) -> Morning:
    """Run the window in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.mail", str(profile)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=True,
    )
    said = json.loads(done.stdout)
    return Morning(**{**said, "switches": tuple(said["switches"])})


# The program that is measured, in a process of its own


def main(arguments: Sequence[str]) -> int:
    """Spend a morning over a profile and print what it was like."""
    overwrite_what_is_freed()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from tests.benchmarks.person import spend_morning  # noqa: PLC0415 - the parent needs no window

    parser = argparse.ArgumentParser(prog="tests.benchmarks.mail")
    parser.add_argument("profile", type=Path)
    morning = spend_morning(parser.parse_args(arguments).profile, PASSPHRASE)
    print(json.dumps(asdict(morning)))  # noqa: T201 - what the parent reads
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
