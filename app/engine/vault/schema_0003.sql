-- The third form: drafts with their documents, letters that wait for their moment, templates, details of letters.

create table draft (
    id integer primary key,
    draft blob not null unique,
    recipients blob not null,
    subject text not null,
    body text not null,
    marks blob not null,
    urgency integer not null,
    patient blob,
    is_answer_wanted integer not null,
    in_reply_to blob,
    changed_at integer not null,
    -- Thrown away, and to be taken back for a while.
    removed_at integer
) strict;

create index draft_by_change on draft (changed_at, id) where removed_at is null;
create index draft_removed on draft (removed_at) where removed_at is not null;

-- A document of a draft is named by the encrypted file that it has been since it was attached.
create table draft_document (
    blob blob primary key,
    draft integer not null references draft on delete cascade,
    position integer not null,
    key blob not null,
    name text not null,
    media_type text not null,
    size integer not null,
    sha256 blob not null,
    sealed_sha256 blob not null
) strict, without rowid;

create index draft_document_by_draft on draft_document (draft, position);

create table template (
    template blob primary key,
    name text not null,
    subject text not null,
    body text not null,
    marks blob not null,
    urgency integer not null,
    is_answer_wanted integer not null
) strict, without rowid;

-- Not before this moment; null once a letter has begun to go, or always could.
alter table outgoing add column not_before integer;

create index outbox_open on outbox (outgoing, priority) where state < 3;

-- Whether somebody was ever written to is asked of every recipient before a letter goes.
create index recipient_by_account on recipient (account, message);

-- The encoded LetterDetails; null for a letter that has none.
alter table message add column details blob;
alter table message add column is_answer_wanted integer not null default 0;
