# SPDX-License-Identifier: AGPL-3.0-or-later
"""A terminal at which a person uses the real program: reads what it shows, and types when asked."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType


class Terminal:
    """One run of the program at a terminal of its own."""

    def __init__(self, command: Sequence[str]) -> None:
        import pty  # noqa: PLC0415 - missing on Windows

        self.shown = ""
        """All of it so far."""
        self._read = 0
        self._pid, self._terminal = pty.fork()
        if self._pid == 0:
            surroundings = os.environ | {"LC_ALL": "C.UTF-8"}
            os.execve(command[0], list(command), surroundings)  # noqa: S606 - in the new terminal

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # A program whose terminal is gone ends.
        os.close(self._terminal)
        if self._pid:
            os.waitpid(self._pid, 0)

    def see(self, pattern: str) -> str:
        """Wait until something new is shown, and return it, or the group in it."""
        while True:
            found = re.search(pattern, self.shown[self._read :])
            if found is not None:
                self._read += found.end()
                return found[found.lastindex or 0]
            assert self._more(), (pattern, self.shown)

    def answer(self, question: str, text: str) -> None:
        """Wait for a question, and type."""
        self.see(re.escape(question))
        os.write(self._terminal, text.encode() + b"\n")

    def end(self) -> int:
        """Wait for the end, and return the exit code."""
        while self._more():
            pass
        pid, self._pid = self._pid, 0
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    def _more(self) -> bool:
        try:
            # Where a character is cut, the rest of it is waited for.
            part = os.read(self._terminal, 65_536)
            while (content := _whole(part)) is None:
                part += os.read(self._terminal, 1)
        except OSError:
            return False
        self.shown += content
        return bool(content)


def _whole(part: bytes) -> str | None:
    try:
        return part.decode()
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":
            return None
        raise
