// Package measure keeps readings: what each monitoring point reported, at which
// time, in the very text it was reported in.
package measure
