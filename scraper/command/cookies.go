package command

import (
	"errors"
	"io"
	"io/fs"
	"time"

	"scrape/scraper"
)

// readCookies makes the jar of the run, if one is wanted. A file that is also to
// be written need not be there yet.
func (p *program) readCookies() error {
	f := &p.settings.files
	if f.loadCookies == "" && f.saveCookies == "" {
		return nil
	}
	jar := new(scraper.CookieJar)
	p.settings.options.Request.Cookies = jar
	if f.loadCookies != "" {
		called, _ := p.found("load-cookies")
		err := parseFile(called, f.loadCookies, func(r io.Reader) error { return jar.ReadNetscape(r, time.Now()) })
		if err != nil && !(errors.Is(err, fs.ErrNotExist) && f.loadCookies == f.saveCookies) {
			return err
		}
	}
	if f.saveCookies == "" {
		return nil
	}
	// What cannot be written is better known before the run than after it.
	return cookieFile.try(f.saveCookies)
}

// writeCookies writes the jar where --save-cookies says, as a whole or not at
// all, for its owner alone.
func (p *program) writeCookies() error {
	name := p.settings.files.saveCookies
	if name == "" {
		return nil
	}
	place, err := cookieFile.create(name)
	if err != nil {
		return err
	}
	return place.fill(func(w io.Writer) error { return p.settings.options.Request.Cookies.WriteNetscape(w, time.Now()) })
}

// cookieFile keeps what is as good as a password from others.
var cookieFile = replacing{prefix: ".cookies-", mode: 0o600, lost: "the cookies of this run are lost"}
