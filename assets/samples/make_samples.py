# SPDX-License-Identifier: AGPL-3.0-or-later
"""Write the sample documents beside this file; everyone and everything in them is invented.

Standard library only. ``make_samples.py`` writes the files, ``make_samples.py --check`` says whether
they are what this script writes. Telephone numbers are from the range kept free for fiction, the
patient's number carries the OID reserved for tests, and no professional's number begins with 999.
"""

from __future__ import annotations

import hashlib
import html
import io
import math
import re
import sys
import textwrap
import zipfile
import zlib
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent

NOTICE: Final = "Document d’essai : les personnes, les lieux et les résultats sont inventés."


# --- the letter, as PDF --------------------------------------------------------------------------

LETTER: Final = """\
Chère Claire,

Merci de prendre en charge Mme Jeanne Duval, 70 ans, que je suis depuis 2011 et que vous avez déjà vue
pour une lombalgie. Elle présente depuis six semaines une douleur du genou droit, mécanique, interne et
antérieure, apparue sans traumatisme après plusieurs journées de jardinage en position accroupie.

À l’examen, le genou n’est ni chaud ni gonflé. La flexion atteint 115°, contre 135° à gauche, et
l’extension est complète. La pression de l’interligne interne est sensible, les manœuvres méniscales ne
sont pas franchement positives, il n’y a pas de laxité. La hanche droite est libre. La patiente décrit un
dérouillage matinal d’une dizaine de minutes et descend les escaliers une marche à la fois.

La radiographie du 12 novembre, jointe, montre un pincement modéré de l’interligne fémoro-tibial interne,
sans ostéophyte notable ni lésion osseuse. Le bilan biologique est normal, en particulier la CRP.

Je retiens une gonarthrose interne débutante, avec une part de tension des ischio-jambiers et du tenseur
du fascia lata qui me paraît accessible à votre prise en charge. Je lui ai proposé du paracétamol à la
demande, la reprise de la marche à plat et des exercices de renforcement du quadriceps ; une infiltration
n’est pas indiquée pour le moment.

Antécédents : hypertension artérielle équilibrée sous périndopril 4 mg, appendicectomie. Pas
d’anticoagulant, pas d’ostéoporose connue, pas d’allergie.

Pourriez-vous me dire, après deux ou trois séances, si la flexion progresse ? Je la revois le 15 janvier.
Si le genou gonflait ou se bloquait, adressez-la-moi sans attendre.

Avec mes remerciements et mes salutations confraternelles,

Dr Karim Benali
"""


def make_letter() -> bytes:
    """Return the letter: one A4 page, in the fonts that every reader of PDF has by itself."""
    text = PageText()
    text.line(57, 785, 15, "Dr Karim Benali", bold=True, colour=(0.06, 0.46, 0.43))
    text.line(57, 769, 9.5, "Médecin généraliste")
    text.line(57, 756, 9.5, "3, place Imaginaire, 06600 Antibes")
    text.line(57, 743, 9.5, "04 65 71 00 12")
    text.line(340, 701, 10.5, "Mme Claire Martin")
    text.line(340, 687, 10.5, "Ostéopathe")
    text.line(340, 673, 10.5, "8, chemin de la Fiction")
    text.line(340, 659, 10.5, "06560 Valbonne")
    text.line(340, 627, 10.5, "Antibes, le 20 novembre 2026")
    text.line(
        57, 595, 10.5, "Objet : Mme Jeanne Duval, née le 14 août 1956, genou droit", bold=True
    )
    y = 565.0
    for paragraph in unbroken(LETTER).split("\n\n"):
        for line in textwrap.wrap(paragraph, 96, break_on_hyphens=False):
            text.line(57, y, 10.5, line)
            y -= 14.5
        y -= 7
    text.line(57, 42, 8, NOTICE, colour=(0.36, 0.42, 0.41))
    rule = b"0.06 0.46 0.43 RG 0.8 w 57 731 m 538 731 l S\n"
    return write_pdf(rule + text.content, title="Lettre d’adressage, genou droit")


def unbroken(text: str) -> str:
    """Return French text in which no line ends before a mark, or between a number and its noun."""
    text = re.sub(" (?=[;:?!»])", "\u00a0", text)
    return re.sub(r"(?<=\d) (?=mg|janvier|novembre)", "\u00a0", text)


