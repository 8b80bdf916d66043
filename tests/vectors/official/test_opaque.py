# SPDX-License-Identifier: AGPL-3.0-or-later
"""OPAQUE-3DH and what it stands on: RFC 9807, RFC 9497, RFC 9496, and expand_message_xmd of RFC 9380.

The identity as key stretching function exists in these tests only.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from crypto_core.errors import WireError
from crypto_core.opaque import client_protocol, server_protocol
from crypto_core.opaque.group import (
    Scalar,
    element_from_uniform,
    expand_message,
    multiply,
    multiply_generator,
    parse_element,
    parse_scalar,
)
from crypto_core.opaque.key_schedule import Binding, expand
from crypto_core.opaque.messages import (
    ENVELOPE_BYTES,
    KE1,
    KE2,
    KE3,
    Envelope,
    RegistrationRecord,
    RegistrationRequest,
    RegistrationResponse,
)
from crypto_core.opaque.oprf import KeyPair, blind, derive_key_pair, evaluate, finalize
from tests.fakes.scripted_bytes import ScriptedBytes, blind_draw

FOLDER = Path(__file__).with_name("opaque")
FILES = sorted(FOLDER.glob("*.json"))


def read(name: str) -> dict[str, Any]:
    return dict(json.loads((FOLDER / name).read_text("utf-8")))


def cases(name: str) -> Any:  # noqa: ANN401 - the shape is the file's
    return read(name)["cases"]


OPAQUE = cases("rfc9807_ristretto255.json")
REAL = [case for case in OPAQUE if case["name"].startswith("real")]
FAKE = [case for case in OPAQUE if case["name"].startswith("fake")]
RISTRETTO = cases("rfc9496_ristretto255.json")
OPRF = cases("rfc9497_oprf_ristretto255.json")
EXPAND = cases("expand_message_xmd_sha512.json")


class Values:
    """The hexadecimal values of one part of a case, as attributes."""

    def __init__(self, values: dict[str, str]) -> None:
        self._values = values

    def __getattr__(self, name: str) -> bytes:
        return bytes.fromhex(self._values[name])

    def get(self, name: str) -> bytes | None:
        return bytes.fromhex(self._values[name]) if name in self._values else None


def identity(output: bytes) -> bytes:
    return output


def binding_of(case: dict[str, Any]) -> Binding:
    given = Values(case["input"])
    return Binding(
        context=bytes.fromhex(case["context"]),
        client_identity=given.get("client_identity"),
        server_identity=given.get("server_identity"),
    )


def server_of(given: Values) -> KeyPair:
    pair = KeyPair(
        private=parse_scalar(given.server_private_key),
        public=parse_element(given.server_public_key),
    )
    assert multiply_generator(pair.private) == pair.public
    return pair


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_nobody_has_edited_the_vectors(file: Path) -> None:
    vectors = read(file.name)
    canonical = json.dumps(vectors["cases"], sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(canonical.encode()).hexdigest() == vectors["sha256_of_cases"]
    assert "https://" in vectors["source"]


def test_the_vectors_are_all_there() -> None:
    assert (len(REAL), len(FAKE), len(OPRF["evaluations"])) == (2, 1, 2)
    assert (len(RISTRETTO["multiples_of_generator"]), len(RISTRETTO["invalid_encodings"])) == (
        16,
        29,
    )


@pytest.mark.parametrize("case", REAL, ids=lambda case: case["name"])
def test_registration(case: dict[str, Any]) -> None:
    given, between, expected = (Values(case[part]) for part in ("input", "intermediate", "output"))
    draws = ScriptedBytes(blind_draw(given.blind_registration), given.envelope_nonce)
    started = client_protocol.start_registration(given.password, draws)
    assert started.request.to_bytes() == expected.registration_request
    response = server_protocol.respond_to_registration(
        RegistrationRequest.parse(expected.registration_request),
        oprf_seed=given.oprf_seed,
        server_public_key=server_of(given).public,
        credential_identifier=given.credential_identifier,
    )
    assert response.to_bytes() == expected.registration_response
    registered = client_protocol.finish_registration(
        started,
        RegistrationResponse.parse(expected.registration_response),
        binding=binding_of(case),
        stretch=identity,
        random_bytes=draws,
    )
    assert registered.record.to_bytes() == expected.registration_upload
    assert registered.record.client_public_key == between.client_public_key
    assert registered.record.envelope.to_bytes() == between.envelope
    assert registered.export_key == expected.export_key
    assert draws.is_used_up


@pytest.mark.parametrize("case", REAL, ids=lambda case: case["name"])
def test_login(case: dict[str, Any]) -> None:
    given, expected = Values(case["input"]), Values(case["output"])
    draws = ScriptedBytes(
        blind_draw(given.blind_login), given.client_nonce, given.client_keyshare_seed
    )
    started = client_protocol.start_login(given.password, draws)
    assert started.ke1.to_bytes() == expected.KE1
    answers = ScriptedBytes(given.masking_nonce, given.server_nonce, given.server_keyshare_seed)
    answered = server_protocol.respond_to_login(
        KE1.parse(expected.KE1),
        record=RegistrationRecord.parse(expected.registration_upload),
        oprf_seed=given.oprf_seed,
        server=server_of(given),
        credential_identifier=given.credential_identifier,
        binding=binding_of(case),
        random_bytes=answers,
    )
    assert answered.ke2.to_bytes() == expected.KE2
    finished = client_protocol.finish_login(
        started, KE2.parse(expected.KE2), binding=binding_of(case), stretch=identity
    )
    assert finished.ke3.to_bytes() == expected.KE3
    assert KE3.parse(expected.KE3).client_mac == answered.proofs.client_mac
    assert finished.session_key == answered.proofs.session_key == expected.session_key
    assert finished.export_key == expected.export_key
    assert draws.is_used_up
    assert answers.is_used_up


@pytest.mark.parametrize("case", REAL, ids=lambda case: case["name"])
def test_intermediate_values(case: dict[str, Any]) -> None:
    given, between = Values(case["input"]), Values(case["intermediate"])
    seed = expand(given.oprf_seed, given.credential_identifier + b"OprfKey", 32)
    key = derive_key_pair(seed, b"OPAQUE-DeriveKeyPair").private
    assert key == between.oprf_key
    blinding = blind(given.password, ScriptedBytes(blind_draw(given.blind_login)))
    password = client_protocol._randomized_password(
        blinding, evaluate(key, blinding.element), identity
    )
    assert password == between.randomized_password
    keys = client_protocol._EnvelopeKeys.derive(password, given.envelope_nonce)
    assert keys.auth_key == between.auth_key


@pytest.mark.parametrize("case", FAKE, ids=lambda case: case["name"])
def test_answer_for_an_unknown_account(case: dict[str, Any]) -> None:
    given, expected = Values(case["input"]), Values(case["output"])
    answered = server_protocol.respond_to_login(
        KE1.parse(given.KE1),
        record=RegistrationRecord(
            client_public_key=parse_element(given.client_public_key),
            masking_key=given.masking_key,
            envelope=Envelope.parse(bytes(ENVELOPE_BYTES)),
        ),
        oprf_seed=given.oprf_seed,
        server=server_of(given),
        credential_identifier=given.credential_identifier,
        binding=binding_of(case),
        random_bytes=ScriptedBytes(
            given.masking_nonce, given.server_nonce, given.server_keyshare_seed
        ),
    )
    assert answered.ke2.to_bytes() == expected.KE2


def test_oprf_key() -> None:
    pair = derive_key_pair(bytes.fromhex(OPRF["seed"]), bytes.fromhex(OPRF["key_info"]))
    assert pair.private.hex() == OPRF["private_key"]


@pytest.mark.parametrize("case", OPRF["evaluations"], ids=lambda case: case["input"])
def test_oprf_evaluation(case: dict[str, str]) -> None:
    key = parse_scalar(bytes.fromhex(OPRF["private_key"]))
    draws = ScriptedBytes(blind_draw(bytes.fromhex(case["blind"])))
    blinding = blind(bytes.fromhex(case["input"]), draws)
    assert blinding.element.hex() == case["blinded_element"]
    evaluated = evaluate(key, blinding.element)
    assert evaluated.hex() == case["evaluation_element"]
    assert finalize(blinding, evaluated).hex() == case["output"]


def test_multiples_of_the_generator() -> None:
    identity_element, *multiples = RISTRETTO["multiples_of_generator"]
    with pytest.raises(WireError):
        parse_element(bytes.fromhex(identity_element))
    generator = parse_element(bytes.fromhex(multiples[0]))
    for factor, encoding in enumerate(multiples, 1):
        scalar = Scalar(factor.to_bytes(32, "little"))
        assert multiply_generator(scalar).hex() == encoding
        assert multiply(scalar, generator).hex() == encoding
        assert parse_element(bytes.fromhex(encoding)).hex() == encoding


@pytest.mark.parametrize(
    "case",
    RISTRETTO["invalid_encodings"],
    ids=lambda case: f"{case['because']}, {case['encoding'][:8]}",
)
def test_invalid_encoding_is_refused(case: dict[str, str]) -> None:
    with pytest.raises(WireError):
        parse_element(bytes.fromhex(case["encoding"]))


@pytest.mark.parametrize("case", RISTRETTO["from_uniform_bytes"])
def test_element_from_uniform_bytes(case: dict[str, str]) -> None:
    assert element_from_uniform(bytes.fromhex(case["uniform_bytes"])).hex() == case["element"]


@pytest.mark.parametrize(
    "case", EXPAND["expansions"], ids=lambda case: f"{case['message'][:8]}-{case['length']}"
)
def test_expand_message(case: dict[str, Any]) -> None:
    expanded = expand_message(case["message"].encode(), EXPAND["tag"].encode(), case["length"])
    assert expanded.hex() == case["uniform_bytes"]
