package web

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"pingzhang/internal/clock"
	"pingzhang/internal/measure"
	"pingzhang/internal/register"
	"pingzhang/standard"
)

// curveJSON is what curve.js draws; static/README.md describes it.
type curveJSON struct {
	Title   string        `json:"title"`
	Unit    string        `json:"unit"`
	Factor  string        `json:"factor"`
	Name    string        `json:"name"`
	Kind    string        `json:"kind"`
	Series  []curveSeries `json:"series"`
	Limits  []curveLimit  `json:"limits"`
	Unknown [][3]any      `json:"unknown"`
}

type curveSeries struct {
	Name   string          `json:"name"`
	Points json.RawMessage `json:"points"`
}

type curveLimit struct {
	Value string `json:"value"`
	Label string `json:"label"`
	From  int64  `json:"from,omitempty"` // Unix milliseconds
	To    int64  `json:"to,omitempty"`
}

// pointCurve answers with the curve of one factor.
func (s *Server) pointCurve(w http.ResponseWriter, r *request) error {
	_, p, err := s.pointOf(r)
	if err != nil {
		return err
	}
	if err := need(s.cfg.Monitoring.Readings, "数据存储"); err != nil {
		return err
	}
	sp := r.spanOf()
	c := curveJSON{
		Unit: unitOf(p, sp.factor), Factor: sp.factor, Name: factorName(sp.factor), Kind: sp.kind.String(),
		Series: []curveSeries{}, Limits: []curveLimit{}, Unknown: [][3]any{},
	}
	c.Title = p.Name + " " + c.Name
	limits, err := s.limitsOver(r, p, sp)
	if err != nil {
		return err
	}
	c.Limits = append(c.Limits, limitLines(limits, c.Unit, sp)...)
	verdicts, err := s.verdictsAt(r, p.ID, sp)
	if err != nil {
		return err
	}
	d := drawing{point: p, sp: sp, every: everyOf(p, sp.kind), verdicts: verdicts}
	if sp.factor != "" {
		if err := d.read(r, s.cfg.Monitoring.Readings); err != nil {
			return err
		}
	}
	converts := slices.ContainsFunc(limits, func(l register.Limit) bool { return l.RefOxygen != "" })
	c.Series = d.series(converts)
	c.Unknown = d.unknown(r.Now)
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	return json.NewEncoder(w).Encode(c)
}

// limitsOver returns the limits on a factor that were in force on some day of
// the span that its ends show, those for hours with what is no day mean.
func (s *Server) limitsOver(r *request, p register.Point, sp span) ([]register.Limit, error) {
	var all []register.Limit
	if p.Outlet == 0 || sp.factor == "" {
		return nil, nil
	}
	for _, at := range []time.Time{sp.from, sp.from.Add(sp.to.Sub(sp.from) / 2), sp.to.Add(-time.Second)} {
		some, err := s.cfg.Register.Limits(r.Context(), r.Caller, p.Outlet, sp.factor, at)
		if err != nil {
			return nil, err
		}
		for _, l := range some {
			known := slices.ContainsFunc(all, func(x register.Limit) bool { return x.ID == l.ID })
			if !known && (l.Period == "day") == (sp.kind == measure.Day) {
				all = append(all, l)
			}
		}
	}
	return all, nil
}

// limitLines draws limits in the unit of the curve. One in a unit that cannot be
// compared is not drawn: it stands in the list beside the curve.
func limitLines(all []register.Limit, unit string, sp span) []curveLimit {
	var lines []curveLimit
	for _, l := range all {
		document := l.Document
		if l.Clause != "" {
			document += " " + l.Clause
		}
		if !l.Verified {
			document += "（待核实）"
		}
		for _, f := range []struct{ name, figure string }{{"许可限值", l.Max}, {"许可下限", l.Min}} {
			value, ok := inUnit(f.figure, l.Unit, unit)
			if f.figure == "" || !ok {
				continue
			}
			label := f.name + " " + f.figure + " " + unitText(l.Unit) + "（" + limitPeriod(l) + "）"
			if l.RefOxygen != "" {
				label += "，基准含氧量 " + l.RefOxygen + "%"
			}
			line := curveLimit{Value: value, Label: label + " " + document}
			if t, err := time.ParseInLocation(time.DateOnly, l.From, clock.Shanghai); err == nil && t.After(sp.from) {
				line.From = t.UnixMilli()
			}
			if t, err := time.ParseInLocation(time.DateOnly, l.To, clock.Shanghai); err == nil && t.AddDate(0, 0, 1).Before(sp.to) {
				line.To = t.AddDate(0, 0, 1).UnixMilli()
			}
			lines = append(lines, line)
		}
	}
	return lines
}

