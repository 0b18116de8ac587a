package web

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"pingzhang/internal/clock"
	"pingzhang/internal/sheet"
	"pingzhang/internal/water"
	gb "pingzhang/standard/water"
)

type attainRow struct {
	ID                        int64
	County, River, Name, Code string
	Level, Target             string
	Cells                     []waterCell
	first                     bool
	CountySpan                int // rows of the county, in its first; 0 in the others
	Met, Missed               int
}

type attainSum struct {
	Share, How string
}

type waterAttainmentView struct {
	shell
	Year   int
	Years  []option
	Kinds  []option
	Kind   string
	Which  waterWhich
	Heads  []string
	Rows   []attainRow
	Sums   []attainSum
	Sheet  string
	Legend []waterCell
}

// waterAttainment shows which sections reached their target in each period of a
// year.
func (s *Server) waterAttainment(w http.ResponseWriter, r *request) error {
	v, err := s.attainmentOf(r)
	if err != nil {
		return err
	}
	v.shell = s.shell(r, "水质达标", "/water/attainment", waterCrumb)
	return s.render(w, r, "water_attainment", v)
}

func (s *Server) attainmentOf(r *request) (v waterAttainmentView, err error) {
	this := r.Now.In(clock.Shanghai).Year()
	if v.Year = int(r.int("year")); v.Year < firstWaterYear || v.Year > this {
		v.Year = this
		if latest, err := s.cfg.Water.Latest(r.Context(), r.Caller); err == nil && latest.Year != 0 {
			v.Year = latest.Year
		}
	}
	v.Years = yearOptions(this, v.Year)
	if v.Kind = r.text("kind"); v.Kind != "quarter" {
		v.Kind = "month"
	}
	v.Kinds = []option{{"month", "按月", v.Kind == "month"}, {"quarter", "按季", v.Kind == "quarter"}}
	if v.Which, err = s.waterWhich(r); err != nil {
		return v, err
	}
	query := url.Values{"year": {strconv.Itoa(v.Year)}, "kind": {v.Kind}, "division": {string(v.Which.Division)}, "level": {r.text("level")}}
	v.Sheet = "/water/attainment.xlsx?" + query.Encode()
	v.Legend = []waterCell{
		attainedCell(water.Meets, "", ""), attainedCell(water.Exceeds, "", ""), attainedCell("", water.IceBound, ""), attainedCell("", water.NoFlowing, ""),
		attainedCell("", water.Unmonitored, ""), attainedCell("", "", ""), attainedCell(water.NoTarget, "", ""),
	}
	var slots []water.Slot
	for n := 1; n <= map[string]int{"month": 12, "quarter": 4}[v.Kind]; n++ {
		slots = append(slots, water.Slot{Kind: gb.Kind(v.Kind), Year: v.Year, N: n})
	}
	slots = append(slots, water.YearOf(v.Year))
	at := map[int64]map[water.Slot]*water.Result{}
	for _, kind := range []gb.Kind{gb.Kind(v.Kind), gb.Year} {
		all, err := s.cfg.Water.Strip(r.Context(), r.Caller, kind, v.Year, v.Year)
		if err != nil {
			return v, err
		}
		for i := range all {
			if at[all[i].Place] == nil {
				at[all[i].Place] = map[water.Slot]*water.Result{}
			}
			at[all[i].Place][all[i].Slot] = &all[i]
		}
	}
	places, err := s.cfg.Water.Places(r.Context(), r.Caller)
	if err != nil {
		return v, err
	}
	sums := make([]water.Attainment, len(slots))
	for _, p := range places {
		if !p.Source() && p.Open(water.YearOf(v.Year).Period()) && v.Which.Has(p) {
			v.Rows = append(v.Rows, s.attainRow(p, slots, at[p.ID], sums))
		}
	}
	for i, slot := range slots {
		v.Heads = append(v.Heads, attainHead(slot))
		known := sums[i].Met + sums[i].Exceeded
		v.Sums = append(v.Sums, attainSum{shareText(sums[i].Share()), fmt.Sprintf("%d/%d", sums[i].Met, known)})
	}
	v.group()
	return v, nil
}

func attainHead(s water.Slot) string {
	switch s.Kind {
	case gb.Month:
		return strconv.Itoa(s.N) + "月"
	case gb.Quarter:
		return strconv.Itoa(s.N) + "季度"
	}
	return "全年"
}

// attainRow words one section, and counts it.
func (s *Server) attainRow(p water.Place, slots []water.Slot, at map[water.Slot]*water.Result, sums []water.Attainment) attainRow {
	row := attainRow{ID: p.ID, County: s.cfg.Divisions.NameOf(p.Division), River: p.River, Name: p.Name, Code: p.Code, Level: water.LevelName(p.Level)}
	row.Target = targetText(p.TargetOn(slots[len(slots)-1].Period().To).Class)
	for i, slot := range slots {
		st := water.Standing{Place: p, Result: at[slot]}
		cell := attainedCell(st.Attained(slot), st.State(), attainHead(slot))
		cell.Href = fmt.Sprintf("/water/sections/%d?year=%d&part=%s", p.ID, slot.Year, slotCode(slot))
		row.Cells = append(row.Cells, cell)
		if p.Open(slot.Period()) {
			sums[i].Count(st, slot)
		}
	}
	return row
}

// group puts the sections of a county together.
func (v *waterAttainmentView) group() {
	slices.SortStableFunc(v.Rows, func(a, b attainRow) int { return cmp.Compare(a.County, b.County) })
	for i := 0; i < len(v.Rows); {
		j := i
		for j < len(v.Rows) && v.Rows[j].County == v.Rows[i].County {
			j++
		}
		v.Rows[i].CountySpan = j - i
		i = j
	}
}

// waterAttainmentSheet sends the table as a workbook.
func (s *Server) waterAttainmentSheet(w http.ResponseWriter, r *request) error {
	v, err := s.attainmentOf(r)
	if err != nil {
		return err
	}
	title := fmt.Sprintf("%d 年断面水质达标情况", v.Year)
	t := sheet.Table{Name: "达标情况", Title: title, Columns: []sheet.Column{
		{Zh: "县（市、区）", Width: 14}, {Zh: "河流（湖库）", Width: 14}, {Zh: "断面名称", Width: 20}, {Zh: "断面编码", Width: 14}, {Zh: "断面级别"}, {Zh: "水质目标"},
	}, Notes: []string{
		"达标按断面各时段的平均值与该时段末日现行的水质目标比较；冰封期、断流、未监测和未知不算达标，也不计入达标率。",
		"评价所依据的部分规定未见原文，结果待核实。",
	}}
	for _, h := range v.Heads {
		t.Columns = append(t.Columns, sheet.Column{Zh: h})
	}
	var rows [][]string
	for _, row := range v.Rows {
		line := []string{row.County, row.River, row.Name, row.Code, row.Level, row.Target}
		for _, c := range row.Cells {
			line = append(line, c.Long)
		}
		rows = append(rows, line)
	}
	last := []string{"达标率（%）", "", "", "", "", ""}
	for _, sum := range v.Sums {
		last = append(last, sum.Share)
	}
	announce(w, title+".xlsx", xlsxType)
	return sheet.WriteXLSX(w, t, sheet.RowsOf(append(rows, last)))
}
