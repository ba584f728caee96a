package schema

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

func jsonSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// instances are a file's documents as JSON Schema sees them; ok is false for what
// is no data at all.
func instances(text string) (all []any, ok bool) {
	dec := yaml.NewDecoder(bytes.NewReader([]byte(text)))
	for {
		var v any
		if err := dec.Decode(&v); err != nil {
			return all, len(all) > 0
		}
		if v == nil {
			continue
		}
		b, err := json.Marshal(v)
		if err != nil {
			return nil, false
		}
		again, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
		if err != nil {
			return nil, false
		}
		all = append(all, again)
	}
}

// The JSON Schema for editors takes what Parse takes, and refuses what it can tell
// of what Parse refuses.
func TestJSONSchema(t *testing.T) {
	s := jsonSchema(t)
	for name, text := range good {
		if name == "escaped.json" {
			continue // no YAML
		}
		all, ok := instances(text)
		if !ok && name != "marked.yaml" {
			t.Errorf("%s: no data", name)
		}
		for _, v := range all {
			if err := s.Validate(v); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	for _, test := range bad {
		all, ok := instances(test.text)
		if !ok {
			continue
		}
		refused := false
		for _, v := range all {
			refused = refused || s.Validate(v) != nil
		}
		if refused == test.tolerant {
			t.Errorf("%q: JSON Schema refuses it: %v, but its being tolerant: %v", test.text, refused, test.tolerant)
		}
	}
}

// Patterns are told apart in the same way by both.
func TestJSONSchemaPatterns(t *testing.T) {
	s := jsonSchema(t)
	for _, p := range []string{
		"https://a/", "http://a/*", "*://a/*", "http*://a/", "HTTPS://A/", "https://*/", "https://a/?b",
		"a/*", "//a/*", "ftp://a/", "ftp*://a/", "https://a", "https:///a", "https://u@a/", "*", "https://a/ b", "https://a?b", "h*s://a/", "*p://a/", "",
	} {
		_, _, message, _ := parsePattern(p)
		err := s.Validate(map[string]any{"match": p, "fields": map[string]any{"a": "b"}})
		if (message == "") != (err == nil) {
			t.Errorf("%s: %q, but %v", p, message, err)
		}
	}
}
