package warning

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/notify"
	"pingzhang/internal/sqldb"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

// ProposalKind says what a proposal comes to.
type ProposalKind string

// The kinds of proposals.
const (
	ProposeIssue  ProposalKind = "issue"  // a warning where there is none
	ProposeRaise  ProposalKind = "raise"  // to a higher level
	ProposeLower  ProposalKind = "lower"  // to a lower level
	ProposeLift   ProposalKind = "lift"   //
	ProposeNotice ProposalKind = "notice" // a health notice and no colour
	ProposeKeep   ProposalKind = "keep"   // the warning in force stays
	ProposeNone   ProposalKind = "none"
	// ProposeUnknown: no day ahead is foretold, or the days that are known call for
	// nothing while those that are not might.
	ProposeUnknown ProposalKind = "unknown"
)

// Label returns the Chinese words.
func (k ProposalKind) Label() string {
	switch k {
	case ProposeIssue:
		return "建议发布"
	case ProposeRaise:
		return "建议升级"
	case ProposeLower:
		return "建议降级"
	case ProposeLift:
		return "建议解除"
	case ProposeNotice:
		return "建议发布健康提示"
	case ProposeKeep:
		return "建议维持"
	case ProposeUnknown:
		return "无法研判"
	}
	return "不建议预警"
}

// Asks reports whether somebody should do something about it.
func (k ProposalKind) Asks() bool { return k != ProposeKeep && k != ProposeNone && k != ProposeUnknown }

// A Day is a day of the series that a proposal rests on.
type Day struct {
	On       standard.Date `json:"on"`
	AQI      int           `json:"aqi"` // with which it counted; NoIAQI where it is not known
	Text     string        `json:"text"`
	Primary  string        `json:"primary,omitempty"`
	Event    string        `json:"event,omitempty"`
	Forecast bool          `json:"forecast"`
	Source   string        `json:"source"`
}

// A Proposal is what the rules come to for a division, with the whole reasoning.
// Nothing follows from it until a person decides.
type Proposal struct {
	ID       int64            `json:"-"`
	Division access.Division  `json:"division"`
	On       standard.Date    `json:"on"` // day on which it was made
	Kind     ProposalKind     `json:"kind"`
	Current  aqi.WarningLevel `json:"current"` // in force
	Level    aqi.WarningLevel `json:"level"`   // proposed
	// Other is the level at the other end of the forecast ranges, where that
	// differs from Level.
	Other   aqi.WarningLevel `json:"other,omitempty"`
	Differs bool             `json:"differs,omitempty"`
	// Open: days without an index might, if they were bad, call for more.
	Open    bool         `json:"open,omitempty"`
	Days    []Day        `json:"days"`
	Warn    aqi.Warning  `json:"warn"`
	Lifting *aqi.Lifting `json:"lifting,omitempty"`
	Basis   aqi.Basis    `json:"basis"`
	Why     string       `json:"why"`
	Warning int64        `json:"-"` // that it concerns; 0 for none
	At      int64        `json:"-"`
}

// digest tells proposals that rest on the same and say the same.
func (p Proposal) digest() string {
	sum := sm3.Sum([]byte(pack(p)))
	return hex.EncodeToString(sum[:])
}

// Propose says what the rules come to for a division at now, and stores nothing.
//
// The error is fault.Denied without warning.read or outside by's scope.
func (s *Store) Propose(ctx context.Context, by access.Caller, d access.Division) (_ Proposal, err error) {
	defer fault.Wrap(&err, "warning.Propose(%s)", d)
	if err := by.Must("warning.read"); err != nil {
		return Proposal{}, err
	}
	if !by.Scope.Sees(d, 0) {
		return Proposal{}, fault.New(fault.NotFound, "没有这个区域，或不在您的管辖范围内")
	}
	return s.propose(ctx, d)
}

func (s *Store) propose(ctx context.Context, d access.Division) (p Proposal, err error) {
	today := s.today()
	p = Proposal{Division: d, On: dateOf(today), At: s.db.Clock.Now().Unix()}
	high, low, err := s.series(ctx, d, today, &p)
	if err != nil {
		return p, err
	}
	chosen, other := high, low
	if !s.c.Settings.HighEnd {
		chosen, other = low, high
	}
	current, id, err := s.inForce(ctx, s.db, d)
	if err != nil {
		return p, err
	}
	p.Current, p.Warning = current, id
	book := s.book.Load()
	p.Warn = reaching(book, p.On, chosen)
	if o := reaching(book, p.On, other); o.Level != p.Warn.Level {
		p.Other, p.Differs = o.Level, true
	}
	p.Open = reaching(book, p.On, atWorst(chosen)).Level.Above(p.Warn.Level)
	p.decide(book, coming(chosen, p.On))
	return p, nil
}

