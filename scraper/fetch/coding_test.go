package fetch

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/sync/semaphore"

	"scrape/results"
)

// encodeAll applies codings to what r holds, as a Content-Encoding names them.
// "raw" is deflate without zlib around it.
func encodeAll(t testing.TB, coding string, r io.Reader) []byte {
	t.Helper()
	var data bytes.Buffer
	var w io.WriteCloser
	switch coding {
	case "":
		w = struct {
			io.Writer
			io.Closer
		}{&data, io.NopCloser(nil)}
	case "gzip":
		w = gzip.NewWriter(&data)
	case "deflate":
		w = zlib.NewWriter(&data)
	case "raw":
		w, _ = flate.NewWriter(&data, flate.DefaultCompression)
	case "br":
		w = brotli.NewWriterLevel(&data, 3)
	case "zstd":
		w, _ = zstd.NewWriter(&data, zstd.WithEncoderConcurrency(1))
	default:
		t.Fatalf("no encoder for %q", coding)
	}
	if _, err := io.Copy(w, r); err != nil {
		t.Fatal(err)
	}
	if coding != "" {
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return data.Bytes()
}

// encode applies a list of codings, the first one first.
func encode(t testing.TB, list, page string) []byte {
	t.Helper()
	data := []byte(page)
	for coding := range strings.SplitSeq(list, ", ") {
		data = encodeAll(t, coding, bytes.NewReader(data))
	}
	return data
}

func TestDecode(t *testing.T) {
	page := strings.Repeat("<p>Ein schöner Tag.</p>\n", 2_000)
	plain := []byte(page)
	tests := []struct {
		name   string
		header []string
		body   []byte
		want   string // "": page
	}{
		{name: "none", header: nil, body: plain},
		{name: "identity", header: []string{"identity"}, body: plain},
		{name: "nothing named", header: []string{" , "}, body: plain},
		{name: "gzip", header: []string{"gzip"}, body: encode(t, "gzip", page)},
		{name: "x-gzip in capitals", header: []string{"X-GZip"}, body: encode(t, "gzip", page)},
		{name: "zlib", header: []string{"deflate"}, body: encode(t, "deflate", page)},
		{name: "bare deflate", header: []string{"deflate"}, body: encode(t, "raw", page)},
		{name: "bare deflate of one byte", header: []string{"deflate"}, body: encode(t, "raw", "x"), want: "x"},
		{name: "br", header: []string{"br"}, body: encode(t, "br", page)},
		{name: "zstd", header: []string{"zstd"}, body: encode(t, "zstd", page)},
		{name: "gzip members", header: []string{"gzip"}, body: slices.Concat(encode(t, "gzip", page[:100]), encode(t, "gzip", ""), encode(t, "gzip", page[100:]))},
		{name: "gzip and garbage", header: []string{"gzip"}, body: append(encode(t, "gzip", page), make([]byte, 5_000)...)},
		{name: "gzip and one byte", header: []string{"gzip"}, body: append(encode(t, "gzip", page), 0x1f)},
		{name: "zstd frames", header: []string{"zstd"}, body: slices.Concat(encode(t, "zstd", page[:100]), encode(t, "zstd", page[100:]))},
		{name: "deflate and garbage", header: []string{"deflate"}, body: append(encode(t, "deflate", page), "garbage"...)},
		{name: "bare deflate and garbage", header: []string{"deflate"}, body: append(encode(t, "raw", page), "garbage"...)},
		{name: "br and garbage", header: []string{"br"}, body: append(encode(t, "br", page), bytes.Repeat([]byte("garbage"), 10_000)...)},
		{name: "br and one byte", header: []string{"br"}, body: append(encode(t, "br", page), '\n')},
		{name: "zstd and garbage", header: []string{"zstd"}, body: append(encode(t, "zstd", page), bytes.Repeat([]byte("garbage"), 10_000)...)},
		{name: "zstd and one byte", header: []string{"zstd"}, body: append(encode(t, "zstd", page), '\n')},
		{name: "zstd and three bytes", header: []string{"zstd"}, body: append(encode(t, "zstd", page), "\x28\xb5\x2f"...)},
		{name: "zstd of nothing, then a frame, then garbage", header: []string{"zstd"}, body: slices.Concat([]byte("\x28\xb5\x2f\xfd\x20\x00\x01\x00\x00"), encode(t, "zstd", page), []byte("garbage"))},
		{name: "zstd of one byte, repeated", header: []string{"zstd"}, body: []byte("\x28\xb5\x2f\xfd\x20\x09\x4b\x00\x00x\n"), want: "xxxxxxxxx"},
		{name: "zstd behind a frame to be skipped", header: []string{"zstd"}, body: slices.Concat([]byte("\x50\x2a\x4d\x18\x03\x00\x00\x00abc"), encode(t, "zstd", page), []byte("\x5f\x2a\x4d\x18\x00\x00\x00\x00"))},
		{name: "unknown", header: []string{"utf-8"}, body: plain},
		{name: "none is unknown", header: []string{"none"}, body: plain},
		{name: "known and unknown", header: []string{"gzip, compress"}, body: encode(t, "gzip", page), want: string(encode(t, "gzip", page))},
		{name: "empty", header: []string{""}, body: plain},
		{name: "capitals", header: []string{"ZSTD"}, body: encode(t, "zstd", page)},
		{name: "gzip twice", header: []string{"gzip", "gzip"}, body: encode(t, "gzip, gzip", page)},
		{name: "two in one field", header: []string{"gzip, br"}, body: encode(t, "gzip, br", page)},
		{name: "five in three fields", header: []string{"gzip,BR", "identity", "zstd ,deflate,\tx-gzip"}, body: encode(t, "gzip, br, zstd, deflate, gzip", page)},
	}
	f := testFetcher(t, Options{}, systemNetwork())
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			url := httpServer(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header()["Content-Encoding"] = tt.header
				w.Write(tt.body)
			})
			want := tt.want
			if want == "" {
				want = page
			}
			for range 3 { // a decoder is used again
				o := fetchAll(t, f, url)
				if o.err != nil || o.body != want {
					t.Fatalf("got %d bytes, error %v; want %d bytes", len(o.body), o.err, len(want))
				}
				if o.response.WireBytes() != int64(len(tt.body)) {
					t.Errorf("counted %d bytes on the wire, want %d", o.response.WireBytes(), len(tt.body))
				}
			}
		})
	}
}

