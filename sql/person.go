package sql

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

var _ lintu.Persons = (*DB)(nil)

// personsFound bounds one answer of FindPersons.
const personsFound = 50

// errNoPerson is said of what is not known, not there and not the viewer's alike.
var errNoPerson = lintu.Errorf(lintu.CodeNotFound, "没有找到这条个人信息。", "No such personal data was found.")

// presentPersons selects the present rows of the transaction's territory, with what
// names their subject.
const presentPersons = `
	SELECT p.kind, p.subject_id, coalesce(h.code, n.code), coalesce(h.name, n.name), p.key_version, p.sealed, lower(p.valid)
	FROM person p
	LEFT JOIN household h ON p.kind = 'household' AND h.tenant_id = $1 AND h.id = p.subject_id
	LEFT JOIN head n ON p.kind = 'head' AND n.tenant_id = $1 AND n.id = p.subject_id
	WHERE p.tenant_id = $1 AND upper_inf(p.valid)`

// personRow is one row of presentPersons.
type personRow struct {
	Kind       lintu.Kind
	ID         lintu.ID
	Code       string
	Title      string
	KeyVersion int
	Sealed     []byte
	Since      time.Time
}

// masked hides what identifies the person.
func (r personRow) masked(p lintu.Person) lintu.MaskedPerson {
	return lintu.MaskedPerson{Layer: layerOfKind(r.Kind), ID: r.ID.String(), Code: r.Code, Title: r.Title, Person: p.Masked(), Since: r.Since}
}

func layerOfKind(k lintu.Kind) lintu.Layer {
	if k == lintu.KindHead {
		return lintu.Heads
	}
	return lintu.Households
}

