# SPDX-License-Identifier: AGPL-3.0-or-later
"""One quiet line above the mail about what is not ready for a bad day: the most pressing thing, and its button."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.interface.snapshots import ConnectionState, KitState
from app.window.theme.tokens import Tone
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import Button, LinkButton

if TYPE_CHECKING:
    from app.interface.snapshots import Status
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.standing import Standing

_DAY: Final = 24 * 60 * 60 * 1000
OLD_DAYS: Final = 7


class Reminder(Enum):
    """What there is to remind of, the most pressing first."""

    REMOVED = auto()
    """This computer was taken out of the account."""
    KIT_CHANGING = auto()
    KIT_MISSING = auto()
    BACKUP_FAILED = auto()
    BACKUP_OLD = auto()
    REHEARSAL = auto()


class ReminderStrip(QWidget):
    """Says one thing at a time; what is put off stays away until the mailbox is opened again.

    Signals:
        kit_asked(): the kit is to be put on paper.
        recovery_asked(): the section about kit and backups is wanted.
    """

    kit_asked = Signal()
    recovery_asked = Signal()

    def __init__(self, standing: Standing, around: Surroundings) -> None:
        super().__init__()
        self._standing = standing
        self._around = around
        self._put_off: set[Reminder] = set()
        self._yields = False
        self.due: Reminder | None = None
        self.act = Button(self.tr("Look at it…"))
        self.later = LinkButton(self.tr("Later"))
        self.banner = Banner(self.act, self.later, is_flat=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.addWidget(self.banner)
        self.act.clicked.connect(self._act)
        self.later.clicked.connect(self._put_it_off)
        standing.changed.connect(self._show)
        self._show()

    def yield_to(self, *, is_other_shown: bool) -> None:
        """Stay away while another line has something to say: one thing at a time."""
        self._yields = is_other_shown
        self._show()

    def forget(self) -> None:
        """Remind again of everything, the next time."""
        self._put_off.clear()

    def _show(self) -> None:
        status = self._standing.status
        due = None if status is None else self._most_pressing(status)
        if self._yields and due is not Reminder.REMOVED:
            due = None
        self.due = due
        if status is None or due is None:
            self.banner.silence()
            self.hide()
            return
        tone, what, do, action = self._texts(due, status)
        self.act.setVisible(bool(action))
        self.later.setVisible(bool(action))
        if action:
            self.act.setText(action)
            self.act.setAccessibleName(action)
        self.banner.say(tone, what, do)
        self.show()

    def _most_pressing(self, status: Status) -> Reminder | None:
        found = [each for each in _reminders(status, self._around) if each not in self._put_off]
        return found[0] if found else None

    def _texts(self, due: Reminder, status: Status) -> tuple[Tone, str, str, str]:
        formats, safety = self._around.formats, status.safety
        folder_at = None if safety is None else safety.backup_at
        counts_at = None if safety is None else safety.kit_counts_at
        old = "" if folder_at is None else formats.in_sentence(folder_at)
        counts = "" if counts_at is None else formats.day(counts_at)
        return {
            Reminder.REMOVED: (
                Tone.WARNING,
                self.tr("This computer was removed from your account"),
                self.tr(
                    "You can read everything here, but nothing is received or sent. If you did not remove "
                    "it, use your recovery kit on another computer, and call whoever runs your relay."
                ),
                "",
            ),
            Reminder.KIT_CHANGING: (
                Tone.WARNING,
                self.tr("A new recovery kit counts from {date}").format(date=counts),
                self.tr("If it was not you who made it, call it off with your old one."),
                self.tr("Look at it…"),
            ),
            Reminder.KIT_MISSING: (
                Tone.NEUTRAL,
                self.tr("Your recovery kit is not on paper yet"),
                self.tr("Without it, a lost computer is a lost account. It takes two minutes."),
                self.tr("Put it on paper…"),
            ),
            Reminder.BACKUP_FAILED: (
                Tone.NEUTRAL,
                self.tr("The last backup was not made"),
                self.tr("The disk may not be plugged in, or is full."),
                self.tr("Look at it…"),
            ),
            Reminder.BACKUP_OLD: (
                Tone.NEUTRAL,
                self.tr("Your last backup is of {when}").format(when=old),
                self.tr("Plug its disk in, and one is made by itself."),
                self.tr("Look at it…"),
            ),
            Reminder.REHEARSAL: (
                Tone.NEUTRAL,
                self.tr("Is your recovery kit still where you think?"),
                self.tr("Try it, four times a year. It takes five minutes and changes nothing."),
                self.tr("Try it…"),
            ),
        }[due]

    def _act(self) -> None:
        if self.due is Reminder.KIT_MISSING:
            self.kit_asked.emit()
        else:
            self.recovery_asked.emit()

    def _put_it_off(self) -> None:
        if self.due is not None:
            self._put_off.add(self.due)
        self._show()


def _reminders(status: Status, around: Surroundings) -> list[Reminder]:
    safety = status.safety
    found = []
    if status.connection is ConnectionState.DEVICE_REMOVED:
        found.append(Reminder.REMOVED)
    if safety is None:
        return found
    if safety.kit is KitState.ANNOUNCED:
        found.append(Reminder.KIT_CHANGING)
    if safety.kit is KitState.MISSING:
        found.append(Reminder.KIT_MISSING)
    if safety.backup_folder and safety.backup_failed_at is not None:
        found.append(Reminder.BACKUP_FAILED)
    elif safety.backup_folder and safety.backup_at is not None:
        age = around.formats.milliseconds_since(safety.backup_at)
        if age > OLD_DAYS * _DAY:
            found.append(Reminder.BACKUP_OLD)
    if safety.is_rehearsal_due:
        found.append(Reminder.REHEARSAL)
    return found
