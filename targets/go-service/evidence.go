package main

import (
	"encoding/binary"
	"hash/crc32"
	"math"
	"os"
	"unsafe"
)

type evidenceKind byte

const (
	kindReceived evidenceKind = 1
	kindApplied  evidenceKind = 2
	kindStarted  evidenceKind = 5
	kindDied     evidenceKind = 6
)

const flagUnchanged byte = 2

const (
	recordBytes = 32
	mostHeld    = 4
)

// evidenceWriter appends what was received and applied to a file, before anybody is answered: killing the service does not
// kill the evidence. The format is that of ../domain/evidence.ts. Not for several goroutines at a time.
type evidenceWriter struct {
	file    *os.File
	part    byte
	records [recordBytes * mostHeld]byte
	held    int
}

func openEvidence(path string, part int) (*evidenceWriter, error) {
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return nil, err
	}
	return &evidenceWriter{file: file, part: byte(part)}, nil
}

// hold puts one record on the list; it is in the file after flush, which must come before anybody is answered. An id that is
// not ours leaves none.
func (w *evidenceWriter) hold(kind evidenceKind, requestID, payload, key string, flags, step byte) {
	id, ok := parseOperationID(requestID)
	if !ok {
		return
	}
	if w.held == mostHeld {
		w.flush()
	}
	record := w.records[w.held*recordBytes : (w.held+1)*recordBytes]
	w.held++
	binary.LittleEndian.PutUint32(record[0:], id.producer)
	binary.LittleEndian.PutUint32(record[4:], id.sequence)
	binary.LittleEndian.PutUint64(record[8:], math.Float64bits(monotonicNowUs()))
	binary.LittleEndian.PutUint32(record[16:], crc32.ChecksumIEEE(bytesOf(payload)))
	binary.LittleEndian.PutUint32(record[20:], crc32.ChecksumIEEE(bytesOf(key)))
	record[24] = byte(kind)
	record[25] = flags
	record[26] = w.part
	record[27] = step
}

// flush ends this process when the file cannot be written: a service without evidence is none.
func (w *evidenceWriter) flush() {
	if w.held == 0 {
		return
	}
	if _, err := w.file.Write(w.records[:w.held*recordBytes]); err != nil {
		fatal(err)
	}
	w.held = 0
}

func bytesOf(text string) []byte {
	return unsafe.Slice(unsafe.StringData(text), len(text))
}
