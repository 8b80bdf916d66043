# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes what proves acts into one file that others can check without this program (`crypto_core/spec/evidence.md`)."""

from __future__ import annotations

import asyncio
import io
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from app.engine import audit
from app.engine.journal.evidence_texts import ENGLISH, FRENCH
from app.engine.journal.noting import note
from app.engine.journal.timestamping import require_consistent, timestamped, verified
from app.engine.ports.relay import RelayError
from app.engine.ports.vault import StatementState, StoredCheckpoint
from app.interface.events import Progress
from app.interface.failures import CommandError, Failure
from app.interface.journal import ExportedEvidence, ExportEvidence
from crypto_core.errors import CryptoCoreError, ProofError
from crypto_core.trust.checkpoints import format_verifier_key, parse_checkpoint, parse_note
from crypto_core.trust.erasure import certificate_number
from crypto_core.trust.evidence import MANIFEST, MEMBERS, TEXTS
from crypto_core.trust.merkle import leaf_hash, verify_consistency, verify_inclusion
from crypto_core.trust.signatures import sha256
from crypto_core.trust.tlog_proof import parse_proof
from crypto_core.wire.audit import AuditLeaf
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.envelope import OuterHeader
from crypto_core.wire.evidence import (
    EVIDENCE_PAGE,
    MAX_EVIDENCE_KEY_EVENTS,
    MAX_EVIDENCE_LEAVES,
    MAX_EVIDENCE_TIMESTAMPS,
    TIMESTAMP_PAGE,
    EvidenceCheckpoint,
    EvidenceCheckpoints,
    EvidenceConsistencies,
    EvidenceConsistency,
    EvidenceKeyEvent,
    EvidenceKeys,
    EvidenceLeaf,
    EvidenceLeaves,
    EvidenceManifest,
    EvidenceMember,
    EvidenceMembers,
    EvidenceTimestamp,
    EvidenceTimestamps,
)
from crypto_core.wire.ids import AccountId
from crypto_core.wire.journal import Action
from crypto_core.wire.labels import EVIDENCE
from crypto_core.wire.limits import MAX_COSE_ROOTS, MAX_PAGE_ITEMS
from crypto_core.wire.signed import Signed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.engine.handlers import Handlers
    from app.engine.ports.journal import LoggedAct
    from app.engine.ports.vault import Evidence, Store
    from app.engine.session import Session
    from crypto_core.wire.ids import Hash, MessageId

T = TypeVar("T")

_QUESTIONS_AT_ONCE: Final = 16


@dataclass(slots=True, kw_only=True)
class _Gathered:
    leaves: dict[int, EvidenceLeaf] = field(default_factory=dict)
    """By their index in the log."""
    checkpoints: dict[int, StoredCheckpoint] = field(default_factory=dict)
    """By their size."""
    senders: set[AccountId] = field(default_factory=set)
    timestamps: list[EvidenceTimestamp] = field(default_factory=list)
    authorities: tuple[bytes, ...] = ()
    """As the relay names them."""
    waiting: int = 0


