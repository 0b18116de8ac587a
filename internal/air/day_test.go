package air_test

import (
	"testing"
	"time"

	"pingzhang/internal/air"
	"pingzhang/standard"
)

func TestDay(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		st := b.station("2263A", "231102")
		day := at("2026-11-23 00:00")
		b.hours(st.ID, day, 24)
		if p := b.reckon(day.Add(24 * time.Hour)); p.Hours != 24 || p.Days != 0 {
			t.Fatalf("before its grace is over a day is not reckoned: %+v", p)
		}
		if d := b.day(air.Place{Station: st.ID}, "2026-11-23"); d.Good != air.Unknown || d.AQI != -1 || d.Revision != 0 {
			t.Errorf("a day that is not stored is unknown: %+v", d)
		}
		if p := b.reckon(day.Add(25 * time.Hour)); p.Hours != 0 || p.Days != 1 || p.Cities != 2 || p.Changed != 3 {
			t.Fatalf("%+v", p)
		}
		d := b.day(air.Place{Station: st.ID}, "2026-11-23")
		// HJ 633-2026: O3 8 h 60 is 60/100·50 = 30, PM10 30 and PM2.5 15 lie at
		// most there; all below 50, so nothing is primary.
		if d.Good != air.GoodDay || !d.Published || d.Level != 1 || d.Edition != "HJ 633-2026" || d.Primary != "" || d.PM25 != "15" || d.CO != "0.4" || d.O3 != "60" || d.O3Hour != "60" {
			t.Errorf("%+v", d)
		}
		if refs, err := b.Refs(ctx, d.Basis); err != nil || len(refs) == 0 || d.Revision != 1 || d.Cause != "readings" {
			t.Errorf("refs %v, %v, revision %d, cause %q", refs, err, d.Revision, d.Cause)
		}
		for _, div := range []string{"231102", "231100"} {
			c := b.day(air.Place{Division: "231102"}, "2026-11-23")
			if c.Due != 1 || c.AQI != d.AQI || c.Good != air.GoodDay || c.PM25 != "15" {
				t.Errorf("%s: %+v", div, c)
			}
		}
	})
}

// Both sides of the rules of validity: 20 hours of a day, 6 hours of eight, 14
// means of a day (GB 3095-2026 table 4, HJ 663).
func TestValidity(t *testing.T) {
	for _, tt := range []struct {
		name  string
		hours []int // that are missing
		pm25  string
		o3    string
		good  air.Good
		issue standard.Issue
	}{
		{"twenty hours make a day", []int{0, 1, 2, 3}, "15", "60", air.GoodDay, ""},
		{"nineteen do not", []int{0, 1, 2, 3, 4}, "", "60", air.Unknown, "air_incomplete"},
		// Windows end at 8 to 24. Hours 14, 15 and 16 missing leave windows with
		// three of them gone invalid: those that end at 17 to 22, six of 17.
		{"eleven means of ozone are too few", []int{14, 15, 16}, "15", "", air.Unknown, "air_incomplete"},
		// Hours 21 to 23 missing: only the window that ends at 24 has three gone.
		{"sixteen are enough", []int{21, 22, 23}, "15", "60", air.GoodDay, ""},
		{"two hours of eight may be missing", []int{14, 15}, "15", "60", air.GoodDay, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(t *testing.T, b *bench) {
				st := b.station("2263A", "231102")
				day := at("2026-11-23 00:00")
			hours:
				for i := range 24 {
					for _, m := range tt.hours {
						if m == i {
							continue hours
						}
					}
					b.hours(st.ID, day.Add(time.Duration(i)*time.Hour), 1)
				}
				b.reckon(day.Add(25 * time.Hour))
				d := b.day(air.Place{Station: st.ID}, "2026-11-23")
				if d.PM25 != tt.pm25 || d.O3 != tt.o3 || d.Good != tt.good || d.Issue != tt.issue {
					t.Errorf("PM2.5 %q, O3 %q, %s, %q: %+v", d.PM25, d.O3, d.Good, d.Issue, d)
				}
			})
		})
	}
}

// PM2.5 of 70 µg/m³ is an index above 100 from 2026-03-01 on (60 is 100) and
// below it until then (75 is 100).
func TestEditions(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		st := b.station("2263A", "231102")
		for start := at("2026-02-28 00:00"); start.Before(at("2026-03-02 00:00")); start = start.Add(time.Hour) {
			b.append(frame(st.ID, start, 0, "5", "10", "80", "70", "0.4", "60"))
		}
		b.reckon(at("2026-03-02 01:00"))
		for _, tt := range []struct {
			on      standard.Date
			edition string
			good    air.Good
			aqi     int64
		}{
			// 50 + (70−35)/(75−35)·50 = 93.75; 100 + (70−60)/(115−60)·50 as the
			// corners of 2026 say.
			{"2026-02-28", "HJ 633-2012", air.GoodDay, 94},
			{"2026-03-01", "HJ 633-2026", air.BadDay, 0},
		} {
			d := b.day(air.Place{Station: st.ID}, tt.on)
			if d.Edition != tt.edition || d.Good != tt.good || tt.aqi != 0 && d.AQI != tt.aqi || d.Primary != "PM2.5/24h" {
				t.Errorf("%s: %+v", tt.on, d)
			}
		}
		h, err := b.Series(ctx, city, st.ID, at("2026-02-28 23:00"), at("2026-03-01 01:00"))
		if err != nil || len(h) != 2 || h[0].Edition != "HJ 633-2012" || h[1].Edition != "HJ 633-2026" || h[0].AQI == h[1].AQI {
			t.Errorf("%+v, %v", h, err)
		}
	})
}

func TestLateData(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		st := b.station("2263A", "231102")
		day := at("2026-11-23 00:00")
		b.hours(st.ID, day, 19)
		b.reckon(day.Add(25 * time.Hour))
		if d := b.day(air.Place{Station: st.ID}, "2026-11-23"); d.Good != air.Unknown || d.PM25 != "" {
			t.Fatalf("%+v", d)
		}
		before := b.count(`SELECT COUNT(*) FROM journal`)
		b.hours(st.ID, day.Add(19*time.Hour), 1)
		if p := b.reckon(day.Add(72 * time.Hour)); p.Hours != 1 || p.Days != 1 || p.Cities != 2 {
			t.Errorf("%+v", p)
		}
		d := b.day(air.Place{Station: st.ID}, "2026-11-23")
		if d.Good != air.GoodDay || d.Revision != 2 {
			t.Errorf("%+v", d)
		}
		old, err := b.Revisions(ctx, city, air.Place{Station: st.ID}, "2026-11-23")
		if err != nil || len(old) != 1 || old[0].Good != air.Unknown || old[0].Revision != 1 {
			t.Errorf("%+v, %v", old, err)
		}
		if n := b.count(`SELECT COUNT(*) FROM journal`); n != before+3 {
			t.Errorf("%d journal entries; a day that is told otherwise has one, of the station, its county and its city", n-before)
		}
		// Handing over and reckoning again changes nothing.
		b.hours(st.ID, day.Add(19*time.Hour), 1)
		list := b.count(`SELECT COUNT(*) FROM air_day_history`)
		if p := b.reckon(day.Add(73 * time.Hour)); p.Changed != 0 || b.count(`SELECT COUNT(*) FROM air_day_history`) != list || b.count(`SELECT COUNT(*) FROM air_pending`) != 0 {
			t.Errorf("again: %+v", p)
		}
	})
}
