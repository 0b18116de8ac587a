package web

import (
	"context"
	"io"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/air"
	"pingzhang/internal/bulletin"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/journal"
	"pingzhang/internal/sqldb/sqldbtest"
	"pingzhang/internal/testkit/browsertest"
	aqi "pingzhang/standard/air"
)

// fakeDrafts makes bulletins of the figures that it was given.
type fakeDrafts struct {
	kept *bulletin.Store
	pm   string // PM2.5 of the first station
}

func (f *fakeDrafts) Draft(_ context.Context, by access.Caller, k bulletin.Key) (bulletin.Content, error) {
	p, err := air.ParsePeriod(air.BulletinKind(k.Kind), k.Period)
	if err != nil {
		return bulletin.Content{}, err
	}
	if !by.Scope.Sees(k.Division, 0) {
		return bulletin.Content{}, fault.New(fault.NotFound, "没有这个区域，或不在您的管辖范围内")
	}
	b := air.Bulletin{Period: p, Division: k.Division, Name: "黑河市", Editions: []string{"《示例标准》（HJ 633-2026）"}, Notes: []string{"“—”表示未知。"}}
	for i, name := range []string{"黑河市", "示例甲站", "示例乙站"} {
		row := air.Row{Name: name, In: "爱辉区", Class: "考核点", Unverified: []string{"AQI、浓度", "浓度", "综合指数"}}
		row.Place.Division = k.Division
		if i > 0 {
			row.Place.Station, row.Code = int64(i), "226"+string(rune('2'+i))+"A"
		}
		day := air.DayLine{Row: row, AQI: "67", Level: "良", LevelNumber: 2, Primary: "PM2.5", AQIBefore: "45", LevelBefore: "优"}
		month := air.SpanLine{Row: row, Due: 30, Valid: 29, Good: 28, Unknown: 1, Missed: "有项目缺测或无效 1 天", Levels: [7]int{0, 20, 8, 1}, Ratio: "96.6", RatioBefore: "93.3", RatioChange: "+3.3", Composite: "3.16", CompositeBefore: "3.04", CompositeChange: "+3.9", Largest: "PM2.5"}
		if i == 2 {
			day.AQI, day.Level, day.Primary, day.Why = "—", "未知", "—", "有项目缺测或无效"
			month.Composite, month.CompositeWhy = "—", "有月份的有效天数不足，仅供参考的值为 2.67"
		}
		for p := range aqi.Pollutant(aqi.Six) {
			day.Figures[p] = air.Figure{Pollutant: p, Text: "20", Before: "21", Change: "-4.8"}
		}
		if i == 1 {
			day.Figures[aqi.PM25].Text = f.pm
		}
		month.Figures = day.Figures
		if p.Kind == air.DayBulletin {
			b.Days = append(b.Days, day)
		} else {
			b.Spans = append(b.Spans, month)
		}
	}
	return b.Content()
}

func (f *fakeDrafts) DraftFile(ctx context.Context, by access.Caller, k bulletin.Key, form string) (bulletin.File, error) {
	c, err := f.Draft(ctx, by, k)
	return bulletin.File{Form: form, Name: c.Title + "（草稿）." + form, Bytes: []byte("PK draft")}, err
}

func (f *fakeDrafts) Publish(ctx context.Context, by access.Caller, k bulletin.Key, digest string, seen int64, reason string) (bulletin.Published, error) {
	c, err := f.Draft(ctx, by, k)
	if err != nil {
		return bulletin.Published{}, err
	}
	if c.Digest() != digest {
		return bulletin.Published{}, fault.New(fault.Conflict, "在您查看之后数据有变化，没有发布")
	}
	files := []bulletin.File{{Form: "docx", Name: c.Title + ".docx", Bytes: []byte("PK" + f.pm)}, {Form: "xlsx", Name: c.Title + ".xlsx", Bytes: []byte("PX" + f.pm)}}
	return f.kept.Publish(ctx, by, bulletin.Issue{Content: c, Files: files, Seen: seen, Reason: reason})
}

