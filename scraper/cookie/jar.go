package cookie

import (
	"cmp"
	"container/list"
	"slices"
	"strings"
	"sync"
	"time"

	"scrape/scraper/weburl"
)

// What a Jar holds at most, of cookies that servers set: as many as browsers
// do, but for the bytes, of which a request could carry no more anyway.
const (
	maxSiteCookies = 180
	maxSiteBytes   = 64 << 10
	maxSites       = 3000
	maxBytes       = 16 << 20
)

// Jar keeps cookies, in bounded memory. Where there are too many, the least
// recently used leave: of a site, which is a registrable domain with all below
// it, its cookies; of all sites those with all their cookies. Sites of which a
// file was read are the user's, and stay. The zero Jar is empty and ready; it
// is safe for concurrent use.
type Jar struct {
	mu     sync.Mutex
	sites  map[string]*site
	recent list.List // of *site, those that may leave; the last used first
	bytes  int       // of the sites in recent
	clock  uint64    // counts uses
}

type site struct {
	key     string
	cookies []kept
	bytes   int
	place   *list.Element // in Jar.recent; nil for one that stays

	// Cookies of a file have room beside those that servers set.
	read, readBytes int
}

// kept is a cookie in a jar. Its times are counts of uses.
type kept struct {
	Cookie
	made, used uint64
}

// Size is the cookie's memory in bytes, roughly.
func (c *Cookie) Size() int {
	const structs = 160
	return structs + len(c.Name) + len(c.Value) + len(c.Domain) + len(c.Path)
}

// Set puts a cookie into the jar, in the place of the same one, or deletes that,
// where c is over. One that came over http leaves those alone that are Secure.
func (j *Jar) Set(c Cookie, now time.Time) {
	if !c.valid() {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.set(c, now)
}

func (j *Jar) set(c Cookie, now time.Time) *site {
	s := j.site(siteOf(c.Domain))
	j.change(s, func() { s.set(c, j.tick(), now) })
	return s
}

func (s *site) set(c Cookie, tick uint64, now time.Time) {
	s.drop(func(k *kept) bool { return k.expired(now) })
	guards := func(k kept) bool {
		return k.Secure && k.Name == c.Name && pathMatches(c.Path, k.Path) &&
			(domainMatches(k.Domain, c.Domain) || domainMatches(c.Domain, k.Domain))
	}
	if c.Plain && !c.Secure && slices.ContainsFunc(s.cookies, guards) {
		return
	}
	made := tick
	s.drop(func(k *kept) bool {
		if !k.same(&c) {
			return false
		}
		made = k.made
		return true
	})
	if c.expired(now) {
		return
	}
	s.cookies = append(s.cookies, kept{c, made, tick})
	s.bytes += c.Size()
	for len(s.cookies) > maxSiteCookies+s.read || s.bytes > maxSiteBytes+s.readBytes {
		oldest := slices.MinFunc(s.cookies, func(a, b kept) int { return cmp.Compare(a.used, b.used) })
		s.drop(func(k *kept) bool { return k.used == oldest.used })
	}
}

// drop removes cookies.
func (s *site) drop(which func(*kept) bool) {
	s.cookies = slices.DeleteFunc(s.cookies, func(k kept) bool {
		gone := which(&k)
		if gone {
			s.bytes -= k.Size()
		}
		return gone
	})
}

// site finds a site, or makes an empty one. It counts as used.
func (j *Jar) site(key string) *site {
	s := j.sites[key]
	if s == nil {
		if j.sites == nil {
			j.sites = make(map[string]*site)
		}
		s = &site{key: key}
		s.place = j.recent.PushFront(s)
		j.sites[key] = s
	}
	if s.place != nil {
		j.recent.MoveToFront(s.place)
	}
	return s
}

// change lets a site be changed, and sees to the limits.
func (j *Jar) change(s *site, f func()) {
	before := s.bytes
	f()
	if s.place != nil {
		j.bytes += s.bytes - before
	}
	if len(s.cookies) == 0 {
		j.remove(s)
	}
	for j.recent.Len() > maxSites || j.bytes > maxBytes {
		j.remove(j.recent.Back().Value.(*site))
	}
}

func (j *Jar) remove(s *site) {
	delete(j.sites, s.key)
	j.free(s)
}

// free takes a site off those that may leave.
func (j *Jar) free(s *site) {
	if s.place != nil {
		j.recent.Remove(s.place)
		j.bytes -= s.bytes
		s.place = nil
	}
}

func (j *Jar) tick() uint64 {
	j.clock++
	return j.clock
}

// For returns the cookies that requests to the host of u may need, of whatever
// path and scheme: what another process must know to go on by itself. They are
// in the order in which they were made, and so stay in order in its Jar.
func (j *Jar) For(u weburl.URL, now time.Time) []Cookie {
	var cookies []Cookie
	for _, k := range j.pick(hostOf(u), now, func(*kept) bool { return true }) {
		cookies = append(cookies, k.Cookie)
	}
	return cookies
}

// Header returns the value of the Cookie header of a request for u: cookies
// with longer paths first, then those made earlier (RFC 6265bis, section 5.8.3);
// "" if there is none to be sent.
func (j *Jar) Header(u weburl.URL, now time.Time) string {
	path, secure := pathOf(u), u.Scheme() == "https"
	fit := j.pick(hostOf(u), now, func(k *kept) bool {
		return pathMatches(path, k.Path) && (secure || !k.Secure) && (k.Port == "" || k.Port == u.Port())
	})
	slices.SortStableFunc(fit, func(a, b kept) int { return cmp.Compare(len(b.Path), len(a.Path)) })
	var b strings.Builder
	for i, k := range fit {
		if i > 0 {
			b.WriteString("; ")
		}
		if k.Name != "" {
			b.WriteString(k.Name)
			b.WriteByte('=')
		}
		b.WriteString(k.Value)
	}
	return b.String()
}

// pick returns the cookies of a host that fit, in the order in which they were
// made. They count as used.
func (j *Jar) pick(host string, now time.Time, fits func(*kept) bool) []kept {
	j.mu.Lock()
	defer j.mu.Unlock()
	key := siteOf(host)
	if j.sites[key] == nil {
		return nil
	}
	s := j.site(key)
	var picked []kept
	for i := range s.cookies {
		if k := &s.cookies[i]; k.isFor(host) && !k.expired(now) && fits(k) {
			k.used = j.tick()
			picked = append(picked, *k)
		}
	}
	slices.SortFunc(picked, func(a, b kept) int { return cmp.Compare(a.made, b.made) })
	return picked
}
