# SPDX-License-Identifier: AGPL-3.0-or-later
"""A relay that is killed between any two steps of a sign-in, and what its operator can do."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import httpx
import pytest

from app.engine.main import SystemClock
from app.engine.network.dpop import base64url
from crypto_core.wire.ids import format_address
from crypto_core.wire.oauth import PATH_CHALLENGE
from relay_server.sessions.throttle import FREE_FAILURES
from tests.integration.relay_process import ROOT, RelayProcess, start_relay
from tests.integration.signed_in_device import SignedInDevice

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine
    from pathlib import Path
    from typing import Any

VERIFIER: Final = "a" * 43


class Place:
    """A relay that can be killed and started again at the same address."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self.process = start_relay(data)

    def kill(self) -> None:
        """End it as a power cut would, and start it again."""
        port = self.process.url.rpartition(":")[2]
        self._end(RelayProcess.kill)
        self.process = start_relay(self._data, listen=f"127.0.0.1:{port}")

    def stop(self) -> None:
        self._end(RelayProcess.stop)

    def _end(self, how: Callable[[RelayProcess], object]) -> None:
        how(self.process)
        assert self.process.process.stdout is not None
        self.process.process.stdout.close()

    @contextlib.asynccontextmanager
    async def device(self) -> AsyncIterator[SignedInDevice]:
        """Yield a device that is not registered; it connects anew for every request."""
        trusted = ssl.create_default_context(cafile=self._data / "tls-certificate.pem")
        limits = httpx.Limits(max_keepalive_connections=0)
        async with httpx.AsyncClient(verify=trusted, limits=limits, timeout=60) as http:
            yield SignedInDevice.invent(http, self.process.url, SystemClock())


@pytest.fixture
def on_a_place(
    tmp_path: Path,
) -> Callable[[Callable[[Place], Coroutine[Any, Any, None]]], None]:
    """Run a story against a relay process."""

    def run(story: Callable[[Place], Coroutine[Any, Any, None]]) -> None:
        place = Place(tmp_path / "data")
        try:
            asyncio.run(story(place))
        finally:
            place.stop()

    return run


def test_kill_nine_between_any_two_steps_costs_at_most_a_repetition(
    on_a_place: Callable[[Callable[[Place], Coroutine[Any, Any, None]]], None],
) -> None:
    async def story(place: Place) -> None:
        async with place.device() as device:
            invitation = place.process.invite()
            setup = await device.set_up(invitation)
            place.kill()
            # The proofs of before the start are refused for a second, as every client knows.
            request = device.caller.registration(invitation, sign_in=setup)
            response = await patiently(lambda: device.post_without_session("/v1/accounts", request))
            assert response.status_code == 200, response.text
            place.kill()
            begun, response = await device.begin(VERIFIER)
            while response.status_code == 503:
                begun, response = await device.begin(VERIFIER)
            found = response.json()
            place.kill()
            ke3 = base64url(begun.finish(found))
            session = found["auth_session"]
            response = await patiently(
                lambda: device.post_form(PATH_CHALLENGE, auth_session=session, opaque_ke3=ke3)
            )
            half = response.json()["auth_session"]
            place.kill()
            response = await patiently(
                lambda: device.post_form(
                    PATH_CHALLENGE, auth_session=half, totp=device.one_time_code()
                )
            )
            code = response.json()["authorization_code"]
            place.kill()
            response = await patiently(lambda: device.redeem(code, VERIFIER))
            assert response.is_success, response.text
            place.kill()
            response = await patiently(lambda: device.send("GET", "/v1/sessions"))
            assert response.is_success, response.text
            used = device.refresh_token
            assert (await device.refresh()).is_success
            place.kill()
            # Nor has the relay forgotten what was used up.
            response = await patiently(lambda: device.refresh(used))
            assert response.json()["reason"] == "reused"
            assert not await device.is_admitted()

    on_a_place(story)


async def patiently(
    ask: Callable[[], Coroutine[Any, Any, httpx.Response]],
) -> httpx.Response:
    """Ask until the relay has been up long enough to know proofs of before its start."""
    while (response := await ask()).status_code == 503:
        pass
    return response


def test_an_operator_forgives_by_address(
    on_a_place: Callable[[Callable[[Place], Coroutine[Any, Any, None]]], None], tmp_path: Path
) -> None:
    async def story(place: Place) -> None:
        async with place.device() as device:
            invitation = place.process.invite()
            response = await patiently(lambda: device.register(invitation))
            assert response.status_code == 200
            for _ in range(FREE_FAILURES + 3):
                _, response = await device.begin(VERIFIER)
            assert response.status_code == 429
            for address, expected in (
                ("uhs:nobody", 2),
                (format_address(device.caller.account), 0),
            ):
                done = await asyncio.to_thread(administer, tmp_path / "data", "forgive", address)
                assert done.returncode == expected, done.stderr
            _, response = await device.begin(VERIFIER)
            assert response.json()["next"] == ["opaque"]
            # And after a backup was restored, by a word for all.
            done = await asyncio.to_thread(administer, tmp_path / "data", "restored")
            assert (done.returncode, done.stdout.split()[0]) == (0, b"0"), done.stderr

    on_a_place(story)


def administer(data: Path, command: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run one of the operator's commands."""
    return subprocess.run(
        [
            *(sys.executable, "-m", "relay_server", "admin", command),
            *("--data", str(data), *arguments),
        ],
        cwd=ROOT,
        check=False,
        capture_output=True,
    )
