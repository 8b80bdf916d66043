# SPDX-License-Identifier: AGPL-3.0-or-later
"""Records a patient's consent in one dialog, and why a letter has to go all the same."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from app.interface.professions import Category
from app.interface.rights import ConsentWish, RecordDecision
from app.window.theme.tokens import UNLOCK_WIDTH
from app.window.theme.typography import Role
from app.window.views.components.buttons import Button, PrimaryButton
from app.window.views.components.choices import Choices
from app.window.views.components.fields import CheckBox, Field
from app.window.views.components.layouts import FlowLayout
from app.window.views.components.texts import Text
from crypto_core.wire.decisions import Basis, Capacity, Channel, DataKind, DecisionKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.interface.rights import RecipientRights
    from app.window.surroundings import Surroundings
    from crypto_core.wire.ids import PatientId, UnixMillis

MAX_TEXT: Final = 500
"""Letters of a purpose or a reason."""
_HALF_A_YEAR: Final = 183
_A_YEAR: Final = 366


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
        around: Surroundings,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._patient = patient
        self._patient_name = patient_name
        self._recipients = tuple(recipients)
        self._around = around
        self._channel = Channel.ORAL
        self._capacity = Capacity.PATIENT
        self._days: int | None = _HALF_A_YEAR
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("The patient’s consent"))
        self.setMinimumWidth(around.theme.space(UNLOCK_WIDTH))
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
        self.channel = Choices(
            self.tr("How"),
            {
                Channel.ORAL: self.tr("Said to me"),
                Channel.PAPER: self.tr("Signed on paper"),
                Channel.WRITTEN: self.tr("In a letter"),
            },
            self._channel,
            self._choose_channel,
        )
        self.capacity = Choices(
            self.tr("Who consents"),
            {
                Capacity.PATIENT: self.tr("The patient"),
                Capacity.PARENT: self.tr("A parent"),
                Capacity.GUARDIAN: self.tr("A guardian"),
            },
            self._capacity,
            self._choose_capacity,
        )
        self.by = Field(self.tr("Their name"), QLineEdit())
        self.by.answer.setMaxLength(200)  # type: ignore[union-attr] # a line
        self.by.hide()
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
        words = self._around.words
        names = words.names_in_row([row.name for row in self._recipients])
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        column.addWidget(
            Text(
                self.tr("{patient} consents to {name} being told").format(
                    patient=self._patient_name, name=names
                ),
                Role.HEAD,
                wraps=True,
            )
        )
        column.addWidget(
            Text(
                self.tr(
                    "Say to the patient what goes to whom and why, that they are free to refuse, and that they can "
                    "withdraw their consent at any time, as easily as they give it."
                ),
                Role.SECONDARY,
                wraps=True,
            )
        )
        column.addWidget(Field(self.tr("For what"), self.purpose))
        boxes = FlowLayout(12)
        for box in self.data.values():
            boxes.addWidget(box)
        column.addLayout(boxes)
        for question, choice in (
            (self.tr("Until when"), self.until),
            (self.tr("How"), self.channel),
            (self.tr("Who consents"), self.capacity),
        ):
            column.addWidget(Text(question, Role.STRONG))
            column.addWidget(choice)
        column.addWidget(self.by)
        column.addWidget(self._wrong)
        actions = FlowLayout(10)
        actions.addWidget(self.confirm)
        actions.addWidget(self.cancel)
        column.addLayout(actions)

    def _choose_days(self, days: int | None) -> None:
        self._days = days

    def _choose_channel(self, channel: Channel) -> None:
        self._channel = channel

    def _choose_capacity(self, capacity: Capacity) -> None:
        self._capacity = capacity
        self.by.setVisible(capacity is not Capacity.PATIENT)

    def _show_readiness(self) -> None:
        chosen = any(box.isChecked() for box in self.data.values())
        self.confirm.setEnabled(chosen and bool(self.purpose.text().strip()))
        self._wrong.setText("" if chosen else self.tr("Choose what the consent is about."))
        self._wrong.setVisible(not chosen)

    def _until(self) -> UnixMillis | None:
        if self._days is None:
            return None
        formats = self._around.formats
        last = formats.now().date() + timedelta(days=self._days + 1)
        return formats.instant(datetime.combine(last, datetime.min.time()))

    def _confirm(self) -> None:
        is_outside = any(row.category is Category.OTHER for row in self._recipients)
        command = RecordDecision(
            patient=self._patient,
            kind=DecisionKind.CONSENT,
            accounts=tuple(row.account for row in self._recipients),
            channel=self._channel,
            capacity=self._capacity,
            by=self.by.text if self._capacity is not Capacity.PATIENT else "",
            consent=ConsentWish(
                purpose=self.purpose.text().strip(),
                data=tuple(kind for kind, box in self.data.items() if box.isChecked()),
                basis=Basis.EXPLICIT if is_outside else Basis.SHARING,
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
