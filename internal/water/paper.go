package water

import (
	"strconv"

	"pingzhang/internal/document"
)

// Data is what the template of the bulletin is filled with. The names are those
// that a clerk sees in the template.
func (bu Bulletin) Data() document.Data {
	n := bu.Numbers
	before, then := beforeNames(bu.Slot)
	d := document.Data{
		Text: map[string]string{
			"标题": bu.Title, "区域": bu.Place, "时段": bu.Slot.Name(), "上期": before, "上年同期": then, "待核实": bu.Label,
			"断面数": strconv.Itoa(n.Sections), "有类别": strconv.Itoa(n.Judged), "优良比例": orDash(n.Good), "劣五类比例": orDash(n.Worst), "水质状况": n.Rating,
			"达标数": strconv.Itoa(n.Met), "不达标数": strconv.Itoa(n.Missed), "达标率": orDash(n.MetShare), "环比": n.Last, "同比": n.LastYear,
		},
		Rows: map[string][]map[string]string{"段落": {}, "断面": {}, "河流": {}, "水源": {}, "说明": {}, "依据": {}},
	}
	add := func(group string, row map[string]string) { d.Rows[group] = append(d.Rows[group], row) }
	for _, text := range bu.Lead {
		add("段落", map[string]string{"段落文字": text})
	}
	for i, l := range bu.Sections {
		add("断面", map[string]string{
			"序号": strconv.Itoa(i + 1), "县区": l.County, "河流名称": l.River, "断面名称": l.Name, "断面级别": l.Level, "水质目标": orDash(l.Target), "本期水质": l.Class,
			"上期水质": l.Last, "上年同期水质": l.LastYear, "是否达标": l.Attained.Name(), "超标项目": orDash(l.Beyond), "主要污染指标": orDash(l.Main),
		})
	}
	for _, l := range bu.Waters {
		add("河流", map[string]string{
			"类别": l.Kind, "名称": l.Name, "断面个数": strconv.Itoa(l.Sections), "优良": orDash(l.Good), "劣五类": orDash(l.Worst), "状况": l.Rating, "河流环比": l.Last,
			"河流同比": l.LastYear, "河流主要污染指标": orDash(l.Main),
		})
	}
	for _, l := range bu.Sources {
		add("水源", map[string]string{
			"水源县区": l.County, "水源名称": l.Name, "水源级别": l.Level, "水源类型": l.Water, "水源达标": l.Attained.Name(), "水源超标项目": orDash(l.Beyond),
			"未知原因": orDash(l.Why),
		})
	}
	for _, text := range bu.Notes {
		add("说明", map[string]string{"说明文字": text})
	}
	for _, text := range bu.Citations {
		add("依据", map[string]string{"依据文字": text})
	}
	return d
}
