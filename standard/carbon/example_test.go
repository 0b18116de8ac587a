package carbon_test

import (
	"fmt"

	"pingzhang/catalog"
	"pingzhang/standard"
	"pingzhang/standard/carbon"
)

// Coal burnt and electricity taken in by a city, and what its intensity must do.
func Example() {
	book, err := carbon.Open(catalog.FS(""))
	if err != nil {
		fmt.Println(err)
		return
	}
	total := carbon.Total(
		carbon.Emission(carbon.Activity{Value: standard.Must("120"), Unit: carbon.TenKTce}, book.Fuel("煤炭")),
		carbon.Emission(carbon.Activity{Value: standard.Must("85000"), Unit: carbon.TenKKWh}, book.Grid("黑龙江", 2023, carbon.Average)),
	)
	fmt.Println(total.Arithmetic, total.Confidence.Label())
	fmt.Println(book.Grid("东北区域", 2023, carbon.Average).Arithmetic)
	target := book.Targets("全国", 2028)[0]
	fmt.Println(book.Yearly(target.Value, standard.Int(0), target.Years()).Arithmetic)
	// Output:
	// 3168000＋444465=3612465 tCO₂ 待核实
	// 东北区域 2023 年：该排放因子未查到公布的数值，不以邻近地区或年度代替
	// (1−r)^5=(1−17%)/(1−0%)，r≈3.6580%
}
