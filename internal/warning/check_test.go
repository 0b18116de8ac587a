package warning_test

import (
	"strings"
	"testing"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/matter"
	"pingzhang/internal/measure"
	"pingzhang/internal/warning"
	aqi "pingzhang/standard/air"
)

// published is a bench whose warning over the city is in force since start.
func published(b *bench, csv string) warning.Warning {
	b.t.Helper()
	b.list(csv)
	id, err := b.Draft(ctx, section, []access.Division{"231100"}, aqi.Yellow, "会商")
	if err != nil {
		b.t.Fatal(err)
	}
	w, err := b.Warning(ctx, section, id)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.issue(w, aqi.Yellow)
}

// TestUnknown holds that what the data do not tell is never 落实.
func TestUnknown(t *testing.T) {
	for _, tt := range []struct {
		name    string
		csv     func(string) string
		hours   []string
		verdict warning.Verdict
		why     string
	}{
		{"all hours within the bound are met", nil, []string{"25000", "100"}, warning.Met, "落实 2，未落实 0，未知 0"},
		{"one above it is not", nil, []string{"25001", "100"}, warning.Unmet, "落实 1，未落实 1"},
		{"an hour without data is unknown", nil, []string{"100", ""}, warning.Unknown, "落实 1，未落实 0，未知 1"},
		{"so is one marked as out of operation", nil, []string{"100", "0F"}, warning.Unknown, "未知 1"},
		{"no data at all", nil, []string{"", ""}, warning.Unknown, "落实 0，未落实 0，未知 2"},
		{"an unmet hour beside an unknown one is unmet", nil, []string{"30000", ""}, warning.Unmet, "未落实 1，未知 1"},
		{"a negative flow is unknown", nil, []string{"100", "-3"}, warning.Unknown, "未知 1"},
		{"a text is unknown", nil, []string{"100", "--"}, warning.Unknown, "未知 1"},
		{"another unit is converted", func(s string) string { return strings.Replace(s, ",50000,50,m³/h", ",10,50,m³/s", 1) }, []string{"18000", "17999"}, warning.Met, "落实 2"},
		{"and exceeds by a little", func(s string) string { return strings.Replace(s, ",50000,50,m³/h", ",10,50,m³/s", 1) }, []string{"18000", "18001"}, warning.Unmet, "未落实 1"},
		{"a unit of another quantity is unknown", func(s string) string { return strings.Replace(s, "50000,50,m³/h", "50000,50,mg/m³", 1) }, []string{"100", "100"}, warning.Unknown, "未知 2"},
		{"a measure that no data show keeps the firm unknown", func(s string) string {
			return s + "91231102MA0000015F,示例热力有限公司,厂区,供热,B,,,,,黄色,停用车辆,,停用国三货车,,,,,,,,,,\n"
		}, []string{"100", "100"}, warning.Unknown, "另有 1 项措施不能用在线数据核查"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, sqlite(t))
			csv := listCSV
			if tt.csv != nil {
				csv = tt.csv(csv)
			}
			w := published(b, csv)
			b.hours(b.flow, start, tt.hours...)
			b.clock.at = start.Add(2*time.Hour + 15*time.Minute)
			b.check()
			a := b.answerOf(w, b.heat)
			if a.Verdict != tt.verdict || !strings.Contains(a.Why, tt.why) || (a.Finding != 0) != (tt.verdict == warning.Unmet) {
				t.Errorf("%s: %s, finding %d; want %s: %s", a.Verdict, a.Why, a.Finding, tt.verdict, tt.why)
			}
		})
	}
}

