package air_test

import (
	"testing"

	"pingzhang/standard"
	"pingzhang/standard/air"
)

func TestCountDays(t *testing.T) {
	b := book(t)
	daily := func(on standard.Date, values ...string) air.Report { return b.Report(air.Daily, on, day(values...)...) }
	reports := []air.Report{
		daily("2026-02-26", "10", "80", "50", "75", "1", "100", "100"), // 100: good
		daily("2026-02-27", "10", "81", "50", "75", "1", "100", "100"), // 101
		daily("2026-02-28", "10", "20", "20", "20", "1", "", ""),       // ozone missing: unknown
		daily("2026-03-01", "10", "80", "50", "60", "1", "100"),        // good
		daily("2026-03-02", "10", "80", "50", "75", "1", ""),           // above 100 whatever ozone was
		daily("2026-03-03", "10", "80", "50", "60", "1", ""),           // unknown
		daily("2026-03-04", "10", "80", "360", "60", "1", "100"),       // 215: heavy
		daily("2026-03-04", "10", "80", "20", "20", "1", "100"),        // the same day again
		daily("2026-03-09", "10", "80", "20", "20", "1", "100"),        // outside
	}
	g := air.CountDays("2026-02-26", "2026-03-05", reports)
	if g.Due != 8 || g.Valid != 5 || g.Good != 2 || g.Heavy != 1 || g.Unknown != 3 || g.Ratio.String() != "0.4" && !g.Ratio.Equal(standard.Must("0.4")) {
		t.Errorf("%+v", g)
	}
	if g.Levels != [7]int{0, 0, 2, 2, 0, 1, 0} || g.Led[air.NO2] != 1 || g.Led[air.PM25] != 1 || g.Led[air.PM10] != 1 || len(g.Editions) != 2 {
		t.Errorf("levels %v, led %v, editions %v", g.Levels, g.Led, g.Editions)
	}
	if text := g.Arithmetic(); text != "2÷5=40%；应有 8 天，未知 3 天" {
		t.Error(text)
	}
	if g := air.CountDays("2026-02-26", "2026-03-05", nil); g.Ratio.IsSet() || g.Unknown != 8 {
		t.Errorf("without reports no day is good: %+v", g)
	}
}
