# SPDX-License-Identifier: AGPL-3.0-or-later
"""The demonstration itself, and that it would notice a readable trace."""

from __future__ import annotations

import base64
import os
import runpy
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = ("Dr Karim Benali", "Claire Martin")
KIT = bytes(range(32))
DEMO = Path(__file__).resolve().parents[2] / "packaging" / "demo"


# Some eighty processes one after the other: minutes, where others work at the same time.
@pytest.mark.timeout(1200)
def test_the_demonstration_succeeds_and_takes_pictures(tmp_path: Path) -> None:
    surroundings = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DISPLAY", "WAYLAND_DISPLAY"}
    }
    done = subprocess.run(
        [sys.executable, "-P", str(DEMO), "--screenshot", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        env=surroundings | {"TMPDIR": str(tmp_path.parent)},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Everything arrived" in done.stdout
    assert "Jeanne Duval" in done.stdout
    pictures = sorted(path.parent.name for path in tmp_path.rglob("*.png"))
    assert set(pictures) == {"p-karim", "p-claire-nouveau"}


def test_ended_early_it_takes_its_relay_and_its_letters_along() -> None:
    home = Path(tempfile.mkdtemp(prefix="d-"))
    process = subprocess.Popen(
        [sys.executable, "-P", str(DEMO)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"TMPDIR": str(home), "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    with process.stdout as output:
        # By now something is running, and something is on the disk.
        assert output.readline()
        process.send_signal(signal.SIGTERM)
        output.read()
    assert process.wait() == 128 + signal.SIGTERM
    assert list(home.iterdir()) == []
    home.rmdir()


@pytest.fixture(scope="module")
def demo() -> dict[str, Any]:
    return runpy.run_path(str(DEMO), run_name="demo")


def practitioner(demo: dict[str, Any], profile: Path, name: str) -> Any:  # noqa: ANN401 - run, not imported
    return demo["Practitioner"](
        name=name, profession="p", profile=profile, paper=profile, passphrase="a secret phrase"
    )


@pytest.mark.parametrize(
    "spelling",
    [
        bytes,
        lambda text: text.hex().encode(),
        lambda text: text.hex().upper().encode(),
        lambda text: base64.b64encode(b"a" + text + b"bc"),
        lambda text: base64.b64encode(b"ab" + text),
        lambda text: base64.b64encode(text + b"abc"),
    ],
)
@pytest.mark.parametrize("place", ["dump", "data", "log", "profile", "kit"])
def test_a_trace_would_be_found(
    demo: dict[str, Any], tmp_path: Path, spelling: Callable[[bytes], bytes], place: str
) -> None:
    relay = demo["DemoRelay"](tmp_path)
    (relay.data / "blobs").mkdir(parents=True)
    (tmp_path / "sent").mkdir()
    people = [practitioner(demo, tmp_path / name, name) for name in NAMES]
    folders = [person.profile for person in people]
    for folder in folders:
        folder.mkdir()
    clean = b"-- " + people[0].name.encode()
    relay.log.write_bytes(b"quiet")
    demo["look_for_traces"](relay, people, folders, [clean])
    readable = b"Bilan de Mme Jeanne Duval"
    if place == "kit":
        people[1].secrets.append(KIT)
        readable = KIT
    trace = b"\x00before" + spelling(readable) + b"after\xff"
    if place == "dump":
        clean += trace
    else:
        places = {"data": relay.data / "blobs" / "x", "log": relay.log}
        places.get(place, people[1].profile / "vault.db").write_bytes(trace)
    with pytest.raises(demo["DemoError"], match="readable"):
        demo["look_for_traces"](relay, people, folders, [clean])


def test_a_search_that_finds_nothing_at_all_is_no_proof(
    demo: dict[str, Any], tmp_path: Path
) -> None:
    relay = demo["DemoRelay"](tmp_path)
    relay.data.mkdir()
    relay.log.write_bytes(b"")
    person = practitioner(demo, tmp_path / "p", NAMES[0])
    with pytest.raises(demo["DemoError"], match="nothing anywhere"):
        demo["look_for_traces"](relay, [person], [], [b"an empty dump"])


def test_a_changed_document_would_be_noticed(demo: dict[str, Any], tmp_path: Path) -> None:
    sent, saved = tmp_path / "sent.raw", tmp_path / "saved.raw"
    sent.write_bytes(b"0123456789")
    saved.write_bytes(b"0123456789")
    demo["compare_files"]([sent], [{"path": str(saved)}])
    saved.write_bytes(b"0123456780")
    for arrived in ([{"path": str(saved)}], []):
        with pytest.raises(demo["DemoError"]):
            demo["compare_files"]([sent], arrived)
