package tiles

import (
	"container/list"
	"sync"
	"sync/atomic"

	"github.com/lintu-map/lintu"
)

// entry is a version of a tile: its tag, and its bytes in the codings that were asked
// for. Only the cache adds bytes.
type entry struct {
	address address
	tag     string
	marks   []mark        // of its parts
	missing []lintu.Layer // that could not be made; such an entry is not kept
	lags    bool          // shows an older state, because the present could not be made; likewise
	seen    atomic.Uint64 // serial of the latest look at which it was found to be current

	bodies [lintu.Codings]atomic.Pointer[[]byte] // nil until they are made
	asked  [lintu.Codings]atomic.Uint32          // how often, lately

	size int // as the cache has counted it, under its lock
}

// mark tells the versions of a part apart.
type mark struct {
	digest  uint64 // of what memory draws it from, or of the bytes of the store
	version uint64 // of what the store makes it from; 0 where memory draws it
}

// body is the tile in a coding; ok is false until it is made.
func (e *entry) body(c lintu.Coding) (b []byte, ok bool) {
	p := e.bodies[c].Load()
	if p == nil {
		return nil, false
	}
	return *p, true
}

// currentAt reports whether the entry is known to be what a look shows, or newer.
func (e *entry) currentAt(k *look) bool { return k.serial > 0 && e.seen.Load() >= k.serial }

// found notes that the entry is current at a look.
func (e *entry) found(serial uint64) {
	for seen := e.seen.Load(); seen < serial && !e.seen.CompareAndSwap(seen, serial); seen = e.seen.Load() {
	}
}

// entryOverhead is about what an entry takes beside its bytes: itself, its marks, list
// element, map slot.
const entryOverhead = 600

// cache keeps the tiles used last, up to a number of bytes in all codings. One version
// is kept per address.
type cache struct {
	mu        sync.Mutex
	max       int
	used      int
	order     *list.List // of *entry, the one used last in front
	byAddress map[address]*list.Element
}

func newCache(maxBytes int) *cache {
	return &cache{max: maxBytes, order: list.New(), byAddress: map[address]*list.Element{}}
}

// get returns the version kept of a tile, which may be an old one; nil if there is none.
func (c *cache) get(p address) *entry {
	c.mu.Lock()
	defer c.mu.Unlock()
	el, ok := c.byAddress[p]
	if !ok {
		return nil
	}
	c.order.MoveToFront(el)
	return el.Value.(*entry)
}

// put keeps a version of a tile that was current at a look, unless a newer one is kept.
// It returns the entry to go on with: the one kept if that has the same tag.
func (c *cache) put(e *entry, serial uint64) *entry {
	e.found(serial)
	c.mu.Lock()
	defer c.mu.Unlock()
	if el, ok := c.byAddress[e.address]; ok {
		old := el.Value.(*entry)
		switch {
		case old.tag == e.tag:
			old.found(serial)
			c.adopt(old, e)
			return old
		case old.seen.Load() > serial:
			return e
		}
		for i := range old.asked {
			e.asked[i].Store(old.asked[i].Load())
		}
		c.remove(el)
	}
	c.byAddress[e.address] = c.order.PushFront(e)
	e.size = entryOverhead
	for i := range e.bodies {
		if b, ok := e.body(lintu.Coding(i)); ok {
			e.size += len(b)
		}
	}
	c.grow(e.size)
	return e
}

// adopt gives an entry the bytes that another of the same tag has, and it has not.
func (c *cache) adopt(e, from *entry) {
	for i := range e.bodies {
		if b := from.bodies[i].Load(); b != nil {
			c.set(e, lintu.Coding(i), b)
		}
	}
}

// add keeps the bytes of an entry in a coding.
func (c *cache) add(e *entry, coding lintu.Coding, b []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.set(e, coding, &b)
}

func (c *cache) set(e *entry, coding lintu.Coding, b *[]byte) {
	if !e.bodies[coding].CompareAndSwap(nil, b) {
		return
	}
	if el, ok := c.byAddress[e.address]; ok && el.Value.(*entry) == e {
		e.size += len(*b)
		c.grow(len(*b))
	}
}

// grow counts bytes, and drops the tiles used least lately that do not fit.
func (c *cache) grow(bytes int) {
	for c.used += bytes; c.used > c.max; {
		c.remove(c.order.Back())
	}
}

func (c *cache) remove(el *list.Element) {
	e := c.order.Remove(el).(*entry)
	delete(c.byAddress, e.address)
	c.used -= e.size
}
