package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"pingzhang/internal/fault"
	"pingzhang/internal/law"
	"pingzhang/internal/matter"
	"pingzhang/internal/register"
)

type stepView struct {
	Name, Note, Class string
	Current           bool
}

type moveField struct {
	Key, Label, Type, Unit, Value, Help, Error string
	Required                                   bool
	Choices                                    []option
}

type moveView struct {
	ID, Name, Help                string
	Chosen                        bool
	Fields                        []moveField
	Note, NoteLabel               string
	NoteRequired                  bool
	FilesLabel, FilesHint, Accept string
	FilesRequired                 bool
	Confirm                       string
}

type evidenceView struct {
	ID                     int64
	Name, Size, Hash, Shot string
	Thumb                  bool
}

type eventView struct {
	At          time.Time
	Head, By    string
	Text, Class string
	Fields      []fact
	Evidence    []evidenceView
}

type clockView struct {
	ID                  int64
	Name, Budget, Basis string
	Marks               []string
	Due                 time.Time
	Left                string
	Running             bool
	Clock               timerView
	UnitName            string
}

type citeView struct {
	Title, Text, Span string
	Mark              string
}

type periodView struct{ When, Value, Limit, Multiple, Arithmetic string }

type matterView struct {
	shell
	Matter          *matter.Matter
	PlaybookName    string
	PlaybookVersion int64
	Division        string
	Enterprise      register.Name
	State           stateView
	Steps           []stepView
	StageName       string
	OwnerName       string
	Final           bool
	Suspended       bool
	Clock           timerView
	Moves           []moveView
	Move            *moveView
	Problem         string
	Facts           []fact
	Periods         []periodView
	PointHref       string
	Timeline        []eventView
	Clocks          []clockView
	Basis           []citeView
	Published       []fact
	CanComment      bool
	CanSuspend      bool
	CanExport       bool
}

// matterView shows a matter: what it is about, who owes the next step by when,
// what was done, and the form of the step if it is the caller's.
func (s *Server) matterView(w http.ResponseWriter, r *request) error {
	return s.matterPage(w, r, r.text("move"), matter.MoveInput{}, nil)
}

// matterPage shows the matter with the form of a move filled in as given, and
// the sentences of problem.
func (s *Server) matterPage(w http.ResponseWriter, r *request, move string, in matter.MoveInput, problem error) error {
	id, err := r.id("id")
	if err != nil {
		return err
	}
	m, err := s.cfg.Matter.Matter(r.Context(), r.Caller, matter.ID(id))
	if err != nil {
		return err
	}
	v := matterView{
		shell:  s.shell(r, m.Title, "/matters", link{"督办事项", "/matters"}),
		Matter: m, PlaybookName: m.Playbook.Label, PlaybookVersion: m.Playbook.Version,
		Division: s.cfg.Divisions.NameOf(m.Division), StageName: m.StageDef().Label, OwnerName: s.ownerName(m),
		Final: m.Closed(), Suspended: m.Suspended, Steps: stepsOf(m),
		CanComment: r.Caller.May("matter.comment") && !m.Closed(),
		CanSuspend: r.Caller.May("matter.suspend") && !m.Closed(),
		CanExport:  r.Caller.May("journal.export"),
	}
	v.State = matterState(m)
	for _, d := range m.Moves(r.Caller) {
		v.Moves = append(v.Moves, moveOf(m, d))
	}
	v.choose(move, in, problem)
	for _, part := range []func(*request, *matter.Matter, *matterView) error{s.matterAbout, s.matterClocks, s.matterTimeline} {
		if err := part(r, m, &v); err != nil {
			return err
		}
	}
	status := http.StatusOK
	if problem != nil {
		status = statusOf[fault.Of(problem)]
	}
	return s.renderStatus(w, r, status, "matter", v)
}

