package main

import (
	"os"
	"syscall"
)

// failpointCodes: how evidence has them, as in ../../scenarios/failpoints.ts.
var failpointCodes = map[string]byte{"received": 1, "applied": 2, "reply": 3, "beforeCommit": 5, "afterCommit": 6}

type armedFailpoint struct {
	Point string `json:"point"`
	// The how manieth operation that reaches it from now on, from 1.
	Nth int `json:"nth"`
}

// failpoint ends this process at a chosen moment of an operation's life: what would have come next has not happened.
type failpoint struct {
	evidence *evidenceWriter
	armed    *armedFailpoint
	reached  int
}

func (f *failpoint) arm(armed *armedFailpoint) {
	f.armed = armed
	f.reached = 0
}

func (f *failpoint) reach(point, requestID string) {
	if f.armed == nil || f.armed.Point != point {
		return
	}
	if f.reached++; f.reached < f.armed.Nth {
		return
	}
	f.armed = nil
	f.evidence.hold(kindDied, requestID, "", "", 0, failpointCodes[point])
	f.evidence.flush()
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {} // the signal is on its way
}
