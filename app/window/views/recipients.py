# SPDX-License-Identifier: AGPL-3.0-or-later
"""To whom a letter goes: chips with what is known of each, and a line that finds correspondents by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCompleter,
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.interface.shown import person_name
from app.interface.snapshots import Comparison, ContactState, DraftRecipient, Trust
from app.window.theme.typography import Role
from app.window.viewmodels.contacts import CONTACT_ROLE, FOLDED_ROLE
from app.window.viewmodels.marks import Mark, compared_mark, stranger_mark, trust_mark
from app.window.views.components.buttons import NamedButton
from app.window.views.components.chips import chip_width, paint_chip
from app.window.views.components.fields import FlowingEdit
from app.window.views.components.layouts import FlowLayout, clear
from crypto_core.wire.names import fold, is_found, typed_words

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from app.interface.snapshots import ContactRow
    from app.window.i18n.words import Words
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.contacts import ContactBook
    from crypto_core.wire.ids import AccountId


NAME_WIDTH: Final = 300
"""What a suggested name takes at most."""


def standing_mark(row: ContactRow, words: Words) -> Mark:
    """Return the one chip that says most about who a correspondent is."""
    if row.trust is Trust.SELF_DECLARED and row.compared is not Comparison.NEVER:
        return compared_mark(row.compared, words)
    return trust_mark(row.trust, words)


class WordFilter(QSortFilterProxyModel):
    """Correspondents in whom every typed word is found: in name, profession or place, without accents and hyphens."""

    def __init__(self, model: QAbstractItemModel, parent: QObject) -> None:
        super().__init__(parent)
        self._words: tuple[tuple[str, ...], ...] = ()
        self._left_out: frozenset[AccountId] = frozenset()
        self.setSourceModel(model)

    def look_for(self, typed: str) -> None:
        """Show who is meant by what was typed."""
        self.beginFilterChange()
        self._words = typed_words(typed)
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)

    def leave_out(self, accounts: frozenset[AccountId]) -> None:
        """Do not show who is addressed already."""
        self.beginFilterChange()
        self._left_out = accounts
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)

    def filterAcceptsRow(  # noqa: N802 - Qt calls it
        self, source_row: int, source_parent: QModelIndex | QPersistentModelIndex
    ) -> bool:
        """Return whether a correspondent is shown."""
        index = self.sourceModel().index(source_row, 0, source_parent)
        row: ContactRow = index.data(CONTACT_ROLE)
        folded: str = index.data(FOLDED_ROLE)
        return row.account not in self._left_out and is_found(self._words, folded)


class NameDelegate(QStyledItemDelegate):
    """Paints name, profession and place of a correspondent, and what is known of who they are."""

    def __init__(self, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parent)
        self._around = around
        # Each letter typed asks for the sizes of everybody who is found.
        self._sizes: dict[ContactRow, QSize] = {}
        around.theme.changed.connect(self._sizes.clear)

    def sizeHint(
        self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return room for two lines."""
        row: ContactRow = index.data(CONTACT_ROLE)
        if row not in self._sizes:
            self._sizes[row] = self._measured(row)
        return self._sizes[row]

    def _measured(self, row: ContactRow) -> QSize:
        theme, words = self._around.theme, self._around.words
        names, places, small = (
            QFontMetrics(theme.font(role)) for role in (Role.STRONG, Role.SECONDARY, Role.SMALL)
        )
        width = max(
            names.horizontalAdvance(row.name),
            places.horizontalAdvance(words.at_place(row.profession, row.place)),
        )
        chip = chip_width(standing_mark(row, words), small, theme)
        # A list that were wider than its window would have the mark outside.
        width = min(width, theme.space(NAME_WIDTH))
        return QSize(
            width + chip + theme.space(48), names.height() + places.height() + theme.space(12)
        )

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint a suggestion."""
        theme, words = self._around.theme, self._around.words
        row: ContactRow = index.data(CONTACT_ROLE)
        area: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            painter.fillRect(area, theme.colour("selection"))
        mark = standing_mark(row, words)
        small = QFontMetrics(theme.font(Role.SMALL))
        chip = QRectF(0, 0, chip_width(mark, small, theme), small.height() + theme.space(6))
        chip.moveCenter(QRectF(area).center())
        chip.moveRight(area.right() - theme.space(10))
        inner = area.adjusted(theme.space(10), theme.space(6), 0, -theme.space(6))
        inner.setRight(int(chip.left()) - theme.space(8))
        top = inner.top()
        for role, colour, text in (
            (Role.STRONG, "text", row.name),
            (Role.SECONDARY, "secondary", words.at_place(row.profession, row.place)),
        ):
            metrics = QFontMetrics(theme.font(role))
            painter.setFont(theme.font(role))
            painter.setPen(theme.colour(colour))
            line = QRect(inner.left(), top, inner.width(), metrics.height())
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, inner.width())
            painter.drawText(line, int(Qt.AlignmentFlag.AlignVCenter), shown)
            top += metrics.height()
        paint_chip(painter, chip, mark, theme)
        painter.restore()


class NameCompleter(QCompleter):
    """Shows what its model has; the model does the finding."""

    def __init__(self, model: QAbstractItemModel, around: Surroundings, parent: QWidget) -> None:
        super().__init__(model, parent)
        self.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self.setMaxVisibleItems(7)
        suggestions = QListView()
        suggestions.setAccessibleName(self.tr("Suggested correspondents"))
        suggestions.setMouseTracking(True)
        suggestions.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        suggestions.setMinimumWidth(around.theme.space(440))
        self.setPopup(suggestions)
        suggestions.setItemDelegate(NameDelegate(around, suggestions))


class NameEdit(FlowingEdit):
    """The line in which recipients are typed.

    Signals:
        erased_back(): Backspace in an empty line.
        asked(): the arrow down in a line: everybody is to be shown.
    """

    erased_back = Signal()
    asked = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tell Backspace at the beginning, and the arrow that asks for everybody."""
        if event.key() == Qt.Key.Key_Backspace and not self.text():
            self.erased_back.emit()
        if event.key() == Qt.Key.Key_Down:
            self.asked.emit()
            return
        super().keyPressEvent(event)


