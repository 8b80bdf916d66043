# SPDX-License-Identifier: AGPL-3.0-or-later
"""The own chain of statements, receipts, checkpoints, and what correspondents saw of the log."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.engine.ports.relay import (
    RelayError,
    RelayRefusedError,
    RelayUnreachableError,
    SignInNeededError,
)
from app.engine.ports.vault import (
    Evidence,
    GossipView,
    Setting,
    StatementRow,
    StatementState,
    Store,
    StoredCheckpoint,
)
from app.engine.session import Session, raise_alarm
from app.engine.times import correct_time
from app.interface.events import Alarm
from app.interface.failures import CommandError, Failure
from app.interface.snapshots import (
    ALARM_LIMIT,
    AlarmKind,
    AlarmRow,
    Alarms,
    AuditReport,
    Done,
)
from crypto_core.errors import CryptoCoreError, ProofError, SignatureError
from crypto_core.trust.audit import CHAIN_START, ChainHead, follow_chain, verify_statement
from crypto_core.trust.checkpoints import VerifiedCheckpoint, verify_checkpoint
from crypto_core.trust.merkle import leaf_hash, verify_consistency, verify_inclusion
from crypto_core.trust.signatures import pseudonym_of, sha256
from crypto_core.trust.tlog_proof import parse_proof, verify_tlog_proof
from crypto_core.wire.audit import AuditLeaf, AuditStatement, Verb
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.envelope import LogView, OuterHeader
from crypto_core.wire.labels import STATEMENT
from crypto_core.wire.relay_api import ProblemCode, SignedStatement
from crypto_core.wire.signed import HybridSignature

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.engine.ports.journal import ActProof
    from app.interface.commands import AcknowledgeAlarm
    from crypto_core.trust.key_history import KeyHistory
    from crypto_core.wire.ids import AccountId, DeviceId, EnvelopeId, Hash, UnixMillis

GOSSIP_PATIENCE_MILLIS: Final = 24 * 3_600_000
MAX_PROBLEMS: Final = 100
_PARALLEL_QUESTIONS: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """Where a statement stands in the log, proven."""

    log_index: int
    relay_time: int


# --- the own chain -------------------------------------------------------------------------------


def add_statement(
    store: Store,
    session: Session,
    verb: Verb,
    content: object,
    *,
    envelope: EnvelopeId | None = None,
    encoded_key_event: bytes | None = None,
) -> SignedStatement:
    """Sign the next statement of this device's chain, inside the transaction that needs it.

    A content of bytes is a commitment, and stands in the statement as it is.
    """
    last = store.outbox.last_statement()
    sequence = 0 if last is None else last.sequence + 1
    encoded = encode(
        AuditStatement(
            version=1,
            actor=pseudonym_of(session.owner.device),
            sequence=sequence,
            previous=CHAIN_START if last is None else sha256(last.encoded_statement),
            verb=verb,
            content=content if isinstance(content, bytes) else encode(content),
        )
    )
    signature = session.keys.signing.sign(STATEMENT, encoded)
    store.outbox.add_statement(
        sequence,
        encoded_statement=encoded,
        encoded_signature=encode(signature),
        envelope=envelope,
        encoded_key_event=encoded_key_event,
    )
    return SignedStatement(statement=encoded, signature=signature)


def signed_statement(row: StatementRow) -> SignedStatement:
    """A kept statement, exactly as it was signed."""
    return SignedStatement(
        statement=row.encoded_statement,
        signature=decode(HybridSignature, row.encoded_signature),
    )


async def accept_receipt(session: Session, proof: str, statement: StatementRow) -> Logged:
    """Check that a receipt proves exactly this statement to be in the log, and its checkpoint against all others.

    Raises CryptoCoreError when it does not; an alarm is kept then. Raises RelayError.
    """
    try:
        verified = verify_tlog_proof(proof, log=session.log)
        leaf = decode(AuditLeaf, verified.leaf)
        if (leaf.statement, leaf.signature) != (
            statement.encoded_statement,
            statement.encoded_signature,
        ):
            raise ProofError("the receipt is of another statement")
    except CryptoCoreError:
        await raise_alarm(session, AlarmKind.PROOF_INVALID, f"statement {statement.sequence}")
        raise
    await accept_checkpoint(session, verified.checkpoint, parse_proof(proof).checkpoint)
    return Logged(log_index=verified.index, relay_time=leaf.relay_time)


# --- checkpoints ---------------------------------------------------------------------------------


async def see_checkpoint(session: Session, note: str) -> StoredCheckpoint:
    """Verify a signed note and hold it against everything seen before.

    Raises CryptoCoreError when it does not verify or contradicts what was seen, RelayError.
    """
    try:
        verified = verify_checkpoint(note, log=session.log)
    except CryptoCoreError:
        await raise_alarm(session, AlarmKind.PROOF_INVALID, "checkpoint")
        raise
    return await accept_checkpoint(session, verified, note)


async def accept_checkpoint(
    session: Session, verified: VerifiedCheckpoint, note: str, *, is_kept: bool = True
) -> StoredCheckpoint:
    """Hold a verified checkpoint against everything seen before. Raises ProofError, RelayError."""
    checkpoint = verified.checkpoint
    new = StoredCheckpoint(
        size=checkpoint.size,
        root=checkpoint.root,
        signed_at_seconds=verified.signed_at_seconds,
        note=note,
    )

    def seen(store: Store) -> tuple[StoredCheckpoint | None, StoredCheckpoint | None]:
        return store.trust.checkpoint(new.size), store.trust.latest_checkpoint()

    async with session.locks.checkpoints:
        same, latest = await session.vault.run(seen)
        if same is not None and same.root != new.root:
            await _contradiction(session, same, new)
        if same is None and latest is not None:
            await connect(session, latest, new)

        def keep(store: Store) -> None:
            store.trust.add_checkpoint(new)

        if same is None and is_kept:
            await session.vault.run(keep)
    return new


async def see_newest(session: Session) -> StoredCheckpoint:
    """Ask for the newest checkpoint; a log that became shorter than what was seen before is an alarm.

    Raises ProofError then, and what `see_checkpoint` raises.
    """
    before = await session.vault.run(lambda store: store.trust.latest_checkpoint())
    seen = await see_checkpoint(session, await session.relay.checkpoint())
    if before is not None and seen.size < before.size:
        await raise_alarm(
            session,
            AlarmKind.LOG_SHORTENED,
            f"{before.size} > {seen.size}",
            first_note=before.note,
            second_note=seen.note,
        )
        raise ProofError("the log has become shorter")
    now = str(session.now()).encode()

    def keep(store: Store) -> None:
        store.identity.put_setting(Setting.LOG_CHECKED_AT, now)
        correct_time(store, seen.signed_at_seconds * 1000)

    await session.vault.run(keep)
    session.looked_at_log.set()
    return seen


async def connect(session: Session, one: StoredCheckpoint, other: StoredCheckpoint) -> None:
    """Have the relay prove that the smaller of two verified checkpoints begins the larger.

    Raises ProofError when it cannot, and an alarm is kept then; RelayError.
    """
    first, second = sorted((one, other), key=lambda each: each.size)
    # A proof may be damaged on its way, so a failure is only believed the second time.
    for is_last in (False, True):
        try:
            answer = await session.relay.consistency(first=first.size, second=second.size)
            verify_consistency(
                first_size=first.size,
                second_size=second.size,
                first_root=first.root,
                second_root=second.root,
                path=answer.path,
            )
        except ProofError:
            if is_last:
                await _contradiction(session, first, second)
        except RelayRefusedError as error:
            if error.code is not ProblemCode.NOT_FOUND:
                raise
            await raise_alarm(
                session,
                AlarmKind.LOG_SHORTENED,
                f"{second.size}",
                first_note=first.note,
                second_note=second.note,
            )
            raise ProofError("the log no longer has what it had") from error
        else:
            return


async def _contradiction(
    session: Session, first: StoredCheckpoint, second: StoredCheckpoint
) -> None:
    await raise_alarm(
        session,
        AlarmKind.SPLIT_VIEW,
        f"{first.size} / {second.size}",
        first_note=first.note,
        second_note=second.note,
    )
    raise ProofError("the relay has shown two contradictory logs")


async def log_view(session: Session) -> LogView | None:
    """What this device has verified of the log, to be put inside messages."""
    latest = await session.vault.run(lambda store: store.trust.latest_checkpoint())
    if latest is None:
        return None
    return LogView(origin=session.log.origin, size=latest.size, root=latest.root)


# --- what correspondents saw ---------------------------------------------------------------------


def note_view(store: Store, account: AccountId, device: DeviceId, view: LogView | None) -> None:
    """Remember what a correspondent saw, inside the transaction that keeps their message.

    A device's larger view contains its smaller ones, for it has connected them itself.
    """
    if view is not None and view.size:
        store.trust.add_gossip(account, device, view)


async def check_gossip(session: Session) -> None:
    """Connect what correspondents saw with what this device saw. Raises RelayError."""
    for gossip in await session.vault.run(lambda store: store.trust.unchecked_gossip()):
        if gossip.view.origin != session.log.origin:
            # A correspondent at another relay: its log is not this device's to judge.
            await session.vault.run(_settle(gossip))
            continue
        latest = await session.vault.run(lambda store: store.trust.latest_checkpoint())
        same = await session.vault.run(_checkpoint_of(gossip.view.size))
        if same is not None:
            connected = same.root == gossip.view.root
            if not connected:
                await _gossip_alarm(session, gossip)
        elif latest is None:
            continue
        else:
            connected = await _is_connected(session, gossip, latest)
        if connected:
            await session.vault.run(_settle(gossip))
            continue
        since = gossip.failing_since or session.now()
        await session.vault.run(_fail(gossip, since))
        if session.now() - since >= GOSSIP_PATIENCE_MILLIS:
            await _gossip_alarm(session, gossip)


async def _is_connected(session: Session, gossip: GossipView, latest: StoredCheckpoint) -> bool:
    pairs = sorted(
        ((gossip.view.size, gossip.view.root), (latest.size, latest.root)),
        key=lambda each: each[0],
    )
    (first_size, first_root), (second_size, second_root) = pairs
    try:
        answer = await session.relay.consistency(first=first_size, second=second_size)
        verify_consistency(
            first_size=first_size,
            second_size=second_size,
            first_root=first_root,
            second_root=second_root,
            path=answer.path,
        )
    except (ProofError, RelayRefusedError):
        return False
    return True


async def _gossip_alarm(session: Session, gossip: GossipView) -> None:
    latest = await session.vault.run(lambda store: store.trust.latest_checkpoint())
    await raise_alarm(
        session,
        AlarmKind.SPLIT_VIEW,
        f"{gossip.view.size} seen by {gossip.account.hex()}",
        first_note=None if latest is None else latest.note,
    )


def _settle(gossip: GossipView) -> Callable[[Store], None]:
    return lambda store: store.trust.settle_gossip(gossip.device, gossip.view.size)


def _fail(gossip: GossipView, since: UnixMillis) -> Callable[[Store], None]:
    return lambda store: store.trust.fail_gossip(gossip.device, since)


def _checkpoint_of(size: int) -> Callable[[Store], StoredCheckpoint | None]:
    return lambda store: store.trust.checkpoint(size)


# --- alarms --------------------------------------------------------------------------------------


async def tell_unread_alarms(session: Session) -> None:
    """Tell again what was raised while nobody could see it, or nobody has said to have read."""
    for alarm in await session.vault.run(lambda store: store.identity.alarms()):
        if not alarm.is_acknowledged:
            session.publish(Alarm(kind=alarm.kind, detail=alarm.detail))


async def list_alarms(session: Session) -> Alarms:
    """The newest alarms with their evidence."""
    alarms = await session.vault.run(lambda store: store.identity.alarms())
    return Alarms(
        rows=tuple(
            AlarmRow(
                kind=each.kind,
                detail=each.detail,
                at=each.at,
                is_acknowledged=each.is_acknowledged,
                first_note=each.first_note,
                second_note=each.second_note,
            )
            for each in alarms[-ALARM_LIMIT:]
        )
    )


async def acknowledge_alarm(session: Session, command: AcknowledgeAlarm) -> Done:
    """Note that somebody has read an alarm. Raises CommandError."""
    is_known = await session.vault.run(
        lambda store: store.identity.acknowledge_alarm(command.kind, command.detail)
    )
    if not is_known:
        raise CommandError(Failure.INVALID)
    return Done()


# --- verifying everything again ------------------------------------------------------------------


async def verify_everything(session: Session) -> AuditReport:
    """Verify the own chain, all receipts and all checkpoints once more, the latter with the relay's help.

    Without a connection the report says that consistency was not checked; nothing is taken on trust.
    """
    evidence, checkpoints = await session.vault.run(
        lambda store: (store.messages.evidence(), store.trust.checkpoints())
    )
    senders = {decode(OuterHeader, each.outer_header).sender for each in evidence}
    histories = await session.vault.run(lambda store: store.trust.histories(list(senders)))
    problems: list[str] = []
    notes = {each.size: each.note for each in checkpoints}
    own = await _verify_own(session, notes, problems)
    received = await asyncio.to_thread(
        _verify_evidence, session, evidence, notes, histories, problems
    )
    connected = 0
    try:
        newest = await see_newest(session)
        checkpoints = await session.vault.run(lambda store: store.trust.checkpoints())
        connected = await _verify_checkpoints(session, checkpoints, newest, problems)
    except RelayUnreachableError:
        problems.append("relay-unreachable")
    except SignInNeededError:
        # The journal is neither intact nor not: nobody was let in to look.
        raise
    except (RelayError, CryptoCoreError):
        problems.append("newest-checkpoint-invalid")
    latest = checkpoints[-1] if checkpoints else None
    return AuditReport(
        origin=session.log.origin,
        log_size=0 if latest is None else latest.size,
        own_statements=own.statements,
        own_statements_logged=own.logged,
        receipts_verified=own.receipts + received,
        checkpoints_verified=connected,
        problems=tuple(problems[:MAX_PROBLEMS]),
    )


@dataclass(slots=True, kw_only=True)
class _OwnChain:
    """How far the own chain was followed, and how many of its receipts verified."""

    head: ChainHead
    statements: int = 0
    logged: int = 0
    receipts: int = 0
    is_broken: bool = False


async def _verify_own(
    session: Session, notes: Mapping[int, str | None], problems: list[str]
) -> _OwnChain:
    """Follow the own chain, a page at a time, and verify the receipt of each logged statement."""
    chain = _OwnChain(head=ChainHead(next_sequence=0, previous=CHAIN_START))
    roots = Roots(session, notes)
    page: tuple[StatementRow, ...] = ()
    after = -1
    while True:
        page, proofs = await session.vault.run(_page_of_chain(session, after))
        if not page:
            return chain
        await asyncio.to_thread(_verify_page, session, chain, page, proofs, roots, problems)
        after = page[-1].sequence


def _page_of_chain(
    session: Session, after: int
) -> Callable[[Store], tuple[tuple[StatementRow, ...], Mapping[int, ActProof]]]:
    def read(store: Store) -> tuple[tuple[StatementRow, ...], Mapping[int, ActProof]]:
        page = store.outbox.statements(after=after)
        numbers = [each.sequence for each in page]
        return page, store.journal.proofs_of(session.owner.device, numbers)

    return read


def _verify_page(
    session: Session,
    chain: _OwnChain,
    page: tuple[StatementRow, ...],
    proofs: Mapping[int, ActProof],
    roots: Roots,
    problems: list[str],
) -> None:
    for row in page:
        chain.statements += 1
        chain.logged += row.state is StatementState.LOGGED
        if chain.is_broken:
            continue
        try:
            _, chain.head = follow_chain(chain.head, row.encoded_statement)
            verify_statement(
                session.keys.signing.public,
                row.encoded_statement,
                decode(HybridSignature, row.encoded_signature),
            )
        except CryptoCoreError:
            problems.append(f"chain-broken {row.sequence}")
            chain.is_broken = True
            continue
        if row.state is StatementState.LOGGED:
            problem = _receipt_problem(session, row, proofs.get(row.sequence), roots)
            chain.receipts += problem is None
            if problem is not None:
                problems.append(f"{problem} {row.sequence}")


def _receipt_problem(
    session: Session, row: StatementRow, act: ActProof | None, roots: Roots
) -> str | None:
    """What is wrong with the receipt of a statement, None if it proves it to be in the log."""
    try:
        if row.proof is not None:
            leaf = decode(AuditLeaf, verify_tlog_proof(row.proof, log=session.log).leaf)
            return None if leaf.statement == row.encoded_statement else "receipt-invalid"
        if act is None:
            return "receipt-missing"
        roots.verify(leaf_of(row, act), act)
    except CryptoCoreError:
        return "receipt-invalid"
    return None


def leaf_of(row: StatementRow, act: ActProof) -> bytes:
    """Return the leaf of one of this device's acts, of which only what the relay added is kept twice."""
    return encode(
        AuditLeaf(
            version=1,
            statement=row.encoded_statement,
            signature=row.encoded_signature,
            relay_time=act.logged_at,
            nonce=act.nonce or b"",
        )
    )


