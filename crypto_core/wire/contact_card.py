# SPDX-License-Identifier: AGPL-3.0-or-later
"""The card by which two people become contacts when they meet: a text, as QR picture or file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from crypto_core.wire.checked_text import format_checked, parse_checked
from crypto_core.wire.codec import Size, decode, encode
from crypto_core.wire.devices import Version1
from crypto_core.wire.ids import AccountId
from crypto_core.wire.limits import MAX_NAME_BYTES

CONTACT_PREFIX: Final = "uhs:contact/"
_NAME: Final = "a contact card"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalCard:
    """Address, name and profession, as their owner writes them.

    The check bytes of its text tell damage, not forgery: that this is the owner's card is known only to who
    has it from the owner's hand or screen.
    """

    version: Version1
    account: AccountId
    name: Annotated[str, Size(1, MAX_NAME_BYTES)]
    profession: Annotated[str, Size(1, MAX_NAME_BYTES)]


def format_contact_card(card: PersonalCard) -> str:
    """Return the text of a card. Raises WireError when a field is out of bounds."""
    return format_checked(CONTACT_PREFIX, encode(card))


def parse_contact_card(text: str) -> PersonalCard:
    """Read what `format_contact_card` wrote; blanks and line breaks are ignored. Raises WireError."""
    return decode(PersonalCard, parse_checked(CONTACT_PREFIX, text, name=_NAME))
