package web

import (
	"net/http"
	"strconv"

	"pingzhang/internal/water"
	gb "pingzhang/standard/water"
)

type waterSourceRow struct {
	waterRow
	Kind, Use, Zone, Population, Supply string
	Items                               int // that were judged
	Chosen                              int
}

type waterSourcesView struct {
	shell
	Choice    slotChoice
	Rows      []waterSourceRow
	Months    []string
	Met       int
	Missed    int
	Open      int
	CanImport bool
	CanEdit   bool
}

var useNames = map[string]string{"used": "在用", "spare": "备用、应急"}

// waterSources shows the sources of drinking water of a period.
func (s *Server) waterSources(w http.ResponseWriter, r *request) error {
	c, err := s.waterSlot(r, true)
	if err != nil {
		return err
	}
	o, err := s.cfg.Water.Overview(r.Context(), r.Caller, c.Slot, water.Which{})
	if err != nil {
		return err
	}
	v := waterSourcesView{
		shell: s.shell(r, "饮用水水源", "/water/sources", waterCrumb), Choice: c, CanImport: r.Caller.May(waterImportNeeds), CanEdit: r.Caller.May("register.edit"),
	}
	strips, err := s.sourceStrips(r, c.Slot)
	if err != nil {
		return err
	}
	for i := range o.Sources {
		st := &o.Sources[i]
		row := waterSourceRow{waterRow: s.waterRow(st, c.Slot), Kind: water.WaterName(st.Place.Water), Use: useNames[st.Place.Use],
			Population: st.Place.Population, Supply: st.Place.Supply, Chosen: len(st.Place.Chosen)}
		row.Level, row.Strip = water.SourceLevelName(st.Place.Level), strips[row.ID]
		for _, item := range st.Detail.Items {
			if item.Rated && item.Verdict != "" {
				row.Items++
			}
		}
		switch st.Attained(c.Slot) {
		case water.Meets:
			v.Met++
		case water.Exceeds:
			v.Missed++
		default:
			v.Open++
		}
		v.Rows = append(v.Rows, row)
	}
	for m := 1; m <= 12; m++ {
		v.Months = append(v.Months, strconv.Itoa(m))
	}
	return s.render(w, r, "water_sources", v)
}

// sourceStrips returns whether each source met in the months of a year.
func (s *Server) sourceStrips(r *request, slot water.Slot) (map[int64][]waterCell, error) {
	all, err := s.cfg.Water.Strip(r.Context(), r.Caller, gb.Month, slot.Year, slot.Year)
	if err != nil {
		return nil, err
	}
	strips := map[int64][]waterCell{}
	for i := range all {
		res := &all[i]
		if strips[res.Place] == nil {
			for m := 1; m <= 12; m++ {
				strips[res.Place] = append(strips[res.Place], attainedCell("", "", water.MonthOf(slot.Year, m).Name()))
			}
		}
		strips[res.Place][res.N-1] = attainedCell(res.Attained, res.State, res.Name())
	}
	return strips, nil
}
