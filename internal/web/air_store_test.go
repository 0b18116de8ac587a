package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"pingzhang/catalog"
	"pingzhang/internal/access"
	"pingzhang/internal/air"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/figure"
	"pingzhang/internal/journal"
	"pingzhang/internal/measure"
	"pingzhang/internal/register"
	"pingzhang/internal/sqldb"
	"pingzhang/internal/sqldb/sqldbtest"
	"pingzhang/internal/testkit/browsertest"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

// measured is a site on the duty itself, with stations of its own.
type measured struct {
	*site
	air *air.Store
	db  *sqldb.DB
	ids []int64
}

var airEditor = access.Platform("register.read", "register.edit", "point.edit", "monitor.read")

// measuredSite has three stations: two in 爱辉区 and one in 孙吴县.
func measuredSite(t testing.TB) *measured {
	t.Helper()
	s := newSite(t)
	book, err := aqi.Open(catalog.FS(""))
	if err != nil {
		t.Fatal(err)
	}
	settings, err := air.LoadSettings(catalog.FS(""))
	if err != nil {
		t.Fatal(err)
	}
	settings.Targets = []air.Target{{Year: 2026, Division: "231100", Days: "346", Source: "示例市发〔2026〕1号"}}
	db := sqldbtest.SQLite(t, journal.Migrations, air.Migrations, figure.Migrations)
	db.Clock = clock.Fixed(siteNow)
	m := &measured{site: s, db: db, air: air.New(db, air.Config{Readings: s.store, Register: s.reg, Book: book, Settings: settings})}
	s.web.cfg.Air = m.air
	if s.web.cfg.Figures, err = figure.New(db, catalog.FS("")); err != nil {
		t.Fatal(err)
	}
	for _, st := range []struct{ code, name, division string }{{"9901A", "示例甲站", "231102"}, {"9902A", "示例乙站", "231102"}, {"9903A", "示例丙站", "231124"}} {
		m.ids = append(m.ids, m.station(st.code, st.name, st.division))
	}
	return m
}

func (m *measured) station(code, name, division string) int64 {
	m.t.Helper()
	e, err := m.reg.Save(context.Background(), airEditor, register.Entry{
		Register: air.StationRegister, Code: code, Name: name, Division: access.Division(division), Lon: degrees(127.5), Lat: degrees(50.2),
		Data: map[string]any{"level": "national", "area_class": "2", "purpose": "evaluation", "assessed": "yes"},
	}, "测试")
	if err != nil {
		m.t.Fatal(err, fault.FieldsOf(err))
	}
	m.air.Forget()
	return e.ID
}

// take imports rows of the feed and reckons them.
func (m *measured) take(name string, rows ...string) {
	m.t.Helper()
	head := "time,station_code,so2_1h,no2_1h,pm10_1h,pm25_1h,co_1h,o3_1h,风向,风速\n"
	if _, err := m.air.Import(context.Background(), airEditor, name, strings.NewReader(head+strings.Join(rows, "\n"))); err != nil {
		m.t.Fatal(err)
	}
	m.reckon()
}

func (m *measured) reckon() {
	m.t.Helper()
	if _, err := m.air.Reckon(context.Background(), siteNow); err != nil {
		m.t.Fatal(err)
	}
}

// rowsOf are hours of a station on a day: SO2 and so on, and the wind.
func rowsOf(code, on string, hours int, values string) (rows []string) {
	start := timeOn(standard.Date(on))
	for h := range hours {
		rows = append(rows, start.Add(time.Duration(h+1)*time.Hour).Format("2006-01-02 15:04")+","+code+","+values)
	}
	return rows
}

// fill has three days and ten hours of July, and a day of dust at the end of
// February, when the edition was another.
func (m *measured) fill() {
	m.t.Helper()
	var rows []string
	for _, on := range []string{"2026-02-27", "2026-07-17", "2026-07-18", "2026-07-19"} {
		rows = append(rows, rowsOf("9901A", on, 24, "5,10,30,15,0.4,60,270,2.0")...)
		rows = append(rows, rowsOf("9902A", on, 24, "5,10,30,15,0.4,60,,")...)
		rows = append(rows, rowsOf("9903A", on, 24, "5,10,40,20,0.4,60,90,0.1")...)
	}
	rows = append(rows, rowsOf("9901A", "2026-02-28", 24, "5,10,300,15,0.4,60,0,8")...)
	rows = append(rows, rowsOf("9901A", "2026-07-20", 10, "5,10,30,15,0.4,60,90,2.0")...)
	m.take("示例.csv", rows...)
}

