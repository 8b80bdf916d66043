# SPDX-License-Identifier: AGPL-3.0-or-later
"""The last glance before a letter goes: who gets it, how sure that is, and what they get."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from app.interface.snapshots import Comparison, DraftRecipient, Trust
from app.interface.writing import Doubt
from app.window.theme.tokens import Tone
from app.window.theme.typography import Role
from app.window.viewmodels.marks import compared_mark, mark, stranger_mark, trust_mark
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import Button, InlineButton, NamedButton, PrimaryButton
from app.window.views.components.chips import Chip
from app.window.views.components.layouts import Card, FlowLayout, clear
from app.window.views.components.texts import ElidedText, Text
from crypto_core.wire.envelope import Urgency

if TYPE_CHECKING:
    from app.interface.snapshots import AwayRow
    from app.interface.writing import CheckedRecipient
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.composer import Composer
    from app.window.viewmodels.marks import Mark
    from crypto_core.wire.ids import AccountId

MOST_SHOWN: Final = 4
"""More recipients than these are counted; those of whom something is to be said come first."""


class SendCheck(Card):
    """A line for each recipient, and one for what they get."""

    def __init__(self, composer: Composer, around: Surroundings) -> None:
        super().__init__()
        self._composer = composer
        self._around = around
        self._is_unfolded = False
        self.setAccessibleName(self.tr("Before sending"))
        self._rows = QVBoxLayout()
        self._rows.setSpacing(6)
        self.more = InlineButton("…")
        self.more.clicked.connect(self._unfold)
        self._what = Text("", Role.SECONDARY, wraps=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 10)
        column.setSpacing(8)
        column.addLayout(self._rows)
        column.addWidget(self.more)
        column.addWidget(self._what)
        for news in (
            composer.check_changed,
            composer.documents_changed,
            composer.patient_changed,
            composer.kept_changed,
        ):
            news.connect(self.refresh)
        composer.begun.connect(self._begin)
        self.refresh()

    def refresh(self) -> None:
        """Show how things stand."""
        clear(self._rows)
        check = self._composer.check
        rows = () if check is None else check.rows
        present = {each.account for each in self._composer.content.to}
        rows = tuple(row for row in rows if row.account in present)
        self.setVisible(bool(rows))
        if not rows:
            return
        ordered = sorted(rows, key=lambda row: min(row.doubts, default=len(Doubt) + 1))
        shown = ordered if self._is_unfolded else ordered[:MOST_SHOWN]
        for row in shown:
            self._rows.addWidget(self._line(row))
        left = len(ordered) - len(shown)
        self.more.setVisible(left > 0)
        text = self.tr("and %n more recipient(s)", "", left)
        self.more.setText(text)
        self.more.setAccessibleName(text)
        self._what.setText(self._content())

    def _begin(self) -> None:
        self._is_unfolded = False
        self.refresh()

    def _unfold(self) -> None:
        self._is_unfolded = True
        self.refresh()

    def _line(self, row: CheckedRecipient) -> QWidget:
        words = self._around.words
        line = QWidget()
        flow = FlowLayout(8)
        line.setLayout(flow)
        place = words.at_place(row.profession, row.place)
        flow.addWidget(ElidedText(words.person(row.name, place), Role.TEXT))
        flow.addWidget(Chip(self._standing(row)))
        if Doubt.AWAY in row.doubts and row.away is not None:
            flow.addWidget(Chip(mark(words.away(row.away, self._around.formats), Tone.WARNING)))
            if row.away.replacement is not None:
                flow.addWidget(self._replacement(row.account, row.away, row.away.replacement))
        if Doubt.NEVER_WRITTEN in row.doubts:
            flow.addWidget(Text(self.tr("First letter to them"), Role.SMALL))
        return line

    def _replacement(self, account: AccountId, away: AwayRow, who: DraftRecipient) -> QWidget:
        if not away.is_contact:
            return ElidedText(self._around.words.replaced(away), Role.SMALL)
        text = self.tr("Write instead to {name}, the replacement")
        if who.account in {each.account for each in self._composer.content.to}:
            text = self.tr("Write only to {name}, the replacement")
        # Without the profession: it is a line that does not wrap.
        button = NamedButton(kind=InlineButton.KIND)
        button.say(text, who.name, tip=self._around.words.replaced(away))
        button.clicked.connect(lambda _=False: self._composer.write_instead(account, who))
        return button

    def _standing(self, row: CheckedRecipient) -> Mark:
        words = self._around.words
        if Doubt.NOT_A_CONTACT in row.doubts:
            return stranger_mark(row.contact, words)
        if Doubt.KEYS_CHANGED in row.doubts:
            return mark(self.tr("To be asked first"), Tone.DANGER)
        if row.trust is Trust.SELF_DECLARED and row.compared is not Comparison.NEVER:
            return compared_mark(row.compared, words)
        if Doubt.UNVERIFIED in row.doubts:
            return mark(words.trust(row.trust), Tone.WARNING)
        return trust_mark(row.trust, words)

    def _content(self) -> str:
        composer, words, formats = self._composer, self._around.words, self._around.formats
        documents = composer.documents
        parts = [self.tr("Text alone")]
        if documents:
            size = formats.size(sum(each.size for each in documents))
            parts = [f"{words.documents(len(documents))}, {size}"]
        if composer.patient is not None:
            patient = words.born(composer.patient, formats)
            parts.append(self.tr("about {patient}").format(patient=patient))
        if composer.content.urgency is Urgency.URGENT:
            parts.append(words.urgent())
        if composer.content.is_answer_wanted:
            parts.append(words.answer_wanted())
        return " · ".join(parts)


class NamesakeQuestion(QWidget):
    """Which of several people of one name is meant; nothing is sent before it is answered."""

    def __init__(self, composer: Composer, around: Surroundings) -> None:
        super().__init__()
        self._composer = composer
        self._around = around
        self._choices = QWidget()
        # One below the other: nobody of the name may be out of sight in a narrow window.
        self._column = QVBoxLayout(self._choices)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self.buttons: list[NamedButton] = []
        self.banner = Banner(self._choices)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.banner)
        composer.check_changed.connect(self.refresh)
        composer.begun.connect(self.refresh)
        self.refresh()

    @property
    def is_open(self) -> bool:
        """Whether an answer is awaited."""
        return bool(self._composer.doubtful(Doubt.NAMESAKE))

    def refresh(self) -> None:
        """Ask about the first one, or nothing."""
        clear(self._column)
        self.buttons = []
        rows = self._composer.doubtful(Doubt.NAMESAKE)
        self.setVisible(bool(rows))
        if not rows:
            self.banner.silence()
            return
        row = rows[0]
        chosen = DraftRecipient(account=row.account, name=row.name, profession=row.profession)
        self._offer(chosen, row.place, chosen, PrimaryButton.KIND)
        for other in row.others:
            meant = DraftRecipient(
                account=other.account, name=other.name, profession=other.profession
            )
            self._offer(meant, other.place, chosen, Button.KIND)
        self.banner.say(
            Tone.WARNING,
            self.tr("Which {name} is meant?").format(name=row.name),
            self.tr("Several of your correspondents have this name, or nearly."),
        )

    def _offer(self, meant: DraftRecipient, place: str, chosen: DraftRecipient, kind: str) -> None:
        words = self._around.words
        # The place tells them apart.
        button = NamedButton(kind=kind, keeps_end=True)
        button.say("{name}", words.person(meant.name, words.at_place(meant.profession, place)))
        button.clicked.connect(lambda _=False: self._composer.settle(chosen.account, meant))
        self.buttons.append(button)
        # Without a side of its own none could be wider than the narrowest.
        self._column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)


class AddingLine(QWidget):
    """A document that is being encrypted, how far it is, and a way to stop it."""

    def __init__(self, composer: Composer, around: Surroundings) -> None:
        super().__init__()
        self._composer = composer
        self._around = around
        self._text = Text("", Role.SECONDARY, wraps=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Encrypting a document"))
        self.stop = Button(self.tr("Stop"))
        self.stop.clicked.connect(composer.stop_adding)
        texts = QVBoxLayout()
        texts.setSpacing(6)
        texts.addWidget(self._text)
        texts.addWidget(self.bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addLayout(texts, 1)
        row.addWidget(self.stop, 0, Qt.AlignmentFlag.AlignVCenter)
        composer.documents_changed.connect(self.refresh)
        composer.begun.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show how far it is."""
        adding = self._composer.attaching
        self.setVisible(adding is not None)
        if adding is None:
            return
        formats = self._around.formats
        text = self.tr("Encrypting “{name}” on this computer").format(name=adding.name)
        if adding.total:
            text = self.tr("Encrypting “{name}” on this computer: {done} of {total}").format(
                name=adding.name, done=formats.size(adding.done), total=formats.size(adding.total)
            )
        if adding.waiting:
            text = f"{text} · " + self.tr("%n more after it", "", adding.waiting)
        self._text.setText(text)
        self.bar.setRange(0, 1000 if adding.total else 0)
        self.bar.setValue(1000 * adding.done // max(adding.total, 1))
