-- The first form of the store. Names of columns follow the wire objects they keep.

create table owner (
    only_row integer primary key check (only_row = 1),
    account blob not null,
    device blob not null,
    name text not null,
    profession text not null,
    place text not null,
    is_listed integer not null,
    identity_seed blob not null,
    device_seed blob not null,
    request_seed blob not null,
    -- The recovery kit's code, kept here only until the kit has been printed.
    pending_recovery_code blob,
    account_secret blob not null,
    -- Secret of the one-time codes ‖ recovery codes, kept here only until a one-time code was accepted.
    second_factors blob,
    certificate blob not null,
    enrolment text not null,
    -- The registration request, until the relay has confirmed it.
    registration blob
) strict;

create table setting (
    name text primary key,
    value blob not null
) strict, without rowid;

create table alarm (
    id integer primary key,
    kind integer not null,
    detail text not null,
    at integer not null,
    first_note text,
    second_note text
) strict;

-- What was verified about accounts and the log.

create table correspondent (
    account blob primary key,
    certificate blob not null,
    -- The size of the log up to which all device lists of the account were asked for.
    complete_to integer not null
) strict, without rowid;

create table device_list (
    account blob not null,
    sequence integer not null,
    device_list blob not null,
    log_index integer not null,
    proof text not null,
    primary key (account, sequence)
) strict;

create table prekey_number (
    device blob primary key,
    account blob not null,
    signed_number integer not null,
    batch_number integer not null
) strict, without rowid;

create table public_key (
    fingerprint blob primary key,
    account blob not null
) strict, without rowid;

create table checkpoint (
    size integer primary key,
    root blob not null,
    signed_at_seconds integer not null,
    note text
) strict;

create table gossip (
    device blob primary key,
    account blob not null,
    origin text not null,
    size integer not null,
    root blob not null,
    is_settled integer not null default 0,
    failing_since integer
) strict, without rowid;

-- Private prekeys.

create table prekey (
    prekey blob primary key,
    kind integer not null,
    seed blob not null,
    not_after integer not null
) strict, without rowid;

create index prekey_by_end on prekey (not_after);

-- Correspondents.

create table contact (
    account blob primary key,
    name text not null,
    profession text not null,
    place text not null,
    note text not null,
    state integer not null,
    since integer not null
) strict, without rowid;

-- Letters. A conversation carries what the mail list shows, so that a page of it costs a page.

create table conversation (
    id integer primary key,
    conversation blob not null unique,
    latest_at integer not null,
    latest_message integer not null,
    received_count integer not null default 0,
    sent_count integer not null default 0,
    queued_count integer not null default 0,
    unread_count integer not null default 0,
    document_count integer not null default 0
) strict;

create index conversation_inbox on conversation (latest_at, id) where received_count > 0;
create index conversation_sent on conversation (latest_at, id) where sent_count > 0;
create index conversation_outbox on conversation (latest_at, id) where queued_count > 0;
create index conversation_unread on conversation (id) where unread_count > 0;

create table participant (
    conversation integer not null references conversation on delete cascade,
    account blob not null,
    primary key (conversation, account)
) strict, without rowid;

-- How many conversations stand in each list (1 inbox, 2 sent, 3 outbox), and how many letters are unread.
create table tally (
    name integer primary key,
    count integer not null
) strict;

insert into tally (name, count) values (1, 0), (2, 0), (3, 0), (4, 0);

create trigger conversation_added after insert on conversation begin
    update tally set count = count + (new.received_count > 0) where name = 1;
    update tally set count = count + (new.sent_count > 0) where name = 2;
    update tally set count = count + (new.queued_count > 0) where name = 3;
    update tally set count = count + new.unread_count where name = 4;
end;

create trigger conversation_changed
after update of received_count, sent_count, queued_count, unread_count on conversation begin
    update tally set count = count + (new.received_count > 0) - (old.received_count > 0)
        where name = 1 and (new.received_count > 0) <> (old.received_count > 0);
    update tally set count = count + (new.sent_count > 0) - (old.sent_count > 0)
        where name = 2 and (new.sent_count > 0) <> (old.sent_count > 0);
    update tally set count = count + (new.queued_count > 0) - (old.queued_count > 0)
        where name = 3 and (new.queued_count > 0) <> (old.queued_count > 0);
    update tally set count = count + new.unread_count - old.unread_count
        where name = 4 and new.unread_count <> old.unread_count;
end;

create trigger conversation_removed after delete on conversation begin
    update tally set count = count - (old.received_count > 0) where name = 1;
    update tally set count = count - (old.sent_count > 0) where name = 2;
    update tally set count = count - (old.queued_count > 0) where name = 3;
    update tally set count = count - old.unread_count where name = 4;
