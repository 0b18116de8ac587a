package discharge_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/discharge"
	"pingzhang/internal/fault"
	"pingzhang/internal/measure"
	"pingzhang/internal/register"
	"pingzhang/standard"
)

func TestCorrectedDataTakeNothingBackSilently(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		three := at("2026-11-24 03:00")
		b.hours(three, "250", "150", "150", "150", "150")
		b.judge(three.Add(5*time.Hour + time.Second))
		before := b.findings("exceedance")[0]
		// The logger sends the hour once more, with a later QN and a lower value.
		b.append(b.hourFrame(three, "100", "199", "12", "N", 60_000))
		b.judge(three.Add(6 * time.Hour))
		v, err := b.Verdicts(ctx, city, discharge.VerdictQuery{Point: b.point.ID, Period: standard.Hour, From: three, To: three.Add(time.Hour), Old: true})
		if err != nil || len(v) != 2 || v[0].Verdict != standard.Meets || v[0].Revision != 2 || v[1].Verdict != standard.Exceeds || v[1].Value != "250" {
			t.Fatalf("both verdicts stand: %+v, %v", v, err)
		}
		if e := b.episodes(); len(e) != 1 || e[0].State != discharge.Void {
			t.Errorf("episodes %+v", e)
		}
		m, err := b.matter.Matter(ctx, city, before.Matter)
		if err != nil || m.Closed() {
			t.Errorf("no matter closes by itself: %+v, %v", m, err)
		}
		remarks := strings.Join(b.remarks(int64(before.Matter)), "\n")
		if !strings.Contains(remarks, "复核后不再超标，原因：更正后的数据达标（199 mg/m³ ＜ 200 mg/m³）。本事项如何处理请人工决定。") {
			t.Errorf("remarks %s", remarks)
		}
		periods, err := b.matter.Periods(ctx, city, before.ID)
		if err != nil || len(periods) != 1 || periods[0].Revision != 2 || !strings.Contains(string(periods[0].Facts), "复核后不再超标") {
			t.Errorf("periods %+v, %v", periods, err)
		}
		b.hand.set(at("2026-11-25 13:00"))
		if now := strings.Join(b.remarks(int64(before.Matter)), "\n"); now != remarks {
			t.Errorf("of what no longer stands nobody is told the deadline: %s", now)
		}
		// And it exceeds again: the same finding goes on.
		b.append(b.hourFrame(three, "100", "260", "12", "N", 120_000))
		b.judge(at("2026-11-25 14:00"))
		if e := b.episodes(); len(e) != 1 || e[0].State != discharge.Cleared || e[0].Peak != "260" || e[0].Finding != before.ID {
			t.Errorf("episodes %+v", e)
		}
		if n := b.count(`SELECT COUNT(*) FROM verdict_history`); n != 2 {
			t.Errorf("%d old verdicts", n)
		}
	})
}

