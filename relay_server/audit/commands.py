# SPDX-License-Identifier: AGPL-3.0-or-later
"""The operator's commands about the log: `audit check`, `status` and `keys`, `admin purge`."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crypto_core.trust.checkpoints import format_verifier_key
from crypto_core.wire.audit import AdministratorAct
from relay_server.administration import administer, note
from relay_server.audit.check import MOST_FINDINGS, ContinuedCheck, Damage, note_look
from relay_server.audit.checkpoint_file import CheckpointFile
from relay_server.audit.keys import load_signers
from relay_server.audit.purger import Purger
from relay_server.audit.status import read_status
from relay_server.clock import system_clock
from relay_server.data_folder import DataFolder
from relay_server.database.access import Duty
from relay_server.database.pool import open_database
from relay_server.errors import MisuseError, StartError

if TYPE_CHECKING:
    import argparse

    from relay_server.administration import Workplace
    from relay_server.audit.check import Finding, LogCheck

EXIT_DAMAGED: Final = 4
_SENTENCES: Final = {
    Damage.LEAF_MISSING: "leaf {place} is missing",
    Damage.ENTRY_MISSING: "the entry of leaf {place} is missing",
    Damage.ENTRY_BACK: "of the first {place} leaves more entries are there than the log says were left",
    Damage.ENTRY_CHANGED: "the entry of leaf {place} was changed",
    Damage.ACTOR_CHANGED: "what stands beside the entry of leaf {place} was changed",
    Damage.CHAIN_BROKEN: "leaf {place} does not follow the last one of whoever made it",
    Damage.SIGNATURE_INVALID: "the signature of leaf {place} does not verify",
    Damage.NODE_CHANGED: "a stored hash above leaf {place} was changed",
    Damage.ROOT_CHANGED: "the root of the first {place} leaves is not what was noted when they were written",
    Damage.SHORTER_THAN_SIGNED: "the log has {place} leaves, and more have been signed",
    Damage.OTHER_THAN_SIGNED: "the first {place} leaves are not those that have been signed",
    Damage.KEYS_CHANGED: "the keys of accounts are not those that the log of {place} leaves commits to",
}
_EVERY_MINUTES: Final = 5
_MOST_MINUTES: Final = 1440
_WHOLE_HOURS: Final = 24
_PURGE_ATTEMPTS: Final = 60
_PURGE_PAUSE_SECONDS: Final = 1.0
_PURPOSE: Final = (
    "The log is there to prove what became of letters and who was let in. It is not for watching staff: to use it so "
    "would be another purpose than the one it may be kept for (CNIL 2021-122)."
)
_ADVICE: Final = (
    "Do not serve this database. Keep a copy of it and of the relay's folder as evidence, find out who could write "
    "there, and restore the newest backup that this command finds intact."
)


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `audit` to the program's commands."""
    audit = commands.add_parser(
        "audit", help="the log, looked at by its operator", description=_PURPOSE
    )
    audit_commands = audit.add_subparsers(required=True)
    keys = audit_commands.add_parser(
        "keys",
        help="print the log's two public keys, for who has to check its receipts without the relay",
    )
    keys.set_defaults(command=_keys)
    _add_data(keys)
    checking = audit_commands.add_parser(
        "check",
        help="go over the whole log, beside the running relay or without it",
        description="Goes over every leaf, hash and root of the log, and compares them with the last checkpoint "
        "that was signed. Prints what is wrong, one line each, on standard output.",
        epilog=f"exit codes:\n  0   intact\n  {EXIT_DAMAGED}   something was changed, added or removed\n"
        "  1   the log cannot be read; standard error says why",
    )
    checking.set_defaults(command=_check)
    _add_data(checking)
    checking.add_argument(
        "--signatures",
        action="store_true",
        help="verify both signatures of every leaf as well; about an hour for ten million",
    )
    checking.add_argument(
        "--continuous",
        action="store_true",
        help=f"go on until interrupted: after the whole log what is new, and every {_WHOLE_HOURS} hours the whole "
        "again; ends at the first damage",
    )
    checking.add_argument(
        "--every",
        type=int,
        default=_EVERY_MINUTES,
        metavar="MINUTES",
        help=f"how long to wait in between ({_EVERY_MINUTES})",
    )
    state = audit_commands.add_parser(
        "status", help="how the log is, in numbers", description=_PURPOSE
    )
    state.set_defaults(command=_status)
    _add_data(state)
    state.add_argument("--json", action="store_true", help="for programs: one JSON object")


