-- Pages hear of it when somebody can answer for a handler, or nobody can any more.
--
-- That is no event of the case: an account was disabled, a role granted or revoked, a
-- unit ended. So the cases that wait for the handler get a line in the change log, by
-- which they are told anew as they are.

CREATE FUNCTION cases_told_anew(tenant int, handlers uuid[]) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    INSERT INTO change (tenant_id, kind, id, old_bounds, new_bounds)
    SELECT c.tenant_id, 'cases', c.id, box2d(c.geom), box2d(c.geom) FROM case_file c
    WHERE c.tenant_id = tenant AND c.state NOT IN ('closed', 'evaluated', 'declined', 'merged') AND c.waits_for = 'handler'
        AND c.handler_id = ANY (handlers) AND (c.unit_ids && handlers OR c.post_ids && handlers OR c.worker_ids && handlers)
$$;
COMMENT ON FUNCTION cases_told_anew(int, uuid[]) IS 'Has the cases told anew that wait for one of these units, neighbor heads or accounts.';
REVOKE ALL ON FUNCTION cases_told_anew(int, uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cases_told_anew(int, uuid[]) TO lintu_app;

---- create above / drop below ----

DROP FUNCTION cases_told_anew(int, uuid[]);
