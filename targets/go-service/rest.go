package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"mime"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The largest payload and the JSON around it.
const bodyLimitBytes = 17 * 1024 * 1024

const jsonType = "application/json; charset=utf-8"

// restAPI is the orders as a REST API, as ../rest/service.ts has it: conditional requests, problem details, hand-over by
// RFC 7240.
type restAPI struct {
	domain *orderDomain
	// For refusals that may pass; nil: nothing is said.
	retryAfterMs *float64
}

func serveREST(listener net.Listener, domain *orderDomain, options serviceOptions) func() {
	api := &restAPI{domain, options.RetryAfterMs}
	routes := http.NewServeMux()
	routes.HandleFunc("/v1/orders", byMethod{"GET": api.list, "POST": api.place}.serve)
	routes.HandleFunc("/v1/orders/{id}", byMethod{"GET": api.get, "PUT": api.update, "DELETE": api.cancel}.serve)
	routes.HandleFunc("/v1/payments", byMethod{"POST": api.pay}.serve)
	routes.HandleFunc("/v1/batch", byMethod{"POST": api.batch}.serve)
	routes.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		sendProblem(w, 404, "noSuchResource", fmt.Sprintf("There is nothing at %s.", r.URL))
	})
	server := &http.Server{Handler: routes, MaxHeaderBytes: 12 << 10}
	go server.Serve(listener)
	return func() { server.Close() }
}

type byMethod map[string]http.HandlerFunc

func (methods byMethod) serve(w http.ResponseWriter, r *http.Request) {
	method := r.Method
	if method == "HEAD" {
		method = "GET"
	}
	if handle, ok := methods[method]; ok {
		handle(w, r)
		return
	}
	var allowed []string
	for _, one := range []string{"GET", "POST", "PUT", "DELETE"} {
		if methods[one] == nil {
			continue
		}
		allowed = append(allowed, one)
		if one == "GET" {
			allowed = append(allowed, "HEAD")
		}
	}
	allow := strings.Join(allowed, ", ")
	w.Header().Set("Allow", allow)
	sendProblem(w, 405, "methodNotAllowed", fmt.Sprintf("Only %s can be done here.", allow))
}

func (a *restAPI) list(w http.ResponseWriter, r *http.Request) {
	a.perform(w, r, orderRequest{action: list, requestID: requestIDOf(r)}, func(result orderReply) {
		w.Header().Set("Cache-Control", "no-store")
		sendJSON(w, 200, result.orders)
	})
}

func (a *restAPI) get(w http.ResponseWriter, r *http.Request) {
	a.perform(w, r, orderRequest{action: get, requestID: requestIDOf(r), orderID: r.PathValue("id")}, func(result orderReply) {
		w.Header().Set("Cache-Control", "private, no-cache")
		w.Header().Set("ETag", entityTag(result.order.Version))
		if noneMatches(r.Header.Get("If-None-Match"), result.order.Version) {
			sendJSON(w, 200, result.order)
		} else {
			w.WriteHeader(304)
		}
	})
}

func (a *restAPI) place(w http.ResponseWriter, r *http.Request) {
	var body struct{ ID, Key, Payload string }
	if !readBody(w, r, &body, "invalidOrder", "An order has an id and may have a key and a payload, all text.") {
		return
	}
	w.Header().Set("Location", "/v1/orders/"+url.PathEscape(body.ID))
	asked := orderRequest{action: place, requestID: requestIDOf(r), orderID: body.ID, key: body.Key, payload: body.Payload}
	a.perform(w, r, asked, func(result orderReply) { sendOrder(w, 201, result.order) })
}

func (a *restAPI) pay(w http.ResponseWriter, r *http.Request) {
	const expected = "A payment has an id and an account, both text."
	var body struct {
		ID      string
		Account *string
	}
	if !readBody(w, r, &body, "invalidPayment", expected) {
		return
	}
	if body.Account == nil {
		sendProblem(w, 400, "invalidPayment", expected)
		return
	}
	asked := orderRequest{action: pay, requestID: requestIDOf(r), orderID: body.ID, key: *body.Account}
	a.perform(w, r, asked, func(result orderReply) { sendOrder(w, 201, result.order) })
}

