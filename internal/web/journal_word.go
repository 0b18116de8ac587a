package web

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"pingzhang/internal/clock"
)

// actNames say in words what an entry of the journal records. One that is
// missing shows its code alone.
var actNames = map[string]string{
	"account.create": "建立账号", "account.enable": "启用账号", "account.disable": "停用账号", "account.reset": "重置密码",
	"account.password": "修改密码", "account.sign_in": "登录", "account.lock": "锁定登录", "role.grant": "授予角色", "policy.set": "设定安全策略",
	"token.create": "建立接口令牌", "token.revoke": "收回接口令牌",
	"register.create": "登记台账", "register.save": "修改台账", "register.withdraw": "注销台账", "register.restore": "恢复台账",
	"calendar.set_day": "修改节假日", "calendar.enter_year": "录入年度安排",
	"finding.create": "发现问题线索", "finding.grow": "问题线索延续",
	"matter.open": "立项督办", "matter.move": "办理", "matter.comment": "发表意见", "matter.evidence": "上传佐证", "matter.evidence_withdraw": "撤下佐证",
	"matter.suspend": "中止时限", "matter.resume": "恢复时限", "matter.extend": "延长时限", "matter.rung": "时限提醒", "evidence.add": "保存佐证",
	"command.order": "下达设备指令", "command.end": "设备指令结束", "command.cancel": "取消设备指令", "command.give_up": "放弃设备指令", "command.recover": "重启后处理设备指令",
	"device.policy": "设定设备策略", "frame.replay": "重放报文", "quarantine.claim": "认领设备", "forward.save": "设定转发", "forward.unanswered": "转发未获应答",
	"figure.correct": "更正标准数值", "air.import": "导入空气数据", "air.recompute": "重新计算空气质量", "air.day.revise": "空气日报更改",
	"air.dust.propose": "提出沙尘扣除", "air.dust.approve": "同意沙尘扣除", "air.dust.refuse": "不同意沙尘扣除", "air.dust.withdraw": "撤回沙尘扣除",
	"land.import": "导入土壤和地下水结果", "land.recompute": "重新评价土壤和地下水",
	"raw.sealed": "原始报文封存", "data.mark": "标记数据", "data.mark_withdraw": "撤回数据标记",
	"warning.forecast": "录入空气预报", "warning.forecast_withdraw": "撤回空气预报", "warning.propose": "建议预警", "warning.submit": "报请批准预警", "warning.approve": "批准预警",
	"warning.return": "退回预警", "warning.publish": "发布、调整或解除预警", "warning.drop": "不采纳预警建议", "warning.evaluate": "评估预警", "warning.respond": "企业反馈应急减排措施",
	"warning.check": "现场核查应急减排措施", "warning.verdict": "应急减排措施核查结果变化", "warning.list_import": "编制应急减排清单", "warning.list_approve": "批准应急减排清单", "warning.list_drop": "作废应急减排清单",
	"bulletin.publish": "发布公报", "bulletin.correct": "更正公报",
	"discharge.suppress": "暂停自动判定", "discharge.resume": "恢复自动判定", "discharge.rejudge": "重新判定",
}

// keyNames say in words what a key of a detail means. One that is missing
// shows itself.
var keyNames = map[string]string{
	"login": "账号", "changed": "更改", "office": "单位", "reason": "理由", "why": "理由", "note": "备注", "cause": "原因", "name": "名称", "title": "标题", "code": "编码", "kind": "类型", "key": "标识",
	"from": "从", "to": "到", "was": "原为", "becomes": "改为", "value": "值", "text": "内容", "fields": "字段", "unit": "单位",
	"address": "来源地址", "roles": "角色", "permissions": "权限", "until": "至", "year": "年份", "days": "天数", "state": "状态", "stage": "环节",
	"move": "办理动作", "evidence": "佐证", "sm3": "SM3", "digest": "SM3", "size": "大小（字节）", "media": "文件类型", "version": "版本", "revision": "修订号",
	"clock": "时限", "clocks": "时限", "suspend": "中止", "resume": "恢复", "extend": "延长", "finding": "问题线索", "facts": "事实", "peak": "最大倍数",
	"times": "次数", "period": "时段", "hour": "小时", "at": "时间", "mn": "设备编号", "point": "点位", "outlet": "排放口", "enterprise": "排污单位",
	"frames": "报文数", "root": "根（SM3）", "part": "部分", "result": "结果", "refused": "未接收", "stored": "已入库", "table": "数值表",
	"aqi": "AQI", "aqi_before": "原 AQI", "commands": "指令", "cn": "指令编码", "timeout_s": "超时（秒）", "retries": "重试次数", "exe_rtn": "执行结果", "qn_rtn": "请求结果",
	"asked_by": "下达人", "receiver": "接收方", "unsent": "未发送", "queued": "待发送", "section": "断面", "places": "点数", "values": "数值", "level": "级别",
	"explanation": "说明", "measures": "措施", "checked_on": "核查日期", "officers": "执法人员", "outcome": "结论", "demand": "要求", "link": "网址",
}

// momentKeys are keys whose number is a moment, in seconds.
var momentKeys = map[string]bool{"at": true, "from": true, "to": true, "hour": true, "period": true, "until": true}

// detailText writes the detail of an entry, a JSON object, as a line to read:
// its keys and values in their order, what changed as “from → to”. What is no
// object stays as it is.
func detailText(detail string) string {
	in := json.NewDecoder(strings.NewReader(detail))
	if t, err := in.Token(); err != nil || t != json.Delim('{') {
		return detail
	}
	var parts []string
	for in.More() {
		key, err := in.Token()
		if err != nil {
			return detail
		}
		var v json.RawMessage
		if err := in.Decode(&v); err != nil {
			return detail
		}
		name, _ := key.(string)
		text := valueText(v)
		if sec, err := strconv.ParseInt(text, 10, 64); err == nil && momentKeys[name] && sec > 1e9 {
			text = clock.Unix(sec).Format("2006-01-02 15:04")
		}
		if text != "" {
			parts = append(parts, cmp.Or(keyNames[name], name)+"："+text)
		}
	}
	return strings.Join(parts, "；")
}

func valueText(v json.RawMessage) string {
	var changes []struct {
		Field    string
		From, To any
	}
	var text string
	var texts []string
	switch {
	case bytes.HasPrefix(v, []byte(`[{"field":`)) && json.Unmarshal(v, &changes) == nil:
		var all []string
		for _, c := range changes {
			all = append(all, fmt.Sprintf("%s “%v”→“%v”", cmp.Or(keyNames[c.Field], c.Field), c.From, c.To))
		}
		return strings.Join(all, "，")
	case json.Unmarshal(v, &text) == nil:
		return text
	case json.Unmarshal(v, &texts) == nil:
		return strings.Join(texts, "、")
	}
	return string(v)
}
