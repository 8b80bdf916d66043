# SPDX-License-Identifier: AGPL-3.0-or-later
"""The owner's templates and signature, each in a dialog of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QListWidget, QVBoxLayout, QWidget

from app.interface.writing import Template
from app.window.marked_text import MarkedText
from app.window.theme.tokens import FORM_WIDTH, UNLOCK_WIDTH, Tone
from app.window.theme.typography import Role
from app.window.viewmodels.acts import UNDO_MILLISECONDS
from app.window.viewmodels.stationery import NEW_TEMPLATE
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import Button, LinkButton, PrimaryButton
from app.window.views.components.fields import CheckBox, Field
from app.window.views.components.layouts import Card, FlowLayout
from app.window.views.components.letter_edit import FormatBar, LetterEdit
from app.window.views.components.rooms import resize_within
from app.window.views.components.texts import Text
from crypto_core.wire.envelope import Urgency

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.interface.failures import Failure
    from app.interface.writing import DraftContent
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.stationery import Stationery

MAX_NAME: Final = 50
"""The bound is in bytes of UTF-8, of which a letter takes up to four."""


_EMPTY: Final = Template(
    template=NEW_TEMPLATE,
    name="",
    subject="",
    text="",
    marks=(),
    urgency=Urgency.NORMAL,
    is_answer_wanted=False,
)


class _StationeryDialog(QDialog):
    """What the three dialogs have in common: a column, a place for what went wrong, and the end at the lock."""

    def __init__(
        self, title: str, stationery: Stationery, around: Surroundings, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.stationery = stationery
        self.around = around
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.banner = Banner()
        self.keep_first = Button(self.tr("Keep it"))
        self.let_go = Button(self.tr("Do not keep it"))
        self.question = Banner(self.keep_first, self.let_go)
        self._meant: Callable[[], None] = self._close
        """What was asked for when something was not kept yet."""
        self.keep_first.clicked.connect(lambda _=False: self._keep())
        self.let_go.clicked.connect(lambda _=False: self._go_on())
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(24, 24, 24, 24)
        self.column.setSpacing(14)
        stationery.failed.connect(self._failed)

    @property
    def is_changed(self) -> bool:
        """Whether something was written here that nobody has kept."""
        return False

    def leave_for(self, meant: Callable[[], None]) -> None:
        """Do what ends the writing here; ask first where something would be lost."""
        if self.is_changed:
            self._meant = meant
            self.question.say(Tone.WARNING, self.tr("What you have written here is not kept yet."))
            self.keep_first.setFocus()
        else:
            meant()

    def reject(self) -> None:
        """Close; ask first where something would be lost."""
        self.leave_for(self._close)

    def _close(self) -> None:
        super().reject()

    def _go_on(self) -> None:
        meant = self._meant
        # First of all: where the keyboard goes when the question is gone, something may be chosen by that alone.
        self._give_up()
        self.question.silence()
        meant()

    def _give_up(self) -> None:
        """What is written here and not kept need not be any more."""

    def _keep(self) -> None:
        """Keep what is written."""

    def _failed(self, failure: Failure, detail: str) -> None:
        self.banner.explain(self.around.errors.failure(failure, detail))


def _framed(edit: LetterEdit, around: Surroundings) -> Card:
    """Return a letter's field with the few buttons above it, in a box."""
    box = Card()
    column = QVBoxLayout(box)
    column.setContentsMargins(10, 8, 10, 10)
    column.setSpacing(6)
    column.addWidget(FormatBar(edit, around.theme))
    column.addWidget(edit, 1)
    return box


class SaveTemplateDialog(_StationeryDialog):
    """Gives the letter that is open a name, to begin others with it."""

    def __init__(
        self,
        stationery: Stationery,
        content: DraftContent,
        around: Surroundings,
        parent: QWidget,
    ) -> None:
        super().__init__("", stationery, around, parent)
        self.setWindowTitle(self.tr("Keep as a template"))
        self.setMinimumWidth(around.theme.space(UNLOCK_WIDTH))
        self._content = content
        line = QLineEdit()
        line.setMaxLength(MAX_NAME)
        line.setText(content.subject[:MAX_NAME])
        line.selectAll()
        self.name = Field(
            self.tr("Name of the template"),
            line,
            hint=self.tr(
                "Subject and text are kept, without recipients, patient and documents. Write "
                "{fields} where something changes from letter to letter."
            ).format(fields="{patient}, {date}, {…}"),
        )
        self.keep = PrimaryButton(self.tr("Keep"))
        self.keep.clicked.connect(lambda _=False: self._keep())
        cancel = Button(self.tr("Cancel"))
        cancel.clicked.connect(self.reject)
        actions = FlowLayout(10)
        actions.addWidget(self.keep)
        actions.addWidget(cancel)
        self.column.addWidget(self.name)
        self.column.addWidget(self.banner)
        self.column.addLayout(actions)
        line.returnPressed.connect(self._keep)
        stationery.saved.connect(self.accept)

    def _keep(self) -> None:
        name = self.name.text
        if not name:
            self.name.set_wrong(self.tr("Give it a name."))
            return
        content = self._content
        text = _without(
            self.stationery.signature, MarkedText(text=content.text, marks=content.marks)
        )
        self.stationery.save(
            Template(
                template=NEW_TEMPLATE,
                name=name,
                subject=content.subject,
                text=text.text,
                marks=text.marks,
                urgency=Urgency.NORMAL,
                is_answer_wanted=content.is_answer_wanted,
            )
        )


