# SPDX-License-Identifier: AGPL-3.0-or-later
"""The relay and an outside authority: what is timestamped, renewed and served, and that nothing waits for it."""

from __future__ import annotations

import asyncio
import json
import threading
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pytest
from cryptography.hazmat import asn1

from crypto_core.trust.checkpoints import parse_log_identity, verify_checkpoint
from crypto_core.trust.evidence_records import VerifiedRecord, verify_record
from crypto_core.trust.timestamp_syntax import TimeStampReq
from crypto_core.trust.timestamps import ImprintHash, read_authorities
from crypto_core.wire.codec import decode
from crypto_core.wire.relay_api import PATH_TIMESTAMPS, ProblemCode, TimestampedCheckpoint
from relay_server.audit.status import read_status
from relay_server.audit.timestamping import Authority, Timestamper, Trouble
from relay_server.config import AuthorityConfig
from relay_server.database.access import Duty
from relay_server.database.pool import open_database
from relay_server.errors import MisuseError, StartError
from relay_server.main import main
from tests.fakes.timestamp_authority import LyingAuthority, OpensslAuthority, served
from tests.integration.relay.in_process import SetClock, relay_over

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from relay_server.audit.status import LogStatus
    from tests.integration.relay.conftest import TestDatabase
    from tests.integration.relay.in_process import RunningRelay

pytestmark = pytest.mark.anyio

NOWHERE: Final = "http://127.0.0.1:9/"


def trusting(url: str, *files: bytes) -> AuthorityConfig:
    return AuthorityConfig(url=url, certificates=read_authorities(b"".join(files)))


def at(clock: SetClock) -> datetime:
    return datetime.fromtimestamp(clock.moment / 1000, UTC)


async def ask(relay: RunningRelay, leaf: int | str) -> httpx.Response:
    async with relay.client() as client:
        return await client.get(PATH_TIMESTAMPS, params={"leaf": leaf})


async def record_of(
    relay: RunningRelay, leaf: int, authorities: tuple[bytes, ...] | None = None
) -> tuple[int, VerifiedRecord]:
    """Verify what there is about a leaf; return the size of its checkpoint, and what the record proves."""
    found = decode(TimestampedCheckpoint, (await ask(relay, leaf)).content)
    log = parse_log_identity(relay.relay.log.log_keys)
    verified = verify_checkpoint(found.note, log=log)
    trusted = found.authorities if authorities is None else authorities
    record = verify_record(found.record, found.note.encode(), authorities=trusted)
    return verified.checkpoint.size, record


async def status_of(database: TestDatabase, folder: Path) -> LogStatus:
    """What the operator's command reads, by the role that it has."""
    async with (
        open_database(database.login.on(Duty.READER)) as reading,
        reading.session() as session,
    ):
        return await read_status(session, checkpoint=folder / "checkpoint")


async def test_the_newest_checkpoint_is_timestamped_and_everybody_can_verify_it(
    database: TestDatabase, tmp_path: Path
) -> None:
    (tmp_path / "authority").mkdir()
    authority = OpensslAuthority.make(tmp_path / "authority")
    with served(authority.answer) as url:
        config = trusting(url, authority.file)
        async with relay_over(database.login, tmp_path / "relay", timestamps=config) as relay:
            await relay.device()
            size = relay.relay.sequencer.latest.size
            assert await relay.relay.timestamper.stamp() == 1
            for leaf in (0, size - 1):
                covered, record = await record_of(relay, leaf)
                assert (covered, record.timestamps) == (size, 1)
                assert record.first.authority == "Authority 1, Horodatage"
            answer = await ask(relay, 0)
            assert answer.headers["cache-control"] == "public, max-age=3600"
            # A leaf of later has none yet, and that is not to be remembered.
            later = await ask(relay, size)
            assert later.json()["code"] == ProblemCode.NOT_FOUND
            assert "public" not in later.headers.get("cache-control", "")
            # Once a day, and only if there is something new.
            await relay.device()
            assert await relay.relay.timestamper.stamp() == 0
            relay.clock.advance(days=1, seconds=60)
            # The authority has the clock of the machine, and the relay's has gone wrong by a day.
            assert await relay.relay.timestamper.stamp() == 0
            state = await status_of(database, tmp_path)
            assert (state.timestamps, state.timestamped_leaves) == (1, size)
            assert state.timestamp_failure == Trouble.CLOCK
            said = state.as_text(relay.clock())
            assert "FAILING" in said
            assert "by 127.0.0.1" in said


