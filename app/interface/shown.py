# SPDX-License-Identifier: AGPL-3.0-or-later
"""What other people write about themselves and call their files, without signs that make it look like something else.

Whoever has no name that the owner knows is called by a piece of their address: a place for a name is never empty.

A name with a right-to-left override reads backwards: `bilan<U+202E>fdp.exe` is shown as bilanexe.pdf (Unicode UTS 36
§2.5, UAX 9). Nobody who writes Arabic or Hebrew needs these signs in a name: letters of these scripts have a direction.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from crypto_core.wire.ids import ADDRESS_SCHEME, format_address

if TYPE_CHECKING:
    from crypto_core.wire.ids import AccountId

_ENDS: Final = 4
"""Letters of an address on either side of what is left out."""

_STEERING: Final = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_UNSEEN: Final = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u180e\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e0fff"
)
# Joiners (U+200C, U+200D) stay: scripts of India and pictures of people need them.
_OF_LINES: Final = re.compile(f"[{_STEERING}{_UNSEEN}]+")
_GAPS: Final = re.compile(r"[\s\u2028\u2029\u115f\u1160\u2800\u3164\uffa0]+")
_OF_TEXTS: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
_NOTHING: Final = "\u200b"


def shown_line(text: str) -> str:
    """Return a name or a subject on one line, every sign of which is seen and stands where it is."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text
    return _GAPS.sub(" ", _OF_LINES.sub("", text)).strip()


def shown_file_name(text: str) -> str:
    """Return the name of a file, as `shown_line`; never nothing."""
    return shown_line(text) or "document"


def shown_text(text: str) -> str:
    """Return a text of the same length in which nothing turns what follows it around."""
    return text if text.isascii() else _OF_TEXTS.sub(_NOTHING, text)


def short_address(account: AccountId) -> str:
    """Return the beginning and the end of an address, `uhs:3vqy…k7fd`: enough to tell people apart, no proof of who."""
    address = format_address(account).removeprefix(ADDRESS_SCHEME)
    return f"{ADDRESS_SCHEME}{address[:_ENDS]}…{address[-_ENDS:]}"


def person_name(account: AccountId, name: str) -> str:
    """Return what somebody is called, who may have no name here: it is never nothing.

    A letter names its recipients by their accounts alone. A name beside each would be its sender's word about third
    persons, which nobody can verify and everybody would read like a name from the list of correspondents.
    """
    return name or short_address(account)


def said_name(account: AccountId, shown: str) -> str:
    """Return the name that somebody has said, of what `person_name` shows; empty without one. Only this is kept."""
    return "" if shown == short_address(account) else shown