// TestAirStore asks each page for what the duty has reckoned.
func TestAirStore(t *testing.T) {
	m := measuredSite(t)
	m.fill()
	// A later file corrects an hour of the 18th: its day is told otherwise.
	m.take("示例更正.csv", "2026-07-18 10:00,9901A,5,10,30,39,0.4,60,270,2.0")
	a, c := m.ids[0], m.ids[2]
	marked := measure.Mark{Point: measure.Point(a), Factor: "a34004", From: timeOn("2026-07-18").Unix() + 9*3600, To: timeOn("2026-07-18").Unix() + 10*3600, Mark: measure.MarkInvalid, Reason: "示例停电", Who: "section"}
	if _, err := m.store.AddMark(context.Background(), marked, nil); err != nil {
		t.Fatal(err)
	}
	nine := timeOn("2026-07-18").Add(9 * time.Hour).Unix()
	for _, tt := range []struct {
		name   string
		what   string
		as     string
		status int
		has    []string
		hasNot []string
	}{
		{"the hour says what it was made from, and what it said before", "GET " + airHourPath(a, nine), "section", 200,
			[]string{"示例甲站", "AQI=max(", "HJ 633-2026", "导入的国家发布数据", "PM2.5=39", "第 2 版", "第 1 版", "/air/import?id=", "示例停电", "数据无效", "/figures/aqi_breakpoints/", "07-18 09:00—10:00"}, nil},
		{"an hour of which nothing came is unknown", "GET " + airHourPath(a, nine-86400*30), "section", 200, []string{"没有收到该小时的数据"}, []string{`aqi-1">优`}},
		{"what is no hour is not found", "GET " + airHourPath(a, nine+1), "section", 404, nil, nil},
		{"nor one of another county", "GET " + airHourPath(a, nine), "branch", 404, nil, []string{"示例甲站"}},
		// 23 hours of 15 and one of 39: 16.
		{"the day has its hours, their number, and each revision with cause and change", "GET " + airDayPath(air.Place{Station: a}, "2026-07-18"), "section", 200,
			[]string{"24/20", "修订历史", "PM2.5 15 → 16", "导入数据", "第 1 版", "/hour?at="}, nil},
		{"the day of a division lists its stations", "GET /air/day?place=231100&on=2026-07-18", "section", 200, []string{"应有 3 个评价点", "示例丙站", "3/3"}, nil},
		{"a day without a report is unknown", "GET /air/day?place=231100&on=2026-05-01", "section", 200, []string{"没有这一天的日报"}, nil},
		{"a place that is none is not found", "GET /air/day?place=s99&on=2026-07-18", "section", 404, nil, nil},
		{"a branch has no day of the city", "GET /air/day?place=231100&on=2026-07-18", "branch", 404, nil, nil},

		{"stations alike share a place, and the next is left out", "GET /air/ranking?from=2026-07-17&to=2026-07-17", "section", 200,
			[]string{`1<span class="small">（并列）</span>`, `data-label="排名">3</td>`, "待核实", "综合指数"}, []string{`data-label="排名">2</td>`}},
		{"counties are ranked by good days", "GET /air/ranking?of=county&by=good&from=2026-07-17&to=2026-07-19", "section", 200, []string{"爱辉区", "孙吴县", "100.0%"}, []string{`<th scope="row"><a href="/air/calendar?place=231100`}},
		{"nothing is ranked where nothing is known", "GET /air/ranking?from=2026-05-01&to=2026-05-31", "section", 200, []string{`class="unknown"`}, []string{`data-label="排名">1`}},
		{"a span that is none is refused in words", "GET /air/ranking?from=2026-05-31&to=2026-05-01", "section", 200, []string{"起止日期不对"}, nil},
		{"a branch ranks its own", "GET /air/ranking?from=2026-07-17&to=2026-07-19", "branch", 200, []string{"示例丙站"}, []string{"示例甲站"}},

		{"the rose has the directions, the table and what is missing", "GET /air/rose?item=PM2.5&from=2026-07-17&to=2026-07-19", "section", 200,
			[]string{"<svg", "西风，15.3，72 小时", "静风", "72 小时"}, []string{"没有测得风向"}},
		{"a station without wind says so", fmt.Sprintf("GET /air/rose?station=%d", m.ids[1]), "section", 200, []string{"没有测得风向和风速"}, []string{`class="air-rose"`}},
		{"a calm station has no direction", fmt.Sprintf("GET /air/rose?station=%d&from=2026-07-17&to=2026-07-19", c), "section", 200, []string{"20 µg/m³，72 小时，占 100.0%"}, []string{"<path"}},
		{"a rose of another county is not there", fmt.Sprintf("GET /air/rose?station=%d", a), "branch", 404, nil, nil},

		{"each cell of the month leads to its hour", fmt.Sprintf("GET /air/heat?place=s%d&item=PM2.5&year=2026&month=7", a), "section", 200,
			[]string{airHourPath(a, nine), "39<", `class="aqi-none" title="2026-07-01 0 时，未知"`, "2026 年逐日 PM2.5", "2026-07-18，16 µg/m³"}, nil},
		{"of a division to its day", "GET /air/heat?place=231100&year=2026&month=7", "section", 200, []string{"/air/day?on=2026-07-18&amp;place=231100"}, []string{"/hour?at="}},
		{"a month of which nothing is known says so", "GET /air/heat?place=231100&year=2025&month=7", "section", 200, []string{"没有可用的小时数据", "没有可用的日均值"}, nil},

		{"a year across editions is evaluated by both, and unknown while it is not over", "GET /air/evaluation?place=231100&year=2026", "section", 200,
			[]string{"HJ 663-2013", "HJ 663-2026", "按未核实的权重", "各评价一次", "未知", "不作达标评价", "346 天", "示例市发〔2026〕1号", "待核实", "有效天数"}, []string{">二类区 达标<", "已扣除沙尘"}},
		{"a station has no target", fmt.Sprintf("GET /air/evaluation?place=s%d", a), "section", 200, []string{"没有登记目标"}, nil},
		{"a branch does not evaluate the city", "GET /air/evaluation?place=231100", "branch", 404, nil, nil},
		{"the calendar counts across the editions", "GET /air/calendar?place=s" + fmt.Sprint(a), "section", 200, []string{"HJ 633-2012、HJ 633-2026", airDayPathEscaped(a, "2026-02-28")}, nil},
		{"today is on the map", "GET /air", "section", 200, []string{`data-points="/air/stations.geojson"`, "站点分布", "/air/ranking"}, nil},
		{"recompute is for who corrects figures", "GET /air/recompute", "branch", 403, nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) { m.t = t; m.check(t, tt.what, tt.as, tt.status, tt.has, tt.hasNot) })
	}
}

