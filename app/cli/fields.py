# SPDX-License-Identifier: AGPL-3.0-or-later
"""Holds what was typed to the bounds of the commands, and says in words what is wrong with it.

The bounds are those of `app.interface.commands`, read from there, so that the engine never refuses what
passed here. Imports `app.interface` and `app.cli` only.
"""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Final, get_args, get_type_hints

from app.cli import texts
from app.cli.passphrase import UsageError
from app.cli.report import harmless
from app.interface.importing import EmailText
from app.interface.journal import ShowTimestamp
from app.interface.snapshots import PathText
from crypto_core.wire.codec import Size

if TYPE_CHECKING:
    from collections.abc import Sequence


_NO_LINE: Final = frozenset({"Cc", "Zl", "Zp"})
"""Categories of characters that do not belong into one line of text."""


def bounds(command: type, field: str) -> Size:
    """Return the bounds of a command's field: bytes of UTF-8 for a text, a number of things for a list."""
    return _size(get_type_hints(command, include_extras=True)[field])


def line(option: str, text: str, within: Size) -> str:
    """Return one line of text that was given with an option. Raises UsageError."""
    if any(unicodedata.category(character) in _NO_LINE for character in text):
        raise UsageError(texts.NOT_ONE_LINE, option=option)
    return content(option, text, within)


def content(option: str, text: str, within: Size) -> str:
    """Return text of any number of lines. Raises UsageError."""
    if within.least and not text.strip():
        raise UsageError(texts.EMPTY, option=option)
    try:
        length = len(text.encode())
    except UnicodeEncodeError:
        # What this system could not read as text on the command line stands there as lone surrogates.
        raise UsageError(texts.NOT_TEXT, option=option) from None
    if length > within.most:
        raise UsageError(texts.TOO_LONG, option=option, most=within.most, length=length)
    return text


def count(option: str, things: Sequence[object], within: Size) -> None:
    """Hold a list to its bound. Raises UsageError."""
    if len(things) > within.most:
        raise UsageError(texts.TOO_MANY, option=option, most=within.most)


def path(option: str, given: Path) -> str:
    """Return a path as the engine is given it, whole. Raises UsageError."""
    return content(option, str(given.absolute()), _size(PathText))


def email_address(option: str, given: str) -> str:
    """Return an e-mail address of another program. Raises UsageError."""
    return line(option, given.strip(), _size(EmailText))


def readable_file(option: str, given: Path) -> str:
    """Return the path of a file that can be read now, whole. Raises UsageError."""
    whole = path(option, given)
    if not given.is_file() or not os.access(given, os.R_OK):
        raise UsageError(texts.FILE_UNREADABLE, option=option, path=harmless(whole))
    return whole


def certificates(option: str, given: Path) -> bytes:
    """Return what a file of certificates holds; the engine reads it. Raises UsageError."""
    most = bounds(ShowTimestamp, "certificates").most
    whole = readable_file(option, given)
    with Path(whole).open("rb") as file:
        found = file.read(most + 1)
    if len(found) > most:
        raise UsageError(texts.TOO_LONG, option=option, most=most, length=given.stat().st_size)
    return found


def _size(hint: object) -> Size:
    return next(bound for bound in get_args(hint) if isinstance(bound, Size))
