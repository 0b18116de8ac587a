package matter_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/calendar"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/law"
	"pingzhang/internal/matter"
	"pingzhang/internal/testkit"
)

var roles = []string{"city_leader", "city_section", "county_branch", "field_officer", "enterprise"}

func known(t testing.TB) (matter.Known, *calendar.Table) {
	t.Helper()
	dir := filepath.Join(testkit.Root(t), "catalog")
	laws, err := law.Load(os.DirFS(filepath.Join(dir, "law")))
	if err != nil {
		t.Fatal(err)
	}
	table, families, err := calendar.Load(os.DirFS(filepath.Join(dir, "calendar")))
	if err != nil {
		t.Fatal(err)
	}
	return matter.Known{Roles: roles, Laws: laws, Families: families}, table
}

func exceedance(t testing.TB) *matter.Playbook {
	t.Helper()
	k, _ := known(t)
	all, err := matter.Load(os.DirFS(filepath.Join(testkit.Root(t), "catalog", "playbooks")), k)
	if err != nil {
		t.Fatal(err)
	}
	return all["exceedance"]
}

func caller(login, role string, scope access.Scope) access.Caller {
	c := access.Caller{Account: int64(len(login)), Login: login, Name: login, Roles: []string{role}, Scope: scope, Via: "web"}
	return c.Grant("matter.read", "matter.move", "matter.comment", "finding.read", "evidence.read")
}

func in(d ...access.Division) access.Scope { return access.Scope{Divisions: d} }

const plantID = 77

var (
	section  = caller("section", "city_section", in("231100")).Grant("matter.suspend")
	branch   = caller("branch", "county_branch", in("231102"))
	officer  = caller("officer", "field_officer", in("231102"))
	foreign  = caller("foreign", "county_branch", in("231121"))
	plant    = caller("plant", "enterprise", access.Scope{Enterprise: plantID})
	neighbor = caller("neighbor", "enterprise", access.Scope{Enterprise: 78})
	nobody   = caller("nobody", "county_branch", access.Scope{})
	platform = access.Platform("finding.create", "matter.read")
)

func TestLeads(t *testing.T) {
	p := exceedance(t)
	for _, tt := range []struct {
		name     string
		from, to matter.Stage
		want     bool
	}{
		{"a verified finding goes to the enterprise", "verify", "explain", true},
		{"an explanation to the county branch", "explain", "check", true},
		{"never past the check", "explain", "review", false},
		{"the city may return it to the enterprise", "review", "explain", true},
		{"and to the branch", "review", "check", true},
		{"what is not published is not closed", "review", "closed", false},
		{"a closed matter leads nowhere", "closed", "verify", false},
		{"a stage that is not there leads nowhere", "dreaming", "closed", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := p.Leads(tt.from, tt.to); got != tt.want {
				t.Errorf("Leads = %v, want %v", got, tt.want)
			}
		})
	}
}

func TestWhoMayMove(t *testing.T) {
	p := exceedance(t)
	for _, tt := range []struct {
		name  string
		stage matter.Stage
		move  string
		by    access.Caller
		want  bool
	}{
		{"the enterprise explains", "explain", "submit", plant, true},
		{"not another enterprise", "explain", "submit", neighbor, false},
		{"nor the branch in its name", "explain", "submit", branch, false},
		{"the branch may go ahead without", "explain", "skip", branch, true},
		{"the branch of the county checks", "check", "report", branch, true},
		{"so does its field officer", "check", "report", officer, true},
		{"not the branch of another county", "check", "report", foreign, false},
		{"nor the city section", "check", "report", section, false},
		{"nor the enterprise", "check", "report", plant, false},
		{"the city accepts", "review", "accept", section, true},
		{"not the branch", "review", "accept", branch, false},
		{"nor a section of the city's whose scope is one county", "review", "accept", caller("s2", "city_section", in("231102")), false},
		{"without scope nobody", "check", "report", nobody, false},
		{"without the permission nobody", "review", "accept", access.Caller{Roles: []string{"city_section"}, Scope: in("231100")}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, _ := p.Stage(tt.stage)
			m, ok := p.Move(tt.stage, tt.move)
			if !ok {
				t.Fatal("no such move")
			}
			if got := matter.MayMove(s, m, matter.OwnerOf(s, "231102001", plantID), tt.by); got != tt.want {
				t.Errorf("MayMove = %v, want %v", got, tt.want)
			}
		})
	}
}