class Roots:
    """The roots that kept checkpoints prove, each verified once."""

    def __init__(self, session: Session, notes: Mapping[int, str | None]) -> None:
        self._session = session
        self._notes = notes
        self._known: dict[int, Hash] = {}

    def of(self, size: int) -> Hash:
        """Return the root of a tree. Raises CryptoCoreError when the note is missing or does not verify."""
        if size not in self._known:
            note = self._notes.get(size)
            if note is None:
                raise SignatureError("the note is missing")
            verified = verify_checkpoint(note, log=self._session.log)
            self._known[size] = verified.checkpoint.root
        return self._known[size]

    def verify(self, leaf: bytes, proof: ActProof) -> None:
        """Check that a leaf is where a proof says. Raises CryptoCoreError."""
        verify_inclusion(
            leaf_hash=leaf_hash(leaf),
            index=proof.log_index,
            size=proof.checkpoint_size,
            path=proof.path,
            root=self.of(proof.checkpoint_size),
        )


def _verify_evidence(
    session: Session,
    evidence: tuple[Evidence, ...],
    notes: dict[int, str | None],
    histories: Mapping[AccountId, KeyHistory],
    problems: list[str],
) -> int:
    """Verify that the log has each received letter's acceptance, signed by its sender; return how many."""
    roots = Roots(session, notes)
    verified = 0
    for each in evidence:
        try:
            verify_inclusion(
                leaf_hash=leaf_hash(each.leaf),
                index=each.log_index,
                size=each.checkpoint_size,
                path=each.path,
                root=roots.of(each.checkpoint_size),
            )
            _verify_sender(each, histories)
        except CryptoCoreError:
            problems.append(f"receipt-invalid {each.envelope.hex()}")
        else:
            verified += 1
    return verified


