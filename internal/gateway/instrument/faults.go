package instrument

import "time"

// Faults are what goes wrong with a device, each as the chance for a packet
// unless it says otherwise. They follow from the device's seed.
type Faults struct {
	Loss      float64       // it is not sent at first, as when the line is bad
	Duplicate float64       // it is sent twice
	Reconnect float64       // the connection breaks after it
	WrongCRC  float64       // one hex digit of its CRC is wrong, at first
	Split     float64       // it is sent in two writes
	Burst     int           // packets are held until so many are there
	Drift     time.Duration // the clock is off by so much
	WrongPW   bool          // all packets have another password
	UnknownMN bool          // all packets have another MN
}
