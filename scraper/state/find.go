package state

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"net/http"
	"strconv"

	"scrape/results"
	"scrape/scraper/fetch"
)

// found is what a record tells.
type found struct {
	answer
	content content
	url     string // or the line as it was given, where it is none
}

// find reads a record.
func (s *State) find(r *results.Record, v fetch.Validators) *found {
	f := new(found)
	f.scraped, f.at, f.asked, f.byData, f.Validators = r.Outcome == results.Scraped, s.now().Unix(), s.o.Asked, s.o.ByData, v
	var url, input []byte
	results.EachMember(r.Raw(), func(key, value []byte) {
		switch string(key) {
		case "url":
			url = value
		case "input":
			input = value
		case "status":
			f.status, _ = strconv.Atoi(string(value))
		case "body_sha256":
			if text, err := results.Unquote(value); err == nil {
				sum, _ := hex.DecodeString(text)
				f.body = string(sum)
			}
		case "body_file":
			f.bodyFile, _ = results.Unquote(value)
		default:
			f.content.take(key, value)
		}
	})
	f.missing = r.Kind == results.HTTPStatus && (f.status == http.StatusNotFound || f.status == http.StatusGone)
	if url == nil {
		url = input
	}
	f.url, _ = results.Unquote(url)
	if s.o.Text {
		f.content.separate()
	}
	f.data = f.content.digest()
	if f.stored = f.content.size() <= mostContent; !f.stored {
		f.content = content{cut: true}
	}
	return f
}

// digest stands for what was extracted.
func (c *content) digest() string {
	hash := sha256.New()
	for i, v := range c.values {
		if contentKeys[i].digests {
			hash.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(v))))
			hash.Write(v)
		}
	}
	const enough = 16 // bytes
	return string(hash.Sum(nil)[:enough])
}
