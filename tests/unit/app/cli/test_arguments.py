# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli.arguments import build_parser, parse
from app.cli.exit_codes import CODES, HELP, ExitCode
from app.interface.failures import Failure


def test_shared_options_stand_before_or_after_the_command() -> None:
    parser = build_parser()
    for line in (
        "--profile p --json --passphrase-file f sync",
        "sync --profile p --json --passphrase-file f",
        "--profile p sync --json --passphrase-file f",
    ):
        found = parser.parse_args(line.split())
        assert (found.profile, found.json, found.passphrase_file) == (Path("p"), True, "f")
    assert parser.parse_args(["audit", "verify", "--json"]).json
    assert parser.parse_args([]).command is None
    assert not parser.parse_args(["sync"]).json


def test_arguments_come_from_a_file_or_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "patient"
    file.write_bytes("\ufeff--family-name\r\nLéon Durand\r\n--born\r\n1984-02-29\r\n".encode())
    found = parse(["patient", "save", f"@{file}", "--given-name", "@@Lucie"])
    assert (found.family_name, found.born) == ("Léon Durand", "1984-02-29")
    assert found.given_name == "@Lucie"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"--subject\n@nobody\n")))
    found = parse(["send", "--to", "uhs:x", "--body", "b", "@-"])
    # What stands in a file names no other file.
    assert found.subject == "@nobody"


@pytest.mark.parametrize("content", [None, b"x" * 70_000, b"\xff\n"])
def test_a_file_of_arguments_that_cannot_be_read_is_a_mistake(
    tmp_path: Path, content: bytes | None, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "arguments"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SystemExit) as ended:
        parse(["search", f"@{file}"])
    assert ended.value.code == ExitCode.USAGE
    assert "Traceback" not in capsys.readouterr().err


def test_nobody_is_listed_without_asking_for_it() -> None:
    line = ["register", "--enrolment", "e", "--invitation", "i", "--name", "n", "--profession", "p"]
    assert not build_parser().parse_args(line).listed
    assert build_parser().parse_args([*line, "--listed"]).listed


@pytest.mark.parametrize(
    "line",
    [
        "send --to uhs:x --subject s",
        "contact",
        "audit",
        "register --enrolment e",
        "sync --passphrase secret",
        "inbox --limit 0",
        "nonsense",
        "--prof p sync",
        "--screenshot pictures sync",
    ],
)
def test_other_lines_end_with_the_usage(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(line.split())
    assert ended.value.code == ExitCode.USAGE
    assert "usage:" in capsys.readouterr().err


def test_no_option_takes_a_passphrase_itself() -> None:
    text = build_parser().format_help()
    assert "--passphrase-file" in text
    assert "--passphrase " not in text
    assert "--engine" not in text


def test_every_failure_has_an_exit_code_and_every_code_its_help() -> None:
    assert set(CODES) == set(Failure)
    for code in ExitCode:
        assert f"\n  {code.value:<5}" in HELP
    assert CODES[Failure.WRONG_PASSPHRASE] == 3
    assert CODES[Failure.RELAY_UNREACHABLE] == 4
    assert CODES[Failure.RELAY_UNTRUSTED] == 5


def test_help_comes_without_the_libraries_of_window_and_engine() -> None:
    script = (
        "import sys, runpy\n"
        "sys.argv = ['uhealthsec', '--help']\n"
        "try:\n"
        "    runpy.run_module('app', run_name='__main__')\n"
        "except SystemExit:\n"
        "    pass\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    loaded = set(done.stderr.split())
    assert not loaded & {"PySide6", "httpx", "sqlcipher3", "cryptography", "asyncio", "keyring"}
