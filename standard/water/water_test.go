package water

import (
	"fmt"
	"io/fs"
	"math/big"
	"strings"
	"testing"

	"pingzhang/catalog"
	"pingzhang/standard"
)

func open(t testing.TB) *Book {
	t.Helper()
	b, err := Open(catalog.FS(""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// corrected is the book with one cell of one table changed.
func corrected(t *testing.T, table, key, column, text string) (*Book, error) {
	t.Helper()
	var tables Tables
	for name, into := range map[string]**standard.Table{LimitTable: &tables.Limits, EvaluationTable: &tables.Evaluation} {
		loaded, err := standard.LoadTable(catalog.FS(""), "standards/"+name+".tsv")
		if err != nil {
			t.Fatal(err)
		}
		if name == table {
			if loaded, err = loaded.With(standard.Correction{
				Key: key, Cells: map[string]string{column: text}, By: "管理员", Reason: "试验", At: "2026-11-24T08:00:00+08:00",
			}); err != nil {
				t.Fatal(err)
			}
		}
		*into = loaded
	}
	return New(tables)
}

// rawLimits reads the rows of table 1 that have figures, without the package
// under test.
func rawLimits(t *testing.T) []map[string]string {
	t.Helper()
	data, err := fs.ReadFile(catalog.FS(""), "standards/water_gb3838.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var header []string
	var rows []map[string]string
	for _, text := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		fields := strings.Split(text, "\t")
		switch {
		case strings.HasPrefix(text, "#"):
		case header == nil:
			header = fields
		default:
			row := map[string]string{}
			for i, name := range header {
				row[name] = fields[i]
			}
			rows = append(rows, row)
		}
	}
	return rows
}

func rat(t *testing.T, text string) *big.Rat {
	t.Helper()
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		t.Fatalf("%q is no number", text)
	}
	return r
}

// classByHand is the best class of table 1 that takes a value, in big.Rat.
func classByHand(t *testing.T, rows []map[string]string, value *big.Rat) string {
	for _, class := range []string{"Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ"} {
		for _, row := range rows {
			if row["class"] != class {
				continue
			}
			c := value.Cmp(rat(t, row["limit"]))
			switch row["direction"] {
			case "<=":
				if c <= 0 {
					return class + "类"
				}
			case ">=":
				if c >= 0 {
					return class + "类"
				}
			case "range":
				if c >= 0 && value.Cmp(rat(t, row["limit_max"])) <= 0 {
					return class + "类"
				}
			}
		}
	}
	return "劣Ⅴ类"
}

// Both sides of every figure of table 1, for rivers and lakes: at it, and a
// millionth of it to either side.
func TestEveryBoundaryOfTable1(t *testing.T) {
	b := open(t)
	groups := map[string][]map[string]string{} // by item and body
	for _, row := range rawLimits(t) {
		if row["table"] != "表1" || row["direction"] == "rule" {
			continue
		}
		for _, body := range []string{"river", "lake"} {
			if row["body"] == body || row["body"] == "all" {
				groups[row["item"]+"/"+body] = append(groups[row["item"]+"/"+body], row)
			}
		}
	}
	if len(groups) != 22*2+1 { // 23 items with figures, total nitrogen of lakes only
		t.Errorf("%d items and bodies, want 45", len(groups))
	}
	checked := 0
	for name, rows := range groups {
		item, body, _ := strings.Cut(name, "/")
		for _, row := range rows {
			for _, column := range []string{"limit", "limit_max"} {
				if row[column] == "" {
					continue
				}
				limit := rat(t, row[column])
				step := new(big.Rat).Mul(limit, big.NewRat(1, 1000000))
				for _, value := range []*big.Rat{new(big.Rat).Sub(limit, step), limit, new(big.Rat).Add(limit, step)} {
					s := Sample{Item: item, Value: value.FloatString(14), Unit: row["unit"]}
					want := classByHand(t, rows, value)
					c := b.Classify(s, Body(body), "2026-03-01")
					if c.Class.Name() != want || c.Issue != "" {
						t.Errorf("%s %s %s: %s, %q; want %s", name, s.Value, s.Unit, c.Class, c.Issue, want)
					}
					checked++
				}
			}
		}
	}
	if checked != 3*(45*5+2*5) { // pH has two figures a class
		t.Errorf("%d values checked", checked)
	}
}

func TestTables(t *testing.T) {
	b := open(t)
	counts := map[string]int{}
	for _, row := range rawLimits(t) {
		counts[row["table"]]++
		if row["confidence"] != "source" || row["source"] == "" {
			t.Errorf("%s is %s by %q", row["key"], row["confidence"], row["source"])
		}
	}
	if fmt.Sprint(counts) != "map[表1:121 表2:5 表3:80]" || len(b.Items()) != 24+5+80 || len(b.Rated()) != 21 {
		t.Errorf("rows %v, %d items, %d rated", counts, len(b.Items()), len(b.Rated()))
	}
	for name, want := range map[string]Item{
		"氨氮": "nh3n", "NH3-N": "nh3n", "nh3n": "nh3n", "六价铬": "cr6", "铬（六价）": "cr6", "pH 值": PH, "苯": "苯", "硫酸盐": "硫酸盐(以SO4计)",
		"高锰酸盐指数（CODMn）": CODMn, "COD": "codcr", "透明度": Secchi, "叶绿素a": Chlorophyll,
	} {
		if got, ok := b.Item(name); !ok || got != want {
			t.Errorf("Item(%q) = %q, %v; want %q", name, got, ok, want)
		}
	}
	if _, ok := b.Item("悬浮物"); ok {
		t.Error("GB 3838 knows no suspended matter")
	}
}

func TestMistakesInTables(t *testing.T) {
	for _, tt := range []struct{ name, table, key, column, text, want string }{
		{"a word for a figure", LimitTable, "表1-氨氮-Ⅲ类", "limit", "one", "行 表1-氨氮-Ⅲ类 的 limit 一列应为数"},
		{"a class that is none", LimitTable, "表1-氨氮-Ⅲ类", "class", "Ⅵ", "class 一列只能是"},
		{"a direction that is none", LimitTable, "表1-氨氮-Ⅲ类", "direction", "<", "direction 一列只能是"},
		{"a water that is none", LimitTable, "表1-氨氮-Ⅲ类", "body", "sea", "body 一列只能是"},
		{"a unit that is none", LimitTable, "表1-氨氮-Ⅲ类", "unit", "mgL", "unit 一列不认识"},
		{"another unit than its neighbours", LimitTable, "表1-氨氮-Ⅲ类", "unit", "µg/L", "unit 与同一项目的其他行不同"},
		{"rated perhaps", LimitTable, "表1-氨氮-Ⅲ类", "rated", "maybe", "rated 一列只能是"},
		{"a word for a parameter", EvaluationTable, "河流比例-优", "value", "most", "value 一列应为数"},
		{"a rating of no class", EvaluationTable, "断面水质-优", "value", "好", "应为水质类别"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := corrected(t, tt.table, tt.key, tt.column, tt.text); err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), tt.table) {
				t.Errorf("error %v; want %s…%s", err, tt.table, tt.want)
			}
		})
	}
	if _, err := New(Tables{}); err == nil {
		t.Error("a book was made of nothing")
	}
}

