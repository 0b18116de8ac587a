package judging_test

import (
	"strings"
	"testing"

	"pingzhang/internal/judging"
)

// A row a sample with a column an item says the same as a row a result.
func TestWideForm(t *testing.T) {
	judge := judges(t)["water"]
	long, err := judge(strings.NewReader("断面,日期,项目,结果,单位,目标类别,水体\n"+
		"甲,2026-03-03,pH,7.8,,Ⅲ,河流\n甲,2026-03-03,氨氮,1.6,mg/L,Ⅲ,河流\n甲,2026-03-03,总磷,200,µg/L,Ⅲ,河流\n甲,2026-03-03,汞,<0.00004,mg/L,Ⅲ,河流\n"), judging.Options{})
	must(t, err)
	wide, err := judge(strings.NewReader("断面,日期,目标类别,水体,pH,氨氮（mg/L）,总磷（µg/L）,汞（mg/L）,状态\n"+
		"甲,2026-03-03,Ⅲ,河流,7.8,1.6,200,<0.00004,\n乙,2026-03-03,Ⅲ,河流,,,,,冰封期\n"), judging.Options{})
	must(t, err)
	for _, text := range []string{`"class_text":"Ⅴ类"`, "氨氮(0.6)", `"type":"water_section","section":"甲"`} {
		if !strings.Contains(long, text) || !strings.Contains(wide, text) {
			t.Errorf("%s is not in both:\n%s\n%s", text, long, wide)
		}
	}
	if strings.Count(wide, `"type":"water"`) != 5 || !strings.Contains(wide, "冰封期，没有水质数据") {
		t.Errorf("four results and a visit under ice:\n%s", wide)
	}
	bare, err := judge(strings.NewReader("断面,日期,氨氮\n甲,2026-03-03,0.2\n"), judging.Options{Body: "河流"})
	must(t, err)
	if !strings.Contains(bare, `"issue":"no_unit"`) {
		t.Errorf("a column without a unit is not guessed:\n%s", bare)
	}
}
