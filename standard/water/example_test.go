package water_test

import (
	"fmt"

	"pingzhang/catalog"
	"pingzhang/standard/water"
)

// Ammonia nitrogen of a river on one day, against class III.
func Example() {
	book, err := water.Open(catalog.FS(""))
	if err != nil {
		panic(err)
	}
	s := water.Sample{Item: "氨氮", Value: "1.25", Unit: "mg/L"}
	fmt.Println(book.Classify(s, water.River, "2026-03-02").Class)
	fmt.Println(book.Judge(s, water.River, water.III, "2026-03-02").Arithmetic())
	// Output:
	// Ⅳ类
	// 1.25 mg/L 不符合限值 ≤1.0；超标倍数（以Ⅲ类限值计）(1.25－1.0)÷1.0＝0.25
}

// A section of a river in a month.
func ExampleBook_Section() {
	book, err := water.Open(catalog.FS(""))
	if err != nil {
		panic(err)
	}
	section := book.Section(water.Monitoring{
		Section: "卡伦山", Body: water.River, Period: water.OfMonth(2026, 6),
		Visits: []water.Visit{{On: "2026-06-03", Samples: []water.Sample{
			{Item: "高锰酸盐指数", Value: "7.5", Unit: "mg/L"}, {Item: "氨氮", Value: "0.04L", Unit: "mg/L"},
		}}},
	})
	fmt.Println(section.Text())
	fmt.Println(book.Attain(section, water.III).Text())
	// Output:
	// 卡伦山 2026年6月：水质符合Ⅳ类，轻度污染，主要污染指标为 高锰酸盐指数(0.2)，19 项未监测（待核实）
	// 卡伦山 2026年6月：目标Ⅲ类，水质符合Ⅳ类，超标，超标项目 高锰酸盐指数(0.2)，19 项未监测（待核实）
}
