# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where secrets come from: a file, standard input or the terminal, never the command line.

A one-time code is the exception that the grammar makes: a minute later it is worth nothing.
"""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.cli import texts
from app.cli.arguments import STANDARD_INPUT
from app.interface.failures import CommandError, Failure
from app.interface.passphrases import strength_of

if TYPE_CHECKING:
    from app.cli.texts import Language, Text

_MAX_BYTES: Final = 1024
_MAX_SHARES: Final = 16
_MAX_SHARES_BYTES: Final = _MAX_SHARES * 1024


class UsageError(Exception):
    """The command line asks for something impossible; `text` says what to do."""

    def __init__(self, text: Text, /, **values: object) -> None:
        super().__init__(text.english)
        self.text = text
        self.values = values


def read_passphrase(source: str | None, language: Language, *, is_new: bool) -> str:
    """Return the passphrase. Raises UsageError when there is none to read, or two new ones differ.

    A new one that is typed and too weak is refused (CommandError) before anybody is asked to repeat it.
    """
    if source is not None:
        return _from_file(source)
    if not sys.stdin.isatty():
        raise UsageError(texts.NO_TERMINAL)
    question = texts.PASSPHRASE_NEW if is_new else texts.PASSPHRASE
    passphrase = getpass.getpass(question.speak(language))
    strength = strength_of(passphrase)
    if is_new and passphrase and not strength.is_enough:
        raise CommandError(Failure.PASSPHRASE_WEAK, str(strength.bits))
    if is_new and getpass.getpass(texts.PASSPHRASE_AGAIN.speak(language)) != passphrase:
        raise UsageError(texts.PASSPHRASES_DIFFER)
    if not passphrase:
        raise UsageError(texts.PASSPHRASE_FILE)
    return passphrase


def read_recovery_code(source: str) -> str:
    """Return the recovery code in a file. Raises UsageError."""
    return _from_file(source, texts.RECOVERY_CODE_FILE)


def read_kit(source: str | None, language: Language) -> str:
    """Return what was typed of a kit, or its picture's text. Raises UsageError."""
    if source is not None:
        return _from_file(source, texts.KIT_FILE)
    return _asked(texts.KIT_CODE, language, texts.KIT_FILE)


def read_invitation(given: str | None, language: Language) -> str:
    """Return the code of an invitation. Raises UsageError."""
    if given is None:
        return _asked(texts.INVITATION, language, texts.NO_INVITATION)
    return _from_file(given, texts.NO_INVITATION) if given == STANDARD_INPUT else given


def read_group(source: str | None, language: Language, group: int) -> str:
    """Return one group of a kit's code. Raises UsageError."""
    if source is not None:
        return _from_file(source, texts.GROUP_FILE)
    return _asked(texts.KIT_GROUP, language, texts.GROUP_FILE, group=group)


def read_shares(source: str) -> tuple[str, ...]:
    """Return shares, one on each line. Raises UsageError."""
    try:
        if source == STANDARD_INPUT:
            raw = sys.stdin.buffer.read(_MAX_SHARES_BYTES)
        else:
            with Path(source).open("rb") as file:
                raw = file.read(_MAX_SHARES_BYTES)
        lines = raw.decode("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise UsageError(texts.SHARES_FILE) from None
    shares = tuple(line.strip() for line in lines if line.strip())
    if not 1 <= len(shares) <= _MAX_SHARES or any(len(each) > _MAX_BYTES for each in shares):
        raise UsageError(texts.SHARES_FILE)
    return shares


def read_pin(source: str) -> str:
    """Return the PIN of a security key in a file. Raises UsageError."""
    return _from_file(source, texts.PIN_FILE)


def ask_pin(language: Language) -> str | None:
    """Ask for the PIN of a security key at the terminal; None without one."""
    return getpass.getpass(texts.PIN.speak(language)) if sys.stdin.isatty() else None


def read_code(source: str) -> str:
    """Return the one-time code in a file. Raises UsageError."""
    return _from_file(source, texts.NO_CODE)


def ask_later_code(question: Text, language: Language) -> str:
    """Ask at the terminal for a code that can also be given later: then, and without a terminal, it is empty."""
    return getpass.getpass(question.speak(language)).strip() if sys.stdin.isatty() else ""


def ask_code(language: Language) -> str:
    """Ask for a one-time or recovery code at the terminal. Raises UsageError when there is none."""
    if not sys.stdin.isatty():
        raise UsageError(texts.NO_CODE)
    code = getpass.getpass(texts.CODE.speak(language)).strip()
    if not code:
        raise UsageError(texts.NO_CODE)
    return code


def ask_yes(question: Text, language: Language) -> bool:
    """Ask for a plain yes. False when nobody can be asked."""
    if not sys.stdin.isatty():
        return False
    # Standard output belongs to the answer.
    sys.stderr.write(question.speak(language))
    sys.stderr.flush()
    return sys.stdin.readline().strip().casefold() in {"oui", "yes"}


def _asked(question: Text, language: Language, problem: Text, **values: object) -> str:
    if not sys.stdin.isatty():
        raise UsageError(problem)
    answer = getpass.getpass(question.speak(language, **values)).strip()
    if not answer:
        raise UsageError(problem)
    return answer


def _from_file(source: str, problem: Text = texts.PASSPHRASE_FILE) -> str:
    try:
        if source == STANDARD_INPUT:
            raw = sys.stdin.buffer.read(_MAX_BYTES + 3)
        else:
            with Path(source).open("rb") as file:
                raw = file.read(_MAX_BYTES + 3)
        text = raw.decode("utf-8")
    except (OSError, UnicodeDecodeError):
        raise UsageError(problem) from None
    line = text.removesuffix("\n").removesuffix("\r")
    if not line or "\n" in line or "\r" in line or len(line.encode()) > _MAX_BYTES:
        raise UsageError(problem)
    return line
