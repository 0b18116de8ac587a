package web

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"io"
	"mime/multipart"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pingzhang/catalog"
	"pingzhang/internal/access"
	"pingzhang/internal/air"
	"pingzhang/internal/calendar"
	"pingzhang/internal/clock"
	"pingzhang/internal/law"
	"pingzhang/internal/matter"
	"pingzhang/internal/measure"
	"pingzhang/internal/notify"
	"pingzhang/internal/warning"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

// hands is a clock that a test moves.
type hands struct{ at time.Time }

func (h *hands) Now() time.Time { return h.at.In(clock.Shanghai) }

// measuredDays says what was measured.
type measuredDays map[standard.Date]int

func (m measuredDays) Days(_ context.Context, _ access.Division, from, to standard.Date) (all []aqi.Outlook, _ error) {
	for t := timeOn(from); dayOn(t) <= to; t = t.AddDate(0, 0, 1) {
		o := aqi.Outlook{On: dayOn(t), AQI: aqi.NoIAQI}
		if n, ok := m[o.On]; ok {
			o.AQI, o.Primary = n, aqi.SetOf(aqi.PM25)
		}
		all = append(all, o)
	}
	return all, nil
}

// warned is a site with the real duty of warnings, a clock to move, and a list of
// the heating works and the heating station in a file.
type warnedSite struct {
	*site
	duty     *warning.Store
	clock    *hands
	measured measuredDays
}

const warnedList = `统一社会信用代码,单位名称,生产线或工序,行业,绩效等级,SO2基准排放量（t/d）,NOx基准排放量（t/d）,PM基准排放量（t/d）,VOCs基准排放量（t/d）,预警级别,措施类型,限产比例（%）,措施内容,SO2减排量（t/d）,NOx减排量（t/d）,PM减排量（t/d）,VOCs减排量（t/d）,核查点位,核查因子,核查限值,核查基准值,不高于基准的比例（%）,核查单位
91231102MA0000015F,示例热力有限公司,1号锅炉,供热,B,1.2,2.4,0.3,,黄色,限产,50,1号锅炉降负荷运行,0.6,1.2,0.15,,TEST0000000000000000001A,a00000,,50000,50,m³/h
91231102MA0000015F,示例热力有限公司,1号锅炉,供热,B,1.2,2.4,0.3,,橙色,停产,,1号锅炉停运,1.2,2.4,0.3,,TEST0000000000000000001A,a00000,500,,,m³/h
91231124MA0000023A,示例供热站,1号锅炉,供热,特级,1,2,0.2,,黄色,停产,,1号锅炉停运,,2,0.2,,,,,,,
91231102MA0000023A,示例供热站,1号锅炉,供热,C,1,2,0.2,,黄色,停产,,1号锅炉停运,,2,-0.2,,,,,,,
`

func warned(t *testing.T) *warnedSite {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	s := &warnedSite{site: newSite(t), clock: &hands{siteNow.Truncate(time.Hour)}, measured: measuredDays{}}
	_, err := s.db.Migrate(t.Context(), warning.Migrations)
	must(err)
	s.db.Clock, s.web.cfg.Clock = s.clock, s.clock
	files := catalog.FS("")
	table, families, err := calendar.Load(catalog.Sub(files, "calendar"))
	must(err)
	laws, err := law.Load(catalog.Sub(files, "law"))
	must(err)
	books, err := matter.Load(catalog.Sub(files, "playbooks"), matter.Known{Laws: laws, Families: families})
	must(err)
	places, err := access.LoadPlaces(catalog.Sub(files, "heihe"))
	must(err)
	settings, err := warning.LoadSettings(files)
	must(err)
	rules, err := standard.LoadRules(files, "standards/auto_monitoring.tsv")
	must(err)
	levels, err := aqi.Open(files)
	must(err)
	notices := notify.New(s.db)
	matters := matter.New(s.db, matter.Config{Dir: t.TempDir(), Playbooks: books, Families: families, Table: calendar.New(s.db, table).Table, Notify: notices})
	s.duty = warning.New(s.db, warning.Config{Register: s.reg, Readings: s.store, Matters: matters, Notices: notices, Divisions: places, Measured: s.measured,
		Law: laws, Book: levels, Rules: rules, Settings: settings})
	s.web.cfg.Matter, s.web.cfg.Warning, s.web.cfg.Law = matters, s.duty, laws
	airBook, err := aqi.Open(files)
	must(err)
	s.web.cfg.Air = &fakeAir{book: airBook, hours: map[int64][]air.Hour{}, days: map[air.Place]map[standard.Date]air.Day{}}
	// The unit of the flow belongs to the register.
	e, err := s.reg.Entry(t.Context(), access.Platform("register.read", "frame.operate"), s.boiler.ID)
	must(err)
	e.Data["factors"] = `[{"code":"a00000","unit":"m3/h"},{"code":"a21026","unit":"mg/m3"}]`
	_, err = s.reg.Save(t.Context(), access.Platform("register.read", "register.edit", "point.edit", "frame.operate"), e, "登记流量单位")
	must(err)
	return s
}

// flows stores hour means of the boiler's flow from a moment on.
func (s *warnedSite) flows(from time.Time, values ...string) {
	s.t.Helper()
	var frames []measure.Frame
	for i, v := range values {
		at := from.Add(time.Duration(i) * time.Hour)
		frames = append(frames, measure.Frame{Point: measure.Point(s.boiler.ID), Kind: measure.Hour, At: at.Unix(), QN: at.Add(time.Hour).UnixMilli(), Received: at.Add(time.Hour).Unix(), Raw: []byte("示例" + v + at.String()),
			Cells: measure.Pack(measure.Cell{Factor: "a00000", Field: "Avg", Text: v}, measure.Cell{Factor: "a00000", Field: "Flag", Text: "N"})})
	}
	if _, err := s.store.Append(context.Background(), frames); err != nil {
		s.t.Fatal(err)
	}
}

// file writes a file to be chosen in a form.
func (s *warnedSite) file(name string, data []byte) string {
	s.t.Helper()
	path := filepath.Join(s.t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		s.t.Fatal(err)
	}
	return path
}

func picture(t *testing.T) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 320, 240))
	for x := range 320 {
		for y := range 240 {
			img.Set(x, y, color.RGBA{uint8(x), uint8(y), 120, 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// post sends a form with a file.
func (v visitor) post(path string, fields map[string]string, file, name string, data []byte) (status int, body, location string) {
	v.s.t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for k, text := range fields {
		form.WriteField(k, text)
	}
	if name != "" {
		part, err := form.CreateFormFile(file, name)
		if err != nil {
			v.s.t.Fatal(err)
		}
		part.Write(data)
	}
	form.Close()
	res, err := v.Post(v.s.server.URL+path, form.FormDataContentType(), &b)
	if err != nil {
		v.s.t.Fatal(err)
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	if err != nil {
		v.s.t.Fatal(err)
	}
	return res.StatusCode, string(got), res.Header.Get("Location")
}
