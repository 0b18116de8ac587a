package register_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"pingzhang/internal/fault"
	"pingzhang/internal/register"
	"pingzhang/internal/testkit"
)

func book(t testing.TB) *register.Book {
	t.Helper()
	b, err := register.Load(os.DirFS(filepath.Join(testkit.Root(t), "catalog", "registers")))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func at(v float64) *float64 { return &v }

// uscc returns a code whose first 17 characters are given, with its check
// character.
func uscc(first17 string) string {
	d, ok := register.USCCDigit(first17)
	if !ok {
		panic(first17)
	}
	return first17 + string(d)
}

func plant(code string) register.Entry {
	return register.Entry{
		Register: register.Enterprise, Code: code, Name: "示例热电厂", Division: "231102", Lon: at(127.5), Lat: at(50.24),
		Data: map[string]any{
			"industry": "D4430 热力生产和供应", "permit_class": "key", "permit_no": code + "001P",
			"address": "示例路1号", "contact": "示例人", "phone": "0456-1234567",
		},
	}
}

// The two codes are published ones (GB 32100-2015): 91130200699229617X and
// 911302307808371268.
func TestValidateEnterprise(t *testing.T) {
	d, _ := book(t).Definition(register.Enterprise)
	with := func(change func(e *register.Entry)) register.Entry {
		e := plant("91130200699229617X")
		change(&e)
		return e
	}
	for _, tt := range []struct {
		name  string
		entry register.Entry
		key   string // wrong field; empty when everything is right
		say   string
	}{
		{"a published code passes", with(func(e *register.Entry) {}), "", ""},
		{"another published code passes", with(func(e *register.Entry) { e.Code = "911302307808371268" }), "", ""},
		{"the second site of a unit has a number behind the code", with(func(e *register.Entry) { e.Code = "911302307808371268-002" }), "", ""},
		{"a wrong check character is found", with(func(e *register.Entry) { e.Code = "911302006992296170" }), "code", "校验位"},
		{"two neighbours changed places", with(func(e *register.Entry) { e.Code = "91130200699226917X" }), "code", "校验位"},
		{"a letter that codes do not use", with(func(e *register.Entry) { e.Code = "9113020069922I617X" }), "code", "不用 I"},
		{"a code cut short", with(func(e *register.Entry) { e.Code = "9113020069922961" }), "code", "18位"},
		{"no name", with(func(e *register.Entry) { e.Name = "  " }), "name", "请填写单位名称"},
		{"a permit number without its letter", with(func(e *register.Entry) { e.Data["permit_no"] = "91130200699229617X001" }), "permit_no", "22位"},
		{"a key unit needs its permit number", with(func(e *register.Entry) { delete(e.Data, "permit_no") }), "permit_no", "重点管理"},
		{"a registered one does not", with(func(e *register.Entry) { delete(e.Data, "permit_no"); e.Data["permit_class"] = "registered" }), "", ""},
		{"a choice that is not there", with(func(e *register.Entry) { e.Data["permit_class"] = "huge" }), "permit_class", "列表"},
		{"a field that is not there", with(func(e *register.Entry) { e.Data["colour"] = "red" }), "colour", "没有"},
		{"a telephone number of letters", with(func(e *register.Entry) { e.Data["phone"] = "abc" }), "phone", "0456-1234567"},
		{"a day that is none", with(func(e *register.Entry) { e.Data["permit_to"] = "2026-02-30" }), "permit_to", "日期"},
		{"longitude and latitude changed places", with(func(e *register.Entry) { e.Lon, e.Lat = e.Lat, e.Lon }), "location", "填反"},
		{"a place in the ocean", with(func(e *register.Entry) { e.Lon, e.Lat = at(0), at(0) }), "location", "中国"},
		{"metres are no degrees", with(func(e *register.Entry) { e.Lon, e.Lat = at(535000), at(5566000) }), "location", "度"},
		{"half a place", with(func(e *register.Entry) { e.Lat = nil }), "location", "同时"},
		{"no place", with(func(e *register.Entry) { e.Lon, e.Lat = nil, nil }), "location", "请填写"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, _, wrong := d.Validate(tt.entry)
			switch {
			case tt.key == "" && len(wrong) > 0:
				t.Errorf("wrong: %v, want nothing wrong", wrong)
			case tt.key != "" && (len(wrong) != 1 || !strings.Contains(wrong[tt.key], tt.say)):
				t.Errorf("wrong: %v, want only %s with %q", wrong, tt.key, tt.say)
			}
		})
	}
}

