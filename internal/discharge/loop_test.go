package discharge_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"pingzhang/internal/discharge"
	"pingzhang/standard"
)

func TestFromFrameToMatter(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		three := at("2026-11-24 03:00")
		b.hours(three, "150", "292", "250", "120")
		p := b.judge(three.Add(4*time.Hour + time.Second))
		if p.Hours != 4 || p.Changed != 4 || p.Waiting != 0 {
			t.Errorf("progress %+v", p)
		}
		got := b.verdicts(standard.Hour, three, 4)
		if len(got) != 4 || got[0].Verdict != standard.Meets || got[1].Verdict != standard.Exceeds || got[1].Value != "292" || got[1].Multiple != "0.46" ||
			got[1].LimitText != "200" || got[1].Raw != "100" || got[1].Arithmetic != "292 mg/m³ ＞ 200 mg/m³" || got[3].Verdict != standard.Meets {
			t.Errorf("verdicts %+v", got)
		}
		found := b.findings("exceedance")
		if len(found) != 1 || found[0].Matter == 0 || found[0].Periods != 2 || found[0].Times != "0.46" || found[0].Peak != "292" ||
			!found[0].At.Equal(three.Add(time.Hour)) || !found[0].LastAt.Equal(three.Add(2*time.Hour)) {
			t.Fatalf("findings %+v", found)
		}
		if h := found[0].Headline(); h != "示例热力有限公司 DA001 二氧化硫小时均值超标（最大 0.46 倍）" {
			t.Error(h)
		}
		f, ok := discharge.FactsOf(found[0].Facts)
		if !ok || f.Rule != "hour_mean" || f.Value != "292" || f.Limit != "200" || f.FactorName != "二氧化硫" || f.Label != "待核实" ||
			f.Legal == nil || !strings.Contains(f.Legal.Citation, "第1107条") || len(f.Basis) == 0 {
			t.Errorf("facts %+v", f)
		}
		m, err := b.matter.Matter(ctx, city, found[0].Matter)
		if err != nil || m.Stage != "verify" || m.Enterprise != b.plant.ID || m.Division != "231102" || m.Playbook.ID != "exceedance" {
			t.Errorf("matter %+v, %v", m, err)
		}
		if got := b.spans(); !reflect.DeepEqual(got, []string{"24T04-24T05 2 peak 292 at 24T04 open"}) {
			t.Errorf("episodes %v", got)
		}

		// A second hour that meets the limit clears the episode, and says so.
		b.hours(three.Add(4*time.Hour), "130")
		b.judge(three.Add(5*time.Hour + time.Second))
		if got := b.spans(); !reflect.DeepEqual(got, []string{"24T04-24T05 2 peak 292 at 24T04 cleared"}) {
			t.Errorf("episodes %v", got)
		}
		want := []string{"二氧化硫小时均值已恢复达标：最后一个超标时段为 2026-11-24 05:00，其后连续 2 个小时均值达标。"}
		if got := b.remarks(int64(found[0].Matter)); !reflect.DeepEqual(got, want) {
			t.Errorf("remarks %q", got)
		}
		// Judging all again changes nothing.
		before := b.count(`SELECT COUNT(*) FROM journal`)
		if err := b.Rejudge(ctx, city, b.point.ID, three, three.Add(5*time.Hour), "核对"); err != nil {
			t.Fatal(err)
		}
		if p := b.judge(three.Add(6 * time.Hour)); p.Changed != 0 || p.Hours != 5 {
			t.Errorf("judged again: %+v", p)
		}
		if n := b.count(`SELECT COUNT(*) FROM journal`); n != before+1 || b.count(`SELECT COUNT(*) FROM verdict_history`) != 0 || len(b.remarks(int64(m.ID))) != 1 {
			t.Errorf("journal has %d entries, had %d", n, before)
		}
		// At the deadline the matter is told that nobody has objected.
		b.hand.set(at("2026-11-25 12:00"))
		if got := b.remarks(int64(m.ID)); len(got) != 2 || !strings.HasPrefix(got[1], "11月24日 二氧化硫数据的标记时限（11月25日12时）已过") {
			t.Errorf("remarks %q", got)
		}
	})
}

func TestWhenAnHourIsReady(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		nine := at("2026-11-24 09:00")
		b.append(b.minuteFrames(nine, 6, "150", "N")...)
		for _, tt := range []struct {
			name  string
			now   time.Time
			hours int
		}{
			{"before its end an hour is not judged", nine.Add(time.Hour - time.Second), 0},
			{"nor in the grace after it", nine.Add(time.Hour + 10*time.Minute - time.Second), 0},
			{"at the end of the grace it is", nine.Add(time.Hour + 10*time.Minute), 1},
		} {
			if p := b.judge(tt.now); p.Hours != tt.hours || p.Waiting != 1-tt.hours {
				t.Errorf("%s: %+v", tt.name, p)
			}
		}
		// 150 mg/m³ at 12 % oxygen are 150·12/9 = 200 at 9 %: just met.
		v := b.verdicts(standard.Hour, nine, 1)
		if len(v) != 1 || v[0].Verdict != standard.Meets || v[0].Value != "200" || v[0].Arithmetic != "150×(21−9)/(21−12)=200 mg/m³ ＝ 200 mg/m³" || !v[0].Near {
			t.Errorf("verdicts %+v", v)
		}
		// A reported hour is judged without waiting.
		ten := nine.Add(time.Hour)
		b.append(b.hourFrame(ten, "100", "201", "12", "N", 0))
		if p := b.judge(ten.Add(time.Hour + time.Second)); p.Hours != 1 {
			t.Errorf("%+v", p)
		}
		// 40 of 60 minutes are too few (HJ 75-2017: 45).
		eleven := nine.Add(2 * time.Hour)
		b.append(b.minuteFrames(eleven, 4, "900", "N")...)
		b.append(b.minuteFrames(eleven.Add(40*time.Minute), 2, "900", "D")...)
		b.judge(eleven.Add(2 * time.Hour))
		v = b.verdicts(standard.Hour, eleven, 1)
		if len(v) != 1 || v[0].Verdict != standard.Unknown || v[0].Issue != standard.TooFewMinutes {
			t.Fatalf("verdicts %+v", v)
		}
		in, ok := v[0].Inputs()
		if !ok || in.Have != 40 || in.Need.Least != 45 || in.Rejected["D"] != 2 || !strings.Contains(in.Reason, "故障（D） 2 个") {
			t.Errorf("it says why: %+v", in)
		}
		if n := len(b.findings("exceedance")); n != 1 {
			t.Errorf("%d findings", n)
		}
	})
}

