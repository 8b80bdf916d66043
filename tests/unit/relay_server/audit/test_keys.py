# SPDX-License-Identifier: AGPL-3.0-or-later
"""The log's keys: made once, private, and never made anew over a damaged file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crypto_core.wire.codec import decode
from crypto_core.wire.ids import UnixMillis
from relay_server.audit.keys import LogKeyFile, load_signers
from relay_server.errors import StartError

if TYPE_CHECKING:
    from pathlib import Path


def clock() -> UnixMillis:
    return UnixMillis(1_790_000_000_000)


def test_keys_are_made_once(tmp_path: Path) -> None:
    path = tmp_path / "log-key"
    first = load_signers(path, clock=clock).identity
    assert load_signers(path, clock=clock).identity == first
    assert path.stat().st_mode & 0o777 == 0o600
    other = load_signers(tmp_path / "other", clock=clock).identity
    assert other.origin != first.origin


def test_a_damaged_file_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "log-key"
    load_signers(path, clock=clock)
    for content in (b"", path.read_bytes()[:-1], bytes(100)):
        path.write_bytes(content)
        with pytest.raises(StartError, match="restore it"):
            load_signers(path, clock=clock)
        assert path.read_bytes() == content


def test_seeds_are_not_shown(tmp_path: Path) -> None:
    path = tmp_path / "log-key"
    signers = load_signers(path, clock=clock)
    keys = decode(LogKeyFile, path.read_bytes())
    for shown in (repr(keys), repr(signers)):
        assert str(keys.ed25519_seed) not in shown
        assert str(keys.ml_dsa_44_seed) not in shown
