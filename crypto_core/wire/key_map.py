# SPDX-License-Identifier: AGPL-3.0-or-later
"""The map of all accounts' keys as it travels: an entry, its proof, and the log's leaf with the map's root."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from crypto_core.wire.codec import Range, Size
from crypto_core.wire.ids import Hash
from crypto_core.wire.limits import MAX_PROOF_BYTES

KEY_MAP_DEPTH: Final = 160
"""One level for each bit of an account id."""
KEY_MAP_FRESH_SECONDS: Final = 24 * 3600
"""How old a root may be that a client relies on; a relay writes one at least every half of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MapEntry:
    """What the map holds of an account: the number of its newest key event, and the hash over all of them."""

    number: Annotated[int, Range(1, 2**31 - 1)]
    head: Hash


@dataclass(frozen=True, slots=True, kw_only=True)
class MapProof:
    """That the map holds `entry` for an account, or with None that it holds nothing for it.

    Bit i of `bitmap`, the most significant of the first byte being 0, is set when the sibling of the path's
    node at depth i + 1 is not that of an empty subtree; those siblings follow, from the root downwards.
    """

    entry: MapEntry | None
    bitmap: Annotated[bytes, Size.exactly(KEY_MAP_DEPTH // 8)]
    siblings: Annotated[tuple[Hash, ...], Size.up_to(KEY_MAP_DEPTH)]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyMapAnswer:
    """A proof from the newest map, and the tlog-proof of the leaf (KEY_MAP) that commits to its root."""

    proof: MapProof
    receipt: Annotated[str, Size(1, MAX_PROOF_BYTES)]
