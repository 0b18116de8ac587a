package register

import (
	"context"
	"strconv"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
)

// Point is an entry of the register of monitoring points with its fields typed:
// what the gateway must know of a device.
type Point struct {
	ID           int64
	Code, Name   string
	Kind         string // source_air, source_water, air, surface …
	MN           string
	Profile      string // "2005", "2017", "2025" or "surface"
	ST           string
	Password     string       // Mask unless the reader may operate frames
	SM4Key       string       // 32 hex digits; as Password
	ToleratedCRC string       // name of the algorithm, as hj212.ForeignCRC gives it
	Factors      []FactorUnit // units of what the device sends
	RtdSeconds   int          // interval of real-time data, 0 when not known
	MinuteEvery  int          // interval of minute data in minutes, 0 when not known
	Outlet       int64        // 0 for a point that is no pollution source
	Enterprise   int64
	Division     access.Division
	Lon, Lat     *float64
	State        State
	Rev          int64
}

// Unit returns the unit in which the device sends a factor; ok is false when
// the register does not say.
func (p Point) Unit(factor string) (unit string, ok bool) {
	for _, f := range p.Factors {
		if f.Code == factor {
			return f.Unit, f.Unit != ""
		}
	}
	return "", false
}

// PointOf returns an entry of the register of points as a Point.
func PointOf(e Entry) Point {
	return Point{
		ID: e.ID, Code: e.Code, Name: e.Name, Kind: e.Text("kind"), MN: e.Text("mn"), Profile: e.Text("profile"),
		ST: e.Text("st"), Password: e.Text("password"), SM4Key: e.Text("sm4_key"), ToleratedCRC: e.Text("tolerated_crc"),
		Factors: e.Factors("factors"), RtdSeconds: whole(e.Text("rtd_interval_s")), MinuteEvery: whole(e.Text("minute_interval_min")),
		Outlet: e.Ref("outlet"), Enterprise: e.Enterprise, Division: e.Division, Lon: e.Lon, Lat: e.Lat, State: e.State, Rev: e.Rev,
	}
}