async def export(session: Session, command: ExportEvidence, request: int) -> ExportedEvidence:
    """Write the file; the relay helps to connect checkpoints if it can be reached, and is not needed.

    Raises CommandError, FileError.
    """
    gathered = await _gather(session, command)
    if (command.since, command.until, command.letter) == (None, None, None):
        # Only then can a reader ask whether all of a computer's chain is there.
        await session.vault.run(_add_chain(gathered))
        await _add_from_relay(session, gathered)
    if not gathered.leaves:
        raise CommandError(Failure.NOTHING_TO_EXPORT)
    await session.vault.run(_add_checkpoints(gathered))
    await _add_timestamps(session, gathered)
    kept = [gathered.checkpoints[size] for size in sorted(gathered.checkpoints)]
    connected, cose = await _ask(session, kept, request)
    members = await session.vault.run(_keys(session, gathered.senders))
    members |= _paged(
        "checkpoints",
        [EvidenceCheckpoint(note=each.note or "", cose=cose.get(each.size, ())) for each in kept],
        lambda page: EvidenceCheckpoints(checkpoints=page),
    )
    members |= _paged("consistency", connected, lambda page: EvidenceConsistencies(proofs=page))
    members |= _paged(
        "leaves",
        [gathered.leaves[index] for index in sorted(gathered.leaves)],
        lambda page: EvidenceLeaves(leaves=page),
    )
    members |= _paged(
        "timestamps",
        gathered.timestamps,
        lambda page: EvidenceTimestamps(authorities=gathered.authorities, timestamps=page),
        length=TIMESTAMP_PAGE,
    )
    members |= await session.vault.run(partial(_certificates, command.letter))
    members |= dict(zip(TEXTS, (FRENCH.encode(), ENGLISH.encode()), strict=True))
    content = await asyncio.to_thread(_archive, session, command, members)
    path = await asyncio.to_thread(
        session.machine.files.place, content, name=command.name, directory=command.directory
    )
    acts = len(gathered.leaves)
    await session.vault.run(
        lambda store: note(store, session, Action.JOURNAL_EXPORTED, number=acts)
    )
    return ExportedEvidence(
        path=str(path),
        size=len(content),
        acts=acts,
        waiting=gathered.waiting,
        checkpoints=len(kept),
        connected=len(connected) + 1,
        has_cose=bool(cose),
        timestamps=len(gathered.timestamps),
    )


# --- what is there -------------------------------------------------------------------------------


async def _gather(session: Session, command: ExportEvidence) -> _Gathered:
    """Read the acts a page at a time, and the acceptances of received letters by their senders' computers."""
    gathered = _Gathered()
    last = -1
    while page := await session.vault.run(_page(command, last)):
        for act, leaf in page:
            last = act.proof.log_index
            if leaf is not None:
                gathered.leaves[last] = EvidenceLeaf(
                    index=last,
                    checkpoint_size=act.proof.checkpoint_size,
                    path=act.proof.path,
                    leaf=leaf,
                    opened=act.encoded_opened or b"",
                )
        if len(gathered.leaves) > MAX_EVIDENCE_LEAVES:
            raise CommandError(Failure.TOO_MUCH_TO_EXPORT)
    received, gathered.waiting = await session.vault.run(
        lambda store: (store.messages.evidence(), store.journal.totals()[1])
    )
    for each in received:
        if _is_wanted(each, command):
            gathered.senders.add(decode(OuterHeader, each.outer_header).sender)
            gathered.leaves.setdefault(
                each.log_index,
                EvidenceLeaf(
                    index=each.log_index,
                    checkpoint_size=each.checkpoint_size,
                    path=each.path,
                    leaf=each.leaf,
                    opened=b"",
                ),
            )
    if len(gathered.leaves) > MAX_EVIDENCE_LEAVES:
        raise CommandError(Failure.TOO_MUCH_TO_EXPORT)
    return gathered


def _add_chain(gathered: _Gathered) -> Callable[[Store], None]:
    """Add what this computer has signed and the journal does not show, such as requests and receipts."""

    def add(store: Store) -> None:
        last = -1
        while rows := store.outbox.statements(after=last):
            last = rows[-1].sequence
            for row in rows:
                if row.proof is None or row.state is not StatementState.LOGGED:
                    continue
                proof = parse_proof(row.proof)
                if proof.index in gathered.leaves:
                    continue
                tree = parse_checkpoint(parse_note(proof.checkpoint).text)
                # The receipt has its note, which is not kept beside it.
                gathered.checkpoints[tree.size] = StoredCheckpoint(
                    size=tree.size, root=tree.root, signed_at_seconds=0, note=proof.checkpoint
                )
                gathered.leaves[proof.index] = EvidenceLeaf(
                    index=proof.index,
                    checkpoint_size=tree.size,
                    path=proof.path,
                    leaf=proof.extra or b"",
                    opened=b"",
                )

    return add