class PageText:
    """The text operators of one page, line by line."""

    def __init__(self) -> None:
        self.content = b""

    def line(
        self,
        x: float,
        y: float,
        size: float,
        text: str,
        *,
        bold: bool = False,
        colour: tuple[float, float, float] = (0.11, 0.15, 0.14),
    ) -> None:
        """Add a line; x and y are points from the lower left corner."""
        font = "F2" if bold else "F1"
        red, green, blue = colour
        self.content += (
            f"BT {red} {green} {blue} rg /{font} {size} Tf {x} {y} Td ".encode()
            + pdf_string(text)
            + b" Tj ET\n"
        )


def pdf_string(text: str) -> bytes:
    """Return a literal string in the encoding that the fonts declare."""
    raw = text.encode("cp1252")
    return b"(" + raw.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)") + b")"


def write_pdf(content: bytes, *, title: str) -> bytes:
    """Return a file of one A4 page with the given content (ISO 32000-1, 7.5)."""
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /{} /Encoding /WinAnsiEncoding >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (fr-FR) >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources 8 0 R /Contents 6 0 R >>",
        font.format("Helvetica").encode(),
        font.format("Helvetica-Bold").encode(),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Title " + pdf_string(title) + b" /Creator (make_samples.py) >>",
        b"<< /Font << /F1 4 0 R /F2 5 0 R >> >>",
    ]
    # The comment of four high bytes tells programs that move files that this one is binary.
    file = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    count = len(objects) + 1
    return (
        file
        + b"xref\n0 %d\n0000000000 65535 f \n" % count
        + table
        + b"trailer\n<< /Size %d /Root 1 0 R /Info 7 0 R >>\n" % count
        + b"startxref\n%d\n%%%%EOF\n" % len(file)
    )


# --- the laboratory result, as HPRIM médecin -----------------------------------------------------

# Twelve lines of header: file, name, given name, address, address, town, birth date, insurance
# number, request, date, sender, recipient.
HPRIM_HEADER: Final = (
    "261119-0417",
    "ROUX",
    "ÉMILE",
    "27, rue du Roman",
    "",
    "06560 VALBONNE",
    "02/03/1948",
    "",
    "B261119-0417",
    "19/11/2026",
    "99900 LABO AZUR BIOLOGIE",
    "99901 BENALI KARIM",
)

HPRIM_TEXT: Final = (
    "LABO AZUR BIOLOGIE - 1, quai Imaginaire - 06600 ANTIBES - 04 65 71 00 40",
    "",
    "M. ROUX Émile, né le 02/03/1948",
    "Prélèvement du 19/11/2026 à 8 h 10, à jeun. Prescripteur : Dr BENALI.",
    "",
    "HÉMOGRAMME",
    "Hématies                      4,38  T/L        (4,28 - 6,00)",
    "Hémoglobine                  12,6   g/dL       (13,4 - 16,7)   bas",
    "Hématocrite                  39,1   %          (39,0 - 49,0)",
    "VGM                          89,3   fL         (78,0 - 98,0)",
    "Leucocytes                   11,9   G/L        (4,0 - 10,0)    élevé",
    "Plaquettes                  412     G/L        (150 - 400)     élevé",
    "",
    "BIOCHIMIE",
    "Protéine C réactive          48     mg/L       (< 5)           élevé",
    "Créatinine                   92     µmol/L     (62 - 106)",
    "Glycémie à jeun               5,4   mmol/L     (4,1 - 5,9)",
    "",
    "Commentaire : syndrome inflammatoire, à confronter à la clinique ; contrôle conseillé",
    "sous huit jours.",
    "",
    NOTICE.replace("’", "'"),
)

