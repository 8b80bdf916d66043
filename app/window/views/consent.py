# SPDX-License-Identifier: AGPL-3.0-or-later
"""Records a patient's consent in one dialog, and why a letter has to go all the same."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from app.interface.professions import Category
from app.interface.rights import ConsentWish, RecordDecision
from app.window.theme.tokens import FORM_WIDTH, UNLOCK_WIDTH
from app.window.theme.typography import Role
from app.window.views.components.buttons import Button, PrimaryButton
from app.window.views.components.choices import Choices
from app.window.views.components.fields import CheckBox, Field
from app.window.views.components.layouts import Card, FlowLayout, scrolling
from app.window.views.components.rooms import resize_within
from app.window.views.components.texts import Rule, Text
from app.window.views.recipients import RecipientField
from crypto_core.wire.decisions import Basis, Capacity, Channel, DataKind, DecisionKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.interface.rights import RecipientRights
    from app.interface.snapshots import DraftRecipient
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.contacts import ContactBook
    from crypto_core.wire.ids import AccountId, PatientId, UnixMillis

MAX_NAME: Final = 100
FORM_HEIGHT: Final = 640
MAX_TEXT: Final = 500
"""Letters of a purpose or a reason."""
_HALF_A_YEAR: Final = 183
_A_YEAR: Final = 366


class PeopleField(QWidget):
    """Correspondents whom a decision is about.

    Signals:
        changed(): others are chosen.
    """

    changed = Signal()

    def __init__(self, contacts: ContactBook, around: Surroundings) -> None:
        super().__init__()
        self._people: tuple[DraftRecipient, ...] = ()
        self.field = RecipientField(contacts, around)
        self.field.edit.setAccessibleName(self.tr("For whom"))
        self._missing = Text("", Role.SECONDARY, wraps=True)
        self._missing.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(Text(self.tr("For whom"), Role.STRONG))
        frame = Card()
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(10, 6, 10, 6)
        inside.addWidget(self.field)
        column.addWidget(frame)
        column.addWidget(self._missing)
        self.field.chosen.connect(self._add)
        self.field.removed.connect(self._remove)
        self.field.not_found.connect(self._not_found)
        self.field.show_recipients(())

    @property
    def accounts(self) -> tuple[AccountId, ...]:
        """Who was chosen."""
        return tuple(each.account for each in self._people)

    def _add(self, who: DraftRecipient) -> None:
        self._show((*self._people, who))

    def _remove(self, account: AccountId) -> None:
        self._show(tuple(each for each in self._people if each.account != account))

    def _show(self, people: tuple[DraftRecipient, ...]) -> None:
        self._people = people
        self._missing.hide()
        self.field.edit.clear()
        self.field.show_recipients(people)
        self.changed.emit()

    def _not_found(self, typed: str) -> None:
        self._missing.setText(
            self.tr("None of your correspondents is called {name}").format(name=typed)
        )
        self._missing.show()


class HowDecided(QWidget):
    """How a decision came, and who has decided."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.channel = Channel.ORAL
        self.capacity = Capacity.PATIENT
        self.channels = Choices(
            self.tr("How"),
            {
                Channel.ORAL: self.tr("Said to me"),
                Channel.PAPER: self.tr("Signed on paper"),
                Channel.WRITTEN: self.tr("In a letter"),
            },
            self.channel,
            self._choose_channel,
        )
        self.capacities = Choices(
            self.tr("Who decides"),
            {
                Capacity.PATIENT: self.tr("The patient"),
                Capacity.PARENT: self.tr("A parent"),
                Capacity.GUARDIAN: self.tr("A guardian"),
            },
            self.capacity,
            self._choose_capacity,
        )
        line = QLineEdit()
        line.setMaxLength(MAX_NAME)
        line.textChanged.connect(lambda _: self.changed.emit())
        self.name = Field(self.tr("Their name"), line)
        self.name.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(Text(self.tr("How"), Role.STRONG))
        column.addWidget(self.channels)
        column.addWidget(Text(self.tr("Who decides"), Role.STRONG))
        column.addWidget(self.capacities)
        column.addWidget(self.name)

    @property
    def by(self) -> str:
        """The name of who has decided, where that is not the patient."""
        return "" if self.capacity is Capacity.PATIENT else self.name.text.strip()

    @property
    def is_complete(self) -> bool:
        """Whether it is said who has decided."""
        return self.capacity is Capacity.PATIENT or bool(self.by)

    def _choose_channel(self, channel: Channel) -> None:
        self.channel = channel

    def _choose_capacity(self, capacity: Capacity) -> None:
        self.capacity = capacity
        self.name.setVisible(capacity is not Capacity.PATIENT)
        self.changed.emit()


