// Package browsertest drives a headless Chromium for the tests of pages, and
// notes what a person would not see: requests to other hosts, exceptions of
// scripts, violations of the content security policy.
package browsertest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"pingzhang/internal/testkit"
)

// patience is how long a step may take. The machines that run the tests are
// slow at times, and software rendering is slower.
const patience = 40 * time.Second

// Browser is one headless browser with one tab, signed in as nobody.
type Browser struct {
	t    testing.TB
	ctx  context.Context
	base string

	mu      sync.Mutex
	trouble []string
}

// Size is what a person sees of a page, in CSS pixels.
type Size struct {
	Name          string
	Width, Height int64
}

// The three screens that every page is looked at on.
var (
	Desk  = Size{"desk", 1440, 900}
	Wall  = Size{"wall", 1920, 1080}
	Phone = Size{"phone", 390, 844}
)

// Start starts a browser for the pages at base (http://127.0.0.1:port). Without
// Chromium the test ends by testkit.Missing.
func Start(t testing.TB, base string) *Browser {
	t.Helper()
	// PINGZHANG_CHROMIUM names another browser, as an old one (83 or later).
	path := os.Getenv("PINGZHANG_CHROMIUM")
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil && path == "" {
			path = p
		}
	}
	if path == "" {
		testkit.Missing(t, "Chromium")
	}
	alloc, cancelAlloc := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("no-zygote", os.Getenv("PINGZHANG_CHROMIUM") != ""),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("font-render-hinting", "none"),
		chromedp.UserDataDir(t.TempDir()),
	)...)
	ctx, cancel := chromedp.NewContext(alloc)
	b := &Browser{t: t, ctx: ctx, base: base}
	t.Cleanup(func() {
		chromedp.Cancel(ctx)
		cancel()
		cancelAlloc()
	})
	host, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	chromedp.ListenTarget(ctx, func(ev any) { b.listen(ev, host.Host) })
	b.do(chromedp.Tasks{network.Enable(), log.Enable(), runtime.Enable()})
	b.Look(Desk)
	return b
}

// listen notes what should not happen on any page.
func (b *Browser) listen(ev any, host string) {
	switch ev := ev.(type) {
	case *network.EventRequestWillBeSent:
		u, err := url.Parse(ev.Request.URL)
		if err == nil && strings.HasPrefix(u.Scheme, "http") && u.Host != host {
			b.note("request to another host: " + ev.Request.URL)
		}
	case *runtime.EventExceptionThrown:
		b.note("exception: " + ev.ExceptionDetails.Error())
	case *log.EventEntryAdded:
		if ev.Entry.Source == log.SourceSecurity || strings.Contains(ev.Entry.Text, "Content Security Policy") {
			b.note("policy: " + ev.Entry.Text)
		}
	}
}

func (b *Browser) note(s string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trouble = append(b.trouble, s)
}

// Clean fails the test when any page so far asked another host, threw an
// exception or broke the content security policy.
func (b *Browser) Clean() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.trouble {
		b.t.Error(s)
	}
	b.trouble = nil
}

// do runs one action, or fails the test. An action that a changing page has
// swallowed is tried again, so it must be one that may be done twice.
func (b *Browser) do(action chromedp.Action) {
	b.t.Helper()
	// The first call must not carry a deadline: chromedp ties the browser's
	// life to the context it starts in.
	if err := chromedp.Run(b.ctx); err != nil {
		b.t.Fatal(err)
	}
	deadline := time.Now().Add(patience)
	for {
		ctx, cancel := context.WithTimeout(b.ctx, 8*time.Second)
		err := chromedp.Run(ctx, action)
		cancel()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			b.fail(err)
		}
		time.Sleep(50 * time.Millisecond) // waits for another process, which sends no signal
	}
}

