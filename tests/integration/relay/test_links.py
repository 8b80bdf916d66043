# SPDX-License-Identifier: AGPL-3.0-or-later
"""Links to a second computer: each thing is left once, given to whom it is for, and gone with its time."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

import pytest

from crypto_core.wire.codec import encode
from crypto_core.wire.linking import (
    LINK_SECONDS,
    MAX_SEALED_GRANT_BYTES,
    MAX_SEALED_OFFER_BYTES,
    LinkId,
)
from crypto_core.wire.relay_api import (
    PATH_LINK,
    PATH_LINK_ANSWER,
    PATH_LINK_OFFER,
    PATH_LINKS,
    OpenLinkRequest,
    ProblemCode,
    SealedLinkGrant,
    SealedLinkOffer,
)
from relay_server.limits import Rate, RateLimits
from tests.integration.relay.in_process import RefusedError, relay_over

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable
    from pathlib import Path

    from tests.integration.relay.conftest import TestDatabase
    from tests.integration.relay.in_process import Device, RunningRelay

pytestmark = pytest.mark.anyio


@pytest.fixture
async def relay(database: TestDatabase, tmp_path: Path) -> AsyncIterator[RunningRelay]:
    async with relay_over(database.login, tmp_path) as running:
        yield running


def new_link() -> LinkId:
    return LinkId(os.urandom(16))


async def open_link(device: Device, link: LinkId) -> None:
    await device.ask("POST", PATH_LINKS, content=encode(OpenLinkRequest(link=link)))


async def offer(device: Device, link: LinkId, sealed: bytes = b"sealed offer") -> None:
    path = PATH_LINK_OFFER.format(link=link.hex())
    await device.ask("PUT", path, content=encode(SealedLinkOffer(sealed=sealed)))


async def answer(device: Device, link: LinkId, sealed: bytes = b"sealed answer") -> None:
    path = PATH_LINK_ANSWER.format(link=link.hex())
    await device.ask("PUT", path, content=encode(SealedLinkGrant(sealed=sealed)))


async def read_offer(device: Device, link: LinkId) -> bytes:
    return (await device.ask("GET", PATH_LINK_OFFER.format(link=link.hex()))).content


async def read_answer(device: Device, link: LinkId) -> bytes:
    return (await device.ask("GET", PATH_LINK_ANSWER.format(link=link.hex()))).content


async def refusal(asking: Awaitable[object]) -> ProblemCode:
    with pytest.raises(RefusedError) as caught:
        await asking
    return caught.value.code


def rows(database: TestDatabase) -> int:
    with database.as_superuser() as connection:
        found = connection.execute("SELECT count(*) FROM relay.link").fetchone()
    assert found is not None
    count: int = found[0]
    return count


async def test_two_computers_meet(relay: RunningRelay, database: TestDatabase) -> None:
    old, new, link = await relay.device(), relay.invent(), new_link()
    await open_link(old, link)
    assert await refusal(read_offer(old, link)) is ProblemCode.NOT_FOUND
    assert await refusal(answer(old, link)) is ProblemCode.NOT_FOUND
    await offer(new, link)
    assert await refusal(read_answer(new, link)) is ProblemCode.NOT_FOUND
    assert await read_offer(old, link) == encode(SealedLinkOffer(sealed=b"sealed offer"))
    for _ in range(2):  # the answer to the first may have been lost
        await answer(old, link)
        assert await read_answer(new, link) == encode(SealedLinkGrant(sealed=b"sealed answer"))
    await new.ask("DELETE", PATH_LINK.format(link=link.hex()))
    assert rows(database) == 0


async def test_a_second_offer_is_refused(relay: RunningRelay) -> None:
    """Named: the picture of the old computer was photographed by somebody else."""
    old, new, thief, link = await relay.device(), relay.invent(), relay.invent(), new_link()
    await open_link(old, link)
    await offer(new, link)
    await offer(new, link)
    assert await refusal(offer(thief, link)) is ProblemCode.CONFLICT
    assert await refusal(offer(thief, link, b"another offer")) is ProblemCode.CONFLICT
    assert await refusal(offer(new, link, b"another offer")) is ProblemCode.CONFLICT
    await answer(old, link)
    assert await refusal(answer(old, link, b"another answer")) is ProblemCode.CONFLICT
    assert await refusal(read_answer(thief, link)) is ProblemCode.NOT_FOUND
    assert await refusal(read_answer(old, link)) is ProblemCode.NOT_FOUND
    await thief.ask("DELETE", PATH_LINK.format(link=link.hex()))
    await read_answer(new, link)


async def test_of_many_that_offer_at_once_one_is_first(relay: RunningRelay) -> None:
    old, link = await relay.device(), new_link()
    await open_link(old, link)
    crowd = [relay.invent() for _ in range(8)]
    results = await asyncio.gather(
        *(offer(each, link, os.urandom(64)) for each in crowd), return_exceptions=True
    )
    assert [type(each) for each in results].count(RefusedError) == 7


async def test_a_link_is_for_the_account_that_opened_it(relay: RunningRelay) -> None:
    old, other, new, link = await relay.device(), await relay.device(), relay.invent(), new_link()
    await open_link(old, link)
    await offer(new, link)
    assert await refusal(open_link(other, link)) is ProblemCode.CONFLICT
    assert await refusal(read_offer(other, link)) is ProblemCode.NOT_FOUND
    assert await refusal(answer(other, link)) is ProblemCode.NOT_FOUND
    await other.ask("DELETE", PATH_LINK.format(link=link.hex()))
    await read_offer(old, link)
    await old.ask("DELETE", PATH_LINK.format(link=link.hex()))
    assert await refusal(read_offer(old, link)) is ProblemCode.NOT_FOUND


async def test_a_link_ends_with_its_time(relay: RunningRelay, database: TestDatabase) -> None:
    old, new, link = await relay.device(), relay.invent(), new_link()
    await open_link(old, link)
    await offer(new, link)
    relay.clock.advance(seconds=LINK_SECONDS)
    assert old.sign_in is not None
    await old.sign_in.sign_in()
    for asking in (
        offer(new, link),
        read_offer(old, link),
        answer(old, link),
        read_answer(new, link),
    ):
        assert await refusal(asking) is ProblemCode.NOT_FOUND
    await relay.relay.sweep()
    assert rows(database) == 0


async def test_an_answer_that_was_read_is_gone_a_minute_later(
    relay: RunningRelay, database: TestDatabase
) -> None:
    old, new, link = await relay.device(), relay.invent(), new_link()
    await open_link(old, link)
    await offer(new, link)
    await answer(old, link)
    for _ in range(2):
        await read_answer(new, link)
        relay.clock.advance(seconds=30)
    assert await refusal(read_answer(new, link)) is ProblemCode.NOT_FOUND
    await relay.relay.sweep()
    assert rows(database) == 0


async def test_a_third_link_ends_those_that_were_open(
    relay: RunningRelay, database: TestDatabase
) -> None:
    old, new = await relay.device(), relay.invent()
    links = [new_link() for _ in range(3)]
    for link in links:
        await open_link(old, link)
    await open_link(old, links[2])
    for link in links[:2]:
        assert await refusal(offer(new, link)) is ProblemCode.NOT_FOUND
    await offer(new, links[2])
    assert rows(database) == 1


async def test_what_is_too_large_is_refused(relay: RunningRelay) -> None:
    old, new, link = await relay.device(), relay.invent(), new_link()
    await open_link(old, link)
    for size in (MAX_SEALED_OFFER_BYTES + 1, MAX_SEALED_OFFER_BYTES + 100):
        content = encode_unbounded(size)
        path = PATH_LINK_OFFER.format(link=link.hex())
        code = await refusal(new.ask("PUT", path, content=content))
        assert code in {ProblemCode.TOO_LARGE, ProblemCode.MALFORMED}
    await offer(new, link, bytes(MAX_SEALED_OFFER_BYTES))
    path = PATH_LINK_ANSWER.format(link=link.hex())
    for size in (MAX_SEALED_GRANT_BYTES + 1, MAX_SEALED_GRANT_BYTES + 100):
        code = await refusal(old.ask("PUT", path, content=encode_unbounded(size)))
        assert code in {ProblemCode.TOO_LARGE, ProblemCode.MALFORMED}
    await answer(old, link, bytes(MAX_SEALED_GRANT_BYTES))


def encode_unbounded(size: int) -> bytes:
    """Return a CBOR array of one byte string, which the codec would not write if it is too long."""
    return b"\x81\x5a" + size.to_bytes(4, "big") + bytes(size)


async def test_opening_and_answering_need_factors_shown_lately(relay: RunningRelay) -> None:
    old, new, link = await relay.device(), relay.invent(), new_link()
    await open_link(old, link)
    await offer(new, link)
    relay.clock.advance(seconds=320)
    assert await refusal(answer(old, link)) is ProblemCode.STEP_UP_NEEDED
    assert await refusal(open_link(old, new_link())) is ProblemCode.STEP_UP_NEEDED
    await read_offer(old, link)


async def test_links_are_opened_and_asked_for_in_moderation(
    database: TestDatabase, tmp_path: Path
) -> None:
    few = Rate(per_second=0.001, burst=3)
    rates = RateLimits(link=few, link_opening=few)
    async with relay_over(database.login, tmp_path, rates=rates) as relay:
        old, new = await relay.device(), relay.invent()
        for _ in range(3):
            await open_link(old, new_link())
            assert await refusal(read_answer(new, new_link())) is ProblemCode.NOT_FOUND
        assert await refusal(open_link(old, new_link())) is ProblemCode.TOO_MANY_REQUESTS
        assert await refusal(read_answer(new, new_link())) is ProblemCode.TOO_MANY_REQUESTS


async def test_two_that_open_at_once_leave_one_link(
    relay: RunningRelay, database: TestDatabase
) -> None:
    old = await relay.device()
    await asyncio.gather(*(open_link(old, new_link()) for _ in range(6)))
    assert rows(database) == 1
