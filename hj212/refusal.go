package hj212

import "fmt"

// Reason names the check that a frame, a message or a command failed. The names
// are stable: they are stored beside refused frames and counted.
type Reason string

// The reasons of the framer.
const (
	// ReasonLengthField: fewer than four decimal digits follow ##.
	ReasonLengthField Reason = "length_field"
	// ReasonLengthCeiling: the declared length exceeds Framer.MaxLen.
	ReasonLengthCeiling Reason = "length_ceiling"
	// ReasonLength: the declared length is not that of the segment.
	ReasonLength Reason = "length"
	// ReasonLengthCharacters: the device counts characters where HJ 212 counts bytes.
	ReasonLengthCharacters Reason = "length_characters"
	// ReasonTruncated: another frame, or the end of the stream, cut this one short.
	ReasonTruncated Reason = "truncated"
	// ReasonExpired: nothing more of the frame came before the idle time ran out.
	ReasonExpired Reason = "expired"
	// ReasonCRC: the CRC sent is not that of the segment.
	ReasonCRC Reason = "crc"
)

// The reasons of the parser.
const (
	// ReasonTooLong: the segment is longer than four digits can declare.
	ReasonTooLong Reason = "too_long"
	// ReasonNoCP: the segment has no CP field.
	ReasonNoCP Reason = "no_cp"
	// ReasonNoField: the segment has no name=value at all.
	ReasonNoField Reason = "no_field"
	// ReasonCipher: CP is encrypted and the key is missing or wrong.
	ReasonCipher Reason = "cipher"
)

// The reasons of the side that builds and answers.
const (
	// ReasonCommand: the command does not exist in that profile or direction.
	ReasonCommand Reason = "command"
	// ReasonParameter: a parameter is missing, unknown or out of its range.
	ReasonParameter Reason = "parameter"
	// ReasonSize: what is to be sent does not fit into one frame.
	ReasonSize Reason = "size"
)

// A Refusal says which check failed, and where. It is the error type of this
// package.
type Refusal struct {
	Reason Reason
	At     int    // byte of the raw frame, or of the segment where there is no frame, at which the check failed
	Text   string // for logs, English
	Zh     string // for the operator: one Chinese sentence with what, where and what to do
}

// Error gives the reason, the byte and the text.
func (r *Refusal) Error() string {
	return fmt.Sprintf("%s at byte %d: %s", r.Reason, r.At, r.Text)
}
