# SPDX-License-Identifier: AGPL-3.0-or-later
"""No secret stands on a command line, and none comes back in an error."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING

import pytest

from app.cli.arguments import build_parser, parse
from app.cli.exit_codes import ExitCode
from app.cli.main import run
from app.interface.snapshots import KitState, ProfileState
from tests.fakes.cli_at_terminal import AnsweredPractice
from tests.fakes.scripted_engine import PASSPHRASE
from tests.fakes.scripted_owner import KIT_TEXT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECRET = re.compile("passphrase|pin|kit|group|share|recovery|secret|text|words|card")
HARMLESS = {
    # The three words of a link are compared aloud, and open nothing.
    "yes",
    # Where the kit's page is written, which is no secret.
    "recovery_kit",
}


def arguments_of(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Yield what a parser and its commands take."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from arguments_of(command)
        else:
            yield action


def test_what_holds_a_secret_is_read_from_a_file() -> None:
    found = [each for each in arguments_of(build_parser()) if SECRET.search(each.dest)]
    assert {"passphrase_file", "kit_file", "group_file", "pin_file", "shares_file"} <= {
        each.dest for each in found
    }
    for action in found:
        assert action.metavar == "FILE" or action.dest in HARMLESS, action.dest


def test_the_one_code_that_may_stand_there_serves_once() -> None:
    codes = {
        each.dest
        for each in arguments_of(build_parser())
        if each.metavar == "CODE" and not SECRET.search(each.dest)
    }
    assert codes == {"otp", "code", "invitation"}


GARBAGE = "Hr7wQz tulipe-garbage 4711"
WRONG_KIT = " ".join([*KIT_TEXT.split()[:-1], "HR7WQ"])
STEPS = ["--threshold", "2", "--count", "3"]


@pytest.mark.parametrize(
    ("words", "option", "content"),
    [
        (["sync"], "--passphrase-file", GARBAGE),
        (["passphrase", "change"], "--new-passphrase-file", "Hr7wQz tulipe"),
        (["login"], "--recovery-code", GARBAGE),
        (["recovery", "rehearse"], "--kit-file", WRONG_KIT),
        (["recovery", "veto"], "--kit-file", GARBAGE),
        (["recovery", "split", *STEPS], "--kit-file", WRONG_KIT),
        (["recovery", "unlock"], "--kit-file", f"{GARBAGE}\n{GARBAGE}"),
        (["recovery", "confirm"], "--group-file", "HR7WQ"),
        (["recovery", "join"], "--shares-file", GARBAGE),
        (["devices", "revoke", "0" * 32], "--kit-file", WRONG_KIT),
        (["contact", "take-card"], "--card-file", GARBAGE),
    ],
    ids=lambda value: value if isinstance(value, str) and value.startswith("--") else None,
)
@pytest.mark.parametrize("as_json", [False, True], ids=["words", "json"])
def test_no_error_repeats_what_was_typed(
    words: list[str],
    option: str,
    content: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    *,
    as_json: bool,
) -> None:
    practice = AnsweredPractice(ProfileState.LOCKED)
    is_asked_of_paper = words[1:] == ["confirm"]
    practice.owner.set_safety(kit=KitState.MISSING if is_asked_of_paper else KitState.IN_USE)
    for name, text in (("given", content), ("passphrase", PASSPHRASE)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    line = [*words, option, str(tmp_path / "given"), *(["--json"] if as_json else [])]
    if option != "--passphrase-file":
        line += ["--passphrase-file", str(tmp_path / "passphrase")]
    code = run(parse(line), tmp_path, connect=practice.connect)
    said = capsys.readouterr()
    assert code not in {ExitCode.OK, ExitCode.BUG}, said
    for secret in (PASSPHRASE, "Hr7wQz", "tulipe", "HR7WQ", KIT_TEXT.split()[0]):
        assert secret.lower() not in (said.out + said.err).lower()
