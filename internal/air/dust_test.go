package air_test

import (
	"testing"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/air"
	"pingzhang/internal/fault"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

var (
	proposer = access.Caller{Login: "section", Name: "示例科长", Via: "web", Scope: city.Scope}.Grant("monitor.read", "register.read", air.MayDeduct)
	approver = access.Caller{Login: "leader", Name: "示例局长", Via: "web", Scope: city.Scope}.Grant("monitor.read", "register.read", air.MayApprove, air.MayDeduct)
)

// dusty is a station with three days of March 2026, the second of them dusty.
func dusty(b *bench) (station int64) {
	station = b.station("2263A", "231102").ID
	b.hours(station, at("2026-03-10 00:00"), 24)
	for h := range 24 {
		b.append(frame(station, at("2026-03-11 00:00").Add(time.Duration(h)*time.Hour), 0, "5", "10", "300", "90", "0.4", "60"))
	}
	b.hours(station, at("2026-03-12 00:00"), 24)
	b.reckon(at("2026-03-13 02:00"))
	b.hand.set(at("2026-11-24 00:00"))
	return station
}

func statistic(t *testing.T, all []aqi.Evaluation, p aqi.Pollutant) aqi.Statistic {
	t.Helper()
	for _, s := range all[len(all)-1].Pollutants[p].Statistics {
		if s.Percent == 0 {
			return s
		}
	}
	t.Fatal("no mean of ", p)
	return aqi.Statistic{}
}

// Days of PM10 30, 300 and 30 have a mean of 120 µg/m³, and 30 without the day of
// dust; both stand, and the good days are counted as they were measured.
func TestDust(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		st := dusty(b)
		place := air.Place{Station: st}
		both := func() air.Evaluated {
			t.Helper()
			e, err := b.EvaluateBoth(ctx, city, place, "2026-03-10", "2026-03-12", false)
			if err != nil {
				t.Fatal(err)
			}
			return e
		}
		d, err := b.Deduct(ctx, proposer, air.Dust{From: at("2026-03-11 05:00").Unix(), To: at("2026-03-11 21:00").Unix(), Reason: "沙尘过境", Evidence: "示例通报1号"},
			[]air.Place{place}, aqi.SetOf(aqi.PM10))
		if err != nil || d.State != air.DustProposed || d.Division != "231102" {
			t.Fatal(d, err)
		}
		if e := both(); e.Deducted != nil || statistic(t, e.Plain, aqi.PM10).Value.String() != "120" {
			t.Errorf("what is only proposed is not deducted: %+v", e.Record)
		}
		if err := b.DecideDust(ctx, proposer.Grant(air.MayApprove), d.ID, true, "同意"); !fault.Is(err, fault.Denied) {
			t.Errorf("who proposed does not approve: %v", err)
		}
		if err := b.DecideDust(ctx, foreign.Grant(air.MayApprove), d.ID, true, "同意"); !fault.Is(err, fault.NotFound) {
			t.Errorf("nor another county: %v", err)
		}
		if err := b.DecideDust(ctx, approver, d.ID, true, " "); !fault.Is(err, fault.Invalid) {
			t.Errorf("nor without words: %v", err)
		}
		if err := b.DecideDust(ctx, approver, d.ID, true, "同意"); err != nil {
			t.Fatal(err)
		}
		if err := b.DecideDust(ctx, approver, d.ID, false, "不同意"); !fault.Is(err, fault.Conflict) {
			t.Errorf("it is decided once: %v", err)
		}
		e := both()
		if statistic(t, e.Plain, aqi.PM10).Value.String() != "120" || statistic(t, e.Deducted, aqi.PM10).Value.String() != "30" || statistic(t, e.Deducted, aqi.PM25).Value.String() != "40" {
			t.Errorf("PM10 alone is deducted: %v, %v", statistic(t, e.Plain, aqi.PM10), statistic(t, e.Deducted, aqi.PM10))
		}
		if len(e.Record) != 1 || e.Record[0].By != "示例局长" || e.Record[0].Basis.Citation.Confidence.Verified() {
			t.Errorf("%+v", e.Record)
		}
		g, err := b.GoodDays(ctx, city, place, 2026, at("2026-11-24 00:00"))
		if err != nil || g.Good != 2 || g.Bad != 1 {
			t.Errorf("good days count what was measured: %+v, %v", g, err)
		}
		if err := b.WithdrawDust(ctx, approver, d.ID, "通报更正"); err != nil {
			t.Fatal(err)
		}
		if e := both(); e.Deducted != nil {
			t.Error("a withdrawn deduction counts no more")
		}
		all, err := b.Dusts(ctx, city, 2026)
		if err != nil || len(all) != 1 || all[0].State != air.DustWithdrawn || all[0].DecidedName != "示例局长" || all[0].EndedWhy != "通报更正" {
			t.Errorf("it stays to be read: %+v, %v", all, err)
		}
		if n := b.count(`SELECT COUNT(*) FROM journal WHERE act IN ('air.dust.propose', 'air.dust.approve', 'air.dust.withdraw')`); n != 3 {
			t.Errorf("every step stands in the journal: %d", n)
		}
	})
}

