package tiles

import "runtime/debug"

// mostGarbage is how much of it may gather beside the layers before it is collected. A
// town in memory is so small that it would be gone through after every few tiles, and
// ten million households so large that as much again would gather.
const mostGarbage = 128 << 20

// ballast is never touched, so that it takes no memory, but the collector counts it as
// in use.
var ballast []byte

// TuneCollector tells the collector of this process when to begin, now that the layers
// are loaded.
func (m *Memory) TuneCollector() {
	room, layers := mostGarbage, m.Size()
	if m.Limit > 0 {
		room = min(room, m.Limit/2)
	}
	ballast = make([]byte, max(room-layers, 0))
	debug.SetGCPercent(min(100, 100*room/max(layers, 1)))
}
