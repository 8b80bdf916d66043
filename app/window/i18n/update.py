# SPDX-License-Identifier: AGPL-3.0-or-later
"""Brings the catalogues up to date with the sources: `python -m app.window.i18n.update`.

For developers: reads the texts of app/window into the .ts files and compiles them. A test runs it on a
copy and expects no change.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import PySide6

from app.window.i18n.catalogues import LOCALES, Language

FOLDER: Final = Path(__file__).resolve().parent
SOURCES: Final = FOLDER.parent
_TOOLS: Final = Path(PySide6.__file__).resolve().parent


def update(folder: Path) -> None:
    """Merge the present texts into the catalogues of a folder and compile them.

    English is the language of the sources: its catalogue holds plural forms only.
    """
    sources = sorted(str(path) for path in SOURCES.rglob("*.py"))
    for language, locale in LOCALES.items():
        catalogue = folder / f"{language}.ts"
        only = ["-pluralonly"] if language is Language.ENGLISH else []
        _run(
            "lupdate",
            *only,
            *("-silent", "-no-obsolete", "-locations", "none"),
            *("-source-language", "en_US", "-target-language", locale.name()),
            *sources,
            *("-ts", str(catalogue)),
        )
        _group_numbers(catalogue)
        _run("lrelease", "-silent", str(catalogue), "-qm", str(catalogue.with_suffix(".qm")))


def _group_numbers(catalogue: Path) -> None:
    """Let Qt write every counted number as the language groups it: %Ln where a translator wrote %n."""
    text = catalogue.read_bytes().decode()
    grouped = re.sub(
        r"<numerusform>.*?</numerusform>",
        lambda form: form[0].replace("%n", "%Ln"),
        text,
        flags=re.DOTALL,
    )
    catalogue.write_bytes(grouped.encode())


def _run(tool: str, *arguments: str) -> None:
    subprocess.run([str(_tool(tool)), *arguments], check=True)


def _tool(name: str) -> Path:
    """Return a tool of Qt Linguist, which comes with PySide6; on Windows it has an ending."""
    plain = _TOOLS / name
    return plain if plain.exists() else plain.with_suffix(".exe")


if __name__ == "__main__":
    update(FOLDER)
    sys.exit(0)
