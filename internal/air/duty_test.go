package air_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pingzhang/catalog"
	"pingzhang/internal/access"
	"pingzhang/internal/air"
	"pingzhang/internal/fault"
	"pingzhang/internal/measure"
	"pingzhang/internal/register"
	"pingzhang/internal/sqldb"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

// device registers a station with an instrument of its own, which sends gases in
// mg/m³ and particles in µg/m³.
func (b *bench) device(units ...register.FactorUnit) (station, point int64) {
	lon, lat := 127.5, 50.2
	p := b.save(register.Entry{Register: register.PointEntry, Name: "空气站数采仪", Division: "231102", Lon: &lon, Lat: &lat, Data: map[string]any{
		"kind": "air", "mn": "DEMOAIR1", "profile": "2017", "password": "123456", "minute_interval_min": "5", "factors": units}})
	return b.station("2263A", "231102", "point", p.ID).ID, p.ID
}

var unitsOfGas = []register.FactorUnit{{Code: "a21026", Unit: "mg/m3"}, {Code: "a21004", Unit: "mg/m3"}, {Code: "a34002", Unit: "ug/m3"},
	{Code: "a34004", Unit: "ug/m3"}, {Code: "a21005", Unit: "mg/m3"}}

func TestDevice(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		st, p := b.device(unitsOfGas...)
		nine := at("2026-11-23 09:00")
		// Ozone has no registered unit: it is unknown.
		b.append(frame(p, nine, 0, "0.005", "0.0105", "30", "15", "0.4", "0.06"))
		if p := b.reckon(nine.Add(time.Hour + 9*time.Minute)); p.Hours != 0 {
			t.Errorf("an hour of a device waits for its grace: %+v", p)
		}
		// What was imported for the same hour is kept, and not mixed in.
		b.append(frame(st, nine, 0, "9", "9", "9", "9", "0.9", "9"))
		b.append(frame(st, nine.Add(time.Hour), 0, "9", "9", "9", "9", "0.9", "9"))
		b.reckon(nine.Add(3 * time.Hour))
		h, err := b.Series(ctx, city, st, nine, nine.Add(2*time.Hour))
		if err != nil || len(h) != 2 || h[0].Source != air.Device || h[1].Source != air.Feed {
			t.Fatalf("%+v, %v", h, err)
		}
		v := h[0].Values()
		if v[aqi.SO2].Value.String() != "5" || v[aqi.SO2].Text != "0.005" || v[aqi.SO2].Unit != "mg/m³" || v[aqi.NO2].Value.Cmp(standard.Must("10.5")) != 0 || v[aqi.PM25].Value.String() != "15" {
			t.Errorf("%+v", v)
		}
		if v[aqi.O3].Value.IsSet() || v[aqi.O3].Issue != standard.NoUnit || v[aqi.O3].Text != "0.06" || h[0].Published {
			t.Errorf("a unit that nobody registered is not guessed: %+v", v[aqi.O3])
		}
	})
}

// 45 minutes make an hour of a gas (GB 3095-2026 table 4); of particles the table
// has no figure.
func TestMinutes(t *testing.T) {
	for _, tt := range []struct {
		name    string
		minutes int
		value   string
		issue   standard.Issue
	}{
		{"45 minutes are enough", 45, "20", ""},
		{"40 are not", 40, "", standard.TooFewMinutes},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, sqlite(t))
			st, p := b.device(unitsOfGas...)
			nine := at("2026-11-23 09:00")
			for m := 0; m < tt.minutes; m += 5 {
				f := frame(p, nine.Add(time.Duration(m)*time.Minute), 0, "0.02", "", "30")
				f.Kind = measure.Minute
				b.append(f)
			}
			b.reckon(nine.Add(2 * time.Hour))
			h, err := b.Series(ctx, city, st, nine, nine.Add(time.Hour))
			if err != nil || len(h) != 1 {
				t.Fatal(h, err)
			}
			v := h[0].Values()
			if v[aqi.SO2].Value.String() != tt.value || v[aqi.SO2].Issue != tt.issue || v[aqi.SO2].Minutes != tt.minutes || v[aqi.SO2].From != measure.FromMinutes {
				t.Errorf("%+v", v[aqi.SO2])
			}
			if v[aqi.PM10].Value.IsSet() || v[aqi.PM10].Issue != standard.NoRule {
				t.Errorf("no rule says when minutes of particles are an hour: %+v", v[aqi.PM10])
			}
		})
	}
}

