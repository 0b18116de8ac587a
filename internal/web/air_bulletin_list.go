package web

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"pingzhang/internal/air"
	"pingzhang/internal/bulletin"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	aqi "pingzhang/standard/air"
)

// airBulletinsShown is how many periods of a kind a page lists.
var airBulletinsShown = map[air.BulletinKind]int{air.DayBulletin: 31, air.MonthBulletin: 12, air.QuarterBulletin: 8, air.YearBulletin: 5}

type airBulletinRow struct {
	Name      string
	Href      string // of the draft
	Open      bool   // the period is not over
	Published *bulletin.Published
	When      time.Time
	PublicAt  string // address of what was published
	Due       string // when it has to be told; empty where no rule says so
	Clock     timerView
}

type airBulletinListView struct {
	shell
	Kinds      []option
	Places     []option
	Kind       string
	KindName   string
	Place      string
	PlaceName  string
	Rows       []airBulletinRow
	Older      string
	Newer      string
	Deadline   string // the rule of the daily report
	Chosen     bool   // there is a place to show
	CanPublish bool
}

// airBulletinRoutes are the routes of the list; a bulletin itself has those of
// bulletins of any duty.
func (s *Server) airBulletinRoutes() []route {
	return []route{{"GET /air/bulletins", bulletin.ReadNeeds, s.airNeeded(s.bulletinNeeded(s.airBulletins))}}
}

// airBulletins lists the bulletins of a kind and a division, those that are still
// to be published among them.
func (s *Server) airBulletins(w http.ResponseWriter, r *request) error {
	kind := air.BulletinKind(r.text("kind"))
	if kind == "" {
		kind = air.DayBulletin
	}
	if airBulletinsShown[kind] == 0 {
		return fault.New(fault.NotFound, "没有这类公报，请检查网址")
	}
	v := airBulletinListView{shell: s.shell(r, "空气质量公报", "/air/bulletins", link{"今日空气", "/air"}), Kind: string(kind), KindName: kind.Name(), CanPublish: r.Caller.May(bulletin.PublishNeeds)}
	for _, k := range air.BulletinKinds {
		v.Kinds = append(v.Kinds, option{string(k), k.Name(), k == kind})
	}
	stations, err := s.cfg.Air.Stations(r.Context(), r.Caller)
	if err != nil {
		return err
	}
	var divisions []airPlace
	for _, p := range s.airPlaces(r, stations) {
		if p.Station == 0 {
			divisions = append(divisions, p)
		}
	}
	place, options, err := choosePlace(r, divisions)
	if err != nil {
		return err
	}
	v.Places, v.Place, v.PlaceName, v.Chosen = options, place.Code, place.Name, place.Code != ""
	if !v.Chosen {
		return s.render(w, r, "air_bulletin_list", v)
	}
	newest := air.PeriodOf(kind, r.Now)
	until := newest
	if text := r.text("until"); text != "" {
		if until, err = air.ParsePeriod(kind, text); err != nil {
			return err
		}
		if until.From > newest.From {
			until = newest
		}
	}
	if err := s.airBulletinRows(r, &v, place, until); err != nil {
		return err
	}
	if until != newest {
		v.Newer = airBulletinPath(kind, place.Code, "")
	}
	return s.render(w, r, "air_bulletin_list", v)
}

func airBulletinPath(kind air.BulletinKind, place, until string) string {
	q := url.Values{"kind": {string(kind)}, "place": {place}}
	if until != "" {
		q.Set("until", until)
	}
	return "/air/bulletins?" + q.Encode()
}

// airBulletinRows fills in the periods up to until, the latest first.
func (s *Server) airBulletinRows(r *request, v *airBulletinListView, place airPlace, until air.Period) error {
	var periods []air.Period
	for p := until; len(periods) < airBulletinsShown[until.Kind]; p = p.Prior() {
		periods = append(periods, p)
	}
	last := periods[len(periods)-1]
	k := bulletin.Key{Duty: "air", Kind: v.Kind, Division: place.Division}
	published, err := s.cfg.Bulletins.List(r.Context(), r.Caller, k, string(last.To), string(until.To))
	if err != nil {
		return err
	}
	by := map[string]*bulletin.Published{}
	for i := range published {
		by[published[i].Period] = &published[i]
	}
	for _, p := range periods {
		k.Period = p.String()
		row := airBulletinRow{Name: p.Name(), Href: draftPath(k), Open: p.End().After(r.Now), Published: by[k.Period]}
		if row.Published != nil {
			row.When, row.PublicAt = clock.Unix(row.Published.At), publishedPath(row.Published.ID)
		}
		s.airBulletinClock(v, &row, p, r.Now)
		v.Rows = append(v.Rows, row)
	}
	v.Older = airBulletinPath(until.Kind, place.Code, last.Prior().String())
	return nil
}

// airBulletinClock says whether a daily report is in time, where the edition of
// its day has a deadline: noon of the next day (HJ 633-2026 5.2.1).
func (s *Server) airBulletinClock(v *airBulletinListView, row *airBulletinRow, p air.Period, now time.Time) {
	e, ok := s.cfg.Air.Book().Edition(p.From)
	if p.Kind != air.DayBulletin || !ok {
		return
	}
	text, basis := e.Deadline(aqi.Daily)
	if text == "" {
		return
	}
	v.Deadline = text + "（" + basis.Citation.String() + "）"
	due := p.End().Add(12 * time.Hour)
	row.Due = due.Format("01-02 15:04")
	switch {
	case row.Published != nil && row.Published.Revision == 1 && row.When.After(due):
		row.Clock = timerView{"late", "晚于时限 " + lasting(row.When.Sub(due))}
	case row.Published != nil:
		row.Clock = timerView{"", "已发布"}
	case row.Open:
		row.Clock = timerView{"", "当日未结束"}
	case now.After(due):
		row.Clock = timerView{"late", "已超 " + lasting(now.Sub(due))}
	default:
		row.Clock = timerView{"warn", "还剩 " + lasting(due.Sub(now))}
	}
}

// lasting writes a length of time as people speak of it.
func lasting(d time.Duration) string {
	switch {
	case d < time.Hour:
		return spell(d.Truncate(time.Minute))
	case d < 48*time.Hour:
		return spell(d.Truncate(time.Hour))
	}
	return strconv.Itoa(int(d/(24*time.Hour))) + " 天"
}
