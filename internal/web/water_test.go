package web

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"pingzhang/catalog"
	"pingzhang/internal/access"
	"pingzhang/internal/bulletin"
	"pingzhang/internal/clock"
	"pingzhang/internal/journal"
	"pingzhang/internal/register"
	"pingzhang/internal/sqldb/sqldbtest"
	"pingzhang/internal/testkit/browsertest"
	"pingzhang/internal/water"
	gb "pingzhang/standard/water"
)

// watered is a site with the duty of surface water: two sections of one county, one
// of another, a source.
func watered(t *testing.T) (s *site, ids map[string]int64) {
	t.Helper()
	s = newSite(t)
	book, err := gb.Open(catalog.FS(""))
	if err != nil {
		t.Fatal(err)
	}
	db := sqldbtest.SQLite(t, journal.Migrations, bulletin.Migrations, water.Migrations)
	db.Clock = clock.Fixed(siteNow)
	s.web.cfg.Water = water.New(db, water.Config{Register: s.reg, Book: book, Bulletins: bulletin.New(db), Catalog: catalog.FS(""), Name: s.web.cfg.Divisions.NameOf})
	by := access.Platform("register.read", "register.edit")
	ids = map[string]int64{}
	lon, lat := 127.5, 50.2
	for _, e := range []register.Entry{
		{Register: water.SectionRegister, Code: "S1", Name: "示例一断面", Division: "231102", Data: map[string]any{"level": "national", "water": "river", "river": "示例河", "assessed": "yes"}},
		{Register: water.SectionRegister, Code: "S2", Name: "示例二断面", Division: "231102", Data: map[string]any{"level": "city", "water": "river", "river": "示例河", "assessed": "no"}},
		{Register: water.SectionRegister, Code: "S3", Name: "示例三断面", Division: "231124", Data: map[string]any{"level": "county", "water": "river", "river": "示例溪", "assessed": "no"}},
		{Register: water.SourceRegister, Code: "Y1", Name: "示例水源地", Division: "231102", Data: map[string]any{"level": "city", "water": "river", "use": "used"}},
	} {
		e.Lon, e.Lat = &lon, &lat
		saved, err := s.reg.Save(context.Background(), by, e, "")
		if err != nil {
			t.Fatal(err)
		}
		ids[e.Code] = saved.ID
	}
	if _, err := s.reg.Save(context.Background(), by, register.Entry{Register: water.TargetRegister, Data: map[string]any{
		"section": ids["S1"], "class": "3", "valid_from": "2021-01-01", "document": "示例文件〔2021〕1号"}}, ""); err != nil {
		t.Fatal(err)
	}
	return s, ids
}

const waterMonth = "断面编码,采样日期,断面状态,pH,高锰酸盐指数（mg/L）,氨氮（mg/L）,总磷（mg/L）,\n" +
	"S1,2026-06-05,,7.2,7.5,0.31,-0.1,\nS2,2026-06,冰封期,,,,,\nS3,2026-06-05,,7.1,3.0,0.20,0.05,\n"

