package gateway

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"time"

	"pingzhang/hj212"
	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/journal"
	"pingzhang/internal/sqldb"
)

// passed is a frame that is to be forwarded.
type passed struct {
	target int64
	at     int64
	raw    []byte // with its line end
}

func (st *stage) pass(target int64, raw []byte, at time.Time) {
	b := make([]byte, 0, len(raw)+2)
	st.passed = append(st.passed, passed{target, at.Unix(), append(append(b, raw...), '\r', '\n')})
}

// forwarder keeps the queues and runs a sender for each target.
type forwarder struct {
	s     *Server
	print string // of the settings in use; under Server.mu

	mu      sync.Mutex
	targets map[int64]Target
	senders map[int64]*sender
	backlog map[int64]int64 // frames that wait; counted at the start
	ctx     context.Context // nil before run
	dropped map[int64]int64 // not yet written down
	wg      sync.WaitGroup
}

func newForwarder(s *Server) *forwarder {
	return &forwarder{s: s, targets: map[int64]Target{}, senders: map[int64]*sender{}, backlog: map[int64]int64{}, dropped: map[int64]int64{}}
}

// use makes all the targets of this moment.
func (f *forwarder) use(all []Target) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.targets = map[int64]Target{}
	for _, t := range all {
		f.targets[t.ID] = t
	}
	f.sync()
}

// sync starts and stops senders; f.mu is held.
func (f *forwarder) sync() {
	if f.ctx == nil {
		return
	}
	for id, t := range f.targets {
		have := f.senders[id]
		if have != nil && have.address == t.Address && t.Enabled {
			continue
		}
		if have != nil {
			have.stop()
			delete(f.senders, id)
		}
		if !t.Enabled || f.ctx.Err() != nil {
			continue
		}
		ctx, stop := context.WithCancel(f.ctx)
		n := &sender{f: f, id: id, address: t.Address, stop: stop, wake: make(chan struct{}, 1), ended: make(chan struct{})}
		if have != nil {
			n.before = have.ended
		}
		f.senders[id] = n
		f.wg.Add(1)
		go func() {
			defer f.wg.Done()
			n.run(ctx)
		}()
	}
}

func (f *forwarder) run(ctx context.Context) {
	f.mu.Lock()
	f.ctx = ctx
	f.sync()
	f.mu.Unlock()
	<-ctx.Done()
	f.wg.Wait()
}

// keep queues frames durably before they are acknowledged. Where that fails they
// are counted as dropped: forwarding never holds the reading up.
func (f *forwarder) keep(all []passed) {
	if len(all) == 0 {
		return
	}
	ctx := context.Background()
	take := f.room(ctx, all)
	err := f.s.cfg.DB.InTx(ctx, func(tx *sqldb.Tx) error {
		for _, p := range take {
			if _, err := tx.Exec(ctx, `
				INSERT INTO forward_queue (target, seq, received_at, raw)
				VALUES ($1, $2, $3, $4)`, p.target, sqldb.NewID(), p.at, p.raw); err != nil {
				return err
			}
		}
		return nil
	})
	f.s.trouble.queue(err)
	f.mu.Lock()
	defer f.mu.Unlock()
	if err != nil {
		slog.Error("frames are not forwarded", "frames", len(take), "err", err)
		for _, p := range take {
			f.backlog[p.target]--
			f.dropped[p.target]++
		}
		return
	}
	for _, n := range f.senders {
		n.nudge()
	}
}

// room returns those of all that the backlogs have room for, and counts them.
func (f *forwarder) room(ctx context.Context, all []passed) []passed {
	f.mu.Lock()
	defer f.mu.Unlock()
	take := all[:0:0]
	for _, p := range all {
		n, counted := f.backlog[p.target]
		if !counted {
			n, _, _ = sqldb.Value[int64](ctx, f.s.cfg.DB, `SELECT COUNT(*) FROM forward_queue WHERE target = $1`, p.target)
		}
		if t := f.targets[p.target]; n >= t.MaxBacklog {
			f.backlog[p.target] = n
			f.dropped[p.target]++
			continue
		}
		f.backlog[p.target] = n + 1
		take = append(take, p)
	}
	return take
}

