# SPDX-License-Identifier: AGPL-3.0-or-later
"""Snapshots as text for people at a terminal."""

from __future__ import annotations

import io
import re
import unicodedata
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlsplit

from app.cli import texts
from app.interface.documents import DocumentProblem
from app.interface.erasing import Obstacle
from app.interface.failures import Failure
from app.interface.shown import person_name, short_address
from app.interface.snapshots import AlarmKind, DeliveryState, Direction, Problem
from crypto_core.wire.envelope import Urgency
from crypto_core.wire.ids import AccountId, UnixMillis, format_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.cli.accounts import AccountLines
    from app.cli.texts import Language
    from app.interface.absence import AbsenceState
    from app.interface.erasing import Erased, ErasurePlan
    from app.interface.folders import FolderState, FolderVerdict
    from app.interface.importing import ImportReport
    from app.interface.journal import (
        ExportedEvidence,
        JournalPage,
        JournalProof,
        JournalRow,
        JournalTimestamp,
        WrittenReport,
    )
    from app.interface.patients import PatientPairs, PatientRecord, PatientRow, TableReport
    from app.interface.rights import PatientRights
    from app.interface.searching import Coverage, SearchPage, Unread
    from app.interface.snapshots import (
        Alarms,
        AuditReport,
        AwayRow,
        ConnectionDetails,
        ContactDetails,
        Contacts,
        ConversationRow,
        Devices,
        DirectoryAnswer,
        FactorList,
        KitSheet,
        MessageView,
        NewTotp,
        PatientTag,
        Receipts,
        RecipientRow,
        Registered,
        RestoreOffer,
        SessionList,
        SignedIn,
        Status,
        SyncReport,
    )
    from app.interface.writing import DraftPage, DraftView, SendQueue
    from crypto_core.wire.ids import DeviceId

AUDIT_OFFLINE: Final = "relay-unreachable"
"""What an audit reports when all that is stored here holds, but the relay could not be asked."""

_QUIET_ZONE: Final = 2
"""Empty modules around a QR picture in a terminal."""
_FILE_QUIET_ZONE: Final = 4
"""Around one in a file, which may stand beside anything: what ISO/IEC 18004 asks for."""
_MODULE_PIXELS: Final = 8
_ACCOUNT: Final = re.compile(r"\b[0-9a-f]{40}\b")
_ENVELOPE: Final = re.compile(r"\b[0-9a-f]{32}\b")
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def harmless(text: str, *, keep_lines: bool = False) -> str:
    """Return what somebody else wrote without what a terminal would obey or hide.

    Control characters, directional overrides and the like become U+FFFD; a line feed stays if asked for.
    """
    return "".join(
        character
        if (keep_lines and character == "\n") or unicodedata.category(character) not in _HIDDEN
        else "\N{REPLACEMENT CHARACTER}"
        for character in text
    )


def failure(code: Failure, detail: str, language: Language) -> str:
    """Return what failed and what to do, in words also where the detail is numbers."""
    text = texts.FAILURES[code]
    numbers = [part for part in detail.split() if part.isdecimal()]
    match code, detail.split(maxsplit=1)[:1], numbers:
        case Failure.KIT_CODE_INVALID, _, [group]:
            said = texts.GROUP_AT_FAULT.speak(language, group=group)
        case Failure.KIT_CODE_INVALID, _, _:
            said = texts.CODE_AT_FAULT.speak(language)
        case Failure.LINK_INVALID, _, [word]:
            said = texts.WORD_AT_FAULT.speak(language, word=word)
        case Failure.LINK_INVALID, _, _:
            said = texts.TEXT_AT_FAULT.speak(language)
        case Failure.SHARES_INVALID, ["missing"], [count]:
            said = texts.SHARES_MISSING.speak(language, count=count)
        case Failure.SHARES_INVALID, ["share"], [share, word]:
            said = texts.SHARE_WORD_AT_FAULT.speak(language, share=share, word=word)
        case Failure.SHARES_INVALID, ["share"], [share]:
            said = texts.SHARE_AT_FAULT.speak(language, share=share)
        case Failure.SHARES_INVALID, _, _:
            said = texts.SHARES_OF_OTHERS.speak(language)
        case _:
            said = harmless(detail)
    return text.speak(language, detail=said)


def moment(at: UnixMillis | None) -> str:
    """Return a time in this computer's zone, to the minute."""
    if at is None:
        return ""
    return datetime.fromtimestamp(at / 1000, tz=UTC).astimezone().strftime("%Y-%m-%d %H:%M")


def size(count: int) -> str:
    """Return a number of bytes as people say it, in powers of 1000."""
    if count < 1_000_000:
        return f"{count} B" if count < 1000 else f"{count / 1000:.0f} kB"
    return f"{count / 1e6:.1f} MB" if count < 1e9 else f"{count / 1e9:.1f} GB"


