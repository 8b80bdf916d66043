# SPDX-License-Identifier: AGPL-3.0-or-later
"""Buttons that narrow a list down: each opens what can be chosen, and then says what is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu

from app.window.viewmodels.contacts import CONTACT_ROLE
from app.window.views.components.buttons import NamedButton

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from app.window.viewmodels.contacts import ContactBook
    from app.window.viewmodels.patients import PatientList

    Entries = Iterable[tuple[str, object] | None]

_PERIODS: Final = (7, 31, 366)


class Limit(NamedButton):
    """A button with a menu of what a list can be narrowed down to.

    Signals:
        chosen(object): a value of the menu; None for everything.
    """

    chosen = Signal(object)

    def __init__(self, name: str, entries: Callable[[], Entries]) -> None:
        """`entries` gives names with their values, and None for a line between them."""
        super().__init__(kind="choice")
        self._name = name
        self._entries = entries
        self.setCheckable(True)
        menu = QMenu(self)
        menu.setAccessibleName(name)
        menu.aboutToShow.connect(self._fill)
        self.setMenu(menu)
        self._fill()
        self.point_at(None)

    def point_at(self, value: object) -> None:
        """Say what the list is narrowed down to."""
        names = [entry[0] for entry in self._entries() if entry is not None and entry[1] == value]
        chosen = "" if value is None or not names else names[0]
        self.say("{name}", chosen or self._name)
        self.setAccessibleName(f"{self._name} {chosen}".strip())
        self.setChecked(bool(chosen))

    def _fill(self) -> None:
        menu = self.menu()
        menu.clear()
        for entry in self._entries():
            if entry is None:
                menu.addSeparator()
                continue
            name, value = entry
            action = menu.addAction(name.replace("&", "&&"))
            action.triggered.connect(lambda _=False, value=value: self.chosen.emit(value))


def days(names: tuple[str, str, str, str]) -> Callable[[], Entries]:
    """Offer any time, and the last 7, 31 and 366 days, by these names."""
    return lambda: zip(names, (None, *_PERIODS), strict=True)


def people(anyone: str, contacts: ContactBook) -> Callable[[], Entries]:
    """Offer the accepted correspondents."""

    def entries() -> Entries:
        model = contacts.accepted
        rows = (model.index(position).data(CONTACT_ROLE) for position in range(model.rowCount()))
        return [(anyone, None), *((row.name, row.account) for row in rows)]

    return entries


def patients(anyone: str, known: PatientList) -> Callable[[], Entries]:
    """Offer the patients that are in the list."""

    def entries() -> Entries:
        rows = (known.patient_at(position) for position in range(known.rowCount()))
        named = ((f"{row.family_name} {row.given_name}".strip(), row.patient) for row in rows)
        return [(anyone, None), *named]

    return entries