func TestMarks(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		three := at("2026-11-24 03:00")
		b.hours(three, "250", "260", "270")
		b.judge(three.Add(3*time.Hour + time.Second))
		f := b.findings("exceedance")[0]
		mark := func(kind measure.MarkKind, from, to, now time.Time) {
			t.Helper()
			b.hand.set(now)
			if _, err := b.measure.AddMark(ctx, measure.Mark{Point: measure.Point(b.point.ID), From: from.Unix(), To: to.Unix(), Mark: kind, Reason: "启炉", Who: "demo-heat"}, nil); err != nil {
				t.Fatal(err)
			}
			b.judge(now.Add(time.Minute))
		}
		mark(measure.MarkAbnormal, three, three.Add(time.Hour), at("2026-11-25 11:58"))
		mark(measure.MarkInvalid, three.Add(time.Hour), three.Add(2*time.Hour), at("2026-11-25 11:59"))
		mark(measure.MarkInvalid, three.Add(2*time.Hour), three.Add(3*time.Hour), at("2026-11-25 12:01"))
		v := b.verdicts(standard.Hour, three, 3)
		if v[0].Verdict != standard.Unknown || v[0].Issue != standard.AbnormalCondition || v[0].Raw != "100" || v[0].Notes != "abnormal_unchecked" {
			t.Errorf("an abnormal condition is no basis, and what was reported stays: %+v", v[0])
		}
		if in, ok := v[0].Inputs(); !ok || len(in.Marked) != 1 || in.Marked[0].Reason != "启炉" || in.Marked[0].Who != "demo-heat" {
			t.Errorf("it says who marked it and why: %+v", in)
		}
		if v[1].Verdict != standard.Unknown || v[1].Issue != standard.MarkedInvalid {
			t.Errorf("marked invalid is no basis: %+v", v[1])
		}
		if v[2].Verdict != standard.Exceeds || v[2].Notes != "converted_differs,mark_late" {
			t.Errorf("after 12:00 of the next day a mark is not honoured, and noted: %+v", v[2])
		}
		e := b.episodes()
		if len(e) != 1 || e[0].Periods != 1 || e[0].First != three.Add(2*time.Hour).Unix() || e[0].Finding != f.ID {
			t.Errorf("the episode keeps what is left of it: %+v", e)
		}
		remarks := strings.Join(b.remarks(int64(f.Matter)), "\n")
		for _, want := range []string{"2026-11-24 03:00复核后不再超标，原因：数据已标记为非正常工况。原判定已保留。", "2026-11-24 04:00复核后不再超标，原因：数据已标记为无效。"} {
			if !strings.Contains(remarks, want) {
				t.Errorf("remarks %s lack %s", remarks, want)
			}
		}
	})
}

func TestLateDataJoinEpisodes(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		// Two days, so that the second is no part of the first matter's day.
		late := at("2026-11-24 22:00")
		b.hours(late, "250", "", "", "", "", "260")
		b.judge(late.Add(7 * time.Hour))
		if got := b.spans(); len(got) != 2 {
			t.Fatalf("episodes %v", got)
		}
		found := b.findings("exceedance")
		second, first := found[0], found[1]
		if first.Matter == 0 || second.Matter == 0 || first.Matter == second.Matter {
			t.Fatalf("findings %+v", found)
		}
		b.hours(late.Add(2*time.Hour), "240")
		b.judge(late.Add(8 * time.Hour))
		if got := b.spans(); !reflect.DeepEqual(got, []string{"24T22-25T03 3 peak 260 at 25T03 open"}) {
			t.Errorf("episodes %v", got)
		}
		for _, e := range b.episodes() {
			if e.State == discharge.Merged && (e.Finding != second.ID || e.MergedInto == 0) {
				t.Errorf("the later one is merged: %+v", e)
			}
		}
		if f, err := b.matter.Finding(ctx, city, first.ID); err != nil || f.Periods != 3 || f.Peak != "260" {
			t.Errorf("the earlier finding has all hours: %+v, %v", f, err)
		}
		for _, m := range []int64{int64(first.Matter), int64(second.Matter)} {
			if r := strings.Join(b.remarks(m), "\n"); !strings.Contains(r, "补传的数据表明，2026-11-25 03:00 起的超标与 2026-11-24 22:00 起的超标属于同一次") {
				t.Errorf("matter %d is told %s", m, r)
			}
		}
	})
}