class RecipientField(QWidget):
    """Recipients as chips, and a line to add one.

    Signals:
        chosen(DraftRecipient): someone was found.
        removed(AccountId): a chip was pressed or erased.
        not_found(str): nobody is called so.
    """

    chosen = Signal(object)
    removed = Signal(object)
    not_found = Signal(str)

    def __init__(self, contacts: ContactBook, around: Surroundings) -> None:
        super().__init__()
        self._around = around
        self._contacts = contacts
        self._shown: tuple[DraftRecipient, ...] = ()
        self._flow = FlowLayout(spacing=6)
        self.setLayout(self._flow)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.edit = NameEdit()
        self.edit.setAccessibleName(self.tr("Recipients"))
        self.edit.setPlaceholderText(self.tr("Name of a correspondent"))
        self._found = WordFilter(contacts.accepted, self)
        self.edit.textChanged.connect(self._found.look_for)
        self.completer = NameCompleter(self._found, around, self)
        # Not the line's own: it would write into the line what becomes a chip.
        self.completer.setWidget(self.edit)
        self.edit.textEdited.connect(self._suggest)
        # The stubs do not know that a signal can be chosen by the type of its argument.
        self.completer.activated[QModelIndex].connect(self._activated)  # type: ignore[index]
        self.edit.returnPressed.connect(self.finish)
        self.edit.erased_back.connect(self._erase)
        self.edit.asked.connect(self._open_list)
        contacts.changed.connect(self._show_again)
        self._flow.addWidget(self.edit)

    def show_recipients(self, recipients: tuple[DraftRecipient, ...]) -> None:
        """Show chips."""
        had_focus = self.edit.hasFocus()
        self._shown = recipients
        self._found.leave_out(frozenset(each.account for each in recipients))
        self._flow.removeWidget(self.edit)
        clear(self._flow)
        for each in recipients:
            self._flow.addWidget(self._chip(each))
        self._flow.addWidget(self.edit)
        self.edit.setPlaceholderText("" if recipients else self.tr("Name of a correspondent"))
        self.edit.want(self._around.theme.space(90 if recipients else 240))
        self.updateGeometry()
        if had_focus:
            self.edit.setFocus()

    def _show_again(self) -> None:
        self.show_recipients(self._shown)

    def finish(self) -> bool:
        """Take what is typed as a recipient; return False when it names nobody, or more than one person."""
        typed = self.edit.text().strip()
        if not typed:
            return True
        popup: QAbstractItemView | None = self.completer.popup()
        if popup is not None and popup.isVisible() and popup.currentIndex().isValid():
            # Enter comes here first and then chooses in the list: what is marked there is meant, and only that.
            return False
        rows = [self._found.index(at, 0) for at in range(self._found.rowCount())]
        exact = [index for index in rows if fold(index.data(CONTACT_ROLE).name) == fold(typed)]
        meant = exact or rows
        if not meant:
            self.not_found.emit(typed)
            return False
        if len(meant) > 1:
            # Whoever comes first is not always who is meant: the list asks.
            self.edit.setFocus()
            self._open_list()
            return False
        self._choose(meant[0])
        return True

    def _chip(self, recipient: DraftRecipient) -> NamedButton:
        words = self._around.words
        everyone = self._contacts.everyone
        place = everyone.row_of(recipient.account)
        known = None if place is None else everyone.contact_at(place)
        # Somebody may have got a name since the draft was kept.
        name = person_name(recipient.account, recipient.name)
        text = words.person(name, recipient.profession)
        if known is not None:
            text = words.person(known.name, known.profession)
        if known is None or known.state is not ContactState.ACCEPTED:
            mark = stranger_mark(None if known is None else known.state, words)
        else:
            mark = standing_mark(known, words)
        remove = self.tr("Remove {name}").format(name=text)
        chip = NamedButton(kind="chip")
        chip.setProperty("tone", mark.tone.value)
        chip.say(f"{mark.shape} {{name}}  ×".strip(), text, tip=f"{mark.text}\n{remove}")
        chip.setAccessibleName(f"{remove}, {mark.text}")
        chip.clicked.connect(lambda _=False: self.removed.emit(recipient.account))
        return chip

    def _suggest(self, typed: str) -> None:
        popup: QAbstractItemView | None = self.completer.popup()
        if typed.strip() and self._found.rowCount():
            self._open_list()
        elif popup is not None:
            popup.hide()

    def _open_list(self) -> None:
        """Show who is found; nobody is marked before somebody marks them."""
        self.completer.complete()
        popup: QAbstractItemView | None = self.completer.popup()
        if popup is not None:
            popup.setCurrentIndex(QModelIndex())

    def _activated(self, index: QModelIndex) -> None:
        self._choose(index)

    def _choose(self, index: QModelIndex | QPersistentModelIndex) -> None:
        row: ContactRow = index.data(CONTACT_ROLE)
        popup: QAbstractItemView | None = self.completer.popup()
        if popup is not None:
            popup.hide()
        self.edit.clear()
        self.chosen.emit(
            DraftRecipient(account=row.account, name=row.name, profession=row.profession)
        )

    def _erase(self) -> None:
        if self._shown:
            self.removed.emit(self._shown[-1].account)