func TestValidatePointAndLimit(t *testing.T) {
	b := book(t)
	point := map[string]any{"kind": "air", "mn": "DEMO0001", "profile": "2017"}
	limit := map[string]any{"outlet": json.Number("7"), "factor": "a21026", "factor_name": "二氧化硫", "max": "200", "unit": "mg/m3",
		"period": "hour", "valid_from": "2026-01-01", "document": "示例许可证", "confidence": "verified"}
	for _, tt := range []struct {
		name string
		of   register.Register
		data map[string]any
		add  map[string]any
		key  string
		say  string
	}{
		{"a station of air needs no outlet", register.PointEntry, point, nil, "", ""},
		{"a pollution source does", register.PointEntry, point, map[string]any{"kind": "source_air"}, "outlet", "废气污染源"},
		{"a factor twice", register.PointEntry, point, map[string]any{"factors": []register.FactorUnit{{Code: "a21026"}, {Code: "a21026"}}}, "factors", "第2行"},
		{"a factor table as a form sends it", register.PointEntry, point, map[string]any{"factors": `[{"code":"a21026","unit":"mg/m3","decimals":2}]`}, "", ""},
		{"a key of 31 digits", register.PointEntry, point, map[string]any{"sm4_key": strings.Repeat("0", 31)}, "sm4_key", "32位"},
		{"an interval of one second", register.PointEntry, point, map[string]any{"rtd_interval_s": 1}, "", ""},
		{"an interval of none", register.PointEntry, point, map[string]any{"rtd_interval_s": 0}, "rtd_interval_s", "不能小于1"},
		{"half a second", register.PointEntry, point, map[string]any{"rtd_interval_s": 0.5}, "rtd_interval_s", "整数"},
		{"an upper bound alone", register.LimitEntry, limit, nil, "", ""},
		{"no bound at all", register.LimitEntry, limit, map[string]any{"max": ""}, "max", "至少填写一个"},
		{"a lower bound alone", register.LimitEntry, limit, map[string]any{"max": "", "min": "6"}, "", ""},
		{"oxygen without the factor it is read from", register.LimitEntry, limit, map[string]any{"ref_oxygen": "9"}, "oxygen_factor", "基准含氧量"},
		{"21 % of reference oxygen would divide by nothing", register.LimitEntry, limit, map[string]any{"ref_oxygen": "21", "oxygen_factor": "a19001"}, "ref_oxygen", "不能大于20"},
		{"a number with a unit in it", register.LimitEntry, limit, map[string]any{"max": "200mg"}, "max", "数字"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, _ := b.Definition(tt.of)
			data := map[string]any{}
			for k, v := range tt.data {
				data[k] = v
			}
			for k, v := range tt.add {
				data[k] = v
			}
			_, _, wrong := d.Validate(register.Entry{Register: tt.of, Name: "示例", Data: data})
			switch {
			case tt.key == "" && len(wrong) > 0:
				t.Errorf("wrong: %v, want nothing wrong", wrong)
			case tt.key != "" && (len(wrong) != 1 || !strings.Contains(wrong[tt.key], tt.say)):
				t.Errorf("wrong: %v, want only %s with %q", wrong, tt.key, tt.say)
			}
		})
	}
}

func TestNumbersKeepTheirText(t *testing.T) {
	d, _ := book(t).Definition(register.LimitEntry)
	clean, _, _ := d.Validate(register.Entry{Register: register.LimitEntry, Data: map[string]any{"max": json.Number("200.00")}})
	if clean.Text("max") != "200.00" {
		t.Errorf("200.00 became %q", clean.Text("max"))
	}
}

func TestLoadRefuses(t *testing.T) {
	const head = "register: r\nlabel: 示例台账\nwrite: register.edit\nlocation: none\ncode: {label: 编号}\nname: {label: 名称}\n"
	const tail = "form: [{title: 表, fields: [code]}]\ndetail: [{title: 表, fields: [code]}]\nlist: [code]\n"
	for _, tt := range []struct {
		name string
		text string
		want []string
	}{
		{"a type that does not exist", head + "fields:\n  - {key: a, label: 甲, type: colour}\n" + tail, []string{"r.yaml:8", "colour", "text、multiline"}},
		{"a misspelt key", head + "feilds: []\n" + tail, []string{"r.yaml:7", "feilds", "fields"}},
		{"a register that a ref cannot find", head + "fields:\n  - {key: a, label: 甲, type: ref, to: b}\n" + tail, []string{"r.yaml:8", "没有台账“b”", "可用：r"}},
		{"a list column that is no field", head + "fields: []\n" + strings.Replace(tail, "list: [code]", "list:\n  - code\n  - colour", 1), []string{"r.yaml:12", "colour", "code、name"}},
		{"a pattern that is none", head + "fields:\n  - {key: a, label: 甲, type: text, pattern: '(', pattern_help: 括号}\n" + tail, []string{"r.yaml:8", "正则"}},
		{"a choice without choices", head + "fields:\n  - {key: a, label: 甲, type: choice}\n" + tail, []string{"r.yaml:8", "choices"}},
		{"a check that does not exist", head + "fields:\n  - {key: a, label: 甲, type: text, check: luhn}\n" + tail, []string{"r.yaml:8", "luhn", "permit_no、uscc"}},
		{"a condition on no field", head + "fields:\n  - {key: a, label: 甲, type: text, required_when: {key: z, in: [x]}}\n" + tail, []string{"r.yaml:8", "“z”", "可用：a"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := register.Load(fstest.MapFS{"r.yaml": {Data: []byte(tt.text)}})
			if !fault.Is(err, fault.Invalid) {
				t.Fatalf("got %v, want fault.Invalid", err)
			}
			for _, w := range tt.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%q does not say %q", err, w)
				}
			}
		})
	}
}
