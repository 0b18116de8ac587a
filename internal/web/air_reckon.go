package web

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"pingzhang/internal/air"
	"pingzhang/internal/clock"
	"pingzhang/internal/register"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

// airItemRow is one item of a report with how its index follows.
type airItemRow struct {
	Name, Value, Unit, IAQI, How string
	Count                        string // values that it rests on, of those it takes
	Why                          string // why there is none
}

// airReckoning is how a report follows from its items.
type airReckoning struct {
	Items    []airItemRow
	Max      string // how the index follows from those of the items
	Citation string
	Changed  string // why there is no arithmetic
}

func airHourPath(station, at int64) string {
	return airStationPath(station) + "/hour?at=" + strconv.FormatInt(at, 10)
}

func airDayPath(p air.Place, on standard.Date) string {
	return "/air/day?" + url.Values{"place": {p.Key()}, "on": {string(on)}}.Encode()
}

// airHourReckoning returns how the index of an hour was reckoned. It is reckoned
// once more, and shown only where the same comes out: after a correction of a
// figure the report stands as it was made.
func (s *Server) airHourReckoning(h *air.Hour) airReckoning {
	var readings []aqi.Reading
	for p, x := range h.Values() {
		readings = append(readings, aqi.Reading{Item: aqi.Item{Pollutant: aqi.Pollutant(p), Averaging: aqi.Hour}, Value: x.Value, Unit: aqi.Pollutant(p).Unit(), Issue: x.Issue})
	}
	for _, one := range h.Items() {
		if i, err := aqi.ParseItem(one.Item); err == nil && i.Averaging != aqi.Hour {
			readings = append(readings, aqi.Reading{Item: i, Value: one.Value, Unit: i.Pollutant.Unit(), Issue: one.Issue})
		}
	}
	rep := s.cfg.Air.Book().Report(aqi.Hourly, dayOn(h.Start()), readings...)
	return reckoningOf(rep, h.Edition, h.AQI, h.Published, nil)
}

// airDayReckoning is airHourReckoning of a day.
func (s *Server) airDayReckoning(d *air.Day) airReckoning {
	var readings []aqi.Reading
	counts := map[aqi.Item]air.Single{}
	for _, one := range d.Items() {
		if i, err := aqi.ParseItem(one.Item); err == nil {
			r := aqi.Reading{Item: i, Value: one.Value, Unit: i.Pollutant.Unit(), Issue: one.Issue}
			if one.Issue != "" && one.Issue != aqi.AboveTable {
				r.Value = standard.Exact{}
			} else {
				r.Issue = ""
			}
			readings = append(readings, r)
			counts[i] = one
		}
	}
	rep := s.cfg.Air.Book().Report(aqi.Daily, d.On, readings...)
	return reckoningOf(rep, d.Edition, d.AQI, d.Published, counts)
}

func reckoningOf(rep aqi.Report, edition string, index int64, published bool, counts map[aqi.Item]air.Single) (k airReckoning) {
	k.Citation = rep.Basis.Citation.String()
	if rep.Basis.Citation.Number() != edition || int64(rep.AQI) != index || rep.Published != published {
		k.Changed = "该结果作出之后，所依据的数值或版本有更正；结果保持原样，不再列出按现行数值的算式。"
		k.Citation = ""
	} else {
		k.Max = rep.Arithmetic()
	}
	for _, one := range rep.Items {
		row := airItemRow{Name: one.Item.Name(), Value: concentration(one.Item.Pollutant, one.Value), Unit: string(one.Item.Pollutant.Unit()), IAQI: "—"}
		if k.Changed == "" {
			row.How = one.Arithmetic()
			if one.IAQI != aqi.NoIAQI {
				row.IAQI = strconv.Itoa(one.IAQI)
			}
		}
		if c, ok := counts[one.Item]; ok {
			if row.Count = strconv.Itoa(c.Have); c.Need > 0 {
				row.Count += "/" + strconv.Itoa(c.Need)
			}
			if c.Issue != "" {
				row.Why = aqi.Text(c.Issue)
			}
		}
		k.Items = append(k.Items, row)
	}
	return k
}

// airRef is a row of the standards that a result rests on.
type airRef struct {
	Table, Key, Href string
	Revision         int
}