def _without(signature: MarkedText, text: MarkedText) -> MarkedText:
    """Return a text without the signature at its end: every letter has it anyway."""
    if not signature.text or not text.text.rstrip().endswith(signature.text.rstrip()):
        return text
    kept = text.text.rstrip()[: -len(signature.text.rstrip())].rstrip()
    return MarkedText(text=kept, marks=tuple(mark for mark in text.marks if mark.end <= len(kept)))


class TemplatesDialog(_StationeryDialog):
    """The owner's templates, to be changed or forgotten, and new ones."""

    def __init__(self, stationery: Stationery, around: Surroundings, parent: QWidget) -> None:
        super().__init__("", stationery, around, parent)
        self._shown: Template | None = None
        self._before: Template | None = None
        self._forgotten: Template | None = None
        self.take_back = Button(self.tr("Undo"))
        self.take_back.clicked.connect(lambda _=False: self._take_back())
        self.forgotten = Banner(self.take_back, is_flat=True)
        self._offer = QTimer(self, singleShot=True, interval=UNDO_MILLISECONDS)
        self._offer.timeout.connect(self._end_offer)
        self.setWindowTitle(self.tr("My templates"))
        resize_within(self, around.theme.space(FORM_WIDTH + 200), around.theme.space(520))
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("My templates"))
        self.list.setMaximumWidth(around.theme.space(220))
        self._is_new = False
        """What the form shows is not among the templates yet."""
        self.add = Button(self.tr("New template"))
        self.add.clicked.connect(lambda _=False: self.leave_for(self._begin))
        line, subject = QLineEdit(), QLineEdit()
        line.setMaxLength(MAX_NAME)
        subject.setMaxLength(4 * MAX_NAME)
        self.name = Field(self.tr("Name of the template"), line)
        self.subject = Field(self.tr("Subject"), subject)
        self.text = LetterEdit(self.tr("Text of the template"))
        self.answer_wanted = CheckBox(self.tr("Answer wanted"), around.theme)
        self.keep = PrimaryButton(self.tr("Keep"))
        self.keep.clicked.connect(lambda _=False: self._keep())
        self.remove = LinkButton(self.tr("Forget this template"))
        self.remove.clicked.connect(lambda _=False: self._remove())
        self.empty = Text(
            self.tr("You have none yet. Begin one here, or keep a letter as a template."),
            Role.SECONDARY,
            wraps=True,
        )
        self.form = QWidget()
        self._lay_out()
        self.list.currentRowChanged.connect(self._turn)
        stationery.changed.connect(self._list)
        stationery.saved.connect(self._point_at)
        self._list()

    def _lay_out(self) -> None:
        fields = QVBoxLayout(self.form)
        fields.setContentsMargins(0, 0, 0, 0)
        fields.setSpacing(12)
        for widget in (self.name, self.subject):
            fields.addWidget(widget)
        fields.addWidget(_framed(self.text, self.around), 1)
        fields.addWidget(self.answer_wanted)
        actions = FlowLayout(10)
        actions.addWidget(self.keep)
        actions.addWidget(self.remove)
        fields.addLayout(actions)
        row = QHBoxLayout()
        row.setSpacing(16)
        left = QVBoxLayout()
        left.setSpacing(10)
        left.addWidget(self.list, 1)
        left.addWidget(self.add)
        left.addStretch(0)
        row.addLayout(left)
        row.addWidget(self.form, 1)
        self.column.addWidget(self.banner)
        self.column.addWidget(self.question)
        self.column.addWidget(self.forgotten)
        self.column.addWidget(self.empty)
        self.column.addLayout(row, 1)

    @property
    def _chosen(self) -> Template | None:
        rows, at = self.stationery.templates, self.list.currentRow()
        return rows[at] if 0 <= at < len(rows) else None

    def _list(self) -> None:
        rows = self.stationery.templates
        at = self.list.currentRow()
        self.list.blockSignals(True)  # noqa: FBT003 - Qt's method takes no names
        self.list.clear()
        self.list.addItems([each.name for each in rows])
        self.list.blockSignals(False)  # noqa: FBT003 - Qt's method takes no names
        if not self._is_new:
            self.list.blockSignals(True)  # noqa: FBT003 - Qt's method takes no names
            self.list.setCurrentRow(min(max(at, 0), len(rows) - 1))
            self.list.blockSignals(False)  # noqa: FBT003 - Qt's method takes no names
        self.list.setVisible(bool(rows))
        if not self.is_changed:
            self._show()

    def _begin(self) -> None:
        """Show an empty form for a template that is not there yet."""
        self._is_new = True
        self.list.setCurrentRow(-1)
        self._show()
        self.name.answer.setFocus()

    def _turn(self, row: int) -> None:
        """Show the template that was chosen in the list."""
        if row < 0:
            return
        if self.is_changed:
            numbers = [each.template for each in self.stationery.templates]
            before = self._shown.template if self._shown is not None else NEW_TEMPLATE
            self._choose(numbers.index(before) if before in numbers else -1)
            self.leave_for(lambda: self._show_row(row))
        else:
            self._show_row(row)

    def _give_up(self) -> None:
        self._shown = None

    def _show_row(self, row: int) -> None:
        self._is_new = False
        self._choose(row)
        self._show()

    def _choose(self, row: int) -> None:
        self.list.blockSignals(True)  # noqa: FBT003 - Qt's method takes no names
        self.list.setCurrentRow(row)
        self.list.blockSignals(False)  # noqa: FBT003 - Qt's method takes no names

    @property
    def is_changed(self) -> bool:
        """Whether the form says something else than what is kept."""
        return self._shown is not None and self._written(self._shown) != self._before

    def _point_at(self, kept: Template | None) -> None:
        """Go on with the template that was just kept, or with what was meant when it was not kept yet."""
        if kept is None:
            return
        self._take_as_kept(kept)
        if self.question.isVisible():
            self._go_on()
        else:
            numbers = [each.template for each in self.stationery.templates]
            self._show_row(numbers.index(kept.template))

    def _show(self) -> None:
        chosen = _EMPTY if self._is_new else self._chosen
        self.empty.setVisible(chosen is None)
        self.form.setVisible(chosen is not None)
        self.remove.setVisible(not self._is_new)
        self.name.set_wrong("")
        self.question.silence()
        if chosen is not None and isinstance(self.name.answer, QLineEdit):
            self.name.answer.setText(chosen.name)
            if isinstance(self.subject.answer, QLineEdit):
                self.subject.answer.setText(chosen.subject)
            self.text.show_text(MarkedText(text=chosen.text, marks=chosen.marks))
            self.answer_wanted.setChecked(chosen.is_answer_wanted)
        self._take_as_kept(chosen)

    def _take_as_kept(self, template: Template | None) -> None:
        """Note what the form says now, which may be settled differently from what was stored."""
        self._shown = template
        self._before = None if template is None else self._written(template)

    def _keep(self) -> None:
        chosen = _EMPTY if self._is_new else self._chosen
        if chosen is None or not self.name.text:
            self.name.set_wrong(self.tr("Give it a name."))
            return
        self.name.set_wrong("")
        self.stationery.save(self._written(chosen))

    def _written(self, template: Template) -> Template:
        """Return a template with what the form says."""
        text = self.text.marked
        return replace(
            template,
            name=self.name.text,
            subject=self.subject.text,
            text=text.text,
            marks=text.marks,
            is_answer_wanted=self.answer_wanted.isChecked(),
        )

    def _remove(self) -> None:
        chosen = self._chosen
        if chosen is not None:
            # With what was written into it meanwhile.
            self._forgotten = self._written(chosen)
            self._shown = None
            self.stationery.remove(chosen.template)
            self.forgotten.say(
                Tone.NEUTRAL, self.tr("“{name}” is forgotten.").format(name=chosen.name)
            )
            self._offer.start()

    def _take_back(self) -> None:
        forgotten = self._forgotten
        self._end_offer()
        if forgotten is not None:
            self.stationery.save(replace(forgotten, template=NEW_TEMPLATE))

    def _end_offer(self) -> None:
        self._offer.stop()
        self._forgotten = None
        self.forgotten.silence()


