# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two practitioners, each act a process of the real program, with the real relay between them."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from app.cli.exit_codes import ExitCode
from app.interface.commands import SendLetter, Unlock
from app.interface.connection import Notice, Reply
from app.interface.events import StatusChanged
from app.interface.pipe import EngineProcess
from app.interface.snapshots import Queued, Status
from crypto_core.wire.envelope import Urgency
from crypto_core.wire.ids import parse_address
from tests.e2e.client import Client
from tests.fakes.sample_log import SampleLog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.e2e.conftest import Network

SAMPLES = Path(__file__).resolve().parents[2] / "assets" / "samples"
VERIFIER = Path(__file__).resolve().parents[2] / "packaging" / "verify-receipts"

needs_proc = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="there is no /proc on this system"
)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def states(client: Client, message: str) -> set[str]:
    """Return the rungs of the receipt ladder that a sent message has reached."""
    return {row["state"] for row in client.do("receipts", message)["rows"]}


def save_all(client: Client, message: dict[str, Any], folder: Path) -> list[str]:
    """Save a message's documents and return their digests."""
    folder.mkdir()
    files = client.do("save", message["message"], "--to", str(folder))["files"]
    return [digest(Path(file["path"])) for file in files]


def test_letters_with_documents_go_both_ways(
    network: Network, anne: Client, bruno: Client, tmp_path: Path, large_file: Path
) -> None:
    documents = [*sorted(SAMPLES.glob("*.p*")), *sorted(SAMPLES.glob("*.xml")), large_file]
    found = bruno.do("directory", "le goff")["rows"]
    assert [row["account"] for row in found] == [anne.account]
    assert anne.do("directory", "Petit")["rows"] == []

    sent = anne.do(*anne.letter(bruno, "Mme Durand", "Bonjour,\n\nvoir l’IRM.", documents))
    assert not sent["is_queued"]
    (received,) = bruno.received("Mme Durand")
    assert received["text"] == "Bonjour,\n\nvoir l’IRM."
    assert (received["sender"], received["problem"]) == (anne.account, "none")
    assert save_all(bruno, received, tmp_path / "saved") == [digest(path) for path in documents]

    bruno.do("show", received["message"])
    answer = ["--in-reply-to", received["message"], "--urgent"]
    bruno.do(*bruno.letter(anne, "Re: Mme Durand", "Merci."), *answer)
    (reply,) = anne.received("Re: Mme Durand")
    assert (reply["text"], reply["urgency"]) == ("Merci.", "urgent")
    assert reply["conversation"] == received["conversation"]
    assert {"accepted", "delivered", "read"} <= states(anne, sent["message"])

    for client in (anne, bruno):
        audit = client.do("audit", "verify")
        assert audit["problems"] == []
        assert audit["own_statements_logged"] == audit["own_statements"] > 0
        status = client.do("status")
        assert (status["profile"], status["connection"]) == ("unlocked", "online")
        journal = client.do("journal", "list", "--limit", "200")
        assert journal["summary"]["state"] in {"intact", "waiting"}
        logged = {row["deed"]: row for row in journal["rows"] if row["standing"] == "logged"}
        assert {"composed", "received", "accepted-by-relay", "signed-in"} <= set(logged)
        for row in logged.values():
            proof = client.do("journal", "show", str(row["entry"]))
            assert proof["signature_holds"]
            assert proof["inclusion_holds"]
    whole = anne.do("audit", "export", "--to", str(tmp_path))
    keys = log_keys(network)
    assert examined(whole["path"], keys) == 0
    # Another relay's keys are not those of this file, however sound it is.
    assert examined(whole["path"], SampleLog().log_keys) == 4
    assert network.relay.process.poll() is None


def log_keys(network: Network) -> Sequence[str]:
    """The keys of the log, from the relay's operator."""
    command = [sys.executable, "-m", "relay_server", "audit", "keys"]
    answer = subprocess.run(
        [*command, "--data", str(network.home / "data")], capture_output=True, text=True, check=True
    )
    return answer.stdout.split()


def examined(path: str, keys: Sequence[str]) -> int:
    """What the program for experts ends with."""
    pinned = [part for key in keys for part in ("--log-key", key)]
    return subprocess.run(
        [sys.executable, str(VERIFIER), path, *pinned], capture_output=True, check=False
    ).returncode


