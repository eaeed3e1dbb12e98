package sql_test

import (
	"bytes"
	"regexp"
	"strconv"
	"testing"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/tiles"
)

// placeOf is where a memory has a layer.
func placeOf(t testing.TB, m *tiles.Memory, layer lintu.Layer) lintu.LayerState {
	t.Helper()
	for _, s := range m.States() {
		if s.Layer == layer {
			return s
		}
	}
	t.Fatalf("nothing is known of %s", layer)
	return lintu.LayerState{}
}

// A layer that does not fit is left to the database, and the others are not; so is one
// that outgrows the room.
func TestMemoryHasALimit(t *testing.T) {
	t.Parallel()
	db, r := seeded(t, 5000)
	whole := newMemory(t, db, tenant).Size()
	small := tiles.NewMemory(r, r, r, tenant)
	small.Limit = whole / 4
	must(t, small.Load(t.Context()))
	s := placeOf(t, small, lintu.Households)
	if s.From != lintu.FromDatabase || s.Reason == nil || !bytes.Contains([]byte(s.Reason.ZH+s.Reason.EN), []byte("LINTU_TILE_MEMORY")) {
		t.Errorf("households are %+v", s)
	}
	if small.Size() > small.Limit {
		t.Errorf("%d bytes of %d are taken", small.Size(), small.Limit)
	}
	if s := placeOf(t, small, lintu.Heads); s.From != lintu.FromMemory {
		t.Errorf("heads are %+v", s)
	}
	l, x, y := layerNamed(lintu.Households), 13361, 6852
	if !bytes.Equal(fromMemory(t, small, tenant, l, 14, x, y), getTile(t, r, l.Name, 14, x, y, nil)) {
		t.Error("the database does not make what is not in memory")
	}

	tight := tiles.NewMemory(r, r, r, tenant)
	tight.Limit = 2 * whole
	must(t, tight.Load(t.Context()))
	if s := placeOf(t, tight, lintu.Households); s.From != lintu.FromMemory {
		t.Fatalf("households are %+v", s)
	}
	mustExec(t, db, `WITH more AS (INSERT INTO household (tenant_id, id, version, valid, code, name, geom)
			SELECT $1::int, gen_random_uuid(), 1, '[2026-01-01,)', 'Z' || n, md5(n::text), ST_Point(113.5 + n * 1e-6, 28.1, 4326) FROM generate_series(1, 60000) n RETURNING geom)
		INSERT INTO change (tenant_id, kind) VALUES ($1, 'households')`, tenant)
	for placeOf(t, tight, lintu.Households).From == lintu.FromMemory && t.Context().Err() == nil { // a test that hangs is ended from outside
		_, err := tight.LayerVersions(t.Context(), tenant)
		must(t, err)
	}
	if tight.Size() > tight.Limit {
		t.Errorf("%d bytes of %d are taken", tight.Size(), tight.Limit)
	}
	if s := placeOf(t, tight, lintu.Grids); s.From != lintu.FromMemory {
		t.Errorf("grids are %+v", s)
	}
}

// Who does what one layer's advice says has all layers in memory, also where several do not fit.
func TestAdviceOnMemoryIsEnough(t *testing.T) {
	t.Parallel()
	db, r := seeded(t, 100)
	for table, first := range map[string]string{"household": "113.5", "head": "113.7"} {
		mustExec(t, db, `INSERT INTO `+table+` (tenant_id, id, version, valid, code, name, geom)
			SELECT $1::int, gen_random_uuid(), 1, '[2026-01-01,)', 'Z' || n, md5(n::text), ST_Point($2::text::float8 + n * 1e-6, 28.1, 4326) FROM generate_series(1, 60000) n`, tenant, first)
	}
	small := tiles.NewMemory(r, r, r, tenant)
	small.Limit = 1 << 20
	must(t, small.Load(t.Context()))
	for _, layer := range []lintu.Layer{lintu.Households, lintu.Heads} {
		s := placeOf(t, small, layer)
		if s.From != lintu.FromDatabase || s.Reason == nil {
			t.Fatalf("%s are %+v", layer, s)
		}
		said := regexp.MustCompile(`LINTU_TILE_MEMORY to at least (\d+)MB`).FindStringSubmatch(s.Reason.EN)
		if said == nil {
			t.Fatalf("no advice: %s", s.Reason.EN)
		}
		mb, err := strconv.Atoi(said[1])
		must(t, err)
		roomy := tiles.NewMemory(r, r, r, tenant)
		roomy.Limit, _ = tiles.Shares(mb << 20)
		must(t, roomy.Load(t.Context()))
		for _, s := range roomy.States() {
			if s.From != lintu.FromMemory {
				t.Errorf("with the %d MB that %s asks for: %+v", mb, layer, s)
			}
		}
	}
}

// A row that no layer of its kind can have keeps its layer out of memory, and no other.
func TestUnreadableRowsLeaveTheOthers(t *testing.T) {
	t.Parallel()
	db, r := seeded(t, 100)
	m := newMemory(t, db, tenant)
	mustExec(t, db, `ALTER TABLE base DROP CONSTRAINT base_geom_type_check`)
	mustExec(t, db, `WITH odd AS (INSERT INTO base (tenant_id, layer, id, version, valid, code, geom)
			VALUES ($1::int, 'water', gen_random_uuid(), 1, '[2026-01-01,)', 'odd', ST_Point(113.6, 28.1, 4326)) RETURNING geom)
		INSERT INTO change (tenant_id, kind) VALUES ($1, 'water'), ($1, 'households')`, tenant)
	_, err := m.LayerVersions(t.Context(), tenant)
	must(t, err)
	for name, m := range map[string]*tiles.Memory{"followed": m, "loaded": newMemory(t, db, tenant)} {
		if s := placeOf(t, m, lintu.Water); s.From != lintu.FromDatabase || s.Reason == nil {
			t.Errorf("%s: water is %+v", name, s)
		}
		if s := placeOf(t, m, lintu.Households); s.From != lintu.FromMemory {
			t.Errorf("%s: households are %+v", name, s)
		}
	}
	if b := fromMemory(t, m, tenant, layerNamed(lintu.Water), 14, 13361, 6852); !bytes.Equal(b, getTile(t, r, lintu.Water, 14, 13361, 6852, nil)) {
		t.Error("the database does not make the water")
	}
}
