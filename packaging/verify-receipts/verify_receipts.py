# SPDX-License-Identifier: AGPL-3.0-or-later
"""Checks an evidence file of U-HealthSec: `python3 packaging/verify-receipts FILE`.

For experts and courts: it needs the packages `cryptography` and `cbor2`, the folder `crypto_core` beside its own,
and neither the application, nor the relay, nor a network. The format is in `crypto_core/spec/evidence.md`.
"""

from __future__ import annotations

import argparse
import io
import locale
import os
import sys
import zipfile
import zlib
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Final

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from crypto_core.errors import CryptoCoreError
from crypto_core.trust.checkpoints import format_verifier_key, parse_log_identity
from crypto_core.trust.cose import cose_receipt
from crypto_core.trust.evidence import (
    MAX_MEMBER_BYTES,
    Examination,
    Wrong,
    cose_signature_of,
    examine,
    leaf_at,
    receipt_of,
)
from crypto_core.trust.timestamps import read_authorities
from crypto_core.wire.audit import Verb
from crypto_core.wire.evidence import MAX_EVIDENCE_MEMBERS
from crypto_core.wire.limits import MAX_AUTHORITIES, MAX_AUTHORITY_BYTES

if TYPE_CHECKING:
    from crypto_core.trust.evidence import ProvenAct

PROVEN, INCOMPLETE, WRONG, UNUSABLE = 0, 3, 4, 2
_MOST_BYTES: Final = 2**30
_MOST_SHOWN: Final = 20
_MOST_CERTIFICATES: Final = MAX_AUTHORITIES * MAX_AUTHORITY_BYTES
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_UNREADABLE: Final = (
    OSError,
    EOFError,
    ValueError,
    RuntimeError,
    zipfile.BadZipFile,
    zlib.error,
    CryptoCoreError,
)
"""What a file that is damaged, encrypted or no evidence at all leads to."""

EPILOG: Final = f"""\
exit codes:
  {PROVEN}   everything in the file is proven
  {INCOMPLETE}   what was checked is proven; acts are missing that should be in the file, or it has
      parts that this program does not know
  {WRONG}   something in the file is wrong; standard output says what
  {UNUSABLE}   the file cannot be read, or an argument is wrong

The keys of the log: ask whoever runs the relay for the two lines, by another way than this file
(`uhealthsec-relay audit keys` prints them). Without --log-key the keys in the file are used; then
the file proves what the owner of those keys has signed, and whose they are is left to you.

The certificate of the authority of timestamps: from the authority's own site, or the European list
of trusted services. Without --authority those in the file are used, which the relay has given.

No file can show that it has the newest acts of a computer: its owner may have left those out. The
relay's operator can tell how many the log has.
"""

