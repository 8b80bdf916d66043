# SPDX-License-Identifier: AGPL-3.0-or-later
"""What can be done with the open letter or the chosen conversations: one set of actions for keys, bars and menus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from app.interface.organising import Act
from app.interface.snapshots import Problem
from app.window.shortcuts import Shortcut, ShortcutNames, hint, keys

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QMenu, QWidget

    from app.interface.snapshots import ConversationRow, MessageView


class LetterActions(QObject):
    """Keeps words and availability of the actions right; what they do is their owner's.

    `act` is called with what is to be done with the conversations meant.
    """

    def __init__(self, page: QWidget, act: Callable[[Act], None]) -> None:
        super().__init__(page)
        self._page = page
        self._names = ShortcutNames()
        self.rows: tuple[ConversationRow, ...] = ()
        """The conversations that are meant."""
        self.reply = self._make(Shortcut.REPLY)
        self.reply_all = self._make(Shortcut.REPLY_ALL)
        self.forward = self._make(Shortcut.FORWARD)
        self.filed = self._make(Shortcut.FILED)
        # What it leads to has to be said: the word speaks of the practitioner's own software.
        self.filed.setToolTip(
            hint(
                self.tr("It is in your own patient records: remove it from this mailbox"),
                Shortcut.FILED,
            )
        )
        self.flag = self._make(Shortcut.FLAG)
        self.archive = self._make(Shortcut.ARCHIVE)
        self.remove = self._make(Shortcut.REMOVE)
        self.unread = self._make(Shortcut.UNREAD)
        self.file_under = self._make(Shortcut.FILE_UNDER)
        self.print = self._make(Shortcut.PRINT)
        # No key for what nothing takes back.
        self.erase = QAction(self.tr("Erase this letter for good…"), self)
        self.filed.triggered.connect(lambda _=False: act(Act.REMOVE_FILED))
        self.flag.triggered.connect(lambda _=False: act(Act.UNFLAG if self.are_to_do else Act.FLAG))
        self.archive.triggered.connect(
            lambda _=False: act(Act.UNARCHIVE if self.are_archived else Act.ARCHIVE)
        )
        self.remove.triggered.connect(lambda _=False: act(Act.REMOVE))
        self.unread.triggered.connect(
            lambda _=False: act(Act.MARK_READ if self.are_unread else Act.MARK_UNREAD)
        )
        self.mean((), None, can_answer_all=False)

    @property
    def are_to_do(self) -> bool:
        """Whether all that is meant waits to be dealt with."""
        return bool(self.rows) and all(row.is_flagged or row.is_answer_wanted for row in self.rows)

    @property
    def are_archived(self) -> bool:
        """Whether all that is meant is in the archives."""
        return bool(self.rows) and all(row.is_archived for row in self.rows)

    @property
    def are_unread(self) -> bool:
        """Whether all that is meant is unread."""
        return bool(self.rows) and all(row.unread_count for row in self.rows)

    def mean(
        self,
        rows: Sequence[ConversationRow],
        letter: MessageView | None,
        *,
        can_answer_all: bool,
        can_forward: bool = True,
    ) -> None:
        """Mean other conversations, and the letter that is open if one is."""
        self.rows = tuple(rows)
        can_read = letter is not None and letter.problem is not Problem.CANNOT_OPEN
        # Nobody can be answered through a letter of another mail program.
        is_imported = letter is not None and letter.is_imported
        can_answer_all = can_answer_all and not is_imported
        self.reply.setEnabled(can_read and not is_imported)
        self.reply.setVisible(not is_imported)
        self.reply_all.setEnabled(can_read and can_answer_all)
        self.reply_all.setVisible(can_answer_all)
        self.forward.setEnabled(can_read and can_forward)
        self.forward.setVisible(can_forward)
        self.print.setEnabled(can_read)
        self.erase.setEnabled(letter is not None)
        is_any = bool(self.rows)
        for action in (self.filed, self.flag, self.archive, self.remove, self.unread):
            action.setEnabled(is_any)
        self.file_under.setEnabled(is_any)
        self._say(self.flag, self.tr("Done") if self.are_to_do else self._name(Shortcut.FLAG))
        self._say(
            self.archive,
            self.tr("Back in the mail") if self.are_archived else self._name(Shortcut.ARCHIVE),
        )
        self._say(
            self.unread,
            self.tr("Mark as read") if self.are_unread else self._name(Shortcut.UNREAD),
        )

    def fill(self, menu: QMenu) -> None:
        """Put everything that is possible now into a menu."""
        menu.clear()
        groups = (
            (self.reply, self.reply_all, self.forward),
            (self.flag, self.unread, self.file_under),
            (self.filed, self.archive, self.remove),
            (self.print,),
            (self.erase,),
        )
        for group in groups:
            possible = [each for each in group if each.isVisible() and each.isEnabled()]
            for action in possible:
                menu.addAction(action)
            if possible:
                menu.addSeparator()

    def _make(self, shortcut: Shortcut) -> QAction:
        action = QAction(self._name(shortcut), self)
        action.setShortcut(keys(shortcut))
        # A key that is held takes one letter away, not a dozen.
        action.setAutoRepeat(False)
        action.setShortcutVisibleInContextMenu(True)
        action.setToolTip(hint(self._name(shortcut), shortcut))
        action.setData(shortcut)
        # A key works only for an action that a widget has, and while that widget is shown.
        self._page.addAction(action)
        return action

    def _name(self, shortcut: Shortcut) -> str:
        return self._names.name(shortcut)

    @staticmethod
    def _say(action: QAction, text: str) -> None:
        action.setText(text)
        action.setToolTip(hint(text, action.data()))
