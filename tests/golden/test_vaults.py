# SPDX-License-Identifier: AGPL-3.0-or-later
"""Profiles of every released form: this program opens them, finds everything, and can go on working."""

from __future__ import annotations

import asyncio
import os
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.engine.ports.erasing import ErasureKind, ErasureStep
from app.engine.ports.search import Query
from app.engine.ports.vault import PrekeyKind, Setting
from app.engine.search.queries import parse
from app.engine.vault.files import SealedFiles
from app.engine.vault.migrations import SCHEMA
from app.engine.vault.profile import ProfileDirectory
from app.interface.journal import ListJournal, Standing
from app.interface.snapshots import ContactState, DeliveryState, Place, ProfileState
from crypto_core.abks.french import Normaliser
from crypto_core.trust.signatures import sha256
from crypto_core.wire.content import MarkField
from crypto_core.wire.decisions import DecisionKind
from crypto_core.wire.ids import Hash, MessageId, UnixMillis
from tests.fakes.machine import FakeClock, FakeSecretStore
from tests.fakes.people import NOW
from tests.golden.make_vault import (
    ABSENCE,
    BLOB,
    CONVERSATION,
    DOCUMENT,
    DOCUMENT_KEY,
    OWNER,
    PASSPHRASE,
    PREKEY,
    RECEIVED,
    SENDER,
    SENT,
    ignore_progress,
)
from tests.golden.more_contents import (
    CARD,
    GOING,
    OPPOSED,
    PATIENT,
    REMARK,
    TEMPLATE,
    TWICE,
    WAITED_FOR,
)

if TYPE_CHECKING:
    from app.engine.ports.vault import Store, Vault
    from crypto_core.wire.ids import ConversationId

GOLDEN = Path(__file__).parent / "vaults"
FORMS = sorted((path.name for path in GOLDEN.iterdir()), key=lambda name: int(name[1:]))
KEPT = (1, 2, 10, 11, 12, 13, 14, 15, 16)
"""Steps that a program always made together with the next one left no profile behind, and need none here."""


def test_every_form_that_profiles_were_kept_in_has_a_golden_one() -> None:
    assert [f"v{number}" for number in KEPT] == FORMS
    assert max(KEPT) <= SCHEMA


def test_the_newest_golden_profile_has_a_row_in_every_table(tmp_path: Path) -> None:
    """Whoever adds a table makes a golden profile of the new form, and puts a row of it into `more_contents`."""
    directory = shutil.copytree(GOLDEN / FORMS[-1], tmp_path / "profile")

    def empty(store: Store) -> list[str]:
        database = store.marks._db  # type: ignore[attr-defined] # rows are counted as they lie there
        tables = database.execute(
            "select name from sqlite_schema where type = 'table'"
            # The full-text index and what it is made of; it is filled by its own rules.
            " and name not like 'letter\\_index%' escape '\\' order by name"
        )
        return [
            name
            for (name,) in tables.fetchall()
            if database.execute(f"select 1 from {name} limit 1").fetchone() is None  # noqa: S608 - of the schema
        ]

    async def story() -> None:
        profile = ProfileDirectory(
            directory,
            secret_store=FakeSecretStore(is_present=False),
            random_bytes=os.urandom,
            clock=FakeClock(),
        )
        vault = await profile.open(PASSPHRASE)
        try:
            assert await vault.run(empty) == []
            await vault.run(_marked)
            await vault.run(_journalled)
            await vault.run(_erased)
            await vault.run(_decided)
            await vault.run(_carded)
        finally:
            await profile.close()

    asyncio.run(story())


def _marked(store: Store) -> None:
    """What came with the twelfth form."""
    (contact,) = store.contacts.all()
    assert (contact.remark, store.drafts.templates()) == (REMARK, (TEMPLATE,))
    told = store.marks.take_due(UnixMillis(NOW + 60_000), 99)
    assert {each.field for each in told} >= {
        MarkField.FLAGGED,
        MarkField.FILED,
        MarkField.PATIENT,
        MarkField.REMARK,
        MarkField.TEMPLATE,
    }
    # The mark that waits holds once its letter comes.
    late = store.messages.letter(RECEIVED)
    assert late is not None
    message = MessageId(b"golden came late")
    store.messages.add(replace(late, message=message, conversation=WAITED_FOR, attachments=()))
    store.marks.catch_up(UnixMillis(NOW))
    listed, _ = _listed(store, Place.TO_DO)
    assert WAITED_FOR in listed


def _carded(store: Store) -> None:
    """What came with the sixteenth form."""
    assert store.patients.card(PATIENT) == CARD
    (row,) = store.patients.named("06 12 34 56 78", offset=0, limit=5)
    assert row.patient == PATIENT
    (merged,) = store.patients.merges(PATIENT)
    assert store.patients.undo_merge(merged.merge) is not None
    assert store.patients.get(TWICE) is not None


def _journalled(store: Store) -> None:
    """What came with the thirteenth form."""
    found = store.journal.page(ListJournal(patient=PATIENT), here=OWNER.device)
    assert found is not None
    assert [row.standing for row in found[0]] == [Standing.LOGGED, Standing.WAITING]
    assert store.journal.totals() == (2, 1)
    proof = store.journal.proof(found[0][0].entry, here=OWNER.device)
    assert proof is not None
    assert proof.proof is not None
    assert (proof.sequence, proof.proof.log_index, proof.encoded_opened) == (3, 7, b"logged")


def _erased(store: Store) -> None:
    """What came with the fourteenth form."""
    assert store.erasures.erased_at(GOING) == NOW
    (one,) = store.erasures.all()
    assert (one.kind, one.step) == (ErasureKind.LETTER, ErasureStep.GOING)
    (made,) = store.erasures.backups()
    assert made.path == "/backups/golden.backup"