func TestOwnerOf(t *testing.T) {
	p := exceedance(t)
	for _, tt := range []struct {
		name       string
		stage      matter.Stage
		division   access.Division
		enterprise int64
	}{
		{"the city of a township", "verify", "231100", 0},
		{"the enterprise itself", "explain", "231102001", plantID},
		{"the county of a township", "check", "231102", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, _ := p.Stage(tt.stage)
			if got := matter.OwnerOf(s, "231102001", plantID); got.Division != tt.division || got.Enterprise != tt.enterprise {
				t.Errorf("got %+v, want %s, %d", got, tt.division, tt.enterprise)
			}
		})
	}
}

func TestMoveAsksFor(t *testing.T) {
	p := exceedance(t)
	report := map[string]string{"finding": "confirmed", "checked_on": "2026-09-02", "officers": "示例甲、示例乙", "facts": "在线设备运行正常"}
	with := func(key, value string) map[string]string {
		m := map[string]string{}
		for k, v := range report {
			m[k] = v
		}
		m[key] = value
		return m
	}
	photo := map[matter.EvidenceKind]int{matter.Photo: 1}
	for _, tt := range []struct {
		name  string
		stage matter.Stage
		move  string
		in    matter.MoveInput
		files map[matter.EvidenceKind]int
		key   string
	}{
		{"a photograph and all fields suffice", "check", "report", matter.MoveInput{Fields: report}, photo, ""},
		{"no photograph", "check", "report", matter.MoveInput{Fields: report}, nil, "evidence"},
		{"a document is no photograph", "check", "report", matter.MoveInput{Fields: report}, map[matter.EvidenceKind]int{matter.Document: 3}, "evidence"},
		{"a field left out", "check", "report", matter.MoveInput{Fields: with("facts", "  ")}, photo, "facts"},
		{"a choice that is not there", "check", "report", matter.MoveInput{Fields: with("finding", "maybe")}, photo, "finding"},
		{"a day that is none", "check", "report", matter.MoveInput{Fields: with("checked_on", "9月2日")}, photo, "checked_on"},
		{"a field that is not there", "check", "report", matter.MoveInput{Fields: with("colour", "red")}, photo, "colour"},
		{"a field too long", "check", "report", matter.MoveInput{Fields: with("officers", strings.Repeat("人", 61))}, photo, "officers"},
		{"a field just long enough", "check", "report", matter.MoveInput{Fields: with("officers", strings.Repeat("人", 60))}, photo, ""},
		{"returning without a reason", "review", "return_enterprise", matter.MoveInput{Note: " "}, nil, "note"},
		{"returning with one", "review", "return_enterprise", matter.MoveInput{Note: "说明不清"}, nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, _ := p.Move(tt.stage, tt.move)
			_, err := m.Check(tt.in, tt.files)
			if (err != nil) != (tt.key != "") || (err != nil && (len(fault.FieldsOf(err)) != 1 || fault.FieldsOf(err)[tt.key] == "")) {
				t.Errorf("got %v %v, want a sentence at %q", err, fault.FieldsOf(err), tt.key)
			}
		})
	}
}

func moment(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04:05", s, clock.Shanghai)
	if err != nil {
		panic(err)
	}
	return t
}

// The days follow from the table of 2026: 10-01 to 10-07 off, Saturday 10-10
// worked.
func TestClockOverTheNationalHoliday(t *testing.T) {
	k, table := known(t)
	rule := func(amount int, unit calendar.Unit) calendar.Rule {
		r, err := k.Families.Rule("agreed", amount, unit)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	event := func(kind, at string) matter.ClockEvent {
		return matter.ClockEvent{Kind: kind, At: moment(at), Reason: "等检测报告"}
	}
	for _, tt := range []struct {
		name   string
		rule   calendar.Rule
		ledger []matter.ClockEvent
		last   string
	}{
		{"three working days: 09-30, 10-08, 10-09", rule(3, calendar.Workdays), nil, "2026-10-09"},
		{"five: then Saturday 10-10 and Monday 10-12", rule(5, calendar.Workdays), nil, "2026-10-12"},
		{"seven, as the published vector has it", rule(7, calendar.Workdays), nil, "2026-10-14"},
		{"the days from 10-08 to 10-11 suspended", rule(3, calendar.Workdays),
			[]matter.ClockEvent{event("suspend", "2026-10-08 10:00:00"), event("resume", "2026-10-12 10:00:00")}, "2026-10-13"},
		{"and two more granted", rule(3, calendar.Workdays),
			[]matter.ClockEvent{event("suspend", "2026-10-08 10:00:00"), event("resume", "2026-10-12 10:00:00"),
				{Kind: "extend", At: moment("2026-10-12 10:00:00"), Amount: 2, Unit: calendar.Workdays}}, "2026-10-15"},
		{"suspended and not resumed there is no day", rule(3, calendar.Workdays), []matter.ClockEvent{event("suspend", "2026-10-08 10:00:00")}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := matter.Clock{Rule: tt.rule, Start: moment("2026-09-29 16:30:00"), Ledger: tt.ledger}
			d := c.Due(table)
			if d.Last.String() != tt.last || d.Stopped != (tt.last == "") || d.Stopped != c.Suspended() {
				t.Errorf("last day %s, stopped %v; want %s", d.Last, d.Stopped, tt.last)
			}
			if len(d.Explain()) == 0 {
				t.Error("the date is not explained")
			}
		})
	}
}

