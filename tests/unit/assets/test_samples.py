# SPDX-License-Identifier: AGPL-3.0-or-later
"""The sample documents are what their script writes, and have the form they claim."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from xml.parsers.expat import ParserCreate

import pytest
from PySide6.QtGui import QImage

ASSETS = Path(__file__).resolve().parents[3] / "assets"
SAMPLES = ASSETS / "samples"


def test_samples_are_what_the_script_writes() -> None:
    done = subprocess.run(
        [sys.executable, str(SAMPLES / "make_samples.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_the_check_would_see_a_changed_sample(tmp_path: Path) -> None:
    for path in SAMPLES.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    changed = tmp_path / "resultat-biologie.hpr"
    changed.write_bytes(changed.read_bytes().replace(b"|48|", b"|4.8|"))
    (tmp_path / "lettre-genou.pdf").unlink()
    done = subprocess.run(
        [sys.executable, str(tmp_path / "make_samples.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert [line.split()[0] for line in done.stdout.splitlines()] == [
        "lettre-genou.pdf",
        "resultat-biologie.hpr",
    ]


def test_the_letter_is_a_pdf_whose_table_finds_its_objects() -> None:
    letter = (SAMPLES / "lettre-genou.pdf").read_bytes()
    start = int(letter.split(b"startxref\n")[1].split(b"\n")[0])
    assert letter[start:].startswith(b"xref\n")
    offsets = re.findall(rb"(\d{10}) 00000 n ", letter)
    assert offsets
    for number, offset in enumerate(offsets, 1):
        assert letter[int(offset) :].startswith(b"%d 0 obj\n" % number)


def test_the_result_has_the_lines_of_hprim() -> None:
    lines = (SAMPLES / "resultat-biologie.hpr").read_bytes().decode("iso-8859-1").split("\r\n")
    assert lines[1:3] == ["ROUX", "ÉMILE"]
    assert lines[-4:] == [lines[-4], "****FIN****", "****FINFICHIER****", ""]
    results = [line.split("|") for line in lines if line.startswith("RES|")]
    assert {len(result) for result in results} == {14}
    # The flag agrees with the bounds, for a reader that compares them.
    for _, _, _, _, value, _, lowest, highest, flag, *_ in results:
        low = lowest != "" and float(value) < float(lowest)
        high = highest != "" and float(value) > float(highest)
        assert flag == ("L" if low else "H" if high else "N")


def test_the_report_is_well_formed_and_its_entries_point_into_the_text() -> None:
    anchors: set[str] = set()
    references: set[str] = set()

    def start(name: str, attributes: dict[str, str]) -> None:
        if "ID" in attributes:
            anchors.add("#" + attributes["ID"])
        if name == "reference":
            references.add(attributes["value"])

    parser = ParserCreate()
    parser.StartElementHandler = start
    parser.Parse((SAMPLES / "compte-rendu-consultation.xml").read_bytes(), True)  # noqa: FBT003
    assert references
    assert references == anchors


def test_the_picture_can_be_read() -> None:
    picture = QImage(str(SAMPLES / "radiographie-genou.png"))
    assert (picture.width(), picture.height()) == (480, 640)
    assert picture.isGrayscale()


@pytest.mark.parametrize("size", [16, 24, 32, 48, 64, 128, 256, 512])
def test_the_logo_comes_in_the_usual_sizes(size: int) -> None:
    picture = QImage(str(ASSETS / f"logo-{size}.png"))
    assert (picture.width(), picture.height()) == (size, size)
    assert picture.hasAlphaChannel()
