# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an editor says of a text becomes marks that every recipient keeps."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from crypto_core.errors import WireError
from crypto_core.wire.codec import encode
from crypto_core.wire.content import CONTENT_TYPES, Letter, Mark, MarkKind
from crypto_core.wire.envelope import Section
from crypto_core.wire.letters import details_of, read_letter, settled_marks, valid_marks

TEXTS = st.text(alphabet="ab \n🧊", max_size=30)
MARKS = st.lists(
    st.builds(
        Mark, kind=st.sampled_from(MarkKind), start=st.integers(0, 32), end=st.integers(0, 32)
    ),
    max_size=8,
)


@given(text=TEXTS, marks=MARKS)
def test_what_is_sent_is_kept_by_whoever_gets_it(text: str, marks: list[Mark]) -> None:
    settled = settled_marks(text, marks)
    assert valid_marks(text, settled) == settled
    assert settled_marks(text, settled) == settled


@given(
    sections=st.lists(
        st.tuples(st.sampled_from([*CONTENT_TYPES.values(), "text/html"]), st.binary(max_size=40)),
        max_size=4,
    )
)
def test_no_sections_do_anything_but_fail_as_they_should(
    sections: list[tuple[str, bytes]],
) -> None:
    begun = [(CONTENT_TYPES[Letter], encode(Letter(version=1, subject="", text="texte")))]
    for each in (sections, begun + sections):
        made = [
            Section(salt=bytes(16), content_type=content_type, content=content)
            for content_type, content in each
        ]
        with suppress(WireError):
            assert read_letter(made, patient=None).details is None


def test_a_list_is_stretched_to_whole_lines() -> None:
    text = "un\ndeux\ntrois"

    def made(start: int, end: int) -> Mark:
        return Mark(kind=MarkKind.BULLET, start=start, end=end)

    assert settled_marks(text, [made(4, 6)]) == (made(3, 7),)
    assert settled_marks(text, [made(3, 8)]) == (made(3, 7),)
    assert settled_marks(text, [made(1, 10)]) == (made(0, 13),)


def test_details_that_say_nothing_are_left_out() -> None:
    beyond = Mark(kind=MarkKind.BOLD, start=0, end=9)
    assert details_of("texte", (beyond,), None, is_answer_wanted=False) is None
    wanted = details_of("texte", (), None, is_answer_wanted=True)
    assert wanted is not None
    assert wanted.is_answer_wanted