def table(rows: Sequence[Sequence[str]]) -> str:
    """Return rows with their columns under each other."""
    if not rows:
        return ""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
    return "\n".join(lines)


def status(found: Status, details: ConnectionDetails | None, language: Language) -> str:
    """Return the state of profile and connection."""
    rows = [(texts.PROFILE.speak(language), texts.PROFILES[found.profile].speak(language))]
    if found.account is not None:
        rows.append((texts.ADDRESS.speak(language), format_address(found.account)))
    if found.name:
        rows.append((texts.NAME.speak(language), harmless(f"{found.name}, {found.profession}")))
    if details is not None:
        facts = [
            harmless(details.relay_url),
            texts.CONNECTIONS[found.connection].speak(language),
            details.tls_version,
            details.tls_group,
        ]
        rows.append((texts.RELAY.speak(language), " · ".join(filter(None, facts))))
        counts = texts.COUNTS.speak(language, unread=found.unread_count, outbox=found.outbox_count)
        rows.append(("", counts))
    return table(rows)


def second_factors(found: Registered, language: Language) -> str:
    """Return what to put into the authenticator and on paper, as far as it is not there yet."""
    if not found.totp_uri:
        return recovery_codes(found.recovery_codes, language)
    secret = parse_qs(urlsplit(found.totp_uri).query).get("secret", [""])[0]
    return texts.SECOND_FACTORS.speak(
        language,
        uri=harmless(found.totp_uri),
        secret=harmless(secret),
        codes="\n".join(f"  {harmless(code)}" for code in found.recovery_codes),
    )


def kit(found: KitSheet, language: Language) -> str:
    """Return what to put on paper."""
    numbered = [f"{number:>2} {group}" for number, group in enumerate(found.groups, 1)]
    rows = [numbered[start : start + 4] for start in range(0, len(numbered), 4)]
    return texts.KIT.speak(
        language,
        name=harmless(found.name),
        account=format_address(found.account),
        groups="\n".join("  " + "   ".join(row) for row in rows),
        card=found.card,
        asked=found.asked_group,
    )


def picture(text: str, *, columns: int, encoding: str) -> str:
    """Return a text as QR picture for a terminal that can show it; empty for another one."""
    import segno  # noqa: PLC0415 - few commands draw

    code = segno.make_qr(text, error="l")
    if code.symbol_size(border=_QUIET_ZONE)[0] > columns:
        return ""
    drawn = io.StringIO()
    code.terminal(drawn, border=_QUIET_ZONE, compact=True)
    try:
        drawn.getvalue().encode(encoding)
    except (LookupError, UnicodeEncodeError):
        return ""
    return drawn.getvalue()


def picture_file(text: str) -> bytes:
    """Return a text as QR picture in PNG; damage of about 15 % can be read over."""
    import segno  # noqa: PLC0415 - few commands draw

    drawn = io.BytesIO()
    segno.make_qr(text, error="m").save(
        drawn, kind="png", scale=_MODULE_PIXELS, border=_FILE_QUIET_ZONE
    )
    return drawn.getvalue()


def recovery_codes(codes: tuple[str, ...], language: Language) -> str:
    """Return what to put on paper."""
    lines = "\n".join(f"  {harmless(code)}" for code in codes)
    return texts.RECOVERY_CODES.speak(language, codes=lines)


def new_totp(found: NewTotp, language: Language) -> str:
    """Return what to put into the other telephone."""
    secret = parse_qs(urlsplit(found.totp_uri).query).get("secret", [""])[0]
    return texts.NEW_TOTP.speak(language, uri=harmless(found.totp_uri), secret=harmless(secret))


def factors(found: FactorList, language: Language) -> str:
    """Return one line a factor, and how the recovery codes stand."""
    rows = [
        (
            row.factor.hex(),
            texts.FACTORS[row.kind].speak(language),
            harmless(row.name),
            moment(row.added_at),
            texts.NEVER_USED.speak(language)
            if row.last_used_at is None
            else moment(row.last_used_at),
        )
        for row in found.rows
    ]
    lines = [table(rows), texts.CODES_REMAIN.speak(language, count=found.recovery_codes_left)]
    if found.are_codes_due:
        lines.append(texts.CODES_DUE.speak(language))
    return "\n".join(lines)


def signed_in(found: SignedIn, language: Language) -> str:
    """Return how long the session lasts, and how many codes are left if one was used."""
    lines = [texts.SIGNED_IN.speak(language, until=moment(found.session_ends_at))]
    if found.recovery_codes_left is not None:
        lines.append(texts.CODES_LEFT.speak(language, count=found.recovery_codes_left))
    return "\n".join(lines)


