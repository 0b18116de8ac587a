package warning_test

import (
	"strings"
	"testing"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/warning"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

// TestPropose tries what the rules come to, with the days that were measured.
// Thresholds: 环大气〔2024〕6号 at second hand.
func TestPropose(t *testing.T) {
	for _, tt := range []struct {
		name    string
		past    []int // measured, the last one yesterday; -1 unknown
		ahead   []string
		primary string
		event   string
		current aqi.WarningLevel
		kind    warning.ProposalKind
		level   aqi.WarningLevel
		other   bool
	}{
		{"clean days call for nothing", nil, []string{"80", "90"}, "PM2.5", "", "", warning.ProposeNone, "", false},
		{"a day above 200 calls for yellow", nil, []string{"80", "201"}, "PM2.5", "", "", warning.ProposeIssue, aqi.Yellow, false},
		{"days that were measured count for how long it lasts", []int{160, 170}, []string{"155"}, "PM2.5", "", "", warning.ProposeIssue, aqi.Orange, false},
		{"a run that goes on over a worse day calls for what it comes to", []int{210}, []string{"155"}, "PM2.5", "", "", warning.ProposeIssue, aqi.Yellow, false},
		{"a run that is over calls for nothing", []int{210, 220, 310}, []string{"80", "90"}, "PM2.5", "", "", warning.ProposeNone, "", false},
		{"an unknown day before may have joined a run", []int{220, -1}, []string{"155"}, "PM2.5", "", "", warning.ProposeUnknown, "", false},
		{"an unknown day before a clean one joins nothing", []int{220, -1}, []string{"80"}, "PM2.5", "", "", warning.ProposeNone, "", false},
		{"days that ozone leads call for a notice", nil, []string{"210", "220"}, "O3", "", "", warning.ProposeNotice, "", false},
		{"so does dust", nil, []string{"300", "400"}, "PM10", "沙尘", "", warning.ProposeNotice, "", false},
		{"a range counts with its upper end, and the other is said", nil, []string{"190-210"}, "PM2.5", "", "", warning.ProposeIssue, aqi.Yellow, true},
		{"worse than what is in force", nil, []string{"210", "220"}, "PM2.5", "", aqi.Yellow, warning.ProposeRaise, aqi.Orange, false},
		{"still bad", nil, []string{"210", "80"}, "PM2.5", "", aqi.Yellow, warning.ProposeKeep, aqi.Yellow, false},
		{"two better days lift it", nil, []string{"100", "90"}, "PM2.5", "", aqi.Yellow, warning.ProposeLift, "", false},
		{"one is not enough", nil, []string{"100"}, "PM2.5", "", aqi.Yellow, warning.ProposeKeep, aqi.Yellow, false},
		{"orange becomes yellow", nil, []string{"160", "160"}, "PM2.5", "", aqi.Orange, warning.ProposeLower, aqi.Yellow, false},
		{"without a forecast nothing can be said", []int{80, 90}, nil, "", "", "", warning.ProposeUnknown, "", false},
		{"no forecast keeps it", nil, nil, "", "", aqi.Orange, warning.ProposeKeep, aqi.Orange, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, sqlite(t))
			if tt.current != "" {
				id, err := b.Draft(ctx, section, []access.Division{"231102"}, tt.current, "会商")
				if err != nil {
					t.Fatal(err)
				}
				w, _ := b.Warning(ctx, section, id)
				b.issue(w, tt.current)
			}
			days := map[standard.Date]aqi.Outlook{}
			for i, n := range tt.past {
				on := b.clock.at.AddDate(0, 0, i-len(tt.past))
				days[standard.Date(on.Format(time.DateOnly))] = aqi.Outlook{AQI: n, Primary: aqi.SetOf(aqi.PM25)}
			}
			b.measured["231102"] = days
			for i, text := range tt.ahead {
				low, high, wrong := warning.ReadRange(text)
				if wrong != "" {
					t.Fatal(wrong)
				}
				f := warning.Forecast{Division: "231102", On: standard.Date(b.clock.at.AddDate(0, 0, i).Format(time.DateOnly)), Low: low, High: high, Primary: tt.primary, Event: tt.event, Source: "示例"}
				if _, err := b.Foretell(ctx, section, f); err != nil {
					t.Fatal(err)
				}
			}
			p, err := b.Propose(ctx, branch, "231102")
			if err != nil || p.Kind != tt.kind || p.Level != tt.level || p.Differs != tt.other || p.Why == "" && len(tt.ahead) > 0 {
				t.Errorf("%s %q, other %q %v: %s, %v", p.Kind, p.Level, p.Other, p.Differs, p.Why, err)
			}
			if p.Basis.Verified() {
				t.Error("read at second hand: 待核实")
			}
			if p.Kind == warning.ProposeIssue && !strings.Contains(p.Basis.Citation.String(), "环大气〔2024〕6号") {
				t.Errorf("cites %s", p.Basis.Citation)
			}
		})
	}
}

