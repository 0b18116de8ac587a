package openapi_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"pingzhang/internal/clock"
	"pingzhang/internal/measure"
	"pingzhang/internal/openapi"
)

func when(s string) int64 {
	t, err := time.ParseInLocation(time.DateTime, s, clock.Shanghai)
	if err != nil {
		panic(err)
	}
	return t.Unix()
}

// hours stores three hours of two factors, the second hour of one corrected by
// a later message.
func (b *bench) hours(p measure.Point) {
	frame := func(at, received string, qn int64, cells ...measure.Cell) measure.Frame {
		return measure.Frame{Point: p, Kind: measure.Hour, At: when(at), Received: when(received), QN: qn, Cells: measure.Pack(cells...), Raw: []byte(at)}
	}
	so2 := func(avg, flag string) []measure.Cell {
		return []measure.Cell{{Factor: "a21026", Field: "Min", Text: "1.0"}, {Factor: "a21026", Field: "Avg", Text: avg}, {Factor: "a21026", Field: "Flag", Text: flag}}
	}
	smoke := measure.Cell{Factor: "a34013", Field: "Avg", Text: "+007.50"}
	first := when("2026-09-28 09:01:02")*1000 + 345
	back := frame("2026-09-28 10:00:00", "2026-09-28 12:30:00", 0, append(so2("46.50", "N"), smoke)...)
	back.Backfilled = true
	for _, f := range []measure.Frame{
		frame("2026-09-28 08:00:00", "2026-09-28 09:01:03", first, append(so2("38.5", "N"), smoke)...),
		frame("2026-09-28 09:00:00", "2026-09-28 10:01:03", when("2026-09-28 10:01:02")*1000, so2("250", "N")...),
		frame("2026-09-28 09:00:00", "2026-09-28 11:00:00", when("2026-09-28 10:59:58")*1000, so2("25.0", "D")...),
		back,
	} {
		_, err := b.measure.Append(ctx, []measure.Frame{f})
		b.must(err)
	}
}

func TestReadings(t *testing.T) {
	b := newBench(t)
	p := b.point("DEMO0001")
	b.hours(p)
	got := b.ok(200, "GET", "/readings?mn=DEMO0001&kind=hour&factor=a21026&from=2026-09-28T08:00:00&to=20260928100000&revisions=1", nil)
	for _, w := range []struct {
		path []any
		want any
	}{
		{[]any{"point"}, p}, {[]any{"mn"}, "DEMO0001"}, {[]any{"kind"}, "hour"}, {[]any{"units", "a21026"}, "mg/m3"}, {[]any{"next"}, nil},
		{[]any{"readings", 0, "time"}, "2026-09-28T08:00:00+08:00"}, {[]any{"readings", 0, "data_time"}, "20260928080000"}, {[]any{"readings", 0, "factor"}, "a21026"},
		{[]any{"readings", 0, "value"}, "38.5"}, {[]any{"readings", 0, "values", "Min"}, "1.0"}, {[]any{"readings", 0, "mark"}, "N"},
		{[]any{"readings", 0, "qn"}, "20260928090102345"}, {[]any{"readings", 0, "received_at"}, "2026-09-28T09:01:03+08:00"}, {[]any{"readings", 0, "revision"}, 1},
		{[]any{"readings", 1, "value"}, "25.0"}, {[]any{"readings", 1, "mark"}, "D"}, {[]any{"readings", 1, "revision"}, 2},
		{[]any{"readings", 1, "superseded", 0, "value"}, "250"}, {[]any{"readings", 1, "superseded", 0, "received_at"}, "2026-09-28T10:01:03+08:00"},
		{[]any{"readings", 2, "value"}, "46.50"}, {[]any{"readings", 2, "backfilled"}, true}, {[]any{"readings", 2, "qn"}, nil}, {[]any{"readings", 3}, nil},
	} {
		b.want(got, w.path, w.want)
	}
	without := b.ok(200, "GET", "/readings?mn=DEMO0001&kind=hour&factor=a21026", nil)
	b.want(without, []any{"readings", 1, "superseded"}, nil)
	smoke := b.ok(200, "GET", fmt.Sprintf("/readings?point=%d&kind=hour&factor=a34013&factor=a01011", p), nil)
	b.want(smoke, []any{"readings", 0, "value"}, "+007.50")
	b.want(smoke, []any{"readings", 0, "mark"}, nil)
	b.want(b.ok(200, "GET", "/readings?mn=DEMO0001&kind=hour&factor=a34013,a21026", nil), []any{"readings", 4, "factor"}, "a34013")
}

