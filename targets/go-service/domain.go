package main

import (
	"slices"
	"sync"
	"time"
)

const listLimit = 20

// orderDomain is the domain of ../domain/order-domain.ts: what the same requests come to is the same. One goroutine at a time
// is in it; replies are called from within, and only pass on what they are told.
type orderDomain struct {
	mutex       sync.Mutex
	options     serviceOptions
	evidence    *evidenceWriter
	failpoint   failpoint
	store       *memoryStore
	places      *workPlaces
	memory      *requestMemory
	refusals    refusalDraw
	rejectRatio float64
	workTimeMs  float64
	// Taken up so far, refused ones included.
	operations int
}

func newOrderDomain(options serviceOptions, evidence *evidenceWriter) *orderDomain {
	d := &orderDomain{
		options:     options,
		evidence:    evidence,
		failpoint:   failpoint{evidence: evidence},
		store:       newMemoryStore(options.Population),
		refusals:    refusalDraw(max(options.seed(), 1)),
		rejectRatio: options.RejectRatio,
		workTimeMs:  options.WorkTimeMs,
	}
	if options.Concurrency > 0 {
		d.places = &workPlaces{places: options.Concurrency, longestLine: options.Waiting}
	}
	if options.Idempotent {
		d.memory = newRequestMemory()
	}
	return d
}

type domainSettings struct {
	WorkTimeMs  *float64 `json:"workTimeMs"`
	RejectRatio *float64 `json:"rejectRatio"`
}

// adjust acts from the next operation on; returns how many there were.
func (d *orderDomain) adjust(settings domainSettings) int {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if settings.WorkTimeMs != nil {
		d.workTimeMs = *settings.WorkTimeMs
	}
	if settings.RejectRatio != nil {
		d.rejectRatio = *settings.RejectRatio
	}
	return d.operations
}

func (d *orderDomain) arm(armed *armedFailpoint) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.failpoint.arm(armed)
}

// handle does the work, then replies.
func (d *orderDomain) handle(request orderRequest, reply func(orderReply)) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if refusal, isRefused := d.receive(request); isRefused {
		reply(refusal)
		return
	}
	if d.memory != nil && !request.action.isRead() && d.memory.repeats(request.requestID, reply) {
		return
	}
	d.work(request, func(result orderReply) { d.answer(request, result, reply) })
	d.evidence.flush()
}

// ask waits for what handle replies.
func (d *orderDomain) ask(request orderRequest) orderReply {
	replied := make(chan orderReply, 1)
	d.handle(request, func(reply orderReply) { replied <- reply })
	return <-replied
}

// accept is a hand-over: it replies as soon as the request is on record, and the work is done afterwards.
func (d *orderDomain) accept(request orderRequest, reply func(orderReply)) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if refusal, isRefused := d.receive(request); isRefused {
		reply(refusal)
		return
	}
	nobody := func(orderReply) {}
	isNew := request.action.isRead() || d.memory == nil || !d.memory.repeats(request.requestID, nobody)
	if isNew {
		d.work(request, nobody)
		d.evidence.flush()
	}
	d.answer(request, orderReply{code: accepted}, reply)
}

// handOver waits for what accept replies, which comes at once.
func (d *orderDomain) handOver(request orderRequest) (reply orderReply) {
	d.accept(request, func(result orderReply) { reply = result })
	return reply
}

func (d *orderDomain) answer(request orderRequest, result orderReply, reply func(orderReply)) {
	d.failpoint.reach("reply", request.requestID)
	reply(result)
}

func (d *orderDomain) receive(request orderRequest) (orderReply, bool) {
	d.operations++
	if id, ok := parseOperationID(request.requestID); ok && isUnreadable(id.sequence, d.options.UnreadableRatio) {
		return orderReply{code: invalid}, true
	}
	if (d.rejectRatio > 0 && d.refusals.next() < d.rejectRatio) || d.places.isFull() {
		return orderReply{code: unavailable}, true
	}
	if !knownActions[request.action] || (request.orderID == "" && request.action != list) {
		return orderReply{code: invalid}, true
	}
	d.note(kindReceived, request, 0)
	if d.memory != nil {
		d.evidence.flush() // it may answer at once
	}
	d.failpoint.reach("received", request.requestID)
	return orderReply{}, false
}

func (d *orderDomain) work(request orderRequest, reply func(orderReply)) {
	if d.places == nil {
		d.workOn(request, reply)
		return
	}
	d.places.enter(func() {
		d.workOn(request, func(result orderReply) {
			reply(result)
			d.places.leave()
		})
	})
}

func (d *orderDomain) workOn(request orderRequest, reply func(orderReply)) {
	takes := d.options.Slow.takes(request.requestID, d.workTimeMs, d.options.seed(), d.options.Part)
	d.note(kindStarted, request, 0)
	if takes == 0 {
		d.apply(request, reply)
		return
	}
	d.evidence.flush()
	time.AfterFunc(takes, func() {
		d.mutex.Lock()
		defer d.mutex.Unlock()
		d.apply(request, reply)
	})
}

func (d *orderDomain) apply(request orderRequest, reply func(orderReply)) {
	isChange := !request.action.isRead()
	if isChange {
		d.failpoint.reach("beforeCommit", request.requestID)
	}
	result := d.effect(request)
	var flags byte
	if result.code == conflict || result.code == notFound {
		flags = flagUnchanged
	}
	d.note(kindApplied, request, flags)
	d.evidence.flush()
	if isChange {
		d.failpoint.reach("afterCommit", request.requestID)
	}
	d.failpoint.reach("applied", request.requestID)
	if d.memory != nil {
		d.memory.finish(request.requestID, result)
	}
	reply(result)
}

func (d *orderDomain) note(kind evidenceKind, request orderRequest, flags byte) {
	key := request.key
	if key == "" {
		key = request.orderID
	}
	d.evidence.hold(kind, request.requestID, request.payload, key, flags, 0)
}

func (d *orderDomain) effect(request orderRequest) orderReply {
	current := d.store.orders[request.orderID]
	switch request.action {
	case place:
		version := 1
		if current != nil {
			version = current.Version + 1
		}
		one := &order{request.orderID, request.key, request.payload, "placed", version}
		d.store.put(one, request.requestID)
		return orderReply{code: created, order: one}
	case pay:
		// Without a check of its own: whether a payment is taken twice is for the idempotency key to decide.
		d.store.charge(request.requestID)
		return orderReply{code: created, order: &order{ID: request.orderID, Key: request.key, Status: "paid", Version: 1}}
	case get:
		if current == nil {
			return orderReply{code: notFound}
		}
		return orderReply{code: done, order: current}
	case list:
		return orderReply{code: done, orders: d.store.list()}
	default:
		return d.change(request, current)
	}
}

func (d *orderDomain) change(request orderRequest, current *order) orderReply {
	if current == nil {
		return orderReply{code: notFound}
	}
	isExpected := request.ifVersions == nil || slices.Contains(request.ifVersions, current.Version)
	if current.Status == "cancelled" || !isExpected {
		return orderReply{code: conflict, order: current}
	}
	changed := *current
	changed.Version++
	if request.action == cancel {
		changed.Status = "cancelled"
	} else {
		changed.Payload = request.payload
	}
	d.store.put(&changed, request.requestID)
	return orderReply{code: done, order: &changed}
}