func (a *restAPI) update(w http.ResponseWriter, r *http.Request) {
	var body struct{ Payload string }
	if readBody(w, r, &body, "invalidOrder", "The payload of an order is text.") {
		a.change(w, r, orderRequest{action: update, payload: body.Payload})
	}
}

func (a *restAPI) cancel(w http.ResponseWriter, r *http.Request) {
	a.change(w, r, orderRequest{action: cancel})
}

func (a *restAPI) change(w http.ResponseWriter, r *http.Request, asked orderRequest) {
	asked.requestID, asked.orderID = requestIDOf(r), r.PathValue("id")
	asked.ifVersions = versionsToMatch(r.Header.Get("If-Match"))
	a.perform(w, r, asked, func(result orderReply) { sendOrder(w, 200, result.order) })
}

// batch takes an array of items, and answers what became of each, in their order, codes first.
func (a *restAPI) batch(w http.ResponseWriter, r *http.Request) {
	var body []json.RawMessage
	if !readBody(w, r, &body, "invalidBatch", "A batch is an array of requests.") {
		return
	}
	if body == nil {
		sendProblem(w, 400, "invalidBatch", "A batch is an array of requests.")
		return
	}
	items := make([]orderItem, len(body))
	for n, text := range body {
		items[n] = itemFromJSON(text)
	}
	answer := struct {
		Codes  []replyCode `json:"codes"`
		Orders []any       `json:"orders"`
	}{make([]replyCode, len(items)), make([]any, len(items))}
	for n, reply := range a.domain.handleBatch(items) {
		answer.Codes[n], answer.Orders[n] = reply.code, reply.order
		if reply.orders != nil {
			answer.Orders[n] = reply.orders
		}
	}
	sendJSON(w, 200, answer)
}

func itemFromJSON(text json.RawMessage) orderItem {
	var fields struct {
		ID       *string
		Action   action
		Order    string
		Key      string
		Payload  string
		HandOver any
	}
	isRequest := json.Unmarshal(text, &fields) == nil && fields.ID != nil && knownActions[fields.Action]
	if !isRequest {
		return orderItem{}
	}
	request := orderRequest{
		action: fields.Action, requestID: *fields.ID, orderID: fields.Order, key: fields.Key, payload: fields.Payload,
	}
	return orderItem{request: request, isRequest: true, isHandedOver: fields.HandOver == true}
}

// perform: what was done is answered by answer, refusals and hand-overs here.
func (a *restAPI) perform(w http.ResponseWriter, r *http.Request, asked orderRequest, answer func(orderReply)) {
	if !asked.action.isRead() && respondAsync.MatchString(r.Header.Get("Prefer")) {
		if result := a.domain.handOver(asked); result.code != accepted {
			a.refuse(w, result, asked)
			return
		}
		w.Header().Set("Preference-Applied", "respond-async")
		w.WriteHeader(202)
		return
	}
	result := a.domain.ask(asked)
	if result.code == done || result.code == created {
		answer(result)
	} else {
		a.refuse(w, result, asked)
	}
}

var respondAsync = regexp.MustCompile(`(?i)(^|,)\s*respond-async\s*(;|,|$)`)

func (a *restAPI) refuse(w http.ResponseWriter, result orderReply, asked orderRequest) {
	w.Header().Del("Location")
	switch result.code {
	case notFound:
		sendProblem(w, 404, "notFound", fmt.Sprintf("There is no order %s.", asked.orderID))
	case conflict:
		if asked.ifVersions != nil && !slices.Contains(asked.ifVersions, result.order.Version) {
			w.Header().Set("ETag", entityTag(result.order.Version))
			sendProblem(w, 412, "versionChanged", fmt.Sprintf("Order %s has version %d.", asked.orderID, result.order.Version))
			return
		}
		sendProblem(w, 409, "conflict", fmt.Sprintf("Order %s is already cancelled.", asked.orderID))
	case unavailable:
		if a.retryAfterMs != nil { // HTTP knows whole seconds only
			w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(*a.retryAfterMs/1e3))))
		}
		sendProblem(w, 503, "unavailable", "The order service takes no more at the moment.")
	default:
		sendProblem(w, 400, "invalidOrder", "An order needs an id.")
	}
}

