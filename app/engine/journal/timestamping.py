# SPDX-License-Identifier: AGPL-3.0-or-later
"""Asks the relay what an outside authority has timestamped of the log, and verifies it (`crypto_core/spec/timestamps.md`)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from app.engine import audit
from app.engine.ports.relay import RelayError, RelayRefusedError
from app.interface.failures import CommandError, Failure
from app.interface.journal import JournalTimestamp, ShowTimestamp, TimestampStanding
from crypto_core.errors import (
    CryptoCoreError,
    ProofError,
    TimestampError,
    TimestampFault,
    WireError,
)
from crypto_core.trust.evidence_records import verify_timestamped_tree
from crypto_core.trust.timestamps import read_authorities
from crypto_core.wire.ids import Hash, UnixMillis
from crypto_core.wire.relay_api import ProblemCode

if TYPE_CHECKING:
    from app.engine.handlers import Handlers
    from app.engine.ports.journal import ActProof
    from app.engine.ports.vault import Store, StoredCheckpoint
    from app.engine.session import Session
    from crypto_core.trust.evidence_records import TimestampedTree
    from crypto_core.wire.relay_api import TimestampedCheckpoint


async def show(session: Session, command: ShowTimestamp) -> JournalTimestamp:
    """Say what an outside authority has said of an act. Raises CommandError."""
    try:
        given = read_authorities(command.certificates) if command.certificates else ()
    except WireError as error:
        raise CommandError(Failure.CERTIFICATE_UNREADABLE) from error

    def read(store: Store) -> tuple[ActProof | None, StoredCheckpoint | None]:
        stored = store.journal.proof(command.entry, here=session.owner.device)
        if stored is None:
            raise CommandError(Failure.UNKNOWN_ENTRY)
        proof = stored.proof
        return proof, None if proof is None else store.trust.checkpoint(proof.checkpoint_size)

    proof, beside = await session.vault.run(read)
    if proof is None:
        return JournalTimestamp(standing=TimestampStanding.NONE)
    try:
        found = await timestamped(session, proof.log_index)
        if found is None:
            return JournalTimestamp(standing=TimestampStanding.NONE)
        standing, tree = await _judged(session, found, given)
        await require_consistent(session, tree, found.note, proof.log_index, beside)
    except RelayError:
        # Not there, not signed in, or not an answer: nothing is known, and what the connection lacks is told elsewhere.
        return JournalTimestamp(standing=TimestampStanding.UNKNOWN)
    except TimestampError as error:
        return _refused(error.fault.name.lower())
    except CryptoCoreError:
        return _refused("checkpoint")
    record = tree.record
    return JournalTimestamp(
        standing=standing,
        at=UnixMillis(record.first.at_the_latest),
        authority=record.first.authority,
        certificate=Hash(record.first.pinned),
        log_size=tree.checkpoint.checkpoint.size,
        renewals=record.timestamps - 1,
        renewed_at=UnixMillis(record.last.at) if record.timestamps > 1 else None,
        valid_until=UnixMillis(record.valid_until),
    )


async def timestamped(session: Session, leaf: int) -> TimestampedCheckpoint | None:
    """Return what the relay has, unverified; None if there is no timestamp. Raises RelayError."""
    try:
        return await session.relay.timestamps(leaf)
    except RelayRefusedError as error:
        if error.code is not ProblemCode.NOT_FOUND:
            raise
        return None


async def verified(
    session: Session, found: TimestampedCheckpoint, authorities: tuple[bytes, ...]
) -> TimestampedTree:
    """Verify all that the answer holds itself. Raises CryptoCoreError."""
    if not authorities:
        raise TimestampError(TimestampFault.AUTHORITY, "no certificate to verify a timestamp with")
    return await asyncio.to_thread(
        verify_timestamped_tree,
        found.note,
        found.record,
        log=session.log,
        authorities=authorities,
        now=session.now(),
    )


async def require_consistent(
    session: Session,
    tree: TimestampedTree,
    note: str,
    leaf: int,
    beside: StoredCheckpoint | None,
) -> None:
    """Hold a timestamped checkpoint against the log as this computer knows it; `beside` is one that has the leaf.

    Raises ProofError, RelayError. A log that contradicts itself is an alarm as well.
    """
    accepted = await audit.accept_checkpoint(session, tree.checkpoint, note, is_kept=False)
    if leaf >= accepted.size:
        raise ProofError("the timestamped tree does not have the leaf")
    if beside is not None:
        await audit.connect(session, beside, accepted)


async def _judged(
    session: Session, found: TimestampedCheckpoint, given: tuple[bytes, ...]
) -> tuple[TimestampStanding, TimestampedTree]:
    """Verify by the owner's certificates, and where these say nothing of it, by those of the relay."""
    if given:
        try:
            return TimestampStanding.KNOWN_AUTHORITY, await verified(session, found, given)
        except TimestampError as error:
            if error.fault is not TimestampFault.AUTHORITY:
                raise
    return TimestampStanding.RELAYS_AUTHORITY, await verified(session, found, found.authorities)


def _refused(reason: str) -> JournalTimestamp:
    return JournalTimestamp(standing=TimestampStanding.REFUSED, reason=reason)


HANDLERS: Final[Handlers] = {ShowTimestamp: lambda session, command, _: show(session, command)}
