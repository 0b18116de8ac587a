package air_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"pingzhang/catalog"
	"pingzhang/internal/access"
	"pingzhang/internal/air"
	"pingzhang/internal/bulletin"
	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
	"pingzhang/internal/sqldb/sqldbtest"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

func TestPeriods(t *testing.T) {
	for _, tt := range []struct {
		kind                       air.BulletinKind
		text, from, to, name, last string // last: the same a year before
	}{
		{air.DayBulletin, "2026-11-23", "2026-11-23", "2026-11-23", "2026年11月23日", "2025-11-23"},
		{air.DayBulletin, "2028-02-29", "2028-02-29", "2028-02-29", "2028年2月29日", ""},
		{air.MonthBulletin, "2028-02", "2028-02-01", "2028-02-29", "2028年2月", "2027-02"},
		{air.QuarterBulletin, "2026-Q1", "2026-01-01", "2026-03-31", "2026年第一季度", "2025-Q1"},
		{air.QuarterBulletin, "2026-Q4", "2026-10-01", "2026-12-31", "2026年第四季度", "2025-Q4"},
		{air.YearBulletin, "2026", "2026-01-01", "2026-12-31", "2026年", "2025"},
	} {
		p, err := air.ParsePeriod(tt.kind, tt.text)
		if err != nil || p.From != standard.Date(tt.from) || p.To != standard.Date(tt.to) || p.Name() != tt.name || p.String() != tt.text {
			t.Errorf("%s %s: %+v %s %s, %v", tt.kind, tt.text, p, p, p.Name(), err)
		}
		if last, ok := p.LastYear(); ok != (tt.last != "") || ok && last.String() != tt.last {
			t.Errorf("%s %s: a year before %s, %v", tt.kind, tt.text, last, ok)
		}
	}
	if p, _ := air.ParsePeriod(air.QuarterBulletin, "2026-Q1"); p.Prior().String() != "2025-Q4" || p.End() != at("2026-04-01 00:00") {
		t.Error(p.Prior(), p.End())
	}
	for kind, texts := range map[air.BulletinKind][]string{
		air.DayBulletin: {"2026-13-01", "2026-02-29", "2026-11", "", "1"}, air.MonthBulletin: {"2026-13", "2026"}, air.QuarterBulletin: {"2026-Q5", "2026-Q0", "2026-q1", "x", "2026-Q11"}, air.YearBulletin: {"26", "year"}, "week": {"2026-11-23"},
	} {
		for _, text := range texts {
			if p, err := air.ParsePeriod(kind, text); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s %q: %+v, %v", kind, text, p, err)
			}
		}
	}
}

var publisher = city.Grant("bulletin.publish")

// names of divisions as a city has them.
func names(d access.Division) string {
	return map[access.Division]string{"231100": "示例市", "231102": "示例甲区", "231121": "示例乙县"}[d]
}

// told is the duty with bulletins.
func told(b *bench) *air.Bulletins {
	return &air.Bulletins{Air: b.Store, Kept: bulletin.New(b.db), Templates: catalog.Sub(catalog.FS(""), "templates"), NameOf: names, Bureau: "示例市生态环境局"}
}

