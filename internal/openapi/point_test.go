package openapi_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pingzhang/internal/clock"
	"pingzhang/internal/discharge"
	"pingzhang/internal/register"
	"pingzhang/standard"
)

func TestCreatePoint(t *testing.T) {
	b := newBench(t)
	water, err := b.register.Save(ctx, b.city, register.Entry{Register: register.Outlet, Code: "DW001", Name: "总排口", Data: map[string]any{"enterprise": b.plant.ID, "medium": "water"}}, "")
	b.must(err)
	mn := 0
	for _, tt := range []struct {
		name    string
		outlet  string // as JSON
		more    string
		kind    string
		profile string
		belongs int64
	}{
		{"an outlet is named by its id", fmt.Sprint(b.outlet.ID), `"profile":"2017"`, "source_air", "2017", b.outlet.ID},
		{"an id may be a text", fmt.Sprintf("%q", fmt.Sprint(b.outlet.ID)), `"profile":2025`, "source_air", "2025", b.outlet.ID},
		{"a code is enough where one outlet has it", `"DW001"`, `"profile":"2005"`, "source_water", "2005", water.ID},
		{"credit code and outlet code name an outlet", fmt.Sprintf("%q", b.plant.Code+"/DA001"), `"profile":"2017"`, "source_air", "2017", b.outlet.ID},
		{"surface-water is the surface profile", `""`, `"profile":"surface-water","division":"231102"`, "surface", "surface", 0},
		{"a kind that needs no outlet needs none", `null`, `"profile":"2017","kind":"air"`, "air", "2017", 0},
		{"a given kind is kept", `"DA001"`, `"profile":"2017","kind":"dust"`, "dust", "2017", b.outlet.ID},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b.t = t
			mn++
			body := fmt.Sprintf(`{"mn":"DEMO%04d","password":123456,"outlet":%s,%s,"factors":[{"code":"a21026","unit":"mg/m3"},{"code":"a01011"}],"rtd_interval_s":30,"minute_interval_min":"10","st":31}`, mn, tt.outlet, tt.more)
			got := b.ok(201, "POST", "/points", body)
			for key, want := range map[string]any{
				"mn": fmt.Sprintf("DEMO%04d", mn), "kind": tt.kind, "profile": tt.profile, "password_set": true, "st": "31",
				"rtd_interval_s": 30, "minute_interval_min": 10, "state": "active", "version": 1, "created_at": "2026-09-29T09:00:00+08:00",
			} {
				b.want(got, []any{key}, want)
			}
			b.want(got, []any{"factors", 0, "unit"}, "mg/m3")
			b.want(got, []any{"factors", 1, "code"}, "a01011")
			if tt.belongs != 0 {
				b.want(got, []any{"outlet"}, tt.belongs)
				b.want(got, []any{"division"}, "231102")
				b.want(got, []any{"enterprise"}, b.plant.ID)
			}
			p, err := b.register.PointByMN(ctx, b.city, fmt.Sprintf("DEMO%04d", mn))
			if err != nil || p.Password != "123456" || fmt.Sprint(p.ID) != fmt.Sprint(got["id"]) {
				t.Errorf("stored as %+v, %v", p, err)
			}
			if again := b.ok(200, "GET", "/points/"+fmt.Sprint(got["id"]), nil); again["mn"] != got["mn"] {
				t.Errorf("read back as %v", again)
			}
		})
	}
}

