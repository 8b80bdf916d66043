# SPDX-License-Identifier: AGPL-3.0-or-later
"""Files of vectors, one case a file: what is determined is compared, what is drawn once is kept for ever.

HPKE and ML-DSA are never the same twice; what they made when the file was first written stays in `kept`, and later
versions must still read it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case; `expect` is ok or the name of how the operation fails, for one reason only."""

    name: str
    comment: str
    operation: str
    input: dict[str, Any]
    expect: str = "ok"
    output: object = None
    keep: Callable[[], dict[str, Any]] = field(default=dict)

    def determined(self, source: str) -> dict[str, Any]:
        """Return what the file must say, `kept` aside."""
        return {
            "comment": self.comment,
            "source": source,
            "operation": self.operation,
            "expect": self.expect,
            "input": self.input,
            "output": self.output,
        }


def differences(folder: Path, source: str, cases: Iterable[Case]) -> list[str]:
    """Return the names of files that are missing, surplus, or say something else."""
    expected = {f"{case.name}.json": case.determined(source) for case in cases}
    stored = {
        path.name: json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")
    }
    for content in stored.values():
        content.pop("kept", None)
    return sorted(
        name for name in expected.keys() | stored.keys() if expected.get(name) != stored.get(name)
    )


def run(folder: Path, source: str, cases: tuple[Case, ...], arguments: list[str]) -> int:
    """Write what is missing or differs, or with `--check` only compare; 1 if something differs."""
    changed = differences(folder, source, cases)
    if arguments == ["--check"]:
        sys.stderr.writelines(f"differs: {name}\n" for name in changed)
        return 1 if changed else 0
    folder.mkdir(exist_ok=True)
    for case in cases:
        if f"{case.name}.json" in changed:
            content = case.determined(source) | {"kept": case.keep()}
            text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
            (folder / f"{case.name}.json").write_text(text, encoding="utf-8", newline="\n")
    return 0
