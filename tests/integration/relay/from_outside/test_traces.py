# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a thief of everything the relay has would find: dump, files, write-ahead log, blobs and logs."""

from __future__ import annotations

import base64
import contextlib
import re
import subprocess
from typing import TYPE_CHECKING

import httpx
import pytest

from app.engine.ports.relay import RelayRefusedError
from crypto_core.wire.ids import EnvelopeId
from tests.e2e.client import Client
from tests.integration.relay.from_outside.visitor import visitors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.integration.relay.from_outside.premises import Premises
    from tests.integration.relay.from_outside.visitor import Visitor

pytestmark = pytest.mark.anyio

SHORTEST = 8
"""Fewer characters of base64 would be found by chance."""


def spellings_of(text: bytes) -> set[bytes]:
    """Return bytes as they are, in hexadecimal, and in base64 wherever they may begin in it."""
    found = {text, text.hex().encode(), text.hex().upper().encode()}
    for shift in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            middle = encode(bytes(shift) + text)[4 if shift else 0 : -4]
            if len(middle) >= SHORTEST:
                found.add(middle)
    return found


def dump(premises: Premises) -> bytes:
    """Return everything in the database, roles and rights included, as its superuser sees it."""
    command = [str(premises.programs / "pg_dump"), "--dbname", premises.superuser_url()]
    return subprocess.run(command, check=True, capture_output=True).stdout


def places_of(premises: Premises) -> Iterator[tuple[str, bytes]]:
    """Yield everything that a thief finds, with its name."""
    yield "dump", dump(premises)
    for path in premises.home.rglob("*"):
        # Names count as well as contents.
        yield path.name, str(path.relative_to(premises.home)).encode()
        if path.is_file():
            yield str(path.relative_to(premises.home)), path.read_bytes()


def logs_of(premises: Premises) -> dict[str, str]:
    """Return what relay and PostgreSQL have written about their work."""
    files = [
        premises.relay.log_path,
        *premises.cluster.glob("log/*"),
        *premises.home.rglob("*.start.log"),
    ]
    return {path.name: path.read_text() for path in files}


def test_nothing_that_was_written_or_kept_back_is_found_at_the_relay(
    embedded_premises: Premises, tmp_path: Path
) -> None:
    """Real clients, real letters; the one name that its owner published shows that the search can see."""
    premises = embedded_premises
    document = tmp_path / "canary-file-name.txt"
    document.write_bytes(b"canary-content-of-a-file " * 20_000)
    anne = Client(
        name="Canary-Listed-Name",
        profile=tmp_path / "anne",
        passphrase="canary-passphrase-of-anne-with-three-more-words",
    )
    boris = Client(
        name="Canary-Hidden-Name",
        profile=tmp_path / "boris",
        passphrase="canary-passphrase-of-boris-with-three-more-words",
    )
    codes = [premises.relay.invite() for _ in range(3)]
    anne.register(premises.relay, "--listed", invitation=codes[0])
    boris.register(
        premises.relay,
        *("--place", "Canary-Hidden-Place"),
        profession="Canary-Hidden-Profession",
        invitation=codes[1],
    )
    assert boris.do("directory", "canary listed")["rows"][0]["account"] == anne.account
    assert anne.do("directory", "canary hidden")["rows"] == []
    boris.do("contact", "add", anne.account, "--note", "canary-note-of-a-contact")
    anne.do("contact", "accept", boris.account)
    boris.do("sync")
    boris.do(*boris.letter(anne, "canary-subject", "canary-text " * 50, [document]))
    assert anne.received("canary-subject")
    # While blobs and bodies of what Anne answers still wait for Boris.
    anne.do(*anne.letter(boris, "canary-subject-back", "canary-text-back", [document]))
    canaries = [
        b"canary-subject",
        b"canary-text",
        b"canary-content-of-a-file",
        b"canary-file-name",
        b"canary-note-of-a-contact",
        b"canary-passphrase-of-anne",
        b"canary-passphrase-of-boris",
        b"Canary-Hidden-Name",
        b"Canary-Hidden-Place",
        b"Canary-Hidden-Profession",
        b"canary-hidden",
        *(code.encode() for code in codes),
        *(secret.encode() for client in (anne, boris) for secret in client.second_factors()),
    ]
    looked_at = dict(places_of(premises))
    for name, content in looked_at.items():
        for canary in canaries:
            for spelling in spellings_of(canary):
                assert spelling not in content, (name, canary)
    assert any(spelling in looked_at["dump"] for spelling in spellings_of(b"Canary-Listed-Name"))
    assert any("/pg_wal/" in name for name in looked_at)
    assert any(re.fullmatch(r"data/blobs/../[0-9a-f]{32}", name) for name in looked_at)


