-- The newest checkpoint that each device has cosigned. It is no part of the log: clients check all of it.

SET LOCAL ROLE {owner};
SET LOCAL search_path = relay, pg_temp;

CREATE TABLE audit_cosignature (
    device bytea PRIMARY KEY REFERENCES device,
    account bytea NOT NULL REFERENCES account,
    size bigint NOT NULL CHECK (size >= 0),
    note text NOT NULL CHECK (octet_length(note) <= 8192)
);
CREATE INDEX audit_cosignature_account ON audit_cosignature (account);

GRANT SELECT, INSERT, UPDATE ON audit_cosignature TO {app};

RESET ROLE;