// everyOf returns how often a point should report a kind; 0 when the register
// does not say.
func everyOf(p register.Point, k measure.Kind) time.Duration {
	switch k {
	case measure.Rtd:
		return time.Duration(p.RtdSeconds) * time.Second
	case measure.Minute:
		return time.Duration(p.MinuteEvery) * time.Minute
	case measure.Hour:
		return time.Hour
	}
	return day
}

// drawing collects the columns of one factor over a span.
type drawing struct {
	point    register.Point
	sp       span
	every    time.Duration // between two values; measured where it is 0
	verdicts map[int64]standard.Judgement

	at              []int64
	main, converted []string // "" where nothing was reported
	marks           []string
	hasConverted    bool
}

func (d *drawing) read(r *request, readings Readings) error {
	q := measure.RangeQuery{Point: measure.Point(d.point.ID), Kind: d.sp.kind, Factors: []string{d.sp.factor}, From: d.sp.from.Unix(), To: d.sp.to.Unix()}
	return readings.Range(r.Context(), q, func(b *measure.Block) error {
		first := func(fields []string, row int) string {
			for _, f := range fields {
				if c := b.Column(d.sp.factor, f); c != nil {
					if t, ok := c.Text(row); ok {
						return t
					}
				}
			}
			return ""
		}
		flag := []string{"Flag"}
		mains, converted := mainFields(d.sp.kind), convertedFields(d.sp.kind)
		for row, at := range b.At {
			d.at = append(d.at, at)
			d.main = append(d.main, first(mains, row))
			zs := first(converted, row)
			d.converted = append(d.converted, zs)
			d.hasConverted = d.hasConverted || zs != ""
			d.marks = append(d.marks, first(flag, row))
		}
		return nil
	})
}

// interval returns how far apart values are: what the register says, else the
// distance that is most common.
func (d *drawing) interval() int64 {
	if d.every > 0 {
		return int64(d.every / time.Second)
	}
	counts := map[int64]int{}
	best := int64(0)
	for i := 1; i < len(d.at); i++ {
		step := d.at[i] - d.at[i-1]
		counts[step]++
		if counts[step] > counts[best] {
			best = step
		}
	}
	return max(best, 60)
}

// series returns the lines: what is compared with the limit carries the verdicts.
func (d *drawing) series(converts bool) []curveSeries {
	all := []curveSeries{}
	if converts && d.hasConverted {
		all = append(all, curveSeries{"折算值", d.points(d.converted, true)})
	}
	name := map[measure.Kind]string{measure.Rtd: "实时值", measure.Minute: "分钟均值", measure.Hour: "小时均值", measure.Day: "日均值"}[d.sp.kind]
	if len(all) > 0 {
		name = "实测值"
	}
	return append(all, curveSeries{name, d.points(d.main, len(all) == 0)})
}

// points writes a line as curve.js takes it. Where a value is late by more than
// half an interval a null keeps the line from bridging the gap.
func (d *drawing) points(values []string, judged bool) json.RawMessage {
	b := []byte{'['}
	step := d.interval()
	for i, at := range d.at {
		if i > 0 {
			b = append(b, ',')
			if at-d.at[i-1] > step*3/2 {
				b = append(b, '[')
				b = strconv.AppendInt(b, (d.at[i-1]+step)*1000, 10)
				b = append(b, `,null,"",false],`...)
			}
		}
		b = append(b, '[')
		b = strconv.AppendInt(b, at*1000, 10)
		b = append(b, ',')
		if values[i] == "" {
			b = append(b, `null,"",false]`...)
			continue
		}
		b = appendText(b, values[i])
		b = append(b, ',')
		b = appendText(b, d.marks[i])
		b = append(b, ',')
		j, known := d.verdicts[at]
		counts := markOf(d.point, d.marks[i]).Valid && !(known && (j.Issue == standard.MarkedInvalid || j.Issue == standard.AbnormalCondition))
		b = strconv.AppendBool(b, counts)
		if judged && known && j.Verdict == standard.Exceeds {
			b = append(b, `,"exceeds"`...)
		}
		b = append(b, ']')
	}
	return append(b, ']')
}

func appendText(b []byte, text string) []byte {
	t, _ := json.Marshal(text)
	return append(b, t...)
}

// unknown returns the stretches without data, up to now.
func (d *drawing) unknown(now time.Time) [][3]any {
	all := [][3]any{}
	step := d.interval()
	end := min(d.sp.to.Unix(), now.Unix())
	add := func(from, to int64) {
		if to-from > step*3/2 {
			all = append(all, [3]any{from * 1000, to * 1000, "无数据"})
		}
	}
	last := d.sp.from.Unix()
	for i, at := range d.at {
		if i == 0 {
			add(last, at)
		} else if at-last > step*3/2 {
			all = append(all, [3]any{(last + step) * 1000, at * 1000, "无数据"})
		}
		last = at
	}
	if len(d.at) == 0 {
		add(last, end)
	} else {
		add(last+step, end)
	}
	return all
}
