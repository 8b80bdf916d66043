# SPDX-License-Identifier: AGPL-3.0-or-later
"""The code of a recovery kit, typed group by group or read from its picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from app.window.codes import PICTURES
from app.window.theme.tokens import Tone
from app.window.theme.typography import Role
from app.window.views.components.buttons import Button
from app.window.views.components.layouts import FlowLayout
from app.window.views.components.texts import Text, set_property
from crypto_core.errors import KitCodeError
from crypto_core.wire.kit import KIT_GROUPS, KIT_PREFIX, parse_kit_card, parse_kit_code

if TYPE_CHECKING:
    from PySide6.QtGui import QDragEnterEvent, QDropEvent

    from app.window.surroundings import Surroundings
    from crypto_core.wire.ids import AccountId

_GROUP_SIGNS: Final = 5
_MOST_SIGNS: Final = 200


class GroupEdit(QLineEdit):
    """One group of five."""

    def __init__(self, number: int, around: Surroundings) -> None:
        super().__init__()
        self.setProperty("mono", "true")
        self.setMaxLength(_MOST_SIGNS)
        name = QCoreApplication.translate("KitCodeField", "Group {n} of {all}")
        self.setAccessibleName(name.format(n=number + 1, all=KIT_GROUPS))
        self.setPlaceholderText(str(number + 1))
        self.setAcceptDrops(False)
        width = self.fontMetrics().horizontalAdvance("W" * _GROUP_SIGNS)
        self.setFixedWidth(width + around.theme.space(36))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhUppercaseOnly
        )


class KitCodeField(QWidget):
    """Fourteen small fields; a group with a mistake is named as soon as it is typed."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__()
        self._around = around
        self._card = ""
        self.setAcceptDrops(True)
        self.groups = [GroupEdit(number, around) for number in range(KIT_GROUPS)]
        self.open = Button(self.tr("Open its picture…"))
        self._wrong = Text("", Role.SECONDARY, wraps=True, tone=Tone.DANGER)
        self._wrong.hide()
        self._taken = Text(self.tr("✓ Read from the picture"), Role.SECONDARY, tone=Tone.GOOD)
        self._taken.hide()
        question = Text(self.tr("Code on the page"), Role.STRONG)
        question.setBuddy(self.groups[0])
        flow = FlowLayout(6)
        for edit in self.groups:
            flow.addWidget(edit)
        buttons = QHBoxLayout()
        buttons.setSpacing(12)
        buttons.addWidget(self.open)
        buttons.addWidget(self._taken)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(question)
        column.addLayout(flow)
        column.addWidget(self._wrong)
        column.addLayout(buttons)
        for number, edit in enumerate(self.groups):
            edit.textEdited.connect(lambda text, number=number: self._typed(number, text))
        self.open.clicked.connect(self._choose)

    @property
    def text(self) -> str:
        """The text of the picture, or the groups with blanks between."""
        return self._card or " ".join(_signs(edit.text()) for edit in self.groups).strip()

    @property
    def account(self) -> AccountId | None:
        """Whose kit it is, as the picture says; None when it was typed."""
        return parse_kit_card(self._card)[0] if self._card else None

    @property
    def is_whole(self) -> bool:
        """Whether it is a code, as far as can be seen; what is wrong with it is said."""
        if self._card:
            return True
        if not self.text:
            self.set_wrong(self.tr("This is needed."))
            return False
        return self._look(self.text, is_whole=True)

    def set_text(self, text: str) -> None:
        """Put a whole code in, in any spelling, or the text of a picture."""
        self._spread(0, text)

    def set_wrong(self, text: str, group: int | None = None) -> None:
        """Say what is wrong, and mark a group, counted from 1."""
        self._wrong.setText(f"✕ {text}" if text else "")
        self._wrong.setVisible(bool(text))
        for number, edit in enumerate(self.groups, 1):
            is_marked = number == group
            set_property(edit, "invalid", "true" if is_marked else "false")
            edit.setAccessibleDescription(text if is_marked else "")

    def first(self) -> QWidget:
        """Return where typing goes on."""
        return next((edit for edit in self.groups if not edit.text()), self.groups[0])

    def forget(self) -> None:
        """Keep nothing of what was typed."""
        self._card = ""
        self._taken.hide()
        for edit in self.groups:
            edit.clear()
            edit.setModified(False)
        self.set_wrong("")

    def take_file(self, path: Path) -> None:
        """Have the picture in an image read."""
        self._around.codes.read(path, self, self._take)

    def _take(self, text: str) -> None:
        if not self._take_card(text):
            self.set_wrong(self.tr("There is no picture of a recovery kit in this file."))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept an image."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Read an image."""
        event.acceptProposedAction()
        self.take_file(Path(event.mimeData().urls()[0].toLocalFile()))

    def _typed(self, number: int, text: str) -> None:
        self._card = ""
        self._taken.hide()
        self._spread(number, text)

    def _spread(self, number: int, text: str) -> None:
        """Share what was typed or pasted out among this group and those after it."""
        if text.strip().lower().startswith(KIT_PREFIX):
            self.groups[number].clear()
            if not self._take_card(text):
                self.set_wrong(self.tr("This is not a whole text of a recovery kit."))
            return
        signs = _signs(text)
        self.set_wrong("")
        if len(signs) < _GROUP_SIGNS:
            return
        rest = self.groups[number:]
        for place, edit in enumerate(rest):
            part = signs[place * _GROUP_SIGNS : (place + 1) * _GROUP_SIGNS]
            if part:
                edit.setText(part)
        last = min(number + (len(signs) - 1) // _GROUP_SIGNS, KIT_GROUPS - 1)
        before = [_signs(edit.text()) for edit in self.groups[: last + 1]]
        if all(len(group) == _GROUP_SIGNS for group in before):
            if not self._look(" ".join(before), is_whole=last == KIT_GROUPS - 1):
                return
            if last + 1 < KIT_GROUPS:
                self.groups[last + 1].setFocus()

    def _look(self, text: str, *, is_whole: bool) -> bool:
        """Whether a code, or its beginning, has no mistake; where one is, it is named and marked."""
        count = len(text.split())
        try:
            parse_kit_code(text)
        except KitCodeError as error:
            if error.group is None:
                self.set_wrong(self.tr("One of the groups is another one. Compare all of them."))
                return False
            if error.group > count and not is_whole:
                return True
            wrong = self.tr("Group {n} has a mistake. Read it from the page again.")
            self.set_wrong(wrong.format(n=error.group), error.group)
            self.groups[error.group - 1].setFocus()
            return False
        return True

    def _take_card(self, text: str) -> bool:
        try:
            parse_kit_card(text)
        except KitCodeError:
            return False
        self.forget()
        self._card = text.strip()
        self._taken.show()
        return True

    def _choose(self) -> None:
        dialog = QFileDialog(self, self.tr("Open the picture of the recovery kit"))
        pictures = " ".join(f"*{suffix}" for suffix in PICTURES)
        dialog.setNameFilter(self.tr("Pictures") + f" ({pictures})")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.take_file(Path(name)))
        dialog.open()


def _signs(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum()).upper()
