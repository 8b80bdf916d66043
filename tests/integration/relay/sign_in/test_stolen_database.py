# SPDX-License-Identifier: AGPL-3.0-or-later
"""What whoever steals the relay's database can read in it, and what it verifies: nothing."""

from __future__ import annotations

import asyncio
import base64
import os
import subprocess
from typing import TYPE_CHECKING, Final

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from app.engine.network.dpop import base64url
from crypto_core.errors import SignInError
from crypto_core.opaque import client_protocol
from crypto_core.opaque.client import login_input
from crypto_core.opaque.messages import KE2
from crypto_core.opaque.profile import binding_for
from crypto_core.opaque.server import answer_login
from crypto_core.trust.signatures import sha256
from crypto_core.wire.codec import decode
from crypto_core.wire.labels import RECOVERY_CODE
from crypto_core.wire.sign_in import LoginCredential
from relay_server.database.embedded import bundled_programs
from relay_server.errors import StartError
from relay_server.files import write_private
from relay_server.sessions.key_file import load_sign_in_keys
from tests.fakes.machine import FakeClock
from tests.fakes.sign_in import PASSPHRASE, cheap_stretch
from tests.integration.relay.sign_in.stage import rows_of

if TYPE_CHECKING:
    from tests.integration.relay.sign_in.stage import Bench, Site
    from tests.integration.signed_in_device import SignedInDevice

VERIFIER: Final = "a" * 43
SECRET: Final = bytes(range(32))


async def lived_in(site: Site) -> SignedInDevice:
    """Leave behind a relay in the middle of everything: sessions, challenges, codes, failures."""
    async with site.open(FakeClock()) as bench:
        device = await bench.member()
        await _live(bench, device)
    return device


async def _live(bench: Bench, device: SignedInDevice) -> None:
    await device.sign_in()
    bench.clock.advance(seconds=60)
    await device.refresh()
    await device.prove_passphrase(VERIFIER)
    await device.code(VERIFIER)
    await bench.stranger("198.51.100.77").begin(VERIFIER)


def dump(site: Site) -> bytes:
    """Return the whole database as text, byte strings in hexadecimal, as a thief would have it."""
    login = conninfo_to_dict(site.superuser_url)
    done = subprocess.run(
        [
            str(bundled_programs() / "pg_dump"),
            f"--host={login['host']}",
            f"--port={login['port']}",
            f"--username={login['user']}",
            str(login["dbname"]),
        ],
        check=True,
        capture_output=True,
        env=os.environ | {"PGPASSWORD": str(login["password"])},
    )
    return done.stdout.lower()


def test_no_secret_of_a_sign_in_is_in_a_dump(site: Site) -> None:
    device = asyncio.run(lived_in(site))
    stolen = dump(site)
    # The search finds what is there.
    assert device.caller.account.hex().encode() in stolen
    keys = site.folder.sign_in_key.read_bytes()
    secrets = {
        "passphrase": device.password,
        "one-time secret": device.totp_secret,
        "one-time code": device.one_time_code().encode(),
        "access token": str(device.access_token).encode(),
        "refresh token": str(device.refresh_token).encode(),
        "address": b"198.51.100.77",
        "pepper": keys[-32:],
        "recovery hash": sha256(RECOVERY_CODE, device.caller.account + device.recovery_codes[0]),
        **{f"recovery code {n}": code for n, code in enumerate(device.recovery_codes)},
    }
    for name, secret in secrets.items():
        spellings = {secret, secret.hex().encode(), base64.b64encode(secret)}
        spellings |= {base64.b32encode(secret), base64url(secret).encode()}
        if name == "one-time code":
            # Six digits occur by chance in a dump; as a value of their own they would be quoted or tabbed.
            spellings = {b"\t" + secret + b"\t", b"'" + secret + b"'"}
        for spelling in spellings:
            assert spelling.lower() not in stolen, name