// A mark and a correction of a person make the hour and the day again.
func TestCorrection(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		st := b.station("2263A", "231102").ID
		day := at("2026-11-23 00:00")
		b.hours(st, day, 20)
		b.reckon(day.Add(25 * time.Hour))
		fix := measure.Fix{Point: measure.Point(st), Kind: measure.Hour, At: day.Unix(), Factor: "a34004", Fields: map[string]string{"Avg": "35"}, Who: "city", Why: "复核"}
		if _, err := b.measure.Correct(ctx, fix, nil); err != nil {
			t.Fatal(err)
		}
		b.reckon(day.Add(26 * time.Hour))
		d := b.day(air.Place{Station: st}, "2026-11-23")
		if d.PM25 != "16" || d.Revision != 2 { // (19·15+35)/20
			t.Errorf("%+v", d)
		}
		if _, err := b.measure.AddMark(ctx, measure.Mark{Point: measure.Point(st), Factor: "a34004", From: day.Unix(), To: day.Unix() + 3600, Mark: measure.MarkAbnormal, Reason: "停电", Who: "city"}, nil); err != nil {
			t.Fatal(err)
		}
		b.reckon(day.Add(27 * time.Hour))
		if d := b.day(air.Place{Station: st}, "2026-11-23"); d.PM25 != "" || d.Revision != 3 || d.Good != air.Unknown {
			t.Errorf("nineteen hours are left: %+v", d)
		}
	})
}

// A city of four points counts with three (75 percent, HJ 663); controls and
// points that were not open yet do not count.
func TestCity(t *testing.T) {
	for _, tt := range []struct {
		name string
		with int
		good air.Good
		pm25 string
	}{
		{"three of four points are enough", 3, air.GoodDay, "15"},
		{"two are not", 2, air.Unknown, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, sqlite(t))
			day := at("2026-11-23 00:00")
			for i, code := range []string{"2263A", "2264A", "2265A", "2266A"} {
				if st := b.station(code, access.Division([]string{"231102", "231121"}[i%2])); i < tt.with {
					b.hours(st.ID, day, 24)
				}
			}
			control := b.station("2267A", "231102", "purpose", "control")
			b.append(frame(control.ID, day, 0, "500", "500", "500", "500", "50", "500"))
			b.station("2268A", "231102", "opened_on", "2026-11-24")
			b.station("2269A", "231102", "closed_on", "2026-11-22")
			b.reckon(day.Add(25 * time.Hour))
			c := b.day(air.Place{Division: "231100"}, "2026-11-23")
			if c.Due != 4 || c.Good != tt.good || c.PM25 != tt.pm25 {
				t.Errorf("%+v", c)
			}
		})
	}
}

func TestScope(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		st := b.station("2263A", "231102").ID
		day := at("2026-11-23 00:00")
		now := day.Add(25 * time.Hour)
		b.hours(st, day, 24)
		b.reckon(now)
		for _, tt := range []struct {
			name string
			by   access.Caller
			sees bool
		}{
			{"the city sees it", city, true},
			{"its county sees it", county, true},
			{"another county does not", foreign, false},
			{"an enterprise does not", access.Caller{Scope: access.Scope{Enterprise: 7}}.Grant("register.read", "monitor.read", "point.edit"), false},
			{"no scope sees nothing", access.Caller{}.Grant("register.read", "monitor.read", "point.edit"), false},
		} {
			all, err1 := b.Now(ctx, tt.by, now)
			hours, err2 := b.Series(ctx, tt.by, st, day, now)
			days, err3 := b.DaysBetween(ctx, tt.by, air.Place{Station: st}, "2026-11-23", "2026-11-23")
			heat, err4 := b.Heat(ctx, tt.by, st, 2026, aqi.PM25)
			stations, err5 := b.Stations(ctx, tt.by)
			resting, err6 := b.Resting(ctx, tt.by, "air_validity", "gb3095-2026.day.hours")
			if err := errors.Join(err1, err2, err3, err4, err5, err6); err != nil {
				t.Fatalf("%s: %v", tt.name, err)
			}
			for what, got := range map[string]bool{
				"now": len(all) == 1 && all[0].Hour != nil, "hours": len(hours) == 24, "day": days[0].Revision == 1,
				"heat": heat[0].Cells[10][0].Hours == 1, "stations": len(stations) == 1, "resting": len(resting) == 1,
			} {
				if got != tt.sees {
					t.Errorf("%s: %s is seen: %v", tt.name, what, got)
				}
			}
			if _, err := b.Recompute(ctx, tt.by, "2026-11-23", "2026-11-23", "核对"); (err == nil) != tt.sees {
				t.Errorf("%s: Recompute: %v", tt.name, err)
			}
		}
		if _, err := b.Now(ctx, access.Caller{}, now); !fault.Is(err, fault.Denied) {
			t.Errorf("%v", err)
		}
	})
}

