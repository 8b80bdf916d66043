# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every command as a person gives it at a terminal: what is asked, that nothing is asked twice, what is seen."""

from __future__ import annotations

import json
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import pytest

from app.cli import main, texts
from app.cli.exit_codes import ExitCode
from app.cli.texts import Language
from app.interface.snapshots import ProfileState
from crypto_core.wire.enrolment import Enrolment, format_enrolment
from crypto_core.wire.ids import Hash, format_address
from tests.fakes.cli_at_terminal import END, AnsweredPractice
from tests.fakes.scripted_engine import ONE_TIME_CODE, PASSPHRASE
from tests.fakes.scripted_owner import (
    ASKED_GROUP,
    KIT_TEXT,
    LINK_TEXT,
    OTHER_COMPUTER,
    SHARE_WORD,
)
from tests.fakes.scripted_people import SOMEBODYS_CARD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.cli.texts import Text

pytestmark = pytest.mark.skipif(os.name != "posix", reason="terminals are made another way there")

ROOT: Final = Path(__file__).resolve().parents[4]
ENROLMENT: Final = format_enrolment(
    Enrolment(
        version=1,
        url="https://relay.example",
        spki_sha256=Hash(bytes(32)),
        log_keys=("relay.example+1", "relay.example+2"),
    )
)


def spoken(text: Text, **values: object) -> str:
    return text.speak(Language.ENGLISH, **values)


KNOWN: Final = spoken(texts.PASSPHRASE)
NEW: Final = spoken(texts.PASSPHRASE_NEW)
AGAIN: Final = spoken(texts.PASSPHRASE_AGAIN)
CODE: Final = spoken(texts.CODE)
FIRST_CODE: Final = spoken(texts.FIRST_CODE)
NEW_CODE: Final = spoken(texts.NEW_CODE)
KIT: Final = spoken(texts.KIT_CODE)
GROUP: Final = spoken(texts.KIT_GROUP, group=ASKED_GROUP)
SAME: Final = spoken(texts.SAME_WORDS)
NOW: Final = spoken(texts.RESTORE_NOW)
INVITED: Final = spoken(texts.INVITATION)

ANSWERS: Final = {
    KNOWN: PASSPHRASE,
    NEW: "quinze chats gris dorment sur le toit",
    AGAIN: "quinze chats gris dorment sur le toit",
    CODE: ONE_TIME_CODE,
    FIRST_CODE: ONE_TIME_CODE,
    NEW_CODE: ONE_TIME_CODE,
    KIT: KIT_TEXT,
    GROUP: KIT_TEXT.split()[ASKED_GROUP - 1],
    SAME: "yes",
    NOW: "yes",
    INVITED: "K7QM2-ZP4TN",
}


