package web

import (
	"context"
	"encoding/json"
	"io"
	"slices"
	"testing"
	"time"

	"pingzhang/catalog"
	"pingzhang/internal/access"
	"pingzhang/internal/air"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/sheet"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

// fakeAir is a duty that knows what it was given. What it does not know of is not
// asked by the pages that are tested with it.
type fakeAir struct {
	Air
	book     *aqi.Book
	settings air.Settings
	stations []air.Station
	hours    map[int64][]air.Hour
	days     map[air.Place]map[standard.Date]air.Day
	target   *air.Target
	imports  []air.Import
	read     string // of the last file
}

func (f *fakeAir) Book() *aqi.Book        { return f.book }
func (f *fakeAir) Settings() air.Settings { return f.settings }

func (f *fakeAir) Stations(_ context.Context, by access.Caller) (all []air.Station, _ error) {
	for _, st := range f.stations {
		if by.Scope.Sees(st.Division, 0) {
			all = append(all, st)
		}
	}
	return all, nil
}

func (f *fakeAir) Now(ctx context.Context, by access.Caller, now time.Time) (all []air.StationNow, _ error) {
	stations, _ := f.Stations(ctx, by)
	place := 0
	for _, st := range stations {
		n := air.StationNow{Station: st, Offline: true, Issue: standard.NoValue}
		if h := f.hours[st.ID]; len(h) > 0 {
			n.Hour = &h[len(h)-1]
			n.Offline = now.Sub(n.Hour.Start().Add(time.Hour)) > f.settings.Offline
		}
		if !n.Offline && n.Hour.Published {
			place++
			n.Place, n.Issue = place, ""
		}
		all = append(all, n)
	}
	return all, nil
}

func (f *fakeAir) Series(_ context.Context, _ access.Caller, station int64, from, to time.Time) (all []air.Hour, _ error) {
	for _, h := range f.hours[station] {
		if h.At >= from.Unix() && h.At < to.Unix() {
			all = append(all, h)
		}
	}
	return all, nil
}

func (f *fakeAir) SeriesOf(ctx context.Context, by access.Caller, stations []int64, from, to time.Time) (air.HoursOf, error) {
	all := air.HoursOf{}
	for _, id := range stations {
		all[id] = map[int64]*air.Hour{}
		hours, _ := f.Series(ctx, by, id, from, to)
		for i := range hours {
			all[id][hours[i].At] = &hours[i]
		}
	}
	return all, nil
}

func (f *fakeAir) Days(ctx context.Context, by access.Caller, p air.Place, year int) ([]air.Day, error) {
	first := time.Date(year, 1, 1, 0, 0, 0, 0, clock.Shanghai)
	return f.DaysBetween(ctx, by, p, dayOn(first), dayOn(first.AddDate(1, 0, -1)))
}

func (f *fakeAir) DaysBetween(_ context.Context, _ access.Caller, p air.Place, from, to standard.Date) (all []air.Day, _ error) {
	for t := timeOn(from); dayOn(t) <= to; t = t.AddDate(0, 0, 1) {
		d, ok := f.days[p][dayOn(t)]
		if !ok {
			d = air.Day{On: dayOn(t), AQI: aqi.NoIAQI, Good: air.Unknown, Issue: standard.NoValue}
		}
		all = append(all, d)
	}
	return all, nil
}

func (f *fakeAir) Forget() {}

func (f *fakeAir) Day(ctx context.Context, by access.Caller, p air.Place, on standard.Date) (air.Day, error) {
	all, err := f.DaysBetween(ctx, by, p, on, on)
	return all[0], err
}

func (f *fakeAir) EvaluateBoth(ctx context.Context, by access.Caller, p air.Place, from, to standard.Date, claimed bool) (air.Evaluated, error) {
	days, err := f.DaysBetween(ctx, by, p, from, to)
	values := make([]aqi.DayValues, len(days))
	for i := range days {
		values[i] = days[i].Values()
	}
	return air.Evaluated{Plain: f.book.Evaluate(from, to, aqi.Class2, values, claimed)}, err
}

func (f *fakeAir) GoodDays(ctx context.Context, by access.Caller, p air.Place, year int, now time.Time) (g air.GoodYear, _ error) {
	days, _ := f.Days(ctx, by, p, year)
	g = air.GoodYear{Place: p, Year: year}
	g.Due = len(days)
	for _, d := range days {
		passed := timeOn(d.On).AddDate(0, 0, 1).Compare(now) <= 0
		if passed {
			g.Passed++
		}
		switch d.Good {
		case air.GoodDay:
			g.Good++
		case air.BadDay:
			g.Bad++
		default:
			if passed {
				g.PassedUnknown++
			}
		}
	}
	g.Valid = g.Good + g.Bad
	g.Unknown = g.Due - g.Valid
	g.Ratio = standard.Int(int64(g.Good)).Quo(standard.Int(int64(g.Valid)))
	if f.target != nil && p.Station == 0 {
		allowed := 19
		left := allowed - g.Bad
		g.Target, g.Allowed, g.Left = f.target, &allowed, &left
		g.Arithmetic = "目标 346 天；可有超标 365−346=19 天，已有 1 天，剩余 18 天；未知 198 天没有计入"
	}
	return g, nil
}

func (f *fakeAir) Heat(_ context.Context, _ access.Caller, station int64, _ int, pollutants ...aqi.Pollutant) ([]air.Heat, error) {
	h := air.Heat{Pollutant: pollutants[0]}
	if len(f.hours[station]) > 0 {
		h.Cells[6][8] = air.Cell{Mean: standard.Must("38.25"), Hours: 19}
		h.Cells[6][9] = air.Cell{Mean: standard.Must("12"), Hours: 18}
	}
	return []air.Heat{h}, nil
}

func (f *fakeAir) Import(_ context.Context, by access.Caller, name string, r io.Reader) (air.Imported, error) {
	if err := by.Must("point.edit"); err != nil {
		return air.Imported{}, err
	}
	b, err := io.ReadAll(r)
	if err != nil {
		return air.Imported{}, err
	}
	if f.read = string(b); len(b) < 10 {
		return air.Imported{}, fault.New(fault.Invalid, "没有找到表头，请使用国家发布的表格")
	}
	return f.result(name), nil
}

func (f *fakeAir) result(name string) air.Imported {
	return air.Imported{
		ID: 41, Name: name, Digest: "ab12", Form: "csv", Rows: 11, Hours: 8, New: 5, Changed: 2, Same: 1, Unknown: map[string]int{"9999A": 3}, Wrong: 1,
		Problems: []sheet.Problem{{Row: 3, Col: 3, Cell: "C3", Column: "SO2", Raw: "-1", Issue: standard.Negative, Text: "浓度不能为负"}, {Cell: "E3", Column: "PM10", Raw: "<2", Text: "低于检出限", Note: true}},
		From:     siteNow.Add(-3 * time.Hour).Unix(), To: siteNow.Unix(),
	}
}

func (f *fakeAir) Imports(context.Context, access.Caller, int) ([]air.Import, error) {
	return f.imports, nil
}

// add stores an hour of a station: SO2, NO2, PM10, PM2.5, CO and O3, "" for one
// that was not measured.
func (f *fakeAir) add(t *testing.T, station int64, at time.Time, texts ...string) {
	t.Helper()
	var values air.Values
	var readings []aqi.Reading
	for p := range aqi.Pollutant(aqi.Six) {
		r := aqi.Read(p, aqi.Hour, texts[p], p.Unit())
		values[p] = air.Value{Value: r.Value, Issue: r.Issue}
		readings = append(readings, r)
	}
	rep := f.book.Report(aqi.Hourly, dayOn(at), readings...)
	h := air.Hour{
		Station: station, At: at.Unix(), Revision: 1, Source: air.Feed, AQI: int64(rep.AQI), Published: rep.Published, Level: int64(rep.Level.Number),
		Issue: rep.Issue, Edition: rep.Basis.Citation.Number(), Confidence: rep.Basis.Confidence, PublishedAQI: "99", ValsJSON: packed(t, values),
	}
	h.Primary = itemTexts(rep.Primary)
	f.hours[station] = append(f.hours[station], h)
	slices.SortFunc(f.hours[station], func(a, b air.Hour) int { return int(a.At - b.At) })
}

func packed(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func (f *fakeAir) day(p air.Place, on standard.Date, index int64, good air.Good) {
	if f.days[p] == nil {
		f.days[p] = map[standard.Date]air.Day{}
	}
	d := air.Day{Station: p.Station, Division: p.Division, On: on, Revision: 1, AQI: index, Published: true, Good: good, Edition: "HJ 633-2026", Confidence: standard.Source, PM25: "38", O3: "160"}
	if e, ok := f.book.Edition(on); ok {
		d.Level = int64(e.Level(int(index)).Number)
	}
	if index > 50 {
		d.Primary = "PM2.5/24h"
	}
	if good == air.Unknown {
		d.AQI, d.Published, d.Level, d.Primary, d.Issue = aqi.NoIAQI, false, 0, "", aqi.Incomplete
	}
	f.days[p][on] = d
}

// aired is a site with five stations: one good, one polluted, one without PM10,
// one that has been silent for a day, and one in 孙吴县 that never reported.
func aired(t *testing.T) (*site, *fakeAir) {
	t.Helper()
	s := newSite(t)
	book, err := aqi.Open(catalog.FS(""))
	if err != nil {
		t.Fatal(err)
	}
	settings, err := air.LoadSettings(catalog.FS(""))
	if err != nil {
		t.Fatal(err)
	}
	f := &fakeAir{book: book, settings: settings, hours: map[int64][]air.Hour{}, days: map[air.Place]map[standard.Date]air.Day{}}
	for i, st := range []air.Station{{Code: "2263A", Name: "示例甲站"}, {Code: "2264A", Name: "示例乙站"}, {Code: "2265A", Name: "示例丙站"}, {Code: "2266A", Name: "示例丁站"}} {
		st.ID, st.Division, st.Level, st.Area, st.Purpose, st.Assessed = int64(i+1), "231102", "national", aqi.Class2, "evaluation", i < 2
		f.stations = append(f.stations, st)
	}
	f.stations = append(f.stations, air.Station{ID: 5, Code: "2267A", Name: "示例戊站", Division: "231124", Area: aqi.Class2, Purpose: "evaluation", Assessed: true})
	nine := siteNow.Truncate(time.Hour).Add(-time.Hour)
	f.add(t, 1, nine, "5", "10", "30", "15", "0.4", "60")
	f.add(t, 1, nine.Add(-time.Hour), "5", "10", "30", "16", "0.4", "60")
	f.add(t, 1, nine.AddDate(-1, 0, 0), "5", "10", "90", "15", "0.4", "60")
	f.add(t, 2, nine, "5", "10", "30", "130", "0.4", "60")
	f.add(t, 3, nine, "5", "10", "", "15", "0.4", "60")
	f.add(t, 4, nine.Add(-26*time.Hour), "5", "10", "30", "15", "0.4", "60")
	city := air.Place{Division: "231100"}
	f.day(city, "2026-07-19", 67, air.GoodDay)
	f.day(city, "2026-07-18", 130, air.BadDay)
	f.day(city, "2026-07-17", 0, air.Unknown)
	f.day(city, "2025-07-19", 45, air.GoodDay)
	f.day(air.Place{Station: 1}, "2026-07-19", 58, air.GoodDay)
	s.web.cfg.Air = f
	return s, f
}

// itemTexts writes items as the duty keeps them.
func itemTexts(items []aqi.Item) (text string) {
	for i, it := range items {
		if i > 0 {
			text += ","
		}
		text += it.String()
	}
	return text
}