def sessions(found: SessionList, language: Language) -> str:
    """Return one line a session: the computer, since when, and when it was last renewed."""
    rows = [
        (
            row.device.hex(),
            moment(row.signed_in_at),
            moment(row.refreshed_at),
            texts.THIS_SESSION.speak(language) if row.is_current else "",
        )
        for row in found.rows
    ]
    return table(rows) or texts.NOTHING.speak(language)


def directory(answer: DirectoryAnswer, language: Language) -> str:
    """Return directory entries."""
    rows = [
        (
            format_address(row.account),
            harmless(row.name),
            harmless(row.profession),
            harmless(row.place),
            "" if row.contact is None else texts.CONTACTS[row.contact].speak(language),
        )
        for row in answer.rows
    ]
    lines = [table(rows)] if rows else [texts.NOTHING.speak(language)]
    return "\n".join([*lines, texts.MORE.speak(language)] if answer.more else lines)


def contacts(found: Contacts, language: Language) -> str:
    """Return correspondents and open requests."""
    rows = [
        (
            format_address(row.account),
            harmless(row.name),
            harmless(row.profession),
            texts.CONTACTS[row.state].speak(language),
            _away(row.away, language) if row.away is not None else harmless(row.note),
        )
        for row in found.rows
    ]
    return table(rows) or texts.NOTHING.speak(language)


def _away(away: AwayRow, language: Language) -> str:
    text = texts.ABSENT if away.is_now else texts.WILL_BE_ABSENT
    who = "" if away.replacement is None else harmless(away.replacement.name)
    said = text.speak(language, since=_day(away.since), until=_day(away.until - 1))
    if away.is_owner:
        return f"{said} · {texts.REPLACED_BY_YOU.speak(language)}"
    return f"{said} · {texts.REPLACED_BY.speak(language, name=who)}" if who else said


def folders(state: FolderState, language: Language) -> str:
    """Return what goes on in the folders of practice software, and what was refused."""
    if not state.settings.folder:
        return texts.FOLDERS_NONE.speak(language)
    lines = [
        texts.FOLDERS_WATCHED.speak(language, folder=harmless(state.settings.folder)),
        texts.FOLDERS_COUNTS.speak(
            language,
            sent=state.sent,
            received=state.received,
            refused=state.refused_count,
            waiting=state.waiting,
        ),
    ]
    if state.trouble is not None:
        detail = harmless(state.detail)
        lines.append(texts.FOLDER_TROUBLES[state.trouble].speak(language, detail=detail))
    for row in state.refused:
        reason = texts.FOLDER_TROUBLES[row.trouble].speak(language, detail=harmless(row.detail))
        lines.append(f"{moment(row.at)}  {harmless(row.name)}  {reason}")
    return "\n".join(lines)


def folder_verdict(verdict: FolderVerdict, language: Language) -> str:
    """Return who signed a result, when, and what became of its documents."""
    result = verdict.result
    lines = [
        texts.RESULT_GENUINE.speak(language, device=result.device.hex(), at=moment(result.at)),
        *(harmless(each.name) for each in result.files),
    ]
    if result.message is not None:
        lines.append(texts.RESULT_MESSAGE.speak(language, message=result.message.hex()))
    for names, text in (
        (verdict.changed, texts.RESULT_CHANGED),
        (verdict.missing, texts.RESULT_MISSING),
    ):
        lines += [text.speak(language, name=harmless(name)) for name in names]
    return "\n".join(lines)


def absence(found: AbsenceState, language: Language) -> str:
    """Return from when until when the owner is away, and who knows it."""
    away = found.absence
    if away is None:
        return texts.NO_ABSENCE.speak(language)
    text = texts.YOU_ARE_ABSENT if found.is_now else texts.YOU_WILL_BE_ABSENT
    lines = [text.speak(language, since=_day(away.since), until=_day(away.until - 1))]
    if away.replacement is not None:
        name = harmless(away.replacement.name)
        lines.append(texts.REPLACED_BY.speak(language, name=name))
    if not found.is_here:
        lines.append(texts.ABSENCE_ELSEWHERE.speak(language))
    else:
        lines.append(texts.ABSENCE_TOLD.speak(language, told=found.told, contacts=found.contacts))
    if away.text:
        if found.is_here:
            lines.append(texts.ABSENCE_ANSWERED.speak(language, count=found.answered))
        lines += ["", harmless(away.text, keep_lines=True)]
    return "\n".join(lines)


def _day(at: int) -> str:
    return moment(UnixMillis(at))[:10]


