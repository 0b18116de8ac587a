package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"pingzhang/internal/air"
	"pingzhang/internal/clock"
	aqi "pingzhang/standard/air"
)

type airRankRow struct {
	Name, Href, Division string
	Rank                 int
	Tied                 bool
	Index, Largest       string
	Arithmetic           string
	PM25, Ratio          string
	Good, Valid, Days    int
	Why                  string
	Unverified           bool
}

type airPeriod struct {
	Name, Href string
	Chosen     bool
}

type airRankView struct {
	shell
	Of, By   []option
	From, To string
	Periods  []airPeriod
	Rows     []airRankRow
	ByName   string
	Days     int
	Problem  string
}

type rankMeasure struct {
	by   air.RankBy
	name string
}

var rankMeasures = []rankMeasure{{air.ByComposite, "综合指数（由低到高）"}, {air.ByGoodRatio, "优良率（由高到低）"}, {air.ByPM25, "PM2.5 均值（由低到高）"}}

// airRanking ranks stations or counties over a span.
func (s *Server) airRanking(w http.ResponseWriter, r *request) error {
	stations, err := s.cfg.Air.Stations(r.Context(), r.Caller)
	if err != nil {
		return err
	}
	today := clock.Day(r.Now.In(clock.Shanghai))
	from, to := r.date("from"), r.date("to")
	if from.IsZero() {
		from = today.AddDate(0, 0, -1)
		from = from.AddDate(0, 0, 1-from.Day())
	}
	if to.IsZero() {
		to = today.AddDate(0, 0, -1)
	}
	of, by := r.text("of"), air.RankBy(r.text("by"))
	if of != "county" {
		of = "station"
	}
	v := airRankView{shell: s.shell(r, "空气排名", "/air/ranking", link{"今日空气", "/air"}), From: string(dayOn(from)), To: string(dayOn(to))}
	by = v.measures(by)
	v.Of = []option{{"station", "站点", of == "station"}, {"county", "县（市、区）", of == "county"}}
	v.Periods = rankPeriods(today, v.From, v.To, of, string(by))
	var places []air.Place
	names := map[air.Place]string{}
	for _, p := range s.airPlaces(r, stations) {
		if (p.Station != 0) == (of == "station") && (p.Station != 0 || len(p.Division.Prefix()) >= 6) {
			places = append(places, p.Place)
			names[p.Place] = p.Name
		}
	}
	byID := map[int64]air.Station{}
	for _, st := range stations {
		byID[st.ID] = st
		names[air.Place{Station: st.ID}] = st.Name
	}
	all, err := s.cfg.Air.Ranking(r.Context(), r.Caller, places, dayOn(from), dayOn(to), by)
	if v.Problem, err = invalidText(err); err != nil {
		return err
	}
	if !to.Before(from) {
		v.Days = int(to.Sub(from)/day) + 1
	}
	for i := range all {
		row := rankRow(&all[i], names[all[i].Of])
		if st, ok := byID[all[i].Of.Station]; ok {
			row.Division = s.cfg.Divisions.NameOf(st.Division)
		}
		row.Href = "/air/calendar?" + url.Values{"place": {all[i].Of.Key()}, "year": {strconv.Itoa(to.Year())}}.Encode()
		v.Rows = append(v.Rows, row)
	}
	return s.render(w, r, "air_ranking", v)
}

// measures fills in what may be ranked by, and returns what is.
func (v *airRankView) measures(by air.RankBy) air.RankBy {
	if !slices.ContainsFunc(rankMeasures, func(m rankMeasure) bool { return m.by == by }) {
		by = air.ByComposite
	}
	for _, m := range rankMeasures {
		v.By = append(v.By, option{string(m.by), m.name, m.by == by})
		if m.by == by {
			v.ByName = m.name
		}
	}
	return by
}

func rankRow(st *air.Standing, name string) airRankRow {
	row := airRankRow{Name: name, Rank: st.Rank, Tied: st.Tied, Index: "—", Largest: "—", PM25: concentration(aqi.PM25, st.PM25), Ratio: "—",
		Good: st.Good.Good, Valid: st.Good.Valid, Days: st.Days, Unverified: !st.Index.Basis.Verified()}
	if st.Index.Value.IsSet() {
		row.Index, row.Arithmetic, row.Largest = st.Index.Value.Round(2), st.Index.Arithmetic(), ""
		for _, p := range st.Index.Largest.List() {
			if row.Largest != "" {
				row.Largest += "、"
			}
			row.Largest += p.String()
		}
	}
	if st.Good.Ratio.IsSet() {
		row.Ratio = percentText(st.Good.Ratio) + "%"
	}
	if st.Issue != "" {
		row.Why = aqi.Text(st.Issue)
	}
	return row
}

// rankPeriods are the spans that people ask for most.
func rankPeriods(today time.Time, from, to, of, by string) (all []airPeriod) {
	yesterday := today.AddDate(0, 0, -1)
	month := yesterday.AddDate(0, 0, 1-yesterday.Day())
	year := time.Date(yesterday.Year(), 1, 1, 0, 0, 0, 0, clock.Shanghai)
	for _, p := range []struct {
		name     string
		from, to time.Time
	}{
		{"本月", month, yesterday}, {"上月", month.AddDate(0, -1, 0), month.AddDate(0, 0, -1)},
		{"近 30 天", yesterday.AddDate(0, 0, -29), yesterday}, {"本年", year, yesterday}, {"去年", year.AddDate(-1, 0, 0), year.AddDate(0, 0, -1)},
	} {
		a, b := string(dayOn(p.from)), string(dayOn(p.to))
		all = append(all, airPeriod{p.name, "/air/ranking?" + url.Values{"from": {a}, "to": {b}, "of": {of}, "by": {by}}.Encode(), a == from && b == to})
	}
	return all
}
