# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reports of the journal say to each reader what they may know, and a spreadsheet computes nothing of them."""

from __future__ import annotations

import csv
import errno
import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pypdfium2
import pytest

from app.interface.commands import MarkRead
from app.interface.failures import Failure
from app.interface.journal import (
    Deed,
    DeedKind,
    ReportForm,
    ReportReader,
    ShowProof,
    WriteReport,
    WrittenReport,
)
from app.interface.patients import FileConversations, SavePatient
from app.interface.searching import Search
from crypto_core.wire.ids import ConversationId, PatientId, UnixMillis
from crypto_core.wire.words import WordLanguage
from tests.fakes.practice import Practice, failure_of, settle
from tests.integration.engine.test_journal import acquainted, rows, write
from tests.integration.engine.test_journal_posting import session_of

if TYPE_CHECKING:
    from collections.abc import Sequence

FORMULA = '=HYPERLINK("http://evil.example")'


def wanted(directory: Path, reader: ReportReader, form: ReportForm, **narrowed: Any) -> WriteReport:  # noqa: ANN401
    narrowed.setdefault("language", WordLanguage.FRENCH)
    name = "rapport.pdf" if form is ReportForm.PDF else "rapport.csv"
    return WriteReport(directory=str(directory), name=name, reader=reader, form=form, **narrowed)


async def lines_of(written: WrittenReport) -> list[list[str]]:
    """The lines of a French report, the titles first."""
    content = Path(written.path).read_bytes()  # noqa: ASYNC240 - a small file
    assert content.startswith(b"\xef\xbb\xbf")
    assert b"\n" not in content.replace(b"\r\n", b"")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def words_of(pdf: bytes) -> list[str]:
    """The text of each page."""
    document = pypdfium2.PdfDocument(pdf)
    return [page.get_textpage().get_text_bounded().replace("\xa0", " ") for page in document]


async def add_patient(practice: Practice, family_name: str) -> PatientId:
    saved = await practice.do(
        SavePatient(
            patient=None,
            family_name=family_name,
            given_name="Line",
            birth_date="1950-01-02",
        )
    )
    return saved.patient


async def conversation_of(practice: Practice, subject: str) -> ConversationId:
    (row,) = [row for row in await rows(practice, Deed.RECEIVED) if row.subject == subject]
    assert row.conversation is not None
    return row.conversation


async def two_patients(anne: Practice, boris: Practice) -> tuple[PatientId, PatientId]:
    """Anne has read a letter about each of two patients before she filed it."""
    patients = []
    for family_name, subject in (("Durand", FORMULA), ("Secret", "Une autre affaire")):
        sent = await write(boris, anne, subject)
        await settle([anne, boris])
        await anne.do(MarkRead(message=sent.message))
        patient = await add_patient(anne, family_name)
        conversation = await conversation_of(anne, subject)
        await anne.do(FileConversations(conversations=(conversation,), patient=patient))
        patients.append(patient)
    await anne.do(Search(query="bilan"))
    return patients[0], patients[1]


def column(lines: Sequence[Sequence[str]], title: str) -> list[str]:
    place = lines[0].index(title)
    return [line[place] for line in lines[1:]]


def test_a_patient_is_told_all_that_was_done_with_their_letters_and_nothing_of_others(
    tmp_path: Path,
) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        durand, secret = await two_patients(anne, boris)
        for form in ReportForm:
            command = wanted(tmp_path, ReportReader.PATIENT, form, patient=durand)
            content = Path((await anne.do(command)).path).read_bytes()  # noqa: ASYNC240 - small
            said = "".join(words_of(content)) if form is ReportForm.PDF else content.decode()
            assert "Durand" in said
            assert "HYPERLINK" in said
            assert "Secret" not in said
            assert "Une autre affaire" not in said
            assert "recherche" not in said
        lines = await lines_of(
            await anne.do(wanted(tmp_path, ReportReader.PATIENT, ReportForm.CSV, patient=durand))
        )
        # What was done before the letter was filed, and before the patient was there, is among it.
        assert column(lines, "Acte") == [
            "lettre reçue",
            "lettre lue",
            "patient ajouté",
            "lettre classée",
        ]
        assert set(column(lines, "Qui")) == {"Anne"}
        # Filed under somebody else since: the act is the first patient's still, the words are not.
        conversation = await conversation_of(anne, FORMULA)
        await anne.do(FileConversations(conversations=(conversation,), patient=secret))
        lines = await lines_of(
            await anne.do(wanted(tmp_path, ReportReader.PATIENT, ReportForm.CSV, patient=durand))
        )
        assert "HYPERLINK" not in str(lines)
        assert "un courrier" in column(lines, "Courrier et document")

    acquainted(tmp_path, story)


def test_a_patients_report_says_whose_it_is(tmp_path: Path) -> None:
    async def story(anne: Practice, _boris: Practice) -> None:
        command = wanted(tmp_path, ReportReader.PATIENT, ReportForm.CSV)
        assert await failure_of(anne, command) == Failure.UNKNOWN_PATIENT.value

    acquainted(tmp_path, story)


