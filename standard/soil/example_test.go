package soil_test

import (
	"fmt"

	"pingzhang/catalog"
	"pingzhang/standard"
	"pingzhang/standard/soil"
)

// Cadmium in the soil of a field under paddy-upland rotation.
func ExampleBook_Farmland() {
	book, err := soil.Open(catalog.FS(""))
	if err != nil {
		fmt.Println(err)
		return
	}
	sample := standard.Reported("0.42", "", standard.MgPerKg)
	sample.On = "2026-05-01"
	result := book.Farmland(soil.FarmlandSample{Item: "Cd", Use: soil.Rotation, PH: standard.Must("6.5"), Sample: sample})
	fmt.Println(result.Outcome)
	fmt.Println(result.Arithmetic())
	for _, because := range result.Because {
		fmt.Println(because)
	}
	// Output:
	// between
	// 与筛选值比较：0.42 mg/kg ＞ 0.3 mg/kg；与管制值比较：0.42 mg/kg ＜ 2 mg/kg
	// 筛选值 0.4 mg/kg：pH 6.5 属于5.5＜pH≤6.5，农用地类型按“水田”（水旱轮作地取较严的）
	// 筛选值 0.3 mg/kg：pH 6.5 属于5.5＜pH≤6.5，农用地类型按“其他”（水旱轮作地取较严的）
	// 管制值 2 mg/kg：pH 6.5 属于5.5＜pH≤6.5
}
