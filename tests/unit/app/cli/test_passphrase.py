# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING

import pytest

from app.cli.passphrase import UsageError, ask_code, read_passphrase, read_recovery_code
from app.cli.texts import Language

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@pytest.mark.parametrize(
    ("content", "passphrase"),
    [
        (b"correct horse", "correct horse"),
        (b"correct horse\n", "correct horse"),
        (b"correct horse\r\n", "correct horse"),
        ("à la bonne heure ".encode(), "à la bonne heure "),
        (b"x" * 1024 + b"\n", "x" * 1024),
    ],
)
def test_a_file_is_one_line(tmp_path: Path, content: bytes, passphrase: str) -> None:
    file = tmp_path / "passphrase"
    file.write_bytes(content)
    assert read_passphrase(str(file), Language.ENGLISH, is_new=False) == passphrase


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"two\nlines\n", b"two\n\n", b"\xff\xfe", b"x" * 1025, b"a\rb"]
)
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "passphrase"
    file.write_bytes(content)
    with pytest.raises(UsageError) as refused:
        read_passphrase(str(file), Language.ENGLISH, is_new=True)
    assert "lines" not in str(refused.value)
    with pytest.raises(UsageError):
        read_passphrase(str(tmp_path / "missing"), Language.ENGLISH, is_new=True)


def test_a_recovery_code_is_read_like_a_passphrase(tmp_path: Path) -> None:
    file = tmp_path / "code"
    file.write_bytes(b"AAAA-BBBB-CCCC-DDDD\n")
    assert read_recovery_code(str(file)) == "AAAA-BBBB-CCCC-DDDD"
    file.write_bytes(b"AAAA-BBBB-CCCC-DDDD\nEEEE-FFFF-GGGG-HHHH\n")
    with pytest.raises(UsageError) as refused:
        read_recovery_code(str(file))
    assert "recovery code" in str(refused.value)
    assert "AAAA" not in str(refused.value)


def test_nobody_is_asked_for_a_code_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"123456\n")))
    with pytest.raises(UsageError):
        ask_code(Language.FRENCH)


def test_standard_input_serves_like_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"from a pipe\n")))
    assert read_passphrase("-", Language.FRENCH, is_new=False) == "from a pipe"


def test_nobody_is_asked_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"typed blindly\n")))
    with pytest.raises(UsageError):
        read_passphrase(None, Language.ENGLISH, is_new=False)


STRONG = "quinze chats gris dorment sur le toit"
ASK = """
import sys
from app.cli.passphrase import UsageError, read_passphrase
from app.cli.texts import Language
from app.interface.failures import CommandError
try:
    sys.exit(read_passphrase(None, Language.ENGLISH, is_new=True) != sys.argv[1])
except UsageError:
    sys.exit(2)
except CommandError as error:
    sys.exit(3)
"""


@pytest.mark.skipif(os.name != "posix", reason="terminals are made another way there")
@pytest.mark.parametrize(("second", "code"), [(STRONG, 0), (STRONG[:-1], 2)])
def test_a_new_one_that_nobody_sees_is_typed_once_more(second: str, code: int) -> None:
    questions = ((b"New passphrase: ", STRONG), (b"Once more: ", second))
    assert ask(questions) == code


@pytest.mark.skipif(os.name != "posix", reason="terminals are made another way there")
def test_a_weak_one_is_refused_before_anybody_types_it_once_more() -> None:
    assert ask(((b"New passphrase: ", "secret"),)) == 3


def ask(questions: Sequence[tuple[bytes, str]]) -> int:
    """Answer the questions of a terminal, where no answer is seen, and return the exit code."""
    import pty  # noqa: PLC0415 - missing on Windows

    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(sys.executable, [sys.executable, "-c", ASK, STRONG])  # noqa: S606 - in the new terminal
    shown = b""
    for question, answer in questions:
        while not shown.endswith(question):
            shown += os.read(terminal, 100)
        os.write(terminal, answer.encode() + b"\n")
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.close(terminal)
    for _, answer in questions:
        assert answer.encode() not in shown
    return code