async def attempt_everything(alice: Visitor, bob: Visitor) -> None:
    """Do what works and what is refused, so that whatever could be logged is."""
    await alice.relay.upload_prekeys(alice.caller.prekeys(1, one_time=2))
    content = b"sealed by alice"
    announced = alice.caller.blob(content)
    await alice.relay.create_blob(announced)
    await alice.relay.upload_part(announced.blob, offset=0, part=content)
    await alice.relay.complete_blob(announced.blob)
    await alice.post(alice.caller.letter_to(bob.caller, blobs=(announced.blob,)))
    await bob.everything()
    following = alice.caller.publishing(alice.caller.next_list())
    acts = (
        lambda: bob.relay.upload_part(announced.blob, offset=3, part=b"x"),
        lambda: bob.relay.create_blob(announced),
        lambda: bob.relay.complete_blob(announced.blob),
        lambda: alice.relay.register(alice.caller.registration("guessed-code")),
        lambda: alice.relay.publish_key_event(bob.caller.account, following),
        lambda: bob.relay.envelope_receipt(EnvelopeId(bytes(16))),
    )
    for act in acts:
        with pytest.raises(RelayRefusedError):
            await act()


async def test_logs_hold_no_identifier_no_address_and_no_key(premises: Premises) -> None:
    async with visitors(premises, 2) as (alice, bob):
        await attempt_everything(alice, bob)
        with premises.as_superuser() as superuser:
            # What makes a task of the relay fail is logged with care as well.
            superuser.execute("DROP FUNCTION relay.mailbox_acknowledge")
            superuser.execute("ALTER TABLE relay.one_time_prekey RENAME TO away")
            found = superuser.execute(
                """
                SELECT account FROM relay.account UNION SELECT device FROM relay.device
                UNION SELECT pseudonym FROM relay.device UNION SELECT request_key FROM relay.device
                UNION SELECT envelope FROM relay.envelope UNION SELECT blob FROM relay.blob
                UNION SELECT key_hash FROM relay.public_key UNION SELECT blob_hash FROM relay.blob
                """
            ).fetchall()
        with pytest.raises(RelayRefusedError):
            await alice.relay.prekey_status()
        with pytest.raises(RelayRefusedError):
            await bob.acknowledge(1)
        async with httpx.AsyncClient(trust_env=False) as plain:
            # Somebody who does not speak TLS at all.
            with contextlib.suppress(httpx.TransportError):
                await plain.get(f"http://127.0.0.1:{premises.port}/v1/relay")
    premises.relay.stop()
    known = [identifier for (identifier,) in found if isinstance(identifier, bytes)]
    secret = {spelling for identifier in known for spelling in spellings_of(identifier)}
    assert len(known) > 20
    logs = logs_of(premises)
    assert "a request failed" in logs["data.log"]
    for name, text in logs.items():
        assert not {each for each in secret if each in text.encode()}, name
        assert "uhs:" not in text
        assert not re.search(r"[0-9a-f]{16}|[A-Za-z0-9+/_-]{27}", text), name
        assert not re.search(r"127\.0\.0\.1|::1|localhost", text), name
