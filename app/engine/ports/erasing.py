# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is erased for good in the local store, as the use cases see it.

The methods only make sense inside `Vault.run`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Protocol

from crypto_core.wire.ids import (
    AccountId,
    PatientId,
    UnixMillis,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crypto_core.wire.ids import (
        BlobId,
        ConversationId,
        MessageId,
    )


class ErasureKind(IntEnum):
    """What is erased."""

    PATIENT = 1
    LETTER = 2
    ELSEWHERE = 3
    """What another computer of the owner, or a recovery package, says was erased."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasedNumber:
    """Of a patient, a conversation or a letter that does not come back."""

    number: bytes
    at: UnixMillis
    within: bytes | None = None
    """The conversation that a letter was erased with."""


class ErasureStep(IntEnum):
    """How far an erasure has come; each step is left in one transaction."""

    GOING = 1
    """Rows are being deleted; the choice is made and is not taken back."""
    GONE = 2
    """No row is left; the store's key is still the one before."""
    REKEYED = 3
    """Nothing opens what is left of the pages of before."""
    DONE = 4
    """Backups are destroyed or known to be elsewhere, and the certificate is signed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What would be erased, and what decides whether it may be."""

    letters: int
    documents: int
    drafts: int
    people: tuple[AccountId, ...]
    """Everybody who sent or was sent one of the letters: they have them, too."""
    patient: PatientId | None
    """Under whom it is filed."""
    last_contact: UnixMillis | None
    """When the newest letter of that patient came or went, as it says itself."""
    birth_date: str
    """Of that patient, as YYYY-MM-DD, or empty."""
    is_sending: bool
    """One of the letters, or something that repeats them, is in an envelope that the relay does not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """One erasure, and how far it has come."""

    erasure: bytes
    kind: ErasureKind
    step: ErasureStep
    begun_at: UnixMillis
    letters: int
    documents: int
    drafts: int
    people: int
    """How many others have letters of it, too."""
    finished_at: UnixMillis | None
    encoded_certificate: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeBackup:
    """A backup that this computer has made."""

    path: str
    made_at: UnixMillis
    is_doomed: bool
    """It holds what was erased since."""


class ErasureStore(Protocol):
    """Erasures, what they leave behind so that nothing comes back, and the backups there are."""

    def find_patient(self, patient: PatientId) -> Found | None:
        """What is filed under a patient; None if there is none."""

    def find_letter(self, message: MessageId) -> Found | None:
        """One letter; None if it is not here."""

    def find_conversation(self, conversation: ConversationId) -> Found | None:
        """What is filed under the patient that a conversation is filed under; None if it is under none."""

    def begin(
        self,
        erasure: bytes,
        at: UnixMillis,
        *,
        patient: PatientId | None = None,
        letter: MessageId | None = None,
        people: int = 0,
    ) -> tuple[ConversationId, ...]:
        """Choose what goes and keep that it does not come back; nothing of it is shown any more.

        Returns the conversations that have changed; other computers of the owner are told.
        """

    def adopt(
        self, numbers: Sequence[ErasedNumber], erasure: bytes, at: UnixMillis
    ) -> tuple[ConversationId, ...]:
        """Let what was erased elsewhere go here, too; return the conversations that have changed."""

    def erase_next(self, limit: int) -> tuple[int, tuple[BlobId, ...]]:
        """Delete at most so many of the chosen letters; return how many, and the files that nobody needs any more."""

    def finish_rows(self) -> None:
        """No chosen letter is left: erasures whose rows were going wait for another key."""

    def unfinished(self) -> tuple[Erasure, ...]:
        """Erasures that are not done, the oldest first."""

    def get(self, erasure: bytes) -> Erasure | None:
        """One erasure."""

    def all(self) -> tuple[Erasure, ...]:
        """All erasures, the newest first."""

    def certify(self, erasure: bytes, encoded_certificate: bytes | None, at: UnixMillis) -> None:
        """Nothing is left to do."""

    def erased_at(self, number: bytes) -> UnixMillis | None:
        """When something of this number was erased, None if it was not."""

    def within(self, number: bytes) -> bytes | None:
        """The conversation that an erased letter was erased with, None for one that was erased by itself."""

    def erased(self, limit: int) -> tuple[ErasedNumber, ...]:
        """What was erased by itself and does not come back, the newest first."""

    def note_backup(self, path: str, at: UnixMillis) -> None:
        """A backup was made."""

    def doom_backups(self) -> None:
        """Every backup so far holds what must not be read any more."""

    def backups(self) -> tuple[MadeBackup, ...]:
        """The backups that are not known to be gone, the oldest first."""

    def forget_backup(self, path: str) -> None:
        """It is gone."""