async def test_timestamps_are_renewed_each_year_and_outlive_their_authorities(
    database: TestDatabase, tmp_path: Path
) -> None:
    clock = SetClock()
    began = at(clock).year
    first, second = (
        LyingAuthority(
            since=datetime(began - 1, 1, 1, tzinfo=UTC), until=datetime(until, 1, 1, tzinfo=UTC)
        )
        for until in (began + 3, began + 20)
    )
    signing = first
    with served(lambda asked: signing.answer(asked, at=at(clock))) as url:
        sizes: list[int] = []

        async def a_day(relay: RunningRelay) -> int:
            await relay.device()
            sizes.append(relay.relay.sequencer.latest.size)
            made = await relay.relay.timestamper.stamp()
            clock.advance(days=1)
            return made

        config = trusting(url, first.file)
        folder = tmp_path / "relay"
        async with relay_over(database.login, folder, clock=clock, timestamps=config) as relay:
            assert [await a_day(relay) for _ in range(3)] == [1, 1, 1]
            assert await relay.relay.timestamper.stamp() == 0
            clock.advance(days=365)
            # The renewal, and the day's own.
            assert await a_day(relay) == 2
        # Another authority; what the first one signed has to be known as its own still.
        signing = second
        config = trusting(url, first.file, second.file)
        async with relay_over(database.login, folder, clock=clock, timestamps=config) as relay:
            for _ in range(4):
                clock.advance(days=365)
                await relay.relay.timestamper.stamp()
            state = await status_of(database, tmp_path)
            assert state.timestamp_renewals == 5
            for number, size in enumerate(sizes):
                covered, record = await record_of(relay, size - 1)
                assert covered == size
                # The last one was made after the first renewal.
                assert record.timestamps == (6 if number < 3 else 5)
                assert record.valid_until == second.until.timestamp() * 1000
                assert record.first.at < record.last.at


