package gateway_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pingzhang/hj212"
	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/gateway"
	"pingzhang/internal/gateway/instrument"
	"pingzhang/internal/measure"
	"pingzhang/internal/sqldb"
	"pingzhang/internal/sqldb/sqldbtest"
)

// stopped is a clock that a test moves.
type stopped struct {
	mu sync.Mutex
	t  time.Time
}

func (c *stopped) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *stopped) add(d time.Duration) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
	return c.t
}

// at20 is a moment in the middle of a minute, at which clocks may be set.
var at20 = time.Date(2026, 8, 1, 8, 0, 20, 0, hj212.Zone)

// commandRig is a rig whose clock stands, with device 1 on the line.
func commandRig(t *testing.T, db *sqldb.DB) (*rig, *stopped, *line) {
	clock := &stopped{t: at20}
	r := newRig(t, db, func(c *gateway.Config) { c.Now = clock.now })
	l := r.dial()
	l.send(minute("20260801080020000", "20260801075900", "1"))
	l.next()
	return r, clock, l
}

func (r *rig) tick(now time.Time) {
	r.t.Helper()
	if err := r.server.Tick(r.t.Context(), now); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) command(id int64) gateway.Command {
	r.t.Helper()
	c, err := r.server.Command(r.t.Context(), operator, id)
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

func (r *rig) order(point gateway.PointID, o hj212.Order) gateway.Command {
	r.t.Helper()
	c, err := r.server.Order(r.t.Context(), operator, point, o)
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

// answer is a 9011 or 9012 of device 1.
func answer(qn, cn, item string) string {
	return frame("QN=" + qn + ";ST=91;CN=" + cn + ";PW=123456;MN=" + mn1 + ";Flag=4;CP=&&" + item + "&&")
}

func TestCommand(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		r, clock, l := commandRig(t, db)
		c := r.order(1, hj212.ReadClock(""))
		r.tick(clock.now())
		sent := l.next()
		qn := sent[3:20]
		want(t, "request (HJ 212-2017 C.4)", sent, "QN="+qn+";ST=32;CN=1011;PW=123456;MN="+mn1+";Flag=5;CP=&&&&")
		want(t, "state", r.command(c.ID).State, gateway.Sent)

		l.send(answer(qn, "9011", "QnRtn=1"))
		eventually(t, "accepted", func() bool { r.tick(clock.now()); return r.command(c.ID).State == gateway.Accepted })
		l.send(frame("QN=" + qn + ";ST=32;CN=1011;PW=123456;MN=" + mn1 + ";Flag=4;CP=&&SystemTime=20260801080133&&"))
		l.send(answer(qn, "9012", "ExeRtn=1"))
		eventually(t, "done", func() bool { r.tick(clock.now()); return r.command(c.ID).State == gateway.Done })
		got := r.command(c.ID)
		want(t, "returned", got.Returned["SystemTime"], "20260801080133")
		want(t, "ExeRtn", got.ExeRtn, hj212.ExeDone)
		want(t, "asked by", got.AskedBy, "zhang")

		var acts []string
		rows, err := sqldb.All[struct {
			Act string `db:"act"`
		}](t.Context(), db, `SELECT act FROM journal ORDER BY seq`)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			acts = append(acts, row.Act)
		}
		want(t, "journal", strings.Join(acts, " "), "command.order command.end")
	}, gatewaySets()...)
}

