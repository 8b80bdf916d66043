# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

from tests.vectors import generate_cddl


def test_the_published_grammar_is_that_of_the_types() -> None:
    assert generate_cddl.main(["--check"]) == 0
