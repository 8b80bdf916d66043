# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every code has a status, and a problem answers in the form of RFC 9457."""

from __future__ import annotations

import json

from crypto_core.wire.relay_api import PROBLEM, ProblemCode
from relay_server.errors import STATUS, ProblemError
from relay_server.web.application import network_of, problem_answer


def test_every_code_has_a_status() -> None:
    assert STATUS.keys() == set(ProblemCode)
    assert all(400 <= status < 600 for status in STATUS.values())


def test_members_go_along() -> None:
    problem = ProblemError(ProblemCode.CHAIN_BROKEN, "not the next one", expected_sequence=7)
    answer = problem_answer(problem)
    assert (answer.status_code, answer.media_type) == (409, PROBLEM)
    assert json.loads(bytes(answer.body)) == {
        "type": "about:blank",
        "title": "chain-broken",
        "status": 409,
        "detail": "not the next one",
        "code": "chain-broken",
        "expected_sequence": 7,
    }


def test_a_subscriber_is_one_address() -> None:
    def network(host: str) -> str:
        return network_of({"client": (host, 1)})

    assert network("192.0.2.1") == "192.0.2.1"
    assert network("192.0.2.1") != network("192.0.2.2")
    assert network("2001:db8:1:2::1") == network("2001:db8:1:2:ffff::9") == "2001:db8:1:2::/64"
    assert network("2001:db8:1:3::1") != network("2001:db8:1:2::1")
    assert network_of({"client": None}) == network_of({}) == ""
