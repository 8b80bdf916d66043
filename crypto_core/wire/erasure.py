# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a computer certifies when it has erased something for good (`crypto_core/spec/erasure.md`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from crypto_core.wire.codec import Range, Size
from crypto_core.wire.devices import Version1
from crypto_core.wire.ids import AccountId, DeviceId, UnixMillis

_MOST: int = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureCertificate:
    """What was erased, in numbers, and what can still be somewhere; nothing in it says who it was about.

    Signed by the computer that erased it, under the label ERASURE. Its number, by which the journal names it, is the
    first 16 bytes of SHA-256 of the encoded certificate.
    """

    version: Version1
    account: AccountId
    device: DeviceId
    erasure: Annotated[bytes, Size.exactly(16)]
    """Drawn for this erasure alone."""
    is_patient: bool
    begun_at: UnixMillis
    finished_at: UnixMillis
    letters: Annotated[int, Range(0, _MOST)]
    documents: Annotated[int, Range(0, _MOST)]
    drafts: Annotated[int, Range(0, _MOST)]
    backups_destroyed: Annotated[int, Range(0, _MOST)]
    backups_absent: Annotated[int, Range(0, _MOST)]
    """Backups whose disk was not there: they are destroyed when it is."""
    computers: Annotated[int, Range(0, _MOST)]
    """Other computers of the account, which are told and certify their own part."""
    correspondents: Annotated[int, Range(0, _MOST)]
    """Who sent or received the letters, and keeps them."""
    host_until: UnixMillis
    """When the last backup of the relay's host expires that can hold something encrypted of it."""
