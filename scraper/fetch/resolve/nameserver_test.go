package resolve

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// zone answers a question that came over UDP or TCP with what to send: nothing, one
// message or several.
type zone func(q dnsmessage.Message, stream bool) [][]byte

// dnsServerOf serves a zone on a port of 127.0.0.1, UDP and TCP, and returns its address.
func dnsServerOf(t testing.TB, z zone) string {
	t.Helper()
	var (
		packets net.PacketConn
		streams net.Listener
		err     error
	)
	for range 20 { // the port must be free for both
		if packets, err = net.ListenPacket("udp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		if streams, err = net.Listen("tcp", packets.LocalAddr().String()); err == nil {
			break
		}
		packets.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{}, 2)
	go func() {
		defer func() { done <- struct{}{} }()
		b := make([]byte, 4096)
		for {
			n, from, err := packets.ReadFrom(b)
			if err != nil {
				return
			}
			var q dnsmessage.Message
			if q.Unpack(b[:n]) != nil {
				continue
			}
			for _, m := range z(q, false) {
				packets.WriteTo(m, from)
			}
		}
	}()
	go func() {
		defer func() { done <- struct{}{} }()
		for {
			c, err := streams.Accept()
			if err != nil {
				return
			}
			var q dnsmessage.Message
			if b, err := receive(c, true); err == nil && q.Unpack(b) == nil {
				for _, m := range z(q, true) {
					c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(m))), m...))
				}
			}
			c.Close()
		}
	}()
	t.Cleanup(func() { packets.Close(); streams.Close(); <-done; <-done })
	return packets.LocalAddr().String()
}

// reply makes an answer of a question; lines are "name ttl type value".
func reply(q dnsmessage.Message, code dnsmessage.RCode, lines ...string) dnsmessage.Message {
	q.Response, q.RecursionAvailable, q.RCode = true, true, code
	for _, line := range lines {
		f := strings.Fields(line)
		ttl, _ := time.ParseDuration(f[1])
		h := dnsmessage.ResourceHeader{Name: dnsmessage.MustNewName(f[0]), Class: dnsmessage.ClassINET, TTL: uint32(ttl.Seconds())}
		switch f[2] {
		case "A":
			q.Answers = append(q.Answers, dnsmessage.Resource{Header: h, Body: &dnsmessage.AResource{A: netip.MustParseAddr(f[3]).As4()}})
		case "AAAA":
			q.Answers = append(q.Answers, dnsmessage.Resource{Header: h, Body: &dnsmessage.AAAAResource{AAAA: netip.MustParseAddr(f[3]).As16()}})
		case "CNAME":
			q.Answers = append(q.Answers, dnsmessage.Resource{Header: h, Body: &dnsmessage.CNAMEResource{CNAME: dnsmessage.MustNewName(f[3])}})
		case "SOA":
			minimum, _ := time.ParseDuration(f[3])
			root := dnsmessage.MustNewName(".")
			q.Authorities = append(q.Authorities, dnsmessage.Resource{Header: h, Body: &dnsmessage.SOAResource{NS: root, MBox: root, MinTTL: uint32(minimum.Seconds())}})
		}
	}
	return q
}

func packed(m dnsmessage.Message) []byte {
	b, err := m.Pack()
	if err != nil {
		panic(err)
	}
	return b
}

// answering answers each type of question with the lines of that type, and of
// aliases.
func answerWith(code dnsmessage.RCode, lines ...string) zone {
	return func(q dnsmessage.Message, _ bool) [][]byte {
		var fit []string
		for _, line := range lines {
			kind := strings.Fields(line)[2]
			if kind == "CNAME" || kind == "SOA" || "Type"+kind == q.Questions[0].Type.String() {
				fit = append(fit, line)
			}
		}
		return [][]byte{packed(reply(q, code, fit...))}
	}
}

