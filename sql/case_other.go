package sql

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

// involved are the cases that an action is about: the case, the other one that it
// names, and with the undoing of a merge the one that it was merged into.
func (t *caseTx) involved(ctx context.Context, id lintu.ID, a lintu.Action) ([]lintu.ID, error) {
	ids := []lintu.ID{id}
	switch a.Act {
	case lintu.ActMerge, lintu.ActLink:
		if a.Case != nil && *a.Case != id {
			ids = append(ids, *a.Case)
		}
	case lintu.ActUnmerge:
		var links []byte
		err := t.tx.QueryRow(ctx, `SELECT coalesce(doc->'links', '[]') FROM case_file WHERE tenant_id = $1 AND id = $2`, t.tenant, id).Scan(&links)
		if errors.Is(err, pgx.ErrNoRows) {
			return ids, nil
		}
		if err != nil {
			return nil, err
		}
		c := lintu.Case{}
		if err := json.Unmarshal(links, &c.Links); err != nil {
			return nil, err
		}
		if into := mergedInto(&c); into != nil {
			ids = append(ids, *into)
		}
	}
	return ids, nil
}

// mergedInto is the case that this one is a duplicate of, nil if none.
func mergedInto(c *lintu.Case) *lintu.ID {
	for _, l := range c.Links {
		if l.Kind == lintu.DuplicateOf {
			return &l.Case
		}
	}
	return nil
}

// checkOther refuses another case that the asker is not shown, and to merge into one
// that is over: so that merges make no circle, and nothing open is hidden in what is
// closed. Nothing that is not restricted names what is.
func checkOther(c *lintu.Case, locked map[lintu.ID]*lintu.Case, a lintu.Action, by lintu.Asker) error {
	if a.Case == nil || *a.Case == c.ID {
		return nil // Decide says so
	}
	other := locked[*a.Case]
	if other == nil || by.Viewer != nil && other.Sight(by.Viewer) != lintu.Whole {
		return errNoCase
	}
	if other.Visibility == lintu.Restricted && c.Visibility != lintu.Restricted {
		return lintu.Errorf(lintu.CodeConflict, "案卷 %[1]s 是受限的；请先把案卷 %[2]s 也改为受限，否则能看到它的人会知道前者。",
			"Case %[1]s is restricted. Please restrict case %[2]s first, since whoever sees that would learn of it.", other.Number, c.Number)
	}
	if a.Act == lintu.ActMerge && !other.IsOpen() {
		return lintu.Errorf(lintu.CodeConflict, "案卷 %[1]s 已结束或已并入另一案卷，不能再并入它。",
			"Case %[1]s is over or merged into another itself, so that nothing can be merged into it.", other.Number)
	}
	return nil
}

// tellOther writes into the history of the case that goes on that another was merged
// into it, or no longer is. A dispute is not named to those who see the other one.
func (t *caseTx) tellOther(before, c *lintu.Case, locked map[lintu.ID]*lintu.Case, by lintu.Asker) error {
	said, into := lintu.Text{ZH: "并入本案", EN: "is merged into this one"}, mergedInto(c)
	if before.State == lintu.Merged {
		said, into = lintu.Text{ZH: "不再并入本案", EN: "is no longer merged into this one"}, mergedInto(before)
	} else if c.State != lintu.Merged {
		return nil
	}
	if into == nil || locked[*into] == nil {
		return nil
	}
	other := locked[*into]
	if c.Visibility == lintu.Restricted && other.Visibility != lintu.Restricted {
		said = lintu.Text{ZH: "一件受限案卷" + said.ZH, EN: "A restricted case " + said.EN}
	} else {
		said = lintu.Text{ZH: "案卷 " + c.Number + " " + said.ZH, EN: "Case " + c.Number + " " + said.EN}
	}
	e := lintu.Event{ID: lintu.NewID(), Case: other.ID, Seq: other.Seq + 1, At: t.office.Now, By: by.Name(), As: lintu.AsDispatcher,
		Act: lintu.ActLink, From: other.State, To: other.State, Set: lintu.Patch{Told: &said}}
	if by.Viewer != nil && by.Viewer.SignedIn() {
		e.Account = &by.Viewer.Account
	}
	if e.At.Before(other.ChangedAt) {
		e.At = other.ChangedAt
	}
	return t.keep(lintu.Fold(other, e), []lintu.Event{e}, nil)
}
