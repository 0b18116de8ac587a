package web

import (
	"io"
	"net/url"
	"strings"
	"testing"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/testkit/browsertest"
	"pingzhang/internal/warning"
)

// TestWarningTemplates executes each template with an empty struct.
func TestWarningTemplates(t *testing.T) {
	a, err := loadAssets()
	if err != nil {
		t.Fatal(err)
	}
	pages, err := loadPages(a)
	if err != nil {
		t.Fatal(err)
	}
	for name, view := range map[string]any{
		"warning_console": warningConsoleView{}, "warning": warningViewPage{}, "warning_firm": warningFirmPage{}, "warning_mine": warningMinePage{},
		"warning_lists": warningListsView{Levels: []warningNeed{{}}}, "warning_list": warningListView{},
	} {
		if err := pages[name].ExecuteTemplate(io.Discard, "layout", view); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestWarningWithoutDuty opens the pages of a platform without the duty.
func TestWarningWithoutDuty(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{"/warnings", "/warnings/1", "/warnings/1/mine", "/warnings/list", "/warning-lists/1", "/warning-answers/1", "/warning-files/1"} {
		s.check(t, "GET "+path, "section", 503, []string{"重污染预警没有启用"}, []string{`href="/warnings"`})
	}
}

// importList sends the list of the site, and returns the path of the draft.
func (s *warnedSite) importList() string {
	s.t.Helper()
	status, body, location := s.as("section").post("/warnings/list/import", map[string]string{"division": "231100", "year": "2026", "unit": "t/d", "baseSO2": "20", "baseNOx": "4", "basePM": "12", "base_source": "示例源清单"}, "file", "清单.csv", []byte(warnedList))
	if status != 303 {
		s.t.Fatalf("%d\n%.3000s", status, body)
	}
	status, body, _ = s.as("section").do("GET "+location, nil)
	if status != 200 {
		s.t.Fatal(status)
	}
	for _, text := range []string{"排污单位台账中没有这个代码", "A4", "不能是负数", "P5"} {
		if !strings.Contains(body, text) {
			s.t.Errorf("the import does not say %q", text)
		}
	}
	_, rest, _ := strings.Cut(body, `href="/warning-lists/`)
	id, _, _ := strings.Cut(rest, `"`)
	return "/warning-lists/" + id
}

// TestWarningWalk walks in a browser from a forecast to the evaluation: the
// section foretells and drafts, the leader approves, the section publishes, the
// firm answers, its data say otherwise, the warning is lifted and evaluated.
func TestWarningWalk(t *testing.T) {
	s := warned(t)
	yesterday := dayOn(s.clock.at.AddDate(0, 0, -1))
	s.measured[yesterday] = 140
	look := func(b *browsertest.Browser, name string) {
		for _, size := range []browsertest.Size{browsertest.Wall, browsertest.Phone, browsertest.Desk} {
			b.Look(size)
			b.Do("window.scrollTo(0, 0)")
			b.NoSideways()
			b.Shoot("warning-" + name + "-" + size.Name)
		}
	}
	list := s.importList()
	b := browsertest.Start(t, s.server.URL)
	as := func(login, path string) { b.SignIn(login, sitePassword); b.Open(path) }

	as("leader", list)
	b.SeeText("÷20=")
	look(b, "list-draft")
	b.Fill("#s-reason", "同意实施")
	b.Click("button[value=approve]")
	b.SeeText("已批准")

	as("section", "/warnings/list")
	look(b, "lists")
	b.Open("/warnings?place=231100")
	for i, index := range []string{"165", "190-230", "120", "90", "80"} {
		b.Do(`document.querySelector('#f-on').value='` + s.clock.at.AddDate(0, 0, i).Format(time.DateOnly) + `'`)
		b.Fill("#f-aqi", index)
		b.Fill("#f-primary", "PM2.5")
		b.Fill("#f-source", "示例会商")
		b.Click("form[action='/warnings/forecast'] button")
		b.SeeText("已保存 " + s.clock.at.AddDate(0, 0, i).Format(time.DateOnly)) // not the sentence of the day before
	}
	b.SeeText("建议发布")
	b.SeeText("待核实")
	look(b, "console-proposal")
	if _, err := s.duty.ProposeAll(t.Context(), s.clock.at); err != nil {
		t.Fatal(err)
	}
	b.Open("/warnings?place=231100")
	b.Click("section[aria-labelledby=w-prop] a.btn-primary")
	b.SeeText("拟订方案并报请批准")
	look(b, "draft")
	b.Do(`document.querySelector('#s-starts').value='` + s.clock.at.Format(formTime) + `'`)
	b.Fill("#s-measures", "清单企业按清单落实；停止土石方作业；露天作业防护")
	b.Fill("#s-reason", "会商一致")
	b.Click("form button.btn-primary")
	b.SeeText("待批准")
	all, err := s.duty.Warnings(t.Context(), access.Platform("warning.read"), warning.Query{})
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	page := "/warnings/" + itoa(all[0].ID)

	as("leader", page)
	look(b, "approve")
	b.Fill("#a-reason", "同意发布")
	b.Click("button[value=approve]")
	b.SeeText("已批准，待发布")

	as("section", page)
	b.Click("button[value=publish]")
	b.SeeText("示例热力有限公司")

	as("plant", page+"/mine")
	look(b, "mine")
	b.Click("input[value=yes]")
	b.Fill("textarea[name=text]", "10时起1号锅炉降至一半负荷")
	b.Attach("input[type=file]", s.file("现场.png", picture(t)))
	b.Click("form[action$=reply] button")
	b.SeeText("已收到您的反馈")

	s.flows(s.clock.at, "24000", "31200")
	s.clock.at = s.clock.at.Add(3*time.Hour + 20*time.Minute)
	if _, _, err := s.duty.Check(t.Context(), s.clock.at); err != nil {
		t.Fatal(err)
	}
	as("section", page)
	b.SeeText("未落实")
	look(b, "published")
	b.Open("/warnings?place=231100")
	look(b, "console-in-force")
	b.Look(browsertest.Wall)
	b.Open("/wall")
	b.SeeText("未落实 1")
	b.Shoot("warning-wall")
	b.Look(browsertest.Desk)
	b.Open(page)
	b.Click("#firms td a[href*='/matters/']")
	b.SeeText("31200 > 50000×50%=25000 m³/h")
	look(b, "matter")
	b.Open(page + "?show=unmet")
	b.Click("#firms tbody a")
	b.SeeText("31200 > 50000×50%=25000 m³/h")
	look(b, "firm-unmet")
	b.Click(".table a[href*='/points/']")
	b.See("main")
	as("plant", page+"/mine")
	look(b, "mine-unmet")

	as("section", page+"?show=unknown")
	b.Click("#firms tbody a")
	b.SeeText("须现场核查")
	b.Click("input[value=met]")
	b.Fill("#c-reason", "12时到场，锅炉停运，炉膛已冷")
	b.Attach("#c-files", s.file("炉膛.png", picture(t)))
	b.Click("form[action$=check] button")
	b.SeeText("已保存现场核查")
	look(b, "firm-site")

	b.Open(page)
	b.Click("#change summary")
	b.Choose("#s-level", "lift")
	b.Do(`document.querySelector('#s-starts').value='` + s.clock.at.Format(formTime) + `'`)
	b.Fill("#s-reason", "空气质量好转")
	b.Click("form button.btn-primary")
	b.SeeText("解除待批准")
	as("leader", page)
	b.Click("button[value=approve]")
	b.SeeText("已批准")
	as("section", page)
	b.Click("button[value=publish]")
	b.SeeText("已解除，待评估")
	b.Fill("#e-reason", "1家未落实，已立案督办；建议核对负荷基准")
	b.Click("form button.btn-primary")
	b.SeeText("内容已固定")
	look(b, "evaluated")
	b.Open("/warnings")
	look(b, "console-after")
	b.Clean()

	status, body, _ := s.as("section").do("GET "+page+"/evaluation.xlsx", nil)
	if status != 200 || !strings.HasPrefix(body, "PK") {
		t.Errorf("the workbook: %d", status)
	}
}

// TestWarningPages asks for pages as several people.
func TestWarningPages(t *testing.T) {
	s := warned(t)
	s.importList()
	section := s.as("section")
	form := url.Values{"place": {"231102"}, "on": {"2026-07-21"}, "aqi": {"２１０"}, "source": {"示例"}}
	if status, body, _ := section.do("POST /warnings/forecast", form); status != 422 || !strings.Contains(body, "半角") || !strings.Contains(body, `value="２１０"`) {
		t.Errorf("full-width digits are refused with the reason: %d\n%.500s", status, body)
	}
	form.Set("aqi", "210")
	if status, _, to := section.do("POST /warnings/forecast", form); status != 303 || to != "/warnings?place=231102" {
		t.Fatal(status, to)
	}
	draft := url.Values{"areas": {"231102"}, "level": {"yellow"}, "reason": {"示例会商"}}
	_, _, page := section.do("POST /warnings/draft", draft)
	if status, body, _ := section.do("POST /warnings/draft", draft); status != 422 || !strings.Contains(body, "已有正在准备的预警") {
		t.Errorf("one warning an area: %d", status)
	}
	for _, tt := range []struct {
		name, what, as string
		status         int
		has, hasNot    []string
	}{
		{"nobody signs in first", "GET /warnings", "", 303, nil, nil},
		{"the section sees forecast, proposal and clause", "GET /warnings?place=231102", "section", 200, []string{"210", "建议发布", "环大气〔2024〕6号", "待核实", "录入预报", "办理正在准备的预警"}, nil},
		{"a branch sees its county and no form", "GET /warnings", "branch", 200, []string{"孙吴县", "今天起没有录入预报"}, []string{"保存预报", "爱辉区2026"}},
		{"an enterprise sees its own warnings alone", "GET /warnings", "plant", 200, []string{"目前没有正在执行的重污染天气预警"}, []string{"研判", "爱辉区2026"}},
		{"a warning of another county is not there", "GET " + page, "branch", 404, nil, []string{"示例会商"}},
		{"nor for a firm that was not told", "GET " + page + "/mine", "plant", 404, nil, nil},
		{"a leader reads", "GET " + page, "leader", 200, []string{"建议黄色预警", "示例会商"}, []string{"报请批准"}},
		{"an administrator of the system sees nothing", "GET /warnings", "sys", 403, nil, nil},
		{"an enterprise sees no list", "GET /warnings/list", "plant", 403, nil, nil},
		{"a branch sees the list", "GET /warnings/list", "branch", 200, []string{"2026 年第 1 版", "草案"}, []string{"导入为新一版"}},
		{"a place that is not there", "GET /warnings?place=999999", "section", 404, nil, nil},
		{"a file that is not there", "GET /warning-files/1", "section", 404, nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) { s.t = t; s.check(t, tt.what, tt.as, tt.status, tt.has, tt.hasNot) })
	}
	s.t = t
	for _, act := range []string{"approve", "publish", "nonsense"} {
		status, body, _ := section.post(page+"/move", map[string]string{"act": act, "version": "1"}, "", "", nil)
		if act == "approve" && status != 403 || act != "approve" && status < 400 {
			t.Errorf("%s by the section: %d %.200s", act, status, body)
		}
	}
	if status, body, _ := section.post(page+"/move", map[string]string{"act": "submit", "version": "1", "level": "yellow"}, "", "", nil); status != 422 || !strings.Contains(body, "请填写响应措施的要求") {
		t.Errorf("what is missing is said: %d", status)
	}
}