func TestNow(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		now := at("2026-11-24 10:00")
		start := now.Add(-time.Hour)
		var ids []int64
		for _, code := range []string{"2261A", "2262A", "2263A", "2264A", "2265A"} {
			ids = append(ids, b.station(code, "231102").ID)
		}
		b.append(frame(ids[0], start, 0, "5", "10", "30", "50", "0.4", "60"), clean(ids[1], start), clean(ids[2], start))
		b.append(clean(ids[3], now.Add(-4*time.Hour-time.Minute).Truncate(time.Hour)))
		b.reckon(now)
		all, err := b.Now(ctx, city, now)
		if err != nil || len(all) != 5 {
			t.Fatal(all, err)
		}
		var got []string
		for _, n := range all {
			got = append(got, n.Station.Code+" "+strings.Repeat("=", n.Place)+map[bool]string{true: "~"}[n.Tied]+map[bool]string{true: "x"}[n.Offline])
		}
		if text := strings.Join(got, ","); text != "2262A =~,2263A =~,2261A ===,2264A x,2265A x" {
			t.Errorf("%s", text)
		}
		if all[0].Level.Category != "优" || all[3].Level.Number != 0 {
			t.Errorf("%+v", all)
		}
	})
}

func TestGoodDays(t *testing.T) {
	b := newBench(t, sqlite(t))
	st := b.station("2263A", "231102").ID
	for i, pm25 := range []string{"15", "15", "120", "15"} {
		for h := range 24 {
			if i < 3 || h < 19 { // the fourth day lacks an hour too many
				b.append(frame(st, at("2026-11-20 00:00").AddDate(0, 0, i).Add(time.Duration(h)*time.Hour), 0, "5", "10", "30", pm25, "0.4", "60"))
			}
		}
	}
	now := at("2026-11-24 02:00")
	b.reckon(now)
	g, err := b.GoodDays(ctx, city, air.Place{Division: "231100"}, 2026, now)
	if err != nil || g.Good != 2 || g.Valid != 3 || g.Bad != 1 || g.Passed != 327 || g.PassedUnknown != 324 || g.Due != 365 {
		t.Errorf("%+v, %v", g, err)
	}
	if g.Target != nil || g.Left != nil || g.Allowed != nil {
		t.Errorf("no target is known: %+v", g)
	}
	files := fstest.MapFS{"air/settings.yaml": {Data: []byte("targets:\n  - {year: 2026, division: \"231100\", percent: \"97.5\", source: 示例文件, verified: false}\n")}}
	c := b.config
	if c.Settings, err = air.LoadSettings(files); err != nil {
		t.Fatal(err)
	}
	g, err = air.New(b.db, c).GoodDays(ctx, city, air.Place{Division: "2311"}, 2026, now)
	// 365·0.975 = 355.875, so 356 good days and 9 bad ones, of which one is spent.
	if err != nil || g.Left == nil || *g.Allowed != 9 || *g.Left != 8 || !strings.Contains(g.Arithmetic, "365−356=9") {
		t.Errorf("%+v, %v", g, err)
	}
	e, err := b.Evaluate(ctx, city, air.Place{Station: st}, 2026, false)
	if err != nil || len(e) != 2 || e[0].Verdict != standard.Unknown || e[1].Pollutants[aqi.PM25].Count.Have != 3 {
		t.Errorf("%d evaluations, %v: %+v", len(e), err, e)
	}
	heat, err := b.Heat(ctx, city, st, 2026)
	if err != nil || len(heat) != 6 || heat[aqi.PM25].Cells[10][0].Hours != 4 || heat[aqi.PM25].Cells[10][0].Mean.Round(2) != "41.25" || heat[aqi.PM25].Cells[9][0].Mean.IsSet() {
		t.Errorf("%v", err)
	}
	if heat, err := b.HeatOf(ctx, city, air.Place{Division: "231102"}, 2026, aqi.PM25); err != nil || heat[0].Cells[10][23].Hours != 3 || heat[0].Cells[10][23].Mean.Cmp(standard.Int(50)) != 0 {
		t.Errorf("%+v, %v", heat[0].Cells[10][23], err)
	}
	twin, err := b.SameDayLastYear(ctx, city, st, "2026-11-20")
	if err != nil || twin.Day.Good != air.GoodDay || twin.Before != "2025-11-20" || twin.DayBefore.Good != air.Unknown || len(twin.Hours) != 24 {
		t.Errorf("%+v, %v", twin, err)
	}
	if twin, err := b.SameDayLastYear(ctx, city, st, "2024-02-29"); err != nil || twin.Before != "" || twin.DayBefore.Good != air.Unknown {
		t.Errorf("29 February has no like: %+v, %v", twin, err)
	}
}

