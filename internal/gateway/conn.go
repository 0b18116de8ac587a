package gateway

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"

	"pingzhang/hj212"
)

// conn is one connection. One goroutine reads it; a second exists only while
// there is something to write.
type conn struct {
	s      *Server
	tcp    net.Conn
	remote netip.AddrPort
	since  time.Time

	framer  hj212.Framer
	rubbish bucket // how many refused frames may still be kept
	wasted  int64  // bytes of refused frames and of none since the last good frame

	mu      sync.Mutex
	out     []byte // not yet written
	spare   []byte
	writing bool
	closed  bool
	lives   []*live // devices heard here
}

// serve reads the connection to its end.
func (c *conn) serve() {
	defer c.close()
	for {
		pending := c.framer.Pending() > 0
		wait := c.s.cfg.Idle
		if pending {
			wait = c.s.cfg.HalfFrame
		} else {
			c.framer.Release()
		}
		if c.s.stopping.Load() {
			return
		}
		c.tcp.SetReadDeadline(time.Now().Add(wait))
		n, err := c.framer.Fill(c.tcp)
		c.s.meter.bytes.Add(n)
		switch {
		case err == nil:
		case c.s.stopping.Load():
			// What came in the last read is still taken.
		case errors.Is(err, os.ErrDeadlineExceeded) && pending:
			c.framer.Expire()
		case errors.Is(err, io.EOF):
			c.framer.Flush()
		default:
			return
		}
		if !c.frames() || err != nil && !(errors.Is(err, os.ErrDeadlineExceeded) && pending) {
			return
		}
	}
}

// frames takes what is whole in the framer. It returns false when the connection
// is to be closed: it sends nothing but rubbish.
func (c *conn) frames() bool {
	var st *stage
	var w *worker
	from := origin{conn: c, remote: c.remote}
	for {
		f, ok := c.framer.Next()
		if !ok {
			break
		}
		if st == nil {
			st, w = c.s.stages.Get().(*stage), c.s.workers.Get().(*worker)
			st.conn = c
			from.at = c.s.cfg.Now()
		}
		c.skipped(f.Skipped)
		if r := c.s.take(st, w, &f, from); r != nil {
			c.wasted += int64(len(f.Raw))
			c.s.refuse(r, &w.m, from, c.rubbish.take(from.at))
		} else {
			c.wasted = 0
		}
		if st.weight() >= c.s.cfg.StageFrames {
			c.s.enqueue(st)
			st = c.s.stages.Get().(*stage)
			st.conn = c
		}
	}
	if st != nil {
		c.s.workers.Put(w)
		if st.empty() {
			st.reset()
			c.s.stages.Put(st)
		} else {
			c.s.enqueue(st)
		}
	}
	if c.wasted+c.framer.Skipped() > c.s.cfg.MaxRubbish {
		c.s.meter.cut.Inc()
		return false
	}
	return true
}

func (c *conn) skipped(n int) {
	if n > 0 {
		c.s.meter.skipped.Add(n)
	}
}

// carries notes that the device of l speaks here; l.mu is held by the caller.
func (c *conn) carries(l *live) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, have := range c.lives {
		if have == l {
			return
		}
	}
	c.lives = append(c.lives, l)
}

// send queues bytes for the peer. It never waits. A peer that does not read
// loses the connection: its answers would grow without bound. It returns false
// when the connection is gone.
func (c *conn) send(b []byte) bool {
	if len(b) == 0 {
		return true
	}
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return false
	}
	if len(c.out)+len(b) > c.s.cfg.MaxOut {
		c.mu.Unlock()
		c.s.meter.slow.Inc()
		c.tcp.Close()
		return false
	}
	c.out = append(c.out, b...)
	start := !c.writing
	c.writing = true
	c.mu.Unlock()
	if start {
		c.s.writers.Add(1)
		go c.write()
	}
	return true
}

// write writes until nothing is left.
func (c *conn) write() {
	defer c.s.writers.Done()
	for {
		c.mu.Lock()
		if len(c.out) == 0 || c.closed {
			c.writing = false
			if cap(c.out) > 4096 {
				c.out, c.spare = nil, nil // an idle connection keeps no large buffer
			}
			c.mu.Unlock()
			return
		}
		b := c.out
		c.out, c.spare = c.spare[:0], b
		c.mu.Unlock()
		c.tcp.SetWriteDeadline(time.Now().Add(c.s.cfg.WriteWait))
		if _, err := c.tcp.Write(b); err != nil {
			if errors.Is(err, os.ErrDeadlineExceeded) {
				c.s.meter.slow.Inc()
			}
			c.tcp.Close()
			c.mu.Lock()
			c.writing = false
			c.mu.Unlock()
			return
		}
	}
}

// close ends reading. At a stop the answers of what is still to be committed
// have to go out, so the server closes the socket itself then.
func (c *conn) close() {
	if c.s.stopping.Load() {
		return
	}
	c.shut()
	c.s.forget(c)
}

func (c *conn) shut() {
	c.tcp.Close()
	c.mu.Lock()
	c.closed = true
	c.out, c.spare = nil, nil
	lives := c.lives
	c.lives = nil
	c.mu.Unlock()
	for _, l := range lives {
		l.left(c)
	}
}

// bucket lets n things pass at once and then rate a second.
type bucket struct {
	level float64
	at    time.Time
	rate  float64
	size  float64
}

func (b *bucket) take(now time.Time) bool {
	if b.at.IsZero() {
		b.level = b.size
	} else if d := now.Sub(b.at); d > 0 {
		b.level = min(b.size, b.level+d.Seconds()*b.rate)
	}
	b.at = now
	if b.level < 1 {
		return false
	}
	b.level--
	return true
}
