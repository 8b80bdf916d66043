# SPDX-License-Identifier: AGPL-3.0-or-later
"""Evidence records (RFC 4998): timestamps that later timestamps keep valid when certificates and algorithms grow old.

Imports `crypto_core.errors`, `crypto_core.wire` (limits) and `crypto_core.trust` (checkpoints, timestamps,
timestamp_syntax). The bytes, the ordered checks and how the relay groups renewals are in `crypto_core/spec/timestamps.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cryptography.hazmat import asn1

from crypto_core.errors import TimestampError, TimestampFault, WireError
from crypto_core.trust.checkpoints import VerifiedCheckpoint, verify_checkpoint
from crypto_core.trust.timestamp_syntax import (
    ArchiveTimeStamp,
    EvidenceRecord,
    TimeStampToken,
)
from crypto_core.trust.timestamps import (
    Timestamp,
    decode_der,
    identifier,
    imprint_hash,
    require_imprint,
    verify_token,
)
from crypto_core.wire.limits import CLOCK_SKEW_SECONDS, MAX_RECORD_BYTES, MAX_RECORD_TIMESTAMPS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crypto_core.trust.checkpoints import LogIdentity
    from crypto_core.trust.timestamps import ImprintHash

Reduced = tuple[tuple[bytes, ...], ...]
"""A reduced hash tree (RFC 4998 §4.2): the lists of hashes from a leaf to the root, empty for a leaf alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedToken:
    """A token, and how the hash that it was renewed for leads to what it signs."""

    token: bytes
    reduced: Reduced = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedRecord:
    """What a record proves: the content existed at the first timestamp, and nothing broke on the way to the last."""

    first: Timestamp
    last: Timestamp
    timestamps: int

    @property
    def valid_until(self) -> int:
        """Milliseconds since 1970: until then the last timestamp has to be renewed."""
        return self.last.valid_until


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampedTree:
    """A checkpoint of a log, and the record over its note: its leaves were there when it was timestamped first."""

    checkpoint: VerifiedCheckpoint
    record: VerifiedRecord


def hash_tree(leaves: Sequence[bytes], algorithm: ImprintHash) -> tuple[bytes, list[Reduced]]:
    """Return the root of the tree over hashes, and the reduced tree of each (RFC 4998 §4.2). Raises WireError for none.

    A leaf without a neighbour goes up a level as it is; a leaf alone is the root.
    """
    if not leaves:
        raise WireError("a hash tree has leaves")
    paths: list[list[tuple[bytes, ...]]] = [[] for _ in leaves]
    level = [(each, [place]) for place, each in enumerate(leaves)]
    while len(level) > 1:
        above = []
        for at in range(0, len(level) - 1, 2):
            pair = level[at : at + 2]
            for (own, places), (sibling, _) in (pair, pair[::-1]):
                for place in places:
                    # The first list has the leaf itself; a list above it, only what is added to the hash so far.
                    paths[place].append((sibling,) if paths[place] else (own, sibling))
            above.append((_joined([pair[0][0], pair[1][0]], algorithm), pair[0][1] + pair[1][1]))
        level = above + level[len(level) - len(level) % 2 :]
    return level[0][0], [tuple(path) for path in paths]


def renewal_hash(token: bytes, algorithm: ImprintHash) -> bytes:
    """Return what a new timestamp is over, to renew an older one (RFC 4998 §5.2): the hash of its token."""
    return algorithm.of(token)


def rehash(content: bytes, record: bytes, algorithm: ImprintHash) -> bytes:
    """Return what a new timestamp by another hash is over, for content and its record so far (RFC 4998 §5.3).

    Raises TimestampError when the record cannot be read.
    """
    chains = _decoded(record).chains
    return _rehashed(content, _sequence(chains), algorithm)


def make_record(chains: Sequence[tuple[ImprintHash, Sequence[ArchivedToken]]]) -> bytes:
    """Return the DER of a record: chains in their order, each by one hash. Raises TimestampError for what is no token."""
    record = EvidenceRecord(
        version=1,
        digests=[identifier(algorithm) for algorithm, _ in chains],
        crypto_infos=None,
        encryption=None,
        chains=[
            [
                ArchiveTimeStamp(
                    digest=None,
                    attributes=None,
                    reduced_hash_tree=[list(each) for each in archived.reduced] or None,
                    token=decode_der(TimeStampToken, archived.token),
                )
                for archived in tokens
            ]
            for _, tokens in chains
        ],
    )
    return asn1.encode_der(record)


