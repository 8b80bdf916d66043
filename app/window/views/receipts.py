# SPDX-License-Identifier: AGPL-3.0-or-later
"""The receipt ladder of a letter, and the evidence behind it for those who ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.interface.snapshots import DeliveryState, Direction, Problem
from app.window.theme.tokens import CARD_WIDTH, Tone
from app.window.theme.typography import Role
from app.window.viewmodels.marks import SHAPES, delivery_tone, problem_tone
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import Button, LinkButton
from app.window.views.components.layouts import Column, FlowLayout, clear
from app.window.views.components.rooms import resize_within
from app.window.views.components.steps import Steps
from app.window.views.components.texts import Rule, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.interface.failures import Failure
    from app.interface.snapshots import MessageView, ReceiptRow, Receipts, RecipientRow
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.reading import Reading


RUNG_WIDTH: Final = 20


class Ladder(QWidget):
    """Composed, accepted, received, read: in words and times, one line per recipient."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__()
        self._around = around
        self._steps = Steps(self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 4, 0, 0)
        self._column.setSpacing(10)

    def show_letter(self, letter: MessageView) -> None:
        """Show how far a letter has come."""
        self._steps.begin(iter(()))
        clear(self._column)
        formats = self._around.formats
        if letter.direction is Direction.RECEIVED:
            steps = [self.tr("Sent {time}").format(time=formats.moment(letter.sent_at))]
            if letter.received_at is not None:
                received = formats.moment_after(letter.received_at, letter.sent_at)
                steps.append(self.tr("Received here {time}").format(time=received))
            self._add(self._line([(f"✓ {step}", Tone.NEUTRAL) for step in steps]))
            return
        self._steps.begin(self._rungs_of(letter))

    def _rungs_of(self, letter: MessageView) -> Iterator[None]:
        for recipient in letter.recipients:
            name = Text(
                self._around.words.person(recipient.name, recipient.profession),
                Role.SECONDARY,
                wraps=True,
            )
            if len(letter.recipients) > 1:
                self._add(name)
            self._add(self._line(self._rungs(letter, recipient)))
            problem = recipient.problem
            if problem is Problem.NONE and recipient.state is DeliveryState.NOT_DELIVERED:
                # Nothing stood in its way; nobody came for it in time.
                problem = Problem.EXPIRED
            if problem is not Problem.NONE and letter.problem is Problem.NONE:
                banner = Banner()
                self._add(banner)
                banner.explain(self._around.errors.problem(problem), problem_tone(problem))
            yield

    def _rungs(self, letter: MessageView, recipient: RecipientRow) -> list[tuple[str, Tone]]:
        """Return the rungs with a shape: done, or still to come."""
        formats = self._around.formats
        words = self._around.words
        latest = letter.sent_at
        steps = [(self.tr("✓ Written {time}").format(time=formats.moment(latest)), Tone.NEUTRAL)]
        rungs = (
            (DeliveryState.ACCEPTED, recipient.accepted_at),
            (DeliveryState.DELIVERED, recipient.delivered_at),
            (DeliveryState.READ, recipient.read_at),
        )
        ended = recipient.state in {DeliveryState.REFUSED, DeliveryState.NOT_DELIVERED}
        for state, at in rungs:
            if at is not None:
                when = formats.moment_after(at, latest)
                steps.append((f"✓ {words.delivery(state)} {when}", Tone.NEUTRAL))
                latest = at
            elif not ended:
                waiting = {
                    DeliveryState.ACCEPTED: self.tr("○ Not yet at the relay"),
                    DeliveryState.DELIVERED: self.tr("○ Not yet received"),
                    DeliveryState.READ: self.tr("○ Not yet read"),
                }[state]
                steps.append((waiting, Tone.NEUTRAL))
                break
        if ended:
            tone = delivery_tone(recipient.state)
            text = f"{SHAPES[tone]} {words.delivery(recipient.state)}"
            if recipient.refused_at is not None:
                text = f"{text} {formats.moment_after(recipient.refused_at, latest)}"
            if recipient.reason is not None:
                text = self.tr("{step}: {reason}").format(
                    step=text, reason=self._around.errors.refusal(recipient.reason)
                )
            steps.append((text, tone))
        return steps

    def _line(self, steps: list[tuple[str, Tone]]) -> QWidget:
        line = QWidget()
        flow = FlowLayout(spacing=12)
        line.setLayout(flow)
        for number, (text, tone) in enumerate(steps):
            step = QWidget()
            row = QHBoxLayout(step)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(12)
            if number:
                rung = Rule()
                rung.setFixedWidth(RUNG_WIDTH)
                row.addWidget(rung)
            row.addWidget(Text(text, Role.SMALL, tone=tone))
            flow.addWidget(step)
        return line

    def _add(self, widget: QWidget) -> None:
        self._column.addWidget(widget)


