# SPDX-License-Identifier: AGPL-3.0-or-later
"""Requests made up from the relay's own description, by a device that has signed in: nothing is a 5xx."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import cbor2
import httpx
import pytest
import schemathesis
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from schemathesis.core.result import Ok

from app.engine.main import SystemClock
from crypto_core.wire.relay_api import (
    CBOR,
    PATH_RECOVERY,
    PATH_RECOVERY_CODES,
    PATH_RECOVERY_PACKAGE,
    PATH_RECOVERY_VETO,
)
from relay_server.web.openapi import BYTES
from tests.integration.relay.sign_in.kit import let_in
from tests.integration.relay.sign_in.proving_session import ProvingSession, key_of
from tests.integration.relay_process import RelayProcess, running_relay
from tests.integration.signed_in_device import SignedInDevice

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from schemathesis import BaseSchema, SerializationContext

    from tests.contract.relay_callers import RelayCaller

EXAMPLES: Final = 25


@pytest.fixture(scope="module")
def session(relay: RelayProcess) -> Iterator[ProvingSession]:
    """Requests of a device that has signed in."""

    async def sign_in(device: SignedInDevice) -> tuple[RelayCaller, str]:
        await device.sign_in()
        return device.caller, str(device.access_token)

    with session_of(relay, sign_in) as session:
        yield session


@pytest.fixture(scope="module")
def recovering(relay: RelayProcess) -> Iterator[ProvingSession]:
    """Requests of a computer that comes back with the kit."""

    async def come_back(device: SignedInDevice) -> tuple[RelayCaller, str]:
        caller = replace(device.caller, request_key=Ed25519PrivateKey.generate())
        return caller, await let_in(replace(device, caller=caller), caller.root)

    with session_of(relay, come_back) as session:
        yield session


@contextlib.contextmanager
def session_of(
    relay: RelayProcess,
    enter: Callable[[SignedInDevice], Awaitable[tuple[RelayCaller, str]]],
) -> Iterator[ProvingSession]:
    """Yield requests with the key and the token that a registered device gets."""
    certificate = relay.data / "tls-certificate.pem"

    async def registered() -> tuple[RelayCaller, str]:
        trusted = ssl.create_default_context(cafile=certificate)
        async with httpx.AsyncClient(verify=trusted) as http:
            device = SignedInDevice.invent(http, relay.url, SystemClock())
            response = await device.register(await asyncio.to_thread(relay.invite))
            assert response.status_code == 200, response.text
            return await enter(device)

    caller, token = asyncio.run(registered())
    shown = {"access_token": token, "token_type": "bearer"}
    with ProvingSession(key_of(caller), token=shown) as session:
        session.trust_env = False
        session.verify = str(certificate)
        yield session


@pytest.fixture(scope="module")
def relay() -> Iterator[RelayProcess]:
    """A relay for these requests only: they may end sessions and fill tables."""
    with running_relay() as process:
        yield process


@pytest.fixture(scope="module")
def described(relay: RelayProcess) -> BaseSchema:
    """The relay's own description; the end of all sessions is left out, or all else would be refused."""
    trusted = ssl.create_default_context(cafile=relay.data / "tls-certificate.pem")
    document = httpx.get(f"{relay.url}/openapi.json", verify=trusted).json()
    del document["paths"]["/v1/sessions"]["delete"]
    # It does not end.
    del document["paths"]["/v1/events"]
    return schemathesis.openapi.from_dict(document)


@schemathesis.serializer(CBOR)
def encoded(context: SerializationContext, value: Any) -> bytes:  # noqa: ANN401 - as generated
    """Return the CBOR of a generated body, texts that stand for byte strings turned into those."""
    raw: dict[str, Any] = context.case.operation.definition.raw
    content = raw.get("requestBody", {}).get("content", {})
    described = content.get(CBOR, {}).get("schema", {})
    root = context.case.operation.schema.raw_schema
    return cbor2.dumps(_with_bytes(value, described, root))


def _with_bytes(value: Any, described: Any, root: Any) -> Any:  # noqa: ANN401 - JSON of any kind
    if not isinstance(described, dict):
        return value
    if "$ref" in described:
        name = described["$ref"].rpartition("/")[2]
        return _with_bytes(value, root["components"]["schemas"][name], root)
    if "anyOf" in described:
        return None if value is None else _with_bytes(value, described["anyOf"][0], root)
    if isinstance(value, str) and described.get("contentEncoding") == BYTES:
        return value.encode("utf-8", "surrogatepass")
    if isinstance(value, list):
        parts = described.get("prefixItems")
        items = parts or [described.get("items", {})] * len(value)
        return [
            _with_bytes(each, items[at] if at < len(items) else {}, root)
            for at, each in enumerate(value)
        ]
    return value


def test_no_request_is_a_fault_of_the_relay(
    described: BaseSchema, relay: RelayProcess, session: ProvingSession
) -> None:
    operations = [found.ok() for found in described.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) > 20
    for operation in operations:
        # What is asked with a proof and a token is not turned away at the door.
        assert answers_to(operation, relay, session) != {401}, operation.label


def test_no_request_of_a_recovery_is_a_fault_of_the_relay(
    described: BaseSchema, relay: RelayProcess, recovering: ProvingSession
) -> None:
    operations = [found.ok() for found in described.get_all_operations() if isinstance(found, Ok)]
    asked = {
        operation.label: answers_to(operation, relay, recovering)
        for operation in operations
        if operation.path.startswith(PATH_RECOVERY) and operation.path != PATH_RECOVERY_CODES
    }
    assert len(asked) == 4
    # There is no package yet; what is for others is refused by the kind of the token.
    assert asked[f"GET {PATH_RECOVERY_PACKAGE}"] == {404}
    assert 401 not in asked[f"POST {PATH_RECOVERY}"] | asked[f"POST {PATH_RECOVERY_VETO}"]
    assert asked[f"PUT {PATH_RECOVERY_PACKAGE}"] == {403}


def answers_to(operation: Any, relay: RelayProcess, session: ProvingSession) -> set[int]:  # noqa: ANN401 - generic
    """Return which statuses the made up requests of an operation were answered with."""
    answered: set[int] = set()

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(case=operation.as_strategy())
    def hold(case: Any) -> None:  # noqa: ANN401 - generic
        response = case.call(base_url=relay.url, session=session)
        answered.add(response.status_code)
        assert response.status_code < 500, (operation.label, response.text)
        if response.status_code >= 400:
            kind = response.headers["content-type"][0]
            assert kind in {"application/problem+json", "application/json"}

    hold()
    return answered
