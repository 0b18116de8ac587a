package web

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/url"
	"strings"
	"testing"

	"pingzhang/catalog"
	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/journal"
	"pingzhang/internal/land"
	"pingzhang/internal/register"
	"pingzhang/internal/sheet"
	"pingzhang/internal/sqldb/sqldbtest"
	"pingzhang/internal/testkit/browsertest"
	"pingzhang/standard/soil"
)

// landed is a site with the duty of soil over its registers: plots in 爱辉区 with
// and without results, one in 孙吴县, a field and a well.
func landed(t *testing.T) (s *site, ids map[string]int64) {
	t.Helper()
	s = newSite(t)
	book, err := soil.Open(catalog.FS(""))
	if err != nil {
		t.Fatal(err)
	}
	db := sqldbtest.SQLite(t, journal.Migrations, land.Migrations)
	db.Clock = clock.Fixed(siteNow)
	store := land.New(db, land.Config{Register: s.reg, Book: func(context.Context) (*soil.Book, error) { return book, nil }})
	s.web.cfg.Land = store
	by := access.Platform("register.read", "register.edit", "point.edit", "monitor.read")
	ids = map[string]int64{}
	for _, e := range []register.Entry{
		{Register: "plot", Code: "PLOT-1", Name: "示例甲地块", Division: "231102", Data: map[string]any{"land_class": "1", "stage": "review", "listed": "listed", "listed_on": "2026-01-01"}},
		{Register: "plot", Code: "PLOT-2", Name: "示例乙地块", Division: "231102", Data: map[string]any{"land_class": "2", "stage": "preliminary", "listed": "no"}},
		{Register: "plot", Code: "PLOT-3", Name: "示例丙地块", Division: "231124", Data: map[string]any{"land_class": "2", "stage": "preliminary", "listed": "no"}},
		{Register: "farmland", Code: "FARM-1", Name: "示例农田", Division: "231102", Data: map[string]any{"land_use": "paddy", "category": "priority", "black_soil": "yes"}},
		{Register: "groundwater_well", Code: "WELL-1", Name: "示例监测井", Division: "231102", Data: map[string]any{"purpose": "drinking", "target": "III"}},
	} {
		saved, err := s.reg.Save(context.Background(), by, e, "")
		if err != nil {
			t.Fatal(err, fault.FieldsOf(err))
		}
		ids[e.Code] = saved.ID
	}
	clean := []string{"PLOT-3", "C1", "2026-05-12", "", "初步调查", "S1", "0-20cm"}
	head := "地块编码,样品编号,采样日期,采样批次,调查阶段,采样点位,采样深度"
	for _, i := range book.DevelopmentItems() {
		if i.Clause == "表1" {
			head += fmt.Sprintf(",%q", i.Name+"（mg/kg）")
			clean = append(clean, "0.001")
		}
	}
	for kind, lines := range map[land.Kind][]string{
		land.Plot: {landHead, "PLOT-1,A1,2025-05-10,初步调查2025,初步调查,S1,0-50cm,铅,900,mg/kg", "PLOT-1,A1,2025-05-10,初步调查2025,初步调查,S1,0-50cm,镉,未检出,mg/kg",
			"PLOT-1,H1,2026-05-10,回头看2026,回头看,S1,0-50cm,铅,410,mg/kg", "PLOT-1,H1,2026-05-10,回头看2026,回头看,S1,0-50cm,锌,80,mg/kg"},
		land.Farmland: {"点位编码,样品编号,采样日期,镉（mg/kg）", "FARM-1,F1,2026-05-10,0.1"},
		land.Well:     {"监测井编码,样品编号,采样日期,氨氮（mg/L）", "WELL-1,W1,2026-05-10,0.2"},
	} {
		s.landFile(store, kind, strings.Join(lines, "\n")+"\n")
	}
	s.landFile(store, land.Plot, head+"\n"+strings.Join(clean, ",")+"\n")
	return s, ids
}

