package report

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"scrape/results"
)

// synthetic makes records of a large run over many hosts, some of them bad, as they
// would come, and says when each was finished.
type synthetic struct {
	rand  *rand.Rand
	n     int64
	at    time.Duration
	hosts int
}

func newSynthetic(hosts int) *synthetic {
	return &synthetic{rand: rand.New(rand.NewPCG(7, 7)), hosts: hosts}
}

var messages = map[results.Kind][]string{
	results.InvalidURL:     {"scheme mailto is not http or https", "no host"},
	results.Robots:         {"line 12 of robots.txt: Disallow: /search"},
	results.BlockedAddress: {"10.0.0.7 is a private address"},
	results.DNS:            {"no such host", "server misbehaving"},
	results.Connect:        {"connection refused", "no route to host", "connection reset by peer"},
	results.TLS:            {"certificate has expired (on 2026-11-02)", "certificate is valid for *.hoster.example, not shop.example.com"},
	results.Timeout:        {"no answer within 30s", "body: slower than 1024 bytes a second"},
	results.Protocol:       {"unexpected end of the body after 3,211 of 40,000 bytes"},
	results.Redirect:       {"loop after 4 redirects"},
	results.TooLarge:       {"body larger than 32 MiB"},
	results.Decode:         {"gzip: invalid checksum"},
	results.Parse:          {"required field price is not there"},
	results.WorkerLost:     {"killed its worker 3 times: out of memory"},
	results.HostGivenUp:    {"25 connections failed in a row"},
}

var weighted = []struct {
	kind  results.Kind
	parts int
}{{results.HTTPStatus, 400}, {results.Timeout, 160}, {results.DNS, 120}, {results.Connect, 90}, {results.Robots, 60}, {results.TLS, 40},
	{results.HostGivenUp, 30}, {results.Parse, 25}, {results.Redirect, 12}, {results.InvalidURL, 9}, {results.Protocol, 7}, {results.TooLarge, 4}, {results.Decode, 2}}

// next is a record as it comes from a worker.
func (s *synthetic) next() (*results.Record, time.Duration) {
	s.n++
	s.at += time.Duration(s.rand.ExpFloat64() * float64(4*time.Millisecond) * (1.4 + math.Sin(float64(s.n)/9000)))
	host := int(float64(s.hosts) * math.Pow(s.rand.Float64(), 3))
	f := &results.Fields{
		Seq: s.n, URL: fmt.Sprintf("https://www%d.example.com/articles/2026/a-typical-page-%x.html?id=%d&lang=en", host, s.rand.Uint32(), s.n),
		Outcome: results.Scraped, Status: 200, Attempts: 1, WireBytes: 9000 + s.rand.Int64N(40000),
		Title: fmt.Sprintf("A typical page of an ordinary site – number %d", s.n),
	}
	f.Timing.Total = time.Duration(math.Exp(s.rand.NormFloat64()*0.9+4.6) * float64(time.Millisecond))
	switch p := s.rand.Float64(); {
	case p < 0.02:
		f.Outcome, f.Title, f.Timing, f.WireBytes = results.NotScraped, "", results.Timing{}, 0
		f.Error = &results.Error{Kind: results.Duplicate, Message: "of line 1"}
	case p < 0.1 || host%40 == 7:
		s.fail(f)
	}
	return results.New(f), s.at
}

func (s *synthetic) fail(f *results.Fields) {
	f.Outcome, f.Title, f.Status = results.NotScraped, "", 0
	pick := s.rand.IntN(959)
	kind := results.HTTPStatus
	for _, w := range weighted {
		if pick -= w.parts; pick < 0 {
			kind = w.kind
			break
		}
	}
	f.Error = &results.Error{Kind: kind}
	switch kind {
	case results.HTTPStatus:
		status := []struct {
			status int
			text   string
		}{{404, "Not Found"}, {404, "Not Found"}, {404, "Not Found"}, {403, "Forbidden"}, {503, "Service Unavailable"}, {500, "Internal Server Error"}, {410, "Gone"}, {429, "Too Many Requests"}}[s.rand.IntN(8)]
		f.Status, f.Error.Message = status.status, fmt.Sprintf("%d %s", status.status, status.text)
		f.Error.Retryable = status.status >= 429
	default:
		all := messages[kind]
		f.Error.Message = all[s.rand.IntN(len(all))]
		f.Error.Retryable = kind == results.Timeout || kind == results.Connect || kind == results.DNS && s.rand.IntN(3) == 0
	}
	if kind == results.Timeout {
		f.Timing.Total, f.Attempts = 90*time.Second+time.Duration(s.rand.Int64N(5e9)), 3
	}
	if kind == results.InvalidURL {
		f.Input, f.URL, f.Timing = fmt.Sprintf("mailto:someone%d@example.com", f.Seq), "", results.Timing{}
	}
}

// withChange is a record as a run with a memory of earlier ones writes it.
func withChange(r *results.Record, change string) *results.Record {
	raw := bytes.Replace(r.Raw(), []byte(`,"outcome"`), fmt.Appendf(nil, `,"change":%q,"outcome"`, change), 1)
	changed, err := results.ParseRecord(raw)
	if err != nil {
		panic(err)
	}
	return changed
}
