# SPDX-License-Identifier: AGPL-3.0-or-later
"""Show the whole path once: a relay, two practitioners, their letters, their computers, and a bad day.

Called by ``dev.py demo``. Every part is the real program in a process of its own, every sentence was checked
before it is printed; the end is 0 only if all of it held and nothing readable is at the relay.
"""

from __future__ import annotations

import argparse
import secrets
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from computers import link_and_remove, lock_window
from joining import change_factors, join, make_sure, meet
from letters import LETTER, QUESTION, audit, compare_files, exchange, look_for_traces
from programs import DemoRelay, Practitioner
from recovery import lose_laptop, prepare
from stage import DemoError, Timings, made, say, title
from windows import has_display, show_windows

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["DemoError", "DemoRelay", "Practitioner", "compare_files", "look_for_traces"]


def invent(name: str, profession: str, home: Path, short: str) -> Practitioner:
    """Return somebody who has a computer with nothing on it, and a passphrase of 96 bits."""
    return Practitioner(
        name=name,
        profession=profession,
        profile=home / f"p-{short}",
        paper=made(home / f"paper-{short}"),
        passphrase=f"demo {secrets.token_hex(12)}",
    )


def run(options: argparse.Namespace, home: Path) -> None:
    """Play the whole demonstration in an empty folder."""
    timings = Timings()
    relay = DemoRelay(home)
    karim = invent("Dr Karim Benali", "Médecin généraliste", home, "karim")
    claire = invent("Claire Martin", "Ostéopathe", home, "claire")
    try:
        title("A relay with its own PostgreSQL")
        with timings.measured("relay: first start", "makes its database, certificate and journal"):
            relay.start()
        say(f"ready at {relay.url}")
        join(relay, karim, claire, timings)
        meet(karim, claire, timings)
        make_sure(relay, karim, claire, QUESTION, timings)
        change_factors(claire, timings)
        dumps = [exchange(relay, karim, claire, home, timings)]
        laptop = link_and_remove(karim, claire, home, LETTER, timings)
        lock_window(karim, claire, home, timings)
        put_aside = prepare(karim, claire, home, timings)
        new = lose_laptop(relay, karim, claire, put_aside, timings)
        audit(karim, new, timings)
        dumps.append(relay.dump())
        relay.stop()
        with timings.measured("search for readable traces"):
            folders = [each.profile for each in (karim, claire, laptop, new)]
            look_for_traces(relay, (karim, new), [*folders, put_aside.backup.parent], dumps)
        title("Timings")
        timings.show()
        if options.screenshot is not None or options.window or has_display():
            relay.start()
            show_windows((karim, new), options.screenshot)
    finally:
        relay.stop()


def main(argv: Sequence[str]) -> int:
    """Run the demonstration and return its exit code."""
    parser = argparse.ArgumentParser(prog="dev.py demo", description=__doc__, allow_abbrev=False)
    parser.add_argument(
        "--window", action="store_true", help="open both windows afterwards in any case"
    )
    parser.add_argument(
        "--screenshot", metavar="DIR", type=Path, help="save pictures of both windows instead"
    )
    options = parser.parse_args(argv)
    if options.screenshot is not None:
        options.screenshot = options.screenshot.absolute()
    if options.window and not has_display():
        parser.error(
            "there is no screen to open windows on; --screenshot DIR saves pictures instead"
        )
    # Whoever ends the demonstration ends its relay and removes its letters too.
    for number in {signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)}:
        signal.signal(number, lambda signalled, _: sys.exit(128 + signalled))
    # Short, because the names of sockets are short.
    home = Path(tempfile.mkdtemp(prefix="uhs-"))
    try:
        run(options, home)
    except DemoError as error:
        print(f"\nThe demonstration failed: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        shutil.rmtree(home, ignore_errors=True)
    print("\nEverything arrived, everything holds, nothing readable is left at the relay.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
