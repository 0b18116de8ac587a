package gateway_test

import (
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"pingzhang/hj212"
	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/gateway"
	"pingzhang/internal/sqldb"
	"pingzhang/internal/sqldb/sqldbtest"
)

// host is another platform: it keeps what it gets, and answers while it may.
type host struct {
	t testing.TB
	l net.Listener

	mu     sync.Mutex
	got    []string // segments, in the order in which they came
	silent bool
	conns  []net.Conn
}

func newHost(t testing.TB, addr string) *host {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	h := &host{t: t, l: l}
	t.Cleanup(h.close)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			h.mu.Lock()
			h.conns = append(h.conns, conn)
			h.mu.Unlock()
			go h.serve(conn)
		}
	}()
	return h
}

func (h *host) close() {
	h.l.Close()
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, c := range h.conns {
		c.Close()
	}
}

func (h *host) serve(conn net.Conn) {
	var framer hj212.Framer
	var m hj212.Message
	for {
		f, ok := framer.Next()
		if !ok {
			if _, err := framer.Fill(conn); err != nil {
				return
			}
			continue
		}
		h.mu.Lock()
		h.got = append(h.got, string(f.Data))
		silent := h.silent
		h.mu.Unlock()
		if m.Parse(f.Data) == nil && !silent {
			if b, ok := hj212.AppendAck(nil, &m, hj212.Auto); ok {
				conn.Write(b)
			}
		}
	}
}

func (h *host) segments() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]string(nil), h.got...)
}

func (r *rig) target(addr string, change func(*gateway.Target)) gateway.Target {
	r.t.Helper()
	t := gateway.Target{Name: "省平台（示例）", Address: addr, Enabled: true}
	if change != nil {
		change(&t)
	}
	saved, err := r.server.SaveTarget(r.t.Context(), operator, t)
	if err != nil {
		r.t.Fatal(err)
	}
	return saved
}

func (r *rig) standing(id int64) gateway.Target {
	r.t.Helper()
	all, err := r.server.Targets(r.t.Context(), operator)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, t := range all {
		if t.ID == id {
			return t
		}
	}
	r.t.Fatalf("no target %d", id)
	return gateway.Target{}
}

func TestForward(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		r := newRig(t, db, nil)
		h := newHost(t, "127.0.0.1:0")
		all := r.target(h.l.Addr().String(), nil)
		one := newHost(t, "127.0.0.1:0")
		r.target(one.l.Addr().String(), func(t *gateway.Target) { t.Points = []gateway.PointID{2} })
		l := r.dial()
		var sent []string
		for i := range 200 {
			at := at8.Add(time.Duration(i) * time.Minute)
			f := minute(hj212.Stamp(at.Add(time.Minute))+"000", hj212.Stamp(at), fmt.Sprint(i))
			sent = append(sent, f[6:len(f)-6])
			l.send(f)
		}
		unasked := frame("ST=32;CN=2051;PW=123456;MN=" + mn2005 + ";CP=&&DataTime=20260801080000;011-Avg=40.1,011-Flag=N&&")
		l.send(unasked)
		for range 200 {
			l.next()
		}
		eventually(t, "everything is forwarded", func() bool { return len(h.segments()) == 201 && r.standing(all.ID).Backlog == 0 })
		want(t, "the original segments, in their order", strings.Join(h.segments()[:200], "\n"), strings.Join(sent, "\n"))
		standing := r.standing(all.ID)
		want(t, "sent", standing.Sent, 201)
		want(t, "acknowledged", standing.Acked, 200)
		eventually(t, "the other target has the frame of its point", func() bool {
			got := one.segments()
			return len(got) == 1 && got[0] == unasked[6:len(unasked)-6]
		})
	}, gatewaySets()...)
}

func TestForwardAcrossRestart(t *testing.T) {
	r := newRig(t, sqlite(t), nil)
	h := newHost(t, "127.0.0.1:0")
	addr := h.l.Addr().String()
	h.close() // nobody is there yet
	target := r.target(addr, nil)
	l := r.dial()
	for i := range 100 {
		at := at8.Add(time.Duration(i) * time.Minute)
		l.send(minute(hj212.Stamp(at)+"000", hj212.Stamp(at), fmt.Sprint(i)))
	}
	for range 100 {
		l.next() // ingest goes on
	}
	eventually(t, "the page says why", func() bool {
		s := r.standing(target.ID)
		return s.Backlog == 100 && strings.Contains(s.Trouble, "拒绝连接")
	})
	r.stop()
	later := newHost(t, addr)
	r.start()
	eventually(t, "the queue is sent after the restart", func() bool {
		return len(later.segments()) == 100 && r.standing(target.ID).Backlog == 0
	})
	want(t, "trouble", r.standing(target.ID).Trouble, "")
}

func TestForwardBacklog(t *testing.T) {
	r := newRig(t, sqlite(t), nil)
	h := newHost(t, "127.0.0.1:0")
	addr := h.l.Addr().String()
	h.close()
	target := r.target(addr, func(t *gateway.Target) { t.MaxBacklog = 10 })
	l := r.dial()
	for i := range 15 {
		at := at8.Add(time.Duration(i) * time.Minute)
		l.send(minute(hj212.Stamp(at)+"000", hj212.Stamp(at), fmt.Sprint(i)))
		l.next()
	}
	want(t, "backlog", r.standing(target.ID).Backlog, 10)
	later := newHost(t, addr)
	eventually(t, "those kept are sent and the others counted", func() bool {
		s := r.standing(target.ID)
		return len(later.segments()) == 10 && s.Dropped == 5
	})
}

func TestSaveTarget(t *testing.T) {
	r := newRig(t, sqlite(t), nil)
	county := access.Caller{Login: "li", Scope: access.Scope{Divisions: []access.Division{"231121"}}}.Grant("frame.operate")
	for _, tt := range []struct {
		name   string
		by     access.Caller
		target gateway.Target
		kind   fault.Kind
	}{
		{"a county may not", county, gateway.Target{Name: "a", Address: "10.1.2.3:9212"}, fault.Denied},
		{"an address needs a port", operator, gateway.Target{Name: "a", Address: "10.1.2.3"}, fault.Invalid},
		{"a target needs a name", operator, gateway.Target{Address: "10.1.2.3:9212"}, fault.Invalid},
		{"a version that nobody saw", operator, gateway.Target{ID: 5, Version: 3, Name: "a", Address: "10.1.2.3:9212"}, fault.Conflict},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := r.server.SaveTarget(t.Context(), tt.by, tt.target); !fault.Is(err, tt.kind) {
				t.Errorf("SaveTarget: %v; want %s", err, tt.kind)
			}
		})
	}
}
