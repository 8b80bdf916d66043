# SPDX-License-Identifier: AGPL-3.0-or-later
"""The program `uhealthsec-relay`: serve, and the administrator's commands."""

from __future__ import annotations

import argparse
import asyncio
import errno
import json
import os
import socket
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from crypto_core.errors import WireError
from crypto_core.trust.timestamps import ImprintHash
from crypto_core.wire.audit import LIFE_MONTHS, AdministratorAct
from crypto_core.wire.enrolment import Enrolment, format_enrolment
from crypto_core.wire.ids import parse_address
from relay_server.accounts.invitations import invite
from relay_server.accounts.store import listed_devices
from relay_server.administration import administer, note
from relay_server.assurances.commands import add_commands as add_assurance_commands
from relay_server.audit.commands import add_admin_commands as add_audit_admin_commands
from relay_server.audit.commands import add_commands as add_audit_commands
from relay_server.audit.life import set_life
from relay_server.audit.purger import Purger
from relay_server.clock import system_clock
from relay_server.config import (
    DEFAULT_LISTEN,
    TIMESTAMP_HOURS,
    AuthorityConfig,
    ListenAddress,
    RelayConfig,
)
from relay_server.data_folder import DataFolder
from relay_server.database.access import Duty
from relay_server.database.durability import require_durable
from relay_server.database.pool import open_database
from relay_server.database.running import running_database
from relay_server.errors import MisuseError, ProblemError, StartError
from relay_server.logs import LOGGER, configure_logs
from relay_server.memory import settle
from relay_server.relay import running_relay
from relay_server.sessions.key_file import load_sign_in_keys
from relay_server.sessions.store import forget_epochs
from relay_server.sessions.throttle import Throttle
from relay_server.tls import prepare_certificate, server_context
from relay_server.web.server import RelayServer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crypto_core.wire.ids import Hash
    from relay_server.administration import Workplace
    from relay_server.database.running import RunningDatabase
    from relay_server.relay import Relay

