package gateway_test

import (
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pingzhang/hj212"
	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/gateway"
	"pingzhang/internal/journal"
	"pingzhang/internal/measure"
	"pingzhang/internal/register"
	"pingzhang/internal/sqldb"
	"pingzhang/internal/sqldb/sqldbtest"
)

// registry is a register of points in memory.
type registry struct {
	mu     sync.Mutex
	points []register.Point
	rev    int64
	saved  []string // what SaveTx was given
}

func (r *registry) put(p register.Point) register.Point {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rev++
	p.Rev = r.rev
	if p.State == "" {
		p.State = register.Active
	}
	if p.Division == "" {
		p.Division = "231102"
	}
	if p.Name == "" {
		p.Name = "示例排口" + p.MN
	}
	r.points = slices.DeleteFunc(r.points, func(q register.Point) bool { return q.ID == p.ID })
	r.points = append(r.points, p)
	return p
}

func (r *registry) Points(context.Context, access.Caller) ([]register.Point, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.points), nil
}

func (r *registry) Changes(_ context.Context, _ access.Caller, since int64, _ int) ([]register.Entry, int64, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []register.Entry
	for _, p := range r.points {
		if p.Rev > since {
			all = append(all, entryOf(p))
		}
	}
	return all, r.rev, nil
}

func (r *registry) Entry(_ context.Context, _ access.Caller, id int64) (register.Entry, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range r.points {
		if p.ID == id {
			return entryOf(p), nil
		}
	}
	return register.Entry{}, fault.New(fault.NotFound, "没有")
}

func (r *registry) SaveTx(_ context.Context, _ *sqldb.Tx, _ access.Caller, e register.Entry, _ string) (register.Entry, error) {
	r.put(register.PointOf(e))
	r.mu.Lock()
	defer r.mu.Unlock()
	r.saved = append(r.saved, e.Text("password")+"/"+e.Text("sm4_key"))
	return e, nil
}

func entryOf(p register.Point) register.Entry {
	return register.Entry{
		ID: p.ID, Register: register.PointEntry, Code: p.Code, Name: p.Name, Division: p.Division, Enterprise: p.Enterprise,
		State: p.State, Rev: p.Rev,
		Data: map[string]any{
			"kind": p.Kind, "mn": p.MN, "profile": p.Profile, "st": p.ST, "password": p.Password, "sm4_key": p.SM4Key, "tolerated_crc": p.ToleratedCRC,
		},
	}
}

// failing is a store that refuses while broken is set.
type failing struct {
	gateway.Appender
	mu     sync.Mutex
	broken error
}

func (f *failing) Append(ctx context.Context, frames []measure.Frame) (measure.Result, error) {
	f.mu.Lock()
	err := f.broken
	f.mu.Unlock()
	if err != nil {
		return measure.Result{}, err
	}
	return f.Appender.Append(ctx, frames)
}

func (f *failing) set(err error) {
	f.mu.Lock()
	f.broken = err
	f.mu.Unlock()
}

// rig is a gateway on a loopback port with what is behind it.
type rig struct {
	t        testing.TB
	db       *sqldb.DB
	store    *measure.Store
	failing  *failing
	registry *registry
	server   *gateway.Server
	addr     string
	news     chan []gateway.PointID
	cfg      gateway.Config
	down     bool
}

func sqlite(t testing.TB) *sqldb.DB {
	return sqldbtest.SQLite(t, journal.Migrations, gateway.Migrations)
}

func newRig(t testing.TB, db *sqldb.DB, change func(*gateway.Config)) *rig {
	t.Helper()
	store, err := measure.Open(t.Context(), measure.Config{Dir: t.TempDir(), CacheMiB: 8})
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, db: db, store: store, registry: &registry{}, news: make(chan []gateway.PointID, 10_000)}
	t.Cleanup(func() { store.Close() })
	r.failing = &failing{Appender: store}
	r.registry.put(register.Point{ID: 1, MN: mn1, Profile: "2017", ST: "32", Password: "123456"})
	r.registry.put(register.Point{ID: 2, MN: mn2005, Profile: "2005", ST: "32", Password: "123456"})
	r.cfg = gateway.Config{
		DB: db, Store: r.failing, Registry: r.registry, Gather: time.Millisecond, AfterFailure: time.Millisecond,
		Committed: func(p []gateway.PointID) {
			select {
			case r.news <- p:
			default:
			}
		},
	}
	if change != nil {
		change(&r.cfg)
	}
	r.start()
	return r
}