func TestRipe(t *testing.T) {
	_, table := known(t)
	c := matter.Clock{
		Rule: calendar.Rule{Amount: 3, Unit: calendar.Workdays, ExcludeStart: true}, Start: moment("2026-09-29 16:30:00"),
		Def: matter.ClockDef{Rungs: []matter.RungDef{{At: "-1d"}, {At: "+0d"}, {At: "+12h"}}},
	}
	for _, tt := range []struct {
		name  string
		now   string
		fired []matter.Offset
		want  int
	}{
		{"a second before the last day begins", "2026-10-08 23:59:59", nil, 0},
		{"as it begins", "2026-10-09 00:00:00", nil, 1},
		{"a second before it ends", "2026-10-09 23:59:59", nil, 1},
		{"as it ends", "2026-10-10 00:00:00", nil, 2},
		{"twelve hours on", "2026-10-10 12:00:00", nil, 3},
		{"what has fired does not again", "2026-10-10 12:00:00", []matter.Offset{"-1d", "+0d"}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := c
			c.Fired = tt.fired
			if got := c.Ripe(c.Due(table), moment(tt.now)); len(got) != tt.want {
				t.Errorf("%d are due, want %d", len(got), tt.want)
			}
			c.StoppedAt = moment("2026-10-08 12:00:00")
			if got := c.Ripe(c.Due(table), moment(tt.now)); len(got) != 0 {
				t.Errorf("of a clock that was stopped %d are due", len(got))
			}
		})
	}
}

func TestLoadRefuses(t *testing.T) {
	k, _ := known(t)
	good, err := os.ReadFile(filepath.Join(testkit.Root(t), "catalog", "playbooks", "exceedance.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name     string
		old, new string // what is changed in the right file, and to what
		want     []string
	}{
		{"a move to a stage that is not there", "        to: explain\n        fields:", "        to: explian\n        fields:", []string{"没有环节“explian”", "verify、explain、check"}},
		{"an owner that is no role", "owner: {roles: [enterprise], scope: enterprise}", "owner: {roles: [factory], scope: enterprise}", []string{"没有角色“factory”", "county_branch"}},
		{"a scope that is none", "scope: county}", "scope: village}", []string{"village", "enterprise、county、city"}},
		{"an outcome that is not listed", "        outcome: referred", "        outcome: forgiven", []string{"forgiven", "accepted、"}},
		{"a law that is not recorded", "bases: [exceedance,", "bases: [excedance,", []string{"excedance"}},
		{"an agreed limit that pretends to be law", "        basis: agreed\n        confidence: agreed\n        rungs:\n          - {at: +0d, to: [owner], text: \"{title}：立案核实", "        basis: agreed\n        confidence: S1\n        rungs:\n          - {at: +0d, to: [owner], text: \"{title}：立案核实", []string{"内部约定"}},
		{"a reminder at no time", "{at: -2d, to: [city_section]", "{at: two days before, to: [city_section]", []string{"two days before", "-1d"}},
		{"a family of counting that is none", "    family: agreed\n    amount: 20", "    family: guessed\n    amount: 20", []string{"guessed"}},
		{"evidence of no kind", "kind: photo, min: 1", "kind: painting, min: 1", []string{"painting", "photo、document"}},
		{"a misspelt key", "        publishes: true", "        publish: true", []string{"publish", "publishes"}},
		{"publishing nothing", "        publishes: true\n", "", []string{"publishes"}},
		{"no end", "    final: true\n  - id: withdrawn", "    final: false\n  - id: withdrawn", []string{"closed"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := strings.Replace(string(good), tt.old, tt.new, 1)
			if text == string(good) {
				t.Fatal("nothing was changed")
			}
			_, err := matter.Load(fstest.MapFS{"x.yaml": {Data: []byte(text)}}, k)
			if !fault.Is(err, fault.Invalid) {
				t.Fatalf("got %v, want fault.Invalid", err)
			}
			for _, w := range append(tt.want, "x.yaml:") {
				if !strings.Contains(fault.Text(err), w) {
					t.Errorf("%q does not say %q", fault.Text(err), w)
				}
			}
		})
	}
}
