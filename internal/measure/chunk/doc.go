// Package chunk packs the readings of one point over a day or a month.
package chunk