func TestSettings(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"an unknown key", "settings:\n  - {key: x, value: \"1\"}\n", "settings.yaml:2"},
		{"a grace that is no number", "settings:\n  - {key: day_grace_minutes, value: x}\n", "0到1440"},
		{"a target without a document", "targets:\n  - {year: 2026, division: \"231100\", percent: \"97\"}\n", "source"},
		{"a target without a figure", "targets:\n  - {year: 2026, division: \"231100\", source: x}\n", "days 或 percent"},
		{"a target of two figures", "targets:\n  - {year: 2026, division: \"231100\", source: x, days: \"300\", percent: \"90\"}\n", "days 或 percent"},
	} {
		_, err := air.LoadSettings(fstest.MapFS{"air/settings.yaml": {Data: []byte(tt.text)}})
		if !fault.Is(err, fault.Invalid) || !strings.Contains(strings.ReplaceAll(err.Error(), " ", ""), strings.ReplaceAll(tt.want, " ", "")) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// Whoever keeps what rests on which figure is told with each day that is stored.
func TestNote(t *testing.T) {
	b := newBench(t, sqlite(t))
	st := b.station("2263A", "231102")
	day := at("2026-11-23 00:00")
	b.hours(st.ID, day, 24)
	b.handOver()
	b.hand.set(day.Add(25 * time.Hour))
	var told []string
	c := b.config
	c.Note = func(_ context.Context, _ *sqldb.Tx, d air.Day, label string, refs []standard.Ref) error {
		if len(refs) == 0 {
			t.Errorf("%s rests on nothing", label)
		}
		told = append(told, label)
		return nil
	}
	if _, err := air.New(b.db, c).Reckon(ctx, day.Add(25*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(told, ","); got != "示例站 2263A 2026-11-23,231100 2026-11-23,231102 2026-11-23" {
		t.Errorf("%s", got)
	}
}

// A figure that is corrected changes nothing by itself. Its days are found, and
// made again when somebody asks for it; the old ones stay.
func TestCorrectedFigure(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		st := b.station("2263A", "231102").ID
		day := at("2026-11-23 00:00")
		b.hours(st, day, 19)
		b.reckon(day.Add(25 * time.Hour))
		var tables []*standard.Table
		for _, name := range aqi.Tables {
			table, err := standard.LoadTable(catalog.FS(""), "standards/"+name+".tsv")
			if err != nil {
				t.Fatal(err)
			}
			if name == "air_validity" {
				table, err = table.With(standard.Correction{Key: "gb3095-2026.day.hours", Cells: map[string]string{"value": "18"},
					Confidence: standard.Unverified, Source: "测试", By: "city", Reason: "测试", At: "2026-11-24T02:00:00+08:00"})
				if err != nil {
					t.Fatal(err)
				}
			}
			tables = append(tables, table)
		}
		book, err := aqi.New(tables...)
		if err != nil {
			t.Fatal(err)
		}
		b.Use(book)
		if p := b.reckon(day.Add(26 * time.Hour)); p.Changed != 0 {
			t.Errorf("%+v", p)
		}
		days, err := b.Resting(ctx, city, "air_validity", "gb3095-2026.day.hours")
		if err != nil || len(days) != 1 || days[0].Good != air.Unknown {
			t.Fatalf("%+v, %v", days, err)
		}
		if _, err := b.Recompute(ctx, city, "2026-11-23", "2026-11-23", " "); !fault.Is(err, fault.Invalid) {
			t.Errorf("%v", err)
		}
		if n, err := b.Recompute(ctx, city, "2026-11-23", "2026-11-23", "有效小时数更正"); n != 1 || err != nil {
			t.Fatal(n, err)
		}
		b.reckon(day.Add(27 * time.Hour))
		d := b.day(air.Place{Station: st}, "2026-11-23")
		if d.Good != air.GoodDay || d.Revision != 2 || !strings.HasPrefix(d.Cause, "recompute/") || d.Confidence != standard.Unverified {
			t.Errorf("%+v", d)
		}
	})
}

// halting stops the reading of hours after some.
type halting struct {
	air.Readings
	left int
	stop context.CancelFunc
}

func (h *halting) HourMean(ctx context.Context, q measure.MeanQuery, at int64) (measure.Mean, error) {
	return h.Readings.HourMean(ctx, q, at)
}

func (h *halting) Rows(ctx context.Context, q measure.RowQuery, fn func(measure.Row) error) error {
	if h.left--; h.left < 0 {
		h.stop()
		return context.Canceled
	}
	return h.Readings.Rows(ctx, q, fn)
}

// Reckoning that is stopped anywhere is done by the next round, to the same.
func TestStopped(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		st := b.station("2263A", "231102").ID
		day := at("2026-11-20 00:00")
		for i := range 3 {
			b.hours(st, day.AddDate(0, 0, i), 24)
		}
		b.handOver()
		now := day.AddDate(0, 0, 3).Add(2 * time.Hour)
		b.hand.set(now)
		for n := range 3 {
			c := b.config
			stopped, stop := context.WithCancel(ctx)
			c.Readings = &halting{b.measure, n, stop}
			if _, err := air.New(b.db, c).Reckon(stopped, now); err == nil {
				t.Fatal("it was not stopped")
			}
			stop()
		}
		if p := b.reckon(now); p.Days != 3 || p.Failed != 0 {
			t.Errorf("%+v", p)
		}
		if n := b.count(`SELECT COUNT(*) FROM air_pending`); n != 0 {
			t.Errorf("%d wait", n)
		}
	})
}

