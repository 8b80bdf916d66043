# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an evidence file holds besides readable text: members, signed manifest (`crypto_core/spec/evidence.md`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from crypto_core.wire.codec import Size
from crypto_core.wire.devices import KeyEvent, Version1
from crypto_core.wire.ids import AccountId, DeviceId, Hash, MessageId, UnixMillis, UtcOffsetMinutes
from crypto_core.wire.limits import (
    MAX_AUTHORITIES,
    MAX_AUTHORITY_BYTES,
    MAX_COSIGNED_NOTE_BYTES,
    MAX_LEAF_BYTES,
    MAX_NOTE_BYTES,
    MAX_PROOF_BYTES,
    MAX_PROOF_HASHES,
    MAX_RECORD_BYTES,
    MAX_SEALED_ENTRY_BYTES,
)

MAX_EVIDENCE_LEAVES = 50_000
"""About 250 MB; who has more exports it in periods."""
EVIDENCE_PAGE = 256
"""Items of one member."""
TIMESTAMP_PAGE = 16
"""Timestamped checkpoints of one member: their records are larger, and grow."""
MAX_EVIDENCE_TIMESTAMPS = 2048
"""At one a day, those of five years; acts behind them are exported without."""
MAX_EVIDENCE_MEMBERS = 4096
MAX_EVIDENCE_KEY_EVENTS = 100
MAX_VERIFIER_KEY_BYTES = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceLeaf:
    """A leaf of the log, its inclusion proof under a checkpoint of the file, and, of an own act, what it commits to."""

    index: int
    checkpoint_size: int
    path: Annotated[tuple[Hash, ...], Size.up_to(MAX_PROOF_HASHES)]
    leaf: Annotated[bytes, Size(1, MAX_LEAF_BYTES)] = field(repr=False)
    opened: Annotated[bytes, Size.up_to(MAX_SEALED_ENTRY_BYTES)] = field(repr=False)
    """The encoded OpenedEntry; empty for a leaf that is readable, or whose entry is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceLeaves:
    """Member `leaves/NNNN.cbor`, in the order of the log."""

    leaves: Annotated[tuple[EvidenceLeaf, ...], Size(1, EVIDENCE_PAGE)]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceCheckpoint:
    """A signed note, and the log's COSE signatures over its root: Ed25519, ML-DSA-44, or neither."""

    note: Annotated[str, Size(1, MAX_COSIGNED_NOTE_BYTES)]
    cose: Annotated[tuple[Annotated[bytes, Size(64, 2420)], ...], Size.up_to(2)]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceCheckpoints:
    """Member `checkpoints/NNNN.cbor`, by size."""

    checkpoints: Annotated[tuple[EvidenceCheckpoint, ...], Size(1, EVIDENCE_PAGE)]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceConsistency:
    """That the tree of `first` leaves is the beginning of that of `second` (RFC 9162 §2.1.4)."""

    first: int
    second: int
    path: Annotated[tuple[Hash, ...], Size.up_to(MAX_PROOF_HASHES * 2)]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceConsistencies:
    """Member `consistency/NNNN.cbor`."""

    proofs: Annotated[tuple[EvidenceConsistency, ...], Size(1, EVIDENCE_PAGE)]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceTimestamp:
    """A signed note exactly as it was timestamped, and its EvidenceRecord (RFC 4998, `timestamps.md`)."""

    note: Annotated[str, Size(1, MAX_NOTE_BYTES)]
    record: Annotated[bytes, Size(1, MAX_RECORD_BYTES)] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceTimestamps:
    """Member `timestamps/NNNN.cbor`, by size; `authorities` are the certificates that the relay named, in DER."""

    authorities: Annotated[
        tuple[Annotated[bytes, Size(1, MAX_AUTHORITY_BYTES)], ...], Size(1, MAX_AUTHORITIES)
    ]
    timestamps: Annotated[tuple[EvidenceTimestamp, ...], Size(1, TIMESTAMP_PAGE)]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceKeyEvent:
    """A key event of an account, and the receipt of the leaf that records it."""

    event: KeyEvent
    proof: Annotated[str, Size(1, MAX_PROOF_BYTES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceKeys:
    """Member `keys/<account in hexadecimal>-NNNN.cbor`: the key history of an account, from its first event on."""

    account: AccountId
    events: Annotated[tuple[EvidenceKeyEvent, ...], Size(1, MAX_EVIDENCE_KEY_EVENTS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceMember:
    """A member of the file, and its SHA-256."""

    name: Annotated[str, Size(1, 100)]
    sha256: Hash


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceManifest:
    """Body of `manifest.cbor`, a Signed by a device of the account: everything that is in the file.

    Without `since`, `until` and `letter` the file has all acts that its computer knew of.
    """

    version: Version1
    account: AccountId
    device: DeviceId
    made_at: UnixMillis
    utc_offset: UtcOffsetMinutes
    log_keys: Annotated[
        tuple[Annotated[str, Size(1, MAX_VERIFIER_KEY_BYTES)], ...], Size.exactly(2)
    ]
    since: UnixMillis | None
    until: UnixMillis | None
    letter: MessageId | None
    members_hash: Hash
    """SHA-256 of `members.cbor`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceMembers:
    """Member `members.cbor`: all others but the manifest, by name."""

    members: Annotated[tuple[EvidenceMember, ...], Size.up_to(MAX_EVIDENCE_MEMBERS)]
