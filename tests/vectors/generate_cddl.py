# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes `crypto_core/spec/wire.cddl` (RFC 8610) from the wire types; `--check` only compares.

The types in `crypto_core/wire`, and the vault's header, are the source; this grammar is for readers and other
implementations.
"""

from __future__ import annotations

import dataclasses
import sys
import types
import typing
from enum import IntEnum
from pathlib import Path
from typing import Annotated, Any, Final, Union, get_args, get_origin

# The script also runs by its path, from anywhere.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from crypto_core.keys import vault
from crypto_core.wire import (
    assurance,
    audit,
    backup,
    contact_card,
    content,
    decisions,
    devices,
    enrolment,
    envelope,
    erasure,
    evidence,
    journal,
    key_map,
    kit,
    linking,
    patients,
    prekeys,
    recovery,
    relay_api,
    sign_in,
    signed,
)
from crypto_core.wire.codec import Range, Size

FILE: Final = Path(__file__).resolve().parents[2] / "crypto_core" / "spec" / "wire.cddl"
HEAD: Final = """; Wire formats of U-HealthSec, version 1 (CDDL, RFC 8610).
; Written by tests/vectors/generate_cddl.py from crypto_core/wire and crypto_core/keys/vault.py; do not edit.
; All encodings are deterministic CBOR (RFC 8949, section 4.2); a decoder refuses any other spelling.
; Sizes of texts count bytes of UTF-8.
"""
MODULES: Final = (
    ("Signatures", signed),
    ("Accounts and devices", devices),
    ("Prekeys", prekeys),
    ("Envelope", envelope),
    ("Sections", content),
    ("Cards of patients", patients),
    ("Decisions of patients", decisions),
    ("Audit log", audit),
    ("Journal", journal),
    ("Erasure", erasure),
    ("Evidence file", evidence),
    ("Map of keys", key_map),
    ("Assurance", assurance),
    ("Enrolment", enrolment),
    ("Contact card", contact_card),
    ("Recovery kit", kit),
    ("Recovery package", recovery),
    ("Backup", backup),
    ("Sign-in", sign_in),
    ("Linking", linking),
    ("Relay API", relay_api),
    ("Vault", vault),
)
NO_WIRE_FORM: Final = (Size, Range, IntEnum, vault.VaultKeys)


def expression(hint: object, bounds: tuple[object, ...] = ()) -> str:  # noqa: PLR0911 - one return per kind
    """Return the CDDL of one annotation."""
    if get_origin(hint) is Annotated:
        inner, *extras = get_args(hint)
        return expression(inner, (*extras, *bounds))
    supertype = getattr(hint, "__supertype__", None)
    if supertype is not None:
        return expression(supertype, bounds)
    if get_origin(hint) in (Union, types.UnionType):
        inner = next(option for option in get_args(hint) if option is not types.NoneType)
        return f"{expression(inner, bounds)} / null"
    if get_origin(hint) is tuple:
        size = _size(bounds)
        return f"[{size.least}*{size.most} {expression(get_args(hint)[0])}]"
    if hint is int:
        limit = next((bound for bound in bounds if isinstance(bound, Range)), Range(0, 2**63 - 1))
        return str(limit.least) if limit.least == limit.most else f"{limit.least}..{limit.most}"
    if hint in (bytes, str):
        size = _size(bounds)
        spelled = f"{size.least}" if size.least == size.most else f"{size.least}..{size.most}"
        return f"{'bstr' if hint is bytes else 'tstr'} .size ({spelled})"
    return "bool" if hint is bool else typing.cast("type", hint).__name__


def _size(bounds: tuple[object, ...]) -> Size:
    return next(bound for bound in bounds if isinstance(bound, Size))


def rule(kind: type) -> str:
    """Return the CDDL rule of one wire type, with the first sentence of its description."""
    first = (kind.__doc__ or "").strip().split("\n")[0]
    if issubclass(kind, IntEnum):
        choices = " / ".join(f"{member.value} ; {member.name}\n " for member in kind)
        return f"; {first}\n{kind.__name__} =\n  {choices.rstrip()}\n"
    hints = typing.get_type_hints(kind, include_extras=True)
    fields = "".join(
        f"  {field.name}: {expression(hints[field.name])},\n"
        for field in dataclasses.fields(typing.cast("Any", kind))
    )
    return f"; {first}\n{kind.__name__} = [\n{fields}]\n"


def grammar() -> str:
    """Return the whole file."""
    parts, seen = [HEAD], set()
    for title, module in MODULES:
        parts.append(f"\n; ---- {title} ----\n")
        for kind in vars(module).values():
            if not isinstance(kind, type) or kind in seen or kind in NO_WIRE_FORM:
                continue
            if dataclasses.is_dataclass(kind) or issubclass(kind, IntEnum):
                seen.add(kind)
                parts.append("\n" + rule(kind))
    return "".join(parts)


def main(arguments: list[str]) -> int:
    """Write the file, or with `--check` return 1 if it differs."""
    if arguments == ["--check"]:
        return int(FILE.read_text(encoding="utf-8") != grammar())
    FILE.write_text(grammar(), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
