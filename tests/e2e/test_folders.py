# SPDX-License-Identifier: AGPL-3.0-or-later
"""Practice software and two real programs: what is dropped goes once, also when the program is killed in the middle."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING

from app.cli.exit_codes import ExitCode
from tests.e2e.test_two_clients import digest, kill_family, needs_proc

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.client import Client
    from tests.e2e.conftest import Network


@needs_proc
def test_documents_go_from_one_practice_software_to_the_other(
    network: Network, anne: Client, bruno: Client, tmp_path: Path, large_file: Path
) -> None:
    here, there = tmp_path / "anne", tmp_path / "bruno"
    for client, folder in ((anne, here), (bruno, there)):
        folder.mkdir()
        client.do("folders", "watch", str(folder))
    note = f"à : {bruno.account}\nobjet : Dossier partagé\n\nCi-joint.\n"
    (here / "to-send" / "scanner.bin.uhs.txt").write_text(note, encoding="utf-8")
    (here / "to-send" / "scanner.bin").write_bytes(large_file.read_bytes())
    anne.do("contact", "verify", bruno.account, "--how", "in-person")
    process = anne.start("folders", "run")
    network.wire.at("sent", 4_000_000, lambda: kill_family(process.pid))
    assert anne.finish(process).code == -signal.SIGKILL
    state = anne.do("folders", "run")
    assert (state["sent"], state["refused_count"], state["waiting"]) == (1, 0, 0)
    assert not list((here / "to-send").iterdir())
    (result,) = (here / "sent").glob("*.uhs.json")
    assert bruno.do("folders", "run")["received"] == 2  # The document and the text.
    path = there / "received" / "scanner.bin"
    assert digest(path) == digest(large_file)
    received = json.loads(path.with_name("scanner.bin.uhs.json").read_bytes())
    anne.do("folders", "run")
    verdict = anne.do("folders", "verify", str(result))["result"]
    assert (verdict["state"], verdict["message"]) == ("delivered", received["message"])
    path.write_bytes(b"changed")
    assert bruno.do("folders", "verify", str(path), code=ExitCode.FAILED)["changed"]
    for client in (anne, bruno):
        assert client.do("folders", "stop")["settings"]["folder"] == ""