func TestDay(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		day := at("2026-11-24 00:00")
		// 19 hours at 90 and one at 291 have the mean 100.05: above 100.
		hours := make([]string, 24)
		for i := range 19 {
			hours[i] = "90"
		}
		hours[19] = "291"
		b.hours(day, hours...)
		b.judge(day.Add(24*time.Hour + 30*time.Minute - time.Second))
		if v := b.verdicts(standard.Day, day, 24); len(v) != 0 {
			t.Errorf("a day was judged before its grace was over: %+v", v)
		}
		b.judge(day.Add(24*time.Hour + 30*time.Minute))
		v := b.verdicts(standard.Day, day, 24)
		if len(v) != 1 || v[0].Verdict != standard.Exceeds || v[0].Value != "100.05" || v[0].Confidence != "unverified" {
			t.Fatalf("day %+v", v)
		}
		all := b.verdicts(standard.Hour, day, 24)
		unknown := 0
		for _, v := range all {
			if v.Verdict == standard.Unknown && v.Issue == standard.NoValue {
				unknown++
			}
		}
		if len(all) != 24 || unknown != 4 {
			t.Errorf("%d hours, %d unknown; the four of which nothing came are unknown", len(all), unknown)
		}
		// One matter for the hour mean; the day mean is handled with it.
		found := b.findings("exceedance")
		if len(found) != 2 {
			t.Fatalf("findings %+v", found)
		}
		dayFinding, hourFinding := found[0], found[1]
		if dayFinding.Matter != 0 || hourFinding.Matter == 0 || dayFinding.Title != "示例热力有限公司 DA001 二氧化硫日均值超标" {
			t.Errorf("findings %+v", found)
		}
		attached, err := b.Episodes(ctx, city, discharge.EpisodeQuery{Matter: int64(hourFinding.Matter)})
		if err != nil || len(attached) != 2 {
			t.Errorf("the matter handles %+v, %v", attached, err)
		}
		remarks := strings.Join(b.remarks(int64(hourFinding.Matter)), "\n")
		if !strings.Contains(remarks, "同一排污口同一因子另有超标：示例热力有限公司 DA001 二氧化硫日均值超标（2026-11-24，100.05 mg/m³ ＞ 100 mg/m³）") {
			t.Errorf("remarks %s", remarks)
		}
	})
}

func TestDayOfTooFewHours(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		day := at("2026-11-24 00:00")
		hours := make([]string, 19)
		for i := range hours {
			hours[i] = "190"
		}
		b.hours(day, hours...)
		b.judge(day.Add(25 * time.Hour))
		v := b.verdicts(standard.Day, day, 24)
		if len(v) != 1 || v[0].Verdict != standard.Unknown || v[0].Issue != standard.TooFewHours || len(b.findings("exceedance")) != 0 {
			t.Fatalf("19 hours make no day: %+v", v)
		}
		// The twentieth comes late: the day is judged again, the old verdict kept.
		b.hours(day.Add(19*time.Hour), "190")
		b.judge(day.Add(26 * time.Hour))
		old, err := b.Verdicts(ctx, city, discharge.VerdictQuery{Point: b.point.ID, Period: standard.Day, From: day, To: day.Add(time.Hour), Old: true})
		if err != nil || len(old) != 2 || old[0].Verdict != standard.Exceeds || old[0].Revision != 2 || old[1].Issue != standard.TooFewHours || old[1].Revision != 1 {
			t.Errorf("got %+v, %v", old, err)
		}
		if f := b.findings("exceedance"); len(f) != 1 || f[0].Matter == 0 {
			t.Errorf("a day mean alone opens a matter of its own: %+v", f)
		}
	})
}

// A day that was judged is done with, also where hours of it are missing and
// where the outlet has limits on day means alone.
func TestDayIsJudgedOnce(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		day := at("2026-11-24 00:00")
		once := func(day time.Time) {
			t.Helper()
			b.hours(day, "90", "90", "90")
			if p := b.judge(day.Add(25 * time.Hour)); p.Days != 1 {
				t.Fatalf("first: %+v", p)
			}
			if p := b.judge(day.Add(26 * time.Hour)); p.Days != 0 || p.Hours != 0 {
				t.Errorf("again: %+v", p)
			}
			if n := b.count(`SELECT COUNT(*) FROM judge_pending WHERE ready_at <= $1`, day.Add(26*time.Hour).Unix()); n != 0 {
				t.Errorf("%d periods wait to be judged", n)
			}
		}
		once(day)
		if _, err := b.register.Withdraw(ctx, city, b.so2.ID, b.so2.Version, "许可证变更"); err != nil {
			t.Fatal(err)
		}
		once(day.AddDate(0, 0, 1))
	})
}
