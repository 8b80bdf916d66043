# SPDX-License-Identifier: AGPL-3.0-or-later
"""Goes through a file of letters in the reader's process: letter by letter, each within what may be told of it."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Final, Protocol

from app.engine.documents.fitting import clipped
from app.engine.documents.formats import mail, mailbox
from app.engine.documents.formats.kinds import kind_of
from app.engine.documents.formats.limits import MAX_LETTER_BYTES
from app.engine.documents.formats.separators import holds_letters
from app.engine.documents.parsed import UnreadableError
from app.engine.ports.documents import (
    MAX_CONTENT_BYTES,
    MAX_HEAD_LINE_BYTES,
    MAX_LETTER_PEOPLE,
    MAX_LETTER_TEXT_BYTES,
    MAX_REFERENCES,
    LetterPart,
    LetterPerson,
    NotMailError,
    ReadLetter,
)
from app.interface.documents import DocumentKind, DocumentProblem
from crypto_core.wire.ids import Hash, UnixMillis, UtcOffsetMinutes
from crypto_core.wire.limits import (
    MAX_ATTACHMENTS,
    MAX_FILE_NAME_BYTES,
    MAX_MEDIA_TYPE_BYTES,
    MAX_NAME_BYTES,
    MAX_SUBJECT_BYTES,
    MIB,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from app.engine.documents.formats.mail import Mailbox, MailLetter

_START_BYTES: Final = 8192
_LOOKED_AT_BYTES: Final = MIB
"""Within so many, letters are looked for in a file that does not begin as one of mail: its beginning may be damaged."""
_MAY_BE_DAMAGED: Final = frozenset((DocumentKind.TEXT, DocumentKind.UNKNOWN))
_NUMBER_BYTES: Final = 1000
_LATEST: Final = 2**53
_MOST_OFFSET: Final = 840


class Feed(Protocol):
    """The bytes of a file, as they come."""

    def readline(self, size: int, /) -> bytes:
        """Return the next line with its end, or the next `size` bytes of it; nothing at the end."""

    def start(self, size: int) -> bytes:
        """Return the first bytes without taking them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A letter as it is told, and the bytes of its parts."""

    letter: ReadLetter
    parts: tuple[bytes, ...]


def letters(feed: Feed, *, offset: int, is_skipping: bool) -> Iterator[Taken]:
    """Return the letters of a file, which is fed from `offset` on. Raises NotMailError."""
    kind = kind_of(feed.start(_START_BYTES))
    if kind is DocumentKind.MAILBOX or (
        kind in _MAY_BE_DAMAGED and not offset and holds_letters(feed.start(_LOOKED_AT_BYTES))
    ):
        yield from _of_mailbox(feed, offset=offset, is_skipping=is_skipping)
    elif kind is DocumentKind.MAIL and not offset:
        content, size = _whole(feed)
        if holds_letters(mail.outside_parts(content)):
            yield from _of_mailbox(BytesIO(content), offset=0, is_skipping=is_skipping)
        elif is_skipping:
            yield Taken(letter=ReadLetter(offset=0, end=size), parts=())
        else:
            yield _taken(content, 0, size, is_cut=size > len(content))
    else:
        raise NotMailError


def _of_mailbox(source: mailbox.ByteSource, *, offset: int, is_skipping: bool) -> Iterator[Taken]:
    for each in mailbox.letters(source, offset=offset):
        if is_skipping:
            is_skipping = False
            yield Taken(letter=ReadLetter(offset=each.offset, end=each.end), parts=())
        else:
            is_cut = each.is_cut or each.is_broken
            yield _taken(each.content, each.offset, each.end, is_cut=is_cut)


def _whole(feed: Feed) -> tuple[bytes, int]:
    """Return a letter, up to the longest one that is read, and how long it is."""
    lines, kept, size = list[bytes](), 0, 0
    while line := feed.readline(mailbox.READ_BYTES):
        size += len(line)
        if kept + len(line) <= MAX_LETTER_BYTES:
            lines.append(line)
            kept += len(line)
    return b"".join(lines), size


def _taken(content: bytes, offset: int, end: int, *, is_cut: bool) -> Taken:
    try:
        letter = mail.read_letter(content[:MAX_LETTER_BYTES])
    except UnreadableError as error:
        return _unread(offset, end, error.problem)
    except (MemoryError, RecursionError):
        return _unread(offset, end, DocumentProblem.TOO_LARGE)
    except Exception:  # noqa: BLE001 - whatever a letter does to its reader, the next one follows
        return _unread(offset, end, DocumentProblem.DAMAGED)
    parts = [part for part in letter.attachments if len(part.content) <= MAX_CONTENT_BYTES]
    parts = parts[:MAX_ATTACHMENTS]
    text = clipped(letter.text, MAX_LETTER_TEXT_BYTES)
    is_cut = (
        is_cut
        or len(parts) < len(letter.attachments)
        or len(text) < len(letter.text)
        or DocumentProblem.CUT in letter.problems
        or DocumentProblem.DAMAGED in letter.problems
    )
    at, utc_offset = _moment(letter)
    return Taken(
        letter=ReadLetter(
            offset=offset,
            end=end,
            message_id=_number(letter.message_id),
            references=tuple(map(_number, letter.references[-MAX_REFERENCES:])),
            senders=_people(letter.senders),
            receivers=_people(letter.receivers),
            sender=clipped(letter.sender, MAX_HEAD_LINE_BYTES),
            recipients=clipped(letter.recipients, MAX_HEAD_LINE_BYTES),
            date=clipped(letter.date_text, MAX_HEAD_LINE_BYTES),
            at=at,
            utc_offset=utc_offset,
            subject=clipped(letter.subject, MAX_SUBJECT_BYTES),
            text=text,
            parts=tuple(
                LetterPart(
                    name=clipped(mail.shown_name(part), MAX_FILE_NAME_BYTES),
                    media_type=clipped(part.media_type, MAX_MEDIA_TYPE_BYTES),
                    size=len(part.content),
                    sha256=Hash(hashlib.sha256(part.content).digest()),
                )
                for part in parts
            ),
            is_encrypted=DocumentProblem.PROTECTED in letter.problems,
            is_cut=is_cut,
        ),
        parts=tuple(part.content for part in parts),
    )


def _unread(offset: int, end: int, problem: DocumentProblem) -> Taken:
    return Taken(letter=ReadLetter(offset=offset, end=end, problem=problem), parts=())


def _number(message_id: str) -> str:
    return clipped(message_id, _NUMBER_BYTES)


def _people(mailboxes: Iterable[Mailbox]) -> tuple[LetterPerson, ...]:
    found = [
        LetterPerson(
            name=clipped(each.name, MAX_NAME_BYTES), address=clipped(each.address, MAX_NAME_BYTES)
        )
        for each in mailboxes
    ]
    return tuple(found[:MAX_LETTER_PEOPLE])


def _moment(letter: MailLetter) -> tuple[UnixMillis | None, UtcOffsetMinutes]:
    """When a letter was written, and in which zone; a moment before 1970 is none that a mail program wrote."""
    if letter.date is None:
        return None, UtcOffsetMinutes(0)
    at = int(letter.date.timestamp() * 1000)
    away = letter.date.utcoffset() or dt.timedelta()
    minutes = int(away.total_seconds() // 60)
    if not 0 <= at < _LATEST:
        return None, UtcOffsetMinutes(0)
    return UnixMillis(at), UtcOffsetMinutes(minutes if abs(minutes) <= _MOST_OFFSET else 0)
