# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who may receive a patient's information, on what ground, and until when; and what becomes of it with one click."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.interface.rights import RecordDecision, Rule, Ruling
from app.window.theme.tokens import Tone
from app.window.theme.typography import Role
from app.window.viewmodels.marks import mark
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import Button, InlineButton, LinkButton, PrimaryButton
from app.window.views.components.chips import Chip
from app.window.views.components.choices import Choices
from app.window.views.components.layouts import Card, FlowLayout, clear
from app.window.views.components.texts import Rule as Line
from app.window.views.components.texts import Text
from app.window.views.consent import ConsentDialog, HowDecided, PeopleField, lay_out_decision
from crypto_core.wire.decisions import CareTie, DecisionKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.interface.failures import Failure
    from app.interface.patients import PatientRow
    from app.interface.rights import DecisionRow, PatientRights, RecipientRights
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.contacts import ContactBook
    from app.window.viewmodels.rights import Rights
    from crypto_core.wire.ids import PatientId

RECORDS_SHOWN: Final = 8


class DecisionDialog(QDialog):
    """An objection, its end, or the withdrawal of a consent.

    Signals:
        decided(RecordDecision): what was said.
    """

    decided = Signal(object)

    def __init__(
        self,
        kind: DecisionKind,
        patient: PatientId,
        patient_name: str,
        who: RecipientRights | None,
        contacts: ContactBook,
        around: Surroundings,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._kind = kind
        self._patient = patient
        self._who = who
        self._is_everybody = False
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        title, what, confirm = self._texts(patient_name)
        self.setWindowTitle(title)
        self.people = PeopleField(contacts, around)
        self.people.changed.connect(self._show_readiness)
        self.extent = Choices(
            self.tr("To whom they object"),
            {False: self.tr("Some people"), True: self.tr("Everybody")},
            self._is_everybody,
            self._choose_extent,
        )
        self.extent.setVisible(who is None)
        self.people.setVisible(who is None)
        self.how = HowDecided()
        self.how.changed.connect(self._show_readiness)
        self.confirm = PrimaryButton(confirm)
        self.confirm.clicked.connect(lambda _=False: self._confirm())
        self.cancel = Button(self.tr("Cancel"))
        self.cancel.clicked.connect(self.reject)
        explained = Text(what, Role.SECONDARY, wraps=True)
        lay_out_decision(
            self,
            title,
            (explained, self.extent, self.people, self.how),
            (self.confirm, self.cancel),
            around,
        )
        self._show_readiness()

    def _texts(self, patient: str) -> tuple[str, str, str]:
        name = "" if self._who is None else self._who.name
        if self._kind is DecisionKind.WITHDRAWAL:
            return (
                self.tr("{patient} withdraws the consent for {name}").format(
                    patient=patient, name=name
                ),
                self.tr(
                    "From now on nothing more goes to them, from none of your computers; letters that wait to be "
                    "sent stay here. What they have received remains with them, and what you have to keep is "
                    "kept."
                ),
                self.tr("Record the withdrawal"),
            )
        if self._kind is DecisionKind.LIFTING:
            return (
                self.tr("{patient} no longer objects to {name} being told").format(
                    patient=patient, name=name
                ),
                self.tr("What held before the objection holds again."),
                self.tr("Record that the objection is over"),
            )
        return (
            self.tr("{patient} objects to their information being given away").format(
                patient=patient
            ),
            self.tr(
                "From now on nothing more goes to these people, from none of your computers, with or without consent."
            ),
            self.tr("Record the objection"),
        )

    def _choose_extent(self, is_everybody: bool) -> None:  # noqa: FBT001 - one of two choices
        self._is_everybody = is_everybody
        self.people.setVisible(not is_everybody)
        self._show_readiness()

    def _show_readiness(self) -> None:
        has_people = self._who is not None or self._is_everybody or bool(self.people.accounts)
        self.confirm.setEnabled(has_people and self.how.is_complete)

    def _confirm(self) -> None:
        accounts = (self._who.account,) if self._who is not None else self.people.accounts
        self.accept()
        self.decided.emit(
            RecordDecision(
                patient=self._patient,
                kind=self._kind,
                accounts=() if self._is_everybody else accounts,
                channel=self.how.channel,
                capacity=self.how.capacity,
                by=self.how.by,
            )
        )


class RightsCard(Card):
    """Everybody about whom something was recorded, and what holds for each."""

    def __init__(self, rights: Rights, contacts: ContactBook, around: Surroundings) -> None:
        super().__init__()
        self._rights = rights
        self._contacts = contacts
        self._around = around
        self._patient: PatientRow | None = None
        self.consent = Button(self.tr("Record a consent…"))
        self.consent.clicked.connect(lambda _=False: self._ask_consent(()))
        self.object = LinkButton(self.tr("Record an objection…"))
        self.object.clicked.connect(lambda _=False: self._ask(DecisionKind.OPPOSITION, None))
        self.banner = Banner()
        self._rows = QVBoxLayout()
        self._rows.setSpacing(10)
        actions = FlowLayout(10)
        for button in (self.consent, self.object):
            actions.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        column.addWidget(Text(self.tr("Who may receive their information"), Role.HEAD, wraps=True))
        column.addWidget(self.banner)
        column.addLayout(self._rows)
        column.addLayout(actions)
        rights.changed.connect(self._refresh)
        rights.failed.connect(self._failed)

    def show_patient(self, row: PatientRow | None) -> None:
        """Show what holds for a patient, or nobody's."""
        is_other = (self._patient is None) != (row is None) or (
            self._patient is not None and row is not None and self._patient.patient != row.patient
        )
        self._patient = row
        if is_other:
            clear(self._rows)
            self.banner.silence()
        if row is not None:
            self._refresh(row.patient)

    def _refresh(self, patient: PatientId) -> None:
        if self._patient is not None and self._patient.patient == patient:
            self._rights.show(patient, lambda found: self._take(patient, found))

    def _take(self, patient: PatientId, found: PatientRights) -> None:
        if self._patient is None or self._patient.patient != patient:
            return
        clear(self._rows)
        everybody = next(
            (
                row
                for row in found.decisions
                if row.kind is DecisionKind.OPPOSITION and row.is_in_force and not row.parties
            ),
            None,
        )
        if everybody is not None:
            self._rows.addWidget(self._objection_to_all(everybody))
        for at, row in enumerate(found.people):
            if at or everybody is not None:
                self._rows.addWidget(Line())
            self._rows.addWidget(self._person(row, is_anybody=everybody is None))
        if not found.people and everybody is None:
            self._rows.addWidget(
                Text(
                    self.tr(
                        "Nothing was recorded yet. You are asked when you write to somebody about this patient for "
                        "the first time."
                    ),
                    Role.SECONDARY,
                    wraps=True,
                )
            )

    def _objection_to_all(self, row: DecisionRow) -> QWidget:
        lift = InlineButton(self.tr("No longer objects…"))
        lift.clicked.connect(lambda _=False: self._ask_everybody())
        day = self._around.formats.day(row.at)
        return self._line(
            self.tr("Everybody"),
            self.tr("The patient objected on {day}").format(day=day),
            self._chip(Ruling.NO, Rule.OPPOSITION),
            (lift,),
        )

    def _person(self, row: RecipientRights, *, is_anybody: bool) -> QWidget:
        """Without `is_anybody` nothing goes to anybody: who is named is asked about when that is over."""
        actions = self._actions(row) if is_anybody else ()
        return self._line(row.name, self._ground(row), self._chip(row.ruling, row.rule), actions)

    def _line(self, name: str, ground: str, chip: Chip, actions: Sequence[InlineButton]) -> QWidget:
        who = QVBoxLayout()
        who.setSpacing(2)
        who.addWidget(Text(name, Role.STRONG, wraps=True))
        who.addWidget(Text(ground, Role.SECONDARY, wraps=True))
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addLayout(who, 1)
        row.addWidget(chip, 0, Qt.AlignmentFlag.AlignTop)
        line = QWidget()
        column = QVBoxLayout(line)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(row)
        if actions:
            links = FlowLayout(16)
            for action in actions:
                action.setAccessibleName(f"{action.text()} ({name})")
                links.addWidget(action)
            column.addLayout(links)
        return line

    def _chip(self, ruling: Ruling, rule: Rule) -> Chip:
        text, tone = {
            Ruling.YES: (self.tr("Yes"), Tone.GOOD),
            Ruling.INFORM: (self.tr("Once informed"), Tone.WARNING),
            Ruling.ASK: (self.tr("To be said"), Tone.WARNING),
            Ruling.CONSENT: (self.tr("With consent only"), Tone.WARNING),
            Ruling.NO: (self.tr("No"), Tone.DANGER),
        }[ruling]
        if ruling is Ruling.YES and rule is Rule.CONSENT:
            text, tone = self.tr("With consent"), Tone.ACCENT
        return Chip(mark(text, tone))

    def _ground(self, row: RecipientRights) -> str:
        formats = self._around.formats
        said: list[str] = []
        if row.opposed_at is not None:
            day = formats.day(row.opposed_at)
            return self.tr("The patient objected on {day}").format(day=day)
        ties = {
            CareTie.TEAM: self.tr("Care team"),
            CareTie.TAKES_PART: self.tr("Takes part in the care"),
            CareTie.NONE: self.tr("Takes no part in the care"),
            CareTie.SELF: self.tr("The patient, or who decides for them"),
        }
        if row.tie is not None:
            said.append(ties[row.tie])
        if row.consented_at is not None:
            day = formats.day(row.consented_at)
            if row.consent_until is None:
                said.append(self.tr("consent of {day}, until withdrawn").format(day=day))
            else:
                last = formats.last_day(row.consent_until)
                said.append(self.tr("consent of {day}, until {last}").format(day=day, last=last))
        elif row.consent_ended is not None:
            day = formats.day(row.consent_ended)
            said.append(self.tr("the consent of {day} no longer holds").format(day=day))
        if row.informed_at is not None:
            day = formats.day(row.informed_at)
            said.append(self.tr("patient informed on {day}").format(day=day))
        text = ", ".join(said) or self.tr("Nothing that holds was recorded")
        return text[:1].upper() + text[1:]

    def _actions(self, row: RecipientRights) -> tuple[InlineButton, ...]:
        if row.opposed_at is not None:
            lift = InlineButton(self.tr("No longer objects…"))
            lift.clicked.connect(lambda _=False: self._ask(DecisionKind.LIFTING, row))
            return (lift,)
        actions: list[InlineButton] = []
        if row.consented_at is not None:
            withdraw = InlineButton(self.tr("Withdraw…"))
            withdraw.clicked.connect(lambda _=False: self._ask(DecisionKind.WITHDRAWAL, row))
            actions.append(withdraw)
        elif row.ruling is Ruling.CONSENT:
            consent = InlineButton(self.tr("Record a consent…"))
            consent.clicked.connect(lambda _=False: self._ask_consent((row,)))
            actions.append(consent)
        elif row.ruling is Ruling.INFORM:
            inform = InlineButton(self.tr("The patient knows"))
            inform.clicked.connect(lambda _=False: self._inform(row))
            actions.append(inform)
        against = InlineButton(self.tr("Objects…"))
        against.clicked.connect(lambda _=False: self._ask(DecisionKind.OPPOSITION, row))
        return (*actions, against)

    # --- what is asked -----------------------------------------------------------------------

    def _name(self) -> str:
        return "" if self._patient is None else self._around.words.patient(self._patient)

    def _ask_consent(self, recipients: tuple[RecipientRights, ...]) -> None:
        if self._patient is None:
            return
        dialog = ConsentDialog(
            self._patient.patient, self._name(), recipients, self._contacts, self._around, self
        )
        dialog.decided.connect(self._rights.record)
        dialog.open()

    def _ask(self, kind: DecisionKind, who: RecipientRights | None) -> None:
        if self._patient is None:
            return
        dialog = DecisionDialog(
            kind, self._patient.patient, self._name(), who, self._contacts, self._around, self
        )
        dialog.decided.connect(self._rights.record)
        dialog.open()

    def _ask_everybody(self) -> None:
        if self._patient is not None:
            self._rights.record(
                RecordDecision(patient=self._patient.patient, kind=DecisionKind.LIFTING)
            )

    def _inform(self, row: RecipientRights) -> None:
        if self._patient is not None:
            self._rights.record(
                RecordDecision(
                    patient=self._patient.patient,
                    kind=DecisionKind.INFORMED,
                    accounts=(row.account,),
                )
            )

    def _failed(self, failure: Failure, detail: str) -> None:
        if self.isVisible():
            self.banner.explain(self._around.errors.failure(failure, detail))