WORDS: Final[dict[str, tuple[str, str]]] = {
    "account": (
        "Account: {account}, written {at} by its computer {device}",
        "Compte : {account}, écrit le {at} par son ordinateur {device}",
    ),
    "log": ("Log: {origin}", "Journal : {origin}"),
    "pinned": ("Its keys are the ones you gave.", "Ses clés sont celles que vous avez données."),
    "unpinned": (
        "Its keys were taken from the file itself: compare them with those that the relay's operator gives you (--log-key).",
        "Ses clés ont été prises dans le fichier même : comparez-les à celles que donne le responsable du relais (--log-key).",
    ),
    "selection": (
        "A selection: nothing can be said of acts that are not in it.",
        "Une sélection : rien ne peut être dit des actes qui n’y sont pas.",
    ),
    "whole": (
        "The computer that wrote it says: all acts that it knew of.",
        "L’ordinateur qui l’a écrit dit : tous les actes qu’il connaissait.",
    ),
    "shown": (
        "Computer {actor}: acts up to number {last}; later ones may have been left out.",
        "Ordinateur {actor} : actes jusqu’au numéro {last} ; de plus récents ont pu être omis.",
    ),
    "shown-none": (
        "Computer {actor}: no act in the file; all of them may have been left out.",
        "Ordinateur {actor} : aucun acte dans le fichier ; tous ont pu être omis.",
    ),
    "unknown": (
        "NOT CHECKED: a part that this program does not know ({name})",
        "NON VÉRIFIÉ : une partie que ce programme ne connaît pas ({name})",
    ),
    "acts": (
        "{acts} acts proven: signed, and in the log at their places.",
        "{acts} actes prouvés : signés, et dans le journal à leur place.",
    ),
    "opened": (
        "Of {opened} of them the file says what was done.",
        "De {opened} d’entre eux, le fichier dit ce qui a été fait.",
    ),
    "later": (
        "What {count} of them say, only a later version of this program knows.",
        "Ce que disent {count} d’entre eux, seule une version ultérieure de ce programme le sait.",
    ),
    "checkpoints": (
        "{checkpoints} signed states of the log; {connected} of them proven to be of one log.",
        "{checkpoints} états signés du journal ; {connected} d’entre eux prouvés être d’un seul journal.",
    ),
    "cose": (
        "{cose} COSE signatures of the log verified (RFC 9942).",
        "{cose} signatures COSE du journal vérifiées (RFC 9942).",
    ),
    "erasure": (
        "ERASED FOR GOOD on {at}: {letters} letters, {documents} documents, {drafts} drafts; backups destroyed: {destroyed}, still elsewhere: {absent}; {correspondents} correspondents keep theirs. The last backup of the relay's host expires on {until}.",
        "EFFACÉ DÉFINITIVEMENT le {at} : {letters} lettres, {documents} documents, {drafts} brouillons ; copies de sauvegarde détruites : {destroyed}, encore ailleurs : {absent} ; {correspondents} correspondants gardent les leurs. La dernière copie de l’hébergeur du relais expire le {until}.",
    ),
    "no-timestamps": (
        "Not externally timestamped: times are those of the computers and of the relay.",
        "Sans horodatage extérieur : les heures sont celles des ordinateurs et du relais.",
    ),
    "timestamps": (
        (
            "{acts} acts are externally timestamped, in {count} states of the log (RFC 3161): each was there by that time at the "
            "latest (--list). {others} acts are not."
        ),
        (
            "{acts} actes ont un horodatage extérieur, dans {count} états du journal (RFC 3161) : chacun y était au plus tard à "
            "cette heure (--list). {others} actes n’en ont pas."
        ),
    ),
    "authority": (
        "Authority: {name}, certificate SHA-256 {pinned}",
        "Autorité : {name}, certificat SHA-256 {pinned}",
    ),
    "authority-known": (
        "Its certificate is one that you gave.",
        "Son certificat est de ceux que vous avez donnés.",
    ),
    "authority-unknown": (
        (
            "The certificates were taken from the file, where they are as the relay gave them: this shows that relay and "
            "authority say the same. Who the authority is, is left to you (--authority)."
        ),
        (
            "Les certificats ont été pris dans le fichier, tels que le relais les a donnés : cela montre que le relais et "
            "l’autorité disent la même chose. Reste à vous de savoir qui est cette autorité (--authority)."
        ),
    ),
    "timestamps-ended": (
        "Of {count} timestamps the certificate has ended, and nobody has renewed them before: they prove less now.",
        "De {count} horodatages, le certificat a pris fin sans que personne ne les ait renouvelés avant : ils prouvent moins désormais.",
    ),
    "gap": (
        "MISSING: acts {first} to {last} of computer {actor}",
        "MANQUE : actes {first} à {last} de l’ordinateur {actor}",
    ),
    "erased": (
        "Erased at the relay at the end of their time, as the log says: acts {first} to {last} of computer {actor}",
        "Effacés chez le relais à la fin de leur durée, comme le dit le journal : actes {first} à {last} de l’ordinateur {actor}",
    ),
    "fault": ("WRONG: {text} ({place})", "FAUX : {text} ({place})"),
    "more": ("… and {count} more", "… et {count} autres"),
    "good": ("Everything in this file is proven.", "Tout dans ce fichier est prouvé."),
    "partly": (
        "What was checked is proven; not everything could be checked.",
        "Ce qui a été vérifié est prouvé ; tout n’a pas pu être vérifié.",
    ),
    "incomplete": (
        "What is in this file is proven, but it is not complete.",
        "Ce que contient ce fichier est prouvé, mais il n’est pas complet.",
    ),
    "bad": (
        "This file does not prove what it should.",
        "Ce fichier ne prouve pas ce qu’il devrait.",
    ),
    "relay": ("relay", "relais"),
    "no-leaf": (
        "There is no act {index} in this file.",
        "Il n’y a pas d’acte {index} dans ce fichier.",
    ),
    "no-cose": (
        "The file has no COSE signature for act {index}.",
        "Le fichier n’a pas de signature COSE pour l’acte {index}.",
    ),
    "unusable": (
        "Not a file that can be read as evidence: {why}",
        "Pas un fichier lisible comme preuves : {why}",
    ),
}
FAULTS: Final = {
    Wrong.NOT_EVIDENCE: ("not an evidence file", "pas un fichier de preuves"),
    Wrong.OTHER_LOG_KEYS: (
        "the log has other keys than those you gave",
        "le journal a d’autres clés que celles que vous avez données",
    ),
    Wrong.MEMBER_MISSING: ("a part is missing", "une partie manque"),
    Wrong.MEMBER_CHANGED: ("a part was changed", "une partie a été changée"),
    Wrong.MEMBER_ADDED: ("a part was added", "une partie a été ajoutée"),
    Wrong.MANIFEST_UNSIGNED: (
        "no computer of the account has signed the table of contents",
        "aucun ordinateur du compte n’a signé la table des matières",
    ),
    Wrong.KEYS_INVALID: (
        "the keys of an account are not proven",
        "les clés d’un compte ne sont pas prouvées",
    ),
    Wrong.CHECKPOINT_INVALID: (
        "the log has not signed this state",
        "le journal n’a pas signé cet état",
    ),
    Wrong.FORK: (
        "the log has signed two states that contradict each other",
        "le journal a signé deux états qui se contredisent",
    ),
    Wrong.LEAF_NOT_INCLUDED: (
        "the act is not in the log at this place",
        "l’acte n’est pas dans le journal à cette place",
    ),
    Wrong.LEAF_OUT_OF_ORDER: (
        "the acts are not in the order of the log",
        "les actes ne sont pas dans l’ordre du journal",
    ),
    Wrong.LEAF_UNSIGNED: (
        "the act is signed by nobody whose keys are proven",
        "l’acte n’est signé par personne dont les clés soient prouvées",
    ),
    Wrong.DEVICE_NOT_LISTED: (
        "the act is signed by a computer that was not the account’s at this place in the log",
        "l’acte est signé par un ordinateur qui n’était pas celui du compte à cette place du journal",
    ),
    Wrong.ENTRY_NOT_COMMITTED: (
        "what is said to have been done is not what the log holds",
        "ce qui est dit avoir été fait n’est pas ce que contient le journal",
    ),
    Wrong.TIMESTAMP_INVALID: (
        "the timestamp of an outside authority does not hold",
        "l’horodatage d’une autorité extérieure n’est pas valable",
    ),
    Wrong.OTHER_AUTHORITY: (
        "the timestamp is by another authority than the one you gave",
        "l’horodatage est d’une autre autorité que celle que vous avez donnée",
    ),
    Wrong.CERTIFICATE_INVALID: (
        "an erasure certificate that no computer of the account has signed, or that the log does not name",
        "une attestation d’effacement qu’aucun ordinateur du compte n’a signée, ou que le journal ne nomme pas",
    ),
    Wrong.CHAIN_BROKEN: (
        "the act does not follow the one before it",
        "l’acte ne suit pas celui qui le précède",
    ),
}


