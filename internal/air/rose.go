package air

import (
	"context"
	"fmt"
	"math/big"
	"slices"

	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/measure"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

// windFactors are the codes of direction and speed of the wind (HJ 212-2017 table
// B.2).
var windFactors = [2]string{"a01008", "a01007"}

var windUnits = [2]standard.Unit{standard.Degree, standard.MPerS}

// Sectors is how many directions of the wind a rose has: north, north-north-east
// and so on, each of 22.5 degrees about its own.
const Sectors = 16

// Petal is what was measured of a pollutant while the wind came from one
// direction.
type Petal struct {
	Mean  standard.Exact // none where nothing was measured
	Hours int            // that it rests on
	Wind  int            // hours with such a wind, measured pollutant or not
}

// add counts an hour; x may be none. The mean is the sum until it is closed.
func (p *Petal) add(x standard.Exact) {
	if p.Wind++; !x.IsSet() {
		return
	}
	if p.Hours++; p.Hours == 1 {
		p.Mean = standard.Int(0)
	}
	p.Mean = p.Mean.Add(x)
}

func (p *Petal) close() {
	if p.Hours > 0 {
		p.Mean = p.Mean.Quo(standard.Int(int64(p.Hours)))
	}
}

// Rose is a pollutant at a station by the direction that the wind came from
// (pollutant rose). It is for looking at; no rule says when such a mean counts.
type Rose struct {
	Pollutant aqi.Pollutant
	Petals    [Sectors]Petal // Petals[0] is north
	Calm      Petal          // speed below Settings.Calm: no direction
	NoWind    Petal          // direction or speed unknown, though there was an hour
	Hours     int            // of the span
	Missing   int            // hours of the span in which neither was measured
	Measured  bool           // wind was measured at all in the span
}

// Rose returns the rose of a pollutant of a station in by's scope over whole days,
// both included. Wind is that of the station's own device in hours in which that
// sent both, else what was imported.
//
// The error is fault.Denied without monitor.read, fault.NotFound when there is no
// such station, fault.Invalid for a span that is none or longer than 732 days.
func (s *Store) Rose(ctx context.Context, by access.Caller, station int64, p aqi.Pollutant, from, to standard.Date) (r Rose, err error) {
	defer fault.Wrap(&err, "air.Rose(station %d, %s, %s)", station, from, to)
	first, last := dayStart(from), dayStart(to)
	if first == 0 || last < first || last-first > 732*86400 {
		return r, fault.New(fault.Invalid, "起止日期不对：%s 至 %s", from, to)
	}
	st, err := s.stationIn(ctx, by, station)
	if err != nil {
		return r, err
	}
	days, err := s.days(ctx, by, dayHourly, Place{Station: station}, from, to)
	if err != nil {
		return r, err
	}
	wind, err := s.wind(ctx, st, first, last+86400)
	if err != nil {
		return r, err
	}
	r = Rose{Pollutant: p, Hours: int(last-first)/3600 + 24, Measured: len(wind) > 0}
	values := map[int64]standard.Exact{}
	for i := range days {
		at := dayStart(days[i].On)
		for hour, x := range days[i].Hours(p) {
			if x.IsSet() {
				values[at+int64(hour)*3600] = x
			}
		}
	}
	for at := first; at < last+86400; at += 3600 {
		w, blows := wind[at]
		x := values[at]
		switch {
		case !blows && !x.IsSet():
			r.Missing++
		case !blows:
			r.NoWind.add(x)
		case w.speed.Cmp(s.settings.Calm) < 0:
			r.Calm.add(x)
		default:
			r.Petals[sector(w.direction)].add(x)
		}
	}
	for i := range r.Petals {
		r.Petals[i].close()
	}
	r.Calm.close()
	r.NoWind.close()
	return r, nil
}

// blow is the wind of one hour.
type blow struct{ direction, speed standard.Exact }

// sector returns the sector that a direction of 0 to 360 degrees lies in.
func sector(direction standard.Exact) int {
	// (direction + 11.25) / 22.5, in whole numbers: a direction on an edge
	// belongs to the sector that follows clockwise.
	n := direction.Mul(standard.Int(4)).Add(standard.Int(45)).Quo(standard.Int(90))
	i, ok := floor(n)
	if !ok {
		return 0
	}
	return int(i % Sectors)
}

// floor returns the largest whole number that is not above x.
func floor(x standard.Exact) (int64, bool) {
	r := x.Rat()
	if r == nil || r.Sign() < 0 {
		return 0, false
	}
	return new(big.Int).Div(r.Num(), r.Denom()).Int64(), true
}

// wind returns the hours of a station of which direction and speed are known.
func (s *Store) wind(ctx context.Context, st Station, from, to int64) (map[int64]blow, error) {
	all, err := s.windAt(ctx, measure.Point(st.ID), from, to, windUnits)
	if err != nil || st.device.ID == 0 {
		return all, err
	}
	var units [2]standard.Unit
	for i, code := range windFactors {
		text, _ := st.device.Unit(code)
		units[i], _ = standard.ParseUnit(text)
	}
	own, err := s.windAt(ctx, measure.Point(st.Linked), from, to, units)
	for at, w := range own {
		all[at] = w
	}
	return all, err
}

// windAt reads the wind that stands under a point. What is marked, out of the
// circle or in a unit that nobody registered is unknown.
func (s *Store) windAt(ctx context.Context, p measure.Point, from, to int64, units [2]standard.Unit) (map[int64]blow, error) {
	marks, err := s.honoured(ctx, p, from, to)
	if err != nil {
		return nil, err
	}
	parts := [2]map[int64]standard.Exact{{}, {}}
	q := measure.RowQuery{Point: p, Kind: measure.Hour, Factors: windFactors[:], From: from, To: to}
	err = s.readings.Rows(ctx, q, func(r measure.Row) error {
		i := slices.Index(windFactors[:], r.Factor)
		marked := slices.ContainsFunc(marks, func(m measure.Mark) bool {
			return m.From < r.At+3600 && m.To > r.At && (m.Factor == "" || m.Factor == r.Factor)
		})
		if i < 0 || marked || r.Mark != "N" {
			return nil
		}
		text, _ := r.Version.Value("Avg")
		x, issue := standard.Read(text)
		if issue != "" || x.Sign() < 0 {
			return nil
		}
		if x, err := standard.Convert(x, units[i], windUnits[i]); err == nil && (i != 0 || x.Cmp(standard.Int(360)) <= 0) {
			parts[i][r.At] = x
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	all := map[int64]blow{}
	for at, direction := range parts[0] {
		if speed, ok := parts[1][at]; ok {
			all[at] = blow{direction, speed}
		}
	}
	return all, nil
}

// stationIn returns a station of by's scope with its device.
func (s *Store) stationIn(ctx context.Context, by access.Caller, id int64) (Station, error) {
	if err := by.Must("monitor.read"); err != nil {
		return Station{}, err
	}
	net, err := s.load(ctx, s.now())
	if err != nil {
		return Station{}, err
	}
	st, ok := net.byID[id]
	if !ok || !by.Scope.Sees(st.Division, 0) {
		return Station{}, fault.New(fault.NotFound, "没有这个空气站点，请检查网址")
	}
	return st, nil
}

// SectorName names a direction of the wind.
func SectorName(i int) string {
	return [Sectors]string{"北", "北东北", "东北", "东东北", "东", "东东南", "东南", "南东南", "南", "南西南", "西南", "西西南", "西", "西西北", "西北", "北西北"}[i%Sectors]
}

// MonthHeat is a month of a pollutant by day and hour: Cells[0][0] is the first of
// the month from 0 to 1 o'clock; those not known are none.
type MonthHeat struct {
	Pollutant aqi.Pollutant
	Days      []MonthDay
}

// MonthDay is one day of MonthHeat.
type MonthDay struct {
	On    standard.Date
	Hours [24]standard.Exact
	Mean  standard.Exact // of the day as it counts; of O3 the highest 8-hour mean
}

// MonthHeat returns a month of a pollutant of a place in by's scope, day by day.
//
// The error is fault.Denied without monitor.read.
func (s *Store) MonthHeat(ctx context.Context, by access.Caller, p Place, year, month int, pollutant aqi.Pollutant) (h MonthHeat, err error) {
	defer fault.Wrap(&err, "air.MonthHeat(%v, %d-%d)", p, year, month)
	first := standard.Date(fmt.Sprintf("%04d-%02d-01", year, month))
	start := dayStart(first)
	if start == 0 {
		return h, fault.New(fault.Invalid, "没有 %d 年 %d 月", year, month)
	}
	end := clock.Unix(start).AddDate(0, 1, -1).Unix()
	stored, err := s.days(ctx, by, dayHourly, p, first, dateOf(end))
	if err != nil {
		return h, err
	}
	h.Pollutant = pollutant
	for at := start; at <= end; at += 86400 {
		d := MonthDay{On: dateOf(at)}
		if len(stored) > 0 && stored[0].On == d.On {
			d.Hours, d.Mean = stored[0].Hours(pollutant), stored[0].Values().Values[pollutant]
			stored = stored[1:]
		}
		h.Days = append(h.Days, d)
	}
	return h, nil
}
