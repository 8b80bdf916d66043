# SPDX-License-Identifier: AGPL-3.0-or-later
"""Patients in pages, and who is meant by what a letter says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QModelIndex
from PySide6.QtTest import QAbstractItemModelTester

from app.interface.patients import PatientRow
from app.window.viewmodels.patients import PAGE, match_of
from crypto_core.wire.ids import PatientId
from tests.fakes.scripted_engine import Practice
from tests.gui.samples import said

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.unit.app.window.viewmodels.conftest import OpenMailbox


def patient(number: int, family_name: str, given_name: str, birth_date: str) -> PatientRow:
    """Return a patient under whom nothing is filed."""
    return PatientRow(
        patient=PatientId(number.to_bytes(16)),
        family_name=family_name,
        given_name=given_name,
        birth_date=birth_date,
        conversations=0,
        latest_at=None,
    )


ADA = patient(1, "Roy", "Ada", "1961-03-12")
YOUNG_ADA = patient(2, "Roy", "Ada", "1990-01-01")
DATELESS = patient(3, "Roy", "Ada", "")


@pytest.mark.parametrize(
    ("rows", "date", "meant"),
    [
        ((ADA, YOUNG_ADA), "1961-03-12", ADA),
        ((ADA, YOUNG_ADA), "", None),
        ((ADA,), "", ADA),
        ((ADA,), "1962-03-12", None),
        ((DATELESS, ADA), "1961-03-12", ADA),
        ((DATELESS, ADA), "", DATELESS),
        ((DATELESS,), "1961-03-12", DATELESS),
        ((), "1961-03-12", None),
    ],
)
def test_who_is_meant(rows: tuple[PatientRow, ...], date: str, meant: PatientRow | None) -> None:
    assert match_of(rows, said("ROY", "Ádà", date)) == meant


def test_patients_come_in_pages_and_qt_agrees_with_every_change(
    open_mailbox: OpenMailbox, qtbot: QtBot
) -> None:
    practice = Practice()
    for number in range(PAGE + 20):
        practice.records.add_patient(f"Nom{number:03}", "Prénom")
    mailbox = open_mailbox(practice)
    model = mailbox.patients.list
    assert model.rowCount() == PAGE
    # Qt's tester scrolls to the end by itself, once.
    tester = QAbstractItemModelTester(
        model, QAbstractItemModelTester.FailureReportingMode.Fatal, model
    )
    tester.setUseFetchMore(False)
    qtbot.waitUntil(lambda: model.rowCount() == PAGE + 20)
    assert not model.canFetchMore(QModelIndex())
    # Asking again leaves what was scrolled to where it is.
    with qtbot.waitSignal(model.changed):
        model.refresh()
    assert model.rowCount() == PAGE + 20
    model.search("nom00 pre")
    qtbot.waitUntil(lambda: model.rowCount() == 10)
    mailbox.session.lock()
    assert model.rowCount() == 0
    assert model.query == ""