func TestSuppression(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		three := at("2026-11-24 03:00")
		b.hand.set(three)
		pause := discharge.Suppression{Point: b.point.ID, Factor: "a21026", From: three.Add(time.Hour).Unix(), To: three.Add(2 * time.Hour).Unix(), Reason: "已备案的比对监测"}
		for _, tt := range []struct {
			name   string
			by     access.Caller
			change func(*discharge.Suppression)
			kind   fault.Kind
		}{
			{"who may not edit points may not", access.Caller{Login: "x", Scope: city.Scope}, func(*discharge.Suppression) {}, fault.Denied},
			{"nor who does not see the point", foreign, func(*discharge.Suppression) {}, fault.NotFound},
			{"a reason is needed", city, func(u *discharge.Suppression) { u.Reason = " " }, fault.Invalid},
			{"an end after the beginning", city, func(u *discharge.Suppression) { u.To = u.From }, fault.Invalid},
			{"and not more than 30 days", city, func(u *discharge.Suppression) { u.To = u.From + 30*86400 + 1 }, fault.Invalid},
		} {
			u := pause
			tt.change(&u)
			if _, err := b.Suppress(ctx, tt.by, u); !fault.Is(err, tt.kind) {
				t.Errorf("%s: %v", tt.name, err)
			}
		}
		u, err := b.Suppress(ctx, city, pause)
		if err != nil {
			t.Fatal(err)
		}
		b.hours(three, "190", "250", "190")
		b.judge(three.Add(4 * time.Hour))
		v := b.verdicts(standard.Hour, three.Add(time.Hour), 1)
		if len(v) != 1 || v[0].Verdict != standard.Exceeds || v[0].Suppressed != u.ID || len(b.findings("exceedance")) != 0 {
			t.Errorf("the verdict stands and is no finding: %+v", v)
		}
		if err := b.Resume(ctx, foreign, u.ID, "x"); !fault.Is(err, fault.NotFound) {
			t.Errorf("a foreign caller: %v", err)
		}
		if err := b.Resume(ctx, city, u.ID, "比对提前结束"); err != nil {
			t.Fatal(err)
		}
		if err := b.Resume(ctx, city, u.ID, "再次"); !fault.Is(err, fault.Conflict) {
			t.Errorf("a second time: %v", err)
		}
		b.judge(three.Add(4*time.Hour + time.Minute))
		if f := b.findings("exceedance"); len(f) != 1 {
			t.Errorf("without the pause it is a finding: %+v", f)
		}
		all, err := b.Suppressions(ctx, city, three)
		if err != nil || len(all) != 1 || all[0].WithdrawnWhy != "比对提前结束" || all[0].WhoName != "示例科长" {
			t.Errorf("it stays on record: %+v, %v", all, err)
		}
		if n := b.count(`SELECT COUNT(*) FROM journal WHERE act IN ('discharge.suppress', 'discharge.resume')`); n != 2 {
			t.Errorf("%d journal entries", n)
		}
	})
}

func TestChangedLimit(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		three := at("2026-11-24 03:00")
		b.hours(three, "250")
		b.judge(three.Add(2 * time.Hour))
		b.so2.Data["max"] = "300"
		b.so2.Data["valid_to"] = "2026-12-31"
		b.so2 = b.save(b.so2)
		if err := b.Rejudge(ctx, foreign, b.point.ID, three, three.Add(time.Hour), "x"); !fault.Is(err, fault.NotFound) {
			t.Errorf("a foreign caller: %v", err)
		}
		if err := b.Rejudge(ctx, city, b.point.ID, three, three.Add(time.Hour), "限值录入有误，企业提出异议"); err != nil {
			t.Fatal(err)
		}
		b.judge(three.Add(3 * time.Hour))
		v := b.verdicts(standard.Hour, three, 1)
		if len(v) != 1 || v[0].Verdict != standard.Meets || v[0].LimitText != "300" || v[0].LimitVersion != 2 || v[0].Revision != 2 {
			t.Fatalf("judged by the corrected limit: %+v", v)
		}
		if j := b.Judgement(v[0]); j.Verdict != standard.Meets || j.Arithmetic() != v[0].Arithmetic || j.Limit.Max.String() != "300" {
			t.Errorf("a plain meets recomputed: %+v", j)
		}
		withdrawn, err := b.register.Withdraw(ctx, city, b.so2.ID, b.so2.Version, "重复")
		if err != nil {
			t.Fatal(err, withdrawn)
		}
		if err := b.Rejudge(ctx, city, b.point.ID, three, three.Add(time.Hour), "限值停用"); err != nil {
			t.Fatal(err)
		}
		b.judge(three.Add(4 * time.Hour))
		if v := b.verdicts(standard.Hour, three, 1); v[0].Verdict != standard.Unknown || v[0].Issue != standard.NotInForce {
			t.Errorf("without its limit nothing is met: %+v", v)
		}
	})
}