def inbox(messages: Iterable[MessageView], language: Language) -> str:
    """Return one line a message."""
    rows = [
        (
            message.message.hex(),
            moment(message.received_at or message.sent_at),
            "" if message.is_read else texts.NEW.speak(language),
            harmless(message.sender_name),
            _headline(message, language),
        )
        for message in messages
    ]
    return table(rows) or texts.NOTHING.speak(language)


def search(page: SearchPage, language: Language) -> str:
    """Return one line a letter with the piece that matches, then what was covered."""
    lines = []
    for hit in page.hits:
        who = ", ".join(filter(None, hit.people))
        head = (hit.message.hex(), moment(hit.at), harmless(who), harmless(hit.subject))
        lines.append(" ".join(filter(None, head)))
        name = f"{harmless(hit.document_name)} : " if hit.document is not None else ""
        lines.append(f"    {name}{harmless(hit.snippet)}")
    if not lines:
        lines.append(texts.NOTHING.speak(language))
    if page.more:
        last = page.hits[-1].message.hex()
        lines.append(texts.FOUND_BELOW.speak(language, message=last))
    return "\n".join([*lines, coverage(page.coverage, language)])


def coverage(covered: Coverage, language: Language) -> str:
    """Return what a search has covered, and what it has not."""
    parts = []
    if covered.complete_since is not None:
        since = moment(covered.complete_since)
        parts.append(texts.COVERED.speak(language, letters=covered.letters, since=since))
    elif covered.letters or covered.waiting:
        parts.append(texts.COVERED_PARTLY.speak(language, letters=covered.letters))
    else:
        parts.append(texts.COVERED_NOTHING.speak(language))
    if covered.is_rebuilding:
        parts.append(texts.REBUILDING.speak(language))
    if covered.waiting:
        parts.append(texts.UNCOVERED.speak(language, count=covered.waiting))
    if covered.unreadable:
        parts.append(texts.UNREADABLE.speak(language, count=covered.unreadable))
    return " ".join(parts)


def unsearched(found: Unread, language: Language) -> str:
    """Return one line a document."""
    rows = [
        (row.message.hex(), moment(row.at), str(row.index + 1), harmless(row.name))
        for row in found.rows
    ]
    return table(rows) or texts.NOTHING.speak(language)


def imported(done: ImportReport, language: Language) -> str:
    """Return what was taken over, and a line for each thing that was not."""
    lines = [
        texts.IMPORTED.speak(language, letters=done.letters, documents=done.documents),
        texts.IMPORT_UNPROVEN.speak(language),
    ]
    if done.known:
        lines.append(texts.IMPORT_KNOWN.speak(language, known=done.known))
    if done.other_files:
        lines.append(texts.IMPORT_OTHERS.speak(language, count=done.other_files))
    if done.failed:
        lines.append(texts.IMPORT_FAILED.speak(language, count=done.failed))
        lines.append(
            table(
                [
                    (
                        harmless(each.file),
                        str(each.number or ""),
                        harmless(each.document or each.subject),
                        (
                            texts.IMPORT_CUT
                            if each.problem is DocumentProblem.CUT
                            else texts.IMPORT_UNREAD
                        ).speak(language),
                    )
                    for each in done.troubles
                ]
            )
        )
    return "\n".join(lines)


def message(found: MessageView, language: Language) -> str:
    """Return a message as one reads it."""
    said = ", ".join(filter(None, (found.sender_name, found.sender_profession)))
    sender = f"{said} ({format_address(found.sender)})"
    if found.imported is not None:
        sender = f"{found.imported.sender} — {texts.FROM_OTHER_PROGRAM.speak(language)}"
    head = [
        (texts.FROM.speak(language), harmless(sender)),
        (texts.DATE.speak(language), moment(found.sent_at)),
        (texts.SUBJECT.speak(language), _headline(found, language)),
    ]
    if found.imported is not None:
        head.append((texts.TO.speak(language), harmless(found.imported.recipients)))
    elif found.direction is Direction.SENT:
        head += [
            (texts.TO.speak(language), recipient_line(row, language)) for row in found.recipients
        ]
    else:
        head += [(texts.TO.speak(language), _addressed(row)) for row in found.recipients]
    head += [
        (
            texts.DOCUMENT.speak(language),
            f"{index}: {harmless(row.name)} ({harmless(row.media_type)}, {size(row.size)})",
        )
        for index, row in enumerate(found.attachments)
    ]
    return f"{table(head)}\n\n{harmless(found.text, keep_lines=True)}"


def conversations(rows: Iterable[ConversationRow], language: Language) -> str:
    """Return one line a conversation."""
    lines = [
        (
            row.conversation.hex(),
            moment(row.latest_at),
            texts.NOT_READ.speak(language, count=row.unread_count) if row.unread_count else "",
            harmless(", ".join(row.correspondents)),
            harmless(row.subject),
            "" if row.patient is None else _patient_name(row.patient),
            " · ".join(_standing(row, language)),
        )
        for row in rows
    ]
    return table(lines) or texts.NOTHING.speak(language)


