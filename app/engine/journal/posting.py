# SPDX-License-Identifier: AGPL-3.0-or-later
"""Brings noted acts into the log: a batch becomes statements of this device's chain, and is posted whole.

Statements are signed only when their turn comes, and at most one batch is signed and not in the log. The same
bytes are posted again until the relay has them; a batch that it refuses for good is withdrawn, and its acts wait.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from app.engine import audit
from app.engine.journal.keys import journal_keys
from app.engine.ports.journal import ActProof
from app.engine.ports.relay import RelayAnswerError, RelayRefusedError
from app.engine.session import CONNECTION_REFUSALS, raise_alarm
from app.interface.snapshots import AlarmKind
from crypto_core.errors import CryptoCoreError, ProofError
from crypto_core.keys.journal import seal_entry
from crypto_core.trust.audit import commitment
from crypto_core.trust.checkpoints import verify_checkpoint
from crypto_core.trust.merkle import leaf_hash, verify_inclusion
from crypto_core.wire.audit import AuditLeaf, AuditStatement, Verb
from crypto_core.wire.codec import decode
from crypto_core.wire.ids import UnixMillis
from crypto_core.wire.journal import OpenedEntry
from crypto_core.wire.limits import MAX_JOURNAL_ACTS
from crypto_core.wire.relay_api import JournalAct, ProblemCode

if TYPE_CHECKING:
    from app.engine.ports.journal import ActFacts
    from app.engine.ports.vault import StatementRow, Store, StoredCheckpoint
    from app.engine.session import Session
    from crypto_core.wire.relay_api import JournalReceipts

_log = logging.getLogger(__name__)

GATHER_MILLIS: Final = 30_000
"""So long an act waits for others: each batch costs a request, and a checkpoint that its proofs rest on."""
REFUSED_MILLIS: Final = 3_600_000
"""After a relay that does not take them, such as one that knows no journal."""


def next_due(store: Store, session: Session) -> UnixMillis | None:
    """When acts are to be signed."""
    noted_at = store.journal.next_noted_at()
    if noted_at is None:
        return None
    now = session.now()
    # A clock that was ahead when it was noted holds nothing back.
    due = UnixMillis(noted_at + GATHER_MILLIS) if noted_at <= now else now
    return max(due, session.journal_waits.until)


def sign_due(store: Store, session: Session, *, is_hurried: bool) -> bool:
    """Make statements of the acts that are due, inside a transaction; False without any.

    Nothing else of this device's chain may be pending.
    """
    due = next_due(store, session)
    if due is None or session.now() < session.journal_waits.until:
        return False
    if not is_hurried and session.now() < due:
        return False
    key = journal_keys(store, session.owner.identity_seed)[0].key
    for act in store.journal.noted(MAX_JOURNAL_ACTS):
        opened = decode(OpenedEntry, act.encoded_opened)
        signed = audit.add_statement(store, session, Verb.SEALED, commitment(opened))
        sealed = seal_entry(
            opened, account=session.owner.account, journal_key=key, random_bytes=session.random
        )
        sequence = decode(AuditStatement, signed.statement).sequence
        store.journal.sign(act.act, sequence=sequence, sealed=sealed)
    return True


async def post(session: Session) -> None:
    """Hand the relay the signed acts, verify where they are, and keep that.

    Raises RelayError; a refusal CHAIN_BROKEN is the caller's to judge.
    """
    acts = await session.vault.run(_signed)
    request = [
        JournalAct(statement=audit.signed_statement(row), sealed=act.sealed or b"")
        for act, row in acts
    ]
    try:
        receipts = await session.relay.append_journal(request)
    except RelayRefusedError as error:
        if error.code in CONNECTION_REFUSALS or error.code is ProblemCode.CHAIN_BROKEN:
            raise
        session.journal_waits.until = UnixMillis(session.now() + REFUSED_MILLIS)
        await session.vault.run(_withdraw)
        _log.warning("the relay does not take the journal: %s", error.code.value)
        return
    try:
        checkpoint, proofs = await _verified(session, receipts, [row for _, row in acts])
    except CryptoCoreError as error:
        raise RelayAnswerError("the relay's receipts do not verify") from error

    def keep(store: Store) -> None:
        # Its note may have given way to a later one's meanwhile.
        store.trust.add_checkpoint(checkpoint)
        for (act, row), proof in zip(acts, proofs, strict=True):
            store.outbox.statement_logged(row.row, proof=None)
            store.journal.logged(act.act, proof)
        session.noted.tell()

    await session.vault.run(keep)


def _signed(store: Store) -> list[tuple[ActFacts, StatementRow]]:
    rows = {each.sequence: each for each in store.outbox.pending()}
    return [(act, rows[act.sequence]) for act in store.journal.signed() if act.sequence is not None]


def _withdraw(store: Store) -> None:
    """Take the batch out of the chain, and whatever was signed behind it: that is made again when it is due."""
    acts = store.journal.signed()
    first = min(act.sequence for act in acts if act.sequence is not None)
    for row in store.outbox.pending():
        if row.sequence >= first:
            store.outbox.withdraw_statement(row.row)
    for act in acts:
        store.journal.unsign(act.act)


async def _verified(
    session: Session, receipts: JournalReceipts, rows: list[StatementRow]
) -> tuple[StoredCheckpoint, list[ActProof]]:
    """Check that exactly these statements are in the log, in their order. Raises CryptoCoreError, RelayError."""
    try:
        verified = verify_checkpoint(receipts.checkpoint, log=session.log)
        if len(receipts.proofs) != len(rows):
            raise ProofError("the receipts are not those of the acts")
        proofs = []
        before = -1
        for given, row in zip(receipts.proofs, rows, strict=True):
            leaf = decode(AuditLeaf, given.leaf)
            if (leaf.statement, leaf.signature) != (row.encoded_statement, row.encoded_signature):
                raise ProofError("the receipt is of another statement")
            if given.index <= before:
                raise ProofError("the log has the acts in another order")
            before = given.index
            verify_inclusion(
                leaf_hash=leaf_hash(given.leaf),
                index=given.index,
                size=verified.checkpoint.size,
                path=given.path,
                root=verified.checkpoint.root,
            )
            proofs.append(
                ActProof(
                    log_index=given.index,
                    logged_at=leaf.relay_time,
                    path=given.path,
                    checkpoint_size=verified.checkpoint.size,
                    nonce=leaf.nonce,
                )
            )
    except CryptoCoreError:
        await raise_alarm(session, AlarmKind.PROOF_INVALID, f"statement {rows[0].sequence}")
        raise
    return await audit.accept_checkpoint(session, verified, receipts.checkpoint), proofs
