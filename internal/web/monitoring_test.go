package web

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"pingzhang/hj212"
	"pingzhang/internal/clock"
	"pingzhang/internal/measure"
	"pingzhang/internal/testkit/browsertest"
)

// badCRC returns a frame whose CRC is 0000, which is not that of its segment, and
// the byte at which the CRC stands.
func badCRC(t *testing.T) ([]byte, int) {
	t.Helper()
	raw, err := hj212.AppendFrame(nil, []byte("QN=20260720100000001;ST=31;CN=2011;PW=123456;MN=TEST0000000000000000001A;Flag=5;CP=&&DataTime=20260720100000;a21026-Rtd=12.3,a21026-Flag=N&&"))
	if err != nil {
		t.Fatal(err)
	}
	raw = raw[:len(raw)-2]
	at := len(raw) - 4
	copy(raw[at:], "0000")
	return raw, at
}

// furnished is a site with something on every page.
func furnished(t *testing.T) *site {
	s := newSite(t)
	s.hourly("20.1", "21.5", "", "22", "23.4D", "19.8", "30.2", "62.4", "71.0", "48.9")
	raw, at := badCRC(t)
	s.gate.refused = []RefusedFrame{{
		ID: 31, First: siteNow.Add(-time.Hour), Last: siteNow, Times: 3, Omitted: 2, Remote: "10.0.0.7:4711", MN: "TEST0000000000000000001A",
		Reason: hj212.ReasonCRC, At: at, Text: "第 155 字节起的校验码不对", Raw: raw, State: "open",
	}}
	s.gate.strange = []Stranger{{MN: "NEW00000000000000000009A", First: siteNow.Add(-time.Hour), Last: siteNow, Frames: 12, Kept: 12, Remote: "10.0.0.8:5000", ST: "32", Profile: "2017", Factors: []string{"w01018"}, Sample: raw}}
	s.gate.presence = map[measure.Point]Presence{measure.Point(s.boiler.ID): {Connected: true, LastAt: siteNow.Add(-20 * time.Second), Remote: "10.0.0.7:4711", Skew: -7 * time.Minute, SkewKnown: true, Drifting: true, Frames: 812}}
	s.gate.recent = []Seen{{siteNow, raw}}
	s.gate.commands = []Command{{ID: 1, Order: hj212.ReadClock(""), State: CommandDone, Note: "执行成功", By: "示例乙", At: siteNow}, {ID: 2, Order: hj212.Order{CN: 1072, Args: []hj212.Arg{{Name: "NewPW", Value: "654321"}}}, State: CommandSilent, By: "示例乙", At: siteNow}}
	s.gate.targets = []ForwardTarget{{ID: 1, Name: "省厅", Address: "10.1.0.1:9212", Enabled: true, Connected: true, Sent: 400}, {ID: 2, Name: "部平台", Address: "10.2.0.1:9212", Enabled: true, Backlog: 9, Error: "连接被拒绝"}}
	seven := clock.Day(siteNow).Add(7 * time.Hour)
	s.judge.verdicts = []PointVerdict{s.exceeds("62.41", seven), s.exceeds("71.01", seven.Add(time.Hour))}
	s.judge.states = map[int64]PointState{
		s.boiler.ID: {Class: "exceeds", Factors: s.judge.verdicts},
		s.silent.ID: {Class: "offline", Why: "从未上报"},
	}
	return s
}

