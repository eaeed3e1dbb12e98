-- Two ways to guess that were too easy.

-- Unknown logins share a count of failures by a hash. Who could compute it could
-- look for two that share one, and tell from the second whether the first is an
-- account. Each tenant has a key of its own, with 122 random bits.
ALTER TABLE tenant ADD COLUMN login_key uuid NOT NULL DEFAULT gen_random_uuid();
COMMENT ON COLUMN tenant.login_key IS 'Keys the hash by which failures to sign in to unknown logins are counted.';

-- How often an account has searched for persons on its latest day.
CREATE TABLE search_count (
    tenant_id  int  NOT NULL,
    account_id uuid NOT NULL,
    day        date NOT NULL,
    count      int  NOT NULL,
    CONSTRAINT search_count_pkey PRIMARY KEY (tenant_id, account_id)
);
COMMENT ON COLUMN search_count.count IS 'Asked for that day, by the account and its tokens, refused ones included.';

ALTER TABLE search_count ENABLE ROW LEVEL SECURITY;
ALTER TABLE search_count FORCE ROW LEVEL SECURITY;
CREATE POLICY search_count_tenant ON search_count USING (tenant_id = (SELECT session_tenant()));
GRANT SELECT, INSERT, UPDATE ON search_count TO lintu_app;

---- create above / drop below ----

DROP TABLE search_count;
ALTER TABLE tenant DROP COLUMN login_key;