def _standing(row: ConversationRow, language: Language) -> Iterable[str]:
    """What stands out of a conversation, in words."""
    if row.urgency is Urgency.URGENT:
        yield texts.URGENT.speak(language)
    if row.is_flagged:
        yield texts.FLAGGED.speak(language)
    if row.is_answer_wanted:
        yield texts.WANTS_ANSWER.speak(language)
    if row.is_archived:
        yield texts.ARCHIVED.speak(language)
    if row.document_count:
        yield texts.DOCUMENTS.speak(language, count=row.document_count)
    if row.problem is not Problem.NONE:
        yield texts.PROBLEMS[row.problem].speak(language)


def patients(rows: Iterable[PatientRow], language: Language) -> str:
    """Return one line a patient."""
    lines = [
        (
            row.patient.hex(),
            _patient_name(row),
            texts.BORN.speak(language, day=row.birth_date) if row.birth_date else "",
            texts.FILED.speak(language, count=row.conversations),
        )
        for row in rows
    ]
    return table(lines) or texts.NOTHING.speak(language)


def rights(found: PatientRights, language: Language) -> str:
    """Return one line for everybody named, then one a record."""
    people = [
        (
            texts.RULINGS[row.ruling].speak(language),
            harmless(row.name),
            format_address(row.account),
            ""
            if row.consent_until is None
            else texts.CONSENTED_UNTIL.speak(language, at=moment(row.consent_until)),
        )
        for row in found.people
    ]
    records = [
        (
            moment(row.at),
            texts.DECISIONS[row.kind].speak(language),
            harmless(", ".join(party.name for party in row.parties))
            or texts.EVERYBODY.speak(language),
            (texts.IN_FORCE if row.is_in_force else texts.OVER).speak(language),
        )
        for row in found.decisions
    ]
    return "\n\n".join(filter(None, (table(people), table(records)))) or texts.NOTHING.speak(
        language
    )


def erasure_plan(plan: ErasurePlan, language: Language) -> str:
    """Return what would go, what would stay, and what is in the way."""
    lines = [
        texts.ERASURE_GOES.speak(
            language,
            letters=plan.letters,
            documents=plan.documents,
            drafts=plan.drafts,
            backups=plan.backups,
        ),
        texts.ERASURE_STAYS.speak(language, people=plan.people, until=moment(plan.host_until)),
    ]
    if plan.computers or plan.absent_backups:
        lines.append(
            texts.ERASURE_ELSEWHERE.speak(
                language, computers=plan.computers, backups=plan.absent_backups
            )
        )
    if plan.obstacle is Obstacle.TO_BE_KEPT:
        lines.append(texts.ERASURE_KEPT.speak(language, day=plan.kept_until))
    elif plan.obstacle is Obstacle.SENDING:
        lines.append(texts.ERASURE_SENDING.speak(language))
    return "\n".join(lines)


def erasures(rows: Iterable[Erased], language: Language) -> str:
    """Return one line an erasure."""
    lines = [
        (
            row.erasure.hex(),
            texts.ERASURE_UNFINISHED.speak(language)
            if row.finished_at is None
            else texts.ERASURE_DONE.speak(language, at=moment(row.finished_at)),
            texts.ERASURE_COUNTS.speak(
                language, letters=row.letters, documents=row.documents, drafts=row.drafts
            ),
        )
        for row in rows
    ]
    return table(lines) or texts.NOTHING.speak(language)


def patient(record: PatientRecord, language: Language) -> str:
    """Return a patient's card, one line for each thing that is known."""
    row, card = record.row, record.card
    ins = ""
    if card.ins is not None:
        words = texts.QUALIFIED if card.ins.is_qualified else texts.NOT_QUALIFIED
        ins = f"{card.ins.matricule} ({words.speak(language)})"
    who = card.representative
    by = "" if who is None else ", ".join(filter(None, (who.name, who.capacity)))
    states = [
        text.speak(language)
        for text, holds in (
            (texts.MINOR, record.is_minor),
            (texts.PROTECTED, card.is_protected),
            (texts.MERGED, record.merge is not None),
        )
        if holds
    ]
    lines = (
        (texts.PATIENT, _patient_name(row)),
        (texts.BIRTH_NAME, card.birth_name),
        (texts.BIRTH_DATE, row.birth_date),
        (texts.SEX, texts.SEXES[card.sex].speak(language)),
        (texts.INS, ins),
        (texts.TELEPHONE, card.telephone),
        (texts.EMAIL, card.email),
        (texts.POSTAL_ADDRESS, card.address),
        (texts.REPRESENTATIVE, by),
        (texts.STATUS, ", ".join(states)),
        (texts.CARE_NOTES, card.notes),
        (texts.DIED_ON, card.died_on),
        (texts.LAST_CONTACT, record.last_contact),
    )
    return table(
        [("ID", row.patient.hex())]
        + [(label.speak(language), harmless(said)) for label, said in lines if said]
    )