// fail ends the test with a picture of the page and the fields that hold a form
// back.
func (b *Browser) fail(err error) {
	b.t.Helper()
	b.shoot("failed")
	var invalid string
	ctx, cancel := context.WithTimeout(b.ctx, 5*time.Second)
	defer cancel()
	chromedp.Run(ctx, chromedp.Evaluate("[...document.querySelectorAll('input:invalid, select:invalid, textarea:invalid')].map(e => e.id + ' ' + e.validationMessage).join('; ')", &invalid))
	b.t.Fatalf("%v (at %s; not filled in: %s)", err, b.where(), invalid)
}

func (b *Browser) where() string {
	var at string
	ctx, cancel := context.WithTimeout(b.ctx, 2*time.Second)
	defer cancel()
	chromedp.Run(ctx, chromedp.Location(&at))
	return at
}

// Look sets the size of the window.
func (b *Browser) Look(s Size) {
	b.t.Helper()
	b.do(emulation.SetDeviceMetricsOverride(s.Width, s.Height, 1, s.Width < 600))
}

// Open opens the page at path and waits until it is there.
func (b *Browser) Open(path string) {
	b.t.Helper()
	b.goTo(b.base + path)
}

func (b *Browser) goTo(address string) {
	b.t.Helper()
	// chromedp's own Navigate waits for an event that a page still on its way can
	// swallow. A mark on the old page tells when it is gone.
	b.Do("window.leaving = true")
	b.do(chromedp.ActionFunc(func(ctx context.Context) error {
		_, _, _, _, err := page.Navigate(address).Do(ctx)
		return err
	}))
	b.Until("!window.leaving && document.readyState === 'complete'")
}

// SignIn signs in by the form, as a person does.
func (b *Browser) SignIn(login, password string) {
	b.t.Helper()
	// An answer that is still on its way to the old page would bring the old
	// session back.
	b.goTo("about:blank")
	b.do(network.ClearBrowserCookies())
	b.Open("/signin")
	b.Fill("#login", login)
	b.Fill("#password", password)
	b.Click("button[type=submit]")
	b.See("body .topbar-links form")
}

// Fill writes text into the field that selector finds, over what was there.
func (b *Browser) Fill(selector, text string) {
	b.t.Helper()
	b.See(selector)
	// Typing into a page that is still settling may go astray.
	for deadline := time.Now().Add(patience); ; {
		b.Do(fmt.Sprintf("(e => { e.focus(); e.value = '' })(document.querySelector(%q))", selector))
		b.once(input.InsertText(text))
		if Eval[string](b, fmt.Sprintf("document.querySelector(%q).value", selector)) == text {
			return
		}
		if time.Now().After(deadline) {
			b.fail(fmt.Errorf("%s does not take %q", selector, text))
		}
	}
}

// Choose sets the value of the select that selector finds.
func (b *Browser) Choose(selector, value string) {
	b.t.Helper()
	b.See(selector)
	b.Do(fmt.Sprintf("(e => { e.value = %q; for (const n of ['input', 'change']) e.dispatchEvent(new Event(n, {bubbles: true})) })(document.querySelector(%q))", value, selector))
	if got := Eval[string](b, fmt.Sprintf("document.querySelector(%q).value", selector)); got != value {
		b.t.Fatalf("%s offers no %q (at %s)", selector, value, b.where())
	}
}

// Attach chooses files for the file field that selector finds.
func (b *Browser) Attach(selector string, paths ...string) {
	b.t.Helper()
	b.do(chromedp.ActionFunc(func(ctx context.Context) error {
		field, thrown, err := runtime.Evaluate(fmt.Sprintf("document.querySelector(%q)", selector)).Do(ctx)
		if err != nil || thrown != nil || field.ObjectID == "" {
			return fmt.Errorf("no file field %s: %v %v", selector, thrown, err)
		}
		return dom.SetFileInputFiles(paths).WithObjectID(field.ObjectID).Do(ctx)
	}))
}

