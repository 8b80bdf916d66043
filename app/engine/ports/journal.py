# SPDX-License-Identifier: AGPL-3.0-or-later
"""The journal in the local store, as the use cases see it: acts, what proves them, and pages of them.

The methods only make sense inside `Vault.run`. Acts are listed by their own time, the newest first, and by their
numbers where times are the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Protocol

from app.interface.journal import Deed, DeedKind, JournalRow
from crypto_core.wire.content import ReceiptState
from crypto_core.wire.ids import (
    AccountId,
    DeviceId,
    DevicePseudonym,
    EnvelopeId,
    Hash,
    MessageId,
    PatientId,
    UnixMillis,
    UtcOffsetMinutes,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.interface.journal import ListJournal


class ActState(IntEnum):
    """How far an act is; the numbers are those of the store."""

    NOTED = 1
    SIGNED = 2
    """Its statement is in this computer's chain; the relay may have it."""
    LOGGED = 3
    TOLD = 4
    """In a correspondent's receipt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAct:
    """Something that was done."""

    deed: Deed
    kind: DeedKind
    at: UnixMillis
    utc_offset: UtcOffsetMinutes
    state: ActState
    device: DeviceId | None = None
    people: tuple[AccountId, ...] = ()
    letter: MessageId | None = None
    patient: PatientId | None = None
    document: int | None = None
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ActFacts:
    """What noting and posting need of an act."""

    act: int
    state: ActState
    new: NewAct
    encoded_opened: bytes = field(repr=False)
    """The OpenedEntry."""
    sealed: bytes | None = field(repr=False)
    sequence: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActProof:
    """Where the log has an act. One of `nonce` (of this computer's own) and `leaf` (of all others) is there."""

    log_index: int
    logged_at: UnixMillis
    path: tuple[Hash, ...]
    checkpoint_size: int
    nonce: bytes | None = None
    leaf: bytes | None = field(repr=False, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldReceipt:
    """A receipt of one of a correspondent's computers, with the SignedMessage that brought it."""

    account: AccountId
    device: DeviceId
    state: ReceiptState
    signed_message: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredProof:
    """An act with all that is kept to prove it; without `proof` the log does not have it yet."""

    row: JournalRow
    device: DeviceId | None
    sequence: int | None
    encoded_opened: bytes | None = field(repr=False)
    proof: ActProof | None
    receipts: tuple[ToldReceipt, ...] = ()
    """Of an act that a correspondent told: what they told of the letter at that moment, oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedAct:
    """An act that the log has, with what a reader elsewhere needs to check it."""

    sequence: int | None
    """Its number in this computer's chain; the leaf is made of the statement then, and not kept twice."""
    encoded_opened: bytes | None = field(repr=False)
    proof: ActProof


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterParties:
    """Who an act with a letter is about."""

    people: tuple[AccountId, ...]
    """Its recipients if the owner has sent it, else its sender; nobody for imported mail."""
    patient: PatientId | None
    """Under whom its conversation is filed."""
    documents: int
    is_sent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainPoint:
    """How far the chain of one of the owner's computers was followed in the log."""

    next_sequence: int
    previous: Hash
    relay_time: UnixMillis
    """When the relay had its last statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLetter:
    """What an envelope of the owner's was about."""

    letter: MessageId
    people: tuple[AccountId, ...]
    patient: PatientId | None


class JournalStore(Protocol):
    """Acts, own and others'."""

    def add(self, act: NewAct, *, encoded_opened: bytes | None = None) -> int:
        """Keep an act and return its number."""

    def withdraw(self, act: int) -> None:
        """Forget an act that was only noted."""

    def newest_own(self, device: DeviceId) -> ActFacts | None:
        """The last act that a computer has noted itself."""

    def newest_with(
        self, device: DeviceId, deed: Deed, letter: MessageId, document: int | None
    ) -> UnixMillis | None:
        """When a computer has last done this with a letter or one of its documents."""

    def has_told(self, deed: Deed, letter: MessageId, account: AccountId) -> bool:
        """Whether a correspondent has told this of a letter."""

    def parties(self, letter: MessageId) -> LetterParties | None:
        """Who a letter is of, None if it is not here."""

    def letters_of(self, conversation: bytes) -> tuple[MessageId, ...]:
        """The letters of a conversation that are not removed, oldest first."""

    def noted(self, limit: int) -> tuple[ActFacts, ...]:
        """What was noted and is not signed, in the order in which it was done."""

    def sign(self, act: int, *, sequence: int, sealed: bytes) -> None:
        """The statement of this number in this computer's chain is the act's; `sealed` is what goes with it."""

    def signed(self) -> tuple[ActFacts, ...]:
        """What is signed and not in the log, in the order of the chain."""

    def unsign(self, act: int) -> None:
        """Its statement was withdrawn: it waits for another one."""

    def logged(self, act: int, proof: ActProof, *, sequence: int | None = None) -> None:
        """The log has it; with the number that it has in its computer's chain, if it is not known yet."""

    def chain(self, actor: DevicePseudonym) -> ChainPoint | None:
        """How far a computer's chain was followed, None before its first statement."""

    def put_chain(self, actor: DevicePseudonym, point: ChainPoint) -> None:
        """Follow it further."""

    def has_leaf(self, log_index: int) -> bool:
        """Whether an act stands at this place of the log."""

    def letter_of(self, envelope: EnvelopeId) -> FoundLetter | None:
        """Which letter the owner sent in an envelope, None if it was none, or is not here."""

    def proofs_of(self, device: DeviceId, sequences: Sequence[int]) -> Mapping[int, ActProof]:
        """Where the log has the acts with these numbers of a computer's chain."""

    def next_noted_at(self) -> UnixMillis | None:
        """When the first of these was noted."""

    def begin_anew(self) -> None:
        """Another computer goes on with this store: what is or may be in the log is forgotten, and comes from there."""

    def page(
        self, wanted: ListJournal, *, here: DeviceId
    ) -> tuple[tuple[JournalRow, ...], bool] | None:
        """A page of what passes a command's filters, and whether there is more; None if `before` is not there."""

    def totals(self) -> tuple[int, int]:
        """How many acts there are, and how many of them the log does not have."""

    def proof(self, act: int, *, here: DeviceId) -> StoredProof | None:
        """All that is kept of one act."""

    def proofs_among(self, acts: Sequence[int]) -> Mapping[int, LoggedAct]:
        """What proves these acts, by their numbers; what the log does not have is left out."""

    def letters_filed(self, patient: PatientId) -> tuple[MessageId, ...]:
        """Every letter that is filed under a patient now, removed ones too."""

    def logged_acts(
        self,
        *,
        after: int,
        since: UnixMillis | None,
        until: UnixMillis | None,
        letter: MessageId | None,
        limit: int,
    ) -> tuple[LoggedAct, ...]:
        """Acts that stand in the log above an index, in its order; `until` itself is not among them."""
