# SPDX-License-Identifier: AGPL-3.0-or-later
"""The first run, one question at a time: an account for this person, at the relay that invited them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.interface.failures import Failure
from app.window.theme.tokens import FORM_WIDTH
from app.window.theme.typography import Role
from app.window.viewmodels.session import Application, Screen
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import LinkButton, PrimaryButton
from app.window.views.components.layouts import Column, FlowLayout
from app.window.views.components.texts import Text
from app.window.views.registration_steps import PassphraseStep, PersonStep, RelayStep
from app.window.views.unlock import busy_bar, menu_bar

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMenu

    from app.window.surroundings import Surroundings
    from app.window.viewmodels.first_run import Notes
    from app.window.viewmodels.session import Session
    from app.window.views.registration_steps import Step

STEPS: Final = 6
"""Of the whole first run; the last three follow when the account is there: telephone, codes and kit."""


class RegistrationPage(QWidget):
    """Its first three steps. Each can be left and taken up again; the account is made after the third.

    Signals:
        left(): back from the first step.
    """

    left = Signal()

    def __init__(self, session: Session, around: Surroundings, menu: QMenu, notes: Notes) -> None:
        super().__init__()
        self._session = session
        self._around = around
        self._notes = notes
        self.relay = RelayStep(around, notes)
        self.person = PersonStep(around, notes)
        self.secret = PassphraseStep(around)
        self._steps = (self.relay, self.person, self.secret)
        self._place = Text("", Role.SMALL)
        self._title = Text("", Role.TITLE, wraps=True)
        self._why = Text("", Role.TEXT, wraps=True)
        self.number = 0
        self.banner = Banner()
        self._progress = busy_bar(self.tr("Creating the account"))
        self._progress_text = Text(
            self.tr("Creating your account. This takes a few seconds."), Role.SECONDARY, wraps=True
        )
        self.next = PrimaryButton(self.tr("Continue"))
        self.button = PrimaryButton(self.tr("Create my account"))
        self.back = LinkButton(self.tr("Back"))
        self._lay_out(menu)
        for step in self._steps:
            step.finished.connect(self._go_on)
        self.next.clicked.connect(self._go_on)
        self.button.clicked.connect(self._go_on)
        self.back.clicked.connect(self._go_back)
        session.failed.connect(self._refused)
        session.busy_changed.connect(self._set_busy)
        session.opened.connect(self._finish)
        self._turn_to(0)
        self._set_busy(False)  # noqa: FBT003 - as the signal does

    @property
    def step(self) -> Step:
        """The question that is asked."""
        return self._steps[self.number]

    def appear(self) -> None:
        """Begin where the last attempt was left."""
        begun = next((n for n, step in enumerate(self._steps) if not step.is_complete), 0)
        # The invitation is not kept, so that a first run taken up again begins with it.
        self._turn_to(begun)

    def forget(self) -> None:
        """Keep nothing of what was typed but the answers in the notes."""
        self.secret.forget()
        self.relay.invitation.answer.clear()
        self.banner.silence()

    def _finish(self) -> None:
        self.forget()
        self.relay.enrolment.answer.clear()
        self._notes.forget()

    def _lay_out(self, menu: QMenu) -> None:
        column = Column(width=self._around.theme.space(FORM_WIDTH), margin=24, is_centred=True)
        content = column.content
        content.setSpacing(16)
        content.addSpacing(24)
        content.addWidget(self._place)
        content.addWidget(self._title)
        content.addWidget(self._why)
        for step in self._steps:
            content.addWidget(step)
        content.addWidget(self.banner)
        content.addWidget(self._progress)
        content.addWidget(self._progress_text)
        buttons = FlowLayout(8)
        for button in (self.next, self.button, self.back):
            buttons.addWidget(button)
        content.addLayout(buttons)
        content.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(menu_bar(menu, self._around))
        layout.addWidget(column)
        self._column = column

    def _turn_to(self, number: int) -> None:
        step = self._steps[number]
        is_last = number == len(self._steps) - 1
        self.number = number
        # Not a stack, which would be as high as its highest page and push the buttons out of sight.
        for other in self._steps:
            other.setVisible(other is step)
        place = self.tr("Step {n} of {all}").format(n=number + 1, all=STEPS)
        self._place.setText(place)
        self._title.setText(step.title)
        self._why.setText(step.why)
        self.next.setVisible(not is_last)
        self.button.setVisible(is_last)
        self.banner.silence()
        step.first().setFocus()

    def _go_back(self) -> None:
        if self.number:
            self._turn_to(self.number - 1)
        else:
            self.left.emit()

    def _go_on(self) -> None:
        number = self.number
        first = self.step.check()
        if first is not None:
            first.setFocus()
            self._column.ensureWidgetVisible(first)
        elif number < len(self._steps) - 1:
            self._turn_to(number + 1)
        else:
            self._register()

    def _register(self) -> None:
        self.banner.silence()
        self._session.register(
            Application(
                enrolment=self.relay.enrolment.text,
                invitation=self.relay.invitation.text,
                name=self.person.name.text,
                profession=self.person.profession.text,
                place=self.person.place.text,
                rpps=self.person.number,
                is_listed=self.person.is_listed.isChecked(),
                passphrase=self.secret.passphrase.secret(),
            )
        )

    def _refused(self, failure: Failure, detail: str) -> None:
        if self._session.screen is not Screen.REGISTER:
            return
        explanation = self._around.errors.failure(failure, detail)
        place = {
            Failure.ENROLMENT_INVALID: (0, self.relay.enrolment),
            Failure.INVITATION_INVALID: (0, self.relay.invitation),
            Failure.PASSPHRASE_WEAK: (2, self.secret.passphrase),
        }.get(failure)
        if place is None:
            self.banner.explain(explanation)
            self._column.ensureWidgetVisible(self.button)
            return
        number, field = place
        self._turn_to(number)
        field.set_wrong(f"{explanation.what} {explanation.do}")
        field.answer.setFocus()
        self._column.ensureWidgetVisible(field)

    def _set_busy(self, is_busy: bool) -> None:  # noqa: FBT001 - Qt's signals take no names
        self._progress.setVisible(is_busy)
        self._progress_text.setVisible(is_busy)
        for widget in (self.next, self.button, self.back, *self._steps):
            widget.setEnabled(not is_busy)