// Click clicks in the middle of what selector finds, where a person would. Wait
// for what follows with See.
func (b *Browser) Click(selector string) {
	b.t.Helper()
	b.See(selector)
	b.Do(fmt.Sprintf("document.querySelector(%q).scrollIntoView({block: 'center', behavior: 'instant'})", selector))
	// Something may lie over it while the page settles.
	b.Until(fmt.Sprintf("(e => { const r = e.getBoundingClientRect(), at = document.elementFromPoint(r.x + r.width/2, r.y + r.height/2); return e.contains(at) })(document.querySelector(%q))", selector))
	at := Eval[[]float64](b, fmt.Sprintf("(r => [r.x + r.width/2, r.y + r.height/2])(document.querySelector(%q).getBoundingClientRect())", selector))
	for _, kind := range []input.MouseType{input.MouseMoved, input.MousePressed, input.MouseReleased} {
		e := input.DispatchMouseEvent(kind, at[0], at[1])
		if kind != input.MouseMoved {
			e = e.WithButton(input.Left).WithClickCount(1)
		}
		b.once(e)
	}
}

// once runs an action that must not be done twice, or fails the test.
func (b *Browser) once(action chromedp.Action) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Run(ctx, action); err != nil {
		b.fail(err)
	}
}

// See waits until selector finds something visible.
func (b *Browser) See(selector string) {
	b.t.Helper()
	b.Until(fmt.Sprintf("(e => !!e && e.getClientRects().length > 0)(document.querySelector(%q))", selector))
}

// SeeText waits until the page's text holds text.
func (b *Browser) SeeText(text string) {
	b.t.Helper()
	b.Until(fmt.Sprintf("document.body.innerText.includes(%q)", text))
}

// Until waits until the JavaScript expression is true, over page changes.
func (b *Browser) Until(expression string) {
	b.t.Helper()
	deadline := time.Now().Add(patience)
	for {
		var ok bool
		ctx, cancel := context.WithTimeout(b.ctx, 5*time.Second)
		err := chromedp.Run(ctx, chromedp.Evaluate("!!("+expression+")", &ok))
		cancel()
		if err == nil && ok {
			return
		}
		if time.Now().After(deadline) {
			b.fail(fmt.Errorf("never true: %s (%v)", expression, err))
		}
		time.Sleep(50 * time.Millisecond) // waits for another process, which sends no signal
	}
}

// Do runs a JavaScript expression for its effect.
func (b *Browser) Do(expression string) {
	b.t.Helper()
	b.do(chromedp.Evaluate("void ("+expression+")", nil))
}

// Eval returns the value of a JavaScript expression.
func Eval[T any](b *Browser, expression string) T {
	b.t.Helper()
	var v T
	b.do(chromedp.Evaluate(expression, &v))
	return v
}

// Text returns the text of what selector finds.
func (b *Browser) Text(selector string) string {
	b.t.Helper()
	b.See(selector)
	return Eval[string](b, fmt.Sprintf("document.querySelector(%q).innerText", selector))
}

// URL returns the address of the page without the host.
func (b *Browser) URL() string { return strings.TrimPrefix(b.where(), b.base) }

// Shoot takes a picture of the page as it stands, named name, in the folder
// that PINGZHANG_SHOTS names; without that it takes none.
func (b *Browser) Shoot(name string) {
	b.t.Helper()
	b.shoot(name)
}

func (b *Browser) shoot(name string) {
	dir := os.Getenv("PINGZHANG_SHOTS")
	if dir == "" {
		return
	}
	var png []byte
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	err := chromedp.Run(ctx, chromedp.ActionFunc(func(ctx context.Context) (err error) {
		png, err = page.CaptureScreenshot().Do(ctx)
		return err
	}))
	if err == nil {
		os.MkdirAll(dir, 0o755)
		err = os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644)
	}
	if err != nil {
		b.t.Logf("no picture %s: %v", name, err)
	}
}

// NoSideways fails the test when the page is wider than the window: on a phone
// a person would have to push it to and fro.
func (b *Browser) NoSideways() {
	b.t.Helper()
	if over := Eval[int](b, "document.documentElement.scrollWidth - document.documentElement.clientWidth"); over > 0 {
		b.t.Errorf("%s is %d px wider than the window: %s", b.URL(), over, Eval[string](b, `
			[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1).slice(0, 6).map(e => e.tagName + '.' + e.className).join(' ')`))
	}
}