// decide says what p comes to, once its level is known.
func (p *Proposal) decide(book *aqi.Book, ahead []aqi.Outlook) {
	p.Level, p.Why, p.Basis = p.Warn.Level, p.Warn.Why, p.Warn.Basis
	switch {
	case p.Current == aqi.NoWarning && p.Level != aqi.NoWarning:
		p.Kind = ProposeIssue
	case p.Current == aqi.NoWarning && len(p.Warn.Notices) > 0:
		p.Kind = ProposeNotice
	case p.Current == aqi.NoWarning && len(ahead) == 0:
		p.Kind, p.Why = ProposeUnknown, "今天起没有预报"
	case p.Current == aqi.NoWarning && p.Open:
		p.Kind, p.Why = ProposeUnknown, p.Why+"；有的日子没有指数，不能排除达到预警条件"
	case p.Current == aqi.NoWarning:
		p.Kind = ProposeNone
	case p.Level.Above(p.Current):
		p.Kind = ProposeRaise
	default:
		l := book.Lift(p.On, p.Current, ahead)
		p.Lifting, p.Level, p.Why, p.Basis = &l, l.To, l.Why, l.Basis
		switch {
		case !l.Lift:
			p.Kind = ProposeKeep
		case l.To == aqi.NoWarning:
			p.Kind = ProposeLift
		default:
			p.Kind = ProposeLower
		}
	}
}

// atWorst returns the series with the highest index for the days that have none.
func atWorst(series []aqi.Outlook) []aqi.Outlook {
	all := slices.Clone(series)
	for i := range all {
		if all[i].AQI == aqi.NoIAQI {
			all[i].AQI, all[i].Primary = worstIndex, aqi.SetOf(aqi.PM25)
		}
	}
	return all
}

// worstIndex is the end of the index by HJ 633.
const worstIndex = 500

// coming returns the days from a day on.
func coming(all []aqi.Outlook, from standard.Date) []aqi.Outlook {
	for i, o := range all {
		if o.On >= from {
			return all[i:]
		}
	}
	return nil
}

// reaching returns what a series calls for by a run of days that has not ended
// before on: a run that is over calls for nothing any more. Days of the series
// before on count for how long a run lasts.
func reaching(book *aqi.Book, on standard.Date, series []aqi.Outlook) aqi.Warning {
	best := book.Warn(on, coming(series, on))
	for i := range series {
		if series[i].On >= on {
			break
		}
		if w := book.Warn(on, series[i:]); w.Level.Above(best.Level) && w.To >= on {
			best = w
		}
	}
	return best
}

// series returns the measured days before today and the foretold ones from today
// on, once with the upper and once with the lower ends of the ranges.
func (s *Store) series(ctx context.Context, d access.Division, today time.Time, p *Proposal) (high, low []aqi.Outlook, err error) {
	if n := s.c.Settings.LookBack; s.c.Measured != nil && n > 0 {
		past, err := s.c.Measured.Days(ctx, d, dateOf(today.AddDate(0, 0, -n)), dateOf(today.AddDate(0, 0, -1)))
		if err != nil {
			return nil, nil, err
		}
		for _, o := range past {
			text := "未知"
			if o.AQI != aqi.NoIAQI {
				text = fmt.Sprint(o.AQI)
			}
			p.Days = append(p.Days, Day{o.On, o.AQI, text, o.Primary.String(), o.Event, false, "实测"})
		}
		high, low = append(high, past...), append(low, past...)
	}
	all, err := s.Forecasts(ctx, platform, d, dateOf(today))
	if err != nil {
		return nil, nil, err
	}
	for _, f := range all {
		o := aqi.Outlook{On: f.On, AQI: int(f.High), Primary: f.Pollutants(), Forecast: true, Event: f.Event}
		high = append(high, o)
		used := o.AQI
		if !s.c.Settings.HighEnd {
			used = int(f.Low)
		}
		p.Days = append(p.Days, Day{f.On, used, f.Range(), f.Primary, f.Event, true, f.Source})
		o.AQI = int(f.Low)
		low = append(low, o)
	}
	return high, low, nil
}

// inForce returns the highest level in force in a division, and the warning that
// has it.
func (s *Store) inForce(ctx context.Context, q sqldb.Querier, d access.Division) (level aqi.WarningLevel, id int64, err error) {
	rows, err := sqldb.All[struct {
		ID    int64  `db:"id"`
		Level string `db:"level"`
	}](ctx, q, `
		SELECT w.id, w.level
		  FROM warnings w
		  JOIN warning_areas a ON a.warning = w.id
		 WHERE a.division = $1
		   AND w.state = 'published'
		 ORDER BY w.id`, string(d))
	for _, r := range rows {
		if l := aqi.WarningLevel(r.Level); id == 0 || l.Above(level) {
			level, id = l, r.ID
		}
	}
	return level, id, err
}