func airDayPathEscaped(station int64, on string) string {
	return strings.ReplaceAll(airDayPath(air.Place{Station: station}, standard.Date(on)), "&", "&amp;")
}

// TestAirMap answers with the level of each station, in the scope of who asks.
func TestAirMap(t *testing.T) {
	m := measuredSite(t)
	m.fill()
	for _, tt := range []struct {
		as   string
		want map[string]string
	}{
		// 甲 reported until now, 乙 and 丙 until the day before.
		{"section", map[string]string{"示例甲站": "aqi-1", "示例乙站": "offline", "示例丙站": "offline"}},
		{"branch", map[string]string{"示例丙站": "offline"}},
	} {
		status, body, _ := m.as(tt.as).do("GET /air/stations.geojson", nil)
		var all struct {
			Features []struct {
				Properties struct{ Name, State, Value string }
			}
		}
		if err := json.Unmarshal([]byte(body), &all); err != nil || status != 200 || len(all.Features) != len(tt.want) {
			t.Fatal(tt.as, status, err, body)
		}
		for _, f := range all.Features {
			if f.Properties.State != tt.want[f.Properties.Name] || (f.Properties.Value != "") != (f.Properties.State == "aqi-1") {
				t.Errorf("%s: %+v", tt.as, f.Properties)
			}
		}
	}
}

