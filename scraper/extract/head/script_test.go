package head_test

import (
	"strings"
	"testing"
)

func TestReadJSONLD(t *testing.T) {
	for _, c := range []struct{ name, script, want string }{
		{"as it should be", "\n {\"a\": [1.50, \"é </b> &amp; \\u00e9\"]}\n", `{"a":[1.50,"é </b> &amp; \u00e9"]}`},
		{"array", ` [ {}, {} ] `, `[{},{}]`},
		{"comment", "<!-- {\"a\":\"-->\"} -->", `{"a":"-->"}`},
		{"comment of a script", "\n<!--//-->\n{\"a\":1}\n//-->", `{"a":1}`},
		{"CDATA", "<![CDATA[ {} ]]>", `{}`},
		{"CDATA of a script", "//<![CDATA[\n{}\n//]]>", `{}`},
		{"CDATA of a style", "/* <![CDATA[ */ [] /* ]]> */", `[]`},
		{"CDATA in a line", `//<![CDATA[ {"a":1} //]]>`, `{"a":1}`},
		{"comment before and behind", "/* c */\n// d\n{\"a\":\"// /*\"}\n// e\n/* f */", `{"a":"// /*"}`},
		{"comment of HTML before", "<!-- c -->{}", `{}`},
		{"all of it in a comment", `/* {"a":1} */`, `{"a":1}`},
		{"comment not closed", "/* c {}", ``},
		{"nothing but comments", "// c\n// d\n", ``},
		{"semicolon", "\uFEFF{};\n", `{}`},
		{"line breaks in strings", "{\"a\":\"b\r\nc\td\x01\"}", `{"a":"b\u000ac\u0009d\u0001"}`},
		{"commas", `{"a":[1,2, ,],"b":{"c":",]",},,}`, `{"a":[1,2],"b":{"c":",]"}}`},
		{"escapes", `{"a":"it\'s \d \" \\",}`, `{"a":"it's \\d \" \\"}`},
		{"NUL", "{\"a\":\"\x00\"}", "{\"a\":\"\uFFFD\"}"},
		{"cut off", `{"a":"b`, ``},
		{"cut off within an escape", `{"a":"b\`, ``},
		{"two values", `{}{}`, ``},
		{"no object", `"a"`, ``},
		{"blank", " \n", ``},
		{"nothing", "", ``},
		{"JavaScript", `var a = {};`, ``},
		{"too deep", strings.Repeat("[", 20000) + strings.Repeat("]", 20000), ``},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := `{}`
			if c.want != "" {
				want = `{"jsonld":[` + c.want + `]}`
			}
			if got := read(t, `<body><p><SCRIPT data-x TYPE=" application/LD+json; charset=utf-8">`+c.script+`</SCRIPT>`, nil); got != want {
				t.Errorf("%s: %s, want %s", c.script, got, want)
			}
		})
	}
	for _, page := range []string{
		`<script>{}</script>`, `<script type=application/json>{}</script>`, `<template><script type=application/ld+json>{}</script></template>`,
		`<svg><script type=application/ld+json>{}</script></svg>`, `<!-- <script type=application/ld+json>{}</script> -->`,
	} {
		if got := read(t, page, nil); got != `{}` {
			t.Errorf("%s: %s", page, got)
		}
	}
}

// Who wrote a page and when is had from JSON-LD, too.
func TestReadNodes(t *testing.T) {
	for _, c := range []struct{ name, script, author, published string }{
		{"text", `{"author":" Ada  B ","datePublished":"2001-01-01"}`, "Ada B", "2001-01-01"},
		{"object", `{"@type":"Article","author":{"@type":"Person","name":"Ada"}}`, "Ada", ""},
		{"several", `[{"author":[{"name":"Ada"},"Bob",{"name":"Ada"},{"url":"x"}]}]`, "Ada, Bob", ""},
		{"reference", `{"@graph":[{"@type":"WebPage","author":{"@id":"#c"}},{"@id":"#a","name":"Ada"},{"@type":["Thing","NewsArticle"],"author":{"@id":"#a"}},{"@id":"#c","name":"Cleo"}]}`, "Ada", ""},
		{"reference to nothing", `{"author":{"@id":"#a"}}`, "", ""},
		{"URL", `{"author":"https://example.com/ada"}`, "", ""},
		{"value objects", `{"datePublished":{"@value":"2001-01-01"},"author":{"name":[{"@value":"Ada"}]}}`, "Ada", "2001-01-01"},
		{"article before the rest", `[{"@type":"WebPage","datePublished":"2001-01-01"},{"@type":"BlogPosting","datePublished":"2002-02-02"}]`, "", "2002-02-02"},
		{"odd types", `[{"@type":1,"author":1,"datePublished":true},{"@type":null,"author":null,"datePublished":[]},[[[[{"author":"x"}]]]],1,null]`, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := `{`
			if c.author != "" {
				want += `"author":"` + c.author + `",`
			}
			if c.published != "" {
				want += `"published":"` + c.published + `",`
			}
			if got := read(t, `<script type=application/ld+json>`+c.script+`</script>`, nil); !strings.HasPrefix(got, want+`"jsonld"`) {
				t.Errorf("%s: %s, want %s", c.script, got, want)
			}
		})
	}
}
