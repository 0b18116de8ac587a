package air_test

import (
	"fmt"
	"testing"
	"time"

	"pingzhang/internal/air"
	"pingzhang/internal/fault"
	"pingzhang/internal/measure"
	"pingzhang/internal/register"
	aqi "pingzhang/standard/air"
)

// windy is an hour with a direction and a speed, and PM2.5.
func windy(p int64, start time.Time, direction, speed, pm25 string) measure.Frame {
	var cells []measure.Cell
	for factor, text := range map[string]string{"a01008": direction, "a01007": speed, "a34004": pm25} {
		if text != "" {
			cells = append(cells, measure.Cell{Factor: factor, Field: "Avg", Text: text}, measure.Cell{Factor: factor, Field: "Flag", Text: "N"})
		}
	}
	return measure.Frame{Point: measure.Point(p), Kind: measure.Hour, At: start.Unix(), Received: start.Unix() + 3700, Cells: measure.Pack(cells...)}
}

// A sector reaches 11.25 degrees to both sides of its direction.
func TestRoseSectors(t *testing.T) {
	for _, tt := range []struct {
		direction, speed string
		want             string
	}{
		{"0", "1", "北"}, {"11.24", "1", "北"}, {"11.25", "1", "北东北"}, {"33.74", "1", "北东北"}, {"33.75", "1", "东北"},
		{"90", "1", "东"}, {"180", "1", "南"}, {"270", "1", "西"}, {"348.74", "1", "北西北"}, {"348.75", "1", "北"}, {"360", "1", "北"},
		{"90", "0.3", "东"}, {"90", "0.29", "静风"}, {"90", "0", "静风"},
		{"360.1", "1", "未测得"}, {"-1", "1", "未测得"}, {"", "1", "未测得"}, {"90", "", "未测得"}, {"—", "1", "未测得"},
	} {
		b := newBench(t, sqlite(t))
		id := b.station("2263A", "231102").ID
		b.append(windy(id, at("2026-11-22 09:00"), tt.direction, tt.speed, "31"))
		b.reckon(at("2026-11-23 02:00"))
		r, err := b.Rose(ctx, city, id, aqi.PM25, "2026-11-22", "2026-11-22")
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for i, p := range r.Petals {
			if p.Wind > 0 {
				got += air.SectorName(i)
			}
		}
		if r.Calm.Wind > 0 {
			got += "静风"
		}
		if r.NoWind.Wind > 0 {
			got += "未测得"
		}
		if got != tt.want || r.Missing != 23 || r.Hours != 24 {
			t.Errorf("%s° at %s m/s is %s, want %s; %+v", tt.direction, tt.speed, got, tt.want, r)
		}
	}
}

// The mean of 20, 21 and 21 is 62/3; an hour with wind and no PM2.5 counts as
// wind, one with PM2.5 and no wind apart.
func TestRoseMeans(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		id := b.station("2263A", "231102").ID
		day := at("2026-11-22 00:00")
		for h, x := range [][3]string{{"90", "2", "20"}, {"90", "2", "21"}, {"95", "2", "21"}, {"90", "2", ""}, {"", "", "50"}, {"90", "0.1", "40"}} {
			b.append(windy(id, day.Add(time.Duration(h)*time.Hour), x[0], x[1], x[2]))
		}
		b.reckon(at("2026-11-23 02:00"))
		r, err := b.Rose(ctx, city, id, aqi.PM25, "2026-11-22", "2026-11-22")
		if err != nil {
			t.Fatal(err)
		}
		east := r.Petals[4]
		if east.Mean.Rat() == nil || east.Mean.Rat().RatString() != "62/3" || east.Hours != 3 || east.Wind != 4 {
			t.Errorf("%+v", east)
		}
		if r.Calm.Mean.String() != "40" || r.NoWind.Mean.String() != "50" || r.NoWind.Hours != 1 || r.Missing != 18 || !r.Measured {
			t.Errorf("%+v", r)
		}
		if _, err := b.Rose(ctx, foreign, id, aqi.PM25, "2026-11-22", "2026-11-22"); !fault.Is(err, fault.NotFound) {
			t.Errorf("a station of another county: %v", err)
		}
		if _, err := b.Rose(ctx, city, id, aqi.PM25, "2026-11-22", "2026-11-21"); !fault.Is(err, fault.Invalid) {
			t.Errorf("a span that is none: %v", err)
		}
	})
}

