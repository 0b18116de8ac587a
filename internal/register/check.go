package register

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Mask stands where a secret is set that the reader may not see. Saving it
// keeps the secret as it is.
const Mask = "••••••"

// FactorUnit is one row of a factors table: what a device measures and the unit
// in which it sends it.
type FactorUnit struct {
	Code     string `json:"code"`
	Unit     string `json:"unit,omitempty"`
	Decimals *int   `json:"decimals,omitempty"` // places to show; nil: as sent
}

var (
	number     = regexp.MustCompile(`^-?(0|[1-9]\d*)(\.\d+)?$`)
	factorCode = regexp.MustCompile(`^[0-9A-Za-z]{2,12}$`)
)

func isNumber(s string) bool { return number.MatchString(s) }

// checks are the checks that a regular expression cannot express. Each returns
// a sentence, empty when the value is right.
var checks = map[string]func(string) string{
	"uscc":      checkUSCC,
	"permit_no": checkPermitNo,
}

func checkNames() []string { return slices.Sorted(maps.Keys(checks)) }

// usccAlphabet and usccWeights are those of GB 32100-2015: the weights are
// powers of 3 modulo 31, the letters I, O, S, V and Z are not used.
const usccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

var usccWeights = [17]int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28}

// USCCDigit returns the check character that the first 17 characters of a
// unified social credit code (统一社会信用代码) call for; ok is false when they
// hold a character that such codes do not use.
func USCCDigit(first17 string) (digit byte, ok bool) {
	if len(first17) != 17 {
		return 0, false
	}
	sum := 0
	for i := range 17 {
		n := strings.IndexByte(usccAlphabet, first17[i])
		if n < 0 {
			return 0, false
		}
		sum += n * usccWeights[i]
	}
	return usccAlphabet[(31-sum%31)%31], true
}

var usccSite = regexp.MustCompile(`^-\d{3}$`)

func checkUSCC(s string) string {
	if len(s) > 18 && usccSite.MatchString(s[18:]) {
		s = s[:18]
	}
	if len(s) != 18 {
		return "统一社会信用代码应为18位，多场所单位可在其后加 -002"
	}
	digit, ok := USCCDigit(s[:17])
	if !ok {
		return "统一社会信用代码只用数字和大写字母，且不用 I、O、S、V、Z"
	}
	if s[17] != digit {
		return "统一社会信用代码的校验位不对，请核对是否抄错"
	}
	return ""
}

var permitTail = regexp.MustCompile(`^\d{3}[A-Z]$`)

// checkPermitNo checks HJ 608-2017: the credit code, a serial number of the
// site and a letter.
func checkPermitNo(s string) string {
	if len(s) != 22 || !permitTail.MatchString(s[18:]) {
		return "应为22位：统一社会信用代码18位、场所顺序号3位、大写字母1位（许可证为 P）"
	}
	return checkUSCC(s[:18])
}

// Validate checks code, name, location and data of e against the register and
// returns them in their stored form, the secrets apart from the data, or the
// wrong fields with a sentence each. Whether what a ref names is there is for
// the store to find out.
func (d *Definition) Validate(e Entry) (clean Entry, secrets map[string]string, wrong map[string]string) {
	wrong = map[string]string{}
	secrets = map[string]string{}
	clean = e
	clean.Code, clean.Name = strings.TrimSpace(e.Code), strings.TrimSpace(e.Name)
	clean.Data = map[string]any{}
	for i := range d.Fields {
		f := &d.Fields[i]
		v, sentence := f.normal(e.Data[f.Key])
		switch {
		case sentence != "":
			wrong[f.Key] = sentence
		case f.Type == Secret:
			if v != nil {
				secrets[f.Key] = v.(string)
			}
		case v != nil:
			clean.Data[f.Key] = v
		}
	}
	for key := range e.Data {
		if d.byKey[key] == nil {
			wrong[key] = fmt.Sprintf("%s没有“%s”这个字段", d.Label, key)
		}
	}
	d.validateRequired(clean, wrong)
	d.validateCode(&clean, wrong)
	d.validateLocation(clean, wrong)
	return clean, secrets, wrong
}

