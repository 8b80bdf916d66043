# SPDX-License-Identifier: AGPL-3.0-or-later
"""Letters of another mail program come into the window: chosen or dropped, stopped, told, and never answered."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent

from app.interface.documents import DocumentProblem
from app.interface.failures import Failure
from app.interface.importing import CancelImport, ImportMail, ImportTrouble
from app.interface.writing import AttachFile
from app.window.theme.tokens import Tone
from app.window.views.importing import ImportSection, holds_mail
from app.window.views.navigation import Destination
from tests.fakes.scripted_import import imported_letter
from tests.gui.samples import row_at, sample_practice
from tests.gui.test_settings import settings_of

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.window.desk import Desk
    from tests.gui.conftest import OpenDesk


def drop(desk: Desk, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    desk.window.mail.dropEvent(
        QDropEvent(
            QPointF(5, 5),
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )


def section_of(desk: Desk, qtbot: QtBot) -> ImportSection:
    # Whether folders were dropped is looked at on another thread.
    qtbot.waitUntil(lambda: bool(desk.mailbox.importing.chosen))
    dialog = settings_of(desk, qtbot)
    return dialog.show_page_of(ImportSection)


def said(section: ImportSection) -> str:
    return section.banner.accessibleName()


def test_dropped_letters_are_taken_over_after_a_word_and_the_report_says_where(
    unlocked: OpenDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    practice = sample_practice()
    practice.importing.report = replace(
        practice.importing.report,
        letters=1,
        known=2,
        failed=1,
        troubles=(
            ImportTrouble(
                file="Inbox.mbox",
                number=7,
                subject="<b>Bilan</b>",
                document="",
                problem=DocumentProblem.CUT,
            ),
        ),
    )
    desk = unlocked(practice)
    export = tmp_path / "Inbox.mbox"
    (tmp_path / "lettre.eml").touch()
    drop(desk, export, tmp_path)
    section = section_of(desk, qtbot)
    assert section.isVisible()
    assert export.name in section.chosen.text()
    # Nothing is taken before somebody says so, and what is no address is not one.
    assert not practice.asked(ImportMail)
    section.own.setText("anne")
    section.start.click()
    assert "no e-mail address" in said(section)
    section.own.setText("anne@a.example, morel@b.example")
    section.start.click()
    qtbot.waitUntil(lambda: "taken over" in said(section))
    (command,) = practice.asked(ImportMail)
    assert command.paths == (str(export), str(tmp_path))
    assert command.own_addresses == ("anne@a.example", "morel@b.example")
    assert "archives" in said(section)
    assert section.banner.property("banner") == Tone.WARNING.value
    line = section.troubles.text()
    assert "Inbox.mbox, letter 7" in line
    assert "something of it is missing" in line
    assert not section.start.isEnabled()


def test_an_import_goes_on_behind_a_closed_page_and_can_be_stopped(
    unlocked: OpenDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    practice.hold(ImportMail)
    (tmp_path / "Inbox").write_bytes(b"From - Tue Mar  5 09:01:00 2024\n")
    drop(desk, tmp_path)
    section_of(desk, qtbot).start.click()
    qtbot.waitUntil(lambda: bool(practice.asked(ImportMail)))
    practice.tell_progress(ImportMail, 1, 4)
    settings_of(desk, qtbot).shut.click()
    qtbot.waitUntil(lambda: not desk.window.findChildren(ImportSection))
    section = section_of(desk, qtbot)
    assert section.stop.isVisible()
    assert not section.files.isEnabled()
    practice.tell_progress(ImportMail, 3, 4)
    qtbot.waitUntil(lambda: section.progress.value() == 750)
    section.stop.click()
    qtbot.waitUntil(lambda: bool(practice.asked(CancelImport)))
    practice.release()
    qtbot.waitUntil(lambda: "Stopped" in said(section))
    # The same again goes on.
    assert section.start.isEnabled()


def test_what_holds_no_letters_is_explained(
    unlocked: OpenDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    practice.fail_next(ImportMail, Failure.NOT_MAIL)
    (tmp_path / "Outlook.pst").write_bytes(b"!BDN")
    drop(desk, tmp_path)
    section = section_of(desk, qtbot)
    section.start.click()
    qtbot.waitUntil(lambda: "no letters" in said(section))
    assert section.start.isEnabled()


def test_other_dropped_files_go_into_a_new_letter(
    unlocked: OpenDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    report = tmp_path / "bilan.pdf"
    report.write_bytes(b"%PDF-1.4")
    drop(desk, report)
    qtbot.waitUntil(lambda: desk.window.mail.content.currentWidget() is desk.window.mail.composer)
    qtbot.waitUntil(lambda: bool(practice.asked(AttachFile)))
    assert practice.asked(AttachFile)[0].path == str(report)


def test_a_dropped_folder_of_scans_is_explained_and_no_import(
    unlocked: OpenDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    practice = sample_practice()
    desk = unlocked(practice)
    (tmp_path / "scan 1.pdf").write_bytes(b"%PDF-1.4")
    (tmp_path / "notes").write_text("Froment")
    drop(desk, tmp_path)
    composer = desk.window.mail.composer
    qtbot.waitUntil(lambda: desk.window.mail.content.currentWidget() is composer)
    qtbot.waitUntil(lambda: "only files can be sent" in composer.banner.accessibleName())
    assert not desk.mailbox.importing.chosen


def test_a_folder_of_a_mail_program_is_known_by_what_lies_in_it(tmp_path: Path) -> None:
    for name, content in (
        *(("a/b/c.eml", b""), ("Inbox", b"From - x"), ("Inbox.msf", b"")),
        *(("Archives.mbox/mbox", b""), ("Sauvegarde.pst", b"!BDN")),
    ):
        folder = tmp_path / name.replace("/", "-")
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_bytes(content)
        assert holds_mail(folder), name
    maildir = tmp_path / "maildir"
    for name in ("cur", "new", "tmp"):
        (maildir / "INBOX" / name).mkdir(parents=True)
    assert holds_mail(maildir)
    other = tmp_path / "other"
    other.mkdir()
    os.mkfifo(other / "pipe")
    (other / "new").mkdir()
    assert not holds_mail(other)
    assert not holds_mail(tmp_path / "gone")


def test_a_letter_of_another_program_says_so_and_offers_no_answer(
    unlocked: OpenDesk, qtbot: QtBot
) -> None:
    practice = sample_practice()
    letter = imported_letter(practice, "Résultats", "Bonjour")
    desk = unlocked(practice)
    mail = desk.window.mail
    mail.go(Destination.ARCHIVE)
    qtbot.waitUntil(lambda: mail.panes[Destination.ARCHIVE] is mail.lists.currentWidget())
    qtbot.waitUntil(lambda: desk.mailbox.conversations.rowCount() > 0)
    row = desk.mailbox.conversations.row_of(letter.conversation)
    assert row is not None
    mail.conversations.list.entered_line.emit(row_at(desk.mailbox.conversations, row))
    qtbot.waitUntil(lambda: letter.message in mail.reading.views)
    view = mail.reading.views[letter.message]
    told = view.body.imported.accessibleName()
    assert "nobody has verified" in told
    assert "lea.petit@labo.example" in told
    actions = mail.actions_of_letters
    assert not actions.reply.isEnabled()
    assert not actions.reply.isVisible()
    assert actions.forward.isEnabled()
    assert not mail.reading.refuse_action.isVisible()
    assert view.body.receipts.isHidden()
    assert view.body.ladder.isHidden()
