-- Recovery packages are numbered by identity key, and who holds a key of an account can be told from who does not.

SET LOCAL ROLE {owner};
SET LOCAL search_path = relay, pg_temp;

-- SHA-256 of the identity key that has signed the package. Those of before are nobody's: they serve until the
-- next one comes.
ALTER TABLE recovery_package ADD identity bytea NOT NULL DEFAULT '' CHECK (octet_length(identity) IN (0, 32));
ALTER TABLE recovery_package
    ALTER identity DROP DEFAULT,
    DROP CONSTRAINT recovery_package_pkey,
    ADD PRIMARY KEY (account, identity, number);

-- Returns whether it was stored: its number must be above those of packages by the same key, and not far above.
-- `p_certificate` is what the signature was checked with. It must be in force still, or the key event that made
-- it void could be followed by a package of before. The last key's packages stay until there is one by the next.
DROP FUNCTION recovery_put_package(bytea, bigint, bytea, integer);
CREATE FUNCTION recovery_put_package(
    p_account bytea, p_certificate bytea, p_identity bytea, p_number bigint, p_package bytea, p_keep integer,
    p_most_ahead integer
) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
DECLARE newest bigint;
BEGIN
    PERFORM FROM account WHERE account = p_account AND certificate = p_certificate FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    SELECT coalesce(max(number), 0) INTO newest FROM recovery_package
        WHERE account = p_account AND identity = p_identity;
    IF p_number <= newest OR p_number > newest + p_most_ahead THEN
        RETURN false;
    END IF;
    INSERT INTO recovery_package (account, identity, number, package)
        VALUES (p_account, p_identity, p_number, p_package);
    DELETE FROM recovery_package WHERE account = p_account AND (identity <> p_identity OR number NOT IN (
        SELECT number FROM recovery_package WHERE account = p_account AND identity = p_identity
        ORDER BY number DESC LIMIT p_keep));
    RETURN true;
END $$;

-- Whether a key is or was one of an account's, by its hash: one answer, as quick for accounts that do not exist.
CREATE FUNCTION account_has_key(p_account bytea, p_key_hash bytea)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = relay, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public_key WHERE key_hash = p_key_hash AND account = p_account)
$$;

GRANT EXECUTE ON FUNCTION recovery_put_package, account_has_key TO {app};

RESET ROLE;
