package sql

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

// What is sealed of a case: to what kind the seal is bound, with the case's id in
// place of a code.
const (
	sealedContact = lintu.Kind("case contact")
	sealedFollow  = lintu.Kind("case follow")
)

// secretTable is where each is kept.
var secretTable = map[lintu.Kind]string{sealedContact: "case_contact", sealedFollow: "case_follow"}

// crockford are the digits of a code to follow a case by: none looks like another.
var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// newFollowCode makes a code of 50 random bits: ten digits.
func newFollowCode() string {
	b := make([]byte, 7)
	_, _ = rand.Read(b) // never fails
	return crockford.EncodeToString(b)[:10]
}

// sayFollow writes a code as people read it: ABCDE-FGHJK.
func sayFollow(code string) string { return code[:5] + "-" + code[5:] }

// followHash finds a case by the code as somebody types it: in either case, with or
// without the hyphen, and with letters for the digits that they look like.
func followHash(typed string) []byte {
	code := strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(typed))
	h := sha256.Sum256([]byte(code))
	return h[:]
}

// CaseByFollow finds the case that a code follows: CodeNotFound if there is none.
func (db *DB) CaseByFollow(ctx context.Context, tenant int32, code string) (id lintu.ID, err error) {
	err = db.within(ctx, tenant, lintu.Territory{}, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `SELECT case_id FROM case_follow WHERE tenant_id = $1 AND code_hash = $2`, tenant, followHash(code)).Scan(&id)
		if errors.Is(err, pgx.ErrNoRows) {
			return lintu.Errorf(lintu.CodeNotFound, "没有这个查询码，请核对后再输入。", "There is no such code; please check it.")
		}
		return err
	})
	return id, err
}

// keepSecrets seals the contact of a new case and, for a resident, makes the code to
// follow it by. The code is random and kept sealed beside its hash: the phone that
// lost the answer is told it again, and a copy of the database without the master
// key tells nobody.
func (t *caseTx) keepSecrets(ctx context.Context, id lintu.ID, contact *lintu.Contact, resident bool) (follow string, err error) {
	if contact == nil && !resident {
		return "", nil
	}
	if err := enterCase(ctx, t.tx, t.tenant, id); err != nil {
		return "", err
	}
	ring, err := t.db.keys.ring(ctx, t.tx, t.tenant)
	if err != nil {
		return "", err
	}
	key := ring.newest()
	if key == nil {
		return "", errNoDataKey
	}
	if contact != nil {
		sealed, err := key.sealJSON(sealedContact, id.String(), contact)
		if err != nil {
			return "", err
		}
		if _, err := t.tx.Exec(ctx, `INSERT INTO case_contact (tenant_id, case_id, key_version, sealed) VALUES ($1, $2, $3, $4)`, t.tenant, id, key.version, sealed); err != nil {
			return "", err
		}
	}
	if !resident {
		return "", nil
	}
	code := newFollowCode()
	sealed, err := key.sealJSON(sealedFollow, id.String(), code)
	if err != nil {
		return "", err
	}
	_, err = t.tx.Exec(ctx, `INSERT INTO case_follow (tenant_id, case_id, code_hash, key_version, sealed) VALUES ($1, $2, $3, $4, $5)`,
		t.tenant, id, followHash(code), key.version, sealed)
	return sayFollow(code), err
}

// errNoDataKey says that the tenant has no data key yet; ensureDataKey makes one.
var errNoDataKey = errors.New("the tenant has no data key")

// ensureDataKey makes the tenant's first data key, in an edit of its own.
func (db *DB) ensureDataKey(ctx context.Context, tenant int32) error {
	return db.edit(ctx, tenant, func(e *edit) error { _, err := e.sealingKey(ctx); return err })
}

// secretsAgain answers a repeated report: CodeConflict if it has another contact,
// else the code to follow the case by. What has been destroyed is not compared.
func (t *caseTx) secretsAgain(ctx context.Context, id lintu.ID, contact *lintu.Contact, resident bool) (follow string, err error) {
	if err := enterCase(ctx, t.tx, t.tenant, id); err != nil {
		return "", err
	}
	var before *lintu.Contact
	err = t.db.openSecret(ctx, t.tx, t.tenant, sealedContact, id, &before)
	if err != nil {
		return "", err
	}
	if before != nil && (contact == nil || *contact != *before) {
		return "", errOtherReport
	}
	if !resident {
		return "", nil
	}
	var code string
	err = t.db.openSecret(ctx, t.tx, t.tenant, sealedFollow, id, &code)
	if err != nil || code == "" {
		return "", err
	}
	return sayFollow(code), nil
}

// openSecret reads one sealed value of a case into to, which stays as it is if there
// is none.
func (db *DB) openSecret(ctx context.Context, tx pgx.Tx, tenant int32, kind lintu.Kind, id lintu.ID, to any) error {
	return db.withRing(ctx, tx, tenant, func(ring keyring) error {
		var version int
		var sealed []byte
		err := tx.QueryRow(ctx, `SELECT key_version, sealed FROM `+secretTable[kind]+` WHERE tenant_id = $1 AND case_id = $2 AND sealed <> ''`, tenant, id).Scan(&version, &sealed)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		plain, err := ring.openBytes(version, kind, id.String(), sealed)
		if err != nil {
			return err
		}
		defer clear(plain)
		if json.Unmarshal(plain, to) != nil { // its error would quote
			return errSealed
		}
		return nil
	})
}

// enterCase lets the transaction see the contact of that case and of no other.
func enterCase(ctx context.Context, tx pgx.Tx, tenant int32, id lintu.ID) error {
	if err := enter(ctx, tx, tenant, lintu.Territory{}); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `SELECT set_config('lintu.case', $1::uuid::text, true)`, id)
	return err
}

// errNoContact is said of what was not left and of what was destroyed alike.
var errNoContact = lintu.Errorf(lintu.CodeNotFound, "这件案卷没有联系方式。", "No contact was left with this case.")

// Contact implements lintu.CaseStore.
func (db *DB) Contact(ctx context.Context, v *lintu.Viewer, id lintu.ID, p lintu.Purpose, why string) (*lintu.Contact, error) {
	c, err := db.wholeCase(ctx, v, id)
	if err != nil {
		return nil, err
	}
	if !c.MayContact(v) {
		return nil, lintu.Errorf(lintu.CodeForbidden, "您的角色不能查看联系方式；令牌也不能，请登录后查看。", "Your roles do not show contacts; nor does a token: please sign in for that.")
	}
	if strings.TrimSpace(why) == "" {
		why = c.Number
	}
	if err := checkUnmasking(lintu.Unmasking{Purpose: p, Why: why}); err != nil {
		return nil, err
	}
	var contact *lintu.Contact
	var seen quota
	err = db.within(ctx, v.Tenant, lintu.Territory{}, func(tx pgx.Tx) error {
		if err := enterCase(ctx, tx, v.Tenant, id); err != nil {
			return err
		}
		if err := db.openSecret(ctx, tx, v.Tenant, sealedContact, id, &contact); err != nil {
			return err
		}
		if contact == nil {
			return errNoContact
		}
		if seen, err = db.countUnmasking(ctx, tx, v); err != nil {
			return err
		}
		if !seen.over() {
			why := redact(why, lintu.Person{Name: contact.Name, Phone: contact.Phone})
			err = auditPersons(ctx, tx, v, lintu.ActUnmask, "case", &id, why, map[string]any{"purpose": p})
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
	return contact, nil
}
