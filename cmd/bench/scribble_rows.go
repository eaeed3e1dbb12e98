package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/paulmach/orb"

	"github.com/lintu-map/lintu"
)

// since is from when a new version of a row is valid: later than all before it.
const since = "greatest(clock_timestamp(), coalesce(upper(t.valid), lower(t.valid) + interval '1 microsecond'))"

// insert adds a thing.
func (w *scrivener) insert(do statement, d *draft, s species) error {
	w.made++
	lon, lat := w.place(w.random)
	return w.insertAt(do, d, s, fmt.Sprintf("%s%d", w.mark, w.made), orb.Point{lon, lat}, w.newName())
}

func (w *scrivener) insertAt(do statement, d *draft, s species, code string, at orb.Point, name string) error {
	t := thing{layer: s.layer, code: code, id: lintu.NewID(), lon: at[0], lat: at[1], half: s.half}.with("name", s.named(code, name))
	if s.layer == lintu.Households {
		t = t.with("head", "")
	}
	columns, values := "", ""
	args := []any{scribbleTenant, t.id, t.code, t.values["name"], t.wkt()}
	if s.scope != "" {
		columns, values = ", "+s.scope, ", $6"
		args = append(args, s.value)
	}
	if s.table == "area" {
		// A parent, so that no import that runs meanwhile finds one.
		columns, values = columns+", parent, label, area_m2", values+", 'S', area_label(ST_GeomFromText($5, 4326)), ST_Area(ST_GeomFromText($5, 4326)::geography)"
	}
	err := do(`INSERT INTO `+s.table+` (tenant_id, id, version, valid, code, name, geom`+columns+`)
		VALUES ($1, $2, 1, tstzrange(clock_timestamp(), NULL), $3, $4, ST_GeomFromText($5, 4326)`+values+`)`, args...)
	d.put(thing{}, t)
	return err
}

// newName draws a name, some of which come again.
func (w *scrivener) newName() string { return fmt.Sprintf("新名%d号", w.random.IntN(3000)) }

func (w *scrivener) rename(do statement, d *draft, s species, old thing) error {
	return w.renameTo(do, d, s, old, w.newName())
}

func (w *scrivener) renameTo(do statement, d *draft, s species, old thing, name string) error {
	t := old.with("name", s.named(old.code, name))
	d.put(old, t)
	return do(`UPDATE `+s.table+` t SET version = version + 1, valid = tstzrange(`+since+`, NULL), name = $3
		WHERE tenant_id = $1 AND id = $2`, scribbleTenant, t.id, t.values["name"])
}

// move moves a thing, as a rule a little, and sometimes to anywhere on the ground.
func (w *scrivener) move(do statement, d *draft, s species, old thing) error {
	t := old
	if t.lon, t.lat = old.lon+0.0002*w.random.Float64(), old.lat+0.0002*w.random.Float64(); w.random.IntN(2) == 0 {
		t.lon, t.lat = w.place(w.random)
	}
	d.put(old, t)
	return do(`UPDATE `+s.table+` t SET version = version + 1, valid = tstzrange(`+since+`, NULL), geom = ST_GeomFromText($3, 4326)`+s.follows("$3")+`
		WHERE tenant_id = $1 AND id = $2`, scribbleTenant, t.id, t.wkt())
}

// follows sets what follows from the geometry of areas.
func (s species) follows(wkt string) string {
	if s.table != "area" {
		return ""
	}
	return ", label = area_label(ST_GeomFromText(" + wkt + ", 4326))"
}

// reopen brings back what had gone.
func (w *scrivener) reopen(do statement, d *draft, s species, had thing) error {
	t := had.with("name", s.named(had.code, w.newName()))
	if t.gone = false; t.layer == lintu.Households {
		t = t.with("head", "")
	}
	d.put(had, t)
	return do(`UPDATE `+s.table+` t SET version = version + 1, valid = tstzrange(`+since+`, NULL), name = $3
		WHERE tenant_id = $1 AND id = $2`, scribbleTenant, t.id, t.values["name"])
}

// delete ends a thing, and the assignments that it had.
func (w *scrivener) delete(do statement, d *draft, s species, old thing) error {
	t := old
	t.gone = true
	end := `UPDATE assignment t SET valid = tstzrange(lower(t.valid), ` + since + `)
		WHERE tenant_id = $1 AND upper_inf(valid) AND `
	switch s.layer {
	case lintu.Households:
		if err := do(end+`household_id = $2`, scribbleTenant, t.id); err != nil {
			return err
		}
		w.unlinked(d, old)
	case lintu.Heads:
		if err := do(end+`head_id = $2`, scribbleTenant, t.id); err != nil {
			return err
		}
		for _, home := range d.next {
			if home.layer == lintu.Households && !home.gone && home.values["head"] == t.code {
				w.unlinked(d, home)
			}
		}
	}
	if s.layer == lintu.Households {
		t = t.with("head", "")
	}
	d.put(old, t)
	return do(`UPDATE `+s.table+` t SET valid = tstzrange(lower(t.valid), `+since+`) WHERE tenant_id = $1 AND id = $2`, scribbleTenant, t.id)
}

