package web

import (
	"encoding/json"
	"net/http"
	"time"

	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/water"
	gb "pingzhang/standard/water"
)

// waterCurve answers with the monthly means of an item, with the limits of class III
// and of the target. A month without a mean is a gap.
func (s *Server) waterCurve(w http.ResponseWriter, r *request) error {
	p, err := s.waterPlace(r)
	if err != nil {
		return err
	}
	item, ok := s.cfg.Water.Book().Item(r.text("item"))
	if !ok {
		return fault.New(fault.NotFound, "没有这个项目")
	}
	all, err := s.cfg.Water.History(r.Context(), r.Caller, p.ID, gb.Month, true)
	if err != nil {
		return err
	}
	name := s.cfg.Water.Book().Name(item)
	c := curveJSON{Title: p.Name + " " + name, Factor: string(item), Name: name, Unit: waterUnit(s.cfg.Water.Book().UnitOf(item)), Kind: "month", Unknown: [][3]any{}, Limits: []curveLimit{}}
	points := []any{}
	next := time.Time{}
	if len(all) > 0 { // from the beginning of its year, so that one month is no mere dot
		next = monthStart(water.MonthOf(all[0].Year, 1))
	}
	for i := range all {
		at := monthStart(all[i].Slot)
		for ; next.Before(at); next = next.AddDate(0, 1, 0) {
			points = append(points, []any{next.UnixMilli(), nil, "", false})
			c.gap(next, "未知")
		}
		next = at.AddDate(0, 1, 0)
		points = append(points, c.waterPoint(all[i], item, at))
	}
	text, err := json.Marshal(points)
	if err != nil {
		return err
	}
	c.Series = []curveSeries{{name, text}}
	s.waterLimits(&c, p, item, all)
	return sendCurve(w, c)
}

func monthStart(s water.Slot) time.Time {
	return time.Date(s.Year, time.Month(s.N), 1, 0, 0, 0, 0, clock.Shanghai)
}

// gap hatches a month of which nothing is known.
func (c *curveJSON) gap(at time.Time, why string) {
	from, to := at.UnixMilli(), at.AddDate(0, 1, 0).UnixMilli()
	if n := len(c.Unknown); n > 0 && c.Unknown[n-1][1] == from && c.Unknown[n-1][2] == why {
		c.Unknown[n-1][1] = to
		return
	}
	c.Unknown = append(c.Unknown, [3]any{from, to, why})
}

// waterPoint is the month of a result.
func (c *curveJSON) waterPoint(res water.Result, item gb.Item, at time.Time) []any {
	for _, i := range res.Detail().Items {
		if i.Item != item || !i.Value.IsSet() {
			continue
		}
		text := i.Value.String()
		if !i.Value.Terminates() {
			text = significant(i.Value)
		}
		if i.Verdict == "exceeds" {
			return []any{at.UnixMilli(), text, "", true, "exceeds"}
		}
		return []any{at.UnixMilli(), text, "", true}
	}
	why := "未知"
	if res.State != water.Judged && res.State != water.StateUnknown {
		why = res.State.Name()
	}
	c.gap(at, why)
	return []any{at.UnixMilli(), nil, "", false}
}

// waterLimits draws the limit of class III and that of the target now.
func (s *Server) waterLimits(c *curveJSON, p water.Place, item gb.Item, all []water.Result) {
	if len(all) == 0 || p.Body() == "" {
		return
	}
	last := all[len(all)-1]
	for _, l := range []struct {
		class gb.Class
		name  string
	}{{gb.III, "Ⅲ类限值"}, {last.Target, "目标（" + last.Target.Name() + "）限值"}} {
		if l.class == 0 || l.name != "Ⅲ类限值" && l.class == gb.III {
			continue
		}
		limit, _, issue := s.cfg.Water.Book().Limit(item, p.Body(), l.class, last.Period().To)
		if issue != "" {
			continue
		}
		for _, x := range []struct {
			value, sign string
		}{{limit.Max.String(), "≤"}, {limit.Min.String(), "≥"}} {
			if x.value != "" {
				c.Limits = append(c.Limits, curveLimit{Value: x.value, Label: l.name + x.sign + x.value})
			}
		}
	}
}
