package air_test

import (
	"bytes"
	"encoding/csv"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/air"
	"pingzhang/internal/fault"
	"pingzhang/internal/sheet"
	"pingzhang/internal/testkit"
)

func (b *bench) imported(by access.Caller, text string) air.Imported {
	b.t.Helper()
	in, err := b.Import(ctx, by, "示例.csv", strings.NewReader(text))
	if err != nil {
		b.t.Fatal(err)
	}
	return in
}

// lines are the problems of an import.
func lines(all []sheet.Problem) (out []string) {
	for _, p := range all {
		out = append(out, p.Cell+" "+p.Raw+" "+string(p.Issue))
	}
	return out
}

func TestImportCells(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		st := b.station("2263A", "231102")
		b.hand.set(at("2026-11-24 09:30"))
		in := b.imported(city, strings.Join([]string{
			"监测时间,站点编码,SO2(μg/m³),NO2,PM10,PM2.5,CO(mg/m³),臭氧1小时,AQI",
			"2026-11-24 08:00,2263A,5,10.50,30,15,0.4,60,43",
			"2026-11-24 09:00,2263A,-1,-99,<2,１５,—,99999,",
			"2026-11-24 07:00,2263A,5,10,,15,未检出,60,43",
			"2026-11-24 07:00,2263a,5,10,,15,未检出,60,43",
			"2026-11-24 06:00,2263A,5,10,30,15,0.4,60,",
			"2026-11-24 06:00,2263A,6,10,30,15,0.4,60,",
			"2026-11-24 06:00,2263A,7,10,30,15,0.4,60,",
			"2026-11-24 10:00,2263A,5,10,30,15,0.4,60,",
			"2026-11-24 05:30,2263A,5,10,30,15,0.4,60,",
			"2026-13-24 05:00,2263A,5,10,30,15,0.4,60,",
			"2026-11-24 05:00,9999A,5,10,30,15,0.4,60,",
		}, "\n"))
		if in.Rows != 11 || in.Hours != 2 || in.New != 2 || in.Changed != 0 || in.Unknown["9999A"] != 1 || in.ID == 0 {
			t.Errorf("%+v", in)
		}
		got := lines(in.Problems)
		for _, want := range []string{
			"C3 -1 negative", "D3 -99 placeholder", "E3 <2 below_detection", "F3 １５ full_width", "G3 — not_measured", "H3 99999 air_too_high",
			"G4 未检出 below_detection", "B5 2263a air_double_hour", "B7 2263A air_double_hour", "B8 2263A air_double_hour",
			"A9 2026-11-24 10:00 air_not_yet", "A10 2026-11-24 05:30 air_not_whole_hour", "A11 2026-13-24 05:00 no_such_day",
		} {
			if !slices.Contains(got, want) {
				t.Errorf("%q is not among %q", want, got)
			}
		}
		b.reckon(at("2026-11-24 09:30"))
		h, err := b.Series(ctx, city, st.ID, at("2026-11-24 00:00"), at("2026-11-25 00:00"))
		if err != nil || len(h) != 2 {
			t.Fatalf("%+v, %v", h, err)
		}
		// The row of 8 o'clock is the hour from 7 to 8.
		v := h[1].Values()
		if h[1].Start() != at("2026-11-24 07:00") || v[1].Value.String() != "10.50" || h[1].PublishedAQI != "43" || h[1].Source != air.Feed || h[1].Cause != "import/"+strconv.FormatInt(in.ID, 10) {
			t.Errorf("%+v %+v", h[1], v)
		}
		if v := h[0].Values(); v[2].Value.IsSet() || v[2].Issue != "no_value" || h[0].Published || h[0].Issue != "air_incomplete" {
			t.Errorf("an hour without PM10 has no index: %+v", h[0])
		}
	})
}