class _Speaker:
    def __init__(self, language: str) -> None:
        self._which = int(language == "fr")

    def say(self, word: str, **fields: object) -> None:
        print(self.text(word).format_map({name: _line_of(it) for name, it in fields.items()}))

    def text(self, word: str) -> str:
        return WORDS[word][self._which]

    def fault(self, wrong: Wrong) -> str:
        return FAULTS[wrong][self._which]


def _line_of(value: object) -> str:
    """A value as it is printed: what comes from the file begins no lines of its own."""
    return "".join(letter if letter.isprintable() else "?" for letter in str(value))


def main(arguments: list[str] | None = None) -> int:
    """Check a file, and say what it proves."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Into a file or a pipe of another encoding, a letter without its accent is better than no answer.
        sys.stdout.reconfigure(errors="replace")
    options = _parser().parse_args(arguments)
    speaker = _Speaker(options.language)
    keys = tuple(options.log_key or ())
    try:
        if keys:
            log = parse_log_identity(keys)
            keys = (format_verifier_key(log.ed25519), format_verifier_key(log.ml_dsa_44))
        authorities = () if options.authority is None else _authorities(options.authority)
        members = _members(options.file)
        if options.receipt is not None:
            return _extract(members, options.receipt, speaker)
        if options.cose is not None:
            return _extract_cose(members, options.cose, speaker)
    except _UNREADABLE as error:
        print(
            speaker.text("unusable").format(why=str(error) or type(error).__name__), file=sys.stderr
        )
        return UNUSABLE
    found = examine(members, log_keys=keys or None, authorities=authorities)
    if options.list:
        for act in found.acts:
            print(_line(act, speaker))
    return _tell(found, speaker, is_pinned=bool(keys), is_known=bool(authorities))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="verify-receipts",
        description="Checks an evidence file of U-HealthSec, without the application, the relay or a network.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument(
        "--log-key",
        action="append",
        metavar="KEY",
        help="a verifier key of the log, as name+id+base64; give both, Ed25519 first",
    )
    parser.add_argument(
        "--authority",
        type=Path,
        metavar="FILE",
        help="certificates (PEM or DER) of the authorities of timestamps that you know, from their own sites",
    )
    parser.add_argument("--list", action="store_true", help="print each act that is proven")
    extract = parser.add_mutually_exclusive_group()
    extract.add_argument(
        "--receipt",
        type=int,
        metavar="INDEX",
        help="write the C2SP tlog-proof of an act to standard output, for another program to check",
    )
    extract.add_argument(
        "--cose",
        type=int,
        metavar="INDEX",
        help="write the COSE Receipt (RFC 9942) of an act to standard output, for another program to check",
    )
    parser.add_argument("--language", choices=("fr", "en"), default=_language())
    return parser


def _language() -> str:
    wanted = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    name = next(filter(None, wanted), None) or locale.getlocale()[0] or ""
    return "fr" if name.lower().startswith("fr") else "en"


def _authorities(path: Path) -> tuple[bytes, ...]:
    """Read certificates. Raises what is in `_UNREADABLE`."""
    with path.open("rb") as file:
        return read_authorities(file.read(_MOST_CERTIFICATES + 1))


def _members(path: Path) -> dict[str, bytes]:
    """Read the file's members. Raises what is in `_UNREADABLE`."""
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        names = {each.filename for each in entries}
        total = sum(each.file_size for each in entries)
        if len(names) != len(entries) or len(entries) > MAX_EVIDENCE_MEMBERS or total > _MOST_BYTES:
            raise ValueError("too many parts, or two of one name")
        if any(each.file_size > MAX_MEMBER_BYTES for each in entries):
            raise ValueError("a part is too large")
        return {each.filename: archive.read(each) for each in entries}


