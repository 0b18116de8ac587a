package air_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pingzhang/internal/air"
	"pingzhang/internal/measure"
	"pingzhang/internal/sqldb"
	"pingzhang/standard"
)

// hoursFor is for how many days there are hours.
const hoursFor = 3652

// tenYears fills a store with thirty stations and ten years of hours, days and
// days of the city, as reckoning makes them: one day is reckoned and then copied
// onto all others.
func tenYears(t testing.TB) (b *bench, ids []int64) {
	b = newBench(t, sqlite(t))
	day := at("2026-11-23 00:00")
	for i := range 30 {
		id := b.station(fmt.Sprintf("%dA", 2263+i), "231102").ID
		ids = append(ids, id)
		for h := range 24 {
			b.append(frame(id, day.Add(time.Duration(h)*time.Hour), 0, fmt.Sprint(5+i), "10.5", fmt.Sprint(30+h), fmt.Sprint(15+i+h), "0.4", fmt.Sprint(60+2*h)))
		}
	}
	b.reckon(day.Add(25 * time.Hour))
	err := b.db.InTx(ctx, func(tx *sqldb.Tx) error {
		for _, copied := range []struct {
			table string
			days  int
		}{{"air_hours", hoursFor}, {"air_days", 3652}, {"air_city_days", 3652}} {
			cols, err := columns(ctx, tx, copied.table)
			if err != nil {
				return err
			}
			moved := slices.Clone(cols)
			for i, c := range moved {
				switch {
				case c == "at":
					moved[i] = "at - 86400 * n"
				case c == "day_on":
					moved[i] = "date(day_on, '-' || n || ' days')"
				}
			}
			if _, err := tx.Exec(ctx, `
				WITH RECURSIVE past (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM past WHERE n < `+fmt.Sprint(copied.days)+`)
				INSERT INTO `+copied.table+` (`+strings.Join(cols, ", ")+`)
				SELECT `+strings.Join(moved, ", ")+`
				  FROM past, `+copied.table+`
				`); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b, ids
}

func columns(ctx context.Context, tx *sqldb.Tx, table string) (all []string, err error) {
	rows, err := tx.Query(ctx, `SELECT name FROM pragma_table_info($1)`, table)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		all = append(all, name)
	}
	return all, rows.Err()
}

// BenchmarkPages asks what each page asks, over ten years of hours of thirty
// stations. A page has 100 ms at the 95th percentile.
func BenchmarkPages(bm *testing.B) {
	b, ids := tenYears(bm)
	now := at("2026-11-24 00:30")
	heihe := air.Place{Division: "231100"}
	for _, page := range []struct {
		name string
		ask  func(id int64, year int) error
	}{
		{"today", func(int64, int) error { _, err := b.Now(ctx, city, now); return err }},
		{"hours of a week", func(id int64, year int) error {
			_, err := b.Series(ctx, city, id, now.AddDate(year-2026, 0, -7), now.AddDate(year-2026, 0, 0))
			return err
		}},
		{"hours of a month", func(id int64, year int) error {
			_, err := b.Series(ctx, city, id, now.AddDate(year-2026, -1, 0), now.AddDate(year-2026, 0, 0))
			return err
		}},
		{"same day last year", func(id int64, year int) error {
			_, err := b.SameDayLastYear(ctx, city, id, standard.Date(fmt.Sprintf("%d-11-20", year)))
			return err
		}},
		{"calendar of a station", func(id int64, year int) error { _, err := b.Days(ctx, city, air.Place{Station: id}, year); return err }},
		{"calendar of the city", func(_ int64, year int) error { _, err := b.Days(ctx, city, heihe, year); return err }},
		{"good days of the city", func(_ int64, year int) error { _, err := b.GoodDays(ctx, city, heihe, year, now); return err }},
		{"month and hour of six pollutants", func(id int64, year int) error { _, err := b.Heat(ctx, city, id, year); return err }},
		{"month and hour of the city", func(_ int64, year int) error { _, err := b.HeatOf(ctx, city, heihe, year); return err }},
		{"evaluation of a year", func(_ int64, year int) error { _, err := b.Evaluate(ctx, city, heihe, year, false); return err }},
		{"ten years of the city by day", func(int64, int) error {
			_, err := b.DaysBetween(ctx, city, heihe, "2017-01-01", "2026-11-23")
			return err
		}},
	} {
		bm.Run(page.name, func(bm *testing.B) {
			var took []time.Duration
			for i := 0; bm.Loop(); i++ {
				start := time.Now()
				if err := page.ask(ids[i*7%len(ids)], 2017+i*3%10); err != nil {
					bm.Fatal(err)
				}
				took = append(took, time.Since(start))
			}
			slices.Sort(took)
			bm.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
		})
	}
}

// BenchmarkReckon takes hours from the list of what is new to the durable report,
// with their days and cities: 24 hours of a station an operation.
func BenchmarkReckon(bm *testing.B) {
	b := newBench(bm, sqlite(bm))
	id := b.station("2263A", "231102").ID
	start := at("2016-01-01 00:00")
	end := start.AddDate(0, 0, bm.N)
	var all []measure.Frame
	for h := start; h.Before(end); h = h.Add(time.Hour) {
		all = append(all, clean(id, h))
	}
	for part := range slices.Chunk(all, 2000) {
		b.append(part...)
	}
	b.handOver()
	bm.ResetTimer()
	b.hand.set(end.Add(2 * time.Hour))
	if _, err := b.Reckon(ctx, end.Add(2*time.Hour)); err != nil {
		bm.Fatal(err)
	}
}
