package air

import (
	"context"
	"strconv"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

// StationNow is how a station stands now.
type StationNow struct {
	Station Station
	Hour    *Hour // the latest; nil where nothing was ever reported
	// Offline says that Hour is missing or too old to speak of now.
	Offline bool
	Level   aqi.Level // of a published index that is not Offline; zero otherwise
	Place   int       // in the ranking by index, from 1; 0 where not ranked
	Tied    bool
	Issue   standard.Issue // why not ranked
}

// Now returns the stations in use in by's scope at now: first those that are
// ranked, the lowest index first, then the others by code.
//
// The error is fault.Denied without monitor.read or register.read.
func (s *Store) Now(ctx context.Context, by access.Caller, now time.Time) (_ []StationNow, err error) {
	defer fault.Wrap(&err, "air.Now")
	if err := by.Must("monitor.read"); err != nil {
		return nil, err
	}
	stations, err := s.Stations(ctx, by)
	if err != nil {
		return nil, err
	}
	cond, args := by.Scope.Where("h.division", "0", 1)
	// CROSS JOIN keeps SQLite from going through all hours first.
	latest, err := sqldb.All[Hour](ctx, s.db, `
		SELECT `+columnsOf("h", hourColumns)+`
		  FROM (SELECT s.station,
		               (SELECT MAX(m.at) FROM air_hours m WHERE m.station = s.station) AS newest
		          FROM air_stations s) a
		 CROSS JOIN air_hours h
		 WHERE h.station = a.station
		   AND h.at = a.newest
		   AND `+cond, args...)
	if err != nil {
		return nil, err
	}
	byStation := map[int64]*Hour{}
	for i := range latest {
		byStation[latest[i].Station] = &latest[i]
	}
	at := map[string]int{}
	entries := make([]aqi.Entry, len(stations))
	all := make([]StationNow, len(stations))
	for i, st := range stations {
		all[i] = s.stationNow(st, byStation[st.ID], now)
		key := strconv.FormatInt(st.ID, 10)
		at[key] = i
		entries[i] = aqi.Entry{Name: key, Issue: all[i].Issue}
		if all[i].Issue == "" {
			entries[i].Value = standard.Int(all[i].Hour.AQI)
		}
	}
	sorted := make([]StationNow, 0, len(all))
	for _, r := range aqi.RankLowest(entries, 0) {
		one := all[at[r.Name]]
		one.Place, one.Tied = r.Place, r.Tied
		sorted = append(sorted, one)
	}
	return sorted, nil
}

// stationNow puts together what is known of one station at now.
func (s *Store) stationNow(st Station, h *Hour, now time.Time) StationNow {
	n := StationNow{Station: st, Hour: h}
	n.Offline = h == nil || now.Sub(h.Start().Add(time.Hour)) > s.settings.Offline
	switch {
	case n.Offline:
		n.Issue = standard.NoValue
	case !h.Published:
		n.Issue = h.Issue
		if n.Issue == "" {
			n.Issue = standard.NoValue
		}
	default:
		n.Level = s.LevelOf(dateOf(h.At), h.AQI)
	}
	return n
}

// LevelOf returns the level of an index by the edition in force on a day: its
// name, its colour and what it advises. It is zero where there is no index.
func (s *Store) LevelOf(on standard.Date, index int64) aqi.Level {
	e, ok := s.Book().Edition(on)
	if !ok || index < 0 {
		return aqi.Level{}
	}
	return e.Level(int(index))
}

// maxSeries is the longest stretch of hours that Series returns.
const maxSeries = 62 * 24 * time.Hour

// Series returns the hours of a station in by's scope from from before to, by
// time. An hour that is not among them is unknown.
//
// The error is fault.Denied without monitor.read, fault.Invalid for more than 62
// days.
func (s *Store) Series(ctx context.Context, by access.Caller, station int64, from, to time.Time) (_ []Hour, err error) {
	defer fault.Wrap(&err, "air.Series(station %d)", station)
	if err := by.Must("monitor.read"); err != nil {
		return nil, err
	}
	if to.Sub(from) > maxSeries {
		return nil, fault.New(fault.Invalid, "小时曲线一次最多显示 62 天，请缩短时间")
	}
	cond, args := by.Scope.Where("division", "0", 4)
	return sqldb.All[Hour](ctx, s.db, `
		SELECT `+hourColumns+`
		  FROM air_hours
		 WHERE station = $1
		   AND at >= $2
		   AND at < $3
		   AND `+cond+`
		 ORDER BY at`, append([]any{station, from.Unix(), to.Unix()}, args...)...)
}

// Twin is a day beside the same day of the year before.
type Twin struct {
	On, Before standard.Date // Before is empty for 29 February: that day had no like
	Day        Day
	DayBefore  Day
	Hours      []Hour
	HoursThen  []Hour
}

// SameDayLastYear returns a day of a station in by's scope and the same day of the
// year before, each with its hours.
//
// The error is fault.Denied without monitor.read, fault.Invalid when on is no day.
func (s *Store) SameDayLastYear(ctx context.Context, by access.Caller, station int64, on standard.Date) (t Twin, err error) {
	defer fault.Wrap(&err, "air.SameDayLastYear(station %d, %s)", station, on)
	day, err := time.ParseInLocation(time.DateOnly, string(on), clock.Shanghai)
	if err != nil {
		return t, fault.New(fault.Invalid, "“%s”不是日期", on)
	}
	t = Twin{On: on, Day: unknownDay(on), DayBefore: unknownDay("")}
	if t.Day, t.Hours, err = s.dayOf(ctx, by, station, day); err != nil {
		return t, err
	}
	if before := day.AddDate(-1, 0, 0); before.Day() == day.Day() {
		t.Before = standard.Date(before.Format(time.DateOnly))
		t.DayBefore, t.HoursThen, err = s.dayOf(ctx, by, station, before)
	}
	return t, err
}

// dayOf returns a day of a station with its hours.
func (s *Store) dayOf(ctx context.Context, by access.Caller, station int64, day time.Time) (Day, []Hour, error) {
	hours, err := s.Series(ctx, by, station, day, day.AddDate(0, 0, 1))
	if err != nil {
		return Day{}, nil, err
	}
	on := standard.Date(day.Format(time.DateOnly))
	d, err := s.Day(ctx, by, Place{Station: station}, on)
	return d, hours, err
}

// Revisions returns what a day of a place in by's scope was told as before, the
// latest first, each with the cause that made it; what holds now is not among
// them.
//
// The error is fault.Denied without monitor.read.
func (s *Store) Revisions(ctx context.Context, by access.Caller, p Place, on standard.Date) (_ []Day, err error) {
	defer fault.Wrap(&err, "air.Revisions(%v, %s)", p, on)
	if err := by.Must("monitor.read"); err != nil {
		return nil, err
	}
	t, key := p.table()
	cond, args := by.Scope.Where("division", "0", 3)
	return sqldb.All[Day](ctx, s.db, `
		SELECT `+dayColumns+`
		  FROM `+t.history+`
		 WHERE `+t.key+` = $1
		   AND day_on = $2
		   AND `+cond+`
		 ORDER BY revision DESC`, append([]any{key, string(on)}, args...)...)
}

// HourRevisions is Revisions of an hour of a station.
func (s *Store) HourRevisions(ctx context.Context, by access.Caller, station, at int64) (_ []Hour, err error) {
	defer fault.Wrap(&err, "air.HourRevisions(station %d, %d)", station, at)
	if err := by.Must("monitor.read"); err != nil {
		return nil, err
	}
	cond, args := by.Scope.Where("division", "0", 3)
	return sqldb.All[Hour](ctx, s.db, `
		SELECT `+hourColumns+`
		  FROM air_hour_history
		 WHERE station = $1
		   AND at = $2
		   AND `+cond+`
		 ORDER BY revision DESC`, append([]any{station, at}, args...)...)
}

// Resting returns the days of stations in by's scope that rest on any revision of
// a row of the standards, by day: those that a correction of that row concerns.
// At most 10,000 come.
//
// The error is fault.Denied without monitor.read.
func (s *Store) Resting(ctx context.Context, by access.Caller, table, key string) (_ []Day, err error) {
	defer fault.Wrap(&err, "air.Resting(%s, %s)", table, key)
	if err := by.Must("monitor.read"); err != nil {
		return nil, err
	}
	ref := pack(standard.Ref{Table: table, Key: key})
	ref = ref[:len(ref)-len(`0}`)] // up to the revision
	cond, args := by.Scope.Where("d.division", "0", 2)
	return sqldb.All[Day](ctx, s.db, `
		SELECT `+columnsOf("d", dayColumns)+`
		  FROM air_bases b
		  JOIN air_days d ON d.basis = b.id
		 WHERE b.refs LIKE $1 ESCAPE '!'
		   AND `+cond+`
		 ORDER BY d.day_on, d.station
		 LIMIT 10000`, append([]any{"%" + literal(ref) + "%"}, args...)...)
}

// Refs returns the rows of the standards that an hour or a day rests on, by its
// Basis.
//
// The error is fault.NotFound when there is no such basis.
func (s *Store) Refs(ctx context.Context, basis int64) (all []standard.Ref, err error) {
	defer fault.Wrap(&err, "air.Refs(%d)", basis)
	text, found, err := sqldb.Value[string](ctx, s.db, `SELECT refs FROM air_bases WHERE id = $1`, basis)
	if err == nil && !found {
		err = fault.New(fault.NotFound, "没有这条计算依据")
	}
	unpack(text, &all)
	return all, err
}