func TestNameServer(t *testing.T) {
	var questions atomic.Int64
	for _, tt := range []struct {
		name  string
		zone  zone
		addrs string
		ttl   time.Duration
		err   string
	}{
		{
			name:  "both families",
			zone:  answerWith(0, "a.example. 90s A 192.0.2.1", "a.example. 60s A 192.0.2.2", "a.example. 70s AAAA 2001:db8::1"),
			addrs: "2001:db8::1 192.0.2.1 192.0.2.2", ttl: time.Minute,
		},
		{
			name:  "one family",
			zone:  answerWith(0, "a.example. 90s A 192.0.2.1"),
			addrs: "192.0.2.1", ttl: 90 * time.Second,
		},
		{
			name:  "another case",
			zone:  answerWith(0, "A.Example. 90s A 192.0.2.1"),
			addrs: "192.0.2.1", ttl: 90 * time.Second,
		},
		{
			name:  "no TTL",
			zone:  answerWith(0, "a.example. 0s A 192.0.2.1"),
			addrs: "192.0.2.1", ttl: time.Second,
		},
		{
			name:  "a long TTL",
			zone:  answerWith(0, "a.example. 48h A 192.0.2.1"),
			addrs: "192.0.2.1", ttl: time.Hour,
		},
		{
			name:  "aliases, in any order",
			zone:  answerWith(0, "c.example. 90s A 192.0.2.1", "b.example. 20s CNAME c.example.", "a.example. 30s CNAME b.example.", "x.example. 1s A 192.0.2.9"),
			addrs: "192.0.2.1", ttl: 20 * time.Second,
		},
		{
			name: "an alias of which the server knows no address at first",
			zone: func(q dnsmessage.Message, stream bool) [][]byte {
				if q.Questions[0].Name.String() == "b.example." {
					return answerWith(0, "b.example. 90s A 192.0.2.1")(q, stream)
				}
				return answerWith(0, "a.example. 20s CNAME b.example.")(q, stream)
			},
			addrs: "192.0.2.1", ttl: 20 * time.Second,
		},
		{
			name: "an alias of itself",
			zone: answerWith(0, "a.example. 20s CNAME a.example."),
			ttl:  failedFor, err: "too many aliases",
		},
		{
			name: "no such name",
			zone: answerWith(dnsmessage.RCodeNameError),
			ttl:  failedFor, err: "no such host",
		},
		{
			name: "no such name, for as long as the zone says",
			zone: answerWith(dnsmessage.RCodeNameError, "example. 50s SOA 20s"),
			ttl:  20 * time.Second, err: "no such host",
		},
		{
			name: "no such name, for long",
			zone: answerWith(dnsmessage.RCodeNameError, "example. 5h SOA 2h"),
			ttl:  time.Minute, err: "no such host",
		},
		{
			name: "an alias of nothing",
			zone: answerWith(0, "a.example. 20s CNAME b.example.", "example. 50s SOA 50s"),
			ttl:  20 * time.Second, err: "no such host",
		},
		{
			name: "a failing server",
			zone: answerWith(dnsmessage.RCodeServerFailure),
			ttl:  passingFor, err: "the name server failed (SERVFAIL)",
		},
		{
			name: "a refusing server",
			zone: answerWith(dnsmessage.RCodeRefused),
			ttl:  passingFor, err: "the name server refused to answer (REFUSED)",
		},
		{
			name: "another code",
			zone: answerWith(dnsmessage.RCodeNotImplemented),
			ttl:  passingFor, err: "the name server answered with code 4",
		},
		{
			name: "one family fails",
			zone: func(q dnsmessage.Message, stream bool) [][]byte {
				if q.Questions[0].Type == dnsmessage.TypeAAAA {
					return answerWith(dnsmessage.RCodeServerFailure)(q, stream)
				}
				return answerWith(0, "a.example. 90s A 192.0.2.1")(q, stream)
			},
			addrs: "192.0.2.1", ttl: time.Second,
		},
		{
			name: "one family hangs",
			zone: func(q dnsmessage.Message, stream bool) [][]byte {
				if q.Questions[0].Type == dnsmessage.TypeAAAA {
					return nil
				}
				return answerWith(0, "a.example. 90s A 192.0.2.1")(q, stream)
			},
			addrs: "192.0.2.1", ttl: time.Second,
		},
		{
			name: "truncated over UDP",
			zone: func(q dnsmessage.Message, stream bool) [][]byte {
				if stream {
					return answerWith(0, "a.example. 90s A 192.0.2.1")(q, stream)
				}
				m := reply(q, 0, "a.example. 90s A 192.0.2.9")
				m.Truncated = true
				return [][]byte{packed(m)}
			},
			addrs: "192.0.2.1", ttl: 90 * time.Second,
		},
		{
			name: "forged answers before the right one",
			zone: func(q dnsmessage.Message, stream bool) [][]byte {
				other, another, question := q, q, q
				other.ID++
				another.Questions = []dnsmessage.Question{{Name: dnsmessage.MustNewName("b.example."), Type: q.Questions[0].Type, Class: dnsmessage.ClassINET}}
				return append([][]byte{
					packed(reply(other, 0, "a.example. 90s A 192.0.2.9")),
					{0x17},
					packed(question), // no answer at all
				}[:2], answerWith(0, "a.example. 90s A 192.0.2.1")(q, stream)...)
			},
			addrs: "192.0.2.1", ttl: 90 * time.Second,
		},
		{
			name: "the answer to another question",
			zone: func(q dnsmessage.Message, _ bool) [][]byte {
				q.Questions = []dnsmessage.Question{{Name: dnsmessage.MustNewName("b.example."), Type: q.Questions[0].Type, Class: dnsmessage.ClassINET}}
				return [][]byte{packed(reply(q, 0, "a.example. 90s A 192.0.2.9"))}
			},
			ttl: passingFor, err: "the name server's answer makes no sense",
		},
		{
			name: "garbage with the right id",
			zone: func(q dnsmessage.Message, _ bool) [][]byte {
				return [][]byte{append(binary.BigEndian.AppendUint16(nil, q.ID), "\x81\x80\x00\x01\x00\x09\xff"...)}
			},
			ttl: passingFor, err: "the name server's answer makes no sense",
		},
		{
			name: "no answer to the first try",
			zone: func(q dnsmessage.Message, stream bool) [][]byte {
				if questions.Add(1) <= 2 {
					return nil
				}
				return answerWith(0, "a.example. 90s A 192.0.2.1")(q, stream)
			},
			addrs: "192.0.2.1", ttl: 90 * time.Second,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, err := parseDNSServer(dnsServerOf(t, tt.zone))
			if err != nil {
				t.Fatal(err)
			}
			if tt.name != "one family hangs" {
				s.delay = time.Minute // however busy the machine is
			}
			addrs, ttl, err := s.ask(t.Context(), "a.example")
			var got []string
			for _, a := range addrs {
				got = append(got, a.String())
			}
			if strings.Join(got, " ") != tt.addrs || ttl != tt.ttl {
				t.Errorf("got %v for %v, want %s for %v", got, ttl, tt.addrs, tt.ttl)
			}
			var failure *net.DNSError
			if tt.err == "" {
				if err != nil {
					t.Error(err)
				}
			} else if !errors.As(err, &failure) || failure.Err != tt.err {
				t.Errorf("failed with %v, want %s", err, tt.err)
			}
		})
	}
}