// TestProposals holds that a forecast that changes makes a new proposal, that the
// platform changes its own draft alone, and that what a person dropped stays.
func TestProposals(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.foretell("231102", 100, 210)
		w := b.propose()
		b.foretell("231102", 220, 210)
		if w = b.propose(); w.Target != aqi.Orange {
			t.Errorf("%s", w.Target)
		}
		all, err := b.Proposals(ctx, branch, w.ID)
		if err != nil || len(all) != 2 || all[0].Level != aqi.Orange {
			t.Fatalf("%+v, %v", all, err)
		}
		w = b.move(section, w, warning.Submit, warning.Plan{Level: aqi.Yellow, StartsAt: b.clock.at, Measures: "x", Reason: "会商认为偏重"})
		b.foretell("231102", 220, 210, 310)
		if w = b.propose(); w.Target != aqi.Yellow {
			t.Error("what a person put forward is not changed")
		}
		w = b.move(section, w, warning.Drop, warning.Plan{Reason: "预报有误"})
		if w = b.propose(); w.State != warning.Dropped {
			t.Error("the same forecasts do not bring it back")
		}
		if n, _ := b.notices.List(ctx, section, 0, 50); len(n) == 0 {
			t.Error("the section is told")
		}
		if err := b.WithdrawForecast(ctx, section, "231102", "2026-11-30", "重新会商"); err != nil {
			t.Fatal(err)
		}
		left, err := b.Forecasts(ctx, section, "231102", "2026-11-29")
		if err != nil || len(left) != 2 {
			t.Errorf("%+v, %v", left, err)
		}
		kept, err := b.ForecastHistory(ctx, section, "231102", "2026-11-29")
		if err != nil || len(kept) != 5 {
			t.Errorf("every revision stays: %d, %v", len(kept), err)
		}
		if _, err := b.Forecasts(ctx, faraway, "231102", "2026-11-29"); err != nil {
			t.Error(err)
		} else if all, _ := b.Forecasts(ctx, faraway, "231102", "2026-11-29"); len(all) != 0 {
			t.Error("another county sees none of it")
		}
	})
}

// TestForecastFile reads a file of forecasts cell by cell.
func TestForecastFile(t *testing.T) {
	b := newBench(t, sqlite(t))
	const file = `区域,日期,AQI,首要污染物,特殊情形,预报来源
爱辉区,2026-11-30,180～220,细颗粒物,,气象台
231124,2026-11-30,90,,,
北京市,2026-11-30,90,,,气象台
爱辉区,2026-11-28,90,,,气象台
爱辉区,2026-12-01,６０,,,气象台
爱辉区,2026-12-01,501,,,气象台
爱辉区,2026-12-02,<50,,,气象台
爱辉区,2026-12-03,80,颗粒,,气象台
爱辉区,2026-12-04,80,PM10,大雾,气象台
爱辉区,2026-11-30,90,,,气象台
爱辉区,2026-02-30,90,,,气象台
爱辉区,2026-12-05,,,,气象台
`
	out, err := b.ImportForecasts(ctx, section, "预报.csv", "会商", strings.NewReader(file))
	if err != nil || out.Rows != 12 || out.Taken != 2 {
		t.Fatalf("%v, %+v", err, out)
	}
	for _, want := range []struct{ cell, text string }{
		{"A4", "没有这个区域"}, {"B5", "已经过去"}, {"C6", "半角"}, {"C7", "0 到 500"}, {"C8", "不是 AQI"}, {"D9", "不是首要污染物"}, {"E10", "特殊情形只能是"}, {"B11", "同一区域的同一天"}, {"B12", "没有这个日期"}, {"C13", ""},
	} {
		found := false
		for _, p := range out.Problems {
			found = found || p.Cell == want.cell && strings.Contains(p.Text, want.text)
		}
		if !found {
			t.Errorf("%s is not blamed for %q: %v", want.cell, want.text, out.Problems)
		}
	}
	if f, err := b.Forecasts(ctx, section, "231102", "2026-11-29"); err != nil || len(f) != 1 || f[0].Range() != "180—220" || f[0].Primary != "PM2.5" {
		t.Errorf("%+v, %v", f, err)
	}
	if f, _ := b.Forecasts(ctx, section, "231124", "2026-11-29"); len(f) != 1 || f[0].Source != "会商" {
		t.Errorf("%+v", f)
	}
	if again, err := b.ImportForecasts(ctx, section, "预报.csv", "会商", strings.NewReader(file)); err != nil || again.Taken != 0 || again.Same != 2 {
		t.Errorf("the same file again changes nothing: %+v, %v", again, err)
	}
	if _, err := b.ImportForecasts(ctx, section, "x", "", strings.NewReader("甲,乙\n1,2\n")); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
}
