package main

// order is never changed: a change makes another.
type order struct {
	ID      string `json:"id"`
	Key     string `json:"key"`
	Payload string `json:"payload"`
	Status  string `json:"status"`
	// Counts from 1 and grows with each change: the ETag.
	Version int `json:"version"`
}

type action string

const (
	place  action = "place"
	get    action = "get"
	update action = "update"
	cancel action = "cancel"
	list   action = "list"
	pay    action = "pay"
)

var knownActions = map[action]bool{place: true, get: true, update: true, cancel: true, list: true, pay: true}

func (a action) isRead() bool {
	return a == get || a == list
}

// isCreation: it makes something of its own, called by the operation's id.
func (a action) isCreation() bool {
	return a == place || a == pay
}

type orderRequest struct {
	action action
	// The operation's id; the same for a retry.
	requestID string
	// For place and pay that of what is made; '' for list.
	orderID string
	key     string
	payload string
	// For update and cancel: the order must have one of these versions. nil: any.
	ifVersions []int
}

type replyCode string

const (
	created     replyCode = "created"
	done        replyCode = "ok"
	accepted    replyCode = "accepted"
	notFound    replyCode = "notFound"
	conflict    replyCode = "conflict"
	invalid     replyCode = "invalid"
	unavailable replyCode = "unavailable"
)

type orderReply struct {
	code  replyCode
	order *order
	// For list; nil: it is about one order.
	orders []*order
}
