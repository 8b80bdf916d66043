# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whom a letter is about: a chip, or a line that finds patients by name and can add one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QModelIndex, QStringListModel, Qt, QTimer, Signal
from PySide6.QtWidgets import QCompleter, QListView, QSizePolicy, QWidget

from app.interface.snapshots import PatientTag
from app.window.viewmodels.patients import tag_of
from app.window.views.components.buttons import NamedButton
from app.window.views.components.fields import FlowingEdit
from app.window.views.components.layouts import FlowLayout, clear
from app.window.views.patients import PatientDialog

if TYPE_CHECKING:
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.patients import Patients

PAUSE_MILLISECONDS: Final = 150
_SHOWN: Final = 8


class PatientField(QWidget):
    """At most one patient.

    Signals:
        chosen(PatientTag | None): the letter is about somebody else, or nobody.
    """

    chosen = Signal(object)

    def __init__(self, patients: Patients, around: Surroundings) -> None:
        super().__init__()
        self._patients = patients
        self._around = around
        self._found = patients.search_list(self)
        self._shown: PatientTag | None = None
        self._offered: list[PatientTag | None] = []
        """Who stands in each line of the list; None for the one that adds somebody."""
        self.edit = FlowingEdit()
        self.edit.setAccessibleName(self.tr("Patient"))
        self.edit.setPlaceholderText(self.tr("Name of a patient, if the letter is about one"))
        self.edit.want(around.theme.space(240))
        self._lines = QStringListModel(self)
        self.completer = QCompleter(self._lines, self)
        self.completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self.completer.setMaxVisibleItems(_SHOWN + 1)
        suggestions = QListView()
        suggestions.setAccessibleName(self.tr("Suggested patients"))
        suggestions.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.completer.setPopup(suggestions)
        # Not the line's own: it would open the list before the answer is here.
        self.completer.setWidget(self.edit)
        self.completer.activated[QModelIndex].connect(self._activated)  # type: ignore[index]
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MILLISECONDS)
        self._pause.timeout.connect(self._ask)
        self.edit.textEdited.connect(lambda _: self._pause.start())
        self.edit.returnPressed.connect(self.finish)
        self._found.changed.connect(self._offer)
        self._flow = FlowLayout(6)
        self.setLayout(self._flow)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._flow.addWidget(self.edit)

    def show_patient(self, tag: PatientTag | None) -> None:
        """Show who it is, or the line."""
        self._shown = tag
        self._flow.removeWidget(self.edit)
        clear(self._flow)
        self.edit.setVisible(tag is None)
        if tag is not None:
            name = self._around.words.born(tag, self._around.formats)
            chip = NamedButton(kind="chip")
            chip.setProperty("tone", "neutral")
            chip.say("{name}  ×", name, tip=self.tr("Remove {name}").format(name=name))
            chip.setAccessibleName(self.tr("Patient: {name}. Remove").format(name=name))
            chip.clicked.connect(lambda _=False: self._choose(None))
            self._flow.addWidget(chip)
        self._flow.addWidget(self.edit)
        self.updateGeometry()

    def forget(self) -> None:
        """Keep nothing of what was typed and found."""
        self._pause.stop()
        self.edit.clear()
        self._offered.clear()
        self._lines.setStringList([])

    def finish(self) -> None:
        """Take the only one who is meant; else the list asks."""
        known = [tag for tag in self._offered if tag is not None]
        typed = self.edit.text().strip()
        if typed and len(known) == 1 and self._found.query == " ".join(typed.split()):
            self._choose(known[0])
        elif typed:
            self._ask()

    def _ask(self) -> None:
        typed = self.edit.text().strip()
        if typed:
            self._found.search(typed)

    def _offer(self) -> None:
        typed = self.edit.text().strip()
        if not typed or self._found.query != " ".join(typed.split()):
            return
        rows = [self._found.patient_at(at) for at in range(min(self._found.rowCount(), _SHOWN))]
        self._offered = [*(tag_of(row) for row in rows), None]
        words, formats = self._around.words, self._around.formats
        self._lines.setStringList(
            [
                *(words.born(row, formats) for row in rows),
                self.tr("Add “{name}” as a patient…").format(name=typed),
            ]
        )
        if self.edit.hasFocus():
            self.completer.complete()
            suggestions = self.completer.popup()
            if suggestions is not None:
                suggestions.setCurrentIndex(QModelIndex())

    def _activated(self, index: QModelIndex) -> None:
        tag = self._offered[index.row()]
        if tag is None:
            self.add()
        else:
            self._choose(tag)

    def add(self) -> None:
        """Add who was typed as a patient."""
        family, _, given = self.edit.text().strip().partition(" ")
        dialog = PatientDialog(
            self._patients,
            self._around,
            self,
            patient=None,
            given=PatientTag(
                patient=None, family_name=family, given_name=given.strip(), birth_date=""
            ),
        )
        dialog.saved.connect(lambda row: self._choose(tag_of(row)))
        dialog.open()

    def _choose(self, tag: PatientTag | None) -> None:
        self.forget()
        self.chosen.emit(tag)
        if tag is None:
            self.edit.setFocus(Qt.FocusReason.OtherFocusReason)