// storeDays writes days of a place as the duty reckons them, without their hours:
// PM2.5 is pm on each, the others are clean. There are days for which pm is empty.
func (b *bench) storeDays(table, key string, place any, division access.Division, from string, pm ...string) {
	b.t.Helper()
	first := at(from + " 00:00")
	err := b.db.InTx(ctx, func(tx *sqldb.Tx) error {
		for i, x := range pm {
			if x == "" {
				continue
			}
			on := standard.Date(first.AddDate(0, 0, i).Format(time.DateOnly))
			index, level, good, primary := int64(40), 1, "good", ""
			if standard.Must(x).Cmp(standard.Must("60")) > 0 {
				index, level, good, primary = 120, 3, "bad", "PM2.5/24h"
			}
			station, of := int64(0), string(division)
			if id, ok := place.(int64); ok {
				station = id
			} else {
				of = place.(string)
			}
			if err := tx.ExecOne(ctx, `
				INSERT INTO `+table+` (station, division, day_on, revision, area, assessed, points_due, aqi, published, level, primary_items, good, issue, edition, confidence, so2, no2, pm10, pm25, co, o3, o3_1h, items, hourly, basis, cause, reckoned_at)
				VALUES ($1, $2, $3, 1, 2, TRUE, 1, $4, TRUE, $5, $6, $7, '', 'HJ 633-2026', 'source', '6', '20', '42', $8, '0.8', '80', '90', '', '', 0, '示例', 0)`,
				station, of, string(on), index, level, primary, good, x); err != nil {
				return fmt.Errorf("%s: %w", key, err)
			}
		}
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

func repeat(x string, n int) []string { return slices.Repeat([]string{x}, n) }

// cell returns a cell of a table of a content.
func cell(t *testing.T, c bulletin.Content, table, row, field string) string {
	t.Helper()
	for _, x := range c.Tables {
		i := slices.Index(x.Fields, field)
		if x.Name != table || i < 0 {
			continue
		}
		for _, r := range x.Rows {
			if r[0] == row {
				return r[i]
			}
		}
	}
	t.Fatalf("%s has no %s of %s", table, field, row)
	return ""
}

// sixStations registers two stations in a district and one in a county, and the
// October of 2026 and 2025.
func october(b *bench) (first, second, third int64) {
	first, second, third = b.station("2263A", "231102").ID, b.station("2264A", "231102").ID, b.station("2265A", "231121").ID
	// 31 days of which one is 61: the mean is (30·34+61)/31 = 34.870…
	b.storeDays("air_days", "first", first, "231102", "2026-10-01", append(repeat("34", 30), "61")...)
	// 26 days are one too few for a mean of a month (GB 3095-2026 table 4).
	b.storeDays("air_days", "second", second, "231102", "2026-10-01", repeat("20", 26)...)
	b.storeDays("air_days", "third", third, "231121", "2026-10-01", repeat("12.5", 27)...)
	for _, division := range []string{"231100", "231102"} {
		b.storeDays("air_city_days", division, division, access.Division(division), "2026-10-01", append(repeat("34", 30), "61")...)
		b.storeDays("air_city_days", division, division, access.Division(division), "2025-10-01", repeat("40", 31)...)
	}
	b.storeDays("air_city_days", "231121", "231121", "231121", "2026-10-01", repeat("12.5", 27)...)
	return first, second, third
}

func TestMonthBulletin(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newBench(t, db)
		october(b)
		b.hand.set(at("2026-11-02 09:00"))
		x := told(b)
		key := bulletin.Key{Duty: "air", Kind: "month", Division: "231100", Period: "2026-10"}
		c, err := x.Draft(ctx, city, key)
		if err != nil {
			t.Fatal(err)
		}
		if c.Title != "示例市环境空气质量月报（2026年10月）" || c.EndsOn != "2026-10-31" || c.Key != key {
			t.Errorf("%+v", c.Key)
		}
		for _, tt := range []struct{ table, row, field, want string }{
			{"区域评价", "示例市", "优良天数", "30"}, {"区域评价", "示例市", "有效天数", "31"},
			{"区域评价", "示例市", "优良率", "96.8"}, // 30/31
			{"区域评价", "示例市", "上年优良率", "100.0"}, {"区域评价", "示例市", "优良率变化", "-3.2"}, {"区域评价", "示例市", "排名", "—"},
			// HJ 663-2026: 6/60 + 20/40 + 42/60 + 34.8710/30 + 0.8/4 + 80/160.
			{"区域评价", "示例甲区", "综合指数", "3.16"},
			// A year ago by the edition of then, 6/60 + 20/40 + 42/70 + 40/35 + 0.8/4 + 80/160 = 3.0429.
			{"区域评价", "示例甲区", "上年综合指数", "3.04"}, {"区域评价", "示例甲区", "综合指数变化", "+3.9"}, {"区域评价", "示例甲区", "最大指数污染物", "PM2.5"},
			{"区域评价", "示例乙县", "综合指数", "2.42"}, {"区域评价", "示例乙县", "排名", "1"}, {"区域评价", "示例甲区", "排名", "2"}, {"区域评价", "示例乙县", "综合指数变化", "—"},
			{"区域评价", "示例甲区", "待核实", "待核实：综合指数、排名"}, {"区域浓度", "示例甲区", "待核实", "待核实：浓度"}, {"区域天数", "示例甲区", "待核实", ""},
			{"区域浓度", "示例市", "PM2.5", "35"}, {"区域浓度", "示例市", "PM2.5变化", "-12.5"}, {"区域浓度", "示例市", "CO", "0.8"}, {"区域浓度", "示例市", "SO2变化", "0.0"},
			{"区域浓度", "示例乙县", "PM2.5", "12"}, // 12.5 to even
			{"区域浓度", "示例乙县", "PM2.5变化", "—"},
			{"区域天数", "示例市", "优", "30"}, {"区域天数", "示例市", "轻度污染", "1"}, {"区域天数", "示例市", "PM2.5首要", "1"}, {"区域天数", "示例市", "未知", "0"},
			{"站点评价", "示例站 2264A", "综合指数", "—"}, {"站点评价", "示例站 2264A", "排名", "—"}, {"站点评价", "示例站 2265A", "排名", "1"},
			{"站点浓度", "示例站 2264A", "PM2.5", "—"},
			{"数据有效性", "示例站 2264A", "有效天数", "26"}, {"数据有效性", "示例站 2264A", "未知天数", "5"}, {"数据有效性", "示例站 2264A", "所在", "示例甲区"}, {"数据有效性", "示例站 2264A", "类别", "考核点"},
		} {
			if got := cell(t, c, tt.table, tt.row, tt.field); got != tt.want {
				t.Errorf("%s %s %s is %q, want %q", tt.table, tt.row, tt.field, got, tt.want)
			}
		}
		for _, tt := range []struct{ table, field, want string }{
			{"站点浓度", "说明", "有月份的有效天数不足（26 天，须 27 天），仅供参考的值为 20"}, {"站点评价", "说明", "仅供参考的值为"}, {"数据有效性", "原因", "5 天"},
		} {
			if got := cell(t, c, tt.table, "示例站 2264A", tt.field); !strings.Contains(got, tt.want) {
				t.Errorf("%s %s is %q, which does not say %q", tt.table, tt.field, got, tt.want)
			}
		}
		all := strings.Join(append(c.Summary, c.Notes...), "\n")
		for _, text := range []string{"优良 30 天，优良天数比率 96.8%，比上年同期（100.0%）下降 3.2 个百分点", "PM2.5 35 µg/m³，比上年同期（40）下降 12.5%", "（浓度待核实）", "综合指数为 3.16，比上年同期（3.04）上升 3.9%", "综合指数待核实", "HJ 663", "HJ 633-2026", "修约位数为发布惯例，待核实"} {
			if !strings.Contains(all, text) {
				t.Errorf("it does not say %q:\n%s", text, all)
			}
		}
		again, err := x.Draft(ctx, city, key)
		if err != nil || again.Digest() != c.Digest() {
			t.Errorf("the same days give another content: %v", err)
		}
	}, append(slices.Clone(sets), bulletin.Migrations)...)
}

func TestDayBulletin(t *testing.T) {
	b := newBench(t, sqlite(t))
	first := b.station("2263A", "231102").ID
	b.station("2264A", "231102")
	other := b.station("2266A", "231102", "assessed", "no").ID
	b.storeDays("air_days", "first", first, "231102", "2026-10-31", "61")
	b.storeDays("air_days", "other", other, "231102", "2026-10-31", "20")
	b.storeDays("air_city_days", "231100", "231100", "231100", "2025-10-31", "20")
	c, err := told(b).Draft(ctx, city, bulletin.Key{Duty: "air", Kind: "day", Division: "231100", Period: "2026-10-31"})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ table, row, field, want string }{
		{"区域日报", "示例市", "AQI", "—"}, {"区域日报", "示例市", "级别", "未知"}, {"区域日报", "示例市", "上年AQI", "40"}, {"区域日报", "示例市", "PM2.5", "—"},
		{"站点日报", "示例站 2263A", "AQI", "120"}, {"站点日报", "示例站 2263A", "级别", "轻度污染"}, {"站点日报", "示例站 2263A", "首要污染物", "PM2.5"}, {"站点日报", "示例站 2263A", "排名", "1"},
		{"站点日报", "示例站 2264A", "级别", "未知"}, {"站点日报", "示例站 2264A", "排名", "—"},
		{"站点日报", "示例站 2266A", "首要污染物", "无"}, {"站点日报", "示例站 2266A", "类别", "其他点"}, {"站点日报", "示例站 2266A", "排名", "—"},
	} {
		if got := cell(t, c, tt.table, tt.row, tt.field); got != tt.want {
			t.Errorf("%s %s %s is %q, want %q", tt.table, tt.row, tt.field, got, tt.want)
		}
	}
	if got := cell(t, c, "缺测站点", "示例站 2264A", "原因"); got == "" {
		t.Error("there is no reason")
	}
	if text := strings.Join(c.Summary, ""); !strings.Contains(text, "（AQI）未知") || !strings.Contains(text, "站点 3 个，其中优 1 个，轻度污染 1 个，未知 1 个") {
		t.Error(text)
	}
	if text := strings.Join(c.Notes, ""); !strings.Contains(text, "次日 12 时前") {
		t.Error(text)
	}
}