const landHead = "地块编码,样品编号,采样日期,采样批次,调查阶段,采样点位,采样深度,检测项目,检测结果,单位"

func (s *site) landFile(store *land.Store, k land.Kind, text string) {
	s.t.Helper()
	by := access.Platform("register.read", "point.edit", "monitor.read")
	if in, err := store.Import(context.Background(), by, k, "示例结果.csv", strings.NewReader(text)); err != nil || in.Wrong > 0 {
		s.t.Fatal(err, in.Problems)
	}
}

func TestLandPages(t *testing.T) {
	s, ids := landed(t)
	plot, away := entryHref(ids["PLOT-1"]), entryHref(ids["PLOT-3"])
	sample := func(code string) string {
		r, err := s.web.cfg.Land.Results(context.Background(), access.Platform("register.read", "monitor.read"), ids[code], "")
		if err != nil || len(r.Samples) == 0 {
			t.Fatal(err)
		}
		return sampleHref(r.Samples[0].ID)
	}
	for _, tt := range []struct {
		name   string
		what   string
		as     string
		status int
		has    []string
		hasNot []string
	}{
		{"nobody is sent to sign in", "GET /land", "", 303, nil, []string{"示例甲地块"}},
		{"an administrator of the system sees nothing", "GET /land", "sys", 403, nil, []string{"示例甲地块"}},
		{"the section sees plots with standing, what is missing, and those without results", "GET /land", "section", 200,
			[]string{"示例甲地块", `tag-warn">高于筛选值<`, "待核实", "表1项目缺测 44 项", "没有结果", "名录已列入", "0.02（铅）", `tag-meets">不高于筛选值`, "1/1（100.0%）", "导入结果", "1 项标准未规定"}, nil},
		{"a leader may look and not import", "GET /land", "leader", 200, []string{"示例甲地块"}, []string{"/land/import"}},
		{"a branch sees its own county alone", "GET /land", "branch", 200, []string{"示例丙地块"}, []string{"示例甲地块"}},
		{"plots are found by name", "GET /land?q=" + url.QueryEscape("乙"), "section", 200, []string{"示例乙地块", "共 1 处"}, []string{"示例甲地块"}},
		{"and by how they stand", "GET /land?state=none", "section", 200, []string{"示例乙地块"}, []string{">示例甲地块<"}},
		{"a state that none is in shows none", "GET /land?state=severe", "section", 200, []string{"没有符合条件的"}, []string{">示例甲地块<"}},
		{"farmland without pH is unknown", "GET /land?kind=farmland", "section", 200, []string{"示例农田", `tag-unknown">未知`, "水田 · 优先保护类"}, nil},
		{"groundwater without figures is unknown", "GET /land?kind=groundwater_well", "section", 200, []string{"示例监测井", `tag-unknown">未知`, "目标Ⅲ类"}, nil},
		{"another kind is not found", "GET /land?kind=lake", "section", 404, nil, nil},

		{"the page of a plot has its latest round, its items beside the figures, and the round before", "GET " + plot, "section", 200,
			[]string{"检测结果与评价", "回头看2026", "回头看比较：回头看2026 与 初步调查2025", "高于管制值", ">410<", ">400<", ">800<", "下降", "表1项目有 44 项没有检测", "锌", "标准未规定", "0—50 cm", "历次采样", "重新评价", "GB 36600-2018"}, []string{`tag-meets`}},
		{"an earlier round can be looked at", "GET " + plot + "?round=" + url.QueryEscape("初步调查2025"), "section", 200, []string{"高于管制值 800", "1 项未知", "低于检出限", ">1.25<"}, []string{"回头看比较"}},
		{"a round that is not there is not found", "GET " + plot + "?round=x", "section", 404, nil, nil},
		{"a plot of which every item of table 1 is in order is good", "GET " + away, "section", 200, []string{`tag-meets">不高于筛选值`}, []string{"没有检测，不能"}},
		{"a plot without results says so", "GET " + entryHref(ids["PLOT-2"]), "section", 200, []string{"还没有检测结果", "评价为未知"}, []string{"tag-meets"}},
		{"a well says why it is unknown, and what was measured", "GET " + entryHref(ids["WELL-1"]), "section", 200, []string{"没有该标准的限值数据", ">0.2<"}, []string{"tag-meets"}},
		{"a leader cannot have it judged again", "GET " + plot, "leader", 200, []string{"检测结果与评价"}, []string{"重新评价", "/land/import"}},
		{"a plot of another county is not there", "GET " + plot, "branch", 404, nil, []string{"示例甲地块"}},
		{"another entry has no such section", "GET " + entryHref(s.heat.ID), "section", 200, nil, []string{"检测结果与评价"}},

		{"a sample shows cell, file, comparison and clause", "GET " + sample("PLOT-1"), "section", 200,
			[]string{"样品 H1", "示例结果.csv", "I4", "410 mg/kg ＞ 400 mg/kg", "《土壤环境质量 建设用地土壤污染风险管控标准（试行）》（GB 36600-2018）", "第一类用地", "该标准没有规定这一项目", "SM3"}, nil},
		{"a sample of another county is not there", "GET " + sample("PLOT-1"), "branch", 404, nil, []string{"H1"}},
		{"a farmland sample says what is missing", "GET " + sample("FARM-1"), "section", 200, []string{"没有土壤 pH"}, []string{"tag-meets"}},
		{"nor is its export", fmt.Sprintf("GET /land/sites/%d/export", ids["PLOT-1"]), "branch", 404, nil, nil},
		{"a leader does not judge again", fmt.Sprintf("POST /land/sites/%d/recompute", ids["PLOT-1"]), "leader", 403, nil, nil},
		{"nor does a branch for another county", fmt.Sprintf("POST /land/sites/%d/recompute", ids["PLOT-1"]), "branch", 404, nil, nil},
		{"the section does", fmt.Sprintf("POST /land/sites/%d/recompute", ids["PLOT-1"]), "section", 303, nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) { s.t = t; s.check(t, tt.what, tt.as, tt.status, tt.has, tt.hasNot) })
	}
}

