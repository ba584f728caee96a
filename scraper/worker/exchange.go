package worker

import (
	"encoding/binary"
	"math"

	"scrape/results"
)

func appendExchange(b []byte, e *results.Exchange) []byte {
	if e == nil {
		return append(b, 0)
	}
	b = appendTime(appendString(append(b, 1), e.URL), e.Sent)
	b = appendString(appendString(b, e.RemoteAddr), e.HTTPVersion)
	b = appendString(binary.AppendUvarint(b, uint64(e.Status)), e.ContentType)
	b = appendString(appendString(b, string(e.Request)), string(e.Response))
	b = append(appendContent(b, e.Payload), e.PayloadSHA1[:]...)
	b = appendBool(appendString(b, e.Cut), e.HasBody)
	if e.HasBody {
		b = append(appendContent(b, e.Body), e.BodySHA256[:]...)
		b = appendString(b, e.MediaType)
	}
	return b
}

func appendContent(b []byte, c results.Content) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(b, uint64(c.At)), uint64(c.Size))
}

// exchange keeps the decoder's bytes.
func (d *decoder) exchange() *results.Exchange {
	if !d.bool() {
		return nil
	}
	e := &results.Exchange{
		URL: d.string(), Sent: d.time(),
		RemoteAddr: d.string(), HTTPVersion: d.string(),
		Status: int(d.uvarint()), ContentType: d.string(),
		Request: d.bytes(), Response: d.bytes(),
		Payload: d.content(),
	}
	d.array(e.PayloadSHA1[:])
	e.Cut = d.string()
	if e.HasBody = d.bool(); e.HasBody {
		e.Body = d.content()
		d.array(e.BodySHA256[:])
		e.MediaType = d.string()
	}
	if d.failed {
		return nil
	}
	return e
}

func (d *decoder) content() results.Content {
	at, size := d.uvarint(), d.uvarint()
	if at > math.MaxInt64/2 || size > math.MaxInt64/2 {
		d.b, d.failed = nil, true
		return results.Content{}
	}
	return results.Content{At: int64(at), Size: int64(size)}
}

// array fills an array.
func (d *decoder) array(into []byte) {
	if len(d.b) < len(into) {
		d.b, d.failed = nil, true
		return
	}
	d.b = d.b[copy(into, d.b):]
}