// ProposeAll makes the proposals for every division of which something is
// foretold, and tells the section of what is new and asks for something. Where a colour is called for and no warning is
// being prepared, a warning is drafted as 建议; it stays one until a person
// decides. The same forecasts again change nothing, with however many workers.
func (s *Store) ProposeAll(ctx context.Context, now time.Time) (made int, err error) {
	defer fault.Wrap(&err, "warning.ProposeAll")
	all, err := s.foretold(ctx, dateOf(now))
	if err != nil {
		return 0, err
	}
	for _, d := range all {
		p, err := s.propose(ctx, d)
		if err != nil {
			return made, err
		}
		fresh := false
		err = s.db.InTx(ctx, func(tx *sqldb.Tx) error {
			fresh, err = s.keepProposal(ctx, tx, platform, p)
			return err
		})
		if err != nil {
			return made, err
		}
		if fresh {
			made++
		}
	}
	return made, nil
}

// keepProposal stores a proposal that is new, drafts the warning it asks for, and
// tells the section.
func (s *Store) keepProposal(ctx context.Context, tx *sqldb.Tx, by access.Caller, p Proposal) (fresh bool, err error) {
	// One subject for all: a proposal for the city and one for its county must not
	// each draft a warning.
	if err := lock(ctx, tx, "propose"); err != nil {
		return false, err
	}
	draft, err := s.draftFor(ctx, tx, p.Division)
	if err != nil {
		return false, err
	}
	if p.Warning == 0 && draft != nil {
		p.Warning = draft.ID
	}
	digest := p.digest()
	id := sqldb.NewID()
	drafted := p.Warning
	if p.Kind == ProposeIssue && draft == nil {
		drafted = id
	}
	n, err := tx.Exec(ctx, `
		INSERT INTO warning_proposals (id, division, kind, level, digest, warning, body, who, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (division, digest) DO NOTHING`,
		id, string(p.Division), string(p.Kind), string(p.Level), digest, drafted, pack(p), by.Login, tx.Now.Unix())
	if err != nil || n == 0 {
		return false, err
	}
	p.ID = id
	link := "/warnings"
	switch {
	case p.Kind == ProposeIssue && draft == nil:
		if err := s.draftTx(ctx, tx, by, id, []access.Division{p.Division}, p.Level, "系统按预报研判："+p.Why); err != nil {
			return false, err
		}
		link = warningPath(id)
	case p.Kind == ProposeIssue && draft.Target != p.Level && draft.Step == Proposed && draft.DraftedBy == platform.Login:
		if err := s.retarget(ctx, tx, by, draft, p); err != nil {
			return false, err
		}
		link = warningPath(draft.ID)
	case drafted != 0:
		link = warningPath(drafted)
	}
	if !p.Kind.Asks() {
		return true, nil
	}
	return true, s.c.Notices.Post(ctx, tx, notify.Notice{
		Role: "city_section", Division: p.Division, Link: link,
		Text: fmt.Sprintf("%s重污染天气研判：%s%s（待核实，由人决定）", s.c.Divisions.NameOf(p.Division), p.Kind.Label(), p.levelText()),
	})
}

// levelText names the level that a proposal asks for.
func (p Proposal) levelText() string {
	if p.Kind == ProposeLift || p.Kind == ProposeNotice || p.Level == aqi.NoWarning {
		return ""
	}
	return "：" + p.Level.Name()
}

// Proposals returns the proposals of a warning in by's scope, the latest first.
func (s *Store) Proposals(ctx context.Context, by access.Caller, warning int64) (all []Proposal, err error) {
	defer fault.Wrap(&err, "warning.Proposals(%d)", warning)
	if _, err := s.Warning(ctx, by, warning); err != nil {
		return nil, err
	}
	rows, err := sqldb.All[struct {
		ID   int64  `db:"id"`
		Body string `db:"body"`
		At   int64  `db:"at"`
	}](ctx, s.db, `
		SELECT id, body, at
		  FROM warning_proposals
		 WHERE warning = $1
		 ORDER BY id DESC
		 LIMIT 50`, warning)
	for _, r := range rows {
		var p Proposal
		unpack(r.Body, &p)
		p.ID, p.At, p.Warning = r.ID, r.At, warning
		all = append(all, p)
	}
	return all, err
}
