# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every key of the window with what it does: menus, tool tips and the keyboard map read it here.

A letter alone does nothing: an elbow on the keyboard files no letter away.
"""

from __future__ import annotations

from enum import StrEnum, auto
from typing import Final

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence


class Group(StrEnum):
    """Under which heading the keyboard map shows a key."""

    EVERYWHERE = auto()
    PLACES = auto()
    LETTERS = auto()
    DOCUMENTS = auto()
    WRITING = auto()
    ACCOUNTS = auto()
    """Only where there are several."""


class Shortcut(StrEnum):
    """What a key does."""

    WRITE = auto()
    FIND = auto()
    BACK = auto()
    UNDO = auto()
    LOCK = auto()
    SETTINGS = auto()
    HELP = auto()
    QUIT = auto()
    MAIL = auto()
    TO_DO = auto()
    SENT = auto()
    DRAFTS = auto()
    TO_SEND = auto()
    ARCHIVES = auto()
    PATIENTS = auto()
    CORRESPONDENTS = auto()
    JOURNAL = auto()
    OPEN = auto()
    SELECT_ALL = auto()
    REPLY = auto()
    REPLY_ALL = auto()
    FORWARD = auto()
    FILED = auto()
    FLAG = auto()
    ARCHIVE = auto()
    REMOVE = auto()
    UNREAD = auto()
    FILE_UNDER = auto()
    PRINT = auto()
    FIND_HERE = auto()
    LARGER = auto()
    SMALLER = auto()
    COPY = auto()
    NEXT_PAGE = auto()
    PAGE_BEFORE = auto()
    BOLD = auto()
    BULLETS = auto()
    NUMBERS = auto()
    ATTACH = auto()
    SEND = auto()
    NEXT_ACCOUNT = auto()
    PREVIOUS_ACCOUNT = auto()
    ACCOUNT_1 = auto()
    ACCOUNT_2 = auto()
    ACCOUNT_3 = auto()
    ACCOUNT_4 = auto()
    ACCOUNT_5 = auto()
    ACCOUNT_6 = auto()
    ACCOUNT_7 = auto()
    ACCOUNT_8 = auto()
    ACCOUNT_9 = auto()


KEYS: Final[dict[Shortcut, str]] = {
    Shortcut.WRITE: "Ctrl+N",
    Shortcut.FIND: "Ctrl+K",
    Shortcut.BACK: "Esc",
    Shortcut.UNDO: "Ctrl+Z",
    Shortcut.LOCK: "Ctrl+L",
    Shortcut.SETTINGS: "Ctrl+,",
    Shortcut.HELP: "F1",
    Shortcut.QUIT: "Ctrl+Q",
    Shortcut.MAIL: "Ctrl+1",
    Shortcut.TO_DO: "Ctrl+2",
    Shortcut.SENT: "Ctrl+3",
    Shortcut.DRAFTS: "Ctrl+4",
    Shortcut.TO_SEND: "Ctrl+5",
    Shortcut.ARCHIVES: "Ctrl+6",
    Shortcut.PATIENTS: "Ctrl+7",
    Shortcut.CORRESPONDENTS: "Ctrl+8",
    Shortcut.JOURNAL: "Ctrl+9",
    Shortcut.OPEN: "Return",
    Shortcut.SELECT_ALL: "Ctrl+A",
    Shortcut.REPLY: "Ctrl+R",
    Shortcut.REPLY_ALL: "Ctrl+Shift+R",
    Shortcut.FORWARD: "Ctrl+Shift+F",
    Shortcut.FILED: "Ctrl+D",
    Shortcut.FLAG: "Ctrl+T",
    Shortcut.ARCHIVE: "Ctrl+E",
    Shortcut.REMOVE: "Del",
    Shortcut.UNREAD: "Ctrl+U",
    Shortcut.FILE_UNDER: "Ctrl+Shift+P",
    Shortcut.PRINT: "Ctrl+P",
    Shortcut.FIND_HERE: "Ctrl+F",
    Shortcut.LARGER: "Ctrl++",
    Shortcut.SMALLER: "Ctrl+-",
    Shortcut.COPY: "Ctrl+C",
    Shortcut.NEXT_PAGE: "Ctrl+PgDown",
    Shortcut.PAGE_BEFORE: "Ctrl+PgUp",
    Shortcut.BOLD: "Ctrl+B",
    Shortcut.BULLETS: "Ctrl+Shift+L",
    Shortcut.NUMBERS: "Ctrl+Shift+N",
    Shortcut.ATTACH: "Ctrl+J",
    Shortcut.SEND: "Ctrl+Return",
    Shortcut.NEXT_ACCOUNT: "Alt+PgDown",
    Shortcut.PREVIOUS_ACCOUNT: "Alt+PgUp",
    Shortcut.ACCOUNT_1: "Alt+1",
    Shortcut.ACCOUNT_2: "Alt+2",
    Shortcut.ACCOUNT_3: "Alt+3",
    Shortcut.ACCOUNT_4: "Alt+4",
    Shortcut.ACCOUNT_5: "Alt+5",
    Shortcut.ACCOUNT_6: "Alt+6",
    Shortcut.ACCOUNT_7: "Alt+7",
    Shortcut.ACCOUNT_8: "Alt+8",
    Shortcut.ACCOUNT_9: "Alt+9",
}

GROUPS: Final[dict[Group, tuple[Shortcut, ...]]] = {
    Group.EVERYWHERE: (
        Shortcut.WRITE,
        Shortcut.FIND,
        Shortcut.BACK,
        Shortcut.UNDO,
        Shortcut.LOCK,
        Shortcut.SETTINGS,
        Shortcut.HELP,
        Shortcut.QUIT,
    ),
    Group.PLACES: (
        Shortcut.MAIL,
        Shortcut.TO_DO,
        Shortcut.SENT,
        Shortcut.DRAFTS,
        Shortcut.TO_SEND,
        Shortcut.ARCHIVES,
        Shortcut.PATIENTS,
        Shortcut.CORRESPONDENTS,
        Shortcut.JOURNAL,
    ),
    Group.LETTERS: (
        Shortcut.OPEN,
        Shortcut.SELECT_ALL,
        Shortcut.REPLY,
        Shortcut.REPLY_ALL,
        Shortcut.FORWARD,
        Shortcut.FILED,
        Shortcut.FLAG,
        Shortcut.ARCHIVE,
        Shortcut.REMOVE,
        Shortcut.UNREAD,
        Shortcut.FILE_UNDER,
        Shortcut.PRINT,
    ),
    Group.DOCUMENTS: (
        Shortcut.FIND_HERE,
        Shortcut.NEXT_PAGE,
        Shortcut.PAGE_BEFORE,
        Shortcut.LARGER,
        Shortcut.SMALLER,
        Shortcut.COPY,
    ),
    Group.WRITING: (
        Shortcut.BOLD,
        Shortcut.BULLETS,
        Shortcut.NUMBERS,
        Shortcut.ATTACH,
        Shortcut.SEND,
    ),
    Group.ACCOUNTS: (
        Shortcut.NEXT_ACCOUNT,
        Shortcut.PREVIOUS_ACCOUNT,
        Shortcut.ACCOUNT_1,
        Shortcut.ACCOUNT_2,
        Shortcut.ACCOUNT_3,
        Shortcut.ACCOUNT_4,
        Shortcut.ACCOUNT_5,
        Shortcut.ACCOUNT_6,
        Shortcut.ACCOUNT_7,
        Shortcut.ACCOUNT_8,
        Shortcut.ACCOUNT_9,
    ),
}

_ACCOUNT_KEYS: Final = GROUPS[Group.ACCOUNTS][2:]


def account_key(number: int) -> Shortcut:
    """Return the key that leads to the account of a number, from 1 to 9."""
    return _ACCOUNT_KEYS[number - 1]


def keys(shortcut: Shortcut) -> QKeySequence:
    """Return the keys of a shortcut."""
    return QKeySequence(KEYS[shortcut])


def shown(shortcut: Shortcut) -> str:
    """Return the keys as this system writes them."""
    return keys(shortcut).toString(QKeySequence.SequenceFormat.NativeText)


def hint(text: str, shortcut: Shortcut) -> str:
    """Return what a tool tip says: the words, and the keys behind them."""
    return f"{text} ({shown(shortcut)})"


class ShortcutNames(QObject):
    """What each key does, in words of the language in force."""

    def group(self, group: Group) -> str:
        """Return a heading of the keyboard map."""
        return {
            Group.EVERYWHERE: self.tr("Everywhere"),
            Group.PLACES: self.tr("Places"),
            Group.LETTERS: self.tr("Letters"),
            Group.DOCUMENTS: self.tr("Documents"),
            Group.WRITING: self.tr("Writing"),
            Group.ACCOUNTS: self.tr("Accounts"),
        }[group]

    def name(self, shortcut: Shortcut) -> str:
        """Return what a key does, as a menu says it."""
        if shortcut in _ACCOUNT_KEYS:
            number = _ACCOUNT_KEYS.index(shortcut) + 1
            return self.tr("Account {number}").format(number=number)
        return {
            Shortcut.WRITE: self.tr("New letter"),
            Shortcut.FIND: self.tr("Search"),
            Shortcut.BACK: self.tr("Back"),
            Shortcut.UNDO: self.tr("Undo"),
            Shortcut.LOCK: self.tr("Lock"),
            Shortcut.SETTINGS: self.tr("Settings…"),
            Shortcut.HELP: self.tr("Help"),
            Shortcut.QUIT: self.tr("Quit"),
            Shortcut.MAIL: self.tr("Mail"),
            Shortcut.TO_DO: self.tr("To do"),
            Shortcut.SENT: self.tr("Sent"),
            Shortcut.DRAFTS: self.tr("Drafts"),
            Shortcut.TO_SEND: self.tr("To send"),
            Shortcut.ARCHIVES: self.tr("Archives"),
            Shortcut.PATIENTS: self.tr("Patients"),
            Shortcut.CORRESPONDENTS: self.tr("Correspondents"),
            Shortcut.JOURNAL: self.tr("Journal"),
            Shortcut.OPEN: self.tr("Open"),
            Shortcut.SELECT_ALL: self.tr("Select all"),
            Shortcut.REPLY: self.tr("Reply"),
            Shortcut.REPLY_ALL: self.tr("Reply to all"),
            Shortcut.FORWARD: self.tr("Forward"),
            Shortcut.FILED: self.tr("File in my records"),
            Shortcut.FLAG: self.tr("To do"),
            Shortcut.ARCHIVE: self.tr("Archive"),
            Shortcut.REMOVE: self.tr("Remove"),
            Shortcut.UNREAD: self.tr("Mark as unread"),
            Shortcut.FILE_UNDER: self.tr("File under a patient…"),
            Shortcut.PRINT: self.tr("Print…"),
            Shortcut.FIND_HERE: self.tr("Find in this document"),
            Shortcut.LARGER: self.tr("Larger"),
            Shortcut.SMALLER: self.tr("Smaller"),
            Shortcut.COPY: self.tr("Copy"),
            Shortcut.NEXT_PAGE: self.tr("Next page"),
            Shortcut.PAGE_BEFORE: self.tr("Page before"),
            Shortcut.BOLD: self.tr("Bold"),
            Shortcut.BULLETS: self.tr("List"),
            Shortcut.NUMBERS: self.tr("Numbered list"),
            Shortcut.ATTACH: self.tr("Add a document"),
            Shortcut.SEND: self.tr("Send"),
            Shortcut.NEXT_ACCOUNT: self.tr("Next account"),
            Shortcut.PREVIOUS_ACCOUNT: self.tr("Previous account"),
        }[shortcut]