// bulletined is a site with bulletins.
func bulletined(t *testing.T) (*site, *fakeDrafts) {
	t.Helper()
	s, _ := aired(t)
	db := sqldbtest.SQLite(t, journal.Migrations, bulletin.Migrations)
	db.Clock = clock.Fixed(siteNow)
	f := &fakeDrafts{kept: bulletin.New(db), pm: "38"}
	s.web.cfg.Bulletins, s.web.cfg.Drafts = f.kept, map[string]Drafts{"air": f}
	return s, f
}

const yesterdays = "/bulletins/air/day/231100/2026-07-19"

var hidden = regexp.MustCompile(`name="(digest|seen)" value="([^"]*)"`)

// publish sends the form of a draft as it was looked at.
func (v visitor) publish(draft, reason string) (status int, body, location string) {
	v.s.t.Helper()
	_, page, _ := v.do("GET "+draft, nil)
	form := url.Values{"reason": {reason}}
	for _, m := range hidden.FindAllStringSubmatch(page, -1) {
		form.Set(m[1], m[2])
	}
	return v.do("POST "+draft+"/publish", form)
}

func TestBulletinPages(t *testing.T) {
	s, f := bulletined(t)
	for _, tt := range []struct {
		name, what, as string
		status         int
		has, hasNot    []string
	}{
		{"nobody is sent to sign in", "GET /air/bulletins", "", 303, nil, []string{"日报"}},
		{"an administrator of the system sees none", "GET /air/bulletins", "sys", 403, nil, []string{"2026年7月19日"}},
		{"the list says which days are due, and by which rule", "GET /air/bulletins", "section", 200, []string{"2026年7月20日", "时段未结束", "未发布", "核对并发布", "次日 12 时前", "还剩 1 小时", "07-20 12:00", "已超 22 小时", "/bulletins/air/day/231100/2026-07-19"}, nil},
		{"who may only read is not asked to publish", "GET /air/bulletins", "leader", 200, []string{"按现在的数据"}, []string{"核对并发布"}},
		{"months have no deadline", "GET /air/bulletins?kind=month&place=231100", "section", 200, []string{"2026年6月", "2025年8月"}, []string{"次日 12 时"}},
		{"earlier periods can be asked for", "GET /air/bulletins?kind=quarter&place=231100&until=2024-Q4", "section", 200, []string{"2024年第四季度", "回到最近"}, []string{"2026年第三季度"}},
		{"another kind is not there", "GET /air/bulletins?kind=week", "section", 404, nil, nil},
		{"a county has its own", "GET /air/bulletins?place=231124", "section", 200, []string{"空气质量公报：孙吴县", "/bulletins/air/day/231124/2026-07-19"}, nil},
		{"of another division there is no list", "GET /air/bulletins?place=231100", "branch", 404, nil, nil},
		{"a draft says that it is one, and what is unverified", "GET " + yesterdays, "section", 200, []string{"草稿", "没有发布过", "示例甲站", `aqi-2">良`, "tag-unverified", "AQI、浓度", "有项目缺测或无效", "发布</button>", "说明和依据", "HJ 633-2026"}, []string{"更正的理由", "与现在的数据一致"}},
		{"a leader sees it without the form", "GET " + yesterdays, "leader", 200, []string{"草稿"}, []string{"<form class=\"card form\""}},
		{"a branch does not see that of the city", "GET " + yesterdays, "branch", 404, nil, []string{"示例甲站"}},
		{"today is not over", "GET /bulletins/air/day/231100/2026-07-20", "section", 200, []string{"时段还没有结束，不能发布"}, []string{"发布</button>"}},
		{"a month has its own tables", "GET /bulletins/air/month/231100/2026-06", "section", 200, []string{"优良天数比率 96.6%", "仅供参考的值为 2.67", "数据有效性"}, nil},
		{"a duty that is not there", "GET /bulletins/noise/day/231100/2026-07-19", "section", 404, nil, nil},
		{"what is no period", "GET /bulletins/air/day/231100/2026-07-99", "section", 404, nil, nil},
		{"a revision that is not there", "GET /bulletin/77", "section", 404, nil, nil},
		{"a leader does not publish", "POST " + yesterdays + "/publish", "leader", 403, nil, nil},
		{"the document of a draft", "GET " + yesterdays + "/file/docx", "leader", 200, []string{"PK draft"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) { s.t = t; s.check(t, tt.what, tt.as, tt.status, tt.has, tt.hasNot) })
	}
	s.t = t
	section := s.as("section")
	if status, body, _ := section.do("POST "+yesterdays+"/publish", url.Values{"digest": {"x"}, "seen": {"0"}}); status != 409 || !strings.Contains(body, "数据有变化，没有发布") {
		t.Errorf("figures that were not seen: %d", status)
	}
	status, _, first := section.publish(yesterdays, "")
	if status != 303 || !strings.HasPrefix(first, "/bulletin/") {
		t.Fatal(status, first)
	}
	s.check(t, "GET "+first, "leader", 200, []string{"已发布", "第 1 版", "示例section", "SM3", "与现在的数据一致", "/file/xlsx"}, []string{"草稿", "发布更正"})
	s.check(t, "GET "+first, "branch", 404, nil, []string{"示例甲站"})
	s.check(t, "GET "+first+"/file/docx", "branch", 404, nil, []string{"PK38"})
	s.check(t, "GET /air/bulletins", "leader", 200, []string{"已发布的", first}, nil)

	f.pm = "41"
	s.check(t, "GET "+first, "leader", 200, []string{"发布之后数据有变化", "站点日报", "PM2.5（µg/m³）", ">38<", ">41<"}, nil)
	s.check(t, "GET "+first+"/file/docx", "leader", 200, []string{"PK38"}, []string{"PK41"})
	if status, body, _ := section.publish(yesterdays, " "); status != 422 || !strings.Contains(body, "更正须写明理由") {
		t.Errorf("a correction without a reason: %d", status)
	}
	status, _, second := section.publish(yesterdays, "示例：数据补齐")
	if status != 303 || second == first {
		t.Fatal(status, second)
	}
	s.check(t, "GET "+second, "leader", 200, []string{"第 2 版", "本版为更正，理由：示例：数据补齐", "与现在的数据一致"}, nil)
	s.check(t, "GET "+first, "leader", 200, []string{"这一版已被", "示例：数据补齐", ">38<"}, nil)
	s.check(t, "GET /air/bulletins", "leader", 200, []string{"更正，第 2 版", second}, nil)
}

