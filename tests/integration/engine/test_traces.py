# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an engine leaves on the disk and in texts: nothing readable, nothing half-written, nothing secret."""

from __future__ import annotations

import asyncio
import logging
import os
import resource
import signal
import subprocess
import sys
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.engine.ports.vault import DiskFullError, NewLetter
from app.engine.vault.store import SqlVault
from app.interface.commands import MarkRead, SendLetter, Synchronise
from app.interface.failures import CommandError, Failure
from crypto_core.wire.envelope import Urgency
from tests.fakes.full_mailbox import session_of
from tests.fakes.large_vault import invented_letters, invented_owner
from tests.fakes.practice import Practice, settle
from tests.integration.engine.test_receiving import inbox_of, letter, run, view_of

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
CANARIES = (b"canary-in-the-text", b"canary-in-the-subject", b"canary-in-a-file", b"canary-name")


def test_nothing_readable_is_on_the_disk(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        document = tmp_path / "canary-name.pdf"
        document.write_bytes(b"canary-in-a-file " * 20_000)
        sent = await anne.do(
            SendLetter(
                to=(boris.account,),
                subject="canary-in-the-subject",
                text="canary-in-the-text " * 100,
                attachments=(str(document),),
                urgency=Urgency.NORMAL,
                in_reply_to=None,
                accepts_unverified=True,
            )
        )
        await settle([anne, boris])
        await boris.do(MarkRead(message=sent.message))
        await settle([anne, boris])
        kept = await session_of(boris).vault.run(lambda store: store.identity.owner())
        assert kept is not None
        secrets = (kept.identity_seed, kept.device_seed, kept.request_seed)
        # While both are open, so that the write-ahead logs are there as well.
        looked_at = set()
        for practice in (anne, boris):
            for path in practice.directory.rglob("*"):
                if path.is_file() and path.name not in {"passphrase", "confirmed"}:
                    content = path.read_bytes()
                    looked_at.add(path.name.partition(".")[2] or "sealed")
                    for canary in (*CANARIES, *secrets, b"create table", b"CREATE TABLE"):
                        assert canary not in content, path
                    assert "canary" not in path.name
        assert looked_at == {"db", "db-wal", "db-shm", "sealed"}

    run(tmp_path, story)


def test_no_text_of_an_object_shows_a_secret(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        await anne.do(letter(boris))
        session = session_of(anne)
        owner = session.owner
        shown = repr(session) + repr(owner) + repr(session.keys) + repr(session.identity)
        for secret in (owner.identity_seed, owner.device_seed, owner.request_seed):
            assert repr(secret) not in shown
            assert secret.hex() not in shown
        assert owner.pending_recovery_code is not None
        assert repr(owner.pending_recovery_code) not in shown

    run(tmp_path, story)


def test_rows_hide_what_is_secret_or_personal() -> None:
    (made,) = invented_letters(1, owner=invented_owner())
    assert made.text not in repr(made)
    hidden = {field.name for field in fields(NewLetter) if not field.repr}
    assert is_dataclass(made)
    assert "text" in hidden


def test_the_log_of_a_bug_holds_no_content(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        def fail(*_: object, **__: object) -> None:
            raise LookupError("canary-in-the-text")

        session = session_of(anne)
        session.machine.files.inspect = fail  # type: ignore[method-assign, assignment]
        with caplog.at_level(logging.DEBUG), pytest.raises(CommandError) as caught:
            await anne.do(letter(boris, "canary-in-the-text", "canary-name.pdf"))
        assert caught.value.failure is Failure.BUG
        assert "SendLetter failed: LookupError at" in caplog.text
        assert "canary" not in caplog.text

    run(tmp_path, story)


# --- no room -------------------------------------------------------------------------------------


@pytest.fixture
def limit() -> Iterator[None]:
    """Restore the limit on file sizes that a test sets."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


def allow(size: int | None) -> None:
    """Let no file of this process grow beyond `size` bytes."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard if size is None else size, hard))


@pytest.mark.usefixtures("limit")
@pytest.mark.parametrize("room", [0, 40_000, 200_000])
def test_a_full_disk_while_receiving_loses_nothing(tmp_path: Path, room: int) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        for number in range(30):
            await anne.do(letter(boris, f"Brief {number} " + "x" * 20_000))
        await anne.synchronise()
        largest = max(path.stat().st_size for path in boris.directory.rglob("*") if path.is_file())
        allow(largest + room)
        with pytest.raises(CommandError) as caught:
            await boris.do(Synchronise())
        assert caught.value.failure is Failure.DISK_FULL
        allow(None)
        await settle([boris, anne])
        texts = [each.text.partition(" x")[0] for each in await inbox_of(boris)]
        assert sorted(texts) == sorted(f"Brief {number}" for number in range(30))

    run(tmp_path, story)


@pytest.mark.usefixtures("limit")
def test_a_full_disk_while_sending_queues_nothing_half(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        document = tmp_path / "a.bin"
        document.write_bytes(os.urandom(3_000_000))
        allow(1_000_000)
        with pytest.raises(CommandError) as caught:
            await anne.do(letter(boris, "mit Datei", str(document)))
        assert caught.value.failure is Failure.DISK_FULL
        assert list((anne.directory / "files").iterdir()) == []
        allow(None)
        sent = await anne.do(letter(boris, "mit Datei", str(document)))
        await settle([anne, boris])
        assert (await view_of(boris, sent)).attachments[0].available

    run(tmp_path, story)


@pytest.mark.usefixtures("limit")
def test_the_store_itself_says_that_there_is_no_room(tmp_path: Path) -> None:
    owner = invented_owner()

    async def story() -> None:
        vault = await SqlVault.open(tmp_path / "vault.db", bytes(32), is_new=True)
        try:
            await vault.run(lambda store: store.identity.create(owner))
            letters = iter(invented_letters(2_000, owner=owner))
            allow(1_500_000)
            kept = 0
            has_room = True
            while has_room:
                made = next(letters)
                try:
                    await vault.run(lambda store, made=made: store.messages.add(made))  # type: ignore[misc]
                    kept += 1
                except DiskFullError:
                    has_room = False
            allow(None)
            total = await vault.run(
                lambda store: store.messages._db.execute(  # type: ignore[attr-defined]
                    "select count(*) from message"
                ).fetchone()[0]
            )
            assert total == kept
        finally:
            await vault.close()

    asyncio.run(story())


# --- kill -9 -------------------------------------------------------------------------------------

WRITER = """
import asyncio, sys
from pathlib import Path
from app.engine.vault.store import SqlVault
from tests.fakes.large_vault import invented_letters, invented_owner

async def main():
    path = Path(sys.argv[1])
    owner = invented_owner()
    vault = await SqlVault.open(path, bytes(32), is_new=not path.exists())
    await vault.run(lambda store: store.identity.create(owner))
    done = await vault.run(
        lambda store: store.messages._db.execute("select count(*) from message").fetchone()[0]
    )
    for number, letter in enumerate(invented_letters(1_000_000, owner=owner)):
        if number < done:
            continue
        await vault.run(lambda store: store.messages.add(letter))
        print(number + 1, flush=True)

asyncio.run(main())
"""


def test_what_was_said_to_be_kept_survives_kill_9(tmp_path: Path) -> None:
    path = tmp_path / "vault.db"
    said = 0
    for kills in range(6):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, cwd=ROOT
        ) as writer:
            assert writer.stdout is not None
            for line in writer.stdout:
                said = int(line)
                if said >= 40 * (kills + 1):
                    break
            writer.kill()
            rest = writer.stdout.read().split()
            said = int(rest[-1]) if rest else said
            writer.wait()

        async def count() -> int:
            vault = await SqlVault.open(path, bytes(32), is_new=False)
            try:
                count: int = await vault.run(
                    lambda store: store.messages._db.execute(  # type: ignore[attr-defined]
                        "select count(*) from message"
                    ).fetchone()[0]
                )
                # Each letter is in the index as surely as it is in the store.
                covered = await vault.run(lambda store: store.search.coverage())
                assert (covered.letters, covered.waiting) == (count, 0)
                assert not await vault.run(lambda store: store.search.is_damaged())  # type: ignore[attr-defined]
                return count
            finally:
                await vault.close()

        assert said <= asyncio.run(count()) <= said + 1
