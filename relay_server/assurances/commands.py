# SPDX-License-Identifier: AGPL-3.0-or-later
"""The operator's commands about who somebody is: `admin verify` and `admin revoke`.

`relay_server/design/assurance.md` is the procedure that they are part of.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from crypto_core.errors import WireError
from crypto_core.wire.assurance import DocumentKind, RevocationReason
from crypto_core.wire.ids import parse_address
from relay_server.administration import administer
from relay_server.assurances import desk
from relay_server.clock import system_clock, to_datetime, to_millis
from relay_server.errors import StartError

if TYPE_CHECKING:
    import argparse

    from crypto_core.wire.ids import AccountId, UnixMillis
    from relay_server.administration import Workplace

E = TypeVar("E", bound=IntEnum)

_A_DAY: Final = timedelta(days=1)


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add both commands to those of the administrator."""
    verifying = commands.add_parser(
        "verify", help="say in the log that a document was seen which shows who has an account"
    )
    verifying.set_defaults(command=_verify)
    _add_account(verifying)
    verifying.add_argument(
        "--document", required=True, choices=_names(DocumentKind), help="what was seen"
    )
    verifying.add_argument(
        "--on", required=True, type=_date, metavar="DATE", help="when it was seen: 2026-03-31"
    )
    verifying.add_argument(
        "--until", type=_date, metavar="DATE", help="the last day on which this holds"
    )
    revoking = commands.add_parser(
        "revoke", help="say in the log that nothing holds any more that was verified of an account"
    )
    revoking.set_defaults(command=_revoke)
    _add_account(revoking)
    revoking.add_argument("--reason", required=True, choices=_names(RevocationReason))


def _add_account(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data", type=Path, required=True, metavar="DIR", help="the relay's folder"
    )
    parser.add_argument("address", metavar="ADDRESS", help="the account's address, uhs:…")


def _verify(options: argparse.Namespace) -> int:
    account = _account(options)
    today = to_datetime(system_clock()).date()
    # Somewhere on earth it is already tomorrow.
    if options.on > today + _A_DAY:
        raise StartError("--on is a day in the future")
    if options.until is not None and options.until < max(options.on, today):
        raise StartError("--until is a day in the past")
    expires_at = None if options.until is None else _midnight(options.until + _A_DAY)

    async def work(found: Workplace) -> str:
        orders = await desk.verify(
            found.database,
            account,
            document=_value(DocumentKind, options.document),
            checked_at=_midnight(options.on),
            expires_at=expires_at,
        )
        return await _said(found, orders, "verified")

    return administer(options.data, work)


def _revoke(options: argparse.Namespace) -> int:
    account = _account(options)

    async def work(found: Workplace) -> str:
        orders = await desk.revoke(
            found.database, account, reason=_value(RevocationReason, options.reason)
        )
        return await _said(found, orders, "no longer verified")

    return administer(options.data, work)


async def _said(found: Workplace, orders: tuple[int, ...], state: str) -> str:
    if not found.may_run:
        return f"noted: the account is {state} as soon as the relay runs, which it does not now"
    if await desk.is_logged(found.database, orders):
        return f"the account is {state}, and the log says so"
    return f"noted: the account is {state} as soon as the relay can write to its log"


def _account(options: argparse.Namespace) -> AccountId:
    try:
        return parse_address(options.address)
    except WireError as error:
        raise StartError(str(error)) from error


def _names(kind: type[IntEnum]) -> tuple[str, ...]:
    return tuple(each.name.lower().replace("_", "-") for each in kind)


def _value(kind: type[E], name: str) -> E:
    return kind[name.upper().replace("-", "_")]


def _date(text: str) -> date:
    return date.fromisoformat(text)


def _midnight(day: date) -> UnixMillis:
    return to_millis(datetime.combine(day, time(), UTC))