// release gives the targets back, when the senders have ended.
func (f *forwarder) release(ctx context.Context) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.targets) == 0 {
		return nil
	}
	return f.s.cfg.DB.InTx(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE forward_targets SET lease_until = 0 WHERE node = $1`, f.s.cfg.Node)
		return err
	})
}

// sender sends the queue of one target.
type sender struct {
	f       *forwarder
	id      int64
	address string
	stop    context.CancelFunc
	wake    chan struct{}
	before  chan struct{} // of the sender that this one replaces
	ended   chan struct{}

	conn   net.Conn
	framer hj212.Framer
}

func (n *sender) nudge() {
	select {
	case n.wake <- struct{}{}:
	default:
	}
}

// How a target is spoken to.
const (
	forwardWindow = 64               // frames on the way at once
	ackWait       = 10 * time.Second // as a mobile device has it (HJ 212-2017 table 1)
	forwardTries  = 4                // one and three times more
	maxBackOff    = time.Minute
	forwardLease  = 30 * time.Second
)

func (n *sender) run(ctx context.Context) {
	defer close(n.ended)
	if n.before != nil {
		<-n.before
	}
	backOff := time.Second
	for ctx.Err() == nil {
		more, err := n.window(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			n.hangUp()
			n.note(ctx, "连接或应答失败："+plain(err))
			n.rest(ctx, backOff/2+rand.N(backOff))
			backOff = min(2*backOff, maxBackOff)
		case !more:
			n.rest(ctx, time.Second)
		default:
			backOff = time.Second
		}
	}
	n.hangUp()
}

// plain is the cause of a failed connection in words.
func plain(err error) string {
	var timeout net.Error
	switch {
	case errors.As(err, &timeout) && timeout.Timeout():
		return "对方超时无应答"
	case errors.Is(err, io.EOF):
		return "对方关闭了连接"
	case strings.Contains(err.Error(), "refused"):
		return "对方拒绝连接"
	}
	return err.Error()
}

// rest waits for news, at most d.
func (n *sender) rest(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	if d <= time.Second {
		select {
		case <-ctx.Done():
		case <-n.wake:
		case <-timer.C:
		}
		return
	}
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

func (n *sender) hangUp() {
	if n.conn != nil {
		n.conn.Close()
		n.conn = nil
	}
}

type queued struct {
	Seq int64  `db:"seq"`
	Raw []byte `db:"raw"`

	wants bool // an answer
	done  bool // sent, and answered where it wants that
	qn    string
	cn    hj212.CN
}

// window sends the next frames of the queue and removes what has been delivered.
// more is false when there is nothing to send.
func (n *sender) window(ctx context.Context) (more bool, err error) {
	frames, err := sqldb.All[queued](ctx, n.f.s.cfg.DB, `
		SELECT seq, raw
		  FROM forward_queue
		 WHERE target = $1
		 ORDER BY seq
		 LIMIT $2`, n.id, forwardWindow)
	if err != nil || len(frames) == 0 && !n.f.owes(n.id) {
		return false, err
	}
	mine, err := n.claim(ctx)
	if err != nil || !mine {
		return false, err
	}
	if len(frames) == 0 {
		return false, n.delivered(ctx, nil, 0, 0)
	}
	if n.conn == nil {
		dialer := net.Dialer{Timeout: ackWait}
		if n.conn, err = dialer.DialContext(ctx, "tcp", n.address); err != nil {
			n.conn = nil
			return true, err
		}
		n.framer = hj212.Framer{}
	}
	conn := n.conn
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	return true, n.deliver(ctx, frames)
}

// claim makes this node the one that sends to the target, for a while.
func (n *sender) claim(ctx context.Context) (bool, error) {
	now := n.f.s.cfg.Now()
	mine := false
	err := n.f.s.cfg.DB.InTx(ctx, func(tx *sqldb.Tx) error {
		changed, err := tx.Exec(ctx, `
			UPDATE forward_targets
			   SET node        = $1,
			       lease_until = $2
			 WHERE id = $3
			   AND (node = $4 OR lease_until < $5)`,
			n.f.s.cfg.Node, now.Add(forwardLease).Unix(), n.id, n.f.s.cfg.Node, now.Unix())
		mine = changed == 1
		return err
	})
	return mine, err
}

// deliver sends frames until those that want an answer have it. When some are
// answered and others, after several tries, are not, the target does not take
// these, and waiting for them would hold up the rest for ever.
func (n *sender) deliver(ctx context.Context, frames []queued) error {
	var m hj212.Message
	for i := range frames {
		q := &frames[i]
		framer := hj212.Framer{MaxLen: hj212.MaxSegment}
		framer.Push(q.Raw)
		framer.Flush()
		if f, ok := framer.Next(); ok {
			m.Parse(f.Data) // the header is read, even where the content is encrypted
			q.wants = m.Answers(hj212.Auto) != 0
			q.qn, q.cn = string(m.RefQN()), m.CN
		}
	}
	for range forwardTries {
		for i := range frames {
			q := &frames[i]
			if q.done {
				continue
			}
			if err := n.write(q.Raw); err != nil {
				return err
			}
			q.done = !q.wants
		}
		err := n.answers(ctx, frames)
		if err == nil {
			break
		}
		var timeout net.Error
		if !errors.As(err, &timeout) || !timeout.Timeout() {
			return err
		}
	}
	var seqs []int64
	acked := int64(0)
	for i := range frames {
		if frames[i].done {
			seqs = append(seqs, frames[i].Seq)
			if frames[i].wants {
				acked++
			}
		}
	}
	refused := int64(len(frames) - len(seqs))
	if refused > 0 && acked == 0 {
		// It answers nothing: it is down, not particular. What wanted no answer is
		// sent again with the rest; receiving twice is harmless.
		return errNoAnswer
	}
	if refused > 0 {
		seqs = seqs[:0]
		for i := range frames {
			seqs = append(seqs, frames[i].Seq)
		}
	}
	return n.delivered(ctx, seqs, acked, refused)
}

var errNoAnswer = &net.OpError{Op: "read", Net: "tcp", Err: timeoutError{}}

type timeoutError struct{}

func (timeoutError) Error() string   { return "no answer" }
func (timeoutError) Timeout() bool   { return true }
func (timeoutError) Temporary() bool { return true }

func (n *sender) write(b []byte) error {
	n.conn.SetWriteDeadline(time.Now().Add(ackWait))
	_, err := n.conn.Write(b)
	return err
}

// answers reads until every frame is done, or nothing has come in time.
func (n *sender) answers(ctx context.Context, frames []queued) error {
	var m hj212.Message
	left := 0
	for i := range frames {
		if !frames[i].done {
			left++
		}
	}
	deadline := time.Now().Add(ackWait)
	for left > 0 {
		f, ok := n.framer.Next()
		if !ok {
			n.conn.SetReadDeadline(deadline)
			if _, err := n.framer.Fill(n.conn); err != nil {
				return err
			}
			continue
		}
		if f.Err != nil || m.Parse(f.Data) != nil || m.CN != hj212.CNData && m.CN != hj212.CNNotify {
			continue
		}
		for i := range frames {
			if q := &frames[i]; !q.done && answersTo(&m, q) {
				q.done = true
				left--
				deadline = time.Now().Add(ackWait)
				break
			}
		}
	}
	return ctx.Err()
}

// answersTo reports whether m answers q: by QN, or, where 2005 has none, by the
// command alone.
func answersTo(m *hj212.Message, q *queued) bool {
	if ref := m.RefQN(); len(ref) > 0 || q.qn != "" {
		return string(ref) == q.qn
	}
	v, _ := m.Param("CN")
	return string(v) == q.cn.String()
}

// owes reports whether frames were dropped that the table does not know of yet.
func (f *forwarder) owes(id int64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.dropped[id] > 0
}

// delivered removes frames from the queue and counts.
func (n *sender) delivered(ctx context.Context, seqs []int64, acked, refused int64) error {
	f := n.f
	f.mu.Lock()
	dropped := f.dropped[n.id]
	f.mu.Unlock()
	position := int64(0)
	err := f.s.cfg.DB.InTx(ctx, func(tx *sqldb.Tx) error {
		for _, seq := range seqs {
			if _, err := tx.Exec(ctx, `DELETE FROM forward_queue WHERE target = $1 AND seq = $2`, n.id, seq); err != nil {
				return err
			}
			position = max(position, seq)
		}
		if refused > 0 {
			if err := journal.Append(ctx, tx, entry(access.Platform(), "forward.unanswered", fmt.Sprintf("forward/%d", n.id), "", 0,
				map[string]any{"frames": refused})); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `
			UPDATE forward_targets
			   SET position = CASE WHEN position < $1 THEN $2 ELSE position END,
			       sent     = sent + $3,
			       acked    = acked + $4,
			       dropped  = dropped + $5,
			       trouble  = ''
			 WHERE id = $6`, position, position, int64(len(seqs))-refused, acked, dropped+refused, n.id)
		return err
	})
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.dropped[n.id] -= dropped
	if _, counted := f.backlog[n.id]; counted {
		f.backlog[n.id] = max(0, f.backlog[n.id]-int64(len(seqs)))
	}
	return nil
}

// note says in the table what keeps the target from being reached.
func (n *sender) note(ctx context.Context, text string) {
	err := n.f.s.cfg.DB.InTx(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE forward_targets SET trouble = $1 WHERE id = $2`, text, n.id)
		return err
	})
	if err != nil && !fault.Is(err, fault.Unavailable) {
		slog.Error("the state of a forward target was not written down", "target", n.id, "err", err)
	}
}
