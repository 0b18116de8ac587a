package instrument

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"pingzhang/hj212"
)

// Client is a device on the line: it connects, sends what is due, sends again
// what is not answered, and answers commands.
type Client struct {
	Device  *Device
	Addr    string
	OnAck   func(Packet) // told of each packet that the host has acknowledged
	Stats   *Stats
	Window  int           // packets on the way at once; 32
	AckWait time.Duration // before a packet is sent again; 5 s
	Retries int           // of a packet on one connection, then it reconnects; 3
	Every   time.Duration // how often it looks whether something is due; 1 s

	mu      sync.Mutex
	waiting []*flying // in the order of sending; those not sent yet last
}

// Stats are what clients have done, all together.
type Stats struct {
	Sent, Resent, Acked, Connects, Lost, Commands atomic.Int64
}

type flying struct {
	Packet
	sent  int       // how often
	until time.Time // when it is to be sent again
}

func (c *Client) defaults() {
	if c.Stats == nil {
		c.Stats = &Stats{}
	}
	if c.Window == 0 {
		c.Window = 32
	}
	if c.AckWait == 0 {
		c.AckWait = 5 * time.Second
	}
	if c.Retries == 0 {
		c.Retries = 3
	}
	if c.Every == 0 {
		c.Every = time.Second
	}
}

// Push queues packets for sending, behind those that are waiting.
func (c *Client) Push(all ...Packet) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range all {
		c.waiting = append(c.waiting, &flying{Packet: p})
	}
}

// Waiting is the number of packets that are not answered, or not sent.
func (c *Client) Waiting() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.waiting)
}

// Run works until ctx ends. It connects again whenever the connection breaks.
func (c *Client) Run(ctx context.Context) { c.run(ctx, false) }

// Drain works until everything that was pushed has been sent and answered, or
// ctx ends; then its error is returned. Nothing new becomes due.
func (c *Client) Drain(ctx context.Context) error {
	c.run(ctx, true)
	if c.Waiting() > 0 {
		return ctx.Err()
	}
	return nil
}

func (c *Client) run(ctx context.Context, drain bool) {
	c.defaults()
	pause := 50 * time.Millisecond
	for ctx.Err() == nil && !(drain && c.Waiting() == 0) {
		began := time.Now()
		err := c.connection(ctx, drain)
		if err == nil {
			continue
		}
		if time.Since(began) > 2*time.Second || errors.Is(err, errBreak) {
			pause = 50 * time.Millisecond
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		pause = min(2*pause, 5*time.Second)
	}
}

var (
	errBreak  = errors.New("the device breaks the connection")
	errSilent = errors.New("the host does not answer")
)

// connection lives one connection.
func (c *Client) connection(ctx context.Context, drain bool) error {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", c.Addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	c.Stats.Connects.Add(1)
	c.unsend()
	news := make(chan struct{}, 1)
	failed := make(chan error, 1)
	go func() { failed <- c.read(conn, news) }()
	timer := time.NewTicker(min(c.Every, c.AckWait/2))
	defer timer.Stop()
	for {
		if !drain {
			c.Push(c.Device.Due()...)
		}
		if err := c.write(conn, drain); err != nil {
			return err
		}
		if drain && c.Waiting() == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-failed:
			return err
		case <-news:
		case <-timer.C:
		}
	}
}

// unsend makes what was on the way be sent again: the connection it went over is
// gone.
func (c *Client) unsend() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, f := range c.waiting {
		f.until = time.Time{}
		if f.sent > 0 {
			f.sent = 1
		}
	}
}

// write sends what may be sent now. What drains is not held for a burst: nothing
// more will come to fill it.
func (c *Client) write(conn net.Conn, drain bool) error {
	now := time.Now()
	c.mu.Lock()
	var out []*flying
	faults := &c.Device.Spec.Faults
	held := !drain && faults.Burst > 0 && len(c.waiting) < faults.Burst
	for _, f := range c.waiting[:min(c.Window, len(c.waiting))] {
		switch {
		case f.sent > c.Retries && !f.until.After(now):
			c.mu.Unlock()
			return errSilent
		case f.sent == 0 && held:
		case !f.until.After(now):
			out = append(out, f)
		}
	}
	c.mu.Unlock()
	for _, f := range out {
		if err := c.writeOne(conn, f); err != nil {
			return err
		}
	}
	return nil
}

// writeOne sends a packet, with the faults that befall it the first time.
func (c *Client) writeOne(conn net.Conn, f *flying) error {
	d := c.Device
	faults := &d.Spec.Faults
	b := f.Bytes
	hit := func(chance float64) bool { return chance > 0 && d.chance() < chance }
	first := f.sent == 0
	lost := first && hit(faults.Loss)
	if first && hit(faults.WrongCRC) {
		b = f.damaged()
	}
	if first && hit(faults.Duplicate) {
		b = append(append([]byte(nil), b...), b...)
	}
	if first {
		c.Stats.Sent.Add(1)
	} else {
		c.Stats.Resent.Add(1)
	}
	c.mu.Lock()
	f.sent++
	f.until = time.Now().Add(c.AckWait)
	if !f.Wants && !lost {
		c.remove(f)
	}
	c.mu.Unlock()
	if lost {
		c.Stats.Lost.Add(1)
		return nil
	}
	conn.SetWriteDeadline(time.Now().Add(10 * time.Second))
	if first && hit(faults.Split) {
		half := 1 + int(d.chance()*float64(len(b)-2))
		if _, err := conn.Write(b[:half]); err != nil {
			return err
		}
		b = b[half:]
	}
	if _, err := conn.Write(b); err != nil {
		return err
	}
	if first && hit(faults.Reconnect) {
		return errBreak
	}
	return nil
}

// remove takes f off the waiting list; c.mu is held.
func (c *Client) remove(f *flying) {
	for i, g := range c.waiting {
		if g == f {
			c.waiting = append(c.waiting[:i], c.waiting[i+1:]...)
			return
		}
	}
}

func (d *Device) chance() float64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.random.Float64()
}

// read takes the answers and commands of the host.
func (c *Client) read(conn net.Conn, news chan<- struct{}) error {
	var framer hj212.Framer
	var m hj212.Message
	for {
		f, ok := framer.Next()
		if !ok {
			if _, err := framer.Fill(conn); err != nil {
				return err
			}
			continue
		}
		if f.Err != nil || m.Parse(f.Data) != nil {
			continue
		}
		if m.CN == hj212.CNData || m.CN == hj212.CNNotify {
			c.acknowledged(&m)
			select {
			case news <- struct{}{}:
			default:
			}
			continue
		}
		c.Stats.Commands.Add(1)
		b, err := c.Device.answer(&m)
		if err != nil {
			return err
		}
		conn.SetWriteDeadline(time.Now().Add(10 * time.Second))
		if _, err := conn.Write(b); err != nil {
			return err
		}
	}
}

func (c *Client) acknowledged(m *hj212.Message) {
	c.mu.Lock()
	var hit *flying
	for _, f := range c.waiting {
		if f.sent > 0 && f.answeredBy(c.Device, m) {
			hit = f
			c.remove(f)
			break
		}
	}
	c.mu.Unlock()
	if hit == nil {
		return
	}
	c.Stats.Acked.Add(1)
	if c.OnAck != nil {
		c.OnAck(hit.Packet)
	}
}