def _decided(store: Store) -> None:
    """What came with the fifteenth form."""
    (opposed,) = store.decisions.of(PATIENT)
    assert (opposed.decision, opposed.kind) == (OPPOSED, DecisionKind.OPPOSITION)
    assert opposed.parties[0].account == SENDER


def _listed(store: Store, place: Place) -> tuple[list[ConversationId], int]:
    page = store.messages.conversations(place, limit=5)
    assert page is not None
    return [row.conversation for row in page.rows], page.total


async def _organised(vault: Vault, *, has_more: bool) -> None:
    """What profiles of the first forms could not hold yet."""
    assert await vault.run(partial(_listed, place=Place.ARCHIVE)) == ([], 0)
    flagged: list[ConversationId] = [CONVERSATION] if has_more else []
    assert await vault.run(partial(_listed, place=Place.TO_DO)) == (flagged, len(flagged))
    away = await vault.run(lambda store: store.absences.own())
    assert away == (ABSENCE if has_more else None)


@pytest.mark.parametrize("form", FORMS)
def test_an_old_profile_opens_and_everything_is_there(form: str, tmp_path: Path) -> None:
    # A copy: opening may bring it up to date, and the golden one must stay as it was released.
    directory = shutil.copytree(GOLDEN / form, tmp_path / "profile")

    async def story() -> None:
        profile = ProfileDirectory(
            directory,
            secret_store=FakeSecretStore(is_present=False),
            random_bytes=os.urandom,
            clock=FakeClock(),
        )
        assert profile.state() is ProfileState.LOCKED
        vault = await profile.open(PASSPHRASE)
        try:
            owner = await vault.run(lambda store: store.identity.owner())
            assert owner is not None
            # Signatures are randomised, so this run's certificate is another one.
            certificate = OWNER.encoded_certificate
            assert replace(owner, encoded_certificate=certificate) == OWNER
            number = await vault.run(lambda store: store.identity.setting(Setting.PREKEY_NUMBER))
            assert number == b"3"
            (contact,) = await vault.run(lambda store: store.contacts.all())
            assert (contact.account, contact.state) == (SENDER, ContactState.ACCEPTED)
            prekeys = await vault.run(lambda store: store.prekeys.find([PREKEY]))
            assert prekeys[PREKEY].kind is PrekeyKind.ONE_TIME
            latest = await vault.run(lambda store: store.trust.latest_checkpoint())
            assert latest is not None
            assert (latest.size, latest.note) == (5, "a note")
            received = await vault.run(lambda store: store.messages.view(RECEIVED))
            assert received is not None
            assert (received.sender_name, received.text) == ("Dr Golden", "Texte pour toujours")
            facts = await vault.run(lambda store: store.messages.facts(RECEIVED))
            assert facts is not None
            assert facts.evidence is not None
            opened = await vault.run(lambda store: store.inbox.opened_before([RECEIVED]))
            assert opened == {RECEIVED: Hash(b"o" * 32)}
            sent = await vault.run(lambda store: store.messages.view(SENT))
            assert sent is not None
            assert [each.state for each in sent.recipients] == [DeliveryState.QUEUED]
            page = await vault.run(
                lambda store: store.messages.conversations(Place.OUTBOX, limit=5)
            )
            assert page is not None
            assert [row.conversation for row in page.rows] == [CONVERSATION]
            for place in (Place.INBOX, Place.SENT, Place.OUTBOX, Place.ALL):
                listed = await vault.run(partial(_listed, place=place))
                assert listed == ([CONVERSATION], 1)
            await _organised(vault, has_more=int(form[1:]) >= 10)
            counts = await vault.run(lambda store: store.messages.counts())
            assert counts.unread == int(not received.is_read)
            (due,) = await vault.run(lambda store: store.outbox.due(UnixMillis(NOW)))
            assert due.account == SENDER
            pending = await vault.run(lambda store: store.outbox.first_pending())
            assert pending is not None
            assert pending.encoded_key_event == b"\x84\x01\x01device list\xf6"
            assert await vault.run(lambda store: store.outbox.take_receipts_due(9)) == (
                SENDER,
                (b"a receipt",),
            )
        finally:
            await profile.close()

    asyncio.run(story())
    saved = SealedFiles(directory / "files").save(
        BLOB,
        key=DOCUMENT_KEY,
        size=len(DOCUMENT),
        sha256=sha256(DOCUMENT),
        name="compte rendu.txt",
        directory=str(tmp_path),
        report=ignore_progress,
    )
    assert saved.read_bytes() == DOCUMENT


@pytest.mark.parametrize("form", FORMS)
def test_the_letters_of_an_old_profile_are_found(form: str, tmp_path: Path) -> None:
    directory = shutil.copytree(GOLDEN / form, tmp_path / "profile")

    async def story() -> None:
        profile = ProfileDirectory(
            directory,
            secret_store=FakeSecretStore(is_present=False),
            random_bytes=os.urandom,
            clock=FakeClock(),
        )
        vault = await profile.open(PASSPHRASE)
        try:
            while await vault.run(lambda store: store.search.index_due(1)):
                pass
            wanted = Query(wanted=parse("texte toujours ", Normaliser()))
            found = await vault.read(lambda store: store.search.find(wanted, before=None, limit=9))
            assert {each.message for each in found or ()} == {RECEIVED, SENT}
            covered = await vault.read(lambda store: store.search.coverage())
            # The document of one letter waits.
            assert (covered.letters, covered.waiting) == (3 if int(form[1:]) >= 12 else 2, 1)
        finally:
            await profile.close()

    asyncio.run(story())
