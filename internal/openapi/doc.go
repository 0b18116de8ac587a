// Package openapi is the face for other programs: /api/v1, the health of the
// platform, and its metrics.
//
// # What it knows
//
// Each operation is one value op with what it needs, its input and its output;
// the OpenAPI document is made from these, so that it cannot say anything else
// than what runs. The decisions are those of the stores, which the pages ask as
// well: nothing is allowed here that is not allowed there.
//
// # What always holds
//
//   - No operation is answered without a token, except the document itself. The
//     token needs api.read, to change something api.write, and the permission
//     of the business besides. Which rows it sees is for the stores to say.
//   - Every failure is a problem of RFC 9457 whose status comes from one table
//     (statuses) and whose detail is a Chinese sentence; wrong fields are named
//     in errors.
//   - Numbers of readings are texts, as they were reported. Times are RFC 3339
//     at +08:00.
//   - Secrets of devices go in and never come out.
//   - Lists page by key. A long answer is written as it is read; when it breaks
//     the connection does too, so that a part never passes for the whole.
//   - What one token, or one address with wrong tokens, can ask for is bounded.
//
// # Where things are
//
// server.go puts the parts together, operation.go guards an operation, problem.go
// answers failures, limit.go bounds. point.go, entry.go, reading.go, finding.go,
// matter.go, matter_move.go and evidence.go have the operations. health.go has
// /healthz, probe.go the write that proves that the database takes one,
// metric.go /metrics. text.go and moment.go read what programs send.
package openapi
