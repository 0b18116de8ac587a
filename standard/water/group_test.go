package water

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"pingzhang/standard"
)

// river makes sections of March 2026 from classes: "1 3 6" and "冰", "断", "?" for
// those without one.
func river(t *testing.T, b *Book, classes string) []Section {
	t.Helper()
	ammonia := map[string]string{"1": "0.1", "2": "0.3", "3": "0.8", "4": "1.2", "5": "1.8", "6": "3"}
	var all []Section
	for i, class := range strings.Fields(classes) {
		m := Monitoring{Section: fmt.Sprint(i + 1), Body: River, Period: OfMonth(2026, 3)}
		switch class {
		case "冰":
			m.Visits = visits("2026-03-02: 冰封")
		case "断":
			m.Visits = visits("2026-03-02: 断流")
		case "?":
		default:
			m.Visits = visits("2026-03-02: 氨氮 " + ammonia[class])
		}
		all = append(all, b.Section(m))
	}
	return all
}

func times20(good, other, worst int) string {
	return strings.Repeat("2 ", good) + strings.Repeat("4 ", other) + strings.Repeat("6 ", worst)
}

func TestRiver(t *testing.T) {
	b := open(t)
	for _, tt := range []struct {
		name, classes string
		rating        string
		issue         standard.Issue
	}{
		{"90 % good is 优", times20(18, 2, 0), "优", ""},
		{"85 % is 良好", times20(17, 3, 0), "良好", ""},
		{"89.47 % of nineteen is 良好", times20(17, 2, 0), "良好", ""},
		{"75 % is 良好 whatever the rest", times20(15, 0, 5), "良好", ""},
		{"70 % with 15 % worst is 轻度污染", times20(14, 3, 3), "轻度污染", ""},
		{"70 % with 20 % worst is 中度污染", times20(14, 2, 4), "中度污染", ""},
		{"35 % worst is 中度污染", times20(13, 0, 7), "中度污染", ""},
		{"40 % worst is 重度污染", times20(12, 0, 8), "重度污染", ""},
		{"none good and none worst is 轻度污染", times20(0, 20, 0), "轻度污染", ""},
		{"five sections are rated by shares", "2 2 2 2 6", "良好", ""},
		// The mean of 0.3, 0.3, 0.3 and 3 is 0.975.
		{"four by their mean", "2 2 2 6", "良好", ""},
		{"ice does not enter the share", times20(9, 1, 0) + "冰 断", "优", ""},
		{"one of twenty unknown does not matter", times20(18, 0, 1) + "?", "优", ""},
		{"one of twenty unknown does matter", times20(17, 2, 0) + "?", "", SectionsUnknown},
		{"an unknown section leaves the mean of few unknown", "2 2 2 ?", "", SectionsUnknown},
		{"ice leaves the mean of the others", "2 2 冰", "优", ""},
		{"all under ice", "冰 冰", "", IceBound},
		{"all without flow", "断 断 断 断 断", "", NoFlowing},
		{"nothing known", "? 冰", "", SectionsUnknown},
		{"no sections", "", "", NoSections},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := b.River("黑龙江", river(t, b, tt.classes))
			if g.Rating.Name != tt.rating || g.Issue != tt.issue {
				t.Errorf("River = %s, %q; want %s, %q", g.Rating.Name, g.Issue, tt.rating, tt.issue)
			}
			if g.Text() == "" || g.Verified() || g.Confidence == "" {
				t.Errorf("text %q, %s", g.Text(), g.Confidence)
			}
		})
	}
}

func TestSharesOfARiver(t *testing.T) {
	b := open(t)
	g := b.River("黑龙江", river(t, b, "1 2 3 4 5 6 冰 断 ?"))
	s := g.Shares
	if s.Sections() != 9 || s.Judged != 6 || s.Ice != 1 || s.Dry != 1 || s.Unknown != 1 || !s.Good().Equal(standard.Int(50)) || s.Worst().Round(2) != "16.67" || s.Of(I).Round(2) != "16.67" {
		t.Errorf("shares %+v, %s good", s, s.Good())
	}
	if g.AtBest.Name != "轻度污染" || g.AtWorst.Name != "中度污染" || g.Issue != SectionsUnknown {
		t.Errorf("between %s and %s, %q", g.AtBest.Name, g.AtWorst.Name, g.Issue)
	}
	if none := SharesOf(nil); none.Good().IsSet() || none.Worst().IsSet() {
		t.Error("a share of nothing")
	}
}