func TestCreatePointRefuses(t *testing.T) {
	b := newBench(t)
	b.point("TAKEN001")
	lon, lat := 127.6, 50.3
	code := credit("91231100MADEM0002")
	second, err := b.register.Save(ctx, b.city, register.Entry{Register: register.Enterprise, Code: code, Name: "示例锅炉房", Division: "231121", Lon: &lon, Lat: &lat,
		Data: map[string]any{"industry": "D4430 热力生产和供应", "permit_class": "none", "address": "示例路2号", "contact": "示例人", "phone": "0456-1234567"}}, "")
	b.must(err)
	_, err = b.register.Save(ctx, b.city, register.Entry{Register: register.Outlet, Code: "DA001", Name: "烟囱", Data: map[string]any{"enterprise": second.ID, "medium": "air"}}, "")
	b.must(err)
	for _, tt := range []struct {
		name, token, body string
		status            int
		field, says       string
	}{
		{"a device number is used once", "city", `{"mn":"TAKEN001","profile":"2017","outlet":` + fmt.Sprint(b.outlet.ID) + `}`, 422, "mn", "已被另一条记录使用"},
		{"a code that two outlets have does not say which", "city", `{"mn":"NEW00001","profile":"2017","outlet":"DA001"}`, 422, "outlet", "有 2 个排放口"},
		{"an outlet has to be there", "city", `{"mn":"NEW00001","profile":"2017","outlet":"DA009"}`, 422, "outlet", "没有排放口 DA009"},
		{"an id has to be that of an outlet", "city", `{"mn":"NEW00001","profile":"2017","outlet":` + fmt.Sprint(b.plant.ID) + `}`, 422, "outlet", "没有 id 为"},
		{"an outlet of another county is not there", "other", `{"mn":"NEW00001","profile":"2017","outlet":` + fmt.Sprint(b.outlet.ID) + `}`, 422, "outlet", "不在您的管辖范围内"},
		{"a source needs an outlet", "city", `{"mn":"NEW00001","profile":"2017"}`, 422, "outlet", "请填写所属排放口"},
		{"a profile is one of four", "city", `{"mn":"NEW00001","profile":"1999","outlet":"` + b.plant.Code + `/DA001"}`, 422, "profile", "请从列表中选择"},
		{"a misspelt field is not passed over", "city", `{"mn":"NEW00001","profil":"2017"}`, 422, "profil", "没有这个字段"},
		{"a device number is no list", "city", `{"mn":["NEW00001"],"profile":"2017"}`, 422, "mn", "文本或数字"},
		{"factors are a list", "city", `{"mn":"NEW00001","factors":"a21026"}`, 422, "factors", "应为数组"},
		{"broken JSON says where", "city", `{"mn":"NEW00001",}`, 422, "", "第 18 字节"},
		{"nothing is no point", "city", ``, 422, "", "缺少 JSON"},
		{"reading alone registers nothing", "bare", `{"mn":"NEW00001","profile":"2017","outlet":"DA001"}`, 403, "", "point.edit"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b.t = t
			w := b.send(tt.token, "POST", "/points", tt.body)
			if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
				t.Errorf("Content-Type is %s", got)
			}
			got := b.answer(w, tt.status)
			b.want(got, []any{"status"}, tt.status)
			text := fmt.Sprint(got["detail"])
			if !strings.Contains(text, tt.says) {
				t.Errorf("the detail is %q, want %q in it", text, tt.says)
			}
			if tt.field != "" {
				text = ""
				for _, e := range got["errors"].([]any) {
					if at(e, "field") == tt.field {
						text = fmt.Sprint(at(e, "detail"))
					}
				}
			}
			if !strings.Contains(text, tt.says) {
				t.Errorf("says %q of %q in %v, want %q", text, tt.field, got, tt.says)
			}
		})
	}
	if p, err := b.register.List(ctx, b.city, register.Query{Register: register.PointEntry}); err != nil || len(p.Entries) != 1 {
		t.Errorf("%d points stand in the register, %v; want the one", len(p.Entries), err)
	}
}

