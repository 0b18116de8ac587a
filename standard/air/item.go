package air

import (
	"fmt"
	"strings"

	"pingzhang/standard"
)

// An Averaging is the time over which a concentration is a mean.
type Averaging string

// The averagings of the tables and of the reports.
const (
	Hour          Averaging = "1h"
	MaxHour       Averaging = "1h_daily_max" // the highest hour of a day
	EightHour     Averaging = "8h"           // the eight hours that end with the one reported
	MaxEightHour  Averaging = "8h_daily_max" // the highest of them in a day
	Day           Averaging = "24h"          // a natural day
	RollingDay    Averaging = "24h_rolling"  // the 24 hours that end with the one reported
	Month         Averaging = "month"
	Quarter       Averaging = "quarter"
	GrowingSeason Averaging = "growing_season"
	Year          Averaging = "annual"
)

var averagingNames = map[Averaging]string{
	Hour: "小时均值", MaxHour: "日最大小时均值", EightHour: "8 小时滑动均值", MaxEightHour: "日最大 8 小时滑动均值",
	Day: "24 小时均值", RollingDay: "24 小时滑动均值", Month: "月均值", Quarter: "季均值", GrowingSeason: "植物生长季均值", Year: "年均值",
}

// Known reports whether a is one of the averagings above.
func (a Averaging) Known() bool { return averagingNames[a] != "" }

// Name returns the Chinese words.
func (a Averaging) Name() string {
	if name := averagingNames[a]; name != "" {
		return name
	}
	return string(a)
}

// Period returns the period of package standard that a value of a stands for;
// empty where it has none.
func (a Averaging) Period() standard.Period {
	switch a {
	case Hour, MaxHour:
		return standard.Hour
	case EightHour, MaxEightHour:
		return standard.EightHour
	case Day, RollingDay:
		return standard.Day
	case Month:
		return standard.Month
	case Quarter:
		return standard.Quarter
	case Year:
		return standard.Year
	}
	return ""
}

// An Area is the class of an area by GB 3095 4.1: class 1 is national parks,
// nature reserves and other places under special protection, class 2 all others.
type Area int

// The classes.
const (
	Class1 Area = 1
	Class2 Area = 2
)

// Name returns the Chinese words.
func (a Area) Name() string {
	switch a {
	case Class1:
		return "一类区"
	case Class2:
		return "二类区"
	}
	return fmt.Sprintf("Area(%d)", int(a))
}

// An Item is a pollutant with its averaging: one line of a report.
type Item struct {
	Pollutant Pollutant `json:"pollutant"`
	Averaging Averaging `json:"averaging"`
}

// ParseItem reads an item as the tables write it: O3/8h_daily_max. The error says
// what is not known in it.
func ParseItem(text string) (Item, error) {
	symbol, averaging, _ := strings.Cut(text, "/")
	p, ok := ParsePollutant(symbol)
	if a := Averaging(averaging); ok && a.Known() {
		return Item{p, a}, nil
	}
	return Item{}, fmt.Errorf("%q 不是项目，应如 O3/8h_daily_max", text)
}

// String returns the item as the tables write it.
func (i Item) String() string { return i.Pollutant.String() + "/" + string(i.Averaging) }

// Name returns the item in Chinese: PM2.5 24 小时均值.
func (i Item) Name() string { return i.Pollutant.String() + " " + i.Averaging.Name() }

// FeedName returns the item as the national platform names a primary pollutant:
// 细颗粒物(PM2.5), 臭氧1小时.
func (i Item) FeedName() string {
	switch i.Pollutant {
	case PM10:
		return "颗粒物(PM10)"
	case PM25:
		return "细颗粒物(PM2.5)"
	case O3:
		if i.Averaging == EightHour || i.Averaging == MaxEightHour {
			return "臭氧8小时"
		}
		return "臭氧1小时"
	}
	return i.Pollutant.Name()
}

// column is the averaging of the column of breakpoints that i is looked up in.
// Particles have only one, of the day, which serves the hour too (HJ 633-2026
// 4.2.4; for 2012 the practice of the national platform).
func (i Item) column() Averaging {
	switch {
	case i.Pollutant == PM10 || i.Pollutant == PM25:
		return Day
	case i.Averaging == MaxHour:
		return Hour
	case i.Averaging == MaxEightHour:
		return EightHour
	case i.Averaging == RollingDay:
		return Day
	}
	return i.Averaging
}
