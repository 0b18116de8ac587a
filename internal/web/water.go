package web

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"pingzhang/internal/access"
	"pingzhang/internal/bulletin"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/water"
	gb "pingzhang/standard/water"
)

// Water keeps surface water and sources of drinking water: water.Store does.
type Water interface {
	Book() *gb.Book
	Places(ctx context.Context, by access.Caller) (water.Places, error)
	Latest(ctx context.Context, by access.Caller) (water.Slot, error)
	Overview(ctx context.Context, by access.Caller, slot water.Slot, which water.Which) (water.Overview, error)
	Strip(ctx context.Context, by access.Caller, kind gb.Kind, from, to int) ([]water.Result, error)
	History(ctx context.Context, by access.Caller, place int64, kind gb.Kind, detailed bool) ([]water.Result, error)
	Result(ctx context.Context, by access.Caller, place int64, slot water.Slot) (*water.Result, error)
	ResultRevisions(ctx context.Context, by access.Caller, place int64, slot water.Slot) ([]water.Result, error)
	Values(ctx context.Context, by access.Caller, place int64, slot water.Slot) ([]water.Value, error)
	Revisions(ctx context.Context, by access.Caller, id int64) ([]water.Value, error)
	Correct(ctx context.Context, by access.Caller, c water.Correction) error
	Import(ctx context.Context, by access.Caller, name, month string, r io.Reader) (water.Imported, error)
	Imports(ctx context.Context, by access.Caller, n int) ([]water.Import, error)
	File(ctx context.Context, by access.Caller, id int64) (name string, data []byte, err error)
	Recompute(ctx context.Context, by access.Caller, from, to int, reason string) (int, error)
	Stale(ctx context.Context, by access.Caller, table, key string, newest int) (water.Stale, error)
	Draft(ctx context.Context, by access.Caller, slot water.Slot, division access.Division) (water.Bulletin, error)
	Draw(bu water.Bulletin, form string) ([]byte, error)
	Publish(ctx context.Context, by access.Caller, is water.Issue) (bulletin.Published, error)
	Told(ctx context.Context, by access.Caller, kind gb.Kind, division access.Division) ([]bulletin.Published, error)
	ToldOf(ctx context.Context, by access.Caller, slot water.Slot, division access.Division) ([]bulletin.Published, error)
	Bulletin(ctx context.Context, by access.Caller, id int64) (bulletin.Full, water.Bulletin, error)
	BulletinFile(ctx context.Context, by access.Caller, id int64, form string) (bulletin.File, error)
}

// What the pages need, as package water does.
const (
	waterImportNeeds  access.Permission = "point.edit"
	waterPublishNeeds access.Permission = "bulletin.publish"
)

func (s *Server) waterRoutes() []route {
	var all []route
	for _, rt := range []route{
		{"GET /water", "monitor.read", s.waterOverview},
		{"GET /water/sections/{id}", "monitor.read", s.waterSection},
		{"GET /water/sections/{id}/curve", "monitor.read", s.waterCurve},
		{"GET /water/attainment", "monitor.read", s.waterAttainment},
		{"GET /water/attainment.xlsx", "monitor.read", s.waterAttainmentSheet},
		{"GET /water/sources", "monitor.read", s.waterSources},
		{"GET /water/values/{id}", "monitor.read", s.waterValue},
		{"POST /water/values/{id}", waterImportNeeds, s.waterCorrect},
		{"GET /water/import", waterImportNeeds, s.waterImports},
		{"POST /water/import", waterImportNeeds, s.waterImport},
		{"GET /water/import/template.xlsx", waterImportNeeds, s.waterTemplate},
		{"GET /water/imports/{id}/file", "monitor.read", s.waterFile},
		{"POST /water/recompute", waterImportNeeds, s.waterRecompute},
		{"GET /water/bulletins", "monitor.read", s.waterBulletins},
		{"GET /water/bulletins/draft", "monitor.read", s.waterDraft},
		{"GET /water/bulletins/draft/{file}", "monitor.read", s.waterDraftFile},
		{"POST /water/bulletins", waterPublishNeeds, s.waterPublish},
		{"GET /water/bulletins/{id}", "monitor.read", s.waterBulletin},
		{"GET /water/bulletins/{id}/{file}", "monitor.read", s.waterBulletinFile},
	} {
		rt.act = s.waterNeeded(rt.act)
		all = append(all, rt)
	}
	return all
}

// waterGroup is the title of the entries in the menu, which are not there without
// the duty.
const waterGroup = "水环境质量"

// waterNeeded answers with a sentence where the duty is not there.
func (s *Server) waterNeeded(act action) action {
	return func(w http.ResponseWriter, r *request) error {
		if err := need(s.cfg.Water, waterGroup); err != nil {
			return err
		}
		return act(w, r)
	}
}

var waterCrumb = link{"断面水质", "/water"}

