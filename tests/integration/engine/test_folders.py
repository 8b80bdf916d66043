# SPDX-License-Identifier: AGPL-3.0-or-later
"""Folders of practice software: what is dropped is sent once or refused with a reason, what arrives is written once."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from app.engine.folders.taking import NOTE_WAIT_MILLIS
from app.engine.folders.watching import place_of
from app.engine.ports.folders import RESULT_ENDING
from app.interface.absence import Absence, SaveAbsence
from app.interface.commands import (
    AcceptContact,
    ConfirmVerified,
    MarkRead,
    RequestContact,
    SendLetter,
)
from app.interface.failures import Failure
from app.interface.folders import (
    FolderSettings,
    FolderState,
    FolderTrouble,
    FolderWay,
    RunFolders,
    ShowFolders,
    VerifyFolderResult,
    WatchFolders,
)
from app.interface.patients import ListPatients
from app.interface.people import BlockContact
from app.interface.rights import RecordDecision, ShowRights
from app.interface.snapshots import Comparison, DeliveryState
from crypto_core.wire.decisions import DecisionKind
from crypto_core.wire.envelope import Urgency
from crypto_core.wire.ids import MessageId, UnixMillis, format_address
from crypto_core.wire.limits import MAX_ATTACHMENTS
from tests.fakes.crashes import CrashError
from tests.fakes.full_mailbox import session_of
from tests.fakes.practice import Practice, failure_of, settle
from tests.integration.engine.test_receiving import inbox_of, run

CORPUS = Path(__file__).parents[2] / "corpus" / "documents" / "good"
NOTE = "à : Boris\nobjet : Bilan de Lucie\npatient : Durand ; Lucie ; 29/02/1984\npatient informé : oui\n\nCher confrère,\nci-joint.\n"


def software(folder: Path) -> Path:
    chosen = folder / "logiciel"
    chosen.mkdir(exist_ok=True)
    return chosen


async def watch(practice: Practice, folder: Path, **settings: Any) -> Path:  # noqa: ANN401 - of FolderSettings
    chosen = software(folder)
    await practice.do(WatchFolders(settings=FolderSettings(folder=str(chosen), **settings)))
    return chosen


async def acquainted(anne: Practice, boris: Practice) -> None:
    await anne.do(ConfirmVerified(account=boris.account, how=Comparison.IN_PERSON))


async def look(practice: Practice, *, times: int = 2, seconds: float = 6) -> FolderState:
    """Look until what was dropped is settled."""
    for _ in range(times):
        await practice.do(RunFolders())
        practice.clock.advance(seconds=seconds)
    return await practice.do(ShowFolders())


def drop(folder: Path, name: str, content: str | bytes = b"%PDF bilan") -> Path:
    path = folder / "to-send" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def left(folder: Path, place: str) -> list[str]:
    root = folder / place
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if not path.is_dir())


def results(folder: Path, place: str) -> list[dict[str, Any]]:
    return [json.loads(path.read_bytes()) for path in sorted((folder / place).glob("*.uhs.json"))]


def desk(folder: Path) -> list[str]:
    return left(folder, ".u-healthsec")


# --- out -------------------------------------------------------------------------------------------


def test_a_document_with_its_note_is_sent_and_its_result_climbs(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await acquainted(anne, boris)
        folder = await watch(anne, tmp_path)
        drop(folder, "bilan.pdf.uhs.txt", NOTE)
        drop(folder, "bilan.pdf")
        assert (await look(anne, times=1)).sent == 0
        assert (await look(anne, times=1)).sent == 1
        (result,) = results(folder, "sent")
        assert (result["what"], result["state"]) == ("sent", "queued")
        assert result["to"][0]["address"] == format_address(boris.account)
        assert left(folder, "to-send") == desk(folder) == []
        taken = [name.split("/")[-1] for name in left(folder, "sent") if "/" in name]
        assert taken == ["bilan.pdf", "bilan.pdf.uhs.txt"]
        await settle([anne, boris])
        (letter,) = await inbox_of(boris)
        assert (letter.subject, letter.text) == ("Bilan de Lucie", "Cher confrère,\nci-joint.")
        assert letter.patient is not None
        assert letter.patient.birth_date == "1984-02-29"
        assert [each.name for each in letter.attachments] == ["bilan.pdf"]
        await look(anne, times=1)
        assert [each["state"] for each in results(folder, "sent")] == ["delivered"]
        await boris.do(MarkRead(message=letter.message))
        await settle([anne, boris])
        await look(anne, times=1)
        (result,) = results(folder, "sent")
        assert (result["state"], result["to"][0]["state"]) == ("read", "read")
        (path,) = (folder / "sent").glob("*.uhs.json")
        verdict = await anne.do(VerifyFolderResult(path=str(path)))
        assert (verdict.result.state, verdict.changed, verdict.missing) == (
            DeliveryState.READ,
            (),
            (),
        )
        path.unlink()
        assert (await look(anne)).sent == 1
        assert results(folder, "sent") == []

    run(tmp_path, story)


def test_a_folder_with_a_contacts_name_is_enough(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await acquainted(anne, boris)
        folder = await watch(anne, tmp_path)
        drop(folder, "Dr BORIS/compte rendu.pdf")
        by_address = format_address(boris.account).removeprefix("uhs:")
        drop(folder, f"{by_address}/autre.pdf", "autre")
        assert (await look(anne)).sent == 2
        await settle([anne, boris])
        assert sorted(each.subject for each in await inbox_of(boris)) == [
            "autre.pdf",
            "compte rendu.pdf",
        ]

    run(tmp_path, story)


def test_a_note_names_several_documents_and_an_address(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await acquainted(anne, boris)
        folder = await watch(anne, tmp_path)
        note = (
            f"to: Dr B <{format_address(boris.account)}>\nfile: a.pdf\nfile: b.hpr\n"
            "urgent: yes\nanswer: yes\npatient: DURAND; lucie; 1984-02-29\ninformed: yes\n"
        )
        for _ in range(2):
            drop(folder, "envoi.uhs.txt", note)
            drop(folder, "a.pdf", "premier")
            drop(folder, "b.hpr", "second")
            await look(anne)
        await settle([anne, boris])
        letters = await inbox_of(boris)
        assert [[each.name for each in letter.attachments] for letter in letters] == [
            ["a.pdf", "b.hpr"]
        ] * 2
        assert {(each.urgency, each.is_answer_wanted) for each in letters} == {
            (Urgency.URGENT, True)
        }
        patients = await anne.do(ListPatients(query="", limit=10))
        assert [row.family_name for row in patients.rows] == ["DURAND"]

    run(tmp_path, story)


def test_what_is_still_being_written_is_not_taken(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await acquainted(anne, boris)
        folder = await watch(anne, tmp_path)
        path = drop(folder, "Boris/gros.pdf", "début")
        drop(folder, "Boris/autre.pdf.part", "début")
        drop(folder, "Boris/.cache", "x")
        drop(folder, "Boris/Thumbs.db", "x")
        drop(folder, "@eaDir/bilan.pdf", "x")
        for number in range(5):
            with path.open("ab") as file:
                file.write(b"encore")
            os.utime(path, ns=(number, number))
            assert (await look(anne, times=1)).sent == 0
        assert (await look(anne)).sent == 1
        assert left(folder, "to-send") == [
            "@eaDir/bilan.pdf",
            "Boris/.cache",
            "Boris/Thumbs.db",
            "Boris/autre.pdf.part",
        ]
        await settle([anne, boris])
        (letter,) = await inbox_of(boris)
        assert letter.attachments[0].size == len("début".encode() + 5 * b"encore")

    run(tmp_path, story)


def test_a_document_waits_for_its_note_and_a_note_for_its_document(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await acquainted(anne, boris)
        folder = await watch(anne, tmp_path)
        drop(folder, "a.pdf")
        drop(folder, "b.pdf.uhs.txt", NOTE)
        state = await look(anne, times=4)
        assert (state.sent, state.refused_count) == (0, 0)
        drop(folder, "a.pdf.uhs.txt", NOTE)
        drop(folder, "b.pdf")
        state = await look(anne)
        assert (state.sent, state.refused_count) == (2, 0)
        drop(folder, "c.pdf")
        drop(folder, "d.pdf.uhs.txt", NOTE)
        await look(anne)
        anne.clock.advance(seconds=NOTE_WAIT_MILLIS / 1000)
        state = await look(anne)
        assert {(row.name, row.trouble, row.detail) for row in state.refused} == {
            ("c.pdf", FolderTrouble.NO_RECIPIENT, ""),
            ("d.pdf.uhs.txt", FolderTrouble.FILE_MISSING, "d.pdf"),
        }

    run(tmp_path, story)


def test_an_empty_file_waits_for_what_is_to_be_in_it(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await acquainted(anne, boris)
        folder = await watch(anne, tmp_path)
        path = drop(folder, "Boris/bilan.pdf", "")
        drop(folder, "Boris/rien.pdf", "")
        assert (await look(anne, times=3)).waiting == 2
        path.write_bytes(b"%PDF bilan")
        assert (await look(anne)).sent == 1
        anne.clock.advance(seconds=NOTE_WAIT_MILLIS / 1000)
        state = await look(anne)
        assert [(row.name, row.trouble) for row in state.refused] == [
            ("rien.pdf", FolderTrouble.FILE_EMPTY)
        ]
        assert "vide" in next((folder / "refused").glob("*.txt")).read_text("utf-8-sig")
        await settle([anne, boris])
        (letter,) = await inbox_of(boris)
        assert [each.size for each in letter.attachments] == [len(b"%PDF bilan")]

    run(tmp_path, story)


@pytest.mark.parametrize(
    ("document", "note", "text"),
    [
        ("BILAN.PDF", "BILAN.PDF.UHS.TXT", NOTE),
        ("bilan.pdf", "BILAN.PDF.UHS.TXT", NOTE),
        ("re\u0301sume\u0301.pdf", "r\xe9sum\xe9.pdf.uhs.txt", NOTE),
        ("r\xe9sum\xe9.pdf", "re\u0301sume\u0301.pdf.uhs.txt", NOTE),
        ("Re\u0301sume\u0301.PDF", "ordre.Uhs.Txt", f"fichier : r\xe9sum\xe9.pdf\n{NOTE}"),
    ],
)
@pytest.mark.parametrize("place", ["", "Boris/"])
def test_a_note_finds_its_document_in_capitals_and_in_any_form_of_its_accents(
    place: str, document: str, note: str, text: str, tmp_path: Path
) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await acquainted(anne, boris)
        folder = await watch(anne, tmp_path)
        drop(folder, f"{place}{note}", text)
        drop(folder, f"{place}{document}")
        assert (await look(anne)).sent == 1
        await settle([anne, boris])
        (letter,) = await inbox_of(boris)
        assert letter.subject == "Bilan de Lucie"
        assert [each.name for each in letter.attachments] == [document]

    run(tmp_path, story)


@pytest.mark.skipif(sys.platform == "darwin", reason="one name there")
def test_a_note_that_could_mean_two_documents_is_refused(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await acquainted(anne, boris)
        folder = await watch(anne, tmp_path)
        drop(folder, "bilan.pdf.uhs.txt", NOTE)
        for name in ("Bilan.pdf", "BILAN.pdf"):
            drop(folder, name)
        anne.clock.advance(seconds=1)
        await look(anne)
        anne.clock.advance(seconds=NOTE_WAIT_MILLIS / 1000)
        state = await look(anne)
        assert state.sent == 0
        assert FolderTrouble.FILE_MISSING in {row.trouble for row in state.refused}

    run(tmp_path, story)


@pytest.mark.skipif(sys.platform == "win32", reason="no such rights")
def test_a_folder_that_cannot_be_opened_is_named_and_keeps_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scandir, closed = os.scandir, {"Claire"}

    def guarded(path: Path | int) -> Any:  # noqa: ANN401 - as what it stands for
        if not isinstance(path, int) and path.name in closed:
            # As root may open everything, the system's answer is given for it.
            raise PermissionError(errno.EACCES, "Permission denied")
        return scandir(path)

    async def story(anne: Practice, boris: Practice) -> None:
        await acquainted(anne, boris)
        folder = await watch(anne, tmp_path)
        drop(folder, "Claire/a.pdf")
        drop(folder, "Boris/b.pdf")
        with monkeypatch.context() as patch:
            patch.setattr(os, "scandir", guarded)
            state = await look(anne)
        assert (state.sent, state.trouble, state.detail) == (
            1,
            FolderTrouble.PLACE_UNREADABLE,
            "Claire",
        )
        state = await look(anne)
        assert (state.trouble, state.detail) == (None, "")
        await write_to(anne, boris, CORPUS / "hprim-utf8.hpr")
        closed.add("to-send")
        with monkeypatch.context() as patch:
            patch.setattr(os, "scandir", guarded)
            state = await look(anne)
        assert (state.received, state.trouble) == (1, FolderTrouble.FOLDER_UNWRITABLE)

    run(tmp_path, story)


@pytest.mark.parametrize("is_renamed", [False, True])
def test_what_somebody_has_open_stays_beside_its_note_and_keeps_nothing_else(
    is_renamed: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rename = Path.rename

    def guarded(path: Path, target: Path) -> Path:
        if path.name == "a.pdf" and is_renamed:
            path.parent.rename(path.parent.with_name("Claire"))
        elif path.name == "a.pdf" and path.parent.name == "Boris":
            # As Windows answers where a program has it open.
            raise PermissionError(errno.EACCES, "Permission denied")
        return rename(path, target)

    async def story(anne: Practice, boris: Practice) -> None:
        await acquainted(anne, boris)
        folder = await watch(anne, tmp_path)
        drop(folder, "Boris/a.pdf")
        drop(folder, "Boris/a.pdf.uhs.txt", "patient: Durand; Lucie\ninformed: yes\n")
        drop(folder, "b.pdf.uhs.txt", NOTE)
        drop(folder, "b.pdf")
        await write_to(anne, boris, CORPUS / "hprim-utf8.hpr")
        with monkeypatch.context() as patch:
            patch.setattr(Path, "rename", guarded)
            state = await look(anne, times=3)
        assert (state.sent, state.received) == (1, 1)
        if is_renamed:
            drop(folder, "Boris/a.pdf", (folder / "to-send/Claire/a.pdf").read_bytes())
            shutil.rmtree(folder / "to-send/Claire")
        else:
            assert (state.trouble, state.detail) == (FolderTrouble.FILE_STUCK, "a.pdf")
        assert left(folder, "to-send") == ["Boris/a.pdf", "Boris/a.pdf.uhs.txt"]
        state = await look(anne)
        assert (state.sent, state.trouble, state.refused_count) == (2, None, 0)
        await settle([anne, boris])
        assert [each.patient is None for each in await inbox_of(boris)] == [False, False]

    run(tmp_path, story)


def test_a_note_that_was_taken_alone_finds_its_document_again(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await acquainted(anne, boris)
        folder = await watch(anne, tmp_path)
        for name in ("RE\u0301SUME\u0301.PDF", "r\xe9sum\xe9.pdf.uhs.txt"):
            drop(folder, f"Boris/{name}", "objet: Bilan\n")
        folders = session_of(anne).machine.folders
        at = place_of(session_of(anne), str(folder))
        note = next(each for each in folders.look(at)[0] if each.name.endswith(".txt"))
        folders.begin(at, "00" * 16, note.place)
        assert folders.take(at, "00" * 16, note)
        await anne.reopen()
        assert (await look(anne, times=4)).sent == 1
        await settle([anne, boris])
        assert [each.subject for each in await inbox_of(boris)] == ["Bilan"]

    run(tmp_path, story)


def test_while_a_note_is_written_nothing_beside_it_goes_without_one(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await acquainted(anne, boris)
        folder = await watch(anne, tmp_path)
        ordre = drop(folder, "Boris/ordre.uhs.txt", "")
        for name in ("a.pdf", "b.pdf"):
            drop(folder, f"Boris/{name}")
        assert (await look(anne, times=3)).sent == 0
        ordre.write_text("file: a.pdf\nfile: b.pdf\n")
        assert (await look(anne)).sent == 1
        drop(folder, "Boris/c.pdf.uhs.txt", "")
        drop(folder, "Boris/c.pdf")
        await look(anne)
        anne.clock.advance(seconds=NOTE_WAIT_MILLIS / 1000)
        state = await look(anne)
        assert (state.sent, [row.trouble for row in state.refused]) == (
            1,
            [FolderTrouble.FILE_EMPTY],
        )
        taken = sorted(name.split("/")[-1] for name in left(folder, "refused") if "/" in name)
        assert taken == ["c.pdf", "c.pdf.uhs.txt"]

    run(tmp_path, story)


def test_nothing_that_is_called_like_a_note_or_a_result_goes_as_a_document(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await acquainted(anne, boris)
        folder = await watch(anne, tmp_path)
        by_address = format_address(boris.account).removeprefix("uhs:").upper()
        names = ["a.pdf.uhs.txt.txt", "a.pdf.UHS (2).TXT", "a.pdf.uhs", "2026 a.uhs.json"]
        for name in names:
            drop(folder, f"Boris/{name}", NOTE)
        drop(folder, f"{by_address}/a.uhsb.pdf")
        state = await look(anne)
        assert (state.sent, state.refused_count) == (1, len(names))
        assert {row.trouble for row in state.refused} == {FolderTrouble.NAME_RESERVED}
        assert {row.detail for row in state.refused} == set(names)

    run(tmp_path, story)


# --- refused ---------------------------------------------------------------------------------------


async def refused_for(
    anne: Practice, folder: Path, note: str, name: str = "bilan.pdf"
) -> FolderTrouble:
    drop(folder, f"{name}.uhs.txt", note)
    drop(folder, name)
    state = await look(anne)
    assert state.sent == 0
    assert state.refused[0].name == name
    return state.refused[0].trouble


def test_what_is_refused_is_kept_with_the_reason_in_both_languages(tmp_path: Path) -> None:
    async def story(anne: Practice, _: Practice) -> None:
        folder = await watch(anne, tmp_path)
        address = format_address(anne.account)
        expected = {
            "to: Boris\n": FolderTrouble.UNVERIFIED_RECIPIENT,
            "to: Bernard\n": FolderTrouble.UNKNOWN_RECIPIENT,
            f"to: {address}\n": FolderTrouble.UNKNOWN_RECIPIENT,
            "subject: rien\n": FolderTrouble.NO_RECIPIENT,
            "destinatire: Boris\n": FolderTrouble.NOTE_INVALID,
            "to: Boris\npatient: Durand\n": FolderTrouble.NOTE_INVALID,
        }
        for note, trouble in expected.items():
            assert await refused_for(anne, folder, note) is trouble
        reasons = sorted((folder / "refused").glob("*.txt"))
        assert len(reasons) == len(expected)
        unverified = next(
            text
            for text in (path.read_text("utf-8-sig") for path in reasons)
            if "porté garant" in text
        )
        assert unverified.index("Personne ne s’est porté garant de Boris") < unverified.index(
            "Nobody has vouched for Boris"
        )
        for path in (folder / "refused").glob("*.uhs.json"):
            verdict = await anne.do(VerifyFolderResult(path=str(path)))
            assert verdict.result.way is FolderWay.REFUSED
            assert verdict.missing == ()
        assert len(left(folder, "refused")) == 4 * len(expected)
        assert desk(folder) == []

    run(tmp_path, story)


def test_a_note_about_a_patient_says_that_they_know_and_overrides_no_objection(
    tmp_path: Path,
) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await acquainted(anne, boris)
        folder = await watch(anne, tmp_path)
        unsaid = NOTE.replace("patient informé : oui\n", "")
        assert await refused_for(anne, folder, unsaid) is FolderTrouble.CARE_NOT_SAID
        assert not (await anne.do(ListPatients(query="", limit=10))).rows
        drop(folder, "bilan.pdf.uhs.txt", NOTE)
        drop(folder, "bilan.pdf")
        assert (await look(anne)).sent == 1
        (lucie,) = (await anne.do(ListPatients(query="", limit=10))).rows
        recorded = (await anne.do(ShowRights(patient=lucie.patient))).decisions
        assert [each.kind for each in recorded] == [DecisionKind.INFORMED, DecisionKind.TIE]
        # What was said once holds for the next note.
        drop(folder, "suite.pdf.uhs.txt", unsaid)
        drop(folder, "suite.pdf")
        assert (await look(anne)).sent == 2
        await anne.do(RecordDecision(patient=lucie.patient, kind=DecisionKind.OPPOSITION))
        drop(folder, "non.pdf.uhs.txt", NOTE)
        drop(folder, "non.pdf")
        state = await look(anne)
        assert state.sent == 2
        assert (state.refused[0].trouble, state.refused[0].detail) == (
            FolderTrouble.PATIENT_OBJECTS,
            "Boris",
        )

    run(tmp_path, story)


def test_namesakes_are_never_chosen_between(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await acquainted(anne, boris)
        other = Practice("Dr Boris", tmp_path / "other", anne.relay, clock=anne.clock)
        async with other:
            await other.register()
            await anne.do(RequestContact(account=other.account, note=""))
            await settle([anne, other])
            await other.do(AcceptContact(account=anne.account))
            await settle([anne, other])
        folder = await watch(anne, tmp_path)
        assert await refused_for(anne, folder, "to: Boris\n") is FolderTrouble.NAMESAKE
        drop(folder, "bilan.pdf.uhs.txt", f"to: {format_address(boris.account)}\n")
        drop(folder, "bilan.pdf")
        assert (await look(anne)).sent == 1

    run(tmp_path, story)


def test_nobody_is_born_tomorrow(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await acquainted(anne, boris)
        folder = await watch(anne, tmp_path)
        note = "to: Boris\npatient: Durand; Lucie; 2999-01-01\n"
        assert await refused_for(anne, folder, note) is FolderTrouble.NOTE_INVALID
        assert (await anne.do(ShowFolders())).refused[0].detail == "2"
        assert (await anne.do(ListPatients(query="", limit=1))).rows == ()

    run(tmp_path, story)


def test_who_is_blocked_gets_nothing(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await acquainted(anne, boris)
        await anne.do(BlockContact(account=boris.account))
        folder = await watch(anne, tmp_path)
        assert await refused_for(anne, folder, "to: Boris\n") is FolderTrouble.UNKNOWN_RECIPIENT

    run(tmp_path, story)


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes of POSIX")
def test_links_pipes_and_folders_are_refused_unopened(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await acquainted(anne, boris)
        folder = await watch(anne, tmp_path)
        secret = tmp_path / "secret.pdf"
        secret.write_bytes(b"secret")
        place = folder / "to-send" / "Boris"
        place.mkdir()
        (place / "lien.pdf").symlink_to(secret)
        os.link(secret, place / "dur.pdf")
        os.mkfifo(place / "tube.pdf")
        (place / "dossier").mkdir()
        (place / "dossier" / "dedans.pdf").write_bytes(b"x")
        (folder / "to-send" / "ailleurs").symlink_to(tmp_path)
        (place / "note.pdf.uhs.txt").symlink_to(secret)
        state = await look(anne, times=3)
        assert state.sent == 0
        assert {row.trouble for row in state.refused} == {FolderTrouble.NOT_A_FILE}
        assert state.refused_count == 6
        assert secret.read_bytes() == b"secret"
        assert left(folder, "to-send") == desk(folder) == []
        await settle([anne, boris])
        assert await inbox_of(boris) == []

    run(tmp_path, story)


def test_strange_names_harm_nothing(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await acquainted(anne, boris)
        folder = await watch(anne, tmp_path)
        names = ["a" * 250 + ".pdf", "nu.pdf"]
        if sys.platform != "win32":
            names += ["ligne\nsuivante.pdf", "CON.pdf", os.fsdecode(b"octets-\xff\xfe.pdf")]
        for name in names:
            drop(folder, f"Boris/{name}")
        drop(folder, "Boris/x.pdf.uhs.txt", "file: ../../boris/x.pdf\n")
        drop(folder, "Boris/x.pdf")
        state = await look(anne)
        assert (state.sent, state.refused_count) == (len(names), 1)
        assert state.refused[0].trouble is FolderTrouble.NOTE_INVALID
        assert desk(folder) == []
        await settle([anne, boris])
        assert len(await inbox_of(boris)) == len(names)

    run(tmp_path, story)


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await acquainted(anne, boris)
        folder = await watch(anne, tmp_path)
        path = drop(folder, "Boris/scanner.dcm")
        with path.open("r+b") as file:
            file.truncate(5 * 2**30)
        note = drop(folder, "Boris/x.pdf.uhs.txt")
        with note.open("r+b") as file:
            file.truncate(2**30)
        drop(folder, "Boris/x.pdf")
        state = await look(anne)
        assert sorted(row.trouble for row in state.refused) == [
            FolderTrouble.NOTE_INVALID,
            FolderTrouble.FILE_TOO_LARGE,
        ]

    run(tmp_path, story)


def test_ten_thousand_files_are_no_trouble(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await acquainted(anne, boris)
        folder = await watch(anne, tmp_path)
        place = folder / "to-send" / "Boris"
        place.mkdir()
        for number in range(10_000):
            (place / f"{number}.pdf").write_bytes(b"%PDF")
        state = await look(anne)
        assert (state.sent, state.refused_count) == (100, 0)
        assert len(left(folder, "to-send")) == 9_900
        assert len(results(folder, "sent")) == 100

    run(tmp_path, story)


# --- in --------------------------------------------------------------------------------------------


async def write_to(
    anne: Practice, boris: Practice, *documents: Path, subject: str = "Résultats", text: str = ""
) -> MessageId:
    """Boris writes to Anne; his documents are on their way when this returns."""
    sent = await boris.do(
        SendLetter(
            to=(anne.account,),
            subject=subject,
            text=text,
            attachments=tuple(str(each) for each in documents),
            urgency=Urgency.NORMAL,
            in_reply_to=None,
            accepts_unverified=True,
        )
    )
    await settle([boris, anne])
    return sent.message


def test_what_arrives_is_written_as_it_came_with_a_result(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        forms = [CORPUS / "hprim-latin1.hpr", CORPUS / "cda-n3.xml", CORPUS / "xdm.zip"]
        await write_to(anne, boris, forms[0])
        folder = await watch(anne, tmp_path)
        message = await write_to(anne, boris, *forms)
        state = await look(anne)
        assert state.received == 3
        for form in forms:
            assert (folder / "received" / form.name).read_bytes() == form.read_bytes()
            path = str(folder / "received" / form.name)
            verdict = await anne.do(VerifyFolderResult(path=path))
            assert verdict.result.way is FolderWay.RECEIVED
            assert verdict.result.message == message
            assert verdict.result.people[0].address == format_address(boris.account)
            assert (verdict.changed, verdict.missing) == ((), ())
        assert len(left(folder, "received")) == 6
        assert desk(folder) == []
        # Practice software takes them: they are not written again, nor are those of before.
        shutil.rmtree(folder / "received")
        await anne.reopen()
        assert (await look(anne)).received == 3
        assert left(folder, "received") == []

    run(tmp_path, story)


def test_a_letters_own_text_is_written_as_a_text_file(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await write_to(anne, boris, text="avant")
        folder = await watch(anne, tmp_path)
        alone = await write_to(anne, boris, subject="Avis 1/2: Lucie", text="Rien à signaler.\nBA")
        both = await write_to(anne, boris, CORPUS / "hprim-utf8.hpr", text="ci-joint")
        await write_to(anne, boris, subject="vide", text=" \n")
        state = await look(anne)
        assert state.received == 3
        texts = {path.name[16:]: path for path in (folder / "received").glob("*.txt")}
        assert list(texts) == ["Avis 1-2- Lucie.txt", "Résultats.txt"]
        for name, message in (("Avis 1-2- Lucie.txt", alone), ("Résultats.txt", both)):
            verdict = await anne.do(VerifyFolderResult(path=str(texts[name])))
            assert (verdict.result.message, verdict.changed, verdict.missing) == (message, (), ())
        written = texts["Avis 1-2- Lucie.txt"].read_bytes()
        assert written.startswith(b"\xef\xbb\xbfDe\xc2\xa0: Boris <uhs:")
        assert written.endswith("\r\n\r\nRien à signaler.\r\nBA\r\n".encode())
        assert "Documents\u00a0: hprim-utf8.hpr" in texts["Résultats.txt"].read_text("utf-8-sig")
        # What is taken is not written again.
        shutil.rmtree(folder / "received")
        await anne.reopen()
        assert (await look(anne)).received == 3
        assert left(folder, "received") == []

    run(tmp_path, story)


def test_the_automatic_answer_of_an_absence_is_not_written(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        folder = await watch(anne, tmp_path)
        await acquainted(boris, anne)
        now = boris.clock.now()
        away = Absence(
            since=now, until=UnixMillis(now + 86_400_000), replacement=None, text="Absent"
        )
        await boris.do(SaveAbsence(absence=away))
        await settle([boris, anne])
        await write_to(boris, anne, text="Bonjour")
        await settle([boris, anne])
        assert [each.is_automatic for each in await inbox_of(anne)] == [False, True]
        assert (await look(anne)).received == 0
        assert left(folder, "received") == []

    run(tmp_path, story)


def test_a_cda_document_is_packed_where_software_wants_its_archive(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        folder = await watch(anne, tmp_path, packs_cda=True)
        await write_to(anne, boris, CORPUS / "cda-n3.xml", CORPUS / "hprim-utf8.hpr")
        await look(anne)
        assert left(folder, "received") == [
            "cda-n3.IHE_XDM.zip",
            "cda-n3.IHE_XDM.zip.uhs.json",
            "hprim-utf8.hpr",
            "hprim-utf8.hpr.uhs.json",
        ]
        path = folder / "received" / "cda-n3.IHE_XDM.zip"
        opened = await anne.readers.open(path.read_bytes(), name="x")
        assert opened.document.problems == ()
        assert await opened.part(0) == (CORPUS / "cda-n3.xml").read_bytes()
        verdict = await anne.do(VerifyFolderResult(path=str(path)))
        assert verdict.changed == ()

    run(tmp_path, story)


def test_no_name_of_a_correspondent_leaves_the_folder_or_replaces_anything(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        folder = await watch(anne, tmp_path)
        (folder / "received" / "bilan.pdf").write_bytes(b"mine")
        names = [
            "bilan.pdf",
            "con.pdf",
            "faux.pdf.uhs.json",
            "faux.pdf.UHS.txt",
            "a" * 200 + ".pdf",
        ]
        sources = []
        for name in names:
            path = tmp_path / "source" / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(name.encode())
            sources.append(path)
        await write_to(anne, boris, *sources)
        await rename_documents(anne, {"a" * 200 + ".pdf": "../../../evil\u202efdp.exe"})
        await look(anne)
        documents = [name for name in left(folder, "received") if not name.endswith(".uhs.json")]
        assert documents == [
            "_con.pdf",
            "bilan (2).pdf",
            "bilan.pdf",
            "evil_fdp.exe",
            "faux.pdf.UHS.txt.txt",
            "faux.pdf.uhs.json.txt",
        ]
        assert (folder / "received" / "bilan.pdf").read_bytes() == b"mine"
        assert not (tmp_path / "evil_fdp.exe").exists()

    run(tmp_path, story)


async def rename_documents(practice: Practice, names: dict[str, str]) -> None:
    """What a correspondent's own program would have let them do."""

    def rename(store: Any) -> None:  # noqa: ANN401 - its connection
        for old, new in names.items():
            store.identity._db.execute("update attachment set name = ? where name = ?", (new, old))

    await session_of(practice).vault.run(rename)