// choose opens the form of one move and puts back what was filled in.
func (v *matterView) choose(move string, in matter.MoveInput, problem error) {
	if len(v.Moves) == 0 {
		return
	}
	v.Move = &v.Moves[0]
	for i := range v.Moves {
		if v.Moves[i].ID == move {
			v.Move = &v.Moves[i]
		}
	}
	v.Move.Chosen = true
	if problem == nil {
		return
	}
	v.Problem = fault.Text(problem)
	wrong := fault.FieldsOf(problem)
	placed := map[string]bool{}
	v.Move.Note = in.Note
	for i := range v.Move.Fields {
		f := &v.Move.Fields[i]
		f.Value, f.Error = in.Fields[f.Key], wrong[f.Key]
		placed[f.Key] = true
	}
	for key, text := range wrong {
		if !placed[key] {
			v.Problem += "；" + text
		}
	}
}

func matterState(m *matter.Matter) stateView {
	switch {
	case m.Closed() && m.Outcome == "withdrawn":
		return stateView{"offline", m.Playbook.OutcomeLabel(m.Outcome)}
	case m.Closed():
		return stateView{"meets", "已办结"}
	case m.Suspended:
		return stateView{"unknown", "时限中止"}
	}
	return stateView{"warn", "在办"}
}

// stepsOf shows the stages of the playbook as a row of steps. A stage that ends
// matters in another way than the usual one is shown only when it was reached.
func stepsOf(m *matter.Matter) []stepView {
	var all []stepView
	passed := true
	last := -1
	for i, st := range m.Playbook.Stages {
		if st.Final && last < 0 {
			last = i
		}
	}
	for i, st := range m.Playbook.Stages {
		here := st.ID == m.Stage
		if st.Final && i != last && !here {
			continue
		}
		step := stepView{Name: st.Label}
		switch {
		case here && st.Final:
			step.Class, step.Note, step.Current = "done", m.ClosedAt.Format("01-02 15:04"), true
			passed = false
		case here:
			step.Class, step.Note, step.Current = "current", "办理中", true
			passed = false
		case passed:
			step.Class = "done"
		}
		all = append(all, step)
	}
	return all
}

// moveOf shows a move as a form.
func moveOf(m *matter.Matter, d *matter.MoveDef) moveView {
	v := moveView{
		ID: d.ID, Name: d.Label, NoteLabel: "备注", NoteRequired: d.Note, Confirm: d.Confirm,
		FilesLabel: "附件", Accept: ".jpg,.jpeg,.png,.webp,.pdf,.docx,.xlsx,.csv,.txt,.mp4",
		FilesHint: "可选。照片、PDF、Word、Excel、视频，单个不超过 20 MB；按内容核对类型。",
	}
	if st, ok := m.Playbook.Stage(m.Stage); ok {
		v.Help = st.Help
	}
	if d.Note {
		v.NoteLabel = "说明"
	}
	for _, e := range d.Evidence {
		if e.Min > 0 {
			v.FilesRequired = true
			v.FilesLabel = fmt.Sprintf("%s（至少 %d 份）", e.Label, e.Min)
			v.FilesHint = "单个不超过 20 MB；按内容核对类型，保存 SM3 摘要。"
		}
	}
	for _, f := range d.Fields {
		mf := moveField{Key: f.Key, Label: f.Label, Type: f.Type, Help: f.Help, Required: f.Required}
		if f.Public {
			mf.Help = strings.TrimSpace(mf.Help + " 该内容将对外公开。")
		}
		for _, c := range f.Choices {
			mf.Choices = append(mf.Choices, option{Code: c.Value, Name: c.Label})
		}
		v.Fields = append(v.Fields, mf)
	}
	return v
}

// matterAbout fills in the finding, the enterprise and the legal bases.
func (s *Server) matterAbout(r *request, m *matter.Matter, v *matterView) error {
	if m.Enterprise != 0 && r.Caller.May("register.read") {
		names, err := s.cfg.Register.Names(r.Context(), r.Caller, m.Enterprise)
		if err != nil {
			return err
		}
		v.Enterprise = names[m.Enterprise]
	}
	f, err := s.cfg.Matter.Finding(r.Context(), r.Caller, m.Finding)
	if err != nil {
		return err
	}
	if f.Point != 0 {
		v.PointHref = pointHref(f.Point, f.At, f.LastAt)
	}
	v.Facts = append(findingFacts(f), factsOf(f.Facts)...)
	periods, err := s.cfg.Matter.Periods(r.Context(), r.Caller, f.ID)
	if err != nil {
		return err
	}
	for _, p := range periods {
		v.Periods = append(v.Periods, periodOf(p))
	}
	for _, code := range m.Playbook.Bases {
		v.Basis = append(v.Basis, s.cite(code, f.At))
	}
	return nil
}

