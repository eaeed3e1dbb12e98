-- Who must act: which unit is responsible for cases of a category, in an area, on a
-- rung of the ladder. A rule has a version for each time it was changed; a case keeps
-- the words of the rule by which it was routed.

CREATE TABLE rule (
    tenant_id int       NOT NULL,
    id        uuid      NOT NULL,
    version   int       NOT NULL,
    number    int       NOT NULL,
    valid     tstzrange NOT NULL,
    category  text COLLATE "C" NOT NULL,
    area_id   uuid,
    rung      text COLLATE "C" NOT NULL,
    unit_id   uuid      NOT NULL,
    note      text      NOT NULL,
    CONSTRAINT rule_pkey PRIMARY KEY (tenant_id, id, version),
    CONSTRAINT rule_area_fkey FOREIGN KEY (tenant_id, area_id) REFERENCES area (tenant_id, id),
    CONSTRAINT rule_unit_fkey FOREIGN KEY (tenant_id, unit_id) REFERENCES unit (tenant_id, id),
    CONSTRAINT rule_number_check CHECK (number > 0),
    CONSTRAINT rule_valid_check CHECK (NOT isempty(valid) AND NOT lower_inf(valid))
);
COMMENT ON TABLE  rule          IS 'Which unit must act. Present rules have no end; what was changed or removed stays, ended.';
COMMENT ON COLUMN rule.number   IS 'For people; the same in all versions of a rule, and of no other rule ever.';
COMMENT ON COLUMN rule.category IS 'Code; the rule holds for the categories below it too. Empty: for all.';
COMMENT ON COLUMN rule.area_id  IS 'Null: everywhere.';
COMMENT ON COLUMN rule.rung     IS 'Empty: on all.';

-- Of what holds for the same, there is one. It also leads from a case to its rules.
CREATE UNIQUE INDEX rule_present_idx ON rule (tenant_id, category, area_id, rung) NULLS NOT DISTINCT WHERE upper_inf(valid);
CREATE INDEX rule_number_idx ON rule (tenant_id, number);
CREATE INDEX rule_area_idx ON rule (tenant_id, area_id) WHERE area_id IS NOT NULL;
CREATE INDEX rule_unit_idx ON rule (tenant_id, unit_id);

CREATE TRIGGER rule_keep BEFORE DELETE OR TRUNCATE ON rule FOR EACH STATEMENT EXECUTE FUNCTION keep_refuse();

GRANT SELECT, INSERT, UPDATE (valid) ON rule TO lintu_app;

---- create above / drop below ----

DROP TABLE rule;
