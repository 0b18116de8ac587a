package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/land"
)

//go:embed all:pages
var pageFiles embed.FS

// flashCookie carries one sentence to the page after a form.
const flashCookie = "flash"

// shell is what every page has around its own content. A page's struct embeds
// it and is filled by Server.shell.
type shell struct {
	Title   string // of the page, and of the browser's tab
	City    string
	Demo    bool // demonstration data: said on every page
	Caller  access.Caller
	Nav     []navGroup
	Active  string // path of the nav entry that the page belongs to
	Crumbs  []link
	Unread  int // notices
	Waiting int // matters that wait for the caller
	Flash   string
	Trouble string // what keeps the platform from storing; "" when all is well
	Now     time.Time
	Wall    bool // dark, for the screen on the wall
}

type link struct{ Text, Href string }

type navGroup struct {
	Title   string
	Entries []navEntry
}

type navEntry struct {
	Text, Href, Icon string
	Needs            access.Permission
	Tab              bool // stands in the bar at the foot of a phone
	Badge            int
}

// navigation is the side menu. An entry shows when the caller may use it.
var navigation = []navGroup{
	{"", []navEntry{{"工作台", "/", "layout-dashboard", signedIn, true, 0}}},
	{"在线监控", []navEntry{
		{"实时监测", "/monitor", "activity", "monitor.read", true, 0},
		{"点位地图", "/map", "map", "monitor.read", true, 0},
		{"报文检查", "/frames", "terminal", "frame.read", false, 0},
		{"设备接入", "/devices", "radio-tower", "frame.read", false, 0},
	}},
	{airGroup, []navEntry{
		{"今日空气", "/air", "cloud", "monitor.read", false, 0},
		{"优良日历", "/air/calendar", "calendar", "monitor.read", false, 0},
		{"空气排名", "/air/ranking", "chart-column", "monitor.read", false, 0},
		{"空气质量公报", "/air/bulletins", "file-text", "monitor.read", false, 0},
		{"浓度热力图", "/air/heat", "gauge", "monitor.read", false, 0},
		{"污染玫瑰图", "/air/rose", "wind", "monitor.read", false, 0},
		{"年度评价", "/air/evaluation", "scale", "monitor.read", false, 0},
		{"沙尘扣除", "/air/dust", "waves", "monitor.read", false, 0},
		{"空气站点", "/registers/air_station", "map-pin", "register.read", false, 0},
		{"数据导入", "/air/import", "upload", airImportNeeds, false, 0},
		{"重污染预警", "/warnings", "siren", "warning.read", false, 0},
		{"应急减排清单", "/warnings/list", "file-spreadsheet", "warning.list", false, 0},
	}},
	{landGroup, []navEntry{
		{"检测与评价", "/land", "layers", "monitor.read", false, 0},
		{"建设用地地块", "/registers/plot", "landmark", "register.read", false, 0},
		{"农用地点位", "/registers/farmland", "sprout", "register.read", false, 0},
		{"地下水监测井", "/registers/groundwater_well", "pipette", "register.read", false, 0},
		{"结果导入", "/land/import", "upload", land.Writes, false, 0},
	}},
	{"督办", []navEntry{
		{"待办事项", "/inbox", "inbox", "matter.read", true, 0},
		{"督办事项", "/matters", "clipboard-list", "matter.read", false, 0},
		{"问题线索", "/findings", "siren", "finding.read", false, 0},
	}},
	{"台账", []navEntry{
		{"排污单位", "/registers/enterprise", "factory", "register.read", false, 0},
		{"排放口", "/registers/outlet", "wind", "register.read", false, 0},
		{"监测点位", "/registers/point", "map-pin", "register.read", false, 0},
		{"许可限值", "/registers/limit", "scale", "register.read", false, 0},
	}},
	{"管理", []navEntry{
		{"标准数值", "/figures", "book-open", "figure.read", false, 0},
		{"留痕审计", "/journal", "fingerprint", "journal.read", false, 0},
		{"账号", "/accounts", "users", "account.create", false, 0},
		{"角色授权", "/roles", "shield-check", "role.grant", false, 0},
		{"安全策略", "/policy", "lock", "policy.edit", false, 0},
		{"节假日表", "/calendar", "calendar", "calendar.edit", false, 0},
		{"接口令牌", "/tokens", "key-round", "token.create", false, 0},
	}},
}

