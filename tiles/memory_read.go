package tiles

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/lintu-map/lintu"
)

// absence is why a layer is not in memory. Its tiles come from the store, and are
// never wrong for it.
type absence struct {
	reason  string // a word for metrics
	text    lintu.Text
	need    int    // bytes; of one that is too large
	cause   error  // for the log
	version uint64 // of the layer then
	until   time.Time
}

// The reasons.
const (
	tooLarge   = "too_large"  // it does not fit beside the others
	unreadable = "unreadable" // a row is none that a layer can have
	broken     = "broken"     // our fault
	displaced  = "displaced"  // to make room for its next state, which is about to be read
)

// again is when a layer that could not be kept is tried again, if it has changed.
const again = 10 * time.Minute

// due reports whether to try again to keep the layer.
func (a *absence) due(version uint64, now time.Time) bool {
	return a.reason == displaced || version != a.version && now.After(a.until)
}

// intake takes the rows of one layer, as long as they can be read and there is room.
type intake struct {
	info   lintu.LayerInfo
	keeper layerKeeper
	anew   bool  // all of the layer is read
	where  []box // else, or as well where rows may come twice
	begun  time.Time
	rows   int
	weight int      // of the rows taken, when they were last weighed
	out    *absence // set when it takes no more
	taken  int      // rows until then
}

// weighEvery is after how many rows the room is looked at.
const weighEvery = 8192

// reading makes a state of the memory from what is read.
type reading struct {
	memory   *Memory
	held     *memoryState // that it goes on from
	versions map[lintu.Layer]uint64
	open     *intake   // whose rows come
	edits    []*intake // whose rows have come, and are part of a layer that is held
	keepers  map[lintu.Layer]layerKeeper
	done     map[lintu.Layer]heldLayer
	out      map[lintu.Layer]*absence
	took     map[lintu.Layer]time.Duration
	used     int // bytes of what is held and done
}

func (m *Memory) newReading(held *memoryState, versions map[lintu.Layer]uint64) *reading {
	return &reading{memory: m, held: held, versions: versions, used: held.size(), keepers: map[lintu.Layer]layerKeeper{},
		done: map[lintu.Layer]heldLayer{}, out: map[lintu.Layer]*absence{}, took: maps.Clone(held.took)}
}

// begin begins with the rows of a layer that lie in some places; nil is everywhere.
func (r *reading) begin(layer lintu.Layer, where []lintu.BBox) {
	r.finish()
	l, _ := lintu.LayerByName(layer)
	in := &intake{info: l, keeper: r.keepers[layer], begun: time.Now()}
	r.open = in
	for _, b := range where {
		in.where = append(in.where, boxOfDegrees(b))
	}
	before := r.before(layer)
	if in.anew = where == nil || before == nil || slices.ContainsFunc(in.where, before.isWithin); in.anew {
		in.keeper = newKeeper(l)
	} else if in.keeper == nil {
		in.keeper = r.memory.writers[layer]
	}
	r.keepers[layer] = in.keeper
}

// before is the layer as it was before the rows that come now; nil if it was not there.
func (r *reading) before(layer lintu.Layer) heldLayer {
	if p := r.done[layer]; p != nil {
		return p
	}
	return r.held.layers[layer]
}

// take takes a row. What is wrong with it keeps its layer out of memory, and no other.
func (r *reading) take(layer lintu.Layer, row *lintu.LayerRow) error {
	in := r.open
	if in == nil || in.info.Name != layer {
		r.begin(layer, nil)
		in = r.open
	}
	in.rows++
	if in.rows%weighEvery == 0 {
		r.memory.note(in.info, in.rows)
	}
	if in.out != nil {
		return nil
	}
	in.taken++
	if err := in.keeper.take(row); err != nil {
		in.leave(unreadable, err, lintu.Say("图层 %s 中有一行无法读入内存。", "A row of layer %s cannot be read into memory.", layer))
	} else if in.rows%weighEvery == 0 {
		r.weigh(in)
	}
	return nil
}

// note tells how far the layer is.
func (m *Memory) note(l lintu.LayerInfo, rows int) {
	of := m.progress.note(l.Name, rows)
	if m.Progress != nil && m.loading.Load() {
		m.Progress(lintu.Say("将图层读入内存：%s", "Reading a layer into memory: %s", l.Name), int64(rows), of)
	}
}

// leave gives up keeping the layer.
func (in *intake) leave(reason string, cause error, text lintu.Text) {
	in.out = &absence{reason: reason, cause: cause, text: text, until: time.Now().Add(again)}
	in.keeper.forget()
}

// weigh looks whether there is room for the rows taken.
func (r *reading) weigh(in *intake) {
	in.weight = in.keeper.weight()
	if !r.room(in, in.weight) {
		in.leave(tooLarge, nil, lintu.Text{})
	}
}

// room reports whether there is room for so many bytes more. To make it, the state of
// a layer that is read anew is let go; the store makes its tiles meanwhile.
func (r *reading) room(in *intake, bytes int) bool {
	limit, layer := r.memory.Limit, in.info.Name
	if limit == 0 || r.used+bytes <= limit {
		return true
	}
	old := r.held.layers[layer]
	if !in.anew || old == nil || r.done[layer] != nil {
		return false
	}
	r.used -= old.size()
	r.held = r.held.without(layer, &absence{reason: displaced, text: lintu.Say("图层 %s 正在重新读入内存。", "Layer %s is being read into memory again.", layer)})
	r.memory.held.Store(r.held)
	return r.used+bytes <= limit
}

