# SPDX-License-Identifier: AGPL-3.0-or-later
"""Absences in the local store, the owner's and those of correspondents, as the use cases see them.

The methods only make sense inside `Vault.run`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from crypto_core.wire.content import Away
from crypto_core.wire.ids import DeviceId, UnixMillis

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crypto_core.wire.content import AbsenceNotice
    from crypto_core.wire.ids import AccountId, MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAbsence:
    """What the owner said last, and on which computer: that one tells contacts and answers them while it is listed."""

    stated_at: UnixMillis
    device: DeviceId
    away: Away | None


class AbsenceStore(Protocol):
    """The owner's absence, whom it was told to, who was answered, and what correspondents said of theirs."""

    def own(self) -> OwnAbsence | None:
        """What the owner said last, over or not; None before the first time."""

    def put_own(self, own: OwnAbsence) -> None:
        """Replace what the owner said."""

    def to_be_told(self, limit: int) -> tuple[AccountId, ...]:
        """Accepted contacts who do not know what the owner said last.

        That an absence is over, only those who heard of it need to know.
        """

    def note_told(self, accounts: Sequence[AccountId], stated_at: UnixMillis) -> None:
        """What was stated then is on its way to accounts."""

    def told_count(self, stated_at: UnixMillis) -> int:
        """How many accepted contacts what was stated then is on its way to."""

    def is_told(self, device: DeviceId, stated_at: UnixMillis) -> bool:
        """Whether what was stated then is on its way to another computer of the owner."""

    def note_computer_told(self, device: DeviceId, stated_at: UnixMillis) -> None:
        """What was stated then is on its way to another computer of the owner."""

    def note_answered(self, account: AccountId, message: MessageId | None, at: UnixMillis) -> bool:
        """An account's letter is answered automatically; False, and nothing is noted, if it was in this absence."""

    def answered_count(self) -> int:
        """How many accounts were answered in this absence."""

    def forget_answers(self) -> None:
        """Another absence begins; what is said of single letters stays."""

    def stated_at(self, account: AccountId) -> UnixMillis | None:
        """When a correspondent's newest notice was stated."""

    def put(self, account: AccountId, notice: AbsenceNotice) -> None:
        """Replace what a correspondent said."""

    def of_contacts(self) -> Mapping[AccountId, Away]:
        """What correspondents said, over or not."""
