# SPDX-License-Identifier: AGPL-3.0-or-later
"""The command line's grammar. Imports of ours what is small only, so that `--help` comes at once."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.cli.decision_words import words_of
from app.cli.exit_codes import HELP
from app.interface.documents import DocumentKind
from app.interface.journal import DeedKind, ReportReader
from app.profiles import FIRST, MOST
from crypto_core.wire.decisions import Capacity, CareTie, Channel, DataKind

if TYPE_CHECKING:
    from collections.abc import Sequence

STANDARD_INPUT: Final = "-"
STANDARD_OUTPUT: Final = "-"
MOST_ARGUMENT_BYTES: Final = 64 * 1024
"""Of a file that holds arguments."""

_DESCRIPTION: Final = """\
End-to-end encrypted letters and documents between health professionals.
Without a command the window opens."""

_EPILOG: Final = f"""\
@FILE stands for the arguments in a file, one a line, and @- for those on standard input: what is on a command
line can be seen by every user of this computer and stays in the shell's history. An argument that begins with @
is written @@.

With --json, each command writes one JSON object to standard output: numbers of messages, envelopes and
devices in hexadecimal, addresses as uhs:…, times (…_at, since, at) in milliseconds since 1970 UTC, states
by their lower-case names. A failure is one object on standard error: {{"error": {{"code", "detail"}}}}.
app/cli/output.md lists the members of each.

