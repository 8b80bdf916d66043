-- Checkpoints with the timestamps of an outside authority (RFC 3161), and the timestamps that renew earlier ones (RFC 4998).

SET LOCAL ROLE {owner};
SET LOCAL search_path = relay, pg_temp;

-- In the order in which they were made, without gaps. A timestamp renewal is over all tokens since the renewal before it, that one
-- included; a hash-tree renewal is over all checkpoints before it, each with its record so far.
CREATE TABLE audit_timestamp (
    number bigint PRIMARY KEY CHECK (number > 0),
    -- Of the checkpoint; a renewal has none.
    size bigint UNIQUE CHECK (size > 0),
    note text CHECK (octet_length(note) <= 65536),
    token bytea NOT NULL CHECK (octet_length(token) BETWEEN 1 AND 32768),
    hash text NOT NULL CHECK (hash IN ('sha512', 'sha3_512')),
    -- By that hash: what a later renewal is over.
    token_hash bytea NOT NULL CHECK (octet_length(token_hash) = 64),
    -- Of a hash-tree renewal: the 64 bytes that it is over for each checkpoint, one after the other.
    covered bytea CHECK (octet_length(covered) > 0 AND octet_length(covered) % 64 = 0),
    made_at timestamptz NOT NULL,
    valid_until timestamptz NOT NULL,
    CHECK ((size IS NULL) = (note IS NULL)),
    CHECK (size IS NULL OR covered IS NULL)
);

CREATE TRIGGER audit_timestamp_fixed BEFORE UPDATE OR DELETE ON audit_timestamp
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_timestamp_kept BEFORE TRUNCATE ON audit_timestamp
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
ALTER TABLE audit_timestamp ENABLE ALWAYS TRIGGER audit_timestamp_fixed;
ALTER TABLE audit_timestamp ENABLE ALWAYS TRIGGER audit_timestamp_kept;

-- How asking goes, for the operator: host of the authority, null if there is none; what went wrong, and since when.
CREATE TABLE audit_timestamping (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    authority text CHECK (octet_length(authority) <= 255),
    failure text CHECK (octet_length(failure) <= 64),
    failing_since timestamptz,
    CHECK ((failure IS NULL) = (failing_since IS NULL))
);
INSERT INTO audit_timestamping DEFAULT VALUES;

GRANT SELECT, INSERT ON audit_timestamp TO {app};
GRANT SELECT, UPDATE (authority, failure, failing_since) ON audit_timestamping TO {app};
GRANT SELECT (number, size, made_at, valid_until) ON audit_timestamp TO {reader};
GRANT SELECT ON audit_timestamping TO {reader};

RESET ROLE;