// shell fills what surrounds a page titled title that belongs to the nav entry
// active.
func (s *Server) shell(r *request, title, active string, crumbs ...link) shell {
	sh := shell{Title: title, City: s.cfg.City, Demo: s.cfg.Demo, Caller: r.Caller, Active: active, Crumbs: crumbs, Now: r.Now}
	if c, err := r.Cookie(flashCookie); err == nil {
		sh.Flash, _ = url.QueryUnescape(c.Value)
	}
	if s.cfg.Trouble != nil {
		sh.Trouble = s.cfg.Trouble()
	}
	if r.Caller.Account == 0 {
		return sh
	}
	sh.Unread, sh.Waiting = s.counts(r)
	for _, g := range navigation {
		if g.Title == airGroup && s.cfg.Air == nil || g.Title == landGroup && s.cfg.Land == nil {
			continue
		}
		show := navGroup{Title: g.Title}
		for _, e := range g.Entries {
			if strings.HasPrefix(e.Href, "/warnings") && s.cfg.Warning == nil {
				continue
			}
			if e.Needs == signedIn || r.Caller.May(e.Needs) {
				if e.Href == "/inbox" {
					e.Badge = sh.Waiting
				}
				show.Entries = append(show.Entries, e)
			}
		}
		if len(show.Entries) > 0 {
			sh.Nav = append(sh.Nav, show)
		}
	}
	return sh
}

// loadPages parses every page with the layout and its own parts. A page is the
// folder pages/NAME with NAME.html, and files _part.html beside it.
func loadPages(a assets) (map[string]*template.Template, error) {
	base, err := template.New("").Funcs(funcs(a)).ParseFS(pageFiles, "pages/_layout/*.html")
	if err != nil {
		return nil, err
	}
	dirs, err := fs.ReadDir(pageFiles, "pages")
	if err != nil {
		return nil, err
	}
	pages := map[string]*template.Template{}
	for _, d := range dirs {
		if !d.IsDir() || strings.HasPrefix(d.Name(), "_") {
			continue
		}
		t, err := base.Clone()
		if err != nil {
			return nil, err
		}
		if pages[d.Name()], err = t.ParseFS(pageFiles, path.Join("pages", d.Name(), "*.html")); err != nil {
			return nil, fmt.Errorf("page %s: %w", d.Name(), err)
		}
	}
	return pages, nil
}

// render answers with a page. To htmx it gives the template "part" of the page
// where the page has one.
func (s *Server) render(w http.ResponseWriter, r *request, page string, view any) error {
	return s.renderStatus(w, r, http.StatusOK, page, view)
}

func (s *Server) renderStatus(w http.ResponseWriter, r *request, status int, page string, view any) error {
	t := s.pages[page]
	if t == nil {
		return fmt.Errorf("there is no page %s", page)
	}
	name := "layout"
	if r.fragment() && t.Lookup("part") != nil {
		name = "part"
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, name, view); err != nil {
		return fmt.Errorf("render %s: %w", page, err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Add("Vary", "HX-Request")
	if _, err := r.Cookie(flashCookie); err == nil && name == "layout" {
		http.SetCookie(w, &http.Cookie{Name: flashCookie, Path: "/", MaxAge: -1})
	}
	w.WriteHeader(status)
	_, err := w.Write(b.Bytes())
	if err != nil {
		return nil // the browser is gone; nobody is left to be told
	}
	return nil
}

// funcs are the functions that templates may use.
func funcs(a assets) template.FuncMap {
	return template.FuncMap{
		"asset": a.url,
		"icon": func(name string) template.HTML {
			return template.HTML(`<svg class="icon" aria-hidden="true" focusable="false"><use href="` +
				template.HTMLEscapeString(a.url("vendor/icons.svg")+"#"+name) + `"></use></svg>`)
		},
		"datetime": func(t any) string { return stamp(t, "2006-01-02 15:04") },
		"seconds":  func(t any) string { return stamp(t, "2006-01-02 15:04:05") },
		"day":      func(t any) string { return stamp(t, "2006-01-02") },
		"hm":       func(t any) string { return stamp(t, "15:04") },
		"iso":      func(t any) string { return stamp(t, "2006-01-02T15:04:05+08:00") },
		"add":      func(a, b int) int { return a + b },
		"join":     strings.Join,
		"dict":     dict,
	}
}

// stamp writes a time.Time or a number of seconds in a form; a missing time is
// a dash.
func stamp(v any, form string) string {
	var t time.Time
	switch v := v.(type) {
	case time.Time:
		t = v
	case *time.Time:
		if v != nil {
			t = *v
		}
	case int64:
		if v != 0 {
			t = clock.Unix(v)
		}
	}
	if t.IsZero() {
		return "—"
	}
	return t.In(clock.Shanghai).Format(form)
}

// dict makes a map from pairs, to give a part several values.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("dict: %d arguments are no pairs", len(pairs))
	}
	m := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		k, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: %v is no name", pairs[i])
		}
		m[k] = pairs[i+1]
	}
	return m, nil
}
