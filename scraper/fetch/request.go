package fetch

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
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

// Request is what to ask for. Nothing of it is changed.
type Request struct {
	URL weburl.URL
	// Method is a token of RFC 9110, section 9.1, as it goes out. "": GET.
	Method string
	// Header is this request's own, and goes before Options.Header. A Host in it
	// replaces the URL's host in the request, not in the connection.
	Header http.Header
	// Body is sent where it is not empty.
	Body []byte
	// Login is a user name and a password, with a colon between them, for Basic
	// authorisation (RFC 7617), where neither URL nor headers have any. "": none.
	Login string
	// Cookie is what a jar has for the URL, behind any cookies in the headers:
	// "a=b; c=d".
	Cookie string
	// Validators make the request a conditional one.
	Validators Validators
	// Keep has the heads of request and answer kept for the Response.
	Keep bool
	// MaxBody is the limit on this answer's body. 0: Options.MaxBody.
	MaxBody int64
	// Foreign says that a redirect has led to another origin than the user named:
	// what is meant for his own alone stays behind, of Options.Header and of Header:
	// Authorization, Cookie, Proxy-Authorization and Host. So has the Fetch standard
	// it (https://fetch.spec.whatwg.org/#http-redirect-fetch).
	Foreign bool
	// Steered says that a public server chose the URL: then it may not lead to an
	// address that is not public.
	Steered bool
}

// secrets are the headers that are meant for the user's own origins alone. Host
// is none, but would be a lie elsewhere.
var secrets = []string{"Authorization", "Cookie", "Proxy-Authorization", "Host"}

// template returns the request that all requests are copies of. Its header is
// shared by them; the transport only reads it.
func template(o Options) *http.Request {
	header := http.Header{
		"Accept":          {accept},
		"Accept-Encoding": {acceptEncoding},
		"User-Agent":      {o.UserAgent}, // the empty one keeps net/http from sending its own
	}
	if o.NoCompression {
		header["Accept-Encoding"] = []string{"identity"}
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

// withoutSecrets returns a copy of a template for foreign origins.
func withoutSecrets(own *http.Request) *http.Request {
	foreign := own.Clone(context.Background())
	for _, name := range secrets {
		foreign.Header.Del(name)
	}
	foreign.Host = ""
	return foreign
}

// request returns what the transport sends for r. Nothing is parsed again: the
// URL is normalised, and its path goes out as it stands, also where net/url would
// refuse it.
func (f *Fetcher) request(ctx context.Context, r *Request) *http.Request {
	common := f.template
	if r.Foreign {
		common = f.foreign
	}
	out := common.WithContext(ctx)
	out.URL = &url.URL{Scheme: r.URL.Scheme(), Host: r.URL.Host()}
	if r.Method != "" {
		out.Method = r.Method
	}
	if len(r.Body) > 0 {
		out.ContentLength = int64(len(r.Body))
		out.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(r.Body)), nil }
		out.Body, _ = out.GetBody() // cannot fail
	}
	header, host := r.ownHeader(common.Header)
	out.Header = header
	if host != "" {
		out.Host = host
	}
	setTarget(out, r.URL.RequestURI())
	return out
}

// ownHeader returns the header for r, given what all requests have in common,
// and the Host in it. It is the common one itself where r has nothing of its own,
// as most requests.
func (r *Request) ownHeader(common http.Header) (header http.Header, host string) {
	login := r.login()
	if len(r.Header) == 0 && login == "" && r.Login == "" && r.Cookie == "" && r.Validators == (Validators{}) {
		return common, ""
	}
	header = maps.Clone(common)
	for name, values := range r.Header {
		name = http.CanonicalHeaderKey(name)
		if r.Foreign && slices.Contains(secrets, name) {
			continue
		}
		header[name] = slices.Clone(values)
	}
	host = header.Get("Host")
	header.Del("Host")
	if login == "" && header["Authorization"] == nil {
		login = r.Login
	}
	if login != "" {
		header["Authorization"] = []string{"Basic " + base64.StdEncoding.EncodeToString([]byte(login))}
	}
	if r.Cookie != "" {
		header["Cookie"] = []string{strings.Join(append(slices.Clone(header["Cookie"]), r.Cookie), "; ")}
	}
	if r.Validators.ETag != "" {
		header["If-None-Match"] = []string{r.Validators.ETag}
	}
	if r.Validators.LastModified != "" {
		header["If-Modified-Since"] = []string{r.Validators.LastModified}
	}
	return header, host
}

// login is the one in the URL: "name:password", or "".
func (r *Request) login() string {
	if r.URL.Username() == "" && r.URL.Password() == "" {
		return ""
	}
	return unescape(r.URL.Username()) + ":" + unescape(r.URL.Password())
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
