package openapi

import (
	"context"

	"pingzhang/internal/access"
	"pingzhang/internal/matter"
)

// MoveOffer is a step that the caller may take now, and what it asks for.
type MoveOffer struct {
	Move     string         `json:"move"`
	Label    string         `json:"label"`
	To       string         `json:"to"`
	Back     bool           `json:"back" doc:"是否退回"`
	Note     bool           `json:"note" doc:"是否必须填写意见"`
	Fields   []MoveField    `json:"fields"`
	Evidence []MoveEvidence `json:"evidence"`
}

// MoveField is a field that a move asks for.
type MoveField struct {
	Key       string   `json:"key"`
	Label     string   `json:"label"`
	Type      string   `json:"type" enum:"text,multiline,choice,date"`
	Required  bool     `json:"required"`
	MaxLength int      `json:"max_length,omitempty"`
	Choices   []Choice `json:"choices,omitempty"`
}

// Choice is one choice of a field.
type Choice struct {
	Value string `json:"value"`
	Label string `json:"label"`
}

// MoveEvidence is how many files of a kind a move asks for.
type MoveEvidence struct {
	Kind  string `json:"kind" enum:"photo,document,sheet,video,text"`
	Min   int    `json:"min"`
	Label string `json:"label"`
}

// MoveBody is a step as it is sent.
type MoveBody struct {
	Move     string            `json:"move" doc:"操作，如 assign；可用的见 GET"`
	Version  int64             `json:"version" doc:"最近一次看到的版本"`
	Note     string            `json:"note,omitempty" doc:"意见"`
	Fields   map[string]string `json:"fields,omitempty"`
	Evidence []int64           `json:"evidence,omitempty" doc:"已上传、尚未使用的佐证材料的 id"`
}

// CommentBody is a remark as it is sent.
type CommentBody struct {
	Text string `json:"text"`
}

type movesOut struct {
	Body struct {
		Done   []Event     `json:"done" doc:"已办理的各步，早的在前"`
		Offers []MoveOffer `json:"offers" doc:"本令牌的账号现在可以办理的操作"`
	}
}

type movedOut struct{ Body Matter }

type commentsOut struct {
	Body struct {
		Comments []Event `json:"comments" doc:"早的在前"`
	}
}

type commentOut struct{ Body Event }

func offers(m *matter.Matter, by access.Caller) []MoveOffer {
	all := []MoveOffer{}
	for _, d := range m.Moves(by) {
		o := MoveOffer{Move: d.ID, Label: d.Label, To: string(d.To), Back: d.Back, Note: d.Note, Fields: []MoveField{}, Evidence: []MoveEvidence{}}
		for _, f := range d.Fields {
			field := MoveField{Key: f.Key, Label: f.Label, Type: f.Type, Required: f.Required, MaxLength: f.MaxLength}
			for _, c := range f.Choices {
				field.Choices = append(field.Choices, Choice{c.Value, c.Label})
			}
			o.Fields = append(o.Fields, field)
		}
		for _, e := range d.Evidence {
			o.Evidence = append(o.Evidence, MoveEvidence{Kind: string(e.Kind), Min: e.Min, Label: e.Label})
		}
		all = append(all, o)
	}
	return all
}

func (a *api) moves() {
	read := []access.Permission{"matter.read"}
	add(a, op{id: "listMoves", method: "GET", path: "/matters/{id}/moves", tag: "督办事项", summary: "已办理的各步和可办理的操作", needs: read}, a.moveList)
	add(a, op{id: "move", method: "POST", path: "/matters/{id}/moves", tag: "督办事项", summary: "办理一步", needs: []access.Permission{"matter.read", "matter.move"}, body: MoveBody{}, status: 201,
		detail: "version 不是当前版本时返回 409：事项已被别人办理，请重新读取。"}, a.moveMatter)
	add(a, op{id: "listComments", method: "GET", path: "/matters/{id}/comments", tag: "督办事项", summary: "意见", needs: read}, a.commentList)
	add(a, op{id: "comment", method: "POST", path: "/matters/{id}/comments", tag: "督办事项", summary: "发表意见", needs: []access.Permission{"matter.read", "matter.comment"}, body: CommentBody{}, status: 201}, a.comment)
}

// eventsOf returns what of a kind happened to a matter.
func (a *api) eventsOf(ctx context.Context, by access.Caller, id matter.ID, kind string) ([]Event, error) {
	events, err := a.Matter.Timeline(ctx, by, id)
	all := []Event{}
	for i := range events {
		if events[i].Kind == kind {
			all = append(all, eventOf(&events[i]))
		}
	}
	return all, err
}

func (a *api) moveList(ctx context.Context, by access.Caller, in *struct{ MatterPath }) (*movesOut, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	m, err := a.Matter.Matter(ctx, by, id)
	if err != nil {
		return nil, err
	}
	out := &movesOut{}
	out.Body.Offers = offers(m, by)
	out.Body.Done, err = a.eventsOf(ctx, by, id, "move")
	return out, err
}

func (a *api) moveMatter(ctx context.Context, by access.Caller, in *struct{ MatterPath }) (*movedOut, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	body, err := bodyOf[MoveBody](ctx)
	if err != nil {
		return nil, err
	}
	m, err := a.Matter.Move(ctx, by, id, body.Version, body.Move, matter.MoveInput{Note: body.Note, Fields: body.Fields, Evidence: body.Evidence})
	if err != nil {
		return nil, err
	}
	clocks, err := a.Matter.Clocks(ctx, by, id)
	if err != nil {
		return nil, err
	}
	return &movedOut{Body: withClocks(m, clocks, a.Clock.Now())}, nil
}

func (a *api) commentList(ctx context.Context, by access.Caller, in *struct{ MatterPath }) (*commentsOut, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	out := &commentsOut{}
	out.Body.Comments, err = a.eventsOf(ctx, by, id, "comment")
	return out, err
}

func (a *api) comment(ctx context.Context, by access.Caller, in *struct{ MatterPath }) (*commentOut, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	body, err := bodyOf[CommentBody](ctx)
	if err != nil {
		return nil, err
	}
	if err := a.Matter.Comment(ctx, by, id, body.Text); err != nil {
		return nil, err
	}
	all, err := a.eventsOf(ctx, by, id, "comment")
	if err != nil {
		return nil, err
	}
	return &commentOut{Body: all[len(all)-1]}, nil
}