# label, code, value, unit, lowest, highest, flag (N normal, L low, H high)
HPRIM_RESULTS: Final = (
    ("Hématies", "GR", "4.38", "T/L", "4.28", "6.00", "N"),
    ("Hémoglobine", "HB", "12.6", "g/dL", "13.4", "16.7", "L"),
    ("Hématocrite", "HT", "39.1", "%", "39.0", "49.0", "N"),
    ("VGM", "VGM", "89.3", "fL", "78.0", "98.0", "N"),
    ("Leucocytes", "GB", "11.9", "G/L", "4.0", "10.0", "H"),
    ("Plaquettes", "PLQ", "412", "G/L", "150", "400", "H"),
    ("Protéine C réactive", "CRP", "48", "mg/L", "", "5", "H"),
    ("Créatinine", "CREA", "92", "µmol/L", "62", "106", "N"),
    ("Glycémie à jeun", "GLY", "5.4", "mmol/L", "4.1", "5.9", "N"),
)


def make_result() -> bytes:
    """Return the laboratory result: ISO-8859-1, lines ended by CR LF."""
    lines = [
        *HPRIM_HEADER,
        "",
        *HPRIM_TEXT,
        "",
        "****LAB****",
        *(
            # N: the value is a number; F: the result is final. The last four fields are for a
            # second unit.
            f"RES|{label}|{code}|N|{value}|{unit}|{lowest}|{highest}|{flag}|F||||"
            for label, code, value, unit, lowest, highest, flag in HPRIM_RESULTS
        ),
        "****FIN****",
        "****FINFICHIER****",
    ]
    return "".join(f"{line}\r\n" for line in lines).encode("iso-8859-1")


# --- the consultation report, as CDA R2 level 3 --------------------------------------------------

