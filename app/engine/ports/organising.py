# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the owner does with letters and patients in the local store, as the use cases see it.

The methods only make sense inside `Vault.run`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from app.interface.patients import MergeId, PatientRow, UndoableMerge
    from app.interface.snapshots import PatientTag
    from crypto_core.wire.ids import BlobId, ConversationId, MessageId, PatientId, UnixMillis
    from crypto_core.wire.patients import PatientCard


class OrganisingStore(Protocol):
    """Marks on conversations, and letters that are hidden and then deleted for good.

    What is done with a conversation that is not there changes nothing.
    """

    def is_shown(self, conversation: ConversationId) -> bool:
        """Whether a conversation has a letter that is not removed."""

    def is_sending(self, conversation: ConversationId) -> bool:
        """Whether the relay does not have one of its letters for everybody."""

    def archive(self, conversation: ConversationId, *, is_archived: bool) -> None:
        """Take a conversation out of the inbox, or bring it back."""

    def flag(self, conversation: ConversationId) -> None:
        """It is to be dealt with."""

    def unflag(self, conversation: ConversationId) -> None:
        """Nothing is to be done, not even for the letters so far that want an answer."""

    def mark_read(self, conversation: ConversationId) -> None:
        """Its letters count as read, though nobody has opened them."""

    def mark_unread(self, conversation: ConversationId) -> None:
        """Take the last `mark_read` back; if there is nothing to take back, its newest received letter is unread."""

    def remove(self, conversation: ConversationId, at: UnixMillis) -> None:
        """Hide its letters."""

    def restore(self, conversation: ConversationId) -> bool:
        """Show again what the last removal has hidden; False if it is gone for good, or was never hidden."""

    def removed_since(self) -> UnixMillis | None:
        """When the first of the letters was hidden that can be deleted for good, None without any."""

    def doomed(
        self, before: UnixMillis | None, limit: int, *, ahead: UnixMillis | None = None
    ) -> tuple[MessageId, ...]:
        """The letters that `erase` deletes."""

    def erase(
        self, before: UnixMillis | None, limit: int, *, ahead: UnixMillis | None = None
    ) -> tuple[int, tuple[BlobId, ...]]:
        """Delete for good what was hidden at or before a moment or after another, or at all; at most so many letters.

        Returns how many they were, and the files that no other letter needs. One that a device has asked for
        again since stays until it is sent.
        """

    def is_erased(self, message: MessageId) -> bool:
        """Whether a letter was here and was deleted for good."""


class PatientStore(Protocol):
    """Patients, and what is filed under them."""

    def get(self, patient: PatientId) -> PatientRow | None:
        """One patient."""

    def put(
        self, patient: PatientId, *, family_name: str, given_name: str, birth_date: str
    ) -> None:
        """Add or correct a patient."""

    def card(self, patient: PatientId) -> PatientCard:
        """What is known of a patient beyond names and date of birth; an empty card of whom there is none."""

    def put_card(self, patient: PatientId, card: PatientCard) -> None:
        """Replace the card of a patient who is there."""

    def first_at(self, patient: PatientId) -> UnixMillis | None:
        """When the oldest letter filed under them came or went."""

    def of_ins(self, matricule: str) -> tuple[PatientRow, ...]:
        """Those with a national health identity."""

    def duplicates(self, limit: int) -> tuple[tuple[PatientRow, PatientRow], ...]:
        """Pairs that may be one person: the same INS, the same names, or the same day and a given name."""

    def merge(
        self, kept: PatientId, gone: PatientId, card: PatientCard, now: UnixMillis
    ) -> tuple[ConversationId, ...]:
        """Let one patient have everything of another, with this card, and forget the other; returns what moved."""

    def merges(self, kept: PatientId) -> tuple[UndoableMerge, ...]:
        """The newest merge into a patient, if it can be taken back."""

    def undo_merge(
        self, merge: MergeId
    ) -> tuple[PatientId, PatientId, tuple[ConversationId, ...]] | None:
        """Make two of a patient again; None, and nothing done, if something has changed since."""

    def remove(self, patient: PatientId) -> None:
        """Forget a patient under whom nothing is filed that is shown."""

    def file(self, conversation: ConversationId, patient: PatientId | None) -> None:
        """File a conversation under a patient, or under none."""

    def numbers_before(self, patient: PatientId) -> tuple[PatientId, ...]:
        """The numbers of those who were found to be this one."""

    def of_conversation(self, conversation: ConversationId) -> PatientId | None:
        """Whom a conversation is filed under."""

    def named(self, query: str, *, offset: int, limit: int) -> tuple[PatientRow, ...]:
        """Those of whom every word of the query begins a name, by name; without words those of the newest letters first."""

    def alike(self, tag: PatientTag) -> tuple[PatientRow, ...]:
        """Those with a name or the date of birth in common, the same date of birth first."""
