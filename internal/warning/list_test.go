package warning_test

import (
	"bytes"
	"strings"
	"testing"

	"pingzhang/internal/fault"
	"pingzhang/internal/warning"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

var input = warning.ListInput{Division: "231100", Year: 2026, Unit: "t/d"}

// TestListCells names each cell that cannot be used, and takes the rest.
func TestListCells(t *testing.T) {
	b := newBench(t, sqlite(t))
	lines := strings.Split(strings.TrimSpace(listCSV), "\n")
	head, row := lines[0], lines[1]
	for _, tt := range []struct {
		name   string
		row    string
		cell   string
		text   string
		taken  int
		checks bool // the line keeps its check
	}{
		{"a good row", row, "", "", 1, true},
		{"a firm that is not registered", strings.Replace(row, "015F", "099X", 1), "A2", "没有这个代码", 0, false},
		{"another name", strings.Replace(row, "示例热力有限公司", "示例热力", 1), "B2", "名称", 0, false},
		{"a level that is none", strings.Replace(row, "黄色", "蓝色", 1), "J2", "黄色、橙色、红色", 0, false},
		{"a measure that is none", strings.Replace(row, "限产", "减产", 1), "K2", "停产、限产", 0, false},
		{"a grade that is none", strings.Replace(row, ",B,", ",特级,", 1), "E2", "绩效等级", 1, true},
		{"full-width digits", strings.Replace(row, ",1.2,2.4", ",１.２,2.4", 1), "F2", "全角", 1, true},
		{"a negative amount", strings.Replace(row, "0.6,1.2", "-0.6,1.2", 1), "N2", "负数", 1, true},
		{"more than all", strings.Replace(row, "0.6,1.2", "1.3,1.2", 1), "N2", "大于基准排放量", 1, true},
		{"a share above all", strings.Replace(row, "限产,50,", "限产,150,", 1), "L2", "不大于 100", 1, true},
		{"a point of nobody", strings.Replace(row, "0001A", "0009A", 1), "R2", "没有编号", 1, false},
		{"a point of another firm", strings.Replace(row, "0001A", "0002A", 1), "R2", "没有编号", 1, false},
		{"a factor that is none", strings.Replace(row, "a00000", "流量", 1), "S2", "不是因子编码", 1, false},
		{"no bound", strings.Replace(row, ",50000,50,m³/h", ",,,m³/h", 1), "T2", "核查限值", 1, false},
		{"both bounds", strings.Replace(row, ",,50000,50,m³/h", ",25000,50000,50,m³/h", 1), "T2", "只能写一种", 1, false},
		{"a unit that is none", strings.Replace(row, ",m³/h", ",方", 1), "W2", "单位", 1, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, err := b.ImportList(ctx, section, input, "清单.csv", strings.NewReader(head+"\n"+tt.row+"\n"))
			if err != nil || out.Taken != tt.taken || (out.Wrong != 0) != (tt.cell != "") {
				t.Fatalf("%v, %+v", err, out)
			}
			found := tt.cell == ""
			for _, p := range out.Problems {
				found = found || p.Cell == tt.cell && strings.Contains(p.Text, tt.text)
			}
			if !found {
				t.Errorf("%s is not blamed for %q: %v", tt.cell, tt.text, out.Problems)
			}
			if tt.taken == 0 {
				return
			}
			_, got, err := b.ListOf(ctx, section, out.List)
			if err != nil || len(got) != 1 || (got[0].Expect != nil) != tt.checks {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
	wrongUnit := strings.Replace(head, "SO2基准排放量（t/d）", "SO2基准排放量（kg/h）", 1)
	out, err := b.ImportList(ctx, section, input, "清单.csv", strings.NewReader(wrongUnit+"\n"+row+"\n"))
	if err != nil || out.Wrong != 1 || !strings.Contains(out.Problems[0].Text, "整列没有导入") {
		t.Errorf("a column in another unit is left out: %v, %+v", err, out)
	}
	twice := head + "\n" + row + "\n" + row + "\n" + strings.Replace(strings.Replace(row, "1.2,2.4", "9,2.4", 1), "黄色", "橙色", 1)
	if out, err = b.ImportList(ctx, section, input, "清单.csv", strings.NewReader(twice)); err != nil || out.Taken != 2 || out.Wrong != 2 {
		t.Errorf("a row that comes twice counts once, and two bases of one line disagree: %v, %+v", err, out)
	}
	bad := input
	bad.Bases, bad.Year, bad.Unit = [4]string{"0", "", "", ""}, 0, "斤"
	if _, err := b.ImportList(ctx, section, bad, "x", strings.NewReader(head)); len(fault.FieldsOf(err)) != 4 {
		t.Errorf("%v", fault.FieldsOf(err))
	}
	if _, err := b.ImportList(ctx, branch, input, "x", strings.NewReader(head)); !fault.Is(err, fault.Denied) {
		t.Error(err)
	}
}

func line(level aqi.WarningLevel, cuts ...string) warning.Line {
	l := warning.Line{Level: level}
	for i, c := range cuts {
		l.Cut[i], _ = standard.Read(c)
	}
	return l
}

// TestShares tries both sides of a share, and what is not known.
func TestShares(t *testing.T) {
	ten := standard.Int(10)
	for _, tt := range []struct {
		name  string
		lines []warning.Line
		base  string
		want  standard.Verdict
		text  string
	}{
		{"equal to the share reaches it", []warning.Line{line(aqi.Yellow, "1"), line(aqi.Yellow, "1")}, "20", standard.Meets, "2÷20=10.000% ≥ 10%"},
		{"just below is short", []warning.Line{line(aqi.Yellow, "1.999")}, "20", standard.Exceeds, "1.999÷20=9.995% < 10%"},
		{"below with a part unknown is unknown", []warning.Line{line(aqi.Yellow, "1"), line(aqi.Yellow, "")}, "20", standard.Unknown, "另有未写减排量的措施（1 项"},
		{"a known part that reaches it does", []warning.Line{line(aqi.Yellow, "2"), line(aqi.Yellow, "")}, "20", standard.Meets, "（1 项措施没有写减排量）"},
		{"without the base nothing is known", []warning.Line{line(aqi.Yellow, "2")}, "", standard.Unknown, "全社会排放量未填写"},
		{"nothing stated is not nothing", []warning.Line{line(aqi.Yellow, "")}, "20", standard.Unknown, "没有写减排量"},
		{"other levels do not count", []warning.Line{line(aqi.Red, "20")}, "20", standard.Unknown, "没有这个级别"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var bases warning.Amounts
			bases[0], _ = standard.Read(tt.base)
			got := warning.Shares(tt.lines, aqi.Yellow, bases, "t/d", ten)[0]
			if got.Verdict != tt.want || !strings.Contains(got.Text, tt.text) {
				t.Errorf("%s: %s", got.Verdict, got.Text)
			}
		})
	}
}

// TestEditions holds that an approved edition is not changed, that the one whose
// day has come is in force, and that a workbook of an edition makes the same
// edition again.
func TestEditions(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		first := b.list(listCSV)
		changed := strings.Replace(listCSV, "0.6,1.2,0.15", "0.7,1.2,0.15", 1)
		changed = strings.Replace(changed, "停产,,1号窑停窑", "限产,30,1号窑减料", 1)
		out, err := b.ImportList(ctx, section, input, "清单.csv", strings.NewReader(changed))
		if err != nil {
			t.Fatal(err)
		}
		if err := b.SettleList(ctx, section, out.List, 1, warning.ApproveList, "2026-12-01", "x"); !fault.Is(err, fault.Denied) {
			t.Errorf("the section does not approve: %v", err)
		}
		if err := b.SettleList(ctx, leader, out.List, 1, warning.ApproveList, "2026-12-01", "同意"); err != nil {
			t.Fatal(err)
		}
		if err := b.SettleList(ctx, leader, first, 2, warning.ApproveList, "2026-12-01", "x"); !fault.Is(err, fault.Conflict) {
			t.Errorf("an approved edition stays: %v", err)
		}
		inForce := func() (id int64) {
			all, err := b.Lists(ctx, branch)
			if err != nil || len(all) != 2 {
				t.Fatal(all, err)
			}
			for _, l := range all {
				if l.InForce {
					id = l.ID
				}
			}
			return id
		}
		if inForce() != first {
			t.Error("the second is not in force before its day")
		}
		b.clock.at = at("2026-12-01 00:00")
		if inForce() != out.List {
			t.Error("the second is in force on its day")
		}
		_, before, err := b.ListOf(ctx, section, first)
		if err != nil {
			t.Fatal(err)
		}
		_, after, err := b.ListOf(ctx, section, out.List)
		if err != nil {
			t.Fatal(err)
		}
		how := map[string]int{}
		for _, d := range warning.Differences(before, after) {
			how[d.How]++
		}
		if how["新增"] != 1 || how["删去"] != 1 || how["修改"] != 1 {
			t.Errorf("%v", how)
		}
		if _, own, err := b.ListOf(ctx, branch, first); err != nil || len(own) != 2 {
			t.Errorf("a branch sees the lines of its own firms: %v, %v", own, err)
		}
		if _, _, err := b.ListOf(ctx, b.plant, first); !fault.Is(err, fault.NotFound) {
			t.Errorf("an enterprise sees no list: %v", err)
		}
		var book bytes.Buffer
		if err := warning.ListForm(&book, "清单", "t/d", before); err != nil {
			t.Fatal(err)
		}
		again, err := b.ImportList(ctx, section, input, "清单.xlsx", &book)
		if err != nil || again.Wrong != 0 || again.Taken != 3 {
			t.Fatalf("%v, %+v", err, again)
		}
		_, same, err := b.ListOf(ctx, section, again.List)
		if d := warning.Differences(before, same); err != nil || len(d) != 0 {
			t.Errorf("%+v, %v", d, err)
		}
	})
}
