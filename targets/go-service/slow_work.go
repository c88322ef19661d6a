package main

import (
	"math"
	"time"
)

// slowWork: which operations take longer, by their number alone, so that whoever knows the numbers knows the truth. The draws
// are those of ../domain/slow-work.ts.
type slowWork struct {
	Share      float64 `json:"share"`
	WorkTimeMs float64 `json:"workTimeMs"`
	IsDrawn    bool    `json:"isDrawn"`
}

// Streams of a seed below are the load's.
const firstStream = 1_000

func isSlow(sequence uint32, share float64) bool {
	from := float64(sequence)
	return math.Floor((from+1)*share)-math.Floor(from*share) > 0
}

// isUnreadable: evenly spread, the first half a step in.
func isUnreadable(sequence uint32, share float64) bool {
	if share <= 0 {
		return false
	}
	from := float64(sequence) + math.Floor(0.5/share)
	return math.Floor((from+1)*share)-math.Floor(from*share) > 0
}

func (s *slowWork) takes(requestID string, usualMs float64, seed uint32, part int) time.Duration {
	id, ok := parseOperationID(requestID)
	if s == nil || !ok {
		return millis(usualMs)
	}
	isOne := isSlow(id.sequence, s.Share)
	if s.IsDrawn {
		isOne = uniform(seed, firstStream+uint32(part), id) < s.Share
	}
	if isOne {
		return millis(s.WorkTimeMs)
	}
	return millis(usualMs)
}

func millis(ms float64) time.Duration {
	return time.Duration(ms * float64(time.Millisecond))
}

// uniform is in [0, 1) with 53 bits: the function of ../../result/seeded-hash.ts.
func uniform(seed, stream uint32, id operationID) float64 {
	high := hash32(seed, stream, id) >> 5
	low := hash32(seed, stream^0x5bd1e995, id) >> 6
	return (float64(high)*67108864 + float64(low)) / 9007199254740992
}

func hash32(seed, stream uint32, id operationID) uint32 {
	h := seed ^ (stream+0x9e3779b9)*0x85ebca6b
	h = mix32(h ^ id.sequence*0xc2b2ae35 ^ id.producer*0x27d4eb2f)
	return mix32(h + stream*0x165667b1 + seed)
}

func mix32(h uint32) uint32 {
	h = (h ^ h>>16) * 0x85ebca6b
	h = (h ^ h>>13) * 0xc2b2ae35
	return h ^ h>>16
}

// refusalDraw is Mulberry32: seeded, so that a refusing service refuses the same share in every run.
type refusalDraw uint32

func (d *refusalDraw) next() float64 {
	*d += 0x6d2b79f5
	state := uint32(*d)
	t := (state ^ state>>15) * (1 | state)
	t = (t + (t^t>>7)*(61|t)) ^ t
	return float64(t^t>>14) / 4294967296
}
