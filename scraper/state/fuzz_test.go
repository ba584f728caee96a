package state

import (
	"reflect"
	"strings"
	"testing"

	"scrape/results"
	"scrape/scraper/fetch"
)

func FuzzEntry(f *testing.F) {
	for _, e := range []entry{
		{},
		{standing: gone, failures: 3, firstSeen: 1, lastSeen: -2, lastChange: 1 << 40, asked: 7, body: strings.Repeat("b", 32), data: "d", stored: true, bodyFile: "ab/c", Validators: fetch.Validators{ETag: `"v"`, LastModified: "now"}},
	} {
		f.Add(e.append(nil))
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := parseEntry(b)
		if err != nil {
			return
		}
		again, err := parseEntry(e.append(nil))
		if err != nil || !reflect.DeepEqual(again, e) {
			t.Errorf("%+v came back as %+v, %v", e, again, err)
		}
	})
}

// Whatever is in the file, a record stays one.
func FuzzContent(f *testing.F) {
	c := content{text: []byte(`"a text"`), cut: true}
	c.take([]byte("title"), []byte(`"A \"title\""`))
	f.Add(c.encode())
	c.take([]byte("data"), []byte(`{"price":[1,{"a":null}],"s":"`+strings.Repeat("long ", 100)+`"}`))
	f.Add(c.encode())
	f.Add([]byte("\x00{}"))
	f.Add([]byte("\x00{\"title\":5}"))
	f.Add([]byte("\x00{\"title\":\"a\\u2028\u2028\"}"))
	f.Add([]byte{packed, 1, 2})
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := parseContent(b)
		if err != nil {
			return
		}
		r := results.New(&results.Fields{Seq: 3, Outcome: results.Scraped, Status: 304})
		var members []results.Member
		for i, v := range c.values {
			if len(v) > 0 {
				members = append(members, results.Member{Key: contentKeys[i].name, Value: v})
			}
		}
		amended, err := results.Amend(r, members...)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := amended.Fields(); err != nil {
			t.Errorf("%q makes %s: %v", b, amended.Raw(), err)
		}
		c.lines()
		if again, err := parseContent(c.encode()); err != nil || !reflect.DeepEqual(again.values, c.values) {
			t.Errorf("%q came back as %+v, %v", c.values, again, err)
		}
	})
}