def pairs(found: PatientPairs, language: Language) -> str:
    """Return one line a pair who may be one person."""
    lines = [
        tuple(
            cell
            for row in (pair.one, pair.other)
            for cell in (row.patient.hex(), _patient_name(row), row.birth_date)
        )
        for pair in found.pairs
    ]
    return table(lines) or texts.NOTHING.speak(language)


def table_import(done: TableReport, language: Language, *, is_trial: bool) -> str:
    """Return what came of a table, or would; then each row that failed, and why."""
    said = texts.TABLE_TRIED if is_trial else texts.TABLE_TAKEN
    lines = [said.speak(language, added=done.added, known=done.known, failed=done.failed)]
    lines += [
        texts.ROW_FAILED.speak(
            language, line=each.line, why=texts.ROW_PROBLEMS[each.problem].speak(language)
        )
        for each in done.troubles
    ]
    return "\n".join(lines)


def _patient_name(of: PatientRow | PatientTag) -> str:
    return harmless(" ".join(filter(None, (of.family_name, of.given_name))))


def drafts(found: DraftPage, language: Language) -> str:
    """Return one line a draft."""
    rows = [
        (
            row.draft.hex(),
            moment(row.changed_at),
            harmless(", ".join(row.to)),
            harmless(row.subject),
            texts.DOCUMENTS.speak(language, count=row.documents) if row.documents else "",
        )
        for row in found.rows
    ]
    return table(rows) or texts.NOTHING.speak(language)


def draft(found: DraftView, language: Language) -> str:
    """Return a draft as one reads it."""
    content = found.content
    head = [
        (
            texts.TO.speak(language),
            f"{harmless(each.name)} ({format_address(each.account)})",
        )
        for each in content.to
    ]
    head.append((texts.SUBJECT.speak(language), harmless(content.subject)))
    if content.urgency is Urgency.URGENT:
        head.append(("", texts.URGENT.speak(language)))
    if content.is_answer_wanted:
        head.append(("", texts.WANTS_ANSWER.speak(language)))
    if found.patient is not None:
        names = (
            found.patient.family_name,
            found.patient.given_name,
            found.patient.birth_date,
        )
        head.append((texts.PATIENT.speak(language), harmless(" ".join(filter(None, names)))))
    head += [
        (
            texts.DOCUMENT.speak(language),
            f"{index}: {harmless(row.name)} ({harmless(row.media_type)}, {size(row.size)})",
        )
        for index, row in enumerate(found.documents)
    ]
    return f"{table(head)}\n\n{harmless(content.text, keep_lines=True)}"


def queue(found: SendQueue, language: Language) -> str:
    """Return one line a letter, in the order they go."""
    rows = [
        (
            row.message.hex(),
            ""
            if row.send_at is None
            else texts.WAITS_UNTIL.speak(language, at=moment(row.send_at)),
            harmless(", ".join(row.to)),
            harmless(row.subject),
            f"{size(row.uploaded)} / {size(row.total)}" if row.total else "",
            texts.CAN_CANCEL.speak(language) if row.can_cancel else "",
        )
        for row in found.rows
    ]
    return table(rows) or texts.NOTHING.speak(language)


def _addressed(row: RecipientRow) -> str:
    """A name, or the whole address of somebody who has none here: it is what “contact add” takes."""
    name = person_name(row.account, harmless(row.name))
    return format_address(row.account) if name == short_address(row.account) else name


def recipient_line(row: RecipientRow, language: Language) -> str:
    """Return how one recipient stands."""
    parts = [_addressed(row)]
    parts.append(texts.DELIVERIES[row.state].speak(language))
    if row.reason is not None:
        parts.append(texts.REASONS[row.reason].speak(language))
    if row.problem is not Problem.NONE:
        parts.append(texts.PROBLEMS[row.problem].speak(language))
    return " · ".join(parts)


def receipts(found: Receipts, language: Language) -> str:
    """Return the evidence about a message; the proofs themselves are in the JSON form."""
    rows = [
        (
            format_address(row.account),
            texts.DELIVERIES[row.state].speak(language),
            moment(row.at),
            "" if row.log_index is None else f"#{row.log_index}",
            "" if row.reason is None else texts.REASONS[row.reason].speak(language),
        )
        for row in found.rows
        if row.state is not DeliveryState.QUEUED
    ]
    return table(rows) or texts.NOTHING.speak(language)


