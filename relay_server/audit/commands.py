# SPDX-License-Identifier: AGPL-3.0-or-later
"""The operator's command about the log: `audit check`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crypto_core.trust.checkpoints import format_verifier_key
from relay_server.administration import administer
from relay_server.audit.check import MOST_FINDINGS, Damage, LogCheck, check_log
from relay_server.audit.checkpoint_file import CheckpointFile
from relay_server.audit.keys import load_signers
from relay_server.clock import system_clock
from relay_server.data_folder import DataFolder
from relay_server.errors import StartError

if TYPE_CHECKING:
    import argparse

    from relay_server.administration import Workplace

EXIT_DAMAGED: Final = 4
_SENTENCES: Final = {
    Damage.LEAF_MISSING: "leaf {place} is missing",
    Damage.ENTRY_MISSING: "the entry of leaf {place} is missing",
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
_ADVICE: Final = (
    "Do not serve this database. Keep a copy of it and of the relay's folder as evidence, find out who could write "
    "there, and restore the newest backup that this command finds intact."
)


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `audit` to the program's commands."""
    audit = commands.add_parser("audit", help="the log, looked at by its operator")
    audit_commands = audit.add_subparsers(required=True)
    keys = audit_commands.add_parser(
        "keys",
        help="print the log's two public keys, for who has to check its receipts without the relay",
    )
    keys.set_defaults(command=_keys)
    keys.add_argument("--data", type=Path, required=True, metavar="DIR", help="the relay's folder")
    checking = audit_commands.add_parser(
        "check",
        help="go over the whole log, beside the running relay or without it",
        description="Goes over every leaf, hash and root of the log, and compares them with the last checkpoint "
        "that was signed. Prints what is wrong, one line each, on standard output.",
        epilog=f"exit codes:\n  0   intact\n  {EXIT_DAMAGED}   something was changed, added or removed\n"
        "  1   the log cannot be read; standard error says why",
    )
    checking.set_defaults(command=_check)
    checking.add_argument(
        "--data", type=Path, required=True, metavar="DIR", help="the relay's folder"
    )
    checking.add_argument(
        "--signatures",
        action="store_true",
        help="verify both signatures of every leaf as well; about an hour for ten million",
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
    checks: list[LogCheck] = []

    async def work(found: Workplace) -> str:
        signers = load_signers(found.folder.log_key, clock=system_clock)
        # Before the database is read: a relay that runs signs what is in it already.
        remembered = CheckpointFile(found.folder.checkpoint).load(signers.identity)
        async with found.database.session() as session:
            checked = await check_log(
                session,
                identity=signers.identity,
                remembered=remembered,
                verifies_signatures=options.signatures,
            )
        checks.append(checked)
        return told(checked)

    code = administer(options.data, work)
    if not any(each.findings for each in checks):
        return code
    sys.stderr.write(f"uhealthsec-relay: {_ADVICE}\n")
    return EXIT_DAMAGED


def told(check: LogCheck) -> str:
    """Say what was looked at, and what was found."""
    looked = f"{check.leaves} leaves and {check.roots} roots"
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
