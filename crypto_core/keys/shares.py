# SPDX-License-Identifier: AGPL-3.0-or-later
"""A recovery code in shares (SLIP-39): any k of n people together give it back, fewer learn nothing of it.

The arithmetic is the reference implementation's; why that is acceptable here: `crypto_core/spec/recovery.md` §6.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from shamir_mnemonic import MnemonicError, Share, combine_mnemonics, generate_mnemonics
from shamir_mnemonic.wordlist import WORD_INDEX_MAP

from crypto_core.errors import KeyStateError, ShareError
from crypto_core.wire.kit import KIT_CODE_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_SHARES: Final = 16
SHARE_WORDS: Final = 33
_MOST_EXPONENT: Final = 2  # each one more doubles the work, which the share itself asks for


def split_code(code: bytes, *, threshold: int, count: int) -> tuple[str, ...]:
    """Split a kit's 32 bytes into `count` shares of 33 words, `threshold` of which give them back.

    Draws from the operating system's randomness. Raises KeyStateError unless 2 ≤ threshold ≤ count ≤ 16.
    """
    if len(code) != KIT_CODE_BYTES:
        raise KeyStateError("a recovery code has 32 bytes")
    if not 2 <= threshold <= count <= MAX_SHARES:
        raise KeyStateError("a code is split for 2 to 16 people, 2 or more of whom are needed")
    (shares,) = generate_mnemonics(1, [(threshold, count)], code, iteration_exponent=0)
    return tuple(shares)


def join_shares(texts: Iterable[str]) -> bytes:
    """Return the code of which these are shares; more than are needed do no harm.

    Case, numbers, blanks and stops between the words make no difference. That the code is that of the account is
    seen by its root only. Raises ShareError, which says which share or word is wrong or how many are missing.
    """
    shares: dict[int, Share] = {}
    for number, text in enumerate(texts, 1):
        share = _read(number, text)
        other = next(iter(shares.values()), share)
        if share.group_parameters() != other.group_parameters():
            raise ShareError(f"share {number} is of another recovery code", share=number)
        if shares.setdefault(share.index, share) != share:
            raise ShareError(f"share {number} contradicts another one", share=number)
    needed = next((share.member_threshold for share in shares.values()), 2)
    if len(shares) < needed:
        missing = needed - len(shares)
        raise ShareError(f"{missing} more shares are needed", missing=missing)
    enough = [share.mnemonic() for share in shares.values()][:needed]
    try:
        code = combine_mnemonics(enough)
    except (MnemonicError, ValueError):
        # Not chained: the library's text may quote the shares.
        raise ShareError("the shares do not belong together") from None
    return bytes(code)


def _read(number: int, text: str) -> Share:
    words = re.findall(r"[^\W\d_]+", text.lower())
    for place, word in enumerate(words, 1):
        if word not in WORD_INDEX_MAP:
            message = f"word {place} of share {number} is not on the list"
            raise ShareError(message, share=number, word=place)
    try:
        share = Share.from_mnemonic(" ".join(words))
    except (MnemonicError, ValueError):
        raise ShareError(f"share {number} is not complete or has a mistake", share=number) from None
    if (
        share.group_count != 1
        or share.iteration_exponent > _MOST_EXPONENT
        or len(share.value) != KIT_CODE_BYTES
    ):
        raise ShareError(f"share {number} is not of a recovery code", share=number)
    return share
