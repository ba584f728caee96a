package results

import (
	"slices"
	"strings"
	"testing"
)

// The list is closed, and its order is that of the tally.
func TestKinds(t *testing.T) {
	want := strings.Fields(`none invalid_url duplicate robots blocked_address dns connect tls timeout protocol
		redirect http_status too_large decode parse worker_lost host_given_up`)
	var got []string
	for k := None; k <= HostGivenUp; k++ {
		got = append(got, k.String())
		if k == None {
			continue
		}
		if parsed, err := ParseKind(k.String()); parsed != k || err != nil {
			t.Errorf("ParseKind(%q) = %v, %v", k, parsed, err)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
	if got := (HostGivenUp + 1).String(); got != "kind(17)" {
		t.Errorf("a kind that is none is called %q", got)
	}
	for _, s := range []string{"", "none", "DNS", "dns ", "kind(17)"} {
		if k, err := ParseKind(s); k != None || err == nil {
			t.Errorf("ParseKind(%q) = %v, %v", s, k, err)
		}
	}
}

func TestOutcome(t *testing.T) {
	if got := Scraped.String(); got != "scraped" {
		t.Errorf("Scraped is %q", got)
	}
	if got := NotScraped.String(); got != "not_scraped" {
		t.Errorf("NotScraped is %q", got)
	}
	if got := New(new(Fields)).Outcome; got != NotScraped {
		t.Errorf("a record nobody filled is %v", got)
	}
}