// whole reads an integer field, which Validate has checked.
func whole(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

// Points returns the active points in by's scope. With Changes and PointOf a
// cache of them stays fresh: its first number is the greatest Rev.
func (s *Store) Points(ctx context.Context, by access.Caller) (_ []Point, err error) {
	defer fault.Wrap(&err, "register.Points")
	all, err := s.active(ctx, by, PointEntry)
	if err != nil {
		return nil, err
	}
	points := make([]Point, len(all))
	for i, e := range all {
		points[i] = PointOf(e)
	}
	return points, nil
}

// PointByMN returns the active point of a device number.
//
// The error is fault.NotFound when no point in by's scope has it.
func (s *Store) PointByMN(ctx context.Context, by access.Caller, mn string) (_ Point, err error) {
	defer fault.Wrap(&err, "register.PointByMN(%s)", mn)
	if err := may(by); err != nil {
		return Point{}, err
	}
	id, found, err := sqldb.Value[int64](ctx, s.db, `
		SELECT entry
		  FROM entry_values
		 WHERE register = 'point'
		   AND key = 'mn'
		   AND value = $1
		   AND exclusive`, mn)
	if err != nil {
		return Point{}, err
	}
	if !found {
		return Point{}, fault.New(fault.NotFound, "没有设备编号（MN）为 %s 的监测点位", mn)
	}
	e, _, err := s.load(ctx, s.db, by, id)
	return PointOf(e), err
}

// Limit is an entry of the register of permit limits with its fields typed.
// Numbers are the text they were given in.
type Limit struct {
	ID           int64
	Outlet       int64
	Factor       string
	FactorName   string
	Max, Min     string // empty when there is no such bound
	Unit         string
	Period       string // "hour" or "day"
	RefOxygen    string // per cent; empty when nothing is converted
	OxygenFactor string
	From, To     string // days, the last one included; To empty: open
	Document     string
	Clause       string
	Verified     bool // false: shown with 待核实
	Basis        string
	Enterprise   int64
	Division     access.Division
	State        State
	Version      int64
	Rev          int64
}

// Covers reports whether l is in force on the day of t.
func (l Limit) Covers(t time.Time) bool {
	day := t.In(clock.Shanghai).Format(time.DateOnly)
	return l.State == Active && l.From <= day && (l.To == "" || day <= l.To)
}

// LimitOf returns an entry of the register of limits as a Limit.
func LimitOf(e Entry) Limit {
	return Limit{
		ID: e.ID, Outlet: e.Ref("outlet"), Factor: e.Text("factor"), FactorName: e.Text("factor_name"),
		Max: e.Text("max"), Min: e.Text("min"), Unit: e.Text("unit"), Period: e.Text("period"),
		RefOxygen: e.Text("ref_oxygen"), OxygenFactor: e.Text("oxygen_factor"), From: e.Text("valid_from"), To: e.Text("valid_to"),
		Document: e.Text("document"), Clause: e.Text("clause"), Verified: e.Text("confidence") == "verified", Basis: e.Text("basis"),
		Enterprise: e.Enterprise, Division: e.Division, State: e.State, Version: e.Version, Rev: e.Rev,
	}
}

// Limits returns the limits of an outlet that are in force on the day of at:
// those of factor, or of every factor when it is empty. A factor without one is
// not among them; that means unknown, not allowed.
func (s *Store) Limits(ctx context.Context, by access.Caller, outlet int64, factor string, at time.Time) (_ []Limit, err error) {
	defer fault.Wrap(&err, "register.Limits(outlet %d, %s)", outlet, factor)
	if err := may(by); err != nil {
		return nil, err
	}
	cond, args := by.Scope.Where("e.division", "e.enterprise", 2)
	rows, err := sqldb.All[row](ctx, s.db, `
		SELECT `+rowColumns+`
		  FROM entry_values v
		  JOIN entries e ON e.id = v.entry
		 WHERE v.register = 'limit'
		   AND v.key = 'outlet'
		   AND v.value = $1
		   AND e.state = 'active'
		   AND `+cond+`
		 ORDER BY e.code`, append([]any{strconv.FormatInt(outlet, 10)}, args...)...)
	if err != nil {
		return nil, err
	}
	all, err := s.entries(rows, false)
	if err != nil {
		return nil, err
	}
	var limits []Limit
	for _, e := range all {
		if l := LimitOf(e); l.Covers(at) && (factor == "" || l.Factor == factor) {
			limits = append(limits, l)
		}
	}
	return limits, nil
}

// AllLimits returns every active limit in by's scope, for a cache that Changes
// and LimitOf keep fresh.
func (s *Store) AllLimits(ctx context.Context, by access.Caller) (_ []Limit, err error) {
	defer fault.Wrap(&err, "register.AllLimits")
	all, err := s.active(ctx, by, LimitEntry)
	if err != nil {
		return nil, err
	}
	limits := make([]Limit, len(all))
	for i, e := range all {
		limits[i] = LimitOf(e)
	}
	return limits, nil
}

// active returns every active entry of a register in by's scope.
func (s *Store) active(ctx context.Context, by access.Caller, r Register) ([]Entry, error) {
	if err := may(by); err != nil {
		return nil, err
	}
	cond, args := by.Scope.Where("e.division", "e.enterprise", 2)
	rows, err := sqldb.All[row](ctx, s.db, `
		SELECT `+rowColumns+`
		  FROM entries e
		 WHERE e.register = $1
		   AND e.state = 'active'
		   AND `+cond+`
		 ORDER BY e.code, e.id`, append([]any{string(r)}, args...)...)
	if err != nil {
		return nil, err
	}
	return s.entries(rows, reveals(by))
}