func TestConvertedDay(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		// A logger that reports no converted values: each hour is converted with its
		// own oxygen. 12 hours of 60 at 12 % (80) and 12 of 90 at 12 % (120) have the
		// mean 100, which is just met.
		day := at("2026-11-24 00:00")
		for i := range 24 {
			avg := "60"
			if i%2 == 1 {
				avg = "90"
			}
			b.append(b.hourFrame(day.Add(time.Duration(i)*time.Hour), avg, "", "12", "N", 0))
		}
		b.judge(day.Add(25 * time.Hour))
		v := b.verdicts(standard.Day, day, 24)
		if len(v) != 1 || v[0].Verdict != standard.Meets || v[0].Value != "100" || v[0].Notes != "hourly_converted" {
			t.Errorf("day %+v", v)
		}
	})
}

func TestStates(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		three := at("2026-11-24 03:00")
		state := func(now time.Time) discharge.PointState {
			t.Helper()
			b.judge(now)
			if _, err := b.Watch(ctx, now); err != nil {
				t.Fatal(err)
			}
			all, err := b.States(ctx, city, now)
			if err != nil || len(all) != 1 {
				t.Fatalf("states %+v, %v", all, err)
			}
			return all[0]
		}
		if st := state(three); st.State != discharge.StateOffline || st.Reason != "从未收到数据" {
			t.Errorf("got %+v", st)
		}
		b.hours(three, "100", "190", "250")
		if st := state(three.Add(3*time.Hour + time.Minute)); st.State != discharge.StateExceeds || !st.Since.Equal(three.Add(2*time.Hour)) || len(st.Verdicts) != 1 || st.Verdicts[0].Value != "250" {
			t.Errorf("got %+v", st)
		}
		if st := state(three.Add(4*time.Hour + 10*time.Minute)); st.State != discharge.StateExceeds {
			t.Errorf("an hour has time to be judged: %+v", st)
		}
		if st := state(three.Add(4*time.Hour + 15*time.Minute)); st.State != discharge.StateUnknown || st.Reason != "06:00 时段尚未判定" {
			t.Errorf("then it is unknown, whatever was before: %+v", st)
		}
		// The last message came at 06:00:05 by the frame's own time.
		if st := state(three.Add(5*time.Hour + 5*time.Second)); st.State != discharge.StateUnknown {
			t.Errorf("got %+v", st)
		}
		if st := state(three.Add(5*time.Hour + 6*time.Second)); st.State != discharge.StateOffline || !st.Since.Equal(st.Received) {
			t.Errorf("two hours without a word is offline: %+v", st)
		}
		b.append(b.hourFrame(three.Add(5*time.Hour), "100", "185", "12", "N", 0))
		if st := state(three.Add(6*time.Hour + time.Minute)); st.State != discharge.StateWarn {
			t.Errorf("got %+v", st)
		}
		if all, err := b.States(ctx, foreign, three); err != nil || len(all) != 0 {
			t.Errorf("another county sees %+v, %v", all, err)
		}
		if _, err := b.States(ctx, access.Caller{Scope: city.Scope}, three); !fault.Is(err, fault.Denied) {
			t.Errorf("without the permission: %v", err)
		}
	})
}