def test_a_result_that_was_changed_or_is_anothers_is_not_believed(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        folder = await watch(anne, tmp_path)
        await write_to(anne, boris, CORPUS / "hprim-utf8.hpr")
        await look(anne)
        path = folder / "received" / "hprim-utf8.hpr"
        result = folder / "received" / "hprim-utf8.hpr.uhs.json"
        path.write_bytes(b"other")
        verdict = await anne.do(VerifyFolderResult(path=str(result)))
        assert verdict.changed == ("hprim-utf8.hpr",)
        path.unlink()
        assert (await anne.do(VerifyFolderResult(path=str(result)))).missing == ("hprim-utf8.hpr",)
        assert await failure_of(boris, VerifyFolderResult(path=str(result))) == (
            Failure.RESULT_INVALID
        )
        good = result.read_bytes()
        for bad in (
            good.replace(b'"received"', b'"sent"'),
            good.replace(b"Boris", b"Boros"),
            good + b" ",
            b"{}",
            b"[" * 100_000,
            b"\xff",
            good[:-40],
        ):
            result.write_bytes(bad)
            assert await failure_of(anne, VerifyFolderResult(path=str(result))) == (
                Failure.RESULT_INVALID
            )
        result.unlink()
        assert await failure_of(anne, VerifyFolderResult(path=str(path))) == (
            Failure.FILE_UNREADABLE
        )

    run(tmp_path, story)


# --- the folder itself -----------------------------------------------------------------------------


def test_the_profile_is_never_watched_and_the_folders_are_private(tmp_path: Path) -> None:
    async def story(anne: Practice, _: Practice) -> None:
        outside = tmp_path / "lien"
        if sys.platform != "win32":
            outside.symlink_to(anne.directory)
        for bad in (
            anne.directory,
            anne.directory / "files",
            tmp_path,
            outside,
            tmp_path / "none",
            Path("relative"),
        ):
            settings = FolderSettings(folder=str(bad))
            assert await failure_of(anne, WatchFolders(settings=settings)) == (
                Failure.FOLDER_INVALID
            )
        folder = await watch(anne, tmp_path)
        if sys.platform != "win32":
            for place in ("to-send", "sent", "refused", "received", ".u-healthsec"):
                assert (folder / place).stat().st_mode & 0o777 == 0o700
        state = await anne.do(ShowFolders())
        assert (state.settings.folder, state.trouble) == (str(folder), None)

    run(tmp_path, story)


def test_a_folder_that_vanishes_is_missed_and_found_again(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await acquainted(anne, boris)
        folder = await watch(anne, tmp_path)
        drop(folder, "Boris/bilan.pdf")
        await look(anne, times=1)
        away = folder.rename(tmp_path / "away")
        await write_to(anne, boris, CORPUS / "hprim-utf8.hpr")
        assert (await look(anne)).trouble is FolderTrouble.FOLDER_MISSING
        # Where its disk was plugged in there is an empty folder: nothing readable is written into that.
        folder.mkdir()
        assert (await look(anne)).trouble is FolderTrouble.FOLDER_MISSING
        assert list(folder.iterdir()) == []
        folder.rmdir()
        away.rename(folder)
        state = await look(anne)
        assert (state.trouble, state.sent, state.received) == (None, 1, 1)
        shutil.rmtree(folder / "to-send")
        assert (await look(anne)).trouble is None

    run(tmp_path, story)


def test_a_full_disk_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await acquainted(anne, boris)
        folder = await watch(anne, tmp_path)
        drop(folder, "Boris/bilan.pdf")
        await write_to(anne, boris, CORPUS / "hprim-utf8.hpr")

        def full(*_: object, **__: object) -> None:
            raise OSError(errno.ENOSPC, "no room")

        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", full)
            state = await look(anne, times=3)
            assert (state.trouble, state.received) == (FolderTrouble.DISK_FULL, 0)
        state = await look(anne, times=3)
        assert (state.trouble, state.sent, state.received) == (None, 1, 1)
        await settle([anne, boris])
        assert len(await inbox_of(boris)) == 1

    run(tmp_path, story)


def test_when_the_folder_is_left_nothing_stays_hidden_in_it(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await acquainted(anne, boris)
        folder = await watch(anne, tmp_path)
        drop(folder, "Boris/bilan.pdf", "bilan")
        folders = session_of(anne).machine.folders
        at = place_of(session_of(anne), str(folder))
        ((thing,), _) = folders.look(at)
        folders.begin(at, "00" * 16, thing.place)
        assert folders.take(at, "00" * 16, thing)
        state = await anne.do(WatchFolders(settings=FolderSettings(folder="")))
        assert state.settings.folder == ""
        assert left(folder, "to-send") == ["Boris/bilan.pdf"]
        assert (await look(anne, times=3)).sent == 0
        await write_to(anne, boris, CORPUS / "hprim-utf8.hpr")
        await watch(anne, tmp_path)
        state = await look(anne, times=3)
        assert (state.sent, state.received) == (1, 0)

    run(tmp_path, story)


# --- the process may end at any moment -------------------------------------------------------------


def test_wherever_the_process_ends_nothing_is_sent_or_written_twice_or_lost(
    tmp_path: Path,
) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await acquainted(anne, boris)
        folder = await watch(anne, tmp_path, writes_received=False)
        waiting = await _documents_from(boris, anne, tmp_path)
        taken: list[str] = []
        number = 0
        while True:
            await _now_arrives(anne, *waiting[number])
            drop(folder, f"{number}.uhs.txt", f"to: Boris\nfile: {number}-a\nfile: {number}-b\n")
            for part in "ab":
                drop(folder, f"{number}-{part}", "document")
            drop(folder, f"Personne/{number}-refus", "document")
            anne.countdown.left, anne.countdown.only_writes = number, True
            ended = await _look_until_the_end(anne)
            # Practice software takes what has arrived, at the worst moment.
            taken += _taken_by_software(folder)
            anne.countdown.left = None
            await anne.reopen()
            await look(anne, times=4)
            assert (left(folder, "to-send"), desk(folder)) == ([], [])
            taken += _taken_by_software(folder)
            if ended:
                break
            number += 1
        assert number > 25
        everything = range(number + 1)
        assert len(taken) == len(set(taken)) == number + 1
        await settle([anne, boris])
        arrived = [
            tuple(each.name for each in letter.attachments) for letter in await inbox_of(boris)
        ]
        assert sorted(arrived) == sorted((f"{each}-a", f"{each}-b") for each in everything)
        state = await anne.do(ShowFolders())
        counts = (state.sent, state.received, state.refused_count)
        assert counts == (number + 1,) * 3
        assert len(results(folder, "sent")) == len(results(folder, "refused")) == number + 1
        refused = [name.split("/")[-1] for name in left(folder, "refused") if "/" in name]
        assert sorted(refused) == sorted(f"{each}-refus" for each in everything)
        assert len([name for name in left(folder, "sent") if "/" in name]) == 3 * (number + 1)

    run(tmp_path, story)


async def _documents_from(
    boris: Practice, anne: Practice, folder: Path
) -> list[tuple[MessageId, int]]:
    """A letter with more documents than there are moments to end at; none is written by itself."""
    paths = []
    for number in range(MAX_ATTACHMENTS):
        path = folder / f"resultat-{number}.hpr"
        path.write_bytes(b"resultat")
        paths.append(path)
    message = await write_to(anne, boris, *paths)
    arrivals = [(message, number) for number in range(MAX_ATTACHMENTS)]
    for number in range(6, 30, 4):
        # A letter's text takes the same way.
        arrivals.insert(number, (await write_to(anne, boris, text=f"texte {number}"), -1))
    return arrivals


async def _now_arrives(anne: Practice, message: MessageId, position: int) -> None:
    def arrive(store: Any) -> None:  # noqa: ANN401 - its connection
        store.identity._db.execute(
            "insert into folder_arrival (message, position)"
            " select id, ? from message where message = ?",
            (position, message),
        )

    await session_of(anne).vault.run(arrive)


async def _look_until_the_end(anne: Practice) -> bool:
    try:
        await look(anne)
    except CrashError:
        return False
    return True


def _taken_by_software(folder: Path) -> list[str]:
    """Take documents whose results are beside them, and leave nothing."""
    names = [name for name in left(folder, "received") if not name.endswith(RESULT_ENDING)]
    taken = []
    for name in names:
        result = folder / "received" / f"{name}{RESULT_ENDING}"
        said = json.loads(result.read_bytes())
        taken.append(f"{said['message']} {name.partition(' ')[0]}")
        (folder / "received" / name).unlink()
        result.unlink()
    return taken