async def _add_from_relay(session: Session, gathered: _Gathered) -> None:
    """Add what the other computers have signed and this one does not keep, as far as the relay still has it."""
    last = -1
    try:
        while True:
            page = await session.relay.read_journal(after=last, limit=MAX_PAGE_ITEMS)
            checkpoint = await audit.see_checkpoint(session, page.checkpoint)
            gathered.checkpoints[checkpoint.size] = checkpoint
            # What the relay says to have erased explains what is missing.
            erased = () if page.erased is None else (page.erased,)
            for proof in (*(item.proof for item in page.items), *erased):
                if proof.index in gathered.leaves:
                    continue
                verify_inclusion(
                    leaf_hash=leaf_hash(proof.leaf),
                    index=proof.index,
                    size=checkpoint.size,
                    path=proof.path,
                    root=checkpoint.root,
                )
                gathered.leaves[proof.index] = EvidenceLeaf(
                    index=proof.index,
                    checkpoint_size=checkpoint.size,
                    path=proof.path,
                    leaf=proof.leaf,
                    opened=b"",
                )
            if not page.more or not page.items:
                return
            last = page.items[-1].proof.index
    except (RelayError, CryptoCoreError):
        # What the relay does not prove is not evidence; a reader sees the gap.
        return


async def _add_timestamps(session: Session, gathered: _Gathered) -> None:
    """Add what an outside authority has timestamped with each leaf in it, as far as the relay gives it and it holds."""
    covered = 0
    try:
        for index in sorted(gathered.leaves):
            if index < covered:
                continue
            found = await timestamped(session, index)
            if found is None or len(gathered.timestamps) == MAX_EVIDENCE_TIMESTAMPS:
                # Nothing covers a later leaf either.
                return
            tree = await verified(session, found, found.authorities)
            await require_consistent(session, tree, found.note, index, None)
            checkpoint = tree.checkpoint.checkpoint
            covered = checkpoint.size
            gathered.authorities = found.authorities
            gathered.timestamps.append(EvidenceTimestamp(note=found.note, record=found.record))
            gathered.checkpoints.setdefault(
                covered,
                StoredCheckpoint(
                    size=covered,
                    root=checkpoint.root,
                    signed_at_seconds=tree.checkpoint.signed_at_seconds,
                    note=found.note,
                ),
            )
    except (RelayError, CryptoCoreError):
        # A reader sees that what follows is not timestamped.
        return


def _page(
    command: ExportEvidence, after: int
) -> Callable[[Store], list[tuple[LoggedAct, bytes | None]]]:
    def read(store: Store) -> list[tuple[LoggedAct, bytes | None]]:
        found = store.journal.logged_acts(
            after=after,
            since=command.since,
            until=command.until,
            letter=command.letter,
            limit=EVIDENCE_PAGE,
        )
        return [(act, _leaf(store, act)) for act in found]

    return read


def _leaf(store: Store, act: LoggedAct) -> bytes | None:
    if act.proof.leaf is not None or act.sequence is None:
        return act.proof.leaf
    row = store.outbox.statement(act.sequence)
    return None if row is None else audit.leaf_of(row, act.proof)


def _is_wanted(evidence: Evidence, command: ExportEvidence) -> bool:
    if command.letter is not None:
        return decode(OuterHeader, evidence.outer_header).message == command.letter
    at = decode(AuditLeaf, evidence.leaf).relay_time
    return (command.since is None or at >= command.since) and (
        command.until is None or at < command.until
    )


def _add_checkpoints(gathered: _Gathered) -> Callable[[Store], None]:
    def add(store: Store) -> None:
        for size in {each.checkpoint_size for each in gathered.leaves.values()}:
            kept = store.trust.checkpoint(size)
            if kept is not None and kept.note is not None:
                gathered.checkpoints[size] = kept

    return add


def _keys(session: Session, senders: set[AccountId]) -> Callable[[Store], dict[str, bytes]]:
    """The key histories of the own account and of the senders."""

    def read(store: Store) -> dict[str, bytes]:
        members: dict[str, bytes] = {}
        for account in sorted({session.owner.account, *senders}):
            events = store.trust.proven_key_events(account)
            for number, start in enumerate(range(0, len(events), MAX_EVIDENCE_KEY_EVENTS)):
                page = EvidenceKeys(
                    account=account,
                    events=tuple(
                        EvidenceKeyEvent(event=event, proof=proof)
                        for event, proof in events[start : start + MAX_EVIDENCE_KEY_EVENTS]
                    ),
                )
                members[f"keys/{account.hex()}-{number:04}.cbor"] = encode(page)
        return members

    return read