func (d *Definition) validateRequired(e Entry, wrong map[string]string) {
	filled := func(key string) bool { _, ok := e.Data[key]; return ok }
	for _, f := range d.Fields {
		if wrong[f.Key] != "" || filled(f.Key) || f.Type == Secret {
			continue
		}
		switch w := f.RequiredWhen; {
		case f.Required:
			wrong[f.Key] = "请填写" + f.Label
		case w != nil && slices.Contains(w.In, fmt.Sprint(e.Data[w.Key])):
			wrong[f.Key] = fmt.Sprintf("%s为“%s”时，请填写%s", d.LabelOf(w.Key), d.byKey[w.Key].ChoiceLabel(fmt.Sprint(e.Data[w.Key])), f.Label)
		case f.RequiredWith != "" && filled(f.RequiredWith):
			wrong[f.Key] = fmt.Sprintf("填写了%s，请同时填写%s", d.LabelOf(f.RequiredWith), f.Label)
		case f.RequiredWithout != "" && !filled(f.RequiredWithout) && wrong[f.RequiredWithout] == "":
			wrong[f.Key] = fmt.Sprintf("%s和%s至少填写一个", f.Label, d.LabelOf(f.RequiredWithout))
		}
	}
}

func (d *Definition) validateCode(e *Entry, wrong map[string]string) {
	if e.Code == "" && d.Code.Auto != "" && d.Code.Auto != "id" {
		if v, ok := e.Data[d.Code.Auto].(string); ok {
			e.Code = v
		}
	}
	switch {
	case e.Code == "" && d.Code.Auto == "":
		wrong["code"] = "请填写" + d.Code.Label
	case e.Code == "":
	case utf8.RuneCountInString(e.Code) > 64:
		wrong["code"] = d.Code.Label + "不能超过64个字"
	case d.Code.Pattern != "" && !d.code.MatchString(e.Code):
		wrong["code"] = d.Code.Label + "应为：" + d.Code.Say
	case d.Code.Check != "":
		if s := checks[d.Code.Check](e.Code); s != "" {
			wrong["code"] = s
		}
	}
	switch {
	case e.Name == "" && len(d.Name.Auto) == 0:
		wrong["name"] = "请填写" + d.Name.Label
	case utf8.RuneCountInString(e.Name) > 100:
		wrong["name"] = d.Name.Label + "不能超过100个字"
	}
}

// validateLocation refuses coordinates that cannot be meant: they are degrees
// of CGCS2000 or WGS 84, which differ by centimetres, inside the bounds of
// China's land and islands.
func (d *Definition) validateLocation(e Entry, wrong map[string]string) {
	switch {
	case e.Lon == nil && e.Lat == nil:
		if d.Location == "required" {
			wrong["location"] = "请填写经纬度（国家2000坐标系，度）"
		}
	case d.Location == "none":
		wrong["location"] = d.Label + "不填经纬度"
	case e.Lon == nil || e.Lat == nil:
		wrong["location"] = "经度和纬度应同时填写"
	case inChina(*e.Lon, *e.Lat):
	case inChina(*e.Lat, *e.Lon):
		wrong["location"] = "经度和纬度似乎填反了"
	default:
		wrong["location"] = "经纬度不在中国范围内：应为以度为单位的国家2000坐标，经度73至136，纬度3至54"
	}
}

func inChina(lon, lat float64) bool {
	return lon >= 73 && lon <= 136 && lat >= 3 && lat <= 54
}

