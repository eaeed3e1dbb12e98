package lintu

import (
	"errors"
	"fmt"
	"time"
)

// ErrorCode says what class of failure an Error is. The HTTP status of each
// code stands in one table in package api.
type ErrorCode string

// The error codes, from the caller's fault to ours.
const (
	CodeInvalid         ErrorCode = "invalid"         // the request or the data is wrong; the text says what and where
	CodeUnauthenticated ErrorCode = "unauthenticated" // nobody is signed in
	CodeForbidden       ErrorCode = "forbidden"       // signed in, but not allowed
	CodeNotFound        ErrorCode = "not_found"       // no such thing, or none that the caller may know of
	CodeConflict        ErrorCode = "conflict"        // what is there contradicts the request
	CodeThrottled       ErrorCode = "throttled"       // too often; the text says when to try again
	CodeTooLarge        ErrorCode = "too_large"       // over a limit that the text names
	CodeUnavailable     ErrorCode = "unavailable"     // a part is away; the same request may succeed later
	CodeInternal        ErrorCode = "internal"        // our fault; the cause is in the log
)

// Error is a failure that a person can be told about. Text says what happened,
// where, and what to do. Cause is for the log and never leaves the server.
// Neither holds personal data.
type Error struct {
	Code  ErrorCode
	Text  Text
	Cause error
	// RetryAfter is how long to wait before the same request is worth repeating,
	// with CodeThrottled; 0 where that is not known.
	RetryAfter time.Duration
}

// Error returns the English sentence and the cause, for logs.
func (e *Error) Error() string {
	if e.Cause != nil {
		return fmt.Sprintf("%s: %v", e.Text.EN, e.Cause)
	}
	return e.Text.EN
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Errorf makes an Error with the same arguments in both languages.
func Errorf(code ErrorCode, zh, en string, args ...any) *Error {
	return &Error{Code: code, Text: Say(zh, en, args...)}
}

// Because returns a copy of e with its cause set.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.Cause = cause
	return &c
}

// AsError finds the Error in err's chain; any other error is wrapped as
// internal with a text that gives nothing away.
func AsError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return Errorf(CodeInternal, "服务器内部错误，请稍后再试；详情见服务器日志。",
		"Internal error; please try again later. The server's log has the details.").Because(err)
}

// CodeOf returns the code of err, CodeInternal for an error that has none, and
// "" for nil.
func CodeOf(err error) ErrorCode {
	if err == nil {
		return ""
	}
	return AsError(err).Code
}
