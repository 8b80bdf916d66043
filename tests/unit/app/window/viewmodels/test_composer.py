# SPDX-License-Identifier: AGPL-3.0-or-later
"""A letter is kept while it is written, sent once, whole or not at all, and never lost by accident."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.interface.failures import Failure
from app.interface.secret import Secret
from app.interface.snapshots import DraftRecipient
from app.interface.writing import AttachFile, SaveDraft, SendDraft
from app.window.viewmodels.composer import Forgotten, Missing
from crypto_core.wire.envelope import Urgency
from crypto_core.wire.limits import MAX_TEXT_BYTES
from tests.fakes.scripted_engine import PASSPHRASE, Practice

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.window.viewmodels.composer import Composer
    from tests.unit.app.window.viewmodels.conftest import OpenMailbox


def begin(practice: Practice, composer: Composer) -> None:
    """Begin a letter to somebody."""
    account = practice.add_contact("Anne")
    composer.begin()
    composer.add_recipient(DraftRecipient(account=account, name="Anne", profession=""))
    composer.write(subject=" Bilan ", text="Bonjour", urgency=Urgency.URGENT)


def test_a_letter_is_sent_as_it_was_written(
    open_mailbox: OpenMailbox, qtbot: QtBot, tmp_path: Path
) -> None:
    practice = Practice()
    composer = open_mailbox(practice).composer
    begin(practice, composer)
    document = tmp_path / "bilan.pdf"
    document.write_bytes(b"1234")
    composer.add_files([str(document)])
    qtbot.waitUntil(lambda: len(composer.documents) == 1)
    with qtbot.waitSignal(composer.sent):
        composer.send()
    content = practice.asked(SaveDraft)[-1].content
    assert (content.subject, content.text) == ("Bilan", "Bonjour")
    assert content.urgency is Urgency.URGENT
    (views,) = practice.conversations.values()
    assert [row.name for row in views[0].attachments] == ["bilan.pdf"]
    assert not practice.writing.drafts
    assert not composer.is_open
    assert not composer.content.to


def test_pressing_send_twice_sends_once(open_mailbox: OpenMailbox, qtbot: QtBot) -> None:
    practice = Practice()
    composer = open_mailbox(practice).composer
    begin(practice, composer)
    practice.hold(SendDraft)
    composer.send()
    composer.send()
    qtbot.waitUntil(lambda: len(practice.asked(SendDraft)) == 1)
    with qtbot.waitSignal(composer.sent):
        practice.release()
    assert len(practice.asked(SendDraft)) == 1


def test_a_failure_leaves_the_letter_untouched(open_mailbox: OpenMailbox, qtbot: QtBot) -> None:
    practice = Practice()
    composer = open_mailbox(practice).composer
    begin(practice, composer)
    practice.fail_next(SendDraft, Failure.DISK_FULL)
    with qtbot.waitSignal(composer.failed) as failed:
        composer.send()
    assert failed.args == [Failure.DISK_FULL, ""]
    assert composer.content.text == "Bonjour"
    assert not composer.is_sending
    assert len(practice.writing.drafts) == 1


def test_what_is_written_while_it_is_being_kept_is_kept_after_it(
    open_mailbox: OpenMailbox, qtbot: QtBot
) -> None:
    practice = Practice()
    composer = open_mailbox(practice).composer
    begin(practice, composer)
    practice.hold(SaveDraft)
    composer.save()
    qtbot.waitUntil(lambda: len(practice.asked(SaveDraft)) == 1)
    composer.write(text="Bonjour Anne")
    composer.save()
    practice.release()
    qtbot.waitUntil(
        lambda: [view.content.text for view in practice.writing.drafts.values()] == ["Bonjour Anne"]
    )


def test_a_letter_that_was_on_its_way_is_not_sent_again_after_the_engine_ended(
    open_mailbox: OpenMailbox, qtbot: QtBot
) -> None:
    practice = Practice()
    mailbox = open_mailbox(practice)
    begin(practice, mailbox.composer)
    with qtbot.waitSignal(mailbox.composer.kept_changed):
        mailbox.composer.save()
    practice.hold(SendDraft)
    mailbox.composer.send()
    qtbot.waitUntil(lambda: len(practice.asked(SendDraft)) == 1)
    # The vault had it, and nobody heard of it.
    practice.writing.drafts.clear()
    practice.die()
    qtbot.waitUntil(lambda: len(practice.engines) == 2 and mailbox.bridge.is_quiet)
    mailbox.session.unlock(Secret.of(PASSPHRASE))
    qtbot.waitUntil(lambda: mailbox.contacts.is_loaded and mailbox.bridge.is_quiet)
    assert not mailbox.composer.is_open


def test_locking_forgets_the_letter(open_mailbox: OpenMailbox) -> None:
    practice = Practice()
    mailbox = open_mailbox(practice)
    begin(practice, mailbox.composer)
    mailbox.session.lock()
    assert not mailbox.composer.content.text
    assert not mailbox.composer.is_open


def test_a_file_that_cannot_be_read_is_named(open_mailbox: OpenMailbox, qtbot: QtBot) -> None:
    composer = open_mailbox(Practice()).composer
    composer.begin()
    with qtbot.waitSignal(composer.file_failed) as failed:
        composer.add_files(["/nowhere/bilan.pdf"])
    assert failed.args[:2] == ["bilan.pdf", Failure.FILE_UNREADABLE]
    assert not composer.documents


def test_a_letter_thrown_away_gets_no_document_any_more(
    open_mailbox: OpenMailbox, qtbot: QtBot, tmp_path: Path
) -> None:
    practice = Practice()
    mailbox = open_mailbox(practice)
    document = tmp_path / "bilan.pdf"
    document.write_bytes(b"x")
    practice.hold(AttachFile)
    mailbox.composer.begin()
    mailbox.composer.add_files([str(document)])
    qtbot.waitUntil(lambda: bool(practice.asked(AttachFile)))
    mailbox.composer.discard()
    qtbot.waitUntil(lambda: not practice.writing.drafts)
    practice.release()
    assert not mailbox.composer.documents


@pytest.mark.parametrize(
    ("subject", "text", "missing"),
    [
        ("", "", Missing.CONTENT),
        (" ", "\n", Missing.CONTENT),
        ("é" * 600, "", Missing.SUBJECT_TOO_LONG),
        ("", "x" * (MAX_TEXT_BYTES + 1), Missing.TOO_LONG),
        ("Bilan", "", Missing.NOTHING),
    ],
)
def test_what_is_missing_is_known_before_sending(
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


def test_what_was_perhaps_forgotten_is_known(open_mailbox: OpenMailbox) -> None:
    composer = open_mailbox(Practice()).composer
    composer.begin()
    composer.write(text="Voir {motif} ci-joint")
    assert composer.forgotten(lambda text: "ci-joint" in text, lambda _: False) == (
        Forgotten.FIELDS,
        Forgotten.DOCUMENT,
        Forgotten.SUBJECT,
    )
    composer.write(text="Bonjour", subject="Bilan")
    assert composer.forgotten(lambda _: False, lambda _: False) == ()
    assert composer.forgotten(lambda _: False, lambda _: True) == (Forgotten.PATIENT,)