{HELP}"""


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of `uhealthsec`; its result has `command`, None for the window."""
    parser = argparse.ArgumentParser(
        prog="uhealthsec",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
        parents=[_shared(is_top=True)],
    )
    parser.add_argument(
        "--screenshot",
        metavar="DIR",
        type=Path,
        help="window only: save pictures of what it shows, and end; with --passphrase-file nobody is asked",
    )
    # How a front end starts its engine; not for people, who would only see it wait.
    parser.add_argument("--engine", action="store_true", help=argparse.SUPPRESS)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    _add_account(commands)
    _add_contacts(commands)
    _add_mail(commands)
    _add_audit(commands)
    _add_journal(commands)
    return parser


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Return what a command line asks for; ends the program with the usage if it asks for what cannot be."""
    parser = build_parser()
    try:
        given = _with_files(sys.argv[1:] if argv is None else argv)
    except (OSError, ValueError) as error:
        parser.error(f"{error}")
    arguments = parser.parse_args(given)
    if arguments.account_number is not None and arguments.command is None:
        parser.error("argument --account-number: with a command only; the window has all accounts")
    if arguments.screenshot is not None and arguments.command is not None:
        parser.error("argument --screenshot: not allowed with a command")
    return arguments


def _with_files(given: Sequence[str]) -> list[str]:
    """Return the arguments with those read that a file holds. Raises OSError, ValueError.

    What stands on a command line is shown to everybody at this computer and kept in the shell's history: no place
    for the name of a patient (R-14).
    """
    found: list[str] = []
    for each in given:
        if each.startswith("@@"):
            found.append(each[1:])
        elif each.startswith("@"):
            name = each[1:]
            if name == STANDARD_INPUT:
                content = sys.stdin.buffer.read(MOST_ARGUMENT_BYTES + 1)
            else:
                with Path(name).open("rb") as file:
                    content = file.read(MOST_ARGUMENT_BYTES + 1)
            if len(content) > MOST_ARGUMENT_BYTES:
                raise ValueError(f"{name}: too long")
            found += content.decode("utf-8-sig").splitlines()
        else:
            found.append(each)
    return found


def _add_account(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    register = _command(commands, "register", "create an account, with this computer as its device")
    register.add_argument(
        "--enrolment", required=True, help="the string that the relay's host gave"
    )
    register.add_argument(
        "--invitation",
        metavar="CODE",
        help="the one-time code, - for standard input; without the option it is asked for",
    )
    register.add_argument("--name", required=True, help="your name, as correspondents see it")
    register.add_argument(
        "--profession", required=True, help="your profession, as correspondents see it"
    )
    register.add_argument("--place", default="", help="town or practice")
    register.add_argument(
        "--rpps",
        default="",
        metavar="NUMBER",
        help="11 digits, for who is in the national register",
    )
    register.add_argument(
        "--listed",
        action="store_true",
        help="appear in the relay's directory, by name, profession and place",
    )
    register.add_argument(
        "--recovery-kit",
        metavar="FILE",
        type=Path,
        help="write the recovery kit's page into a new PDF file; print it and delete the file",
    )
    login = _command(commands, "login", "sign in at the relay, for some hours")
    code = _add_second_factor(login)
    code.add_argument(
        "--recovery-code",
        metavar="FILE",
        help="read one of the printed recovery codes from a file, - for standard input",
    )
    sessions = commands.add_parser("sessions", help="where you are signed in", allow_abbrev=False)
    steps = sessions.add_subparsers(dest="step", metavar="STEP", required=True)
    _command(steps, "list", "list where this account is signed in")
    _command(steps, "end", "sign out everywhere, here too")
    _add_factors(commands)
    _add_devices(commands)
    _add_recovery(commands)
    _command(commands, "lock", "lock the window of this profile; no passphrase is asked for")
    _command(commands, "accounts", "list the accounts in this profile; no passphrase is asked for")
    _command(commands, "status", "say how profile and connection stand; no passphrase is asked for")
    directory = _command(commands, "directory", "search the relay's directory")
    directory.add_argument("query", nargs="?", default="", metavar="Q")


def _add_factors(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    factor = commands.add_parser(
        "factor", help="telephones and security keys to sign in with", allow_abbrev=False
    )
    steps = factor.add_subparsers(dest="step", metavar="STEP", required=True)
    _command(
        steps,
        "show",
        "show what the authenticator needs until it has made a code, and the recovery codes until they are on paper",
    )
    _command(steps, "list", "list what this account can be signed in with")
    add = _command(steps, "add", "add a telephone (then confirm its first code) or a security key")
    add.add_argument("kind", choices=("totp", "security-key"))
    add.add_argument("--name", default="", help="what you call it; the relay cannot read this")
    _add_second_factor(add)
    confirm = _command(steps, "confirm", "take the telephone that was added last, by its code")
    confirm.add_argument(
        "code",
        nargs="?",
        metavar="CODE",
        help="the six digits that the new telephone shows, - for standard input; asked for if not given",
    )
    _add_second_factor(confirm)
    remove = _command(
        steps, "remove", "take a telephone or a security key away; the last one stays"
    )
    remove.add_argument("factor", metavar="FACTOR", help="its number, as the list shows it")
    _add_second_factor(remove)
    codes = commands.add_parser("recovery-codes", help="the printed codes", allow_abbrev=False)
    steps = codes.add_subparsers(dest="step", metavar="STEP", required=True)
    renew = _command(steps, "renew", "make ten new recovery codes; the old ones are void")
    _add_second_factor(renew)
    _command(steps, "confirm", "say that the codes are on paper, so that they are forgotten here")
    passphrase = commands.add_parser("passphrase", help="the passphrase", allow_abbrev=False)
    steps = passphrase.add_subparsers(dest="step", metavar="STEP", required=True)
    change = _command(steps, "change", "choose another passphrase; needs the relay")
    change.add_argument(
        "--new-passphrase-file",
        metavar="FILE",
        help="read the new passphrase from a file, - for standard input",
    )
    _add_second_factor(change)


def _add_devices(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    devices = _command(commands, "devices", "your computers; without a STEP: list them")
    steps = devices.add_subparsers(dest="step", metavar="STEP")
    devices.set_defaults(step="list")
    _command(steps, "list", "list your computers")
    rename = _command(steps, "rename", "call one of your computers something, on this one only")
    rename.add_argument("device", metavar="DEVICE", help="its number, as the list shows it")
    rename.add_argument("name", metavar="NAME", help="empty: no name any more")
    revoke = _command(steps, "revoke", "remove a computer: it receives and sends nothing any more")
    revoke.add_argument("device", metavar="DEVICE")
    revoke.add_argument(
        "--stolen",
        action="store_true",
        help="it is in foreign hands: take back, with the recovery kit, all it could do in your name",
    )
    _add_kit(revoke)
    _add_second_factor(revoke)
    link = commands.add_parser("link", help="link a second computer", allow_abbrev=False)
    steps = link.add_subparsers(dest="step", metavar="STEP", required=True)
    show = _command(
        steps, "show", "old computer: show a text and twelve words, and wait ten minutes"
    )
    show.add_argument(
        "--history",
        default="all",
        metavar="WHICH",
        help="letters to bring over: all (default), none, or a number of months",
    )
    show.add_argument(
        "--yes",
        metavar="WORDS",
        help="the three words of the new computer, to confirm if they are the same here; - reads a line of standard input once they can be known",
    )
    _add_second_factor(show)
    join = _command(steps, "join", "new computer: answer, with an empty profile")
    join.add_argument(
        "--text-file",
        required=True,
        metavar="FILE",
        help="read the text of the picture, or the twelve words, from a file, - for standard input",
    )
    join.add_argument("--enrolment", default="", help="with words: the string of your relay's host")
    join.add_argument("--name", default="", help="what this computer is called here")
    _add_second_factor(join)


def _add_recovery(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    recovery = commands.add_parser(
        "recovery", help="the recovery kit, and what it is for", allow_abbrev=False
    )
    steps = recovery.add_subparsers(dest="step", metavar="STEP", required=True)
    show = _command(steps, "show", "show the recovery kit until it is confirmed to be on paper")
    _add_page(show)
    confirm = _command(
        steps, "confirm", "say that the kit is on paper, by one of its groups; it is forgotten here"
    )
    confirm.add_argument(
        "--group-file",
        metavar="FILE",
        help="read the group that is asked for from a file, - for standard input",
    )
    restore = _command(
        steps,
        "restore",
        "bring an account back to this computer, whose profile is empty, by kit and passphrase",
    )
    restore.add_argument("--enrolment", required=True, help="the string that the relay's host gave")
    restore.add_argument(
        "--account", metavar="ACCOUNT", help="whose kit it is: needed with a second or later kit"
    )
    restore.add_argument(
        "--keep",
        action="append",
        default=[],
        metavar="DEVICE",
        help="a computer of the account that is at hand and stays: it reads and writes on, and links and"
        " removes no computers until it is removed and linked again; all others are removed",
    )
    restore.add_argument(
        "--backup",
        metavar="FILE",
        type=Path,
        help="a backup whose letters and documents come back too; mail received since does not",
    )
    restore.add_argument(
        "--yes", action="store_true", help="do not ask once more when the account has been found"
    )
    _add_kit(restore)
    backup = _command(steps, "backup", "make a backup now; it opens with the kit only")
    backup.add_argument("--to", required=True, metavar="DIR", type=Path)
    daily = _command(
        steps, "backup-daily", "keep a daily backup in a folder while the program runs"
    )
    daily.add_argument(
        "folder", nargs="?", type=Path, metavar="DIR", help="without one: make no more"
    )
    unlock = _command(
        steps, "unlock", "open the profile where the system's secret store does not, by the kit"
    )
    _add_kit(unlock)
    create = _command(
        steps, "create", "make a new kit, because the old one is lost; it counts a week later"
    )
    _add_second_factor(create)
    _add_page(create)
    veto = _command(steps, "veto", "call off, with the kit in force, a new one that is not yours")
    _add_kit(veto)
    rehearse = _command(steps, "rehearse", "try whether the kit opens what it should")
    _add_kit(rehearse)
    split = _command(steps, "split", "split the kit's code among people, in words")
    split.add_argument("--threshold", type=int, required=True, metavar="K", help="2 to 16")
    split.add_argument("--count", type=int, required=True, metavar="N", help="K to 16")
    _add_kit(split)
    _add_page(split)
    join = _command(steps, "join", "give the kit's code back from shares")
    join.add_argument(
        "--shares-file",
        required=True,
        metavar="FILE",
        help="one share on each line, - for standard input",
    )


def _add_kit(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--kit-file",
        metavar="FILE",
        help="read the kit's code, or its picture's text, from a file, - for standard input",
    )


def _add_page(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--file",
        metavar="FILE",
        type=Path,
        help="write it into a new PDF file, readable by you only (print it and delete the file), or with - to "
        "standard output, for a printer: --file - | lp",
    )


def _add_second_factor(command: argparse.ArgumentParser) -> argparse._MutuallyExclusiveGroup:
    """Add the ways to show a second factor, for commands that sign in, or do if the relay wants it."""
    command.add_argument(
        "--pin-file",
        metavar="FILE",
        help="read the security key's PIN from a file, for keys that ask for one",
    )
    ways = command.add_mutually_exclusive_group()
    ways.add_argument(
        "--otp",
        metavar="CODE",
        help="sign in with the six digits of the authenticator, - for standard input; asked for if needed "
        "and not given",
    )
    ways.add_argument(
        "--security-key", action="store_true", help="sign in with a security key that is plugged in"
    )
    return ways


def _add_contacts(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    contact = commands.add_parser("contact", help="correspondents", allow_abbrev=False)
    steps = contact.add_subparsers(dest="step", metavar="STEP", required=True)
    add = _command(steps, "add", "ask somebody to correspond")
    add.add_argument("account", metavar="ACCOUNT", help="an address: uhs:…")
    add.add_argument("--note", default="", help="a short word to go with the request")
    accept = _command(steps, "accept", "accept a request; the correspondent is told")
    accept.add_argument("account", metavar="ACCOUNT")
    decline = _command(steps, "decline", "decline a request; the correspondent is not told")
    decline.add_argument("account", metavar="ACCOUNT")
    _command(steps, "list", "list correspondents and open requests")
    for name, text in (
        ("show", "show all that is known of who somebody is"),
        ("words", "show the twelve words to compare with somebody"),
        ("acknowledge", "let letters go out again after a change of keys was looked at"),
    ):
        _command(steps, name, text).add_argument("account", metavar="ACCOUNT")
    verify = _command(steps, "verify", "note that the words were the same")
    verify.add_argument("account", metavar="ACCOUNT")
    verify.add_argument("--how", required=True, choices=("in-person", "by-phone", "never"))
    card = _command(steps, "card", "show your contact card")
    card.add_argument(
        "--out",
        metavar="FILE",
        type=Path,
        help="write it as a picture (QR code) into a new PNG file, to print or to send",
    )
    take = _command(steps, "take-card", "ask the person of a contact card to correspond")
    take.add_argument("--card-file", required=True, metavar="FILE", help="- for standard input")
    take.add_argument("--note", default="", help="a short word to go with the request")
    take.add_argument(
        "--from-the-person",
        action="store_true",
        help="it came from their own screen or paper: count it as compared",
    )
    for name, text in (
        ("reconsider", "take a refusal back: their request waits again"),
        ("block", "let go what somebody sends, and send them nothing; they are not told"),
        ("unblock", "take a block back; what they sent meanwhile is gone"),
    ):
        _command(steps, name, text).add_argument("account", metavar="ACCOUNT")
    note = _command(steps, "note", "note something about somebody, for yourself alone")
    note.add_argument("account", metavar="ACCOUNT")
    note.add_argument("--text-file", required=True, metavar="FILE", help="- for standard input")
    vouch = _command(steps, "vouch", "say publicly that you know whose account this is")
    vouch.add_argument("account", metavar="ACCOUNT")
    vouch.add_argument("--withdraw", action="store_true", help="take it back")


def _add_mail(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    send = _command(
        commands, "send", "store a letter and send it; without the relay it stays queued"
    )
    send.add_argument("--to", required=True, metavar="ACCOUNT[,…]", help="addresses: uhs:…")
    send.add_argument("--subject", required=True)
    send.add_argument(
        "--body", required=True, metavar="FILE", help="text in UTF-8, - for standard input"
    )
    send.add_argument("--attach", action="append", default=[], metavar="FILE", type=Path)
    send.add_argument("--urgent", action="store_true")
    send.add_argument(
        "--unverified",
        action="store_true",
        help="send it also to people of whom nobody has said who they are; asked once for each",
    )
    send.add_argument("--in-reply-to", metavar="ID", help="the message this one answers")
    _add_moment(send)
    send.add_argument("--patient", metavar="ID", help="the patient it is about")
    send.add_argument(
        "--emergency",
        default="",
        metavar="REASON",
        help="a life is at risk: send it against what the patient has decided; the reason is kept",
    )
    send.add_argument("--wants-answer", action="store_true", help="say that an answer is wanted")
    _add_unsent(commands)
    _add_organising(commands)
    _add_absence(commands)
    _add_folders(commands)
    _command(commands, "sync", "send and receive until nothing is left to do")
    inbox = _command(
        commands, "inbox", "receive if the relay can be reached, and list what was received"
    )
    inbox.add_argument("--limit", type=_count, default=50, metavar="N", help="default: 50")
    _add_search(commands)
    _add_import(commands)
    show = _command(commands, "show", "show a message; its sender gets a read receipt")
    show.add_argument("message", metavar="ID")
    show.add_argument("--peek", action="store_true", help="show it without a read receipt")
    save = _command(commands, "save", "save a message's documents; nothing is ever overwritten")
    save.add_argument("message", metavar="ID")
    save.add_argument("--to", required=True, metavar="DIR", type=Path)
    receipts = _command(commands, "receipts", "show the evidence about a message")
    receipts.add_argument("message", metavar="ID")


def _add_unsent(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    drafts = commands.add_parser("drafts", help="letters that are not sent yet", allow_abbrev=False)
    steps = drafts.add_subparsers(dest="step", metavar="STEP", required=True)
    listed = _command(steps, "list", "list drafts, the one changed last first")
    listed.add_argument("--limit", type=_count, default=50, metavar="N", help="default: 50")
    _command(steps, "show", "show a draft").add_argument("draft", metavar="ID")
    send = _command(steps, "send", "make a draft a letter and send it")
    send.add_argument("draft", metavar="ID")
    _add_moment(send)
    send.add_argument(
        "--unverified",
        action="store_true",
        help="send it also to people of whom nobody has said who they are; asked once for each",
    )
    _command(steps, "remove", "throw a draft away, its documents too").add_argument(
        "draft", metavar="ID"
    )
    queue = _command(commands, "queue", "list letters that the relay does not have for everybody")
    queue.add_argument("--limit", type=_count, default=50, metavar="N", help="default: 50")
    cancel = _command(commands, "cancel", "make a letter that nobody can have yet a draft again")
    cancel.add_argument("message", metavar="ID")


def _add_organising(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    mail = commands.add_parser("mail", help="conversations, put away and filed", allow_abbrev=False)
    steps = mail.add_subparsers(dest="step", metavar="STEP", required=True)
    listed = _command(steps, "list", "list the conversations of a place, newest first")
    listed.add_argument(
        "--place", choices=("inbox", "to-do", "sent", "outbox", "archive", "all"), default="inbox"
    )
    listed.add_argument("--patient", metavar="ID", help="only what is filed under them")
    listed.add_argument("--limit", type=_count, default=50, metavar="N", help="default: 50")
    for name, text in (
        ("archive", "take conversations out of the inbox; a new letter brings them back"),
        ("unarchive", "bring conversations back to the inbox"),
        ("flag", "mark conversations as to be dealt with"),
        ("unflag", "nothing is to be done any more, not even to answer"),
        ("mark-read", "count letters as read; their senders are not told"),
        ("mark-unread", "take mark-read back, or count the newest letter as unread"),
        ("remove", "remove conversations; for half a minute restore brings them back"),
        ("restore", "bring removed conversations back"),
    ):
        command = _command(steps, name, text)
        command.add_argument("conversation", metavar="ID", nargs="+")
        if name == "remove":
            command.add_argument(
                "--filed", action="store_true", help="because they are in your own records now"
            )
    filed = _command(steps, "file", "file conversations under a patient")
    filed.add_argument("conversation", metavar="ID", nargs="+")
    under = filed.add_mutually_exclusive_group(required=True)
    under.add_argument("--patient", metavar="ID")
    under.add_argument("--nobody", action="store_true", help="under none")
    _add_patients(commands)
    _add_rights(commands)
    _add_erasures(commands)


def _add_rights(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    rights = commands.add_parser(
        "rights",
        help="who may be told about a patient, and what patients decide",
        allow_abbrev=False,
    )
    steps = rights.add_subparsers(dest="step", metavar="STEP", required=True)
    _command(
        steps, "show", "show to whom letters about a patient may go, and what was recorded"
    ).add_argument("patient", metavar="ID")
    consent = _decision(
        steps, "consent", "record that the patient consents to these being told", needs_to=True
    )
    consent.add_argument("--for", dest="purpose", required=True, metavar="PURPOSE")
    consent.add_argument(
        "--about",
        action="append",
        choices=words_of(DataKind),
        required=True,
        help="what it is about; may be given again",
    )
    consent.add_argument("--until", metavar="DAY", help="the last day; default: until withdrawn")
    _decision(steps, "withdraw", "record that a consent is withdrawn; without --to every consent")
    _decision(
        steps, "oppose", "record that nothing may go to these any more; without --to to nobody"
    )
    _decision(
        steps,
        "lift",
        "record that the patient no longer objects to these; without --to, to everybody",
    )
    _decision(steps, "informed", "record that the patient knows what goes to these", needs_to=True)
    care = _decision(steps, "care", "say what these have to do with the care", needs_to=True)
    care.add_argument(
        "--tie",
        choices=words_of(CareTie),
        required=True,
        help="none, takes-part (in the care), team (the same care team), self (the patient)",
    )


def _decision(
    steps: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    text: str,
    *,
    needs_to: bool = False,
) -> argparse.ArgumentParser:
    step = _command(steps, name, text)
    step.add_argument("patient", metavar="ID")
    step.add_argument("--to", metavar="ADDRESS[,…]", required=needs_to)
    step.add_argument(
        "--how",
        choices=words_of(Channel, but=(Channel.SCREEN,)),
        default="oral",
        help="default: oral",
    )
    step.add_argument(
        "--decided-by",
        choices=words_of(Capacity),
        default="patient",
        help="default: patient",
    )
    step.add_argument("--name", default="", help="of who decided, where that is not the patient")
    step.add_argument("--note", default="", help="kept with the record")
    return step


def _add_patients(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    patient = commands.add_parser(
        "patient", help="patients that letters are filed under", allow_abbrev=False
    )
    steps = patient.add_subparsers(dest="step", metavar="STEP", required=True)
    listed = _command(steps, "list", "list patients, those of the newest letters first")
    listed.add_argument("query", metavar="BEGINNING", nargs="*", help="of their names")
    listed.add_argument("--limit", type=_count, default=50, metavar="N", help="default: 50")
    save = _command(steps, "save", "add a patient, or correct one")
    save.add_argument("--patient", metavar="ID", help="whom to correct")
    save.add_argument("--family-name", required=True)
    save.add_argument("--given-name", default="")
    save.add_argument("--born", default="", metavar="DAY", help="1980-02-29")
    card = save.add_argument_group(
        "card", "what is not given stays as it is; an empty text removes"
    )
    card.add_argument("--birth-name")
    card.add_argument("--sex", choices=("female", "male", "unknown"))
    card.add_argument("--ins", metavar="NUMBER", help="15 characters; taken as not qualified")
    card.add_argument("--telephone")
    card.add_argument("--email")
    card.add_argument("--address")
    card.add_argument("--notes")
    card.add_argument("--died", metavar="DAY")
    card.add_argument("--seen", metavar="DAY", help="the last contact, if no letter tells it")
    _command(steps, "show", "show a patient's card").add_argument("patient", metavar="ID")
    merge = _command(steps, "merge", "let two patients who are one person be one")
    merge.add_argument("patient", metavar="KEPT")
    merge.add_argument("gone", metavar="GONE")
    _command(steps, "separate", "take the newest merge into a patient back").add_argument(
        "patient", metavar="ID"
    )
    _command(steps, "twice", "list pairs of patients who may be one person")
    taking = _command(steps, "import", "take patients over from a table (CSV)")
    taking.add_argument("file", metavar="FILE")
    taking.add_argument("--trial", action="store_true", help="only say what would come of it")
    _command(steps, "remove", "forget a patient under whom nothing is filed").add_argument(
        "patient", metavar="ID"
    )
    erased = _command(steps, "erase", "erase a patient for good, with everything filed under them")
    erased.add_argument("patient", metavar="ID")
    _add_plan(erased)


def _add_plan(erased: argparse.ArgumentParser) -> None:
    erased.add_argument(
        "--plan",
        action="store_true",
        help="erase nothing, but say what would go and what would stay",
    )


def _add_erasures(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    erasure = commands.add_parser(
        "erasure", help="what was erased for good, and its certificates", allow_abbrev=False
    )
    steps = erasure.add_subparsers(dest="step", metavar="STEP", required=True)
    _command(steps, "list", "list what was erased on this computer")
    letter = _command(steps, "letter", "erase one letter for good, with its documents")
    letter.add_argument("message", metavar="MESSAGE")
    _add_plan(letter)
    saved = _command(
        steps, "certificate", "write the certificate of an erasure, and what proves it"
    )
    saved.add_argument("erasure", metavar="NUMBER")
    saved.add_argument("--to", metavar="DIR", type=Path, default=Path())


def _add_folders(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    folders = commands.add_parser(
        "folders",
        help="folders for practice software: what it drops is sent, what arrives is written",
        allow_abbrev=False,
    )
    steps = folders.add_subparsers(dest="step", metavar="STEP", required=True)
    _command(steps, "show", "show what goes on, and what was refused")
    watched = _command(
        steps, "watch", "choose the folder; what is in it can be read by whoever uses this computer"
    )
    watched.add_argument("folder", metavar="DIR", type=Path)
    watched.add_argument(
        "--no-received", action="store_true", help="do not write what arrives to received/"
    )
    watched.add_argument(
        "--cda-as-xdm",
        action="store_true",
        help="write a CDA document as IHE_XDM.zip, for software that takes nothing else",
    )
    _command(steps, "run", "do once now what an open window does every few seconds")
    _command(steps, "stop", "watch no folder")
    verified = _command(steps, "verify", "check a result, and the documents that it names")
    verified.add_argument(
        "file", metavar="FILE", type=Path, help="a result (….uhs.json), or a received document"
    )


def _add_absence(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    absence = commands.add_parser(
        "absence", help="being away: who is told, who replaces you", allow_abbrev=False
    )
    steps = absence.add_subparsers(dest="step", metavar="STEP", required=True)
    _command(steps, "show", "show the absence that is going on or to come")
    away = _command(
        steps,
        "set",
        "tell all contacts that you are away, and answer who writes meanwhile, once; the answer goes only while"
        " this profile is open and online",
    )
    away.add_argument("--since", metavar="DAY", help="the first day, as 2026-12-24; default: now")
    away.add_argument("--until", required=True, metavar="DAY", help="the last day")
    away.add_argument("--replaced-by", metavar="ACCOUNT", help="a contact who can be written to")
    away.add_argument(
        "--text-file",
        metavar="FILE",
        help="what contacts are told, and the automatic answer; default: no answer, “-” for standard input",
    )
    _command(steps, "end", "you are back, or do not leave: contacts are told")


def _add_moment(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--at",
        metavar="WHEN",
        help="not before this moment (2026-11-24T08:00, in this computer's zone unless it says one);"
        " it goes when this profile is opened online after it",
    )


def _add_search(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    search = _command(
        commands,
        "search",
        "find letters by their words, on this computer only; says what was covered",
    )
    search.add_argument(
        "query",
        nargs="*",
        metavar="WORD",
        help="all of them, the last one as a beginning; quoted words stand together",
    )
    search.add_argument("--person", metavar="ACCOUNT", help="who it came from or went to")
    search.add_argument("--patient", metavar="ID", help="the patient it is filed under")
    search.add_argument("--since", metavar="DATE", help="YYYY-MM-DD, that day included")
    search.add_argument("--until", metavar="DATE", help="YYYY-MM-DD, that day included")
    search.add_argument("--with-documents", action="store_true")
    search.add_argument(
        "--kind",
        choices=[kind.name.lower() for kind in DocumentKind],
        help="with a document of this kind",
    )
    search.add_argument("--before", metavar="ID", help="go on below this message")
    search.add_argument("--limit", type=_count, default=50, metavar="N", help="default: 50")
    _command(commands, "unsearched", "list the documents that the search does not cover")


def _add_import(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    taking = _command(
        commands,
        "import",
        "take letters over from another mail program, into the archive; the same again goes on",
    )
    taking.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help=".eml and mbox files, or folders of them (Thunderbird, Maildir)",
    )
    taking.add_argument(
        "--own",
        action="append",
        default=[],
        metavar="ADDRESS",
        help="your e-mail address there: what comes from it was sent (again for each)",
    )


def _add_journal(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    journal = commands.add_parser(
        "journal",
        help="what was done, by whom, and its proofs",
        description="What was done, by whom, and its proofs. It is there for its owner and for who has to verify how "
        "health data was treated, not for watching the people who work here.",
        allow_abbrev=False,
    )
    steps = journal.add_subparsers(dest="step", metavar="STEP", required=True)
    listing = _command(steps, "list", "list what was done, the newest first")
    _add_narrowing(listing)
    listing.add_argument("--before", type=_count, metavar="N", help="go on below this act")
    listing.add_argument("--limit", type=_count, default=50, metavar="N", help="default: 50")
    written = _command(
        steps, "report", "write a report that people read: for a patient, an inspection or a court"
    )
    written.add_argument(
        "--for",
        dest="reader",
        required=True,
        choices=[reader.name.lower() for reader in ReportReader],
        help="patient: acts with the letters of --patient, naming no other patient; "
        "inspection: all acts; court: and where the log has each of them",
    )
    form = written.add_mutually_exclusive_group(required=True)
    form.add_argument("--pdf", type=Path, metavar="FILE", help="pages to print or hand over")
    form.add_argument("--csv", type=Path, metavar="FILE", help="lines for a spreadsheet")
    _add_narrowing(written)
    show = _command(
        steps,
        "show",
        "verify one act anew; --json has the bytes to verify it with other programs",
    )
    show.add_argument("entry", type=_count, metavar="N", help="its number in the list")
    show.add_argument(
        "--authority",
        type=Path,
        metavar="FILE",
        help="certificates (PEM or DER) of an authority of timestamps that you know, from its own site; without it those "
        "of the relay are used, which show that the two agree and no more",
    )


def _add_narrowing(listing: argparse.ArgumentParser) -> None:
    listing.add_argument("--person", metavar="ACCOUNT", help="acts that are about this person")
    listing.add_argument("--patient", metavar="ID", help="acts that are about this patient")
    listing.add_argument("--letter", metavar="ID", help="acts with this message, by anybody")
    listing.add_argument(
        "--kind", choices=[kind.name.lower() for kind in DeedKind], help="acts of this kind only"
    )
    listing.add_argument("--since", metavar="DATE", help="YYYY-MM-DD, that day included")
    listing.add_argument("--until", metavar="DATE", help="YYYY-MM-DD, that day included")


def _add_audit(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    audit = commands.add_parser("audit", help="the relay's journal", allow_abbrev=False)
    steps = audit.add_subparsers(dest="step", metavar="STEP", required=True)
    export = _command(
        steps,
        "export",
        "write acts and what proves them into one file, for who has to check them without this program",
    )
    export.add_argument(
        "--to", required=True, type=Path, metavar="DIR", help="the folder that gets the file"
    )
    export.add_argument("--letter", metavar="ID", help="acts with this message only")
    export.add_argument("--since", metavar="DATE", help="YYYY-MM-DD, that day included")
    export.add_argument("--until", metavar="DATE", help="YYYY-MM-DD, that day included")
    _command(steps, "verify", "verify again everything this computer can verify")
    alarms = _command(
        steps,
        "alarms",
        "list what had to be told; --json has the relay's contradicting notes as evidence",
    )
    alarms.add_argument(
        "--acknowledge",
        action="store_true",
        help="note that all of them were read; until then each command repeats them",
    )


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, text: str
) -> argparse.ArgumentParser:
    return commands.add_parser(
        name, help=text, description=text, allow_abbrev=False, parents=[_shared(is_top=False)]
    )


def _shared(*, is_top: bool) -> argparse.ArgumentParser:
    """Return the options that may stand before or after the command."""
    # What is not given after the command must not replace what was given before it.
    absent = None if is_top else argparse.SUPPRESS
    options = argparse.ArgumentParser(add_help=False)
    options.add_argument(
        "--profile",
        metavar="DIR",
        type=Path,
        default=absent,
        help="where everything of this account is kept (default: UHS_HOME, or the system's place for it)",
    )
    options.add_argument(
        "--account-number",
        metavar="NUMBER",
        type=int,
        choices=range(FIRST, MOST + 1),
        default=absent,
        help="which of several accounts in the profile, as “accounts” lists them (default: 1); register, link "
        "join and recovery restore make the account if it is not there",
    )
    options.add_argument(
        "--passphrase-file",
        metavar="FILE",
        default=absent,
        help="read the passphrase from a file, - for standard input; one line break at its end is dropped",
    )
    options.add_argument(
        "--json",
        action="store_true",
        default=False if is_top else argparse.SUPPRESS,
        help="write one JSON object",
    )
    return options


def _count(text: str) -> int:
    count = int(text)
    if not 1 <= count <= 10_000:
        raise argparse.ArgumentTypeError("from 1 to 10000")
    return count