_TIMESTAMP_HASHES: Final = {"sha512": ImprintHash.SHA_512, "sha3-512": ImprintHash.SHA3_512}
_INVITATION_DAYS: Final = 7
_MOST_INVITATION_DAYS: Final = 365
_BACKLOG: Final = 2048
_WHY_NOT_LISTEN: Final = {
    errno.EADDRINUSE: "another program does already; end it, or give another address with --listen",
    errno.EADDRNOTAVAIL: "this machine has no such address; give one that it has with --listen",
    errno.EACCES: "this user may not; give a port above 1023 with --listen",
}
_EXIT_CODES: Final = """\
exit codes:
  0   ended in good order
  1   cannot start; standard error says why in one sentence, and what to do
  2   the command line was not understood
  70  ended by a fault of its own
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code.

    0 after a clean end, 1 when it cannot start, 2 on misuse, 70 when it ended by a fault of its own.
    """
    options = _parser().parse_args(arguments)
    try:
        exit_code: int = options.command(options)
    except (StartError, ProblemError) as error:
        sys.stderr.write(f"uhealthsec-relay: {error}\n")
        return 2 if isinstance(error, MisuseError) else 1
    except BaseExceptionGroup as error:
        # One of the relay's own tasks has failed, which is a bug; what was committed is safe.
        LOGGER.critical("the relay ends", exc_info=error)
        return 70
    return exit_code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="uhealthsec-relay",
        description=__doc__,
        epilog=_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True)
    serve = commands.add_parser(
        "serve",
        help="run the relay until SIGTERM or SIGINT",
        epilog=_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    serve.set_defaults(command=_serve)
    serve.add_argument("--data", type=Path, required=True, metavar="DIR", help="the relay's folder")
    serve.add_argument(
        "--listen", default=DEFAULT_LISTEN, metavar="HOST:PORT", help="port 0: any free one"
    )
    serve.add_argument(
        "--public-url", metavar="URL", help="where clients reach the relay, if elsewhere"
    )
    serve.add_argument(
        "--relying-party",
        metavar="NAME",
        help="the DNS name that security keys know the relay by, if not the one of its URL; with another "
        "name they do not work any more",
    )
    serve.add_argument(
        "--database-url",
        default=os.environ.get("UHEALTHSEC_DATABASE_URL"),
        metavar="URL",
        help="a PostgreSQL (15 or later) to use instead of the embedded one, with an administrator's login; "
        "better given in the variable UHEALTHSEC_DATABASE_URL, where other users do not see it",
    )
    serve.add_argument(
        "--log-life-months",
        type=int,
        metavar="MONTHS",
        help="how long the technical log keeps what can be read of its entries, from now on and at later starts "
        f"({LIFE_MONTHS.least} to {LIFE_MONTHS.most}, 12 unless you have ever said otherwise; above 12 the law wants a "
        "documented reason)",
    )
    serve.add_argument(
        "--timestamp-authority",
        metavar="URL",
        help="an outside authority (RFC 3161) that is to timestamp the log; without one, proofs say that they are not "
        "externally timestamped. It gets hashes, and nothing else is connected to",
    )
    serve.add_argument(
        "--timestamp-certificates",
        type=Path,
        metavar="FILE",
        help="certificates (PEM) of the authority and of those before it; each is trusted",
    )
    serve.add_argument(
        "--timestamp-hours",
        type=int,
        default=TIMESTAMP_HOURS,
        metavar="HOURS",
        help=f"how long at least between two timestamps ({TIMESTAMP_HOURS})",
    )
    serve.add_argument(
        "--timestamp-hash",
        choices=list(_TIMESTAMP_HASHES),
        help="what timestamps are over. Changing it, before the hash so far is broken, renews every record at once "
        "(RFC 4998, hash-tree renewal); without this option it stays as it is, at first sha512",
    )
    admin = commands.add_parser("admin", help="the administrator's commands")
    admin_commands = admin.add_subparsers(required=True)
    invitation = admin_commands.add_parser("invite", help="print a one-time invitation code")
    invitation.set_defaults(command=_invite)
    invitation.add_argument(
        "--data", type=Path, required=True, metavar="DIR", help="the relay's folder"
    )
    invitation.add_argument(
        "--days",
        type=int,
        default=_INVITATION_DAYS,
        help=f"how long it can be used ({_INVITATION_DAYS})",
    )
    forgiving = admin_commands.add_parser(
        "forgive", help="let an account's devices sign in again that failed too often in a row"
    )
    forgiving.set_defaults(command=_forgive)
    forgiving.add_argument(
        "--data", type=Path, required=True, metavar="DIR", help="the relay's folder"
    )
    forgiving.add_argument("address", metavar="ADDRESS", help="the account's address, uhs:…")
    restored = admin_commands.add_parser(
        "restored",
        help="after an older database was restored: let each device sign in once without being taken for a copy",
    )
    restored.set_defaults(command=_restored)
    restored.add_argument(
        "--data", type=Path, required=True, metavar="DIR", help="the relay's folder"
    )
    add_assurance_commands(admin_commands)
    add_audit_admin_commands(admin_commands)
    add_audit_commands(commands)
    return parser


def _serve(options: argparse.Namespace) -> int:
    configure_logs()
    config = RelayConfig(
        data=options.data,
        listen=ListenAddress.parse(options.listen),
        public_url=options.public_url,
        relying_party=options.relying_party,
        database_url=options.database_url,
        log_life_months=options.log_life_months,
        timestamps=AuthorityConfig.read(
            options.timestamp_authority,
            options.timestamp_certificates,
            options.timestamp_hours,
            _TIMESTAMP_HASHES.get(options.timestamp_hash),
        ),
    )
    # The address first: where it is taken, nothing else is touched. Who connects early waits.
    with _listening_socket(config.listen) as listening:
        folder = DataFolder.prepare(config.data)
        with (
            folder.lock(),
            running_database(folder, config.database_url) as database,
            asyncio.Runner(loop_factory=_loop_factory()) as runner,
        ):
            runner.run(_run(config, folder, database, listening))
    LOGGER.info("the relay has stopped")
    return 0


async def _run(
    config: RelayConfig, folder: DataFolder, running: RunningDatabase, listening: socket.socket
) -> None:
    bound = ListenAddress(host=config.listen.host, port=listening.getsockname()[1])
    public_url = config.public_url or bound.url()
    host = str(urlsplit(public_url).hostname)
    pin = prepare_certificate(folder, host=host, clock=system_clock)
    async with (
        open_database(running.login) as database,
        open_database(running.login.on(Duty.PURGER)) as purging,
    ):
        await require_durable(database)
        if config.log_life_months is not None:
            await set_life(database, config.log_life_months)
        async with (
            running_relay(
                config, folder, database, public_url=public_url, clock=system_clock
            ) as relay,
            asyncio.TaskGroup() as tasks,
        ):
            purger = Purger(purging, announce=relay.sign_in.journal.wake)
            beside = [
                tasks.create_task(running.keep_running()),
                tasks.create_task(purger.run()),
            ]
            server = RelayServer(
                relay.application,
                context=server_context(folder),
                on_ready=lambda: _say_ready(relay, public_url, pin),
                on_stop=relay.events.close,
            )
            await server.serve([listening])
            for task in beside:
                task.cancel()


def _say_ready(relay: Relay, public_url: str, pin: Hash) -> None:
    """Tell whoever started us where we are, on the one line of standard output."""
    settle()
    enrolment = Enrolment(version=1, url=public_url, spki_sha256=pin, log_keys=relay.log.log_keys)
    ready = {"url": public_url, "enrolment": format_enrolment(enrolment)}
    sys.stdout.write(f"READY {json.dumps(ready)}\n")
    sys.stdout.flush()
    LOGGER.info("the relay is ready")


def _listening_socket(address: ListenAddress) -> socket.socket:
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    try:
        return socket.create_server((address.host, address.port), family=family, backlog=_BACKLOG)
    except OSError as error:
        # A name that cannot be resolved has a number of another kind.
        is_system = not isinstance(error, socket.gaierror)
        reason = (is_system and _WHY_NOT_LISTEN.get(error.errno or 0)) or error.strerror
        raise StartError(f"cannot listen on {address.host}:{address.port}: {reason}") from error


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if sys.platform == "win32":
        return None
    import uvloop  # noqa: PLC0415 - not on Windows

    return uvloop.new_event_loop


def _invite(options: argparse.Namespace) -> int:
    if not 1 <= options.days <= _MOST_INVITATION_DAYS:
        raise MisuseError(f"an invitation is good for 1 to {_MOST_INVITATION_DAYS} days")
    life = timedelta(days=options.days)

    async def work(found: Workplace) -> str:
        return await invite(
            found.database,
            life=life,
            clock=system_clock,
            note=lambda session: note(session, AdministratorAct.INVITED),
        )

    return administer(options.data, work)


def _forgive(options: argparse.Namespace) -> int:
    try:
        account = parse_address(options.address)
    except WireError as error:
        raise MisuseError(str(error)) from error

    async def work(found: Workplace) -> str:
        throttle = Throttle(keys=load_sign_in_keys(found.folder.sign_in_key), clock=system_clock)
        async with found.database.session() as session, session.transaction():
            devices = await listed_devices(session, account)
            for device in devices:
                await throttle.forgive(session, device)
            if devices:
                await note(session, AdministratorAct.FORGIVEN, account=account)
        return f"{len(devices)} devices may sign in again"

    return administer(options.data, work)


def _restored(options: argparse.Namespace) -> int:
    async def work(found: Workplace) -> str:
        async with found.database.session() as session, session.transaction():
            devices = await forget_epochs(session)
            await note(session, AdministratorAct.RESTORED)
        return f"{devices} devices may sign in once without the comparison with their last sign-in"

    return administer(options.data, work)
