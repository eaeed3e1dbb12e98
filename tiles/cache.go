package tiles

import (
	"container/list"
	"sync"

	"github.com/lintu-map/lintu"
)

// cache keeps the tiles used last, up to a number of bytes. One tile is kept
// per place; it is valid only for the state it was built in.
type cache struct {
	mu    sync.Mutex
	max   int
	used  int
	order *list.List // of *entry, the one used last in front
	byKey map[string]*list.Element
}

type entry struct {
	place, state string
	tile         *lintu.Tile
}

// entryOverhead is about what an empty entry takes beside its bytes: keys,
// list element, map slot.
const entryOverhead = 400

func (e *entry) size() int { return len(e.tile.MVT) + len(e.tile.Gzip) + entryOverhead }

func newCache(maxBytes int) *cache {
	return &cache{max: maxBytes, order: list.New(), byKey: map[string]*list.Element{}}
}

func (c *cache) get(place, state string) (*lintu.Tile, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	el, ok := c.byKey[place]
	if !ok || el.Value.(*entry).state != state {
		return nil, false
	}
	c.order.MoveToFront(el)
	return el.Value.(*entry).tile, true
}

func (c *cache) put(place, state string, t *lintu.Tile) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if el, ok := c.byKey[place]; ok {
		c.remove(el)
	}
	e := &entry{place, state, t}
	c.byKey[place] = c.order.PushFront(e)
	c.used += e.size()
	for c.used > c.max {
		c.remove(c.order.Back())
	}
}

func (c *cache) remove(el *list.Element) {
	e := el.Value.(*entry)
	c.order.Remove(el)
	delete(c.byKey, e.place)
	c.used -= e.size()
}
