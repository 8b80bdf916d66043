# SPDX-License-Identifier: AGPL-3.0-or-later
"""Settings of the accounts on this computer: what they are called, one more, one less in the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.paths import ProfileFolderError
from app.profiles import MOST, MOST_LETTERS, clean_name
from app.window.shortcuts import account_key, shown
from app.window.theme.tokens import Tone
from app.window.theme.typography import Role
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import Button, PrimaryButton
from app.window.views.components.fields import Field
from app.window.views.components.layouts import Card, clear
from app.window.views.components.texts import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.window.viewmodels.accounts import AccountList, AccountRow


class AccountsSection(QWidget):
    """A card for each account where there are several, and the way to another one.

    Signals:
        left(): another account is shown now.
    """

    left = Signal()

    def __init__(self, accounts: AccountList) -> None:
        super().__init__()
        self._accounts = accounts
        self.cards: dict[int, AccountCard] = {}
        self._present: tuple[tuple[int, ...], tuple[int, ...]] | None = None
        self.banner = Banner()
        self._listed = QVBoxLayout()
        self._listed.setSpacing(12)
        self.adding = AddCard(accounts)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.banner)
        column.addLayout(self._listed)
        column.addWidget(self.adding)
        self.adding.add.clicked.connect(lambda _=False: self._add())
        self.adding.entered.connect(self._add)
        accounts.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        """Make the cards anew when there are others; a name that is being typed stays."""
        accounts = self._accounts
        rows = accounts.rows if accounts.is_several else ()
        aside = accounts.put_aside
        present = (tuple(row.number for row in rows), tuple(row.number for row in aside))
        if present == self._present:
            return
        self._present = present
        clear(self._listed)
        self.cards = {}
        for row in rows:
            card = AccountCard(row)
            card.renamed.connect(lambda name, number=row.number: self._rename(number, name))
            card.removal_asked.connect(lambda number=row.number: self._remove(number))
            self.cards[row.number] = card
            self._listed.addWidget(card)
        for row in aside:
            self._listed.addWidget(self._aside(row))
        self.adding.appear()

    def _aside(self, row: AccountRow) -> QWidget:
        card = Card()
        column = _column_in(card)
        text = self.tr("“{name}” is on this computer and not in the list").format(name=row.name)
        column.addWidget(Text(text, Role.STRONG, wraps=True))
        column.addWidget(Text(str(row.folder), Role.SMALL, wraps=True, is_selectable=True))
        again = Button(self.tr("Put it in the list again"))
        again.setAccessibleDescription(row.name)
        again.clicked.connect(
            lambda _=False: self._try(lambda: self._accounts.bring_back(row.number))
        )
        column.addWidget(again)
        return card

    def _rename(self, number: int, name: str) -> None:
        card = self.cards[number]
        card.name.set_wrong("")
        if not clean_name(name):
            card.name.set_wrong(self.tr("An account needs a name."))
        elif self._accounts.taken(name, besides=number):
            card.name.set_wrong(self.tr("Another account is called so."))
        elif clean_name(name) != self._accounts.row(number).name:
            self._try(lambda: self._accounts.rename(number, name))

    def _add(self) -> None:
        accounts, adding = self._accounts, self.adding
        if not adding.check():
            return

        def add() -> None:
            if not adding.own.isHidden():
                accounts.rename(accounts.shown, adding.own.text)
            number = accounts.add(adding.name.text)
            self.left.emit()
            accounts.turn_to(number)

        self._try(add)

    def _remove(self, number: int) -> None:
        is_shown = number == self._accounts.shown

        def remove() -> None:
            self._accounts.ask_removal(number)
            if is_shown:
                self.left.emit()

        self._try(remove)

    def _try(self, act: Callable[[], None]) -> None:
        self.banner.silence()
        try:
            act()
        except ProfileFolderError as error:
            self.banner.say(
                Tone.DANGER, self.tr("This cannot be written on this computer."), str(error)
            )


class AccountCard(Card):
    """What an account is called, where it is, and the way out of the list.

    Signals:
        renamed(str): another name was typed.
        removal_asked(): it is to leave the list, which was asked twice.
    """

    renamed = Signal(str)
    removal_asked = Signal()

    def __init__(self, row: AccountRow) -> None:
        super().__init__()
        line = QLineEdit(row.name)
        line.setMaxLength(MOST_LETTERS)
        self.name = Field(
            self.tr("Account {number}, {key}").format(
                number=row.number, key=shown(account_key(row.number))
            ),
            line,
        )
        self.remove = Button(self.tr("Remove from the list…"))
        self.remove.setAccessibleDescription(row.name)
        self.sure = Button(self.tr("Remove from the list"))
        self.keep = Button(self.tr("Keep it"))
        self.question = Banner(self.keep, self.sure)
        column = _column_in(self)
        column.addWidget(self.name)
        column.addWidget(Text(str(row.folder), Role.SMALL, wraps=True, is_selectable=True))
        column.addWidget(self.remove)
        column.addWidget(self.question)
        line.editingFinished.connect(lambda: self.renamed.emit(line.text()))
        self.remove.clicked.connect(lambda _=False: self._ask())
        self.keep.clicked.connect(lambda _=False: self._withdraw())
        self.sure.clicked.connect(lambda _=False: self.removal_asked.emit())

    def _ask(self) -> None:
        self.remove.hide()
        self.question.say(
            Tone.WARNING,
            self.tr("Nothing is deleted"),
            self.tr(
                "The account stays in its folder on this computer, encrypted, and at its relay. While it is "
                "not in the list, what is sent to it waits at the relay; after sixty days its senders are told "
                "that nobody has collected it. You can put it in the list again here."
            ),
        )
        self.keep.setFocus()

    def _withdraw(self) -> None:
        self.question.silence()
        self.remove.show()
        self.remove.setFocus()


class AddCard(Card):
    """Another account on this computer: asks what to call it once it is wanted.

    Signals:
        entered(): Enter was pressed in a name.
    """

    entered = Signal()

    def __init__(self, accounts: AccountList) -> None:
        super().__init__()
        self._accounts = accounts
        self.begin = Button(self.tr("Add an account…"))
        self.own = self._field(self.tr("What do you call the account you have here?"))
        self.name = self._field(self.tr("What do you call the new account?"))
        self.add = PrimaryButton(self.tr("Add an account"))
        self.cancel = Button(self.tr("Cancel"))
        self._plain = Text(
            self.tr(
                "For example the practice: “Nice”, “Hospital”. These names can be read on this computer "
                "without a passphrase, while all accounts are locked."
            ),
            Role.SECONDARY,
            wraps=True,
        )
        self._full = Text(
            self.tr("There are {count} accounts on this computer, which is the most.").format(
                count=MOST
            ),
            Role.SECONDARY,
            wraps=True,
        )
        self._actions = QWidget()
        actions = QHBoxLayout(self._actions)
        actions.setContentsMargins(0, 0, 0, 0)
        actions.setSpacing(8)
        actions.addWidget(self.add)
        actions.addWidget(self.cancel)
        actions.addStretch(1)
        column = _column_in(self)
        column.addWidget(
            Text(self.tr("You work in another practice too?"), Role.STRONG, wraps=True)
        )
        column.addWidget(
            Text(
                self.tr(
                    "One window can hold several accounts. Each keeps its own letters, correspondents, "
                    "patients, passphrase and lock; nothing passes from one to the other."
                ),
                Role.SECONDARY,
                wraps=True,
            )
        )
        for part in (self.begin, self.own, self.name, self._plain, self._actions, self._full):
            column.addWidget(part)
        self.begin.clicked.connect(lambda _=False: self._ask())
        self.cancel.clicked.connect(lambda _=False: self.appear())
        self.appear()

    def appear(self) -> None:
        """Offer it, with nothing typed."""
        for field in (self.own, self.name):
            field.answer.clear()
            field.set_wrong("")
        self._show(is_asking=False)

    def check(self) -> bool:
        """Return whether the names will do, and say which will not."""
        fields = [self.name] if self.own.isHidden() else [self.own, self.name]
        wrong = None
        for field in reversed(fields):
            text = ""
            if not clean_name(field.text):
                text = self.tr("An account needs a name.")
            elif self._accounts.taken(field.text, besides=None) or (
                field is self.name
                and len(fields) > 1
                and clean_name(field.text).casefold() == clean_name(self.own.text).casefold()
            ):
                text = self.tr("Another account is called so.")
            field.set_wrong(text)
            wrong = field if text else wrong
        if wrong is not None:
            wrong.answer.setFocus()
        return wrong is None

    def _ask(self) -> None:
        self._show(is_asking=True)
        (self.name if self.own.isHidden() else self.own).answer.setFocus()

    def _show(self, *, is_asking: bool) -> None:
        may_add = self._accounts.may_add
        self.begin.setVisible(may_add and not is_asking)
        self.own.setVisible(is_asking and not self._accounts.has_own_name)
        for part in (self.name, self._plain, self._actions):
            part.setVisible(is_asking)
        self._full.setVisible(not may_add)

    def _field(self, question: str) -> Field:
        line = QLineEdit()
        line.setMaxLength(MOST_LETTERS)
        line.returnPressed.connect(self.entered)
        return Field(question, line)


def _column_in(card: Card) -> QVBoxLayout:
    column = QVBoxLayout(card)
    column.setContentsMargins(20, 14, 20, 14)
    column.setSpacing(8)
    return column
