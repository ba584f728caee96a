package fetch

import (
	"bytes"
	"context"
	"io"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"scrape/results"
)

// framing is an answer of HTTP/1 and what it means.
type framing struct {
	name   string
	answer string
	status int
	body   string
	kind   results.Kind // None: scraped
}

const (
	okLine  = "HTTP/1.1 200 OK\r\n"
	chunked = okLine + "Transfer-Encoding: chunked\r\n\r\n"
	hello   = "5\r\nhello\r\n0\r\n\r\n"
)

func framings(t testing.TB) []framing {
	good := func(name, answer string) framing { return framing{name, answer, 200, "hello", results.None} }
	bad := func(name, answer string) framing { return framing{name, answer, 0, "", results.Protocol} }
	length := func(value string) string { return okLine + "Content-Length: " + value + "\r\n\r\nhello" }
	coded := func(codings, body string) string {
		return okLine + "Transfer-Encoding: " + codings + "\r\n\r\n" + body
	}
	zipped := string(encode(t, "gzip", "hello"))
	zippedChunk := strconv.FormatInt(int64(len(zipped)), 16) + "\r\n" + zipped + "\r\n0\r\n\r\n"
	return []framing{
		good("chunks", chunked+"2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"),
		good("chunks of capitals", chunked+"5\r\nhello\r\n0\r\n\r\n"),
		good("leading zeros", chunked+"00000000000000000000005\r\nhello\r\n000\r\n\r\n"),
		good("blanks behind the size", chunked+"5  \t\r\nhello\r\n0 \r\n\r\n"),
		good("extension", chunked+"5;a=b\r\nhello\r\n0;c\r\n\r\n"),
		good("quoted extension", chunked+"5;a=\"b;\\\"c\"\r\nhello\r\n0\r\n\r\n"),
		good("blanks before the extension", chunked+"5 ; a = b\r\nhello\r\n0\r\n\r\n"),
		good("empty extension", chunked+"5;\r\nhello\r\n0\r\n\r\n"),
		good("long extension", chunked+"5;"+strings.Repeat("a", 16_000)+"\r\nhello\r\n0\r\n\r\n"),
		bad("endless extension", chunked+"5;"+strings.Repeat("a", 20_000)+"\r\nhello\r\n0\r\n\r\n"),
		bad("many extensions", chunked+strings.Repeat("1;"+strings.Repeat("a", 10_000)+"\r\nh\r\n", 30)+"0\r\n\r\n"),
		good("chunk lines end with LF", chunked+"5\nhello\n0\n\n"),
		good("all lines end with LF", strings.ReplaceAll(chunked+hello, "\r", "")),
		good("trailers", chunked+"5\r\nhello\r\n0\r\nA: b\r\nC: d\r\n\r\n"),
		good("trailers that are none", chunked+"5\r\nhello\r\n0\r\nnonsense\r\n: x\r\n y\r\n\r\n"),
		good("trailers that are announced", okLine+"Trailer: Content-Length, Transfer-Encoding, X\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nContent-Length: 7\r\n\r\n"),
		bad("endless trailers", chunked+"5\r\nhello\r\n0\r\n"+strings.Repeat("A: b\r\n", 100_000)+"\r\n"),
		bad("no last chunk", chunked+"5\r\nhello\r\n"),
		bad("no end of the last chunk", chunked+"5\r\nhello\r\n0"),
		bad("no end of the trailers", chunked+"5\r\nhello\r\n0\r\n"),
		bad("no end of a trailer", chunked+"5\r\nhello\r\n0\r\nA: b\r\n"),
		bad("no end of a chunk", chunked+"5\r\nhello0\r\n\r\n"),
		bad("CR alone behind a chunk", chunked+"5\r\nhello\r0\r\n\r\n"),
		bad("CR alone behind a size", chunked+"5\rhello\r\n0\r\n\r\n"),
		bad("a chunk too long", chunked+"4\r\nhello\r\n0\r\n\r\n"),
		bad("a chunk too short", chunked+"7\r\nhello\r\n0\r\n\r\n"),
		bad("no size", chunked+"\r\nhello\r\n0\r\n\r\n"),
		bad("an extension alone", chunked+";a=b\r\nhello\r\n0\r\n\r\n"),
		bad("negative size", chunked+"-5\r\nhello\r\n0\r\n\r\n"),
		bad("signed size", chunked+"+5\r\nhello\r\n0\r\n\r\n"),
		bad("prefixed size", chunked+"0x5\r\nhello\r\n0\r\n\r\n"),
		bad("blank before the size", chunked+" 5\r\nhello\r\n0\r\n\r\n"),
		bad("blank inside the size", chunked+"0 5\r\nhello\r\n0\r\n\r\n"),
		bad("no number", chunked+"five\r\nhello\r\n0\r\n\r\n"),
		bad("a number and more", chunked+"5g\r\nhello\r\n0\r\n\r\n"),
		bad("2^63", chunked+"8000000000000000\r\nhello\r\n0\r\n\r\n"),
		bad("2^64", chunked+"10000000000000000\r\nhello\r\n0\r\n\r\n"),
		bad("2^64+5", chunked+"10000000000000005\r\nhello\r\n0\r\n\r\n"),
		bad("a page where chunks should be", chunked+"<html>hello</html>"),
		good("bytes behind the last chunk", chunked+hello+"rubbish"),
		good("in HTTP/1.0 there are no chunks", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nhello"),

		good("nor in HTTP/0.0", "HTTP/0.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nhello"),

		good("chunked in capitals", coded("CHUNKED", hello)),
		good("chunked twice", coded("chunked, chunked", hello)),
		good("chunked in two lines", okLine+"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"+hello),
		good("chunked and nothing", coded(", chunked ,", hello)),
		good("chunked and a blank", coded("chunked \t", hello)),
		good("identity", okLine+"Transfer-Encoding: identity\r\nContent-Length: 5\r\n\r\nhello"),
		good("identity until the end", coded("identity", "hello")),
		good("gzip, chunked", coded("gzip, chunked", zippedChunk)),
		good("gzip, chunked in two lines", okLine+"Transfer-Encoding: x-gzip\r\nTransfer-Encoding: chunked\r\n\r\n"+zippedChunk),
		good("gzip until the end", coded("gzip", zipped)),
		good("chunked and a length", okLine+"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"+hello),
		good("chunked and lengths that differ", okLine+"Content-Length: 3\r\nTransfer-Encoding: chunked\r\nContent-Length: x\r\n\r\n"+hello),
		bad("unknown coding", coded("br, chunked", hello)),
		bad("unknown coding without chunked", coded("br", "hello")),
		bad("chunked is not the last", coded("chunked, gzip", hello)),
		{"broken gzip, chunked", coded("gzip, chunked", hello), 200, "", results.Decode},

		good("length", length("5")),
		good("length with blanks", length(" \t5 \t")),
		good("length with zeros", length("0005")),
		good("length too short", length("5")+"rubbish"),
		good("the same length twice in a line", length("5, 5")),
		good("the same length thrice in two lines", okLine+"Content-Length: 5,5\r\nContent-Length: 5\r\n\r\nhello"),
		good("the same length in two lines", okLine+"Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"),
		bad("length too long", length("6")),
		bad("two lengths in a line", length("5, 6")),
		bad("two lengths in two lines", okLine+"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"),
		bad("a length and nothing", length("5,")),
		bad("a length and a word", length("5, five")),
		bad("one length in two forms", length("05, 5")),
		bad("negative length", length("-5")),
		bad("signed length", length("+5")),
		bad("no length", length("")),
		bad("length is no number", length("five")),
		bad("length is a number and more", length("5 bytes")),
		bad("length in hex", length("0x5")),
		bad("length with a fraction", length("5.0")),
		{"length larger than all numbers", length("99999999999999999999"), 200, "", results.TooLarge},
		{"length larger than the limit", length("9223372036854775807"), 200, "", results.TooLarge},
		{"204", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello", 204, "", results.None},
		{"204 in chunks", "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n" + hello, 204, "", results.None},
		{"304", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", 304, "", results.None},
		{"205 has a body all the same", "HTTP/1.1 205 Reset Content\r\nContent-Length: 5\r\n\r\nhello", 205, "hello", results.None},
		good("until the end", okLine+"\r\nhello"),
		good("until the end of HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\nhello"),
		good("keep-alive that ends all the same", okLine+"Connection: keep-alive\r\n\r\nhello"),
		{"empty until the end", okLine + "\r\n", 200, "", results.None},
		{"404", "HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nhello", 404, "hello", results.None},
		bad("404 that breaks off", "HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nhell"),

		good("100", "HTTP/1.1 100 Continue\r\n\r\n"+length("5")),
		good("102", "HTTP/1.1 102 Processing\r\n\r\n"+length("5")),
		good("103", "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n"+length("5")),
		good("103 with a length", "HTTP/1.1 103 Early Hints\r\nContent-Length: 7\r\n\r\n"+length("5")),
		good("103 in chunks", "HTTP/1.1 103 Early Hints\r\nTransfer-Encoding: chunked\r\n\r\n"+length("5")),
		good("103 with nonsense", "HTTP/1.1 103 Early Hints\r\nnonsense\r\n\r\n"+chunked+hello),
		good("20 of 1xx", strings.Repeat("HTTP/1.1 100 Continue\r\nA: b\r\n\r\n", 20)+length("5")),
		good("1000 of 1xx", strings.Repeat("HTTP/1.1 199 Wait\r\n\r\n", 1000)+chunked+hello),
		bad("too many of 1xx", strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 20_000)+length("5")),
		bad("only 1xx", "HTTP/1.1 100 Continue\r\n\r\n"),
		bad("101", "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello"),

		good("a line without colon", okLine+"nonsense\r\nContent-Length: 5\r\n\r\nhello"),
		good("folded lines", okLine+"A: b\r\n c\r\n\td\r\nContent-Length:\r\n 5\r\n\r\nhello"),
		good("a folded line first", okLine+" A: b\r\n c\r\nContent-Length: 5\r\n\r\nhello"),
		good("a folded line behind nonsense", okLine+"nonsense\r\n c: d\r\nContent-Length: 5\r\n\r\nhello"),
		good("blank before the colon", okLine+"Content-Length : 5\r\n\r\nhellorubbish"),
		good("no name", okLine+": b\r\nContent-Length: 5\r\n\r\nhello"),
		good("names that are none", okLine+"A(b): c\r\nä: d\r\nE\x01: f\r\nG H: i\r\nContent-Length: 5\r\n\r\nhello"),
		good("control characters", okLine+"A: b\x01c\x7fd\x1b[0m\r\nContent-Length: 5\r\n\r\nhello"),
		good("Latin-1 and UTF-8", okLine+"A: sch\xf6n sch\xc3\xb6n\r\nContent-Length: 5\r\n\r\nhello"),
		good("CR alone in a value", okLine+"A: b\rc\r\nContent-Length: 5\r\n\r\nhello"),
		good("two CR at the end of a line", okLine+"A: b\r\r\nContent-Length: 5\r\n\r\nhello"),
		good("lines end with LF", "HTTP/1.1 200 OK\nA: b\nContent-Length: 5\n\nhello"),
		good("some lines end with LF", okLine+"A: b\nContent-Length: 5\r\n\nhello"),
		good("no blank behind the colon", okLine+"Content-Length:5\r\n\r\nhello"),
		good("a long value", okLine+"A: "+strings.Repeat("b", 250<<10)+"\r\nContent-Length: 5\r\n\r\nhello"),
		good("many lines", okLine+strings.Repeat("A: b\r\n", 40_000)+"Content-Length: 5\r\n\r\nhello"),
		good("many folds", okLine+"A: b"+strings.Repeat("\r\n c", 40_000)+"\r\nContent-Length: 5\r\n\r\nhello"),
		bad("NUL in a value", okLine+"A: b\x00c\r\nContent-Length: 5\r\n\r\nhello"),
		bad("NUL in the status line", "HTTP/1.1 200 O\x00K\r\nContent-Length: 5\r\n\r\nhello"),
		bad("a value too long", okLine+"A: "+strings.Repeat("b", 300<<10)+"\r\nContent-Length: 5\r\n\r\nhello"),
		bad("100,000 lines", okLine+strings.Repeat("A: b\r\n", 100_000)+"Content-Length: 5\r\n\r\nhello"),
		bad("a name too long", okLine+strings.Repeat("b", 300<<10)),
		bad("the headers do not end", okLine+"Content-Length: 5\r\n"),

		good("no reason", "HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello"),
		good("no reason and a blank", "HTTP/1.1 200 \r\nContent-Length: 5\r\n\r\nhello"),
		good("two blanks", "HTTP/1.1  200  OK\r\nContent-Length: 5\r\n\r\nhello"),
		good("a reason in UTF-8", "HTTP/1.1 200 schön: ✓\r\nContent-Length: 5\r\n\r\nhello"),
		good("HTTP/1.2", "HTTP/1.2 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
		good("HTTP/2.0", "HTTP/2.0 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
		good("empty lines first", "\r\n\r\n"+length("5")),
		{"299", "HTTP/1.1 299 Odd\r\nContent-Length: 5\r\n\r\nhello", 299, "hello", results.None},
		{"599", "HTTP/1.1 599 Odd\r\nContent-Length: 5\r\n\r\nhello", 599, "hello", results.None},
		bad("many empty lines first", "\r\n\r\n\r\n"+length("5")),
		bad("HTTP/0.9", "<html>hello</html>\n"),
		bad("HTTP/0.9 of one line", "hello"),
		bad("ICY", "ICY 200 OK\r\nicy-name: x\r\n\r\nhello"),
		bad("another protocol", "220 mail.example ESMTP\r\n"),
		bad("status 000", "HTTP/1.1 000 No\r\nContent-Length: 5\r\n\r\nhello"),
		bad("status 099", "HTTP/1.1 099 No\r\nContent-Length: 5\r\n\r\nhello"),
		bad("status 600", "HTTP/1.1 600 No\r\nContent-Length: 5\r\n\r\nhello"),
		bad("status 999", "HTTP/1.1 999 No\r\nContent-Length: 5\r\n\r\nhello"),
		bad("status 1000", "HTTP/1.1 1000 No\r\nContent-Length: 5\r\n\r\nhello"),
		bad("status 20", "HTTP/1.1 20 No\r\nContent-Length: 5\r\n\r\nhello"),
		bad("negative status", "HTTP/1.1 -20 No\r\nContent-Length: 5\r\n\r\nhello"),
		bad("no status", "HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"),
		bad("a word for a status", "HTTP/1.1 OK\r\nContent-Length: 5\r\n\r\nhello"),
		bad("tabs", "HTTP/1.1\t200\tOK\r\nContent-Length: 5\r\n\r\nhello"),
		bad("no version", "HTTP 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
		bad("lower case", "http/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
	}
}

// Whatever an answer looks like, it means the same in one piece and byte by byte.
func TestFraming(t *testing.T) {
	for _, tt := range framings(t) {
		t.Run(tt.name, func(t *testing.T) {
			for _, piece := range []int{len(tt.answer), 7, 1} {
				if len(tt.answer)/piece > 2_000 {
					continue
				}
				o := fetchPieces(t, []byte(tt.answer), piece)
				kind := results.None
				if o.err != nil {
					kind = o.err.Kind
				}
				if kind != tt.kind || kind == results.None && (o.response.Status != tt.status || o.body != tt.body) {
					t.Errorf("in pieces of %d bytes: got status %d, body %q, error %v", piece, o.response.Status, o.body, o.err)
				}
			}
		})
	}
}

// What is dropped of the headers is only what makes no sense.
func TestHeaderLines(t *testing.T) {
	url := rawServer(t, says(okLine+"A: b\r\n c\r\nD : e\r\nnonsense\r\n: f\r\nG: h\x01i\r\nJ:  sch\xf6n\t\r\nA: k\r\nl: m:n\r\nSet-Cookie: n=1\r\nSet-Cookie: o=\x012\r\nContent-Length: 2, 2\r\n\r\nok"))
	o := fetchAll(t, testFetcher(t, Options{}, systemNetwork()), url)
	if o.err != nil {
		t.Fatal(o.err)
	}
	var got bytes.Buffer
	o.response.Header.Write(&got)
	if want := "A: b c\r\nA: k\r\nContent-Length: 2\r\nD: e\r\nG: h i\r\nJ: sch\xf6n\r\nL: m:n\r\nSet-Cookie: n=1\r\n"; got.String() != want {
		t.Errorf("got %q, want %q", got.String(), want)
	}
}

// The answer to HEAD has no body, whatever it says of one.
func TestHead(t *testing.T) {
	var connections atomic.Int64
	addr := tcpServer(t, func(c *net.TCPConn) {
		connections.Add(1)
		for i := 0; ; i++ {
			head, err := readHead(c)
			if err != nil {
				return
			}
			if !strings.HasPrefix(head, "HEAD ") {
				io.WriteString(c, okLine+"Content-Length: 4\r\n\r\npage")
				continue
			}
			io.WriteString(c, okLine+[]string{
				"Content-Length: 5\r\nContent-Encoding: gzip\r\n",
				"Transfer-Encoding: chunked\r\n",
				"",
			}[i%3]+"\r\n")
		}
	})
	f := testFetcher(t, Options{}, systemNetwork())
	u := parse(t, "http://"+addr)
	for i := range 6 {
		r, err := f.Fetch(t.Context(), &Request{URL: u, Method: "HEAD"})
		if err != nil {
			t.Fatal(i, err)
		}
		if err := r.Finish(); err != nil || r.WireBytes() != 0 {
			t.Errorf("%d: %d bytes, error %v", i, r.WireBytes(), err)
		}
	}
	if o := fetchAll(t, f, "http://"+addr); o.err != nil || o.body != "page" {
		t.Errorf("got %q, %v", o.body, o.err)
	}
	f.transport.CloseIdleConnections()
	if n := connections.Load(); n != 1 {
		t.Errorf("%d connections", n)
	}
}

// Of an answer that ends at any byte, by FIN and by RST, the end is told: before
// the first byte the connection failed, behind it the answer did, and whole is
// only what was to end there.
func TestCutAnywhere(t *testing.T) {
	const untilEnd = okLine + "A: b\r\n\r\n"
	for name, tt := range map[string]struct {
		answer string
		end    string // up to here at least it is whole, if FIN comes
	}{
		"sized":         {okLine + "Content-Length: 5\r\n\r\nhello", okLine + "Content-Length: 5\r\n\r\nhello"},
		"chunked":       {chunked + "2;a\r\nhe\r\n3\r\nllo\r\n0\r\nA: b\r\n\r\n", chunked + "2;a\r\nhe\r\n3\r\nllo\r\n0\r\nA: b\r\n\r\n"},
		"until the end": {untilEnd + "hello", untilEnd},
		"after 1xx":     {"HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n" + okLine + "Content-Length: 0\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n" + okLine + "Content-Length: 0\r\n\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, how := range []string{"FIN", "RST"} {
				for cut := range len(tt.answer) + 1 {
					n := systemNetwork()
					n.connect = endsWith(tt.answer[:cut], how)
					o := fetchAll(t, testFetcher(t, Options{}, n), "http://example.com/")
					want := results.Protocol
					switch {
					case cut == 0:
						want = results.Connect
					case cut >= len(tt.end) && (how == "FIN" || name != "until the end"):
						want = results.None
					}
					got := results.None
					if o.err != nil {
						got = o.err.Kind
					}
					if got != want || o.err != nil && !o.err.Retryable {
						t.Errorf("%s after %d of %d bytes: got %v, want %v", how, cut, len(tt.answer), o.err, want)
					}
				}
			}
		})
	}
}

// endsWith answers with some bytes and ends the connection.
func endsWith(answer, how string) func(context.Context, string, string) (net.Conn, error) {
	return func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		server.Close()
		return &resetConn{Conn: client, asked: make(chan struct{}), left: strings.NewReader(answer), told: how == "FIN"}, nil
	}
}

// However the bytes of an answer are cut into pieces, they mean the same.
func FuzzFraming(f *testing.F) {
	for _, tt := range framings(f) {
		if len(tt.answer) < 1000 {
			f.Add([]byte(tt.answer), uint8(1))
			f.Add([]byte(tt.answer), uint8(7))
		}
	}
	f.Fuzz(func(t *testing.T, answer []byte, piece uint8) {
		if len(answer) > 10_000 {
			return
		}
		whole := fetchPieces(t, answer, len(answer)+1)
		pieces := fetchPieces(t, answer, int(piece)+1)
		if (whole.err == nil) != (pieces.err == nil) || whole.err == nil && (whole.body != pieces.body || whole.response.Status != pieces.response.Status) {
			t.Errorf("whole: %q, %v; in pieces: %q, %v", whole.body, whole.err, pieces.body, pieces.err)
		}
	})
}

// fetchPieces fetches an answer that is written in pieces.
func fetchPieces(t testing.TB, answer []byte, piece int) outcome {
	n := systemNetwork()
	n.connect = piped(func(c net.Conn) {
		defer c.Close()
		if _, err := readHead(c); err != nil {
			return
		}
		for in := bytes.NewReader(answer); ; {
			if _, err := io.CopyN(c, in, int64(piece)); err != nil {
				return
			}
		}
	})
	fetcher := newFetcher(Options{MaxBody: 1 << 20}, n)
	defer fetcher.transport.CloseIdleConnections()
	r, err := fetcher.Fetch(t.Context(), &Request{URL: parse(t, "http://example.com/")})
	o := outcome{response: r}
	if err == nil {
		body, _ := io.ReadAll(r.Body)
		o.body, err = string(body), r.Finish() // which knows of what is behind a coded body too
	}
	if err != nil {
		o.err = asError(t, err)
	}
	return o
}

// What comes a byte a second, or never ends, ends with the attempt, and the words
// say in what.
func TestDribble(t *testing.T) {
	for name, tt := range map[string]struct {
		whole, slow string
		during      string
	}{
		"status line":         {"", okLine, "reading the headers"},
		"header line":         {okLine, "Content-Type: text/html", "reading the headers"},
		"header lines":        {okLine, strings.Repeat("A:\n", 10), "reading the headers"},
		"silence behind 1xx":  {"HTTP/1.1 100 Continue\r\n\r\n", "", "reading the headers"},
		"body":                {okLine + "Content-Length: 100\r\n\r\n", "0123456789abcdef", "reading the body"},
		"body until the end":  {okLine + "\r\n", "0123456789abcdef", "reading the body"},
		"size of a chunk":     {chunked, "0000000000000000001\r\n", "reading the body"},
		"extension":           {chunked, "1;aaaaaaaaaaaaaaaaaaaaaaa", "reading the body"},
		"chunk":               {chunked + "ff\r\n", "0123456789abcdef", "reading the body"},
		"trailers":            {chunked + "0\r\n", "A: b\r\nA: b\r\nA: b\r\n", "reading the body"},
		"silence in the body": {okLine + "Content-Length: 100\r\n\r\nhello", "", "reading the body"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := systemNetwork()
				n.connect = piped(func(c net.Conn) {
					defer c.Close()
					readHead(c)
					io.WriteString(c, tt.whole)
					for _, b := range []byte(tt.slow) {
						time.Sleep(time.Second)
						if _, err := c.Write([]byte{b}); err != nil {
							return
						}
					}
					io.Copy(io.Discard, c)
				})
				f := newFetcher(Options{}, n)
				defer f.transport.CloseIdleConnections()
				ctx, cancel := context.WithTimeout(t.Context(), 9500*time.Millisecond)
				defer cancel()
				o := fetchAllContext(t, ctx, f, "http://example.com/")
				verdict{results.Timeout, "timed out after 9.5s " + tt.during, true}.check(t, o.err)
				time.Sleep(time.Minute) // for the server to notice
			})
		})
	}
}
