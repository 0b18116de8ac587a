package web

import (
	"context"
	"io"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/air"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

// Air keeps the ambient air: air.Store does.
type Air interface {
	Book() *aqi.Book
	Settings() air.Settings
	Forget()
	Stations(ctx context.Context, by access.Caller) ([]air.Station, error)
	Now(ctx context.Context, by access.Caller, now time.Time) ([]air.StationNow, error)
	Series(ctx context.Context, by access.Caller, station int64, from, to time.Time) ([]air.Hour, error)
	SeriesOf(ctx context.Context, by access.Caller, stations []int64, from, to time.Time) (air.HoursOf, error)
	Day(ctx context.Context, by access.Caller, p air.Place, on standard.Date) (air.Day, error)
	Days(ctx context.Context, by access.Caller, p air.Place, year int) ([]air.Day, error)
	DaysBetween(ctx context.Context, by access.Caller, p air.Place, from, to standard.Date) ([]air.Day, error)
	Revisions(ctx context.Context, by access.Caller, p air.Place, on standard.Date) ([]air.Day, error)
	HourRevisions(ctx context.Context, by access.Caller, station, at int64) ([]air.Hour, error)
	Refs(ctx context.Context, basis int64) ([]standard.Ref, error)
	Resting(ctx context.Context, by access.Caller, table, key string) ([]air.Day, error)
	GoodDays(ctx context.Context, by access.Caller, p air.Place, year int, now time.Time) (air.GoodYear, error)
	EvaluateBoth(ctx context.Context, by access.Caller, p air.Place, from, to standard.Date, claimed bool) (air.Evaluated, error)
	Ranking(ctx context.Context, by access.Caller, places []air.Place, from, to standard.Date, measure air.RankBy) ([]air.Standing, error)
	Heat(ctx context.Context, by access.Caller, station int64, year int, pollutants ...aqi.Pollutant) ([]air.Heat, error)
	MonthHeat(ctx context.Context, by access.Caller, p air.Place, year, month int, pollutant aqi.Pollutant) (air.MonthHeat, error)
	Rose(ctx context.Context, by access.Caller, station int64, p aqi.Pollutant, from, to standard.Date) (air.Rose, error)
	Import(ctx context.Context, by access.Caller, name string, r io.Reader) (air.Imported, error)
	Imports(ctx context.Context, by access.Caller, n int) ([]air.Import, error)
	Recompute(ctx context.Context, by access.Caller, from, to standard.Date, reason string) (int, error)
	Deduct(ctx context.Context, by access.Caller, d air.Dust, places []air.Place, pollutants aqi.Set) (air.Dust, error)
	DecideDust(ctx context.Context, by access.Caller, id int64, approve bool, words string) error
	WithdrawDust(ctx context.Context, by access.Caller, id int64, why string) error
	Dusts(ctx context.Context, by access.Caller, year int) ([]air.Dust, error)
}

func (s *Server) airRoutes() []route {
	all := []route{
		{"GET /air", "monitor.read", s.airToday},
		{"GET /air/curve", "monitor.read", s.airTrend},
		{"GET /air/stations.geojson", "monitor.read", s.airMap},
		{"GET /air/calendar", "monitor.read", s.airCalendar},
		{"GET /air/day", "monitor.read", s.airDayPage},
		{"GET /air/ranking", "monitor.read", s.airRanking},
		{"GET /air/evaluation", "monitor.read", s.airEvaluation},
		{"GET /air/evaluation.xlsx", "monitor.read", s.airEvaluationSheet},
		{"GET /air/rose", "monitor.read", s.airRose},
		{"GET /air/heat", "monitor.read", s.airHeatMonth},
		{"GET /air/stations/{id}", "monitor.read", s.airStation},
		{"GET /air/stations/{id}/curve", "monitor.read", s.airStationCurve},
		{"GET /air/stations/{id}/hour", "monitor.read", s.airHourPage},
		{"GET /air/dust", "monitor.read", s.airDust},
		{"POST /air/dust", air.MayDeduct, s.airDustPropose},
		{"POST /air/dust/{id}/decide", air.MayApprove, s.airDustDecide},
		{"POST /air/dust/{id}/withdraw", air.MayDeduct, s.airDustWithdraw},
		{"POST /air/dust/{id}/revoke", air.MayApprove, s.airDustWithdraw},
		{"GET /air/recompute", airRecomputeNeeds, s.airRecomputeForm},
		{"POST /air/recompute", airRecomputeNeeds, s.airRecompute},
		{"GET /air/import", airImportNeeds, s.airImports},
		{"POST /air/import", airImportNeeds, s.airImport},
	}
	for i := range all {
		all[i].act = s.airNeeded(all[i].act)
	}
	return all
}
