package fetch

import (
	"context"
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"scrape/scraper/weburl"
)

const (
	accept         = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	acceptEncoding = "gzip, deflate, br, zstd"
)

// template returns the request that all requests are copies of. Its header is
// shared by them; the transport only reads it.
func template(o Options) *http.Request {
	header := http.Header{
		"Accept":          {accept},
		"Accept-Encoding": {acceptEncoding},
		"User-Agent":      {o.UserAgent}, // the empty one keeps net/http from sending its own
	}
	for name, values := range o.Header {
		header[http.CanonicalHeaderKey(name)] = slices.Clone(values)
	}
	host := header.Get("Host")
	header.Del("Host")
	return &http.Request{
		Method:     http.MethodGet,
		Proto:      "HTTP/1.1",
		ProtoMajor: 1,
		ProtoMinor: 1,
		Header:     header,
		Host:       host,
	}
}

// request returns the request for u. Nothing is parsed again: u is normalised,
// and its path goes out as it stands, also where net/url would refuse it.
func (f *Fetcher) request(ctx context.Context, u weburl.URL) *http.Request {
	r := f.template.WithContext(ctx)
	r.URL = &url.URL{Scheme: u.Scheme(), Host: u.Host()}
	setTarget(r, u.RequestURI())
	if u.Username() != "" || u.Password() != "" {
		r.Header = maps.Clone(r.Header)
		pair := unescape(u.Username()) + ":" + unescape(u.Password())
		r.Header["Authorization"] = []string{"Basic " + base64.StdEncoding.EncodeToString([]byte(pair))}
	}
	return r
}

// setTarget makes target the request's, byte for byte. Opaque does that, save
// that net/url takes one with two slashes in front for a host and a path.
func setTarget(r *http.Request, target string) {
	if !strings.HasPrefix(target, "//") {
		r.URL.Opaque = target
		return
	}
	path, query, found := strings.Cut(target, "?")
	if plain, err := url.PathUnescape(path); err == nil {
		r.URL.Path, r.URL.RawPath = plain, path
		r.URL.RawQuery, r.URL.ForceQuery = query, found
		if r.URL.RequestURI() == target {
			return
		}
		r.URL.Path, r.URL.RawPath, r.URL.RawQuery, r.URL.ForceQuery = "", "", "", false
	}
	// The absolute form (RFC 9112, section 3.2.2) says the same; it is the
	// last resort because some servers take it for a request to a proxy.
	// HTTP/2 cuts scheme and host off again.
	host := r.Host
	if host == "" {
		host = r.URL.Host
	}
	r.URL.Opaque = "//" + host + target
}

// unescape decodes percent-encoding; what is not valid stays as it is.
func unescape(s string) string {
	if plain, err := url.PathUnescape(s); err == nil {
		return plain
	}
	return s
}
