package standard_test

import (
	"fmt"

	"pingzhang/standard"
)

// Nitrogen oxides of a coal-fired boiler, measured at 12 % oxygen.
func ExampleJudge() {
	limit := standard.Limit{
		Factor: "氮氧化物", Max: standard.Must("300"), Unit: standard.MgPerM3, RefOxygen: standard.Must("9"),
		Confidence: standard.Source,
		Citation: standard.Citation{Document: "GB 13271", Edition: "2014", Clause: "表2",
			Title: "锅炉大气污染物排放标准", From: "2014-07-01", Confidence: standard.Source},
	}
	for _, value := range []string{"200", "240", "--"} {
		j := standard.Judge(standard.Reported(value, "12", standard.MgPerM3), limit)
		fmt.Println(j.Verdict, j.Arithmetic())
	}
	fmt.Println(standard.Judge(standard.Reported("240", "12", standard.MgPerM3), limit).Text())
	// Output:
	// meets 200×(21−9)/(21−12)≈266.67 mg/m³ ＜ 300 mg/m³
	// exceeds 240×(21−9)/(21−12)=320 mg/m³ ＞ 300 mg/m³
	// unknown 未监测
	// 超标 0.07 倍：240×(21−9)/(21−12)=320 mg/m³ ＞ 300 mg/m³；依据《锅炉大气污染物排放标准》（GB 13271-2014） 表2，2014-07-01 起施行
}

func ExampleExact_Round() {
	x := standard.Must("2.345")
	fmt.Println(x.Round(2), x.Round(1), x.Round(0))
	// Output: 2.34 2.3 2
}

func ExampleConvert() {
	x, err := standard.Convert(standard.Must("250"), standard.UgPerL, standard.MgPerL)
	fmt.Println(x, err)
	_, err = standard.Convert(standard.Must("250"), standard.UgPerL, standard.UgPerM3)
	fmt.Println(err.(*standard.UnitError).Text())
	// Output:
	// 0.25 <nil>
	// 水中的浓度（µg/L）不能换算成气体中的浓度（µg/m³）
}
