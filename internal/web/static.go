package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

//go:embed static
var staticFiles embed.FS

// asset is one file of the browser's, held plain and compressed.
type asset struct {
	body, gz []byte
	kind     string
	hash     string
}

// assets is every static file by its path below /static/.
type assets map[string]*asset

// loadAssets reads the embedded files, compresses each once and remembers its
// hash, which its address carries so that browsers may keep it for ever.
func loadAssets() (assets, error) {
	all := assets{}
	err := fs.WalkDir(staticFiles, "static", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(p, ".md") {
			return err
		}
		body, err := staticFiles.ReadFile(p)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(body)
		a := &asset{body: body, hash: hex.EncodeToString(sum[:6]), kind: mime.TypeByExtension(path.Ext(p))}
		switch path.Ext(p) {
		case ".js": // what the machine's tables say of .js varies
			a.kind = "text/javascript; charset=utf-8"
		case ".css":
			a.kind = "text/css; charset=utf-8"
		case ".svg":
			a.kind = "image/svg+xml"
		case "", ".txt":
			a.kind = "text/plain; charset=utf-8"
		}
		var z bytes.Buffer
		zw, _ := gzip.NewWriterLevel(&z, gzip.BestCompression)
		zw.Write(body)
		zw.Close()
		if z.Len() < len(body)*9/10 {
			a.gz = z.Bytes()
		}
		all[strings.TrimPrefix(p, "static/")] = a
		return nil
	})
	return all, err
}

// url returns the address of the file named name, with its hash.
func (a assets) url(name string) string {
	f := a[name]
	if f == nil {
		panic("web: no static file " + name)
	}
	return "/static/" + name + "?v=" + f.hash
}

// ServeHTTP serves /static/. An address with the right hash never changes.
func (a assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f := a[strings.TrimPrefix(path.Clean(r.URL.Path), "/static/")]
	if f == nil {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("ETag", `"`+f.hash+`"`)
	h.Set("Vary", "Accept-Encoding")
	if r.URL.Query().Get("v") == f.hash {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "no-cache")
	}
	if r.Header.Get("If-None-Match") == `"`+f.hash+`"` {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := f.body
	if f.gz != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = f.gz
	}
	w.Write(body)
}
