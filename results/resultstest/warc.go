package resultstest

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha1"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// WARCRecord is one of a web archive, as a strict reader has it.
type WARCRecord struct {
	Field map[string]string
	Block []byte
}

// Kind is the record's type, such as "response".
func (r WARCRecord) Kind() string { return r.Field["WARC-Type"] }

var (
	idForm   = regexp.MustCompile(`^<urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}>$`)
	wantType = map[string]string{
		"warcinfo": "application/warc-fields",
		"response": "application/http;msgtype=response",
		"revisit":  "application/http;msgtype=response",
		"request":  "application/http;msgtype=request",
		"metadata": "application/json",
	}
)

// ReadWARC reads a file whose members are one record each, and refuses all that the
// standard (ISO 28500:2017) does not allow, or that is not as package warc says.
func ReadWARC(file []byte) (records []WARCRecord, err error) {
	ids := map[string]bool{}
	for len(file) > 0 {
		rest := bytes.NewReader(file)
		z, err := gzip.NewReader(rest) // a bytes.Reader is read no further than the member goes
		if err != nil {
			return nil, err
		}
		z.Multistream(false)
		member, err := io.ReadAll(z)
		if err != nil {
			return nil, err
		}
		file = file[len(file)-rest.Len():]
		r, err := readWARCRecord(member)
		if err == nil {
			err = r.check(ids)
		}
		if err != nil {
			return nil, fmt.Errorf("record %d: %w in %q", len(records)+1, err, member[:min(len(member), 1000)])
		}
		ids[r.Field["WARC-Record-ID"]] = true
		records = append(records, r)
	}
	if len(records) > 0 && records[0].Kind() != "warcinfo" {
		return nil, errors.New("the first record is no warcinfo")
	}
	return records, nil
}

func readWARCRecord(member []byte) (r WARCRecord, err error) {
	head, block, found := bytes.Cut(member, []byte("\r\n\r\n"))
	if !found {
		return r, errors.New("no end of the header")
	}
	version, lines, _ := strings.Cut(string(head), "\r\n")
	if version != "WARC/1.1" {
		return r, fmt.Errorf("version %q", version)
	}
	r.Field = map[string]string{}
	for line := range strings.SplitSeq(lines, "\r\n") {
		name, value, found := strings.Cut(line, ": ")
		if _, twice := r.Field[name]; twice || !found || strings.ContainsAny(value, "\r\n") {
			return r, fmt.Errorf("field %q", line)
		}
		r.Field[name] = value
	}
	n, err := strconv.Atoi(r.Field["Content-Length"])
	if err != nil || len(block) != n+4 || string(block[n:]) != "\r\n\r\n" {
		return r, fmt.Errorf("length %q of %d bytes", r.Field["Content-Length"], len(block))
	}
	r.Block = block[:n]
	return r, nil
}

func (r WARCRecord) check(ids map[string]bool) error {
	if id := r.Field["WARC-Record-ID"]; !idForm.MatchString(id) || ids[id] {
		return fmt.Errorf("id %q", id)
	}
	if _, err := time.Parse("2006-01-02T15:04:05.000000Z", r.Field["WARC-Date"]); err != nil {
		return err
	}
	if want := wantType[r.Kind()]; want == "" || r.Field["Content-Type"] != want {
		return fmt.Errorf("type %q with content %q", r.Kind(), r.Field["Content-Type"])
	}
	if got := r.Field["WARC-Block-Digest"]; got != WARCDigest(r.Block) {
		return fmt.Errorf("block digest %q", got)
	}
	if info := r.Field["WARC-Warcinfo-ID"]; (r.Kind() == "warcinfo") != (info == "") || info != "" && !ids[info] {
		return fmt.Errorf("warcinfo %q", info)
	}
	if to := r.Field["WARC-Concurrent-To"]; to != "" && !ids[to] {
		return fmt.Errorf("concurrent to %q", to)
	}
	switch r.Kind() {
	case "response", "revisit":
		head, payload, err := r.HTTP()
		if err != nil {
			return err
		}
		if head.Get("Transfer-Encoding") != "" {
			return errors.New("a transfer coding that is undone")
		}
		if r.Kind() == "response" && r.Field["WARC-Payload-Digest"] != WARCDigest(payload) {
			return fmt.Errorf("payload digest %q", r.Field["WARC-Payload-Digest"])
		}
		if r.Kind() == "revisit" && (len(payload) > 0 || r.Field["WARC-Refers-To-Target-URI"] == "" || !r.revisits()) {
			return errors.New("a revisit of nothing")
		}
	case "request":
		if _, _, err := r.HTTP(); err != nil {
			return err
		}
		if r.Field["WARC-Concurrent-To"] == "" {
			return errors.New("a request of nothing")
		}
	}
	return nil
}

// revisits tells whether a revisit has what its profile asks for.
func (r WARCRecord) revisits() bool {
	switch profile, _ := strings.CutPrefix(r.Field["WARC-Profile"], "http://netpreserve.org/warc/1.1/revisit/"); profile {
	case "identical-payload-digest":
		return r.Field["WARC-Refers-To-Date"] != ""
	case "server-not-modified":
		return r.Field["WARC-Payload-Digest"] == "" && bytes.HasPrefix(r.Block, []byte("HTTP/1.1 304 "))
	}
	return false
}

// HTTP takes the message in a block apart.
func (r WARCRecord) HTTP() (head textproto.MIMEHeader, body []byte, err error) {
	b := bufio.NewReader(bytes.NewReader(r.Block))
	t := textproto.NewReader(b)
	line, err := t.ReadLine()
	if err != nil || !strings.Contains(line, "HTTP/1.") {
		return nil, nil, fmt.Errorf("message begins with %q: %w", line, err)
	}
	if head, err = t.ReadMIMEHeader(); err != nil {
		return nil, nil, err
	}
	body, err = io.ReadAll(b)
	return head, body, err
}

// WARCDigest is the SHA-1 of b as WARC has it.
func WARCDigest(b []byte) string {
	sum := sha1.Sum(b)
	return "sha1:" + base32.StdEncoding.EncodeToString(sum[:])
}
