# SPDX-License-Identifier: AGPL-3.0-or-later
"""Letters of another mail program as they are kept, and which conversation each belongs to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from app.interface.snapshots import ImportedHead
from crypto_core.wire.ids import Hash

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crypto_core.wire.ids import ConversationId


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedLetter:
    """What is kept of such a letter beside what every letter has."""

    digest: Hash
    """Of all that is taken over of it: the same letter again is not taken over twice."""
    head: ImportedHead
    name: str = field(repr=False)
    """Of whoever says to have written it, else their address."""
    people: tuple[str, ...] = field(repr=False)
    """With whom the letter was exchanged, as lists show it."""


class ImportedStore(Protocol):
    """Letters of other mail programs."""

    def is_known(self, digest: Hash) -> bool:
        """Whether a letter is here. One that was removed is shown again."""

    def conversation_for(
        self, own: bytes | None, answered: Sequence[bytes], *, fresh: ConversationId
    ) -> tuple[ConversationId, ConversationId | None]:
        """Return the conversation of a letter by the digests of its number and of those it answers, the nearest last.

        That is `fresh` if none of them is known. The second is a conversation that this letter has joined to
        the first, and that is no more.
        """

    def keep_numbers(self, conversation: ConversationId, numbers: Sequence[bytes]) -> None:
        """Remember that letters of these numbers belong to a conversation."""
