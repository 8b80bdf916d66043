# SPDX-License-Identifier: AGPL-3.0-or-later
"""Starting and stopping, as an operator sees them."""

from __future__ import annotations

import json
import os
import socket
import ssl
import stat
import subprocess
import sys
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psycopg
import pytest

from crypto_core.trust.checkpoints import parse_log_identity, verify_checkpoint
from crypto_core.wire.enrolment import parse_enrolment
from tests.integration.relay.from_outside.premises import ProcessEnd
from tests.integration.relay.from_outside.visitor import visitors
from tests.integration.relay_process import ROOT, RelayDidNotStartError, invite, start_relay

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.integration.relay.from_outside.premises import Premises

pytestmark = pytest.mark.anyio

needs_pidfd = pytest.mark.skipif(
    not hasattr(os, "pidfd_open"), reason="watches processes as Linux does"
)


def parent_of(process: int) -> int:
    """Return the parent of a process."""
    told = subprocess.run(
        ["ps", "-o", "ppid=", "-p", str(process)], check=True, capture_output=True, text=True
    )
    return int(told.stdout)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program to its end."""
    return subprocess.run(
        [sys.executable, "-m", "relay_server", *arguments],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )


def test_ready_is_one_line_with_address_and_enrolment(tmp_path: Path) -> None:
    """Whoever starts the relay reads one line, and nothing else comes."""
    command = [sys.executable, "-m", "relay_server", "serve", "--data", str(tmp_path / "data")]
    with (
        (tmp_path / "log").open("wb") as log,
        subprocess.Popen(
            [*command, "--listen", "127.0.0.1:0"],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
        ) as process,
    ):
        assert process.stdout is not None
        word, _, rest = process.stdout.readline().decode().partition(" ")
        process.terminate()
        assert process.stdout.read() == b""
        assert process.wait() == 0
    ready = json.loads(rest)
    assert word == "READY"
    assert ready.keys() == {"url", "enrolment"}
    enrolment = parse_enrolment(ready["enrolment"])
    assert enrolment.url == ready["url"]
    assert urlsplit(enrolment.url).scheme == "https"


async def test_the_enrolment_pins_the_key_that_answers_and_the_log_it_keeps(
    shared_premises: Premises,
) -> None:
    async with visitors(shared_premises, 1) as (visitor,):
        # The adapter refuses every other key, and the receipt was checked with the enrolled log keys.
        facts = visitor.relay.facts()
        assert facts is not None
        assert facts.tls_version == "TLSv1.3"
        description = await visitor.relay.describe()
        assert description.log_keys == visitor.enrolment.log_keys
        note = await visitor.relay.checkpoint()
        verify_checkpoint(note, log=parse_log_identity(description.log_keys))


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2])
def test_older_tls_is_refused(shared_premises: Premises, version: ssl.TLSVersion) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.maximum_version = version
    address = ("127.0.0.1", shared_premises.port)
    with socket.create_connection(address) as raw, pytest.raises(ssl.SSLError):
        context.wrap_socket(raw)


@needs_pidfd
def test_postgresql_ends_by_itself_after_the_relay_is_killed(embedded_premises: Premises) -> None:
    postmaster = embedded_premises.postmaster()
    ends = [ProcessEnd(postmaster), ProcessEnd(parent_of(postmaster))]
    embedded_premises.relay.kill()
    for end in ends:
        end.wait()
    embedded_premises.start()


@needs_pidfd
def test_sigterm_stops_relay_and_postgresql_and_loses_nothing(embedded_premises: Premises) -> None:
    end = ProcessEnd(embedded_premises.postmaster())
    assert embedded_premises.relay.stop() == 0
    end.wait()
    assert not (embedded_premises.cluster / "postmaster.pid").exists()
    lines = embedded_premises.relay.log()
    assert [line["event"] for line in lines][-1] == "the relay has stopped"
    assert {line["level"] for line in lines} == {"info"}


@needs_pidfd
async def test_a_start_during_the_end_of_the_last_one_waits(embedded_premises: Premises) -> None:
    """Killed and started at once, as an impatient supervisor does it, several times."""
    for _ in range(3):
        embedded_premises.relay.kill()
        embedded_premises.start()
    async with visitors(embedded_premises, 2) as (alice, bob):
        await alice.post(alice.caller.letter_to(bob.caller))
        assert len(await bob.everything()) == 1


def test_address_and_keys_stay_over_a_restart(embedded_premises: Premises) -> None:
    before = embedded_premises.relay.enrolment_text
    embedded_premises.relay.stop()
    assert embedded_premises.start().enrolment_text == before


def test_a_second_relay_on_the_same_data_is_refused_and_says_why(
    embedded_premises: Premises,
) -> None:
    with pytest.raises(RelayDidNotStartError, match="another relay already uses the data folder"):
        start_relay(embedded_premises.data)
    # The first one does not mind.
    assert embedded_premises.relay.process.poll() is None
    assert invite(embedded_premises.data)


def test_everything_in_the_data_folder_is_private(embedded_premises: Premises) -> None:
    assert stat.S_IMODE(embedded_premises.data.stat().st_mode) == 0o700
    for path in embedded_premises.data.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path.relative_to(
            embedded_premises.data
        )


def test_a_taken_port_is_named_in_one_sentence_and_nothing_is_left(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("serve", "--data", str(tmp_path / "data"), "--listen", f"127.0.0.1:{port}")
    assert done.returncode == 1
    assert done.stderr == (
        f"uhealthsec-relay: cannot listen on 127.0.0.1:{port}: another program does already; "
        "end it, or give another address with --listen\n"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("host", ["192.0.2.1", "name.invalid"])
def test_an_address_of_another_machine_is_refused_and_nothing_is_left(
    tmp_path: Path, host: str
) -> None:
    done = run("serve", "--data", str(tmp_path / "data"), "--listen", f"{host}:0")
    assert done.returncode == 1
    assert done.stderr.startswith(f"uhealthsec-relay: cannot listen on {host}:0: ")
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_help_names_the_exit_codes() -> None:
    assert "cannot start" in run("serve", "--help").stdout


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (("--listen", "somewhere"), 2),
        (("--listen", "127.0.0.1:65536"), 2),
        (("--listen", "0.0.0.0:0"), 2),
        (("--listen", "127.0.0.1:0", "--public-url", "http://relay.example"), 2),
        (("--listen", "127.0.0.1:0", "--database-url", "postgresql://nobody@127.0.0.1:1/relay"), 1),
    ],
)
def test_a_wrong_setting_is_a_sentence_and_not_a_traceback(
    tmp_path: Path, wrong: Sequence[str], code: int
) -> None:
    done = run("serve", "--data", str(tmp_path / "data"), *wrong)
    assert done.returncode == code
    assert done.stdout == ""
    assert "uhealthsec-relay: " in done.stderr
    assert "Traceback" not in done.stderr


def test_a_damaged_key_file_stops_the_start_and_is_kept(embedded_premises: Premises) -> None:
    """A relay that made itself a new key would silently become another log."""
    embedded_premises.relay.stop()
    for name in ("log-key", "tls-key.pem"):
        path = embedded_premises.data / name
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 2])
        with pytest.raises(RelayDidNotStartError, match=name):
            embedded_premises.start()
        assert path.read_bytes() == content[: len(content) // 2]
        path.write_bytes(content)
    embedded_premises.start()


def test_the_password_of_the_database_is_neither_shown_nor_told(premises: Premises) -> None:
    """Not on the command line of any process, and not in an error when it is wrong."""
    arguments = subprocess.run(["ps", "-eo", "args"], check=True, capture_output=True, text=True)
    stored = json.loads((premises.data / "database-login").read_text())["password"]
    secrets = {stored}
    for name in ("postgresql.password", "server.password"):
        for folder in (premises.data, premises.home):
            if (folder / name).exists():
                secrets.add((folder / name).read_text())
    assert len(secrets) == 2
    assert not [secret for secret in secrets if secret in arguments.stdout]
    if premises.database_url is not None:
        wrong = premises.database_url.replace(":", ":wrong-canary", 2).replace(
            "postgresql:wrong-canary", "postgresql:"
        )
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(wrong)
        premises.relay.stop()
        premises.database_url, right = wrong, premises.database_url
        with pytest.raises(RelayDidNotStartError) as refused:
            premises.start()
        assert "wrong-canary" not in str(refused.value)
        premises.database_url = right
        premises.start()
