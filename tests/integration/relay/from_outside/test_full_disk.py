# SPDX-License-Identifier: AGPL-3.0-or-later
"""A disk without room: what was accepted stays, what is refused says why, and it ends with the shortage."""

from __future__ import annotations

import contextlib
import os
import resource
import secrets
import shutil
import subprocess
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from app.engine.ports.relay import RelayRefusedError
from crypto_core.wire.limits import KIB, MIB
from crypto_core.wire.relay_api import PostEnvelopeRequest, ProblemCode
from relay_server.database.embedded import EmbeddedPostgres, bundled_programs
from tests.integration.relay.from_outside.premises import Premises
from tests.integration.relay.from_outside.visitor import CANNOT_SERVE, visitors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.relay.from_outside.visitor import Visitor

pytestmark = pytest.mark.anyio

needs_prlimit = pytest.mark.skipif(
    shutil.which("prlimit") is None, reason="limits other processes as Linux does"
)

DISK_BYTES: Final = 256 * MIB
BODY_BYTES: Final = 200 * KIB
LEFT_BYTES: Final = 6 * MIB
MOST_LETTERS: Final = 400
"""Many times what the disk has room for."""


@pytest.fixture
def disk() -> Iterator[Path]:
    """A file system so small that it can be filled."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a file system")
    home = Path(tempfile.mkdtemp(prefix="relay-"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES},mode=0711", "tmpfs", str(home)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        home.rmdir()
        pytest.skip("this root may not mount a file system")
    try:
        yield home
    finally:
        subprocess.run(["umount", str(home)], check=True)
        home.rmdir()


@pytest.fixture
def cramped(disk: Path, postgres_programs: Path) -> Iterator[Premises]:
    """Premises of which everything lies on the small disk."""
    own = None
    if postgres_programs != bundled_programs():
        own = EmbeddedPostgres(disk / "server", programs=postgres_programs)
    place = Premises(home=disk, programs=postgres_programs, own_server=own)
    try:
        place.open()
        yield place
    finally:
        place.close()


@contextlib.contextmanager
def hardly_any_room(disk: Path, *, left_bytes: int) -> Iterator[None]:
    """Fill a disk with one file but for a little, and remove it afterwards."""
    free = os.statvfs(disk)
    ballast = disk / "ballast"
    descriptor = os.open(ballast, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.posix_fallocate(descriptor, 0, free.f_bavail * free.f_bsize - left_bytes)
        yield
    finally:
        os.close(descriptor)
        ballast.unlink()


def large_letter(sender: Visitor, recipient: Visitor) -> PostEnvelopeRequest:
    """Return a letter that takes a while less than any to fill a disk."""
    body = secrets.token_bytes(BODY_BYTES)
    return sender.caller.posting(*sender.caller.envelope(recipient.caller, body=body))


async def send_until_refused(
    sender: Visitor, recipient: Visitor
) -> tuple[list[bytes], PostEnvelopeRequest, RelayRefusedError]:
    """Send large letters; return what was accepted, and the first that was refused."""
    accepted: list[bytes] = []
    for _ in range(MOST_LETTERS):
        request = large_letter(sender, recipient)
        try:
            await sender.post(request)
        except RelayRefusedError as refused:
            return accepted, request, refused
        accepted.append(request.envelope)
    pytest.fail("the disk has more room than expected")


async def require_nothing_lost_once_there_is_room(
    place: Premises, alice: Visitor, bob: Visitor, accepted: list[bytes], open_: PostEnvelopeRequest
) -> None:
    """What was refused is accepted now, and what was accepted is there, once."""
    await alice.insist(open_)
    await alice.insist(large_letter(alice, bob))
    found = Counter(envelope for _, envelope in await bob.everything())
    assert set(found.values()) == {1}
    assert not set(accepted) - found.keys()
    assert len(found) == len(accepted) + 2
    assert place.relay.process.poll() is None


async def test_a_full_disk_refuses_letters_and_loses_none(cramped: Premises) -> None:
    async with visitors(cramped, 2) as (alice, bob):
        with hardly_any_room(cramped.home, left_bytes=LEFT_BYTES):
            accepted, request, refused = await send_until_refused(alice, bob)
            assert refused.code in CANNOT_SERVE
            # Trying again does not help as long as there is no room.
            with pytest.raises(RelayRefusedError) as again:
                await alice.post(request)
            assert again.value.code in CANNOT_SERVE
        if cramped.own_server is not None and not cramped.own_server.is_running():
            cramped.start_server()
        await require_nothing_lost_once_there_is_room(cramped, alice, bob, accepted, request)


async def test_a_full_disk_stops_an_upload_which_then_goes_on(cramped: Premises) -> None:
    async with visitors(cramped, 2) as (alice, bob):
        content = secrets.token_bytes(12 * MIB)
        announced = alice.caller.blob(content)
        await alice.relay.create_blob(announced)
        part = content[: 4 * MIB]
        with hardly_any_room(cramped.home, left_bytes=LEFT_BYTES):
            status = await alice.relay.upload_part(announced.blob, offset=0, part=part)
            assert status.received == len(part)
            with pytest.raises(RelayRefusedError) as refused:
                await alice.relay.upload_part(
                    announced.blob, offset=len(part), part=content[4 * MIB : 8 * MIB]
                )
            assert refused.value.code is ProblemCode.STORAGE_FULL
            # Nothing of the refused part counts.
            assert (await alice.relay.create_blob(announced)).received == len(part)
        for start in (4 * MIB, 8 * MIB):
            await alice.relay.upload_part(
                announced.blob, offset=start, part=content[start : start + 4 * MIB]
            )
        assert (await alice.relay.complete_blob(announced.blob)).complete
        request = alice.caller.letter_to(bob.caller, blobs=(announced.blob,))
        await alice.post(request)
        parts = [each async for each in bob.relay.download_blob(announced.blob, offset=0)]
        assert b"".join(parts) == content


@contextlib.contextmanager
def files_may_not_grow(*processes: int, beyond_bytes: int) -> Iterator[None]:
    """Let no file of these processes grow beyond a size, as on a file system with such a limit."""
    # They have inherited ours.
    before, _ = resource.getrlimit(resource.RLIMIT_FSIZE)
    for each in processes:
        limit_files(each, beyond_bytes)
    try:
        yield
    finally:
        for each in processes:
            limit_files(each, before)


def limit_files(process: int, limit: int) -> None:
    """Set the limit as the user whose process it is, who always may; root only with a certain right."""
    try:
        owner = Path(f"/proc/{process}").stat().st_uid
    except FileNotFoundError:
        return
    user = None if owner == os.geteuid() else owner
    value = "unlimited" if limit == resource.RLIM_INFINITY else str(limit)
    done = subprocess.run(
        ["prlimit", "--pid", str(process), f"--fsize={value}:"],
        check=False,
        capture_output=True,
        text=True,
        cwd="/",
        user=user,
        group=user,
        extra_groups=None if user is None else [],
    )
    assert done.returncode == 0 or not Path(f"/proc/{process}").exists(), done.stderr


def family(process: int) -> list[int]:
    """Return a process and its children."""
    told = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(process)], check=True, capture_output=True, text=True
    )
    return [process, *map(int, told.stdout.split())]


async def test_a_full_disk_below_the_tables_is_told_as_such(disk: Path, premises: Premises) -> None:
    """PostgreSQL itself goes on, so the relay can say what is wrong, and hand out what it has."""
    tables = disk / "tables"
    tables.mkdir()
    owner = premises.cluster.stat().st_uid
    os.chown(tables, owner, owner)
    with premises.as_superuser() as superuser:
        superuser.execute(f"CREATE TABLESPACE small LOCATION '{tables}'")
        superuser.execute("ALTER TABLE relay.envelope SET TABLESPACE small")
    async with visitors(premises, 2) as (alice, bob):
        with hardly_any_room(disk, left_bytes=LEFT_BYTES):
            accepted, request, refused = await send_until_refused(alice, bob)
            assert accepted
            assert refused.code is ProblemCode.STORAGE_FULL
            assert len(await bob.everything()) == len(accepted)
        await require_nothing_lost_once_there_is_room(premises, alice, bob, accepted, request)


@needs_prlimit
async def test_a_table_that_may_not_grow_is_told_as_such(premises: Premises) -> None:
    async with visitors(premises, 2) as (alice, bob):
        servers = family(premises.postmaster())
        with files_may_not_grow(*servers, beyond_bytes=17 * MIB):
            accepted, request, refused = await send_until_refused(alice, bob)
            assert accepted
            assert refused.code is ProblemCode.STORAGE_FULL
            assert len(await bob.everything()) == len(accepted)
        await require_nothing_lost_once_there_is_room(premises, alice, bob, accepted, request)


@needs_prlimit
async def test_a_blob_that_cannot_grow_is_refused_and_goes_on_later(
    embedded_premises: Premises,
) -> None:
    async with visitors(embedded_premises, 1) as (alice,):
        content = secrets.token_bytes(3 * MIB)
        announced = alice.caller.blob(content)
        await alice.relay.create_blob(announced)
        process = embedded_premises.relay.process.pid
        with files_may_not_grow(process, beyond_bytes=2 * MIB):
            await alice.relay.upload_part(announced.blob, offset=0, part=content[:MIB])
            with pytest.raises(RelayRefusedError) as refused:
                await alice.relay.upload_part(announced.blob, offset=MIB, part=content[MIB:])
            assert refused.value.code is ProblemCode.STORAGE_FULL
            assert (await alice.relay.create_blob(announced)).received == MIB
        await alice.relay.upload_part(announced.blob, offset=MIB, part=content[MIB:])
        assert (await alice.relay.complete_blob(announced.blob)).complete
