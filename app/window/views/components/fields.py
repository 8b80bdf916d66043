# SPDX-License-Identifier: AGPL-3.0-or-later
"""Fields of a form: the question above, the answer, what is wrong with it below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QLineF, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QInputMethodEvent, QPainter, QPalette, QPen
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.interface.secret import Secret, wipe
from app.window.theme.icons import Icon
from app.window.theme.tokens import Tone
from app.window.theme.typography import Role
from app.window.views.components.buttons import IconButton
from app.window.views.components.texts import Text, set_property, show_if

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QKeyEvent, QPaintEvent

    from app.window.theme.theme import Theme


BOX: Final = 18
MAX_PASSPHRASE: Final = 1024
"""Letters of a passphrase."""
_FIRST_STAND_IN: Final = 0xE000
_STAND_INS: Final = 6000
"""How many letters may be typed, erased ones included, before a field is emptied."""


class Field(QWidget):
    """A line or a box to fill in."""

    def __init__(
        self, question: str, answer: QLineEdit | QPlainTextEdit, *, hint: str = ""
    ) -> None:
        super().__init__()
        self.answer = answer
        self._question = label = Text(question, Role.STRONG, wraps=True)
        label.setBuddy(answer)
        answer.setAccessibleName(question)
        self._hint = Text(hint, Role.SECONDARY, wraps=True)
        show_if(self._hint, is_wanted=bool(hint))
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

    def ask(self, question: str) -> None:
        """Ask something else."""
        self._question.setText(question)
        self.answer.setAccessibleName(question)

    def set_wrong(self, text: str) -> None:
        """Say below the field what is wrong with it, or nothing."""
        self._wrong.setText(f"✕ {text}" if text else "")
        self._wrong.setVisible(bool(text))
        self.answer.setAccessibleDescription(text)
        set_property(self.answer, "invalid", "true" if text else "false")


class CheckBox(QCheckBox):
    """A choice of yes or no, in several lines if need be; Fusion's own has one, and a box nobody sees on dark ground."""

    def __init__(self, text: str, theme: Theme) -> None:
        super().__init__(text)
        self._theme = theme
        policy = self.sizePolicy()
        policy.setHorizontalPolicy(QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def sizeHint(self) -> QSize:
        """Return room for the box, the text in one line and the frame of the focus."""
        width = self.fontMetrics().horizontalAdvance(self.text()) + self._beside
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt calls it
        """Return room for the box and some letters."""
        some = self._beside + 12 * self.fontMetrics().averageCharWidth()
        return QSize(min(some, self.sizeHint().width()), 0)

    def hasHeightForWidth(self) -> bool:  # noqa: N802 - Qt calls it
        """Return that the text has more lines where there is less room."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802 - Qt calls it
        """Return the height at a width."""
        room = QRect(0, 0, max(width - self._beside, 1), 10_000)
        lines = self.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap, self.text())
        return max(self._theme.space(BOX), lines.height()) + self._theme.space(10)

    @property
    def _beside(self) -> int:
        """The width of all that is not text."""
        return self._theme.space(BOX + 26)

    def hitButton(self, position: QPoint) -> bool:  # noqa: N802 - Qt calls it
        """Return that box and text can be pressed."""
        return self.rect().contains(position)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint box, mark and text."""
        theme = self._theme
        side = theme.space(BOX)
        first_line = max(side, self.fontMetrics().height()) + theme.space(10)
        box = QRectF(6, (first_line - side) / 2, side, side)
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
        how = Qt.AlignmentFlag.AlignVCenter.value | Qt.TextFlag.TextWordWrap.value
        painter.drawText(self.rect().adjusted(left, 0, 0, 0), how, self.text())
        painter.end()


class HiddenText:
    """Letters kept under numbers, in one block of memory that can be wiped."""

    def __init__(self) -> None:
        # Made once and never longer: a block that grows leaves its old place behind unwiped.
        self._letters = bytearray(4 * _STAND_INS)
        self._used = 0

    def keep(self, letter: str) -> str:
        """Keep a letter and return the sign that stands for it; none when there is no room any more."""
        if self._used == _STAND_INS:
            return ""
        self._letters[4 * self._used : 4 * self._used + 4] = ord(letter).to_bytes(4)
        self._used += 1
        return chr(_FIRST_STAND_IN + self._used - 1)

    def knows(self, sign: str) -> bool:
        """Whether a sign stands for a letter."""
        return _FIRST_STAND_IN <= ord(sign) < _FIRST_STAND_IN + self._used

    def letter(self, sign: str) -> str:
        """Return the letter that a sign stands for."""
        start = 4 * (ord(sign) - _FIRST_STAND_IN)
        return chr(int.from_bytes(self._letters[start : start + 4]))

    def secret(self, signs: str) -> Secret:
        """Return the text that signs stand for, letter by letter: it is never in one `str`."""
        content = bytearray(4 * len(signs))
        length = 0
        for sign in signs:
            encoded = self.letter(sign).encode()
            content[length : length + len(encoded)] = encoded
            length += len(encoded)
        result = Secret(bytearray(length))
        result.take(content)
        return result

    def wipe(self) -> None:
        """Forget every letter."""
        wipe(self._letters)
        self._used = 0


class FlowingEdit(QLineEdit):
    """A line among chips: it takes the rest of theirs, a new one if that is less than it wants, and no more than that."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("bare", "true")
        self.setAcceptDrops(False)
        self.setTextMargins(-2, 0, 0, 0)
        self._width = 0

    def want(self, width: int) -> None:
        """Ask for so many pixels."""
        self._width = width
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Return what was asked for."""
        return QSize(self._width, super().sizeHint().height())


class PassphraseEdit(QLineEdit):
    """A line for a passphrase, which it never holds: Qt and Python leave copies of every text behind.

    Each letter goes into a block that can be wiped, and a sign of Unicode's private area stands for it in
    the line. So all editing, undoing included, works as in any line. Text that comes in one piece, by
    pasting or through a screen reader, is taken apart as soon as it is there.

    Signals:
        caps_lock(bool): letters arrive in the case that Shift alone would not give.
        edited(bool): something was typed or erased; whether anything is left.
    """

    caps_lock = Signal(bool)
    edited = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self._hidden = HiddenText()
        self._is_shown = False
        self.setProperty("mono", "true")
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.textChanged.connect(self._take_apart)
        self.setInputMethodHints(
            Qt.InputMethodHint.ImhHiddenText
            | Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoAutoUppercase
            | Qt.InputMethodHint.ImhNoPredictiveText
        )
        self.setMaxLength(MAX_PASSPHRASE)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is typed."""
        return not self.text()

    @property
    def is_shown(self) -> bool:
        """Whether the letters can be read on the screen."""
        return self._is_shown

    def show_letters(self, is_shown: bool) -> None:  # noqa: FBT001 - Qt's signals take no names
        """Let the letters be read, or hide them again."""
        self._is_shown = is_shown
        # The style sheet makes the dots transparent; the letters are painted in their places.
        set_property(self, "shown", "true" if is_shown else "false")
        self.update()

    def secret(self) -> Secret:
        """Return what was typed, blanks included, for whoever wipes it."""
        return self._hidden.secret(self.text())

    def letters(self) -> Iterator[str]:
        """Yield what was typed letter by letter, for who does not need it as one text."""
        return map(self._hidden.letter, self.text())

    def count(self) -> int:
        """Return how many letters were typed."""
        return len(self.text())

    def forget(self) -> None:
        """Keep nothing of what was typed, its undo steps included."""
        self.setText("")
        self.setModified(False)
        self._hidden.wipe()

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Take letters that are made of several keys, as ê is."""
        if event.commitString() and not self.isReadOnly():
            self._put(event.commitString())
            super().inputMethodEvent(QInputMethodEvent(event.preeditString(), event.attributes()))
        else:
            super().inputMethodEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the letters in the places of the dots, one by one."""
        super().paintEvent(event)
        if not self._is_shown or self.is_empty:
            return
        metrics = QFontMetricsF(self.font())
        cell = metrics.horizontalAdvance(self.displayText()[0])
        cursor = self.cursorRect()
        left = cursor.x() + cursor.width() / 2 - cell * self.cursorPosition()
        painter = QPainter(self)
        painter.setClipRect(self.rect().adjusted(4, 2, -4, -2))
        painter.setPen(QApplication.palette().color(QPalette.ColorRole.Text))
        for position, sign in enumerate(self.text()):
            place = QRectF(left + position * cell, 0, cell, self.height())
            painter.drawText(
                place.adjusted(-cell, 0, cell, 0),
                int(Qt.AlignmentFlag.AlignCenter),
                self._hidden.letter(sign),
            )
        if self.hasFocus():
            # As transparent as the dots, so it is painted here too.
            painter.drawLine(
                QLineF(
                    left + self.cursorPosition() * cell,
                    cursor.top(),
                    left + self.cursorPosition() * cell,
                    cursor.bottom(),
                )
            )
        painter.end()

    def _put(self, letters: str) -> None:
        room = self.maxLength() - len(self.text()) + len(self.selectedText())
        self.insert("".join(self._hidden.keep(letter) for letter in letters[:room]))

    def _take_apart(self, text: str) -> None:
        if all(self._hidden.knows(sign) for sign in text):
            self.edited.emit(bool(text))
            return
        position = self.cursorPosition()
        signs = "".join(
            sign if self._hidden.knows(sign) else self._hidden.keep(sign) for sign in text
        )
        self.setText(signs)
        self.setCursorPosition(position)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Compare the case of a letter with the Shift key: Qt does not tell the lock's state."""
        text = event.text()
        if len(text) == 1 and text.isalpha() and text.upper() != text.lower():
            has_shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.caps_lock.emit(text.isupper() is not has_shift)
        elif event.key() == Qt.Key.Key_CapsLock:
            self.caps_lock.emit(False)  # noqa: FBT003 - Qt's signals take no names
        if text[:1].isprintable() and text and not self.isReadOnly() and not _is_order(event):
            self._put(text)
            event.accept()
            return
        super().keyPressEvent(event)


def _is_order(event: QKeyEvent) -> bool:
    """Whether a key is meant for the line and not to be written: Ctrl with a letter, but not AltGr."""
    control = Qt.KeyboardModifier.ControlModifier
    shift = Qt.KeyboardModifier.ShiftModifier
    return event.modifiers() in {control, control | shift}


class PassphraseField(Field):
    """A question whose answer is a passphrase, with an eye to show it."""

    def __init__(self, question: str, theme: Theme, *, hint: str = "") -> None:
        self.edit = PassphraseEdit()
        super().__init__(question, self.edit, hint=hint)
        translate = QCoreApplication.translate
        self._eye = IconButton(Icon.SHOW, translate("PassphraseField", "Show what is typed"), theme)
        self._eye.setCheckable(True)
        self._eye.toggled.connect(self.edit.show_letters)
        self.line.addWidget(self._eye)
        self.caps = Text(
            translate("PassphraseField", "Caps Lock is on."),
            Role.SECONDARY,
            wraps=True,
            tone=Tone.WARNING,
        )
        self.caps.hide()
        self.edit.caps_lock.connect(self.caps.setVisible)
        layout = self.layout()
        if layout is not None:
            layout.addWidget(self.caps)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed."""
        return self.edit.is_empty

    def secret(self) -> Secret:
        """Return what was typed, blanks included, for whoever wipes it."""
        return self.edit.secret()

    def is_same_as(self, other: PassphraseField) -> bool:
        """Whether the same was typed in both."""
        mine, theirs = self.secret(), other.secret()
        is_same = mine.is_same_as(theirs)
        mine.wipe()
        theirs.wipe()
        return is_same

    def forget(self) -> None:
        """Keep nothing of what was typed, its undo steps included."""
        self.edit.forget()
        self._eye.setChecked(False)
        self.caps.hide()


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