def alarm_detail(kind: AlarmKind, detail: str) -> str:
    """Return an alarm's detail for people: accounts as addresses, and no number that serves programs alone."""
    said = harmless(detail)
    if kind is AlarmKind.PROOF_INVALID:
        said = _ENVELOPE.sub("", said).strip()
    return _ACCOUNT.sub(lambda found: format_address(AccountId(bytes.fromhex(found[0]))), said)


def alarms(found: Alarms, language: Language) -> str:
    """Return what had to be told, oldest first."""
    lines = []
    for row in found.rows:
        new = "" if row.is_acknowledged else texts.NEW.speak(language)
        text = texts.ALARMS[row.kind].speak(language)
        detail = alarm_detail(row.kind, row.detail)
        lines.append(f"{moment(row.at)}  {new}  {text} {detail}".rstrip())
    return "\n".join(lines) or texts.NOTHING.speak(language)


def audit(found: AuditReport, language: Language) -> str:
    """Return the answer first, then what is wrong."""
    if found.problems == (AUDIT_OFFLINE,):
        return texts.AUDIT_OFFLINE.speak(language, receipts=found.receipts_verified)
    if found.problems:
        lines = [
            texts.AUDIT_BAD.speak(language),
            *(f"  {harmless(each)}" for each in found.problems),
        ]
        return "\n".join(lines)
    return texts.AUDIT_GOOD.speak(
        language,
        receipts=found.receipts_verified,
        checkpoints=found.checkpoints_verified,
        logged=found.own_statements_logged,
        own=found.own_statements,
        size=found.log_size,
    )


def evidence(found: ExportedEvidence, language: Language) -> str:
    """Return where the file is, then what is not in it."""
    lines = [texts.EVIDENCE_SAVED.speak(language, acts=found.acts, path=harmless(found.path))]
    if found.waiting:
        lines.append(texts.EVIDENCE_WAITING.speak(language, waiting=found.waiting))
    if found.connected < found.checkpoints:
        lines.append(texts.EVIDENCE_OFFLINE.speak(language, checkpoints=found.checkpoints))
    return "\n".join(lines)


def written(found: WrittenReport, language: Language) -> str:
    """Return where the report is, then what of it the log does not have yet."""
    lines = [texts.REPORT_SAVED.speak(language, acts=found.acts, path=harmless(found.path))]
    if found.waiting:
        lines.append(texts.REPORT_WAITING.speak(language, waiting=found.waiting))
    return "\n".join(lines)


def journal(page: JournalPage, language: Language) -> str:
    """Return one line an act, then how the whole stands."""
    lines = [_act(row, language) for row in page.rows] or [texts.NOTHING.speak(language)]
    if page.more:
        lines.append(texts.ACTS_BELOW.speak(language, entry=page.rows[-1].entry))
    summary = page.summary
    lines.append(
        texts.JOURNAL_STATES[summary.state].speak(
            language,
            acts=summary.acts,
            waiting=summary.waiting,
            others=summary.correspondents,
            witnesses=summary.witnesses,
        )
    )
    return "\n".join(lines)


def _act(row: JournalRow, language: Language) -> str:
    where = texts.DONE_HERE.speak(language) if row.is_here else harmless(row.computer)
    numbers = " ".join(str(each) for each in row.numbers)
    patient = row.patient
    named = "" if patient is None else f"{patient.family_name} {patient.given_name}"
    parts = (
        f"{row.entry}",
        moment(row.at),
        texts.DEEDS[row.deed].speak(language) + (f" ({numbers})" if numbers else ""),
        harmless(", ".join(row.people)),
        harmless(row.subject),
        harmless(row.document_name),
        harmless(named.strip()),
        where,
        texts.STANDINGS[row.standing].speak(language),
    )
    return "  ".join(filter(None, parts))


def proof(found: JournalProof, language: Language) -> str:
    """Return an act, what was verified of it, and where the log has it; the bytes are in the JSON form."""
    lines = [_act(found.row, language)]
    if found.leaf_index is not None and found.leaf_hash is not None:
        lines += [
            texts.SIGNATURES[found.signature_holds is True].speak(language),
            texts.INCLUSIONS[found.inclusion_holds is True].speak(
                language, index=found.leaf_index, size=found.log_size
            ),
            f"SHA-256 {found.leaf_hash.hex()}",
        ]
    elif found.signature_holds is not None:
        lines.append(texts.TOLD_SIGNATURES[found.signature_holds].speak(language))
    return "\n".join(lines)


