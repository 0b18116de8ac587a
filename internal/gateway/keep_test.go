package gateway_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pingzhang/hj212"
	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/gateway"
	"pingzhang/internal/measure"
	"pingzhang/internal/register"
	"pingzhang/internal/sqldb"
	"pingzhang/internal/sqldb/sqldbtest"
)

const stranger = "X1000000000001"

func strange(qn, at, cod string) string {
	return frame("QN=" + qn + ";ST=32;CN=2051;PW=123456;MN=" + stranger + ";Flag=5;CP=&&DataTime=" + at + ";w01018-Avg=" + cod + ",w01018-Flag=N&&")
}

func TestQuarantine(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		r := newRig(t, db, func(c *gateway.Config) { c.KeepPerMN = 5 })
		l := r.dial()
		for i := range 7 {
			at := at8.Add(time.Duration(i) * time.Minute)
			l.send(strange(hj212.Stamp(at)+"000", hj212.Stamp(at), fmt.Sprint(40+i)))
		}
		l.send(minute("20260801080100000", "20260801080000", "45.2"))
		l.next()
		if err := r.server.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		all, err := r.server.Strangers(t.Context(), operator, "", 10)
		if err != nil || len(all) != 1 {
			t.Fatalf("Strangers: %v, %v", all, err)
		}
		want(t, "MN", all[0].MN, stranger)
		want(t, "came", all[0].Frames, 7)
		want(t, "kept, up to the cap", all[0].Kept, 5)
		want(t, "factors", strings.Join(all[0].Factors, " "), "w01018")
		want(t, "profile", all[0].Profile, "2017")

		county := access.Caller{Login: "li", Scope: access.Scope{Divisions: []access.Division{"231121"}}}.Grant("frame.read")
		if hidden, err := r.server.Strangers(t.Context(), county, "", 10); err != nil || len(hidden) != 0 {
			t.Errorf("a county sees %v, %v; nobody knows the division", hidden, err)
		}
		if _, err := r.server.Claim(t.Context(), operator, stranger, 9); !fault.Is(err, fault.Invalid) {
			t.Errorf("a claim without the point: %v; want invalid", err)
		}
		r.registry.put(register.Point{ID: 9, MN: stranger, Profile: "2017", ST: "32", Password: "123456"})
		claimed, err := r.server.Claim(t.Context(), operator, stranger, 9)
		if err != nil {
			t.Fatal(err)
		}
		want(t, "stored", claimed.Stored, 5)
		want(t, "rows", strings.Join(r.rows(9, measure.Minute), "\n"), strings.Join([]string{
			"0801 0800 w01018 Avg=40 Flag=N", "0801 0801 w01018 Avg=41 Flag=N", "0801 0802 w01018 Avg=42 Flag=N",
			"0801 0803 w01018 Avg=43 Flag=N", "0801 0804 w01018 Avg=44 Flag=N",
		}, "\n"))
		l.send(strange("20260801080700000", "20260801080600", "46"))
		want(t, "answer after the claim", l.next(), "QN=20260801080700000;ST=91;CN=9014;PW=123456;MN="+stranger+";Flag=4;CP=&&&&")
		entries, _, err := sqldb.Value[int64](t.Context(), db, `SELECT COUNT(*) FROM journal WHERE act = 'quarantine.claim'`)
		if err != nil || entries != 1 {
			t.Errorf("%d entries of the claim, %v", entries, err)
		}
	}, gatewaySets()...)
}

func TestClaimWithWrongPassword(t *testing.T) {
	r := newRig(t, sqlite(t), nil)
	l := r.dial()
	l.send(strange("20260801080100000", "20260801080000", "40"), minute("20260801080100000", "20260801080000", "45.2"))
	l.next()
	r.registry.put(register.Point{ID: 9, MN: stranger, Profile: "2017", ST: "32", Password: "999999"})
	claimed, err := r.server.Claim(t.Context(), operator, stranger, 9)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "refused for the password", claimed.Refused[gateway.ReasonPassword], 1)
	all, err := r.server.RefusedFrames(t.Context(), operator, gateway.RefusedQuery{Point: 9})
	if err != nil || len(all) != 1 {
		t.Fatalf("RefusedFrames: %v, %v; want the frame", all, err)
	}
	r.registry.put(register.Point{ID: 9, MN: stranger, Profile: "2017", ST: "32", Password: "123456"})
	again, err := r.server.Replay(t.Context(), operator, all[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "state", again.State, "accepted")
	want(t, "rows", len(r.rows(9, measure.Minute)), 1)
}

func TestRefusedFrames(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		r := newRig(t, db, func(c *gateway.Config) { c.KeepAlike = 3 })
		l := r.dial()
		wrong := func(n int) string {
			return frame(fmt.Sprintf("QN=202608010801%05d;ST=32;CN=2051;PW=000000;MN=%s;Flag=5;CP=&&DataTime=20260801080000;w01018-Avg=1&&", n, mn1))
		}
		l.send(wrong(1), wrong(1), wrong(1), wrong(2), wrong(3), wrong(4), wrong(5), minute("20260801080100000", "20260801080000", "45.2"))
		l.next()
		if err := r.server.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		all, err := r.server.RefusedFrames(t.Context(), operator, gateway.RefusedQuery{MN: mn1})
		if err != nil {
			t.Fatal(err)
		}
		want(t, "kept", len(all), 3)
		var times, omitted int64
		for _, f := range all {
			times += f.Times
			omitted += f.Omitted
			want(t, "reason", f.Reason, gateway.ReasonPassword)
			want(t, "bytes at which it failed", string(f.Raw[f.At:f.At+9]), "PW=000000")
			want(t, "division", f.Division, "231102")
		}
		want(t, "all seven are counted", times+omitted, 7)
		other := access.Caller{Login: "li", Scope: access.Scope{Divisions: []access.Division{"231121"}}}.Grant("frame.read")
		if hidden, err := r.server.RefusedFrames(t.Context(), other, gateway.RefusedQuery{}); err != nil || len(hidden) != 0 {
			t.Errorf("another county sees %d, %v", len(hidden), err)
		}
		if _, err := r.server.Replay(t.Context(), other, all[0].ID); !fault.Is(err, fault.Denied) {
			t.Errorf("a replay without the permission: %v", err)
		}
		failed, err := r.server.Replay(t.Context(), operator, all[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		want(t, "state of a vain replay", failed.State, "failed")
		if !strings.Contains(failed.Outcome, "访问密码") {
			t.Errorf("outcome %q; want it to name the password", failed.Outcome)
		}
	}, gatewaySets()...)
}
