# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is asked of a letter that is addressed to somebody who cannot be written to yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.interface.snapshots import ContactState
from app.interface.writing import Doubt
from app.window.theme.tokens import Tone
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import Button, PrimaryButton

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.interface.writing import CheckedRecipient
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.composer import Composer
    from app.window.viewmodels.contacts import ContactBook

_ASKABLE: Final = frozenset(
    {None, ContactState.DECLINED, ContactState.WAITING, ContactState.UNKNOWN}
)
"""With these, asking leads somewhere; somebody who has asked the owner is accepted by it."""


class StrangersQuestion(QWidget):
    """Says who is no correspondent before the letter is written, and offers to write to the others."""

    def __init__(self, composer: Composer, contacts: ContactBook, around: Surroundings) -> None:
        super().__init__()
        self._composer = composer
        self._contacts = contacts
        self._around = around
        self.others = PrimaryButton("…")
        self.others.clicked.connect(lambda _=False: self._leave_out())
        self.ask = Button(self.tr("Ask for contact"))
        self.ask.clicked.connect(lambda _=False: self._ask())
        self.banner = Banner(self.others, self.ask)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.banner)
        composer.check_changed.connect(self.refresh)
        composer.begun.connect(self.refresh)
        self.refresh()

    @property
    def is_open(self) -> bool:
        """Whether the letter cannot go as it is addressed."""
        return bool(self._strangers())

    def refresh(self) -> None:
        """Ask about all of them at once, or nothing."""
        strangers = self._strangers()
        self.setVisible(bool(strangers))
        if not strangers:
            self.banner.silence()
            return
        content = self._composer.content
        self._set(
            self.others,
            self.tr("Answer the others only")
            if content.in_reply_to is not None
            else self.tr("Write to the others only"),
            is_wanted=len(content.to) > len(strangers),
        )
        is_accepting = all(row.contact is ContactState.WAITING for row in strangers)
        self._set(
            self.ask,
            self.tr("Accept their request") if is_accepting else self.tr("Ask for contact"),
            is_wanted=any(row.contact in _ASKABLE for row in strangers),
        )
        names = self._around.words.names_in_row([row.name for row in strangers])
        what = self.tr("{name} are not among your correspondents yet")
        if len(strangers) == 1:
            what = self.tr("{name} is not among your correspondents yet")
            if strangers[0].contact is None:
                # The letter that is answered went to them, too, and says no name.
                what = self.tr("Another recipient, {name}, is not among your correspondents yet")
        self.banner.say(
            Tone.WARNING, what.format(name=self._around.words.apart(names)), self._reason(strangers)
        )

    def _strangers(self) -> tuple[CheckedRecipient, ...]:
        return self._composer.doubtful(Doubt.NOT_A_CONTACT)

    def _reason(self, strangers: Sequence[CheckedRecipient]) -> str:
        states = {row.contact for row in strangers}
        if states == {ContactState.REQUESTED}:
            return self.tr(
                "You have asked; the letter can go to them once they have accepted. Until then it stays "
                "in the drafts."
            )
        if states == {ContactState.BLOCKED}:
            return self.tr("You have blocked them. You can unblock them under “Correspondents”.")
        if states == {ContactState.UNKNOWN}:
            return self.tr("The relay knows nobody of this address.")
        if states == {ContactState.WAITING}:
            return self.tr("They have asked you for contact, and wait for your answer.")
        return self.tr("A letter can only go to people who have accepted your request for contact.")

    @staticmethod
    def _set(button: Button, text: str, *, is_wanted: bool) -> None:
        button.setText(text)
        button.setAccessibleName(text)
        button.setVisible(is_wanted)

    def _leave_out(self) -> None:
        for row in self._strangers():
            self._composer.remove_recipient(row.account)

    def _ask(self) -> None:
        for row in self._strangers():
            if row.contact in _ASKABLE:
                self._contacts.request(row.account, "")
