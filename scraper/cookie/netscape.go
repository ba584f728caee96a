package cookie

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"scrape/scraper/weburl"
)

// The format that Netscape's browser had, and curl, wget and what exports
// cookies from browsers have: one cookie a line, its seven fields divided by
// tabs. Lines that begin with "#" are comments, save for a prefix.
const (
	netscapeHeader = "# Netscape HTTP Cookie File\n"
	httpOnlyPrefix = "#HttpOnly_"
	maxLine        = 64 << 10 // bytes
)

// ReadNetscape adds the cookies of a file to the jar. Those that are over are
// dropped; an expiry of 0, or none, is that of a cookie for a run. The error of
// a malformed line begins with its number, and the jar is as it was then.
func (j *Jar) ReadNetscape(r io.Reader, now time.Time) error {
	var cookies []Cookie
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	number := 1
	for ; lines.Scan(); number++ {
		line := strings.TrimSuffix(lines.Text(), "\r")
		if number == 1 {
			line = strings.TrimPrefix(line, "\ufeff")
		}
		c, ok, err := readLine(line)
		if err != nil {
			return fmt.Errorf("line %d: %w", number, err)
		}
		if ok && !c.expired(now) {
			cookies = append(cookies, c)
		}
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return fmt.Errorf("line %d: longer than %d KiB", number, maxLine>>10)
	} else if err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, c := range cookies {
		s := j.site(siteOf(c.Domain))
		s.read++
		s.readBytes += c.Size()
		j.free(s)
		j.set(c, now)
	}
	return nil
}

// readLine reads a line; what is no cookie and no mistake is not ok.
func readLine(line string) (c Cookie, ok bool, err error) {
	rest, httpOnly := strings.CutPrefix(line, httpOnlyPrefix)
	if strings.TrimSpace(rest) == "" || !httpOnly && strings.HasPrefix(strings.TrimLeft(line, " \t"), "#") {
		return Cookie{}, false, nil
	}
	fields := strings.SplitN(rest, "\t", 7)
	if len(fields) == 6 {
		fields = append(fields, "") // an editor took the tab before an empty value away
	}
	if len(fields) < 7 {
		return Cookie{}, false, fmt.Errorf("has %d of the 7 fields of a cookie, which tabs divide", len(fields))
	}
	c = Cookie{Name: fields[5], Value: fields[6], Path: fields[2], HTTPOnly: httpOnly}
	if c.Domain, err = readDomain(fields[0]); err != nil {
		return Cookie{}, false, err
	}
	below, err := readBool(fields[1])
	if err != nil {
		return Cookie{}, false, fmt.Errorf("field 2 %w", err)
	}
	c.HostOnly = !below || isAddress(c.Domain) || isPublicSuffix(c.Domain)
	if c.Secure, err = readBool(fields[3]); err != nil {
		return Cookie{}, false, fmt.Errorf("field 4 %w", err)
	}
	if c.Expires, err = readExpiry(fields[4]); err != nil {
		return Cookie{}, false, err
	}
	switch {
	case !strings.HasPrefix(c.Path, "/"):
		return Cookie{}, false, errors.New(`the path, field 3, must begin with "/"`)
	case len(c.Name)+len(c.Value) > maxPair:
		return Cookie{}, false, fmt.Errorf("name and value are longer than %d bytes", maxPair)
	case !c.valid():
		return Cookie{}, false, errors.New("name, value or path hold what no cookie can")
	}
	return c, true, nil
}

// readDomain normalises a domain, which may begin with a dot.
func readDomain(field string) (string, error) {
	domain := strings.TrimPrefix(strings.Trim(field, " "), ".")
	if strings.Contains(domain, ":") && !strings.HasPrefix(domain, "[") {
		domain = "[" + domain + "]"
	}
	if domain == "" || strings.ContainsAny(domain, "/\\?#@") {
		return "", errors.New("the domain, field 1, is not a host name")
	}
	u, err := weburl.Parse("http://" + domain + "/")
	if err != nil || u.Hostname() != u.Host() || !isName(hostOf(u)) {
		return "", errors.New("the domain, field 1, is not a host name")
	}
	return hostOf(u), nil
}

func readBool(field string) (bool, error) {
	switch strings.ToUpper(field) {
	case "TRUE":
		return true, nil
	case "FALSE":
		return false, nil
	}
	return false, errors.New("must be TRUE or FALSE")
}

// readExpiry reads seconds since 1970, which some write with a fraction.
func readExpiry(field string) (time.Time, error) {
	if field == "" {
		return time.Time{}, nil
	}
	seconds, err := strconv.ParseFloat(field, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) || math.IsNaN(seconds) {
		return time.Time{}, errors.New("the expiry, field 5, must be in seconds since 1970")
	}
	if seconds == 0 {
		return time.Time{}, nil
	}
	const last = 253402300799 // of the year 9999
	return time.Unix(int64(min(max(seconds, 1), last)), 0).UTC(), nil
}

// WriteNetscape writes the cookies that are not over, sorted by domain, path
// and name. Those for a run are written too, with an expiry of 0. The file is a
// secret: it is the caller's to make it one.
func (j *Jar) WriteNetscape(w io.Writer, now time.Time) error {
	out := bufio.NewWriter(w)
	out.WriteString(netscapeHeader) // an error stays with out, and Flush returns it
	for _, c := range j.all(now) {
		if c.HTTPOnly {
			out.WriteString(httpOnlyPrefix)
		}
		domain, expiry := c.Domain, int64(0)
		if !c.HostOnly {
			domain = "." + domain
		}
		if !c.Expires.IsZero() {
			expiry = c.Expires.Unix()
		}
		fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%d\t%s\t%s\n", domain, boolText(!c.HostOnly), c.Path, boolText(c.Secure), expiry, c.Name, c.Value)
	}
	return out.Flush()
}

func boolText(b bool) string {
	if b {
		return "TRUE"
	}
	return "FALSE"
}

// all returns the cookies that are not over, sorted.
func (j *Jar) all(now time.Time) []Cookie {
	j.mu.Lock()
	defer j.mu.Unlock()
	var cookies []Cookie
	for _, s := range j.sites {
		for _, k := range s.cookies {
			if !k.expired(now) {
				cookies = append(cookies, k.Cookie)
			}
		}
	}
	slices.SortFunc(cookies, func(a, b Cookie) int {
		return cmp.Or(cmp.Compare(a.Domain, b.Domain), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Name, b.Name), cmp.Compare(boolText(a.HostOnly), boolText(b.HostOnly)))
	})
	return cookies
}