def timestamp(found: JournalTimestamp, language: Language, *, now: datetime) -> str:
    """Return what an outside authority says of an act, and by whose certificate; the rest is in the JSON form."""
    said = texts.TIMESTAMPS[found.standing]
    if found.at is None or found.certificate is None or found.valid_until is None:
        return said.speak(language, reason=found.reason)
    lines = [
        said.speak(language, at=moment(found.at), authority=harmless(found.authority)),
        f"SHA-256 {found.certificate.hex()}",
    ]
    if found.renewed_at is not None:
        lines.append(
            texts.TIMESTAMP_RENEWED.speak(
                language, renewals=found.renewals, at=moment(found.renewed_at)
            )
        )
    if found.valid_until < now.timestamp() * 1000:
        lines.append(texts.TIMESTAMP_ENDED.speak(language, at=moment(found.valid_until)))
    return "\n".join(lines)


def synchronised(found: SyncReport, language: Language) -> str:
    """Return what one synchronisation did."""
    return texts.SYNCHRONISED.speak(
        language,
        received=found.received,
        sent=found.sent,
        waiting=found.still_waiting,
        unreadable=found.unreadable,
    )


def _headline(found: MessageView, language: Language) -> str:
    parts = [harmless(found.subject)]
    if found.urgency is Urgency.URGENT:
        parts.append(texts.URGENT.speak(language))
    if found.is_automatic:
        parts.append(texts.AUTOMATIC.speak(language))
    if found.answered_at is not None:
        parts.append(texts.ANSWERED.speak(language))
    if found.problem is not Problem.NONE:
        parts.append(texts.PROBLEMS[found.problem].speak(language))
    return " · ".join(filter(None, parts))


def restore_offer(found: RestoreOffer, keep: Sequence[DeviceId], language: Language) -> str:
    """Return what a recovery would bring back, and which computers it would remove."""
    account, name = format_address(found.account), harmless(found.name)
    whose = texts.RESTORE_OFFER if name else texts.RESTORE_NAMELESS
    lines = [whose.speak(language, name=name, account=account)]
    if found.contacts:
        day = moment(found.made_at or found.backup_made_at)
        lines.append(texts.RESTORE_CONTACTS.speak(language, count=found.contacts, day=day))
    elif found.made_at is None:
        lines.append(texts.RESTORE_NO_CONTACTS.speak(language))
    if found.backup_made_at is None:
        lines.append(texts.RESTORE_NO_BACKUP.speak(language))
    else:
        lines.append(texts.RESTORE_BACKUP.speak(language, day=moment(found.backup_made_at)))
    gone = [each for each in found.others if each.device not in keep]
    if gone:
        days = ", ".join(moment(each.added_at) for each in gone)
        lines.append(texts.RESTORE_REMOVES.speak(language, count=len(gone), days=days))
    return "\n".join(lines)


def devices(found: Devices, language: Language) -> str:
    """Return the owner's computers."""
    return table(
        [
            (
                row.device.hex(),
                harmless(row.name) or texts.UNNAMED.speak(language, day=moment(row.added_at)),
                texts.THIS_COMPUTER.speak(language) if row.is_current else "",
            )
            for row in found.rows
        ]
    )


def contact(found: ContactDetails, language: Language) -> str:
    """Return what is known of who somebody is, and what happened to their keys."""
    row = found.contact
    lines = [
        harmless(f"{row.name}, {row.profession}"),
        format_address(row.account),
        texts.TRUSTS[row.trust].speak(language),
        texts.COMPARISONS[row.compared].speak(language, day=moment(found.compared_at)),
    ]
    if row.away is not None:
        lines.append(_away(row.away, language))
        lines += [f"  {harmless(line)}" for line in row.away.text.splitlines()]
    for each in found.assurances:
        said_by = harmless(each.voucher_name) or texts.STRANGER.speak(language)
        who = texts.OPERATOR.speak(language) if each.voucher is None else said_by
        lines.append(f"  {moment(each.since)}  {texts.TRUSTS[each.level].speak(language)}  {who}")
    if row.is_blocked:
        lines.append(texts.BLOCKED.speak(language))
    for news in found.history:
        said = texts.KEY_NEWS[news.kind].speak(language, name=harmless(row.name))
        lines.append(f"  {moment(news.at)}  {said}")
    return "\n".join(lines)


def accounts(listed: AccountLines, language: Language) -> str:
    """Return a line for each account of a profile."""
    lines = []
    for row in listed.rows:
        name = harmless(row.name) or texts.NO_NAME.speak(language)
        aside = "" if row.is_listed else f", {texts.NOT_LISTED.speak(language)}"
        lines.append(f"{row.number}  {name}{aside}  {harmless(row.folder)}")
    return "\n".join(lines)