// TestBulletinsMissing asks for bulletins where none are kept.
func TestBulletinsMissing(t *testing.T) {
	s, _ := aired(t)
	for _, path := range []string{"/air/bulletins", yesterdays, "/bulletin/1"} {
		s.check(t, "GET "+path, "section", 503, []string{"公报没有启用"}, nil)
	}
}

func TestBulletinTemplates(t *testing.T) {
	a, err := loadAssets()
	if err != nil {
		t.Fatal(err)
	}
	pages, err := loadPages(a)
	if err != nil {
		t.Fatal(err)
	}
	for name, view := range map[string]any{"air_bulletin_list": airBulletinListView{}, "bulletin": bulletinView{}} {
		if err := pages[name].ExecuteTemplate(io.Discard, "layout", view); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLasting(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 小时", 59*time.Minute + 59*time.Second: "59 分钟", time.Hour: "1 小时", 48*time.Hour - time.Second: "47 小时", 48 * time.Hour: "2 天", 71 * time.Hour: "2 天",
	} {
		if got := lasting(d); got != want {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
}

// TestBulletinLook opens the pages in a browser, publishes, and corrects.
func TestBulletinLook(t *testing.T) {
	s, f := bulletined(t)
	b := browsertest.Start(t, s.server.URL)
	b.SignIn("section", sitePassword)
	look := func(name, path string) {
		for _, size := range []browsertest.Size{browsertest.Desk, browsertest.Wall, browsertest.Phone} {
			b.Look(size)
			b.Open(path)
			b.See("main")
			b.NoSideways()
			b.Shoot(name + "-" + size.Name)
		}
	}
	section := s.as("section")
	_, _, first := section.publish(yesterdays, "")
	f.pm = "41"
	look("bulletins", "/air/bulletins")
	look("bulletin-draft", yesterdays)
	look("bulletin-month", "/bulletins/air/month/231100/2026-06")
	look("bulletin-published", first)
	b.Look(browsertest.Desk)
	b.Open(yesterdays)
	b.Fill("#reason", "示例：数据补齐")
	b.Click("form.card button[type=submit]")
	b.SeeText("本版为更正")
	b.Clean()
}
