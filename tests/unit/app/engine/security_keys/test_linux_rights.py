# SPDX-License-Identifier: AGPL-3.0-or-later

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from app.engine.security_keys.linux_rights import is_locked_out

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux asks for a rule")

FIDO = bytes.fromhex("06d0f10901a1010920150026ff007508954081020921150026ff00750895409102c0")
MOUSE = bytes.fromhex("05010902a1010901a100c0c0")


def device(folder: Path, name: str, descriptor: bytes) -> None:
    described = folder / "sys" / name / "device"
    described.mkdir(parents=True)
    (described / "report_descriptor").write_bytes(descriptor)


def locked_out(folder: Path) -> bool:
    return is_locked_out(system=folder / "sys", devices=folder / "dev")


def test_without_any_device_nobody_is_locked_out(tmp_path: Path) -> None:
    assert not locked_out(tmp_path)


def test_a_security_key_that_may_be_opened_is_no_matter(tmp_path: Path) -> None:
    device(tmp_path, "hidraw0", FIDO)
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev" / "hidraw0").touch()
    assert not locked_out(tmp_path)


@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="root may open everything")
def test_one_that_may_not_be_opened_is_noticed(tmp_path: Path) -> None:
    device(tmp_path, "hidraw0", FIDO)
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev" / "hidraw0").touch(mode=0o000)
    assert locked_out(tmp_path)


def test_one_without_a_device_file_is_noticed(tmp_path: Path) -> None:
    device(tmp_path, "hidraw0", FIDO)
    assert locked_out(tmp_path)


def test_a_mouse_does_not_count(tmp_path: Path) -> None:
    device(tmp_path, "hidraw0", MOUSE)
    assert not locked_out(tmp_path)
