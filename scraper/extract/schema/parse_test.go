package schema

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

const shop = `# what a shop sells
match: https://*.example.com/products/*
fields:
  name: h1
  price: {select: .price, filters: [trim, number], required: true}
  tags[]: .tag
  links: {select: "a::attr(href)", all: true}
  seller: {select: .seller, fields: {name: b, place: i}}
  offers:
    each: "table.offers tr"
    fields: {shop: td.shop, price: "td.price | number", url: "a::attr(href) | url"}
---
match: [https://example.com/, "*://example.com/news/*"]
fields:
  title: h1
  about:
    fields:
      text: p
---
fields: {title: title}
`

// good are files without mistakes, by name.
var good = map[string]string{
	"shop.yaml":    shop,
	"bare.yaml":    "fields:\n  a: h1\n",
	"flow.yaml":    "{fields: {a: h1}}",
	"quoted.yaml":  "fields:\n  a: '#id'\n  \"b\": \"[x] | trim\"\n",
	"marked.yaml":  "\ufefffields:\n  a: h1\n",
	"windows.yaml": "fields:\r\n  a: h1\r\n",
	"tabs.yaml":    "fields: {\n\ta: h1,\n\tb: p}\n",
	"filters.yaml": "fields:\n  a: {select: p, filters: trim | number}\n  b: {select: p, filters: []}\n",
	"foreign.yaml": "fields:\n  größe: p\n  価格: p\n",
	"empty2.yaml":  "---\n---\nfields: {a: h1}\n...\n",
	"editor.yaml":  "$schema: https://example.com/schema.json\nfields: {a: h1}\n",
	"shop.json":    "{\"match\": \"http://example.com/*\",\n\t\"fields\": {\"a\": \"h1\", \"b\": {\"select\": \"p\", \"required\": true}}}",
	"escaped.json": `{"fields": {"a": "[x='\ud83d\ude00\/']"}}`,
	"union.yaml":   "fields:\n  a:\n    each: \"xpath://tr | //li\"\n    fields: {b: td}\n",
	"comment.yaml": "fields:\n  a:\n    each: '/* one | two */ tr'\n    fields: {b: td}\n",
	"block.yaml":   "match: |\n  https://a/*\nfields:\n  a: |\n    re:SKU-([0-9]+)\n  b: {select: ' h1 ', filters: [' trim ']}\n",
	"one.yaml":     "fields:\n  a: {each: \"xpath://a/@href | //b | required\", fields: {b: td}}\n",
	"xpath.yaml":   "fields:\n  a: {each: 'xpath://svg/descendant::text', fields: {b: \"a[b='::text']\"}}\n  x: {each: ' xpath:descendant::tr', fields: {b: i}}\n  c: {select: \"p[b='::text']\", fields: {d: i}}\n",
	"bars.yaml":    "fields:\n  a: {select: p, filters: ['split(\"|\")', 'join(\"|\")']}\n",
	"plain":        `{"fields": {"a": "h1"}}`,
}