func TestUndecodable(t *testing.T) {
	page := strings.Repeat("page ", 1_000)
	damaged := func(coding string, at int) []byte {
		data := encode(t, coding, page)
		if at < 0 {
			at += len(data)
		}
		data[at] ^= 0xff
		return data
	}
	short := func(coding string) []byte {
		data := encode(t, coding, page)
		return data[:len(data)-2]
	}
	wide := func() []byte {
		var data bytes.Buffer
		w, _ := zstd.NewWriter(&data, zstd.WithWindowSize(16<<20), zstd.WithEncoderConcurrency(1))
		io.Copy(w, io.LimitReader(zeroReader{}, 20<<20))
		w.Close()
		return data.Bytes()
	}
	tests := []struct {
		header  string
		body    []byte
		message string // the beginning
	}{
		{"gzip", []byte(page), "gzip: invalid header"},
		{"gzip", []byte{0x1f}, "gzip: ends too early"},
		{"gzip", damaged("gzip", -5), "gzip: invalid checksum"},
		{"gzip", damaged("gzip", 15), "gzip: "},
		{"gzip", short("gzip"), "gzip: ends too early"},
		{"gzip", append(encode(t, "gzip", page), 0x1f, 0x8b, 0), "gzip: ends too early"},
		{"deflate", []byte("\x07page"), "deflate: corrupt input before offset "},
		{"deflate", damaged("deflate", -1), "deflate: invalid checksum"},
		{"deflate", short("deflate"), "deflate: ends too early"},
		{"deflate", short("raw"), "deflate: ends too early"},
		{"br", []byte(page), "br: "},
		{"br", short("br"), "br: ends too early"},
		{"zstd", []byte(page), "zstd: invalid input: magic number mismatch"},
		{"zstd", damaged("zstd", -1), "zstd: CRC check failed"},
		{"zstd", short("zstd"), "zstd: ends too early"},
		{"zstd", wide(), "zstd: window size exceeded"},
		{"zstd", append(encode(t, "zstd", page), encode(t, "zstd", page)[:20]...), "zstd: ends too early"},
		{"zstd", append(encode(t, "zstd", page), "\x28\xb5\x2f\xfd\x20"...), "zstd: ends too early"},
		{"zstd", append(encode(t, "zstd", page), "\x50\x2a\x4d\x18\x03"...), "zstd: "},
		{"gzip, br", encode(t, "br", page), "gzip: invalid header"},
		{"gzip, br", append(encode(t, "br", string(short("gzip"))), "rubbish"...), "gzip: ends too early"},
		{"br, gzip", encode(t, "br", page), "gzip: invalid header"},
		{"br, br, br, br, br, br", []byte(page), "more than 5 content codings"},
	}
	f := testFetcher(t, Options{}, systemNetwork())
	for _, tt := range tests {
		url := httpServer(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", tt.header)
			w.Write(tt.body)
		})
		for range 2 { // a decoder that failed is as good as new
			o := fetchAll(t, f, url)
			if o.err == nil || o.err.Kind != results.Decode || o.err.Retryable || !strings.HasPrefix(o.err.Message, tt.message) {
				t.Errorf("%.20s %.20q: got %v, want %s…", tt.header, tt.body, o.err, tt.message)
			} else if len(o.err.Message) > maxMessage+len("…") {
				t.Errorf("%.20s: a message of %d bytes", tt.header, len(o.err.Message))
			}
		}
	}
}

