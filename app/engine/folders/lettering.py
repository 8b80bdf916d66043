# SPDX-License-Identifier: AGPL-3.0-or-later
"""A letter's own text as a file: what it says, and around it what a record needs to know of it (`app/design/folders.md` §5)."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Final

from crypto_core.wire.content import MarkKind
from crypto_core.wire.envelope import Urgency
from crypto_core.wire.ids import format_address
from crypto_core.wire.words import WordLanguage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.interface.snapshots import MessageView

_ENDING: Final = ".txt"
_NAME_BYTES: Final = 90
_NO_NAME: Final = re.compile(r"[\\/:]+")
_NAMES: Final = {
    WordLanguage.FRENCH: ("De", "Reçu le", "Objet", "Patient", "Documents", "Urgent", "oui"),
    WordLanguage.ENGLISH: (
        "From",
        "Received",
        "Subject",
        "Patient",
        "Documents",
        "Urgent",
        "yes",
    ),
}


def file_name(letter: MessageView, zone: dt.timezone) -> str:
    """When it was received, and its subject or else its sender: never like a document, which may be another letter's."""
    about = _NO_NAME.sub("-", letter.subject or letter.sender_name)
    stem = f"{_received(letter, zone):%Y-%m-%d %H%M} {about}".encode()[:_NAME_BYTES]
    return f"{stem.decode(errors='ignore').rstrip(' .')}{_ENDING}"


def file_content(letter: MessageView, language: WordLanguage, zone: dt.timezone) -> bytes:
    """The file, as the oldest software of Windows reads it: UTF-8 with its mark, lines that end in CR LF."""
    lines = [*_head(letter, language, zone), "", *_set(letter)]
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8-sig", errors="replace")


def _head(letter: MessageView, language: WordLanguage, zone: dt.timezone) -> Iterator[str]:
    sender, received, subject, patient, documents, urgent, yes = _NAMES[language]
    colon = "\u00a0: " if language is WordLanguage.FRENCH else ": "
    when = "%d/%m/%Y %H:%M" if language is WordLanguage.FRENCH else "%Y-%m-%d %H:%M"
    said = f"{letter.sender_name} <{format_address(letter.sender)}>".strip()
    yield f"{sender}{colon}{said}"
    yield f"{received}{colon}{_received(letter, zone):{when}}"
    if letter.subject:
        yield f"{subject}{colon}{letter.subject}"
    if letter.patient is not None:
        tag = letter.patient
        named = f"{tag.family_name} {tag.given_name}".strip()
        yield f"{patient}{colon}{', '.join(each for each in (named, tag.birth_date) if each)}"
    if letter.attachments:
        yield f"{documents}{colon}{'; '.join(each.name for each in letter.attachments)}"
    if letter.urgency is Urgency.URGENT:
        yield f"{urgent}{colon}{yes}"


def _set(letter: MessageView) -> Iterator[str]:
    """Its lines, those of lists with their signs: what is said by a number would be lost otherwise."""
    lists = [mark for mark in letter.marks if mark.kind is not MarkKind.BOLD]
    numbers = dict.fromkeys(lists, 0)
    start = 0
    for line in letter.text.split("\n"):
        within = next((mark for mark in lists if mark.start <= start < mark.end), None)
        if within is not None:
            numbers[within] += 1
        if within is None:
            yield line
        elif within.kind is MarkKind.NUMBERED:
            yield f"{numbers[within]}. {line}"
        else:
            yield f"- {line}"
        start += len(line) + 1


def _received(letter: MessageView, zone: dt.timezone) -> dt.datetime:
    return dt.datetime.fromtimestamp((letter.received_at or letter.sent_at) / 1000, tz=zone)
