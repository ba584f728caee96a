package state

import (
	"encoding/binary"
	"errors"

	"scrape/scraper/fetch"
)

// standing is how a URL was when it was asked for last.
type standing byte

const (
	scraped standing = iota
	failing
	gone // 404 or 410, of what was scraped before
	standings
)

var standingNames = [standings]string{scraped: "scraped", failing: "failing", gone: "gone"}

// entry is what is known of a URL.
type entry struct {
	standing                        standing
	failures                        uint64 // in a row
	firstSeen, lastSeen, lastChange int64  // Unix time, in seconds

	// Of the content that was seen last; zero before there was any.

	asked    uint64 // what was asked for: Options.Asked
	body     string // its digest; "" where it is not known
	data     string // that of what was extracted; "" before there was any content
	stored   bool   // what was extracted is kept as a whole
	bodyFile string // where the body was kept
	fetch.Validators
}

// seen tells whether there was any content.
func (e *entry) seen() bool { return e != nil && e.data != "" }

// entryVersion is the first byte of an entry as it is stored.
const entryVersion = 1

// append appends the entry as it is stored.
func (e *entry) append(b []byte) []byte {
	b = append(b, entryVersion, byte(e.standing))
	b = binary.AppendUvarint(b, e.failures)
	for _, t := range []int64{e.firstSeen, e.lastSeen, e.lastChange} {
		b = binary.AppendVarint(b, t)
	}
	b = binary.LittleEndian.AppendUint64(b, e.asked)
	stored := byte(0)
	if e.stored {
		stored = 1
	}
	b = append(b, stored)
	for _, s := range []string{e.body, e.data, e.bodyFile, e.ETag, e.LastModified} {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	return b
}

var errEntry = errors.New("what it holds of a URL cannot be read")

// parseEntry reads what append wrote.
func parseEntry(b []byte) (*entry, error) {
	e := new(entry)
	if len(b) < 2 || b[0] != entryVersion || b[1] >= byte(standings) {
		return nil, errEntry
	}
	e.standing = standing(b[1])
	b = b[2:]
	n := 0
	e.failures, n = binary.Uvarint(b)
	if n <= 0 {
		return nil, errEntry
	}
	b = b[n:]
	for _, t := range []*int64{&e.firstSeen, &e.lastSeen, &e.lastChange} {
		if *t, n = binary.Varint(b); n <= 0 {
			return nil, errEntry
		}
		b = b[n:]
	}
	if len(b) < 9 || b[8] > 1 {
		return nil, errEntry
	}
	e.asked, e.stored = binary.LittleEndian.Uint64(b), b[8] == 1
	b = b[9:]
	for _, s := range []*string{&e.body, &e.data, &e.bodyFile, &e.ETag, &e.LastModified} {
		length, n := binary.Uvarint(b)
		if n <= 0 || length > uint64(len(b)-n) {
			return nil, errEntry
		}
		*s = string(b[n : n+int(length)])
		b = b[n+int(length):]
	}
	if len(b) > 0 {
		return nil, errEntry
	}
	return e, nil
}
