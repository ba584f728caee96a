package scraper

import (
	"io"
	"net/url"

	"scrape/scraper/cookie"
	"scrape/scraper/fetch"
	"scrape/scraper/fetch/resolve"
	"scrape/scraper/netrc"
)

// What a program needs to fill in Network and Request.
type (
	// Network says how connections are made.
	Network = fetch.Network
	// Override says where to connect to for a host and port.
	Override = resolve.Override
	// CookieJar keeps cookies. Its zero value is empty and ready.
	CookieJar = cookie.Jar
	// Netrc has names and passwords by host.
	Netrc = netrc.File
)

// ParseProxy reads the URL of a proxy: http, https, socks5 or socks5h. An error
// never holds the password.
func ParseProxy(s string) (*url.URL, error) { return fetch.ParseProxy(s) }

// ParseOverride reads "host:port:addr[,addr]…".
func ParseOverride(s string) (Override, error) { return resolve.ParseOverride(s) }

// ReadNetrc reads a file of logins as ~/.netrc is one.
func ReadNetrc(r io.Reader) (*Netrc, error) { return netrc.Read(r) }