def test_database_and_right_passphrase_verify_nothing(site: Site) -> None:
    """Even with the data folder's secrets: what is missing is in the owner's recovery kit."""

    async def main() -> SignedInDevice:
        async with site.open(FakeClock()) as bench:
            device = bench.stranger()
            device.password = login_input(PASSPHRASE, SECRET)
            response = await device.register(await bench.invite())
            assert response.status_code == 200
            await device.sign_in()
        return device

    device = asyncio.run(main())
    account = device.caller.account
    ((encoded,),) = rows_of(site, "SELECT credential FROM sign_in_credential")
    credential = decode(LoginCredential, bytes(encoded))
    setup = load_sign_in_keys(site.folder.sign_in_key).setup

    def verifies(password: bytes) -> bool:
        started = client_protocol.start_login(password, os.urandom)
        answer, _ = answer_login(
            setup, account, credential, started.ke1.to_bytes(), random_bytes=os.urandom
        )
        try:
            client_protocol.finish_login(
                started,
                KE2.parse(answer.ke2),
                binding=binding_for(account, answer.stretch),
                stretch=cheap_stretch,
            )
        except SignInError:
            return False
        return True

    assert verifies(login_input(PASSPHRASE, SECRET))
    assert not verifies(PASSPHRASE.encode())
    for guessed in (bytes(32), os.urandom(32), sha256(encoded), sha256(account)):
        assert not verifies(login_input(PASSPHRASE, guessed))


def test_without_the_data_folder_the_database_lets_nobody_in(site: Site) -> None:
    """And the relay says what is missing instead of starting with fresh secrets."""
    asyncio.run(lived_in(site))
    kept = site.folder.sign_in_key.read_bytes()
    site.folder.sign_in_key.unlink()

    async def start() -> None:
        async with site.open(FakeClock()):
            pass

    with pytest.raises(StartError, match="sign-in-key"):
        asyncio.run(start())
    write_private(site.folder.sign_in_key, kept[:-1])
    with pytest.raises(StartError, match="damaged"):
        asyncio.run(start())
    write_private(site.folder.sign_in_key, kept)
    asyncio.run(start())
    assert site.folder.sign_in_key.stat().st_mode & 0o777 == 0o600


def test_what_is_sealed_serves_in_its_own_row_only(site: Site) -> None:
    """Who can write to the database still cannot give one account's codes to another."""
    clock = FakeClock()

    async def main() -> None:
        async with site.open(clock) as bench:
            victim, thief = await bench.member(), await bench.member()
            with psycopg.connect(site.superuser_url) as connection:
                connection.execute(
                    """
                    UPDATE relay.factor SET content =
                        (SELECT content FROM relay.factor WHERE account = %s)
                    """,
                    [thief.caller.account],
                )
            victim.totp_secret = thief.totp_secret
            found = (await victim.prove_passphrase(VERIFIER)).json()
            response = await victim.post_form(
                "/oauth/authorize-challenge",
                auth_session=found["auth_session"],
                totp=victim.one_time_code(),
            )
            assert response.json()["error"] == "invalid_session"

    asyncio.run(main())


def test_the_relays_own_role_cannot_make_sessions_or_credentials(site: Site) -> None:
    asyncio.run(lived_in(site))
    with psycopg.connect(site.superuser_url, autocommit=True) as connection:
        connection.execute("SET search_path = relay")
        connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(site.login.role)))
        for statement in (
            "INSERT INTO session_family SELECT * FROM session_family",
            "UPDATE session_family SET ended_at = NULL",
            "SELECT token_hash FROM refresh_token",
            "UPDATE sign_in_credential SET credential = ''",
            "DELETE FROM sign_in_credential",
            "UPDATE factor SET content = ''",
            "INSERT INTO factor SELECT * FROM factor",
            "DELETE FROM factor",
            "UPDATE device_epoch SET epoch = ''",
            "INSERT INTO recovery_session SELECT * FROM recovery_session",
            "INSERT INTO recovery_package SELECT * FROM recovery_package",
            "DELETE FROM waiting_leaf",
            "DELETE FROM recovery_code",
            "INSERT INTO recovery_code SELECT * FROM recovery_code",
            "DELETE FROM sign_in_report",
            "SELECT failures FROM sign_in_failure",
            "INSERT INTO access_key SELECT * FROM access_key",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.encode())
