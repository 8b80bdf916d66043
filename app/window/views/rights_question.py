# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is asked of a letter about a patient before it may go: one question, and the lawful ways out on the same spot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.interface.rights import RecordDecision, Rule, Ruling
from app.window.theme.tokens import Tone
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import Button, LinkButton, NamedButton, PrimaryButton
from crypto_core.wire.decisions import CareTie, DecisionKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.interface.rights import RecipientRights
    from app.interface.writing import CheckedRecipient
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.composer import Composer
    from crypto_core.wire.ids import PatientId


class RightsQuestion(QWidget):
    """Says to whom a letter about the patient may not go yet, and why, the gravest first.

    Signals:
        consent_asked(tuple[RecipientRights, ...]): the patient's consent for these is to be recorded now.
        emergency_asked(): it has to go all the same.
    """

    consent_asked = Signal(object)
    emergency_asked = Signal()

    def __init__(self, composer: Composer, around: Surroundings) -> None:
        super().__init__()
        self._composer = composer
        self._around = around
        self.yes = PrimaryButton("…")
        self.yes.clicked.connect(lambda _=False: self._agree())
        self.no = Button("…")
        self.no.clicked.connect(lambda _=False: self._deny())
        self.others = NamedButton("…")
        self.others.clicked.connect(lambda _=False: self._leave_out())
        self.emergency = LinkButton(self.tr("Life at risk…"))
        self.emergency.clicked.connect(lambda _=False: self.emergency_asked.emit())
        self.banner = Banner(self.yes, self.no, self.others, self.emergency)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.banner)
        composer.check_changed.connect(self.refresh)
        composer.patient_changed.connect(self.refresh)
        composer.begun.connect(self.refresh)
        self.refresh()

    @property
    def is_open(self) -> bool:
        """Whether the letter may not go as it is addressed."""
        return bool(self._asked())

    def refresh(self) -> None:
        """Ask about all who are asked about for the same reason, or nothing."""
        asked = self._asked()
        self.setVisible(bool(asked))
        if not asked:
            self.banner.silence()
            return
        names = self._around.words.names_in_row([row.name for row in asked])
        name = self._around.words.apart(names)
        ruling = self._rights(asked[0]).ruling
        patient = self._patient_name()
        if ruling is Ruling.NO:
            self._say_opposed(asked, patient=patient, name=name)
        elif ruling is Ruling.CONSENT:
            self._say_consent(asked, patient=patient, name=name)
        else:
            self._say_care(ruling, patient=patient, name=name)
        rest = [
            each.name
            for each in self._composer.content.to
            if each.account not in {row.account for row in asked}
        ]
        self.others.setVisible(bool(rest))
        if rest:
            self.others.say(self.tr("Write to {name} only"), self._around.words.names_in_row(rest))
        self.emergency.setVisible(ruling in {Ruling.NO, Ruling.CONSENT})

    def _asked(self) -> tuple[CheckedRecipient, ...]:
        forbidden = self._composer.forbidden()
        if not forbidden:
            return ()
        first = self._rights(forbidden[0])
        return tuple(
            row
            for row in forbidden
            if (self._rights(row).ruling, self._rights(row).rule) == (first.ruling, first.rule)
        )

    @staticmethod
    def _rights(row: CheckedRecipient) -> RecipientRights:
        if row.rights is None:
            raise TypeError("only who is asked about is here")
        return row.rights

    def _patient_name(self) -> str:
        check = self._composer.check
        if check is None or check.patient is None:
            return ""
        return self._around.words.patient(check.patient)

    def _patient(self) -> PatientId | None:
        check = self._composer.check
        return None if check is None or check.patient is None else check.patient.patient

    def _set(self, button: Button, text: str) -> None:
        button.setText(text or "…")
        button.setAccessibleName(text or "…")
        button.setVisible(bool(text))

    def _say_opposed(self, asked: Sequence[CheckedRecipient], *, patient: str, name: str) -> None:
        at = self._rights(asked[0]).opposed_at
        when = "" if at is None else self._around.formats.day(at)
        self._set(self.yes, "")
        self._set(self.no, "")
        self.banner.say(
            Tone.DANGER,
            self.tr("{patient} objects to {name} being told").format(patient=patient, name=name),
            self.tr(
                "You recorded it on {when}. A patient may object at any time (article L1110-4 of the "
                "public health code)."
            ).format(when=when),
        )

    def _say_consent(self, asked: Sequence[CheckedRecipient], *, patient: str, name: str) -> None:
        rights = self._rights(asked[0])
        reasons = {
            Rule.OUTSIDE_SECRECY: self.tr(
                "Article R1110-2 of the public health code does not name this profession, yours or theirs, among "
                "those that may be told without the patient’s consent."
            ),
            Rule.NO_PART_IN_CARE: self.tr(
                "You have said that they take no part in the care (article L1110-4 of the public health code)."
            ),
            Rule.SHARING_OUTSIDE_TEAM: self.tr(
                "Outside the care team sharing takes the patient’s consent (article L1110-4 of the public health "
                "code)."
            ),
        }
        reason = reasons.get(rights.rule, "")
        if rights.consent_ended is not None:
            ended = self._around.formats.day(rights.consent_ended)
            reason = (
                self.tr("The consent of {when} no longer holds.").format(when=ended) + f" {reason}"
            )
        self._set(self.yes, self.tr("Record the consent now…"))
        self._set(
            self.no,
            self.tr("They take part in the care") if rights.rule is Rule.NO_PART_IN_CARE else "",
        )
        self.banner.say(
            Tone.WARNING,
            self.tr("{patient} has to consent for {name}").format(patient=patient, name=name),
            reason,
        )

    def _say_care(self, ruling: Ruling, *, patient: str, name: str) -> None:
        if ruling is Ruling.ASK:
            what = self.tr("Does {name} take part in the care of {patient}?")
            self._set(self.yes, self.tr("Yes, and the patient knows it"))
            self._set(self.no, self.tr("No"))
        else:
            what = self.tr("Does {patient} know that {name} is told?")
            self._set(self.yes, self.tr("Yes, and does not object"))
            self._set(self.no, "")
        self.banner.say(
            Tone.WARNING,
            what.format(patient=patient, name=name),
            self.tr(
                "Those who care for somebody may write to each other what is necessary, if the patient knows it and "
                "does not object. Your answer is kept for this patient, and is not asked again."
            ),
        )

    # --- answers -----------------------------------------------------------------------------

    def _agree(self) -> None:
        asked, patient = self._asked(), self._patient()
        if not asked or patient is None:
            return
        ruling = self._rights(asked[0]).ruling
        if ruling is Ruling.CONSENT:
            self.consent_asked.emit(tuple(self._rights(row) for row in asked))
            return
        commands = [self._informed(patient, asked)]
        if ruling is Ruling.ASK:
            commands.insert(0, self._tie(patient, asked, CareTie.TAKES_PART))
        self._composer.decide(*commands)

    def _deny(self) -> None:
        asked, patient = self._asked(), self._patient()
        if asked and patient is not None:
            is_unsaid = self._rights(asked[0]).ruling is Ruling.ASK
            tie = CareTie.NONE if is_unsaid else CareTie.TAKES_PART
            self._composer.decide(self._tie(patient, asked, tie))

    def _leave_out(self) -> None:
        for row in self._asked():
            self._composer.remove_recipient(row.account)

    @staticmethod
    def _tie(patient: PatientId, asked: Sequence[CheckedRecipient], tie: CareTie) -> RecordDecision:
        return RecordDecision(
            patient=patient,
            kind=DecisionKind.TIE,
            accounts=tuple(row.account for row in asked),
            tie=tie,
        )

    @staticmethod
    def _informed(patient: PatientId, asked: Sequence[CheckedRecipient]) -> RecordDecision:
        return RecordDecision(
            patient=patient,
            kind=DecisionKind.INFORMED,
            accounts=tuple(row.account for row in asked),
        )
