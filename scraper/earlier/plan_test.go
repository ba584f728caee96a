package earlier

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"testing"

	"scrape/results"
	"scrape/scraper/list"
)

func failed(seq int64, url string, kind results.Kind, retryable bool) *results.Fields {
	return &results.Fields{Seq: seq, URL: url, Error: &results.Error{Kind: kind, Message: "so it was", Retryable: retryable}}
}

// records yields those of an earlier run, and then an error if there is one.
func records(err error, all ...*results.Fields) iter.Seq2[*results.Record, error] {
	return func(yield func(*results.Record, error) bool) {
		for _, f := range all {
			if !yield(results.New(f), nil) {
				return
			}
		}
		if err != nil {
			yield(nil, err)
		}
	}
}

func source(lines ...string) []list.Source {
	return []list.Source{{Name: "urls.txt", Open: func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(strings.Join(lines, "\n"))), nil
	}}}
}

func run() []*results.Fields {
	scraped := &results.Fields{Seq: 2, URL: "https://a.example/2", Outcome: results.Scraped, Title: "Two"}
	several := failed(9, "https://a.example/9", results.Timeout, true)
	several.List, several.Line, several.Input = "two.txt", 4, "a.example/9#top"
	return []*results.Fields{
		failed(4, "https://a.example/4", results.DNS, false),
		scraped,
		failed(1, "https://a.example/1", results.Timeout, true),
		several,
		failed(5, "https://a.example/1", results.Duplicate, false),
		{Seq: 7, Input: "hello", Error: &results.Error{Kind: results.InvalidURL, Message: "not a URL"}},
	}
}

// What is worth it is asked for again, by its record or by the list; all else stays.
func TestPlan(t *testing.T) {
	listed := source("a.example/1", "a.example/2", "#", `{"url":"a.example/4","body":"x"}`, "a.example/1", "", "hello", "", "a.example/9#top", "more")
	for name, test := range map[string]struct {
		o    Options
		kept []int64
		want []string
	}{
		"records":        {Options{}, []int64{4, 2, 5, 7}, []string{"1  0 https://a.example/1 https://a.example/1", "9 two.txt 4 a.example/9#top https://a.example/9"}},
		"kinds":          {Options{Kinds: []results.Kind{results.DNS, results.Parse}}, []int64{2, 1, 9, 5, 7}, []string{"4  0 https://a.example/4 https://a.example/4"}},
		"list":           {Options{Lists: listed}, []int64{4, 2, 5, 7}, []string{"1  1 a.example/1 https://a.example/1", "9  9 a.example/9#top https://a.example/9"}},
		"list and kinds": {Options{Lists: listed, Kinds: []results.Kind{results.DNS}}, []int64{2, 1, 9, 5, 7}, []string{"4  4 a.example/4 https://a.example/4 x"}},
		"nothing":        {Options{Lists: listed, Kinds: []results.Kind{results.TLS}}, []int64{4, 2, 1, 9, 5, 7}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := New(t.Context(), records(nil, run()...), test.o)
			if err != nil {
				t.Fatal(err)
			}
			var kept []int64
			for r, err := range p.Kept() {
				if err != nil {
					t.Fatal(err)
				}
				kept = append(kept, r.Seq)
			}
			var again []string
			for i, err := range p.Again() {
				if err != nil {
					t.Fatal(err)
				}
				again = append(again, strings.TrimSpace(fmt.Sprint(i.Seq, " ", i.List, " ", i.Line, " ", i.Input, " ", i.URL, " ", string(i.Body))))
			}
			if !slices.Equal(kept, test.kept) || !slices.Equal(again, test.want) {
				t.Errorf("kept %v, again %q; want %v, %q", kept, again, test.kept, test.want)
			}
			if p.Lines() != 6 || p.Retried() != int64(len(again)) || !slices.Equal(slices.Collect(p.Seqs()), []int64{1, 2, 4, 5, 7, 9}) {
				t.Errorf("%d lines, %d again, %v", p.Lines(), p.Retried(), slices.Collect(p.Seqs()))
			}
		})
	}
}

// What cannot be asked for as it was is refused before anything is done.
func TestPlanRefuses(t *testing.T) {
	torn := errors.New("torn")
	with := func(change func(*results.Fields)) []*results.Fields {
		f := failed(3, "https://a.example/3", results.Timeout, true)
		change(f)
		return []*results.Fields{f}
	}
	post := with(func(f *results.Fields) { f.Method = "POST" })
	for name, test := range map[string]struct {
		records []*results.Fields
		torn    error
		o       Options
		want    string // "": none
		request bool
	}{
		"a method":            {post, nil, Options{}, "line 3: it was asked for with POST", true},
		"the common method":   {post, nil, Options{Method: "POST"}, "", false},
		"meta":                {with(func(f *results.Fields) { f.Meta = []byte("1") }), nil, Options{}, "line 3: it is a request in JSON", true},
		"a password":          {with(func(f *results.Fields) { f.URL = "https://me:***@a.example/" }), nil, Options{}, "line 3: the password is ***", true},
		"no seq":              {with(func(f *results.Fields) { f.Seq = 0 }), nil, Options{}, "a record has no seq", false},
		"twice":               {append(run(), run()[1]), nil, Options{}, "line 2: it has two records", false},
		"a torn file":         {run(), torn, Options{}, "torn", false},
		"another line":        {run(), nil, Options{Lists: source("a.example/x")}, "line 1 is another one in the list now: https://a.example/x", false},
		"no URL any more":     {run(), nil, Options{Lists: source("hello")}, "line 1 is another one in the list now: not a URL", false},
		"no such line":        {run(), nil, Options{Lists: source("a.example/1", "a.example/2")}, "line 9 is not in the list any more", false},
		"not that it scraped": {[]*results.Fields{{Seq: 3, Method: "POST", URL: "https://a.example/", Outcome: results.Scraped}}, nil, Options{}, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := New(t.Context(), records(test.torn, test.records...), test.o)
			if test.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Fatalf("%v; want %s", err, test.want)
			}
			if unfit, ok := errors.AsType[*UnfitError](err); test.request != (ok && unfit.Request) {
				t.Errorf("%+v", err)
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, o := range []Options{{}, {Lists: source("a.example/1")}} {
		if _, err := New(ctx, records(nil, run()...), o); !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
	}
}

// What has changed or is gone when it is read again ends it.
func TestPlanIsReadAgain(t *testing.T) {
	times := 0
	torn := errors.New("torn")
	once := func(yield func(*results.Record, error) bool) {
		if times++; times > 1 {
			records(torn)(yield)
			return
		}
		records(nil, run()...)(yield)
	}
	p, err := New(t.Context(), once, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range p.Kept() {
		if err != torn {
			t.Errorf("%v", err)
		}
	}
	for _, err := range p.Again() {
		if err != torn {
			t.Errorf("%v", err)
		}
	}
}
