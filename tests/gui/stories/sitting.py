# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a person does at the window, in their own words; each thing is finished when it returns."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.window.viewmodels.conversations import ListState
from app.window.viewmodels.session import Screen
from app.window.views.document_window import DocumentWindow
from tests.fakes.scripted_engine import PASSPHRASE
from tests.gui.conftest import texts_of
from tests.gui.samples import row_at

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QMenu, QWidget
    from pytestqt.qtbot import QtBot

    from app.window.desk import Desk
    from app.window.views.composer import ComposerPane
    from app.window.views.letter import LetterView
    from app.window.views.mail import MailPage
    from app.window.views.navigation import Destination
    from tests.fakes.scripted_engine import Practice

PATIENCE_MILLISECONDS: Final = 20_000
"""For a machine that has other things to do: no story is about how long it takes."""


def type_words(widget: QWidget, words: str) -> None:
    """Type, on whatever keyboard has all these signs, and as people do: the window sees one after the other."""
    for sign in words:
        QApplication.processEvents()
        if sign.isascii():
            QTest.keyClicks(widget, sign)
            continue
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            key = QKeyEvent(kind, Qt.Key.Key_unknown, Qt.KeyboardModifier.NoModifier, sign)
            QApplication.sendEvent(widget, key)


class Sitting:
    """A person, their practice and the window."""

    def __init__(self, desk: Desk, practice: Practice, qtbot: QtBot) -> None:
        self.desk = desk
        self.practice = practice
        self._qtbot = qtbot

    @property
    def mail(self) -> MailPage:
        """The page with the letters."""
        return self.desk.window.mail

    @property
    def composer(self) -> ComposerPane:
        """Where letters are written."""
        return self.mail.composer

    def wait(self, condition: Callable[[], bool]) -> None:
        """Wait until something is so, and nothing is under way."""
        self._qtbot.waitUntil(
            lambda: condition() and self.desk.bridge.is_quiet, timeout=PATIENCE_MILLISECONDS
        )

    def sees(self, words: str, where: QWidget | None = None) -> None:
        """Wait until words stand in the window, or in a part of it."""
        place = self.desk.window if where is None else where
        self.wait(lambda: place.isVisible() and words in self.texts(place))

    @staticmethod
    def texts(where: QWidget) -> str:
        """Return what stands in a part of the window, with all its spaces alike."""
        return texts_of(where).replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\xa0", " ")

    def unlock(self) -> None:
        """Type the passphrase."""
        QTest.keyClicks(self.desk.window.unlock.field.edit, PASSPHRASE)
        QTest.keyClick(self.desk.window.unlock.field.edit, Qt.Key.Key_Return)
        self.wait(
            lambda: (
                self.desk.mailbox.session.screen is Screen.MAIL
                and self.desk.mailbox.contacts.is_loaded
                and self.desk.mailbox.conversations.state is not ListState.LOADING
            )
        )

    def press(self, keys: str) -> None:
        """Press keys wherever the keyboard is."""
        QTest.keySequence(QApplication.focusWidget() or self.desk.window, keys)

    def click(self, widget: QWidget) -> None:
        """Click on something that is there."""
        self._qtbot.waitUntil(lambda: widget.isVisible() and widget.isEnabled())
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)

    def choose(self, menu: QMenu, words: str) -> None:
        """Choose an entry of a menu."""
        menu.aboutToShow.emit()
        self._entry(menu, words).trigger()

    def go(self, place: Destination) -> None:
        """Go to a place."""
        self.mail.go(place)
        self.wait(lambda: self.desk.mailbox.conversations.state is not ListState.LOADING)

    def subjects(self) -> list[str]:
        """Return what the list shows."""
        model = self.desk.mailbox.conversations
        return [row_at(model, position).subject for position in range(model.rowCount())]

    def open(self, subject: str) -> LetterView:
        """Click on a conversation, and return its newest letter."""
        model, rows = self.desk.mailbox.conversations, self.mail.conversations.list
        self.wait(lambda: any(each.startswith(subject) for each in self.subjects()))
        position = next(at for at, each in enumerate(self.subjects()) if each.startswith(subject))
        wanted = row_at(model, position).conversation
        index = model.index(position)
        rows.scrollTo(index)
        QTest.mouseClick(
            rows.viewport(), Qt.MouseButton.LeftButton, pos=rows.visualRect(index).center()
        )
        reading = self.desk.mailbox.reading
        self.wait(lambda: reading.conversation == wanted and bool(reading.letters))
        return self.mail.reading.views[reading.letters[0].message]

    def show_document(self, letter: LetterView, number: int = 0) -> DocumentWindow:
        """Open a document of a letter."""
        self.click(letter.body.documents[number].open)
        self.wait(lambda: bool(self.mail.findChildren(DocumentWindow)))
        return self.mail.findChildren(DocumentWindow)[-1]

    def address(self, *names: str) -> None:
        """Name who is to get the letter, by the beginning of their names."""
        field = self.composer.recipients
        for name in names:
            before = len(self.desk.mailbox.composer.content.to)
            field.edit.setFocus()
            type_words(field.edit, name)
            QTest.keyClick(field.edit, Qt.Key.Key_Return)
            self.wait(partial(self._has_more_than, before))

    def write(self, subject: str, text: str) -> None:
        """Write a subject and a text."""
        type_words(self.composer.subject, subject)
        self.composer.text.setFocus()
        type_words(self.composer.text, text)

    def drop(self, paths: Sequence[Path]) -> None:
        """Drop files onto the letter."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        action, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
        without = Qt.KeyboardModifier.NoModifier
        enter = QDragEnterEvent(QPoint(200, 200), action, data, button, without)
        QApplication.sendEvent(self.composer, enter)
        assert enter.isAccepted()
        QApplication.sendEvent(
            self.composer, QDropEvent(QPointF(200, 200), action, data, button, without)
        )

    def send(self) -> None:
        """Send the letter once it may go."""
        self.wait(self.composer.send.isEnabled)
        self.click(self.composer.send)

    def _has_more_than(self, count: int) -> bool:
        return len(self.desk.mailbox.composer.content.to) > count

    @staticmethod
    def _entry(menu: QMenu, words: str) -> QAction:
        return next(each for each in menu.actions() if each.text().startswith(words))
