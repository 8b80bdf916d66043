# SPDX-License-Identifier: AGPL-3.0-or-later
"""Alarms above everything else, until a person puts each of them away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.interface.snapshots import QUESTIONS, AlarmKind
from app.window.theme.tokens import Tone
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import Button, LinkButton
from app.window.views.components.layouts import clear
from crypto_core.wire.ids import AccountId

if TYPE_CHECKING:
    from app.interface.events import Alarm
    from app.interface.snapshots import ContactRow
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.contacts import ContactBook
    from app.window.viewmodels.standing import Standing


class AlarmStrip(QWidget):
    """One banner per alarm.

    Signals:
        computers_asked(): the list of the owner's computers is wanted.
        person_asked(AccountId): the page of the person whom an alarm is about.
    """

    computers_asked = Signal()
    person_asked = Signal(object)

    def __init__(self, standing: Standing, contacts: ContactBook, around: Surroundings) -> None:
        super().__init__()
        self._standing = standing
        self._contacts = contacts
        self._around = around
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 12, 16, 12)
        self._column.setSpacing(8)
        standing.alarms_changed.connect(self._show)
        # Whom an alarm is about may be known a moment later.
        contacts.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        clear(self._column)
        for alarm in self._standing.alarms:
            self._column.addWidget(self._banner(alarm))
        self.setVisible(bool(self._standing.alarms))

    def _banner(self, alarm: Alarm) -> Banner:
        is_question = alarm.kind in QUESTIONS
        seen = Button(self.tr("It was me") if is_question else self.tr("I have read this"))
        seen.clicked.connect(lambda: self._standing.put_away(alarm))
        copy = LinkButton(self.tr("Copy the details"))
        copy.clicked.connect(
            lambda: QGuiApplication.clipboard().setText(f"{alarm.kind.name} {alarm.detail}".strip())
        )
        actions: list[QWidget] = [seen, copy]
        if alarm.kind in {AlarmKind.OWN_KEYS_CHANGED, *QUESTIONS}:
            look = Button(self.tr("My computers…"))
            look.clicked.connect(self.computers_asked)
            actions.insert(0, look)
        person = self._person_of(alarm)
        if person is not None:
            meet = Button(self.tr("Look at it…"))
            meet.clicked.connect(lambda: self.person_asked.emit(person.account))
            banner = Banner(meet, *actions)
            banner.say(
                Tone.DANGER,
                self.tr("Is this still {name}?").format(name=person.name),
                self.tr(
                    "Something about their computers has changed that nobody announced. Your letters "
                    "to them wait until you have asked them."
                ),
            )
            return banner
        banner = Banner(*actions)
        tone = Tone.ACCENT if is_question else Tone.DANGER
        banner.explain(self._around.errors.alarm(alarm.kind), tone)
        return banner

    def _person_of(self, alarm: Alarm) -> ContactRow | None:
        """Return the correspondent whose change an alarm is about, if it is one that is known here."""
        if alarm.kind is not AlarmKind.KEYS_CHANGED:
            return None
        try:
            account = AccountId(bytes.fromhex(alarm.detail.partition(" ")[0]))
        except ValueError:
            return None
        place = self._contacts.everyone.row_of(account)
        return None if place is None else self._contacts.everyone.contact_at(place)
