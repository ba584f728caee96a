package rule_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/head"
	"scrape/scraper/extract/rule"
)

// TestJSONLD holds that a JSONPath sees the JSON-LD that the field jsonld gives.
func TestJSONLD(t *testing.T) {
	const script = `<script type="application/ld+json">`
	for _, c := range []struct{ name, body, want string }{
		{"as it should be", script + `{"a":1.50}</script>`, `[{"a":1.50}]`},
		{"comma", script + `{"a":[1,],}</script>`, `[{"a":[1]}]`},
		{"line break in a string", script + "{\"a\":\"b\nc\"}</script>", `[{"a":"b\nc"}]`},
		{"marks", script + "/* <![CDATA[ */ {} /* ]]> */;</script>", `[{}]`},
		{"reference in the type", `<script type="application/ld&#43;json">[2]</script>`, `[[2]]`},
		{"no object", script + `1</script>`, `null`},
		{"broken", script + `{a</script>` + script + `{}</script>`, `[{}]`},
		{"template", `<template>` + script + `{}</script></template>`, `null`},
		{"drawing", `<svg>` + script + `{}</script></svg>`, `null`},
		{"comment", `<!--` + script + `{}</script>-->`, `null`},
		{"large", script + `["` + strings.Repeat("x", 5<<20) + `"]</script>` + script + `{}</script>`, `[{}]`},
	} {
		d := page("<body><p>x</p>"+c.body, "text/html")
		body, err := mustParse(t, "body").Elements(rule.Scope{Doc: d})
		if err != nil || len(body) != 1 {
			t.Fatal(err)
		}
		for _, sc := range []rule.Scope{{Doc: d}, {Doc: d, Node: body[0]}} {
			v, err := mustParse(t, "jsonpath:$").Value(sc, true)
			if got, _ := json.Marshal(v); err != nil || string(got) != c.want {
				t.Errorf("%s: got %s, %v, want %s", c.name, got, err, c.want)
			}
		}
		if ready, err := head.JSONLD(d); err != nil || c.name != "large" && (len(ready) > 0) != (c.want != "null") {
			t.Errorf("%s: the field has %s, %v", c.name, ready, err)
		}
		d.Release()
	}
	d := page(script+"["+strings.Repeat("{},", 1<<20-1)+"{}]</script>", "text/html")
	defer d.Release()
	if v, err := mustParse(t, "jsonpath:$").Value(rule.Scope{Doc: d}, true); v != nil || !errors.Is(err, document.ErrTooLarge) {
		t.Errorf("too large: %v", err)
	}
}
