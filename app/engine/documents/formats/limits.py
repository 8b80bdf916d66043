# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every bound within which other people's files are read, so that none of them costs more than it may."""

from __future__ import annotations

from typing import Final

from crypto_core.wire.limits import KIB, MIB

# What is given back. The interface's own bounds (`app.interface.documents`) are never exceeded.
MAX_SHOWN_BYTES: Final = 4 * MIB
"""All blocks of a document together, as UTF-8. More is not read by a person, and is cut."""
MAX_BLOCK_BYTES: Final = 256 * KIB
MAX_CELL_BYTES: Final = 16 * KIB
MAX_LINE_BYTES: Final = 4 * KIB
"""A fact, a title: `ShortText` of the interface."""
MAX_NAME_BYTES: Final = 255
MAX_TABLE_CELLS: Final = 20_000
MAX_ROW_CELLS: Final = 200
MAX_TABLE_ROWS: Final = 2_000
MAX_FACTS: Final = 60
MAX_PROBLEMS: Final = 16
MAX_PARTS: Final = 200
MAX_PARTS_BYTES: Final = 192 * MIB
"""All parts of a document together."""
MAX_BLOCKS: Final = 10_000
MAX_BLOCK_MARKS: Final = 500

# Trees: XML, HTML, JSON. A narrative's walk is recursive, so its depth is bounded first.
MAX_TREE_DEPTH: Final = 80
MAX_TREE_NODES: Final = 300_000
MAX_XML_BYTES: Final = 96 * MIB
MAX_MARKUP_BYTES: Final = 2 * MIB
"""HTML of a mail or of a FHIR narrative."""
MAX_JSON_BYTES: Final = 64 * MIB

# Archives
MAX_ENTRIES: Final = 1_000
MAX_ENTRY_BYTES: Final = 96 * MIB
MAX_RATIO: Final = 200
"""Times that a file of an archive may grow; METADATA.XML grows 20 times, a blank picture 100 times."""
RATIO_COUNTS_FROM_BYTES: Final = 1 * MIB
MAX_METADATA_BYTES: Final = 8 * MIB
MAX_SETS: Final = 50

# Mail
MAX_MAIL_DEPTH: Final = 8
MAX_MAIL_PARTS: Final = 400
MAX_HEADER_BYTES: Final = 256 * KIB
"""All lines before the first empty one, of a letter or of a part."""
MAX_FIELD_BYTES: Final = 16 * KIB
MAX_LETTER_BYTES: Final = 128 * MIB
"""One letter of a mailbox; the rest of a longer one is left out, and it is said."""

# HPRIM
MAX_HPRIM_BYTES: Final = 16 * MIB
MAX_RECORDS: Final = 500
"""Patients in one file."""