def _verify_sender(evidence: Evidence, histories: Mapping[AccountId, KeyHistory]) -> None:
    outer = decode(OuterHeader, evidence.outer_header)
    history = histories.get(outer.sender)
    key = None if history is None else history.signing_key(outer.sender_device)
    if key is None:
        raise SignatureError("the sender's device is not known")
    leaf = decode(AuditLeaf, evidence.leaf)
    verify_statement(key, leaf.statement, decode(HybridSignature, leaf.signature))


async def _verify_checkpoints(
    session: Session,
    checkpoints: tuple[StoredCheckpoint, ...],
    newest: StoredCheckpoint,
    problems: list[str],
) -> int:
    """Ask for a proof from each kept checkpoint to the newest one; return how many hold."""
    questions = asyncio.Semaphore(_PARALLEL_QUESTIONS)

    async def holds(older: StoredCheckpoint) -> bool:
        async with questions:
            first, second = sorted((older, newest), key=lambda each: each.size)
            answer = await session.relay.consistency(first=first.size, second=second.size)
            try:
                verify_consistency(
                    first_size=first.size,
                    second_size=second.size,
                    first_root=first.root,
                    second_root=second.root,
                    path=answer.path,
                )
            except ProofError:
                problems.append(f"checkpoint-inconsistent {older.size}")
                return False
            return True

    return sum(await asyncio.gather(*(holds(each) for each in checkpoints)))