func TestCommandTimeouts(t *testing.T) {
	t.Run("no answer: sent once and three times more at 10 s, then given up (HJ 212-2017 6.2)", func(t *testing.T) {
		r, clock, l := commandRig(t, sqlite(t))
		c := r.order(1, hj212.ReadClock(""))
		r.tick(clock.now())
		first := l.next()
		for range 3 {
			r.tick(clock.add(9 * time.Second)) // too early
			r.tick(clock.add(time.Second))
			want(t, "sent again", l.next(), first)
		}
		r.tick(clock.add(10 * time.Second))
		got := r.command(c.ID)
		want(t, "state", got.State, gateway.TimedOut)
		want(t, "sendings", got.Tries, 4)
		want(t, "result", got.Result, "通讯不可用：多次重发无应答。")
	})
	t.Run("accepted and then nothing: given up after one timeout", func(t *testing.T) {
		r, clock, l := commandRig(t, sqlite(t))
		c := r.order(1, hj212.ReadClock(""))
		r.tick(clock.now())
		l.send(answer(l.next()[3:20], "9011", "QnRtn=1"))
		eventually(t, "accepted", func() bool { r.tick(clock.now()); return r.command(c.ID).State == gateway.Accepted })
		r.tick(clock.add(10 * time.Second))
		want(t, "state", r.command(c.ID).State, gateway.TimedOut)
	})
	t.Run("a policy has its own timeout", func(t *testing.T) {
		r, clock, l := commandRig(t, sqlite(t))
		if err := r.server.SetPolicy(t.Context(), operator, 1, gateway.Policy{Timeout: 5 * time.Second, Retries: 1}); err != nil {
			t.Fatal(err)
		}
		c := r.order(1, hj212.ReadClock(""))
		r.tick(clock.now())
		l.next()
		r.tick(clock.add(5 * time.Second))
		l.next()
		r.tick(clock.add(5 * time.Second))
		want(t, "state", r.command(c.ID).State, gateway.TimedOut)
	})
	t.Run("a device that does not connect for a day", func(t *testing.T) {
		r, clock, _ := commandRig(t, sqlite(t))
		r.db.Clock = clockOf{clock}
		c := r.order(2, hj212.ReadClock(""))
		r.tick(clock.now())
		want(t, "state", r.command(c.ID).State, gateway.Queued)
		r.tick(clock.add(24*time.Hour + 2*time.Second))
		want(t, "state", r.command(c.ID).State, gateway.TimedOut)
	})
	t.Run("the device refuses: one sentence says why", func(t *testing.T) {
		r, clock, l := commandRig(t, sqlite(t))
		c := r.order(1, hj212.ReadClock(""))
		r.tick(clock.now())
		l.send(answer(l.next()[3:20], "9011", "QnRtn=3"))
		eventually(t, "refused", func() bool { r.tick(clock.now()); return r.command(c.ID).State == gateway.CommandRefused })
		want(t, "result", r.command(c.ID).Result, "设备拒绝：密码错误（QnRtn=3）。")
	})
}

type clockOf struct{ c *stopped }

func (c clockOf) Now() time.Time { return c.c.now() }

func TestOneAtATime(t *testing.T) {
	r, clock, l := commandRig(t, sqlite(t))
	a := r.order(1, hj212.ReadClock(""))
	b := r.order(1, hj212.SetRtdInterval(60))
	r.tick(clock.now())
	qn := l.next()[3:20]
	r.tick(clock.now())
	want(t, "the second waits", r.command(b.ID).State, gateway.Queued)
	clock.add(time.Second)
	l.send(answer(qn, "9011", "QnRtn=1"), answer(qn, "9012", "ExeRtn=1"))
	eventually(t, "the first ended", func() bool { r.tick(clock.now()); return r.command(a.ID).State == gateway.Done })
	if got := l.next(); !strings.Contains(got, "CN=1062;") || !strings.Contains(got, "RtdInterval=60") {
		t.Errorf("second command %q; want 1062", got)
	}
	if err := r.server.Cancel(t.Context(), operator, b.ID); !fault.Is(err, fault.Conflict) {
		t.Errorf("cancelling what was sent: %v; want conflict", err)
	}
	c := r.order(1, hj212.ReadClock(""))
	if err := r.server.Cancel(t.Context(), operator, c.ID); err != nil {
		t.Error(err)
	}
	want(t, "state", r.command(c.ID).State, gateway.Cancelled)
}

// A device may end a command while its acceptance is still being written down:
// the end is written down too, and the next command goes out.
func TestEndWhileAccepting(t *testing.T) {
	r, clock, l := commandRig(t, sqlite(t))
	a := r.order(1, hj212.ReadClock(""))
	r.order(1, hj212.SetRtdInterval(60))
	r.tick(clock.now())
	qn := l.next()[3:20]
	heard := func(cn string) func() bool {
		return func() bool {
			seen, err := r.server.Recent(t.Context(), operator, 1)
			return err == nil && slices.ContainsFunc(seen, func(s gateway.Seen) bool { return strings.Contains(string(s.Raw), "CN="+cn) })
		}
	}
	err := r.db.InTx(t.Context(), func(*sqldb.Tx) error { // nobody else writes meanwhile
		l.send(answer(qn, "9011", "QnRtn=1"))
		eventually(t, "9011 has come", heard("9011"))
		time.Sleep(50 * time.Millisecond) // a tick takes it up and waits to write
		l.send(answer(qn, "9012", "ExeRtn=1"))
		eventually(t, "9012 has come", heard("9012"))
		time.Sleep(50 * time.Millisecond)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the first ended", func() bool { r.tick(clock.add(time.Millisecond)); return r.command(a.ID).State == gateway.Done })
	if got := l.next(); !strings.Contains(got, "CN=1062;") {
		t.Errorf("second command %q; want 1062", got)
	}
}

func TestRestart(t *testing.T) {
	r, clock, l := commandRig(t, sqlite(t))
	read := r.order(1, hj212.ReadClock(""))
	r.tick(clock.now())
	l.next()
	r.stop()
	r.start()
	want(t, "a reading that was under way", r.command(read.ID).State, gateway.Queued)

	l = r.dial()
	l.send(minute("20260801080020000", "20260801075900", "1"))
	l.next()
	if err := r.server.Cancel(t.Context(), operator, read.ID); err != nil {
		t.Fatal(err)
	}
	set := r.order(1, hj212.SetRtdInterval(60))
	r.tick(clock.add(time.Second))
	l.next()
	r.stop()
	r.start()
	got := r.command(set.ID)
	want(t, "a setting that was under way", got.State, gateway.TimedOut)
	want(t, "result", got.Result, "服务重新启动，指令结果不明；请读取设备状态核对")
}

func TestOrderRefused(t *testing.T) {
	r, _, _ := commandRig(t, sqlite(t))
	county := access.Caller{Login: "li", Via: "web", Scope: access.Scope{Divisions: []access.Division{"231121"}}}.Grant("frame.read", "frame.operate")
	for _, tt := range []struct {
		name  string
		by    access.Caller
		order hj212.Order
		kind  fault.Kind
	}{
		{"without the permission", access.Caller{Scope: operator.Scope}.Grant("frame.read"), hj212.ReadClock(""), fault.Denied},
		{"of another county", county, hj212.ReadClock(""), fault.NotFound},
		{"with an interval that the standard does not allow", operator, hj212.SetRtdInterval(5), fault.Invalid},
		{"a command that only devices send", operator, hj212.Order{CN: 2081}, fault.Invalid},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := r.server.Order(t.Context(), tt.by, 1, tt.order); !fault.Is(err, tt.kind) {
				t.Errorf("Order: %v; want %s", err, tt.kind)
			}
		})
	}
}

