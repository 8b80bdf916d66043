# SPDX-License-Identifier: AGPL-3.0-or-later
"""A patient's card: kept, found, merged and taken back, imported, on all computers of the owner, and in no letter."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from app.interface.commands import SendLetter
from app.interface.failures import Failure
from app.interface.journal import Deed, ListJournal
from app.interface.patients import (
    FileConversations,
    ImportPatients,
    ListDuplicates,
    ListPatients,
    MergePatients,
    PatientColumn,
    PatientRecord,
    RemovePatient,
    RowProblem,
    SavePatient,
    ShowPatient,
    UndoMerge,
)
from app.interface.rights import Ruling
from app.interface.snapshots import Place
from crypto_core.wire.codec import encode
from crypto_core.wire.content import OwnCard, OwnCards, Stamp
from crypto_core.wire.decisions import CareTie, DecisionKind
from crypto_core.wire.envelope import MessageKind, Urgency
from crypto_core.wire.ids import DeviceId, PatientId, UnixMillis
from crypto_core.wire.patients import NationalIdentity, PatientCard, Representative, Sex
from tests.fakes.practice import Practice, failure_of, settle
from tests.integration.engine.test_absence import run_in, say, tell
from tests.integration.engine.test_decisions import about, allow, decided
from tests.integration.engine.test_marks import on_two, told
from tests.integration.engine.test_organising import acquainted, rows, write
from tests.integration.engine.test_own_devices import second_computer
from tests.integration.engine.test_receiving import run

if TYPE_CHECKING:
    from pathlib import Path

    from app.engine.ports.vault import Store
    from app.interface.patients import PatientRow
    from crypto_core.wire.ids import ConversationId
    from tests.fakes.machine import FakeClock

NIR: Final = "1.2.250.1.213.1.4.8"
MATRICULE: Final = "261032A116007" + f"{97 - 2610319116007 % 97:02}"
UNQUALIFIED: Final = NationalIdentity(matricule=MATRICULE, oid=NIR, is_qualified=False)
CARD: Final = PatientCard(
    birth_name="Roux",
    sex=Sex.FEMALE,
    ins=UNQUALIFIED,
    telephone="+33 6 12 34 56 78",
    email="jeanne@example.test",
    address="1 rue des Lilas, 06560 Valbonne",
    representative=Representative(name="Paul Duval", capacity="tuteur"),
    is_protected=True,
    notes="Entend mal de l’oreille gauche.",
    seen_on="2020-05-04",
)


def saving(
    family_name: str = "Duval",
    given_name: str = "Jeanne",
    birth_date: str = "1961-03-12",
    *,
    card: PatientCard | None = CARD,
    patient: PatientId | None = None,
) -> SavePatient:
    return SavePatient(
        patient=patient,
        family_name=family_name,
        given_name=given_name,
        birth_date=birth_date,
        card=card,
    )


async def save(practice: Practice, *names: str, **more: Any) -> PatientRow:  # noqa: ANN401 - of `saving`
    return await practice.do(saving(*names, **more))


async def shown(practice: Practice, patient: PatientId) -> PatientRecord:
    return await practice.do(ShowPatient(patient=patient))


async def found(practice: Practice, query: str) -> list[str]:
    page = await practice.do(ListPatients(query=query, limit=50))
    return [row.family_name for row in page.rows]


async def conversation_in(practice: Practice) -> ConversationId:
    (row,) = await rows(practice, Place.INBOX)
    return row.conversation


def test_a_card_is_kept_found_by_what_it_says_and_left_alone_where_none_is_given(
    tmp_path: Path,
) -> None:
    async def story(anne: Practice, _: Practice) -> None:
        jeanne = await save(anne)
        await save(anne, "Marin", "Paul", "1970-01-02", card=None)
        for query in (
            "duv",
            "roux",
            "12/03/1961",
            "1961-03-12",
            "06 12 34",
            "0612345678",
            "+33 6 12",
            MATRICULE.lower(),
            f"{MATRICULE[0]} {MATRICULE[1:3]} {MATRICULE[3:5]} {MATRICULE[5:7]} {MATRICULE[7:10]}",
            "jeanne 12/03/1961",
        ):
            assert await found(anne, query) == ["Duval"], query
        assert await found(anne, "06 99") == []
        # Who corrects the names alone changes nothing else.
        await save(anne, "Durand", card=None, patient=jeanne.patient)
        assert (await shown(anne, jeanne.patient)).card == CARD
        await save(anne, "Durand", card=replace(CARD, telephone=""), patient=jeanne.patient)
        assert await found(anne, "0612345678") == []

    acquainted(tmp_path, story)


def test_a_card_that_cannot_be_true_is_refused_and_nothing_changes(tmp_path: Path) -> None:
    async def story(anne: Practice, _: Practice) -> None:
        qualified = replace(UNQUALIFIED, is_qualified=True)
        for card, failure in (
            (replace(CARD, died_on="2099-01-01"), Failure.INVALID),
            (replace(CARD, died_on="1950-01-01"), Failure.INVALID),
            (replace(CARD, ins=replace(UNQUALIFIED, matricule="1" * 15)), Failure.INS_INVALID),
            (replace(CARD, ins=qualified, birth_name=""), Failure.INS_INVALID),
            (replace(CARD, ins=qualified, sex=Sex.UNKNOWN), Failure.INS_INVALID),
        ):
            assert await failure_of(anne, saving(card=card)) == failure
        assert await found(anne, "") == []
        await save(anne, card=replace(CARD, ins=qualified))

    acquainted(tmp_path, story)


def test_the_last_contact_is_the_later_of_a_letter_and_of_what_was_written_down(
    tmp_path: Path,
) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        jeanne = await save(anne)
        child = await save(anne, "Petit", "Léo", "2015-06-01", card=None)
        record = await shown(anne, jeanne.patient)
        assert (record.last_contact, record.first_at, record.is_minor) == (
            "2020-05-04",
            None,
            False,
        )
        assert (await shown(anne, child.patient)).is_minor
        await write(boris, anne, "Compte rendu")
        await settle([boris, anne])
        letter = await conversation_in(anne)
        await anne.do(FileConversations(conversations=(letter,), patient=jeanne.patient))
        record = await shown(anne, jeanne.patient)
        assert record.last_contact > CARD.seen_on
        assert record.first_at == record.row.latest_at

    acquainted(tmp_path, story)


def test_nothing_of_a_card_is_in_the_letter_that_is_sealed(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        for is_qualified in (False, True):
            card = replace(CARD, ins=replace(UNQUALIFIED, is_qualified=is_qualified))
            jeanne = await save(anne, card=card)
            await allow(anne, jeanne.patient, boris)
            await anne.do(
                SendLetter(
                    to=(boris.account,),
                    subject="Avis",
                    text="Bonjour.",
                    attachments=(),
                    urgency=Urgency.NORMAL,
                    in_reply_to=None,
                    accepts_unverified=True,
                    patient=jeanne.patient,
                )
            )

        def sections(store: Store) -> list[bytes]:
            db = store.marks._db  # type: ignore[attr-defined]
            queued = [row[0] for row in db.execute("select id from outgoing")]
            return [encode(each) for id_ in queued for each in store.outbox.outgoing(id_).contents]

        sealed = b"".join(await run_in(anne, sections))
        # The name is there, so this looks at the right bytes.
        assert b"Duval" in sealed
        for secret in (
            MATRICULE,
            MATRICULE[:13],
            NIR,
            "Roux",
            "12 34 56",
            "jeanne@",
            "Lilas",
            "Paul",
            "Entend",
        ):
            assert secret.encode() not in sealed, secret

    acquainted(tmp_path, story)


def test_two_who_are_one_are_merged_with_all_that_is_theirs_and_made_two_again(
    tmp_path: Path,
) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        kept = await save(anne, card=PatientCard(telephone="0493000000"))
        gone = await save(anne, "DUVAL", "Jeanne", "1961-03-12")
        for subject in ("Un", "Deux"):
            await write(boris, anne, subject)
        await settle([boris, anne])
        letters = tuple(row.conversation for row in await rows(anne, Place.INBOX))
        await anne.do(FileConversations(conversations=letters, patient=gone.patient))
        (pair,) = (await anne.do(ListDuplicates())).pairs
        assert {pair.one.patient, pair.other.patient} == {kept.patient, gone.patient}
        merged = await anne.do(MergePatients(kept=kept.patient, gone=gone.patient))
        assert merged.row.conversations == 2
        assert (merged.card.telephone, merged.card.ins) == ("0493000000", CARD.ins)
        assert await failure_of(anne, ShowPatient(patient=gone.patient)) == (
            Failure.UNKNOWN_PATIENT
        )
        assert not (await anne.do(ListDuplicates())).pairs
        assert merged.merge is not None
        back = await anne.do(UndoMerge(merge=merged.merge.merge))
        assert (back.row.conversations, back.card) == (0, PatientCard(telephone="0493000000"))
        again = await shown(anne, gone.patient)
        assert (again.row.conversations, again.card, again.row.family_name) == (2, CARD, "DUVAL")
        noted = (await anne.do(ListJournal(patient=kept.patient))).rows
        assert {Deed.PATIENT_MERGED, Deed.PATIENT_MERGE_UNDONE} <= {row.deed for row in noted}

    acquainted(tmp_path, story)


def test_a_merge_that_something_has_changed_since_is_not_taken_back(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        kept, gone = await save(anne), await save(anne, card=None)
        await write(boris, anne, "Un")
        await settle([boris, anne])
        letter = await conversation_in(anne)
        await anne.do(FileConversations(conversations=(letter,), patient=gone.patient))
        merged = await anne.do(MergePatients(kept=kept.patient, gone=gone.patient))
        assert merged.merge is not None
        await anne.do(FileConversations(conversations=(letter,), patient=None))
        assert await failure_of(anne, UndoMerge(merge=merged.merge.merge)) == (
            Failure.MERGE_CHANGED
        )
        assert (await shown(anne, kept.patient)).merge is None
        # Filed there again, it is as it was; a corrected card is not.
        await anne.do(FileConversations(conversations=(letter,), patient=kept.patient))
        assert (await shown(anne, kept.patient)).merge is not None
        await save(anne, card=replace(CARD, notes="Autre"), patient=kept.patient)
        assert await failure_of(anne, UndoMerge(merge=merged.merge.merge)) == (
            Failure.MERGE_CHANGED
        )

    acquainted(tmp_path, story)


def test_two_qualified_identities_are_two_people_and_twins_are_not_proposed(tmp_path: Path) -> None:
    async def story(anne: Practice, _: Practice) -> None:
        other = "261032A116008" + f"{97 - 2610319116008 % 97:02}"
        one = await save(anne, card=replace(CARD, ins=replace(UNQUALIFIED, is_qualified=True)))
        two = await save(
            anne,
            card=replace(CARD, ins=NationalIdentity(matricule=other, oid=NIR, is_qualified=True)),
        )
        merge = MergePatients(kept=one.patient, gone=two.patient)
        assert await failure_of(anne, merge) == Failure.INS_DIFFERS
        same = MergePatients(kept=one.patient, gone=one.patient)
        assert await failure_of(anne, same) == Failure.INVALID
        await anne.do(RemovePatient(patient=two.patient))
        await save(anne, "Duval", "Louise", "1961-03-12", card=None)
        assert not (await anne.do(ListDuplicates())).pairs
        # Who marries keeps given name and day.
        await save(anne, "Martin", "Louise", "1961-03-12", card=None)
        (pair,) = (await anne.do(ListDuplicates())).pairs
        assert {pair.one.family_name, pair.other.family_name} == {"Duval", "Martin"}

    acquainted(tmp_path, story)


def test_a_card_and_a_merge_are_the_same_on_the_other_computer(tmp_path: Path) -> None:
    async def story(
        clock: FakeClock, anne: Practice, laptop: Practice, _: Practice, letter: ConversationId
    ) -> None:
        kept, gone = await save(anne), await save(anne, "Duvall", card=None)
        await anne.do(FileConversations(conversations=(letter,), patient=gone.patient))
        await told(clock, anne, laptop)
        await told(clock, anne, laptop)
        assert (await shown(laptop, kept.patient)).card == CARD
        assert await found(laptop, "0612345678") == ["Duval"]
        # The later word holds, and nothing goes to and fro.
        changed = replace(CARD, telephone="0493111111")
        await save(laptop, card=changed, patient=kept.patient)
        await laptop.do(MergePatients(kept=kept.patient, gone=gone.patient))
        await told(clock, laptop, anne)
        await told(clock, laptop, anne)
        for each in (anne, laptop):
            record = await shown(each, kept.patient)
            assert (record.card, record.row.conversations) == (changed, 1)
            assert await found(each, "") == ["Duval"]
            assert await run_in(each, lambda store: store.marks.next_due()) is None

    on_two(tmp_path, story)


def test_a_computer_that_is_linked_later_has_the_cards_too(tmp_path: Path) -> None:
    async def story(clock: FakeClock, anne: Practice, _: Practice) -> None:
        jeanne = await save(anne)
        async with second_computer(anne, tmp_path / "laptop") as laptop:
            # As linking does.
            await run_in(anne, lambda store: store.marks.share(anne.clock.now()))
            await told(clock, anne, laptop)
            await told(clock, anne, laptop)
            assert (await shown(laptop, jeanne.patient)).card == CARD

    tell(tmp_path, story, "Boris")


def test_nobody_else_writes_in_a_card_nor_does_what_is_older_or_makes_no_sense(
    tmp_path: Path,
) -> None:
    async def story(
        clock: FakeClock, anne: Practice, laptop: Practice, boris: Practice, _: ConversationId
    ) -> None:
        jeanne = await save(anne)
        await told(clock, anne, laptop)
        await told(clock, anne, laptop)

        def said(patient: PatientId, card: PatientCard, time: int) -> OwnCards:
            stamp = Stamp(time=UnixMillis(time), count=0, device=DeviceId(b"d" * 16))
            return OwnCards(version=1, cards=(OwnCard(patient=patient, stamp=stamp, card=card),))

        forged = said(jeanne.patient, PatientCard(notes="Forgé"), 2**52)
        await say(boris, anne.account, MessageKind.OWN_MARKS, forged)
        # Of the owner's own computer, but older, or nonsense.
        older = said(jeanne.patient, PatientCard(notes="Ancien"), 1)
        await say(anne, anne.account, MessageKind.OWN_MARKS, older, message=b"a second by hand")
        nonsense = said(jeanne.patient, PatientCard(died_on="jamais"), 2**52)
        await say(anne, anne.account, MessageKind.OWN_MARKS, nonsense, message=b"a third by hand.")
        await told(clock, boris, anne, laptop)
        for each in (anne, laptop):
            assert (await shown(each, jeanne.patient)).card == CARD

    on_two(tmp_path, story)


def test_a_table_is_tried_taken_over_and_adds_nobody_twice(tmp_path: Path) -> None:
    table = tmp_path / "patients.csv"
    table.write_bytes(
        "Nom;Prénom;Né(e) le;N° sécu;Tél\n"
        "Duval;Jeanne;12/03/1961;;\n"
        f"Marin;Zoé;01/02/1990;{MATRICULE};06 11 22 33 44\n"
        "Marin;Zoé;01/02/1990;;\n"
        "Petit;Léo;2015;;\n"
        ";Seul;;;\n"
        "Grand;Ève;03/04/1980;180037511600773;\n".encode("cp1252")
    )

    async def story(anne: Practice, _: Practice) -> None:
        await save(anne, "duval", "JEANNE", card=None)
        trial = await anne.do(ImportPatients(path=str(table), is_trial=True))
        assert (trial.added, trial.known, trial.failed) == (1, 2, 3)
        assert await found(anne, "") == ["duval"]
        assert trial.columns[:3] == (
            PatientColumn.FAMILY_NAME,
            PatientColumn.GIVEN_NAME,
            PatientColumn.BIRTH_DATE,
        )
        done = await anne.do(ImportPatients(path=str(table), is_trial=False))
        assert replace(done, added=0) == replace(trial, added=0)
        assert [(each.line, each.problem) for each in done.troubles] == [
            (5, RowProblem.BIRTH_DATE),
            (6, RowProblem.NO_NAME),
            (7, RowProblem.INS),
        ]
        (zoe,) = (await anne.do(ListPatients(query="06 11 22", limit=5))).rows
        assert (await shown(anne, zoe.patient)).card.ins == UNQUALIFIED
        again = await anne.do(ImportPatients(path=str(table), is_trial=False))
        assert (again.added, again.known, again.failed) == (0, 3, 3)
        deeds = [row.deed for row in (await anne.do(ListJournal())).rows]
        assert deeds.count(Deed.PATIENTS_IMPORTED) == 1
        # The owner knows better what the columns are.
        swapped = (PatientColumn.GIVEN_NAME, PatientColumn.FAMILY_NAME, *trial.columns[2:])
        told_so = await anne.do(ImportPatients(path=str(table), is_trial=True, columns=swapped))
        assert told_so.added == 2

    acquainted(tmp_path, story)


def test_a_file_that_is_no_table_of_patients_adds_nobody(tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("a;b\n1;2\n")

    async def story(anne: Practice, _: Practice) -> None:
        for path, failure in (
            (other, Failure.NOT_A_TABLE),
            (tmp_path / "missing.csv", Failure.FILE_UNREADABLE),
            (tmp_path, Failure.FILE_UNREADABLE),
        ):
            command = ImportPatients(path=str(path), is_trial=False)
            assert await failure_of(anne, command) == failure
        assert await found(anne, "") == []

    acquainted(tmp_path, story)


def test_what_one_of_two_has_forbidden_holds_for_the_one_they_become_and_nothing_else(
    tmp_path: Path,
) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        kept = await save(anne)
        gone = await save(anne, "Duval", "Jane")
        await anne.do(decided(gone.patient, DecisionKind.TIE, boris.account, tie=CareTie.TEAM))
        await anne.do(decided(gone.patient, DecisionKind.INFORMED, boris.account))
        await anne.do(decided(gone.patient, DecisionKind.OPPOSITION, boris.account))
        await anne.do(MergePatients(kept=kept.patient, gone=gone.patient))
        row = await about(anne, kept, boris)
        assert (row.ruling, row.tie) == (Ruling.NO, None)
        await anne.do(decided(kept.patient, DecisionKind.LIFTING, boris.account))
        assert (await about(anne, kept, boris)).ruling is Ruling.ASK

    run(tmp_path, story)
