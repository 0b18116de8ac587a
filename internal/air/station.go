package air

import (
	"context"
	"slices"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/measure"
	"pingzhang/internal/register"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

// StationRegister is the register of ambient air stations.
const StationRegister register.Register = "air_station"

// Station is an entry of the register of air stations with its fields typed.
type Station struct {
	ID       int64
	Code     string // 2263A
	Name     string
	Division access.Division
	Lon, Lat *float64
	Level    string // national, provincial, city, county, township
	Area     aqi.Area
	Purpose  string // evaluation, control, background, traffic, pollution
	Assessed bool   // 参与考核
	Opened   standard.Date
	Closed   standard.Date // the last day; empty: open
	Linked   int64         // the monitoring point of its own device; 0 for none
	State    register.State

	device register.Point // of Linked
}

// Point returns where the readings of the station are: its linked point, else
// the station itself. What is imported always stands under the station, for a
// device has units of its own.
func (s Station) Point() measure.Point {
	if s.Linked != 0 {
		return measure.Point(s.Linked)
	}
	return measure.Point(s.ID)
}

// Counts reports whether the station is one of those that the mean of its
// division is taken over on a day: an assessed evaluation point that was open.
func (s Station) Counts(on standard.Date) bool {
	return s.Assessed && s.Purpose == "evaluation" && on >= s.Opened && (s.Closed == "" || on <= s.Closed)
}

// divisions returns the county and the city that a station's days enter.
func divisions(d access.Division) []access.Division {
	var all []access.Division
	if len(d) >= 4 {
		all = append(all, d[:4]+"00")
	}
	if len(d) >= 6 && d[:6] != all[0] {
		all = append(all, d[:6])
	}
	return all
}

// stationOf returns an entry of the register as a Station.
func stationOf(e register.Entry) Station {
	s := Station{
		ID: e.ID, Code: e.Code, Name: e.Name, Division: e.Division, Lon: e.Lon, Lat: e.Lat, Level: e.Text("level"), Area: aqi.Class2,
		Purpose: e.Text("purpose"), Assessed: e.Text("assessed") == "yes", Opened: standard.Date(e.Text("opened_on")),
		Closed: standard.Date(e.Text("closed_on")), Linked: e.Ref("point"), State: e.State,
	}
	if e.Text("area_class") == "1" {
		s.Area = aqi.Class1
	}
	// An entry that was withdrawn without a last day has counted until then.
	if s.State != register.Active && s.Closed == "" {
		s.Closed = standard.Date(clock.Day(e.UpdatedAt).AddDate(0, 0, -1).Format(time.DateOnly))
	}
	return s
}

// Stations returns the stations in use in by's scope, by code.
//
// The error is fault.Denied without register.read.
func (s *Store) Stations(ctx context.Context, by access.Caller) (_ []Station, err error) {
	defer fault.Wrap(&err, "air.Stations")
	return s.stations(ctx, by, register.Active)
}

// stations returns the stations of a state in by's scope.
func (s *Store) stations(ctx context.Context, by access.Caller, state register.State) (all []Station, err error) {
	q := register.Query{Register: StationRegister, State: state, N: 500}
	for {
		page, err := s.register.List(ctx, by, q)
		if err != nil {
			return nil, err
		}
		for _, e := range page.Entries {
			all = append(all, stationOf(e))
		}
		if q.After = page.Next; q.After == "" {
			return all, nil
		}
	}
}

// network is all stations, also those withdrawn, as reckoning needs them.
type network struct {
	byID    map[int64]Station
	byPoint map[measure.Point][]Station // by linked point and by station
	all     []Station
}

// due returns the stations that count for a division on a day.
func (n *network) due(d access.Division, on standard.Date) (ids []int64) {
	for _, st := range n.all {
		if d.Contains(st.Division) && st.Counts(on) {
			ids = append(ids, st.ID)
		}
	}
	return ids
}

// networkFor is how long a change in the registers may take to reach reckoning.
const networkFor = 10 * time.Second

// load returns the stations with their devices.
func (s *Store) load(ctx context.Context, now time.Time) (*network, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if age := now.Sub(s.loadedAt); s.network != nil && age >= 0 && age < networkFor {
		return s.network, nil
	}
	points, err := s.register.Points(ctx, platform)
	if err != nil {
		return nil, err
	}
	n := &network{byID: map[int64]Station{}, byPoint: map[measure.Point][]Station{}}
	for _, state := range []register.State{register.Active, register.Withdrawn} {
		stations, err := s.stations(ctx, platform, state)
		if err != nil {
			return nil, err
		}
		n.all = append(n.all, stations...)
	}
	for i := range n.all {
		st := &n.all[i]
		if at := slices.IndexFunc(points, func(p register.Point) bool { return p.ID == st.Linked && p.Kind == "air" }); at >= 0 {
			st.device = points[at]
			n.byPoint[measure.Point(st.Linked)] = append(n.byPoint[measure.Point(st.Linked)], *st)
		}
		n.byID[st.ID] = *st
		n.byPoint[measure.Point(st.ID)] = append(n.byPoint[measure.Point(st.ID)], *st)
	}
	s.network, s.loadedAt = n, now
	return n, nil
}

// Forget lets the next round read the registers again, as after a change of a
// station.
func (s *Store) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.network = nil
}