func TestPointListAndState(t *testing.T) {
	b := newBench(t)
	for i := range 3 {
		b.point(fmt.Sprintf("DEMO000%d", i))
	}
	page := b.ok(200, "GET", "/points?limit=2", nil)
	if n := len(page["points"].([]any)); n != 2 || page["next"] == nil {
		t.Fatalf("the first page has %d points, next %v", n, page["next"])
	}
	rest := b.ok(200, "GET", "/points?limit=2&after="+fmt.Sprint(page["next"]), nil)
	b.want(rest, []any{"points", 0, "mn"}, "DEMO0002")
	b.want(rest, []any{"next"}, nil)
	one := b.ok(200, "GET", "/points?mn=DEMO0001", nil)
	b.want(one, []any{"points", 0, "outlet_code"}, "DA001")
	if n := len(one["points"].([]any)); n != 1 {
		t.Errorf("a device number finds %d points", n)
	}
	id := at(one, "points", 0, "id")
	b.want(b.ok(200, "GET", "/points/"+fmt.Sprint(id), nil), []any{"status"}, nil)

	var n int64
	fmt.Sscan(fmt.Sprint(id), &n)
	b.states.all = []discharge.PointState{{Point: n, State: discharge.StateExceeds, Received: time.Date(2026, 9, 29, 8, 59, 0, 0, clock.Shanghai),
		Verdicts: []discharge.Verdict{{Factor: "a21026", Period: standard.Hour, At: now.Unix() - 3600, Verdict: standard.Exceeds, Value: "250", LimitText: "200", Unit: "mg/m3", Multiple: "0.25"}}}}
	got := b.ok(200, "GET", "/points/"+fmt.Sprint(id), nil)
	b.want(got, []any{"status", "state"}, string(discharge.StateExceeds))
	b.want(got, []any{"status", "received_at"}, "2026-09-29T08:59:00+08:00")
	b.want(got, []any{"status", "verdicts", 0, "multiple"}, "0.25")
	b.want(got, []any{"status", "verdicts", 0, "at"}, "2026-09-29T08:00:00+08:00")
}

func TestEntries(t *testing.T) {
	b := newBench(t)
	b.want(b.ok(200, "GET", "/outlets", nil), []any{"outlets", 0, "enterprise_code"}, b.plant.Code)
	b.want(b.ok(200, "GET", "/outlets?enterprise="+fmt.Sprint(b.plant.ID)+"&medium=water", nil), []any{"outlets", 0}, nil)
	b.want(b.ok(200, "GET", "/enterprises?q=slrd", nil), []any{"enterprises", 0, "id"}, b.plant.ID)

	limit := `{"fields":{"outlet":"` + fmt.Sprint(b.outlet.ID) + `","factor":"a21026","factor_name":"二氧化硫","max":200.00,"unit":"mg/m3","period":"hour","valid_from":"2026-01-01","document":"示例许可证","confidence":"verified"}}`
	got := b.ok(201, "POST", "/entries/limit", limit)
	b.want(got, []any{"fields", "max"}, "200.00")
	b.want(got, []any{"fields", "outlet"}, b.outlet.ID)
	b.want(b.ok(200, "GET", "/entries/limit?outlet="+fmt.Sprint(b.outlet.ID), nil), []any{"entries", 0, "id"}, got["id"])
	b.answer(b.send("city", "POST", "/entries/limit", limit), 422)

	outlet := `{"code":"DA002","name":"备用烟囱","fields":{"enterprise":` + fmt.Sprint(b.plant.ID) + `,"medium":"air"}}`
	made := b.ok(201, "POST", "/entries/outlet", outlet)
	change := fmt.Sprintf(`{"id":%v,"version":1,"code":"DA002","name":"二号烟囱","fields":{"enterprise":%d,"medium":"air"},"reason":"更名"}`, made["id"], b.plant.ID)
	b.want(b.ok(201, "POST", "/entries/outlet", change), []any{"version"}, 2)
	b.answer(b.send("city", "POST", "/entries/outlet", strings.Replace(change, "更名", "再改", 1)), 409)

	b.answer(b.send("bare", "POST", "/entries/outlet", outlet), 403)
	b.answer(b.send("city", "POST", "/entries/nothing", outlet), 404)
	b.answer(b.send("city", "GET", "/entries/nothing", nil), 404)

	b.point("DEMO0001")
	w := b.send("city", "GET", "/entries/point", nil)
	if s := w.Body.String(); w.Code != 200 || !strings.Contains(s, "DEMO0001") || strings.Contains(s, "123456") || strings.Contains(s, "password") {
		t.Errorf("the list of points shows a secret: %d %s", w.Code, s)
	}
}