def test_nothing_that_others_wrote_is_computed_by_a_spreadsheet(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        for subject in (FORMULA, "+33 1", "-1", "@SUM(A1)", " =1+1", 'deux; "mots"'):
            await write(boris, anne, subject)
            await settle([anne, boris])
        lines = await lines_of(
            await anne.do(wanted(tmp_path, ReportReader.INSPECTION, ReportForm.CSV))
        )
        assert len({len(line) for line in lines}) == 1
        assert not any(
            cell.lstrip().startswith(tuple("=+-@\t\r")) for line in lines for cell in line
        )
        assert {f"'{FORMULA}", "'+33 1", "'-1", "'@SUM(A1)", 'deux; "mots"'} <= set(
            column(lines, "Courrier et document")
        )

    acquainted(tmp_path, story)


def test_a_court_finds_each_act_in_the_log(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        sent = await write(boris, anne)
        await settle([anne, boris])
        await anne.do(MarkRead(message=sent.message))
        await settle([anne, boris])
        await anne.synchronise()
        (read,) = await rows(anne, Deed.READ)
        proof = await anne.do(ShowProof(entry=read.entry))
        assert proof.leaf_hash is not None
        lines = await lines_of(await anne.do(wanted(tmp_path, ReportReader.COURT, ReportForm.CSV)))
        (line,) = [line for line in lines if line[0] == str(read.entry)]
        told = dict(zip(lines[0], line, strict=True))
        assert told["Place"] == str(proof.leaf_index)
        assert told["Empreinte (SHA-256)"] == proof.leaf_hash.hex()
        assert told["N° du courrier"] == sent.message.hex()
        assert told["État"] == "inscrit"
        assert told["Date et heure"][-6] in "+-"
        assert "verify-receipts" in lines[1][-1]
        assert not any(line[-1] for line in lines[2:])
        pages = words_of(
            Path(  # noqa: ASYNC240 - a small file
                (await anne.do(wanted(tmp_path, ReportReader.COURT, ReportForm.PDF))).path
            ).read_bytes()
        )
        assert "uhealthsec audit export" in "".join(pages)
        assert "surveiller le personnel" in "".join(pages)

    acquainted(tmp_path, story)


def test_pages_have_numbers_and_the_columns_titles_and_nothing_is_cut_off(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        long = "Anticonstitutionnellement" * 7
        sent = await write(boris, anne, long)
        await settle([anne, boris])
        for number in range(45):
            anne.clock.advance(seconds=70)
            await anne.do(Search(query=f"mot{number}"))
        await anne.do(MarkRead(message=sent.message))
        written = await anne.do(wanted(tmp_path, ReportReader.INSPECTION, ReportForm.PDF))
        content = Path(written.path).read_bytes()  # noqa: ASYNC240 - a small file
        pages = words_of(content)
        assert len(pages) > 1
        for number, page in enumerate(pages, 1):
            assert f"Page {number} sur {len(pages)}" in page
            assert "Date et heure" in page
        assert long in "".join("".join(pages).split())
        assert sum(page.count("recherche") for page in pages) == 45

    acquainted(tmp_path, story)


def test_it_is_narrowed_down_as_the_list_is_and_noted(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await write(boris, anne)
        await settle([anne, boris])
        await anne.do(Search(query="bilan"))
        written = await anne.do(
            wanted(
                tmp_path,
                ReportReader.INSPECTION,
                ReportForm.CSV,
                kind=DeedKind.LETTERS,
                person=boris.account,
                language=WordLanguage.ENGLISH,
            )
        )
        text = Path(written.path).read_text(encoding="utf-8-sig")  # noqa: ASYNC240 - small
        (_, line) = list(csv.reader(io.StringIO(text)))
        assert line[2] == "letter received"
        assert "Person Boris." in line[-1]
        (noted,) = await rows(anne, Deed.JOURNAL_EXPORTED)
        assert noted.numbers == (written.acts,) == (1,)
        nothing = wanted(
            tmp_path,
            ReportReader.INSPECTION,
            ReportForm.CSV,
            since=UnixMillis(session_of(anne).now() + 3_600_000),
        )
        assert await failure_of(anne, nothing) == Failure.NOTHING_TO_EXPORT.value
        again = await anne.do(wanted(tmp_path, ReportReader.INSPECTION, ReportForm.CSV))
        assert again.path != written.path

    acquainted(tmp_path, story)


@pytest.mark.parametrize(
    ("error", "failure"),
    [(errno.ENOSPC, Failure.DISK_FULL), (errno.EACCES, Failure.DIRECTORY_UNWRITABLE)],
)
def test_what_cannot_be_written_leaves_nothing_and_is_not_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: int, failure: Failure
) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await write(boris, anne)
        await settle([anne, boris])
        out = tmp_path / "out"
        command = wanted(out, ReportReader.INSPECTION, ReportForm.CSV)
        # The folder is gone.
        assert await failure_of(anne, command) == Failure.DIRECTORY_UNWRITABLE.value
        out.mkdir()

        def refuse(*_: object) -> None:
            raise OSError(error, "refused")

        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", refuse)
            assert await failure_of(anne, command) == failure.value
        assert not list(out.iterdir())
        assert not await rows(anne, Deed.JOURNAL_EXPORTED)

    acquainted(tmp_path, story)
