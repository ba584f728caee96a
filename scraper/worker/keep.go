package worker

import (
	"cmp"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"os"
	"strings"

	"scrape/results"
	"scrape/results/bodies"
	"scrape/scraper/fetch"
	"scrape/scraper/tempfile"
)

// Keep says what of an answer outlives its attempt.
type Keep struct {
	results.Needs
	// Digest has body_sha256 in the record.
	Digest bool
	// Validators has those of the answer told: see Told.
	Validators bool
	// Dir is where files without a name are made for bodies that are too large to
	// be kept in memory. "": the system's folder for temporary files.
	Dir string
}

// active tells whether bodies are looked at.
func (k *Keep) active() bool { return k.Digest || k.Any() }

// keptInMemory is how much of an answer is kept in memory, in bytes: outside of the
// heap, in a file without a name that goes to the coordinator as it is. Most pages are
// smaller. What is larger goes into a file on disk, so that the pages that wait for a
// slow output, some hundreds, can not take more than their number times this.
const keptInMemory = 256 << 10

// keeper keeps what is read of one answer's body. Its writes do not fail: err says what
// went wrong.
type keeper struct {
	file *os.File // nil until there is something in it
	disk bool     // file is on disk
	err  error    // of file: nothing more is kept

	payload, body results.Content
	payloadHash   hash.Hash // nil: not wanted
	bodyHash      hash.Hash
	keepBody      bool
}

// keep begins to keep the answer's body. Where the body is not coded, its decoded
// form is kept once, though it is hashed twice.
func (a *attempt) keep() {
	k := &process.Keep
	if !k.active() || a.task.IsGate() {
		return
	}
	a.kept = &keeper{}
	var wire, content io.Writer
	if k.Wire {
		a.kept.payloadHash = sha1.New()
		wire = keptPayload{a.kept}
	}
	if k.Digest || k.Body {
		a.kept.bodyHash = sha256.New()
		a.kept.keepBody = k.Body && (!k.Wire || a.resp.Coded())
		a.kept.body.At = bodyAt(process.fetcher.MaxBody())
		content = keptBody{a.kept}
	}
	a.resp.Copy(wire, content)
}

// bodyAt is where decoded bodies begin in the file, behind the largest payload: what
// is between takes no room.
func bodyAt(maxBody int64) int64 {
	const page = 64 << 10
	return (maxBody + page) / page * page
}

type (
	keptPayload struct{ *keeper }
	keptBody    struct{ *keeper }
)

func (k keptPayload) Write(b []byte) (int, error) {
	k.payloadHash.Write(b)
	k.write(b, &k.payload)
	return len(b), nil
}

func (k keptBody) Write(b []byte) (int, error) {
	k.bodyHash.Write(b)
	if k.keepBody {
		k.write(b, &k.body)
	} else {
		k.body.Size += int64(len(b))
	}
	return len(b), nil
}

// write appends to one of the contents.
func (k *keeper) write(b []byte, c *results.Content) {
	if k.err == nil {
		k.err = k.room(len(b))
	}
	if k.err == nil {
		_, k.err = k.file.WriteAt(b, c.At+c.Size)
	}
	c.Size += int64(len(b))
}

// room sees to it that there is a file for so many bytes more.
func (k *keeper) room(n int) (err error) {
	if k.disk {
		return nil
	}
	large := k.inFile()+int64(n) > keptInMemory
	if !large && k.file != nil {
		return nil
	}
	if !large {
		k.file, k.disk, err = newMemory()
		return err
	}
	memory := k.file
	if k.file, err = tempfile.Create(process.Keep.Dir); err != nil {
		k.file = memory
		return err
	}
	k.disk = true
	if memory == nil {
		return nil
	}
	defer memory.Close()
	for _, c := range []results.Content{k.payload, k.body} {
		if c.At > 0 && !k.keepBody {
			continue
		}
		to := io.NewOffsetWriter(k.file, c.At)
		if _, err := io.Copy(to, io.NewSectionReader(memory, c.At, c.Size)); err != nil {
			return err
		}
	}
	return nil
}

// inFile is how many bytes the file has.
func (k *keeper) inFile() int64 {
	n := k.payload.Size
	if k.keepBody {
		n += k.body.Size
	}
	return n
}

// digest is that of the decoded body, if that came whole: "" else.
func (k *keeper) digest(whole bool) string {
	if k == nil || k.bodyHash == nil || !whole {
		return ""
	}
	return hex.EncodeToString(k.bodyHash.Sum(nil))
}

// bodyFile is the name under which the body of a scraped page is kept.
func (k *keeper) bodyFile(mediaType string) string {
	return bodies.Name([32]byte(k.bodyHash.Sum(nil)), mediaType)
}

// exchange is what was said, for sinks, and the file that the bodies are in. It is nil
// where nobody wants it, and where nothing was answered. The error is that of keeping it.
func (a *attempt) exchange(failure *fetch.Error) (*results.Exchange, *os.File, error) {
	k, r := a.kept, a.resp
	if k == nil || !process.Keep.Any() {
		return nil, nil, nil
	}
	if k.err != nil {
		return nil, nil, k.err
	}
	e := &results.Exchange{
		URL:         a.url.WithoutFragment().Redacted(),
		Sent:        r.Sent,
		RemoteAddr:  r.RemoteAddr,
		HTTPVersion: r.Proto,
		Status:      r.Status,
		ContentType: r.ContentType,
	}
	if process.Keep.Wire {
		e.Request, e.Response = r.RequestHead, r.Head
		e.Payload = k.payload
		e.PayloadSHA1 = [20]byte(k.payloadHash.Sum(nil))
		e.Cut = cut(r.Cut())
	}
	if process.Keep.Body && a.hasBody(failure) {
		e.HasBody, e.Body = true, k.body
		if !k.keepBody {
			e.Body.At = 0 // it is the payload
		}
		e.BodySHA256 = [32]byte(k.bodyHash.Sum(nil))
		e.MediaType = a.mediaType()
	} else if !process.Keep.Wire {
		return nil, nil, nil
	}
	file := k.file
	k.file = nil
	return e, file, nil
}

// hasBody tells that there is a body to be kept decoded: that of a page, which came whole.
func (a *attempt) hasBody(failure *fetch.Error) bool {
	return a.kept != nil && a.kept.err == nil && a.resp.Whole() && a.resp.Status < 300 && a.hasPage() &&
		(failure == nil || failure.Kind == results.Parse)
}

// mediaType is what the page is, by its first bytes where its header is wrong.
func (a *attempt) mediaType() string {
	is, _, _ := strings.Cut(cmp.Or(a.content.MediaType, a.resp.ContentType), ";")
	return strings.ToLower(strings.TrimSpace(is))
}

// cut is a reason of WARC 1.1, section 5.13, for why a body is not whole.
func cut(why error) string {
	if why == nil {
		return ""
	}
	e, ok := errors.AsType[*fetch.Error](why)
	switch {
	case !ok:
		return "unspecified"
	case e.Kind == results.TooLarge:
		return "length"
	case e.Kind == results.Timeout:
		return "time"
	case e.Kind == results.Protocol, e.Kind == results.Connect:
		return "disconnect"
	}
	return "unspecified"
}

// close lets go of what is not handed on.
func (k *keeper) close() {
	if k != nil && k.file != nil {
		k.file.Close()
		k.file = nil
	}
}
