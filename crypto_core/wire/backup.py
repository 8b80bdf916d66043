# SPDX-License-Identifier: AGPL-3.0-or-later
"""The head of a backup file: whose it is, of when, and its key, sealed to the recovery kit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Final

from crypto_core.wire.codec import Size
from crypto_core.wire.devices import Version1
from crypto_core.wire.ids import AccountId, UnixMillis
from crypto_core.wire.kit import KitSlots
from crypto_core.wire.limits import STREAM_PREFIX_BYTES

BACKUP_MAGIC: Final = b"uhs-backup/1\n"
"""How a backup file begins; then the head's length (4 bytes, big-endian), the head, and the sealed stream."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupKeys:
    """What a backup's head holds sealed: the key of its stream, and the DEK of the vault that is in it."""

    version: Version1
    key: Annotated[bytes, Size.exactly(32)] = field(repr=False)
    dek: Annotated[bytes, Size.exactly(32)] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupHeader:
    """The clear part of a backup; the stream's key depends on every byte of it.

    `keys` is an encoded BackupKeys (label KIT_BACKUP, context account ‖ vault), sealed to each kit that has to
    open it.
    """

    version: Version1
    account: AccountId
    vault: Annotated[bytes, Size.exactly(16)]
    created_at: UnixMillis
    prefix: Annotated[bytes, Size.exactly(STREAM_PREFIX_BYTES)]
    keys: KitSlots
