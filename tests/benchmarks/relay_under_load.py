# SPDX-License-Identifier: AGPL-3.0-or-later
"""A relay without limits of rate and without TLS, as a process for the benchmark to put load on.

Beside the product's own paths it has `PATH_CHECKED`: POST /v1/envelopes from where the caller and the
statement's signature are checked. `READY` is followed by the port and by the superuser's URL of each database.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import uvicorn
import uvloop

from crypto_core.wire.audit import Verb
from crypto_core.wire.relay_api import PostEnvelopeRequest
from relay_server.audit.statements import read_statement
from relay_server.clock import system_clock
from relay_server.config import ListenAddress, RelayConfig
from relay_server.data_folder import DataFolder
from relay_server.database.access import ensure_database, prepare
from relay_server.database.embedded import SUPERUSER, EmbeddedPostgres, bundled_programs
from relay_server.database.pool import open_database
from relay_server.limits import Rate, RateLimiter, RateLimits
from relay_server.logs import configure_logs
from relay_server.memory import settle
from relay_server.relay import Relay, running_relay
from relay_server.web.application import Application
from relay_server.web.endpoints import Endpoint, cbor, read_cbor
from relay_server.web.server import BoundedProtocol

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send

    from relay_server.authentication.door import Caller
    from relay_server.database.access import DatabaseLogin

PATH_CHECKED: Final = "/checked"
CALLER_HEADER: Final = "request-key"
PUBLIC_URL: Final = "https://relay.example"
DATABASES: Final = ("relay", "baseline")
_NO_LIMIT: Final = Rate(per_second=1e9, burst=1e9)


def already_checked(relay: Relay) -> Endpoint:
    """Return the endpoint that begins where the product's own has finished its checks."""
    callers: dict[str, Caller] = {}

    async def post(request: Request) -> Response:
        key = request.headers[CALLER_HEADER]
        caller = callers.get(key) or await relay.devices.find(bytes.fromhex(key))
        assert caller is not None
        callers[key] = caller
        wanted = await read_cbor(request, PostEnvelopeRequest)
        effect = relay.mailbox.read_envelope(caller, wanted.envelope)
        act = read_statement(wanted.statement, actor=caller.pseudonym, verb=Verb.ENVELOPE_ACCEPTED)
        return cbor(await relay.mailbox.accept_checked(act, effect))

    return Endpoint(method="POST", path=PATH_CHECKED, summary="Already checked.", handler=post)


async def serve(folder: DataFolder, login: DatabaseLogin, urls: dict[str, str]) -> None:
    """Serve until standard input ends."""
    limits = RateLimits(
        address=_NO_LIMIT, device=_NO_LIMIT, registration=_NO_LIMIT, sign_in=_NO_LIMIT
    )
    config = RelayConfig(
        data=folder.path, listen=ListenAddress(host="127.0.0.1", port=0), rates=limits
    )
    async with (
        open_database(login) as database,
        running_relay(config, folder, database, public_url=PUBLIC_URL, clock=system_clock) as relay,
    ):
        checked = Application(
            [already_checked(relay)], addresses=RateLimiter(_NO_LIMIT, clock=system_clock)
        )

        async def application(scope: Scope, receive: Receive, send: Send) -> None:
            chosen = checked if scope["path"] == PATH_CHECKED else relay.application
            await chosen(scope, receive, send)

        server = uvicorn.Server(
            uvicorn.Config(
                application,
                http=BoundedProtocol,
                ws="none",
                lifespan="off",
                loop="none",
                access_log=False,
                proxy_headers=False,
                log_config=None,
            )
        )
        listening = socket.create_server(("127.0.0.1", 0))
        ready = {"port": listening.getsockname()[1], "urls": urls}
        settle()
        # Who connects before the server accepts waits in the socket's backlog.
        sys.stdout.write(f"READY {json.dumps(ready)}\n")
        sys.stdout.flush()
        serving = asyncio.create_task(server.serve([listening]))
        await asyncio.to_thread(sys.stdin.read)
        server.should_exit = True
        await serving


def main() -> None:
    """Prepare both databases in one cluster below the folder given, and serve."""
    configure_logs()
    folder = DataFolder.prepare(Path(sys.argv[1]))
    postgres = EmbeddedPostgres(folder.postgresql, programs=bundled_programs())
    address = postgres.start()
    try:
        for name in DATABASES:
            ensure_database(address.url(SUPERUSER), name)
        urls = {name: address.url(name) for name in DATABASES}
        prepare(urls["baseline"], password="unused")
        login = prepare(urls["relay"], password="of the benchmark")
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve(folder, login, urls))
    finally:
        postgres.stop()


if __name__ == "__main__":
    main()
