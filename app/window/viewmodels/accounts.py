# SPDX-License-Identifier: AGPL-3.0-or-later
"""The accounts that one window has: which there are, which one is shown, and what may be said of each.

Of an account that is locked there is only what its owner calls it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.profiles import FIRST, MOST, Profile, add_profile, clean_name, profiles, write_profile


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """An account as the switcher shows it."""

    number: int
    name: str
    folder: Path
    person: str = ""
    """Who one is there; empty while it is locked."""
    unread: int = 0
    is_open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Standing:
    person: str = ""
    unread: int = 0
    is_open: bool = False


class AccountList(QObject):
    """All accounts below one folder. With one of them nothing of this is to be seen.

    Signals:
        changed(): `rows`, `put_aside` or `shown` are others.
        turn_asked(int): the account of this number is to be shown.
        removal_asked(int): the account of this number is to leave the window; `take_off_list` then does it.
    """

    changed = Signal()
    turn_asked = Signal(int)
    removal_asked = Signal(int)

    def __init__(self, home: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._home = home
        self._standings: dict[int, _Standing] = {}
        self._profiles: tuple[Profile, ...] = profiles(home)
        self.shown = FIRST

    @property
    def rows(self) -> tuple[AccountRow, ...]:
        """Those of the list, by number."""
        return tuple(self._row(each) for each in self._profiles if each.is_listed)

    @property
    def put_aside(self) -> tuple[AccountRow, ...]:
        """Those that are on this computer and not in the list."""
        return tuple(self._row(each) for each in self._profiles if not each.is_listed)

    @property
    def is_several(self) -> bool:
        """Whether there is anything to choose."""
        return len(self.rows) > 1

    @property
    def is_any_open(self) -> bool:
        """Whether one of them is unlocked."""
        return any(each.is_open for each in self._standings.values())

    @property
    def unread(self) -> int:
        """How many letters nobody has read, in all accounts that are unlocked."""
        return sum(each.unread for each in self._standings.values() if each.is_open)

    @property
    def may_add(self) -> bool:
        """Whether there may be one more."""
        return len(self._profiles) < MOST

    @property
    def has_own_name(self) -> bool:
        """Whether the account that is shown was given a name."""
        return any(each.name for each in self._profiles if each.number == self.shown)

    def row(self, number: int) -> AccountRow:
        """Return one of them, listed or not."""
        return self._row(self._profile(number))

    def has(self, number: int) -> bool:
        """Whether the list has this number."""
        return any(each.number == number for each in self.rows)

    def taken(self, name: str, *, besides: int | None = None) -> bool:
        """Whether another account is called so already."""
        wanted = clean_name(name).casefold()
        rows = (*self.rows, *self.put_aside)
        return any(row.name.casefold() == wanted for row in rows if row.number != besides)

    def turn_to(self, number: int) -> None:
        """Ask for an account; nothing happens for one that is shown or not there."""
        if number != self.shown and self.has(number):
            self.turn_asked.emit(number)

    def turn_by(self, step: int) -> None:
        """Ask for the next account, or the one before; after the last comes the first."""
        numbers = [row.number for row in self.rows]
        if self.shown in numbers:
            self.turn_to(numbers[(numbers.index(self.shown) + step) % len(numbers)])

    def add(self, name: str) -> int:
        """Make room for another account and return its number. Raises ProfileFolderError."""
        made = add_profile(self._home, clean_name(name))
        self._read()
        return made.number

    def rename(self, number: int, name: str) -> None:
        """Call an account something. Raises ProfileFolderError."""
        self._write(replace(self._profile(number), name=clean_name(name)))

    def ask_removal(self, number: int) -> None:
        """Ask that an account leaves the list; the last one stays."""
        if self.is_several and self.has(number):
            self.removal_asked.emit(number)

    def take_off_list(self, number: int) -> None:
        """Offer an account no longer; nothing of it is deleted. Raises ProfileFolderError."""
        self._write(replace(self._profile(number), is_listed=False))

    def bring_back(self, number: int) -> None:
        """Offer an account again. Raises ProfileFolderError."""
        self._write(replace(self._profile(number), is_listed=True))

    def show(self, number: int) -> None:
        """Say which one is shown now."""
        self.shown = number
        self.changed.emit()

    def report(self, number: int, *, person: str, unread: int, is_open: bool) -> None:
        """Say how things stand in an account."""
        standing = _Standing(
            person=person if is_open else "", unread=unread if is_open else 0, is_open=is_open
        )
        if self._standings.get(number) != standing:
            self._standings[number] = standing
            self.changed.emit()

    def _row(self, profile: Profile) -> AccountRow:
        standing = self._standings.get(profile.number, _Standing())
        return AccountRow(
            number=profile.number,
            name=profile.name or self.tr("Account {number}").format(number=profile.number),
            folder=profile.folder,
            person=standing.person,
            unread=standing.unread,
            is_open=standing.is_open,
        )

    def _profile(self, number: int) -> Profile:
        return next(each for each in self._profiles if each.number == number)

    def _write(self, profile: Profile) -> None:
        write_profile(profile)
        self._read()

    def _read(self) -> None:
        self._profiles = profiles(self._home)
        self.changed.emit()


class OwnAccount(QObject):
    """What the views of one account know of the others: that they are there, and what tells this one apart.

    Signals:
        changed(): something of the list is another one.
    """

    changed = Signal()

    def __init__(self, accounts: AccountList, number: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.all = accounts
        self.number = number
        accounts.changed.connect(self.changed)

    @property
    def name(self) -> str:
        """What this account is called; empty while it is the only one."""
        return self.all.row(self.number).name if self.all.is_several else ""
