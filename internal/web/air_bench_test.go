package web

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pingzhang/internal/clock"
	"pingzhang/internal/sqldb"
)

// benchDays are ten years of days.
const benchDays = 3652

// decade gives 27 more stations, and each of the thirty ten years of hours and
// days: one day is reckoned and then copied onto all others.
func (m *measured) decade() {
	m.t.Helper()
	var rows []string
	for i := range 30 {
		code := fmt.Sprintf("99%02dA", i+1)
		if i >= 3 {
			m.ids = append(m.ids, m.station(code, "示例站 "+code, []string{"231102", "231124", "231183"}[i%3]))
		}
		for h := range 24 {
			at := timeOn("2026-07-19").Add(time.Duration(h+1) * time.Hour)
			rows = append(rows, fmt.Sprintf("%s,%s,%d,10.5,%d,%d,0.4,%d,%d,2.1", at.Format("2006-01-02 15:04"), code, 5+i, 30+h, 15+i+h, 60+2*h, h*15))
		}
	}
	m.take("示例.csv", rows...)
	var now []string // ten hours of today, so that stations are ranked
	for i := range 30 {
		now = append(now, rowsOf(fmt.Sprintf("99%02dA", i+1), "2026-07-20", 10, fmt.Sprintf("%d,10.5,30,%d,0.4,60,90,2.1", 5+i, 15+i))...)
	}
	defer m.take("示例今日.csv", now...)
	err := m.db.InTx(context.Background(), func(tx *sqldb.Tx) error {
		for _, t := range []struct{ table, on, moved string }{
			{"air_hours", "at", "at - 86400 * n"}, {"air_days", "day_on", "date(day_on, '-' || n || ' days')"}, {"air_city_days", "day_on", "date(day_on, '-' || n || ' days')"},
		} {
			var cols []string
			found, err := tx.Query(context.Background(), `SELECT name FROM pragma_table_info($1)`, t.table)
			if err != nil {
				return err
			}
			for found.Next() {
				var name string
				if err := found.Scan(&name); err != nil {
					return err
				}
				cols = append(cols, name)
			}
			if err := found.Close(); err != nil {
				return err
			}
			all := strings.Join(cols, ", ")
			moved := strings.Join(slices.Collect(func(yield func(string) bool) {
				for _, c := range cols {
					if c == t.on {
						c = t.moved
					}
					if !yield(c) {
						return
					}
				}
			}), ", ")
			if _, err := tx.Exec(context.Background(), fmt.Sprintf(`
				WITH RECURSIVE past (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM past WHERE n < %d)
				INSERT INTO %s (%s)
				SELECT %s
				  FROM past, %s`, benchDays, t.table, all, moved, t.table)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		m.t.Fatal(err)
	}
}

// BenchmarkAirPages asks for the pages themselves, over ten years of hours of
// thirty stations: session, registers, figures and template included. A page has
// 100 ms at the 95th percentile.
func BenchmarkAirPages(bm *testing.B) {
	m := measuredSite(bm)
	m.decade()
	section := m.as("section")
	for _, p := range []struct {
		name string
		path func(i int) string
	}{
		{"today", func(int) string { return "/air" }},
		{"trend", func(int) string { return "/air/curve" }},
		{"map", func(int) string { return "/air/stations.geojson" }},
		{"calendar", func(i int) string { return fmt.Sprintf("/air/calendar?year=%d", 2017+i%10) }},
		{"ranking of a month", func(i int) string {
			return fmt.Sprintf("/air/ranking?from=2026-%02d-01&to=2026-%02d-28", 1+i%6, 1+i%6)
		}},
		{"ranking of a year", func(int) string { return "/air/ranking?from=2026-01-01&to=2026-07-19" }},
		{"evaluation", func(i int) string { return fmt.Sprintf("/air/evaluation?year=%d", 2017+i%10) }},
		{"workbook of it", func(i int) string { return fmt.Sprintf("/air/evaluation.xlsx?year=%d", 2017+i%10) }},
		{"heat", func(i int) string { return fmt.Sprintf("/air/heat?year=%d&month=%d", 2017+i%10, 1+i%12) }},
		{"rose", func(i int) string { return fmt.Sprintf("/air/rose?station=%d", m.ids[i%30]) }},
		{"day of the city", func(i int) string {
			return "/air/day?place=231100&on=" + string(dayOn(siteNow.AddDate(0, 0, -1-i%300)))
		}},
		{"hour", func(i int) string {
			return airHourPath(m.ids[i%30], clock.Day(siteNow).AddDate(0, 0, -1-i%300).Unix()+10*3600)
		}},
		{"station", func(i int) string { return airStationPath(m.ids[i%30]) }},
		{"curve of a month", func(i int) string {
			return airStationPath(m.ids[i%30]) + "/curve?from=2026-06-20T00:00&to=2026-07-20T00:00"
		}},
		{"dust", func(int) string { return "/air/dust" }},
		{"devices", func(int) string { return "/monitor?type=air" }},
	} {
		bm.Run(p.name, func(bm *testing.B) {
			var took []time.Duration
			for i := 0; bm.Loop(); i++ {
				start := time.Now()
				if status, body, _ := section.do("GET "+p.path(i), nil); status != 200 {
					bm.Fatal(p.path(i), status, body)
				}
				took = append(took, time.Since(start))
			}
			slices.Sort(took)
			bm.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
		})
	}
}
