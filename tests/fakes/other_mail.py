# SPDX-License-Identifier: AGPL-3.0-or-later
"""What other mail programs save: letters as .eml and mbox, invented."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

OWN = "anne.morel@cabinet.example"


def eml(
    number: int,
    *,
    sender: str = "Dr Léa Petit <lea.petit@labo.example>",
    to: str = f"Anne Morel <{OWN}>",
    subject: str | None = None,
    text: str | None = None,
    html: str = "",
    answers: Sequence[int] = (),
    in_reply_to: int | None = None,
    documents: Mapping[str, bytes] | None = None,
    date: str | None = None,
) -> bytes:
    """Return a letter with the Message-ID <letter-NUMBER@labo.example>."""
    head = [
        f"From: {sender}",
        f"To: {to}",
        f"Subject: {f'Résultats {number}' if subject is None else subject}",
        f"Message-ID: <letter-{number}@labo.example>",
        f"Date: {date or f'Tue, 5 Mar 2024 09:{number % 60:02}:{number // 60 % 60:02} +0100'}",
        "MIME-Version: 1.0",
    ]
    if answers:
        head.append("References: " + " ".join(f"<letter-{each}@labo.example>" for each in answers))
    if in_reply_to is not None:
        head.append(f"In-Reply-To: <letter-{in_reply_to}@labo.example>")
    kind, body = (
        ("html", html) if html else ("plain", text or f"Bonjour, voici la lettre {number}.")
    )
    if not documents:
        lines = [*head, f"Content-Type: text/{kind}; charset=utf-8", "", body, ""]
        return "\r\n".join(lines).encode()
    lines = [*head, 'Content-Type: multipart/mixed; boundary="grenze"', "", "--grenze"]
    lines += [f"Content-Type: text/{kind}; charset=utf-8", "", body]
    for name, content in documents.items():
        lines += [
            "--grenze",
            "Content-Type: application/octet-stream",
            f'Content-Disposition: attachment; filename="{name}"',
            "Content-Transfer-Encoding: base64",
            "",
            base64.encodebytes(content).decode().replace("\n", "\r\n"),
        ]
    return "\r\n".join([*lines, "--grenze--", ""]).encode()


def mbox(letters: Sequence[bytes]) -> bytes:
    """Return letters as one file, as Thunderbird writes it."""
    return b"".join(
        b"From - Tue Mar  5 09:00:00 2024\r\n"
        + letter.replace(b"\r\nFrom ", b"\r\n>From ").rstrip(b"\r\n")
        + b"\r\n\r\n"
        for letter in letters
    )
