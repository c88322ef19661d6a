package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"os"
)

const paymentCents = 1_000

// memoryStore is the state, gone with its process: orders, accounts, and whose effects are in it.
type memoryStore struct {
	orders map[string]*order
	// The oldest, as a list shows them.
	first        []string
	chargedCents int
	held         heldOperations
}

type population struct {
	Readable    int `json:"readable"`
	Cancellable int `json:"cancellable"`
}

func newMemoryStore(seeded population) *memoryStore {
	s := &memoryStore{orders: map[string]*order{}, held: heldOperations{}}
	seed := func(kind string, count int) {
		for n := range count {
			s.set(&order{ID: fmt.Sprintf("order-%s-%08d", kind, n), Status: "placed", Version: 1})
		}
	}
	seed("r", seeded.Readable)
	seed("c", seeded.Cancellable)
	return s
}

func (s *memoryStore) set(one *order) {
	if _, isThere := s.orders[one.ID]; !isThere && len(s.first) < listLimit {
		s.first = append(s.first, one.ID)
	}
	s.orders[one.ID] = one
}

func (s *memoryStore) put(one *order, requestID string) {
	s.set(one)
	s.held.add(requestID)
}

func (s *memoryStore) charge(requestID string) {
	s.chargedCents += paymentCents
	s.held.add(requestID)
}

func (s *memoryStore) list() []*order {
	page := make([]*order, len(s.first))
	for n, id := range s.first {
		page[n] = s.orders[id]
	}
	return page
}

const (
	pageBits  = 15
	pageWords = 1 << pageBits / 64
)

// heldOperations has one bit an operation, in pages by producer and the upper bits of the sequence.
type heldOperations map[operationID]*[pageWords]uint64

func (h heldOperations) add(requestID string) {
	id, ok := parseOperationID(requestID)
	if !ok {
		return
	}
	at := operationID{id.producer, id.sequence >> pageBits}
	page, ok := h[at]
	if !ok {
		page = new([pageWords]uint64)
		h[at] = page
	}
	page[id.sequence>>6%pageWords] |= 1 << (id.sequence & 63)
}

// writeTo leaves producer and sequence of each, u32 little endian: there is a file once all of it is written.
func (h heldOperations) writeTo(path string) error {
	partial := path + ".part"
	file, err := os.Create(partial)
	if err != nil {
		return err
	}
	defer file.Close()
	out := bufio.NewWriter(file)
	var record [8]byte
	for at, page := range h {
		for n := range uint32(1 << pageBits) {
			if page[n>>6]&(1<<(n&63)) == 0 {
				continue
			}
			binary.LittleEndian.PutUint32(record[0:], at.producer)
			binary.LittleEndian.PutUint32(record[4:], at.sequence<<pageBits+n)
			out.Write(record[:])
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return os.Rename(partial, path)
}
