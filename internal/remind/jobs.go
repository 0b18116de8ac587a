package remind

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"pingzhang/internal/air"
	"pingzhang/internal/discharge"
	"pingzhang/internal/journal"
	"pingzhang/internal/measure"
	"pingzhang/internal/notify"
	"pingzhang/internal/sqldb"
)

// Judging is what package discharge does as time passes.
type Judging interface {
	Judge(ctx context.Context, now time.Time) (discharge.Progress, error)
	PostNotes(ctx context.Context, now time.Time) (int, error)
	Watch(ctx context.Context, now time.Time) (int, error)
	Silences(ctx context.Context, now time.Time) (int, error)
}

// Clocks lets the rungs of clocks fire.
type Clocks interface {
	FireDue(ctx context.Context, now time.Time, worker string) (int, error)
}

// Readings are sealed.
type Readings interface {
	Seal(ctx context.Context, before int64) error
	SealRaw(ctx context.Context, before int64, enter func(context.Context, measure.RawSeal) error) error
}

// Journal is signed now and then.
type Journal interface {
	Checkpoint(ctx context.Context, now time.Time) (*journal.Point, error)
}

// Outbox holds the messages to other systems.
type Outbox interface {
	Deliver(ctx context.Context, now time.Time, worker string, n int, send func(context.Context, notify.Message) error) (sent, failed int, err error)
}

// Sessions are swept when they have ended.
type Sessions interface {
	Sweep(ctx context.Context) (int64, error)
}

// Air is what the jobs need of package air.
type Air interface {
	Reckon(ctx context.Context, now time.Time) (air.Progress, error)
}

// Warning is what package warning does as time passes.
type Warning interface {
	ProposeAll(ctx context.Context, now time.Time) (int, error)
	Check(ctx context.Context, now time.Time) (checked, unmet int, err error)
}

// Parts is what the jobs of the platform work on. A part that is nil has no
// jobs.
type Parts struct {
	DB       *sqldb.DB // of the journal
	Judging  Judging
	Clocks   Clocks
	Readings Readings
	Journal  Journal
	Outbox   Outbox
	Webhook  *Webhook
	Air      Air
	Warning  Warning
	Sessions Sessions
	Node     string
	// Changed is told, after a round of judging, how much is new; pages may then
	// ask again. It must not wait. May be nil.
	Changed func(discharge.Progress)
}

// How long readings stay as they came before they are sealed: judging, which
// reads the last hours, reads them faster so, and corrections come early.
const (
	sealAfter    = 2 * time.Hour
	sealRawAfter = 10 * time.Minute // after the end of the hour of arrival
)

// Jobs returns what the platform does as time passes.
func Jobs(p Parts) []Job {
	var all []Job
	if p.Judging != nil {
		all = append(all, judging(p)...)
	}
	if p.Air != nil {
		all = append(all, Job{Name: "air", Label: "空气质量计算", Every: 5 * time.Second, Run: func(ctx context.Context, now time.Time) (string, error) {
			did, err := p.Air.Reckon(ctx, now)
			return joined(counted("计算 %d 个小时", did.Hours), counted("%d 个站点日", did.Days), counted("%d 个区域日", did.Cities),
				counted("%d 个时段未能计算", did.Failed)), err
		}})
	}
	if p.Warning != nil {
		all = append(all, warnings(p)...)
	}
	if p.Clocks != nil {
		all = append(all, Job{Name: "clocks", Label: "时限提醒和升级", Every: 30 * time.Second, Run: func(ctx context.Context, now time.Time) (string, error) {
			n, err := p.Clocks.FireDue(ctx, now, p.Node)
			return counted("发出 %d 条提醒", n), err
		}})
	}
	if p.Outbox != nil && p.Webhook != nil {
		all = append(all, Job{Name: "outbox", Label: "对外消息发送", Every: 5 * time.Second, Run: func(ctx context.Context, now time.Time) (string, error) {
			sent, failed, err := p.Outbox.Deliver(ctx, now, p.Node, 20, p.Webhook.Send)
			return joined(counted("发出 %d 条", sent), counted("%d 条未送达，稍后重试", failed)), err
		}})
	}
	if p.Readings != nil {
		all = append(all, sealing(p)...)
	}
	if p.Journal != nil {
		all = append(all, Job{Name: "checkpoint", Label: "留痕检查点签名", Every: 10 * time.Minute, Run: func(ctx context.Context, now time.Time) (string, error) {
			made, err := p.Journal.Checkpoint(ctx, now)
			if err != nil || made == nil {
				return "", err
			}
			return fmt.Sprintf("签署至第 %d 条", made.Size), nil
		}})
	}
	if p.Sessions != nil {
		all = append(all, Job{Name: "sessions", Label: "清理过期会话", Every: 15 * time.Minute, Run: func(ctx context.Context, _ time.Time) (string, error) {
			n, err := p.Sessions.Sweep(ctx)
			return counted("清理 %d 个", int(n)), err
		}})
	}
	return all
}

