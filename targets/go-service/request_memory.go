package main

// requestMemory: the effect of a request that comes again happens once, and it gets the first one's reply. Bounded: the oldest
// are forgotten. nil: effects happen as often as they come.
type requestMemory struct {
	known map[string]*knownRequest
	// In the order of coming.
	order []string
}

type knownRequest struct {
	isDone  bool
	reply   orderReply
	waiting []func(orderReply)
}

const mostRemembered = 100_000

func newRequestMemory() *requestMemory {
	return &requestMemory{known: map[string]*knownRequest{}}
}

// repeats is false for a new request, which finish is to be called for; else listener gets the first one's reply, now or later.
func (m *requestMemory) repeats(requestID string, listener func(orderReply)) bool {
	known, ok := m.known[requestID]
	if !ok {
		m.known[requestID] = &knownRequest{}
		m.order = append(m.order, requestID)
		if len(m.known) > mostRemembered {
			m.forgetOldest()
		}
		return false
	}
	if known.isDone {
		listener(known.reply)
	} else {
		known.waiting = append(known.waiting, listener)
	}
	return true
}

func (m *requestMemory) finish(requestID string, reply orderReply) {
	known, ok := m.known[requestID]
	if !ok {
		return
	}
	known.isDone, known.reply = true, reply
	for _, listener := range known.waiting {
		listener(reply)
	}
	known.waiting = nil
}

// forgetOldest passes over those that somebody may wait for.
func (m *requestMemory) forgetOldest() {
	for n, requestID := range m.order {
		if !m.known[requestID].isDone {
			continue
		}
		delete(m.known, requestID)
		copy(m.order[1:n+1], m.order[:n])
		m.order = m.order[1:]
		return
	}
}