func TestImportAgain(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		st := b.station("2263A", "231102")
		b.hand.set(at("2026-11-24 09:30"))
		const head = "time,station_code,so2_1h,no2_1h,co_1h,o3_1h,pm10_1h,pm25_1h\n"
		first := head + "2026-11-24T08:00:00,2263A,5,10,0.4,60,30,38\n"
		second := head + "2026-11-24T08:00:00,2263A,5,10,0.4,60,30,35\n"
		b.imported(city, first)
		b.reckon(at("2026-11-24 09:31"))
		journal, dump := b.count(`SELECT COUNT(*) FROM journal`), b.dump()
		in := b.imported(city, first)
		if p := b.reckon(at("2026-11-24 09:32")); in.New != 0 || in.Same != 1 || !in.Again || p.Changed != 0 || b.dump() != dump || b.count(`SELECT COUNT(*) FROM journal`) != journal {
			t.Errorf("the same file again: %+v, %+v", in, p)
		}
		in = b.imported(city, second)
		b.reckon(at("2026-11-24 09:33"))
		h, err := b.Series(ctx, city, st.ID, at("2026-11-24 07:00"), at("2026-11-24 08:00"))
		if err != nil || in.Changed != 1 || len(h) != 1 || h[0].Revision != 2 || h[0].Values()[3].Value.String() != "35" {
			t.Errorf("a later file corrects: %+v %+v %v", in, h, err)
		}
		old, err := b.HourRevisions(ctx, city, st.ID, h[0].At)
		if err != nil || len(old) != 1 || old[0].Values()[3].Value.String() != "38" {
			t.Errorf("%+v, %v", old, err)
		}
		dump = b.dump()
		in = b.imported(city, first)
		if p := b.reckon(at("2026-11-24 09:34")); p.Changed != 0 || b.dump() != dump || !slices.Contains(lines(in.Problems), "A2 2026-11-24T08:00:00 air_corrected") {
			t.Errorf("what was corrected does not come back: %+v", in)
		}
		all, err := b.Imports(ctx, city, 10)
		if err != nil || len(all) != 2 || all[1].Result.New != 1 || all[0].Who != "示例科长" {
			t.Errorf("%+v, %v", all, err)
		}
		if other, _ := b.Imports(ctx, foreign, 10); len(other) != 0 {
			t.Errorf("%+v", other)
		}
		if in := b.imported(foreign, second); in.Hours != 0 || in.Unknown["2263A"] != 1 {
			t.Errorf("a station out of scope is not known: %+v", in)
		}
		if _, err := b.Import(ctx, access.Caller{}, "x.csv", strings.NewReader(first)); !fault.Is(err, fault.Denied) {
			t.Errorf("%v", err)
		}
	})
}

func TestOzoneColumns(t *testing.T) {
	b := newBench(t, sqlite(t))
	b.station("2263A", "231102")
	b.hand.set(at("2026-11-24 09:30"))
	const row = "timepoint,stationcode,pm10,pm2_5,o3,o3_24h,no2,so2,co\n"
	in := b.imported(city, row+"2026-11-24T08:00:00,2263A,30,15,67,27,10,5,0.4\n2026-11-24T07:00:00,2263A,30,15,27,67,10,5,0.4\n")
	if got := lines(in.Problems); !slices.Equal(got, []string{"F3 67 air_ozone_columns"}) {
		t.Errorf("%q", got)
	}
	if _, err := b.Import(ctx, city, "x.csv", strings.NewReader("timepoint,stationcode,o3_24h\n2026-11-24T08:00:00,2263A,5\n")); !fault.Is(err, fault.Invalid) {
		t.Errorf("o3_24h alone cannot be told: %v", err)
	}
}

// Two hours of the national feed, of every station: the indexes and primary
// pollutants that were published come out again from what was stored.
func TestPublishedFiles(t *testing.T) {
	for _, tt := range []struct {
		file, code, aqi, primary string
		hour                     time.Time
		hours, unlike            int
	}{
		{"data/cnemc_2022-01-04T20_heilongjiang.csv", "stationcode", "aqi", "primarypollutant", at("2022-01-04 19:00"), 29, 0},
		// One of them was withheld by the platform: it has no PM2.5.
		{"data/cnemc_2017-07-07T16.csv", "station_code", "aqi_published", "primary_published", at("2017-07-07 15:00"), 1463, 1},
	} {
		t.Run(tt.file, func(t *testing.T) {
			data, err := os.ReadFile(testkit.Shared(t, tt.file))
			if err != nil {
				t.Fatal(err)
			}
			all, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			col := func(name string) int { return slices.Index(all[0], name) }
			b := newBench(t, sqlite(t))
			ids := map[string]int64{}
			for _, row := range all[1:] {
				ids[row[col(tt.code)]] = b.station(row[col(tt.code)], "231102").ID
			}
			in, err := b.Import(ctx, city, tt.file, bytes.NewReader(data))
			if err != nil || in.Hours != tt.hours || in.New != tt.hours || len(in.Unknown) != 0 || in.From != tt.hour.Unix() {
				t.Fatalf("%d hours, %d new: %v; %q", in.Hours, in.New, err, lines(in.Problems))
			}
			b.reckon(at("2026-11-24 01:00"))
			unlike := 0
			for _, row := range all[1:] {
				h, err := b.Series(ctx, city, ids[row[col(tt.code)]], tt.hour, tt.hour.Add(time.Hour))
				if err != nil {
					t.Fatal(err)
				}
				published := row[col(tt.aqi)]
				if len(h) == 0 {
					if published != "" {
						t.Errorf("%s is not there", row[col(tt.code)])
					}
					continue
				}
				var names []string
				for _, i := range h[0].Primaries() {
					names = append(names, i.FeedName())
				}
				if got := strconv.FormatInt(h[0].AQI, 10); got != published || strings.Join(names, ",") != row[col(tt.primary)] || h[0].PublishedAQI != published {
					unlike++
					if published != "" {
						t.Errorf("%s: %s %v, published %s %s", row[col(tt.code)], got, names, published, row[col(tt.primary)])
					}
				}
			}
			if unlike != tt.unlike {
				t.Errorf("%d are unlike", unlike)
			}
		})
	}
}
