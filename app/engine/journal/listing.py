# SPDX-License-Identifier: AGPL-3.0-or-later
"""Shows the journal: pages of it, and how the whole stands."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from app.engine import audit, witnessing
from app.engine.journal.noting import TOLD, note, note_letter
from app.engine.ports.vault import Setting
from app.interface.events import JournalChanged
from app.interface.failures import CommandError, Failure
from app.interface.journal import (
    Deed,
    JournalPage,
    JournalProof,
    JournalState,
    JournalSummary,
    ListJournal,
    NotePrinted,
    NoteSetting,
    ShowProof,
)
from app.interface.snapshots import AlarmKind, Done
from crypto_core.errors import CryptoCoreError
from crypto_core.trust.audit import (
    commitment,
    read_statement,
    verify_relay_statement,
    verify_statement,
)
from crypto_core.trust.merkle import leaf_hash
from crypto_core.trust.sections import only_section, verify_section
from crypto_core.trust.signatures import pseudonym_of
from crypto_core.wire.audit import AuditLeaf
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.content import CONTENT_TYPES, Receipt
from crypto_core.wire.envelope import SignedMessage
from crypto_core.wire.ids import RELAY_PSEUDONYM, UnixMillis
from crypto_core.wire.journal import Action, OpenedEntry
from crypto_core.wire.signed import HybridSignature

if TYPE_CHECKING:
    from app.engine.handlers import Handlers
    from app.engine.ports.journal import ActProof, StoredProof, ToldReceipt
    from app.engine.ports.vault import Store, StoredCheckpoint
    from app.engine.session import Session
    from app.interface.journal import JournalRow
    from crypto_core.trust.key_history import KeyHistory
    from crypto_core.wire.envelope import Section
    from crypto_core.wire.ids import DevicePseudonym
    from crypto_core.wire.signed import SigningPublicKey

TOGETHER_SECONDS: Final = 0.5
"""What is noted at once is told once."""

_DAMAGE: Final = frozenset(
    {
        AlarmKind.SPLIT_VIEW,
        AlarmKind.LOG_SHORTENED,
        AlarmKind.PROOF_INVALID,
        AlarmKind.CHAIN_CONFLICT,
        AlarmKind.JOURNAL_CONTRADICTED,
    }
)


async def list_acts(session: Session, command: ListJournal) -> JournalPage:
    """Return a page of the journal. Raises CommandError."""

    def read(store: Store) -> JournalPage:
        found = store.journal.page(command, here=session.owner.device)
        if found is None:
            raise CommandError(Failure.UNKNOWN_ENTRY)
        rows, more = found
        return JournalPage(rows=rows, more=more, summary=_summary(store, session))

    page = await session.vault.run(read)
    if command.before is None:
        session.wakes.journal.set()
    return page


def _summary(store: Store, session: Session) -> JournalSummary:
    acts, waiting = store.journal.totals()
    checked_at = store.identity.setting(Setting.LOG_CHECKED_AT)
    if any(alarm.kind in _DAMAGE for alarm in store.identity.alarms()):
        state = JournalState.DAMAGED
    elif not session.looked_at_log.is_set():
        state = JournalState.NOT_CHECKED
    else:
        state = JournalState.WAITING if waiting else JournalState.INTACT
    return JournalSummary(
        state=state,
        acts=acts,
        waiting=waiting,
        checked_at=None if checked_at is None else UnixMillis(int(checked_at)),
        correspondents=store.trust.agreeing(session.log.origin),
        witnesses=witnessing.agreeing(session),
    )


async def note_printed(session: Session, command: NotePrinted) -> Done:
    """Note that a letter, or one of its documents, went to a printer. Raises CommandError."""

    def work(store: Store) -> None:
        if store.journal.parties(command.message) is None:
            raise CommandError(Failure.UNKNOWN_MESSAGE)
        note_letter(store, session, Action.PRINTED, command.message, document=command.document)

    await session.vault.run(work)
    return Done()


async def note_setting(session: Session, command: NoteSetting) -> Done:
    """Note that a setting of a front end was changed."""
    await session.vault.run(
        lambda store: note(store, session, Action.SETTING_CHANGED, number=int(command.setting))
    )
    return Done()


async def keep_telling(session: Session) -> None:
    """Say that something was noted, and have it sent, until cancelled."""
    while True:
        await session.noted.wait()
        session.publish(JournalChanged())
        session.wakes.outbox.set()
        await asyncio.sleep(TOGETHER_SECONDS)


# --- proofs --------------------------------------------------------------------------------------


async def prove(session: Session, command: ShowProof) -> JournalProof:
    """Verify one act anew: its statement's signature, and its leaf under the checkpoint that is kept. Raises CommandError.

    Of what a correspondent told: the signature of the receipt that told it.
    """

    def read(
        store: Store,
    ) -> tuple[StoredProof, bytes | None, StoredCheckpoint | None, KeyHistory | None]:
        stored = store.journal.proof(command.entry, here=session.owner.device)
        if stored is None:
            raise CommandError(Failure.UNKNOWN_ENTRY)
        proof = stored.proof
        leaf = None if proof is None else proof.leaf
        if proof is not None and leaf is None and stored.sequence is not None:
            row = store.outbox.statement(stored.sequence)
            leaf = None if row is None else audit.leaf_of(row, proof)
        checkpoint = None if proof is None else store.trust.checkpoint(proof.checkpoint_size)
        signer = stored.receipts[0].account if stored.receipts else session.owner.account
        return stored, leaf, checkpoint, store.trust.histories([signer]).get(signer)

    stored, leaf, checkpoint, history = await session.vault.run(read)
    proof, opened = stored.proof, None
    # What a later program has noted stays as it is; its commitment is checked when it comes.
    if stored.encoded_opened and stored.row.deed is not Deed.OF_A_LATER_PROGRAM:
        opened = decode(OpenedEntry, stored.encoded_opened)
    note = None if checkpoint is None else checkpoint.note
    told = _told(stored)
    signature_holds = None
    if proof is not None:
        signature_holds = _is_signed(session, leaf, opened, history)
    elif told is not None:
        signature_holds = _is_told(stored.row, *told, history)
    return JournalProof(
        row=stored.row,
        signature_holds=signature_holds,
        inclusion_holds=None if proof is None else _is_included(session, leaf, proof, note),
        sequence=stored.sequence,
        leaf_index=None if proof is None else proof.log_index,
        log_size=None if proof is None else proof.checkpoint_size,
        leaf=leaf or b"",
        leaf_hash=None if leaf is None else leaf_hash(leaf),
        salt=b"" if opened is None else opened.salt,
        encoded_entry=b"" if opened is None else encode(opened.entry),
        checkpoint=note or "",
        receipt=b"" if told is None else told[1],
    )


def _told(stored: StoredProof) -> tuple[ToldReceipt, bytes] | None:
    """Return the receipt that told an act, and the signed message with its one section that says so.

    The message is empty where what is kept is damaged or says something else, and nothing proves the act any more.
    """
    told = None
    for receipt in stored.receipts:
        if TOLD[receipt.state] is not stored.row.deed:
            continue
        try:
            for place, section in enumerate(decode(SignedMessage, receipt.signed_message).sections):
                if _tells(section, stored.row):
                    return receipt, only_section(receipt.signed_message, place)
        except CryptoCoreError:
            pass
        told = told or (receipt, b"")
    return told


def _tells(section: Section, row: JournalRow) -> bool:
    if section.content_type != CONTENT_TYPES[Receipt]:
        return False
    content = decode(Receipt, section.content)
    return (content.message, TOLD[content.state], content.at) == (row.letter, row.deed, row.at)


def _is_told(
    row: JournalRow, receipt: ToldReceipt, shown: bytes, history: KeyHistory | None
) -> bool:
    """Whether the receipt's computer has signed that it tells this act."""
    key = None if history is None else history.signing_key(receipt.device)
    try:
        return key is not None and _tells(verify_section(shown, key)[1], row)
    except CryptoCoreError:
        return False