# OIDs: 1.2.250.1.213.1.4.10 national identity (tests), 1.2.250.1.71.4.2.1 professionals ("8" and
# the RPPS number), 1.2.250.1.71.4.2.2 organisations, 2.16.840.1.113883.6.1 LOINC.
REPORT: Final = """\
<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <!-- Document d’essai : les personnes, les lieux et les résultats sont inventés. -->
  <realmCode code="FR"/>
  <typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
  <templateId root="2.16.840.1.113883.2.8.2.1"/>
  <templateId root="1.2.250.1.213.1.1.1.1"/>
  <id root="7a1c0c3e-52b4-4f0e-9d0a-0c6f3f1b8e21"/>
  <code code="11488-4" codeSystem="2.16.840.1.113883.6.1" codeSystemName="LOINC"
        displayName="Compte rendu de consultation"/>
  <title>Compte rendu de consultation, genou droit</title>
  <effectiveTime value="20261120113000+0100"/>
  <confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25" displayName="Normal"/>
  <languageCode code="fr-FR"/>
  <setId root="5d0b6a44-9a0e-4f5c-8a52-1f0d6a1c7b90"/>
  <versionNumber value="1"/>
  <recordTarget>
    <patientRole>
      <id root="1.2.250.1.213.1.4.10" extension="{patient_number}"/>
      <addr use="H">
        <streetAddressLine>5, impasse du Conte</streetAddressLine>
        <postalCode>06560</postalCode>
        <city>Valbonne</city>
      </addr>
      <telecom value="tel:0465710077" use="H"/>
      <patient>
        <name>
          <given qualifier="BR">JEANNE</given>
          <family qualifier="BR">DUVAL</family>
        </name>
        <administrativeGenderCode code="F" codeSystem="2.16.840.1.113883.5.1"/>
        <birthTime value="19560814"/>
        <birthplace>
          <place>
            <addr><county>99999</county></addr>
          </place>
        </birthplace>
      </patient>
    </patientRole>
  </recordTarget>
  <author>
    <time value="20261120113000+0100"/>
    <assignedAuthor>
      <id root="1.2.250.1.71.4.2.1" extension="8{author_number}"/>
      <code code="G15_10/SM54" codeSystem="1.2.250.1.213.1.1.4.5"
            displayName="Médecin - Médecine générale"/>
      <addr use="WP">
        <streetAddressLine>3, place Imaginaire</streetAddressLine>
        <postalCode>06600</postalCode>
        <city>Antibes</city>
      </addr>
      <telecom value="tel:0465710012" use="WP"/>
      <assignedPerson>
        <name><prefix>DR</prefix><given>KARIM</given><family>BENALI</family></name>
      </assignedPerson>
    </assignedAuthor>
  </author>
  <custodian>
    <assignedCustodian>
      <representedCustodianOrganization>
        <id root="1.2.250.1.71.4.2.2" extension="3999999999"/>
        <name>Cabinet du Dr Benali</name>
      </representedCustodianOrganization>
    </assignedCustodian>
  </custodian>
  <legalAuthenticator>
    <time value="20261120114500+0100"/>
    <signatureCode code="S"/>
    <assignedEntity>
      <id root="1.2.250.1.71.4.2.1" extension="8{author_number}"/>
      <assignedPerson>
        <name><prefix>DR</prefix><given>KARIM</given><family>BENALI</family></name>
      </assignedPerson>
    </assignedEntity>
  </legalAuthenticator>
  <documentationOf>
    <serviceEvent>
      <code code="11488-4" codeSystem="2.16.840.1.113883.6.1"
            displayName="Compte rendu de consultation"/>
      <effectiveTime>
        <low value="20261120110000+0100"/>
        <high value="20261120112500+0100"/>
      </effectiveTime>
      <performer typeCode="PRF">
        <assignedEntity>
          <id root="1.2.250.1.71.4.2.1" extension="8{author_number}"/>
        </assignedEntity>
      </performer>
    </serviceEvent>
  </documentationOf>
  <componentOf>
    <encompassingEncounter>
      <effectiveTime>
        <low value="20261120110000+0100"/>
        <high value="20261120112500+0100"/>
      </effectiveTime>
      <location>
        <healthCareFacility>
          <code code="SA07" codeSystem="1.2.250.1.71.4.2.4" displayName="Cabinet individuel"/>
        </healthCareFacility>
      </location>
    </encompassingEncounter>
  </componentOf>
  <component>
    <structuredBody>
      <component>
        <section>
          <code code="10164-2" codeSystem="2.16.840.1.113883.6.1" displayName="Histoire de la maladie"/>
          <title>Histoire de la maladie</title>
          <text>
            <paragraph>Douleur mécanique du genou droit depuis six semaines, interne et antérieure,
            sans traumatisme. Dérouillage matinal d’une dizaine de minutes. Descente des escaliers
            difficile.</paragraph>
          </text>
        </section>
      </component>
      <component>
        <section>
          <code code="8716-3" codeSystem="2.16.840.1.113883.6.1" displayName="Signes vitaux"/>
          <title>Mesures</title>
          <text>
            <table border="1">
              <thead>
                <tr><th>Mesure</th><th>Valeur</th><th>Unité</th></tr>
              </thead>
              <tbody>
{measure_rows}
              </tbody>
            </table>
          </text>
{measure_entries}
        </section>
      </component>
      <component>
        <section>
          <code code="29545-1" codeSystem="2.16.840.1.113883.6.1" displayName="Examen clinique"/>
          <title>Examen du genou droit</title>
          <text>
            <list>
              <item>Pas d’épanchement, pas de chaleur locale.</item>
              <item>Flexion 115°, gauche 135° ; extension complète.</item>
              <item>Interligne interne sensible à la pression ; manœuvres méniscales non concluantes.</item>
              <item>Pas de laxité. Hanche droite libre.</item>
            </list>
          </text>
        </section>
      </component>
      <component>
        <section>
          <code code="18776-5" codeSystem="2.16.840.1.113883.6.1" displayName="Plan de soins"/>
          <title>Conclusion et conduite à tenir</title>
          <text>
            <paragraph>Gonarthrose interne débutante. Paracétamol à la demande, marche à plat,
            renforcement du quadriceps. Avis de Mme Martin, ostéopathe. Revue le 15 janvier.</paragraph>
          </text>
        </section>
      </component>
    </structuredBody>
  </component>
</ClinicalDocument>
"""

# LOINC code, name, value for the machine, value for people, unit for the machine (UCUM), for people
MEASURES: Final = (
    ("8302-2", "Taille", "162", "162", "cm", "cm"),
    ("29463-7", "Poids", "64.5", "64,5", "kg", "kg"),
    ("39156-5", "Indice de masse corporelle", "24.6", "24,6", "kg/m2", "kg/m²"),
    ("8480-6", "Pression artérielle systolique", "134", "134", "mm[Hg]", "mmHg"),
    ("8462-4", "Pression artérielle diastolique", "78", "78", "mm[Hg]", "mmHg"),
)