// airRefs lists what a result rests on. Who may not read figures has no links.
func (s *Server) airRefs(r *request, basis int64) ([]airRef, error) {
	refs, err := s.cfg.Air.Refs(r.Context(), basis)
	if err != nil {
		return nil, err
	}
	titles := map[string]string{}
	if s.cfg.Figures != nil && r.Caller.May("figure.read") {
		infos, err := s.cfg.Figures.List(r.Context(), r.Caller)
		if err != nil {
			return nil, err
		}
		for _, t := range infos {
			titles[t.Name] = t.Title
		}
	}
	var all []airRef
	for _, ref := range refs {
		one := airRef{orCode(titles, ref.Table), ref.Key, "", ref.Revision}
		if titles[ref.Table] != "" {
			one.Href = rowPath(ref.Table, ref.Key)
		}
		all = append(all, one)
	}
	return all, nil
}

// airCause words what made a result: readings, an import or an act of people.
type airCause struct{ Text, Href string }

func (s *Server) airCause(r *request, cause string) airCause {
	id, isImport := strings.CutPrefix(cause, "import/")
	switch {
	case isImport && r.Caller.May(airImportNeeds):
		return airCause{"导入数据", "/air/import?id=" + id}
	case isImport:
		return airCause{"导入数据", ""}
	case strings.HasPrefix(cause, "recompute/"):
		return airCause{"人工要求重新计算（理由见留痕 " + cause + "）", ""}
	}
	return airCause{"数据到达、标记或更正", ""}
}

// airValidity is how many data a span has of those that it takes.
type airValidity struct {
	Name, What string
	Cells      []airValidityCell
}

type airValidityCell struct {
	Name       string
	Have, Need int
	State      string // meets, open for a span that is not over, else unknown
	Why        string
}

// airValidities says how valid yesterday, this month and this year of a station
// are.
func (s *Server) airValidities(r *request, st air.Station) ([]airValidity, error) {
	place := air.Place{Station: st.ID}
	today := clock.Day(r.Now.In(clock.Shanghai))
	yesterday := dayOn(today.AddDate(0, 0, -1))
	d, err := s.cfg.Air.Day(r.Context(), r.Caller, place, yesterday)
	if err != nil {
		return nil, err
	}
	row := airValidity{Name: "昨日", What: string(yesterday) + "，小时数"}
	items := map[aqi.Item]air.Single{}
	for _, one := range d.Items() {
		if i, err := aqi.ParseItem(one.Item); err == nil {
			items[i] = one
		}
	}
	for p := range aqi.Pollutant(aqi.Six) {
		a := aqi.Day
		if p == aqi.O3 {
			a = aqi.MaxEightHour
		}
		one := items[aqi.Item{Pollutant: p, Averaging: a}]
		row.Cells = append(row.Cells, validityCell(p, one.Have, one.Need, one.Issue, d.Revision > 0, false))
	}
	all := []airValidity{row}
	for _, span := range []struct {
		name string
		from standard.Date
		to   standard.Date
		open bool
	}{
		{fmt.Sprintf("上月（%d 月）", int(today.AddDate(0, 0, -today.Day()).Month())), dayOn(today.AddDate(0, -1, 1-today.Day())), dayOn(today.AddDate(0, 0, -today.Day())), false},
		{"本年", standard.Date(today.Format("2006") + "-01-01"), standard.Date(today.Format("2006") + "-12-31"), true},
	} {
		e, err := s.cfg.Air.EvaluateBoth(r.Context(), r.Caller, place, span.from, span.to, false)
		if err != nil {
			return nil, err
		}
		row := airValidity{Name: span.name, What: "有效天数"}
		if len(e.Plain) == 0 {
			continue
		}
		for p, y := range e.Plain[len(e.Plain)-1].Pollutants {
			row.Cells = append(row.Cells, validityCell(aqi.Pollutant(p), y.Count.Have, y.Count.Need, y.Count.Issue, true, span.open))
		}
		all = append(all, row)
	}
	return all, nil
}

func validityCell(p aqi.Pollutant, have, need int, issue standard.Issue, stored, open bool) airValidityCell {
	c := airValidityCell{Name: p.String(), Have: have, Need: need, State: "meets"}
	switch {
	case !stored:
		c.State = "unknown"
	case issue != "" && open:
		c.State = "open"
	case issue != "":
		c.State, c.Why = "unknown", aqi.Text(issue)
	}
	return c
}

// airForget lets the duty read its stations again after one of them, or one of
// their devices, was saved.
func (s *Server) airForget(saved register.Register) {
	if s.cfg.Air != nil && (saved == air.StationRegister || saved == register.PointEntry) {
		s.cfg.Air.Forget()
	}
}
