package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
)

// statusOf is the one table from the kind of an error to the status code.
var statusOf = map[fault.Kind]int{
	fault.Invalid:     http.StatusUnprocessableEntity,
	fault.NotFound:    http.StatusNotFound,
	fault.Conflict:    http.StatusConflict,
	fault.Denied:      http.StatusForbidden,
	fault.Unavailable: http.StatusServiceUnavailable,
	fault.Internal:    http.StatusInternalServerError,
}

// problemView is the page that says what went wrong.
type problemView struct {
	shell
	Status   int
	Text     string
	Fields   map[string]string
	Incident string // what the log calls it; "" unless a fault of ours

	SignIn    bool        // a new session is what is missing
	Action    string      // where the form below goes
	Kept      []submitted // what was written in it
	Parts     bool        // it is sent as multipart/form-data
	FilesLost bool
}

// problem answers with err's sentence and status. Details of a fault of ours go
// to the log alone, under a number that the person can quote.
func (s *Server) problem(w http.ResponseWriter, r *request, err error) {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		err = fault.New(fault.Invalid, "提交的内容太大，上限 %d MB；请压缩或分开上传", tooLarge.Limit>>20)
	}
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		return // whoever asked has gone, as when a page is left while it loads
	}
	kind := fault.Of(err)
	v := problemView{Status: statusOf[kind], Text: fault.Text(err), Fields: fault.FieldsOf(err)}
	if kind == fault.Internal || kind == fault.Unavailable {
		v.Incident = incident(sqldb.NewID())
		slog.Error("request failed", "incident", v.Incident, "method", r.Method, "path", r.URL.Path, "login", r.Caller.Login, "err", err)
	}
	v.shell = s.shell(r, "出错了", "")
	s.renderStatus(w, r, v.Status, "problem", v)
}

// incident writes an id in a short form that can be read out on the telephone.
func incident(id int64) string {
	const digits = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
	var b []byte
	for ; id > 0; id /= int64(len(digits)) {
		b = append(b, digits[id%int64(len(digits))])
	}
	return string(b)
}
