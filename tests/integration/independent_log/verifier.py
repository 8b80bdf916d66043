# SPDX-License-Identifier: AGPL-3.0-or-later
"""Receipts, consistency proofs and tiles, checked by the Go team's transparency-log code (main.go)."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

SOURCE: Final = Path(__file__).with_name("main.go")

# Where Debian's golang-golang-x-mod-dev puts the sources: nothing is fetched, nothing is versioned.
GOPATH: Final = Path("/usr/share/gocode")


@dataclass(frozen=True, slots=True, kw_only=True)
class Consistency:
    """Two signed notes of one log, the first of a tree with at least one leaf, and the proof between them."""

    first: str
    second: str
    path: Sequence[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndependentVerifier:
    """The built program. Its answers are texts: why something is refused, empty if it verifies."""

    program: Path

    @classmethod
    def build(cls, folder: Path) -> IndependentVerifier:
        """Compile the program into `folder`, offline.

        Skips the test where Go is not installed, except where UHS_CI says that it has to be.
        """
        go = shutil.which("go")
        if go is None or not (GOPATH / "src/golang.org/x/mod/sumdb/tlog").is_dir():
            missing = "needs the Debian packages golang-go and golang-golang-x-mod-dev"
            if os.environ.get("UHS_CI"):
                pytest.fail(missing)
            pytest.skip(missing)
        program = folder / "independent_log"
        environment = os.environ | {
            "GO111MODULE": "off",
            "GOPATH": str(GOPATH),
            "GOCACHE": str(folder / "go-cache"),
            "GOPROXY": "off",
            "GOFLAGS": "",
        }
        subprocess.run(
            [go, "build", "-o", str(program), str(SOURCE)], env=environment, check=True, timeout=240
        )
        return cls(program=program)

    def check_receipts(self, verifier_key: str, receipts: Sequence[str]) -> list[str]:
        """Check `tlog-proof@v1` texts that carry their leaf, against the log's Ed25519 verifier key."""
        return list(self._ask(VerifierKey=verifier_key, Receipts=list(receipts))["Receipts"] or [])

    def check_consistency(self, verifier_key: str, proofs: Sequence[Consistency]) -> list[str]:
        """Check that each first checkpoint is the beginning of its second one."""
        asked = [
            {
                "First": each.first,
                "Second": each.second,
                "Path": [base64.b64encode(digest).decode() for digest in each.path],
            }
            for each in proofs
        ]
        answer = self._ask(VerifierKey=verifier_key, Consistency=asked)
        return list(answer["Consistency"] or [])

    def check_leaves(
        self,
        verifier_key: str,
        *,
        checkpoint: str,
        tiles: Mapping[str, bytes],
        leaves: Mapping[int, bytes],
    ) -> dict[int, str]:
        """Prove leaves from nothing but a signed checkpoint and tiles, given by their C2SP paths."""
        answer = self._ask(
            VerifierKey=verifier_key,
            Checkpoint=checkpoint,
            Tiles={path: base64.b64encode(content).decode() for path, content in tiles.items()},
            Leaves={str(index): base64.b64encode(leaf).decode() for index, leaf in leaves.items()},
        )
        return {int(index): refusal for index, refusal in answer["Leaves"].items()}

    def _ask(self, **request: object) -> dict[str, Any]:
        finished = subprocess.run(
            [self.program],
            input=json.dumps(request).encode(),
            capture_output=True,
            check=True,
            timeout=120,
        )
        answer: dict[str, Any] = json.loads(finished.stdout)
        return answer