class ReceiptDialog(QDialog):
    """The receipts of one letter as the program holds them, with their proofs to copy."""

    def __init__(self, reading: Reading, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parent)
        self._around = around
        self.setWindowTitle(self.tr("Receipts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        resize_within(self, around.theme.space(CARD_WIDTH), around.theme.space(420))
        self._banner = Banner()
        self._column = Column(width=around.theme.space(CARD_WIDTH), margin=24, is_centred=False)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(10)
        content = self._column.content
        content.addWidget(Text(self.tr("Receipts"), Role.TITLE))
        content.addWidget(
            Text(
                self.tr(
                    "Each acceptance is written in the relay's journal. Its proof can be checked by "
                    "anyone, without this program and without the letter."
                ),
                Role.SECONDARY,
                wraps=True,
            )
        )
        content.addWidget(self._banner)
        content.addLayout(self._rows)
        content.addStretch(1)
        close = Button(self.tr("Close"))
        close.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.setContentsMargins(24, 12, 24, 16)
        foot.addStretch(1)
        foot.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._column, 1)
        layout.addLayout(foot)
        reading.receipts.connect(self._show)
        reading.receipts_failed.connect(self._fail)

    def _show(self, receipts: Receipts) -> None:
        clear(self._rows)
        if not receipts.rows:
            self._banner.say(
                Tone.NEUTRAL,
                self.tr("No receipt yet"),
                self.tr("The first one comes when the relay accepts the letter."),
            )
        for row in receipts.rows:
            self._rows.addWidget(Rule())
            self._rows.addWidget(self._row(row))

    def _row(self, row: ReceiptRow) -> QWidget:
        words = self._around.words
        tone = delivery_tone(row.state)
        shape = SHAPES[tone] or "✓"
        text = f"{shape} {words.delivery(row.state)}"
        if row.at is not None:
            text = f"{text}, {self._around.formats.in_sentence(row.at)}"
        if row.reason is not None:
            text = self.tr("{step}: {reason}").format(
                step=text, reason=self._around.errors.refusal(row.reason)
            )
        widget = QWidget()
        line = QHBoxLayout(widget)
        line.setContentsMargins(0, 0, 0, 0)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(Text(text, Role.TEXT, wraps=True))
        if row.log_index is not None:
            number = self._around.formats.number(row.log_index)
            texts.addWidget(
                Text(
                    self.tr("Entry {number} of the relay's journal").format(number=number),
                    Role.SECONDARY,
                    wraps=True,
                )
            )
        line.addLayout(texts, 1)
        if row.proof:
            copy = LinkButton(self.tr("Copy the proof"))
            copy.clicked.connect(
                lambda _=False, proof=row.proof: QGuiApplication.clipboard().setText(proof)
            )
            line.addWidget(copy)
        return widget

    def _fail(self, failure: Failure, detail: str) -> None:
        self._banner.explain(self._around.errors.failure(failure, detail))
