# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PROGRAM = """\
import os, sys
print(os.getpid(), flush=True)
from app.allocation import overwrite_what_is_freed
overwrite_what_is_freed()
print(sys.argv[1:], os.environ.get("PYTHONMALLOC"), os.environ.get("GLIBC_TUNABLES"))
"""

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux only")


@pytest.mark.parametrize("earlier", [None, "glibc.malloc.trim_threshold=65536"])
def test_the_same_process_begins_again_and_its_children_are_not_concerned(
    earlier: str | None,
) -> None:
    environment = dict(os.environ)
    environment.pop("PYTHONMALLOC", None)
    environment.pop("GLIBC_TUNABLES", None)
    if earlier is not None:
        environment["GLIBC_TUNABLES"] = earlier
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "--word"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    first, second, said = done.stdout.splitlines()
    assert first == second
    assert said == f"['--word'] None {earlier}"
