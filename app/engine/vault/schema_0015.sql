-- The fifteenth form: what patients have decided about their information.

create table decision (
    id integer primary key,
    decision blob not null unique,
    patient blob not null,
    at integer not null,
    -- The encoded Signed, and the nonce by which the journal's entry commits to it.
    record blob not null,
    nonce blob not null
) strict;

create index decision_by_patient on decision (patient, id);
