package weburl_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"testing"

	"scrape/scraper/weburl"
)

// suiteCase is a case of the WHATWG URL suite.
type suiteCase struct {
	Input, Base string
	Failure     bool

	Href, Protocol, Username, Password, Host, Hostname, Port, Pathname, Search, Hash string
}

func readSuite(t testing.TB, name string) []suiteCase {
	t.Helper()
	path := "../../../shared/suites/" + name
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("no conformance suite at %s", path)
	}
	if err != nil {
		t.Fatal(err)
	}
	var suite struct {
		Origin struct{ Count int }
		Cases  []suiteCase
	}
	if err := json.Unmarshal(text, &suite); err != nil {
		t.Fatal(err)
	}
	if len(suite.Cases) == 0 || len(suite.Cases) != suite.Origin.Count && suite.Origin.Count != 0 {
		t.Fatalf("%s has %d cases, and says it has %d", path, len(suite.Cases), suite.Origin.Count)
	}
	return suite.Cases
}

func TestSuite(t *testing.T) {
	for _, c := range readSuite(t, "url.json") {
		u, err := weburl.Parse(c.Input)
		if c.Failure {
			wantError(t, c.Input, u, err)
			continue
		}
		if err != nil {
			t.Errorf("Parse(%q): %v", c.Input, err)
			continue
		}
		got := suiteCase{
			Input:    c.Input,
			Href:     u.String(),
			Protocol: u.Scheme() + ":",
			Username: u.Username(),
			Password: u.Password(),
			Host:     u.Host(),
			Hostname: u.Hostname(),
			Port:     u.Port(),
			Pathname: u.Path(),
			Search:   u.Query(),
			Hash:     u.Fragment(),
		}
		if got != c {
			t.Errorf("Parse(%q):\n got %+v\nwant %+v", c.Input, got, c)
		}
	}
}

func TestSuiteRelative(t *testing.T) {
	for _, c := range readSuite(t, "url_relative.json") {
		base, err := weburl.Parse(c.Base)
		if err != nil {
			t.Errorf("Parse(%q): %v", c.Base, err)
			continue
		}
		u, err := base.Resolve(c.Input)
		if c.Failure {
			wantError(t, c.Input, u, err)
			continue
		}
		if err != nil || u.String() != c.Href {
			t.Errorf("(%q).Resolve(%q) = %q, %v; want %q", c.Base, c.Input, u, err, c.Href)
		}
	}
}

// wantError checks that there is no URL but an error fit to be shown.
func wantError(t *testing.T, input string, u weburl.URL, err error) {
	t.Helper()
	var e *weburl.Error
	if !errors.As(err, &e) || !u.IsZero() || e.Reason == "" {
		t.Errorf("%q: got URL %q and error %#v, want an *Error", input, u, err)
	}
}