// broken cannot read one point.
type broken struct {
	air.Readings
	point measure.Point
}

func (b broken) Rows(ctx context.Context, q measure.RowQuery, fn func(measure.Row) error) error {
	if q.Point == b.point {
		return fault.New(fault.Invalid, "数据文件损坏")
	}
	return b.Readings.Rows(ctx, q, fn)
}

// What fails at one station keeps no other from being reckoned, and comes again.
func TestFailure(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		bad, good := b.station("2263A", "231102").ID, b.station("2264A", "231102").ID
		nine := at("2026-11-23 09:00")
		b.append(clean(bad, nine), clean(good, nine))
		b.hand.set(nine.Add(time.Hour))
		b.handOver()
		c := b.config
		c.Readings = broken{b.measure, measure.Point(bad)}
		p, err := air.New(b.db, c).Reckon(ctx, nine.Add(time.Hour))
		if err == nil || !strings.Contains(fault.Text(err), "损坏") || p.Failed != 1 || p.Hours != 1 {
			t.Errorf("%+v, %v", p, err)
		}
		if p := b.reckon(nine.Add(time.Hour + time.Minute)); p.Hours != 0 {
			t.Errorf("what failed is put off: %+v", p)
		}
		if p := b.reckon(nine.Add(2 * time.Hour)); p.Hours != 1 || p.Failed != 0 {
			t.Errorf("%+v", p)
		}
	})
}