func TestMonitoringPages(t *testing.T) {
	s := furnished(t)
	boiler := fmt.Sprintf("/points/%d", s.boiler.ID)
	raw, _ := badCRC(t)
	for _, tt := range []struct {
		name   string
		what   string
		as     string
		form   url.Values
		status int
		has    []string
		hasNot []string
	}{
		{"nobody is sent to sign in", "GET /monitor", "", nil, 303, nil, []string{"锅炉"}},
		{"an administrator of the system sees no readings", "GET /monitor", "sys", nil, 403, nil, []string{"锅炉"}},
		{"the section sees every point, the exceeding one with its converted value and limit", "GET /monitor", "section", nil, 200,
			[]string{"1号锅炉烟囱", "2号锅炉烟囱", "供热站烟囱", "二氧化硫", "48.91", "/ 50", "mg/m³", "折算", "08:00 小时均值超标 0.42 倍", "tag-exceeds\">超标", "共 3 个点位", "从未上报"}, nil},
		{"what nobody judged is unknown", "GET /monitor?state=unknown", "section", nil, 200, []string{"供热站烟囱", "未知"}, []string{"2号锅炉烟囱"}},
		{"a branch sees its own county alone", "GET /monitor", "branch", nil, 200, []string{"供热站烟囱", "共 1 个点位"}, []string{"锅炉烟囱"}},
		{"an enterprise sees its own points alone", "GET /monitor", "plant", nil, 200, []string{"1号锅炉烟囱"}, []string{"供热站烟囱", "登记点位"}},
		{"a search by device number finds the point", "GET /monitor?q=0003a", "section", nil, 200, []string{"供热站烟囱", "共 1 个点位"}, []string{"1号锅炉烟囱"}},

		{"a point shows values, marks, limit, arithmetic and gaps", "GET " + boiler + "?kind=hour&factor=a21026", "section", nil, 200,
			[]string{"62.4", "62.41", "D 故障", "N 工作正常", "示例许可证 表3", "待核实", "超标 0.42 倍", "缺 1 个小时数据", "下令补传", "传输率", "示例热力有限公司", "/raw?kind=hour"}, []string{"标记一段数据"}},
		{"its own enterprise may mark, not order", "GET " + boiler + "?kind=hour", "plant", nil, 200, []string{"标记一段数据"}, []string{"下令补传", "设备与指令"}},
		{"a span without data does not look good", "GET " + boiler + "?kind=hour&factor=a21026&from=2026-05-01T00:00&to=2026-05-02T00:00", "section", nil, 200, []string{"没有数据不等于达标"}, nil},
		{"a span of years is cut and says so", "GET " + boiler + "?kind=rtd&factor=a21026&from=2020-01-01&to=2026-05-02", "section", nil, 200, []string{"一次最多查看 3 天"}, nil},
		{"a point of another county is not there", "GET " + boiler, "branch", nil, 404, nil, []string{"1号锅炉"}},
		{"an enterprise is no point", fmt.Sprintf("GET /points/%d", s.heat.ID), "section", nil, 404, nil, []string{"示例热力"}},

		{"the raw frame of a reading shows every byte to who operates devices", fmt.Sprintf("GET %s/raw?kind=hour&at=%d", boiler, clock.Day(siteNow).Unix()), "section", nil, 200, []string{"PW=123456", "a21026-Avg=20.1", "报文正确", "到达时间"}, nil},
		{"and hides the password from others", fmt.Sprintf("GET %s/raw?kind=hour&at=%d", boiler, clock.Day(siteNow).Unix()), "plant", nil, 200, []string{"PW=******", "a21026-Avg=20.1"}, []string{"123456"}},
		{"a reading without a frame says so", boilerRaw(boiler, 7), "section", nil, 200, []string{"没有找到这个数据的原始报文"}, nil},

		{"refused frames are listed with reason and byte", "GET /frames", "section", nil, 200, []string{"第 155 字节起的校验码不对", "TEST0000000000000000001A", "未重放", "10.0.0.7:4711"}, nil},
		{"an enterprise sees no frames", "GET /frames", "plant", nil, 403, nil, []string{"10.0.0.7"}},
		{"a filter by another reason finds nothing", "GET /frames?reason=length", "section", nil, 200, []string{"没有符合条件的拒收报文"}, []string{"10.0.0.7"}},
		{"a refused frame marks the wrong bytes", "GET /frames/31", "section", nil, 200, []string{"<mark>0000</mark>", "不通过", "另有 2 条未留存", "重放"}, []string{"可以接收"}},
		{"a branch without the right to operate cannot replay", "GET /frames/31", "branch", nil, 200, []string{"PW=******"}, []string{"/frames/31/replay", "123456"}},
		{"quarantine offers to claim, with what the device says filled in", "GET /frames?tab=quarantine", "section", nil, 200, []string{"NEW00000000000000000009A", "/registers/point/new?factors=w01018&amp;mn=NEW00000000000000000009A&amp;profile=2017&amp;st=32"}, nil},
		{"a device in quarantine shows a frame", "GET /frames/quarantine/NEW00000000000000000009A", "section", nil, 200, []string{"认领", "化学需氧量"}, nil},
		{"one that is not there says why", "GET /frames/quarantine/NOBODY", "section", nil, 404, []string{"可能已登记"}, nil},
		{"a pasted frame is taken apart", "POST /frames/inspect", "section", url.Values{"raw": {string(raw[:len(raw)-4]) + "0000\\r\\n"}}, 200, []string{"<mark>0000</mark>", "不通过", "二氧化硫", "已登记为点位“1号锅炉烟囱”"}, nil},
		{"pasted text without a frame says what is expected", "POST /frames/inspect", "section", url.Values{"raw": {"hello"}}, 200, []string{"没有找到报文"}, []string{"可以接收"}},
		{"nothing pasted is wrong", "POST /frames/inspect", "section", url.Values{"raw": {" "}}, 422, nil, nil},

		{"devices show connection and clock", "GET /devices", "section", nil, 200, []string{"在线", "慢 7 分 0 秒", "未连接过", "省厅", "连接被拒绝", "增加转发目标"}, nil},
		{"who may not operate sees no forms", "GET /devices", "branch", nil, 200, []string{"供热站烟囱"}, []string{"增加转发目标", "停用"}},
		{"a device offers the commands of its protocol, and hides secrets", fmt.Sprintf("GET /devices/%d", s.boiler.ID), "section", nil, 200, []string{"提取现场机时间（1011）", "补传小时数据（2061）", "无应答", "NewPW=******"}, []string{"设置现场机密码（1072）</summary>", "654321", "1015"}},

		{"the map lists every point", "GET /map", "section", nil, 200, []string{"演示数据，非法定边界", "示例热力有限公司 1号锅炉烟囱"}, nil},
		{"its points stand at the enterprise where they have no place", "GET /map/points.geojson", "section", nil, 200, []string{`[127.471,50.233]`, `"state":"exceeds"`, "二氧化硫 71.01 mg/m³，限值 50"}, nil},
		{"those of one enterprise alone", fmt.Sprintf("GET /map/points.geojson?enterprise=%d", s.school.ID), "section", nil, 200, []string{"供热站"}, []string{"锅炉"}},
		{"a branch gets its own alone", "GET /map/points.geojson", "branch", nil, 200, []string{"供热站"}, []string{"锅炉"}},
		{"the ground is there", "GET /map/counties.geojson", "section", nil, 200, []string{"爱辉区"}, nil},

		{"the wall counts what is unknown apart", "GET /wall", "leader", nil, 200, []string{"黑河市污染源监控大屏", "示例热力有限公司 1号锅炉烟囱", "超标 0.42 倍", "08:00 小时均值", "爱辉区", "0.0%", "没有正在计时的时限", "class=\"wall\""}, []string{"sidenav"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s.t = t
			status, body, _ := s.as(tt.as).do(tt.what, tt.form)
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

func boilerRaw(boiler string, at int64) string {
	return fmt.Sprintf("GET %s/raw?kind=hour&at=%d", boiler, at)
}

func TestMonitoringForms(t *testing.T) {
	s := furnished(t)
	boiler, device := fmt.Sprintf("/points/%d", s.boiler.ID), fmt.Sprintf("/devices/%d", s.boiler.ID)
	section, plant, branch := s.as("section"), s.as("plant"), s.as("branch")
	for _, tt := range []struct {
		name   string
		who    visitor
		what   string
		form   url.Values
		status int
		leads  string
		says   string
	}{
		{"a mark needs a reason", plant, "POST " + boiler + "/mark", url.Values{"mark": {"invalid"}, "from": {"2026-07-20T04:00"}, "to": {"2026-07-20T05:00"}}, 422, "", "请写明原因"},
		{"a mark needs a span", plant, "POST " + boiler + "/mark", url.Values{"mark": {"invalid"}, "from": {"2026-07-20T05:00"}, "to": {"2026-07-20T05:00"}, "reason": {"校准"}}, 422, "", "开始时间应早于结束时间"},
		{"the bureau does not mark", section, "POST " + boiler + "/mark", url.Values{}, 403, "", ""},
		{"the enterprise marks its own", plant, "POST " + boiler + "/mark", url.Values{"mark": {"invalid"}, "from": {"2026-07-20T04:00"}, "to": {"2026-07-20T05:00"}, "reason": {"校准"}, "kind": {"hour"}, "shown": {"a21026"}}, 303, boiler + "?factor=a21026&kind=hour", ""},
		{"a replay leads back to the frame", section, "POST /frames/31/replay", url.Values{}, 303, "/frames/31", ""},
		{"an enterprise cannot replay", plant, "POST /frames/31/replay", url.Values{}, 403, "", ""},
		{"a device without a point cannot be claimed", section, "POST /frames/quarantine/NEW00000000000000000009A/replay", url.Values{}, 422, "", "还没有登记"},
		{"a device with one can", section, "POST /frames/quarantine/TEST0000000000000000001A/replay", url.Values{}, 303, boiler, ""},
		{"a command of the protocol is queued", section, "POST " + device + "/command", url.Values{"cn": {"2061"}, "p-BeginTime": {"2026-07-20T02:00"}, "p-EndTime": {"2026-07-20T03:00"}}, 303, device, ""},
		{"the clock is set without a time: the gateway has it", section, "POST " + device + "/command", url.Values{"cn": {"1012"}}, 303, device, ""},
		{"an interval out of range is refused", section, "POST " + device + "/command", url.Values{"cn": {"1062"}, "p-RtdInterval": {"5"}}, 422, "", "30到3600"},
		{"a new password is not set from here", section, "POST " + device + "/command", url.Values{"cn": {"1072"}, "p-NewPW": {"000000"}}, 422, "", "不能在此下达"},
		{"a branch gives no commands", branch, "POST " + device + "/command", url.Values{"cn": {"1011"}}, 403, "", ""},
		{"a gap is fetched again", section, "POST " + device + "/backfill", url.Values{"kind": {"hour"}, "from": {"1784484000"}, "to": {"1784484000"}}, 303, device, ""},
		{"real time is not", section, "POST " + device + "/backfill", url.Values{"kind": {"rtd"}, "from": {"1784484000"}, "to": {"1784484000"}}, 422, "", "实时数据不能补传"},
		{"a target needs a port", section, "POST /forward", url.Values{"name": {"甲"}, "address": {"10.0.0.1"}}, 422, "", "主机:端口"},
		{"a target is added", section, "POST /forward", url.Values{"name": {"甲"}, "address": {"10.0.0.1:9212"}}, 303, "/devices", ""},
		{"a target is stopped", section, "POST /forward/1", url.Values{"enabled": {"0"}}, 303, "/devices", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s.t = t
			status, body, leads := tt.who.do(tt.what, tt.form)
			if status != tt.status || leads != tt.leads || !strings.Contains(body, tt.says) {
				t.Errorf("%s = %d to %q, want %d to %q saying %q\n%.1500s", tt.what, status, leads, tt.status, tt.leads, tt.says, body)
			}
		})
	}
	if got := fmt.Sprint(s.gate.sent); got != "[{2061 [{BeginTime 20260720020000} {EndTime 20260720030000}]} {1012 []}]" {
		t.Errorf("sent %s", got)
	}
	if !slices.Equal(s.gate.filled, []string{"hour 1784484000 1784484000"}) || !slices.Equal(s.gate.claimed, []string{"TEST0000000000000000001A"}) || s.gate.targets[0].Enabled {
		t.Errorf("filled %v, claimed %v, target %+v", s.gate.filled, s.gate.claimed, s.gate.targets[0])
	}
	marks, err := s.store.Marks(t.Context(), measure.Point(s.boiler.ID), 0, siteNow.Unix())
	if err != nil || len(marks) != 1 || marks[0].Who != "plant" || marks[0].From != clock.Day(siteNow).Add(4*time.Hour).Unix() {
		t.Fatalf("marks %+v, %v", marks, err)
	}
	s.t = t
	back := fmt.Sprintf("POST %s/marks/%d/withdraw", boiler, marks[0].ID)
	for _, tt := range []struct {
		name   string
		who    visitor
		what   string
		why    string
		status int
	}{
		{"the bureau withdraws no mark of an enterprise", section, back, "误标", 403},
		{"a withdrawal needs a reason", plant, back, "", 422},
		{"a mark of another point is not there", plant, fmt.Sprintf("POST %s/marks/%d/withdraw", boiler, marks[0].ID+1), "误标", 404},
		{"the enterprise withdraws its own", plant, back, "误标", 303},
		{"once", plant, back, "误标", 409},
	} {
		if status, body, _ := tt.who.do(tt.what, url.Values{"why": {tt.why}}); status != tt.status {
			t.Errorf("%s: %d, want %d\n%.600s", tt.name, status, tt.status, body)
		}
	}
	if _, body, _ := plant.do("GET "+boiler+"?kind=hour", nil); !strings.Contains(body, "plant 已撤回：误标") {
		t.Error("the page does not say that the mark was withdrawn")
	}
}

func TestCurve(t *testing.T) {
	s := furnished(t)
	status, body, _ := s.as("section").do(fmt.Sprintf("GET /points/%d/curve?kind=hour&factor=a21026&from=2026-07-20T00:00&to=2026-07-20T12:00", s.boiler.ID), nil)
	var c struct {
		Unit, Name, Kind string
		Series           []struct {
			Name   string
			Points [][]any
		}
		Limits []struct {
			Value, Label string
			From, To     int64
		}
		Unknown [][]any
	}
	if err := json.Unmarshal([]byte(body), &c); status != 200 || err != nil {
		t.Fatal(status, err, body)
	}
	if c.Unit != "mg/m³" || c.Name != "二氧化硫" || c.Kind != "hour" || len(c.Series) != 2 || c.Series[0].Name != "折算值" || c.Series[1].Name != "实测值" {
		t.Errorf("%s", body)
	}
	midnight := float64(clock.Day(siteNow).UnixMilli())
	hour := func(h float64) float64 { return midnight + h*3600e3 }
	// The measured line: ten hours of which the third is missing (a null), the
	// fifth is marked D and does not count; verdicts lie on the converted line.
	want := [][]any{
		{hour(0), "20.1", "N", true}, {hour(1), "21.5", "N", true}, {hour(2), nil, "", false}, {hour(3), "22", "N", true}, {hour(4), "23.4", "D", false},
		{hour(5), "19.8", "N", true}, {hour(6), "30.2", "N", true}, {hour(7), "62.4", "N", true}, {hour(8), "71.0", "N", true}, {hour(9), "48.9", "N", true},
	}
	if got := fmt.Sprint(c.Series[1].Points); got != fmt.Sprint(want) {
		t.Errorf("points\n%v, want\n%v", got, want)
	}
	if got := fmt.Sprint(c.Series[0].Points[7:]); got != fmt.Sprint([][]any{{hour(7), "62.41", "N", true, "exceeds"}, {hour(8), "71.01", "N", true, "exceeds"}, {hour(9), "48.91", "N", true}}) {
		t.Errorf("converted points %v", got)
	}
	if len(c.Limits) != 1 || c.Limits[0].Value != "50" || !strings.Contains(c.Limits[0].Label, "许可限值 50 mg/m³（小时均值），基准含氧量 9% 示例许可证 表3（待核实）") || c.Limits[0].From != 0 {
		t.Errorf("limits %+v", c.Limits)
	}
	if got := fmt.Sprint(c.Unknown); got != fmt.Sprint([][]any{{hour(2), hour(3), "无数据"}}) {
		t.Errorf("unknown %v", got)
	}
}

// TestMonitoringTemplates executes each template with an empty struct: a missing
// field would only be found when a page has nothing to show.
func TestMonitoringTemplates(t *testing.T) {
	a, err := loadAssets()
	if err != nil {
		t.Fatal(err)
	}
	pages, err := loadPages(a)
	if err != nil {
		t.Fatal(err)
	}
	for name, view := range map[string]any{
		"monitor": monitorView{}, "point": pointPage{}, "frame_list": frameListView{}, "frame": framePage{}, "device": devicePage{}, "map": mapPage{}, "wall": wallPage{},
	} {
		if err := pages[name].ExecuteTemplate(io.Discard, "layout", view); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestMonitoringWithoutParts opens the pages of a platform without readings, judge
// and gateway: everything is unknown, and nothing fails.
func TestMonitoringWithoutParts(t *testing.T) {
	s := newSite(t)
	s.web.cfg.Monitoring = Monitoring{}
	section := s.as("section")
	for _, tt := range []struct {
		path   string
		status int
		has    string
	}{
		{"/monitor", 200, "没有数据"}, {fmt.Sprintf("/points/%d", s.boiler.ID), 200, "尚未判定"}, {fmt.Sprintf("/points/%d/curve?factor=a21026", s.boiler.ID), 503, "没有启用"},
		{"/frames", 503, "没有启用"}, {"/frames?tab=paste", 200, "粘贴检查"}, {"/devices", 200, "未连接过"}, {fmt.Sprintf("/devices/%d", s.boiler.ID), 200, "本次启动后没有连接过"},
		{"/map", 200, "没有配置底图"}, {"/map/counties.geojson", 200, "FeatureCollection"}, {"/wall", 200, `达标率">—`}, {fmt.Sprintf("/entries/%d", s.heat.ID), 200, "示例热力"},
	} {
		status, body, _ := section.do("GET "+tt.path, nil)
		if status != tt.status || !strings.Contains(body, tt.has) || strings.Contains(body, "tag-meets") {
			t.Errorf("%s: %d, want %d and %q\n%.600s", tt.path, status, tt.status, tt.has, body)
		}
	}
}

// TestMonitoringLook opens the pages in a browser on the three screens.
func TestMonitoringLook(t *testing.T) {
	s := furnished(t)
	b := browsertest.Start(t, s.server.URL)
	b.SignIn("section", sitePassword)
	point := fmt.Sprintf("/points/%d", s.boiler.ID)
	for _, p := range []struct{ name, path, until string }{
		{"monitor", "/monitor", "true"},
		{"point", point + "?kind=hour&factor=a21026&from=2026-07-19T22:00&to=2026-07-20T12:00", "document.querySelector('.curve canvas')"},
		{"raw", fmt.Sprintf("%s/raw?kind=hour&at=%d", point, clock.Day(siteNow).Unix()), "true"},
		{"frames", "/frames", "true"}, {"frame", "/frames/31", "true"}, {"quarantine", "/frames?tab=quarantine", "true"},
		{"devices", "/devices", "true"}, {"device", fmt.Sprintf("/devices/%d", s.boiler.ID), "true"},
		{"map", "/map", "document.querySelector('.map-legend')"}, {"wall", "/wall", "document.querySelector('.map-legend')"},
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
