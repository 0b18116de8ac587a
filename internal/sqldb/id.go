package sqldb

import (
	"math/rand/v2"
	"sync"
	"time"
)

// idEpoch is 2024-01-01 UTC, the zero of the time part of an id.
const idEpoch = 1704067200

var ids struct {
	sync.Mutex
	node    int64
	last    int64 // seconds since idEpoch
	counter int64
}

// SetNode sets the number (0 to 31) that keeps the ids of several processes
// on one database apart. Call it once, before the first NewID.
func SetNode(n int) {
	ids.Lock()
	defer ids.Unlock()
	ids.node = int64(n) & 31
}

// NewID returns an id that no other NewID of the same node has returned. Its
// layout is 31 bits of seconds, 5 of node and 17 of counter: below 2^53, so
// that a JavaScript number holds it, and rising, so that it sorts by age. The
// second may run ahead of the clock when more than 131,072 are asked for in one.
func NewID() int64 {
	ids.Lock()
	defer ids.Unlock()
	now := time.Now().Unix() - idEpoch
	switch {
	case ids.last == 0:
		// The process before may have been killed in this very second: what it gave
		// out ends here, so this one begins after it. The random start is for a third
		// process within one second.
		ids.last, ids.counter = now+1, rand.Int64N(1<<16)
	case now > ids.last:
		ids.last, ids.counter = now, 0
	case ids.counter == 1<<17-1:
		ids.last, ids.counter = ids.last+1, 0
	default:
		ids.counter++
	}
	return ids.last<<22 | ids.node<<17 | ids.counter
}