// Some names nobody can be asked for, and some servers cannot be asked.
func TestNotAsked(t *testing.T) {
	nobody := dnsServerOf(t, answerWith(0))
	closed, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	for _, tt := range []struct {
		server, host string
		want         string
		temporary    bool
	}{
		{nobody, "a.example", "no such host", false},
		{nobody, strings.Repeat("a", 64) + ".example", "no such host", false},
		{nobody, "a..example", "no such host", false},
		{closed.LocalAddr().String(), "a.example", "the name server cannot be asked: connection refused", true},
	} {
		ask, err := NameServer(tt.server)
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = ask(t.Context(), tt.host)
		var failure *net.DNSError
		if !errors.As(err, &failure) || failure.Err != tt.want || failure.IsTemporary != tt.temporary || failure.IsNotFound == tt.temporary {
			t.Errorf("%s: %v", tt.host, err)
		}
	}
}

// Names whose servers are dead are as many as they like: the others are found.
func TestManyHangingNames(t *testing.T) {
	var awake atomic.Bool
	s, err := parseDNSServer(dnsServerOf(t, func(q dnsmessage.Message, stream bool) [][]byte {
		name := q.Questions[0].Name.String()
		if strings.HasPrefix(name, "bad") && !awake.Load() {
			return nil
		}
		return answerWith(0, name+" 90s A 192.0.2.1")(q, stream)
	}))
	if err != nil {
		t.Fatal(err)
	}
	l := newLookups(s.ask)
	ctx, cancel := context.WithCancel(t.Context())
	var bad, good sync.WaitGroup
	for i := range 500 {
		bad.Go(func() {
			if _, err := l.find(ctx, fmt.Sprintf("bad%d.example", i)); err == nil {
				t.Errorf("number %d is found", i)
			}
		})
	}
	for i := range 20 {
		good.Go(func() {
			if _, err := l.find(t.Context(), fmt.Sprintf("good%d.example", i)); err != nil {
				t.Error(err)
			}
		})
	}
	good.Wait()
	cancel()
	bad.Wait()
	awake.Store(true)
	if _, err := l.find(t.Context(), "bad0.example"); err != nil {
		t.Error(err)
	}
}

func TestParseDNSServer(t *testing.T) {
	for s, want := range map[string]string{
		"127.0.0.1":         "127.0.0.1:53",
		"127.0.0.1:5353":    "127.0.0.1:5353",
		"::1":               "[::1]:53",
		"[::1]":             "[::1]:53",
		"[::1]:5353":        "[::1]:5353",
		"":                  "",
		"dns.example":       "",
		"dns.example:53":    "",
		"127.0.0.1:":        "",
		"127.0.0.1:0":       "",
		"127.0.0.1:70000":   "",
		"127.0.0.1,1.1.1.1": "",
	} {
		got, err := parseDNSServer(s)
		if got.addr != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", s, got.addr, err)
		}
	}
}

// Whatever a name server says, the end is addresses or an error.
func FuzzNameServer(f *testing.F) {
	name := dnsmessage.MustNewName("a.example.")
	q := dnsmessage.Message{Questions: []dnsmessage.Question{{Name: name, Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET}}}
	f.Add(packed(reply(q, 0, "a.example. 90s A 192.0.2.1", "a.example. 5s CNAME b.example.", "b.example. 5s CNAME a.example.")))
	f.Add(packed(reply(q, dnsmessage.RCodeNameError, "example. 50s SOA 20s")))
	f.Fuzz(func(t *testing.T, b []byte) {
		m := new(dnsmessage.Message)
		if m.Unpack(b) != nil {
			return
		}
		at, left := name, maxAliases
		s := read(m, &at, dnsmessage.TypeA, &left)
		if s.ttl < 0 || s.ttl > longestTTL || left < 0 || negativeTTL(m) > longestNegativeTTL {
			t.Errorf("%+v, %d aliases left, none for %v", s, left, negativeTTL(m))
		}
		for _, a := range s.addrs {
			if !a.Is4() {
				t.Errorf("%v", a)
			}
		}
	})
}
