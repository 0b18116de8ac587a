// Package remind does what happens because time has passed: it judges,
// reckons the air, lets
// clocks fire, sends what waits in the outbox, seals readings, signs the
// journal, and cleans up.
//
// # What always holds
//
//   - Each of these is a job with a name, and a row that says when it ran last,
//     for how long, on which node and with what error.
//   - A job runs on one node at a time: a node claims it by a conditional update
//     that sets a lease. A node that dies lets its lease run out, and another
//     goes on. A job that takes longer than its lease may run twice at once,
//     which every job here bears.
//   - A job that fails, or panics, is tried again at its next time and keeps no
//     other from running.
//   - The root over an hour of raw frames enters the journal once, however often
//     the seal is stopped and run again.
//   - Time comes from the clock that the worker was given.
//
// # Where things are
//
// job.go has the nouns and when a job is due, worker.go claims and runs, jobs.go
// lists what the platform does, webhook.go sends, raw.go enters roots.
package remind
