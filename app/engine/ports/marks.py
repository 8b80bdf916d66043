# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the owner's computers tell each other of what was done with letters, as the use cases see it.

The methods only make sense inside `Vault.run`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from crypto_core.wire.ids import AccountId, ConversationId

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crypto_core.wire.content import OwnCard, OwnMark
    from crypto_core.wire.ids import DeviceId, MessageId, UnixMillis


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What marks of another computer have changed here."""

    conversations: tuple[ConversationId, ...] = ()
    has_removals: bool = False
    has_contacts: bool = False
    has_erasures: bool = False
    """Something was erased for good there, so it goes here, too."""
    blocked: tuple[AccountId, ...] = ()
    """Who is blocked now and was not before, or the other way round."""


class MarkStore(Protocol):
    """Which computer's word holds of what, and what is still to be told.

    What changes in letters, conversations, patients, correspondents and templates is noticed by the store itself.
    """

    def stamp(self, device: DeviceId, now: UnixMillis, *, is_alone: bool) -> bool:
        """Give what was changed here a stamp, and make it due; False if there was nothing.

        Of a computer that is alone nothing is kept: one that is linked gets what holds then.
        """

    def take_due(self, now: UnixMillis, limit: int) -> tuple[OwnMark, ...]:
        """Take what is to be told now, as it holds now; with the count of `limit` reached the rest stays due."""

    def take_due_cards(self, now: UnixMillis, limit: int) -> tuple[OwnCard, ...]:
        """Take the patients' cards that are to be told now, as they are now."""

    def receive_cards(self, cards: Sequence[OwnCard]) -> None:
        """Take the cards that are later than what is known; those of patients who are not here yet wait.

        What was changed here has to be stamped before.
        """

    def hurry(self, now: UnixMillis) -> None:
        """Somebody wants everything to go now; a removal can still be taken back, and waits."""

    def next_due(self) -> UnixMillis | None:
        """When there is something to tell."""

    def of_letters(self, messages: Sequence[MessageId]) -> tuple[OwnMark, ...]:
        """What holds of letters, their conversations and the patients they are filed under."""

    def share(self, now: UnixMillis) -> None:
        """Make every patient, correspondent and template due, and the signature, for a computer that is new."""

    def keep_to_oneself(self) -> None:
        """What was changed in this transaction was not the owner's doing: it is told to nobody."""

    def receive(self, marks: Sequence[OwnMark], now: UnixMillis) -> Applied:
        """Take the marks that are later than what is known; those of what is not here yet wait.

        What was changed here has to be stamped before.
        """

    def catch_up(self, now: UnixMillis, messages: Sequence[MessageId] = ()) -> Applied:
        """Apply what has waited and is here by now, and what holds of conversations that letters were brought to."""
