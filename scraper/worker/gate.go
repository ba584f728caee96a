package worker

import (
	"context"
	"net/netip"
	"slices"

	"scrape/results"
	"scrape/scraper/fetch"
	"scrape/scraper/robots"
)

// maxRobotsRedirects is how many redirects are followed to a robots.txt (RFC
// 9309, section 2.3.1.2).
const maxRobotsRedirects = 5

// readRules reads a robots.txt that is there. What leads elsewhere, but nowhere, is
// no file: it allows all, as one that is not there does.
func (a *attempt) readRules() *fetch.Error {
	if a.resp.Status >= 300 {
		a.gate.Rules = new(robots.Rules)
		if err := a.resp.DiscardWithin(redirectPatience); err != nil {
			return asFetchError(err)
		}
		return nil
	}
	rules, err := robots.Parse(a.resp.Body, process.Product)
	if err != nil {
		return asFetchError(err)
	}
	a.gate.Rules = rules
	if n, _ := a.resp.Body.Read(make([]byte, 1)); n > 0 {
		return nil // the file is longer than it may be, and the rest matters to nobody
	}
	if err := a.resp.Finish(); err != nil {
		return asFetchError(err)
	}
	return nil
}

// closed tells what a failure to get through a gate means for those behind it.
//
// A robots.txt that the server does not have, or will not give, allows all (RFC
// 9309, section 2.3.1.3), and so does one behind redirects that lead nowhere. One
// that the server fails to give forbids all (section 2.3.1.4). A host that cannot
// be asked at all is no more to be had for its pages.
func (a *attempt) closed(err *fetch.Error) (*Opened, *Shut) {
	shut := &Shut{Kind: err.Kind, Message: err.Message, Retryable: err.Retryable, Attempts: a.task.Attempt + a.task.Lost}
	if a.task.Role == LookUp {
		return nil, shut
	}
	away := len(a.task.Redirects) > 0 // from the host itself
	switch err.Kind {
	case results.Redirect:
		return &Opened{Rules: new(robots.Rules)}, nil
	case results.HTTPStatus:
		if a.resp.Status < 500 {
			return &Opened{Rules: new(robots.Rules)}, nil
		}
		shut.Kind, shut.Retryable = results.Robots, true // another day it may be had
	case results.BlockedAddress:
		if away {
			return &Opened{Rules: new(robots.Rules)}, nil
		}
		return nil, shut // whatever is asked for
	case results.DNS, results.Connect, results.TLS:
		if !away {
			return nil, shut // likewise
		}
	}
	shut.Message = "robots.txt: " + shut.Message
	return nil, shut
}

// lookUp finds by which address hosts that are one machine are known: of several
// the least. What a proxy looks up is known by its name.
func (a *attempt) lookUp(ctx context.Context) *fetch.Error {
	addrs, err := process.fetcher.LookUp(ctx, a.task.URL)
	if err != nil {
		return asFetchError(err)
	}
	a.gate = Opened{Rules: new(robots.Rules), Addr: a.task.URL.Hostname()}
	if len(addrs) > 0 {
		a.gate.Addr = slices.MinFunc(addrs, netip.Addr.Compare).String()
	}
	return nil
}