async def test_a_renewal_does_not_wait_for_a_year_when_the_certificate_ends(
    database: TestDatabase, tmp_path: Path
) -> None:
    clock = SetClock()
    ending = LyingAuthority(until=datetime.fromtimestamp(clock.moment // 1000 + 40 * 86_400, UTC))
    following = LyingAuthority()
    signing = ending
    with served(lambda asked: signing.answer(asked, at=at(clock))) as url:
        config = trusting(url, ending.file, following.file)
        async with relay_over(database.login, tmp_path, clock=clock, timestamps=config) as relay:
            await relay.device()
            assert await relay.relay.timestamper.stamp() == 1
            # Half of its time is left still.
            clock.advance(days=19)
            assert await relay.relay.timestamper.stamp() == 0
            clock.advance(days=2)
            signing = following
            assert await relay.relay.timestamper.stamp() == 1
            clock.advance(days=100)
            _, record = await record_of(relay, 0)
            assert record.timestamps == 2
            assert record.valid_until > clock.moment


async def test_a_renewal_that_comes_too_late_saves_nothing(
    database: TestDatabase, tmp_path: Path
) -> None:
    """The relay was off: what had ended is told as what it is, and the rest is renewed."""
    clock = SetClock()
    ending = LyingAuthority(until=datetime.fromtimestamp(clock.moment // 1000 + 86_400, UTC))
    following = LyingAuthority()
    signing = ending
    with served(lambda asked: signing.answer(asked, at=at(clock))) as url:
        config = trusting(url, ending.file, following.file)
        async with relay_over(database.login, tmp_path, clock=clock, timestamps=config) as relay:
            await relay.device()
            assert await relay.relay.timestamper.stamp() == 1
            clock.advance(days=2)
            signing = following
            await relay.device()
            assert await relay.relay.timestamper.stamp() == 1
            clock.advance(days=366)
            assert await relay.relay.timestamper.stamp() == 1
            _, old = await record_of(relay, 0)
            assert old.timestamps == 1
            assert old.valid_until < clock.moment
            _, new = await record_of(relay, relay.relay.sequencer.latest.size - 1)
            assert new.timestamps == 2


async def test_a_certificate_that_is_not_replaced_is_renewed_under_a_few_times(
    database: TestDatabase, tmp_path: Path
) -> None:
    """A record has room for 64 timestamps, and has to last twenty years."""
    clock = SetClock()
    ending = LyingAuthority(until=datetime.fromtimestamp(clock.moment // 1000 + 60 * 86_400, UTC))
    with served(lambda asked: ending.answer(asked, at=at(clock))) as url:
        config = trusting(url, ending.file)
        async with relay_over(database.login, tmp_path, clock=clock, timestamps=config) as relay:
            await relay.device()
            for _ in range(60):
                await relay.relay.timestamper.stamp()
                clock.advance(days=1)
            state = await status_of(database, tmp_path)
            assert 1 <= state.timestamp_renewals <= 6


async def test_a_hash_that_is_doubted_is_replaced_for_every_record_at_once(
    database: TestDatabase, tmp_path: Path
) -> None:
    """Years before the change and years after it; no chain may break between the two hashes."""
    clock = SetClock()
    authority = LyingAuthority()
    with served(lambda asked: authority.answer(asked, at=at(clock))) as url:
        config = trusting(url, authority.file)
        folder = tmp_path / "relay"
        sizes: list[int] = []

        async def a_day(relay: RunningRelay) -> int:
            await relay.device()
            sizes.append(relay.relay.sequencer.latest.size)
            made = await relay.relay.timestamper.stamp()
            clock.advance(days=1)
            return made

        async with relay_over(database.login, folder, clock=clock, timestamps=config) as relay:
            assert [await a_day(relay) for _ in range(3)] == [1, 1, 1]
            clock.advance(days=365)
            assert await a_day(relay) == 2
        config = replace(config, hash=ImprintHash.SHA3_512)
        async with relay_over(database.login, folder, clock=clock, timestamps=config) as relay:
            # The hash-tree renewal, and the day's own by the new hash.
            assert await a_day(relay) == 2
            assert await a_day(relay) == 1
            clock.advance(days=365)
            assert await relay.relay.timestamper.stamp() == 1
        # Without the option it stays as it is.
        config = replace(config, hash=None)
        async with relay_over(database.login, folder, clock=clock, timestamps=config) as relay:
            assert await a_day(relay) == 1
            found = [await record_of(relay, size - 1) for size in sizes]
            assert [size for size, _ in found] == sizes
            # The first three: own, renewed, rehashed, renewed; then without the first renewal; then own and renewed.
            assert [record.timestamps for _, record in found] == [4, 4, 4, 3, 2, 2, 1]
            hashes = [(record.first.algorithm, record.last.algorithm) for _, record in found]
            old, new = ImprintHash.SHA_512, ImprintHash.SHA3_512
            assert hashes == [(old, new)] * 4 + [(new, new)] * 3


async def test_openssl_as_authority_renews_and_rehashes(
    database: TestDatabase, tmp_path: Path
) -> None:
    """A year ago by the relay's clock somebody else signed; today OpenSSL does, by the machine's."""
    (tmp_path / "authority").mkdir()
    openssl = OpensslAuthority.make(tmp_path / "authority")
    clock = SetClock()
    present = clock.moment
    clock.advance(days=-366)
    past = LyingAuthority()

    def answer(asked: bytes) -> bytes:
        return (
            openssl.answer(asked) if clock.moment == present else past.answer(asked, at=at(clock))
        )

    with served(answer) as url:
        config = trusting(url, past.file, openssl.file)
        folder = tmp_path / "relay"
        async with relay_over(database.login, folder, clock=clock, timestamps=config) as relay:
            await relay.device()
            assert await relay.relay.timestamper.stamp() == 1
            clock.advance(days=366)
            assert clock.moment == present
            # Besides, the relay may have something of its own to note after a year.
            assert await relay.relay.timestamper.stamp() >= 1
            _, record = await record_of(relay, 0)
            assert record.timestamps == 2
        config = replace(config, hash=ImprintHash.SHA3_512)
        async with relay_over(database.login, folder, clock=clock, timestamps=config) as relay:
            assert await relay.relay.timestamper.stamp() >= 1
            _, record = await record_of(relay, 0)
            assert record.timestamps == 3
            assert record.last.algorithm is ImprintHash.SHA3_512
            assert record.last.authority == "Authority 1, Horodatage"


LIES: Final[tuple[tuple[Trouble, dict[str, Any], dict[str, Any]], ...]] = (
    (Trouble.CLOCK, {"at": datetime(2038, 1, 1, tzinfo=UTC)}, {}),
    (Trouble.CLOCK, {"at": datetime(2021, 1, 1, tzinfo=UTC)}, {}),
    (Trouble.CLOCK, {"accuracy": 301}, {}),
    (Trouble.INVALID, {"nonce": 5}, {}),
    (Trouble.INVALID, {"hashed": bytes(64)}, {}),
    (Trouble.INVALID, {"algorithm": "2.16.840.1.101.3.4.2.1"}, {}),
    (Trouble.REFUSED, {"status": 2}, {}),
    (Trouble.NOT_AN_ANSWER, {}, {"status": 500}),
    (Trouble.NOT_AN_ANSWER, {}, {"kind": "text/html"}),
    (Trouble.NOT_AN_ANSWER, {}, {"status": 307, "elsewhere": NOWHERE}),
)


def asking(relay: RunningRelay, config: AuthorityConfig, *, seconds: float = 30) -> Timestamper:
    """Return what asks another authority than the relay's own, which has none."""
    return Timestamper(
        database=relay.database,
        sequencer=relay.relay.sequencer,
        authority=Authority(config, clock=relay.clock, seconds=seconds),
        clock=relay.clock,
    )


async def test_an_authority_that_lies_is_not_believed_and_the_log_goes_on(
    database: TestDatabase, tmp_path: Path
) -> None:
    authority = LyingAuthority()
    recorded: list[bytes] = []

    def replay(asked: bytes) -> bytes:
        # Somebody on the way gives back what the authority once answered.
        recorded.append(authority.answer(asked))
        return recorded[0]

    async with relay_over(database.login, tmp_path) as relay:
        await relay.device()

        async def is_refused(config: AuthorityConfig, trouble: Trouble) -> None:
            """Nothing is kept, the operator is told, and letters are taken in as ever."""
            assert await asking(relay, config).stamp() == 0
            state = await status_of(database, tmp_path)
            assert (state.timestamps, state.timestamp_failure) == (0, trouble)
            assert (await ask(relay, 0)).json()["code"] == ProblemCode.NOT_FOUND

        for trouble, lies, http in LIES:
            with served(partial(authority.answer, **lies), **http) as url:
                await is_refused(trusting(url, authority.file), trouble)
        with served(authority.answer) as url:
            await is_refused(trusting(url, LyingAuthority().file), Trouble.UNKNOWN_AUTHORITY)
        with served(lambda _: bytes(2**24)) as url:
            await is_refused(trusting(url, authority.file), Trouble.TOO_LONG)
        for nowhere in (NOWHERE, "http://xn--/"):
            await is_refused(trusting(nowhere, authority.file), Trouble.UNREACHABLE)
        with served(replay) as url:
            config = trusting(url, authority.file)
            await Authority(config, clock=relay.clock).timestamp(bytes(64))
            await is_refused(config, Trouble.INVALID)
        size = relay.relay.sequencer.latest.size
        await relay.device()
        assert relay.relay.sequencer.latest.size > size


async def test_the_authority_hears_a_hash_and_nothing_else(
    database: TestDatabase, tmp_path: Path
) -> None:
    heard = asyncio.Queue[bytes]()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        heard.put_nowait(head)
        heard.put_nowait(await reader.readexactly(length))
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    async with server, relay_over(database.login, tmp_path) as relay:
        await relay.device()
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/tsa"
        assert await asking(relay, trusting(url, LyingAuthority().file)).stamp() == 0
        head, body = await heard.get(), await heard.get()
        first, *headers = head.decode().strip().split("\r\n")
        assert first == "POST /tsa HTTP/1.1"
        assert {each.partition(":")[0].lower() for each in headers} == {
            "accept",
            "accept-encoding",
            "connection",
            "content-length",
            "content-type",
            "host",
            "user-agent",
        }
        asked = asn1.decode_der(TimeStampReq, body)
        note = relay.relay.sequencer.latest.note.encode()
        assert asked.imprint.hashed == ImprintHash.SHA_512.of(note)
        assert asked.policy is None
        assert len(body) < 128


async def test_what_failed_is_tried_again(database: TestDatabase, tmp_path: Path) -> None:
    authority = LyingAuthority()
    lies: dict[str, Any] = {"status": 2}
    with served(lambda asked: authority.answer(asked, **lies)) as url:
        config = trusting(url, authority.file)
        async with relay_over(database.login, tmp_path, timestamps=config) as relay:
            await relay.device()
            assert await relay.relay.timestamper.stamp() == 0
            since = (await status_of(database, tmp_path)).timestamp_failing_since
            relay.clock.advance(seconds=60)
            assert await relay.relay.timestamper.stamp() == 0
            assert (await status_of(database, tmp_path)).timestamp_failing_since == since
            lies.clear()
            assert await relay.relay.timestamper.stamp() == 1
            assert (await status_of(database, tmp_path)).timestamp_failure is None


async def test_a_slow_authority_is_given_up(database: TestDatabase, tmp_path: Path) -> None:
    """The log is appended to meanwhile."""
    is_over = threading.Event()

    def wait(_: bytes) -> bytes:
        is_over.wait()
        return b""

    with ExitStack() as opened:
        url = opened.enter_context(served(wait))
        opened.callback(is_over.set)
        async with relay_over(database.login, tmp_path) as relay:
            await relay.device()
            timestamper = asking(relay, trusting(url, LyingAuthority().file), seconds=0.3)
            stamping = asyncio.create_task(timestamper.stamp())
            await relay.device()
            assert await stamping == 0
            assert (await status_of(database, tmp_path)).timestamp_failure == Trouble.SLOW


async def test_two_relays_ask_and_one_timestamp_is_kept(
    database: TestDatabase, tmp_path: Path
) -> None:
    authority = LyingAuthority()
    both = threading.Barrier(2)

    def answer(asked: bytes) -> bytes:
        both.wait()
        return authority.answer(asked)

    with served(answer) as url:
        config = trusting(url, authority.file)
        async with relay_over(database.login, tmp_path) as relay:
            await relay.device()
            two = [asking(relay, config) for _ in range(2)]
            assert sorted(await asyncio.gather(*(each.stamp() for each in two))) == [0, 1]
            _, record = await record_of(relay, 0, authority.authorities)
            assert record.timestamps == 1


async def test_without_an_authority_nothing_is_said_to_be_timestamped(
    database: TestDatabase, tmp_path: Path
) -> None:
    async with relay_over(database.login, tmp_path / "relay") as relay:
        await relay.device()
        assert await relay.relay.timestamper.stamp() == 0
        assert (await ask(relay, 0)).json()["code"] == ProblemCode.NOT_FOUND
        for wrong in ("", "-1", "x", str(2**64)):
            assert (await ask(relay, wrong)).is_client_error
        state = await status_of(database, tmp_path)
        assert "not externally timestamped" in state.as_text(relay.clock())
        assert json.loads(state.as_json())["timestamp_authority"] is None


@pytest.mark.parametrize(
    ("url", "hours"),
    [
        ("ftp://authority.example/", 24),
        ("authority.example", 24),
        ("https://user:secret@authority.example/", 24),
        ("https://authority.example/", 0),
        ("https://authority.example/", 745),
    ],
)
def test_what_cannot_be_meant_is_refused(url: str, hours: int) -> None:
    with pytest.raises(MisuseError):
        AuthorityConfig(url=url, certificates=(b"",), hours=hours)


def test_certificates_that_cannot_be_read_keep_the_relay_from_starting(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "authority.pem"
    url = "https://authority.example/"
    with pytest.raises(MisuseError):
        AuthorityConfig.read(url, None, 24)
    with pytest.raises(StartError):
        AuthorityConfig.read(url, file, 24)
    file.write_text("no certificate")
    with pytest.raises(StartError):
        AuthorityConfig.read(url, file, 24)
    command = ["serve", "--data", str(tmp_path), "--timestamp-authority", url]
    assert main([*command, "--timestamp-certificates", str(file)]) == 1
    assert str(file) in capsys.readouterr().err
    assert main(command) == 2
    file.write_bytes(LyingAuthority().file)
    assert AuthorityConfig.read(url, file, 24) is not None
    assert AuthorityConfig.read(None, None, 24) is None
