# SPDX-License-Identifier: AGPL-3.0-or-later
"""Letters of another mail program, taken over by a real engine: all of them, once, and never as proven ones."""

from __future__ import annotations

import asyncio
import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from app.engine.documents.readers import ReaderProcesses
from app.interface.commands import (
    ListConversations,
    ReadConversation,
    RefuseMessage,
    SaveAttachment,
    ShowStatus,
)
from app.interface.documents import DocumentProblem
from app.interface.events import ConversationsChanged, Progress
from app.interface.failures import Failure
from app.interface.importing import CancelImport, ImportMail
from app.interface.organising import Act, Organise
from app.interface.patients import FileConversations, SavePatient
from app.interface.searching import Search
from app.interface.snapshots import Direction, Place
from crypto_core.errors import WireError
from crypto_core.wire.codec import encode
from crypto_core.wire.content import RefusalReason
from tests.fakes.fake_relay import FakeRelay
from tests.fakes.machine import FakeClock
from tests.fakes.other_mail import OWN, eml, mbox
from tests.fakes.people import SeededBytes
from tests.fakes.practice import Practice, failure_of
from tests.integration.engine.test_searching import catch_up
from tests.integration.engine.test_viewing import content_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from app.interface.importing import ImportReport
    from app.interface.snapshots import ConversationRow, MessageView

ROOT = Path(__file__).resolve().parents[3]
CORPUS = ROOT / "tests" / "corpus" / "documents"


def alone(folder: Path, story: Callable[[Practice], Awaitable[None]]) -> None:
    async def main() -> None:
        clock = FakeClock()
        relay = FakeRelay(now=clock.now, random_bytes=SeededBytes("relay"))
        async with Practice("Anne Morel", folder / "anne", relay, clock=clock) as anne:
            await anne.register()
            await story(anne)

    asyncio.run(main())


async def bring(anne: Practice, *paths: Path, own: str = OWN) -> ImportReport:
    return await anne.do(ImportMail(paths=tuple(map(str, paths)), own_addresses=(own,)))


async def archive_of(anne: Practice) -> tuple[ConversationRow, ...]:
    return (await anne.do(ListConversations(place=Place.ARCHIVE, before=None, limit=200))).rows


async def letters_of(anne: Practice, row: ConversationRow) -> tuple[MessageView, ...]:
    read = ReadConversation(conversation=row.conversation, before=None, limit=50)
    return (await anne.do(read)).messages


async def only_letter(anne: Practice) -> MessageView:
    (row,) = await archive_of(anne)
    (letter,) = await letters_of(anne, row)
    return letter