// unlinked notes that a household has lost its head.
func (w *scrivener) unlinked(d *draft, home thing) {
	code := home.values["head"]
	if code == "" {
		return
	}
	around := home.bound().Union(d.next[spot{lintu.Heads, code}].bound())
	is := home.with("head", "")
	d.next[spot{home.layer, home.code}] = is
	d.changes = append(d.changes, moved{home, is})
	d.lines = append(d.lines, line{lintu.Links, &home.id, &around, nil})
}

// relink gives a household another head.
func (w *scrivener) relink(do statement, d *draft, home thing) error {
	head, ok := anyThing(d.next, lintu.Heads, false, w.random)
	if !ok || home.values["head"] == head.code {
		return nil
	}
	around := home.bound().Union(head.bound())
	if was, ok := d.next[spot{lintu.Heads, home.values["head"]}]; ok {
		around = around.Union(was.bound())
	}
	is := home.with("head", head.code)
	d.next[spot{home.layer, home.code}] = is
	d.changes = append(d.changes, moved{home, is}, moved{head, head})
	d.lines = append(d.lines, line{lintu.Links, &home.id, &around, &around})
	if err := do(`UPDATE assignment t SET valid = tstzrange(lower(t.valid), `+since+`)
		WHERE tenant_id = $1 AND household_id = $2 AND upper_inf(valid)`, scribbleTenant, home.id); err != nil {
		return err
	}
	return do(`INSERT INTO assignment (tenant_id, household_id, version, head_id, valid)
		SELECT $1, $2, coalesce(max(version), 0) + 1, $3, tstzrange(greatest(clock_timestamp(), max(upper(valid))), NULL)
		FROM assignment WHERE tenant_id = $1 AND household_id = $2`, scribbleTenant, home.id, head.id)
}

// log writes the change log: a line for each thing, or as a batch does one for each
// layer around all.
func (w *scrivener) log(do statement, d *draft) error {
	lines := d.lines
	if w.random.IntN(2) == 0 {
		lines = together(lines)
	}
	for _, l := range lines {
		if err := do(`INSERT INTO change (tenant_id, kind, id, old_bounds, new_bounds) VALUES ($1, $2, $3, $4::text::box2d, $5::text::box2d)`,
			scribbleTenant, l.layer, l.id, boxText(l.old), boxText(l.new)); err != nil {
			return err
		}
	}
	return nil
}

// together makes one line of all of a layer.
func together(lines []line) []line {
	var all []line
	at := map[lintu.Layer]int{}
	for _, l := range lines {
		i, ok := at[l.layer]
		if !ok {
			i, at[l.layer] = len(all), len(all)
			all = append(all, line{layer: l.layer})
		}
		all[i].old, all[i].new = union(all[i].old, l.old), union(all[i].new, l.new)
	}
	return all
}

func union(a, b *orb.Bound) *orb.Bound {
	if a == nil || b == nil {
		if a == nil {
			return b
		}
		return a
	}
	u := a.Union(*b)
	return &u
}

// boxText is a box2d as PostgreSQL writes it, with 15 digits.
func boxText(b *orb.Bound) *string {
	if b == nil {
		return nil
	}
	s := fmt.Sprintf("BOX(%.15g %.15g,%.15g %.15g)", b.Min[0], b.Min[1], b.Max[0], b.Max[1])
	return &s
}

// reread makes the ground what the database says that it is.
func (p *pen) reread(ctx context.Context) error {
	things := map[spot]thing{}
	for _, s := range allSpecies {
		if err := p.rereadSpecies(ctx, s, things); err != nil {
			return err
		}
	}
	for at, t := range p.things { // cases are looked up by their writers
		if at.layer == lintu.Cases {
			things[at] = t
		}
	}
	p.things = things
	return nil
}

func (p *pen) rereadSpecies(ctx context.Context, s species, things map[spot]thing) error {
	scope, args := "$3::text = ''", []any{scribbleTenant, p.mark, s.value}
	if s.scope != "" {
		scope = "t." + s.scope + " = $3"
	}
	head := "''"
	if s.layer == lintu.Households {
		head = `coalesce((SELECT n.code FROM assignment a JOIN head n ON n.tenant_id = $1 AND n.id = a.head_id
			WHERE a.tenant_id = $1 AND a.household_id = t.id AND upper_inf(a.valid)), '')`
	}
	rows, err := p.db.Owner().Query(ctx, `SELECT t.id, t.code, t.name, NOT upper_inf(t.valid), (ST_XMin(geom) + ST_XMax(geom)) / 2, (ST_YMin(geom) + ST_YMax(geom)) / 2, `+head+`
		FROM `+s.table+` t WHERE t.tenant_id = $1 AND starts_with(t.code, $2) AND `+scope, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		t := thing{layer: s.layer, half: s.half}
		var name, head string
		if err := rows.Scan(&t.id, &t.code, &name, &t.gone, &t.lon, &t.lat, &head); err != nil {
			return err
		}
		if t = t.with("name", strings.Clone(name)); s.layer == lintu.Households {
			t = t.with("head", head)
		}
		things[spot{t.layer, t.code}] = t
	}
	return rows.Err()
}
