package access

import (
	"context"
	"fmt"

	"pingzhang/internal/fault"
	"pingzhang/internal/journal"
	"pingzhang/internal/sqldb"
)

// PolicyItem is one number of the policy with its name and bounds.
type PolicyItem struct {
	Key, Label, Unit string
	Min, Max         int
	Value            int
	field            func(*Policy) *int
}

func policyItems() []PolicyItem {
	return []PolicyItem{
		{"min_length", "密码最短长度", "个字符", 8, 64, 0, func(p *Policy) *int { return &p.MinLength }},
		{"min_classes", "密码字符类别", "类", 1, 4, 0, func(p *Policy) *int { return &p.MinClasses }},
		{"max_age_days", "密码更换周期（0 为不要求）", "天", 0, 366, 0, func(p *Policy) *int { return &p.MaxAgeDays }},
		{"remember", "不得重复的历史密码", "次", 0, 24, 0, func(p *Policy) *int { return &p.Remember }},
		{"failures_lock", "锁定前允许的失败次数", "次", 3, 20, 0, func(p *Policy) *int { return &p.FailuresLock }},
		{"lock_minutes", "首次锁定时间", "分钟", 1, 1440, 0, func(p *Policy) *int { return &p.LockMinutes }},
		{"idle_minutes", "无操作自动退出", "分钟", 5, 120, 0, func(p *Policy) *int { return &p.IdleMinutes }},
		{"session_hours", "一次登录最长", "小时", 1, 24, 0, func(p *Policy) *int { return &p.SessionHours }},
		{"token_max_days", "接口令牌最长有效期", "天", 1, 1096, 0, func(p *Policy) *int { return &p.TokenMaxDays }},
	}
}

// Policy returns the policy in force.
func (s *Store) Policy(ctx context.Context) (_ Policy, err error) {
	defer fault.Wrap(&err, "access.Policy")
	p := DefaultPolicy
	type row struct {
		Name  string `db:"name"`
		Value int64  `db:"value"`
	}
	rows, err := sqldb.All[row](ctx, s.db, `SELECT name, value FROM policies`)
	if err != nil {
		return p, err
	}
	for _, item := range policyItems() {
		for _, r := range rows {
			if r.Name == item.Key {
				*item.field(&p) = int(r.Value)
			}
		}
	}
	return p, nil
}

// Items returns the policy number by number.
func (p Policy) Items() []PolicyItem {
	items := policyItems()
	for i := range items {
		items[i].Value = *items[i].field(&p)
	}
	return items
}

// SetPolicy changes one number of the policy.
//
// The error is fault.Denied without policy.edit, fault.Invalid when the number
// is out of its bounds.
func (s *Store) SetPolicy(ctx context.Context, by Caller, key string, value int) (err error) {
	defer fault.Wrap(&err, "access.SetPolicy(%s)", key)
	if err := by.Must("policy.edit"); err != nil {
		return err
	}
	for _, item := range policyItems() {
		if item.Key != key {
			continue
		}
		if value < item.Min || value > item.Max {
			return fault.Fields(map[string]string{key: fmt.Sprintf("%s应为 %d 至 %d %s", item.Label, item.Min, item.Max, item.Unit)})
		}
		return s.db.InTx(ctx, func(tx *sqldb.Tx) error {
			if _, err := tx.Exec(ctx, `
				INSERT INTO policies (name, value, changed_by, changed_at)
				VALUES ($1, $2, $3, $4)
				ON CONFLICT (name) DO UPDATE SET value = excluded.value, changed_by = excluded.changed_by, changed_at = excluded.changed_at`,
				key, value, by.Login, tx.Now.Unix()); err != nil {
				return err
			}
			return journal.Append(ctx, tx, by.Entry("policy.set", "policy/"+key, map[string]any{"value": value}))
		})
	}
	return fault.New(fault.Invalid, "没有这项策略")
}
