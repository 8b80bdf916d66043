# SPDX-License-Identifier: AGPL-3.0-or-later
"""Passphrase and code, asked for in the place where they are wanted; what was begun then goes on by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QDialog, QVBoxLayout

from app.interface.failures import Failure
from app.window.theme.tokens import Tone
from app.window.theme.typography import Role
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import InlineButton, LinkButton, PrimaryButton
from app.window.views.components.fields import CodeField, PassphraseField
from app.window.views.components.layouts import Card, FlowLayout, bring_into_view
from app.window.views.components.texts import Text
from app.window.views.security_key import SecurityKeyPart
from app.window.views.unlock import busy_bar
from crypto_core.wire.sign_in import TOTP_DIGITS

if TYPE_CHECKING:
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.fresh_sign_in import FreshSignIn

RECOVERY_CODE_SIGNS: Final = 16


class StepUpPanel(Card):
    """Hidden until both factors are wanted."""

    def __init__(self, fresh: FreshSignIn, around: Surroundings) -> None:
        super().__init__()
        self._fresh = fresh
        self._around = around
        self.passphrase = PassphraseField(self.tr("Passphrase"), around.theme)
        self.code = CodeField(
            self.tr("One-time code"),
            length=RECOVERY_CODE_SIGNS,
            is_number=False,
            hint=self.tr("The six digits on your telephone, or a recovery code from your list."),
        )
        self.key = SecurityKeyPart(around)
        self.banner = Banner()
        self.progress = busy_bar(self.tr("Signing in"))
        self.go_on = PrimaryButton(self.tr("Go on"))
        self.use_key = InlineButton(self.tr("Use a security key"))
        self.use_code = InlineButton(self.tr("Use the telephone"))
        self.use_code.hide()
        self.cancel = LinkButton(self.tr("Cancel"))
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        column.addWidget(Text(self.tr("Is it you?"), Role.HEAD))
        column.addWidget(
            Text(
                self.tr(
                    "This changes who gets into your account, so both are asked for once more."
                ),
                Role.SECONDARY,
                wraps=True,
            )
        )
        buttons = FlowLayout(8)
        for button in (self.go_on, self.cancel):
            buttons.addWidget(button)
        for widget in (
            self.passphrase,
            self.code,
            self.key,
            self.use_key,
            self.use_code,
            self.banner,
            self.progress,
        ):
            column.addWidget(widget)
        column.addLayout(buttons)
        self.progress.hide()
        self.hide()
        self.go_on.clicked.connect(self._sign_in)
        self.use_key.clicked.connect(self._sign_in_with_key)
        self.use_code.clicked.connect(self._take_code)
        self.cancel.clicked.connect(fresh.withdraw)
        for edit in (self.passphrase.edit, self.code.edit):
            edit.returnPressed.connect(self._sign_in)
        self.key.finished.connect(self._sign_in_with_key)
        fresh.asked.connect(self._appear)
        fresh.settled.connect(self.forget)
        fresh.refused.connect(self._refuse)
        fresh.touch_awaited.connect(self.key.say_touch)
        fresh.signing_in.connect(self._set_busy)

    def withdraw(self) -> None:
        """Drop what waits for the sign-in, and go away."""
        self._fresh.withdraw()
        self.forget()

    def forget(self) -> None:
        """Go away, with what was typed."""
        self.passphrase.forget()
        self.passphrase.set_wrong("")
        self.code.forget()
        self._ask_for_code()
        self.banner.silence()
        self.hide()

    def _appear(self) -> None:
        if any(each.isVisible() for each in self.window().findChildren(QDialog)):
            # It is asked for in the dialog above, which has a panel of its own.
            return
        self.show()
        self.passphrase.edit.setFocus()
        bring_into_view(self)

    def _ask_for_code(self) -> None:
        self.key.forget()
        self.code.show()
        self.use_key.show()
        self.use_code.hide()

    def _ask_for_pin(self) -> None:
        """Only the key's PIN is wanted now, beside the passphrase."""
        self.code.hide()
        self.use_key.hide()
        self.use_code.show()

    def _take_code(self) -> None:
        self.banner.silence()
        self._ask_for_code()
        self.code.edit.setFocus()

    def _sign_in(self) -> None:
        if self.key.asks_for_pin:
            self._sign_in_with_key()
            return
        self.banner.silence()
        lacks = self.passphrase.is_empty
        self.passphrase.set_wrong(self.tr("This is needed.") if lacks else "")
        code = self.code.code
        is_code = len(code) == RECOVERY_CODE_SIGNS or (len(code) == TOTP_DIGITS and code.isdigit())
        wrong = self.tr("Six digits, or the sixteen letters and digits of a recovery code.")
        self.code.set_wrong("" if is_code else wrong)
        if lacks:
            self.passphrase.edit.setFocus()
        elif not is_code:
            self.code.edit.setFocus()
        else:
            self._fresh.sign_in(self.passphrase.secret(), code)

    def _sign_in_with_key(self) -> None:
        self.banner.silence()
        lacks = self.passphrase.is_empty
        self.passphrase.set_wrong(self.tr("This is needed.") if lacks else "")
        if lacks:
            self.passphrase.edit.setFocus()
        else:
            self._fresh.sign_in_with_key(self.passphrase.secret(), self.key.secret())

    def _refuse(self, failure: Failure, detail: str) -> None:
        explanation = self._around.errors.failure(failure, detail)
        self.code.forget()
        if self.key.has_explained(failure, detail):
            self._ask_for_pin()
            return
        self._ask_for_code()
        if failure is Failure.WRONG_PASSPHRASE:
            self.passphrase.forget()
            self.passphrase.set_wrong(f"{explanation.what} {explanation.do}")
            self.passphrase.edit.setFocus()
        else:
            self.banner.explain(explanation, Tone.WARNING)
            self.code.edit.setFocus()

    def _set_busy(self, is_busy: bool) -> None:  # noqa: FBT001 - Qt's signals take no names
        self.progress.setVisible(is_busy)
        self.key.set_busy(is_busy=is_busy)
        for button in (self.go_on, self.use_key):
            button.setEnabled(not is_busy)
        for edit in (self.passphrase.edit, self.code.edit):
            edit.setReadOnly(is_busy)
