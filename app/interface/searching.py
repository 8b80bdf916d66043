# SPDX-License-Identifier: AGPL-3.0-or-later
"""Search over everything that is on this computer, and what it covers."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Annotated, Final

from app.interface.command import Command
from app.interface.documents import DocumentKind
from app.interface.snapshots import PAGE_LIMIT, Direction, NameText, PatientTag, SubjectText
from crypto_core.wire.codec import Range, Size
from crypto_core.wire.ids import AccountId, ConversationId, MessageId, PatientId, UnixMillis
from crypto_core.wire.limits import MAX_ATTACHMENTS, MAX_FILE_NAME_BYTES, MAX_SLOTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Highlight:
    """Code points `start` to `end` (exclusive) of a text that match the query."""

    start: int
    end: int


Highlights = Annotated[tuple[Highlight, ...], Size.up_to(50)]


class Found(IntEnum):
    """Where a letter matches."""

    SUBJECT = 1
    TEXT = 2
    PEOPLE = 3
    PATIENT = 4
    DOCUMENT = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A letter that matches. `snippet` is a piece of its text, or of the document that matches."""

    message: MessageId
    conversation: ConversationId
    direction: Direction
    people: Annotated[tuple[NameText, ...], Size.up_to(MAX_SLOTS)]
    subject: SubjectText = field(repr=False)
    subject_highlights: Highlights
    snippet: Annotated[str, Size.up_to(1200)] = field(repr=False)
    snippet_highlights: Highlights
    at: UnixMillis
    patient: PatientTag | None
    documents: int
    found: Annotated[tuple[Found, ...], Size.up_to(5)]
    document: int | None
    """Position of the document that the snippet is of; None when it is of the letter's own text."""
    document_name: Annotated[str, Size.up_to(MAX_FILE_NAME_BYTES)] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What was searched, said with every answer."""

    letters: int
    """In the index."""
    waiting: int
    """Letters and documents that are not in the index yet."""
    unreadable: int
    """Documents out of which no text, or not all of it, can be read."""
    complete_since: UnixMillis | None
    """Everything on this computer from this moment on is in the index, unreadable documents apart; None without any."""
    is_rebuilding: bool = False
    """The index was damaged or is of an earlier program, and is being made anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """Letters, newest first."""

    hits: Annotated[tuple[Hit, ...], Size.up_to(PAGE_LIMIT)]
    more: bool
    coverage: Coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class Search(Command[SearchPage]):
    """Letters that have every word of the query, the last one as a beginning; accents, plurals, elisions aside.

    Words between quotation marks stand together. An empty query with filters lists what the filters let through.
    """

    query: Annotated[str, Size.up_to(500)] = field(repr=False)
    person: AccountId | None = None
    patient: PatientId | None = None
    since: UnixMillis | None = None
    until: UnixMillis | None = None
    has_documents: bool = False
    kind: DocumentKind | None = None
    """Of a document of the letter."""
    before: MessageId | None = None
    """The last hit of the page above."""
    limit: Annotated[int, Range(1, PAGE_LIMIT)] = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadRow:
    """A document out of which no text, or not all of it, can be read: it is found by its name and its letter."""

    message: MessageId
    index: Annotated[int, Range(0, MAX_ATTACHMENTS - 1)]
    name: Annotated[str, Size.up_to(MAX_FILE_NAME_BYTES)] = field(repr=False)
    at: UnixMillis


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """Documents that search does not cover, newest first."""

    rows: Annotated[tuple[UnreadRow, ...], Size.up_to(PAGE_LIMIT)]
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ListUnread(Command[Unread]):
    """Documents that search does not cover."""

    limit: Annotated[int, Range(1, PAGE_LIMIT)]


COMMANDS: Final[dict[type, type]] = {Search: SearchPage, ListUnread: Unread}
