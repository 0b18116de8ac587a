package emission_test

import (
	"fmt"

	"pingzhang/catalog"
	"pingzhang/standard"
	"pingzhang/standard/emission"
)

// Nitrogen oxides of a new coal-fired boiler of 20 t/h, measured at 12 % oxygen.
func ExampleBook_Limits() {
	book, err := emission.Open(catalog.FS(""))
	if err != nil {
		fmt.Println(err)
		return
	}
	source := emission.Source{Document: "GB 13271", Pollutant: "NOx", Level: "new", Fuel: emission.Coal, SteamTPH: standard.Must("20"), On: "2026-11-24"}
	for _, found := range book.Limits(source).Found {
		fmt.Println(found.Judge(standard.Reported("240", "12", standard.MgPerM3)).Text())
	}
	// Output:
	// 超标：240×(21−9)/(21−12)=320 mg/m³ ＞ 300 mg/m³；依据《锅炉大气污染物排放标准》（GB 13271-2014） 表2，2014-07-01 起施行
}

// The rate of benzene that a stack of 25 m may let out (GB 16297-1996).
func ExampleFound_Settled() {
	book, err := emission.Open(catalog.FS(""))
	if err != nil {
		fmt.Println(err)
		return
	}
	answer := book.Limits(emission.Source{Document: "GB 16297", Quantity: emission.Rate, Pollutant: "苯", Level: "2", Built: "2005-01-01",
		StackM: standard.Must("25"), BuildingsM: standard.Must("12"), On: "2026-11-24"})
	if limit, ok := answer.Found[0].Settled(); ok {
		fmt.Println(limit.Limit.Max, limit.Limit.Unit, limit.Because)
	}
	// Output:
	// 1.9 kg/h [排气筒 25 m，内插：0.9＋（2.9−0.9）×（25−20）/（30−20）=1.9 kg/h]
}
