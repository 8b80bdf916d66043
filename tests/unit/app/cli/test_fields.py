# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from app.cli.arguments import parse
from app.cli.exit_codes import ExitCode
from app.cli.main import run
from crypto_core.wire.limits import MAX_ATTACHMENTS, MAX_TEXT_BYTES

if TYPE_CHECKING:
    from pathlib import Path

ADDRESS = "uhs:" + "a" * 32
REGISTER = {"--enrolment": "E", "--invitation": "I", "--name": "N", "--profession": "P"}
SEND = {"--to": ADDRESS, "--subject": "S"}
SURROGATE = os.fsdecode(b"caf\xe9")
"""What an argument in another encoding than the system's becomes."""


def refused(
    arguments: list[str], profile: Path, capsys: pytest.CaptureFixture[str], language: str = "C"
) -> str:
    """Return the sentence that a command ends with before any engine is started or passphrase read."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("LC_ALL", language)
        assert run(parse(arguments), profile) == ExitCode.USAGE
    said = capsys.readouterr()
    assert said.out == ""
    assert not list(profile.iterdir())
    (line,) = said.err.splitlines()
    assert "outside" not in line
    assert "surrogate" not in line
    return line.removeprefix("uhealthsec: ")


def given(options: dict[str, str]) -> list[str]:
    return [part for option in options.items() for part in option]


@pytest.mark.parametrize("option", REGISTER)
@pytest.mark.parametrize("value", ["", "   "])
def test_what_must_be_there_is_named_when_it_is_empty(
    option: str, value: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["register", *given(REGISTER | {option: value})]
    assert refused(line, tmp_path, capsys) == f"{option} must not be empty."
    assert refused(line, tmp_path, capsys, "fr_FR.UTF-8") == f"{option} ne doit pas être vide."


@pytest.mark.parametrize(
    ("line", "option", "most"),
    [
        (["register", *given(REGISTER | {"--enrolment": "x" * 16_385})], "--enrolment", 16_384),
        (["register", *given(REGISTER | {"--invitation": "x" * 129})], "--invitation", 128),
        (["register", *given(REGISTER | {"--name": "x" * 201})], "--name", 200),
        (["register", *given(REGISTER | {"--profession": "é" * 101})], "--profession", 200),
        (["register", *given(REGISTER), "--place", "x" * 201], "--place", 200),
        (["directory", "x" * 201], "Q", 200),
        (["contact", "add", ADDRESS, "--note", "x" * 1001], "--note", 1000),
        (["send", *given(SEND | {"--subject": "x" * 1001}), "--body", "-"], "--subject", 1000),
        (["save", "0" * 32, "--to", "/" + "x" * 4096], "--to", 4096),
    ],
)
def test_what_is_too_long_is_named_with_its_limit(
    line: list[str], option: str, most: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    english = refused(line, tmp_path, capsys)
    assert english.startswith(f"{option} is too long: ")
    assert f"of at most {most}." in english
    assert f"pour {most} au plus" in refused(line, tmp_path, capsys, "fr_FR.UTF-8")


@pytest.mark.parametrize("character", ["\n", "\x1b", "\x00", "\x85", "\N{LINE SEPARATOR}"])
def test_a_subject_is_one_line(
    character: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["send", *given(SEND | {"--subject": f"Bilan{character}de Mme X"}), "--body", "-"]
    said = refused(line, tmp_path, capsys)
    assert said == "--subject must be one line, without control characters."


@pytest.mark.parametrize(
    ("line", "option"),
    [
        (["register", *given(REGISTER | {"--name": SURROGATE})], "--name"),
        (["directory", SURROGATE], "Q"),
        (["contact", "add", ADDRESS, "--note", SURROGATE], "--note"),
        (["send", *given(SEND | {"--subject": SURROGATE}), "--body", "-"], "--subject"),
        (["send", *given(SEND), "--body", "-", "--attach", SURROGATE], "--attach"),
        (["save", "0" * 32, "--to", SURROGATE], "--to"),
    ],
)
def test_what_is_no_text_is_named(
    line: list[str], option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refused(line, tmp_path, capsys) == f"{option} holds bytes that are no text in UTF-8."


@pytest.mark.parametrize("option", ["--body", "--attach"])
def test_a_file_that_is_not_there_is_named(
    option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body = [] if option == "--body" else ["--body", "-"]
    for file in ("/nonexistent/letter.txt", "/nonexistent/\x1b[31mred", str(tmp_path)):
        said = refused(["send", *given(SEND), *body, option, file], tmp_path, capsys)
        assert said.startswith(f"{option}: there is no such file, or it cannot be read: /")
        assert "\x1b" not in said


def test_too_many_documents(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    documents = ["--attach", __file__] * (MAX_ATTACHMENTS + 1)
    said = refused(["send", *given(SEND), "--body", "-", *documents], tmp_path, capsys)
    assert said == f"--attach names too many: at most {MAX_ATTACHMENTS} are possible."


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"x" * (MAX_TEXT_BYTES + 1), f"--body is too long: at most {MAX_TEXT_BYTES} bytes"),
        (b"x\r\n" * MAX_TEXT_BYTES, "--body is too long"),
        (b"caf\xe9", "--body is no text in UTF-8."),
    ],
)
def test_a_letter_that_cannot_be_one(
    content: bytes,
    words: str,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path_factory.mktemp("letter") / "body.txt"
    file.write_bytes(content)
    line = ["send", *given(SEND), "--body", str(file)]
    assert refused(line, tmp_path, capsys).startswith(words)