func judging(p Parts) []Job {
	return []Job{
		{Name: "judge", Label: "达标判定", Every: 2 * time.Second, Run: func(ctx context.Context, now time.Time) (string, error) {
			did, err := p.Judging.Judge(ctx, now)
			notes, err2 := p.Judging.PostNotes(ctx, now)
			if p.Changed != nil && did.Changed > 0 {
				p.Changed(did)
			}
			return joined(counted("判定 %d 个小时", did.Hours), counted("%d 个日", did.Days), counted("结果变化 %d 项", did.Changed),
				counted("%d 个时段未能判定", did.Failed), counted("附注 %d 条", notes)), errors.Join(err, err2)
		}},
		{Name: "watch", Label: "点位状态", Every: 30 * time.Second, Run: func(ctx context.Context, now time.Time) (string, error) {
			n, err := p.Judging.Watch(ctx, now)
			return counted("%d 个点位状态变化", n), err
		}},
		{Name: "silences", Label: "传输异常检查", Every: 5 * time.Minute, Run: func(ctx context.Context, now time.Time) (string, error) {
			n, err := p.Judging.Silences(ctx, now)
			return counted("新增 %d 条传输异常", n), err
		}},
	}
}

func warnings(p Parts) []Job {
	return []Job{
		{Name: "warning_propose", Label: "重污染天气研判", Every: time.Minute, Run: func(ctx context.Context, now time.Time) (string, error) {
			n, err := p.Warning.ProposeAll(ctx, now)
			return counted("%d 条新的研判", n), err
		}},
		{Name: "warning_check", Label: "应急减排措施核查", Every: time.Minute, Run: func(ctx context.Context, now time.Time) (string, error) {
			n, unmet, err := p.Warning.Check(ctx, now)
			return joined(counted("核查 %d 家企业", n), counted("未落实 %d 家", unmet)), err
		}},
	}
}

func sealing(p Parts) []Job {
	return []Job{
		{Name: "seal", Label: "数据归档压缩", Every: 10 * time.Minute, Lease: time.Hour, Run: func(ctx context.Context, now time.Time) (string, error) {
			return "", p.Readings.Seal(ctx, now.Add(-sealAfter).Unix())
		}},
		{Name: "seal_raw", Label: "原始报文归档和摘要留痕", Every: 10 * time.Minute, Lease: time.Hour, Run: func(ctx context.Context, now time.Time) (string, error) {
			n := 0
			err := p.Readings.SealRaw(ctx, now.Add(-sealRawAfter).Unix(), func(ctx context.Context, seal measure.RawSeal) error {
				n++
				return enterRoot(ctx, p.DB, seal)
			})
			return counted("%d 个时段的摘要已留痕", n), err
		}},
	}
}

// counted writes n into words; nothing for none.
func counted(words string, n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(words, n)
}

func joined(parts ...string) string {
	var all []string
	for _, s := range parts {
		if s != "" {
			all = append(all, s)
		}
	}
	return strings.Join(all, "，")
}
