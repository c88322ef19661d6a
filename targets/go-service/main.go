// The reference service in Go: the orders of ../domain over net/http or grpc-go, told what to do by its parent over Node's
// IPC, and with the same evidence of what it received and applied.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"strconv"
	"sync"
	"syscall"
	"time"
)

const closeDeadline = 1500 * time.Millisecond

// servers returns, by protocol, what closes the listener and its connections again.
var servers = map[string]func(net.Listener, *orderDomain, serviceOptions) func(){"rest": serveREST, "grpc": serveGRPC}

func main() {
	signal.Ignore(syscall.SIGINT) // Ctrl-C is the harness's to handle
	parent, err := openParent()
	if err != nil {
		fatal(err)
	}
	service := &hostedService{parent: parent}
	for {
		command, err := parent.next()
		if errors.Is(err, io.EOF) {
			os.Exit(0) // the parent is gone
		}
		if err != nil {
			fatal(err)
		}
		service.obey(command)
	}
}

// command is what the parent says: ServiceCommand of ../domain/host-service.ts.
type command struct {
	Type      string          `json:"type"`
	Options   serviceOptions  `json:"options"`
	Settings  domainSettings  `json:"settings"`
	Failpoint *armedFailpoint `json:"failpoint"`
}

type report map[string]any

type hostedService struct {
	parent   *parent
	options  serviceOptions
	evidence *evidenceWriter
	domain   *orderDomain
	close    func()
	finished sync.Once
}

func (s *hostedService) obey(told command) {
	switch told.Type {
	case "start":
		if err := s.begin(told.Options); err != nil {
			s.parent.say(report{"type": "failed", "message": err.Error()})
		} else {
			s.parent.say(report{"type": "ready"})
		}
	case "adjust":
		s.parent.say(report{"type": "adjusted", "operations": s.domain.adjust(told.Settings)})
	case "arm":
		s.domain.arm(told.Failpoint)
		s.parent.say(report{"type": "armed"})
	case "release": // without a broker it holds nothing
		s.parent.say(report{"type": "released"})
	case "consume":
		s.parent.say(report{"type": "consuming"})
	case "pending":
		s.parent.say(report{"type": "pending", "inHand": []string{}, "queued": nil})
	case "stop":
		go s.end()
	}
}

func (s *hostedService) begin(options serviceOptions) error {
	if err := options.unable(); err != nil {
		return err
	}
	serve, ok := servers[options.Protocol]
	if !ok {
		return fmt.Errorf("the Go service does not speak %s", options.Protocol)
	}
	if options.StatePath == "" {
		options.StatePath = options.EvidencePath + ".state"
	}
	evidence, err := openEvidence(options.EvidencePath, options.Part)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(options.listenHost(), strconv.Itoa(options.Port)))
	if err != nil {
		return err
	}
	s.options, s.evidence = options, evidence
	s.domain = newOrderDomain(options, evidence)
	s.close = serve(listener, s.domain, options)
	return nil
}

func (s *hostedService) end() {
	// A peer that never closes must not keep the process: the parent's own deadline comes later than this one.
	time.AfterFunc(closeDeadline, s.finish)
	if s.close != nil {
		s.close()
	}
	s.finish()
}

// finish: from here on nothing is done any more, so that what is on record and what is in the state are of one moment.
func (s *hostedService) finish() {
	s.finished.Do(func() {
		words := report{
			"type": "stopped", "chargedCents": nil, "rebalances": nil, "operations": 0, "brokerRequests": nil,
			"storeFailures": report{"requests": 0, "why": ""},
		}
		if s.domain != nil {
			s.domain.mutex.Lock() // for good
			s.evidence.flush()
			words["operations"] = s.domain.operations
			words["chargedCents"] = s.domain.store.chargedCents
			if err := s.domain.store.held.writeTo(s.options.StatePath); err != nil {
				fmt.Fprintf(os.Stderr, "its state is not known: %v\n", err) // no file says so to the parent
			}
		}
		s.parent.say(words)
		os.Exit(0)
	})
}

// parent is the channel of Node's child_process: lines of JSON, both ways, on a descriptor that the environment names.
type parent struct {
	lines *bufio.Reader
	mutex sync.Mutex
	out   io.Writer
}

func openParent() (*parent, error) {
	descriptor, err := strconv.Atoi(os.Getenv("NODE_CHANNEL_FD"))
	if err != nil {
		return nil, errors.New("this is a part of Wirebench, which starts it: there is no channel to its parent")
	}
	syscall.CloseOnExec(descriptor)
	channel := os.NewFile(uintptr(descriptor), "parent")
	return &parent{lines: bufio.NewReader(channel), out: channel}, nil
}

func (p *parent) next() (command, error) {
	var told command
	line, err := p.lines.ReadBytes('\n')
	if err != nil {
		return told, err
	}
	return told, json.Unmarshal(line, &told)
}

func (p *parent) say(what report) {
	line, err := json.Marshal(what)
	if err != nil {
		fatal(err)
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	_, _ = p.out.Write(append(line, '\n')) // to a parent that is gone nothing needs to be said
}

func fatal(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
