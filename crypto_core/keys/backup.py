# SPDX-License-Identifier: AGPL-3.0-or-later
"""Backup files: a head with keys sealed to the recovery kit, then a stream of any length (`crypto_core/spec/recovery.md` §5).

No I/O here: bytes come and go in pieces, and of a backup of any size only one chunk is in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

from crypto_core.errors import WireError
from crypto_core.keys.derivation import expand
from crypto_core.keys.kit import Kit, seal_to_kits
from crypto_core.keys.streams import Buffer, ChunkCipher
from crypto_core.keys.vault import VaultKeys
from crypto_core.trust.signatures import sha256
from crypto_core.wire.backup import BACKUP_MAGIC, BackupHeader, BackupKeys
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.ids import AccountId, UnixMillis
from crypto_core.wire.labels import BACKUP, KIT_BACKUP
from crypto_core.wire.limits import (
    CHUNK_BYTES,
    GCM_TAG_BYTES,
    MAX_BACKUP_HEADER_BYTES,
    STREAM_PREFIX_BYTES,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crypto_core.keys.envelopes import RandomBytes

_LENGTH_BYTES = 4
_SEALED_CHUNK_BYTES = CHUNK_BYTES + GCM_TAG_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupSource:
    """What is backed up: whose vault, when, with which DEK, and for which kits."""

    account: AccountId
    vault: bytes
    keys: VaultKeys = field(repr=False)
    kit_public_keys: tuple[bytes, ...] = field(repr=False)
    created_at: UnixMillis


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedBackup:
    """The head of a backup, the keys of the vault in it, and its content in pieces.

    Pieces are genuine as they come, but the backup is complete only when `pieces` has ended without an error.
    """

    header: BackupHeader
    keys: VaultKeys = field(repr=False)
    pieces: Iterator[bytes] = field(repr=False)


def seal_backup(
    source: BackupSource, plaintext: Iterable[Buffer], *, random_bytes: RandomBytes
) -> Iterator[bytes]:
    """Yield a backup file of a plaintext that arrives in pieces of any size. Raises KeyStateError on a bad kit key."""
    keys = BackupKeys(version=1, key=random_bytes(32), dek=source.keys.dek)
    header = BackupHeader(
        version=1,
        account=source.account,
        vault=source.vault,
        created_at=source.created_at,
        prefix=random_bytes(STREAM_PREFIX_BYTES),
        keys=seal_to_kits(
            source.kit_public_keys, encode(keys), KIT_BACKUP, source.account + source.vault
        ),
    )
    head = encode(header)
    yield BACKUP_MAGIC + len(head).to_bytes(_LENGTH_BYTES, "big") + head
    cipher = ChunkCipher(expand(keys.key, BACKUP, sha256(head)), header.prefix)
    for chunk, is_final in _in_chunks(plaintext, CHUNK_BYTES):
        yield cipher.seal(chunk, final=is_final)


def open_backup(kit: Kit, sealed: Iterable[Buffer]) -> OpenedBackup:
    """Open a backup file that arrives in pieces of any size.

    Raises WireError (not a backup, or its head is damaged), KeyStateError (another kit), DecryptionError; and
    while `pieces` is read DecryptionError on any change, cut, surplus or exchange.
    """
    source = iter(sealed)
    held = bytearray()
    head = _take_head(source, held)
    header = decode(BackupHeader, head)
    opened = kit.open_any(header.keys, KIT_BACKUP, header.account + header.vault)
    keys = decode(BackupKeys, opened)
    return OpenedBackup(
        header=header,
        keys=VaultKeys(keys.dek),
        pieces=_opened(keys.key, header, head, chain((held,), source)),
    )


def read_backup_header(beginning: bytes) -> BackupHeader:
    """Return the head of a backup from its first bytes, to show whose and when it says it is: nothing is verified.

    Raises WireError.
    """
    return decode(BackupHeader, _take_head(iter(()), bytearray(beginning)))


def _opened(
    key: bytes, header: BackupHeader, head: bytes, sealed: Iterable[Buffer]
) -> Iterator[bytes]:
    cipher = ChunkCipher(expand(key, BACKUP, sha256(head)), header.prefix)
    for chunk, is_final in _in_chunks(sealed, _SEALED_CHUNK_BYTES):
        yield cipher.open(chunk, final=is_final)


def _in_chunks(pieces: Iterable[Buffer], size: int) -> Iterator[tuple[bytes, bool]]:
    """Cut pieces into chunks of `size` and tell the last one, which holds the rest: 1 to `size`, 0 of nothing."""
    held = bytearray()
    for piece in pieces:
        held += piece
        while len(held) > size:
            yield bytes(held[:size]), False
            del held[:size]
    yield bytes(held), True


def _take_head(pieces: Iterator[Buffer], held: bytearray) -> bytes:
    if _take(pieces, held, len(BACKUP_MAGIC)) != BACKUP_MAGIC:
        raise WireError("not a backup of this program")
    length = int.from_bytes(_take(pieces, held, _LENGTH_BYTES), "big")
    if length > MAX_BACKUP_HEADER_BYTES:
        raise WireError("the head of the backup is damaged")
    return _take(pieces, held, length)


def _take(pieces: Iterator[Buffer], held: bytearray, length: int) -> bytes:
    """Take bytes from the front of `held`, filling it from `pieces` as far as needed."""
    while len(held) < length:
        piece = next(pieces, None)
        if piece is None:
            raise WireError("not a complete backup")
        held += piece
    taken = bytes(held[:length])
    del held[:length]
    return taken