func TestWaterPages(t *testing.T) {
	s, ids := watered(t)
	status, body := s.as("section").sendTo("/water/import", waterMonth)
	if status != 200 || !strings.Contains(body, "F2") && !strings.Contains(body, "G2") || !strings.Contains(body, "浓度不能是负数") || !strings.Contains(body, "存疑保留") {
		t.Fatalf("%d %.3000s", status, body)
	}
	one, three := fmt.Sprintf("/water/sections/%d", ids["S1"]), fmt.Sprintf("/water/sections/%d", ids["S3"])
	for _, tt := range []struct {
		name   string
		what   string
		as     string
		status int
		has    []string
		hasNot []string
	}{
		{"nobody is sent to sign in", "GET /water", "", 303, nil, []string{"示例一断面"}},
		{"an administrator of the system sees no water", "GET /water", "sys", 403, nil, []string{"示例一断面"}},
		{"the last month of which anything is known is shown, with class, target, verdict and what exceeds", "GET /water", "section", 200,
			[]string{"断面水质：2026年6月", "示例一断面", "Ⅳ类", "不达标", "高锰酸盐指数(0.2)", "冰封期", "待核实", "数据", "50.0"}, nil},
		{"a month of which nothing is known is unknown, not good", "GET /water?year=2026&part=m5", "section", 200, []string{"没有断面有类别", "没有监测结果"}, []string{`class="figure meets"`}},
		{"a period that is none is not found", "GET /water?year=2026&part=m13", "section", 404, nil, nil},
		{"a branch sees its own county alone", "GET /water", "branch", 200, []string{"示例三断面"}, []string{"示例一断面"}},
		{"nor can it ask for the city", "GET /water?division=231100", "branch", 404, nil, []string{"示例一断面"}},
		{"an enterprise sees no section", "GET /water", "plant", 200, []string{"没有登记在用的断面"}, []string{"示例一断面"}},
		{"only assessed sections can be asked for", "GET /water?level=assessed", "section", 200, []string{"示例一断面"}, []string{"示例二断面"}},
		{"a section shows items with limits, multiples and their citation", "GET " + one, "section", 200,
			[]string{"示例一断面", "Ⅲ类限值", "≤6", "0.2/0.2", "GB 3838", "示例文件〔2021〕1号", "不能判定", "总磷", "导入监测结果", "不参加评价"}, nil},
		{"a month without results is unknown", "GET " + one + "?year=2026&part=m5", "section", 200, []string{"这个时段没有监测结果，水质未知"}, nil},
		{"a section of another county is not there", "GET " + one, "branch", 404, nil, []string{"示例一断面"}},
		{"nor is its curve", "GET " + one + "/curve?item=codmn", "branch", 404, nil, []string{"7.5"}},
		{"a curve has its limits and says what exceeds", "GET " + one + "/curve?item=codmn", "section", 200, []string{`"7.5","",true,"exceeds"`, "Ⅲ类限值≤6"}, nil},
		{"the branch opens its own", "GET " + three, "branch", 200, []string{"示例三断面", "无目标"}, nil},
		{"the attainment has the months of the year, unknown ones too", "GET /water/attainment", "section", 200, []string{"2026 年", "6月：不达标", "7月：未知", "0/1", "冰"}, nil},
		{"a source of which nothing is known has no verdict", "GET /water/sources", "section", 200, []string{"示例水源地", "未知", "没有监测结果"}, []string{`tag-meets">达标`}},
		{"a leader imports nothing", "GET /water/import", "leader", 403, nil, []string{"选择文件"}},
		{"nor publishes", "GET /water/bulletins/draft?year=2026&part=m6", "leader", 200, []string{"草稿"}, []string{"form class=\"form\" method=\"post\""}},
		{"a branch makes no bulletin of the city", "GET /water/bulletins/draft?division=231100&year=2026&part=m6", "branch", 404, nil, []string{"示例一断面"}},
		{"a bulletin that is not there is not found", "GET /water/bulletins/7", "section", 404, nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) { s.t = t; s.check(t, tt.what, tt.as, tt.status, tt.has, tt.hasNot) })
	}
}

