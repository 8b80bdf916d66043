# SPDX-License-Identifier: AGPL-3.0-or-later
"""The ways to file conversations under a patient: one who is known, one who is new, one to be chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.window.viewmodels.patients import tag_of
from app.window.views.patients import PatientChooser, PatientDialog

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QWidget

    from app.interface.patients import PatientRow
    from app.interface.snapshots import ConversationRow, PatientTag
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.acts import Acts
    from app.window.viewmodels.patients import Patients

from app.window.viewmodels.acts import filed_under


class Filing(QObject):
    """Asks what has to be asked, in front of a page, and files."""

    def __init__(self, acts: Acts, patients: Patients, around: Surroundings, page: QWidget) -> None:
        super().__init__(page)
        self._acts = acts
        self._patients = patients
        self._around = around
        self._page = page

    def file(self, rows: Sequence[ConversationRow], patient: PatientTag | None) -> None:
        """File under a known patient, or under nobody."""
        self._acts.file(rows, patient)

    def add_and_file(self, rows: Sequence[ConversationRow], said: PatientTag) -> None:
        """Take over a patient as a letter names them, and file under them."""
        self._patients.save(
            None,
            family_name=said.family_name,
            given_name=said.given_name,
            birth_date=said.birth_date,
            on_saved=lambda row: self._acts.file(rows, tag_of(row)),
        )

    def choose(self, rows: Sequence[ConversationRow], *, given: PatientTag | None = None) -> None:
        """Let somebody choose under whom; `given` is whom a letter names, for a patient who is new."""
        chooser = PatientChooser(
            self._patients,
            self._around,
            self._page,
            is_filed=any(filed_under(row) is not None for row in rows),
            given=given,
        )
        chooser.chosen.connect(lambda tag: self._acts.file(rows, tag))
        chooser.open()

    def add(self, on_saved: Callable[[PatientRow], None]) -> None:
        """Let somebody add a patient."""
        dialog = PatientDialog(self._patients, self._around, self._page, patient=None)
        dialog.saved.connect(on_saved)
        dialog.open()

    def correct(self, row: PatientRow) -> None:
        """Let somebody correct a patient."""
        PatientDialog(
            self._patients, self._around, self._page, patient=row.patient, given=row
        ).open()
