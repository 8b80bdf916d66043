# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which accounts of one person are on this computer, and what they call them. Imports `app.paths` only.

The first account is in the profile's folder itself, each further one in `profiles/<number>` below it. What a person
calls an account is in clear beside its vault, as it is read before the vault is opened: nothing secret is in there.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.paths import ProfileFolderError, prepare_profile

FIRST: Final = 1
MOST: Final = 9
"""So many accounts on one computer: each has a key of its own."""
MOST_LETTERS: Final = 40
_FOLDER: Final = "profiles"
_FILE: Final = "account.json"
_MOST_BYTES: Final = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One account's place on this computer."""

    number: int
    folder: Path
    name: str = ""
    """What the person calls it; empty if they never said."""
    is_listed: bool = True
    """Whether the window offers it; what is not listed is still there."""


def folder_of(home: Path, number: int) -> Path:
    """Return where an account is, whether there is one or not."""
    return home if number == FIRST else home / _FOLDER / str(number)


def profiles(home: Path) -> tuple[Profile, ...]:
    """Return all accounts, by number. One is always listed: the first, if none asks to be."""
    numbers = [FIRST, *(n for n in range(FIRST + 1, MOST + 1) if folder_of(home, n).is_dir())]
    found = [_read(number, folder_of(home, number)) for number in numbers]
    if not any(each.is_listed for each in found):
        found[0] = Profile(number=FIRST, folder=found[0].folder, name=found[0].name)
    return tuple(found)


def add_profile(home: Path, name: str) -> Profile:
    """Make the folder of a further account. Raises ProfileFolderError, also when there are nine."""
    for number in range(FIRST + 1, MOST + 1):
        folder = folder_of(home, number)
        if not folder.exists():
            prepare_profile(folder.parent)
            made = Profile(number=number, folder=prepare_profile(folder), name=name)
            write_profile(made)
            return made
    raise ProfileFolderError(f"{home / _FOLDER}: {MOST} accounts are the most")


def write_profile(profile: Profile) -> None:
    """Keep name and listing, whole or not at all. Raises ProfileFolderError."""
    text = json.dumps({"name": profile.name, "listed": profile.is_listed}, ensure_ascii=False)
    path = profile.folder / _FILE
    fresh = path.with_suffix(".new")
    try:
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        fresh.replace(path)
    except OSError as error:
        raise ProfileFolderError(f"{path}: {error.strerror or 'not usable'}") from error


def clean_name(typed: str) -> str:
    """Return a name as one short line that can be shown, empty if nothing is left."""
    visible = "".join(sign if sign.isprintable() else " " for sign in typed)
    return " ".join(visible.split())[:MOST_LETTERS].strip()


def _read(number: int, folder: Path) -> Profile:
    """Read what is kept; what is missing or nonsense hides no account."""
    try:
        with (folder / _FILE).open("rb") as file:
            kept = json.loads(file.read(_MOST_BYTES))
    except (OSError, ValueError, RecursionError):
        kept = None
    if not isinstance(kept, dict):
        kept = {}
    name = kept.get("name")
    return Profile(
        number=number,
        folder=folder,
        name=clean_name(name) if isinstance(name, str) else "",
        is_listed=kept.get("listed") is not False,
    )