def saved(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_a_letter_of_before_is_in_the_archive_and_says_that_nobody_verified_it(
    tmp_path: Path,
) -> None:
    async def story(anne: Practice) -> None:
        file = saved(tmp_path, "lettre.eml", eml(1, documents={"bilan.txt": b"Ferritine basse"}))
        report = await bring(anne, file)
        assert (report.letters, report.documents, report.failed) == (1, 1, 0)
        (row,) = await archive_of(anne)
        assert (row.correspondents, row.subject) == (("Dr Léa Petit",), "Résultats 1")
        assert (row.trust, row.delivery, row.unread_count, row.is_archived) == (None, None, 0, True)
        letter = await only_letter(anne)
        assert letter.imported is not None
        assert letter.imported.sender == "Dr Léa Petit <lea.petit@labo.example>"
        assert letter.imported.recipients == f"Anne Morel <{OWN}>"
        assert (letter.sender, letter.sender_name) == (bytes(20), "Dr Léa Petit")
        assert not letter.is_brought
        assert not letter.is_unopened
        # 5 March 2024, 09:01 in Paris.
        assert (letter.sent_at, letter.utc_offset) == (1_709_625_660_000, 60)
        assert (await anne.do(ShowStatus())).unread_count == 0
        target = await anne.do(
            SaveAttachment(message=letter.message, index=0, directory=str(tmp_path))
        )
        assert content_of(target) == b"Ferritine basse"
        # Nobody can be answered through it, not even by a refusal.
        refuse = RefuseMessage(
            message=letter.message, reason=RefusalReason.NOT_MY_PATIENT, comment=""
        )
        assert await failure_of(anne, refuse) == Failure.INVALID
        session = anne.engine._session
        assert session is not None
        await catch_up(session, anne.readers)  # type: ignore[arg-type]
        for query in ("resultat", "lea petit", "labo.example", "ferritine"):
            (hit,) = (await anne.do(Search(query=query))).hits
            assert hit.people == ("Dr Léa Petit",)

    alone(tmp_path, story)


def test_what_comes_from_the_own_address_was_sent_and_conversations_stay_together(
    tmp_path: Path,
) -> None:
    async def story(anne: Practice) -> None:
        own = f"Anne Morel <{OWN.upper()}>"
        thread = [
            eml(1),
            eml(2, sender=own, to="Léa <lea@labo.example>", subject="Re: R", answers=[1]),
            eml(3, subject="R", answers=[1, 2]),
            eml(4, subject="Résultats 1"),
        ]
        report = await bring(anne, saved(tmp_path, "Inbox", mbox(thread)))
        assert report.letters == 4
        rows = await archive_of(anne)
        # The same subject alone joins nothing.
        assert len(rows) == 2
        letters = await letters_of(anne, rows[1])
        directions = [each.direction for each in letters]
        assert directions == [Direction.RECEIVED, Direction.SENT, Direction.RECEIVED]
        assert letters[1].recipients == ()
        assert (await anne.do(ListConversations(place=Place.SENT, before=None, limit=9))).total == 1
        assert (
            await anne.do(ListConversations(place=Place.INBOX, before=None, limit=9))
        ).total == 0

    alone(tmp_path, story)


def test_an_answer_that_comes_late_joins_what_belongs_together(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        # As two files do it: first what was received, then what was sent.
        inbox = mbox([eml(1), eml(3, in_reply_to=2)])
        await bring(anne, saved(tmp_path, "Inbox", inbox))
        assert len(await archive_of(anne)) == 2
        sent = eml(2, sender=OWN, in_reply_to=1, date="Tue, 5 Mar 2024 09:02:30 +0100")
        await bring(anne, saved(tmp_path, "Sent", mbox([sent])))
        (row,) = await archive_of(anne)
        subjects = [each.subject for each in await letters_of(anne, row)]
        assert subjects == ["Résultats 1", "Résultats 2", "Résultats 3"]
        assert len((await anne.do(Search(query="résultats"))).hits) == 3
        for place, total in ((Place.ALL, 1), (Place.SENT, 1), (Place.INBOX, 0)):
            page = await anne.do(ListConversations(place=place, before=None, limit=9))
            assert page.total == len(page.rows) == total

    alone(tmp_path, story)


def test_what_the_owner_has_filed_is_not_joined_to_something_else(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        await bring(anne, saved(tmp_path, "Inbox", mbox([eml(1), eml(3, in_reply_to=2)])))
        patient = await anne.do(
            SavePatient(patient=None, family_name="Roux", given_name="Max", birth_date="")
        )
        newest = (await archive_of(anne))[0]
        await anne.do(
            FileConversations(conversations=(newest.conversation,), patient=patient.patient)
        )
        await bring(anne, saved(tmp_path, "2.eml", eml(2, in_reply_to=1)))
        rows = await archive_of(anne)
        assert [len(await letters_of(anne, row)) for row in rows] == [2, 1]

    alone(tmp_path, story)


def test_the_same_import_again_takes_nothing_twice_whatever_the_form(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        letters = [eml(number, documents={"a.txt": b"%d" % number}) for number in range(5)]
        box = saved(tmp_path, "export/Inbox", mbox(letters))
        assert (await bring(anne, box)).letters == 5
        files = len(list((anne.directory / "files").iterdir()))
        # A mail program adds lines of its own to the head.
        marked = [b"X-Mozilla-Status: 0001\r\n" + each for each in letters]
        for number, letter in enumerate(marked):
            saved(tmp_path, f"export/Maildir/cur/17{number}.host:2,S", letter)
        for name in ("new", "tmp"):
            saved(tmp_path, f"export/Maildir/{name}/unfinished", eml(77 + len(name)))
        saved(tmp_path, "export/Inbox.msf", b"// <!-- <mdb:mork:z v=1.4/> -->")
        again = await bring(anne, tmp_path / "export")
        assert (again.letters, again.known, again.other_files) == (1, 10, 1)
        assert len(list((anne.directory / "files").iterdir())) == files
        # The same number on another letter is another letter.
        forged = saved(tmp_path, "other.eml", eml(1, text="Autre chose"))
        assert (await bring(anne, forged)).letters == 1

    alone(tmp_path, story)


def test_the_folder_of_apple_mail_is_taken_over_as_it_lies_there(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        box = "Mail/V10/0A1B/INBOX.mbox"
        about = b'<?xml version="1.0"?><plist version="1.0"><dict><key>flags</key></dict></plist>'
        for number, name in ((1, "11.emlx"), (2, "12.partial.emlx")):
            letter = eml(number, text="Votre patiente va mieux.")
            counted = b"%-10d\n" % len(letter) + letter + about
            saved(tmp_path, f"{box}/7F/Data/1/Messages/{name}", counted)
        saved(tmp_path, f"{box}/Info.plist", about)
        assert (await bring(anne, tmp_path / "Mail")).letters == 2
        for row in await archive_of(anne):
            (shown,) = await letters_of(anne, row)
            assert shown.text.strip() == "Votre patiente va mieux."
        assert (await bring(anne, tmp_path / "Mail")).known == 2

    alone(tmp_path, story)


def test_a_letter_that_was_thrown_away_comes_back_with_the_next_import(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        file = saved(tmp_path, "a.eml", eml(1))
        await bring(anne, file)
        (row,) = await archive_of(anne)
        await anne.do(Organise(conversations=(row.conversation,), act=Act.REMOVE))
        assert not await archive_of(anne)
        assert (await bring(anne, file)).known == 1
        assert len(await archive_of(anne)) == 1

    alone(tmp_path, story)


def test_html_alone_becomes_text_and_odd_dates_do_no_harm(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        html = "<p>Chère&nbsp;consœur,</p><script>alert(1)</script><ul><li>un<li>deux</ul>"
        saved(tmp_path, "in/html.eml", eml(1, html=html))
        saved(tmp_path, "in/future.eml", eml(2, date="Tue, 5 Mar 2999 09:00:00 +0100"))
        saved(tmp_path, "in/none.eml", eml(3, date="hier soir"))
        assert (await bring(anne, tmp_path / "in")).letters == 3
        letters = [
            letter for row in await archive_of(anne) for letter in await letters_of(anne, row)
        ]
        by_subject = {letter.subject: letter for letter in letters}
        text = by_subject["Résultats 1"].text
        assert "consœur" in text
        assert "• un" in text
        assert "alert" not in text
        undated = by_subject["Résultats 3"].imported
        assert undated is not None
        assert (undated.date, undated.is_dated) == ("hier soir", False)
        # One that says to be of the future does not stand above those of tomorrow.
        assert by_subject["Résultats 2"].sent_at > anne.clock.now()
        assert max(row.latest_at for row in await archive_of(anne)) < 32_000_000_000_000

    alone(tmp_path, story)


def test_what_holds_no_letter_is_said(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        nothing = saved(tmp_path, "photo.jpg", b"\xff\xd8\xff\xe0" + bytes(100))
        command = ImportMail(paths=(str(nothing),))
        assert await failure_of(anne, command) == Failure.NOT_MAIL
        command = ImportMail(paths=(str(tmp_path / "fort"),))
        assert await failure_of(anne, command) == Failure.FILE_UNREADABLE
        report = await bring(anne, nothing, saved(tmp_path, "a.eml", eml(1)))
        assert (report.letters, report.other_files) == (1, 1)

    alone(tmp_path, story)


def test_what_ought_to_be_mail_and_is_not_read_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "mails"
    saved(folder, "a.eml", eml(1))
    saved(folder, "cassé.eml", b"rien qui soit une lettre")
    saved(folder, "Outlook.pst", b"!BDN" + bytes(1000))
    saved(folder, "Inbox.msf", b"// <!-- <mdb:mork:z v=1.4/> -->")
    saved(folder, "vide.mbox", b"")
    saved(folder, "coupé.mbox", mbox([eml(2), eml(3)])[:-30])
    saved(tmp_path, "ailleurs/b.eml", eml(4))
    (folder / "lien").symlink_to(tmp_path / "ailleurs")
    (folder / "lien.eml").symlink_to(tmp_path / "ailleurs" / "b.eml")
    (folder / "lock").symlink_to("127.0.1.1:+42")

    async def story(anne: Practice) -> None:
        report = await bring(anne, folder)
        assert (report.letters, report.other_files, report.failed) == (3, 2, 5)
        assert sorted((each.file, each.problem) for each in report.troubles) == [
            ("Outlook.pst", DocumentProblem.DAMAGED),
            ("cassé.eml", DocumentProblem.DAMAGED),
            ("coupé.mbox", DocumentProblem.CUT),
            ("lien", DocumentProblem.DAMAGED),
            ("lien.eml", DocumentProblem.DAMAGED),
        ]
        command = ImportMail(paths=(str(folder / "Outlook.pst"),))
        assert await failure_of(anne, command) == Failure.NOT_MAIL

    alone(tmp_path, story)


def test_thousands_go_through_one_process_with_broken_ones_between(tmp_path: Path) -> None:
    """The real reader; a stop in the middle, and the same again."""
    count = 1500
    letters = [eml(number, answers=[number - 1] if number % 10 else []) for number in range(count)]
    letters[700] = b"no field at all\r\n\r\nonly prose"
    letters[800] = eml(800, documents={"bilan.bin": bytes(300_000)})
    box = saved(tmp_path, "Inbox", mbox(letters))

    async def story(anne: Practice) -> None:
        anne.readers = ReaderProcesses()
        await anne.reopen()
        running = asyncio.create_task(bring(anne, box))
        await anne.until(
            lambda: any(isinstance(each, ConversationsChanged) for each in anne.events)
        )
        assert await failure_of(anne, ImportMail(paths=(str(box),))) == Failure.IMPORT_RUNNING
        await anne.do(CancelImport())
        stopped = await running
        assert stopped.is_cancelled
        assert 0 < stopped.letters < count - 1
        report = await bring(anne, box)
        assert report.letters + report.known == count - 1
        assert report.known == stopped.letters
        (trouble,) = report.troubles
        assert (trouble.file, trouble.number) == ("Inbox", 701)
        assert trouble.problem is DocumentProblem.DAMAGED
        assert (await anne.do(ListConversations(place=Place.ARCHIVE, before=None, limit=9))).total
        told = [each for each in anne.events if isinstance(each, Progress)]
        assert told[-1].done == told[-1].total == box.stat().st_size
        assert not anne.readers._running

    alone(tmp_path, story)


def test_hostile_letters_come_as_letters_or_as_troubles(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        report = await bring(anne, CORPUS)
        assert report.letters > 5
        assert report.other_files > 20
        # What was read is within what may be shown.
        for row in await archive_of(anne):
            for letter in await letters_of(anne, row):
                assert letter.is_imported
        assert (await bring(anne, CORPUS)).letters == 0

    alone(tmp_path, story)


# --- kill -9 -------------------------------------------------------------------------------------

IMPORTER = """
import asyncio, os, sys
from pathlib import Path
from app.interface.commands import Unlock
from app.interface.events import ConversationsChanged
from app.interface.importing import ImportMail
from tests.fakes.fake_relay import FakeRelay
from tests.fakes.machine import FakeClock
from tests.fakes.people import SeededBytes
from tests.fakes.practice import PASSPHRASE, Practice

class Telling(Practice):
    def _publish(self, event):
        super()._publish(event)
        if isinstance(event, ConversationsChanged):
            print("more", flush=True)

async def main():
    clock = FakeClock()
    relay = FakeRelay(now=clock.now, random_bytes=SeededBytes("relay"))
    anne = Telling("Anne", Path(sys.argv[1]), relay, clock=clock)
    anne._random_bytes = os.urandom
    is_new = not Path(sys.argv[1]).exists()
    await anne.start()
    if is_new:
        await anne.register()
    else:
        await anne.do(Unlock(passphrase=PASSPHRASE))
    report = await anne.do(ImportMail(paths=(sys.argv[2],)))
    session = anne.engine._session
    def totals(store):
        count = store.messages._db.execute
        return [
            count("select count(*) from message").fetchone()[0],
            count("select count(distinct subject) from message").fetchone()[0],
            count("select count(*) from attachment").fetchone()[0],
            int(store.search.is_damaged()),
        ]
    print("end", report.letters + report.known, *await session.vault.run(totals), flush=True)
    files = len(session.machine.files.stored())
    print("files", files, flush=True)
    os._exit(0)

asyncio.run(main())
"""


def test_an_import_that_was_killed_goes_on_with_nothing_twice_and_nothing_lost(
    tmp_path: Path,
) -> None:
    count = 240
    letters = [
        eml(number, documents={"a.txt": b"%d" % number} if number % 3 == 0 else None)
        for number in range(count)
    ]
    box = saved(tmp_path, "Inbox", mbox(letters))
    command = [sys.executable, "-c", IMPORTER, str(tmp_path / "anne"), str(box)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    for _ in range(2):
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, env=environment) as engine:
            assert engine.stdout is not None
            assert engine.stdout.readline() == b"more\n"
            engine.kill()
            engine.wait()
    done = subprocess.run(
        command, capture_output=True, cwd=ROOT, env=environment, check=True, text=True
    )
    end, files = done.stdout.splitlines()[-2:]
    assert end.split() == ["end", *map(str, (count, count, count, count // 3, 0))]
    # What the kills have left without a letter was removed at the unlocking.
    assert files == f"files {count // 3}"


@pytest.mark.parametrize("address", ["", "ab"])
def test_an_own_address_is_one(address: str) -> None:
    with pytest.raises(WireError):
        encode(ImportMail(paths=("x",), own_addresses=(address,)))


def test_a_folder_that_cannot_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved(tmp_path / "mails", "a.eml", eml(1))
    saved(tmp_path / "mails" / "fermé", "b.eml", eml(2))
    scandir = os.scandir

    def guarded(path: Any) -> Any:  # noqa: ANN401 - as what it stands for
        if Path(path).name == "fermé":
            # As root may open everything, the system's answer is given for it.
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return scandir(path)

    async def story(anne: Practice) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(os, "scandir", guarded)
            report = await bring(anne, tmp_path / "mails")
        assert (report.letters, report.failed) == (1, 1)
        assert [(each.file, each.problem) for each in report.troubles] == [
            ("fermé", DocumentProblem.DAMAGED)
        ]

    alone(tmp_path, story)