// A value is followed to its cell, corrected, and what was published stays.
func TestWaterCorrectAndPublish(t *testing.T) {
	s, ids := watered(t)
	s.as("section").sendTo("/water/import", waterMonth)
	form := func() url.Values {
		_, body, _ := s.as("section").do("GET /water/bulletins/draft?division=231102&year=2026&part=m6", nil)
		f := url.Values{"division": {"231102"}, "year": {"2026"}, "part": {"m6"}}
		for _, m := range hidden.FindAllStringSubmatch(body, -1) {
			f.Set(m[1], m[2])
		}
		return f
	}
	first := form()
	status, _, header := s.as("section").do("POST /water/bulletins", first)
	if status != 303 {
		t.Fatal(status)
	}
	told := header
	if status, _, _ := s.as("branch").do("POST /water/bulletins", first); status != 403 {
		t.Error(status)
	}
	_, body, _ := s.as("section").do(fmt.Sprintf("GET /water/sections/%d", ids["S1"]), nil)
	value := regexp.MustCompile(`/water/values/\d+">高锰酸盐指数`).FindString(body)
	value, _, _ = strings.Cut(value, `"`)
	s.check(t, "GET "+value, "section", 200, []string{"单元格", ">E2<", "下载原文件", "第 1 版", "更正"}, nil)
	s.check(t, "GET "+value, "leader", 200, []string{"单元格"}, []string{"保存更正"})
	s.check(t, "GET "+value, "branch", 404, nil, []string{"7.5"})
	post := func(as string, v url.Values) (int, string) {
		status, body, _ := s.as(as).do("POST "+value, v)
		return status, body
	}
	good := url.Values{"seen": {"1"}, "raw": {"5.5"}, "unit": {"mg/L"}, "reason": {"复核原始记录"}}
	if status, _ := post("leader", good); status != 403 {
		t.Error(status)
	}
	if status, body := post("section", url.Values{"seen": {"1"}, "raw": {"很多"}, "unit": {"mg/L"}, "reason": {""}}); status != 422 || !strings.Contains(body, "请写明更正的理由") {
		t.Errorf("%d %.500s", status, body)
	}
	if status, body := post("section", good); status != 303 {
		t.Fatalf("%d %.800s", status, body)
	}
	if status, body := post("section", good); status != 409 || !strings.Contains(body, "新的修订") {
		t.Errorf("%d %.500s", status, body)
	}
	s.check(t, fmt.Sprintf("GET /water/sections/%d", ids["S1"]), "section", 200, []string{"更正数值", "导入监测结果", "第 2 版"}, nil)
	s.check(t, "GET "+told, "section", 200, []string{"已发布 第 1 版", "Ⅳ类"}, nil)
	if status, body, _ := s.as("section").do("POST /water/bulletins", first); status != 409 || !strings.Contains(body, "数据在您查看之后有了变化") || !strings.Contains(body, "高锰酸盐指数(0.2)") {
		t.Errorf("%d %.1500s", status, body)
	}
	again := form()
	if status, body, _ := s.as("section").do("POST /water/bulletins", again); status != 422 || !strings.Contains(body, "更正须写明理由") {
		t.Errorf("%d %.500s", status, body)
	}
	again.Set("reason", "复核")
	if status, _, _ := s.as("section").do("POST /water/bulletins", again); status != 303 {
		t.Error(status)
	}
	s.check(t, "GET "+told, "section", 200, []string{"已有第 2 版", "Ⅳ类"}, nil)
	for _, file := range []string{"file.xlsx", "file.docx"} {
		if status, body, _ := s.as("section").do("GET "+told+"/"+file, nil); status != 200 || !strings.HasPrefix(body, "PK") {
			t.Error(file, status)
		}
	}
	s.check(t, "GET "+told, "branch", 404, nil, []string{"Ⅳ类"})
}

// TestWaterTemplates executes each template with an empty struct.
func TestWaterTemplates(t *testing.T) {
	a, err := loadAssets()
	if err != nil {
		t.Fatal(err)
	}
	pages, err := loadPages(a)
	if err != nil {
		t.Fatal(err)
	}
	for name, view := range map[string]any{
		"water_overview": waterOverviewView{}, "water_section": waterSectionView{Years: []waterYearRow{{}}}, "water_attainment": waterAttainmentView{}, "water_sources": waterSourcesView{},
		"water_import": waterImportView{}, "water_value": waterValueView{}, "water_bulletin_list": waterBulletinsView{}, "water_bulletin": waterBulletinView{},
	} {
		if err := pages[name].ExecuteTemplate(io.Discard, "layout", view); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestWaterWithoutDuty opens the pages of a platform without the duty.
func TestWaterWithoutDuty(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{"/water", "/water/attainment", "/water/sources", "/water/import", "/water/bulletins", "/water/sections/1"} {
		s.check(t, "GET "+path, "section", 503, []string{"水环境质量没有启用"}, []string{"断面水质："})
	}
}

// TestWaterLook opens the pages in a browser on desk and phone.
func TestWaterLook(t *testing.T) {
	s, ids := watered(t)
	s.as("section").sendTo("/water/import", waterMonth)
	b := browsertest.Start(t, s.server.URL)
	b.SignIn("section", sitePassword)
	for _, p := range []struct{ name, path, until string }{
		{"wq-today", "/water", "true"}, {"wq-section", fmt.Sprintf("/water/sections/%d", ids["S1"]), "document.querySelector('.curve canvas')"},
		{"wq-attain", "/water/attainment", "true"}, {"wq-import", "/water/import", "true"},
	} {
		for _, size := range []browsertest.Size{browsertest.Desk, {Name: "tall", Width: 1440, Height: 2400}, browsertest.Phone} {
			b.Look(size)
			b.Open(p.path)
			b.Until(p.until)
			b.NoSideways()
			b.Shoot(p.name + "-" + size.Name)
		}
	}
	b.Clean()
}
