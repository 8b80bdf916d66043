# SPDX-License-Identifier: AGPL-3.0-or-later
"""The page on which the mailbox is unlocked, and the pages for what cannot be opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QProgressBar, QVBoxLayout, QWidget

from app.interface.failures import Failure
from app.window.theme.icons import Icon
from app.window.theme.tokens import UNLOCK_WIDTH, Tone
from app.window.theme.typography import Role
from app.window.viewmodels.session import LockReason, Screen
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import Button, IconButton, PrimaryButton
from app.window.views.components.fields import Field, PassphraseField
from app.window.views.components.layouts import Column
from app.window.views.components.texts import Text, show_if

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMenu

    from app.window.surroundings import Surroundings
    from app.window.viewmodels.accounts import OwnAccount
    from app.window.viewmodels.mailbox import Mailbox
    from app.window.viewmodels.session import Session

PRODUCT = "U-HealthSec"


class UnlockPage(QWidget):
    """Asks for the passphrase."""

    def __init__(self, mailbox: Mailbox, around: Surroundings, menu: QMenu) -> None:
        super().__init__()
        session = self._session = mailbox.session
        self._change = mailbox.passphrase_change
        self._around = around
        self.field = PassphraseField(self.tr("Passphrase"), around.theme)
        self.button = PrimaryButton(self.tr("Unlock"))
        self.use_kit = Button(self.tr("Open with the recovery kit…"))
        self.banner = Banner(self.use_kit)
        self.kit = KitField(around)
        self._progress = busy_bar(self.tr("Unlocking"))
        self._progress_text = Text(
            self.tr("Opening your mail. This takes a second or two, on purpose."),
            Role.SECONDARY,
            wraps=True,
        )
        column = Column(width=around.theme.space(UNLOCK_WIDTH), margin=24, is_centred=True)
        content = column.content
        content.addStretch(2)
        content.addWidget(Text(PRODUCT, Role.TITLE))
        content.addWidget(AccountName(mailbox.own))
        self.reason = Text("", Role.TEXT, wraps=True)
        content.addWidget(self.reason)
        content.addWidget(
            Text(
                self.tr(
                    "While locked, nothing is received or sent. You learn of new mail when you unlock."
                ),
                Role.SECONDARY,
                wraps=True,
            )
        )
        content.addSpacing(8)
        content.addWidget(self.banner)
        content.addWidget(self.kit)
        content.addWidget(self.field)
        self.waiting = Text("", Role.SECONDARY, wraps=True, tone=Tone.WARNING)
        self.waiting.hide()
        content.addWidget(self.waiting)
        content.addWidget(self._progress)
        content.addWidget(self._progress_text)
        content.addSpacing(4)
        content.addWidget(self.button)
        content.addStretch(3)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(menu_bar(menu, around))
        layout.addWidget(column)
        self._set_busy(False)  # noqa: FBT003 - as the signal does
        self._left = 0
        self._second = QTimer(self, interval=1000)
        self._second.timeout.connect(self._count_down)
        session.wait_changed.connect(self._begin_wait)
        self.use_kit.clicked.connect(self._ask_for_kit)
        self.kit.edit.textChanged.connect(lambda _: self.kit.set_wrong(""))
        self.button.clicked.connect(self._unlock)
        self.field.edit.returnPressed.connect(self._unlock)
        self.field.edit.edited.connect(self._typed)
        session.failed.connect(self._refused)
        session.busy_changed.connect(self._set_busy)
        session.opened.connect(self.forget)
        self._typed(False)  # noqa: FBT003 - as the signal does

    def appear(self) -> None:
        """Get ready to be typed into, and say why the mailbox is locked."""
        self.kit.forget()
        self.field.forget()
        self.field.set_wrong("")
        # Only where the passphrase cannot be enough.
        self.use_kit.hide()
        reason = self._why()
        self.reason.setText(reason)
        self.reason.setVisible(bool(reason))
        self._begin_wait()
        if self._change.is_unsettled:
            self.banner.say(
                Tone.WARNING,
                self.tr("Your passphrase was being changed when the program stopped"),
                self.tr("Try the new one first. If it does not open your mail, the old one does."),
            )
        elif self._session.reason is LockReason.ENGINE_ENDED:
            self.banner.explain(self._around.errors.failure(Failure.ENGINE_GONE), Tone.WARNING)
        else:
            self.banner.silence()
        self.field.edit.setFocus()

    def _why(self) -> str:
        return {
            LockReason.IDLE: self.tr("Locked, because nobody was at the computer."),
            LockReason.ASLEEP: self.tr("Locked, because the computer went to sleep."),
            LockReason.LEFT: self.tr(
                "Locked, because the computer's session was locked or changed."
            ),
        }.get(self._session.reason, "")

    def forget(self) -> None:
        """Keep nothing of what was typed."""
        self.kit.forget()
        self.field.forget()
        self.field.set_wrong("")
        self.banner.silence()

    def _typed(self, has_text: bool) -> None:  # noqa: FBT001 - Qt's signals take no names
        self._enable()
        if has_text:
            self.field.set_wrong("")

    def _enable(self) -> None:
        self.button.setEnabled(not (self.field.is_empty or self._session.is_busy or self._left))

    def _begin_wait(self) -> None:
        self._left = self._session.wait_seconds
        self._show_wait()
        if self._left:
            self._second.start()

    def _count_down(self) -> None:
        self._left = max(0, self._left - 1)
        self._show_wait()

    def _show_wait(self) -> None:
        """Say how long the next try has to wait; what is typed meanwhile stays."""
        if self._left:
            self.waiting.setText(
                self.tr("After a wrong passphrase, wait %n second(s).", "", self._left)
            )
        else:
            self._second.stop()
        self.waiting.setVisible(bool(self._left))
        self._enable()

    def _unlock(self) -> None:
        if self.button.isEnabled():
            self.field.set_wrong("")
            self.kit.set_wrong("")
            if self.kit.isHidden():
                self._session.unlock(self.field.secret())
            else:
                self._session.unlock_with_kit(self.kit.text, self.field.secret())

    def _ask_for_kit(self) -> None:
        """Ask for the code on paper beside the passphrase."""
        self.banner.silence()
        self.kit.show()
        self.kit.edit.setFocus()

    def _refused(self, failure: Failure, detail: str) -> None:
        if self._session.screen is not Screen.UNLOCK:
            return
        explanation = self._around.errors.failure(failure, detail)
        self.use_kit.setVisible(failure is Failure.OS_SECRET_MISSING)
        if failure is Failure.KIT_CODE_INVALID:
            # Nothing is asked for twice: the passphrase stays.
            self.kit.say_wrong(detail)
            self.kit.edit.setFocus()
            return
        self.field.forget()
        if failure is Failure.WRONG_PASSPHRASE:
            self.banner.silence()
            # Its detail is the wait, which has a line of its own.
            explanation = self._around.errors.failure(failure)
            self.field.set_wrong(f"{explanation.what} {explanation.do}")
        elif failure is Failure.TOO_MANY_ATTEMPTS:
            self.banner.silence()
        else:
            self.banner.explain(explanation)
        self.field.edit.setFocus()

    def _set_busy(self, is_busy: bool) -> None:  # noqa: FBT001 - Qt's signals take no names
        self._progress.setVisible(is_busy)
        self._progress_text.setVisible(is_busy)
        self.field.edit.setReadOnly(is_busy)
        self._enable()


class AccountName(Text):
    """Which of several accounts a passphrase opens; nothing where there is one only."""

    def __init__(self, own: OwnAccount) -> None:
        super().__init__("", Role.HEAD, wraps=True)
        self._own = own
        own.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self.setText(self._own.name)
        show_if(self, is_wanted=bool(self._own.name))


class KitField(Field):
    """The code on the recovery kit; hidden until it is needed."""

    def __init__(self, around: Surroundings) -> None:
        translate = QCoreApplication.translate
        self.edit = QLineEdit()
        self.edit.setProperty("mono", "true")
        self.edit.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText
        )
        super().__init__(
            translate("KitField", "Code on your recovery kit"),
            self.edit,
            hint=translate(
                "KitField",
                "Fourteen groups of five characters. Then type the passphrase of your account: "
                "from now on it opens your mail on this computer.",
            ),
        )
        self._around = around
        self.hide()

    def say_wrong(self, group: str) -> None:
        """Say which group is not right, as far as that is known."""
        translate = QCoreApplication.translate
        if group:
            text = translate("KitField", "Group {group} is not right. Compare it with the paper.")
            self.set_wrong(text.format(group=group))
        else:
            self.set_wrong(translate("KitField", "This is not the code of a recovery kit."))

    def forget(self) -> None:
        """Keep nothing of what was typed, and ask no more."""
        self.edit.clear()
        self.edit.setModified(False)
        self.set_wrong("")
        self.hide()


class TroublePage(QWidget):
    """Says what cannot be opened and what to do; offers to try again."""

    def __init__(self, session: Session, around: Surroundings, menu: QMenu) -> None:
        super().__init__()
        self._session = session
        self._around = around
        self._banner = Banner()
        self.again = Button(self.tr("Try again"))
        self.again.clicked.connect(session.start)
        column = Column(width=around.theme.space(UNLOCK_WIDTH), margin=24, is_centred=True)
        content = column.content
        content.addStretch(2)
        content.addWidget(Text(PRODUCT, Role.TITLE))
        content.addWidget(self._banner)
        content.addWidget(self.again)
        content.addStretch(3)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(menu_bar(menu, around))
        layout.addWidget(column)

    def appear(self) -> None:
        """Explain the present trouble."""
        failure = {
            Screen.DAMAGED: Failure.PROFILE_DAMAGED,
            Screen.NEWER: Failure.PROFILE_NEWER,
        }.get(self._session.screen, Failure.BUG)
        explanation = self._around.errors.failure(failure)
        if failure is Failure.BUG:
            self._banner.say(
                Tone.DANGER,
                self.tr("The program behind this window does not start."),
                self.tr("Try again. If it happens again, restart the computer. Nothing was lost."),
            )
        else:
            self._banner.explain(explanation)
        self.again.setVisible(self._session.screen is Screen.STOPPED)


def menu_bar(menu: QMenu, around: Surroundings) -> QWidget:
    """Return the strip that holds the menu where there is no navigation: language and size of text."""
    bar = QWidget()
    bar.setProperty("ground", "panel")
    bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    button = IconButton(Icon.MENU, QCoreApplication.translate("UnlockPage", "Menu"), around.theme)
    button.setMenu(menu)
    row = QHBoxLayout(bar)
    row.setContentsMargins(14, 14, 14, 0)
    row.addStretch(1)
    row.addWidget(button)
    return bar


def busy_bar(name: str) -> QProgressBar:
    """Return a bar that only says that something is under way."""
    bar = QProgressBar()
    bar.setRange(0, 0)
    bar.setTextVisible(False)
    bar.setAccessibleName(name)
    return bar
