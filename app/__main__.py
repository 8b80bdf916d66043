# SPDX-License-Identifier: AGPL-3.0-or-later
"""The program `uhealthsec`: window, command line or engine, of which it loads only the one asked for."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from app.allocation import overwrite_what_is_freed
from app.cli.arguments import parse
from app.cli.exit_codes import ExitCode
from app.logs import start_log
from app.paths import ProfileFolderError, default_profile, prepare_profile
from app.profiles import FIRST, folder_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_READ_DOCUMENT: Final = "--read-document"
"""How a packaged program starts itself to read a document (`app.engine.documents.readers`); for no person."""

_MAKING: Final = frozenset({("register", ""), ("link", "join"), ("recovery", "restore")})
"""The commands that make an account, in a folder that need not be there."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    if argv is None and sys.argv[1:] == [_READ_DOCUMENT]:
        # Neither profile nor log: this process is to know nothing and to write nowhere.
        from app.engine.documents.reader import main as read_document  # noqa: PLC0415

        return read_document()
    arguments = parse(argv)
    if arguments.command is None and not arguments.engine and argv is None:
        overwrite_what_is_freed()
    program = "engine" if arguments.engine else "window" if arguments.command is None else "cli"
    try:
        profile = prepare_profile(_folder(arguments))
        start_log(profile, program)
    except (ProfileFolderError, OSError) as error:
        sys.stderr.write(f"uhealthsec: {error}\n")
        return ExitCode.PROFILE
    # Imported where they are needed: a command line must not wait for a window's libraries.
    if arguments.engine:
        with _loading():
            from app.engine.main import run as run_engine  # noqa: PLC0415
        return run_engine(profile)
    if arguments.command is None:
        return show_window(arguments, profile)
    with _loading():
        from app.cli.main import run as run_command  # noqa: PLC0415
    return run_command(arguments, profile)


@contextmanager
def _loading() -> Iterator[None]:
    """Load what stays loaded: nothing of it is garbage, and to look for some takes an eighth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _folder(arguments: argparse.Namespace) -> Path:
    """Return where the account is that is meant. Raises ProfileFolderError if it is not there and is not to be made."""
    home = arguments.profile or default_profile(os.environ)
    folder = folder_of(home, arguments.account_number or FIRST)
    wanted = (arguments.command, getattr(arguments, "step", ""))
    if folder != home:
        if wanted not in _MAKING and not folder.is_dir():
            raise ProfileFolderError(f"{folder}: there is no such account")
        prepare_profile(home)
        prepare_profile(folder.parent)
    return folder


def show_window(arguments: argparse.Namespace, profile: Path) -> int:
    """Open the window, unlocked if a passphrase file is given."""
    from app.cli.passphrase import UsageError, read_passphrase  # noqa: PLC0415
    from app.cli.texts import system_language  # noqa: PLC0415

    with _loading():
        from app.window.main import run as run_window  # noqa: PLC0415
    language, source = system_language(os.environ), arguments.passphrase_file
    try:
        passphrase = None if source is None else read_passphrase(source, language, is_new=False)
    except UsageError as error:
        sys.stderr.write(f"uhealthsec: {error.text.speak(language, **error.values)}\n")
        return ExitCode.USAGE
    return run_window(profile, screenshot_dir=arguments.screenshot, passphrase=passphrase)


if __name__ == "__main__":
    sys.exit(main())