// TestOnSite settles what the data leave open, and only that.
func TestOnSite(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		w := published(b, listCSV)
		b.hours(b.flow, start, "100")
		b.clock.at = start.Add(time.Hour + 15*time.Minute)
		b.check()
		heat, mill := b.answerOf(w, b.heat), b.answerOf(w, b.mill)
		if heat.Verdict != warning.Met || mill.Verdict != warning.Unknown || mill.Why != "清单没有可用在线数据核查的条件，须现场核查" {
			t.Fatalf("%+v %+v", heat, mill)
		}
		c := warning.Checked{Verdict: warning.Unmet, Reason: "窑仍在运行", CheckedAt: b.clock.at.Unix()}
		for _, tt := range []struct {
			name   string
			by     access.Caller
			answer warning.Answer
			c      warning.Checked
			files  []matter.Evidence
			kind   fault.Kind
		}{
			{"without a photograph nothing is settled", faraway, mill, c, nil, fault.Invalid},
			{"nor without a conclusion", faraway, mill, warning.Checked{Reason: "x", CheckedAt: 1}, b.photo(), fault.Invalid},
			{"nor by the branch of another county", branch, mill, c, b.photo(), fault.NotFound},
			{"nor by the firm", b.plant2, mill, c, b.photo(), fault.Denied},
			{"nor a verdict of the data", branch, heat, c, b.photo(), fault.Conflict},
			{"nor with a moment to come", faraway, mill, warning.Checked{Verdict: warning.Met, Reason: "x", CheckedAt: b.clock.at.Unix() + 60}, b.photo(), fault.Invalid},
		} {
			if err := b.CheckOnSite(ctx, tt.by, tt.answer.ID, tt.answer.Version, tt.c, tt.files); !fault.Is(err, tt.kind) {
				t.Errorf("%s: %v", tt.name, err)
			}
		}
		if err := b.CheckOnSite(ctx, faraway, mill.ID, mill.Version, c, b.photo()); err != nil {
			t.Fatal(err)
		}
		a := b.answerOf(w, b.mill)
		if a.Verdict != warning.Unmet || a.Online != warning.Unknown || a.Finding == 0 {
			t.Errorf("%+v", a)
		}
		f, err := b.matters.Finding(ctx, section, a.Finding)
		if facts, ok := warning.FactsOf(f.Facts); err != nil || !ok || facts.Site != "窑仍在运行" || !strings.Contains(facts.Legal, "生态环境法典") {
			t.Errorf("%+v, %v", facts, err)
		}
		if err := b.CheckOnSite(ctx, faraway, mill.ID, mill.Version, c, b.photo()); !fault.Is(err, fault.Conflict) {
			t.Errorf("two officers cannot settle one firm at once: %v", err)
		}
		_, checks, err := b.Trail(ctx, section, a.ID)
		if err != nil || len(checks) != 1 || len(checks[0].Files) != 1 {
			t.Fatal(checks, err)
		}
		if _, data, err := b.File(ctx, faraway, checks[0].Files[0].ID, true); err != nil || len(data) == 0 {
			t.Error(err)
		}
		if _, _, err := b.File(ctx, b.plant, checks[0].Files[0].ID, false); !fault.Is(err, fault.NotFound) {
			t.Errorf("another firm does not see the file: %v", err)
		}
		// A later round of the data does not undo what the officer settled.
		b.clock.at = b.clock.at.Add(time.Hour)
		b.check()
		if a = b.answerOf(w, b.mill); a.Verdict != warning.Unmet {
			t.Errorf("%+v", a)
		}
	})
}

// TestRevised holds that late data and marks make another verdict beside the one
// before, and that the finding says so.
func TestRevised(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		w := published(b, listCSV)
		b.hours(b.flow, start, "30000", "")
		b.clock.at = start.Add(2*time.Hour + 15*time.Minute)
		b.check()
		a := b.answerOf(w, b.heat)
		if a.Verdict != warning.Unmet || a.HoursUnknown != 1 {
			t.Fatalf("%+v", a)
		}
		finding := a.Finding
		if _, err := b.readings.AddMark(ctx, measure.Mark{Point: measure.Point(b.flow.ID), From: start.Unix(), To: start.Unix() + 3600, Mark: measure.MarkInvalid, Reason: "流量计故障", Who: "plant"}, nil); err != nil {
			t.Fatal(err)
		}
		b.hours(b.flow, start.Add(time.Hour), "24000")
		b.clock.at = start.Add(3*time.Hour + 15*time.Minute)
		b.check()
		if a = b.answerOf(w, b.heat); a.Verdict != warning.Unknown || a.HoursMet != 1 || a.HoursUnknown != 2 || a.Finding != finding {
			t.Errorf("%+v", a)
		}
		hours, err := b.Hours(ctx, section, a.ID)
		if err != nil || hours[0].Revision != 2 || hours[0].Verdict != warning.Unknown || hours[1].Revision != 2 {
			t.Errorf("%+v, %v", hours, err)
		}
		periods, err := b.matters.Periods(ctx, section, finding)
		if err != nil || len(periods) != 1 || periods[0].Revision != 2 {
			t.Fatalf("%+v, %v", periods, err)
		}
		if facts, _ := warning.FactsOf(periods[0].Facts); !strings.Contains(facts.Note, "不再判为未落实") {
			t.Errorf("%+v", facts)
		}
	})
}