func TestDustRefused(t *testing.T) {
	b := newBench(t, sqlite(t))
	st := dusty(b)
	good := air.Dust{From: at("2026-03-11 05:00").Unix(), To: at("2026-03-11 21:00").Unix(), Reason: "沙尘过境", Evidence: "示例通报1号"}
	for _, tt := range []struct {
		name   string
		by     access.Caller
		change func(*air.Dust)
		place  air.Place
		set    aqi.Set
		kind   fault.Kind
		field  string
	}{
		{"without the permission", city, nil, air.Place{Station: st}, aqi.SetOf(aqi.PM10), fault.Denied, ""},
		{"of another county", foreign.Grant(air.MayDeduct), nil, air.Place{Station: st}, aqi.SetOf(aqi.PM10), fault.Denied, ""},
		{"of ozone", proposer, nil, air.Place{Station: st}, aqi.SetOf(aqi.PM10, aqi.O3), fault.Invalid, "pollutants"},
		{"without a reason", proposer, func(d *air.Dust) { d.Reason = " " }, air.Place{Station: st}, aqi.SetOf(aqi.PM10), fault.Invalid, "reason"},
		{"without evidence", proposer, func(d *air.Dust) { d.Evidence = "" }, air.Place{Station: st}, aqi.SetOf(aqi.PM10), fault.Invalid, "evidence"},
		{"of a month and a day", proposer, func(d *air.Dust) { d.From = d.To - 32*86400 }, air.Place{Station: st}, aqi.SetOf(aqi.PM10), fault.Invalid, "to"},
		{"of days to come", proposer, func(d *air.Dust) { d.To = at("2026-11-24 01:00").Unix(); d.From = d.To - 3600 }, air.Place{Station: st}, aqi.SetOf(aqi.PM10), fault.Invalid, "to"},
		{"backwards", proposer, func(d *air.Dust) { d.To = d.From }, air.Place{Station: st}, aqi.SetOf(aqi.PM10), fault.Invalid, "to"},
	} {
		d := good
		if tt.change != nil {
			tt.change(&d)
		}
		_, err := b.Deduct(ctx, tt.by, d, []air.Place{tt.place}, tt.set)
		if !fault.Is(err, tt.kind) || tt.field != "" && fault.FieldsOf(err)[tt.field] == "" {
			t.Errorf("%s: %v %v", tt.name, err, fault.FieldsOf(err))
		}
	}
	if all, err := b.Dusts(ctx, city, 2026); err != nil || len(all) != 0 {
		t.Errorf("nothing of it was stored: %v, %v", all, err)
	}
	// The hours from 20:00 to 02:00 lie in two days.
	d := air.Dust{From: at("2026-03-11 20:00").Unix(), To: at("2026-03-12 02:00").Unix()}
	if days := d.Days(); len(days) != 2 || days[0] != standard.Date("2026-03-11") {
		t.Errorf("%v", days)
	}
}
