# SPDX-License-Identifier: AGPL-3.0-or-later
"""Words that two screens show and people compare: linking a computer, and knowing a person.

Imports `crypto_core.keys` (derivation, linking), `crypto_core.trust` (signatures) and `crypto_core.wire`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crypto_core.keys.derivation import stretch_bytes
from crypto_core.trust.signatures import sha256
from crypto_core.wire.codec import encode
from crypto_core.wire.labels import VERIFICATION_WORDS
from crypto_core.wire.limits import STRETCH_LEAST_MEMORY_BYTES, STRETCH_LEAST_PASSES
from crypto_core.wire.words import words_from_bits

if TYPE_CHECKING:
    from crypto_core.wire.ids import AccountId
    from crypto_core.wire.linking import LinkId, LinkOffer
    from crypto_core.wire.words import WordLanguage

LINK_WORDS: Final = 3
PERSON_WORDS: Final = 12
_LINK_BYTES: Final = 16  # the least that Argon2id gives here; the words take the first 33 bits


def link_words(
    link: LinkId,
    offer: LinkOffer,
    language: WordLanguage,
    *,
    memory_bytes: int = STRETCH_LEAST_MEMORY_BYTES,
) -> tuple[str, ...]:
    """Return the three words of an offer, which both computers show: 33 bits, each guess as dear as a passphrase.

    Who photographed the QR picture can make offers, but finds none with the same words within the ten minutes
    that a link lives. Takes about 0.3 s. Raises StretchError when the memory is not there.
    """
    stretched = stretch_bytes(
        encode(offer),
        salt=link,
        memory_bytes=memory_bytes,
        passes=STRETCH_LEAST_PASSES,
        length=_LINK_BYTES,
    )
    return words_from_bits(stretched, LINK_WORDS, language)


def person_words(one: AccountId, other: AccountId, language: WordLanguage) -> tuple[str, ...]:
    """Return the twelve words of two accounts, the same on both sides and for ever: 132 bits.

    An account id is the hash of the account's first root key, which rules every key that came later: so the
    words do not change with a new computer. They prove whose address this is, not who holds its keys today.
    """
    first, second = sorted((one, other))
    return words_from_bits(sha256(VERIFICATION_WORDS, first, second), PERSON_WORDS, language)
