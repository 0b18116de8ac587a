package openapi

import (
	"context"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
)

// op is one operation: where it is, what it is for, and what it needs.
type op struct {
	id      string
	method  string
	path    string
	tag     string
	summary string
	detail  string
	needs   []access.Permission // besides api.read or api.write
	status  int                 // when it works; 200 unless set
	body    any                 // a value of the type of its JSON body; nil for none
	form    *huma.MediaType     // of a multipart body instead
	answer  *huma.MediaType     // of an answer that is streamed
	media   string              // of answer; application/json unless set
}

// permission returns what the way in by program asks for.
func (o *op) permission() access.Permission {
	if o.method == http.MethodGet {
		return "api.read"
	}
	return "api.write"
}

// mostWrong are the statuses that every operation may be answered with.
var mostWrong = []int{401, 403, 404, 409, 422, 429, 500, 503}

// add registers an operation. f is called for callers who have what it needs.
func add[I, O any](a *api, o op, f func(ctx context.Context, by access.Caller, in *I) (*O, error)) {
	all := append([]access.Permission{o.permission()}, o.needs...)
	h := huma.Operation{
		OperationID: o.id, Method: o.method, Path: o.path, Summary: o.summary, Tags: []string{o.tag}, DefaultStatus: o.status,
		Description:        o.describe(all),
		SkipValidateParams: true, SkipValidateBody: true,
		Responses:   map[string]*huma.Response{},
		Middlewares: huma.Middlewares{a.guard(o.id, all)},
	}
	schemas := a.huma.OpenAPI().Components.Schemas
	refused := schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")
	for _, status := range mostWrong {
		h.Responses[strconv.Itoa(status)] = &huma.Response{Description: titles[status], Content: map[string]*huma.MediaType{problemType: {Schema: refused}}}
	}
	if o.answer != nil {
		media := o.media
		if media == "" {
			media = "application/json"
		}
		h.Responses["200"] = &huma.Response{Description: "OK", Content: map[string]*huma.MediaType{media: o.answer}}
	}
	huma.Register(a.huma, h, func(ctx context.Context, in *I) (*O, error) {
		out, err := f(ctx, callerIn(ctx), in)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return out, nil
	})
	// The body is described after huma has looked: it is read by readBody, which
	// says what is wrong with it in the user's language.
	o.describeBody(a, schemas)
}

func (o *op) describe(all []access.Permission) string {
	names := make([]string, len(all))
	for i, p := range all {
		names[i] = "`" + string(p) + "`"
	}
	return strings.TrimSpace(o.detail + "\n\n需要权限：" + strings.Join(names, "、") + "。")
}

func (o *op) describeBody(a *api, schemas huma.Registry) {
	content := map[string]*huma.MediaType{}
	switch {
	case o.body != nil:
		t := reflect.TypeOf(o.body)
		content["application/json"] = &huma.MediaType{Schema: schemas.Schema(t, true, t.Name())}
	case o.form != nil:
		content["multipart/form-data"] = o.form
	default:
		return
	}
	a.huma.OpenAPI().Paths[o.path].Post.RequestBody = &huma.RequestBody{Required: true, Content: content}
}

// fail turns an error into its problem, and logs what is our own fault.
func (a *api) fail(ctx context.Context, err error) *Problem {
	if fault.Is(err, fault.Internal) {
		r := requestIn(ctx).r
		a.Log.Error("a request of a program failed", "method", r.Method, "path", r.URL.Path, "err", err)
	}
	return problem(err)
}

type callerKey struct{}
type requestKey struct{}

// request is the request of an operation that reads its body itself.
type request struct {
	w http.ResponseWriter
	r *http.Request
}

// callerIn returns who asks; without guard, the zero Caller, who may nothing.
func callerIn(ctx context.Context) access.Caller {
	by, _ := ctx.Value(callerKey{}).(access.Caller)
	return by
}

func requestIn(ctx context.Context) request {
	req, _ := ctx.Value(requestKey{}).(request)
	return req
}

// bodyOf reads the JSON body of the request into a T.
func bodyOf[T any](ctx context.Context) (T, error) {
	var v T
	req := requestIn(ctx)
	return v, readBody(req.w, req.r, &v)
}

// guard lets through who has a token with all of needs.
func (a *api) guard(id string, needs []access.Permission) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		r, w := humago.Unwrap(ctx)
		begun := time.Now()
		by, p := a.enter(r, needs)
		if p != nil {
			p.write(w)
			a.Meter.count(id, p.Status, time.Since(begun))
			return
		}
		ctx = huma.WithValue(ctx, callerKey{}, by)
		ctx = huma.WithValue(ctx, requestKey{}, request{w, r})
		next(ctx)
		a.Meter.count(id, ctx.Status(), time.Since(begun))
	}
}

// enter tells who sends r, or why it is refused.
func (a *api) enter(r *http.Request, needs []access.Permission) (access.Caller, *Problem) {
	by, p := a.gate.enter(r, a.Clock.Now())
	if p != nil {
		return by, p
	}
	for _, perm := range needs {
		if !by.May(perm) {
			return by, newProblem(http.StatusForbidden, "令牌没有权限 "+string(perm)+"；如工作需要，请用有此权限的账号另建令牌")
		}
	}
	return by, nil
}

// number reads a whole number of a parameter; 0 when it is not given.
func (n Whole) number(name string) (int64, error) {
	if n == "" {
		return 0, nil
	}
	v, err := strconv.ParseInt(string(n), 10, 64)
	if err != nil || v < 0 {
		return 0, wrong(name, "应为整数")
	}
	return v, nil
}

// most reads a limit parameter, between 1 and most.
func (n Whole) most(name string, usual, most int) (int, error) {
	v, err := n.number(name)
	switch {
	case err != nil || n == "":
		return usual, err
	case v < 1 || v > int64(most):
		return 0, wrong(name, "应为 1 至 %d", most)
	}
	return int(v), nil
}
