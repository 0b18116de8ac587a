package openapi

import (
	"context"
	"crypto/sha256"
	"maps"
	"net/http"
	"reflect"
	"slices"
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
	fault := schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")
	for _, status := range mostWrong {
		h.Responses[strconv.Itoa(status)] = &huma.Response{Description: titles[status], Content: map[string]*huma.MediaType{problemType: {Schema: fault}}}
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
			if p.Status == http.StatusUnauthorized {
				w.Header().Set("WWW-Authenticate", `Bearer realm="pingzhang"`)
			}
			if p.Status == http.StatusTooManyRequests {
				w.Header().Set("Retry-After", "1")
			}
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
	now := a.Clock.Now()
	by, err := callerOf(r, a.Tokens, func() bool { return !a.faults.empty(address(r), now) })
	switch {
	case fault.Is(err, fault.Denied):
		a.faults.take(address(r), now)
		return by, newProblem(http.StatusUnauthorized, fault.Text(err))
	case fault.Is(err, fault.Unavailable), fault.Is(err, fault.Internal):
		a.Log.Error("a token cannot be looked up", "err", err)
		return by, problem(err)
	case err == errTooMany:
		return by, newProblem(http.StatusTooManyRequests, "用错误令牌的请求过于频繁，请核对令牌后稍候再试")
	}
	if !a.tokens.take(tokenKey(bearer(r)), now) {
		return by, newProblem(http.StatusTooManyRequests, "请求过于频繁，请稍候再试")
	}
	for _, p := range needs {
		if !by.May(p) {
			return by, newProblem(http.StatusForbidden, "令牌没有权限 "+string(p)+"；如工作需要，请用有此权限的账号另建令牌")
		}
	}
	return by, nil
}

var errTooMany = fault.New(fault.Conflict, "too many wrong tokens") // never shown

// callerOf returns who the bearer token of r stands for. try is asked before a
// token is looked up.
func callerOf(r *http.Request, tokens Tokens, try func() bool) (access.Caller, error) {
	text := bearer(r)
	if text == "" {
		return access.Caller{}, fault.New(fault.Denied, "请求没有令牌；请加请求头 Authorization: Bearer 令牌")
	}
	if !try() {
		return access.Caller{}, errTooMany
	}
	return tokens.Token(r.Context(), text)
}

func bearer(r *http.Request) string {
	scheme, text, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(text)
}

// tokenKey is what the requests of a token are counted under; the token itself
// does not stay in memory.
func tokenKey(text string) string {
	sum := sha256.Sum256([]byte(text))
	return string(sum[:])
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

// sorted returns the keys of a map in order.
func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
