-- Which leaves are about which account, and the entries that accounts have sealed for themselves beside them.

SET LOCAL ROLE {owner};
SET LOCAL search_path = relay, pg_temp;

CREATE TABLE journal_entry (
    leaf_index bigint PRIMARY KEY REFERENCES audit_leaf,
    account bytea NOT NULL REFERENCES account,
    sealed bytea CHECK (octet_length(sealed) BETWEEN 256 AND 4096)
);
CREATE INDEX journal_entry_account ON journal_entry (account, leaf_index);
-- What is sealed does not compress.
ALTER TABLE journal_entry ALTER sealed SET STORAGE EXTERNAL;

CREATE TRIGGER journal_entry_fixed BEFORE UPDATE OR DELETE ON journal_entry
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER journal_entry_kept BEFORE TRUNCATE ON journal_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
ALTER TABLE journal_entry ENABLE ALWAYS TRIGGER journal_entry_fixed;
ALTER TABLE journal_entry ENABLE ALWAYS TRIGGER journal_entry_kept;

-- What devices did before. The relay's own leaves of before say in a form that SQL does not read whom they are about.
INSERT INTO journal_entry (leaf_index, account)
    SELECT leaf_index, account FROM audit_entry JOIN device ON device.pseudonym = audit_entry.actor;

-- Last call of a batch: the devices of those who register in it are there by then. A leaf is about the account that
-- is given, or else that of its actor, or of who sent the envelope; about nobody's if there is none of these.
CREATE FUNCTION journal_note(
    p_leaf_indexes bigint[], p_actors bytea[], p_accounts bytea[], p_envelopes bytea[], p_sealed bytea[]
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
BEGIN
    PERFORM audit_lock();
    INSERT INTO journal_entry (leaf_index, account, sealed)
        SELECT given.leaf_index, account.account, given.sealed
        FROM unnest(p_leaf_indexes, p_actors, p_accounts, p_envelopes, p_sealed)
            AS given (leaf_index, actor, account, envelope, sealed)
        LEFT JOIN device ON device.pseudonym = given.actor
        LEFT JOIN envelope ON envelope.envelope = given.envelope
        LEFT JOIN device AS sender ON sender.device = envelope.sender_device
        JOIN account ON account.account = coalesce(given.account, device.account, sender.account);
END $$;

GRANT SELECT ON journal_entry TO {app};
GRANT EXECUTE ON FUNCTION journal_note TO {app};

RESET ROLE;
