# SPDX-License-Identifier: AGPL-3.0-or-later
"""The pages for paper, read back as whoever has lost a computer reads them."""

from __future__ import annotations

import dataclasses

import pytest

from app.engine.pages.printed import erasure_pdf, kit_pdf, share_pdf
from app.interface.snapshots import KitSheet
from crypto_core.trust.signatures import sha256
from crypto_core.wire.erasure import ErasureCertificate
from crypto_core.wire.ids import AccountId, DeviceId, UnixMillis, UtcOffsetMinutes, format_address
from crypto_core.wire.kit import KIT_GROUPS, format_kit_card, format_kit_code, parse_kit_card
from crypto_core.wire.words import WordLanguage
from tests.fakes.printed_pages import pages_of, pictures_on, sizes_of

CODE = sha256(b"kit")
ACCOUNT = AccountId(sha256(b"me")[:20])
PARIS = UtcOffsetMinutes(60)
SHEET = KitSheet(
    account=ACCOUNT,
    name="Claire Martin",
    relay="https://relay.example:8443",
    made_at=UnixMillis(1_795_352_520_000),
    groups=tuple(format_kit_code(CODE).split()),
    card=format_kit_card(ACCOUNT, CODE),
    asked_group=9,
    counts_at=None,
)
WEEK = 7 * 24 * 3600 * 1000
SAID = {
    WordLanguage.FRENCH: ("Sauvegarde papier", "22 novembre 2026", "Retrouver mon compte"),
    WordLanguage.ENGLISH: ("Recovery kit", "22 November 2026", "Find my account again"),
}


def flat(text: str) -> str:
    """Return a text as it is read, whatever its lines."""
    return " ".join(text.split())


@pytest.mark.parametrize("language", WordLanguage)
def test_a_page_has_all_that_is_needed_on_the_day(language: WordLanguage) -> None:
    pdf = kit_pdf(SHEET, language, offset=PARIS)
    (text,) = map(flat, pages_of(pdf))
    for needed in (*SAID[language], SHEET.name, SHEET.relay, format_address(ACCOUNT)):
        assert needed in text
    assert all(group in text for group in SHEET.groups)
    assert len(SHEET.groups) == KIT_GROUPS
    # Who helps may read the other language only.
    assert all(said[2] in text for said in SAID.values())
    assert [parse_kit_card(each) for each in pictures_on(pdf)] == [(ACCOUNT, CODE)]
    assert [tuple(map(round, size)) for size in sizes_of(pdf)] == [(595, 842)]


@pytest.mark.parametrize("language", WordLanguage)
def test_the_longest_names_stay_on_one_page_above_its_foot(language: WordLanguage) -> None:
    longest = dataclasses.replace(
        SHEET,
        name="Pr Łukasz-Émile de Saint-Exupéry-Björnsson " * 2,
        relay=f"https://{'relais-du-cabinet-' * 3}.example:8443",
        counts_at=UnixMillis(SHEET.made_at + WEEK),
    )
    (text,) = map(flat, pages_of(kit_pdf(longest, language, offset=PARIS)))
    other = WordLanguage.ENGLISH if language is WordLanguage.FRENCH else WordLanguage.FRENCH
    # The last line of the page: what would run off its foot would be missing here.
    assert SAID[other][2] in text
    assert "29" in text
    assert "Lukasz-Émile" in text


@pytest.mark.parametrize("language", WordLanguage)
def test_each_share_has_its_page_and_no_page_has_two(language: WordLanguage) -> None:
    shares = [" ".join([f"word{number}"] * 33) for number in range(3)]
    pages = pages_of(share_pdf(shares, name="Claire Martin", threshold=2, language=language))
    assert len(pages) == 3
    for number, page in enumerate(pages):
        assert [page.count(f"word{each}") for each in range(3)] == [
            33 if each == number else 0 for each in range(3)
        ]
        assert "Claire Martin" in page


@pytest.mark.parametrize("language", WordLanguage)
def test_an_erasure_certificate_fits_one_page_and_says_what_may_be_elsewhere(
    language: WordLanguage,
) -> None:
    certificate = ErasureCertificate(
        version=1,
        account=SHEET.account,
        device=DeviceId(bytes(16)),
        erasure=bytes(16),
        is_patient=True,
        begun_at=SHEET.made_at,
        finished_at=SHEET.made_at,
        letters=12,
        documents=345,
        drafts=1,
        backups_destroyed=4,
        backups_absent=2,
        computers=1,
        correspondents=6,
        host_until=UnixMillis(SHEET.made_at + 30 * 86_400_000),
    )
    pdf = erasure_pdf(certificate, bytes(range(16)), "Dr Claire Martin", language, offset=PARIS)
    (text,) = map(flat, pages_of(pdf))
    for said in ("Dr Claire Martin", bytes(range(16)).hex(), "345", "verify-receipts"):
        assert said in text
    alone = dataclasses.replace(certificate, backups_absent=0, computers=0, correspondents=0)
    (shorter,) = map(flat, pages_of(erasure_pdf(alone, bytes(16), "N", language, offset=PARIS)))
    assert len(shorter) < len(text)