// TestPhases raises a warning: the firms owe another answer, by the measures of
// the new level, and the hours of each phase are its own.
func TestPhases(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		w := published(b, listCSV)
		first := b.answerOf(w, b.heat)
		b.hours(b.flow, start, "24000", "24000", "24000", "400", "600")
		b.clock.at = start.Add(2 * time.Hour)
		w = b.move(section, w, warning.Submit, warning.Plan{Level: aqi.Orange, StartsAt: start.Add(150 * time.Minute), DueAt: start.Add(170 * time.Minute), Measures: "按清单执行", Reason: "加重"})
		if w.Status() != "已发布；升级为橙色预警待批准" || w.Level != aqi.Yellow {
			t.Errorf("%s at %s", w.Status(), w.Level)
		}
		w = b.move(leader, w, warning.Approve, warning.Plan{Reason: "同意"})
		w = b.move(section, w, warning.Publish, warning.Plan{})
		second := b.answerOf(w, b.heat)
		if w.Level != aqi.Orange || second.Phase == first.Phase || len(second.Firm().Lines) != 1 || second.Firm().Lines[0].Kind != warning.Stop {
			t.Fatalf("%+v", second)
		}
		b.clock.at = start.Add(5*time.Hour + 15*time.Minute)
		b.check()
		first, err := b.Answer(ctx, section, first.ID)
		if err != nil || first.Verdict != warning.Met || first.HoursMet != 2 {
			t.Errorf("of the first phase two whole hours count: %+v, %v", first, err)
		}
		if second = b.answerOf(w, b.heat); second.Verdict != warning.Unmet || second.HoursMet != 1 || second.HoursUnmet != 1 {
			t.Errorf("%+v", second)
		}
		phases, err := b.Phases(ctx, section, w.ID)
		if err != nil || len(phases) != 2 || phases[0].EndedAt != phases[1].StartsAt {
			t.Fatalf("%+v, %v", phases, err)
		}
		b.clock.at = start.Add(6 * time.Hour)
		w = b.lift(w)
		if err := b.Evaluate(ctx, section, w.ID, w.Version, "评估"); err != nil {
			t.Fatal(err)
		}
		e, err := b.Evaluation(ctx, section, w.ID)
		if err != nil || len(e.Phases) != 2 || e.Phases[0].Hours != "2.5" || e.Phases[1].Hours != "3.5" {
			t.Fatalf("%+v, %v", e, err)
		}
		// 0.6 t/d over 2.5 h is 0.0625 t.
		if c := e.Phases[0].Cuts[0]; c.Known.String() != "0.0625" || c.Unknown != 1 || c.Arithmetic != "0.6 t/d×2.5 小时÷24=0.062 t" {
			t.Errorf("%+v", c)
		}
		if far, err := b.Evaluation(ctx, faraway, w.ID); err != nil || len(far.Firms) != 1 || far.Firms[0].Name != "示例水泥有限公司" {
			t.Errorf("a branch sees its own firms: %+v, %v", far.Firms, err)
		}
		var out strings.Builder
		if err := e.WriteXLSX(&out, func(d access.Division) string { return string(d) }); err != nil || !strings.HasPrefix(out.String(), "PK") {
			t.Error(err)
		}
	})
}

// TestDoors tries what must not be.
func TestDoors(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.list(listCSV)
		id, err := b.Draft(ctx, section, []access.Division{"231102"}, aqi.Yellow, "会商")
		if err != nil {
			t.Fatal(err)
		}
		w, _ := b.Warning(ctx, section, id)
		both := caller("both", 0, "2311", "city_section", "warning.draft", "warning.approve", "warning.publish")
		plan := warning.Plan{Level: aqi.Yellow, StartsAt: b.clock.at, Measures: "按清单", Reason: "会商"}
		w = b.move(both, w, warning.Submit, plan)
		if err := b.Move(ctx, both, id, w.Version, warning.Approve, warning.Plan{}, nil); !fault.Is(err, fault.Denied) {
			t.Errorf("who put it forward does not approve it: %v", err)
		}
		if err := b.Move(ctx, leader, id, w.Version-1, warning.Approve, warning.Plan{}, nil); !fault.Is(err, fault.Conflict) {
			t.Errorf("two people cannot move it at once: %v", err)
		}
		if err := b.Move(ctx, leader, id, w.Version, warning.Return, warning.Plan{}, nil); !fault.Is(err, fault.Invalid) {
			t.Errorf("a return has a reason: %v", err)
		}
		if after, _ := b.Warning(ctx, section, id); after.Version != w.Version {
			t.Error("what was refused wrote something")
		}
		county := caller("county", 0, "231124", "city_leader", "warning.approve")
		if err := b.Move(ctx, county, id, w.Version, warning.Approve, warning.Plan{}, nil); !fault.Is(err, fault.NotFound) {
			t.Errorf("another county does not see it: %v", err)
		}
		if _, err := b.Draft(ctx, section, []access.Division{"231100"}, aqi.Red, "会商"); !fault.Is(err, fault.Conflict) {
			t.Errorf("one is being prepared there: %v", err)
		}
		if _, err := b.Draft(ctx, section, []access.Division{"110000"}, aqi.Red, "会商"); !fault.Is(err, fault.Invalid) {
			t.Errorf("no such place: %v", err)
		}
		nobody := access.Caller{Login: "nobody"}.Grant("warning.read", "warning.list")
		if all, err := b.Warnings(ctx, nobody, warning.Query{}); err != nil || len(all) != 0 {
			t.Errorf("no scope, no rows: %v, %v", all, err)
		}
		if all, err := b.Lists(ctx, nobody); err != nil || len(all) != 0 {
			t.Errorf("no scope, no lists: %v, %v", all, err)
		}
		w = b.move(section, w, warning.Drop, warning.Plan{Reason: "预报好转"})
		if w.Status() != "不采纳" || len(w.Acts(section)) != 0 {
			t.Errorf("%s %v", w.Status(), w.Acts(section))
		}
	})
}
