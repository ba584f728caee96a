package command

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"maps"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
	"strings"

	"scrape/results"
	"scrape/scraper"
	"scrape/scraper/state"
)

// checkMemory refuses what is asked of a state that there is not. What the environment
// says may be meant for other runs.
func (p *program) checkMemory() error {
	s := &p.settings
	for name, on := range map[string]bool{"only-changed": s.onlyChanged, "diff": s.diff} {
		if called, byFlag := p.found(name); on && byFlag && s.state == "" {
			return usage("give the file that remembers what was seen: --state FILE", "%s: there is no --state", called)
		}
	}
	if s.state == "" {
		s.onlyChanged, s.diff = false, false
		return nil
	}
	if s.state == "-" {
		called, _ := p.found("state")
		return usage("./- is a file of that name", "%s -: a file is wanted", called)
	}
	if p.needsText() {
		if err := scraper.CheckExtract(p.withText()); err != nil {
			called, _ := p.found("diff")
			return usage("ask for something of the pages, or leave it out", "%s: with --extract none there is nothing to compare", called)
		}
	}
	return nil
}

// needsText tells whether pages are to be read for their text alone, so that it can be
// compared.
func (p *program) needsText() bool {
	return p.settings.diff && !scraper.ExtractsData(p.settings.options.Extract)
}

// withText is what is asked of pages, and their text.
func (p *program) withText() scraper.Extract {
	e := p.settings.options.Extract
	e.Extract = append(slices.Clone(e.Extract), "text")
	return e
}

// newRun is the number of a run that begins.
func newRun() uint64 { return rand.Uint64() }

// openState opens the state of a run; nil where none is asked for.
func (p *program) openState(run uint64) (*state.State, error) {
	s := &p.settings
	if s.state == "" {
		return nil, nil
	}
	st, err := state.Open(s.state, state.Options{
		Run:    run,
		Asked:  p.askedOfPages(),
		ByData: scraper.ExtractsData(s.options.Extract),
		Diff:   s.diff,
		Text:   p.needsText(),
		Bodies: s.saveBody,
	})
	if foreign, ok := errors.AsType[*state.ForeignError](err); ok {
		called, _ := p.found("state")
		return nil, usage("name another file", "%s %q: %s", called, redacted(s.state), foreign.Reason)
	}
	return st, p.toldOutput(err)
}

// askedOfPages stands for all that the content of a page can depend on. What merely
// lets a request through, such as a password, may be another the next time; method,
// body and a line's own headers are in the key of each page already.
func (p *program) askedOfPages() uint64 {
	o := &p.settings.options
	extract := o.Extract
	if p.needsText() {
		extract = p.withText()
	}
	user, _, _ := strings.Cut(o.Request.Login, ":")
	text, err := json.Marshal([]any{extract, p.headersAsked(), user, o.MaxBody, o.MetaRefresh})
	if err != nil {
		panic(err) // all of these have a form in JSON
	}
	sum := sha256.Sum256(text)
	return binary.LittleEndian.Uint64(sum[:])
}

// headersAsked are the headers of every request that the content of a page can depend
// on, without those that merely let it through; nil where there are none. They may hold
// secrets all the same: only a digest of them is to be kept.
func (p *program) headersAsked() http.Header {
	own := &p.settings.options.Request
	asked := make(http.Header)
	if own.UserAgent != "" {
		asked.Set("User-Agent", own.UserAgent)
	}
	maps.Copy(asked, own.Header)
	for _, name := range []string{"Authorization", "Cookie", "Proxy-Authorization"} {
		asked.Del(name)
	}
	if len(asked) == 0 {
		return nil
	}
	return asked
}

// remember adds to a run's options what is known of earlier ones.
func (p *program) remember(o *scraper.Options, st *state.State) {
	if st == nil {
		return
	}
	o.Memory = st
	if p.needsText() {
		o.Extract = p.withText()
	}
}

// worth is a sink of what is worth a record: with --only-changed not what is as it was,
// nor a line that repeats another.
func (p *program) worth(sink results.Sink) results.Sink {
	if !p.settings.onlyChanged {
		return sink
	}
	return results.Filter(sink, func(r *results.Record) bool {
		return r.Change != results.Unchanged && r.Change != results.NoChange
	})
}

// stateAsked are the flags that decide what is known, and which records are written of
// it: another value than before cannot go on with a run.
func (p *program) stateAsked() []any {
	name := p.settings.state
	if path, err := filepath.Abs(name); err == nil && name != "" {
		name = path
	}
	return []any{name, p.settings.onlyChanged, p.settings.diff}
}