func TestScope(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		three := at("2026-11-24 03:00")
		b.hours(three, "250")
		b.judge(three.Add(2 * time.Hour))
		q := discharge.VerdictQuery{Point: b.point.ID, From: three, To: three.Add(time.Hour)}
		plant := access.Caller{Login: "heat", Scope: access.Scope{Enterprise: b.plant.ID}}.Grant("monitor.read", "finding.read")
		other := access.Caller{Login: "sugar", Scope: access.Scope{Enterprise: b.plant.ID + 1}}.Grant("monitor.read", "finding.read")
		for _, tt := range []struct {
			name string
			by   access.Caller
			n    int
		}{{"the city sees it", city, 1}, {"another county does not", foreign, 0}, {"the enterprise does", plant, 1}, {"another does not", other, 0}} {
			v, err := b.Verdicts(ctx, tt.by, q)
			e, err2 := b.Episodes(ctx, tt.by, discharge.EpisodeQuery{Point: b.point.ID})
			st, err3 := b.States(ctx, tt.by, three)
			if err != nil || err2 != nil || err3 != nil || len(v) != tt.n || len(e) != tt.n || len(st) != tt.n {
				t.Errorf("%s: %d verdicts, %d episodes, %d states (%v %v %v)", tt.name, len(v), len(e), len(st), err, err2, err3)
			}
		}
		nobody := access.Caller{Login: "nobody"}.Grant("monitor.read", "finding.read")
		if v, err := b.Verdicts(ctx, nobody, q); err != nil || len(v) != 0 {
			t.Errorf("without scope there are no rows: %v, %v", v, err)
		}
	})
}

func TestSilence(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		three := at("2026-11-24 03:00")
		look := func(now time.Time, want int) {
			t.Helper()
			b.hand.set(now)
			if n, err := b.Silences(ctx, now); err != nil || n != want {
				t.Errorf("at %s %d are new, %v; want %d", now.Format("02T15:04:05"), n, err, want)
			}
		}
		look(three.Add(48*time.Hour), 0) // it never reported: offline, no finding
		b.hours(three, "100")            // received at 04:00:05
		last := three.Add(time.Hour + 5*time.Second)
		look(last.Add(24*time.Hour-time.Second), 0)
		look(last.Add(24*time.Hour), 1)
		look(last.Add(25*time.Hour), 0)
		f := b.findings("data_missing")
		if len(f) != 1 || f[0].Matter != 0 || f[0].Title != "示例热力有限公司 DA001 自动监测数据传输异常" || !strings.Contains(string(f[0].Facts), "生态环境监测条例") {
			t.Fatalf("findings %+v", f)
		}
		if m, err := b.Missing(ctx, city); err != nil || len(m) != 1 || m[0].Since != last.Unix() {
			t.Errorf("%+v, %v", m, err)
		}
		if m, err := b.Missing(ctx, foreign); err != nil || len(m) != 0 {
			t.Errorf("another county sees %+v, %v", m, err)
		}
		b.hours(three.Add(30*time.Hour), "100")
		look(three.Add(31*time.Hour+time.Minute), 0)
		f = b.findings("data_missing")
		if len(f) != 1 || !strings.Contains(string(f[0].Facts), "恢复传输") {
			t.Errorf("it says when data came again: %+v", f)
		}
		if m, _ := b.Missing(ctx, city); len(m) != 0 {
			t.Errorf("%+v goes on", m)
		}
		look(three.Add(31*time.Hour+5*time.Second+24*time.Hour), 1) // a second silence is a second finding
	})
}

func TestUnjudgedPoints(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		three := at("2026-11-24 03:00")
		air := b.save(register.Entry{Register: register.PointEntry, Name: "空气站", Division: "231102",
			Data: map[string]any{"kind": "air", "mn": "DEMO0009", "profile": "2017", "password": "123456"}})
		f := b.hourFrame(three, "100", "250", "12", "N", 0)
		f.Point = measure.Point(air.ID)
		g := f
		g.Point = 987654321 // in no register
		b.append(f, g)
		if p := b.judge(three.Add(2 * time.Hour)); p.Waiting != 0 || p.Hours != 0 {
			t.Errorf("what is no pollution source is taken off the list unjudged: %+v", p)
		}
		if left, err := b.measure.Dirty(ctx, 10); err != nil || len(left) != 0 {
			t.Errorf("left %v, %v", left, err)
		}
		if len(b.episodes()) != 0 {
			t.Error("an air station was judged by a permit")
		}
	})
}
