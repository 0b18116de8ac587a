package calendar

import (
	"fmt"
	"strconv"
	"time"

	"pingzhang/internal/clock"
)

// StepKind says what a step of the counting was.
type StepKind string

// The kinds of steps.
const (
	StepStart        StepKind = "start"         // day 0
	StepStartCounted StepKind = "start_counted" // the day of the event, which counts
	StepStartMoment  StepKind = "start_moment"  // of a limit in hours
	StepCounted      StepKind = "counted"       // days First to Last of the budget
	StepMadeUp       StepKind = "made_up"       // the same on a weekend that is worked on
	StepOff          StepKind = "off"           // not counted: weekend or holiday
	StepSuspended    StepKind = "suspended"     // not counted: suspension
	StepMonths       StepKind = "months"        // the end of months or years, by their dates
	StepExtension    StepKind = "extension"     // the budget grows by Last
	StepRoll         StepKind = "roll"          // the last day is off and moves
	StepEnd          StepKind = "end"           // the last day
	StepEndMoment    StepKind = "end_moment"    // of a limit in hours
	StepStop         StepKind = "stop"          // an open suspension
)

// Step is one step of the counting: days next to each other that were treated
// alike, or an event.
type Step struct {
	Kind        StepKind
	From, To    Day
	First, Last int // of the days counted; Last is the amount of an extension or of months
	Unit        Unit
	Reason      string    // weekend, name of the holiday, why suspended or extended
	At          time.Time // of a limit in hours
}

// Explain returns the steps that led to the deadline, in order.
func (d Deadline) Explain() []Step { return d.steps }

// Text returns the step as a Chinese sentence.
func (s Step) Text() string {
	switch s.Kind {
	case StepStart:
		return s.From.Text() + "为起算日，不计入，从次日起计"
	case StepStartCounted:
		return s.From.Text() + "为起算日，当日计入"
	case StepStartMoment:
		return moment(s.At) + " 起算，按小时连续计算，夜间和节假日不扣除"
	case StepCounted:
		return s.span() + "：计第 " + s.numbers() + s.counted()
	case StepMadeUp:
		return s.span() + "：" + s.Reason + "调休上班，计第 " + s.numbers() + s.counted()
	case StepOff:
		return s.span() + "：" + s.Reason + "，不计"
	case StepSuspended:
		return s.span() + "：中止期间" + s.because() + "，不计"
	case StepMonths:
		return fmt.Sprintf("按日期满 %d %s为 %s%s；其间有中止的，按中止日数顺延", s.Last, s.Unit.Name(), s.To.Text(), s.shortMonth())
	case StepExtension:
		return fmt.Sprintf("延长 %d %s%s%s", s.Last, s.Unit.Name(), s.granted(), s.because())
	case StepRoll:
		return s.span() + "：" + s.Reason + "，期限的最后一日顺延"
	case StepEnd:
		return s.From.Text() + "为最后一日，当日 24 时届满"
	case StepEndMoment:
		return moment(s.At) + " 届满"
	case StepStop:
		return s.From.Text() + "起中止" + s.because() + "，尚未恢复，期限停止计算"
	}
	return string(s.Kind)
}

// span names the days of a step.
func (s Step) span() string {
	if s.From == s.To {
		return s.From.Text()
	}
	return s.From.Text() + "至 " + s.To.Text()
}

// numbers names which days of the budget a step counted.
func (s Step) numbers() string {
	if s.First == s.Last {
		return strconv.Itoa(s.First)
	}
	return fmt.Sprintf("%d～%d", s.First, s.Last)
}

// counted is the unit after a number of a day.
func (s Step) counted() string {
	if s.Unit == Workdays {
		return " 个工作日"
	}
	return " 日"
}

func (s Step) because() string {
	if s.Reason == "" {
		return ""
	}
	return "（" + s.Reason + "）"
}

func (s Step) granted() string {
	if s.From == 0 {
		return ""
	}
	return "，" + s.From.String() + " 批准"
}

// shortMonth says why the end of months falls on the last day of a month.
func (s Step) shortMonth() string {
	if s.From.utc().Day() == s.To.utc().Day() {
		return ""
	}
	return "（当月没有 " + strconv.Itoa(s.From.utc().Day()) + " 日，以月末为准）"
}

func moment(t time.Time) string { return t.In(clock.Shanghai).Format("2006-01-02 15:04") }
