package openapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"pingzhang/internal/fault"
)

// Text is a text of a body that may also be given as a number: a device
// number, a password or a code of digits is not told apart by those who send
// it. What counts is how it was written.
type Text string

// UnmarshalJSON reads a string, a number or null.
func (t *Text) UnmarshalJSON(b []byte) error {
	switch {
	case len(b) > 0 && b[0] == '"':
		return json.Unmarshal(b, (*string)(t))
	case bytes.Equal(b, []byte("null")):
		return nil
	case len(b) > 0 && (b[0] == '-' || b[0] >= '0' && b[0] <= '9'):
		*t = Text(b)
		return nil
	}
	return &json.UnmarshalTypeError{Value: "object", Type: reflect.TypeFor[Text]()}
}

// Schema describes a Text in the document.
func (Text) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{OneOf: []*huma.Schema{{Type: "string"}, {Type: "number"}}}
}

// Whole is a parameter that is a whole number. It is read as text, so that
// what is wrong with it can be said in the user's language.
type Whole string

// Schema describes a Whole in the document.
func (Whole) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: "integer", Format: "int64"}
}

// Values are the fields of an entry by key. Numbers keep their text.
type Values map[string]any

// UnmarshalJSON reads an object.
func (v *Values) UnmarshalJSON(b []byte) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	return d.Decode((*map[string]any)(v))
}

// Schema describes Values in the document.
func (Values) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: "object", AdditionalProperties: true}
}

// Facts are the facts of a finding: an object whose keys depend on its kind.
type Facts json.RawMessage

// MarshalJSON returns the facts as they are stored.
func (f Facts) MarshalJSON() ([]byte, error) {
	if len(f) == 0 {
		return []byte("{}"), nil
	}
	return f, nil
}

// Schema describes Facts in the document.
func (Facts) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: "object", AdditionalProperties: true}
}

// maxBody is the most bytes of a body in JSON.
const maxBody = 1 << 20

// readBody reads the body of r into v.
//
// The error is fault.Invalid and says what is wrong with it, and where.
func readBody(w http.ResponseWriter, r *http.Request, v any) error {
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var big *http.MaxBytesError
	switch {
	case errors.As(err, &big):
		return fault.From(err, fault.Invalid, "请求内容超过 %d KB", maxBody>>10)
	case err != nil:
		return fault.From(err, fault.Invalid, "请求内容没有传完，请重试")
	case len(bytes.TrimSpace(data)) == 0:
		return fault.New(fault.Invalid, "请求缺少 JSON 内容")
	}
	return decode(data, v)
}

func decode(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	err := d.Decode(v)
	if err == nil && d.More() {
		return fault.New(fault.Invalid, "请求内容应是一个 JSON 对象，其后还有多余的内容")
	}
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &syntax):
		return fault.From(err, fault.Invalid, "请求内容不是正确的 JSON，第 %d 字节处有误", syntax.Offset)
	case errors.As(err, &kind):
		field := kind.Field
		if field == "" {
			return fault.From(err, fault.Invalid, "请求内容应是一个 JSON 对象")
		}
		return fault.Fields(map[string]string{field: "应为" + kindName(kind.Type)})
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return fault.Fields(map[string]string{strings.Trim(name, `"`): "没有这个字段"})
	}
	return fault.From(err, fault.Invalid, "请求内容不是完整的 JSON")
}

func kindName(t reflect.Type) string {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == nil:
		return "其他类型"
	case t == reflect.TypeFor[Text]():
		return "文本或数字"
	}
	switch t.Kind() {
	case reflect.String:
		return "文本"
	case reflect.Int, reflect.Int64:
		return "整数"
	case reflect.Float64:
		return "数字"
	case reflect.Bool:
		return "true 或 false"
	case reflect.Slice:
		return "数组"
	}
	return "对象"
}

// wrong returns fault.Invalid about one field or parameter.
func wrong(name, format string, args ...any) error {
	return fault.Fields(map[string]string{name: fmt.Sprintf(format, args...)})
}
