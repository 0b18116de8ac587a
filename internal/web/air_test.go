package web

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"os"
	"regexp"
	"strings"
	"testing"

	"pingzhang/internal/air"
	"pingzhang/internal/testkit/browsertest"
)

func TestAirPages(t *testing.T) {
	s, f := aired(t)
	f.target = &air.Target{Year: 2026, Division: "231100", Days: "346", Source: "示例市发〔2026〕1号"}
	for _, tt := range []struct {
		name   string
		what   string
		as     string
		status int
		has    []string
		hasNot []string
	}{
		{"nobody is sent to sign in", "GET /air", "", 303, nil, []string{"示例甲站"}},
		{"an administrator of the system sees no air", "GET /air", "sys", 403, nil, []string{"示例甲站"}},
		{"the section sees stations with index, level word, primary pollutant, hour, edition and last year", "GET /air", "section", 200,
			[]string{"示例甲站", `aqi-1">优`, "细颗粒物(PM2.5)", "07-20 09:00—10:00", "30 分钟前", "HJ 633-2026", "去年同期", "离线", "从未收到数据", "有项目缺测或无效", "数据导入"}, nil},
		{"a station that misses a pollutant is unknown, not good", "GET /air", "section", 200, []string{`class="unknown"><th scope="row"><a href="/air/stations/3">`}, nil},
		{"the division with too few points says so and how many came", "GET /air", "section", 200, []string{"2/3", "有效点位数不足"}, nil},
		{"yesterday stands beside the same day of last year", "GET /air", "section", 200, []string{"2026-07-19", "2025-07-19", "去年同日"}, nil},
		{"a branch sees its own county alone, and no figure of the city", "GET /air", "branch", 200, []string{"示例戊站"}, []string{"示例甲站", `<th scope="row">黑河市`}},
		{"a place that is not there is not found", "GET /air?place=s99", "section", 404, nil, []string{"示例甲站"}},
		{"nor is one of another county", "GET /air?place=s1", "branch", 404, nil, []string{"示例甲站"}},
		{"a station can be chosen for the trend", "GET /air?place=s1", "section", 200, []string{"示例甲站（站点） 近 24 小时 AQI", "/air/curve?place=s1", "没有收到该小时的数据"}, nil},

		{"the calendar colours days by level and says it in words", "GET /air/calendar", "section", 200,
			[]string{"黑河市 2026 年", "黑河蓝（优良天数）", `aqi-2" title="良，AQI 67，首要污染物细颗粒物(PM2.5)"`, `aqi-3" title="轻度污染，AQI 130`, `aqi-none" title="未知，有项目缺测或无效"`, `aqi-none" title="未知，没有日报"`, "12 月", "PM2.5 1 天"}, nil},
		{"with a target it says what may still be spent, and how that follows", "GET /air/calendar?year=2026&place=231100", "section", 200,
			[]string{"346 天", "示例市发〔2026〕1号", "待核实", "365−346=19", "未知的日子若为超标，则不能完成目标"}, nil},
		{"days to come are neither good nor unknown", "GET /air/calendar", "section", 200, []string{`class="ahead"><small>20</small>`, `class="ahead"><small>31</small>`}, nil},
		{"a station has no target", "GET /air/calendar?place=s1", "section", 200, []string{"示例甲站（站点） 2026 年", "站点没有目标", "没有目标，无法计算"}, []string{"365−346"}},
		{"a year of which nothing is known is unknown throughout", "GET /air/calendar?year=2019", "section", 200, []string{"优良率未知", "已过 365 天，有效 0 天"}, []string{`class="aqi-1" title`}},
		{"a branch cannot ask for the city", "GET /air/calendar?place=231100", "branch", 404, nil, []string{"AQI 67"}},

		{"a station shows how its index follows, by which clause, beside the published one", "GET /air/stations/2", "section", 200,
			// HJ 633-2026 table 1: PM2.5 130 µg/m³ is between 115 (150) and 150 (200).
			[]string{"示例乙站", "细颗粒物(PM2.5)", "AQI=max(", "依据 《", "HJ 633-2026", "国家发布的 AQI", "最近 30 天日报", "国控", "评价点", "导入的国家发布数据"}, nil},
		{"a day without a report is unknown", "GET /air/stations/1", "section", 200, []string{"2026-07-19", "没有日报", `aqi-2">良`}, nil},
		{"the heat of a year has a figure in each cell and says what it is not", "GET /air/stations/1?heat=PM10&year=2025", "section", 200,
			[]string{"月份×时刻：PM10", "2025 年", `class="heat-5" title="7 月 8 时，19 个小时值的平均">38<`, `class="heat-1" title="7 月 9 时，18 个小时值的平均">12<`, "不是评价结果"}, nil},
		{"a silent station is offline, and its last report is not of now", "GET /air/stations/4", "section", 200, []string{"离线", "不代表目前的空气质量"}, nil},
		{"one that never reported is unknown", "GET /air/stations/5", "section", 200, []string{"从未收到数据"}, []string{`class="aqi aqi-1">优</span></h1>`}},
		{"a span of years is cut and says so", "GET /air/stations/1?item=O3&from=2020-01-01&to=2026-01-01", "section", 200, []string{"一次最多查看 62 天", "小时曲线：O3（µg/m³）"}, nil},
		{"a station of another county is not there", "GET /air/stations/1", "branch", 404, nil, []string{"示例甲站"}},
		{"nor is its curve", "GET /air/stations/1/curve", "branch", 404, nil, []string{"示例甲站"}},
		{"the curve of a pollutant has its limit and what is unknown", "GET /air/stations/1/curve?item=O3&from=2026-07-20T07:00&to=2026-07-20T12:00", "section", 200,
			[]string{`"60","",true]`, "小时浓度限值", `"unknown":[[1784502000000,1784505600000,"未知"]]`}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) { s.t = t; s.check(t, tt.what, tt.as, tt.status, tt.has, tt.hasNot) })
	}
}

