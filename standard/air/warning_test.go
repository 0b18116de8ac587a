package air_test

import (
	"fmt"
	"strings"
	"testing"

	"pingzhang/standard"
	"pingzhang/standard/air"
)

// outlook makes days from 1 January 2027 on.
func outlook(aqis ...int) []air.Outlook {
	var all []air.Outlook
	for i, aqi := range aqis {
		all = append(all, air.Outlook{On: standard.Date(fmt.Sprintf("2027-01-%02d", i+1)), AQI: aqi, Primary: air.SetOf(air.PM25), Forecast: true})
	}
	return all
}

func TestWarn(t *testing.T) {
	const unknown = air.NoIAQI
	b := book(t)
	ozone := outlook(250, 250)
	ozone[1].Primary = air.SetOf(air.O3)
	mixed := outlook(250, 250)
	mixed[1].Primary = air.SetOf(air.O3, air.PM25)
	dust := outlook(250, 450)
	dust[1].Event = "沙尘"
	gap := outlook(250, 0, 250)
	gap = []air.Outlook{gap[2], gap[0]}
	for _, tt := range []struct {
		name    string
		days    []air.Outlook
		want    air.WarningLevel
		span    string
		notices int
		issue   standard.Issue
	}{
		{"one day at 200 is nothing", outlook(200), air.NoWarning, "", 0, ""},
		{"one day above 200 is yellow", outlook(100, 201, 100), air.Yellow, "02-02", 0, ""},
		{"two days at 150 are nothing", outlook(150, 150), air.NoWarning, "", 0, ""},
		{"one day above 150 is nothing", outlook(151), air.NoWarning, "", 0, ""},
		{"two are yellow", outlook(151, 151), air.Yellow, "01-02", 0, ""},
		{"three are orange", outlook(151, 151, 151), air.Orange, "01-03", 0, ""},
		{"not with a better day between", outlook(151, 151, 150, 151), air.Yellow, "01-02", 0, ""},
		{"two days above 200 are orange", outlook(201, 201), air.Orange, "01-02", 0, ""},
		{"three above 200 are orange still", outlook(201, 201, 300), air.Orange, "01-03", 0, ""},
		{"with one above 300 they are red", outlook(201, 201, 301), air.Red, "01-03", 0, ""},
		{"a day above 300 outside the three does not make red", outlook(301, 100, 201, 201, 201), air.Orange, "03-05", 0, ""},
		{"two days above 300 are orange", outlook(400, 400), air.Orange, "01-02", 0, ""},
		{"a day that ozone leads is a notice", ozone, air.Yellow, "01-01", 1, ""},
		{"a day that particles share counts", mixed, air.Orange, "01-02", 0, ""},
		{"dust is a notice", dust, air.Yellow, "01-01", 1, ""},
		{"an unknown day ends a run", outlook(201, unknown, 201), air.Yellow, "01-01", 0, air.GapInSeries},
		{"so does a day left out", gap, air.Yellow, "01-01", 0, air.GapInSeries},
		{"no days", nil, air.NoWarning, "", 0, standard.NoValue},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := b.Warn("2027-01-01", tt.days)
			span := ""
			if w.From != "" {
				span = string(w.From[8:] + "-" + w.To[8:])
			}
			if w.Level != tt.want || span != tt.span || len(w.Notices) != tt.notices || w.Issue != tt.issue || w.Why == "" {
				t.Errorf("%s %s, %v, %q: %s", w.Level, span, w.Notices, w.Issue, w.Why)
			}
			if w.Basis.Verified() {
				t.Error("the thresholds were read at second hand and must say 待核实")
			}
		})
	}
	w := b.Warn("2027-01-01", outlook(210, 305, 220))
	if want := "红色预警：2027-01-01 至 2027-01-03 日 AQI 为 210、305、220，大于 200 持续 72 小时及以上，且大于 300 持续 24 小时及以上"; w.Why != want || w.Basis.Refs[0].Key != "hdq2024-6.red.200" {
		t.Errorf("%s, %v; want %s", w.Why, w.Basis.Refs, want)
	}
	if w := b.Warn("2023-12-31", outlook(500, 500, 500)); w.Level != air.NoWarning || w.Issue != standard.NoRule {
		t.Errorf("before the document no rule says: %+v", w)
	}
}

func TestLift(t *testing.T) {
	b := book(t)
	for _, tt := range []struct {
		name    string
		current air.WarningLevel
		coming  []air.Outlook
		lift    bool
		to      air.WarningLevel
		issue   standard.Issue
	}{
		{"two better days lift it", air.Yellow, outlook(100, 100), true, air.NoWarning, ""},
		{"one is not more than 36 hours", air.Yellow, outlook(100), false, air.Yellow, air.SeriesShort},
		{"one and then another bad one", air.Yellow, outlook(100, 201), false, air.Yellow, ""},
		{"two, and what comes after is another matter", air.Yellow, outlook(100, 100, 201), true, air.NoWarning, ""},
		{"still bad", air.Orange, outlook(201, 201, 100), false, air.Orange, ""},
		{"red becomes orange", air.Red, outlook(201, 201, 201), true, air.Orange, ""},
		{"orange becomes yellow", air.Orange, outlook(151, 151), true, air.Yellow, ""},
		{"orange stays when yellow is all but orange", air.Orange, outlook(151, 151, 151), false, air.Orange, ""},
		{"an unknown day keeps it", air.Yellow, outlook(100, air.NoIAQI, 100), false, air.Yellow, air.GapInSeries},
		{"no forecast keeps it", air.Red, nil, false, air.Red, air.SeriesShort},
		{"nothing to lift", air.NoWarning, outlook(100, 100), false, air.NoWarning, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := b.Lift("2027-01-01", tt.current, tt.coming)
			if l.Lift != tt.lift || l.To != tt.to || l.Issue != tt.issue || l.Why == "" {
				t.Errorf("%v to %q, %q: %s", l.Lift, l.To, l.Issue, l.Why)
			}
			if tt.current != air.NoWarning && (l.Basis.Verified() || !strings.Contains(l.Basis.Refs[0].Key, "lift")) {
				t.Errorf("rests on %+v", l.Basis)
			}
		})
	}
}