// The wind of the station's own device goes before what was imported; in a unit
// that nobody registered it is unknown, and the imported one stands.
func TestRoseDevice(t *testing.T) {
	for _, tt := range []struct {
		name  string
		units []register.FactorUnit
		east  int
		west  int
	}{
		{"registered units", []register.FactorUnit{{Code: "a01008", Unit: "°"}, {Code: "a01007", Unit: "m/s"}}, 1, 0},
		{"no unit of the direction", []register.FactorUnit{{Code: "a01007", Unit: "m/s"}}, 0, 1},
	} {
		b := newBench(t, sqlite(t))
		id, point := b.device(tt.units...)
		nine := at("2026-11-22 09:00")
		b.append(windy(point, nine, "90", "2", ""), windy(id, nine, "270", "2", "20"))
		b.reckon(at("2026-11-23 02:00"))
		r, err := b.Rose(ctx, city, id, aqi.PM25, "2026-11-22", "2026-11-22")
		if err != nil || r.Petals[4].Wind != tt.east || r.Petals[12].Wind != tt.west {
			t.Errorf("%s: %+v, %v", tt.name, r, err)
		}
	}
}

// A wind that cannot be is an issue on its cell, and the rest of the row stands.
func TestImportWind(t *testing.T) {
	b := newBench(t, sqlite(t))
	b.station("2263A", "231102")
	in := b.imported(city, "time,station_code,pm25_1h,风向（°）,风速（m/s）\n2026-11-22 10:00,2263A,20,361,-1\n2026-11-22 11:00,2263A,21,90,2\n")
	var all []string
	for _, p := range in.Problems {
		all = append(all, fmt.Sprintf("%s %s %s", p.Cell, p.Raw, p.Issue))
	}
	if in.New != 2 || fmt.Sprint(all) != "[D2 361 air_not_bearing E2 -1 negative]" {
		t.Errorf("%+v %v", in, all)
	}
}

// The month has every day, and the hours that entered its day.
func TestMonthHeat(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		id := b.station("2263A", "231102").ID
		b.hours(id, at("2026-02-10 00:00"), 23)
		b.reckon(at("2026-02-11 02:00"))
		h, err := b.MonthHeat(ctx, city, air.Place{Station: id}, 2026, 2, aqi.PM25)
		if err != nil || len(h.Days) != 28 {
			t.Fatal(len(h.Days), err)
		}
		d := h.Days[9]
		if d.On != "2026-02-10" || d.Hours[22].String() != "15" || d.Hours[23].IsSet() || d.Mean.String() != "15" || h.Days[10].Hours[0].IsSet() {
			t.Errorf("%+v", d)
		}
		if h, err := b.MonthHeat(ctx, foreign, air.Place{Station: id}, 2026, 2, aqi.PM25); err != nil || h.Days[9].Mean.IsSet() {
			t.Errorf("of another county nothing is known: %+v, %v", h.Days[9], err)
		}
		if _, err := b.MonthHeat(ctx, city, air.Place{Station: id}, 2026, 13, aqi.PM25); !fault.Is(err, fault.Invalid) {
			t.Errorf("there is no 13th month: %v", err)
		}
	})
}

// Stations alike share a place and the next is left out; one without days is not
// ranked.
func TestRanking(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		day := at("2026-11-22 00:00")
		var places []air.Place
		for i, pm25 := range []string{"20", "10", "10", ""} {
			id := b.station(fmt.Sprintf("226%dA", i), "231102").ID
			places = append(places, air.Place{Station: id})
			for h := range 24 {
				if pm25 != "" {
					b.append(frame(id, day.Add(time.Duration(h)*time.Hour), 0, "5", "10", "30", pm25, "0.4", "60"))
				}
			}
		}
		b.reckon(at("2026-11-23 02:00"))
		for _, m := range []air.RankBy{air.ByComposite, air.ByPM25} {
			all, err := b.Ranking(ctx, city, places, "2026-11-22", "2026-11-22", m)
			if err != nil || len(all) != 4 {
				t.Fatal(all, err)
			}
			var got []int
			for _, s := range all {
				got = append(got, s.Rank)
			}
			if fmt.Sprint(got) != "[1 1 3 0]" || !all[0].Tied || all[2].Tied || all[3].Of != places[3] || all[3].Issue == "" || all[2].Of != places[0] {
				t.Errorf("%s: %v %+v", m, got, all)
			}
		}
		all, err := b.Ranking(ctx, city, append(places, air.Place{Division: "231102"}), "2026-11-22", "2026-11-22", air.ByGoodRatio)
		if err != nil || all[0].Rank != 1 || !all[0].Tied || len(all) != 5 {
			t.Errorf("%+v, %v", all, err)
		}
		if all, err := b.Ranking(ctx, foreign, places, "2026-11-22", "2026-11-22", air.ByPM25); err != nil || all[0].Rank != 0 {
			t.Errorf("of another county nothing is ranked: %+v, %v", all[0], err)
		}
		if _, err := b.Ranking(ctx, city, places, "2025-01-01", "2026-01-02", air.ByPM25); !fault.Is(err, fault.Invalid) {
			t.Errorf("more than a year: %v", err)
		}
	})
}