func TestParse(t *testing.T) {
	for name, text := range good {
		if _, err := Parse(name, []byte(text)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	s, err := Parse("shop.yaml", []byte(shop))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(s.Paths()), "[name price tags links seller seller.name seller.place offers offers.shop offers.price offers.url title about about.text]"; got != want {
		t.Errorf("Paths() = %s; want %s", got, want)
	}
	for i, want := range []string{
		"[https://*.example.com/products/*] [name price tags links seller offers]",
		"[https://example.com/ *://example.com/news/*] [title about]",
		"[] [title]",
	} {
		if got := fmt.Sprint(s.shapes[i].Patterns(), s.shapes[i].Fields()); got != want {
			t.Errorf("shape %d: %s; want %s", i, got, want)
		}
	}
}

// bad are files with mistakes: each "line:column: beginning of message", and what
// is to be in the hint.
var bad = []struct {
	name, text string
	want       []string
	hint       string
	// tolerant says that JSON Schema cannot tell.
	tolerant bool
}{
	{"", "", []string{"1:1: nothing in it"}, "fields:", true},
	{"", "# nothing\n", []string{"1:1: nothing in it"}, "fields:", true},
	{"", "h1", []string{"1:1: a schema is a mapping of names to values, not a text"}, "", false},
	{"", "- a\n", []string{"1:1: a schema is a mapping of names to values, not a list"}, "", false},
	{"", "match: https://example.com/*\n", []string{"1:1: no fields"}, "fields: {", false},
	{"", "fields:\n", []string{"1:8: fields is a mapping of names to values, not nothing"}, "", false},
	{"", "fields: {}\n", []string{"1:9: no fields"}, "", false},
	{"", "field:\n  a: h1\n", []string{`1:1: a schema has no key "field"`}, "", false},
	{"", "fields: {a: h1}\nmach: x\n", []string{`2:1: a schema has no key "mach"`}, "did you mean match?", false},
	{"", "fields:\n  a: {selct: h1}\n", []string{`2:7: a field has no key "selct"`}, "", false},
	{"", "fields:\n  a: {select: a, attr: href}\n", []string{`2:18: a field has no key "attr"`}, "a::attr(href)", false},
	{"", "fields:\n  a: 5\n", []string{"2:6: the rule of a is a text, not a number"}, "quotes: '5'", false},
	{"", "fields:\n  a: true\n", []string{"2:6: the rule of a is a text, not true"}, "quotes", false},
	{"", "fields:\n  a:\n", []string{"2:5: the rule of a is a text, not nothing"}, "", false},
	{"", "fields:\n  a: #price\n", []string{"2:5: the rule of a is a text, not nothing"}, "'#price'", false},
	{"", "fields:\n  a: [href]\n", []string{"2:6: the rule of a is a text, not a list"}, "begins with [", false},
	{"", "fields:\n  a: ''\n", []string{"2:6: the rule of a is empty"}, "", false},
	{"", "fields:\n  a: h1\n  a: h2\n", []string{`3:3: "a" is there twice: first in line 2`}, "", true},
	{"", "fields:\n  a: h1\n  a[]: h2\n", []string{"3:3: a is there twice: first in line 2"}, "", true},
	{"", "fields:\n  a b: h1\n", []string{`2:3: no name for a field: "a b"`}, "letters", false},
	{"", "fields:\n  [a]: h1\n", []string{"2:3: a key is a name, not a list"}, "", true},
	{"", "fields:\n  a: h1 | nmber\n", []string{"2:11: "}, "", true},
	{"", "fields:\n  a: 'h1 | nmber'\n", []string{"2:12: "}, "", true},
	{"", "fields:\n  é: {select: h1, filters: [trim, nmber]}\n", []string{"2:35: "}, "", true},
	{"", "fields:\n  a: {select: h1, filters: trim | nmber}\n", []string{"2:35: "}, "", true},
	{"", "fields:\n  a: {select: h1, filters: [5]}\n", []string{"2:29: a filter is a text, not a number"}, "", false},
	{"", "fields:\n  a: {select: h1, required: 1}\n", []string{"2:29: required is true or false, not a number"}, "", false},
	{"", "fields:\n  a: {select: h1, all: 'yes'}\n", []string{"2:24: all is true or false, not a text"}, "", false},
	{"", "fields:\n  a: {select: 're:a(', filters: trim}\n", []string{"2:20: no regular"}, "", true},
	{"", "fields:\n  a: {select: 're:a`', filters: trim}\n", []string{"2:20: a back quote"}, "", true},
	{"", "fields:\n  a: {each: tr}\n", []string{"2:13: a has each, and no fields"}, "all: true", false},
	{"", "fields:\n  a: {each: tr, select: td, fields: {b: i}}\n", []string{"2:13: a has select and each"}, "", false},
	{"", "fields:\n  a: {each: tr, all: false, fields: {b: i}}\n", []string{"2:22: each finds all"}, "", false},
	{"", "fields:\n  a: {select: td, fields: {b: i}, filters: trim}\n", []string{"2:44: filters of a, which is an object"}, "", false},
	{"", "fields:\n  a: {each: tr | trim, fields: {b: i}}\n", []string{"2:16: filters of an object"}, "", true},
	{"", "fields:\n  a: {each: 'tr::text', fields: {b: i}}\n", []string{"2:16: an object is looked for in an element"}, "", false},
	{"", "fields:\n  a: {each: 're:x', fields: {b: i}}\n", []string{"2:14: an object is looked for in an element"}, "", false},
	{"", "fields:\n  a: {each: \"xpath://tr[. != '\\\\'] | trim\", fields: {b: i}}\n", []string{"2:13: filters of an object"}, "", true},
	{"", "fields:\n  a: {each: \"xpath://tr | id('x')\", fields: {b: i}}\n", []string{"2:27: no XPath expression: unknown function \"id\""}, "", true},
	{"", "fields:\n  a: {each: 'xpath://a/@href', fields: {b: i}}\n", []string{"2:23: an object is looked for in an element"}, "", true},
	{"", "fields:\n  a: {each: '  xpath://p/text()', fields: {b: i}}\n", []string{"2:25: an object is looked for in an element"}, "", true},
	{"", "fields:\n  a: {select: 'xpath:(//a/@href)[1]', fields: {b: i}}\n", []string{"2:26: an object is looked for in an element"}, "", true},
	{"", "fields:\n  a: {each: 'xpath:count(//p)', fields: {b: i}}\n", []string{"2:20: an object is looked for in an element"}, "", true},
	{"", "fields:\n  a: {select: '  h1 | dat'}\n", []string{"2:23: unknown filter"}, "", true},
	{"", "fields:\n  a: {select: h1, filters: [' dat']}\n", []string{"2:31: unknown filter"}, "", true},
	{"", "fields:\n  a: {each: 'jsonpath:$.a', fields: {b: i}}\n", []string{"2:14: an object is looked for in an element"}, "", false},
	{"", "fields:\n  a: {select: 'jsonpath:$.a', fields: {b: i}}\n", []string{"2:16: an object is looked for in an element"}, "", false},
	{"", "fields:\n  a: {select: 'p::attr(x)', fields: {b: i}}\n", []string{"2:17: an object is looked for in an element"}, "", false},
	{"", "fields:\n  a: {select: p, filters: '| trim'}\n", []string{"2:2"}, "", false},
	{"", "fields:\n  a: {select: p, filters: 'trim |'}\n", []string{"2:3"}, "", false},
	{"", "fields:\n  a: {select: p, filters: [trim, '| trim ']}\n", []string{"2:3"}, "", false},
	{"", "fields:\n  a: {all: true, fields: {b: i}}\n", []string{"2:3: a list of objects needs each"}, "", false},
	{"", "fields:\n  a[]: {fields: {b: i}}\n", []string{"2:3: a list of objects needs each"}, "", false},
	{"", "fields:\n  a: {select: td, fields: {}}\n", []string{"2:27: no fields"}, "", false},
	{"", "match: example.com/*\nfields: {a: h1}\n", []string{"1:8: match has no scheme"}, "https://example.com/*", false},
	{"", "match: '*'\nfields: {a: h1}\n", []string{"1:9: match fits every URL"}, "leave match out", false},
	{"", "match: https://example.com\nfields: {a: h1}\n", []string{"1:27: match has no path"}, "https://example.com/*", false},
	{"", "match: [https://a/, 'https://b/ c']\nfields: {a: h1}\n", []string{"1:32: white space in match"}, "", false},
	{"", "match: []\nfields: {a: h1}\n", []string{"1:8: match is an empty list"}, "", false},
	{"", "match: ftp://example.com/*\nfields: {a: h1}\n", []string{"1:8: match is for http and https only"}, "", false},
	{"", "match: https://exa<mple/*\nfields: {a: h1}\n", []string{"1:16: match is no URL"}, "", true},
	{"", "match: https://a/#b\nfields: {a: h1}\n", []string{"1:18: a fragment in match"}, "", false},
	{"", "match: https://u@a/\nfields: {a: h1}\n", []string{"1:16: a user in match"}, "", false},
	{"", "fields:\n\ta: h1\n", []string{"2:1: a tab in the indentation"}, "spaces", true},
	{"", "fields:\n  a: h1\n \t b: h1\n", []string{"3:2: a tab in the indentation"}, "spaces", true},
	{"", "fields:\n  a: @x\n", []string{"2:6: no YAML: found character that cannot start any token"}, "quotes", true},
	{"", "fields:\n  a: 'x\n", []string{"2:6: no YAML: found unexpected end of stream"}, "", true},
	{"", "fields:\n  a: h1\n  b: [x, y\n", []string{"3:6: no YAML: did not find expected ',' or ']'"}, "needs its end", true},
	{"", "fields:\n  a: h1\n b: x\n", []string{"3:2: no YAML: did not find expected key"}, "same column", true},
	{"", "fields:\n  a: \"x\\d\"\n", []string{"2:8: no YAML: found unknown escape character"}, "single quotes", true},
	{"", "fields:\n  a: h1\n  b: p\x01\n", []string{"3:7: no YAML: control characters are not allowed"}, "", true},
	{"", "fields: {a: &x h1, b: p}\n", []string{"1:13: anchors are not read: &x"}, "", true},
	{"", "fields: {a: *x}\n", []string{"1:13: no YAML: unknown anchor 'x' referenced"}, "'*'", true},
	{"", "a: &a [x]\nfields: {<<: {b: h1}}\n", []string{`1:1: a schema has no key "a"`, "2:10: << is not read"}, "", false},
	{"", "fields: {a: !!binary aGk=}\n", []string{"1:13: tags are not read: !!binary"}, "", true},
	{"", "fields: {a: h1}\n---\nfields: {a: h1}\n", []string{"3:1: no page comes to this document"}, "", true},
	{"", "match: https://a/*\nfields: {a: h1}\n---\nmatch: https://A/*\nfields: {b: h1}\n", []string{"4:1: no page comes to this document"}, "one document", true},
	{"", "match: [https://a/*, https://b/*]\nfields: {a: h1}\n---\nmatch: https://c/*\nfields: {a: h1}\n---\nmatch: [https://c/*, https://a/*]\nfields: {b: h1}\n", []string{"7:1: no page comes to this document"}, "", true},
	{"", "fields: {a: \"\xff\"}\n", []string{"1:14: not UTF-8"}, "", true},
	{"x.json", "", []string{"1:1: no JSON: it ends too early"}, "", true},
	{"x.json", "fields:\n", []string{"1:2: no JSON: invalid character 'i' in literal false"}, "", false},
	{"x.json", "{\"fields\": {\"a\": \"h1\"}", []string{"1:23: no JSON: it ends too early"}, "", true},
	{"x.json", "{\"fields\":\n {\"a\": \"h1\",\n  \"é\": \"p | nmber\"}}", []string{"3:13: "}, "", true},
	{"x.json", "{\"fields\":\n {\"a\": \"h1\",\n  \"b\": [\"p\"], \"b\" : 1}}", []string{"3:8: the rule of b is a text, not a list", `3:15: "b" is there twice`}, "", true},
	{"x.json", "{\"fields\": {\"a\": \"h1\"}} x", []string{"1:25: no JSON: "}, "", true},
	{"x.json", strings.Repeat("[", 100_000), []string{"1:74: no JSON: values nested too deep"}, "", true},
}

func TestMistakes(t *testing.T) {
	for _, test := range bad {
		_, err := Parse(test.name, []byte(test.text))
		mistakes, ok := errors.AsType[Errors](err)
		if !ok {
			t.Errorf("%q: %v", test.text, err)
			continue
		}
		hints := ""
		for i, e := range mistakes {
			hints += e.Hint + "\n"
			if got := strings.TrimPrefix(e.Error(), test.name+":"); len(mistakes) != len(test.want) || !strings.HasPrefix(got, test.want[i]) {
				t.Errorf("%.60q: %s; want %q", test.text, got, test.want)
			}
		}
		if !strings.Contains(hints, test.hint) {
			t.Errorf("%.60q: hint %q; want %q", test.text, hints, test.hint)
		}
	}
}

// All mistakes of a file are told at once, in its order, but no more than ten.
// Mistakes cross between processes as JSON, which holds UTF-8 only.
func TestMistakesAreUTF8(t *testing.T) {
	_, err := Parse("a.yaml", []byte("fields:\n  a: caf\xe9\n"))
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Message != "not UTF-8" || e.Line != 2 || e.Column != 9 || e.Source != "  a: caf\ufffd" {
		t.Errorf("%+v", e)
	}
}

// Of one field all mistakes are told, too.
func TestManyMistakesInAField(t *testing.T) {
	for text, want := range map[string][]string{
		`{select: .price, filters: [numbr, "nth(0)"], required: yes}`: {`1:40: unknown filter "numbr"`, "1:52: nth takes", "1:68: required is true or false, not a text"},
		`"h1 | nmber | trim | dat"`:                                   {`1:19: unknown filter "nmber"`, `1:34: unknown filter "dat"`},
		`{select: "p[", filters: [nmber, trim, "lwer | dat"]}`:        {"1:24: the bracket", `1:38: unknown filter "nmber"`, `1:52: unknown filter "lwer"`, `1:59: unknown filter "dat"`},
		`{select: "h1 | dat", filters: nmber}`:                        {`1:28: unknown filter "dat"`, `1:43: unknown filter "nmber"`},
		`{selct: h1, filters: [nmber]}`:                               {`1:14: a field has no key "selct"`, `1:35: unknown filter "nmber"`},
		`{select: "re:a(|b", filters: [5, nmber]}`:                    {"1:27: no regular expression", "1:43: a filter is a text, not a number", `1:46: unknown filter "nmber"`},
		`{each: "tr[", fields: {a: 5}, all: 1}`:                       {"1:23: the bracket", "1:39: the rule of a", "1:48: all is true or false"},
		`{each: "tr[", select: a}`:                                    {"1:20: a has select and each"},
		`{select: p, filters: [replace(a, b)], all: "true"}`:          {`1:42: the "(" of replace`, "1:56: all is true or false"},
	} {
		_, err := Parse("x.yaml", []byte("fields: {a: "+text+"}\n"))
		mistakes, _ := errors.AsType[Errors](err)
		good := len(mistakes) == len(want)
		for i := range min(len(mistakes), len(want)) {
			good = good && strings.HasPrefix(mistakes[i].Error(), "x.yaml:"+want[i])
		}
		if !good {
			t.Errorf("%s: %v; want %q", text, err, want)
		}
	}
}

func TestTruthHint(t *testing.T) {
	for value, want := range map[string]string{"yes": "write true", "On": "write true", `"true"`: "write true", "1": "write true", "no": "write false", "0": "write false", "maybe": "", "[yes]": ""} {
		_, err := Parse("x.yaml", []byte("fields: {a: {select: p, required: "+value+"}}"))
		if e, ok := errors.AsType[*Error](err); !ok || e.Hint != want {
			t.Errorf("%s: %v; want the hint %q", value, e, want)
		}
	}
}

func TestManyMistakes(t *testing.T) {
	text := "match: nowhere\nfields:\n  a: 5\n  b: {select: x, al: true}\n  c: 'p | nope'\n  d: {each: tr, fields: {e: 6}}\n"
	_, err := Parse("x.yaml", []byte(text))
	if got := strings.Count(err.Error(), "\n") + 1; got != 5 {
		t.Errorf("%d mistakes:\n%v", got, err)
	}
	one, ok := errors.AsType[*Error](err)
	if !ok || one.Line != 1 || one.Excerpt() != "match: nowhere\n       ^" {
		t.Errorf("first: %v, %q", one, one.Excerpt())
	}
	_, err = Parse("x.yaml", []byte("fields:\n"+strings.Repeat("  a b: 1\n", 1000)))
	if e, _ := errors.AsType[Errors](err); len(e) != maxErrors {
		t.Errorf("%d mistakes", len(e))
	}
}

// What no person writes is refused without much work.
func TestHostileFiles(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'k'; c++ {
		bomb += fmt.Sprintf("%c: &%c [%s]\n", c, c, strings.Repeat(fmt.Sprintf("*%c,", c-1), 9))
	}
	for _, text := range []string{
		bomb,
		strings.Repeat("[", 500_000),
		strings.Repeat("{a: ", 200_000),
		strings.Repeat("- ", 500_000),
		strings.Repeat("---\n", 200_000),
		strings.Repeat("---\na: b\n", 100_000),
		"fields:\n" + strings.Repeat(" ", MaxSize),
		"fields: " + strings.Repeat("{a: {fields: ", 10_000) + "x",
		"fields: {a: " + strings.Repeat("{select: x, fields: {a: ", 40) + "x" + strings.Repeat("}}", 40) + "}",
		"fields: {" + manyFields(MaxFields+1) + "}",
		strings.Repeat("? ", 400_000),
		strings.Repeat("a: \"", 200_000),
		strings.Repeat("\n", MaxSize),
	} {
		if _, err := Parse("x.yaml", []byte(text)); err == nil {
			t.Errorf("%.60q: no mistake", text)
		}
	}
}

func manyFields(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "f%d: p,\n", i)
	}
	return b.String()
}

func FuzzParse(f *testing.F) {
	for name, text := range good {
		f.Add(name, text)
	}
	for _, test := range bad {
		f.Add(test.name, test.text)
	}
	f.Fuzz(func(t *testing.T, name, text string) {
		s, err := Parse(name, []byte(text))
		if err == nil {
			if len(s.Paths()) == 0 {
				t.Error("no fields")
			}
			return
		}
		mistakes, ok := errors.AsType[Errors](err)
		if !ok || len(mistakes) == 0 || len(mistakes) > maxErrors {
			t.Fatalf("%v", err)
		}
		lines := len(splitLines(text))
		for _, e := range mistakes {
			if e.Line < 1 || e.Line > lines+1 || e.Column < 1 || e.Message == "" {
				t.Errorf("%v in %d lines", e, lines)
			}
			e.Excerpt()
		}
	})
}
