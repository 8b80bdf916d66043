-- The thirteenth form: the journal of what was done.

-- Acts of the owner's computers, the relay's about the account, and what correspondents have told of letters.
create table act (
    id integer primary key,
    -- The word of a `Deed`, and the number of its `DeedKind`.
    deed text not null,
    kind integer not null,
    at integer not null,
    utc_offset integer not null,
    -- Which of the owner's computers; null for others.
    device blob,
    letter blob,
    patient blob,
    document integer,
    -- What it counts or names, in decimal digits with blanks between.
    numbers text not null,
    -- 1 noted, 2 signed, 3 in the log, 4 told by a correspondent.
    state integer not null,
    -- Its place in the chain of its computer, and where and when the log has it.
    sequence integer,
    log_index integer,
    logged_at integer
) strict;

create index act_by_time on act (at, id);
create index act_by_kind on act (kind, at, id);
create index act_by_letter on act (letter, at, id) where letter is not null;
create index act_by_patient on act (patient, at, id) where patient is not null;
create index act_by_patient_and_kind on act (patient, kind, at, id) where patient is not null;
create index act_waiting on act (state, id) where state < 3;
create index act_by_sequence on act (device, sequence) where sequence is not null;
create unique index act_by_leaf on act (log_index) where log_index is not null;

-- Who an act is about. Time, kind and patient are those of the act, so that a page of one person's costs a page.
create table act_person (
    account blob not null,
    at integer not null,
    act integer not null references act on delete cascade,
    kind integer not null,
    patient blob,
    position integer not null,
    primary key (account, at, act)
) strict, without rowid;

create index act_person_by_act on act_person (act, position);
create index act_person_by_kind on act_person (account, kind, at, act);
create index act_person_by_patient on act_person (account, patient, at, act) where patient is not null;

-- What proves an act, apart from the rows of the list, for it is large.
create table act_proof (
    act integer primary key references act on delete cascade,
    -- The encoded OpenedEntry that the statement commits to; null for what the relay can read.
    opened blob,
    -- The same, sealed for the relay, until it has it.
    sealed blob,
    -- Of this computer's statements, which are kept already, the log's nonce; of all others the whole leaf.
    nonce blob,
    leaf blob,
    path blob,
    checkpoint_size integer
) strict;

create index act_proof_by_checkpoint on act_proof (checkpoint_size) where checkpoint_size is not null;

create index statement_of_key_event on statement (sequence) where key_event is not null;

-- How far the chain of each of the owner's computers was followed in the log.
create table act_chain (
    -- The pseudonym under which the log knows it.
    actor blob primary key,
    next_sequence integer not null,
    -- SHA-256 of the last statement, and when the relay had it.
    previous blob not null,
    relay_time integer not null
) strict, without rowid;

create index evidence_by_envelope on evidence (envelope);

-- How many acts there are, and how many of them the log does not have.
create table act_total (
    only_row integer primary key check (only_row = 1),
    acts integer not null,
    waiting integer not null
) strict;

insert into act_total values (1, 0, 0);

create trigger act_added after insert on act begin
    update act_total set acts = acts + 1, waiting = waiting + (new.state < 3);
end;

create trigger act_removed after delete on act begin
    update act_total set acts = acts - 1, waiting = waiting - (old.state < 3);
end;

create trigger act_moved after update of state on act begin
    update act_total set waiting = waiting + (new.state < 3) - (old.state < 3);
end;
