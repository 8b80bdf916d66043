# SPDX-License-Identifier: AGPL-3.0-or-later
"""Render the logo (app/window/theme/logo.svg) to the sizes that systems ask for, as logo-SIZE.png here; uses Qt."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

HERE = Path(__file__).resolve().parent
SIZES = (16, 24, 32, 48, 64, 128, 256, 512)


def main() -> int:
    """Write one picture per size."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    application = QGuiApplication(sys.argv[:1])
    drawing = QSvgRenderer(str(HERE.parent / "app" / "window" / "theme" / "logo.svg"))
    for size in SIZES:
        picture = QImage(size, size, QImage.Format.Format_ARGB32)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        drawing.render(painter)
        painter.end()
        if not picture.save(str(HERE / f"logo-{size}.png")):
            return 1
    application.quit()
    return 0


if __name__ == "__main__":
    sys.exit(main())