// TestAirDustPages walks a deduction from its proposal to its end.
func TestAirDustPages(t *testing.T) {
	m := measuredSite(t)
	m.fill()
	place := "s" + fmt.Sprint(m.ids[0])
	good := url.Values{"from": {"2026-02-28T03:00"}, "to": {"2026-02-28T20:00"}, "pollutants": {"PM10"}, "places": {place}, "reason": {"沙尘过境"}, "evidence": {"示例通报1号"}}
	section, leader := m.as("section"), m.as("leader")
	if status, _, _ := leader.do("POST /air/dust", good); status != 403 {
		t.Errorf("a leader approves and does not propose: %d", status)
	}
	without := url.Values{"places": {place}, "reason": {"沙尘过境"}}
	if status, body, _ := section.do("POST /air/dust", without); status != 422 || !strings.Contains(body, "请写明依据的材料") || !strings.Contains(body, "沙尘过境") {
		t.Errorf("what is missing is named, and what was written comes back: %d", status)
	}
	if status, _, to := section.do("POST /air/dust", good); status != 303 || to != "/air/dust?year=2026" {
		t.Fatal(status, to)
	}
	all, err := m.air.Dusts(context.Background(), airEditor, 2026)
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	path := fmt.Sprintf("/air/dust/%d", all[0].ID)
	m.check(t, "GET /air/dust?year=2026", "section", 200, []string{"待审批", "示例通报1号", "由您提出，须由他人审批", "示例甲站"}, []string{"同意扣除</button>"})
	m.check(t, "GET /air/dust?year=2026", "leader", 200, []string{path + "/decide"}, []string{"提出扣除"})
	m.check(t, "GET /air/evaluation?year=2026&place="+place, "section", 200, []string{"未扣除沙尘影响"}, []string{"已扣除沙尘影响"})
	if status, _, _ := section.do("POST "+path+"/decide", url.Values{"approve": {"yes"}, "words": {"同意"}}); status != 403 {
		t.Errorf("who proposed does not approve: %d", status)
	}
	if status, body, _ := leader.do("POST "+path+"/decide", url.Values{"approve": {"yes"}}); status != 422 || !strings.Contains(body, "请写明审批意见") {
		t.Errorf("an approval has words: %d", status)
	}
	if status, _, _ := leader.do("POST "+path+"/decide", url.Values{"approve": {"yes"}, "words": {"同意"}, "year": {"2026"}}); status != 303 {
		t.Fatal(status)
	}
	// Five days of PM10: four of 30 and one of 300, mean 84; without it 30.
	m.check(t, "GET /air/evaluation?year=2026&place="+place, "section", 200, []string{"未扣除沙尘影响", "已扣除沙尘影响", "84 <small>", "30 <small>", "PM10 300 µg/m³", "示例leader"}, nil)
	status, body, _ := section.do("GET /air/evaluation.xlsx?year=2026&place="+place, nil)
	f, err := excelize.OpenReader(bytes.NewReader([]byte(body)))
	if status != 200 || err != nil {
		t.Fatal(status, err)
	}
	rows, err := f.GetRows("年度评价")
	text := fmt.Sprint(rows)
	if err != nil || !strings.Contains(text, "已扣除") || !strings.Contains(text, "未扣除") || !strings.Contains(text, "待核实") || !strings.Contains(text, "PM10 均值") {
		t.Errorf("%v %.600s", err, text)
	}
	if status, _, _ := leader.do("POST "+path+"/revoke", url.Values{"words": {"通报更正"}}); status != 303 {
		t.Fatal(status)
	}
	m.check(t, "GET /air/dust?year=2026", "leader", 200, []string{"已撤回", "通报更正", "同意"}, []string{"/decide"})
	m.check(t, "GET /air/evaluation?year=2026&place="+place, "section", 200, nil, []string{"已扣除沙尘影响"})
}

// TestAirStale corrects a figure: the days that rest on the old one are listed
// until they are made again.
func TestAirStale(t *testing.T) {
	m := measuredSite(t)
	m.fill()
	ctx := context.Background()
	m.check(t, "GET /figures/stale", "section", 200, []string{"没有按旧数值得出的结果"}, []string{"空气日报</h2>"})
	days, err := m.air.DaysBetween(ctx, airEditor, air.Place{Station: m.ids[0]}, "2026-07-18", "2026-07-18")
	if err != nil {
		t.Fatal(err)
	}
	refs, err := m.air.Refs(ctx, days[0].Basis)
	if err != nil || len(refs) == 0 {
		t.Fatal(refs, err)
	}
	var ref standard.Ref
	for _, r := range refs {
		if r.Table == "aqi_breakpoints" {
			ref = r
		}
	}
	editor := access.Platform("figure.read", "figure.correct")
	if _, err := m.web.cfg.Figures.(*figure.Store).Correct(ctx, editor, ref.Table, 1, standard.Correction{Key: ref.Key, Cells: map[string]string{}, Confidence: standard.Memory, Source: "示例", Reason: "示例更正"}); err != nil {
		t.Fatal(err, fault.FieldsOf(err))
	}
	m.check(t, "GET /figures/stale", "section", 200, []string{"空气日报</h2>", "第 1 版 → 第 2 版", "/air/recompute?from="}, nil)
	if status, body, _ := m.as("section").do("POST /air/recompute", url.Values{"from": {"2026-02-01"}, "to": {"2026-07-19"}}); status != 422 || !strings.Contains(body, "请写明重新计算的原因") {
		t.Errorf("a reason is asked for: %d", status)
	}
	if status, _, to := m.as("section").do("POST /air/recompute", url.Values{"from": {"2026-02-01"}, "to": {"2026-07-19"}, "reason": {"按更正后的数值重算"}}); status != 303 || to != "/figures/stale" {
		t.Fatal(status, to)
	}
	books, err := m.web.cfg.Figures.(*figure.Store).Books(ctx)
	if err != nil {
		t.Fatal(err)
	}
	m.air.Use(books.Air)
	m.reckon()
	m.check(t, "GET /figures/stale", "section", 200, nil, []string{"空气日报</h2>"})
	m.check(t, "GET "+airDayPath(air.Place{Station: m.ids[0]}, "2026-07-18"), "section", 200, []string{"人工要求重新计算", "第 2 版"}, nil)
}