// sendLand posts a file of results to the form.
func (v visitor) sendLand(kind, name, text string) (status int, body string) {
	v.s.t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	form.WriteField("kind", kind)
	if name != "" {
		part, err := form.CreateFormFile("file", name)
		if err != nil {
			v.s.t.Fatal(err)
		}
		io.WriteString(part, text)
	}
	form.Close()
	res, err := v.Post(v.s.server.URL+"/land/import", form.FormDataContentType(), &b)
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

func TestLandImport(t *testing.T) {
	s, ids := landed(t)
	const file = landHead + "\nPLOT-2,B1,2026-06-01,,,S1,0-20cm,铅,2501,mg/kg\nPLOT-2,B1,2026-06-01,,,S1,0-20cm,镉,-1,mg/kg\nPLOT-8,B1,2026-06-01,,,S1,0-20cm,铅,1,mg/kg\n"
	for _, tt := range []struct {
		name       string
		as         string
		kind, file string
		status     int
		has        []string
	}{
		{"a file says what was new, how the plot stands, and names every cell that was not taken", "section", "plot", file, 200,
			[]string{"导入结果：示例.csv", "高于管制值", "示例乙地块", "I3", "小于 0", "须处理", "PLOT-8", "先在台账登记", "最近的导入"}},
		{"the same file again brings nothing", "section", "plot", file, 200, []string{"该文件以前导入过"}},
		{"without a file the form asks for one", "section", "plot", "", 422, []string{"请选择要导入的文件"}},
		{"without a kind it asks for that", "section", "", file, 422, []string{"请选择导入的是"}},
		{"what is no table is refused with the reason", "section", "plot", "x", 422, []string{"选择文件"}},
		{"a table without results too", "section", "plot", "地块编码,样品编号,采样日期\nPLOT-2,B,2026-06-01\n", 422, []string{"表里没有检测结果"}},
		{"a leader does not import", "leader", "plot", file, 403, nil},
		{"nor does an enterprise", "plant", "plot", file, 403, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s.t = t
			name := "示例.csv"
			if tt.file == "" {
				name = ""
			}
			status, body := s.as(tt.as).sendLand(tt.kind, name, tt.file)
			if status != tt.status || status != 200 && strings.Contains(body, "导入结果：") {
				t.Errorf("status %d, want %d\n%.1500s", status, tt.status, body)
			}
			for _, text := range tt.has {
				if !strings.Contains(body, text) {
					t.Errorf("does not say %q", text)
				}
			}
		})
	}
	s.t = t
	s.check(t, "GET "+entryHref(ids["PLOT-2"]), "section", 200, []string{"高于管制值 2500"}, nil)
	s.check(t, "GET /land/import?id=7", "section", 404, nil, nil)
	s.check(t, "GET /land/import", "leader", 403, nil, []string{"选择文件"})
}

