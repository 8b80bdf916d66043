# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is known of a patient beyond names and date of birth: the part of the form, and the lines on their page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from app.window.i18n.journal import JournalWords
from app.window.theme.typography import Role
from app.window.views.components.choices import Choices
from app.window.views.components.fields import CheckBox, Field
from app.window.views.components.layouts import Card, Column, clear
from app.window.views.components.texts import Text
from crypto_core.wire.patients import (
    MAX_CARE_NOTE_BYTES,
    NIR_OID,
    NO_CARD,
    NationalIdentity,
    PatientCard,
    Representative,
    Sex,
    read_matricule,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.interface.journal import JournalRow
    from app.interface.patients import PatientRecord
    from app.window.surroundings import Surroundings

MAX_NAME_LETTERS: Final = 100
MAX_LINE_LETTERS: Final = 64
MAX_ADDRESS_LETTERS: Final = 500
NOTES_HEIGHT: Final = 90
CARDS_WIDTH: Final = 720
CARDS_MARGIN: Final = 40


class CardForm(QWidget):
    """The fields of a card."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__()
        self._around = around
        self._known = NO_CARD
        self._sex = Sex.UNKNOWN
        self.birth_name = Field(self.tr("Birth name"), _line(MAX_NAME_LETTERS))
        self.sex = Choices(
            self.tr("Sex"),
            {
                Sex.FEMALE: self.tr("Female"),
                Sex.MALE: self.tr("Male"),
                Sex.UNKNOWN: self.tr("Not known"),
            },
            self._sex,
            self._choose_sex,
        )
        self.ins = Field(
            self.tr("INS number"),
            _line(MAX_LINE_LETTERS),
            hint=self.tr("15 characters. It is never sent with a letter."),
        )
        self.is_qualified = CheckBox(
            self.tr("The national service has confirmed this INS"), around.theme
        )
        self.telephone = Field(self.tr("Telephone"), _line(MAX_LINE_LETTERS))
        self.email = Field(self.tr("E-mail"), _line(MAX_NAME_LETTERS))
        self.address = Field(self.tr("Postal address"), _line(MAX_ADDRESS_LETTERS // 2))
        self.representative = Field(
            self.tr("Who decides for them"),
            _line(MAX_NAME_LETTERS),
            hint=self.tr("A parent of a child, the guardian of a protected adult."),
        )
        self.capacity = Field(
            self.tr("In what capacity"),
            _line(MAX_NAME_LETTERS),
            hint=self.tr("For example: mother, guardian."),
        )
        self.is_protected = CheckBox(
            self.tr("An adult under a measure of protection"), around.theme
        )
        self.seen_on = Field(
            self.tr("Last seen"),
            _line(MAX_LINE_LETTERS),
            hint=self.tr("Only needed when no letter tells it. For example 12/03/2026."),
        )
        self.died_on = Field(self.tr("Date of death"), _line(MAX_LINE_LETTERS))
        notes = QPlainTextEdit()
        notes.setTabChangesFocus(True)
        notes.setFixedHeight(around.theme.space(NOTES_HEIGHT))
        self.notes = Field(
            self.tr("Notes"), notes, hint=self.tr("What matters in every contact, in a few words.")
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        for widget in (
            self.birth_name,
            Text(self.tr("Sex"), Role.STRONG),
            self.sex,
            self.telephone,
            self.email,
            self.address,
            self.representative,
            self.capacity,
            self.is_protected,
            self.notes,
            self.seen_on,
            self.died_on,
            self.ins,
            self.is_qualified,
        ):
            column.addWidget(widget)

    def fill(self, card: PatientCard) -> None:
        """Show a card."""
        formats = self._around.formats
        self._known, self._sex = card, card.sex
        self.sex.buttons[card.sex].setChecked(True)
        by = card.representative
        for field, text in (
            (self.birth_name, card.birth_name),
            (self.ins, "" if card.ins is None else card.ins.matricule),
            (self.telephone, card.telephone),
            (self.email, card.email),
            (self.address, card.address),
            (self.representative, "" if by is None else by.name),
            (self.capacity, "" if by is None else by.capacity),
            (self.notes, card.notes),
            (self.seen_on, formats.birth_date(card.seen_on)),
            (self.died_on, formats.birth_date(card.died_on)),
        ):
            if isinstance(field.answer, QLineEdit):
                field.answer.setText(text)
            else:
                field.answer.setPlainText(text)
        self.is_qualified.setChecked(card.ins is not None and card.ins.is_qualified)
        self.is_protected.setChecked(card.is_protected)

    def read(self) -> PatientCard | None:
        """Return what was filled in; None, with the fields marked and the first of them in use, if it cannot be."""
        formats = self._around.formats
        seen_on = formats.read_birth_date(self.seen_on.text)
        died_on = formats.read_birth_date(self.died_on.text)
        number = read_matricule(self.ins.text)
        day = self.tr("This is not a day up to today. Write it as 12/03/2026.")
        long = self.tr("This is too long. Shorten it.")
        wrong = (
            (
                self.capacity,
                bool(self.capacity.text and not self.representative.text),
                self.tr("Write who it is above."),
            ),
            (self.notes, len(self.notes.text.encode()) > MAX_CARE_NOTE_BYTES, long),
            (self.seen_on, seen_on is None, day),
            (self.died_on, died_on is None, day),
            (
                self.ins,
                bool(self.ins.text) and number is None,
                self.tr("This is not an INS number: one of its 15 characters is wrong."),
            ),
        )
        for field, is_wrong, text in wrong:
            field.set_wrong(text if is_wrong else "")
        first = next((field for field, is_wrong, _ in wrong if is_wrong), None)
        if first is not None or seen_on is None or died_on is None:
            if first is not None:
                first.answer.setFocus()
            return None
        known = self._known.ins
        return replace(
            self._known,
            birth_name=" ".join(self.birth_name.text.split()),
            sex=self._sex,
            ins=None
            if number is None
            else NationalIdentity(
                matricule=number,
                oid=known.oid if known and known.matricule == number else NIR_OID,
                is_qualified=self.is_qualified.isChecked(),
            ),
            telephone=self.telephone.text,
            email=self.email.text,
            address=self.address.text,
            representative=Representative(
                name=self.representative.text, capacity=self.capacity.text
            )
            if self.representative.text
            else None,
            is_protected=self.is_protected.isChecked(),
            notes=self.notes.text,
            seen_on=seen_on,
            died_on=died_on,
        )

    def _choose_sex(self, sex: Sex) -> None:
        self._sex = sex


def _line(letters: int) -> QLineEdit:
    line = QLineEdit()
    line.setMaxLength(letters)
    return line


def times_line(record: PatientRecord, around: Surroundings) -> str:
    """Return since when somebody is followed, and how lately they were seen; of who has died, when."""
    translate, formats = QCoreApplication.translate, around.formats
    said = []
    if record.card.died_on:
        day = formats.long_birth_date(record.card.died_on)
        said.append(translate("PatientCard", "Died on {date}").format(date=day))
    if record.first_at is not None:
        year = formats.date_of(record.first_at).year
        said.append(translate("PatientCard", "Followed since {year}").format(year=year))
    if record.last_contact:
        day = formats.long_birth_date(record.last_contact)
        said.append(translate("PatientCard", "Last seen on {date}").format(date=day))
    return " · ".join(said)


def cards_page(cards: Sequence[QWidget]) -> Column:
    """Return the page of a patient's cards, in this order from top to bottom."""
    page = Column(width=CARDS_WIDTH, margin=CARDS_MARGIN, is_centred=False)
    for card in cards:
        page.content.addWidget(card)
    page.content.addStretch(1)
    return page


class _Rows(Card):
    """A titled box with a line for each thing: what it is beside it, or above where there is no room."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(20, 16, 20, 16)
        self._column.setSpacing(10)
        self._column.addWidget(Text(title, Role.HEAD, wraps=True))
        self._rows = QVBoxLayout()
        self._rows.setSpacing(10)
        self._column.addLayout(self._rows)

    def _fill(self, rows: Sequence[tuple[str, str]]) -> None:
        clear(self._rows)
        for label, text in rows:
            pair = QVBoxLayout()
            pair.setSpacing(2)
            pair.addWidget(Text(label, Role.SECONDARY, wraps=True))
            pair.addWidget(Text(text, Role.TEXT, wraps=True, is_selectable=True))
            self._rows.addLayout(pair)


class FactsCard(_Rows):
    """What is known of a patient."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__(QCoreApplication.translate("PatientCard", "Card"))
        self._around = around
        self._nothing = Text(
            self.tr(
                "Nothing is written here yet. “Correct…” adds a telephone, who decides, notes."
            ),
            Role.SECONDARY,
            wraps=True,
        )
        self._column.addWidget(self._nothing)

    def show_record(self, record: PatientRecord | None) -> None:
        """Show a card, or nobody's."""
        rows = [] if record is None else [each for each in self._said(record) if each[1]]
        self._fill(rows)
        self._nothing.setVisible(not rows)

    def _said(self, record: PatientRecord) -> tuple[tuple[str, str], ...]:
        card = record.card
        by, ins = card.representative, card.ins
        states = []
        if record.is_minor:
            states.append(self.tr("Minor"))
        if card.is_protected:
            states.append(self.tr("Adult under a measure of protection"))
        number = ""
        if ins is not None:
            number = (
                self.tr("{number}, confirmed by the national service")
                if ins.is_qualified
                else self.tr("{number}, not confirmed")
            ).format(number=ins.matricule)
        sexes = {Sex.FEMALE: self.tr("Female"), Sex.MALE: self.tr("Male"), Sex.UNKNOWN: ""}
        return (
            (self.tr("Notes"), card.notes),
            (self.tr("Telephone"), card.telephone),
            (self.tr("E-mail"), card.email),
            (self.tr("Postal address"), card.address),
            (self.tr("Status"), ", ".join(states)),
            (
                self.tr("Who decides for them"),
                "" if by is None else ", ".join(filter(None, (by.name, by.capacity))),
            ),
            (self.tr("Birth name"), card.birth_name),
            (self.tr("Sex"), sexes[card.sex]),
            (self.tr("INS number"), number),
        )


class DoneCard(_Rows):
    """The newest acts that are about a patient; hidden without any."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__(QCoreApplication.translate("PatientCard", "What was done"))
        self._around = around
        self._words = JournalWords(around.words, around.formats)
        self.hide()

    def show_acts(self, rows: Sequence[JournalRow]) -> None:
        """Show acts, newest first."""
        self._fill(
            [(self._around.formats.moment(row.at), self._words.sentence(row)) for row in rows]
        )
        self.setVisible(bool(rows))
