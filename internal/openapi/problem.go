package openapi

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"

	"pingzhang/internal/fault"
)

// statuses is the one table from the kind of a failure to its status.
var statuses = map[fault.Kind]int{
	fault.Invalid:     http.StatusUnprocessableEntity,
	fault.NotFound:    http.StatusNotFound,
	fault.Conflict:    http.StatusConflict,
	fault.Denied:      http.StatusForbidden,
	fault.Unavailable: http.StatusServiceUnavailable,
	fault.Internal:    http.StatusInternalServerError,
}

// titles names each status; RFC 9457 3.1.3 wants it the same for all
// occurrences of a problem.
var titles = map[int]string{
	http.StatusUnauthorized:        "需要令牌",
	http.StatusForbidden:           "没有权限",
	http.StatusNotFound:            "没有找到",
	http.StatusMethodNotAllowed:    "不支持的方法",
	http.StatusConflict:            "与现有内容冲突",
	http.StatusUnprocessableEntity: "内容有误",
	http.StatusTooManyRequests:     "请求过于频繁",
	http.StatusInternalServerError: "系统内部出错",
	http.StatusServiceUnavailable:  "暂时不能提供服务",
}

// Problem is what is answered instead of what was asked for, RFC 9457.
type Problem struct {
	Type   string       `json:"type" doc:"总是 about:blank"`
	Title  string       `json:"title" doc:"状态码的名称"`
	Status int          `json:"status" doc:"HTTP 状态码"`
	Kind   string       `json:"kind" doc:"出错的类别：invalid、not_found、conflict、denied、unavailable、internal"`
	Detail string       `json:"detail" doc:"出了什么问题、怎么办"`
	Errors []FieldError `json:"errors,omitempty" doc:"每个有误的字段"`
}

// FieldError says what is wrong with one field.
type FieldError struct {
	Field  string `json:"field" doc:"字段名"`
	Detail string `json:"detail" doc:"错在哪里、应当怎样"`
}

// Error returns the sentence.
func (p *Problem) Error() string { return p.Detail }

// GetStatus returns the status; huma asks for it by this name.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType returns the media type of problems.
func (p *Problem) ContentType(string) string { return problemType }

const problemType = "application/problem+json"

// problem returns what err is answered with.
func problem(err error) *Problem {
	p := newProblem(statuses[fault.Of(err)], fault.Text(err))
	p.Kind = string(fault.Of(err))
	fields := fault.FieldsOf(err)
	var all []string
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		p.Errors = append(p.Errors, FieldError{Field: name, Detail: fields[name]})
		all = append(all, name+" "+fields[name])
	}
	if len(all) > 0 {
		// Programs log the detail and drop the rest, so it says what is wrong too.
		p.Detail = "内容有误：" + strings.Join(all, "；")
	}
	return p
}

func newProblem(status int, detail string) *Problem {
	kind := fault.Denied
	if status == http.StatusTooManyRequests {
		kind = fault.Unavailable
	}
	return &Problem{Type: "about:blank", Title: titles[status], Status: status, Kind: string(kind), Detail: detail}
}

// write answers with p.
func (p *Problem) write(w http.ResponseWriter) {
	b, err := json.Marshal(p)
	if err != nil {
		panic(err) // strings and a number
	}
	switch p.Status {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", `Bearer realm="pingzhang"`)
	case http.StatusTooManyRequests:
		w.Header().Set("Retry-After", "1")
	}
	w.Header().Set("Content-Type", problemType)
	w.WriteHeader(p.Status)
	w.Write(b)
}
