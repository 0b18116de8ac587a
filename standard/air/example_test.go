package air_test

import (
	"fmt"

	"pingzhang/catalog"
	"pingzhang/standard"
	"pingzhang/standard/air"
)

// The index of one concentration by the edition in force on a day. README.md shows
// these lines; see TestReadme.
func Example() {
	book, _ := air.Open(catalog.FS("")) // the tables, each figure with clause, dates and confidence
	for _, on := range []standard.Date{"2026-02-28", "2026-03-01"} {
		edition, _ := book.Edition(on) // HJ 633-2012, then HJ 633-2026
		fmt.Println(edition.Single(air.Read(air.PM25, air.Day, "60", standard.UgPerM3)).Arithmetic())
	}
	// Output:
	// PM2.5 24 小时均值 60 µg/m³：(100−50)÷(75−35)×(60−35)+50=81.25，向上取整 82
	// PM2.5 24 小时均值 60 µg/m³：(100−50)÷(60−35)×(60−35)+50=100
}

// The report of an hour, of which one value was not measured.
func ExampleBook_Report() {
	book, _ := air.Open(catalog.FS(""))
	r := book.Report(air.Hourly, "2026-11-24",
		air.Read(air.SO2, air.Hour, "14", standard.UgPerM3), air.Read(air.NO2, air.Hour, "30", standard.UgPerM3),
		air.Read(air.PM10, air.Hour, "126", standard.UgPerM3), air.Read(air.PM25, air.Hour, "—", standard.UgPerM3),
		air.Read(air.CO, air.Hour, "1.1", standard.MgPerM3), air.Read(air.O3, air.Hour, "24", standard.UgPerM3))
	fmt.Println(r.Text())
	// Output:
	// AQI 103，轻度污染，首要污染物颗粒物(PM10)，缺 PM2.5 小时均值；依据《环境空气质量指数（AQI）技术规定》（HJ 633-2026） 4.2.3、4.2.4，2026-03-01 起施行
}

// The level that a forecast calls for.
func ExampleBook_Warn() {
	book, _ := air.Open(catalog.FS(""))
	w := book.Warn("2026-11-24", []air.Outlook{{On: "2026-11-25", AQI: 180, Forecast: true}, {On: "2026-11-26", AQI: 160, Forecast: true}})
	fmt.Println(w.Why, w.Basis.Confidence.Label())
	// Output:
	// 黄色预警：2026-11-25 至 2026-11-26 日 AQI 为 180、160，大于 150 持续 48 小时及以上 待核实
}