def _extract(members: dict[str, bytes], index: int, speaker: _Speaker) -> int:
    receipt = receipt_of(members, index)
    if receipt is None:
        print(speaker.text("no-leaf").format(index=index), file=sys.stderr)
        return UNUSABLE
    sys.stdout.write(receipt)
    return PROVEN


def _extract_cose(members: dict[str, bytes], index: int, speaker: _Speaker) -> int:
    leaf = leaf_at(members, index)
    if leaf is None:
        print(speaker.text("no-leaf").format(index=index), file=sys.stderr)
        return UNUSABLE
    found = cose_signature_of(members, leaf.checkpoint_size)
    if found is None:
        print(speaker.text("no-cose").format(index=index), file=sys.stderr)
        return UNUSABLE
    key, signature = found
    sys.stdout.buffer.write(
        cose_receipt(
            key, index=leaf.index, size=leaf.checkpoint_size, path=leaf.path, signature=signature
        )
    )
    return PROVEN


def _line(act: ProvenAct, speaker: _Speaker) -> str:
    who = speaker.text("relay") if act.account is None else f"{act.account.hex()} {act.actor.hex()}"
    what, when = act.verb.name if isinstance(act.verb, Verb) else f"LATER-{act.verb}", ""
    if act.entry is not None:
        what = act.entry.action.name
        offset = timezone(timedelta(minutes=act.entry.utc_offset))
        when = _moment(act.entry.at, offset)
    received = _moment(act.relay_time, UTC)
    existed = "" if act.existed_by is None else _moment(act.existed_by, UTC)
    return "\t".join((str(act.index), received, who, str(act.sequence), what, when, existed))


