package web

import (
	"net/http"
	"slices"
	"time"

	"pingzhang/internal/figure"
	aqi "pingzhang/standard/air"
)

// staleRow is a row of a table that a result rests on, as it was then.
type staleRow struct {
	Table, Key, Href string
	Was, Is          int
	Changes          []figureChange
	Lost             bool // the catalog no longer has it
}

type staleResult struct {
	Kind, Label string
	Since       time.Time // when it was first noted to rest on the old figures
	Rows        []staleRow
}

type figureStaleView struct {
	shell
	Of           string // the row or table whose results alone are shown
	Results      []staleResult
	Air          []airStale
	CanRecompute bool
	Pager        pager
}

// staleKinds name the kinds of results.
var staleKinds = map[string]string{"air_day": "空气站点日报", "air_city_day": "区域空气日报"}

// figureStale lists the results that rest on figures which have been corrected
// since.
func (s *Server) figureStale(w http.ResponseWriter, r *request) error {
	q := figure.StaleQuery{Kind: r.text("kind"), Table: r.text("table"), After: r.FormValue("after")}
	if q.Table != "" {
		q.Key = r.text("key")
	}
	page, err := s.cfg.Figures.Stale(r.Context(), r.Caller, q)
	if err != nil {
		return err
	}
	infos, err := s.cfg.Figures.List(r.Context(), r.Caller)
	if err != nil {
		return err
	}
	titles := map[string]string{}
	for _, t := range infos {
		titles[t.Name] = t.Title
	}
	v := figureStaleView{shell: s.shell(r, "按旧数值得出的结果", "/figures", figuresCrumb), Pager: pageLinks(r, page.Next), CanRecompute: r.Caller.May(airRecomputeNeeds)}
	if q.Table != "" {
		v.Of = orCode(titles, q.Table)
		if q.Key != "" {
			v.Of += " " + q.Key
		}
	}
	if v.Air, err = s.staleAir(r, infos, q); err != nil {
		return err
	}
	for _, result := range page.Results {
		v.Results = append(v.Results, staleResultOf(result, titles))
	}
	return s.render(w, r, "figure_stale", v)
}

func staleResultOf(stale figure.Stale, titles map[string]string) staleResult {
	res := staleResult{Kind: orCode(staleKinds, stale.Kind), Label: stale.Label}
	if res.Label == "" {
		res.Label = stale.Subject
	}
	for _, o := range stale.Rows {
		row := staleRow{Table: orCode(titles, o.Ref.Table), Key: o.Ref.Key, Was: o.Ref.Revision, Is: o.Newest, Lost: o.Is.Key == ""}
		if !row.Lost {
			row.Href = rowPath(o.Ref.Table, o.Ref.Key)
		}
		for _, c := range o.Changed {
			row.Changes = append(row.Changes, changeOf(c))
		}
		if res.Since.IsZero() || o.Since.Before(res.Since) {
			res.Since = o.Since
		}
		res.Rows = append(res.Rows, row)
	}
	return res
}

// staleAir lists the corrected rows of the tables of ambient air, or the one that
// is asked for, that days of air still rest on as they were.
func (s *Server) staleAir(r *request, infos []figure.TableInfo, q figure.StaleQuery) ([]airStale, error) {
	if q.After != "" || q.Kind != "" || !r.Caller.May("monitor.read") {
		return nil, nil
	}
	var rows []airCorrected
	for _, t := range infos {
		if t.Corrected == 0 || !slices.Contains(aqi.Tables, t.Name) || q.Table != "" && q.Table != t.Name {
			continue
		}
		page, err := s.cfg.Figures.Rows(r.Context(), r.Caller, figure.Query{Table: t.Name, Only: figure.Corrected, N: 500})
		if err != nil {
			return nil, err
		}
		for _, l := range page.Lines {
			if q.Key == "" || q.Key == l.Key {
				rows = append(rows, airCorrected{t.Name, t.Title, l.Key, l.Revision})
			}
		}
	}
	return s.airStales(r, rows)
}
