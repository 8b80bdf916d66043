# SPDX-License-Identifier: AGPL-3.0-or-later
"""Requests made up from the relay's own description, by a device that has signed in: nothing is a 5xx."""

from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING, Any, Final

import cbor2
import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.core.result import Ok

from app.engine.main import SystemClock
from crypto_core.wire.relay_api import CBOR
from relay_server.web.openapi import BYTES
from tests.integration.relay.sign_in.proving_session import ProvingSession, key_of
from tests.integration.relay_process import RelayProcess, running_relay
from tests.integration.signed_in_device import SignedInDevice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemathesis import BaseSchema, SerializationContext

EXAMPLES: Final = 25


@pytest.fixture(scope="module")
def session(relay: RelayProcess) -> Iterator[ProvingSession]:
    """Requests of a device that has signed in."""
    certificate = relay.data / "tls-certificate.pem"

    async def signed_in() -> SignedInDevice:
        trusted = ssl.create_default_context(cafile=certificate)
        async with httpx.AsyncClient(verify=trusted) as http:
            device = SignedInDevice.invent(http, relay.url, SystemClock())
            response = await device.register(await asyncio.to_thread(relay.invite))
            assert response.status_code == 200, response.text
            await device.sign_in()
            return device

    device = asyncio.run(signed_in())
    token = {"access_token": device.access_token, "token_type": "bearer"}
    with ProvingSession(key_of(device.caller), token=token) as session:
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