MEASURE_ROW: Final = (
    '<tr ID="mesure-{number}"><td>{name}</td><td>{shown}</td><td>{unit_shown}</td></tr>'
)

MEASURE_ENTRY: Final = """\
<entry>
  <observation classCode="OBS" moodCode="EVN">
    <code code="{code}" codeSystem="2.16.840.1.113883.6.1" displayName="{name}"/>
    <text><reference value="#mesure-{number}"/></text>
    <statusCode code="completed"/>
    <effectiveTime value="20261120110500+0100"/>
    <value xsi:type="PQ" value="{value}" unit="{unit}"/>
  </observation>
</entry>"""


def make_report() -> bytes:
    """Return the consultation report as XML."""
    measures = [
        {
            "number": number,
            "code": code,
            "name": name,
            "value": value,
            "shown": shown,
            "unit": unit,
            "unit_shown": unit_shown,
        }
        for number, (code, name, value, shown, unit, unit_shown) in enumerate(MEASURES, 1)
    ]
    rows = "\n".join(MEASURE_ROW.format(**measure) for measure in measures)
    entries = "\n".join(MEASURE_ENTRY.format(**measure) for measure in measures)
    return REPORT.format(
        patient_number=with_insurance_key("2560899999999"),
        author_number=with_luhn_digit("9990000001"),
        measure_rows=textwrap.indent(rows, 16 * " "),
        measure_entries=textwrap.indent(entries, 10 * " "),
    ).encode()


def with_insurance_key(digits: str) -> str:
    """Return a French insurance number with its key, 97 less the remainder by 97."""
    return f"{digits}{97 - int(digits) % 97:02d}"


