# SPDX-License-Identifier: AGPL-3.0-or-later
"""Watches the thread that paints: what makes it wait for a disk, a network, a database or a key, and for how long."""

from __future__ import annotations

import hashlib
import os
import sys
import sysconfig
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import nacl.pwhash.argon2id
import pytest
import sqlcipher3.dbapi2
from PySide6.QtCore import QDir, QFile, QObject, QSaveFile, Qt, Signal
from PySide6.QtGui import QImageReader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

BEAT_SECONDS: Final = 0.005
FAMILIES: Final = (
    "open",
    "os.",
    "socket.",
    "sqlite3.",
    "subprocess.",
    "shutil.",
    "tempfile.",
    "glob.",
)
"""The audit events of Python (PEP 578) that files, networks, databases and processes begin with."""

CODE: Final = tuple(
    os.path.realpath(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib")
)
PROGRAM: Final = str(Path(__file__).parents[3] / "app")
"""What pytest or a test itself does on this thread is no concern of the program's."""


def is_allowed(event: str, arguments: tuple[object, ...]) -> bool:
    """Tell whether the thread that paints may do this, each for its reason."""
    if event not in {"open", "os.remove", "os.stat"} or not arguments:
        return False
    name = str(arguments[0])
    # A module that is used for the first time, or its source line for a warning.
    if name.endswith((".py", ".pyc", ".so")) or name.startswith(CODE):
        return True
    # Whether another program asks for the lock, and that it is done: a name in the profile's folder, of no length.
    return name.endswith("lock.request")


class MainThread(QObject):
    """The watch over the thread that makes it; there is one in a process, for a hook cannot be taken away again.

    Signals:
        beat(): sent from another thread, to see how long it takes to be heard.
    """

    beat = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._thread = threading.get_ident()
        self._is_watched = False
        self._heard = threading.Event()
        self.longest_seconds = 0.0
        """The longest that anything had to wait for its turn since `watched` was entered."""
        self.waits: list[str] = []
        """What the program did since then that may keep it waiting, and where."""
        self.beat.connect(self._heard.set, Qt.ConnectionType.QueuedConnection)
        sys.addaudithook(self._hear)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Note everything that waits, and measure how long the thread answers nobody."""
        ended = threading.Event()
        listener = threading.Thread(target=self._listen, args=(ended,), name="beat", daemon=True)
        with pytest.MonkeyPatch.context() as patch:
            # What no audit event tells of.
            for owner, name in (
                (os, "stat"),
                (os, "lstat"),
                (sqlcipher3.dbapi2, "connect"),
                (nacl.pwhash.argon2id, "kdf"),
                (hashlib, "pbkdf2_hmac"),
                (hashlib, "scrypt"),
                # Qt's own ways to a file, of which Python hears nothing.
                (QFile, "open"),
                (QSaveFile, "open"),
                (QImageReader, "read"),
                (QDir, "entryList"),
            ):
                patch.setattr(owner, name, self._guarded(getattr(owner, name), f"os.{name}"))
            self.longest_seconds = 0.0
            self.waits.clear()
            self._is_watched = True
            listener.start()
            try:
                yield
            finally:
                self._is_watched = False
                ended.set()
                listener.join()

    def _guarded(self, function: Callable[..., Any], event: str) -> Callable[..., Any]:
        def guarded(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - as what it stands for
            self._hear(event, arguments)
            return function(*arguments, **named)

        return guarded

    def _hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if (
            self._is_watched
            and event.startswith(FAMILIES)
            and threading.get_ident() == self._thread
            and not is_allowed(event, arguments)
        ):
            where = _place_in_program(sys._getframe())
            if where is not None:
                self.waits.append(f"{event} {arguments[:1]} in {where}")

    def _listen(self, ended: threading.Event) -> None:
        while not ended.wait(BEAT_SECONDS):
            begun = time.perf_counter()
            self._heard.clear()
            self.beat.emit()
            # Whoever ends the watch hears no beat any more.
            while not self._heard.wait(BEAT_SECONDS) and not ended.is_set():
                pass
            if not ended.is_set():
                self.longest_seconds = max(self.longest_seconds, time.perf_counter() - begun)


def _place_in_program(frame: FrameType | None) -> str | None:
    """Return the line of the program that is being carried out, None if it is none of its own."""
    while frame is not None:
        if frame.f_code.co_filename.startswith(PROGRAM):
            return f"{frame.f_code.co_filename}:{frame.f_lineno}"
        frame = frame.f_back
    return None