const (
	mn1    = "010000A8900016F000169DC0"
	mn2005 = "88888880000001"
)

func (r *rig) start() {
	r.t.Helper()
	server, err := gateway.Open(r.t.Context(), r.cfg)
	if err != nil {
		r.t.Fatal(err)
	}
	addr, err := server.Listen("127.0.0.1:0")
	if err != nil {
		r.t.Fatal(err)
	}
	r.server, r.addr = server, addr.String()
	r.down = false
	r.t.Cleanup(func() {
		if err := server.Shutdown(context.Background()); err != nil {
			r.t.Error(err)
		}
	})
}

func (r *rig) stop() {
	r.t.Helper()
	if err := r.server.Shutdown(context.Background()); err != nil {
		r.t.Fatal(err)
	}
}

// line is a client that sends bytes and reads frames.
type line struct {
	t      testing.TB
	conn   net.Conn
	framer hj212.Framer
}

func (r *rig) dial() *line {
	r.t.Helper()
	conn, err := net.Dial("tcp", r.addr)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { conn.Close() })
	return &line{t: r.t, conn: conn}
}

func (l *line) send(b ...string) {
	l.t.Helper()
	if _, err := l.conn.Write([]byte(strings.Join(b, ""))); err != nil {
		l.t.Fatal(err)
	}
}

// patience is how long a test waits for what must come.
const patience = 10 * time.Second

// next returns the segment of the next frame that comes.
func (l *line) next() string {
	l.t.Helper()
	s, err := l.read(patience)
	if err != nil {
		l.t.Fatalf("no frame came: %v", err)
	}
	return s
}

func (l *line) read(wait time.Duration) (string, error) {
	l.conn.SetReadDeadline(time.Now().Add(wait))
	for {
		if f, ok := l.framer.Next(); ok {
			if f.Err != nil {
				return "", f.Err
			}
			return string(f.Data), nil
		}
		if _, err := l.framer.Fill(l.conn); err != nil {
			return "", err
		}
	}
}

// closed waits until the server has closed the connection.
func (l *line) closed() {
	l.t.Helper()
	l.conn.SetReadDeadline(time.Now().Add(patience))
	for {
		_, err := l.conn.Read(make([]byte, 4096))
		var timeout net.Error
		switch {
		case errors.As(err, &timeout) && timeout.Timeout():
			l.t.Fatal("the server has not closed the connection")
		case err == io.EOF, err != nil:
			return
		}
	}
}

// frame is the frame of a segment.
func frame(segment string) string {
	b, err := hj212.AppendFrame(nil, []byte(segment))
	if err != nil {
		panic(err)
	}
	return string(b)
}

// minute is a minute packet of mn1 that wants an answer.
func minute(qn, at, cod string) string {
	return frame("QN=" + qn + ";ST=32;CN=2051;PW=123456;MN=" + mn1 + ";Flag=5;CP=&&DataTime=" + at +
		";w01018-Min=" + cod + ",w01018-Avg=" + cod + ",w01018-Max=" + cod + ",w01018-Flag=N&&")
}

func ack(qn string) string {
	return "QN=" + qn + ";ST=91;CN=9014;PW=123456;MN=" + mn1 + ";Flag=4;CP=&&&&"
}

var at8 = time.Date(2026, 8, 1, 8, 0, 0, 0, hj212.Zone)

// rows returns what is stored of a point and kind as at=factor field=text lines.
func (r *rig) rows(point gateway.PointID, kind measure.Kind) []string {
	r.t.Helper()
	var all []string
	err := r.store.Rows(r.t.Context(), measure.RowQuery{Point: point, Kind: kind, From: 0, To: 4e9}, func(row measure.Row) error {
		line := time.Unix(row.At, 0).In(hj212.Zone).Format("0102 1504") + " " + row.Factor
		for _, v := range row.Values {
			line += " " + v.Field + "=" + v.Text
		}
		all = append(all, line)
		return nil
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return all
}

func want[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\n got %v\nwant %v", what, got, want)
	}
}

var operator = access.Caller{Login: "zhang", Name: "张三", Via: "web", Scope: access.Scope{Divisions: []access.Division{"231100"}}}.
	Grant("frame.read", "frame.operate", "monitor.read")

// eventually waits until ok is true; it is for what happens in the background
// and has no signal of its own.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("%s has not come about", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func gatewaySets() []sqldb.Migrations {
	return []sqldb.Migrations{journal.Migrations, gateway.Migrations}
}
