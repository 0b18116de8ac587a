package air_test

import (
	"strconv"
	"testing"

	"pingzhang/catalog"
	"pingzhang/internal/testkit"
	"pingzhang/standard"
	"pingzhang/standard/air"
)

// book is the standards that are shipped.
func book(t testing.TB) *air.Book {
	t.Helper()
	b, err := air.Open(catalogFiles)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// catalogFiles is the data that is shipped.
var catalogFiles = catalog.FS("")

// bookWith is the standards that are shipped with one table replaced.
func bookWith(t testing.TB, table *standard.Table) *air.Book {
	t.Helper()
	tables := []*standard.Table{table}
	for _, name := range air.Tables {
		if name == table.Name {
			continue
		}
		other, err := standard.LoadTable(catalogFiles, "standards/"+name+".tsv")
		if err != nil {
			t.Fatal(err)
		}
		tables = append(tables, other)
	}
	b, err := air.New(tables...)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// shared returns the rows of a file of the reference data that may stand beside
// the project, by column.
func shared(t *testing.T, name string) []map[string]string {
	t.Helper()
	return testkit.Records(t, name)
}

// hour makes the readings of an hour from the columns of the six pollutants.
func hour(row map[string]string, columns [air.Six]string) []air.Reading {
	var all []air.Reading
	for p, column := range columns {
		p := air.Pollutant(p)
		all = append(all, air.Read(p, air.Hour, row[column], p.Unit()))
	}
	return all
}

// The index, level and primary pollutants that the national centre published
// for each station of two hours (HJ 633-2012).
func TestPublishedHours(t *testing.T) {
	e, _ := book(t).Edition("2022-01-04")
	for _, tt := range []struct {
		file, aqi, level, primary string
		columns                   [air.Six]string
		published                 int
	}{
		{"data/cnemc_2017-07-07T16.csv", "aqi_published", "level_published", "primary_published",
			[air.Six]string{"so2_1h", "no2_1h", "pm10_1h", "pm25_1h", "co_1h", "o3_1h"}, 1462},
		// In this file the columns of ozone are swapped: o3 is the day's highest hour.
		{"data/cnemc_2022-01-04T20_heilongjiang.csv", "aqi", "", "primarypollutant",
			[air.Six]string{"so2", "no2", "pm10", "pm2_5", "co", "o3_24h"}, 29},
	} {
		t.Run(tt.file, func(t *testing.T) {
			published := 0
			for _, row := range shared(t, tt.file) {
				r := e.Report(air.Hourly, "", hour(row, tt.columns)...)
				if row[tt.aqi] == "" {
					continue // of 33 such, 32 had no data; the other (1792A, no PM2.5) was withheld, though 135 like it were not
				}
				published++
				if strconv.Itoa(r.AQI) != row[tt.aqi] || !r.Published || r.FeedPrimary() != row[tt.primary] || tt.level != "" && r.Level.Category != row[tt.level] {
					t.Errorf("station %s%s: %d %s %q; published %s %s %q", row["station_code"], row["stationcode"],
						r.AQI, r.Level.Category, r.FeedPrimary(), row[tt.aqi], row[tt.level], row[tt.primary])
				}
			}
			if published != tt.published {
				t.Errorf("%d published values were compared; want %d", published, tt.published)
			}
		})
	}
}

// The 2026 index of the same hour was reckoned by another program.
func TestHoursBy2026(t *testing.T) {
	e, _ := book(t).Edition("2026-03-01")
	for _, row := range shared(t, "data/cnemc_2017-07-07T16.csv") {
		want := row["aqi_hj633_2026_recomputed"]
		r := e.Report(air.Hourly, "", hour(row, [air.Six]string{"so2_1h", "no2_1h", "pm10_1h", "pm25_1h", "co_1h", "o3_1h"})...)
		if want == "" {
			continue
		}
		if strconv.Itoa(r.AQI) != want {
			t.Errorf("station %s: %d; want %s", row["station_code"], r.AQI, want)
		}
		if r.Published != (len(r.Missing) == 0 || r.AQI > 100) {
			t.Errorf("station %s: AQI %d, published %v with %v missing (5.3.1)", row["station_code"], r.AQI, r.Published, r.Missing)
		}
	}
}