func TestSetClock(t *testing.T) {
	r, clock, l := commandRig(t, sqlite(t))
	clock.add(25 * time.Second) // 08:00:45
	c := r.order(1, hj212.Order{CN: 1012})
	r.tick(clock.now())
	want(t, "near the minute's end it waits", r.command(c.ID).State, gateway.Queued)
	r.tick(clock.add(25 * time.Second)) // 08:01:10
	if got := l.next(); !strings.Contains(got, "CN=1012;") || !strings.Contains(got, "SystemTime=20260801080110&&") {
		t.Errorf("sent %q; want the time of sending", got)
	}
}

func TestClockPolicy(t *testing.T) {
	ask := func(l *line, n int) {
		qn := fmt.Sprintf("202608010800210%02d", n)
		l.send(frame("QN=" + qn + ";ST=32;CN=1013;PW=123456;MN=" + mn1 + ";Flag=5;CP=&&&&"))
		want(l.t, "answer", l.next(), "QN="+qn+";ST=91;CN=9013;PW=123456;MN="+mn1+";Flag=4;CP=&&&&")
	}
	r, clock, l := commandRig(t, sqlite(t))
	ask(l, 1)
	r.tick(clock.now())
	all, err := r.server.Commands(t.Context(), operator, gateway.CommandQuery{})
	if err != nil || len(all) != 0 {
		t.Fatalf("without a policy: %v, %v; want no command", all, err)
	}
	if err := r.server.SetPolicy(t.Context(), operator, 1, gateway.Policy{Clock: gateway.ClockOnRequest}); err != nil {
		t.Fatal(err)
	}
	ask(l, 2)
	eventually(t, "the clock is set", func() bool {
		r.tick(clock.now())
		all, err := r.server.Commands(t.Context(), operator, gateway.CommandQuery{})
		return err == nil && len(all) == 1 && all[0].CN == 1012 && all[0].AskedBy == "system"
	})
	if got := l.next(); !strings.Contains(got, "CN=1012;") {
		t.Errorf("sent %q; want 1012", got)
	}
}

func TestAllowedAddresses(t *testing.T) {
	r, _, l := commandRig(t, sqlite(t))
	allowed, err := gateway.ParseAllowed("10.1.0.0/16，10.2.3.4")
	if err != nil {
		t.Fatal(err)
	}
	if err := r.server.SetPolicy(t.Context(), operator, 1, gateway.Policy{Allowed: allowed}); err != nil {
		t.Fatal(err)
	}
	l.send(minute("20260801080100000", "20260801080000", "45.2"))
	l.send(frame("QN=20260801080200001;ST=32;CN=2051;PW=123456;MN=" + mn2005 + ";Flag=1;CP=&&DataTime=20260801080000;011-Avg=40.1,011-Flag=N&&"))
	want(t, "first answer, that of the other device", l.next(), "ST=91;CN=9014;CP=&&QN=20260801080200001;CN=2051&&")
	if err := r.server.SetPolicy(t.Context(), operator, 1, gateway.Policy{}); !fault.Is(err, fault.Conflict) {
		t.Errorf("SetPolicy with an old version: %v; want conflict", err)
	}
	if _, err := gateway.ParseAllowed("10.1.2"); !fault.Is(err, fault.Invalid) {
		t.Errorf("ParseAllowed of half an address: %v; want invalid", err)
	}
}