// normal returns v in the form in which it is stored, nil when it is empty, or
// a sentence that says what is wrong.
func (f *Field) normal(v any) (any, string) {
	if f.Type == Factors {
		return f.normalFactors(v)
	}
	s, ok := scalar(v)
	if !ok {
		return nil, f.Label + "的格式不对"
	}
	s = strings.TrimSpace(s)
	if f.Type == Secret {
		// An empty secret removes it, an absent one or Mask keeps it.
		if v == nil || s == Mask {
			return nil, ""
		}
		if s == "" {
			return s, ""
		}
	}
	if s == "" {
		return nil, ""
	}
	if sentence := f.wrongText(s); sentence != "" {
		return nil, sentence
	}
	if f.Type == Ref {
		id, err := strconv.ParseInt(s, 10, 64)
		if err != nil || id <= 0 {
			return nil, "请从列表中选择" + f.Label
		}
		return id, ""
	}
	return s, ""
}

func (f *Field) wrongText(s string) string {
	switch f.Type {
	case Number, Integer:
		return f.wrongNumber(s)
	case Date:
		if _, err := time.Parse(time.DateOnly, s); err != nil {
			return f.Label + "应为日期，如 2026-09-01"
		}
	case Choice:
		for _, c := range f.Choices {
			if c.Value == s {
				return ""
			}
		}
		return "请从列表中选择" + f.Label
	case Text:
		if strings.ContainsAny(s, "\r\n") {
			return f.Label + "不能换行"
		}
	}
	if f.MaxLength > 0 && utf8.RuneCountInString(s) > f.MaxLength {
		return fmt.Sprintf("%s不能超过%d个字", f.Label, f.MaxLength)
	}
	if f.Pattern != "" && !f.pattern.MatchString(s) {
		return f.Label + "应为：" + f.Say
	}
	if f.Check != "" {
		return checks[f.Check](s)
	}
	return ""
}

func (f *Field) wrongNumber(s string) string {
	if !isNumber(s) || len(s) > 40 {
		return f.Label + "应为数字，如 12.5"
	}
	if f.Type == Integer && strings.Contains(s, ".") {
		return f.Label + "应为整数"
	}
	n, _ := new(big.Rat).SetString(s)
	if f.Min != "" {
		if low, _ := new(big.Rat).SetString(f.Min); n.Cmp(low) < 0 {
			return fmt.Sprintf("%s不能小于%s%s", f.Label, f.Min, f.Unit)
		}
	}
	if f.Max != "" {
		if high, _ := new(big.Rat).SetString(f.Max); n.Cmp(high) > 0 {
			return fmt.Sprintf("%s不能大于%s%s", f.Label, f.Max, f.Unit)
		}
	}
	return ""
}

func (f *Field) normalFactors(v any) (any, string) {
	if v == nil || v == "" {
		return nil, ""
	}
	text, isText := v.(string)
	if !isText {
		b, err := json.Marshal(v)
		if err != nil {
			return nil, f.Label + "的格式不对"
		}
		text = string(b)
	}
	var rows []FactorUnit
	if err := json.Unmarshal([]byte(text), &rows); err != nil {
		return nil, f.Label + "应为因子编码和单位的列表"
	}
	seen := map[string]bool{}
	for i := range rows {
		r := &rows[i]
		r.Code, r.Unit = strings.TrimSpace(r.Code), strings.TrimSpace(r.Unit)
		switch {
		case !factorCode.MatchString(r.Code):
			return nil, fmt.Sprintf("第%d行：因子编码应为2至12位字母和数字，如 a21026", i+1)
		case seen[r.Code]:
			return nil, fmt.Sprintf("第%d行：因子 %s 重复", i+1, r.Code)
		case utf8.RuneCountInString(r.Unit) > 16:
			return nil, fmt.Sprintf("第%d行：单位不能超过16个字", i+1)
		case r.Decimals != nil && (*r.Decimals < 0 || *r.Decimals > 6):
			return nil, fmt.Sprintf("第%d行：小数位数应为0至6", i+1)
		}
		seen[r.Code] = true
	}
	if len(rows) == 0 {
		return nil, ""
	}
	return rows, ""
}

// scalar returns v as text when it is text, a number or nothing.
func scalar(v any) (string, bool) {
	switch v := v.(type) {
	case nil:
		return "", true
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case int:
		return strconv.Itoa(v), true
	case int64:
		return strconv.FormatInt(v, 10), true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", false
}
