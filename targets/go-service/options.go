package main

import (
	"encoding/json"
	"fmt"
)

// serviceOptions is what the parent says with `start`, as far as it is of use here: ../domain/service-options.ts.
type serviceOptions struct {
	Protocol        string      `json:"protocol"`
	Port            int         `json:"port"`
	Host            string      `json:"host"`
	EvidencePath    string      `json:"evidencePath"`
	StatePath       string      `json:"statePath"`
	Part            int         `json:"part"`
	Population      population  `json:"population"`
	WorkTimeMs      float64     `json:"workTimeMs"`
	Slow            *slowWork   `json:"slow"`
	RejectRatio     float64     `json:"rejectRatio"`
	UnreadableRatio float64     `json:"unreadableRatio"`
	Concurrency     int         `json:"concurrency"`
	Waiting         int         `json:"waiting"`
	RetryAfterMs    *float64    `json:"retryAfterMs"`
	Idempotent      bool        `json:"idempotent"`
	Seed            json.Number `json:"seed"`
	// What it cannot do: the scenario's check says so before, and nobody is served otherwise than asked for.
	Security *json.RawMessage `json:"security"`
	Flow     *json.RawMessage `json:"flow"`
	Chain    *json.RawMessage `json:"chain"`
	Stall    *json.RawMessage `json:"stall"`
	Target   struct {
		Store       string           `json:"store"`
		Codec       string           `json:"codec"`
		Compression *json.RawMessage `json:"compression"`
	} `json:"target"`
}

// listenHost is loopback unless it is told otherwise.
func (o serviceOptions) listenHost() string {
	if o.Host == "" {
		return "127.0.0.1"
	}
	return o.Host
}

// seed has 32 bits, like everything that is drawn from it.
func (o serviceOptions) seed() uint32 {
	value, _ := o.Seed.Int64()
	return uint32(value)
}

// unable is nil when all that is asked for can be done.
func (o serviceOptions) unable() error {
	for what, isAsked := range map[string]bool{
		"security":                o.Security != nil,
		"a part of a flow":        o.Flow != nil,
		"a part of a chain":       o.Chain != nil,
		"a stall":                 o.Stall != nil,
		"a store in a file":       o.Target.Store == "file",
		"compression":             o.Target.Compression != nil,
		"codec " + o.Target.Codec: o.Target.Codec != "" && o.Target.Codec != "json",
	} {
		if isAsked {
			return fmt.Errorf("the Go service does not know %s", what)
		}
	}
	return nil
}