def test_a_letter_waits_is_called_back_and_goes_with_its_document(
    anne: Client, bruno: Client, tmp_path: Path
) -> None:
    document = tmp_path / "bilan.txt"
    document.write_text("Bilan", encoding="utf-8")
    later = anne.do(*anne.letter(bruno, "Plus tard", "Bonjour", [document]), "--at", next_year())
    assert later["is_queued"]
    document.unlink()
    draft = anne.do("cancel", later["message"])
    anne.do("drafts", "send", draft["draft"])
    (received,) = bruno.received("Plus tard")
    (row,) = received["attachments"]
    assert (row["available"], row["sha256"]) == (True, hashlib.sha256(b"Bilan").hexdigest())


def next_year() -> str:
    return (datetime.now(UTC) + timedelta(days=300)).isoformat(timespec="minutes")


def test_failures_have_their_exit_codes(
    network: Network, anne: Client, bruno: Client, tmp_path: Path
) -> None:
    stranger = Client(name="?", profile=tmp_path / "nobody", passphrase="xK9#qP2$vL5!mN")
    mistaken = Client(name="?", profile=anne.profile, passphrase="not hers")
    answer = mistaken.run("sync")
    assert (answer.code, answer.failure) == (ExitCode.WRONG_PASSPHRASE, "wrong-passphrase")
    answer = anne.run("show", "0" * 32)
    assert (answer.code, answer.failure) == (ExitCode.NOT_FOUND, "unknown-message")
    assert anne.run("register", *registration(network, "x")).failure == "profile-exists"
    unknown = registration(network, "used-up")
    assert stranger.run("register", *unknown).failure == "invitation-invalid"
    # Nothing was begun with it.
    answer = stranger.run("sync")
    assert (answer.code, answer.json) == (ExitCode.PROFILE, None)
    with closing(EngineProcess(anne.profile)) as engine:
        engine.submit(Unlock(passphrase=anne.passphrase))
        answered(engine)
        assert anne.run("sync").code == ExitCode.PROFILE
    network.kill()
    assert anne.run("audit", "verify").code == ExitCode.UNREACHABLE
    assert not bruno.do("inbox")["is_synchronised"]


def registration(network: Network, invitation: str) -> list[str]:
    """Return the arguments of a registration."""
    places = ["--enrolment", network.relay.enrolment_text, "--invitation", invitation]
    return [*places, "--name", "N", "--profession", "P"]


def answered(engine: EngineProcess) -> object:
    """Return the next answer, whatever events come before."""
    while not isinstance(incoming := engine.receive(), Reply):
        assert isinstance(incoming, Notice), incoming
    return incoming.answer


# --- things break in the middle ------------------------------------------------------------------


def test_a_relay_killed_during_an_upload_loses_nothing(
    network: Network, anne: Client, bruno: Client, tmp_path: Path, large_file: Path
) -> None:
    network.wire.at("sent", 4_000_000, network.kill)
    letter = anne.letter(bruno, "Upload", "Ci-joint.", [large_file])
    sent = anne.do(*letter, code=ExitCode.QUEUED)
    assert sent["is_queued"]
    assert not bruno.do("inbox")["is_synchronised"]
    network.restart()
    assert anne.do("sync")["still_waiting"] == 0
    (received,) = bruno.received("Upload")
    assert save_all(bruno, received, tmp_path / "saved") == [digest(large_file)]
    assert anne.do("audit", "verify")["problems"] == []


def test_a_relay_killed_during_a_download_loses_nothing(
    network: Network, anne: Client, bruno: Client, tmp_path: Path, large_file: Path
) -> None:
    anne.do(*anne.letter(bruno, "Download", "Ci-joint.", [large_file]))
    network.wire.at("received", 4_000_000, network.kill)
    assert not bruno.do("inbox")["is_synchronised"]
    network.restart()
    (received,) = bruno.received("Download")
    assert save_all(bruno, received, tmp_path / "saved") == [digest(large_file)]
    assert bruno.do("audit", "verify")["problems"] == []


