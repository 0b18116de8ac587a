package web

import (
	"net/http"
	"strconv"

	"pingzhang/internal/matter"
)

func (s *Server) deskRoutes() []route {
	return []route{{"GET /{$}", signedIn, s.desk}}
}

type figureView struct{ Name, Value, Unit, Note, State, Href string }

type overRow struct {
	Point                                      int64
	Name, Factor, Value, Unit, Limit, Multiple string
}

type silentRow struct {
	Point int64
	Name  string
	Last  string
	State stateView
}

type deskView struct {
	shell
	OfficeName string
	Today      string
	Figures    []figureView
	ShowInbox  bool
	Inbox      []matterRow
	Due        []matterRow
	Over       []overRow
	Silent     []silentRow
	Admin      []link
}

// deskRows bounds each list of the desk: it is for what comes next, the lists
// behind it have the rest.
const deskRows = 8

// desk is where somebody begins: what waits for him, what falls due, what
// exceeds and what is silent.
func (s *Server) desk(w http.ResponseWriter, r *request) error {
	v := deskView{shell: s.shell(r, "工作台", "/"), Today: today(r.Now), OfficeName: s.cfg.Access.Places.OfficeName(r.Caller.Office)}
	if v.OfficeName == "" && r.Caller.Scope.Enterprise != 0 {
		v.OfficeName = "排污单位"
	}
	if r.Caller.May("matter.read") {
		if err := s.deskMatters(r, &v); err != nil {
			return err
		}
	}
	if r.Caller.May("monitor.read") {
		if err := s.deskPoints(r, &v); err != nil {
			return err
		}
	}
	for _, e := range []navEntry{{Text: "建立、停用账号，重置密码", Href: "/accounts", Needs: "account.create"}, {Text: "授予角色", Href: "/roles", Needs: "role.grant"}, {Text: "安全策略", Href: "/policy", Needs: "policy.edit"}, {Text: "查看和核验留痕", Href: "/journal", Needs: "journal.read"}} {
		if r.Caller.May(e.Needs) {
			v.Admin = append(v.Admin, link{e.Text, e.Href})
		}
	}
	return s.render(w, r, "desk", v)
}

func (s *Server) deskMatters(r *request, v *deskView) error {
	v.ShowInbox = true
	inbox, err := s.cfg.Matter.Inbox(r.Context(), r.Caller)
	if err != nil {
		return err
	}
	for i, l := range inbox {
		if i < deskRows {
			v.Inbox = append(v.Inbox, s.rowOfMatter(l, r.Now))
		}
	}
	sum, err := s.cfg.Matter.Summary(r.Context(), r.Caller, r.Now, r.Now.AddDate(0, 0, -30))
	if err != nil {
		return err
	}
	late := ""
	if sum.Late > 0 {
		late = "exceeds"
	}
	v.Figures = append(v.Figures,
		figureView{Name: "待我办理", Value: strconv.Itoa(len(inbox)), Unit: "件", Note: "最紧迫的在前", Href: "/inbox"},
		figureView{Name: "在办事项", Value: strconv.Itoa(sum.Open), Unit: "件", Note: "近 30 天办结 " + strconv.Itoa(sum.Closed) + " 件", Href: "/matters"},
		figureView{Name: "逾期", Value: strconv.Itoa(sum.Late), Unit: "件", Note: "时限已过、尚未办理", State: late, Href: "/matters"})
	open := true
	all, err := s.cfg.Matter.List(r.Context(), r.Caller, matter.Query{Open: &open, N: 200})
	if err != nil {
		return err
	}
	for _, l := range all {
		if l.Next == nil || l.Next.Deadline.Stopped {
			continue
		}
		if rest := l.Next.Deadline.Remaining(r.Now); (rest.Late || rest.Amount <= 3) && len(v.Due) < deskRows {
			v.Due = append(v.Due, s.rowOfMatter(l, r.Now))
		}
	}
	return nil
}