func TestReadingsBounds(t *testing.T) {
	b := newBench(t)
	b.hours(b.point("DEMO0001"))
	for _, tt := range []struct {
		name, query string
		want        int
	}{
		{"both ends are included", "&from=2026-09-28T08:00:00&to=2026-09-28T09:00:00", 3},
		{"a second later the first is out", "&from=2026-09-28T08:00:01&to=2026-09-28T09:00:00", 1},
		{"a second earlier the last is out", "&from=2026-09-28T08:00:00&to=2026-09-28T08:59:59", 2},
		{"one instant is a range", "&from=1790557200&to=1790557200", 1},
		{"without times the last 31 days are meant", "", 5},
		{"up to an end, 31 days before it", "&to=2026-09-28T08:00:00", 2},
		{"another kind has none", "&kind=day", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b.t = t
			query := tt.query
			if !strings.Contains(query, "kind") {
				query += "&kind=hour"
			}
			got := b.ok(200, "GET", "/readings?mn=DEMO0001"+query, nil)
			if n := len(got["readings"].([]any)); n != tt.want {
				t.Errorf("%d readings, want %d", n, tt.want)
			}
		})
	}
}

func TestReadingsPage(t *testing.T) {
	b := newBench(t)
	b.hours(b.point("DEMO0001"))
	var got []string
	after := ""
	for pages := 0; ; pages++ {
		if pages == 4 {
			t.Fatal("the pages do not end")
		}
		page := b.ok(200, "GET", "/readings?mn=DEMO0001&kind=hour&limit=2&after="+after, nil)
		for _, r := range page["readings"].([]any) {
			got = append(got, fmt.Sprint(at(r, "data_time"), at(r, "factor")))
		}
		if page["next"] == nil {
			break
		}
		after = fmt.Sprint(page["next"])
	}
	want := "20260928080000a21026 20260928080000a34013 20260928090000a21026 20260928100000a21026 20260928100000a34013"
	if s := strings.Join(got, " "); s != want {
		t.Errorf("pages give %s, want %s", s, want)
	}
}

func TestReadingsRefuse(t *testing.T) {
	b := newBench(t)
	p := b.point("DEMO0001")
	for _, tt := range []struct {
		name, token, query string
		status             int
		field              string
	}{
		{"a point has to be named", "city", "kind=hour", 422, "mn"},
		{"but once", "city", fmt.Sprintf("mn=DEMO0001&point=%d", p), 422, "point"},
		{"a kind is one of four", "city", "mn=DEMO0001&kind=week", 422, "kind"},
		{"a time is a time", "city", "mn=DEMO0001&from=gestern", 422, "from"},
		{"time runs forward", "city", "mn=DEMO0001&from=2026-09-28&to=2026-09-27", 422, "to"},
		{"a page has a size", "city", "mn=DEMO0001&limit=0", 422, "limit"},
		{"and a largest one", "city", "mn=DEMO0001&limit=100001", 422, "limit"},
		{"a place in the order is what was given", "city", "mn=DEMO0001&after=x", 422, "after"},
		{"an unknown device number is not found", "city", "mn=DEMO0009", 404, ""},
		{"an outlet is no point", "city", fmt.Sprintf("point=%d", b.outlet.ID), 404, ""},
		{"a point of another county is not found", "other", "mn=DEMO0001", 404, ""},
		{"nor by its id", "other", fmt.Sprintf("point=%d", p), 404, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b.t = t
			got := b.answer(b.send(tt.token, "GET", "/readings?"+tt.query, nil), tt.status)
			if tt.field != "" {
				b.want(got, []any{"errors", 0, "field"}, tt.field)
			}
		})
	}
}

// breaking gives n rows and then fails.
type breaking struct {
	n   int
	err error
}

func (r breaking) Rows(_ context.Context, _ measure.RowQuery, fn func(measure.Row) error) error {
	for i := range r.n {
		if err := fn(measure.Row{At: int64(i), Factor: "a21026", Version: measure.Version{Values: []measure.Value{{Field: "Avg", Text: "1"}}}}); err != nil {
			return err
		}
	}
	return r.err
}

func TestReadingsBreak(t *testing.T) {
	b := newBench(t)
	b.point("DEMO0001")
	c := b.config
	c.Readings = breaking{10, errors.New("the disk went away")}
	b.h = openapi.New(c)
	got := b.ok(500, "GET", "/readings?mn=DEMO0001", nil)
	if s := fmt.Sprint(got["detail"]); strings.Contains(s, "disk") {
		t.Errorf("an internal failure tells a stranger of its cause: %s", s)
	}

	c.Readings = breaking{5000, errors.New("the disk went away")}
	srv := httptest.NewServer(openapi.New(c))
	defer srv.Close()
	req, _ := http.NewRequest("GET", srv.URL+"/api/v1/readings?mn=DEMO0001", nil)
	req.Header.Set("Authorization", "Bearer city")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if _, err := readAll(res); err == nil {
		t.Error("an answer that broke off passes for a whole one")
	}
}