// check asks for a page and looks for what must and must not be there.
func (s *site) check(t *testing.T, what, as string, status int, has, hasNot []string) {
	t.Helper()
	got, body, _ := s.as(as).do(what, nil)
	if got != status {
		t.Errorf("%s as %q: status %d, want %d\n%.1500s", what, as, got, status, body)
	}
	for _, text := range has {
		if !strings.Contains(body, text) {
			t.Errorf("%s as %q does not say %q", what, as, text)
		}
	}
	for _, text := range hasNot {
		if strings.Contains(body, text) {
			t.Errorf("%s as %q says %q", what, as, text)
		}
	}
}

func TestAirTrend(t *testing.T) {
	s, _ := aired(t)
	status, body, _ := s.as("section").do("GET /air/curve?place=s1", nil)
	var c struct {
		Series []struct {
			Name   string
			Points [][]any
		}
		Unknown [][]any
	}
	if err := json.Unmarshal([]byte(body), &c); status != 200 || err != nil || len(c.Series) != 2 {
		t.Fatal(status, err, body)
	}
	now, then := c.Series[0].Points, c.Series[1].Points
	// HJ 633-2026 table 1: PM10 30 µg/m³ is index 30, and 90 is above 50.
	if len(now) != 24 || now[23][1] != "30" || now[21][1] != nil || then[23][1] == nil || then[22][1] != nil || len(c.Unknown) != 1 {
		t.Errorf("%s", body)
	}
}

// TestAirWithoutDuty opens the pages of a platform without the duty.
func TestAirWithoutDuty(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{"/air", "/air/curve", "/air/calendar", "/air/stations/1", "/air/stations/1/curve", "/air/import"} {
		s.check(t, "GET "+path, "section", 503, []string{"空气质量没有启用"}, []string{"今日空气"})
	}
	s.check(t, "GET /monitor", "section", 200, nil, []string{"今日空气", `href="/air"`})
}

