# SPDX-License-Identifier: AGPL-3.0-or-later
"""Entries of the journal, sealed under the account's journal key; what the log holds of them is in `trust.audit`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crypto_core.errors import DecryptionError, LaterEntryError, WireError
from crypto_core.keys.derivation import derive, expand
from crypto_core.trust.audit import commitment, is_committed
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.journal import OpenedEntry, is_sound
from crypto_core.wire.labels import JOURNAL_ENTRY, JOURNAL_KEY
from crypto_core.wire.limits import (
    JOURNAL_SALT_BYTES,
    LEAST_SEALED_ENTRY_BYTES,
    MAX_SEALED_ENTRY_BYTES,
)
from crypto_core.wire.recovery import KeptKey

if TYPE_CHECKING:
    from crypto_core.keys.envelopes import RandomBytes
    from crypto_core.wire.ids import AccountId, Hash
    from crypto_core.wire.journal import JournalEntry

_NONCE_BYTES: Final = 12
_NAME_BYTES: Final = 16
_TAG_BYTES: Final = 16
_LENGTH_BYTES: Final = 2


def first_journal_key(identity_seed: bytes) -> KeptKey:
    """Return the journal key of an account that has none yet, from the 64-byte seed of its identity key.

    All its computers have that seed, so they need not agree on who draws one.
    """
    return KeptKey(
        name=derive(identity_seed, JOURNAL_KEY, b"name", length=_NAME_BYTES),
        key=derive(identity_seed, JOURNAL_KEY, b"key"),
    )


def salted(entry: JournalEntry, *, random_bytes: RandomBytes) -> OpenedEntry:
    """Return the entry with the salt that hides it in the log. Raises WireError for fields its action has not."""
    return salted_with(entry, random_bytes(JOURNAL_SALT_BYTES))


def salted_with(entry: JournalEntry, salt: bytes) -> OpenedEntry:
    """Return the entry with a salt of 32 bytes that nobody can guess. Raises WireError for fields its action has not."""
    if not is_sound(entry):
        raise WireError("the entry has other fields than its action")
    return OpenedEntry(salt=salt, entry=entry)


def seal_entry(
    opened: OpenedEntry, *, account: AccountId, journal_key: bytes, random_bytes: RandomBytes
) -> bytes:
    """Return nonce ‖ AES-256-GCM of the padded entry: 256 bytes, or the next power of two that holds it.

    Account and commitment are authenticated, so the relay cannot show one leaf's entry beside another.
    """
    raw = encode(opened)
    framed = len(raw).to_bytes(_LENGTH_BYTES, "big") + raw
    overhead = _NONCE_BYTES + _TAG_BYTES
    sealed_bytes = LEAST_SEALED_ENTRY_BYTES
    while sealed_bytes < overhead + len(framed):
        sealed_bytes *= 2
    nonce = random_bytes(_NONCE_BYTES)
    about = _about(account, commitment(opened))
    padded = framed.ljust(sealed_bytes - overhead, b"\0")
    return nonce + _cipher(journal_key).encrypt(nonce, padded, about)


def open_entry(
    sealed: bytes, *, account: AccountId, journal_key: bytes, committed: Hash
) -> OpenedEntry:
    """Return the entry whose commitment the log holds.

    Raises DecryptionError when it is another's, another leaf's or changed; LaterEntryError for one that this program
    cannot read, as of an action that it does not know; WireError for one with other fields than its action has.
    """
    if not LEAST_SEALED_ENTRY_BYTES <= len(sealed) <= MAX_SEALED_ENTRY_BYTES:
        raise DecryptionError("the entry of the journal does not open")
    nonce, ciphertext = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    try:
        padded = _cipher(journal_key).decrypt(nonce, ciphertext, _about(account, committed))
    except InvalidTag:
        raise DecryptionError("the entry of the journal does not open") from None
    length = int.from_bytes(padded[:_LENGTH_BYTES], "big")
    raw, rest = padded[_LENGTH_BYTES:][:length], padded[_LENGTH_BYTES + length :]
    if len(raw) != length or any(rest):
        raise DecryptionError("the entry of the journal is not padded as it should")
    if not is_committed(raw, committed):
        raise DecryptionError("the entry is not what the log holds")
    try:
        opened = decode(OpenedEntry, raw)
    except WireError:
        raise LaterEntryError(raw) from None
    if not is_sound(opened.entry):
        raise WireError("the entry has other fields than its action")
    return opened


def _cipher(journal_key: bytes) -> AESGCM:
    return AESGCM(expand(journal_key, JOURNAL_ENTRY))


def _about(account: AccountId, committed: Hash) -> bytes:
    return JOURNAL_ENTRY + account + committed