@needs_proc
@pytest.mark.parametrize("direction", ["sent", "received"])
def test_a_client_killed_in_the_middle_sends_and_receives_once(
    network: Network,
    anne: Client,
    bruno: Client,
    tmp_path: Path,
    large_file: Path,
    *,
    direction: str,
) -> None:
    letter = anne.letter(bruno, f"Killed: {direction}", "Ci-joint.", [large_file])
    if direction == "received":
        anne.do(*letter)
    process = anne.start(*letter) if direction == "sent" else bruno.start("sync")
    network.wire.at(direction, 4_000_000, lambda: kill_family(process.pid))
    owner = anne if direction == "sent" else bruno
    assert owner.finish(process).code == -signal.SIGKILL
    assert anne.do("sync")["still_waiting"] == 0
    (received,) = bruno.received(f"Killed: {direction}")
    assert save_all(bruno, received, tmp_path / "saved") == [digest(large_file)]
    for client in (anne, bruno):
        assert client.do("audit", "verify")["problems"] == []


def test_what_was_written_offline_leaves_by_itself(
    network: Network, anne: Client, bruno: Client
) -> None:
    network.kill()
    sent = anne.do(*anne.letter(bruno, "Écrit hors ligne", "Hors ligne."), code=ExitCode.QUEUED)
    assert [row["state"] for row in sent["recipients"]] == ["queued"]
    with closing(EngineProcess(anne.profile)) as engine:
        engine.submit(Unlock(passphrase=anne.passphrase))
        answered(engine)
        statuses = statuses_of(engine)
        engine.submit(
            SendLetter(
                to=(parse_address(bruno.account),),
                subject="Encore",
                text="Hors ligne aussi.",
                attachments=(),
                urgency=Urgency.NORMAL,
                in_reply_to=None,
                accepts_unverified=True,
            )
        )
        reached(statuses, lambda status: status.outbox_count == 2)
        network.restart()
        reached(statuses, lambda status: status.outbox_count == 0)
    assert len(bruno.received("Écrit hors ligne")) == len(bruno.received("Encore")) == 1


def statuses_of(engine: EngineProcess) -> Iterator[Status]:
    """Yield every status the engine tells."""
    while (incoming := engine.receive()) is not None:
        if isinstance(incoming, Notice):
            yield from (e.status for e in incoming.events if isinstance(e, StatusChanged))
        else:
            assert isinstance(incoming, Reply), incoming
            assert isinstance(incoming.answer, Queued)


def reached(statuses: Iterator[Status], wanted: Callable[[Status], bool]) -> Status:
    """Return the first status that is as wanted."""
    return next(status for status in statuses if wanted(status))


# --- secrets -------------------------------------------------------------------------------------


@needs_proc
def test_no_passphrase_is_in_arguments_environment_or_open_files(
    network: Network, anne: Client, tmp_path: Path
) -> None:
    fifo = tmp_path / "passphrase"
    os.mkfifo(fifo)
    assert network.relay.process.poll() is None
    process = subprocess.Popen(
        anne.command("sync", passphrase_file=str(fifo)), stdout=subprocess.PIPE
    )
    # Opens as soon as the program wants to read, which is after it has started its engine.
    with fifo.open("wb") as passphrase:
        family = family_of(process.pid)
        assert len(family) == 2
        passphrase.write(anne.passphrase.encode())
        passphrase.flush()
        for pid in family:
            for part in ("cmdline", "environ"):
                found = Path(f"/proc/{pid}/{part}").read_bytes()
                assert found
                assert anne.passphrase.encode() not in found
    output, _ = process.communicate()
    assert (process.returncode, bool(output)) == (0, True)
    for path in anne.profile.rglob("*"):
        if path.is_file():
            assert anne.passphrase.encode() not in path.read_bytes()


@needs_proc
def test_no_process_is_left_after_a_command(anne: Client) -> None:
    process = anne.start("sync")
    family = family_of(process.pid)
    assert anne.finish(process).code == ExitCode.OK
    assert not any(Path(f"/proc/{pid}/cmdline").exists() for pid in family)


def family_of(pid: int) -> list[int]:
    """Return a process and all that it has started."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name before the last parenthesis may hold anything.
            fields = status.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(status.parent.name)] = int(fields[1])
    family = [pid]
    for member in family:
        family += [child for child, parent in parents.items() if parent == member]
    return family


def kill_family(pid: int) -> None:
    """Kill a front end and its engine at once."""
    for member in family_of(pid):
        os.kill(member, signal.SIGKILL)


def test_only_the_profile_itself_is_written(anne: Client, tmp_path: Path) -> None:
    before = set(tmp_path.iterdir())
    anne.do("inbox")
    assert set(tmp_path.iterdir()) == before
    script = "import app.__main__; print(app.__main__.__file__)"
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, cwd=tmp_path)
    assert set(tmp_path.iterdir()) == before
