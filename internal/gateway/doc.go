// Package gateway is the face that instruments see: a TCP server that speaks HJ
// 212, stores what it hears, and answers.
//
// # The way of a frame
//
//	bytes -> hj212.Framer -> frame -> hj212.Message -> device by MN -> checks
//	      -> stage -> group commit (measure.Append) -> forward queue -> answer
//
// One goroutine reads a connection. What one read brings becomes a stage: the
// frames that passed every check, packed for the store, with the bytes of their
// answers. The committer takes the stages of all connections together and makes
// one durable commit of them; only then do the answers go out. While a commit
// runs the next stages gather, so that the batches grow with the load.
//
// # What always holds
//
//   - An answer (9013, 9014) is sent after the commit of what it answers, and
//     only for what HJ 212 has answered (hj212.Message.Answers). When the store
//     refuses, nothing is answered and the device sends again.
//   - A duplicate is answered again and stored once.
//   - What is refused is kept with its bytes, the reason and the byte at which
//     the check failed. Frames of an unknown MN wait in quarantine until
//     somebody claims them. Both are bounded; what is beyond is counted.
//   - Everything one connection can make the server hold is bounded: the frame,
//     the answers it does not read, the frames that wait for a commit, the
//     rubbish that is kept.
//   - Nothing is sent to a device that an operator, or a policy he set for that
//     device, did not ask for: many loggers report to several hosts, and another
//     host may own the clock.
//   - One exchange a device; others wait in the table commands.
//   - Forwarding sends the bytes that came, from a queue for each target that
//     outlives the process, and never holds the commit up.
//
// # Where things are
//
// server.go opens and closes, conn.go reads and writes one connection, path.go
// decides about one frame, commit.go commits. device.go is the directory of
// devices. refused.go, quarantine.go, events.go and seen.go keep what is no
// reading, through recorder.go. inspect.go explains a frame to a person.
// command.go, exchange.go and policy.go talk to devices; forward.go and
// target.go pass frames on. replay.go takes frames from files. trouble.go and
// meter.go say how the server is. Package instrument is the other side of the
// line: simulated devices.
package gateway