class SignatureDialog(_StationeryDialog):
    """What stands under every new letter."""

    def __init__(self, stationery: Stationery, around: Surroundings, parent: QWidget) -> None:
        super().__init__("", stationery, around, parent)
        self.setWindowTitle(self.tr("My signature"))
        resize_within(self, around.theme.space(FORM_WIDTH), around.theme.space(360))
        self.text = LetterEdit(self.tr("My signature"))
        self.text.setPlaceholderText(self.tr("Name, profession, practice, telephone"))
        self.text.show_text(stationery.signature)
        self.keep = PrimaryButton(self.tr("Keep"))
        self.keep.clicked.connect(lambda _=False: self._keep())
        self._before = self.text.marked
        cancel = Button(self.tr("Cancel"))
        cancel.clicked.connect(self.reject)
        actions = FlowLayout(10)
        actions.addWidget(self.keep)
        actions.addWidget(cancel)
        self.column.addWidget(
            Text(
                self.tr("It stands under every new letter, and you can change it in each."),
                Role.SECONDARY,
                wraps=True,
            )
        )
        self.column.addWidget(_framed(self.text, around), 1)
        self.column.addWidget(self.banner)
        self.column.addWidget(self.question)
        self.column.addLayout(actions)
        stationery.saved.connect(self.accept)

    @property
    def is_changed(self) -> bool:
        """Whether another signature was written than the one that is kept."""
        return self.text.marked != self._before

    def _give_up(self) -> None:
        self._before = self.text.marked

    def _keep(self) -> None:
        self.stationery.sign_with(self.text.marked)
