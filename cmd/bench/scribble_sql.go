package main

import (
	"context"
	"fmt"
	"maps"
	"time"

	"github.com/paulmach/orb"

	"github.com/lintu-map/lintu"
)

// scrivener writes transactions in SQL, with the lines of the change log that the
// stores write, and by the stores themselves, all through the server of this process.
type scrivener struct {
	*pen
	made  int // codes
	cases caseWriter
}

// write implements author.
func (w *scrivener) write(ctx context.Context) error {
	for !w.enough() && ctx.Err() == nil {
		w.n++
		var err error
		switch w.random.IntN(12) {
		case 0:
			err = w.cases.change(ctx)
		case 1:
			err = w.assign(ctx)
		default:
			err = w.transact(ctx)
		}
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			if !w.excuses(err) {
				return fmt.Errorf("%s, operation %d: %w", w.name, w.n, err)
			}
			if err := w.recover(ctx); err != nil {
				return fmt.Errorf("%s, operation %d: %w", w.name, w.n, err)
			}
		}
	}
	return nil
}

// statement runs a statement of the transaction under way.
type statement func(sql string, args ...any) error

// draft is what a transaction is about to change.
type draft struct {
	next    map[spot]thing
	changes []moved
	lines   []line
}

// line is one of the change log.
type line struct {
	layer    lintu.Layer
	id       *lintu.ID
	old, new *orb.Bound
}

// How transactions end, in a hundred.
const (
	rollbackOf  = 15 // taken back
	savepointOf = 10 // with a part of it taken back
	lingerOf    = 4  // kept open, while others commit
)

// lingerFor is how long.
const lingerFor = 700 * time.Millisecond

// transact makes one transaction and looks at what it did.
func (w *scrivener) transact(ctx context.Context) error {
	tx, err := w.db.Owner().Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) //nolint:errcheck // after a commit there is nothing to roll back
	do := func(sql string, args ...any) error {
		_, err := tx.Exec(ctx, sql, args...)
		return err
	}
	d := &draft{next: maps.Clone(w.things)}
	operations := 1 + w.random.IntN(24)
	for range operations {
		if err := w.change(do, d); err != nil {
			return err
		}
	}
	end := w.random.IntN(100)
	if end < savepointOf {
		if err := w.doubt(do, d); err != nil {
			return err
		}
	}
	if err := w.log(do, d); err != nil {
		return err
	}
	w.done.Add(int64(operations))
	if end >= 100-lingerOf {
		w.tally("transactions kept open meanwhile", 1)
		if err := wait(ctx, lingerFor); err != nil {
			return err
		}
	}
	if w.random.IntN(100) < rollbackOf {
		w.tally("transactions rolled back", 1)
		if err := tx.Rollback(ctx); err != nil {
			return err
		}
		return w.look(ctx, "rolled back", d.changes)
	}
	if err := tx.Commit(ctx); err != nil {
		return err
	}
	w.tally("transactions committed", 1)
	w.things = d.next
	return w.look(ctx, "committed", d.changes)
}

// doubt does something in a savepoint and takes it back.
func (w *scrivener) doubt(do statement, d *draft) error {
	if err := do(`SAVEPOINT doubt`); err != nil {
		return err
	}
	forgotten := &draft{next: maps.Clone(d.next)}
	for range 3 {
		if err := w.change(do, forgotten); err != nil {
			return err
		}
	}
	if err := w.log(do, forgotten); err != nil {
		return err
	}
	w.tally("savepoints rolled back", 1)
	return do(`ROLLBACK TO SAVEPOINT doubt`)
}

// change makes one random change.
func (w *scrivener) change(do statement, d *draft) error {
	s := allSpecies[[]int{0, 0, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9}[w.random.IntN(15)]]
	if s.layer == lintu.Communities && w.random.IntN(3) > 0 {
		s = allSpecies[0]
	}
	old, there := anyThing(d.next, s.layer, false, w.random)
	had, gone := anyThing(d.next, s.layer, true, w.random)
	switch what := w.random.IntN(10); {
	case !there || what < 2 && len(d.next) < thingsMost:
		if gone && w.random.IntN(2) == 0 {
			return w.reopen(do, d, s, had)
		}
		return w.insert(do, d, s)
	case what < 5:
		return w.rename(do, d, s, old)
	case what < 8:
		return w.move(do, d, s, old)
	case s.layer == lintu.Households && w.random.IntN(2) == 0:
		return w.relink(do, d, old)
	default:
		return w.delete(do, d, s, old)
	}
}

// thingsMost is how much a scrivener lets gather on its ground.
const thingsMost = 400

// put notes a change of a thing.
func (d *draft) put(old, new thing) {
	d.next[spot{new.layer, new.code}] = new
	d.changes = append(d.changes, moved{old, new})
	var was, is *orb.Bound
	if old.code != "" && !old.gone {
		b := old.bound()
		was = &b
	}
	if !new.gone {
		b := new.bound()
		is = &b
	}
	d.lines = append(d.lines, line{new.layer, &new.id, was, is})
}

// recover reads the ground anew after a blow: nobody knows what was committed.
func (w *scrivener) recover(ctx context.Context) error {
	w.tally("writers that had to look what became of a change", 1)
	for end := time.Now().Add(3 * shakenFor); ; {
		err := w.reread(ctx)
		if err == nil || ctx.Err() != nil || time.Now().After(end) {
			return err
		}
		if err := wait(ctx, 100*time.Millisecond); err != nil {
			return nil //nolint:nilerr // the trial has ended
		}
	}
}

// assign gives a household a head, by the store.
func (w *scrivener) assign(ctx context.Context) error {
	home, ok := anyThing(w.things, lintu.Households, false, w.random)
	head, also := anyThing(w.things, lintu.Heads, false, w.random)
	if !ok || !also {
		return nil
	}
	by := lintu.Actor{Name: "cli:bench", Within: lintu.Jurisdiction}
	if err := w.db.Assign(ctx, scribbleTenant, home.code, head.code, by); err != nil {
		return err
	}
	w.done.Add(1)
	w.tally("assignments by the store", 1)
	is := home.with("head", head.code)
	w.things[spot{is.layer, is.code}] = is
	return w.look(ctx, "assigned", []moved{{home, is}, {head, head}})
}