// Workbooks come as files that the import itself can read.
func TestLandBooks(t *testing.T) {
	s, ids := landed(t)
	for _, path := range []string{fmt.Sprintf("/land/sites/%d/export", ids["PLOT-1"]), "/land/template/plot?form=wide", "/land/template/farmland?form=long"} {
		status, body, _ := s.as("section").do("GET "+path, nil)
		if status != 200 {
			t.Fatal(path, status)
		}
		if _, err := sheet.Read(strings.NewReader(body), nil, sheet.Options{}); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	s.check(t, "GET /land/template/lake", "section", 422, nil, nil)
}

// TestLandWithoutDuty opens the pages of a platform without the duty.
func TestLandWithoutDuty(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{"/land", "/land/import", "/land/samples/1", "/land/sites/1/export", "/land/template/plot"} {
		s.check(t, "GET "+path, "section", 503, []string{"土壤和地下水没有启用"}, nil)
	}
	s.check(t, "GET /monitor", "section", 200, nil, []string{`href="/land"`})
}

// TestLandTemplates executes each template with an empty struct: a missing field
// would only be found when a page has nothing to show.
func TestLandTemplates(t *testing.T) {
	a, err := loadAssets()
	if err != nil {
		t.Fatal(err)
	}
	pages, err := loadPages(a)
	if err != nil {
		t.Fatal(err)
	}
	for name, view := range map[string]any{"land_overview": landOverviewView{}, "land_sample": landSampleView{}, "land_import": landImportView{}} {
		if err := pages[name].ExecuteTemplate(io.Discard, "layout", view); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, view := range []landSectionView{{}, {Round: "一", Items: []landItemRow{{}}, Samples: []landSampleRow{{}}, Rounds: []landRoundRow{{}}, Before: "零", Drifted: true}} {
		if err := pages["land_site"].ExecuteTemplate(io.Discard, "section", view); err != nil {
			t.Error(err)
		}
	}
}

// TestLandLook walks the pages in a browser on desk and phone.
func TestLandLook(t *testing.T) {
	s, ids := landed(t)
	b := browsertest.Start(t, s.server.URL)
	b.SignIn("section", sitePassword)
	for name, path := range map[string]string{"land": "/land", "land-plot": entryHref(ids["PLOT-1"]), "land-well": entryHref(ids["WELL-1"]), "land-import": "/land/import?kind=plot"} {
		for _, size := range []browsertest.Size{browsertest.Desk, browsertest.Phone} {
			b.Look(size)
			b.Open(path)
			b.NoSideways()
			b.Shoot(name + "-" + size.Name)
		}
	}
	b.Clean()
}
