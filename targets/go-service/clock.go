package main

import (
	"time"

	"golang.org/x/sys/unix"
)

// clockBase and its place on the host's monotonic clock, which Go's own time counts by and does not show. This goroutine may
// lose its CPU between the two looks: of several tries the one with the shortest gap is right.
var clockBase, clockBaseUs = readClock()

func readClock() (time.Time, float64) {
	var base time.Time
	var baseUs float64
	shortest := time.Hour
	for range 9 {
		before := time.Now()
		var now unix.Timespec
		if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
			fatal(err)
		}
		gap := time.Since(before)
		if gap >= shortest {
			continue
		}
		shortest = gap
		base = before.Add(gap / 2)
		baseUs = float64(now.Nano()) / 1e3
	}
	return base, baseUs
}

// monotonicNowUs is CLOCK_MONOTONIC in microseconds: comparable between the processes of a host.
func monotonicNowUs() float64 {
	return clockBaseUs + float64(time.Since(clockBase).Nanoseconds())/1e3
}