// onLine runs a simulated device as point 1 until the test ends.
func (r *rig) onLine(now func() time.Time, change func(*instrument.Spec)) *instrument.Device {
	spec := instrument.Spec{MN: mn1, Plant: instrument.WasteWater, Profile: hj212.P2017, Seed: 1, RtdEvery: -1, MinuteEvery: time.Minute, NoCalibration: true}
	if change != nil {
		change(&spec)
	}
	d := instrument.New(spec, now)
	c := &instrument.Client{Device: d, Addr: r.addr}
	c.Push(d.Restarted()...)
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.Run(r.t.Context())
	}()
	r.t.Cleanup(func() { <-done })
	eventually(r.t, "the device is on the line", func() bool {
		all, err := r.server.Presences(r.t.Context(), operator)
		return err == nil && all[1].Here
	})
	return d
}

func TestBackfillByPull(t *testing.T) {
	clock := &stopped{t: at20.Add(30 * time.Hour)}
	r := newRig(t, sqlite(t), func(c *gateway.Config) { c.Now = clock.now })
	d := r.onLine(clock.now, nil)
	from, to := at8, at8.Add(13*time.Hour-time.Minute)
	all, err := r.server.Backfill(t.Context(), operator, 1, hj212.CNMinute, from, to)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "windows of six hours", len(all), 3)
	eventually(t, "the whole series is done", func() bool {
		r.tick(clock.add(time.Millisecond))
		done, err := r.server.Commands(t.Context(), operator, gateway.CommandQuery{Series: all[0].Series, State: gateway.Done})
		return err == nil && len(done) == 3
	})
	rows := r.rows(1, measure.Minute)
	want(t, "rows: 13 hours of minutes, 6 factors", len(rows), 13*60*6)
	record := d.Record(hj212.CNMinute, from)
	i := slices.IndexFunc(rows, func(s string) bool { return strings.HasPrefix(s, "0801 0800 w01018 ") })
	if item := record.Items[0]; i < 0 || !strings.Contains(item, "w01018-"+strings.Fields(rows[i])[3]) {
		t.Errorf("row %d of %q; the device reports %q", i, rows[:6], item)
	}

	d.Fail(hj212.CNHour, hj212.ExeBusy)
	busy, err := r.server.Backfill(t.Context(), operator, 1, hj212.CNHour, at8.AddDate(0, -1, 0), at8.AddDate(0, 0, -20))
	if err != nil || len(busy) < 3 {
		t.Fatalf("Backfill: %d commands, %v", len(busy), err)
	}
}

func TestPasswordChange(t *testing.T) {
	clock := &stopped{t: at20}
	r := newRig(t, sqlite(t), func(c *gateway.Config) { c.Now = clock.now })
	d := r.onLine(clock.now, nil)
	c := r.order(1, hj212.Order{CN: 1072, Args: []hj212.Arg{{Name: "NewPW", Value: "654321"}}})
	want(t, "shown", c.Args[0].Value, "******")
	eventually(t, "done", func() bool { r.tick(clock.now()); return r.command(c.ID).State == gateway.Done })
	want(t, "the device has", d.Setting("NewPW"), "654321")
	want(t, "the register has", strings.Join(r.registry.saved, " "), "654321/")
	left, _, err := sqldb.Value[string](t.Context(), r.db, `SELECT secret FROM commands WHERE id = $1`, c.ID)
	if err != nil || left != "" {
		t.Errorf("the password stands in the table after the end: %q, %v", left, err)
	}
	text, _, err := sqldb.Value[int64](t.Context(), r.db, `SELECT COUNT(*) FROM journal WHERE detail LIKE '%654321%'`)
	if err != nil || text != 0 {
		t.Errorf("the password stands in the journal")
	}
}

func TestSkew(t *testing.T) {
	clock := &stopped{t: at20}
	r := newRig(t, sqlite(t), func(c *gateway.Config) { c.Now = clock.now })
	l := r.dial()
	for i, ahead := range []time.Duration{95, 90, 3000, 91, -1} {
		qn := string(hj212.AppendQN(nil, clock.now().Add(ahead*time.Second)))
		at := at8.Add(time.Duration(i) * time.Second)
		l.send(frame("QN=" + qn + ";ST=32;CN=2011;PW=123456;MN=" + mn1 + ";Flag=5;CP=&&DataTime=" + hj212.Stamp(at) + ";w01018-Rtd=1,w01018-Flag=N&&"))
		l.next()
	}
	all, err := r.server.Presences(t.Context(), operator)
	if err != nil {
		t.Fatal(err)
	}
	// 3000 s after DataTime is taken for a packet sent later, so the median is of
	// 95, 90, 91 and -1.
	want(t, "median skew", all[1].Skew, 90500*time.Millisecond)
	want(t, "drifting", all[1].Drifting, true)
}
