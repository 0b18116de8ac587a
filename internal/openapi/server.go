package openapi

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/discharge"
	"pingzhang/internal/matter"
	"pingzhang/internal/measure"
	"pingzhang/internal/register"
)

// Prefix is where everything but /healthz and /metrics is.
const Prefix = "/api/v1"

// Tokens tells who a bearer token stands for.
type Tokens interface {
	// Token returns fault.Denied when the token is unknown, revoked or expired.
	Token(ctx context.Context, text string) (access.Caller, error)
}

// Readings are the readings of points.
type Readings interface {
	Rows(ctx context.Context, q measure.RowQuery, fn func(measure.Row) error) error
}

// States tells how points stand to their limits.
type States interface {
	States(ctx context.Context, by access.Caller, now time.Time) ([]discharge.PointState, error)
}

// Config is what the API stands on.
type Config struct {
	Tokens   Tokens
	Register *register.Store
	Matter   *matter.Store
	Readings Readings
	States   States // nil: points have no status
	Clock    clock.Clock

	Rate  float64 // requests a second of one token; DefaultRate when 0
	Burst int     // how many may come at once; DefaultBurst when 0
	Log   *slog.Logger
	Meter *Meter // nil: requests are not counted
}

// What one token may ask for unless it is configured otherwise.
const (
	DefaultRate  = 50.0
	DefaultBurst = 200
)

// api is the API under construction and at work.
type api struct {
	Config
	huma huma.API
	gate *gate
}

// New returns the handler of everything under Prefix.
func New(c Config) http.Handler {
	if c.Clock == nil {
		c.Clock = clock.System{}
	}
	if c.Rate == 0 {
		c.Rate = DefaultRate
	}
	if c.Burst == 0 {
		c.Burst = DefaultBurst
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	mux, a := build(c)
	doc, yaml := document(a)
	mux.Handle("GET "+Prefix+"/openapi.json", fixed("application/openapi+json", doc))
	mux.Handle("GET "+Prefix+"/openapi.yaml", fixed("application/openapi+yaml", yaml))
	mux.HandleFunc(Prefix+"/", func(w http.ResponseWriter, r *http.Request) { unknown(w, r, mux) })
	return headers(mux)
}

// Document returns the OpenAPI 3.1 document as JSON. It depends on nothing but
// the code.
func Document() []byte {
	_, a := build(Config{})
	doc, _ := document(a)
	return doc
}

func document(a *api) (asJSON, asYAML []byte) {
	o := a.huma.OpenAPI()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(o); err != nil {
		panic(err) // the document is made of our own types
	}
	asYAML, err := o.YAML()
	if err != nil {
		panic(err)
	}
	return b.Bytes(), asYAML
}

// build registers all operations.
func build(c Config) (*http.ServeMux, *api) {
	mux := http.NewServeMux()
	hc := huma.DefaultConfig("屏障 生态环境业务接口", "1")
	hc.Info.Description = description
	hc.OpenAPIPath, hc.DocsPath, hc.SchemasPath = "", "", ""
	hc.CreateHooks = nil
	hc.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token": {Type: "http", Scheme: "bearer", Description: "在“接口令牌”页或用 pingzhang token create 建立"},
	}
	hc.Security = []map[string][]string{{"token": {}}}
	a := &api{Config: c, huma: humago.NewWithPrefix(mux, Prefix, hc)}
	a.gate = newGate(c.Tokens, c.Rate, c.Burst)
	a.points()
	a.entries()
	a.readings()
	a.findings()
	a.matters()
	a.moves()
	a.evidence()
	// huma's own form of errors is never answered.
	schemas := a.huma.OpenAPI().Components.Schemas.Map()
	delete(schemas, "ErrorModel")
	delete(schemas, "ErrorDetail")
	return mux, a
}

const description = `供其他系统读写监测点位、监测数据、问题线索和督办事项。

- 每个请求带 ` + "`Authorization: Bearer 令牌`" + `；令牌能看到的范围和能做的事，不超过它所属的账号。
- 监测数值一律是设备上报时的原文（文本），不作舍入；时间为北京时间，RFC 3339 格式。
- 列表按键翻页：把上一页的 next 作为下一页的 after，没有 next 即为最后一页。
- 出错时按 RFC 9457 返回 application/problem+json：detail 说明问题和办法，errors 列出每个有误的字段。`

// fixed answers with bytes that never change while the program runs.
func fixed(media string, b []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", media)
		w.Write(b)
	})
}

// headers sets what every answer has: it is data, for nobody else, and not to
// be kept.
func headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// unknown answers a request that no operation is for.
func unknown(w http.ResponseWriter, r *http.Request, mux *http.ServeMux) {
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := mux.Handler(other); method != r.Method && pattern != Prefix+"/" {
			w.Header().Set("Allow", method)
			newProblem(http.StatusMethodNotAllowed, "这个地址不支持 "+r.Method+"，请用 "+method).write(w)
			return
		}
	}
	newProblem(http.StatusNotFound, "没有这个接口；全部接口见 "+Prefix+"/openapi.json").write(w)
}