def _is_signed(
    session: Session, leaf: bytes | None, opened: OpenedEntry | None, history: KeyHistory | None
) -> bool:
    """Whether the leaf's statement is its actor's, and commits to the entry if it is sealed."""
    try:
        wrapped = decode(AuditLeaf, leaf or b"")
        statement = read_statement(wrapped.statement)
        if opened is not None and statement.content != commitment(opened):
            return False
        if statement.actor == RELAY_PSEUDONYM:
            verify_relay_statement(
                session.log.ed25519.public_key, wrapped.statement, wrapped.signature
            )
            return True
        key = None if history is None else _key_of(history, statement.actor)
        if key is None:
            return False
        verify_statement(key, wrapped.statement, decode(HybridSignature, wrapped.signature))
    except CryptoCoreError:
        return False
    return True


def _key_of(history: KeyHistory, actor: DevicePseudonym) -> SigningPublicKey | None:
    for each in history.lists:
        for entry in each.devices.devices:
            if pseudonym_of(entry.device) == actor:
                return entry.signing
    return None


def _is_included(session: Session, leaf: bytes | None, proof: ActProof, note: str | None) -> bool:
    if leaf is None:
        return False
    try:
        audit.Roots(session, {proof.checkpoint_size: note}).verify(leaf, proof)
    except CryptoCoreError:
        return False
    return True


HANDLERS: Final[Handlers] = {
    ListJournal: lambda session, command, _: list_acts(session, command),
    ShowProof: lambda session, command, _: prove(session, command),
    NotePrinted: lambda session, command, _: note_printed(session, command),
    NoteSetting: lambda session, command, _: note_setting(session, command),
}
