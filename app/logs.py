# SPDX-License-Identifier: AGPL-3.0-or-later
"""The technical log of a profile: what happened to the program, never what was written or to whom.

Imports `app.paths` only. Each process has a file of its own, because rotating a shared one loses lines.
"""

from __future__ import annotations

import logging
import os
import time
import traceback
from enum import Enum
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING, Final

from app.paths import log_folder

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

_FILE_BYTES: Final = 1_000_000
_OLD_FILES: Final = 3
_MAX_TEXT: Final = 200
_MAX_LINE: Final = 1000
_OURS: Final = frozenset({"app", "crypto_core"})


def start_log(profile: Path, program: str) -> None:
    """Let this process log into `logs/<program>.log` of the profile. Raises OSError if that is impossible."""
    folder = log_folder(profile)
    folder.mkdir(mode=0o700, exist_ok=True)
    handler = _PrivateFile(
        folder / f"{program}.log", maxBytes=_FILE_BYTES, backupCount=_OLD_FILES, encoding="utf-8"
    )
    handler.addFilter(without_content)
    handler.setFormatter(_Lines("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    for earlier in root.handlers[:]:
        root.removeHandler(earlier)
        earlier.close()
    root.addHandler(handler)
    root.setLevel(logging.INFO)


def without_content(record: logging.LogRecord) -> bool:
    """Take out of a record whatever could be content: bytes, long texts, objects, other people's sentences.

    Returns False for what libraries say in passing, which is not worth a line.
    """
    if record.name.partition(".")[0] in _OURS:
        args = record.args
        if args and not isinstance(args, tuple) and "%(" not in str(record.msg):
            # A single dictionary, which logging hands on unpacked although it is itself the value.
            args = (args,)
        if isinstance(args, tuple):
            record.args = tuple(_harmless(value) for value in args)
        elif args:
            record.args = {name: _harmless(value) for name, value in args.items()}
    elif record.levelno < logging.WARNING:
        return False
    else:
        # A library's message may hold an address with a search in it, or a part of a document.
        record.msg, record.args = "a message of a library", ()
    return True


def _harmless(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, str) and len(value) <= _MAX_TEXT:
        return value
    if isinstance(value, Exception):
        return value if type(value).__module__.partition(".")[0] in _OURS else type(value).__name__
    size = f" of {len(value)}" if isinstance(value, str | bytes | bytearray | memoryview) else ""
    return f"<{type(value).__name__}{size}>"


class _Lines(logging.Formatter):
    """One line a record, in UTC; of an exception its type and where it was raised, not what it says."""

    default_msec_format = "%s.%03dZ"

    def __init__(self, layout: str) -> None:
        super().__init__(layout)
        self.converter = time.gmtime

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)[:_MAX_LINE]
        return line.replace("\r", " ").replace("\n", " | ")

    def formatException(  # noqa: N802 - the name is logging's
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        kind, _, trace = ei
        frames = traceback.extract_tb(trace)[-8:]
        places = " < ".join(
            f"{os.path.basename(frame.filename)}:{frame.lineno}"  # noqa: PTH119 - a name, no path
            for frame in reversed(frames)
        )
        return f"{kind.__name__ if kind else 'no exception'} at {places}"

    def formatStack(self, stack_info: str) -> str:  # noqa: N802 - the name is logging's
        del stack_info
        return ""


class _PrivateFile(RotatingFileHandler):
    """Files that only their owner can read."""

    def _open(self) -> TextIOWrapper:
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        return TextIOWrapper(os.fdopen(descriptor, "ab"), encoding=self.encoding)