class ConsentDialog(QDialog):
    """What is consented to, until when, how and by whom.

    Signals:
        decided(RecordDecision): the consent as it was recorded.
    """

    decided = Signal(object)

    def __init__(
        self,
        patient: PatientId,
        patient_name: str,
        recipients: Sequence[RecipientRights],
        contacts: ContactBook,
        around: Surroundings,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._patient = patient
        self._patient_name = patient_name
        self._recipients = tuple(recipients)
        self._around = around
        self._days: int | None = _HALF_A_YEAR
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("The patient’s consent"))
        self.purpose = QLineEdit(self.tr("Follow-up and coordination of care"))
        self.purpose.setMaxLength(MAX_TEXT)
        self.data = {
            kind: CheckBox(name, around.theme)
            for kind, name in (
                (DataKind.LETTERS, self.tr("Letters and reports")),
                (DataKind.RESULTS, self.tr("Results and pictures")),
                (DataKind.TREATMENT, self.tr("Treatment")),
            )
        }
        self.data[DataKind.LETTERS].setChecked(True)
        self.data[DataKind.RESULTS].setChecked(True)
        self.until: Choices[int | None] = Choices(
            self.tr("Until when"),
            {
                _HALF_A_YEAR: self.tr("6 months"),
                _A_YEAR: self.tr("1 year"),
                None: self.tr("Until withdrawn"),
            },
            self._days,
            self._choose_days,
        )
        self.people = PeopleField(contacts, around)
        self.people.setVisible(not recipients)
        self.people.changed.connect(self._show_readiness)
        self.how = HowDecided()
        self.how.changed.connect(self._show_readiness)
        self.confirm = PrimaryButton(self.tr("Record the consent"))
        self.confirm.clicked.connect(lambda _=False: self._confirm())
        self.cancel = Button(self.tr("Cancel"))
        self.cancel.clicked.connect(self.reject)
        self._wrong = Text("", Role.SECONDARY, wraps=True)
        self._lay_out()
        for box in self.data.values():
            box.toggled.connect(lambda _: self._show_readiness())
        self.purpose.textChanged.connect(lambda _: self._show_readiness())
        self._show_readiness()

    def _lay_out(self) -> None:
        names = self._around.words.names_in_row([row.name for row in self._recipients])
        title = (
            self.tr("{patient} consents to {name} being told").format(
                patient=self._patient_name, name=names
            )
            if self._recipients
            else self.tr("Consent of {patient}").format(patient=self._patient_name)
        )
        what_to_say = Text(
            self.tr(
                "Say to the patient what goes to whom and why, that they are free to refuse, and that they can "
                "withdraw their consent at any time, as easily as they give it."
            ),
            Role.SECONDARY,
            wraps=True,
        )
        boxes = QVBoxLayout()
        boxes.setContentsMargins(0, 0, 0, 0)
        for box in self.data.values():
            boxes.addWidget(box)
        about = QWidget()
        about.setLayout(boxes)
        lay_out_decision(
            self,
            title,
            (
                *(what_to_say, self.people, Field(self.tr("For what"), self.purpose), about),
                *(Text(self.tr("Until when"), Role.STRONG), self.until, self.how, self._wrong),
            ),
            (self.confirm, self.cancel),
            self._around,
        )

    def _choose_days(self, days: int | None) -> None:
        self._days = days

    def _show_readiness(self) -> None:
        chosen = any(box.isChecked() for box in self.data.values())
        is_said = bool(self.purpose.text().strip()) and self.how.is_complete
        is_for_somebody = bool(self._recipients or self.people.accounts)
        self.confirm.setEnabled(chosen and is_said and is_for_somebody)
        self._wrong.setText("" if chosen else self.tr("Choose what the consent is about."))
        self._wrong.setVisible(not chosen)

    def _until(self) -> UnixMillis | None:
        if self._days is None:
            return None
        formats = self._around.formats
        last = formats.now().date() + timedelta(days=self._days + 1)
        return formats.instant(datetime.combine(last, datetime.min.time()))

    def _confirm(self) -> None:
        accounts = tuple(row.account for row in self._recipients) or self.people.accounts
        is_outside = any(row.category is Category.OTHER for row in self._recipients)
        command = RecordDecision(
            patient=self._patient,
            kind=DecisionKind.CONSENT,
            accounts=accounts,
            channel=self.how.channel,
            capacity=self.how.capacity,
            by=self.how.by,
            consent=ConsentWish(
                purpose=self.purpose.text().strip(),
                data=tuple(kind for kind, box in self.data.items() if box.isChecked()),
                basis=Basis.EXPLICIT if is_outside or not self._recipients else Basis.SHARING,
                until=self._until(),
            ),
        )
        self.accept()
        self.decided.emit(command)