def _certificates(letter: MessageId | None, store: Store) -> dict[str, bytes]:
    """The certificates of erasures that the file's acts name."""
    numbered = {
        certificate_number(decode(Signed, each.encoded_certificate).body): each.encoded_certificate
        for each in store.erasures.all()
        if each.encoded_certificate is not None
    }
    return {
        f"erasures/{number.hex()}.cbor": encoded
        for number, encoded in numbered.items()
        if letter is None or number == letter
    }


# --- what the relay adds -------------------------------------------------------------------------


async def _ask(
    session: Session, checkpoints: Sequence[StoredCheckpoint], request: int
) -> tuple[list[EvidenceConsistency], dict[int, tuple[bytes, bytes]]]:
    """Ask for what connects the checkpoints, and for COSE signatures; what the relay does not give is left out."""
    *older, newest = checkpoints
    questions = asyncio.Semaphore(_QUESTIONS_AT_ONCE)
    done = 0

    async def connect(each: StoredCheckpoint) -> EvidenceConsistency | None:
        nonlocal done
        async with questions:
            path = await _connected(session, each, newest)
        done += 1
        session.publish(Progress(request=request, done=done, total=len(checkpoints)))
        return (
            None
            if path is None
            else EvidenceConsistency(first=each.size, second=newest.size, path=path)
        )

    proofs = await asyncio.gather(*(connect(each) for each in older))
    cose: dict[int, tuple[bytes, bytes]] = {}
    sizes = [each.size for each in checkpoints]
    try:
        for start in range(0, len(sizes), MAX_COSE_ROOTS):
            answer = await session.relay.cose_roots(sizes[start : start + MAX_COSE_ROOTS])
            cose |= {each.size: (each.ed25519, each.ml_dsa_44) for each in answer.roots}
    except RelayError:
        cose = {}
    return [each for each in proofs if each is not None], cose


async def _connected(
    session: Session, older: StoredCheckpoint, newest: StoredCheckpoint
) -> tuple[Hash, ...] | None:
    try:
        answer = await session.relay.consistency(first=older.size, second=newest.size)
        verify_consistency(
            first_size=older.size,
            second_size=newest.size,
            first_root=older.root,
            second_root=newest.root,
            path=answer.path,
        )
    except (RelayError, ProofError):
        # Both notes are in the file all the same: who reads it sees that nothing connects them.
        return None
    return answer.path


# --- the file ------------------------------------------------------------------------------------


def _paged(
    folder: str,
    items: Sequence[T],
    page: Callable[[tuple[T, ...]], object],
    *,
    length: int = EVIDENCE_PAGE,
) -> dict[str, bytes]:
    return {
        f"{folder}/{number:04}.cbor": encode(page(tuple(items[start : start + length])))
        for number, start in enumerate(range(0, len(items), length))
    }


def _archive(session: Session, command: ExportEvidence, members: dict[str, bytes]) -> bytes:
    listed = encode(
        EvidenceMembers(
            members=tuple(
                EvidenceMember(name=name, sha256=sha256(members[name])) for name in sorted(members)
            )
        )
    )
    now = session.now()
    manifest = EvidenceManifest(
        version=1,
        account=session.owner.account,
        device=session.owner.device,
        made_at=now,
        utc_offset=session.machine.clock.utc_offset(),
        log_keys=(
            format_verifier_key(session.log.ed25519),
            format_verifier_key(session.log.ml_dsa_44),
        ),
        since=command.since,
        until=command.until,
        letter=command.letter,
        members_hash=sha256(listed),
    )
    signed = encode(session.keys.signing.sign_object(EVIDENCE, manifest))
    moment = datetime.fromtimestamp(now / 1000, UTC).timetuple()[:6]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in ({MANIFEST: signed, MEMBERS: listed} | members).items():
            archive.writestr(
                zipfile.ZipInfo(name, moment), content, compress_type=zipfile.ZIP_DEFLATED
            )
    return buffer.getvalue()


HANDLERS: Final[Handlers] = {ExportEvidence: export}
