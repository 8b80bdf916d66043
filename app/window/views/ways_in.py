# SPDX-License-Identifier: AGPL-3.0-or-later
"""The ways to sign in, as a section of the settings, and the two dialogs that add one."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.interface.failures import Failure
from app.window.theme.tokens import UNLOCK_WIDTH, Tone
from app.window.theme.typography import Role
from app.window.viewmodels.factors import secret_in
from app.window.views.change_passphrase import ChangePassphraseDialog
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import Button, InlineButton, LinkButton, PrimaryButton
from app.window.views.components.fields import CodeField, Field
from app.window.views.components.layouts import Card, Column, FlowLayout, clear
from app.window.views.components.pictures import QrPicture
from app.window.views.components.rooms import resize_within
from app.window.views.components.texts import Text, set_property
from app.window.views.second_factor import grouped
from app.window.views.security_key import SecurityKeyPart
from app.window.views.step_up import StepUpPanel
from crypto_core.wire.sign_in import TOTP_DIGITS, FactorKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.interface.snapshots import FactorList, FactorView
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.factors import Factors
    from app.window.viewmodels.passphrase_change import PassphraseChange

NAME_LETTERS = 40


class WaysIn(QWidget):
    """One card per telephone and security key, one for the recovery codes, and what can be done."""

    def __init__(
        self,
        factors: Factors,
        change: PassphraseChange,
        around: Surroundings,
        *,
        show_sessions: Callable[[], None],
    ) -> None:
        super().__init__()
        self._factors = factors
        self._change = change
        self._around = around
        self._chosen: FactorView | None = None
        self.remove_now = Button(self.tr("Remove it"))
        self.keep = Button(self.tr("Keep it"))
        self.question = Banner(self.remove_now, self.keep)
        self.banner = Banner()
        self.removers: list[Button] = []
        self.change = Button(self.tr("Change…"))
        self.change.setAccessibleName(self.tr("Change the passphrase"))
        self._cards = QVBoxLayout()
        self._cards.setSpacing(8)
        self.add_telephone = Button(self.tr("Add a telephone…"))
        self.add_key = Button(self.tr("Add a security key…"))
        self.new_codes = Button(self.tr("New recovery codes…"))
        self.make_codes = Button(self.tr("Make new codes"))
        self.keep_codes = Button(self.tr("Keep the old ones"))
        self.codes_question = Banner(self.make_codes, self.keep_codes)
        self.step_up = StepUpPanel(factors.fresh, around)
        self.sessions = InlineButton(self.tr("Where am I signed in…"))
        self._lay_out()
        self.change.clicked.connect(self._change_passphrase)
        self.add_telephone.clicked.connect(self._add_telephone)
        self.add_key.clicked.connect(self._add_key)
        self.new_codes.clicked.connect(self._ask_about_codes)
        self.make_codes.clicked.connect(self._make_codes)
        self.keep_codes.clicked.connect(self.codes_question.silence)
        self.sessions.clicked.connect(show_sessions)
        self.remove_now.clicked.connect(self._remove)
        self.keep.clicked.connect(self.question.silence)
        factors.listed.connect(self._show)
        factors.removed.connect(factors.list_all)
        factors.added.connect(lambda _: factors.list_all())
        factors.failed.connect(self._fail)
        factors.fresh.busy_changed.connect(self._set_busy)
        factors.list_all()

    def forget(self) -> None:
        """Keep nothing of what was typed, and drop what waits for a sign-in."""
        self.step_up.withdraw()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self._passphrase_card())
        column.addSpacing(6)
        column.addWidget(Text(self.tr("My ways to sign in"), Role.HEAD))
        column.addWidget(
            Text(
                self.tr(
                    "To receive and send, the relay asks for your passphrase and one of these. With two "
                    "of them, a lost telephone is no drama."
                ),
                Role.SECONDARY,
                wraps=True,
            )
        )
        column.addWidget(self.banner)
        column.addLayout(self._cards)
        column.addWidget(self.question)
        column.addWidget(self.codes_question)
        column.addWidget(self.step_up)
        buttons = FlowLayout(8)
        for button in (self.add_telephone, self.add_key, self.new_codes):
            buttons.addWidget(button)
        column.addLayout(buttons)
        links = QHBoxLayout()
        links.addWidget(self.sessions)
        links.addStretch(1)
        column.addLayout(links)

    def _passphrase_card(self) -> Card:
        card = Card()
        line = _line_in(card)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(Text(self.tr("Passphrase"), Role.STRONG))
        texts.addWidget(
            Text(
                self.tr("Opens your mail on this computer, and signs you in."),
                Role.SECONDARY,
                wraps=True,
            )
        )
        line.addLayout(texts, 1)
        line.addWidget(self.change)
        return card

    def _show(self, found: FactorList) -> None:
        clear(self._cards)
        self.banner.silence()
        self.question.silence()
        self.removers = []
        for row in found.rows:
            self._cards.addWidget(self._card(row, is_last=len(found.rows) == 1))
        left = found.recovery_codes_left
        text = self.tr("%n recovery code(s) on paper left", "", left)
        if found.are_codes_due:
            text = self.tr("Your recovery codes are not on paper yet")
        card = Card()
        line = _line_in(card)
        line.addWidget(Text(text, Role.STRONG, wraps=True), 1)
        self._cards.addWidget(card)

    def _card(self, row: FactorView, *, is_last: bool) -> Card:
        formats, name = self._around.formats, self._name_of(row)
        added = formats.in_sentence(row.added_at)
        if row.last_used_at is None:
            times = self.tr("Added {added}, not used yet").format(added=added)
        else:
            last = formats.in_sentence(row.last_used_at)
            times = self.tr("Added {added}, last used {last}").format(added=added, last=last)
        card = Card()
        line = _line_in(card)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(Text(name, Role.STRONG, wraps=True))
        texts.addWidget(Text(times, Role.SECONDARY, wraps=True))
        line.addLayout(texts, 1)
        if not is_last:
            remove = LinkButton(self.tr("Remove…"))
            remove.setAccessibleName(self.tr("Remove {name}").format(name=name))
            remove.clicked.connect(lambda: self._ask(row))
            self.removers.append(remove)
            line.addWidget(remove)
        return card

    def _name_of(self, row: FactorView) -> str:
        kind = self.tr("Security key") if row.kind is FactorKind.FIDO2 else self.tr("Telephone")
        if not row.name:
            return kind
        return self.tr("{kind} “{name}”").format(kind=kind, name=row.name)

    def _ask(self, row: FactorView) -> None:
        self._chosen = row
        self.banner.silence()
        self.codes_question.silence()
        self.question.say(
            Tone.WARNING,
            self.tr("Remove {name}?").format(name=self._name_of(row)),
            self.tr("It will not let anybody in any more. The others stay."),
        )
        self.keep.setFocus()

    def _remove(self) -> None:
        self.question.silence()
        if self._chosen is not None:
            self._factors.remove(self._chosen.factor)

    def _ask_about_codes(self) -> None:
        self.question.silence()
        self.codes_question.say(
            Tone.NEUTRAL,
            self.tr("Make ten new recovery codes?"),
            self.tr("Those on your old list will be void. Have the printer or a pen ready."),
        )
        self.keep_codes.setFocus()

    def _make_codes(self) -> None:
        self.codes_question.silence()
        self._factors.renew_codes()

    def _change_passphrase(self) -> None:
        ChangePassphraseDialog(self._change, self._around, self).open()

    def _add_telephone(self) -> None:
        AddTelephoneDialog(self._factors, self._around, self).open()

    def _add_key(self) -> None:
        AddKeyDialog(self._factors, self._around, self).open()

    def _fail(self, failure: Failure, detail: str) -> None:
        if not self.findChildren(QDialog):
            self.banner.explain(self._around.errors.failure(failure, detail), Tone.WARNING)

    def _set_busy(self, is_busy: bool) -> None:  # noqa: FBT001 - Qt's signals take no names
        for button in (self.add_telephone, self.add_key, self.new_codes, *self.removers):
            button.setEnabled(not is_busy)


class _AddDialog(QDialog):
    """What both have: a name, something to say, a way out."""

    def __init__(self, factors: Factors, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parent)
        title = self._title()
        self._factors = factors
        self._around = around
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.answer = QLineEdit()
        self.answer.setMaxLength(NAME_LETTERS)
        self.name = Field(
            self.tr("What do you call it?"),
            self.answer,
            hint=self.tr("For instance “my telephone”. Only you can read this."),
        )
        self.banner = Banner()
        self.step_up = StepUpPanel(factors.fresh, around)
        self.go_on = PrimaryButton(self.tr("Go on"))
        self.cancel = Button(self.tr("Cancel"))
        width = around.theme.space(UNLOCK_WIDTH)
        resize_within(self, width + 48, around.theme.space(460))
        self._column = Column(width=width, margin=24, is_centred=False)
        self._column.content.addWidget(Text(title, Role.TITLE, wraps=True))
        foot = QHBoxLayout()
        foot.setContentsMargins(24, 12, 24, 16)
        foot.setSpacing(8)
        foot.addWidget(self.go_on)
        foot.addWidget(self.cancel)
        foot.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._column, 1)
        layout.addLayout(foot)
        self.cancel.clicked.connect(self.reject)
        factors.failed.connect(self._fail)
        factors.added.connect(self.accept)
        factors.fresh.busy_changed.connect(self._set_busy)
        # One button to press at a time: while both factors are asked for, it is the panel's.
        factors.fresh.asked.connect(self.go_on.hide)
        factors.fresh.settled.connect(self.go_on.show)

    def done(self, result: int) -> None:
        """Close; what waits for a sign-in is dropped."""
        self.step_up.withdraw()
        super().done(result)

    @abstractmethod
    def _title(self) -> str:
        """Return what the dialog is called."""

    def _fail(self, failure: Failure, detail: str) -> None:
        self.banner.explain(self._around.errors.failure(failure, detail), Tone.WARNING)

    def _set_busy(self, is_busy: bool) -> None:  # noqa: FBT001 - Qt's signals take no names
        self.go_on.setEnabled(not is_busy)


class AddTelephoneDialog(_AddDialog):
    """A name first, then the picture and the code that comes of it."""

    def __init__(self, factors: Factors, around: Surroundings, parent: QWidget) -> None:
        super().__init__(factors, around, parent)
        self.picture = QrPicture(
            self.tr("QR picture for the telephone. The text beside it says the same."), around.theme
        )
        self.secret = Text("", Role.TEXT, is_selectable=True)
        set_property(self.secret, "mono", "true")
        self.code = CodeField(
            self.tr("One-time code"),
            length=TOTP_DIGITS,
            is_number=True,
            hint=self.tr("The six digits that the new telephone shows now."),
        )
        self._shown = QWidget()
        self._lay_out()
        self.go_on.clicked.connect(self._go_on)
        self.code.edit.returnPressed.connect(self._go_on)
        factors.totp_begun.connect(self._show)
        self.name.answer.setFocus()

    def done(self, result: int) -> None:
        """Close, and keep nothing that was shown."""
        self.picture.show_text("")
        self.secret.setText("")
        self.code.forget()
        super().done(result)

    def _title(self) -> str:
        return self.tr("Add a telephone")

    def _lay_out(self) -> None:
        shown = QVBoxLayout(self._shown)
        shown.setContentsMargins(0, 0, 0, 0)
        shown.setSpacing(12)
        shown.addWidget(
            Text(
                self.tr(
                    "Open the application for one-time codes on the telephone, choose to add an "
                    "account, and hold the camera in front of this picture."
                ),
                Role.TEXT,
                wraps=True,
            )
        )
        shown.addWidget(self.picture)
        shown.addWidget(Text(self.tr("No camera? Type this instead:"), Role.SECONDARY))
        shown.addWidget(self.secret)
        shown.addWidget(self.code)
        self._shown.hide()
        content = self._column.content
        content.addWidget(self.banner)
        content.addWidget(self.name)
        content.addWidget(self._shown)
        content.addWidget(self.step_up)
        content.addStretch(1)

    def _go_on(self) -> None:
        self.banner.silence()
        if self._shown.isHidden():
            self._factors.begin_totp(self.name.text.strip())
        elif self.code.is_complete:
            self.code.set_wrong("")
            self._factors.confirm_totp(self.code.code)
        else:
            self.code.set_wrong(self.tr("The code has six digits."))
            self.code.edit.setFocus()

    def _show(self, address: str) -> None:
        self.picture.show_text(address)
        self.secret.setText(grouped(secret_in(address)))
        self.name.hide()
        self._shown.show()
        # Picture, text and field at once, as far as the screen allows.
        resize_within(self, self.width(), self._around.theme.space(680))
        self.code.edit.setFocus()

    def _fail(self, failure: Failure, detail: str) -> None:
        if failure is Failure.SECOND_FACTOR_REFUSED:
            self.code.forget()
            self.code.set_wrong(
                self.tr("This is not the code of the new telephone. Take the next one.")
            )
            self.code.edit.setFocus()
            return
        super()._fail(failure, detail)


class AddKeyDialog(_AddDialog):
    """A name, then a touch; the key's PIN only if it asks for one."""

    def __init__(self, factors: Factors, around: Surroundings, parent: QWidget) -> None:
        super().__init__(factors, around, parent)
        self.key = SecurityKeyPart(around)
        content = self._column.content
        content.addWidget(
            Text(
                self.tr("Plug the key in, go on, and touch it when it blinks."),
                Role.TEXT,
                wraps=True,
            )
        )
        content.addWidget(self.banner)
        content.addWidget(self.name)
        content.addWidget(self.key)
        content.addWidget(self.step_up)
        content.addStretch(1)
        self.go_on.clicked.connect(self._go_on)
        self.answer.returnPressed.connect(self._go_on)
        self.key.finished.connect(self._go_on)
        factors.touch_awaited.connect(self._say_touch)
        self.name.answer.setFocus()

    def _title(self) -> str:
        return self.tr("Add a security key")

    def done(self, result: int) -> None:
        """Close; nobody waits for a touch any more."""
        if self._factors.fresh.is_busy:
            self._factors.give_up_key()
        self.key.forget()
        super().done(result)

    def _go_on(self) -> None:
        self.banner.silence()
        self._factors.add_security_key(self.name.text.strip(), self.key.secret())

    def _say_touch(self) -> None:
        if not self._factors.fresh.is_asking:
            self.key.say_touch()

    def _fail(self, failure: Failure, detail: str) -> None:
        if not self.key.has_explained(failure, detail):
            super()._fail(failure, detail)

    def _set_busy(self, is_busy: bool) -> None:  # noqa: FBT001 - Qt's signals take no names
        super()._set_busy(is_busy)
        self.key.set_busy(is_busy=is_busy)


def _line_in(card: Card) -> QHBoxLayout:
    line = QHBoxLayout(card)
    line.setContentsMargins(16, 10, 12, 10)
    line.setSpacing(12)
    return line
