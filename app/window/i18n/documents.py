# SPDX-License-Identifier: AGPL-3.0-or-later
"""Words for what documents are, what their heads say, and what is wrong with them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject

from app.interface.documents import DocumentKind, DocumentProblem, FactKind, Flag, Remark

if TYPE_CHECKING:
    from app.interface.documents import Fact
    from app.window.i18n.formats import Formats

_ISO: Final = re.compile(r"\d{4}-\d\d-\d\d")


class DocumentWords(QObject):
    """Puts codes about documents into words of the language in force."""

    def kind(self, kind: DocumentKind) -> str:
        """Return what a file is."""
        return {
            DocumentKind.UNKNOWN: self.tr("Unknown kind of document"),
            DocumentKind.PDF: self.tr("PDF document"),
            DocumentKind.PICTURE: self.tr("Picture"),
            DocumentKind.TEXT: self.tr("Text"),
            DocumentKind.CDA: self.tr("Medical document (CDA)"),
            DocumentKind.XDM: self.tr("Medical documents (XDM)"),
            DocumentKind.HPRIM: self.tr("Results (HPRIM)"),
            DocumentKind.MAIL: self.tr("E-mail"),
            DocumentKind.DICOM: self.tr("Medical image (DICOM)"),
            DocumentKind.FHIR: self.tr("Medical document (FHIR)"),
            DocumentKind.MAILBOX: self.tr("Mailbox of another program"),
            DocumentKind.OFFICE: self.tr("Word processor document"),
            DocumentKind.ARCHIVE: self.tr("Archive"),
        }[kind]

    def mark(self, kind: DocumentKind) -> str:
        """Return up to five letters that stand for a kind."""
        return {
            DocumentKind.UNKNOWN: "?",
            DocumentKind.PDF: "PDF",
            DocumentKind.PICTURE: "IMG",
            DocumentKind.TEXT: "TXT",
            DocumentKind.CDA: "CDA",
            DocumentKind.XDM: "XDM",
            DocumentKind.HPRIM: "LABO",
            DocumentKind.MAIL: "MAIL",
            DocumentKind.DICOM: "DICOM",
            DocumentKind.FHIR: "FHIR",
            DocumentKind.MAILBOX: "MBOX",
            DocumentKind.OFFICE: "DOC",
            DocumentKind.ARCHIVE: "ZIP",
        }[kind]

    def fact(self, kind: FactKind) -> str:
        """Return what a line of a document's head is about."""
        return {
            FactKind.TITLE: self.tr("Title"),
            FactKind.PATIENT: self.tr("Patient"),
            FactKind.BIRTH_DATE: self.tr("Born"),
            FactKind.SEX: self.tr("Sex"),
            FactKind.AUTHOR: self.tr("Author"),
            FactKind.ORGANISATION: self.tr("Organisation"),
            FactKind.DATE: self.tr("Date"),
            FactKind.DOCUMENT_TYPE: self.tr("Type"),
            FactKind.VERSION: self.tr("Version"),
            FactKind.CONFIDENTIALITY: self.tr("Confidentiality"),
            FactKind.RECIPIENT: self.tr("To"),
            FactKind.SENDER: self.tr("From"),
            FactKind.SUBJECT: self.tr("Subject"),
            FactKind.MODALITY: self.tr("Modality"),
            FactKind.DIMENSIONS: self.tr("Dimensions"),
            FactKind.PAGES: self.tr("Pages"),
            FactKind.SOFTWARE: self.tr("Software"),
            FactKind.IDENTIFIER: self.tr("Number"),
            FactKind.ACT: self.tr("Act"),
            FactKind.REPLACES: self.tr("Replaces"),
        }[kind]

    def fact_text(self, fact: Fact, formats: Formats) -> str:
        """Return what a line says; dates in the language's habit, when they are dates."""
        day, _, hour = fact.text.partition("T")
        if fact.kind not in {FactKind.DATE, FactKind.BIRTH_DATE} or not _ISO.fullmatch(day):
            return fact.text
        written = formats.long_birth_date(day)
        return f"{written}, {hour}" if hour else written

    def problem(self, problem: DocumentProblem, *, is_shown: bool = False) -> str:
        """Return a sentence about what is wrong, or what was not done; `is_shown`: some of it is there to be read."""
        if problem is DocumentProblem.DAMAGED and is_shown:
            return self.tr(
                "This document is damaged or incomplete: only what could be read is shown. Ask its sender for it again."
            )
        return {
            DocumentProblem.DAMAGED: self.tr(
                "This document is damaged and cannot be shown. You can save it, or ask its sender for it again."
            ),
            DocumentProblem.PROTECTED: self.tr(
                "This document wants a password or a key of its own. Save it, and open it in the program that has it."
            ),
            DocumentProblem.TOO_LARGE: self.tr(
                "This document is too large to be shown here. You can save it."
            ),
            DocumentProblem.HASH_WRONG: self.tr(
                "A part is not the one that the archive’s own list names: it was changed or mixed up. Ask its sender."
            ),
            DocumentProblem.SIZE_WRONG: self.tr(
                "A part is not as long as the archive’s own list says: something may be missing."
            ),
            DocumentProblem.PART_MISSING: self.tr(
                "The archive’s list names a document that is not in it."
            ),
            DocumentProblem.PART_UNLISTED: self.tr(
                "The archive holds a document that its list does not name."
            ),
            DocumentProblem.ACTIVE_CONTENT: self.tr("It contains a program, which was not run."),
            DocumentProblem.REMOTE_CONTENT: self.tr(
                "It refers to content on the Internet, which was not fetched."
            ),
            DocumentProblem.CUT: self.tr("Only a part of it is shown. Save it to have it whole."),
            DocumentProblem.ENCODING_GUESSED: self.tr(
                "It does not say how its letters are written: an accent may be wrong."
            ),
            DocumentProblem.PATIENT_DIFFERS: self.tr("Its parts name different patients."),
            DocumentProblem.TIMED_OUT: self.tr(
                "Reading it took too long and was stopped. You can save it."
            ),
            DocumentProblem.PICTURE_PACKED: self.tr(
                "A picture is packed in a way that this program does not unpack. Save it, and open it in an image viewer."
            ),
            DocumentProblem.SIGNED: self.tr(
                "It carries an electronic signature, which was not verified."
            ),
            DocumentProblem.FLAGS_COMPARED: self.tr(
                "* beside a norm: compared by this program. The laboratory did not mark the value."
            ),
        }[problem]

    def remark(self, remark: Remark) -> str:
        """Return the words for what is to be said of a value besides its flag."""
        return {
            Remark.NOT_COMPARED: self.tr("not compared"),
            Remark.PARTIAL: self.tr("partial result"),
            Remark.CORRECTED: self.tr("corrected result"),
            Remark.UNVERIFIED: self.tr("not validated"),
            Remark.WITHDRAWN: self.tr("withdrawn by the laboratory"),
            Remark.AWAITED: self.tr("result awaited"),
            Remark.IMPOSSIBLE: self.tr("could not be measured"),
        }[remark]

    def flag(self, flag: Flag) -> str:
        """Return the word for what a laboratory says of a value; NONE has none."""
        return {
            Flag.NONE: "",
            Flag.LOW: self.tr("low"),
            Flag.HIGH: self.tr("high"),
            Flag.ABNORMAL: self.tr("abnormal"),
            Flag.CRITICAL: self.tr("critical"),
        }[flag]