def verify_record(record: bytes, content: bytes, *, authorities: Sequence[bytes]) -> VerifiedRecord:
    """Do all checks of a record over content, such as a checkpoint's signed note (specification §5).

    `authorities` are the trusted certificates, in DER. Raises TimestampError, WireError for `authorities`. Left to the
    caller: that the last timestamp is still valid (`valid_until`), and that no time lies in the future.
    """
    # (1) It is a record, within limits, without parts that we do not write.
    read = _decoded(record)
    previous: Timestamp | None = None
    first: Timestamp | None = None
    for place, chain in enumerate(read.chains):
        algorithm = imprint_hash(read.digests[place])
        expected = (
            _rehashed(content, _sequence(read.chains[:place]), algorithm)
            if place
            else algorithm.of(content)
        )
        for each in chain:
            token = asn1.encode_der(each.token)
            timestamp = verify_token(token, authorities=authorities)
            # (2) It is over the content, or over the timestamp before it, by the hash of its chain.
            require_imprint(timestamp, _climbed(each, expected, algorithm), algorithm)
            # (3) The one before was still valid when this one was made, and none is older than the one before.
            if previous is not None and not previous.at <= timestamp.at <= previous.valid_until:
                raise TimestampError(
                    TimestampFault.ORDER, "a timestamp was not renewed while it was valid"
                )
            expected = renewal_hash(token, algorithm)
            previous, first = timestamp, first or timestamp
    if first is None or previous is None:
        raise TimestampError(TimestampFault.SYNTAX, "a record without a timestamp")
    return VerifiedRecord(
        first=first, last=previous, timestamps=sum(len(chain) for chain in read.chains)
    )


def verify_timestamped_tree(
    note: str, record: bytes, *, log: LogIdentity, authorities: Sequence[bytes], now: int
) -> TimestampedTree:
    """Do all checks of a timestamped checkpoint of a log (specification §6); `now` in milliseconds since 1970.

    Raises TimestampError, WireError for `authorities`, and what `verify_checkpoint` raises. Left to the caller: that the
    checkpoint is consistent with others, and that the last timestamp is still valid.
    """
    # (1) The log has signed the note.
    checkpoint = verify_checkpoint(note, log=log)
    # (2) The record is over it.
    verified = verify_record(record, note.encode(), authorities=authorities)
    # (3) It was not timestamped before it was signed, nor in the future, but for clocks that go a little wrong.
    skew = CLOCK_SKEW_SECONDS * 1000
    if (
        verified.first.at < checkpoint.signed_at_seconds * 1000 - skew
        or verified.last.at > now + skew
    ):
        raise TimestampError(TimestampFault.TIME, "a timestamp of an impossible time")
    return TimestampedTree(checkpoint=checkpoint, record=verified)


_ONE_LIST: Final = 2
"""What a list of a reduced hash tree has at most: the tree is binary."""
_MAX_LISTS: Final = 64


def _climbed(archived: ArchiveTimeStamp, expected: bytes, algorithm: ImprintHash) -> bytes:
    """Return the root to which a hash leads (RFC 4998 §4.3). Raises TimestampError if it is not in the first list."""
    lists = archived.reduced_hash_tree
    if lists is None:
        return expected
    length = len(expected)
    if len(lists) > _MAX_LISTS or any(
        not 0 < len(each) <= _ONE_LIST or any(len(hashed) != length for hashed in each)
        for each in lists
    ):
        raise TimestampError(TimestampFault.SYNTAX, "a hash tree of another form")
    if not lists or expected not in lists[0]:
        raise TimestampError(TimestampFault.IMPRINT, "the timestamp is over something else")
    climbed = _joined(lists[0], algorithm)
    for each in lists[1:]:
        climbed = _joined([climbed, *each], algorithm)
    return climbed


def _joined(hashed: Sequence[bytes], algorithm: ImprintHash) -> bytes:
    """Return the node above hashes: they are joined in binary order (RFC 4998 §4.2)."""
    return algorithm.of(b"".join(sorted(hashed)))


def _rehashed(content: bytes, sequence: bytes, algorithm: ImprintHash) -> bytes:
    return algorithm.of(algorithm.of(content) + algorithm.of(sequence))


@asn1.sequence
class _Sequence:
    chains: list[list[ArchiveTimeStamp]]


def _sequence(chains: list[list[ArchiveTimeStamp]]) -> bytes:
    """Return the DER of an ArchiveTimeStampSequence: what stands inside a sequence that has nothing else."""
    encoded = asn1.encode_der(_Sequence(chains=chains))
    # Behind the outer tag and its length, which is one byte, or one that counts those that follow.
    return encoded[2 + (encoded[1] & 0x7F if encoded[1] & 0x80 else 0) :]


def _decoded(record: bytes) -> EvidenceRecord:
    if len(record) > MAX_RECORD_BYTES:
        raise TimestampError(TimestampFault.SYNTAX, "the record is too long")
    read = decode_der(EvidenceRecord, record)
    archived = [each for chain in read.chains for each in chain]
    if (
        read.version != 1
        or read.crypto_infos is not None
        or read.encryption is not None
        or not 0 < len(read.chains) == len(read.digests)
        or not all(read.chains)
        or len(archived) > MAX_RECORD_TIMESTAMPS
        or any(each.attributes is not None or each.digest is not None for each in archived)
    ):
        raise TimestampError(TimestampFault.SYNTAX, "a record of another form")
    return read