end;

create table message (
    id integer primary key,
    message blob not null unique,
    conversation integer not null references conversation,
    is_sent integer not null,
    sender blob not null,
    sender_device blob not null,
    subject text not null,
    body text not null,
    -- The order within a conversation: when it was received, or sent.
    at integer not null,
    sent_at integer not null,
    utc_offset integer not null,
    received_at integer,
    urgency integer not null,
    in_reply_to blob,
    is_read integer not null,
    is_queued integer not null,
    document_count integer not null,
    problem integer not null
) strict;

create index message_by_conversation on message (conversation, at, id);

create table attachment (
    message integer not null references message on delete cascade,
    position integer not null,
    blob blob not null,
    key blob not null,
    name text not null,
    media_type text not null,
    size integer not null,
    sha256 blob not null,
    sealed_sha256 blob,
    is_available integer not null,
    primary key (message, position)
) strict, without rowid;

create index attachment_by_blob on attachment (blob);

create table recipient (
    message integer not null references message on delete cascade,
    position integer not null,
    account blob not null,
    accepted_at integer,
    delivered_at integer,
    read_at integer,
    refused_at integer,
    not_delivered_at integer,
    reason integer,
    problem integer not null default 0,
    primary key (message, account)
) strict, without rowid;

create table evidence (
    message integer primary key references message on delete cascade,
    envelope blob not null,
    outer_header blob not null,
    outer_header_hash blob not null,
    signed_message blob not null,
    signed_message_hash blob not null,
    leaf blob not null,
    log_index integer not null,
    path blob not null,
    checkpoint_size integer not null
) strict;

create index evidence_by_checkpoint on evidence (checkpoint_size);

create table receipt (
    id integer primary key,
    message blob not null,
    account blob not null,
    device blob not null,
    envelope blob not null,
    state integer not null,
    reason integer,
    comment text not null,
    at integer not null,
    signed_message blob not null,
    unique (message, device, state)
) strict;

-- What arrived.

create table opened (
    message blob primary key,
    outer_header_hash blob not null
) strict, without rowid;

create table held (
    envelope blob primary key,
    sender blob not null
) strict, without rowid;

create table unopened (
    id integer primary key,
    envelope blob not null unique,
    message blob not null,
    sender blob not null,
    sender_device blob not null,
    envelope_bytes blob not null,
    failed_check integer not null,
    at integer not null
) strict;

create index unopened_by_sender on unopened (sender, at);

-- What is to be sent.

create table outgoing (
    id integer primary key,
    message blob not null unique,
    kind integer not null,
    conversation blob not null,
    in_reply_to blob,
    sent_at integer not null,
    utc_offset integer not null,
    urgency integer not null,
    contents blob not null
) strict;

create table outbox (
    id integer primary key,
    outgoing integer not null references outgoing on delete cascade,
    -- Receipts (1) wait behind everything else (0).
    priority integer not null,
    account blob not null,
    -- Null stands for all devices of the account, which are only known when it is sealed.
    device blob,
    state integer not null,
    problem integer not null default 0,
    attempts integer not null default 0,
    next_attempt_at integer not null default 0,
    -- Asked for again by a device that had lost its keys: one-time keys are not tried another time.
    is_repeated integer not null default 0,
    envelope blob
) strict;

create index outbox_waiting on outbox (priority, outgoing, next_attempt_at) where state = 1;
create index outbox_by_outgoing on outbox (outgoing);
create index outbox_by_envelope on outbox (envelope) where envelope is not null;

create table envelope (
    envelope blob primary key,
    outgoing integer not null references outgoing on delete cascade,
    outer_header_hash blob not null,
    signed_message_hash blob not null,
    -- Kept until the relay has the envelope, so that every retry sends the same bytes.
    envelope_bytes blob,
    blobs blob not null,
    proof text,
    log_index integer,
    accepted_at integer
) strict;

create index envelope_by_outgoing on envelope (outgoing);

create table statement (
    id integer primary key,
    sequence integer not null,
    statement blob not null,
    signature blob not null,
    envelope blob,
    device_list blob,
    state integer not null,
    proof text
) strict;

create unique index statement_in_force on statement (sequence) where state <> 3;
create index statement_pending on statement (sequence) where state = 1;

create table upload (
    id integer primary key,
    blob blob not null unique,
    outgoing integer not null references outgoing on delete cascade,
    size integer not null,
    sha256 blob not null,
    is_complete integer not null default 0
) strict;

create index upload_open on upload (outgoing) where is_complete = 0;

create table receipt_due (
    id integer primary key,
    account blob not null,
    receipt blob not null
) strict;

create index receipt_due_by_account on receipt_due (account, id);
