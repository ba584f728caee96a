package state

import (
	"errors"
	"sync"
	"unicode/utf8"

	"github.com/klauspost/compress/zstd"

	"scrape/results"
)

// Bounds on what is kept of a page, in bytes. What was extracted is kept as a whole or
// not at all, since it is to be repeated; of a text, which is for diffs alone, the
// beginning.
const (
	mostContent = 1 << 20
	mostText    = 256 << 10
)

// contentKeys are the keys of a record that are kept to be repeated; digests say which
// of them are the content.
var contentKeys = [...]struct {
	name    string
	digests bool
}{
	{"content_type", false}, {"media_type", false}, {"charset", false},
	{"title", true}, {"links", true}, {"data", true}, {"truncated", false},
}

// content is what a page had, as JSON; values that it had not are nil.
type content struct {
	values [len(contentKeys)][]byte // in the order of contentKeys
	text   []byte                   // for diffs, not for records
	cut    bool                     // not all of it is there
}

// take takes a member of a record.
func (c *content) take(key, value []byte) {
	for i := range contentKeys {
		if string(key) == contentKeys[i].name {
			c.values[i] = value
			return
		}
	}
}

func (c *content) size() (n int) {
	for _, v := range c.values {
		n += len(v)
	}
	return n
}

// separate makes the data, which holds but a text, the text for diffs.
func (c *content) separate() {
	for i := range contentKeys {
		switch contentKeys[i].name {
		case "data":
			results.EachInner(c.values[i], func(name, value []byte) {
				if string(name) == "text" {
					c.text = value
				}
			})
			c.values[i] = nil
		case "truncated":
			c.values[i] = nil // it names but the text
		}
	}
	if len(c.text) <= mostText {
		return
	}
	whole, err := results.Unquote(c.text)
	if err != nil {
		c.text = nil // it is no text
		return
	}
	n := min(mostText, len(whole))
	for n > 0 && n < len(whole) && !utf8.RuneStart(whole[n]) {
		n--
	}
	c.text, c.cut = results.AppendString(nil, whole[:n]), true
}

// An encoded content begins with a byte that says how the JSON behind it is packed.
const (
	unpacked byte = iota
	packed
)

// pack is worth it from so many bytes on.
const packFrom = 200

var (
	encoder = sync.OnceValue(func() *zstd.Encoder {
		e, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true))
		if err != nil {
			panic(err) // the options are right
		}
		return e
	})
	decoder = sync.OnceValue(func() *zstd.Decoder {
		d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(4*mostContent))
		if err != nil {
			panic(err)
		}
		return d
	})
)

// encode is the content as it is stored.
func (c *content) encode() []byte {
	text := append(make([]byte, 0, c.size()+len(c.text)+128), '{')
	add := func(key string, value []byte) {
		if len(value) == 0 {
			return
		}
		if len(text) > 1 {
			text = append(text, ',')
		}
		text = append(append(append(append(text, '"'), key...), `":`...), value...)
	}
	for i, v := range c.values {
		add(contentKeys[i].name, v)
	}
	add("text", c.text)
	if c.cut {
		add("cut", []byte("true"))
	}
	text = append(text, '}')
	if len(text) < packFrom {
		return append([]byte{unpacked}, text...)
	}
	return encoder().EncodeAll(text, []byte{packed})
}

var errContent = errors.New("what it holds of a page cannot be read")

// parseContent reads what encode wrote. No value can break out of a record.
func parseContent(b []byte) (*content, error) {
	if len(b) == 0 {
		return nil, errContent
	}
	text := b[1:]
	switch b[0] {
	case unpacked:
	case packed:
		var err error
		if text, err = decoder().DecodeAll(text, nil); err != nil {
			return nil, errContent
		}
	default:
		return nil, errContent
	}
	if !fitsRecord(text) {
		return nil, errContent
	}
	c := new(content)
	ok := results.EachMember(text, func(key, value []byte) {
		switch string(key) {
		case "text":
			c.text = value
		case "cut":
			c.cut = true
		default:
			c.take(key, value)
		}
	})
	if !ok {
		return nil, errContent
	}
	return c, nil
}

// fitsRecord tells whether the members of an object can stand in a record: whether
// they are of the right types, and harmless to a terminal. Somebody else can have
// written to the file.
func fitsRecord(object []byte) bool {
	if len(object) < 2 || object[0] != '{' {
		return false
	}
	record := `{"schema":1,"outcome":"scraped"}`
	if inner := object[1:]; len(inner) > 1 {
		record = `{"schema":1,"outcome":"scraped",` + string(inner)
	}
	r, err := results.ParseRecord([]byte(record))
	return err == nil && string(r.Raw()) == record
}
