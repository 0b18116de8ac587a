package web

import (
	"fmt"
	"net/http"
	"slices"

	"pingzhang/internal/access"
	"pingzhang/internal/air"
	"pingzhang/internal/fault"
	"pingzhang/standard"
)

// airRecomputeNeeds is held by who corrects figures: to make results again by the
// new ones is the other half of that.
const airRecomputeNeeds access.Permission = "figure.correct"

type airRecomputeView struct {
	shell
	From, To, Reason, Problem string
}

// airRecomputeForm asks for which days are made again, and why.
func (s *Server) airRecomputeForm(w http.ResponseWriter, r *request) error {
	v := airRecomputeView{shell: s.shell(r, "重新计算空气日报", "/figures", figuresCrumb), From: r.text("from"), To: r.text("to"), Reason: r.text("reason")}
	return s.render(w, r, "air_recompute", v)
}

// airRecompute lets hours and days be made again from their readings.
func (s *Server) airRecompute(w http.ResponseWriter, r *request) error {
	from, to := standard.Date(r.text("from")), standard.Date(r.text("to"))
	n, err := s.cfg.Air.Recompute(r.Context(), r.Caller, from, to, r.text("reason"))
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.NotFound) {
		v := airRecomputeView{shell: s.shell(r, "重新计算空气日报", "/figures", figuresCrumb), From: r.text("from"), To: r.text("to"), Reason: r.text("reason"), Problem: fault.Text(err)}
		return s.renderStatus(w, r, http.StatusUnprocessableEntity, "air_recompute", v)
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, "/figures/stale", fmt.Sprintf("已安排重新计算 %d 个站点日；结果有变化的成为新的一版，原结果保留在修订历史中", n))
}

// airStale is how many days of stations rest on an older revision of a row.
type airStale struct {
	Table, Key, Href string
	Days             int
	More             bool
	From, To         standard.Date
	Was, Is          int
	Recompute        string
}

// airStales lists the rows that were corrected since days of air were reckoned by
// them. Package air keeps what a day rests on once for all days alike, so that
// these are found by row, not listed day by day.
func (s *Server) airStales(r *request, rows []airCorrected) (all []airStale, err error) {
	if s.cfg.Air == nil {
		return nil, nil
	}
	refs := map[int64][]standard.Ref{}
	for _, row := range rows {
		days, err := s.cfg.Air.Resting(r.Context(), r.Caller, row.table, row.key)
		if err != nil {
			return nil, err
		}
		one := airStale{Table: row.title, Key: row.key, Href: rowPath(row.table, row.key), Is: row.revision, More: len(days) == maxAirResting}
		for i := range days {
			was, err := s.restsOn(r, refs, &days[i], row)
			if err != nil {
				return nil, err
			}
			if was == 0 || was >= row.revision {
				continue
			}
			if one.Days++; one.From == "" {
				one.From = days[i].On
			}
			one.To, one.Was = days[i].On, was
		}
		if one.Days > 0 {
			one.Recompute = fmt.Sprintf("/air/recompute?from=%s&to=%s", one.From, one.To)
			all = append(all, one)
		}
	}
	return all, nil
}

// maxAirResting is how many days Resting returns at most.
const maxAirResting = 10_000

// airCorrected is a row of the tables of air that was corrected.
type airCorrected struct {
	table, title, key string
	revision          int
}

// restsOn returns the revision of a row that a day rests on.
func (s *Server) restsOn(r *request, refs map[int64][]standard.Ref, d *air.Day, row airCorrected) (int, error) {
	known, ok := refs[d.Basis]
	if !ok {
		var err error
		if known, err = s.cfg.Air.Refs(r.Context(), d.Basis); err != nil {
			return 0, err
		}
		refs[d.Basis] = known
	}
	if i := slices.IndexFunc(known, func(x standard.Ref) bool { return x.Table == row.table && x.Key == row.key }); i >= 0 {
		return known[i].Revision, nil
	}
	return 0, nil
}
