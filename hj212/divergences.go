package hj212

import _ "embed"

// Divergences is DIVERGENCES.md: where and why the package differs from a text or
// from common practice.
//
//go:embed DIVERGENCES.md
var Divergences string