// Person implements lintu.Persons.
func (db *DB) Person(ctx context.Context, v *lintu.Viewer, layer lintu.LayerInfo, id lintu.ID) (*lintu.MaskedPerson, error) {
	t, err := mayAbout(v, lintu.SeePersons)
	if err != nil {
		return nil, err
	}
	var found lintu.MaskedPerson
	err = db.look(ctx, v, t, func(tx pgx.Tx) error {
		row, p, err := db.presentPerson(ctx, tx, v.Tenant, layer, id)
		found = row.masked(p)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &found, nil
}

// mayAbout returns where the viewer has a right about persons.
func mayAbout(v *lintu.Viewer, r lintu.Right) (lintu.Territory, error) {
	t := v.Territory(r)
	switch {
	case !v.SignedIn():
		return t, lintu.Errorf(lintu.CodeUnauthenticated, "请先登录。", "Please sign in first.")
	case t.IsEmpty():
		return t, lintu.Errorf(lintu.CodeForbidden, "您的角色不能这样查看个人信息。", "Your roles do not allow this with personal data.")
	}
	return t, nil
}

// presentPerson reads and opens one person; CodeNotFound if the transaction's
// territory has none.
func (db *DB) presentPerson(ctx context.Context, tx pgx.Tx, tenant int32, layer lintu.LayerInfo, id lintu.ID) (personRow, lintu.Person, error) {
	if len(layer.Personal) == 0 {
		return personRow{}, lintu.Person{}, errNoPerson
	}
	var row personRow
	var p lintu.Person
	err := db.withRing(ctx, tx, tenant, func(ring keyring) error {
		rows, err := tx.Query(ctx, presentPersons+` AND p.kind = $2 AND p.subject_id = $3`, tenant, layer.Kind, id)
		if err != nil {
			return err
		}
		row, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[personRow])
		if errors.Is(err, pgx.ErrNoRows) {
			return errNoPerson
		}
		if err == nil {
			p, err = ring.open(row.KeyVersion, row.Kind, row.Code, row.Sealed)
		}
		return err
	})
	return row, p, err
}

// withRing runs work with the tenant's keys, and once more with fresh ones if a
// rotation has sealed anew in between.
func (db *DB) withRing(ctx context.Context, tx pgx.Tx, tenant int32, work func(keyring) error) error {
	var err error
	for range 2 {
		var ring keyring
		if ring, err = db.keys.ring(ctx, tx, tenant); err != nil {
			return err
		}
		if err = work(ring); !errors.Is(err, errKeyGone) {
			return err
		}
	}
	return err
}

// FindPersons implements lintu.Persons. The audit keeps whom it showed.
func (db *DB) FindPersons(ctx context.Context, v *lintu.Viewer, name, phone string) ([]lintu.MaskedPerson, error) {
	t, err := mayAbout(v, lintu.SeePersons)
	if err != nil {
		return nil, err
	}
	by := sought{lintu.PlainName(name), lintu.PlainPhone(phone)}
	if err := by.check(phone); err != nil {
		return nil, err
	}
	found := []lintu.MaskedPerson{}
	err = db.look(ctx, v, t, func(tx pgx.Tx) (err error) {
		found, err = db.findAudited(ctx, tx, v, by)
		return err
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

func (db *DB) findAudited(ctx context.Context, tx pgx.Tx, v *lintu.Viewer, by sought) (found []lintu.MaskedPerson, err error) {
	err = db.withRing(ctx, tx, v.Tenant, func(ring keyring) (err error) {
		found, err = findPresent(ctx, tx, v.Tenant, ring, by)
		return err
	})
	if err != nil {
		return nil, err
	}
	ids := []string{}
	for _, f := range found {
		ids = append(ids, f.ID)
	}
	return found, auditPersons(ctx, tx, v, lintu.ActFindPerson, "person", nil, "", map[string]any{"by": by.fields(), "found": ids})
}

// sought is what persons are found by, reduced to what is compared.
type sought struct{ name, phone string }

func (s sought) check(phone string) error {
	if s.name == "" && s.phone == "" || phone != "" && s.phone == "" {
		return lintu.Errorf(lintu.CodeInvalid, "请给出完整的姓名或电话号码。", "Please give a full name or a phone number.")
	}
	return nil
}

// fields names what was given.
func (s sought) fields() []string {
	f := []string{}
	if s.name != "" {
		f = append(f, "name")
	}
	if s.phone != "" {
		f = append(f, "phone")
	}
	return f
}

// hashes are the keyed hashes under all live keys: both are in use while a rotation
// is under way.
func (s sought) hashes(ring keyring) (names, phones [][]byte) {
	for _, k := range ring {
		names, phones = append(names, k.find('n', s.name)), append(phones, k.find('p', s.phone))
	}
	return names, phones
}

// condition selects by the hashes of $2 and $3, which always are named.
func (s sought) condition() string {
	c := ` AND $2::bytea[] IS NOT NULL AND $3::bytea[] IS NOT NULL`
	if s.name != "" {
		c += ` AND p.name_hmac = ANY ($2)`
	}
	if s.phone != "" {
		c += ` AND p.phone_hmac = ANY ($3)`
	}
	return c
}

func findPresent(ctx context.Context, tx pgx.Tx, tenant int32, ring keyring, by sought) ([]lintu.MaskedPerson, error) {
	found := []lintu.MaskedPerson{}
	names, phones := by.hashes(ring)
	if len(ring) == 0 {
		return found, nil
	}
	rows, err := tx.Query(ctx, presentPersons+by.condition()+` ORDER BY 1, 3 LIMIT $4`, tenant, names, phones, personsFound)
	if err != nil {
		return nil, err
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[personRow])
	if err != nil {
		return nil, err
	}
	for _, r := range list {
		p, err := ring.open(r.KeyVersion, r.Kind, r.Code, r.Sealed)
		if err != nil {
			return nil, err
		}
		found = append(found, r.masked(p))
	}
	return found, nil
}

// Unmask implements lintu.Persons. The row is looked for first, so that guessing
// ids of others uses up no quota and tells nothing.
func (db *DB) Unmask(ctx context.Context, v *lintu.Viewer, u lintu.Unmasking) (*lintu.Unmasked, error) {
	t, err := mayAbout(v, lintu.UnmaskPersons)
	if err != nil {
		return nil, err
	}
	if v.Only != nil {
		return nil, lintu.Errorf(lintu.CodeForbidden, "令牌不能查看完整的个人信息，请登录后查看。", "A token cannot unmask personal data; please sign in for that.")
	}
	if err := checkUnmasking(u); err != nil {
		return nil, err
	}
	var answer lintu.Unmasked
	var seen quota
	err = db.within(ctx, v.Tenant, t, func(tx pgx.Tx) error {
		row, p, err := db.presentPerson(ctx, tx, v.Tenant, u.Layer, u.ID)
		if err != nil {
			return err
		}
		if seen, err = db.countUnmasking(ctx, tx, v); err != nil {
			return err
		}
		if !seen.over() {
			answer = lintu.Unmasked{Person: p, Left: seen.left()}
			err = auditPersons(ctx, tx, v, lintu.ActUnmask, string(row.Kind), &row.ID, redact(u.Why, p), map[string]any{"purpose": u.Purpose})
		}
		if err == nil {
			err = seen.alert(ctx, tx, v)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	seen.warn(db.log, v)
	if seen.over() {
		return nil, seen.refusal()
	}
	return &answer, nil
}

// longestWhy is how many characters a reason may have.
const longestWhy = 200

func checkUnmasking(u lintu.Unmasking) error {
	known := slices.ContainsFunc(lintu.Purposes, func(p lintu.PurposeInfo) bool { return p.Purpose == u.Purpose })
	switch {
	case !known:
		return lintu.Errorf(lintu.CodeInvalid, "请选择查看完整信息的用途。", "Please choose what the full data is needed for.")
	case u.Purpose == "case" && strings.TrimSpace(u.Why) == "":
		return lintu.Errorf(lintu.CodeInvalid, "请写明是哪一件诉求。", "Please say which case it is.")
	case utf8.RuneCountInString(u.Why) > longestWhy:
		return lintu.Errorf(lintu.CodeInvalid, "理由最多 %d 个字。", "The reason may have at most %d characters.", longestWhy)
	case !utf8.ValidString(u.Why) || strings.ContainsRune(u.Why, 0):
		return lintu.Errorf(lintu.CodeInvalid, "理由不是有效的文字。", "The reason is not valid text.")
	}
	return nil
}

// redact keeps out of the audit what a reader has copied into the reason.
func redact(why string, p lintu.Person) string {
	for _, secret := range []string{p.Name, lintu.PlainName(p.Name), p.Phone, lintu.PlainPhone(p.Phone)} {
		if secret != "" {
			why = strings.ReplaceAll(why, secret, "***")
		}
	}
	return longNumber.ReplaceAllString(strings.TrimSpace(why), "***")
}

// auditPersons appends to the audit in the transaction that reads, as its last act.
// detail holds no personal data.
func auditPersons(ctx context.Context, tx pgx.Tx, v *lintu.Viewer, act, kind string, id *lintu.ID, why string, detail map[string]any) error {
	d, err := json.Marshal(detail)
	if err != nil {
		return err
	}
	return appendAudit(ctx, tx, v.Tenant, lintu.AuditEntry{Actor: v.Name, From: v.From, Act: act, Kind: kind, ID: id, Why: why, Detail: d})
}
