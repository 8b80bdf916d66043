# SPDX-License-Identifier: AGPL-3.0-or-later
"""The owner's computers, as a section of the settings, and the dialog that adds one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from app.interface.snapshots import HistoryChoice, LinkOutcome
from app.window.theme.tokens import CARD_WIDTH, Tone
from app.window.theme.typography import Role
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import Button, InlineButton, LinkButton, PrimaryButton
from app.window.views.components.clipboard import BriefClipboard
from app.window.views.components.fields import CheckBox
from app.window.views.components.kit_code import KitCodeField
from app.window.views.components.layouts import Card, Column, FlowLayout, bring_into_view, clear
from app.window.views.components.pictures import QrPicture
from app.window.views.components.rooms import resize_within
from app.window.views.components.texts import Text
from app.window.views.components.words import BigWords, NumberedWords
from app.window.views.step_up import StepUpPanel
from app.window.views.unlock import busy_bar

if TYPE_CHECKING:
    from app.interface.failures import Failure
    from app.interface.snapshots import DeviceRow, Devices, LinkShown
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.computers import Computers

MAX_NAME_LETTERS: Final = 50
RECENT_MONTHS: Final = 12


class ComputersSection(QWidget):
    """One card per computer; questions stand below the card they are about."""

    def __init__(self, computers: Computers, around: Surroundings) -> None:
        super().__init__()
        self._computers = computers
        self._around = around
        self._chosen: DeviceRow | None = None
        self.cards: list[ComputerCard] = []
        self.banner = Banner()
        self.remove = Button(self.tr("Remove it"))
        self.stolen = Button(self.tr("It was stolen…"))
        self.keep = LinkButton(self.tr("Keep it"))
        self.question = Banner(self.remove, self.stolen, self.keep)
        self.kit = KitCodeField(around)
        self.remove_stolen = PrimaryButton(self.tr("Remove it, and all it could do"))
        self.not_stolen = LinkButton(self.tr("Cancel"))
        self._stolen_card = self._card_for_stolen()
        self.step_up = StepUpPanel(computers.fresh, around)
        self.add = Button(self.tr("Add a computer…"))
        self._history = Text("", Role.SECONDARY, wraps=True)
        self.stop = InlineButton(self.tr("Send no more"))
        self._rows = QVBoxLayout()
        self._rows.setSpacing(8)
        self._lay_out()
        self.add.clicked.connect(self._add)
        self.remove.clicked.connect(self._remove)
        self.stolen.clicked.connect(self._ask_for_kit)
        self.keep.clicked.connect(self.question.silence)
        self.remove_stolen.clicked.connect(self._remove_stolen)
        self.not_stolen.clicked.connect(self._forget_kit)
        self.stop.clicked.connect(computers.stop_history)
        computers.listed.connect(self._show)
        computers.failed.connect(self._fail)
        computers.history_changed.connect(self._show_history)
        self._show_history()
        computers.list_all()

    def forget(self) -> None:
        """Keep nothing of what was typed."""
        self._forget_kit()
        self.step_up.withdraw()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(
            Text(
                self.tr("Each of them receives your letters and sends in your name."),
                Role.SECONDARY,
                wraps=True,
            )
        )
        column.addWidget(self.banner)
        column.addLayout(self._rows)
        column.addWidget(self.question)
        column.addWidget(self._stolen_card)
        column.addWidget(self.step_up)
        line = QHBoxLayout()
        line.addWidget(self._history, 1)
        line.addWidget(self.stop)
        column.addLayout(line)
        buttons = FlowLayout(8)
        buttons.addWidget(self.add)
        column.addLayout(buttons)

    def _card_for_stolen(self) -> Card:
        card = Card()
        column = QVBoxLayout(card)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        column.addWidget(Text(self.tr("With your recovery kit"), Role.HEAD))
        column.addWidget(
            Text(
                self.tr(
                    "Whoever has the stolen computer and its passphrase could still speak in your name. "
                    "With your kit, nothing it says counts any more. Your other computers, but this one, "
                    "have to be added again."
                ),
                Role.SECONDARY,
                wraps=True,
            )
        )
        column.addWidget(self.kit)
        buttons = FlowLayout(8)
        buttons.addWidget(self.remove_stolen)
        buttons.addWidget(self.not_stolen)
        column.addLayout(buttons)
        card.hide()
        return card

    def _show(self, found: Devices) -> None:
        clear(self._rows)
        self.question.silence()
        self.cards = []
        for number, row in enumerate(found.rows, 1):
            card = ComputerCard(row, number, self._around)
            card.named.connect(lambda name, row=row: self._computers.rename(row.device, name))
            card.remove.clicked.connect(lambda _=False, row=row, card=card: self._ask(row, card))
            self.cards.append(card)
            self._rows.addWidget(card)

    def _ask(self, row: DeviceRow, card: ComputerCard) -> None:
        self._chosen = row
        self.banner.silence()
        self._forget_kit()
        self.question.say(
            Tone.WARNING,
            self.tr("Remove {name}?").format(name=card.name),
            self.tr(
                "It will receive and send nothing any more. What it holds stays there, for who has its "
                "passphrase. Your correspondents are told that you have one computer less."
            ),
        )
        self.keep.setFocus()
        bring_into_view(self.question)

    def _remove(self) -> None:
        self.question.silence()
        if self._chosen is not None:
            self._computers.remove(self._chosen.device)

    def _ask_for_kit(self) -> None:
        self.question.silence()
        self._stolen_card.show()
        bring_into_view(self._stolen_card)
        self.kit.first().setFocus()

    def _remove_stolen(self) -> None:
        if not self.kit.is_whole:
            self.kit.first().setFocus()
        elif self._chosen is not None:
            self._computers.remove_stolen(self._chosen.device, self.kit.text)
            self._forget_kit()

    def _forget_kit(self) -> None:
        self.kit.forget()
        self._stolen_card.hide()

    def _add(self) -> None:
        self.banner.silence()
        AddComputerDialog(self._computers, self._around, self).open()

    def _show_history(self) -> None:
        history = self._computers.history
        self._history.setVisible(history is not None)
        self.stop.setVisible(history is not None)
        if history is not None:
            number = self._around.formats.number
            self._history.setText(
                self.tr("Letters of the past go to your new computer: {done} of {all}").format(
                    done=number(history[0]), all=number(history[1])
                )
            )

    def _fail(self, failure: Failure, detail: str) -> None:
        if not self.findChildren(QDialog):
            self.banner.explain(self._around.errors.failure(failure, detail), Tone.WARNING)


class ComputerCard(Card):
    """One computer, with its name in place.

    Signals:
        named(str): the person calls it something.
    """

    named = Signal(str)

    def __init__(self, row: DeviceRow, number: int, around: Surroundings) -> None:
        super().__init__()
        formats = around.formats
        if row.name:
            self.name = row.name
        elif row.is_current:
            self.name = self.tr("This computer")
        else:
            self.name = self.tr("Computer {n}").format(n=number)
        times = self.tr("Added {when}").format(when=formats.in_sentence(row.added_at))
        if row.is_current and row.name:
            times = self.tr("This computer, added {when}").format(
                when=formats.in_sentence(row.added_at)
            )
        self.rename = LinkButton(self.tr("Rename"))
        self.rename.setAccessibleName(self.tr("Rename {name}").format(name=self.name))
        self.remove = LinkButton(self.tr("Remove…"))
        self.remove.setAccessibleName(self.tr("Remove {name}").format(name=self.name))
        self.remove.setVisible(not row.is_current)
        self.edit = QLineEdit(row.name)
        self.edit.setMaxLength(MAX_NAME_LETTERS)
        self.edit.setAccessibleName(self.tr("New name of {name}").format(name=self.name))
        self.edit.setPlaceholderText(self.tr("As “Practice” or “Laptop”; only you see it"))
        self.keep = Button(self.tr("Keep the name"))
        self._form = QWidget()
        self._form.hide()
        form = FlowLayout(8)
        self._form.setLayout(form)
        form.addWidget(self.edit)
        form.addWidget(self.keep)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(Text(self.name, Role.STRONG, wraps=True))
        texts.addWidget(Text(times, Role.SECONDARY, wraps=True))
        line = QHBoxLayout()
        line.setSpacing(4)
        line.addLayout(texts, 1)
        line.addWidget(self.rename)
        line.addWidget(self.remove)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 12, 12)
        column.setSpacing(8)
        column.addLayout(line)
        column.addWidget(self._form)
        self.rename.clicked.connect(self._ask_name)
        self.keep.clicked.connect(self._tell)
        self.edit.returnPressed.connect(self._tell)

    def _ask_name(self) -> None:
        self._form.show()
        self.edit.setFocus()
        self.edit.selectAll()

    def _tell(self) -> None:
        self._form.hide()
        self.named.emit(self.edit.text().strip())


class AddComputerDialog(QDialog):
    """Picture and twelve words; then the three words of the new computer, and how much it gets."""

    def __init__(self, computers: Computers, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parent)
        self._computers = computers
        self._around = around
        self._words: tuple[str, ...] = ()
        self._is_over = False
        self.setWindowTitle(self.tr("Add a computer"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        resize_within(self, around.theme.space(CARD_WIDTH + 40), around.theme.space(620))
        self.banner = Banner()
        self.step_up = StepUpPanel(computers.fresh, around)
        self.progress = busy_bar(self.tr("One moment"))
        self.picture = QrPicture(
            self.tr("Picture for the new computer. The twelve words say the same."), around.theme
        )
        self.twelve = NumberedWords(around)
        self.copy = InlineButton(self.tr("Copy the text for one minute"))
        self.clipboard = BriefClipboard(self)
        self._text = ""
        self.three = BigWords(around)
        self.choices = QButtonGroup(self)
        self.all = CheckBox(self.tr("All my letters"), around.theme)
        self.recent = CheckBox(self.tr("Those of the last twelve months"), around.theme)
        self.none = CheckBox(self.tr("None: only new ones"), around.theme)
        self.confirm = PrimaryButton(self.tr("The words are the same: add it"))
        self.differ = Button(self.tr("These are not the words"))
        self.shut = Button(self.tr("Cancel"))
        self._shown = QWidget()
        self._offered = QWidget()
        self._lay_out()
        self.confirm.clicked.connect(self._confirm)
        self.differ.clicked.connect(self._refuse)
        self.copy.clicked.connect(lambda: self.clipboard.copy(self._text))
        self.shut.clicked.connect(self.reject)
        computers.link_shown.connect(self._show_link)
        computers.link_offered.connect(self._show_offer)
        computers.link_ended.connect(self._end)
        computers.failed.connect(self._fail)
        computers.fresh.busy_changed.connect(self._set_busy)
        computers.fresh.settled.connect(self._look_whether_given_up)
        computers.begin_link(around.word_language)

    def done(self, result: int) -> None:
        """Close; nobody can answer any more, and nothing that was shown stays."""
        if not self._is_over:
            self._is_over = True
            self._computers.cancel_link()
        self._forget()
        super().done(result)

    def _lay_out(self) -> None:
        self._lay_out_shown()
        self._lay_out_offered()
        column = Column(width=self._around.theme.space(CARD_WIDTH), margin=24, is_centred=False)
        content = column.content
        content.setSpacing(14)
        content.addWidget(Text(self.tr("Add a computer"), Role.TITLE))
        for widget in (self.banner, self.step_up, self.progress, self._shown, self._offered):
            content.addWidget(widget)
        content.addStretch(1)
        foot = QHBoxLayout()
        foot.setContentsMargins(24, 12, 24, 16)
        foot.addWidget(self.shut)
        foot.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(column, 1)
        layout.addLayout(foot)
        self._shown.hide()
        self._offered.hide()

    def _lay_out_shown(self) -> None:
        column = QVBoxLayout(self._shown)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        column.addWidget(
            Text(
                self.tr(
                    "On the new computer, install U-HealthSec and choose “Add this computer to my "
                    "account”. Show it a photograph of this picture, or type the twelve words there. "
                    "Let nobody else see them; they serve for ten minutes."
                ),
                Role.TEXT,
                wraps=True,
            )
        )
        column.addWidget(self.picture)
        column.addWidget(self.twelve)
        line = QHBoxLayout()
        line.addWidget(self.copy)
        line.addStretch(1)
        column.addLayout(line)
        column.addWidget(Text(self.tr("Waiting for the new computer."), Role.SECONDARY, wraps=True))

    def _lay_out_offered(self) -> None:
        column = QVBoxLayout(self._offered)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        column.addWidget(
            Text(
                self.tr("A computer has answered. Does it show these three words?"),
                Role.HEAD,
                wraps=True,
            )
        )
        column.addWidget(self.three)
        column.addWidget(
            Text(
                self.tr(
                    "Look at its screen, or have them read to you. Other words mean that somebody else "
                    "has answered."
                ),
                Role.SECONDARY,
                wraps=True,
            )
        )
        column.addWidget(Text(self.tr("Which letters of the past does it get?"), Role.STRONG))
        for choice in (self.all, self.recent, self.none):
            self.choices.addButton(choice)
            column.addWidget(choice)
        self.recent.setChecked(True)
        buttons = FlowLayout(8)
        buttons.addWidget(self.confirm)
        buttons.addWidget(self.differ)
        column.addLayout(buttons)

    def _show_link(self, shown: LinkShown) -> None:
        self._text = shown.text
        self.picture.show_text(shown.text)
        self.twelve.show_words(shown.words)
        self._shown.show()

    def _show_offer(self, words: tuple[str, ...]) -> None:
        self._forget()
        self._words = words
        self.three.show_words(words)
        self._shown.hide()
        self._offered.show()
        # Not on the button that adds it: nobody is to press Enter without having read.
        self.three.setFocus()

    def _confirm(self) -> None:
        self.banner.silence()
        history = HistoryChoice.NONE
        if self.all.isChecked():
            history = HistoryChoice.ALL
        elif self.recent.isChecked():
            history = HistoryChoice.RECENT
        self._computers.confirm_link(self._words, history, RECENT_MONTHS)

    def _refuse(self) -> None:
        self._is_over = True
        self._computers.cancel_link()
        self._finish(
            Tone.WARNING,
            self.tr("No computer was added"),
            self.tr(
                "Somebody else may have seen the picture. Begin again where nobody looks on, and if it "
                "happens again, tell whoever runs your relay."
            ),
        )

    def _end(self, outcome: LinkOutcome) -> None:
        if self._is_over:
            return
        self._is_over = True
        if outcome is LinkOutcome.DONE:
            self._finish(
                Tone.GOOD,
                self.tr("Your new computer is added"),
                self.tr(
                    "It asks for the code of your telephone now. Letters of the past "
                    "follow by themselves, while both computers are on."
                ),
            )
        elif outcome is LinkOutcome.EXPIRED:
            self._finish(Tone.WARNING, self.tr("The ten minutes are over"), self.tr("Begin again."))
        else:
            self._finish(
                Tone.WARNING, self.tr("No computer was added"), self.tr("Nothing has changed.")
            )

    def _finish(self, tone: Tone, what: str, do: str) -> None:
        self._forget()
        self._shown.hide()
        self._offered.hide()
        self.banner.say(tone, what, do)
        text = self.tr("Close")
        self.shut.setText(text)
        self.shut.setAccessibleName(text)
        self.shut.setFocus()

    def _fail(self, failure: Failure, detail: str) -> None:
        self.banner.explain(self._around.errors.failure(failure, detail), Tone.WARNING)

    def _set_busy(self, is_busy: bool) -> None:  # noqa: FBT001 - Qt's signals take no names
        self.progress.setVisible(is_busy)
        self.confirm.setEnabled(not is_busy)

    def _look_whether_given_up(self) -> None:
        """Close when the person does not want to sign in, unless there is something to see."""
        QTimer.singleShot(0, self, self._close_if_empty)

    def _close_if_empty(self) -> None:
        is_empty = not (self._text or self._words or self._computers.fresh.is_busy)
        if is_empty and self.banner.isHidden():
            self.reject()

    def _forget(self) -> None:
        self._text = ""
        self._words = ()
        self.picture.show_text("")
        self.twelve.show_words(())
        self.three.show_words(())
        self.clipboard.clear()
