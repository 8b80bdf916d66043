# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a person sees when a session has ended: a line above the mail, and the dialog that it leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.interface.failures import Failure
from app.window.theme.tokens import UNLOCK_WIDTH, Tone
from app.window.theme.typography import Role
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import Button, InlineButton, PrimaryButton
from app.window.views.components.fields import CodeField, PassphraseField
from app.window.views.components.layouts import Column, FlowLayout
from app.window.views.components.rooms import resize_within
from app.window.views.components.texts import Text
from app.window.views.security_key import SecurityKeyPart
from app.window.views.unlock import busy_bar
from crypto_core.wire.sign_in import TOTP_DIGITS

if TYPE_CHECKING:
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.access import Access
    from app.window.viewmodels.second_factor import SecondFactor

RECOVERY_CODE_SIGNS: Final = 16


class SignInStrip(QWidget):
    """One quiet line above the mail, as long as there is something to do or to know.

    Signals:
        sign_in_asked(): the person wants to type the code.
    """

    sign_in_asked = Signal()

    def __init__(self, access: Access, second_factor: SecondFactor) -> None:
        super().__init__()
        self._access = access
        self._second_factor = second_factor
        self.sign_in = Button(self.tr("Sign in…"))
        self.sign_in.clicked.connect(self.sign_in_asked)
        self.resume = Button(self.tr("Set the telephone up…"))
        self.resume.clicked.connect(second_factor.resume)
        self.seen = Button(self.tr("I have read this"))
        self.seen.clicked.connect(access.put_away_codes_left)
        self.codes = Button(self.tr("Show the codes…"))
        self.codes.clicked.connect(second_factor.resume)
        self.banner = Banner(self.sign_in, self.resume, self.codes, self.seen, is_flat=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.addWidget(self.banner)
        access.changed.connect(self._show)
        second_factor.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        is_needed, is_pending = self._access.is_needed, self._second_factor.is_pending
        left = self._access.codes_left
        are_due = self._second_factor.are_codes_due and not is_needed
        self.codes.setVisible(are_due)
        self.sign_in.setVisible(is_needed and not is_pending)
        self.resume.setVisible(is_needed and is_pending)
        self.seen.setVisible(not is_needed and not are_due and left is not None)
        if self._access.is_copied:
            self._say_copied()
            return
        if is_needed and is_pending:
            self.banner.say(
                Tone.NEUTRAL,
                self.tr("To receive and send, make your telephone your second key"),
                self.tr("It takes two minutes. Until then you can read and write."),
            )
        elif is_needed:
            self.banner.say(
                Tone.NEUTRAL,
                self.tr("To receive and send, type your code"),
                self.tr("You can go on reading and writing; what you send waits here."),
            )
        elif are_due:
            self.banner.say(
                Tone.NEUTRAL,
                self.tr("Your recovery codes are not on paper yet"),
                self.tr("They let you in should your telephone be lost. It takes a minute."),
            )
        elif left is not None:
            self._say_left(left)
        else:
            self.banner.silence()
        self.setVisible(not self.banner.isHidden())

    def _say_copied(self) -> None:
        for button in (self.sign_in, self.resume, self.codes, self.seen):
            button.hide()
        self.banner.say(
            Tone.WARNING,
            self.tr("This mail was copied, or put back from a backup"),
            self.tr(
                "You can read everything here, but nothing is received or sent. Go on with the copy that "
                "was used last. If you made no copy, call whoever runs your relay."
            ),
        )
        self.show()

    def _say_left(self, left: int) -> None:
        if left:
            self.banner.say(
                Tone.NEUTRAL,
                self.tr("%n recovery code(s) left", "", left),
                self.tr("Cross the one that you have used out on your list."),
            )
        else:
            self.banner.say(
                Tone.WARNING,
                self.tr("This was your last recovery code"),
                self.tr(
                    "From now on only your telephone lets you in. If it is lost, ask whoever runs "
                    "your relay for an invitation to a new account."
                ),
            )


class SignInDialog(QDialog):
    """Passphrase and code. The window behind it goes on working."""

    def __init__(self, access: Access, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parent)
        self._access = access
        self._around = around
        self.setWindowTitle(self.tr("Sign in"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self.passphrase = PassphraseField(self.tr("Passphrase"), around.theme)
        self.code = CodeField(
            self.tr("One-time code"),
            length=TOTP_DIGITS,
            is_number=True,
            hint=self.tr("The six digits on your telephone."),
        )
        self.recovery = CodeField(
            self.tr("Recovery code"),
            length=RECOVERY_CODE_SIGNS,
            is_number=False,
            hint=self.tr("Four groups from your list. Each code serves once."),
        )
        self.switch = InlineButton("")
        self.use_key = InlineButton(self.tr("Use a security key"))
        self.key = SecurityKeyPart(around)
        self.neither = InlineButton(self.tr("Neither of the two?"))
        self.neither_text = Text(
            self.tr(
                "Nobody can make new codes for this account. Your mail stays here and can be read. To "
                "receive and send again, ask whoever runs your relay for an invitation to a new "
                "account; your correspondents will have to accept it."
            ),
            Role.SECONDARY,
            wraps=True,
        )
        self.banner = Banner()
        self._progress = busy_bar(self.tr("Signing in"))
        self.sign_in = PrimaryButton(self.tr("Sign in"))
        self.later = Button(self.tr("Later"))
        self._lay_out()
        self._use_recovery(is_used=False)
        self.switch.clicked.connect(self._take_other_way)
        self.use_key.clicked.connect(self._sign_in_with_key)
        self.neither.clicked.connect(self._say_neither)
        access.touch_awaited.connect(self.key.say_touch)
        self.key.finished.connect(self._sign_in_with_key)
        self.sign_in.clicked.connect(self._sign_in)
        self.later.clicked.connect(self.reject)
        for edit in (self.passphrase.edit, self.code.edit, self.recovery.edit):
            edit.returnPressed.connect(self._sign_in)
        access.signed_in.connect(self.accept)
        access.refused.connect(self._refused)
        access.busy_changed.connect(self._set_busy)
        self._set_busy(access.is_busy)
        self.passphrase.edit.setFocus()

    def done(self, result: int) -> None:
        """Close, and keep nothing of what was typed; a key need not be touched any more."""
        if self._access.is_busy:
            self._access.give_up_key()
        for field in (self.passphrase, self.code, self.recovery):
            field.forget()
        self.key.forget()
        super().done(result)

    def _lay_out(self) -> None:
        width = self._around.theme.space(UNLOCK_WIDTH)
        resize_within(self, width + 48, self._around.theme.space(440))
        self._column = column = Column(width=width, margin=24, is_centred=False)
        content = column.content
        content.addWidget(Text(self.tr("To receive and send"), Role.TITLE, wraps=True))
        content.addWidget(
            Text(
                self.tr("Your passphrase, and the code that your telephone shows now."),
                Role.SECONDARY,
                wraps=True,
            )
        )
        content.addWidget(self.banner)
        content.addWidget(self.passphrase)
        content.addWidget(self.code)
        content.addWidget(self.recovery)
        content.addWidget(self.key)
        links = FlowLayout(20)
        links.addWidget(self.switch)
        links.addWidget(self.use_key)
        links.addWidget(self.neither)
        content.addLayout(links)
        content.addWidget(self.neither_text)
        self.neither_text.hide()
        content.addWidget(self._progress)
        content.addStretch(1)
        foot = QHBoxLayout()
        foot.setContentsMargins(24, 12, 24, 16)
        foot.setSpacing(8)
        foot.addWidget(self.sign_in)
        foot.addWidget(self.later)
        foot.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(column, 1)
        layout.addLayout(foot)

    def _take_other_way(self) -> None:
        """From the telephone to a recovery code and back; from a key to the telephone."""
        is_recovery_next = self.recovery.isHidden() and not self.key.asks_for_pin
        self.key.forget()
        self._use_recovery(is_used=is_recovery_next, takes_focus=True)

    def _ask_for_pin(self) -> None:
        """Only the key's PIN is wanted now, beside the passphrase."""
        self._use_recovery(is_used=False)
        self.code.hide()
        self.use_key.hide()
        text = self.tr("Use the telephone")
        self.switch.setText(text)
        self.switch.setAccessibleName(text)

    def _use_recovery(self, *, is_used: bool, takes_focus: bool = False) -> None:
        self.code.forget()
        self.recovery.forget()
        self.use_key.show()
        self.code.setVisible(not is_used)
        self.recovery.setVisible(is_used)
        text = self.tr("Use the telephone") if is_used else self.tr("Use a recovery code")
        self.switch.setText(text)
        self.switch.setAccessibleName(text)
        if takes_focus:
            self._field.edit.setFocus()

    @property
    def _field(self) -> CodeField:
        return self.code if self.recovery.isHidden() else self.recovery

    def _say_neither(self) -> None:
        self.neither_text.setVisible(self.neither_text.isHidden())
        # Once it has its place.
        QTimer.singleShot(0, self, lambda: self._column.ensureWidgetVisible(self.neither_text))

    def _sign_in(self) -> None:
        if self.key.asks_for_pin:
            self._sign_in_with_key()
            return
        field = self._field
        lacks_passphrase = self.passphrase.is_empty
        self.banner.silence()
        self.passphrase.set_wrong(self.tr("This is needed.") if lacks_passphrase else "")
        if field.is_complete:
            field.set_wrong("")
        elif field is self.code:
            field.set_wrong(self.tr("The code has six digits."))
        else:
            field.set_wrong(self.tr("The code has sixteen letters and digits."))
        if lacks_passphrase:
            self.passphrase.edit.setFocus()
        elif not field.is_complete:
            field.edit.setFocus()
        else:
            self._access.sign_in(self.passphrase.secret(), field.code)

    def _sign_in_with_key(self) -> None:
        self.banner.silence()
        if self.passphrase.is_empty:
            self.passphrase.set_wrong(self.tr("This is needed."))
            self.passphrase.edit.setFocus()
            return
        self.passphrase.set_wrong("")
        self._access.sign_in_with_key(self.passphrase.secret(), self.key.secret())

    def _refused(self, failure: Failure, detail: str) -> None:
        explanation = self._around.errors.failure(failure, detail)
        self.code.forget()
        self.recovery.forget()
        had_pin = self.key.asks_for_pin
        if self.key.has_explained(failure, detail):
            self._ask_for_pin()
            return
        if had_pin:
            self._use_recovery(is_used=False)
        if failure is Failure.WRONG_PASSPHRASE:
            self.passphrase.forget()
            self.passphrase.set_wrong(f"{explanation.what} {explanation.do}")
            self.passphrase.edit.setFocus()
        else:
            self.banner.explain(explanation, Tone.WARNING)
            self._field.edit.setFocus()

    def _set_busy(self, is_busy: bool) -> None:  # noqa: FBT001 - Qt's signals take no names
        self._progress.setVisible(is_busy)
        self.sign_in.setEnabled(not is_busy)
        self.switch.setEnabled(not is_busy)
        self.use_key.setEnabled(not is_busy)
        self.key.set_busy(is_busy=is_busy)
        for edit in (self.passphrase.edit, self.code.edit, self.recovery.edit):
            edit.setReadOnly(is_busy)
