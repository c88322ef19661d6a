package main

//go:generate protoc -I ../grpc --go_out=orderspb --go_opt=paths=source_relative --go_opt=Morders.proto=wirebench/service/orderspb --go-grpc_out=orderspb --go-grpc_opt=paths=source_relative --go-grpc_opt=Morders.proto=wirebench/service/orderspb orders.proto

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"wirebench/service/orderspb"
)

const (
	largestMessageBytes = 24 * 1024 * 1024
	closeGrace          = 300 * time.Millisecond
)

// grpcAPI is the orders behind gRPC, as ../grpc/service.ts has them.
type grpcAPI struct {
	orderspb.UnimplementedOrdersServer
	domain *orderDomain
	// For refusals that may pass; nil: nothing is said.
	retryAfterMs *float64
}

func serveGRPC(listener net.Listener, domain *orderDomain, options serviceOptions) func() {
	server := grpc.NewServer(grpc.MaxRecvMsgSize(largestMessageBytes), grpc.MaxSendMsgSize(largestMessageBytes))
	orderspb.RegisterOrdersServer(server, &grpcAPI{domain: domain, retryAfterMs: options.RetryAfterMs})
	go server.Serve(listener)
	return func() {
		time.AfterFunc(closeGrace, server.Stop)
		server.GracefulStop()
	}
}

func (a *grpcAPI) Place(_ context.Context, in *orderspb.PlaceRequest) (*orderspb.Order, error) {
	return a.answer(a.domain.ask(fromPlace(in)))
}

func (a *grpcAPI) Get(_ context.Context, in *orderspb.GetRequest) (*orderspb.Order, error) {
	return a.answer(a.domain.ask(fromGet(in)))
}

func (a *grpcAPI) Update(_ context.Context, in *orderspb.UpdateRequest) (*orderspb.Order, error) {
	return a.answer(a.domain.ask(fromUpdate(in)))
}

func (a *grpcAPI) Cancel(_ context.Context, in *orderspb.CancelRequest) (*orderspb.Order, error) {
	return a.answer(a.domain.ask(fromCancel(in)))
}

func (a *grpcAPI) Pay(_ context.Context, in *orderspb.PayRequest) (*orderspb.Order, error) {
	return a.answer(a.domain.ask(fromPay(in)))
}

func (a *grpcAPI) List(_ context.Context, in *orderspb.ListRequest) (*orderspb.OrderList, error) {
	reply := a.domain.ask(fromList(in))
	if err := a.refusal(reply); err != nil {
		return nil, err
	}
	return &orderspb.OrderList{Orders: ordersOf(reply)}, nil
}

// Batch is answered when all are done, in their order.
func (a *grpcAPI) Batch(_ context.Context, in *orderspb.BatchRequest) (*orderspb.BatchReply, error) {
	items := make([]orderItem, len(in.Items))
	for n, one := range in.Items {
		items[n] = itemFrom(one)
	}
	reply := &orderspb.BatchReply{}
	for _, one := range a.domain.handleBatch(items) {
		reply.Codes = append(reply.Codes, string(one.code))
		reply.Orders = append(reply.Orders, &orderspb.OrderList{Orders: ordersOf(one)})
	}
	return reply, nil
}

// HandOver is acknowledged when all are on record; the first refusal is the answer for all.
func (a *grpcAPI) HandOver(stream grpc.ClientStreamingServer[orderspb.HandOverRequest, orderspb.HandOverSummary]) error {
	summary := &orderspb.HandOverSummary{}
	var refused error
	for {
		in, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err // a caller that went away
		}
		reply := a.domain.handOver(handedOverRequest(in))
		if reply.code == accepted {
			summary.Accepted++
		} else if refused == nil {
			refused = a.refusal(reply)
		}
	}
	if refused != nil {
		return refused
	}
	return stream.SendAndClose(summary)
}

// Converse answers each when it is done, in whatever order.
func (a *grpcAPI) Converse(stream grpc.BidiStreamingServer[orderspb.ConverseRequest, orderspb.ConverseReply]) error {
	replies := newReplyQueue()
	var open sync.WaitGroup
	sent := make(chan error, 1)
	go func() { sent <- replies.sendTo(stream) }()
	for {
		in, err := stream.Recv()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				replies.end()
				return err // a caller that went away
			}
			break
		}
		open.Add(1)
		a.domain.handleItem(itemFrom(in.Item), func(reply orderReply) {
			answer := &orderspb.ConverseReply{Number: in.Number, Code: string(reply.code), Orders: ordersOf(reply)}
			if reply.code == unavailable && a.retryAfterMs != nil {
				answer.RetryAfterMs = uint32(*a.retryAfterMs)
			}
			replies.put(answer)
			open.Done()
		})
	}
	open.Wait()
	replies.end()
	return <-sent
}

// replyQueue: the domain never waits for a caller that reads slowly.
type replyQueue struct {
	mutex   sync.Mutex
	changed *sync.Cond
	waiting []*orderspb.ConverseReply
	isEnded bool
}