// TestAirPoints says how the device of a station stands: as its air does.
func TestAirPoints(t *testing.T) {
	m := measuredSite(t)
	device := func(name string) int64 {
		e, err := m.reg.Save(context.Background(), airEditor, register.Entry{Register: register.PointEntry, Name: name, Division: "231102", Lon: degrees(127.5), Lat: degrees(50.2), Data: map[string]any{
			"kind": "air", "mn": "DEMO" + name[len(name)-3:], "profile": "2017", "password": "123456"}}, "测试")
		if err != nil {
			t.Fatal(err, fault.FieldsOf(err))
		}
		return e.ID
	}
	link := func(name, code, values string, on string) {
		id := device(name)
		_, err := m.reg.Save(context.Background(), airEditor, register.Entry{
			Register: air.StationRegister, Code: code, Name: name, Division: "231102", Lon: degrees(127.5), Lat: degrees(50.2),
			Data: map[string]any{"level": "county", "area_class": "2", "purpose": "evaluation", "assessed": "no", "point": id},
		}, "测试")
		if err != nil {
			t.Fatal(err, fault.FieldsOf(err))
		}
		m.air.Forget()
		if values != "" {
			m.take(name+".csv", rowsOf(code, on, 9, values)...)
		}
	}
	link("示例清洁机001", "9911A", "5,10,30,15,0.4,60,,", "2026-07-20")
	link("示例污染机002", "9912A", "5,10,30,130,0.4,60,,", "2026-07-20")
	link("示例缺测机003", "9913A", "5,10,,15,0.4,60,,", "2026-07-20")
	link("示例停报机004", "9914A", "5,10,30,15,0.4,60,,", "2026-07-19")
	link("示例从未机005", "9915A", "", "")
	device("示例未登机006")
	_, body, _ := m.as("section").do("GET /monitor?type=air", nil)
	for name, want := range map[string]string{
		"示例清洁机001": "AQI 30，优", "示例污染机002": "tag-exceeds", "示例缺测机003": "没有可以发布的 AQI", "示例停报机004": "tag-offline",
		"示例从未机005": "还没有小时报", "示例未登机006": "没有空气站点登记这个点位",
	} {
		_, row, _ := strings.Cut(body, name)
		if row, _, _ = strings.Cut(row, "</tr>"); !strings.Contains(row, want) {
			t.Errorf("%s does not say %q: %s", name, want, row)
		}
	}
}

// TestAirStoreLook opens the pages in a browser on the three screens.
func TestAirStoreLook(t *testing.T) {
	m := measuredSite(t)
	m.fill()
	b := browsertest.Start(t, m.server.URL)
	b.SignIn("section", sitePassword)
	place := "s" + fmt.Sprint(m.ids[0])
	nine := timeOn("2026-07-18").Add(9 * time.Hour).Unix()
	for _, p := range []struct{ name, path, until string }{
		{"air-map", "/air", "document.querySelector('.map canvas') && document.querySelector('.map-legend')"},
		{"air-hour", airHourPath(m.ids[0], nine), "true"}, {"air-day", "/air/day?place=231100&on=2026-07-18", "true"},
		{"air-ranking", "/air/ranking", "true"}, {"air-rose", "/air/rose?from=2026-07-17&to=2026-07-20", "document.querySelector('.air-rose .petal')"},
		{"air-heat", "/air/heat?place=" + place, "true"}, {"air-evaluation", "/air/evaluation", "true"}, {"air-dust", "/air/dust", "true"}, {"air-recompute", "/air/recompute", "true"},
	} {
		for _, size := range []browsertest.Size{browsertest.Desk, browsertest.Wall, browsertest.Phone} {
			b.Look(size)
			b.Open(p.path)
			b.Until(p.until)
			b.NoSideways()
			b.Shoot(p.name + "-" + size.Name)
		}
	}
	b.Clean()
}
