package web

import (
	"pingzhang/internal/figure"
	"pingzhang/internal/water"
	gb "pingzhang/standard/water"
)

// waterStale is how many evaluations of surface water rest on an older revision of a
// row.
type waterStale struct {
	Table, Key, Href string
	water.Stale
	Is int
}

// waterStales lists the corrected rows of the tables of surface water, or the one
// that is asked for, that evaluations still rest on as they were.
func (s *Server) waterStales(r *request, infos []figure.TableInfo, q figure.StaleQuery) (all []waterStale, err error) {
	if s.cfg.Water == nil || q.After != "" || q.Kind != "" || !r.Caller.May("monitor.read") {
		return nil, nil
	}
	for _, t := range infos {
		if t.Corrected == 0 || t.Name != gb.LimitTable && t.Name != gb.EvaluationTable || q.Table != "" && q.Table != t.Name {
			continue
		}
		page, err := s.cfg.Figures.Rows(r.Context(), r.Caller, figure.Query{Table: t.Name, Only: figure.Corrected, N: 500})
		if err != nil {
			return nil, err
		}
		for _, l := range page.Lines {
			if q.Key != "" && q.Key != l.Key {
				continue
			}
			st, err := s.cfg.Water.Stale(r.Context(), r.Caller, t.Name, l.Key, l.Revision)
			if err != nil {
				return nil, err
			}
			if st.Results > 0 {
				all = append(all, waterStale{t.Title, l.Key, rowPath(t.Name, l.Key), st, l.Revision})
			}
		}
	}
	return all, nil
}