def _moment(millis: int, zone: timezone) -> str:
    """A time as text; one that no calendar has, as the number that was signed."""
    try:
        moment = (_EPOCH + timedelta(milliseconds=millis)).astimezone(zone)
    except OverflowError:
        return f"{millis} ms"
    return moment.isoformat(timespec="seconds")


def _tell_erasures(found: Examination, speaker: _Speaker, zone: timezone) -> None:
    for each in found.certificates:
        speaker.say(
            "erasure",
            at=_moment(each.finished_at, zone),
            letters=each.letters,
            documents=each.documents,
            drafts=each.drafts,
            destroyed=each.backups_destroyed,
            absent=each.backups_absent,
            correspondents=each.correspondents,
            until=_moment(each.host_until, zone),
        )


def _tell_acts(found: Examination, speaker: _Speaker) -> None:
    speaker.say("acts", acts=len(found.acts))
    speaker.say("opened", opened=sum(act.entry is not None for act in found.acts))
    if later := sum(not isinstance(act.verb, Verb) for act in found.acts):
        speaker.say("later", count=later)


def _tell_timestamps(found: Examination, speaker: _Speaker, *, is_known: bool) -> None:
    if not found.timestamps:
        speaker.say("no-timestamps")
        return
    acts = sum(act.existed_by is not None for act in found.acts)
    others = len(found.acts) - acts
    speaker.say("timestamps", acts=acts, count=len(found.timestamps), others=others)
    named = {each.pinned: each.authority for each in found.timestamps}
    for pinned, name in list(named.items())[:_MOST_SHOWN]:
        speaker.say("authority", name=name, pinned=pinned.hex())
    speaker.say("authority-known" if is_known else "authority-unknown")
    now = datetime.now(UTC).timestamp() * 1000
    if ended := sum(each.valid_until < now for each in found.timestamps):
        speaker.say("timestamps-ended", count=ended)


def _tell(found: Examination, speaker: _Speaker, *, is_pinned: bool, is_known: bool) -> int:
    manifest, log = found.manifest, found.log
    if manifest is not None and log is not None:
        zone = timezone(timedelta(minutes=manifest.utc_offset))
        at = _moment(manifest.made_at, zone)
        speaker.say("account", account=manifest.account.hex(), at=at, device=manifest.device.hex())
        speaker.say("log", origin=log.origin)
        speaker.say("pinned" if is_pinned else "unpinned")
        speaker.say("selection" if found.is_selection else "whole")
        _tell_acts(found, speaker)
        speaker.say("checkpoints", checkpoints=found.checkpoints, connected=found.connected)
        speaker.say("cose", cose=found.cose_signatures)
        _tell_erasures(found, speaker, zone)
        _tell_timestamps(found, speaker, is_known=is_known)
    for actor, last in found.shown.items():
        speaker.say("shown-none" if last is None else "shown", actor=actor.hex(), last=last)
    for name in found.unknown[:_MOST_SHOWN]:
        speaker.say("unknown", name=name)
    for gap in found.gaps[:_MOST_SHOWN]:
        word = "erased" if gap.is_erased else "gap"
        speaker.say(word, first=gap.first, last=gap.last, actor=gap.actor.hex())
    for fault in found.faults[:_MOST_SHOWN]:
        speaker.say("fault", text=speaker.fault(fault.wrong), place=fault.place)
    hidden = sum(
        max(len(each) - _MOST_SHOWN, 0) for each in (found.unknown, found.gaps, found.faults)
    )
    if hidden:
        speaker.say("more", count=hidden)
    if found.faults:
        speaker.say("bad")
        return WRONG
    if not all(gap.is_erased for gap in found.gaps):
        speaker.say("incomplete")
        return INCOMPLETE
    if found.unknown:
        speaker.say("partly")
        return INCOMPLETE
    speaker.say("good")
    return PROVEN