def add_admin_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `purge` to those of the administrator."""
    purging = commands.add_parser(
        "purge",
        help="erase now what the technical log has held for its life, which the running relay does every day",
    )
    purging.set_defaults(command=_purge)
    _add_data(purging)


def _add_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data", type=Path, required=True, metavar="DIR", help="the relay's folder"
    )


def _keys(options: argparse.Namespace) -> int:
    folder = DataFolder(options.data)
    if not folder.log_key.exists():
        # Reading it would make a new one.
        raise StartError(f"there is no log in {options.data}")
    identity = load_signers(folder.log_key, clock=system_clock).identity
    for key in (identity.ed25519, identity.ml_dsa_44):
        sys.stdout.write(f"{format_verifier_key(key)}\n")
    return 0


def _check(options: argparse.Namespace) -> int:
    if not 1 <= options.every <= _MOST_MINUTES:
        raise MisuseError(f"--every is between 1 and {_MOST_MINUTES} minutes")
    findings: list[Finding] = []

    async def work(found: Workplace) -> str:
        signers = load_signers(found.folder.log_key, clock=system_clock)
        checkpoints = CheckpointFile(found.folder.checkpoint)
        checking: ContinuedCheck | None = None
        begun = 0.0
        while True:
            is_whole = checking is None or time.monotonic() - begun >= _WHOLE_HOURS * 3600
            if checking is None or is_whole:
                begun = time.monotonic()
                checking = ContinuedCheck(signers.identity, verifies_signatures=options.signatures)
            # Before the database is read: a relay that runs signs what is in it already.
            remembered = checkpoints.load(signers.identity)
            async with found.database.session() as session:
                checked = await checking.go_on(session, remembered)
                if is_whole or checked.findings:
                    await note_look(session, checked)
            if checked.findings or not options.continuous:
                findings.extend(checked.findings)
                return told(checked)
            sys.stdout.write(f"{told(checked)}\n")
            sys.stdout.flush()
            await asyncio.sleep(options.every * 60)

    try:
        code = administer(options.data, work, duty=Duty.AUDITOR)
    except KeyboardInterrupt:
        return 0
    if not findings:
        return code
    sys.stderr.write(f"uhealthsec-relay: {_ADVICE}\n")
    return EXIT_DAMAGED


def _status(options: argparse.Namespace) -> int:
    async def work(found: Workplace) -> str:
        async with found.database.session() as session:
            state = await read_status(session, checkpoint=found.folder.checkpoint)
        return state.as_json() if options.json else state.as_text(system_clock())

    return administer(options.data, work, duty=Duty.READER)


def _purge(options: argparse.Namespace) -> int:
    async def work(found: Workplace) -> str:
        async with open_database(found.login.on(Duty.PURGER)) as purging:
            purger = Purger(purging, announce=lambda: None)
            erased, waits = 0, True
            for attempt in range(_PURGE_ATTEMPTS if found.may_run else 1):
                purged = await purger.purge()
                if attempt == 0 and (purged.entries or purged.waits):
                    async with found.database.session() as session:
                        await note(session, AdministratorAct.ERASURE_BEGUN)
                erased, waits = erased + purged.entries, purged.waits
                if not waits:
                    break
                await asyncio.sleep(_PURGE_PAUSE_SECONDS)
        said = f"{erased} entries were erased"
        return f"{said}; the others go as soon as the relay can write to its log" if waits else said

    return administer(options.data, work)


def told(check: LogCheck) -> str:
    """Say what was looked at, and what was found."""
    looked = f"{check.leaves} leaves and {check.roots} roots"
    if check.erased:
        looked += f", {check.erased} entries erased at the end of their time"
    if check.signatures:
        looked += f", {check.signatures} signatures"
    if not check.findings:
        return f"intact: {looked}"
    lines = [f"damaged: {looked} looked at"]
    lines += [
        f"{each.damage.value}: {_SENTENCES[each.damage].format(place=each.place)}"
        for each in check.findings
    ]
    if check.is_over:
        lines.append(f"after {MOST_FINDINGS} findings nothing more was looked at")
    return "\n".join(lines)
