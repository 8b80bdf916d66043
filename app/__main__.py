# SPDX-License-Identifier: AGPL-3.0-or-later
"""The program `uhealthsec`: window, command line or engine, of which it loads only the one asked for."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from app.cli.arguments import build_parser
from app.cli.exit_codes import ExitCode
from app.logs import start_log
from app.paths import ProfileFolderError, default_profile, prepare_profile

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    arguments = build_parser().parse_args(argv)
    program = "engine" if arguments.engine else "window" if arguments.command is None else "cli"
    try:
        profile = prepare_profile(arguments.profile or default_profile(os.environ))
        start_log(profile, program)
    except (ProfileFolderError, OSError) as error:
        sys.stderr.write(f"uhealthsec: {error}\n")
        return ExitCode.PROFILE
    # Imported where they are needed: a command line must not wait for a window's libraries.
    if arguments.engine:
        from app.engine.main import run as run_engine  # noqa: PLC0415

        return run_engine(profile)
    if arguments.command is None:
        from app.window.main import run as run_window  # noqa: PLC0415

        return run_window(profile, screenshot_dir=arguments.screenshot)
    from app.cli.main import run as run_command  # noqa: PLC0415

    return run_command(arguments, profile)


if __name__ == "__main__":
    sys.exit(main())
