package command

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
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
		err := parseFile("--load-cookies", f.loadCookies, func(r io.Reader) error { return jar.ReadNetscape(r, time.Now()) })
		if err != nil && !(errors.Is(err, fs.ErrNotExist) && f.loadCookies == f.saveCookies) {
			return err
		}
	}
	if f.saveCookies == "" || isSpecial(f.saveCookies) {
		return nil
	}
	// What cannot be written is better known before the run than after it.
	place, err := createCookies(f.saveCookies)
	if err != nil {
		return err
	}
	return place.discard()
}

// writeCookies writes the jar where --save-cookies says, as a whole or not at
// all, for its owner alone.
func (p *program) writeCookies() error {
	name := p.settings.files.saveCookies
	if name == "" {
		return nil
	}
	place, err := createCookies(name)
	if err != nil {
		return err
	}
	if err := p.settings.options.Request.Cookies.WriteNetscape(place.file, time.Now()); err != nil {
		return errors.Join(local(name, err, cookiesLost), place.discard())
	}
	return place.keep()
}

const cookiesLost = "the cookies of this run are lost"

// cookieFile is a file that takes the place of another once it is complete.
type cookieFile struct {
	name    string
	file    *os.File
	special bool
}

// isSpecial tells a device or a pipe, which is opened once and written to as it
// is.
func isSpecial(name string) bool {
	info, err := os.Stat(name)
	return err == nil && !info.IsDir() && !info.Mode().IsRegular()
}

func createCookies(name string) (*cookieFile, error) {
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return nil, local(name, errors.New("is a directory"), "name a file in it")
	}
	if isSpecial(name) {
		file, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return nil, local(name, err, "")
		}
		return &cookieFile{name, file, true}, nil
	}
	if target, err := filepath.EvalSymlinks(name); err == nil {
		name = target // which the link goes on to lead to
	}
	dir := filepath.Dir(name)
	file, err := os.CreateTemp(dir, ".cookies-*") // with mode 0600
	if errors.Is(err, fs.ErrNotExist) {
		return nil, local(name, errors.New("no such directory"), "make it first: mkdir -p "+dir)
	}
	if err != nil {
		return nil, local(name, err, "")
	}
	return &cookieFile{name, file, false}, nil
}

func (c *cookieFile) keep() error {
	err := c.file.Close()
	if c.special {
		return c.lost(err)
	}
	if err == nil {
		err = os.Rename(c.file.Name(), c.name)
	}
	if err != nil {
		os.Remove(c.file.Name())
	}
	return c.lost(err)
}

func (c *cookieFile) lost(err error) error {
	if err == nil {
		return nil
	}
	return local(c.name, err, cookiesLost)
}

func (c *cookieFile) discard() error {
	err := c.file.Close()
	if !c.special {
		err = errors.Join(err, os.Remove(c.file.Name()))
	}
	if err != nil {
		return local(c.name, err, "")
	}
	return nil
}
