package sql

import (
	"context"
	"math"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

// ToError is toError, for tests.
var ToError = toError

// ExtentOf is the extent around one geometry.
func ExtentOf(ewkb []byte) [4]float64 {
	g := received{extent: [4]float64{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}}
	g.include(ewkb)
	return g.extent
}

// CheckPassword is checkPassword, for tests.
var CheckPassword = checkPassword

// CheapHash hashes a password with less than is asked for today.
func CheapHash(password string) string {
	return hashing{memoryKiB: 64, passes: 1, lanes: 1}.hash(password)
}

// ErrNoPerson is what is said of persons who are not there, or not the viewer's.
var ErrNoPerson = errNoPerson

// PresentPersons is the statement by which persons are read.
const PresentPersons = presentPersons

// Within is within, for tests.
func (db *DB) Within(ctx context.Context, tenant int32, t lintu.Territory, work func(pgx.Tx) error) error {
	return db.within(ctx, tenant, t, work)
}

// Limit changes how many persons an account may unmask a day.
func (db *DB) Limit(perDay int) { db.unmaskPerDay = perDay }

// KeyFile is where the master key is.
func (db *DB) KeyFile() string { return db.keys.wrapper.(*KeyFile).path }

// KnownKeys is how many data keys are in memory.
func (db *DB) KnownKeys() int { return len(db.keys.known) }

// RotateSteps runs n steps of a rotation and leaves it there.
func (db *DB) RotateSteps(ctx context.Context, tenant int32, n int) error {
	by := lintu.Actor{Name: "cli:uid0", Within: lintu.Jurisdiction}
	err := db.edit(ctx, tenant, func(e *edit) error { _, err := e.beginRotation(ctx, by); return err })
	for after := (rotated{}); n > 0 && err == nil; n-- {
		err = db.edit(ctx, tenant, func(e *edit) (err error) { after, _, err = e.rotateStep(ctx, after); return err })
	}
	return err
}

// VerifyAuditBy is VerifyAudit in chunks of that size.
func VerifyAuditBy(ctx context.Context, db *DB, tenant int32, size int64) (lintu.AuditHead, error) {
	return db.verifyAudit(ctx, tenant, size, nil)
}

// Route is route, for tests.
func Route(ctx context.Context, tx pgx.Tx, tenant int32, p lintu.Place, cs lintu.Categories, category string, rung lintu.Rung) (*lintu.Routed, error) {
	return route(ctx, tx, tenant, p, cs, category, rung)
}

// PutCase stores the row of a case, without events.
func (db *DB) PutCase(ctx context.Context, tenant int32, c *lintu.Case) error {
	args, err := putCaseArgs(tenant, c)
	if err == nil {
		_, err = db.pool.Exec(ctx, putCase, args...)
	}
	return err
}

// LiveChanges is the statement that reads the change log.
var LiveChanges = liveChanges
