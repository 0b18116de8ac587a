package web

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func TestKeepFields(t *testing.T) {
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	m.WriteField("note", "循环泵已更换\n备用泵正常")
	f, err := m.CreateFormFile("files", "现场.jpg")
	if err != nil {
		t.Fatal(err)
	}
	f.Write([]byte("\xff\xd8\xff"))
	m.WriteField("cause", "facility")
	m.Close()
	r := httptest.NewRequest(http.MethodPost, "/matters/1/move", &body)
	r.Header.Set("Content-Type", m.FormDataContentType())
	fields, files := keepFields(r)
	if !files || len(fields) != 2 || fields[0] != (submitted{"note", "循环泵已更换\n备用泵正常"}) || fields[1] != (submitted{"cause", "facility"}) {
		t.Errorf("in parts: %v, files %v", fields, files)
	}

	form := url.Values{"login": {"a"}, "password": {"secret"}, "new_password": {"secret"}}
	r = httptest.NewRequest(http.MethodPost, "/accounts", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if fields, files := keepFields(r); files || len(fields) != 1 || fields[0].Name != "login" {
		t.Errorf("with passwords: %v", fields)
	}

	r = httptest.NewRequest(http.MethodPost, "/accounts", strings.NewReader("a="+strings.Repeat("x", maxKept+1)))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if fields, _ := keepFields(r); fields != nil {
		t.Errorf("too much was kept: %d fields", len(fields))
	}
}