// finish makes the layer of the rows that have come.
func (r *reading) finish() {
	in := r.open
	if r.open = nil; in == nil {
		return
	}
	layer := in.info.Name
	r.memory.note(in.info, in.rows)
	if in.out == nil {
		r.weigh(in)
	}
	if in.out == nil && !in.anew {
		in.weight += in.keeper.copies(r.before(layer))
	}
	if in.out == nil && !in.anew && !r.room(in, in.weight) {
		in.leave(displaced, nil, lintu.Say("图层 %s 的修改需要更多内存，它正在重新读入。", "An edit of layer %s needs more memory; the layer is being read again.", layer))
	}
	r.memory.meters.read(layer, in.anew)
	switch {
	case in.out != nil:
		r.exclude(in)
	case in.anew:
		r.build(in)
		r.took[layer] = time.Since(in.begun)
	default:
		r.used += in.weight
		r.edits = append(r.edits, in)
	}
}

// complete makes the states of what has been edited, once nothing can fail any more:
// it changes the keepers for good.
func (r *reading) complete() {
	r.finish()
	for _, in := range r.edits {
		r.build(in)
	}
}

// build makes the next state of the layer. A fault in that costs this layer only.
func (r *reading) build(in *intake) {
	layer := in.info.Name
	defer func() {
		if p := recover(); p != nil { // no middleware stands above this goroutine
			defer r.exclude(in)
			in.leave(broken, fmt.Errorf("panic: %v", p), lintu.Say("图层 %s 在内存中出错。", "Layer %s failed in memory.", layer))
		}
	}()
	var next heldLayer
	switch {
	case in.anew && len(in.where) == 0:
		next = in.keeper.load()
	case in.anew:
		next = in.keeper.replace(newKeeper(in.info).load(), in.where) // rows may come twice
	default:
		next = in.keeper.replace(r.before(layer), in.where)
	}
	r.done[layer] = next
	if in.anew {
		r.used += next.size()
	}
}

// exclude keeps the layer out of the next state.
func (r *reading) exclude(in *intake) {
	layer := in.info.Name
	delete(r.done, layer)
	delete(r.keepers, layer)
	in.out.version = r.versions[layer]
	if in.out.reason == tooLarge {
		in.out.need = int(float64(in.weight) * float64(in.rows) / float64(max(in.taken, 1)))
	}
	r.out[layer] = in.out
}

// tell logs which layers it has left out of the next state.
func (r *reading) tell(next *memoryState) {
	for _, l := range r.memory.layers {
		if a := next.out[l.Name]; r.out[l.Name] != nil && a.reason != displaced {
			r.memory.Log.Error("a layer is not in memory; the database makes its tiles", slog.String("layer", string(l.Name)), slog.String("reason", a.reason),
				slog.String("zh", a.text.ZH), slog.String("en", a.text.EN), slog.Any("error", a.cause))
		}
	}
}

const mib = 1 << 20

// adviseRoom says of each layer that does not fit what it needs, and of all what to set,
// so that who does that has all of them in memory.
func (m *Memory) adviseRoom(s *memoryState) {
	held, needs, largest := s.size(), 0, 0
	for _, a := range s.out {
		needs, largest = needs+a.need, max(largest, a.need)
	}
	up := func(bytes int) int { return bytes/mib + 1 }
	for layer, a := range s.out {
		if a.reason != tooLarge {
			continue
		}
		told := *a // readers hold the one before
		told.text = lintu.Say("图层 %[1]s 约需 %[2]d MB 内存，已在内存的图层占用 %[3]d MB，而图层的上限是 %[4]d MB，因此它的瓦片改由数据库生成。要让所有图层都放入内存，请将 LINTU_TILE_MEMORY 设为至少 %[5]dMB 并重新启动。",
			"Layer %[1]s needs about %[2]d MB of memory beside %[3]d MB of those that are there, and layers may take %[4]d MB; the database makes its tiles instead. To have all layers in memory, set LINTU_TILE_MEMORY to at least %[5]dMB and start again.",
			layer, up(a.need), up(held), up(m.Limit-1), up(totalFor(held+needs+largest/8)))
		s.out[layer] = &told
	}
}

// adopt reads the layers whose time has come to be kept again.
func (r *reading) adopt(ctx context.Context, now time.Time) error {
	for _, l := range r.memory.layers {
		if a := r.held.out[l.Name]; a == nil || !a.due(r.versions[l.Name], now) {
			continue
		}
		r.begin(l.Name, nil)
		if _, err := r.memory.source.ReadLayers(ctx, r.memory.tenant, []lintu.LayerInfo{l}, r.take); err != nil {
			return err
		}
		r.finish()
	}
	return nil
}

// layers are those that are kept.
func (r *reading) layers() []lintu.LayerInfo {
	return slices.DeleteFunc(slices.Clone(r.memory.layers), func(l lintu.LayerInfo) bool { return r.before(l.Name) == nil })
}

// forget drops rows that will not be used.
func (r *reading) forget() {
	for _, k := range r.memory.writers {
		k.forget()
	}
}

// state is the memory after the reading.
func (r *reading) state() *memoryState {
	next := &memoryState{layers: maps.Clone(r.held.layers), out: maps.Clone(r.held.out), took: r.took, versions: r.versions}
	for layer, p := range r.done {
		next.layers[layer] = p
		delete(next.out, layer)
	}
	for layer, a := range r.out {
		delete(next.layers, layer)
		next.out[layer] = a
	}
	r.memory.adviseRoom(next)
	return next
}
