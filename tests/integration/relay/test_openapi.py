# SPDX-License-Identifier: AGPL-3.0-or-later
"""Schemathesis asks a running relay whatever its OpenAPI document allows, and more; nothing makes it fail."""

from __future__ import annotations

import itertools
import secrets
import ssl
from typing import TYPE_CHECKING, Any, Final

import cbor2
import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    status_code_conformance,
)

from app.engine.main import SystemClock
from app.engine.network.dpop import HEADER, ProofMaker
from crypto_core.wire.codec import encode
from crypto_core.wire.relay_api import CBOR, OCTETS, PATH_ACCOUNTS, PATH_EVENTS
from relay_server.clock import system_clock
from relay_server.web.openapi import BOUNDS
from tests.contract.relay_callers import RelayCaller
from tests.integration.relay_process import running_relay

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemathesis import Case, SerializationContext
    from schemathesis.schemas import BaseSchema

    from tests.integration.relay_process import RelayProcess

EXAMPLES: Final = 10
"""Most is turned away for want of a token; sign_in/test_openapi.py goes through the door with one."""
DEVICES: Final = 3


@schemathesis.serializer(CBOR)
def to_cbor(context: SerializationContext, value: object) -> bytes:
    """Encode a body; where the document says so, strings become byte strings of the stated length."""
    document = context.case.operation.schema.raw_schema
    operation = document["paths"][context.case.operation.path][context.case.method.lower()]
    body = operation.get("requestBody", {}).get("content", {}).get(CBOR, {})
    return cbor2.dumps(_in_cbor(value, body.get("schema", {}), document), canonical=True)


@schemathesis.serializer(OCTETS)
def to_octets(context: SerializationContext, value: object) -> bytes:
    """Send whatever was thought of as bytes."""
    del context
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


def _in_cbor(value: Any, schema: dict[str, Any], document: dict[str, Any]) -> Any:  # noqa: ANN401
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema and value is not None:
        schema = schema["anyOf"][0]
        return _in_cbor(value, schema, document)
    if isinstance(value, list):
        parts = schema.get("prefixItems") or itertools.repeat(schema.get("items") or {})
        described = itertools.chain(parts, itertools.repeat({}))
        return [
            _in_cbor(each, part, document) for each, part in zip(value, described, strict=False)
        ]
    if isinstance(value, str) and BOUNDS in schema:
        least, most = schema[BOUNDS]
        return value.encode("utf-8", "surrogatepass")[:most].ljust(least, b"\0")
    return value


@pytest.fixture(scope="module")
def relay() -> Iterator[RelayProcess]:
    with running_relay() as process:
        yield process


def trust(relay: RelayProcess) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=relay.data / "tls-certificate.pem")


@pytest.fixture(scope="module")
def proofs(relay: RelayProcess) -> Iterator[ProofMaker]:
    """Registered devices in turn, so that none of them asks too often."""
    makers = []
    for _ in range(DEVICES):
        caller = RelayCaller.invent(now=system_clock, random_bytes=secrets.token_bytes)
        maker = ProofMaker(
            caller=caller.caller, clock=SystemClock(), random_bytes=secrets.token_bytes
        )
        url = relay.url + PATH_ACCOUNTS
        answer = httpx.post(
            url,
            content=encode(caller.registration(relay.invite())),
            headers={HEADER: maker.prove("POST", url), "Content-Type": CBOR},
            verify=trust(relay),
        )
        assert answer.status_code == 200
        makers.append(maker)
    return itertools.cycle(makers)


@pytest.fixture(scope="module")
def api(relay: RelayProcess) -> BaseSchema:
    document = relay.url + "/openapi.json"
    certificate = str(relay.data / "tls-certificate.pem")
    # An event stream does not end; tests of its own read it.
    return schemathesis.openapi.from_url(document, verify=certificate).exclude(path=PATH_EVENTS)


def test_no_request_makes_the_relay_fail(
    api: BaseSchema, relay: RelayProcess, proofs: Iterator[ProofMaker]
) -> None:
    operations = [found.ok() for found in api.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) >= 23
    for operation in operations:

        @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def no_request_makes_it_fail(case: Case[Any]) -> None:
            require_described_answer(case, relay, next(proofs))

        no_request_makes_it_fail()


def require_described_answer(case: Case[Any], relay: RelayProcess, proof: ProofMaker) -> None:
    path = httpx.URL(relay.url + case.formatted_path).path
    response = case.call(
        base_url=relay.url,
        headers={HEADER: proof.prove(case.method, relay.url + path)},
        verify=str(relay.data / "tls-certificate.pem"),
    )
    case.validate_response(
        response,
        checks=[not_a_server_error, status_code_conformance, content_type_conformance],
    )


def test_every_type_of_the_api_is_described(relay: RelayProcess) -> None:
    document = httpx.get(relay.url + "/openapi.json", verify=trust(relay)).json()
    assert document["openapi"] == "3.1.0"
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    assert len(operations) >= 24
    for operation in operations:
        assert operation["summary"]
        assert {"400", "404", "429", "500", "503"} <= operation["responses"].keys()
    assert {"PostEnvelopeRequest", "MailboxPage", "PrekeyBundle", "Problem"} <= document[
        "components"
    ]["schemas"].keys()