// slotCode writes the part of a year that a slot is: m3, q1, y, t9.
func slotCode(s water.Slot) string {
	switch s.Kind {
	case gb.Month:
		return "m" + strconv.Itoa(s.N)
	case gb.Quarter:
		return "q" + strconv.Itoa(s.N)
	case gb.ToDate:
		return "t" + strconv.Itoa(s.N)
	}
	return "y"
}

// slotOf reads what slotCode wrote; ok is false where it is none.
func slotOf(year int, code string) (s water.Slot, ok bool) {
	if code == "y" {
		s = water.YearOf(year)
		return s, s.Valid()
	}
	if code == "" {
		return s, false
	}
	n, err := strconv.Atoi(code[1:])
	if err != nil {
		return s, false
	}
	switch code[0] {
	case 'm':
		s = water.MonthOf(year, n)
	case 'q':
		s = water.QuarterOf(year, n)
	case 't':
		s = water.YearTo(year, n)
	default:
		return s, false
	}
	return s, s.Valid()
}

// slotChoice is a period that a page is asked for, and the lists to choose from.
type slotChoice struct {
	Slot  water.Slot
	Name  string
	Years []option
	Parts []option
	Code  string
}

// waterSlot returns the period that the address asks for; by default the last month
// of which anything is known, else the last one that is over.
func (s *Server) waterSlot(r *request, toDate bool) (c slotChoice, err error) {
	slot, ok := slotOf(int(r.int("year")), r.text("part"))
	if !ok && (r.text("year") != "" || r.text("part") != "") {
		return c, fault.New(fault.NotFound, "没有这个评价时段，请检查年份和月份")
	}
	if !ok {
		if slot, err = s.cfg.Water.Latest(r.Context(), r.Caller); err != nil {
			return c, err
		}
	}
	this := r.Now.In(clock.Shanghai)
	if slot.Year == 0 {
		before := this.AddDate(0, 0, -this.Day())
		slot = water.MonthOf(before.Year(), int(before.Month()))
	}
	c = slotChoice{Slot: slot, Name: slot.Name(), Code: slotCode(slot)}
	c.Years = yearOptions(max(this.Year(), slot.Year), slot.Year)
	add := func(code, name string) { c.Parts = append(c.Parts, option{code, name, code == c.Code}) }
	for n := 1; n <= 12; n++ {
		add("m"+strconv.Itoa(n), fmt.Sprintf("%d 月", n))
	}
	for n := 1; n <= 4; n++ {
		add("q"+strconv.Itoa(n), fmt.Sprintf("第 %d 季度", n))
	}
	add("y", "全年")
	for n := 2; toDate && n <= 12; n++ {
		add("t"+strconv.Itoa(n), fmt.Sprintf("1—%d 月累计", n))
	}
	return c, nil
}

// firstWaterYear is the first year that pages offer; GB 3838-2002 came into force
// in 2002.
const firstWaterYear = 2003

func yearOptions(last, chosen int) (all []option) {
	for y := last; y >= firstWaterYear; y-- {
		all = append(all, option{strconv.Itoa(y), strconv.Itoa(y) + " 年", y == chosen})
	}
	return all
}

// waterWhich is which sections the address asks for, with the lists to choose from.
type waterWhich struct {
	water.Which
	Divisions []option
	Levels    []option
	Query     string // of the address, without the period
}

func (s *Server) waterWhich(r *request) (c waterWhich, err error) {
	c.Division = access.Division(r.text("division"))
	known := c.Division == ""
	for _, d := range s.cfg.Divisions.Within(r.Caller.Scope) {
		c.Divisions = append(c.Divisions, option{string(d.Code), d.Name, d.Code == c.Division})
		known = known || d.Code == c.Division
	}
	if !known {
		return c, fault.New(fault.NotFound, "没有这个区域，或不在您的管辖范围内")
	}
	level := r.text("level")
	for _, o := range []option{{"assessed", "考核断面", false}, {"national", "国控", false}, {"provincial", "省控", false}, {"city", "市控", false}, {"county", "县控", false}} {
		o.Chosen = o.Code == level
		c.Levels = append(c.Levels, o)
		if o.Chosen && level == "assessed" {
			c.Assessed = true
		} else if o.Chosen {
			c.Level = level
		}
	}
	var parts []string
	if c.Division != "" {
		parts = append(parts, "division="+string(c.Division))
	}
	if c.Level != "" || c.Assessed {
		parts = append(parts, "level="+level)
	}
	c.Query = strings.Join(parts, "&")
	return c, nil
}

// waterPlace returns the section or source that the address names.
func (s *Server) waterPlace(r *request) (water.Place, error) {
	id, err := r.id("id")
	if err != nil {
		return water.Place{}, err
	}
	places, err := s.cfg.Water.Places(r.Context(), r.Caller)
	if err != nil {
		return water.Place{}, err
	}
	i := slices.IndexFunc(places, func(p water.Place) bool { return p.ID == id })
	if i < 0 {
		return water.Place{}, fault.New(fault.NotFound, "没有这个断面或水源地，请检查网址")
	}
	return places[i], nil
}