ENDED: Final = re.compile(END.encode() + rb"(\d+)\r\n")
END_OF_INPUT: Final = "\x04"
"""What Ctrl+D sends."""
NOTHING: Final[Mapping[str, Sequence[str]]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How one command went: its questions in their order, its exit code, and all that the terminal showed."""

    questions: tuple[str, ...]
    code: int
    shown: str


def at_terminal(
    folder: Path, cases: list[dict[str, object]], *, typed: Mapping[str, Sequence[str]] = NOTHING
) -> list[Seen]:
    """Give commands one after the other, and answer what each asks as a person would.

    `typed` holds what is answered first, instead of what is right.
    """
    first = {question: list(answers) for question, answers in typed.items()}
    import pty  # noqa: PLC0415 - missing on Windows

    lines = "\n".join(json.dumps(case) for case in cases)
    (folder / "commands").write_text(lines, encoding="utf-8")
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(ROOT)
        line = [sys.executable, "-m", "tests.fakes.cli_at_terminal", str(folder)]
        os.execve(sys.executable, line, os.environ | {"LC_ALL": "C.UTF-8"})  # noqa: S606 - in the new terminal
    try:
        unread = bytearray()
        return [answered(terminal, first, unread) for _ in cases]
    finally:
        os.close(terminal)
        os.waitpid(pid, 0)


def answered(terminal: int, first: Mapping[str, list[str]], unread: bytearray) -> Seen:
    """Answer the questions of one command, up to its end; what came after that stays in `unread`."""
    questions: list[str] = []
    shown = b""
    while (ended := ENDED.search(unread)) is None:
        question = next((each for each in ANSWERS if unread.endswith(each.encode())), None)
        if question is not None:
            answer = first[question].pop(0) if first.get(question) else ANSWERS[question]
            os.write(
                terminal, answer.encode() if answer == END_OF_INPUT else f"{answer}\n".encode()
            )
            questions.append(question)
            shown += unread
            unread.clear()
        try:
            unread += os.read(terminal, 65_536)
        except OSError:
            pytest.fail(f"the program has ended: {(shown + unread).decode()}")
    shown += unread[: ended.start()]
    code = int(ended[1])
    del unread[: ended.end()]
    return Seen(questions=tuple(questions), code=code, shown=shown.decode())


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """What commands read from files."""
    folder = tmp_path / "files"
    folder.mkdir()
    contents = {
        "link": LINK_TEXT,
        "card": SOMEBODYS_CARD,
        "letter": "Bonjour.",
        "shares": f"{SHARE_WORD} one\n{SHARE_WORD} two\n",
    }
    for name, content in contents.items():
        (folder / name).write_text(content, encoding="utf-8")
    return {name: str(folder / name) for name in contents} | {"folder": str(folder)}


FACTOR: Final = b"the telephone 16".hex()
MESSAGE: Final = bytes(16).hex()
LISTED: Final = OTHER_COMPUTER.hex()
SOMEBODY: Final = format_address(next(iter(AnsweredPractice(ProfileState.LOCKED).contacts)))
PERSON: Final = ["--name", "Claire Martin", "--profession", "Ostéopathe"]
RELAY: Final = ["--enrolment", ENROLMENT]
SPLIT: Final = ["--threshold", "2", "--count", "3"]

STEPPED_UP: Final = (KNOWN, CODE)
FLOWS: Final[dict[str, tuple[list[str], tuple[str, ...]]]] = {
    "register": ([*RELAY, *PERSON], (INVITED, NEW, AGAIN, FIRST_CODE)),
    "login": ([], (KNOWN, CODE)),
    "devices list": ([], (KNOWN,)),
    "devices rename": ([LISTED, "Portable"], (KNOWN,)),
    "devices revoke": ([LISTED], STEPPED_UP),
    "link show": ([], (*STEPPED_UP, SAME)),
    "link join": (["--text-file", "{link}"], (KNOWN, CODE)),
    "sessions list": ([], (KNOWN,)),
    "sessions end": ([], (KNOWN,)),
    "factor show": ([], (KNOWN,)),
    "factor list": ([], (KNOWN,)),
    "factor add": (["totp"], (KNOWN, NEW_CODE, CODE)),
    "factor confirm": ([], (KNOWN, NEW_CODE, CODE)),
    "factor remove": ([FACTOR], STEPPED_UP),
    "recovery-codes renew": ([], STEPPED_UP),
    "recovery-codes confirm": ([], (KNOWN,)),
    "passphrase change": ([], (KNOWN, NEW, AGAIN, CODE)),
    "recovery show": ([], (KNOWN,)),
    "recovery confirm": ([], (KNOWN, GROUP)),
    "recovery restore": (RELAY, (KIT, KNOWN, NOW, FIRST_CODE)),
    "recovery unlock": ([], (KIT, NEW, AGAIN)),
    "recovery create": ([], STEPPED_UP),
    "recovery veto": ([], (KIT, KNOWN)),
    "recovery rehearse": ([], (KIT, KNOWN)),
    "recovery backup": (["--to", "{folder}"], (KNOWN,)),
    "recovery backup-daily": (["{folder}"], (KNOWN,)),
    "recovery split": (SPLIT, (KIT, KNOWN)),
    "recovery join": (["--shares-file", "{shares}"], ()),
    "lock": ([], ()),
    "accounts": ([], ()),
    "status": ([], ()),
    "directory": ([], (KNOWN,)),
    "contact add": ([SOMEBODY], (KNOWN,)),
    "contact accept": ([SOMEBODY], (KNOWN,)),
    "contact decline": ([SOMEBODY], (KNOWN,)),
    "contact show": ([SOMEBODY], (KNOWN,)),
    "contact words": ([SOMEBODY], (KNOWN,)),
    "contact verify": ([SOMEBODY, "--how", "by-phone"], (KNOWN,)),
    "contact acknowledge": ([SOMEBODY], (KNOWN,)),
    "contact card": ([], (KNOWN,)),
    "contact take-card": (["--card-file", "{card}"], (KNOWN,)),
    "contact vouch": ([SOMEBODY, "--withdraw"], (KNOWN,)),
    "contact list": ([], (KNOWN,)),
    "send": (["--to", SOMEBODY, "--subject", "S", "--body", "{letter}"], (KNOWN,)),
    "contact block": ([SOMEBODY], (KNOWN,)),
    "contact reconsider": ([SOMEBODY], (KNOWN,)),
    "contact unblock": ([SOMEBODY], (KNOWN,)),
    "contact note": ([SOMEBODY, "--text-file", "{letter}"], (KNOWN,)),
    "mail list": (["--place", "to-do"], (KNOWN,)),
    "mail archive": ([MESSAGE], (KNOWN,)),
    "mail unarchive": ([MESSAGE], (KNOWN,)),
    "mail flag": ([MESSAGE], (KNOWN,)),
    "mail unflag": ([MESSAGE], (KNOWN,)),
    "mail mark-read": ([MESSAGE], (KNOWN,)),
    "mail mark-unread": ([MESSAGE], (KNOWN,)),
    "mail remove": ([MESSAGE, "--filed"], (KNOWN,)),
    "mail restore": ([MESSAGE], (KNOWN,)),
    "mail file": ([MESSAGE, "--nobody"], (KNOWN,)),
    "patient list": (["mar"], (KNOWN,)),
    "patient save": (["--family-name", "Marin", "--born", "1980-02-29"], (KNOWN,)),
    "patient remove": ([MESSAGE], (KNOWN,)),
    "patient erase": ([MESSAGE], (KNOWN,)),
    "rights show": ([MESSAGE], (KNOWN,)),
    "rights consent": (
        [
            MESSAGE,
            "--to",
            SOMEBODY,
            "--for",
            "Suivi",
            "--about",
            "letters",
            "--until",
            "2030-01-31",
        ],
        (KNOWN,),
    ),
    "rights withdraw": ([MESSAGE], (KNOWN,)),
    "rights oppose": ([MESSAGE, "--how", "written"], (KNOWN,)),
    "rights lift": ([MESSAGE], (KNOWN,)),
    "rights informed": ([MESSAGE, "--to", SOMEBODY], (KNOWN,)),
    "rights care": ([MESSAGE, "--to", SOMEBODY, "--tie", "team"], (KNOWN,)),
    "erasure list": ([], (KNOWN,)),
    "erasure letter": ([MESSAGE, "--plan"], (KNOWN,)),
    "erasure certificate": ([MESSAGE, "--to", "{folder}"], (KNOWN,)),
    "patient show": ([MESSAGE], (KNOWN,)),
    "patient merge": ([MESSAGE, MESSAGE], (KNOWN,)),
    "patient separate": ([MESSAGE], (KNOWN,)),
    "patient twice": ([], (KNOWN,)),
    "patient import": (["{letter}", "--trial"], (KNOWN,)),
    "folders show": ([], (KNOWN,)),
    "folders watch": (["{folder}", "--cda-as-xdm"], (KNOWN,)),
    "folders run": ([], (KNOWN,)),
    "folders stop": ([], (KNOWN,)),
    "folders verify": (["bilan.pdf.uhs.json"], (KNOWN,)),
    "absence show": ([], (KNOWN,)),
    "absence set": (
        ["--until", "2999-01-01", "--replaced-by", SOMEBODY, "--text-file", "{letter}"],
        (KNOWN,),
    ),
    "absence end": ([], (KNOWN,)),
    "drafts list": ([], (KNOWN,)),
    "drafts show": ([MESSAGE], (KNOWN,)),
    "drafts send": ([MESSAGE, "--at", "2026-11-24T08:00"], (KNOWN,)),
    "drafts remove": ([MESSAGE], (KNOWN,)),
    "queue": ([], (KNOWN,)),
    "cancel": ([MESSAGE], (KNOWN,)),
    "sync": ([], (KNOWN,)),
    "inbox": ([], (KNOWN,)),
    "search": (["douleur", "--since", "2026-01-31", "--until", "2026-02-01"], (KNOWN,)),
    "unsearched": ([], (KNOWN,)),
    "import": (["{folder}", "--own", "anne@cabinet.example"], (KNOWN,)),
    "show": ([MESSAGE], (KNOWN,)),
    "save": ([MESSAGE, "--to", "{folder}"], (KNOWN,)),
    "receipts": ([MESSAGE], (KNOWN,)),
    "journal list": (["--kind", "letters", "--since", "2026-01-31"], (KNOWN,)),
    "journal report": (["--for", "inspection", "--csv", "{folder}/acts.csv"], (KNOWN,)),
    "journal show": (["7"], (KNOWN,)),
    "audit export": (["--to", "{folder}", "--since", "2026-01-31"], (KNOWN,)),
    "audit verify": ([], (KNOWN,)),
    "audit alarms": ([], (KNOWN,)),
}
"""What follows each command, and what a person is asked, where the relay wants both factors shown anew."""

NOTHING_THERE: Final = {
    **dict.fromkeys(
        (
            *("mail archive", "mail unarchive", "mail flag", "mail unflag", "mail mark-read"),
            *("mail mark-unread", "mail remove", "mail restore", "mail file", "patient remove"),
            *("patient erase", "erasure letter", "erasure certificate"),
            *("patient show", "patient merge", "patient separate"),
        ),
        ExitCode.NOT_FOUND,
    ),
    "patient import": ExitCode.FAILED,
    "drafts show": ExitCode.NOT_FOUND,
    "drafts send": ExitCode.NOT_FOUND,
    "drafts remove": ExitCode.NOT_FOUND,
    "cancel": ExitCode.NOT_FOUND,
    "show": ExitCode.NOT_FOUND,
    "save": ExitCode.NOT_FOUND,
    "receipts": ExitCode.NOT_FOUND,
    "journal show": ExitCode.NOT_FOUND,
    "factor show": ExitCode.FAILED,
    "contact acknowledge": ExitCode.FAILED,
}
ON_A_NEW_COMPUTER: Final = frozenset({"register", "link join", "recovery restore"})
WITH_A_KIT_TO_PRINT: Final = frozenset({"recovery show", "recovery confirm"})
WITH_A_KIT_ANNOUNCED: Final = frozenset({"recovery veto"})


def case(command: str, words: list[str], files: dict[str, str]) -> dict[str, object]:
    """Return a command with the mailbox that it makes sense for."""
    kit = "ANNOUNCED" if command in WITH_A_KIT_ANNOUNCED else "IN_USE"
    return {
        "words": [*command.split(), *(word.format_map(files) for word in words)],
        "profile": "EMPTY" if command in ON_A_NEW_COMPUTER else "LOCKED",
        "kit": "MISSING" if command in WITH_A_KIT_TO_PRINT else kit,
    }


def test_no_command_asks_for_anything_twice(tmp_path: Path, files: dict[str, str]) -> None:
    assert set(FLOWS) == set(main._ACTIONS)
    cases = [case(command, words, files) for command, (words, _) in FLOWS.items()]
    for (command, (_, asked)), seen in zip(
        FLOWS.items(), at_terminal(tmp_path, cases), strict=True
    ):
        assert seen.questions == asked, (command, seen.shown)
        assert len(set(seen.questions)) == len(seen.questions), command
        assert seen.code == NOTHING_THERE.get(command, ExitCode.OK), (command, seen.shown)
        # What is typed is not seen, but for a plain yes.
        for question in set(seen.questions) - {SAME, NOW}:
            assert ANSWERS[question] not in seen.shown, command


def alone(
    folder: Path, command: str, words: list[str], typed: Mapping[str, Sequence[str]] = NOTHING
) -> Seen:
    """Give one command."""
    (seen,) = at_terminal(folder, [case(command, words, {})], typed=typed)
    return seen


def test_a_stolen_computer_is_removed_with_the_kit_which_is_asked_for_once(tmp_path: Path) -> None:
    seen = alone(tmp_path, "devices revoke", [LISTED, "--stolen"])
    assert (seen.questions, seen.code) == ((KIT, KNOWN, CODE), ExitCode.OK)
    assert "passphrase change" in seen.shown


def test_a_mistyped_first_code_is_asked_for_again_and_can_wait(tmp_path: Path) -> None:
    words = [*RELAY, "--invitation", "I", *PERSON]
    seen = alone(tmp_path, "register", words, {FIRST_CODE: ["000000", ""]})
    assert seen.questions == (NEW, AGAIN, FIRST_CODE, FIRST_CODE)
    assert seen.code == ExitCode.OK
    # The account is there, with its kit and codes; signing in is for later.
    assert KIT_TEXT.split()[0] in seen.shown
    assert "The relay refused the sign-in" in seen.shown


def test_words_that_are_not_the_same_link_nothing(tmp_path: Path) -> None:
    seen = alone(tmp_path, "link show", [], {SAME: ["no"]})
    assert (seen.questions, seen.code) == ((KNOWN, CODE, SAME), ExitCode.UNTRUSTED)
    assert "somebody else may have answered" in seen.shown


@pytest.mark.parametrize("question", [KNOWN, CODE])
def test_whoever_ends_the_input_instead_of_answering_is_let_go(
    tmp_path: Path, question: str
) -> None:
    seen = alone(tmp_path, "recovery-codes renew", [], {question: [END_OF_INPUT]})
    assert seen.code == ExitCode.INTERRUPTED
    assert "Traceback" not in seen.shown


def test_a_page_is_not_poured_into_a_terminal(tmp_path: Path) -> None:
    seen = alone(tmp_path, "recovery show", ["--file", "-"])
    assert (seen.questions, seen.code) == ((), ExitCode.USAGE)
    assert "lp" in seen.shown
    assert "%PDF" not in seen.shown


def test_a_wide_terminal_shows_the_telephone_a_picture(tmp_path: Path) -> None:
    seen = alone(tmp_path, "factor add", ["totp"])
    assert "\N{UPPER HALF BLOCK}" in seen.shown


def test_a_moment_that_is_none_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    seen = alone(tmp_path, "drafts send", [MESSAGE, "--at", "demain"])
    assert (seen.questions, seen.code) == ((), ExitCode.USAGE)
    assert "2026-11-24T08:00" in seen.shown
