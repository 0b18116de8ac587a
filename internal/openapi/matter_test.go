package openapi_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/matter"
)

func readAll(res *http.Response) ([]byte, error) { return io.ReadAll(res.Body) }

// exceeded opens a matter for an exceedance of the site and returns its ids.
func (b *bench) exceeded() (finding int64, m matter.ID) {
	b.t.Helper()
	f, _, err := b.matter.Report(ctx, access.Platform("finding.create", "matter.read"), matter.Finding{
		Key: "p/a21026/1", Kind: "exceedance", Division: "231102", Enterprise: b.plant.ID, Outlet: b.outlet.ID, Point: 6, Title: "示例热电厂 二氧化硫小时均值超标",
		At: clock.Unix(when("2026-09-29 07:00:00")), LastAt: clock.Unix(when("2026-09-29 07:00:00")), Peak: "250", Unit: "mg/m3", Times: "0.25", Facts: json.RawMessage(`{"limit":"200"}`),
	}, "exceedance")
	b.must(err)
	return f.ID, f.Matter
}

// upload sends a file as a form does.
func (b *bench) upload(token, path, name string, data []byte) *httptest.ResponseRecorder {
	b.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	b.must(err)
	part.Write(data)
	b.must(form.Close())
	req := httptest.NewRequest("POST", "/api/v1"+path, &body)
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", form.FormDataContentType())
	w := httptest.NewRecorder()
	b.h.ServeHTTP(w, req)
	return w
}

func photo() []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 30)), nil); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func TestMatterByProgram(t *testing.T) {
	b := newBench(t)
	finding, id := b.exceeded()
	b.tokens["plant"] = caller("plant", "enterprise", access.Scope{Enterprise: b.plant.ID}, everything...)
	b.tokens["officer"] = caller("officer", "field_officer", in("231102"), everything...)

	found := b.ok(200, "GET", "/findings", nil)
	b.want(found, []any{"findings", 0, "id"}, finding)
	b.want(found, []any{"findings", 0, "matter"}, id)
	one := b.ok(200, "GET", fmt.Sprintf("/findings/%d", finding), nil)
	b.want(one, []any{"facts", "limit"}, "200")
	b.want(one, []any{"period_list", 0, "at"}, "2026-09-29T07:00:00+08:00")

	// Two working days from Tuesday 2026-09-29, with 1 to 7 October off: the
	// day after counts as the first, so that 30 September and 8 October are
	// counted.
	path := fmt.Sprintf("/matters/%d", id)
	list := b.ok(200, "GET", "/matters?state=open", nil)
	b.want(list, []any{"matters", 0, "due_at"}, "2026-10-09T00:00:00+08:00")
	b.want(b.ok(200, "GET", "/matters?state=closed", nil), []any{"matters", 0}, nil)
	m := b.ok(200, "GET", path, nil)
	b.want(m, []any{"stage"}, "verify")
	b.want(m, []any{"owner", "roles", 0}, "city_section")
	b.want(m, []any{"moves", 0, "move"}, "assign")
	b.want(m, []any{"moves", 0, "fields", 0, "key"}, "demand")
	b.want(m, []any{"late"}, false)
	b.want(m, []any{"due_at"}, "2026-10-09T00:00:00+08:00")
	var verify any
	for _, c := range m["clocks"].([]any) {
		if at(c, "stage") == "verify" {
			verify = c
		}
	}
	b.want(verify, []any{"due_on"}, "2026-10-08")
	b.want(verify, []any{"rule"}, "2个工作日")
	if steps, _ := at(verify, "explain").([]any); len(steps) < 2 {
		t.Errorf("the clock is explained by %v", steps)
	}

	// The assigning, once: whoever saw the matter before is told.
	assign := map[string]any{"move": "assign", "version": 1, "fields": map[string]string{"demand": "请说明原因"}}
	got := b.answer(b.send("city", "POST", path+"/moves", map[string]any{"move": "assign", "version": 1}), 422)
	b.want(got, []any{"errors", 0, "field"}, "demand")
	b.answer(b.send("plant", "POST", path+"/moves", assign), 403)
	b.want(b.ok(201, "POST", path+"/moves", assign), []any{"stage"}, "explain")
	b.answer(b.send("city", "POST", path+"/moves", assign), 409)

	b.answer(b.send("plant", "POST", path+"/moves", map[string]any{"move": "submit", "version": 2,
		"fields": map[string]string{"cause": "facility", "explanation": "脱硫泵故障", "marked": "none", "measures": "更换备泵"}}), 201)
	b.evidenceOf(path)

	// The first of what was done is the opening.
	moves := b.ok(200, "GET", path+"/moves", nil)
	b.want(moves, []any{"done", 0, "to"}, "verify")
	b.want(moves, []any{"done", 3, "to"}, "review")
	b.want(moves, []any{"done", 3, "evidence", 0, "name"}, "现场.jpg")
	b.want(moves, []any{"offers", 0, "move"}, "accept")

	b.want(b.ok(201, "POST", path+"/comments", map[string]any{"text": "请尽快"}), []any{"note"}, "请尽快")
	b.answer(b.send("city", "POST", path+"/comments", map[string]any{"text": " "}), 422)
	b.want(b.ok(200, "GET", path+"/comments", nil), []any{"comments", 1}, nil)
	b.answer(b.send("other", "GET", path, nil), 404)
	b.answer(b.send("other", "GET", fmt.Sprintf("/findings/%d", finding), nil), 404)
	b.answer(b.send("other", "POST", path+"/comments", map[string]any{"text": "x"}), 404)
}

// evidenceOf uploads a photograph, reads it back and lets the officer report
// with it.
func (b *bench) evidenceOf(path string) {
	b.t.Helper()
	data := photo()
	e := b.answer(b.upload("officer", path+"/evidence", "现场.jpg", data), 201)
	b.want(e, []any{"kind"}, "photo")
	b.want(e, []any{"used"}, false)
	lie := b.answer(b.upload("officer", path+"/evidence", "台账.pdf", data), 422)
	if s := fmt.Sprint(lie["detail"]); !strings.Contains(s, "JPEG") && !strings.Contains(s, "jpg") && !strings.Contains(s, "图片") {
		b.t.Errorf("a photograph named pdf is refused by %q", s)
	}
	b.answer(b.send("officer", "POST", path+"/evidence", `{}`), 422)
	b.answer(b.upload("other", path+"/evidence", "现场.jpg", data), 404)

	file := fmt.Sprintf("%s/evidence/%v", path, e["id"])
	w := b.send("city", "GET", file, nil)
	if w.Code != 200 || !bytes.Equal(w.Body.Bytes(), data) || w.Header().Get("Content-Type") != "image/jpeg" ||
		!strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment;") || w.Header().Get("X-Content-Type-Options") != "nosniff" {
		b.t.Errorf("the file comes back as %d, %d bytes, %v", w.Code, w.Body.Len(), w.Header())
	}
	b.answer(b.send("city", "GET", fmt.Sprintf("/matters/1/evidence/%v", e["id"]), nil), 404)
	b.answer(b.send("other", "GET", file, nil), 404)

	b.answer(b.send("officer", "POST", path+"/moves", map[string]any{"move": "report", "version": 3, "evidence": []any{e["id"]},
		"fields": map[string]string{"finding": "confirmed", "checked_on": "2026-09-29", "officers": "示例甲、示例乙", "facts": "备泵已投用"}}), 201)
	b.want(b.ok(200, "GET", path+"/evidence", nil), []any{"evidence", 0, "used"}, true)
}
