// Package fault gives an error a kind, which decides how an edge answers, and a
// sentence for the person who has to act on it.
//
// The kind and the sentence are given once, where the failure is understood.
// Above that point only context is added, by a deferred Wrap that spells the
// call. Each edge (web, openapi, gateway, command line) has one table from kind
// to its own code; nothing else looks at kinds.
package fault

import (
	"context"
	"errors"
	"fmt"
)

// Kind says what sort of failure an error is.
type Kind string

// The kinds. Internal is what an error without a kind counts as.
const (
	Invalid     Kind = "invalid"     // the input is wrong; the sentence says what to change
	NotFound    Kind = "not_found"   // there is no such thing in the caller's scope
	Conflict    Kind = "conflict"    // somebody else changed it first; read again
	Denied      Kind = "denied"      // the caller may not do this
	Unavailable Kind = "unavailable" // a part is full, locked or down; nothing was stored, try later
	Internal    Kind = "internal"    // a fault of ours
)

// Error is an error with a kind, a sentence in the user's language and, when it
// concerns input, the fields that are wrong.
type Error struct {
	Kind   Kind
	Text   string            // one Chinese sentence: what, where, what to do
	Fields map[string]string // field name to sentence; nil unless Invalid
	cause  error
}

// Error returns the sentence, and the cause when there is one.
func (e *Error) Error() string {
	if e.cause != nil {
		return e.Text + ": " + e.cause.Error()
	}
	return e.Text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.cause }

// New returns an error of kind with a sentence for a person.
func New(kind Kind, format string, args ...any) error {
	return &Error{Kind: kind, Text: fmt.Sprintf(format, args...)}
}

// From returns an error of kind with a sentence, keeping cause for the log.
func From(cause error, kind Kind, format string, args ...any) error {
	return &Error{Kind: kind, Text: fmt.Sprintf(format, args...), cause: cause}
}

// Fields returns an Invalid error that names each wrong field. It returns nil
// when fields is empty, so that a Validate method can end with it.
func Fields(fields map[string]string) error {
	if len(fields) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Text: "填写的内容有误，请按提示修改", Fields: fields}
}

// Wrap adds context to *err, if it holds an error, keeping kind and sentence.
// It is for a defer at the top of a function and spells the call:
//
//	defer fault.Wrap(&err, "matter.Move(matter %d, to %s)", id, to)
func Wrap(err *error, format string, args ...any) {
	if *err != nil {
		*err = fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), *err)
	}
}

// Of returns the kind of err; Internal when it has none.
func Of(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return Unavailable
	}
	return Internal
}

// Is reports whether err is of kind.
func Is(err error, kind Kind) bool { return err != nil && Of(err) == kind }

// Text returns the sentence of err for a person. An error without one is a
// fault of ours: the person is told so, without details.
func Text(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Text
	}
	return "系统内部出错，操作没有完成；请稍后重试，仍不行请联系系统管理员"
}

// FieldsOf returns the wrong fields that err names, or nil.
func FieldsOf(err error) map[string]string {
	var e *Error
	if errors.As(err, &e) {
		return e.Fields
	}
	return nil
}
