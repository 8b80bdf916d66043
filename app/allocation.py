# SPDX-License-Identifier: AGPL-3.0-or-later
"""Memory that is overwritten as it is given back, so that what a window showed does not survive its lock.

Python keeps blocks of its own for small objects and glibc a cache of freed ones; neither overwrites anything.
Both can be told otherwise at the start of a process only. Measured with a recovery kit on the screen: nine
copies of each of its groups were left after a lock, none is now; making objects costs a tenth more time.

glibc spares the last eight bytes of a block, where all of a very short text may lie: `fill_gaps` sees to those,
for which all threads have to share one heap.
"""

from __future__ import annotations

import logging
import os
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_TUNABLES: Final = ":".join(
    f"glibc.malloc.{setting}"
    for setting in ("perturb=90", "tcache_count=0", "mxfast=0", "arena_max=1")
)
_SETTINGS: Final = ("PYTHONMALLOC", "GLIBC_TUNABLES")
_GAPS: Final = 200_000
"""More than a window's heap has, which is some megabytes."""
_log = logging.getLogger(__name__)


def overwriting(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a process that overwrites what it frees. Other systems than Linux have no such."""
    earlier = environment.get("GLIBC_TUNABLES", "")
    return {
        **environment,
        "PYTHONMALLOC": "malloc",
        "GLIBC_TUNABLES": f"{earlier}:{_TUNABLES}" if earlier else _TUNABLES,
    }


def overwrite_what_is_freed() -> None:
    """Start this process again, as the same one, unless it overwrites already; to be called before it holds anything.

    The processes that it starts later are not concerned: the settings are taken back from the environment.
    """
    if not sys.platform.startswith("linux"):
        return
    if not os.environ.get("GLIBC_TUNABLES", "").endswith(_TUNABLES):
        try:
            os.execve(  # noqa: S606 - this very program
                sys.executable, [sys.executable, *sys.orig_argv[1:]], overwriting(os.environ)
            )
        except OSError as error:
            _log.warning("freed memory is not overwritten: %s", error)
        return
    earlier = os.environ["GLIBC_TUNABLES"].removesuffix(_TUNABLES).removesuffix(":")
    for name in _SETTINGS:
        del os.environ[name]
    if earlier:
        os.environ["GLIBC_TUNABLES"] = earlier


def fill_gaps() -> None:
    """Make and drop as many of the shortest texts and byte strings as there may be gaps in the heap: 0.1 s."""
    # 56 and 40 bytes: what CPython needs for a text of 7 signs and for 7 bytes.
    texts = [f"{number:07}" for number in range(_GAPS)]
    strings = [number.to_bytes(7, "big") for number in range(_GAPS)]
    del texts, strings
