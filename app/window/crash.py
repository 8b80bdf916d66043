# SPDX-License-Identifier: AGPL-3.0-or-later
"""What becomes of an unexpected error: a line in the log and one dialog, both without content.

The report names types and places in the program only: the text of an exception may quote a letter.
"""

from __future__ import annotations

import logging
import platform
import sys
import threading
import traceback
from pathlib import PurePath
from typing import TYPE_CHECKING

import PySide6
from PySide6.QtCore import QObject, Qt, QtMsgType, Signal, qInstallMessageHandler
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMessageBox

if TYPE_CHECKING:
    from types import TracebackType

    from PySide6.QtCore import QMessageLogContext

_LOG = logging.getLogger(__name__)
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def describe(error: BaseException) -> str:
    """Return types and places of an error and of what caused it, without any text of theirs."""
    lines = [
        f"Python {platform.python_version()}, PySide {PySide6.__version__}, {platform.system()}"
    ]
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        lines.append(f"{type(cause).__module__}.{type(cause).__qualname__}")
        lines += [
            f"  {_place(frame.filename)}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(cause.__traceback__)
        ]
        cause = cause.__cause__ or cause.__context__
    return "\n".join(lines)


def _place(filename: str) -> str:
    """Return the end of a path: its beginning may hold the name of a person."""
    return "/".join(PurePath(filename).parts[-3:])


class CrashReporter(QObject):
    """Takes what nobody handles, in any thread; shows the first of them.

    Signals:
        happened(str): a report, in the main thread.
    """

    happened = Signal(str)

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._dialog: QMessageBox | None = None
        self.happened.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Take over from Python and Qt."""
        sys.excepthook = self._take
        threading.excepthook = self._take_from_thread
        qInstallMessageHandler(_log_qt)

    def _take(
        self,
        _kind: type[BaseException],
        error: BaseException,
        _trace: TracebackType | None,
    ) -> None:
        if isinstance(error, KeyboardInterrupt):
            QApplication.exit(130)
            return
        report = describe(error)
        for line in report.splitlines():
            _LOG.error("%s", line)
        self.happened.emit(report)

    def _take_from_thread(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            self._take(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)

    def _show(self, report: str) -> None:
        if self._dialog is not None:
            return
        # Kept, because nothing else holds a dialog without a window behind it.
        self._dialog = dialog = QMessageBox(QApplication.activeWindow())
        dialog.setObjectName("crash")
        dialog.setIcon(QMessageBox.Icon.NoIcon)
        dialog.setWindowTitle("U-HealthSec")
        dialog.setText(self.tr("Something unexpected happened in the program."))
        dialog.setInformativeText(
            self.tr(
                "What was saved is still there. If you report this, copy the report: it names places "
                "in the program, and nothing of your mail."
            )
        )
        dialog.setDetailedText(report)
        copy = dialog.addButton(self.tr("Copy the report"), QMessageBox.ButtonRole.ActionRole)
        dialog.addButton(self.tr("Close"), QMessageBox.ButtonRole.RejectRole)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(report))
        dialog.open()


def _log_qt(kind: QtMsgType, context: QMessageLogContext, _message: str) -> None:
    """Log where Qt complained; what it said may quote a text on screen."""
    _LOG.log(
        _LEVELS.get(kind, logging.ERROR),
        "Qt: %s in %s line %s",
        context.category or "default",
        context.function or "?",
        context.line,
    )
