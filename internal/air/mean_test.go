package air_test

import (
	"fmt"
	"math/big"
	"testing"
	"time"

	"pingzhang/internal/air"
	"pingzhang/internal/fault"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

// Three stations reported; the fourth that counts did not. The mean is that of the
// three, exact, for three of four are three quarters (HJ 663); with five due it is
// none. PM2.5 of 20, 21 and 21 is 62/3 µg/m³; the index is that of PM10, whose
// mean (40+41+45)/3 = 42 has 42 (HJ 633-2026: up to 50 index and concentration
// are equal).
func TestMeanHour(t *testing.T) {
	b := newBench(t, sqlite(t))
	nine := at("2026-11-23 09:00")
	var ids []int64
	for i, texts := range [][]string{{"5", "10", "40", "20", "0.4", "60"}, {"6", "11", "41", "21", "0.5", "61"}, {"5", "10", "45", "21", "0.5", "60"}} {
		id := b.station(fmt.Sprintf("226%dA", i), "231102").ID
		ids = append(ids, id)
		b.append(frame(id, nine, 0, texts...))
	}
	silent := b.station("2269A", "231102").ID
	b.reckon(nine.Add(2 * time.Hour))
	stations, err := b.Stations(ctx, city)
	if err != nil {
		t.Fatal(err)
	}
	hours, err := b.SeriesOf(ctx, city, append(ids, silent), nine, nine.Add(time.Hour))
	if err != nil || len(hours) != 4 || len(hours[silent]) != 0 {
		t.Fatal(hours, err)
	}
	points := air.Counting(stations, "231100", "2026-11-23")
	d := air.MeanHour(b.Book(), nine.Unix(), points, hours)
	if want := big.NewRat(62, 3); d.Means[aqi.PM25].Value.Rat().Cmp(want) != 0 || d.Points != 3 || d.Due != 4 || !d.Published || d.AQI != 42 || d.Confidence.Verified() {
		t.Errorf("%+v", d)
	}
	five := append(points, air.Station{ID: 99, Division: "231102"})
	if d := air.MeanHour(b.Book(), nine.Unix(), five, hours); d.AQI != aqi.NoIAQI || d.Published || d.Issue != aqi.TooFewPoints || d.Due != 5 {
		t.Errorf("three of five are too few: %+v", d)
	}
	if d := air.MeanHour(b.Book(), nine.Add(time.Hour).Unix(), points, hours); d.AQI != aqi.NoIAQI || d.Issue != standard.NoValue || d.Points != 0 {
		t.Errorf("nobody reported ten o'clock: %+v", d)
	}
}

func TestCounting(t *testing.T) {
	base := air.Station{ID: 1, Division: "231102", Purpose: "evaluation", Assessed: true, Opened: "2026-01-01", Closed: "2026-06-30"}
	for _, tt := range []struct {
		name   string
		change func(*air.Station)
		on     standard.Date
		counts bool
	}{
		{"an assessed evaluation point counts", func(*air.Station) {}, "2026-03-01", true},
		{"on the day it opened", func(*air.Station) {}, "2026-01-01", true},
		{"not the day before", func(*air.Station) {}, "2025-12-31", false},
		{"on its last day", func(*air.Station) {}, "2026-06-30", true},
		{"not the day after", func(*air.Station) {}, "2026-07-01", false},
		{"a background point does not", func(s *air.Station) { s.Purpose = "background" }, "2026-03-01", false},
		{"nor one that is not assessed", func(s *air.Station) { s.Assessed = false }, "2026-03-01", false},
		{"nor one of another county", func(s *air.Station) { s.Division = "231123" }, "2026-03-01", false},
	} {
		st := base
		tt.change(&st)
		if got := len(air.Counting([]air.Station{st}, "231102", tt.on)) == 1; got != tt.counts {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

// Many stations are read with one question, in the scope of who asks.
func TestSeriesOf(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		nine := at("2026-11-23 09:00")
		here, there := b.station("2263A", "231102").ID, b.station("2264A", "231121").ID
		b.append(clean(here, nine), clean(here, nine.Add(time.Hour)), clean(there, nine))
		b.reckon(nine.Add(3 * time.Hour))
		all, err := b.SeriesOf(ctx, city, []int64{here, there}, nine, nine.Add(time.Hour))
		if err != nil || len(all[here]) != 1 || len(all[there]) != 1 || all[here][nine.Unix()].AQI < 0 {
			t.Errorf("%v, %v", all, err)
		}
		if v := all[here][nine.Unix()].Values(); v[aqi.PM25].Value.String() != "15" {
			t.Errorf("%+v", v)
		}
		all, err = b.SeriesOf(ctx, county, []int64{here, there}, nine, nine.Add(2*time.Hour))
		if err != nil || len(all[here]) != 2 || len(all[there]) != 0 {
			t.Errorf("a county sees its own: %v, %v", all, err)
		}
		if _, err := b.SeriesOf(ctx, city, []int64{here}, nine, nine.AddDate(0, 0, 63)); !fault.Is(err, fault.Invalid) {
			t.Errorf("63 days are too long: %v", err)
		}
		if all, err := b.SeriesOf(ctx, city, nil, nine, nine.Add(time.Hour)); err != nil || len(all) != 0 {
			t.Errorf("%v, %v", all, err)
		}
	})
}
