// Package hj212 speaks HJ 212, the protocol between the data loggers of
// automatic monitoring and the host that collects from them.
package hj212
