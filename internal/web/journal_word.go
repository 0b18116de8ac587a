package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
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
	"figure.correct": "更正标准数值", "water.import": "导入水质数据", "water.correct": "更正水质数据", "water.recompute": "重新计算水质评价", "water.publish": "发布水质公报",
	"air.import": "导入空气数据", "air.recompute": "重新计算空气质量", "raw.sealed": "原始报文封存", "data.mark": "标记数据", "data.mark_withdraw": "撤回数据标记",
	"discharge.suppress": "暂停自动判定", "discharge.resume": "恢复自动判定", "discharge.rejudge": "重新判定",
}

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
		if text := valueText(v); text != "" {
			parts = append(parts, fmt.Sprintf("%v：%s", key, text))
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
	switch {
	case bytes.HasPrefix(v, []byte(`[{"field":`)) && json.Unmarshal(v, &changes) == nil:
		var all []string
		for _, c := range changes {
			all = append(all, fmt.Sprintf("%s “%v”→“%v”", c.Field, c.From, c.To))
		}
		return strings.Join(all, "，")
	case json.Unmarshal(v, &text) == nil:
		return text
	}
	return string(v)
}
