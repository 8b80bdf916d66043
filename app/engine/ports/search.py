# SPDX-License-Identifier: AGPL-3.0-or-later
"""The index of the local store as the use cases see it: what is asked, what is found, what is still to be read.

Methods of `SearchStore` only make sense inside `Vault.run` or, those that change nothing, inside `Vault.read`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from app.interface.documents import DocumentKind
from app.interface.snapshots import Direction, PatientTag
from crypto_core.wire.ids import (
    AccountId,
    BlobId,
    ConversationId,
    Hash,
    MessageId,
    PatientId,
    UnixMillis,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from app.interface.searching import Coverage, UnreadRow

MAX_DOCUMENT_CHARACTERS: Final = 400_000
"""How much of a document's text is in the index (two hundred dense pages); the rest counts as not read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """Index words that stand one after the other; with `is_beginning` the last one only has to begin so."""

    words: tuple[str, ...]
    is_beginning: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Something that a letter must have, in one of several forms."""

    alternatives: tuple[Alternative, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a letter must have, all of it."""

    wanted: tuple[Wanted, ...] = field(default=(), repr=False)
    person: AccountId | None = None
    patient: PatientId | None = None
    since: UnixMillis | None = None
    until: UnixMillis | None = None
    """The last moment that counts."""
    has_documents: bool = False
    kind: DocumentKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLetter:
    """A letter that matches. `number` is its place in the index, `people` whom it came from or went to."""

    number: int
    message: MessageId
    conversation: ConversationId
    direction: Direction
    people: tuple[str, ...] = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    at: UnixMillis
    patient: PatientTag | None = field(repr=False)
    documents: tuple[str, ...] = field(repr=False)
    """Their names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDocument:
    """A document that is here and was not read yet. `number` is its letter's row, `attempts` counts this one."""

    number: int
    position: int
    blob: BlobId
    key: bytes = field(repr=False)
    name: str = field(repr=False)
    size: int
    sha256: Hash
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentText:
    """What was read of a document."""

    text: str = field(repr=False)
    kind: DocumentKind
    is_readable: bool
    has_abnormal: bool


class SearchStore(Protocol):
    """The index: it is written with the letters, and cleaned of them, in the same transactions."""

    def index_due(self, limit: int) -> int:
        """Bring up to so many letters that wait into the index, newest first; return how many."""

    def next_document(self) -> DueDocument | None:
        """The next document to be read, newest first, counting the attempt; None without any."""

    def keep_text(self, due: DueDocument, text: DocumentText) -> None:
        """Keep what was read. The letter's place in the index is made anew by `index_due`."""

    def find(
        self, query: Query, *, before: MessageId | None, limit: int
    ) -> tuple[FoundLetter, ...] | None:
        """Letters that match, newest first, below `before`; None if that is not in the index."""

    def with_matching_documents(
        self, query: Query, letters: Sequence[FoundLetter]
    ) -> Collection[int]:
        """The numbers of those letters in whose documents something that is wanted stands."""

    def document_texts(self, letter: FoundLetter) -> Mapping[int, str]:
        """The texts that were read out of a letter's documents, by position."""

    def coverage(self) -> Coverage:
        """What is in the index and what is not."""

    def unread(self, limit: int) -> tuple[UnreadRow, ...]:
        """Documents that were not, or not wholly, readable, newest first."""