func (s *Server) cite(code law.Code, at time.Time) citeView {
	b, err := s.cfg.Law.Basis(code, at)
	if err != nil {
		return citeView{Title: string(code), Text: "法律依据库中没有这一条", Mark: "待补充"}
	}
	v := citeView{Title: b.Citation(), Text: b.Edition.Summary, Mark: b.Mark()}
	if b.Edition.Penalty != nil {
		v.Text = strings.TrimSpace(v.Text + " 罚款幅度：" + b.Edition.Penalty.Text())
	}
	v.Span = fmt.Sprintf("适用于 %s 的行为", b.On)
	if b.Edition.From != "" {
		v.Span += "；" + string(b.Edition.From) + " 起施行"
	}
	return v
}

func findingFacts(f matter.Finding) []fact {
	span := f.At.Format("2006-01-02 15:04")
	if !f.LastAt.Equal(f.At) {
		span += " 至 " + f.LastAt.Format("2006-01-02 15:04")
	}
	facts := []fact{{Name: "时段", Value: span}, {Name: "时段数", Value: fmt.Sprint(f.Periods)}}
	if f.Peak != "" {
		facts = append(facts, fact{Name: "最大值", Value: strings.TrimSpace(f.Peak + " " + f.Unit)})
	}
	if f.Times != "" {
		facts = append(facts, fact{Name: "最大超标倍数", Value: f.Times})
	}
	return facts
}

// factsOf shows what a finding of an exceedance says of its worst period: the
// facts that package discharge wrote with it.
func factsOf(raw json.RawMessage) []fact {
	f := decodeFacts(raw)
	if f["factor_name"] == "" {
		return nil
	}
	unverified := f["label"] != ""
	all := []fact{
		{Name: "因子", Value: f["factor_name"]},
		{Name: "均值", Value: map[string]string{"hour": "小时均值", "day": "日均值"}[f["period"]]},
		{Name: "限值", Value: withUnit(f["limit"], f["unit"]), Unverified: unverified},
		{Name: "限值依据", Value: f["citation"], Wide: true, Unverified: unverified},
		{Name: "算式", Value: f["arithmetic"], Wide: true},
	}
	if f["raw"] != "" {
		all = append(all, fact{Name: "上报值", Value: strings.TrimSpace(f["raw"] + " " + f["raw_mark"])})
	}
	if f["note"] != "" {
		all = append(all, fact{Name: "备注", Value: f["note"]})
	}
	var notes []string
	if json.Unmarshal([]byte(f["notes"]), &notes) == nil {
		for _, n := range notes {
			all = append(all, fact{Name: "提示", Value: n, Wide: true})
		}
	}
	return all
}

// withUnit joins a value and its unit, unless the value has one already.
func withUnit(value, unit string) string {
	if value == "" || unit == "" || unit == "1" || strings.HasSuffix(value, unit) {
		return value
	}
	return value + " " + unit
}

func decodeFacts(raw json.RawMessage) map[string]string {
	var any map[string]any
	if json.Unmarshal(raw, &any) != nil {
		return nil
	}
	all := map[string]string{}
	for k, v := range any {
		switch v := v.(type) {
		case string:
			all[k] = v
		case nil:
		default:
			b, _ := json.Marshal(v)
			all[k] = string(b)
		}
	}
	return all
}

func periodOf(p matter.Period) periodView {
	given := decodeFacts(p.Facts)
	v := periodView{When: p.At.Format("2006-01-02 15:04"), Value: withUnit(given["value"], given["unit"]), Limit: withUnit(given["limit"], given["unit"]), Multiple: p.Times, Arithmetic: given["arithmetic"]}
	if v.Value == "" {
		v.Value = p.Peak
	}
	if p.Revision > 1 {
		v.Arithmetic = strings.TrimSpace(fmt.Sprintf("（第 %d 次判定）%s", p.Revision, v.Arithmetic))
	}
	return v
}
