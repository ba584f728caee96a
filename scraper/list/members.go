package list

import (
	"bytes"
	"iter"

	"scrape/scraper/rawjson"
)

// members are the keys and values of a JSON object, as they are spelt, in their
// order and with repetitions. The object must be valid JSON, without white
// space around it.
func members(object []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, value []byte) bool) {
		rest := bytes.TrimLeft(object[1:], rawjson.Space)
		for rest[0] != '}' {
			key := rest[:rawjson.ValueEnd(rest)]
			rest = bytes.TrimLeft(rest[len(key):], rawjson.Space)
			rest = bytes.TrimLeft(rest[len(":"):], rawjson.Space)
			value := rest[:rawjson.ValueEnd(rest)]
			if !yield(key, value) {
				return
			}
			rest = bytes.TrimLeft(rest[len(value):], rawjson.Space)
			if rest[0] == ',' {
				rest = bytes.TrimLeft(rest[1:], rawjson.Space)
			}
		}
	}
}
