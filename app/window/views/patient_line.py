# SPDX-License-Identifier: AGPL-3.0-or-later
"""The line under a subject: whom the conversation is about, and filing it there with one click."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.window.shortcuts import Shortcut, hint
from app.window.theme.icons import Icon
from app.window.theme.tokens import Tone
from app.window.theme.typography import Role
from app.window.viewmodels.acts import filed_under
from app.window.viewmodels.patients import may_be_same, tag_of
from app.window.views.components.buttons import InlineButton, NamedButton, tint
from app.window.views.components.layouts import FlowLayout
from app.window.views.components.texts import ElidedText

if TYPE_CHECKING:
    from app.interface.snapshots import PatientTag
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.patients import FilingHint
    from app.window.viewmodels.reading import Reading


class PatientLine(QWidget):
    """Says and offers no more than what is known.

    Signals:
        file_asked(PatientTag): the conversation is to be filed under this patient.
        add_asked(PatientTag): the same, and the patient is a new one.
        choose_asked(): it is to be filed under somebody who is to be chosen.
        patient_asked(PatientTag): the page of the patient is wanted.
    """

    file_asked = Signal(object)
    add_asked = Signal(object)
    choose_asked = Signal()
    patient_asked = Signal(object)

    def __init__(self, reading: Reading, hint_: FilingHint, around: Surroundings) -> None:
        super().__init__()
        self._reading = reading
        self._hint = hint_
        self._around = around
        self.patient = NamedButton(self.tr("Show this patient"), kind=InlineButton.KIND)
        tint(self.patient, Icon.PERSON, around.theme, "accent")
        self.patient.clicked.connect(lambda _=False: self.patient_asked.emit(self._filed()))
        self._about = ElidedText("", Role.SECONDARY)
        self.file = NamedButton(self.tr("File under this patient"), kind="chip")
        self.file.clicked.connect(lambda _=False: self._file())
        self.choose = InlineButton(self.tr("File under a patient…"))
        self.choose.setToolTip(hint(self.tr("File under a patient…"), Shortcut.FILE_UNDER))
        self.choose.clicked.connect(lambda _=False: self.choose_asked.emit())
        self._differs = ElidedText("", Role.SECONDARY, tone=Tone.WARNING)
        flow = FlowLayout(12)
        self.setLayout(flow)
        for widget in (self.patient, self._about, self.file, self.choose, self._differs):
            flow.addWidget(widget)
        self.hide()
        reading.opened.connect(self.refresh)
        reading.row_changed.connect(self.refresh)
        reading.letters_changed.connect(self.refresh)
        hint_.changed.connect(self.refresh)

    def _filed(self) -> PatientTag | None:
        row = self._reading.row
        return None if row is None or filed_under(row) is None else row.patient

    def refresh(self) -> None:
        """Show what is known now."""
        self.setVisible(bool(self._reading.letters))
        filed, said, match = self._filed(), self._hint.tag, self._hint.match
        words, formats = self._around.words, self._around.formats
        is_said = filed is None and said is not None
        self.patient.setVisible(filed is not None)
        if filed is not None:
            name = words.born(filed, formats)
            self.patient.say("{name}", name, tip=self.tr("Show this patient"))
            self.patient.setAccessibleName(self.tr("Patient: {name}").format(name=name))
        else:
            self.patient.say("", "")
        self._about.setVisible(is_said)
        self.file.setVisible(is_said and (match is not None or not self._hint.is_somebody_alike))
        if said is not None:
            self._about.setText(self.tr("About {name}").format(name=words.born(said, formats)))
            self.file.say(*self._file_text(said))
            self.file.setAccessibleName(f"{self.file.accessibleName()}: {words.patient(said)}")
        else:
            # A name that is not shown any more is not kept either, least of all over a lock.
            self._about.setText("")
            self.file.say("", "")
        text = self.tr("File under a patient…")
        if filed is not None:
            text = self.tr("File elsewhere…")
        elif is_said:
            text = self.tr("Somebody else…")
        self.choose.setText(text)
        self.choose.setAccessibleName(text)
        differs = filed is not None and said is not None and not may_be_same(filed, said)
        self._differs.setVisible(differs)
        if differs and said is not None:
            self._differs.setText(
                self.tr("△ The sender writes about {name}").format(name=words.born(said, formats))
            )
        else:
            self._differs.setText("")
        self.updateGeometry()

    def _file_text(self, said: PatientTag) -> tuple[str, str]:
        """Return what the button says, and the name in it."""
        match = self._hint.match
        if match is None:
            return self.tr("Add this patient and file"), ""
        if match.birth_date == said.birth_date:
            return self.tr("File under this patient"), ""
        # The letter and the list do not know the same of them: whoever clicks should see it.
        name = self._around.words.born(match, self._around.formats)
        return self.tr("File under {name}"), name

    def _file(self) -> None:
        if self._hint.match is not None:
            self.file_asked.emit(tag_of(self._hint.match))
        elif self._hint.tag is not None:
            self.add_asked.emit(self._hint.tag)
