// Package instrument simulates data loggers (数采仪): TCP clients that speak HJ
// 212 from the instrument's side, with plausible data and faults on demand. It
// serves the demonstration, the command simulate, the benchmark and the tests of
// the gateway.
//
// # What always holds
//
//   - Everything a device reports follows from its Spec and the time alone: the
//     same seed gives the same values, whenever and in whatever order they are
//     asked for. So a device has all of its history without keeping any, and a
//     back-fill repeats exactly what was, or would have been, sent live.
//   - Means agree with the samples they are of: a minute is the mean of its
//     realtime values, an hour and a day of their minutes.
//   - What wants an answer is sent again until it is answered.
//
// # Where things are
//
// plant.go has the factors and their values, device.go the logger, packet.go what
// it sends, client.go its connection, fleet.go many of them. faults.go says what
// may go wrong.
package instrument
