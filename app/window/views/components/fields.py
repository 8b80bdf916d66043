# SPDX-License-Identifier: AGPL-3.0-or-later
"""Fields of a form: the question above, the answer, what is wrong with it below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from app.window.theme.icons import Icon
from app.window.theme.tokens import Tone
from app.window.theme.typography import Role
from app.window.views.components.buttons import IconButton
from app.window.views.components.texts import Text, set_property

if TYPE_CHECKING:
    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QKeyEvent, QPaintEvent

    from app.window.theme.theme import Theme


BOX: Final = 18


class Field(QWidget):
    """A line or a box to fill in."""

    def __init__(
        self, question: str, answer: QLineEdit | QPlainTextEdit, *, hint: str = ""
    ) -> None:
        super().__init__()
        self.answer = answer
        label = Text(question, Role.STRONG)
        label.setBuddy(answer)
        answer.setAccessibleName(question)
        self._hint = Text(hint, Role.SECONDARY, wraps=True)
        self._hint.setVisible(bool(hint))
        self._wrong = Text("", Role.SECONDARY, wraps=True, tone=Tone.DANGER)
        self._wrong.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(label)
        self.line = QHBoxLayout()
        self.line.setSpacing(4)
        self.line.addWidget(answer)
        column.addLayout(self.line)
        column.addWidget(self._hint)
        column.addWidget(self._wrong)

    @property
    def text(self) -> str:
        """What was typed, without blanks around it."""
        if isinstance(self.answer, QLineEdit):
            return self.answer.text().strip()
        return self.answer.toPlainText().strip()

    def set_wrong(self, text: str) -> None:
        """Say below the field what is wrong with it, or nothing."""
        self._wrong.setText(f"✕ {text}" if text else "")
        self._wrong.setVisible(bool(text))
        self.answer.setAccessibleDescription(text)
        set_property(self.answer, "invalid", "true" if text else "false")


class CheckBox(QCheckBox):
    """A choice of yes or no; Fusion's own box cannot be seen on a dark ground."""

    def __init__(self, text: str, theme: Theme) -> None:
        super().__init__(text)
        self._theme = theme

    def sizeHint(self) -> QSize:
        """Return room for the box, the text and the frame of the focus."""
        side = self._theme.space(BOX)
        metrics = self.fontMetrics()
        width = side + metrics.horizontalAdvance(self.text()) + self._theme.space(26)
        return QSize(width, max(side, metrics.height()) + self._theme.space(10))

    def hitButton(self, position: QPoint) -> bool:  # noqa: N802 - Qt calls it
        """Return that box and text can be pressed."""
        return self.rect().contains(position)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint box, mark and text."""
        theme = self._theme
        side = theme.space(BOX)
        box = QRectF(6, (self.height() - side) / 2, side, side)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 5, 5)
        filled = self.isChecked()
        painter.setPen(QPen(theme.colour("accent" if filled else "faint"), 1.5))
        painter.setBrush(theme.colour("accent" if filled else "panel"))
        painter.drawRoundedRect(box, 4, 4)
        if filled:
            pen = QPen(theme.colour("on_accent"), side / 8)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawPolyline(
                [
                    QPointF(box.left() + side * x, box.top() + side * y)
                    for x, y in ((0.24, 0.52), (0.43, 0.7), (0.77, 0.32))
                ]
            )
        painter.setPen(theme.colour("text" if self.isEnabled() else "faint"))
        left = round(box.right()) + theme.space(10)
        painter.drawText(
            self.rect().adjusted(left, 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), self.text()
        )
        painter.end()


class PassphraseEdit(QLineEdit):
    """A line that hides what is typed and notices the Caps Lock key.

    Signals:
        caps_lock(bool): letters arrive in the case that Shift alone would not give.
    """

    caps_lock = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setInputMethodHints(
            Qt.InputMethodHint.ImhHiddenText
            | Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoAutoUppercase
            | Qt.InputMethodHint.ImhNoPredictiveText
        )
        self.setMaxLength(1024)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Compare the case of a letter with the Shift key: Qt does not tell the lock's state."""
        text = event.text()
        if len(text) == 1 and text.isalpha() and text.upper() != text.lower():
            has_shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.caps_lock.emit(text.isupper() is not has_shift)
        elif event.key() == Qt.Key.Key_CapsLock:
            self.caps_lock.emit(False)  # noqa: FBT003 - Qt's signals take no names
        super().keyPressEvent(event)


class PassphraseField(Field):
    """A question whose answer is a passphrase, with an eye to show it."""

    def __init__(self, question: str, theme: Theme, *, hint: str = "") -> None:
        self.edit = PassphraseEdit()
        super().__init__(question, self.edit, hint=hint)
        translate = QCoreApplication.translate
        self._eye = IconButton(Icon.SHOW, translate("PassphraseField", "Show what is typed"), theme)
        self._eye.setCheckable(True)
        self._eye.toggled.connect(self._show_typed)
        self.line.addWidget(self._eye)
        self._caps = Text(
            translate("PassphraseField", "Caps Lock is on."),
            Role.SECONDARY,
            wraps=True,
            tone=Tone.WARNING,
        )
        self._caps.hide()
        self.edit.caps_lock.connect(self._caps.setVisible)
        layout = self.layout()
        if layout is not None:
            layout.addWidget(self._caps)

    @property
    def passphrase(self) -> str:
        """What was typed, blanks included."""
        return self.edit.text()

    @property
    def warns_of_caps_lock(self) -> bool:
        """Whether the hint about Caps Lock stands below the field."""
        return not self._caps.isHidden()

    def forget(self) -> None:
        """Keep nothing of what was typed, its undo steps included."""
        self.edit.clear()
        self.edit.setModified(False)
        self._eye.setChecked(False)
        self._caps.hide()

    def _show_typed(self, is_shown: bool) -> None:  # noqa: FBT001 - Qt's signals take no names
        self.edit.setEchoMode(
            QLineEdit.EchoMode.Normal if is_shown else QLineEdit.EchoMode.Password
        )


class CodeField(Field):
    """A question whose answer is a short code: of the telephone, or of the printed list."""

    def __init__(self, question: str, *, length: int, is_number: bool, hint: str = "") -> None:
        self.edit = QLineEdit()
        # Blanks and hyphens between groups may be typed and are left out of the answer.
        self.edit.setMaxLength(2 * length)
        self.edit.setProperty("mono", "true")
        hints = Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText
        if is_number:
            hints |= Qt.InputMethodHint.ImhDigitsOnly
        self.edit.setInputMethodHints(hints)
        super().__init__(question, self.edit, hint=hint)
        self._length = length
        self._is_number = is_number

    @property
    def code(self) -> str:
        """What was typed, in capitals and without what only separates."""
        return "".join(sign for sign in self.edit.text() if sign.isalnum()).upper()

    @property
    def is_complete(self) -> bool:
        """Whether this can be a code at all."""
        code = self.code
        return (
            len(code) == self._length and code.isascii() and (code.isdigit() or not self._is_number)
        )

    def forget(self) -> None:
        """Keep nothing of what was typed, and no complaint about it."""
        self.edit.clear()
        self.edit.setModified(False)
        self.set_wrong("")
