# SPDX-License-Identifier: AGPL-3.0-or-later
"""The page of the first run: an account for this person, at the relay that invited them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from app.interface.failures import Failure
from app.window.theme.tokens import FORM_WIDTH, Tone
from app.window.theme.typography import Role
from app.window.viewmodels.session import MIN_PASSPHRASE, Application, Screen
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import PrimaryButton
from app.window.views.components.fields import CheckBox, Field, PassphraseField
from app.window.views.components.layouts import Card, Column
from app.window.views.components.texts import Text
from app.window.views.unlock import PRODUCT, busy_bar, menu_bar

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMenu

    from app.window.surroundings import Surroundings
    from app.window.viewmodels.session import Session

# A bound of the interface in bytes of UTF-8, of which a letter takes up to four.
MAX_NAME_LETTERS: Final = 50


class RegistrationPage(QWidget):
    """Three questions on one page: which relay, who, and which passphrase."""

    def __init__(self, session: Session, around: Surroundings, menu: QMenu) -> None:
        super().__init__()
        self._session = session
        self._around = around
        enrolment = QPlainTextEdit()
        enrolment.setTabChangesFocus(True)
        enrolment.setFixedHeight(around.theme.space(76))
        self.enrolment = Field(
            self.tr("Enrolment text"),
            enrolment,
            hint=self.tr("Given by whoever runs your relay. Paste it whole."),
        )
        self.invitation = Field(
            self.tr("Invitation code"), _line(128), hint=self.tr("It serves once.")
        )
        self.name = Field(
            self.tr("Name"),
            _line(MAX_NAME_LETTERS),
            hint=self.tr("As your correspondents know you, with your title if you use one."),
        )
        self.profession = Field(self.tr("Profession"), _line(MAX_NAME_LETTERS))
        self.place = Field(self.tr("Town (optional)"), _line(MAX_NAME_LETTERS))
        self.is_listed = CheckBox(self.tr("List me in the relay's directory"), around.theme)
        self.passphrase = PassphraseField(
            self.tr("Passphrase"),
            around.theme,
            hint=self.tr(
                "At least {n} characters. Four or five unrelated words serve well."
            ).format(n=MIN_PASSPHRASE),
        )
        self.again = PassphraseField(self.tr("Passphrase, once more"), around.theme)
        self.banner = Banner()
        self.button = PrimaryButton(self.tr("Create my account"))
        self._progress = busy_bar(self.tr("Creating the account"))
        self._progress_text = Text(
            self.tr("Creating your account. This takes a few seconds."), Role.SECONDARY, wraps=True
        )
        column = Column(width=around.theme.space(FORM_WIDTH), margin=24, is_centred=True)
        content = column.content
        content.setSpacing(16)
        content.addSpacing(24)
        content.addWidget(Text(self.tr("Welcome to {product}").format(product=PRODUCT), Role.TITLE))
        content.addWidget(
            Text(
                self.tr(
                    "You write to other health professionals, and only they and you can read it. "
                    "First, this computer needs an account at your relay."
                ),
                Role.TEXT,
                wraps=True,
            )
        )
        content.addWidget(_section(self.tr("Your relay"), self.enrolment, self.invitation))
        listed_note = Text(
            self.tr(
                "The directory shows your name, profession and town as you write them here. "
                "Nobody verifies them yet."
            ),
            Role.SECONDARY,
            wraps=True,
        )
        content.addWidget(
            _section(
                self.tr("You"),
                self.name,
                self.profession,
                self.place,
                self.is_listed,
                listed_note,
            )
        )
        warning = Banner()
        warning.say(
            Tone.WARNING,
            self.tr("Nobody can recover this passphrase"),
            self.tr(
                "This version has no recovery yet: who forgets the passphrase loses the mail on this "
                "computer. Write it down and keep it in a safe place."
            ),
        )
        content.addWidget(
            _section(self.tr("Your passphrase"), self.passphrase, self.again, warning)
        )
        content.addWidget(self.banner)
        content.addWidget(self._progress)
        content.addWidget(self._progress_text)
        content.addWidget(self.button)
        content.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(menu_bar(menu, around))
        layout.addWidget(column)
        self._column = column
        self._set_busy(False)  # noqa: FBT003 - as the signal does
        self.button.clicked.connect(self._register)
        session.failed.connect(self._refused)
        session.busy_changed.connect(self._set_busy)
        session.opened.connect(self.forget)

    def appear(self) -> None:
        """Get ready to be typed into."""
        self.enrolment.answer.setFocus()

    def forget(self) -> None:
        """Keep nothing of what was typed."""
        for field in (self.passphrase, self.again):
            field.forget()
        for answer in (self.invitation.answer, self.enrolment.answer):
            answer.clear()
        self.banner.silence()

    def _register(self) -> None:
        first = next((field for field, text in self._complaints() if text), None)
        for field, text in self._complaints():
            field.set_wrong(text)
        self.banner.silence()
        if first is not None:
            first.answer.setFocus()
            self._column.ensureWidgetVisible(first)
            return
        self._session.register(
            Application(
                enrolment=self.enrolment.text,
                invitation=self.invitation.text,
                name=self.name.text,
                profession=self.profession.text,
                place=self.place.text,
                is_listed=self.is_listed.isChecked(),
                passphrase=self.passphrase.secret(),
            )
        )

    def _complaints(self) -> list[tuple[Field, str]]:
        """Return every field with what is wrong with it, or an empty text."""
        needed = self.tr("This is needed.")
        short = self.tr("At least {n} characters.").format(n=MIN_PASSPHRASE)
        differs = self.tr("The two are not the same.")
        is_short = self.passphrase.edit.count() < MIN_PASSPHRASE
        is_other = not self.passphrase.is_same_as(self.again)
        return [
            (self.enrolment, "" if self.enrolment.text else needed),
            (self.invitation, "" if self.invitation.text else needed),
            (self.name, "" if self.name.text else needed),
            (self.profession, "" if self.profession.text else needed),
            (self.passphrase, short if is_short else ""),
            (self.again, differs if is_other and not is_short else ""),
        ]

    def _refused(self, failure: Failure, detail: str) -> None:
        if self._session.screen is not Screen.REGISTER:
            return
        explanation = self._around.errors.failure(failure, detail)
        field = {
            Failure.ENROLMENT_INVALID: self.enrolment,
            Failure.INVITATION_INVALID: self.invitation,
        }.get(failure)
        if field is None:
            self.banner.explain(explanation)
            self._column.ensureWidgetVisible(self.button)
        else:
            field.set_wrong(f"{explanation.what} {explanation.do}")
            field.answer.setFocus()
            self._column.ensureWidgetVisible(field)

    def _set_busy(self, is_busy: bool) -> None:  # noqa: FBT001 - Qt's signals take no names
        self._progress.setVisible(is_busy)
        self._progress_text.setVisible(is_busy)
        self.button.setEnabled(not is_busy)
        for field in (
            self.enrolment,
            self.invitation,
            self.name,
            self.profession,
            self.place,
            self.passphrase,
            self.again,
        ):
            field.setEnabled(not is_busy)


def _line(length: int) -> QLineEdit:
    line = QLineEdit()
    line.setMaxLength(length)
    return line


def _section(title: str, *widgets: QWidget) -> Card:
    card = Card()
    column = QVBoxLayout(card)
    column.setContentsMargins(20, 16, 20, 20)
    column.setSpacing(14)
    column.addWidget(Text(title, Role.HEAD))
    for widget in widgets:
        column.addWidget(widget)
    return card