func TestBulletinScope(t *testing.T) {
	b := newBench(t, sqlite(t))
	b.station("2263A", "231102")
	b.station("2265A", "231121")
	x := told(b)
	key := bulletin.Key{Kind: "day", Division: "231100", Period: "2026-10-31"}
	if _, err := x.Draft(ctx, county, key); !fault.Is(err, fault.NotFound) {
		t.Errorf("a county asks for the city: %v", err)
	}
	if _, err := x.Draft(ctx, access.Caller{Scope: city.Scope}, key); !fault.Is(err, fault.Denied) {
		t.Errorf("without monitor.read: %v", err)
	}
	key.Division = "231102"
	c, err := x.Draft(ctx, county, key)
	if err != nil || len(c.Tables[1].Rows) != 1 || len(c.Tables[0].Rows) != 1 {
		t.Errorf("its own county, with its own station: %+v, %v", c.Tables, err)
	}
}

// TestBulletinDust deducts the last day of a month for the city: (30·34)/30 = 34,
// and 6/60 + 20/40 + 42/60 + 34/30 + 0.8/4 + 80/160 = 3.1333.
func TestBulletinDust(t *testing.T) {
	b := newBench(t, sqlite(t))
	october(b)
	b.hand.set(at("2026-11-02 09:00"))
	d, err := b.Deduct(ctx, proposer, air.Dust{From: at("2026-10-31 05:00").Unix(), To: at("2026-10-31 21:00").Unix(), Reason: "沙尘过境", Evidence: "示例通报1号"},
		[]air.Place{{Division: "231100"}}, aqi.SetOf(aqi.PM25))
	if err != nil {
		t.Fatal(err)
	}
	key := bulletin.Key{Duty: "air", Kind: "month", Division: "231100", Period: "2026-10"}
	for _, approved := range []bool{false, true} {
		if approved {
			if err := b.DecideDust(ctx, approver, d.ID, true, "同意"); err != nil {
				t.Fatal(err)
			}
		}
		c, err := told(b).Draft(ctx, city, key)
		if err != nil {
			t.Fatal(err)
		}
		want := [4]string{"35", "3.16", "30", "31"}
		if approved {
			want = [4]string{"34", "3.13", "30", "31"}
		}
		got := [4]string{cell(t, c, "区域浓度", "示例市", "PM2.5"), cell(t, c, "区域评价", "示例市", "综合指数"), cell(t, c, "区域评价", "示例市", "优良天数"), cell(t, c, "区域评价", "示例市", "有效天数")}
		if got != want {
			t.Errorf("approved %v: %q, want %q", approved, got, want)
		}
		// Nothing was deducted for the district.
		if got := cell(t, c, "区域评价", "示例甲区", "综合指数"); got != "3.16" {
			t.Error(got)
		}
		note := "示例市：PM10、PM2.5 和综合指数已扣除沙尘影响（2026-10-31）；不扣除时为 PM10 42，PM2.5 35，综合指数 3.16"
		if text := strings.Join(c.Notes, "\n"); strings.Contains(text, note) != approved {
			t.Errorf("approved %v: %s", approved, text)
		}
	}
}

