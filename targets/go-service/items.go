package main

import "sync"

// orderItem is one request of a batch or a stream. isRequest: an action that there is, and fields that are text.
type orderItem struct {
	request      orderRequest
	isRequest    bool
	isHandedOver bool
}

func (d *orderDomain) handleItem(item orderItem, reply func(orderReply)) {
	switch {
	case !item.isRequest:
		reply(orderReply{code: invalid})
	case item.isHandedOver:
		d.accept(item.request, reply)
	default:
		d.handle(item.request, reply)
	}
}

// handleBatch returns once all are done, in their order.
func (d *orderDomain) handleBatch(items []orderItem) []orderReply {
	replies := make([]orderReply, len(items))
	var open sync.WaitGroup
	open.Add(len(items))
	for n, item := range items {
		d.handleItem(item, func(reply orderReply) {
			replies[n] = reply
			open.Done()
		})
	}
	open.Wait()
	return replies
}
