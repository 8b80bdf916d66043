# SPDX-License-Identifier: AGPL-3.0-or-later
"""Erasing for good: what is said before, the one thing that is typed, and what is said after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.interface.erasing import EraseForGood, Obstacle, SaveCertificate
from app.window.views.erasing import ErasureDialog
from tests.fakes.scripted_engine import PASSPHRASE
from tests.fakes.scripted_erasing import PASSPHRASE_OF_NOBODY
from tests.gui.conftest import texts_of
from tests.gui.samples import sample_practice

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.window.desk import Desk
    from tests.fakes.scripted_engine import Practice
    from tests.gui.conftest import OpenDesk


@pytest.fixture
def practice() -> Practice:
    return sample_practice()


@pytest.fixture
def desk(unlocked: OpenDesk, practice: Practice) -> Desk:
    return unlocked(practice)


@pytest.fixture
def opened(desk: Desk, practice: Practice, qtbot: QtBot) -> Callable[[], ErasureDialog]:
    """Open the dialog from a patient's page."""

    def open_it() -> ErasureDialog:
        roux = next(tag for tag in practice.records.patients.values() if tag.family_name == "Roux")
        desk.window.mail.show_patient(roux)
        qtbot.waitUntil(lambda: desk.mailbox.filed.rowCount() == 2)
        desk.window.mail.patient.erase.click()
        qtbot.waitUntil(lambda: desk.bridge.is_quiet)
        (found,) = desk.window.findChildren(ErasureDialog)
        return found

    return open_it


def test_what_goes_and_stays_is_said_before_and_the_passphrase_erases(
    desk: Desk,
    practice: Practice,
    opened: Callable[[], ErasureDialog],
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    practice.erasing.backups, practice.erasing.absent_backups = 4, 1
    dialog = opened()
    said = texts_of(dialog)
    assert "3 letters" in said
    assert "4 backups made by this program" in said
    assert "theirs to decide about" in said
    dialog.go_on.click()
    assert not practice.asked(EraseForGood), "nothing without the passphrase"
    QTest.keyClicks(dialog.passphrase.edit, PASSPHRASE)
    QTest.keyClick(dialog.passphrase.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Erased for good" in texts_of(dialog.banner))
    assert dialog.passphrase.is_empty
    assert dialog.go_on.isHidden()
    assert not any(tag.family_name == "Roux" for tag in practice.records.patients.values())
    # Nobody stands there any more.
    assert desk.window.mail.patient.row is None
    dialog.save_certificate(str(tmp_path))
    qtbot.waitUntil(lambda: "attestation.pdf" in texts_of(dialog.banner))
    assert practice.asked(SaveCertificate)


def test_what_has_to_be_kept_offers_no_way_to_erase_it(
    practice: Practice, opened: Callable[[], ErasureDialog]
) -> None:
    practice.erasing.obstacle, practice.erasing.kept_until = Obstacle.TO_BE_KEPT, "2046-09-21"
    dialog = opened()
    assert "To be kept until 21 September 2046" in texts_of(dialog.banner)
    assert dialog.go_on.isHidden()
    assert dialog.passphrase.isHidden()
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert not practice.asked(EraseForGood)


def test_a_wrong_passphrase_is_said_beside_it_and_nothing_is_gone(
    practice: Practice, opened: Callable[[], ErasureDialog], qtbot: QtBot
) -> None:
    dialog = opened()
    QTest.keyClicks(dialog.passphrase.edit, PASSPHRASE_OF_NOBODY)
    dialog.go_on.click()
    qtbot.waitUntil(
        lambda: "passphrase" in texts_of(dialog.passphrase) and dialog.go_on.isEnabled()
    )
    assert any(tag.family_name == "Roux" for tag in practice.records.patients.values())
    assert dialog.passphrase.is_empty


def test_what_is_left_for_the_next_unlocking_is_said(
    practice: Practice, opened: Callable[[], ErasureDialog], qtbot: QtBot
) -> None:
    practice.erasing.is_unfinished = True
    dialog = opened()
    QTest.keyClicks(dialog.passphrase.edit, PASSPHRASE)
    dialog.go_on.click()
    qtbot.waitUntil(lambda: "when you unlock the next time" in texts_of(dialog.banner))
    assert dialog.certificate.isHidden()