func newReplyQueue() *replyQueue {
	q := &replyQueue{}
	q.changed = sync.NewCond(&q.mutex)
	return q
}

func (q *replyQueue) put(reply *orderspb.ConverseReply) {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	if !q.isEnded {
		q.waiting = append(q.waiting, reply)
	}
	q.changed.Signal()
}

func (q *replyQueue) end() {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	q.isEnded = true
	q.changed.Signal()
}

func (q *replyQueue) sendTo(stream grpc.ServerStreamingServer[orderspb.ConverseReply]) error {
	for {
		q.mutex.Lock()
		for len(q.waiting) == 0 && !q.isEnded {
			q.changed.Wait()
		}
		replies := q.waiting
		q.waiting = nil
		q.mutex.Unlock()
		if len(replies) == 0 {
			return nil
		}
		for _, reply := range replies {
			if err := stream.Send(reply); err != nil {
				return err
			}
		}
	}
}

func (a *grpcAPI) answer(reply orderReply) (*orderspb.Order, error) {
	if err := a.refusal(reply); err != nil {
		return nil, err
	}
	return wireOrder(reply.order), nil
}

var refusalCodes = map[replyCode]codes.Code{
	notFound:    codes.NotFound,
	conflict:    codes.FailedPrecondition,
	invalid:     codes.InvalidArgument,
	unavailable: codes.Unavailable,
}

// refusal says when to come back where that may help and the service is told to; nil: it was done.
func (a *grpcAPI) refusal(reply orderReply) error {
	code, isRefused := refusalCodes[reply.code]
	if !isRefused {
		return nil
	}
	refused := status.New(code, string(reply.code))
	if reply.code != unavailable || a.retryAfterMs == nil {
		return refused.Err()
	}
	later := &errdetails.RetryInfo{RetryDelay: durationpb.New(millis(*a.retryAfterMs))}
	if detailed, err := refused.WithDetails(later); err == nil {
		return detailed.Err()
	}
	return refused.Err()
}

func wireOrder(one *order) *orderspb.Order {
	return &orderspb.Order{
		Id: one.ID, Key: one.Key, Payload: one.Payload, Status: one.Status, Version: uint32(one.Version),
	}
}

func ordersOf(reply orderReply) []*orderspb.Order {
	var all []*orderspb.Order
	for _, one := range reply.orders {
		all = append(all, wireOrder(one))
	}
	if reply.order != nil {
		all = append(all, wireOrder(reply.order))
	}
	return all
}

func fromPlace(in *orderspb.PlaceRequest) orderRequest {
	return orderRequest{action: place, requestID: in.RequestId, orderID: in.Id, key: in.Key, payload: in.Payload}
}

func fromGet(in *orderspb.GetRequest) orderRequest {
	return orderRequest{action: get, requestID: in.RequestId, orderID: in.Id}
}

func fromUpdate(in *orderspb.UpdateRequest) orderRequest {
	return orderRequest{action: update, requestID: in.RequestId, orderID: in.Id, payload: in.Payload}
}

func fromCancel(in *orderspb.CancelRequest) orderRequest {
	return orderRequest{action: cancel, requestID: in.RequestId, orderID: in.Id}
}

func fromList(in *orderspb.ListRequest) orderRequest {
	return orderRequest{action: list, requestID: in.RequestId}
}

func fromPay(in *orderspb.PayRequest) orderRequest {
	return orderRequest{action: pay, requestID: in.RequestId, orderID: in.Id, key: in.Key}
}

func itemFrom(in *orderspb.BatchItem) orderItem {
	item := orderItem{isRequest: true, isHandedOver: in.GetHandOver()}
	switch one := in.GetRequest().(type) {
	case *orderspb.BatchItem_Place:
		item.request = fromPlace(one.Place)
	case *orderspb.BatchItem_Get:
		item.request = fromGet(one.Get)
	case *orderspb.BatchItem_Update:
		item.request = fromUpdate(one.Update)
	case *orderspb.BatchItem_Cancel:
		item.request = fromCancel(one.Cancel)
	case *orderspb.BatchItem_List:
		item.request = fromList(one.List)
	case *orderspb.BatchItem_Pay:
		item.request = fromPay(one.Pay)
	default:
		item.isRequest = false
	}
	return item
}

// handedOverRequest: nothing at all has no order, and is refused as invalid.
func handedOverRequest(in *orderspb.HandOverRequest) orderRequest {
	switch one := in.Request.(type) {
	case *orderspb.HandOverRequest_Place:
		return fromPlace(one.Place)
	case *orderspb.HandOverRequest_Update:
		return fromUpdate(one.Update)
	case *orderspb.HandOverRequest_Cancel:
		return fromCancel(one.Cancel)
	case *orderspb.HandOverRequest_Pay:
		return fromPay(one.Pay)
	}
	return orderRequest{action: cancel}
}