// TestAirTemplates executes each template with an empty struct: a missing field
// would only be found when a page has nothing to show.
func TestAirTemplates(t *testing.T) {
	a, err := loadAssets()
	if err != nil {
		t.Fatal(err)
	}
	pages, err := loadPages(a)
	if err != nil {
		t.Fatal(err)
	}
	for name, view := range map[string]any{"air_today": airTodayView{}, "air_calendar": airCalendarView{}, "air_station": airStationView{}, "air_import": airImportView{}} {
		if err := pages[name].ExecuteTemplate(io.Discard, "layout", view); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// send posts a file to the form of imports; "" for a form without one.
func (v visitor) send(text string) (status int, body string) { return v.sendTo("/air/import", text) }

// sendTo posts a file to a form at a path.
func (v visitor) sendTo(path, text string) (status int, body string) {
	v.s.t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	if text != "" {
		part, err := form.CreateFormFile("file", "示例.csv")
		if err != nil {
			v.s.t.Fatal(err)
		}
		io.WriteString(part, text)
	}
	form.Close()
	res, err := v.Post(v.s.server.URL+path, form.FormDataContentType(), &b)
	if err != nil {
		v.s.t.Fatal(err)
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	if err != nil {
		v.s.t.Fatal(err)
	}
	return res.StatusCode, string(got)
}

func TestAirImport(t *testing.T) {
	s, f := aired(t)
	const file = "time,station_code,so2_1h\n2026-07-20T08:00:00,2263A,5\n"
	f.imports = []air.Import{{ID: 41, Who: "示例甲", At: siteNow.Unix(), Result: f.result("昨日.csv")}}
	for _, tt := range []struct {
		name   string
		as     string
		file   string
		status int
		has    []string
	}{
		{"a file says what was new, changed and the same, and names every cell that was not taken", "section", file, 200,
			[]string{"导入结果：示例.csv", "9999A", "C3", "浓度不能为负", "未采用", "说明", "&lt;2", "ab12", "2026-07-20 07:30 至 2026-07-20 10:30", "昨日.csv"}},
		{"without a file the form asks for one", "section", "", 422, []string{"请选择要导入的文件"}},
		{"what is no table is refused with the reason", "section", "x", 422, []string{"没有找到表头", "选择文件"}},
		{"a leader does not import", "leader", file, 403, nil},
		{"nor does an enterprise", "plant", file, 403, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s.t, f.read = t, ""
			status, body := s.as(tt.as).send(tt.file)
			if status != tt.status || status != 200 && strings.Contains(body, "导入结果") || f.read != tt.file && status != 403 {
				t.Errorf("status %d, want %d; read %q\n%.1500s", status, tt.status, f.read, body)
			}
			for _, text := range tt.has {
				if !strings.Contains(body, text) {
					t.Errorf("does not say %q", text)
				}
			}
		})
	}
	s.t = t
	s.check(t, "GET /air/import", "section", 200, []string{"最近的导入", "/air/import?id=41"}, []string{"导入结果"})
	s.check(t, "GET /air/import?id=41", "section", 200, []string{"导入结果：昨日.csv"}, nil)
	s.check(t, "GET /air/import?id=42", "section", 404, nil, []string{"导入结果"})
	s.check(t, "GET /air/import", "leader", 403, nil, []string{"选择文件"})
	s.check(t, "GET /air", "leader", 200, nil, []string{"/air/import"})
}

// TestAirColours holds the style sheet to the colours of the levels (HJ 633).
func TestAirColours(t *testing.T) {
	_, f := aired(t)
	css, err := os.ReadFile("static/css/air.css")
	if err != nil {
		t.Fatal(err)
	}
	colours := regexp.MustCompile(`(?m)^\.aqi-([1-6]) \{ background: (#[0-9A-F]{6});`).FindAllStringSubmatch(string(css), -1)
	e, ok := f.book.Edition(dayOn(siteNow))
	if !ok || len(colours) != 6 {
		t.Fatal(ok, colours)
	}
	for i, l := range e.Levels() {
		if colours[i][2] != l.RGB {
			t.Errorf("level %d is %s, want %s", l.Number, colours[i][2], l.RGB)
		}
	}
}

// TestAirLook opens the pages in a browser on desk and phone.
func TestAirLook(t *testing.T) {
	s, _ := aired(t)
	b := browsertest.Start(t, s.server.URL)
	b.SignIn("section", sitePassword)
	for _, p := range []struct{ name, path, until string }{
		{"air-today", "/air?place=s1", "document.querySelector('.curve canvas')"}, {"air-calendar", "/air/calendar", "true"},
		{"air-station", "/air/stations/1", "document.querySelector('.curve canvas')"}, {"air-import", "/air/import", "true"},
	} {
		for _, size := range []browsertest.Size{browsertest.Desk, browsertest.Phone} {
			b.Look(size)
			b.Open(p.path)
			b.Until(p.until)
			b.NoSideways()
			b.Shoot(p.name + "-" + size.Name)
		}
	}
	b.Clean()
}
