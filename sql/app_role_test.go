package sql_test

import (
	"errors"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

// The role in which requests are served owns nothing, cannot become anybody
// else, and may change neither the map nor the audit.
func TestAppRole(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.apply(town()...)
	var mighty, owns, creates, member bool
	must(t, p.Pool().QueryRow(t.Context(), `
		SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication,
			EXISTS (SELECT FROM pg_class WHERE pg_has_role(relowner, 'MEMBER')) OR EXISTS (SELECT FROM pg_proc WHERE pg_has_role(proowner, 'MEMBER')),
			has_schema_privilege('public', 'CREATE') OR has_database_privilege(current_database(), 'CREATE'),
			EXISTS (SELECT FROM pg_auth_members m WHERE m.member = pg_roles.oid)
		FROM pg_roles WHERE rolname = current_user AND rolname = 'lintu_app'`).Scan(&mighty, &owns, &creates, &member))
	if mighty || owns || creates || member {
		t.Errorf("lintu_app: mighty %v, owns %v, creates %v, member %v", mighty, owns, creates, member)
	}
	if got := p.strings(`SELECT relname || ' ' || p FROM pg_class, unnest('{TRUNCATE,REFERENCES,TRIGGER}'::text[]) p
		WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v') AND has_table_privilege('lintu_app', oid, p)`); len(got) > 0 {
		t.Errorf("lintu_app may %v", got)
	}
	for _, query := range []string{
		`INSERT INTO tenant VALUES (1, 'x')`, `UPDATE area SET name = ''`, `DELETE FROM household`, `UPDATE household_history SET name = ''`,
		`INSERT INTO change (tenant_id, kind) VALUES (430181, 'x')`, `UPDATE assignment SET version = 7`, `UPDATE tenant SET name = 'x'`,
		`UPDATE batch SET applied_at = now()`, `UPDATE batch SET actor = 'x'`, `DELETE FROM batch`,
		`CREATE TABLE mine ()`, `UPDATE schema_version SET version = 0`, `SET ROLE lintu`, `SET SESSION AUTHORIZATION lintu`,
	} {
		_, err := p.Pool().Exec(t.Context(), query)
		var pg *pgconn.PgError
		if !errors.As(err, &pg) || pg.Code != "42501" {
			t.Errorf("%s as lintu_app: %v", query, err)
		}
	}
}

// An owner that may not make roles is told what an administrator must run, and
// then works by taking the role on. A role that may too much is refused.
func TestAppRoleOfAnAdministrator(t *testing.T) {
	t.Parallel()
	c := startCluster(t, clusterDir(t))
	admin := func(statements ...string) {
		t.Helper()
		for _, s := range statements {
			u, err := c.AdminURL("lintu")
			must(t, err)
			execute(t, u, s)
		}
	}
	admin("drop role lintu_app")
	db, err := sql.Open(t.Context(), c.URL(), sql.Options{Conns: 2})
	must(t, err)
	defer db.Close()
	wantSentence(t, db.Migrate(t.Context()), lintu.CodeInvalid, `CREATE ROLE lintu_app; GRANT lintu_app TO "lintu";`)
	admin(`CREATE ROLE lintu_app`, `GRANT lintu_app TO "lintu"`)
	must(t, db.Migrate(t.Context()))
	var now, login string
	must(t, db.Pool().QueryRow(t.Context(), "select current_user, session_user").Scan(&now, &login))
	if now != "lintu_app" || login != "lintu" {
		t.Errorf("works as %s, logged in as %s", now, login)
	}
	for _, x := range []struct{ do, undo, says string }{
		{"alter role lintu_app bypassrls", "alter role lintu_app nobypassrls", "NOBYPASSRLS"},
		{"alter table area owner to lintu_app", "alter table area owner to lintu", "NOBYPASSRLS"},
		{"grant create on schema public to public", "revoke create on schema public from public", "REVOKE CREATE"},
	} {
		admin(x.do)
		wantSentence(t, db.Migrate(t.Context()), lintu.CodeInvalid, x.says)
		admin(x.undo)
		must(t, db.Migrate(t.Context()))
	}
}