// TestPublishBulletin publishes a month, lets a day change, and corrects.
func TestPublishBulletin(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := newBench(t, db)
		october(b)
		x := told(b)
		key := bulletin.Key{Duty: "air", Kind: "month", Division: "231100", Period: "2026-10"}
		draft := func() bulletin.Content {
			c, err := x.Draft(ctx, publisher, key)
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		c := draft()
		b.hand.set(at("2026-10-31 23:59"))
		if _, err := x.Publish(ctx, publisher, key, c.Digest(), 0, ""); !fault.Is(err, fault.Invalid) || !strings.Contains(fault.Text(err), "还没有结束") {
			t.Errorf("before the month is over: %v", err)
		}
		b.hand.set(at("2026-11-01 00:00"))
		if _, err := x.Publish(ctx, city, key, c.Digest(), 0, ""); !fault.Is(err, fault.Denied) {
			t.Errorf("without the right: %v", err)
		}
		if _, err := x.Publish(ctx, publisher, key, "another", 0, ""); !fault.Is(err, fault.Conflict) {
			t.Errorf("other figures than were seen: %v", err)
		}
		first, err := x.Publish(ctx, publisher, key, c.Digest(), 0, "")
		if err != nil || first.Revision != 1 || first.Digest != c.Digest() {
			t.Fatalf("%+v, %v", first, err)
		}
		word, err := x.Kept.File(ctx, city, first.ID, "docx")
		if err != nil {
			t.Fatal(err)
		}
		text := unzipped(t, word.Bytes, "word/document.xml")
		for _, want := range []string{"示例市环境空气质量月报（2026年10月）", "示例市生态环境局", "2026年11月1日", "待核实：综合指数、排名", "待核实：浓度", "示例站 2264A"} {
			if !strings.Contains(text, want) {
				t.Errorf("the document does not say %q", want)
			}
		}
		if strings.Contains(text, "{{") || strings.Contains(text, "草稿") {
			t.Error("the document has a placeholder, or calls itself a draft")
		}
		book, err := x.Kept.File(ctx, city, first.ID, "xlsx")
		if err != nil {
			t.Fatal(err)
		}
		f, err := excelize.OpenReader(bytes.NewReader(book.Bytes))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if got := f.GetSheetList(); !slices.Equal(got, []string{"区域评价", "区域浓度", "区域天数", "站点评价", "站点浓度", "站点天数", "数据有效性", "说明"}) {
			t.Error(got)
		}
		if v, err := f.GetCellValue("区域评价", "H4"); err != nil || v != "3.16" { // 示例甲区, 综合指数
			t.Errorf("%q, %v", v, err)
		}

		// A late value makes the last day good.
		err = b.db.InTx(ctx, func(tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE air_city_days SET pm25 = '34', aqi = 40, level = 1, good = 'good', primary_items = '' WHERE day_on = '2026-10-31'`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		old, err := x.Kept.Open(ctx, city, first.ID)
		if err != nil {
			t.Fatal(err)
		}
		differ := bulletin.Compare(old.Content, draft())
		if !slices.Contains(differ, bulletin.Difference{Table: "区域评价", Row: "示例市", Column: "优良天数", From: "30", To: "31"}) || slices.ContainsFunc(differ, func(d bulletin.Difference) bool { return d.Row == "示例乙县" && d.Column != "排名" }) {
			t.Errorf("%+v", differ)
		}
		if _, err := x.Publish(ctx, publisher, key, draft().Digest(), 1, ""); !fault.Is(err, fault.Invalid) {
			t.Errorf("a correction without a reason: %v", err)
		}
		second, err := x.Publish(ctx, publisher, key, draft().Digest(), 1, "示例：一日的数据补齐")
		if err != nil || second.Revision != 2 {
			t.Fatalf("%+v, %v", second, err)
		}
		again, err := x.Kept.File(ctx, city, first.ID, "docx")
		if err != nil || !bytes.Equal(again.Bytes, word.Bytes) {
			t.Errorf("the first changed: %v", err)
		}
		corrected, err := x.Kept.File(ctx, city, second.ID, "docx")
		if err != nil || !strings.Contains(unzipped(t, corrected.Bytes, "word/document.xml"), "更正（第 2 版）：示例：一日的数据补齐") {
			t.Errorf("%v", err)
		}
		if n := b.count(`SELECT COUNT(*) FROM journal WHERE act LIKE 'bulletin.%'`); n != 2 {
			t.Errorf("%d entries of the journal", n)
		}
	}, append(slices.Clone(sets), bulletin.Migrations)...)
}

func unzipped(t *testing.T, data []byte, name string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestBulletinFiles makes the files of each kind. With PINGZHANG_SHOTS they are
// left there, to be looked at.
func TestBulletinFiles(t *testing.T) {
	b := newBench(t, sqlite(t))
	october(b)
	x := told(b)
	for kind, period := range map[string]string{"day": "2026-10-31", "month": "2026-10", "quarter": "2026-Q4", "year": "2026"} {
		for _, form := range air.Forms {
			key := bulletin.Key{Duty: "air", Kind: kind, Division: "231100", Period: period}
			f, err := x.DraftFile(ctx, city, key, form)
			if err != nil {
				t.Fatal(kind, form, err)
			}
			if !strings.HasSuffix(f.Name, "（草稿）."+form) {
				t.Error(f.Name)
			}
			if form == "docx" && !strings.Contains(unzipped(t, f.Bytes, "word/document.xml"), "草稿，未发布") {
				t.Errorf("the %s does not say that it is a draft", kind)
			}
			if dir := os.Getenv("PINGZHANG_SHOTS"); dir != "" {
				if err := os.WriteFile(filepath.Join(dir, "air-"+kind+"."+form), f.Bytes, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if _, err := x.DraftFile(ctx, city, bulletin.Key{Kind: "day", Division: "231100", Period: "2026-10-31"}, "pdf"); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	c, err := x.Draft(ctx, city, bulletin.Key{Kind: "month", Division: "231100", Period: "2026-10"})
	if err != nil {
		t.Fatal(err)
	}
	var made air.Bulletin
	if err := json.Unmarshal(c.Data, &made); err != nil || len(made.Spans) != 6 || !made.Spans[0].Figures[3].Value.IsSet() {
		t.Errorf("%+v, %v", made, err)
	}
}
