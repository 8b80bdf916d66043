# SPDX-License-Identifier: AGPL-3.0-or-later
"""The dialog that changes the passphrase: the new one twice, both factors if the relay wants them, how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.interface.failures import Failure
from app.window.theme.tokens import UNLOCK_WIDTH, Tone
from app.window.theme.typography import Role
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import Button, PrimaryButton
from app.window.views.components.layouts import Column
from app.window.views.components.rooms import resize_within
from app.window.views.components.texts import Text
from app.window.views.new_passphrase import NewPassphrase
from app.window.views.step_up import StepUpPanel
from app.window.views.unlock import busy_bar

if TYPE_CHECKING:
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.passphrase_change import PassphraseChange


class ChangePassphraseDialog(QDialog):
    """One question at a time; at the end it says what opens with what."""

    def __init__(
        self,
        change: PassphraseChange,
        around: Surroundings,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._change = change
        self._around = around
        self._is_changed = False
        title = self.tr("Change the passphrase")
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        width = around.theme.space(UNLOCK_WIDTH)
        resize_within(self, width + 48, around.theme.space(560))
        self.new = NewPassphrase(around, is_first=False)
        self.banner = Banner()
        self.step_up = StepUpPanel(change.fresh, around)
        self.step_up.passphrase.ask(self.tr("Passphrase until now"))
        self.progress = busy_bar(self.tr("Changing the passphrase"))
        self.progress.hide()
        self.go_on = PrimaryButton(self.tr("Change it"))
        self.shut = Button(self.tr("Cancel"))
        self._why = Text(
            self.tr(
                "It opens your mail on this computer, and signs you in. Write the new one down first "
                "and keep it in a safe place: nobody can recover it."
            ),
            Role.TEXT,
            wraps=True,
        )
        self._lay_out(title, width)
        self.go_on.clicked.connect(self._go_on)
        self.new.finished.connect(self._go_on)
        self.new.edited.connect(self.banner.silence)
        self.shut.clicked.connect(self.reject)
        change.changed.connect(self._succeed)
        change.others_known.connect(self._say_done)
        change.failed.connect(self._fail)
        change.fresh.asked.connect(self._step_aside)
        change.fresh.settled.connect(self._come_back)
        change.fresh.busy_changed.connect(self._set_busy)
        self.new.passphrase.edit.setFocus()

    def done(self, result: int) -> None:
        """Close, and keep nothing of what was typed."""
        self.step_up.withdraw()
        self.new.forget()
        super().done(result)

    def _lay_out(self, title: str, width: int) -> None:
        column = Column(width=width, margin=24, is_centred=False)
        column.content.addWidget(Text(title, Role.TITLE, wraps=True))
        for widget in (self._why, self.banner, self.new, self.step_up, self.progress):
            column.content.addWidget(widget)
        column.content.addStretch(1)
        foot = QHBoxLayout()
        foot.setContentsMargins(24, 12, 24, 16)
        foot.setSpacing(8)
        for button in (self.go_on, self.shut):
            foot.addWidget(button)
        foot.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(column, 1)
        layout.addLayout(foot)

    def _go_on(self) -> None:
        self.banner.silence()
        if self.new.is_complete():
            self._change.change(self.new.secret())

    def _step_aside(self) -> None:
        """Let the panel ask: the new passphrase stays where it is, out of sight."""
        self._show_form(is_shown=False)

    def _come_back(self) -> None:
        if not self._is_changed:
            self._show_form(is_shown=True)
            self.go_on.setFocus()

    def _show_form(self, *, is_shown: bool) -> None:
        for widget in (self._why, self.new, self.go_on, self.shut):
            widget.setVisible(is_shown)

    def _succeed(self) -> None:
        self._is_changed = True
        self._show_form(is_shown=False)
        self.new.forget()
        close = self.tr("Close")
        self.shut.setText(close)
        self.shut.setAccessibleName(close)
        self.shut.show()
        self._say_done()
        self.shut.setFocus()

    def _say_done(self) -> None:
        if not self._is_changed:
            return
        said = [
            self.tr(
                "Only the new one opens your mail on this computer from now on, and signs you in."
            )
        ]
        if self._change.has_others:
            said.append(
                self.tr(
                    "Your other computers still open with the old one, and sign in with the new one."
                )
            )
        said.append(
            self.tr("Should you need your recovery kit: for a week, it goes with the old one too.")
        )
        self.banner.say(Tone.GOOD, self.tr("Your passphrase is changed"), "\n".join(said))

    def _fail(self, failure: Failure, detail: str) -> None:
        self._show_form(is_shown=True)
        explanation = self._around.errors.failure(failure, detail)
        if failure is Failure.PASSPHRASE_WEAK:
            self.new.passphrase.set_wrong(f"{explanation.what} {explanation.do}")
            self.new.passphrase.edit.setFocus()
            return
        holds = self.tr("Nothing has changed: your old passphrase still holds.")
        self.banner.say(Tone.WARNING, explanation.what, f"{explanation.do} {holds}")
        self.go_on.setFocus()

    def _set_busy(self, is_busy: bool) -> None:  # noqa: FBT001 - Qt's signals take no names
        self.progress.setVisible(is_busy)
        self.go_on.setEnabled(not is_busy)
        self.new.setEnabled(not is_busy)
