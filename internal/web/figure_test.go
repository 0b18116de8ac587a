package web

import (
	"context"
	"io"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pingzhang/catalog"
	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/coverage"
	"pingzhang/internal/figure"
	"pingzhang/internal/journal"
	"pingzhang/internal/sqldb"
	"pingzhang/internal/sqldb/sqldbtest"
	"pingzhang/internal/testkit/browsertest"
	"pingzhang/standard"
)

// Rows of the catalog: PM2.5 and SO2 of a day (GB 3095-2026 table 1, transition;
// class 2 of PM2.5 is 60 µg/m³), and a key with a stroke and a bracket in it.
const (
	pm25Row   = "gb3095-2026.transition.pm25.24h"
	so2Row    = "gb3095-2026.transition.so2.24h"
	strokeRow = "表4-氟化物-低氟地区(<0.5mg/L)-一级"
)

// figured is a site with the figures of the catalog, of which the row of PM2.5
// was corrected twice, and with two results that rest on its first revision, in
// 爱辉区 and 孙吴县.
func figured(t *testing.T) *site {
	t.Helper()
	s := newSite(t)
	ctx := context.Background()
	db := sqldbtest.SQLite(t, journal.Migrations, figure.Migrations)
	db.Clock = clock.Fixed(siteNow.Add(-time.Hour))
	store, err := figure.New(db, catalog.FS(""))
	if err != nil {
		t.Fatal(err)
	}
	use := func(subject string, division access.Division) {
		t.Helper()
		err := db.InTx(ctx, func(tx *sqldb.Tx) error {
			return store.Note(ctx, tx, figure.Use{
				Result: figure.Result{Kind: "air_day", Subject: subject, Label: "示例站点" + subject, Division: division},
				Refs:   []standard.Ref{{Table: "air_limits", Key: pm25Row, Revision: 1}, {Table: "air_limits", Key: so2Row, Revision: 1}},
			})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	use("甲", "231102")
	use("乙", "231124")
	by := access.Platform("figure.read", "figure.correct")
	by.Name = "示例丁"
	for i, c := range []standard.Correction{
		{Key: pm25Row, Cells: map[string]string{"class2": "61"}, Confidence: standard.SourceSecondary, Source: "示例转载", Reason: "与转载不一致"},
		{Key: pm25Row, Cells: map[string]string{"class2": "62"}, Confidence: standard.Memory, Reason: "再次更正"},
	} {
		if _, err := store.Correct(ctx, by, "air_limits", i+1, c); err != nil {
			t.Fatal(err)
		}
	}
	s.web.cfg.Figures, s.web.cfg.Coverage = store, coverage.New(catalog.FS(""))
	return s
}

func TestFigurePages(t *testing.T) {
	s := figured(t)
	pm25, stroke := rowPath("air_limits", pm25Row), rowPath("emission_gb8978", strokeRow)
	next := url.QueryEscape(thirdOf(t, s))
	for _, tt := range []struct {
		name   string
		what   string
		as     string
		status int
		has    []string
		hasNot []string
	}{
		{"nobody is sent to sign in", "GET /figures", "", 303, nil, []string{"环境空气"}},
		{"an administrator of the system sees no figures", "GET /figures", "sys", 403, nil, []string{"环境空气", `href="/figures"`}},
		{"nor does an enterprise", "GET /figures", "plant", 403, nil, []string{"环境空气"}},
		{"the section sees every table with its standards, and the results on old figures", "GET /figures", "section", 200,
			[]string{"环境空气污染物浓度限值", "GB 3095-2012、GB 3095-2026", "污染物排放", "《碳排放强度下降率核算》", "尚未与标准或文件的原文核对过", `href="/figures/air_limits?only=corrected">1<`, "按旧数值得出的结果", `tag-warn">2 个<`, `aria-current="page"`}, []string{"air_limits<", "无处可用"}},
		{"a branch counts the results of its own county alone", "GET /figures", "branch", 200, []string{`tag-warn">1 个<`}, nil},

		{"a table shows figures, grounds and corrections", "GET /figures/air_limits?text=" + pm25Row, "section", 200,
			[]string{"共 1 行", "二级限值", ">62<", "24 小时平均", "《环境空气质量标准》（GB 3095-2026） 表1、4.4，2026-03-01 至 2030-12-31 施行<", `tag-unverified">待核实<`, "来自行业常识，未查到原文", "示例转载",
				`二级限值：<span class="muted">61</span> → <strong>62</strong>`, `核实情况：<span class="muted">已核对原文</span> → <strong>来自转载，未核对原文</strong>`, "示例丁", "理由：再次更正", "2026-07-20 09:30", pm25},
			[]string{"class2", "gb3095-2012"}},
		{"the corrected ones alone", "GET /figures/air_limits?only=corrected", "section", 200, []string{"共 1 行", pm25Row, `value="corrected" selected`}, []string{so2Row}},
		{"those to be verified alone", "GET /figures/air_limits?only=unverified", "branch", 200, []string{pm25Row}, []string{so2Row, "gb3095-2012.so2.annual"}},
		{"a text that is nowhere finds nothing", "GET /figures/air_limits?text=%E6%97%A0%E6%AD%A4", "section", 200, []string{"没有符合条件的行", "查看全部"}, []string{"<table"}},
		{"what is typed is text", "GET /figures/air_limits?text=%3Cscript%3E", "section", 200, []string{"&lt;script&gt;"}, []string{"<script>"}},
		{"fifty rows are a page", "GET /figures/emission_gb8978", "section", 200, []string{"共 225 行", "下一页", "after="}, []string{"回到第一页"}},
		{"a page begins after the one before", "GET /figures/emission_gb8978?after=" + next, "section", 200, []string{"回到第一页"}, nil},
		{"a row that is not there ends no page", "GET /figures/air_limits?after=none", "section", 422, []string{"请从第一页看起"}, nil},
		{"columns without anything are left out", "GET /figures/emission_gb13271", "section", 200, []string{"基准氧（%）", "为空的列未列出", "燃煤、生物质、水煤浆", "coal;biomass;coal_water"}, []string{"低水温最高值"}},
		{"a table without rows says so", "GET /figures/soil_gbt14848", "section", 200, []string{"这张表中还没有数值"}, []string{"<table", "查看全部"}},
		{"a table that is not there", "GET /figures/nothing", "section", 404, nil, nil},

		{"a row has a form for who may correct", "GET " + pm25, "section", 200,
			[]string{`action="` + pm25 + `"`, `name="seen" value="3"`, `name="cells.class2" maxlength="2000" value="62"`, `<option value="source-secondary">来自转载，未核对原文</option>`, "现为“来自行业常识，未查到原文”", "第 3 版", "与转载不一致", "/figures/stale?key="}, []string{" selected", "aria-invalid"}},
		{"others read it", "GET " + pm25, "branch", 200, []string{"二级限值", "<dd>62</dd>", "理由：与转载不一致"}, []string{"保存更正", `name="seen"`, `method="post" action="/figures`}},
		{"a key with a stroke is found", "GET " + stroke, "section", 200, []string{"表4-氟化物-低氟地区(&lt;0.5mg/L)-一级", "没有更正过", "个空列"}, []string{"按本行旧数值得出的结果"}},
		{"a row that is not there", "GET /figures/air_limits/nothing", "section", 404, []string{"没有“nothing”这一行"}, nil},
		{"a row without cells", "GET /figures/carbon_rules/" + url.PathEscape("强度下降率"), "branch", 200, []string{"这张表只有依据"}, nil},

		{"results on old figures, with old and new", "GET /figures/stale", "section", 200,
			[]string{"示例站点甲", "示例站点乙", "环境空气污染物浓度限值", "第 1 版 → 第 3 版", `<span class="muted">60</span> → <strong>62</strong>`, pm25}, []string{so2Row, "下一页"}},
		{"a branch sees those of its county", "GET /figures/stale", "branch", 200, []string{"示例站点乙"}, []string{"示例站点甲"}},
		{"those of one row", "GET /figures/stale?table=air_limits&key=" + so2Row, "section", 200, []string{"只列出依据“环境空气污染物浓度限值 " + so2Row + "”", "没有按旧数值得出的结果"}, []string{"示例站点"}},
		{"a page that is none", "GET /figures/stale?after=none", "section", 422, nil, nil},

		{"the standards with how far they are carried out", "GET /figures/coverage", "branch", 200, []string{"HJ 663-2026", "部分实现", "/figures/coverage?of=GB&#43;3838-2002"}, []string{"<form method=\"post\" action=\"/figures"}},
		{"the clauses of one", "GET /figures/coverage?of=HJ+663-2026", "section", 200, []string{"例外事件", "原文没有读到", "编号未读到", "air.Book.Evaluate", "hj663-special.txt（", "/figures/air_evaluation", "tag-unverified"}, nil},
		{"a standard that nobody knows", "GET /figures/coverage?of=GB+1", "section", 404, []string{"没有标准 GB 1 的实现情况"}, nil},
		{"an enterprise sees none of it", "GET /figures/coverage", "plant", 403, nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s.t = t
			status, body, _ := s.as(tt.as).do(tt.what, nil)
			if status != tt.status {
				t.Errorf("%s as %q: status %d, want %d\n%.800s", tt.what, tt.as, status, tt.status, body)
			}
			for _, text := range tt.has {
				if !strings.Contains(body, text) {
					t.Errorf("%s as %q does not say %q", tt.what, tt.as, text)
				}
			}
			for _, text := range tt.hasNot {
				if strings.Contains(body, text) {
					t.Errorf("%s as %q says %q", tt.what, tt.as, text)
				}
			}
		})
	}
}

// thirdOf is the key of the third row of the standard of waste water.
func thirdOf(t *testing.T, s *site) string {
	t.Helper()
	p, err := s.web.cfg.Figures.Rows(context.Background(), access.Platform("figure.read"), figure.Query{Table: "emission_gb8978", N: 3})
	if err != nil {
		t.Fatal(err)
	}
	return p.Next
}

// TestFigureWords looks through the tables of the catalog for columns that have
// no Chinese name.
func TestFigureWords(t *testing.T) {
	s := figured(t)
	tables, err := s.web.cfg.Figures.Tables(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		for _, column := range table.Columns {
			if columnTitle(column) == column {
				t.Errorf("column %s of %s has no name", column, table.Name)
			}
			if n := utf8.RuneCountInString(columnTitle(column)); n > 8 {
				t.Errorf("column %s has a name of %d characters, which a phone has no room for", column, n)
			}
		}
	}
	for cell, want := range map[string]string{"annual": "年平均", "coal;biomass": "燃煤、生物质", "coal;泥炭": "", "": "", "60": ""} {
		if got := wordsOf(cell); got != want {
			t.Errorf("wordsOf(%q) = %q, want %q", cell, got, want)
		}
	}
	if got := columnTitle("of_a_province"); got != "of_a_province" {
		t.Errorf("a column that is not known is called %q", got)
	}
}

func TestFigureForms(t *testing.T) {
	s := figured(t)
	section, branch := s.as("section"), s.as("branch")
	pm25, stroke := rowPath("air_limits", pm25Row), rowPath("emission_gb8978", strokeRow)
	form := func(pairs ...string) url.Values {
		f := url.Values{"seen": {"3"}, "cells.class2": {"60"}, "cells.class1": {"35"}, "confidence": {"source"}, "source": {"GB 3095-2026 原文表 1"}, "reason": {"已核对原文"}}
		for i := 0; i < len(pairs); i += 2 {
			f.Set(pairs[i], pairs[i+1])
		}
		return f
	}
	for _, tt := range []struct {
		name   string
		who    visitor
		what   string
		form   url.Values
		status int
		leads  string
		says   []string
		hasNot string
	}{
		{"who may only read cannot correct", branch, "POST " + pm25, form(), 403, "", nil, "保存更正"},
		{"a reason is needed, and what was entered stays", section, "POST " + pm25, form("reason", " ", "cells.class2", "59"), 422, "",
			[]string{`<p class="error" id="reason-e">请填写更正的理由`, `aria-invalid="true" aria-describedby="reason-e"`, `value="59"`, `<option value="source" selected>`, `value="GB 3095-2026 原文表 1"`}, "您刚才填写"},
		{"a changed figure says how sure it is", section, "POST " + pm25, form("confidence", ""), 422, "", []string{`<p class="error" id="confidence-e">请选择更正后数值的核实情况`}, `id="reason-e"`},
		{"what was read in the text says where", section, "POST " + pm25, form("source", ""), 422, "", []string{`<p class="error" id="source-e">标为已核对原文的，请写明`}, ""},
		{"a cell that cannot be kept says so at its field", section, "POST " + pm25, form("cells.class2", "6\t0"), 422, "", []string{`<p class="error" id="c-class2-e">`, `aria-describedby="c-class2-e`}, ""},
		{"one that no standard can be made of is refused", section, "POST " + pm25, form("cells.class2", "六十"), 422, "", []string{"不能使用，没有保存", `value="六十"`}, ""},
		{"nothing changes", section, "POST " + pm25, url.Values{"seen": {"3"}, "cells.class2": {"62"}, "reason": {"x"}}, 422, "", []string{"没有改动任何内容"}, ""},
		{"who comes second is told so, and sees both figures", section, "POST " + pm25, form("seen", "2", "cells.class2", "59", "cells.class1", "35"), 409, "",
			[]string{"这一行已由示例丁更正为第 3 版", `name="seen" value="3"`, `name="cells.class2" maxlength="2000" value="62"`, "您刚才填写的是：59"}, "您刚才填写的是：35"},
		{"a row that is not there", section, "POST /figures/air_limits/nothing", form(), 404, "", nil, ""},
		{"a correction leads back to the row", section, "POST " + pm25, form(), 303, pm25, nil, ""},
		{"and is in force", section, "GET " + pm25, nil, 200, "", []string{"已更正为第 4 版，即刻生效", `value="60"`, "第 4 版", "示例section"}, "tag-unverified"},
		{"the results are as before, and so are the figures that they rest on", section, "GET /figures/stale", nil, 200, "", []string{"示例站点甲", "第 1 版 → 第 4 版"}, "<strong>62"},
		{"a key with a stroke leads back too", section, "POST " + stroke, url.Values{"seen": {"1"}, "source": {"另一文本"}, "reason": {"补充来源"}}, 303, stroke, nil, ""},
		{"and shows its correction", section, "GET " + stroke, nil, 200, "", []string{"<strong>另一文本</strong>", "理由：补充来源"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s.t = t
			status, body, leads := tt.who.do(tt.what, tt.form)
			if status != tt.status || leads != tt.leads {
				t.Errorf("%s = %d to %q, want %d to %q\n%.1500s", tt.what, status, leads, tt.status, tt.leads, body)
			}
			for _, text := range tt.says {
				if !strings.Contains(body, text) {
					t.Errorf("%s does not say %q", tt.what, text)
				}
			}
			if tt.hasNot != "" && strings.Contains(body, tt.hasNot) {
				t.Errorf("%s says %q", tt.what, tt.hasNot)
			}
		})
	}
}

// TestFigureTemplates executes each template with an empty struct.
func TestFigureTemplates(t *testing.T) {
	a, err := loadAssets()
	if err != nil {
		t.Fatal(err)
	}
	pages, err := loadPages(a)
	if err != nil {
		t.Fatal(err)
	}
	for name, view := range map[string]any{
		"figure_list": figureListView{}, "figure_table": figureTableView{}, "figure_row": figureRowView{}, "figure_stale": figureStaleView{},
		"figure_coverage": figureCoverageView{},
	} {
		if err := pages[name].ExecuteTemplate(io.Discard, "layout", view); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	lost := figureStaleView{Results: []staleResult{{Label: "甲", Rows: []staleRow{{Key: "乙", Lost: true}, {Key: "丙", Href: "/figures/a/b"}}}}}
	adrift := figureListView{Adrift: []adriftRow{{Table: "甲", Key: "乙", Lost: "行"}}, Stale: 500, StaleMore: true}
	for name, tt := range map[string]struct {
		view any
		has  []string
	}{
		"figure_stale": {lost, []string{"现行目录中已没有这一行", "已更正回原来的内容"}},
		"figure_list":  {adrift, []string{"无处可用的更正", "500 个以上", "没有标准数值表"}},
	} {
		var b strings.Builder
		if err := pages[name].ExecuteTemplate(&b, "layout", tt.view); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, text := range tt.has {
			if !strings.Contains(b.String(), text) {
				t.Errorf("%s does not say %q", name, text)
			}
		}
	}
}

// TestFigureLook opens the pages in a browser on the three screens, and
// corrects a row.
func TestFigureLook(t *testing.T) {
	s := figured(t)
	b := browsertest.Start(t, s.server.URL)
	b.SignIn("section", sitePassword)
	pm25 := rowPath("air_limits", pm25Row)
	for _, p := range []struct{ name, path string }{
		{"figure-list", "/figures"}, {"figure-corrected", "/figures/air_limits?text=pm25"}, {"figure-wide", "/figures/emission_gb8978"},
		{"figure-row", pm25}, {"figure-stroke", rowPath("emission_gb8978", strokeRow)}, {"figure-stale", "/figures/stale"},
		{"figure-coverage", "/figures/coverage"}, {"figure-clauses", "/figures/coverage?of=HJ+663-2026"},
	} {
		for _, size := range []browsertest.Size{browsertest.Desk, browsertest.Wall, browsertest.Phone} {
			b.Look(size)
			b.Open(p.path)
			b.See("main")
			b.NoSideways()
			b.Shoot(p.name + "-" + size.Name)
		}
	}
	b.Open(pm25)
	b.Fill("#c-class2", "60")
	b.Choose("#confidence", "inference")
	b.Fill("#reason", "按原文")
	b.Click("form[action^='/figures'] button[type=submit]")
	b.SeeText("已更正为第 4 版")
	b.NoSideways()
	b.Clean()
}