func TestMainPollutantsOfARiver(t *testing.T) {
	b := open(t)
	var sections []Section
	for i, found := range []string{"氨氮 1.2, 总磷 0.5, 高锰酸盐指数 7", "总磷 0.3, 高锰酸盐指数 7", "高锰酸盐指数 7, 化学需氧量 21", "氨氮 0.1", "氨氮 0.1"} {
		sections = append(sections, b.Section(Monitoring{fmt.Sprint(i), River, OfMonth(2026, 3), visits("2026-03-02: " + found)}))
	}
	g := b.River("黑龙江", sections)
	if got := pollutants(g.Main); got != "高锰酸盐指数、总磷、化学需氧量" || !g.Main[0].Share.Equal(standard.Int(60)) {
		t.Errorf("main pollutants %s, %s", got, g.Main[0].Share)
	}
	if g = b.River("黑龙江", sections[:3]); g.Mean == nil || pollutants(g.Main) != "总磷(1.0)、氨氮(0.2)、高锰酸盐指数(0.2)" {
		t.Errorf("of the mean of three: %s", pollutants(g.Main))
	}
}

func TestLakeIsTheMeanOfItsPoints(t *testing.T) {
	b := open(t)
	var points []Section
	for i, found := range []string{"总磷 0.02", "总磷 0.09", "总磷 0.03", "总磷 0.03", "总磷 0.03", "总磷 0.04"} {
		points = append(points, b.Section(Monitoring{fmt.Sprint(i), Lake, OfMonth(2026, 7), visits("2026-07-02: " + found)}))
	}
	g := b.Lake("山口湖", points) // (0.02+0.09+0.03+0.03+0.03+0.04)/6 = 0.04
	if c, ok := g.Mean.Of(TP); !ok || !c.Value.Equal(standard.Must("0.04")) || g.Mean.Class != III || g.Rating.Name != "良好" {
		t.Errorf("mean %s, %s, %s", c.Value, g.Mean.Class, g.Rating.Name)
	}
	points[0].Body = River
	if g := b.Lake("山口湖", points); g.Issue != BodiesDiffer || g.Rating.Name != "" {
		t.Errorf("river and lake in one mean: %q", g.Issue)
	}
}

func TestRegion(t *testing.T) {
	b := open(t)
	sections := river(t, b, "2 2 6")
	if g := b.Region("黑河市", sections); g.Mean != nil || g.Rating.Name != "中度污染" || g.Confidence != standard.Memory {
		t.Errorf("Region = %s, %s", g.Rating.Name, g.Confidence)
	}
	sections[1].Period = OfMonth(2026, 4)
	if g := b.Region("黑河市", sections); g.Issue != PeriodsDiffer {
		t.Errorf("issue %q", g.Issue)
	}
}

func TestTrend(t *testing.T) {
	b := open(t)
	for _, tt := range []struct {
		name, before, after string
		want                string
		issue               standard.Issue
	}{
		{"ten points are no clear change", times20(10, 10, 0), times20(12, 8, 0), "无明显变化", ""},
		{"fifteen are some", times20(10, 10, 0), times20(13, 7, 0), "有所好转", ""},
		{"twenty still", times20(10, 6, 4), times20(12, 6, 2), "有所好转", ""},
		{"twenty-five are clear", times20(10, 5, 5), times20(12, 6, 2), "明显好转", ""},
		{"and the other way", times20(12, 6, 2), times20(10, 5, 5), "明显变差", ""},
		{"few sections are compared by rating", "2 2", "4 4", "明显变差", ""},
		{"one rating is some change", "2 2", "3 3", "有所变差", ""},
		{"within one rating nothing", "1 1", "2 2", "无明显变化", ""},
		{"nothing known is no trend", "? ?", "2 2", "未知", SectionsUnknown},
		{"ice is no trend", "2 2", "冰 冰", "未知", IceBound},
	} {
		t.Run(tt.name, func(t *testing.T) {
			trend := b.Trend(b.River("", river(t, b, tt.before)), b.River("", river(t, b, tt.after)))
			if trend.Name() != tt.want || trend.Issue != tt.issue || trend.Verified() {
				t.Errorf("Trend = %s, %q: %s", trend.Name(), trend.Issue, trend.Text())
			}
		})
	}
	before, after := river(t, b, "4")[0], river(t, b, "2")[0]
	if trend := b.TrendOf(before, after); trend.Name() != "明显好转" {
		t.Errorf("TrendOf = %s", trend.Text())
	}
	if trend := b.TrendOf(before, river(t, b, "冰")[0]); trend.Name() != "未知" || trend.Issue != IceBound {
		t.Errorf("TrendOf = %s", trend.Text())
	}
	if trend := b.Trend(b.River("", river(t, b, times20(10, 0, 0))), b.River("", river(t, b, times20(11, 0, 0)))); issues(trend.Flags) != "sections_differ" {
		t.Errorf("flags %s", issues(trend.Flags))
	}
}

func TestABookIsForManyGoroutines(t *testing.T) {
	b := open(t)
	sections := river(t, b, "1 2 3 4")
	want := b.River("", sections).Text()
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			if got := b.River("", sections).Text(); got != want {
				t.Errorf("%s, want %s", got, want)
			}
			b.Attain(sections[3], III)
		})
	}
	wait.Wait()
}