class EmergencyDialog(QDialog):
    """Why a letter goes against what the rules say.

    Signals:
        decided(str): the reason.
    """

    decided = Signal(str)

    def __init__(self, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Life at risk"))
        self.setMinimumWidth(around.theme.space(UNLOCK_WIDTH))
        self.reason = QPlainTextEdit()
        self.reason.setTabChangesFocus(True)
        self.reason.setFixedHeight(around.theme.space(96))
        self.confirm = PrimaryButton(self.tr("Send it all the same"))
        self.confirm.clicked.connect(lambda _=False: self._confirm())
        cancel = Button(self.tr("Cancel"))
        cancel.clicked.connect(self.reject)
        self.reason.textChanged.connect(self._show_readiness)
        actions = FlowLayout(10)
        actions.addWidget(self.confirm)
        actions.addWidget(cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        column.addWidget(
            Text(self.tr("Why does it have to go all the same?"), Role.HEAD, wraps=True)
        )
        column.addWidget(
            Text(
                self.tr(
                    "Only where a life is at risk and the patient cannot consent (article 9(2)(c) of the general "
                    "regulation on data protection). Your reason is kept, signed, and stands in the journal."
                ),
                Role.SECONDARY,
                wraps=True,
            )
        )
        column.addWidget(Field(self.tr("Reason"), self.reason))
        column.addLayout(actions)
        self._show_readiness()

    def _show_readiness(self) -> None:
        self.confirm.setEnabled(bool(self.reason.toPlainText().strip()))

    def _confirm(self) -> None:
        reason = self.reason.toPlainText().strip()[:MAX_TEXT]
        self.accept()
        self.decided.emit(reason)


def lay_out_decision(
    dialog: QDialog,
    title: str,
    widgets: Sequence[QWidget],
    actions: Sequence[QWidget],
    around: Surroundings,
) -> None:
    """Put a form under a title, with its buttons always in sight."""
    form = QVBoxLayout()
    form.setContentsMargins(24, 20, 24, 16)
    form.setSpacing(12)
    form.addWidget(Text(title, Role.TITLE, wraps=True))
    for widget in widgets:
        form.addWidget(widget)
    form.addStretch(1)
    content = QWidget()
    content.setLayout(form)
    foot = FlowLayout(10)
    for action in actions:
        foot.addWidget(action)
    below = QVBoxLayout()
    below.setContentsMargins(24, 12, 24, 20)
    below.addLayout(foot)
    column = QVBoxLayout(dialog)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(scrolling(content), 1)
    column.addWidget(Rule())
    column.addLayout(below)
    resize_within(dialog, around.theme.space(FORM_WIDTH), around.theme.space(FORM_HEIGHT))