def with_luhn_digit(digits: str) -> str:
    """Return digits with the check digit that numbers of professionals end with."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if position % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return f"{digits}{-total % 10}"


# --- the picture, as PNG -------------------------------------------------------------------------

WIDTH: Final = 480
HEIGHT: Final = 640


def make_picture() -> bytes:
    """Return a drawing in the manner of a radiograph of a right knee, seen from the front."""
    rows = [bytes(grey(x, y) for x in range(WIDTH)) for y in range(HEIGHT)]
    return write_png(rows)


def grey(x: int, y: int) -> int:
    """Return the brightness of a pixel, 0 to 255."""
    # The shapes are those of a left knee; facing someone, one sees the right one mirrored.
    mirrored = WIDTH - 1 - x
    light = 10 + 52 * smooth(tissue(mirrored, y) / 46)
    for bone, strength in (
        (femur(mirrored, y), 1.0),
        (tibia(mirrored, y), 1.0),
        (fibula(mirrored, y), 0.6),
        (patella(mirrored, y), 0.22),
    ):
        inside = smooth((bone + 2.2) / 4.4)
        shell = math.exp(-(((bone - 4.5) / 4.2) ** 2))
        light += strength * inside * (74 + 44 * shell + 5 * grain(x // 2, y // 3))
    marker = right_marker(x, y)
    return max(marker, min(255, max(0, round(light + 3 * grain(x, y)))))


def smooth(value: float) -> float:
    """Return 0 below 0, 1 above 1, and a soft step between."""
    value = max(0.0, min(1.0, value))
    return value * value * (3 - 2 * value)


def grain(x: int, y: int) -> float:
    """Return a number from -1 to 1 that looks random and depends on the place only."""
    mixed = (x * 374761393 + y * 668265263) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 13)) * 1274126177) & 0xFFFFFFFF
    return ((mixed ^ (mixed >> 16)) & 0xFFFF) / 32767.5 - 1


# The shapes below return how far a pixel is inside them, about in pixels; below 0 is outside.


def ellipse(x: float, y: float, centre: tuple[float, float], radii: tuple[float, float]) -> float:
    """Return the depth inside an ellipse."""
    across = math.hypot((x - centre[0]) / radii[0], (y - centre[1]) / radii[1])
    return (1 - across) * min(radii)


def joined(*depths: float) -> float:
    """Return the depth inside a union whose corners are rounded."""
    return 7 * math.log(sum(math.exp(max(-60.0, depth / 7)) for depth in depths))


def common(*depths: float) -> float:
    """Return the depth inside an intersection whose corners are rounded."""
    return -joined(*(-depth for depth in depths))


def tissue(x: float, y: float) -> float:
    """Return the depth inside the leg."""
    half = 172 - 26 * smooth((y - 60) / 260) + 10 * math.sin(y / 130)
    return half - abs(x - 242)


def femur(x: float, y: float) -> float:
    """Return the depth inside the thigh bone, which ends in two rounded condyles."""
    half = 41 + 58 * smooth((y - 120) / 150) ** 2
    shaft = min(half - abs(x - 240), 268 - y)
    inner = ellipse(x, y, (187, 272), (62, 57))
    outer = ellipse(x, y, (295, 270), (60, 54))
    return min(joined(shaft, inner, outer), -ellipse(x, y, (241, 336), (22, 40)))


def tibia(x: float, y: float) -> float:
    """Return the depth inside the shin bone; its plateau is nearer to the femur on the inner side."""
    plateau = 341 + 4 * smooth((x - 200) / 90)
    half = 112 - 66 * smooth((y - 360) / 170)
    body = common(half - abs(x - 240), y - plateau)
    spines = min(8 + 0.7 * (y - plateau) - 0.9 * abs(abs(x - 241) - 10), 14 - abs(y - plateau))
    return joined(body, spines - 6)


def fibula(x: float, y: float) -> float:
    """Return the depth inside the calf bone, on the outer side."""
    head = ellipse(x, y, (350, 408), (24, 27))
    shaft = min(13 - abs(x - 349 - 5 * math.sin(y / 110)), y - 410)
    return joined(head, shaft)


def patella(x: float, y: float) -> float:
    """Return the depth inside the kneecap, which lies in front of the femur."""
    return ellipse(x, y, (241, 208), (45, 50))


def right_marker(x: int, y: int) -> int:
    """Return the brightness of the letter D, for the right side, that lies beside the knee."""
    bar = 40 <= x < 46 and 40 <= y < 76
    bow = abs(ellipse(x, y, (46, 57.5), (18, 18)) - 3) <= 3 and x >= 46
    return 225 if bar or bow else 0


def write_png(rows: list[bytes]) -> bytes:
    """Return an 8-bit grey picture (ISO/IEC 15948)."""
    header = WIDTH.to_bytes(4) + HEIGHT.to_bytes(4) + bytes([8, 0, 0, 0, 0])
    # Each row begins with the number of its filter; 0 stores the pixels as they are.
    pixels = b"".join(b"\0" + row for row in rows)
    text = "Description\0Dessin d'essai : ne montre personne.".encode("latin-1")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        chunk(kind, body)
        for kind, body in (
            (b"IHDR", header),
            (b"tEXt", text),
            (b"IDAT", zlib.compress(pixels, 9)),
            (b"IEND", b""),
        )
    )


def chunk(kind: bytes, body: bytes) -> bytes:
    """Return one chunk with its length and its checksum."""
    return len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4)


# --- all of them ---------------------------------------------------------------------------------

# --- report and letter together, as IHE_XDM.zip ---------------------------------------------------

ARCHIVE_README: Final = (
    f"{NOTICE}\r\nArchive IHE_XDM : les documents sont dans IHE_XDM/SUBSET01.\r\n"
)

ARCHIVE_LIST: Final = """\
<?xml version="1.0" encoding="UTF-8"?>
<lcm:SubmitObjectsRequest xmlns:lcm="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0"
    xmlns="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0">
  <RegistryObjectList>
{documents}
    <RegistryPackage id="Lot01">
      <Slot name="submissionTime"><ValueList><Value>20261120110000</Value></ValueList></Slot>
      <Name><LocalizedString value="Genou droit de Mme Duval"/></Name>
    </RegistryPackage>
    <Classification id="EstUnLot" classifiedObject="Lot01"
        classificationNode="urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd"/>
  </RegistryObjectList>