// decodeBytes decodes a body that arrived whole.
func decodeBytes(ctx context.Context, header string, data []byte, max int64) ([]byte, error) {
	answer := &http.Response{
		StatusCode:    http.StatusOK,
		Header:        http.Header{"Content-Encoding": {header}},
		ContentLength: -1,
		Body:          io.NopCloser(bytes.NewReader(data)),
	}
	budget := semaphore.NewWeighted(decoderMemory)
	r := newResponse(newAttempt(ctx, false), answer, max, budget)
	content, err := io.ReadAll(r.Body)
	if end := r.Finish(); end != err {
		return content, end
	}
	if !budget.TryAcquire(decoderMemory) {
		return content, errors.New("the decoders' memory was not given back")
	}
	return content, err
}

func FuzzDecode(f *testing.F) {
	for _, list := range []string{"gzip", "deflate", "br", "zstd", "gzip, br"} {
		f.Add(list, encode(f, list, "page page page"))
	}
	f.Add("deflate", encode(f, "raw", "page page page"))
	f.Add("gzip", append(encode(f, "gzip", "a"), encode(f, "gzip", "b")...))
	f.Fuzz(func(t *testing.T, header string, data []byte) {
		const max = 1 << 20
		content, err := decodeBytes(t.Context(), header, data, max)
		if len(content) > max {
			t.Errorf("%d bytes came through a limit of %d", len(content), max)
		}
		if err == nil {
			return
		}
		e, ok := err.(*Error)
		if !ok || e.Kind != results.Decode && e.Kind != results.TooLarge || e.Message == "" {
			t.Errorf("got %T %v", err, err)
		}
	})
}

// Whatever the codings, what was put in comes out.
func FuzzEncodeDecode(f *testing.F) {
	f.Add("", uint16(0))
	f.Add("page", uint16(0x1234))
	f.Fuzz(func(t *testing.T, page string, choice uint16) {
		var list []string
		for ; choice > 0 && len(list) < maxCodings; choice /= 5 {
			list = append(list, []string{"identity", "gzip", "deflate", "br", "zstd"}[choice%5])
		}
		data := []byte(page)
		for _, coding := range list {
			data = encode(t, strings.TrimPrefix(coding, "identity"), string(data))
		}
		got, err := decodeBytes(t.Context(), strings.Join(list, ","), data, DefaultMaxBody)
		if err != nil || string(got) != page {
			t.Errorf("%v: got %q, error %v, want %q", list, got, err, page)
		}
	})
}
