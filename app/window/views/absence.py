# SPDX-License-Identifier: AGPL-3.0-or-later
"""Being away: a line in one's own window meanwhile, and the settings' section where it is said."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QDate, QSignalBlocker, Signal
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from app.interface.absence import Absence
from app.interface.snapshots import AwayRow, DraftRecipient
from app.window.theme.tokens import Tone
from app.window.theme.typography import Role
from app.window.viewmodels.marks import mark
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import Button, LinkButton, PrimaryButton
from app.window.views.components.chips import Chip
from app.window.views.components.dates import DateField
from app.window.views.components.fields import Field
from app.window.views.components.layouts import Card, FlowLayout, clear
from app.window.views.components.texts import ElidedText, Text
from app.window.views.recipients import RecipientField
from crypto_core.wire.ids import UnixMillis
from crypto_core.wire.limits import MAX_ABSENCE_SECONDS

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from app.interface.failures import Failure
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.absence import OwnAbsence
    from app.window.viewmodels.contacts import ContactBook
    from app.window.viewmodels.standing import Standing

MAX_TEXT: Final = 1000
"""Letters; the bound is in bytes of UTF-8, of which a letter takes up to four."""
USUAL_DAYS: Final = 7
_LONGEST_DAYS: Final = MAX_ABSENCE_SECONDS // 86_400 - 1


class AwayStrip(QWidget):
    """The line above the mail while its owner is away.

    Signals:
        change_asked(): the section about absences is wanted.
    """

    change_asked = Signal()

    def __init__(self, standing: Standing, absence: OwnAbsence, around: Surroundings) -> None:
        super().__init__()
        self._standing = standing
        self._absence = absence
        self._around = around
        self.back = Button(self.tr("I am back"))
        self.change = LinkButton(self.tr("Change…"))
        self.banner = Banner(self.back, self.change, is_flat=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 0)
        column.addWidget(self.banner)
        self.back.clicked.connect(lambda _=False: absence.save(None))
        self.change.clicked.connect(lambda _=False: self.change_asked.emit())
        standing.changed.connect(self._show)
        absence.changed.connect(self._show)
        absence.failed.connect(self._failed)
        self._show()

    def _show(self) -> None:
        status = self._standing.status
        until = None if status is None else status.away_until
        if until is None:
            self.banner.silence()
            self.hide()
            return
        absence = self._absence.absence
        named = None if absence is None else absence.replacement
        who = "" if named is None else self._around.words.person(named.name, named.profession)
        self.back.setEnabled(not self._absence.is_saving)
        self.banner.say(
            Tone.NEUTRAL,
            self.tr("You are away until {day}").format(day=self._around.formats.last_day(until)),
            self.tr("{name} replaces you").format(name=who) if who else "",
        )
        self.show()

    def _failed(self, failure: Failure, detail: str) -> None:
        if not self.banner.isHidden():
            self.banner.explain(self._around.errors.failure(failure, detail))


class AbsenceSection(QWidget):
    """When one is away, who replaces one, what correspondents read; and what has come of it."""

    def __init__(self, absence: OwnAbsence, contacts: ContactBook, around: Surroundings) -> None:
        super().__init__()
        self._absence = absence
        self._around = around
        self._replacement: DraftRecipient | None = None
        self._suggested = ""
        self.begin = DateField(self.tr("First day"), around.theme)
        self.end = DateField(self.tr("Last day"), around.theme)
        self.who = RecipientField(contacts, around)
        self.who.edit.setAccessibleName(self.tr("Who replaces me"))
        self.text = QPlainTextEdit()
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(around.theme.space(132))
        self.words = Field(
            self.tr("What they read"),
            self.text,
            hint=self.tr(
                "It stands with your name while you are away. It is also the automatic answer: once "
                "for each person, and only while this computer is on and your mail unlocked. Empty: "
                "no answer."
            ),
        )
        self.tell = PrimaryButton("…")
        self.banner = Banner()
        self.end_it = Button("…")
        self._headline = Text("", Role.HEAD, wraps=True)
        self._facts = Text("", Role.SECONDARY, wraps=True)
        self._standing = Card()
        self._preview = Card()
        self._seen = FlowLayout(8)
        self._said = Text("", Role.SECONDARY, wraps=True)
        self._lay_out()
        self._fill()
        self.begin.dateChanged.connect(lambda _=None: self._dated())
        self.end.dateChanged.connect(lambda _=None: self._dated())
        self.who.chosen.connect(self._choose)
        self.who.removed.connect(lambda _=None: self._choose(None))
        self.who.not_found.connect(self._not_found)
        self.text.textChanged.connect(self._show_preview)
        self.tell.clicked.connect(lambda _=False: self._tell())
        self.end_it.clicked.connect(lambda _=False: absence.save(None))
        absence.changed.connect(self._show)
        absence.saved.connect(self._saved)
        absence.failed.connect(self._failed)
        self._show()

    def forget(self) -> None:
        """Show what holds instead of what was typed."""
        self.banner.silence()
        self._fill()

    def showEvent(self, event: QShowEvent) -> None:
        """Show how many know it by now."""
        super().showEvent(event)
        self._absence.refresh()

    # --- what is typed -----------------------------------------------------------------------

    @property
    def wanted(self) -> Absence:
        """What the form says."""
        formats = self._around.formats
        after = _midnight(self.end.date()) + timedelta(days=1)
        return Absence(
            since=formats.instant(_midnight(self.begin.date())),
            until=formats.instant(after),
            replacement=self._replacement,
            text=self.text.toPlainText().strip()[:MAX_TEXT],
        )

    def _fill(self) -> None:
        """Write what holds into the form, or what is usual."""
        formats, known = self._around.formats, self._absence.absence
        today = formats.now().date()
        first, last = today, today + timedelta(days=USUAL_DAYS)
        if known is not None:
            first, last = formats.date_of(known.since), formats.date_of(UnixMillis(known.until - 1))
        with QSignalBlocker(self.begin), QSignalBlocker(self.end):
            self.begin.setMinimumDate(_qdate(min(first, today)))
            self.begin.setMaximumDate(_qdate(today + timedelta(days=_LONGEST_DAYS)))
            self.begin.setDate(_qdate(first))
            self._bound_end()
            self.end.setDate(_qdate(last))
        self._replacement = None if known is None else known.replacement
        self.who.show_recipients(() if self._replacement is None else (self._replacement,))
        self._suggested = self._usual_text()
        self.text.setPlainText(self._suggested if known is None else known.text)
        self._show_preview()

    def _bound_end(self) -> None:
        today = _qdate(self._around.formats.now().date())
        self.end.setMinimumDate(max(self.begin.date(), today))
        self.end.setMaximumDate(self.begin.date().addDays(_LONGEST_DAYS))

    def _dated(self) -> None:
        with QSignalBlocker(self.end):
            self._bound_end()
        self._suggest()

    def _choose(self, who: DraftRecipient | None) -> None:
        self._replacement = who
        self.banner.silence()
        self.who.show_recipients(() if who is None else (who,))
        self._suggest()

    def _not_found(self, typed: str) -> None:
        self.banner.say(
            Tone.WARNING,
            self.tr("None of your correspondents is called {name}").format(name=typed),
            self.tr("Who replaces you has to be one of them, so that letters can go there."),
        )

    def _suggest(self) -> None:
        """Bring the text in line with the form, unless somebody has written another one."""
        is_untouched = self.text.toPlainText() == self._suggested
        self._suggested = self._usual_text()
        if is_untouched:
            self.text.setPlainText(self._suggested)
        self._show_preview()

    def _usual_text(self) -> str:
        formats, wanted = self._around.formats, self.wanted
        parts = [
            self.tr(
                "I am away from {first} to {last}, and will read your letter afterwards."
            ).format(first=formats.day(wanted.since), last=formats.last_day(wanted.until))
        ]
        if self._replacement is not None:
            who = self._around.words.person(self._replacement.name, self._replacement.profession)
            parts.append(self.tr("{name} replaces me: please write there.").format(name=who))
        parts.append(self.tr("In an emergency, call 15 or 112."))
        return "\n".join(parts)

    def _tell(self) -> None:
        if not self.who.finish():
            return
        self.banner.silence()
        self._absence.save(self.wanted)

    # --- what is shown -----------------------------------------------------------------------

    def _show(self) -> None:
        state = self._absence.state
        absence = None if state is None else state.absence
        self._standing.setVisible(absence is not None)
        self.tell.setEnabled(state is not None and not self._absence.is_saving)
        self.end_it.setEnabled(not self._absence.is_saving)
        self.tell.setText(
            self.tr("Tell my correspondents")
            if absence is None
            else self.tr("Tell them the change")
        )
        if state is None or absence is None:
            return
        formats = self._around.formats
        last = formats.last_day(absence.until)
        self._headline.setText(
            self.tr("You are away until {day}").format(day=last)
            if state.is_now
            else self.tr("You will be away from {first} to {last}").format(
                first=formats.day(absence.since), last=last
            )
        )
        self.end_it.setText(self.tr("I am back") if state.is_now else self.tr("Call it off"))
        facts = [self.tr("Said on another computer of yours, which tells and answers.")]
        if state.is_here:
            facts = [self.tr("%n correspondent(s) told", "", state.told)]
            if state.told < state.contacts:
                facts.append(
                    self.tr(
                        "%n to be told once the relay can be reached",
                        "",
                        state.contacts - state.told,
                    )
                )
            facts.append(self.tr("%n automatic answer(s)", "", state.answered))
        self._facts.setText(" · ".join(facts))

    def _show_preview(self) -> None:
        wanted = self.wanted
        seen = AwayRow(
            since=wanted.since,
            until=wanted.until,
            is_now=True,
            text="",
            replacement=wanted.replacement,
            is_contact=True,
        )
        words = self._around.words
        clear(self._seen)
        self._seen.addWidget(Chip(mark(words.away(seen, self._around.formats), Tone.WARNING)))
        if wanted.replacement is not None:
            self._seen.addWidget(ElidedText(words.replaced(seen), Role.SMALL))
        self._said.setText(wanted.text)
        self._said.setVisible(bool(wanted.text))

    def _saved(self) -> None:
        self._fill()
        if self._absence.absence is not None:
            self.banner.say(
                Tone.GOOD,
                self.tr("Your correspondents will know"),
                self.tr("Each gets a sealed notice; new correspondents too, until you are back."),
            )
        else:
            self.banner.say(Tone.GOOD, self.tr("Your correspondents will know that you are there"))

    def _failed(self, failure: Failure, detail: str) -> None:
        self.banner.explain(self._around.errors.failure(failure, detail))

    # --- layout ------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        now = _inside(self._standing)
        now.addWidget(self._headline)
        now.addWidget(self._facts)
        ending = FlowLayout(8)
        ending.addWidget(self.end_it)
        now.addLayout(ending)
        column.addWidget(self._standing)
        form = Card()
        fields = _inside(form)
        days = FlowLayout(16)
        for name, edit in ((self.tr("First day"), self.begin), (self.tr("Last day"), self.end)):
            days.addWidget(_under(Text(name, Role.STRONG), edit))
        fields.addLayout(days)
        box = Card()
        inner = QVBoxLayout(box)
        inner.setContentsMargins(8, 4, 8, 4)
        inner.addWidget(self.who)
        title = Text(self.tr("Who replaces me (nobody, if empty)"), Role.STRONG, wraps=True)
        title.setBuddy(self.who.edit)
        fields.addSpacing(4)
        fields.addWidget(title)
        fields.addWidget(box)
        fields.addWidget(
            Text(
                self.tr(
                    "Correspondents are offered to write there instead. Your mail stays yours: who "
                    "replaces you reads nothing of it."
                ),
                Role.SECONDARY,
                wraps=True,
            )
        )
        fields.addSpacing(4)
        fields.addWidget(self.words)
        column.addWidget(form)
        seen = _inside(self._preview)
        seen.addWidget(Text(self.tr("What your correspondents see"), Role.STRONG, wraps=True))
        seen.addLayout(self._seen)
        seen.addWidget(self._said)
        column.addWidget(self._preview)
        column.addWidget(self.banner)
        actions = FlowLayout(10)
        actions.addWidget(self.tell)
        column.addLayout(actions)


def _inside(card: Card) -> QVBoxLayout:
    column = QVBoxLayout(card)
    column.setContentsMargins(20, 16, 20, 16)
    column.setSpacing(8)
    return column


def _under(title: Text, edit: DateField) -> QWidget:
    both = QWidget()
    column = QVBoxLayout(both)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(6)
    title.setBuddy(edit)
    column.addWidget(title)
    column.addWidget(edit)
    return both


def _midnight(day: QDate) -> datetime:
    return datetime(day.year(), day.month(), day.day())  # noqa: DTZ001 - local, made an instant by Formats


def _qdate(day: date) -> QDate:
    return QDate(day.year, day.month, day.day)
