# SPDX-License-Identifier: AGPL-3.0-or-later
"""A letter is sent once, whole or not at all, and is never lost by accident."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.interface.commands import SendLetter
from app.interface.failures import Failure
from app.window.viewmodels.composer import Addressee, Draft, Missing
from crypto_core.wire.envelope import Urgency
from crypto_core.wire.limits import MAX_TEXT_BYTES
from tests.fakes.scripted_engine import Practice

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.window.viewmodels.composer import Composer
    from tests.unit.app.window.viewmodels.conftest import OpenMailbox


def begin(practice: Practice, composer: Composer) -> None:
    """Begin a letter to somebody."""
    account = practice.add_contact("Anne")
    composer.begin()
    composer.add_recipient(Addressee(account=account, name="Anne", profession=""))
    composer.write(subject=" Bilan ", text="Bonjour", is_urgent=True)


def test_a_letter_is_sent_as_it_was_written(
    open_mailbox: OpenMailbox, qtbot: QtBot, tmp_path: Path
) -> None:
    practice = Practice()
    composer = open_mailbox(practice).composer
    begin(practice, composer)
    document = tmp_path / "bilan.pdf"
    document.write_bytes(b"1234")
    composer.add_files([str(document), str(document)])
    qtbot.waitUntil(lambda: len(composer.draft.files) == 1)
    progress: list[tuple[int, int]] = []
    composer.progress.connect(lambda done, total: progress.append((done, total)))
    with qtbot.waitSignal(composer.sent):
        composer.send()
    (command,) = practice.asked(SendLetter)
    assert command.subject == "Bilan"
    assert command.text == "Bonjour"
    assert command.urgency is Urgency.URGENT
    assert command.attachments == (str(document),)
    assert progress == [(4, 4)]
    assert composer.draft == Draft()
    assert not composer.is_open


def test_pressing_send_twice_sends_once(open_mailbox: OpenMailbox, qtbot: QtBot) -> None:
    practice = Practice()
    composer = open_mailbox(practice).composer
    begin(practice, composer)
    practice.hold(SendLetter)
    composer.send()
    composer.send()
    qtbot.waitUntil(lambda: len(practice.asked(SendLetter)) == 1)
    with qtbot.waitSignal(composer.sent):
        practice.release()
    assert len(practice.asked(SendLetter)) == 1


def test_a_letter_that_fails_stays_as_it_was(open_mailbox: OpenMailbox, qtbot: QtBot) -> None:
    practice = Practice()
    composer = open_mailbox(practice).composer
    begin(practice, composer)
    written = composer.draft
    practice.fail_next(SendLetter, Failure.DISK_FULL)
    with qtbot.waitSignal(composer.failed) as failed:
        composer.send()
    assert failed.args == [Failure.DISK_FULL, ""]
    assert composer.draft == written


def test_an_engine_that_ends_while_storing_leaves_the_letter_and_a_doubt(
    open_mailbox: OpenMailbox, qtbot: QtBot
) -> None:
    practice = Practice()
    mailbox = open_mailbox(practice)
    begin(practice, mailbox.composer)
    written = mailbox.composer.draft
    practice.hold(SendLetter)
    mailbox.composer.send()
    qtbot.waitUntil(lambda: len(practice.asked(SendLetter)) == 1)
    practice.die()
    qtbot.waitUntil(lambda: not mailbox.composer.is_sending)
    assert mailbox.composer.draft == written
    assert mailbox.composer.is_doubtful


def test_locking_throws_the_letter_away(open_mailbox: OpenMailbox) -> None:
    practice = Practice()
    mailbox = open_mailbox(practice)
    begin(practice, mailbox.composer)
    mailbox.session.lock()
    assert mailbox.composer.draft == Draft()


def test_a_file_that_cannot_be_sent_is_named(
    open_mailbox: OpenMailbox, qtbot: QtBot, tmp_path: Path
) -> None:
    composer = open_mailbox(Practice()).composer
    composer.begin()
    missing = str(tmp_path / "gone.pdf")
    with qtbot.waitSignal(composer.file_failed) as failed:
        composer.add_files([missing])
    assert failed.args == [missing, Failure.FILE_UNREADABLE, "gone.pdf"]


def test_a_file_of_a_letter_thrown_away_does_not_come_back(
    open_mailbox: OpenMailbox, qtbot: QtBot, tmp_path: Path
) -> None:
    mailbox = open_mailbox(Practice())
    document = tmp_path / "bilan.pdf"
    document.write_bytes(b"1234")
    mailbox.composer.begin()
    mailbox.composer.add_files([str(document)])
    mailbox.composer.discard()
    qtbot.waitUntil(lambda: mailbox.bridge.is_quiet)
    assert not mailbox.composer.draft.files


@pytest.mark.parametrize(
    ("subject", "text", "missing"),
    [
        ("", "", Missing.CONTENT),
        ("  ", "\n", Missing.CONTENT),
        ("Objet", "", Missing.NOTHING),
        ("", "Texte", Missing.NOTHING),
        ("", "é" * (MAX_TEXT_BYTES // 2), Missing.NOTHING),
        ("", "é" * (MAX_TEXT_BYTES // 2 + 1), Missing.TOO_LONG),
        ("é" * 501, "", Missing.SUBJECT_TOO_LONG),
    ],
)
def test_what_is_missing(
    open_mailbox: OpenMailbox, subject: str, text: str, missing: Missing
) -> None:
    practice = Practice()
    composer = open_mailbox(practice).composer
    composer.begin()
    assert composer.missing() is Missing.RECIPIENT
    begin(practice, composer)
    composer.write(subject=subject, text=text)
    assert composer.missing() is missing
    composer.send()
    assert composer.is_sending is (missing is Missing.NOTHING)


def test_what_a_reply_was_given_is_not_worth_keeping() -> None:
    anne = Addressee(account=Practice().account, name="Anne", profession="")
    given = Draft(to=(anne,), subject="Re : x", given_subject="Re : x", given_to=(anne,))
    assert not given.is_worth_keeping
    assert Draft(to=(anne,)).is_worth_keeping
    assert Draft(text="x").is_worth_keeping
    assert not Draft(text=" \n").is_worth_keeping


def test_what_is_written_is_in_no_repr() -> None:
    assert "secret" not in repr(Draft(text="secret"))