</lcm:SubmitObjectsRequest>
"""

ARCHIVE_DOCUMENT: Final = """\
    <ExtrinsicObject id="Document{number:02}" mimeType="{media_type}"
        objectType="urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1">
      <Slot name="URI"><ValueList><Value>{name}</Value></ValueList></Slot>
      <Slot name="hash"><ValueList><Value>{digest}</Value></ValueList></Slot>
      <Slot name="size"><ValueList><Value>{size}</Value></ValueList></Slot>
      <Slot name="creationTime"><ValueList><Value>20261120103000</Value></ValueList></Slot>
      <Slot name="sourcePatientInfo"><ValueList><Value>PID-5|DUVAL^JEANNE^^^^^L</Value><Value>PID-7|19560814</Value></ValueList></Slot>
      <Name><LocalizedString value="{title}"/></Name>
      <Classification id="Auteur{number:02}" classifiedObject="Document{number:02}" nodeRepresentation=""
          classificationScheme="urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d">
        <Slot name="authorInstitution"><ValueList><Value>Cabinet du Dr Benali</Value></ValueList></Slot>
        <Slot name="authorPerson"><ValueList><Value>^BENALI^KARIM^^^DR</Value></ValueList></Slot>
      </Classification>
      <Classification id="Type{number:02}" classifiedObject="Document{number:02}" nodeRepresentation="{code}"
          classificationScheme="urn:uuid:f0306f51-975f-434e-a61c-c59651d33983">
        <Name><LocalizedString value="{type}"/></Name>
      </Classification>
    </ExtrinsicObject>"""


def make_archive() -> bytes:
    """Return an archive with the report and the letter; not compressed, so that it is the same everywhere."""
    report = (
        "COMPTE_RENDU.XML",
        "text/xml",
        "Compte rendu de consultation, genou droit",
        "11488-4",
    )
    letter = ("LETTRE.PDF", "application/pdf", "Lettre d’adressage, genou droit", "57133-1")
    documents = [
        (*report, "Compte rendu de consultation", make_report()),
        (*letter, "Lettre d’adressage", make_letter()),
    ]
    listed = "\n".join(
        ARCHIVE_DOCUMENT.format(
            number=number,
            name=name,
            media_type=media_type,
            title=html.escape(title),
            code=code,
            type=html.escape(kind),
            digest=hashlib.sha1(content, usedforsecurity=False).hexdigest(),
            size=len(content),
        )
        for number, (name, media_type, title, code, kind, content) in enumerate(documents, 1)
    )
    files = [
        ("README.TXT", ARCHIVE_README.encode()),
        ("IHE_XDM/SUBSET01/METADATA.XML", ARCHIVE_LIST.format(documents=listed).encode()),
        *((f"IHE_XDM/SUBSET01/{name}", content) for name, *_rest, content in documents),
    ]
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name), content)
    return written.getvalue()


SAMPLES: Final = {
    "lettre-genou.pdf": make_letter,
    "resultat-biologie.hpr": make_result,
    "compte-rendu-consultation.xml": make_report,
    "radiographie-genou.png": make_picture,
    "dossier-genou.zip": make_archive,
}


def is_same(kept: bytes, made: bytes) -> bool:
    """Tell whether a kept file is what was just made.

    Of pictures the pixels count, give or take one step of grey: neither the compressed form nor the
    last digit of a logarithm is the same on every computer.
    """
    if not made.startswith(b"\x89PNG"):
        return kept == made
    before, now = pixels_of(kept), pixels_of(made)
    return len(before) == len(now) and all(
        abs(old - new) <= 1 for old, new in zip(before, now, strict=True)
    )


def pixels_of(png: bytes) -> bytes:
    """Return the rows inside a picture that write_png made."""
    start = png.index(b"IDAT")
    length = int.from_bytes(png[start - 4 : start])
    return zlib.decompress(png[start + 4 : start + 4 + length])


def main(arguments: list[str]) -> int:
    """Write or check every sample; return 1 if one differs."""
    if arguments not in ([], ["--check"]):
        print("usage: make_samples.py [--check]", file=sys.stderr)
        return 2
    differing = []
    for name, make in SAMPLES.items():
        path = HERE / name
        if not arguments:
            path.write_bytes(make())
        elif not path.exists() or not is_same(path.read_bytes(), make()):
            differing.append(name)
    for name in differing:
        print(f"{name} is not what this script writes")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
