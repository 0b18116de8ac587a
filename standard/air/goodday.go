package air

import (
	"fmt"
	"slices"
	"time"

	"pingzhang/standard"
)

// GoodDays is how many days of a span were good: index at most 100 (优良天数).
type GoodDays struct {
	From    standard.Date  `json:"from"`
	To      standard.Date  `json:"to"`
	Due     int            `json:"due"`     // days of the span
	Valid   int            `json:"valid"`   // of which it is known whether they were good
	Good    int            `json:"good"`    // index at most 100
	Heavy   int            `json:"heavy"`   // index above 200 (重污染天数)
	Unknown int            `json:"unknown"` // Due − Valid; no good days
	Ratio   standard.Exact `json:"ratio"`   // Good/Valid; none where no day is valid
	Levels  [7]int         `json:"levels"`  // days of levels 1 to 6, of valid days with a published index
	Led     [Six]int       `json:"led"`     // days with index above 100 that each pollutant led, alone or with others
	// Editions are those of the reports, in the order of their first day.
	Editions []standard.Citation `json:"editions"`
	Basis    Basis               `json:"basis"`
}

// Arithmetic returns the ratio, in Chinese.
func (g GoodDays) Arithmetic() string {
	if !g.Ratio.IsSet() {
		return Text(standard.NoValue)
	}
	percent := g.Ratio.Mul(standard.Int(100))
	return fmt.Sprintf("%d÷%d%s%s%%；应有 %d 天，未知 %d 天", g.Good, g.Valid, equals(percent), show(percent), g.Due, g.Unknown)
}

// CountDays counts the good days of a span, both ends included, from its daily
// reports. A day whose report lacks an item counts only where the rest is above
// 100 already. Days given twice count once, by the first report; values deducted
// as dust are not deducted here. A span that is none has no days due.
func CountDays(from, to standard.Date, reports []Report) GoodDays {
	g := GoodDays{From: from, To: to, Due: daysBetween(from, to)}
	seen := map[standard.Date]bool{}
	for _, r := range reports {
		if r.Kind != Daily || r.On < from || r.On > to || seen[r.On] {
			continue
		}
		seen[r.On] = true
		good, known := r.Good()
		if !known {
			continue
		}
		g.Valid++
		if c := r.Basis.Citation; !slices.Contains(g.Editions, c) {
			g.Editions = append(g.Editions, c)
			g.Basis.Citation = c
		}
		g.Basis.join(r.Basis)
		if good {
			g.Good++
		}
		if r.AQI > 200 {
			g.Heavy++
		}
		if r.Published && r.Level.Number < len(g.Levels) {
			g.Levels[r.Level.Number]++
		}
		if !good {
			for p := range g.Led {
				if r.PrimaryPollutants().Has(Pollutant(p)) {
					g.Led[p]++
				}
			}
		}
	}
	g.Unknown = max(0, g.Due-g.Valid)
	g.Ratio = standard.Int(int64(g.Good)).Quo(standard.Int(int64(g.Valid)))
	return g
}

// Good reports whether the day was good, index at most 100, and whether that is
// known. What is missing can only raise an index.
func (r Report) Good() (good, known bool) {
	over := slices.ContainsFunc(r.Items, func(s Single) bool { return s.Reckoned && s.Issue == AboveTable })
	switch {
	case r.AQI > 100 || over:
		return false, true
	case r.AQI == NoIAQI || r.Issue != "":
		return false, false
	}
	return true, true
}

// Excuse reports whether a pollutant outside the monitoring plan may be left
// out of reports (HJ 633-2026 5.3.2): in each of the consecutive years before
// the one of a day, as many as the rule says, there are daily reports, and on
// no day with an index above 100 was it primary. The second result says why not.
// An edition without the rule excuses nothing.
func (e *Edition) Excuse(p Pollutant, on standard.Date, reports []Report) (bool, string) {
	if e.years == 0 || len(on) < 4 {
		return false, Text(standard.NoRule)
	}
	year := 0
	fmt.Sscanf(string(on[:4]), "%d", &year)
	measured := map[int]bool{}
	for _, r := range reports {
		var y int
		if _, err := fmt.Sscanf(string(r.On), "%d-", &y); err != nil || y >= year || y < year-e.years || r.Kind != Daily {
			continue
		}
		for _, s := range r.Items {
			measured[y] = measured[y] || s.Item.Pollutant == p && s.IAQI != NoIAQI
		}
		if r.AQI > e.bad && r.PrimaryPollutants().Has(p) {
			return false, fmt.Sprintf("%s 以 %s 为首要污染物，AQI %d", r.On, p, r.AQI)
		}
	}
	for y := year - e.years; y < year; y++ {
		if !measured[y] {
			return false, fmt.Sprintf("%d 年没有 %s 的监测结果", y, p)
		}
	}
	return true, fmt.Sprintf("%d 至 %d 年没有以 %s 为首要污染物的轻度及以上污染日", year-e.years, year-1, p)
}

// daysBetween counts the days of a span, both ends included; 0 where it is none.
func daysBetween(from, to standard.Date) int {
	a, err1 := time.Parse(time.DateOnly, string(from))
	b, err2 := time.Parse(time.DateOnly, string(to))
	if err1 != nil || err2 != nil || b.Before(a) {
		return 0
	}
	return int(b.Sub(a)/(24*time.Hour)) + 1
}

// lastDay returns the last day of a month, as two digits.
func lastDay(year, month string) string {
	t, err := time.Parse(time.DateOnly, year+"-"+month+"-01")
	if err != nil {
		return ""
	}
	return t.AddDate(0, 1, -1).Format("02")
}
