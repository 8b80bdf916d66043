# SPDX-License-Identifier: AGPL-3.0-or-later
"""The page of the recovery kit for paper, and one page per share: painted by us, for a printer or into a file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QBuffer, QIODevice, QRect, QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPdfWriter, QPen

from app.window.views.code_sheet import prepare
from app.window.views.components.pictures import paint_squares, squares_of
from crypto_core.wire.ids import format_address

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from PySide6.QtGui import QPagedPaintDevice

    from app.interface.snapshots import KitSheet

_COLUMNS: Final = 5
_SHARE_COLUMNS: Final = 3
_QR_MILLIMETRES: Final = 52
_DOTS_PER_INCH: Final = 300
_MILLIMETRES_PER_INCH: Final = 25.4
_POINTS_PER_INCH: Final = 72

# Both languages stand on every page, whichever the window speaks: who finds it may read only one.
HELP: Final = (
    (
        "Ordinateur perdu, volé ou en panne ? Installez U-HealthSec sur un autre ordinateur, choisissez "
        "« Retrouver mon compte », puis tapez ce code et votre phrase de passe. Ni l’un ni l’autre ne suffit "
        "seul. Gardez cette page en lieu sûr, loin de l’ordinateur. Les courriers d’hier reviennent d’une "
        "sauvegarde, pas de cette page."
    ),
    (
        "Computer lost, stolen or broken? Install U-HealthSec on another computer, choose “Find my account "
        "again”, then type this code and your passphrase. Neither of them is enough alone. Keep this page in a "
        "safe place, away from the computer. Letters of the past come back from a backup, not from this page."
    ),
)
SHARE_HELP: Final = (
    (
        "Gardez cette part pour la personne nommée en haut. Ne la donnez qu’à elle, de la main à la main ou au "
        "téléphone, si vous reconnaissez sa voix."
    ),
    (
        "Keep this share for the person named above. Give it to nobody else; by hand, or by telephone if you "
        "know the voice."
    ),
)


class _Page:
    """A painter with a place on the page, in millimetres and points."""

    def __init__(self, device: QPagedPaintDevice, painter: QPainter) -> None:
        self.painter = painter
        self.resolution = device.logicalDpiY()
        self.millimetre = self.resolution / _MILLIMETRES_PER_INCH
        self.width = device.width()
        self.y = 0.0
        painter.setPen(Qt.GlobalColor.black)

    def skip(self, millimetres: float) -> None:
        self.y += millimetres * self.millimetre

    def font(self, points: float, *, is_bold: bool = False, is_code: bool = False) -> None:
        font = QFont("monospace") if is_code else QFont()
        if is_code:
            font.setStyleHint(QFont.StyleHint.Monospace)
        font.setPixelSize(round(points * self.resolution / _POINTS_PER_INCH))
        font.setBold(is_bold)
        self.painter.setFont(font)

    def paragraph(self, text: str, width: float | None = None) -> None:
        flags = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft)
        height = self.painter.window().height()
        area = QRectF(0, self.y, width or self.width, height)
        self.painter.drawText(area, flags, text)
        self.y = self.painter.boundingRect(area, flags, text).bottom()

    def table(self, cells: Sequence[str], columns: int, height: float) -> None:
        """Paint numbered cells, row by row."""
        line = height * self.millimetre
        for place, cell in enumerate(cells):
            row, column = divmod(place, columns)
            left, top = column * self.width / columns, self.y + row * line
            self.painter.setPen(Qt.GlobalColor.darkGray)
            self.font(8)
            number = QRectF(left, top, 6 * self.millimetre, line)
            self.painter.drawText(number, int(Qt.AlignmentFlag.AlignVCenter), str(place + 1))
            self.painter.setPen(Qt.GlobalColor.black)
            self.font(14, is_code=True)
            area = number.translated(7 * self.millimetre, 0)
            area.setWidth(self.width / columns)
            self.painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter), cell)
        self.y += -(-len(cells) // columns) * line


def paint_kit(device: QPagedPaintDevice, sheet: KitSheet, title: str, facts: Sequence[str]) -> bool:
    """Paint the page of a kit, black on white; return False if the device does not take it."""
    painter = QPainter()
    if not painter.begin(device):
        return False
    page = _Page(device, painter)
    page.font(20, is_bold=True)
    page.paragraph(title)
    page.skip(3)
    page.font(11)
    for fact in (*facts, format_address(sheet.account)):
        page.paragraph(fact)
    page.skip(6)
    painter.setPen(QPen(Qt.GlobalColor.black, 0.3 * page.millimetre))
    painter.drawLine(0, int(page.y), page.width, int(page.y))
    page.skip(4)
    page.table(sheet.groups, _COLUMNS, 11)
    page.skip(6)
    side = round(_QR_MILLIMETRES * page.millimetre)
    paint_squares(painter, QRect(0, int(page.y), side, side), squares_of(sheet.card), 1.0)
    page.y += side
    page.skip(4)
    page.font(11)
    for text in HELP:
        page.paragraph(text)
        page.skip(3)
    return painter.end()


def paint_shares(
    device: QPagedPaintDevice, titles: Sequence[str], facts: str, shares: Sequence[str]
) -> bool:
    """Paint one page for each share; return False if the device does not take them."""
    painter = QPainter()
    if not painter.begin(device):
        return False
    for number, (title, share) in enumerate(zip(titles, shares, strict=True)):
        if number:
            device.newPage()
        page = _Page(device, painter)
        page.font(20, is_bold=True)
        page.paragraph(title)
        page.skip(3)
        page.font(11)
        page.paragraph(facts)
        page.skip(6)
        page.table(share.split(), _SHARE_COLUMNS, 10)
        page.skip(6)
        page.font(11)
        for text in SHARE_HELP:
            page.paragraph(text)
            page.skip(3)
    return painter.end()


def write(path: Path, title: str, paint: Callable[[QPagedPaintDevice], bool]) -> None:
    """Write pages as a PDF that no other user of this computer can read. Raises OSError."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(_DOTS_PER_INCH)
    writer.setTitle(title)
    prepare(writer)
    paint(writer)
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(opened, "wb") as file:
        # The rights of a file that was there already are its old ones.
        path.chmod(0o600)
        file.write(buffer.data().data())
