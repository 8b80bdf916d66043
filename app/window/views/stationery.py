# SPDX-License-Identifier: AGPL-3.0-or-later
"""The owner's templates and signature, each in a dialog of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QListWidget, QVBoxLayout, QWidget

from app.interface.writing import Template
from app.window.marked_text import MarkedText
from app.window.theme.tokens import FORM_WIDTH, UNLOCK_WIDTH
from app.window.theme.typography import Role
from app.window.viewmodels.stationery import NEW_TEMPLATE
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import Button, LinkButton, PrimaryButton
from app.window.views.components.fields import CheckBox, Field
from app.window.views.components.layouts import Card, FlowLayout
from app.window.views.components.letter_edit import FormatBar, LetterEdit
from app.window.views.components.texts import Text
from crypto_core.wire.envelope import Urgency

if TYPE_CHECKING:
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
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(24, 24, 24, 24)
        self.column.setSpacing(14)
        stationery.failed.connect(self._failed)

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
        self.setWindowTitle(self.tr("My templates"))
        self.resize(around.theme.space(FORM_WIDTH + 200), around.theme.space(520))
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("My templates"))
        self.list.setMaximumWidth(around.theme.space(220))
        self._is_new = False
        """What the form shows is not among the templates yet."""
        self.add = Button(self.tr("New template"))
        self.add.clicked.connect(lambda _=False: self._begin())
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
        fields = QVBoxLayout(self.form)
        fields.setContentsMargins(0, 0, 0, 0)
        fields.setSpacing(12)
        for widget in (self.name, self.subject):
            fields.addWidget(widget)
        fields.addWidget(_framed(self.text, around), 1)
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
        self.column.addWidget(self.empty)
        self.column.addLayout(row, 1)
        self.list.currentRowChanged.connect(self._turn)
        stationery.changed.connect(self._list)
        stationery.saved.connect(self._point_at)
        self._list()

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
        self._show()

    def _begin(self) -> None:
        """Show an empty form for a template that is not there yet."""
        self._is_new = True
        self.list.setCurrentRow(-1)
        self._show()
        self.name.answer.setFocus()

    def _turn(self, row: int) -> None:
        """Show the template that was chosen in the list; a new one that was not kept is let go."""
        if row >= 0:
            self._is_new = False
        self._show()

    def _point_at(self, kept: Template | None) -> None:
        """Go on with the template that was just kept."""
        if kept is not None and self._is_new:
            self._is_new = False
            numbers = [each.template for each in self.stationery.templates]
            self.list.setCurrentRow(numbers.index(kept.template))
            self._show()

    def _show(self) -> None:
        chosen = _EMPTY if self._is_new else self._chosen
        self.empty.setVisible(chosen is None)
        self.form.setVisible(chosen is not None)
        self.remove.setVisible(not self._is_new)
        self.name.set_wrong("")
        if chosen is not None and isinstance(self.name.answer, QLineEdit):
            self.name.answer.setText(chosen.name)
            if isinstance(self.subject.answer, QLineEdit):
                self.subject.answer.setText(chosen.subject)
            self.text.show_text(MarkedText(text=chosen.text, marks=chosen.marks))
            self.answer_wanted.setChecked(chosen.is_answer_wanted)

    def _keep(self) -> None:
        chosen = _EMPTY if self._is_new else self._chosen
        if chosen is None or not self.name.text:
            self.name.set_wrong(self.tr("Give it a name."))
            return
        self.name.set_wrong("")
        text = self.text.marked
        self.stationery.save(
            replace(
                chosen,
                name=self.name.text,
                subject=self.subject.text,
                text=text.text,
                marks=text.marks,
                is_answer_wanted=self.answer_wanted.isChecked(),
            )
        )

    def _remove(self) -> None:
        chosen = self._chosen
        if chosen is not None:
            self.stationery.remove(chosen.template)


class SignatureDialog(_StationeryDialog):
    """What stands under every new letter."""

    def __init__(self, stationery: Stationery, around: Surroundings, parent: QWidget) -> None:
        super().__init__("", stationery, around, parent)
        self.setWindowTitle(self.tr("My signature"))
        self.resize(around.theme.space(FORM_WIDTH), around.theme.space(360))
        self.text = LetterEdit(self.tr("My signature"))
        self.text.setPlaceholderText(self.tr("Name, profession, practice, telephone"))
        self.text.show_text(stationery.signature)
        self.keep = PrimaryButton(self.tr("Keep"))
        self.keep.clicked.connect(lambda _=False: stationery.sign_with(self.text.marked))
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
        self.column.addLayout(actions)
        stationery.saved.connect(self.accept)