func requestIDOf(r *http.Request) string {
	if key := r.Header.Get("Idempotency-Key"); key != "" {
		return key
	}
	return r.Header.Get("X-Request-Id")
}

// readBody answers itself, and returns false, where the body is not what was expected.
func readBody(w http.ResponseWriter, r *http.Request, body any, code, expected string) bool {
	if mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || mediaType != "application/json" {
		sendProblem(w, 415, "invalidRequest", "Bodies are read as application/json.")
		return false
	}
	content, err := wholeBody(w, r)
	if err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			sendProblem(w, 413, "invalidRequest", "The body is larger than what is taken.")
		} else {
			sendProblem(w, 400, "invalidRequest", "The body did not come whole.")
		}
		return false
	}
	err = json.Unmarshal(content, body)
	if err == nil {
		return true
	}
	var otherType *json.UnmarshalTypeError
	if errors.As(err, &otherType) {
		sendProblem(w, 400, code, expected)
	} else {
		sendProblem(w, 400, "invalidRequest", "The body is not application/json.")
	}
	return false
}

// wholeBody refuses at once what says itself that it is too large.
func wholeBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.ContentLength > bodyLimitBytes {
		w.Header().Set("Connection", "close")
		return nil, &http.MaxBytesError{Limit: bodyLimitBytes}
	}
	content := bytes.NewBuffer(make([]byte, 0, max(r.ContentLength, 0)+bytes.MinRead))
	_, err := io.Copy(content, http.MaxBytesReader(w, r.Body, bodyLimitBytes))
	return content.Bytes(), err
}

func sendOrder(w http.ResponseWriter, status int, one *order) {
	w.Header().Set("ETag", entityTag(one.Version))
	sendJSON(w, status, one)
}

func sendJSON(w http.ResponseWriter, status int, value any) {
	send(w, status, jsonType, value)
}

type problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	Code   string `json:"code"`
}

// sendProblem: RFC 9457. The code is a stable word for programs; the type is a URN because it leads nowhere.
func sendProblem(w http.ResponseWriter, status int, code, detail string) {
	send(w, status, "application/problem+json", problem{"urn:wirebench:problem:" + code, http.StatusText(status), status, detail, code})
}

func send(w http.ResponseWriter, status int, contentType string, value any) {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false) // as long as that of the other services
	if err := encoder.Encode(value); err != nil {
		fatal(err)
	}
	content := bytes.TrimSuffix(body.Bytes(), []byte("\n"))
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(content)))
	w.WriteHeader(status)
	w.Write(content)
}

func entityTag(version int) string {
	return `"` + strconv.Itoa(version) + `"`
}

var listedTag = regexp.MustCompile(`(?:W/)?"[^"]*"|\*`)

// noneMatches compares weakly: `W/` does not matter.
func noneMatches(header string, version int) bool {
	if header == "" {
		return true
	}
	for _, tag := range listedTag.FindAllString(header, -1) {
		if tag == "*" || strings.TrimPrefix(tag, "W/") == entityTag(version) {
			return false
		}
	}
	return true
}

var strongTag = regexp.MustCompile(`^"(\d{1,15})"$`)

// versionsToMatch returns nil for any; it compares strongly, so weak tags and foreign ones match none.
func versionsToMatch(header string) []int {
	if header == "" || strings.TrimSpace(header) == "*" {
		return nil
	}
	versions := []int{}
	for _, tag := range listedTag.FindAllString(header, -1) {
		if strong := strongTag.FindStringSubmatch(tag); strong != nil {
			version, _ := strconv.Atoi(strong[1])
			versions = append(versions, version)
		}
	}
	return versions
}