func TestACorrectionIsNamedByItsRevision(t *testing.T) {
	b, err := corrected(t, LimitTable, "表1-氨氮-Ⅲ类", "limit", "0.9")
	if err != nil {
		t.Fatal(err)
	}
	s := Sample{Item: "氨氮", Value: "0.95", Unit: "mg/L"}
	c := b.Classify(s, River, "2026-03-01")
	old := open(t).Classify(s, River, "2026-03-01")
	if c.Class != IV || old.Class != III || c.Rows[1] != (standard.Ref{Table: LimitTable, Key: "表1-氨氮-Ⅲ类", Revision: 2}) {
		t.Errorf("corrected %s by %v, before %s", c.Class, c.Rows, old.Class)
	}
}

func TestAMissingFigureStaysMissing(t *testing.T) {
	b, err := corrected(t, LimitTable, "表1-氨氮-Ⅲ类", "limit", "")
	if err != nil {
		t.Fatal(err)
	}
	for value, want := range map[string]Class{"0.4": II, "0.95": 0, "3": 0} {
		s := Sample{Item: "氨氮", Value: value, Unit: "mg/L"}
		c := b.Classify(s, River, "2026-03-01")
		if c.Class != want || (want == 0) != (c.Issue == FigureMissing) {
			t.Errorf("%s: %s, %q", value, c.Class, c.Issue)
		}
		if j := b.Judge(s, River, III, "2026-03-01"); j.Verdict != standard.Unknown || j.Issue != FigureMissing {
			t.Errorf("judged %s, %q", j.Verdict, j.Issue)
		}
	}
}

func TestParseClass(t *testing.T) {
	for text, want := range map[string]Class{
		"Ⅲ类": III, "III类": III, "iii": III, "3": III, "三类": III, " Ⅳ ": IV, "劣Ⅴ类": WorseThanV, "劣V": WorseThanV, "劣五类": WorseThanV, "劣于Ⅴ类": WorseThanV,
		"": 0, "Ⅵ类": 0, "劣Ⅳ类": WorseThanV, "好": 0,
	} {
		got, ok := ParseClass(text)
		if text == "劣Ⅳ类" {
			if ok {
				t.Error("there is no 劣Ⅳ类")
			}
			continue
		}
		if got != want || ok != (want != 0) {
			t.Errorf("ParseClass(%q) = %d, %v; want %d", text, got, ok, want)
		}
	}
	for c := Class(0); c <= WorseThanV; c++ {
		text, _ := c.MarshalText()
		var back Class
		if err := back.UnmarshalText(text); err != nil || back != c {
			t.Errorf("%d was written %q and read %d, %v", c, text, back, err)
		}
	}
	var c Class
	if err := c.UnmarshalText([]byte("好")); err == nil {
		t.Error("好 was read as a class")
	}
	if Class(0).Good() || !III.Good() || IV.Good() {
		t.Error("good is I to III, and known")
	}
}
