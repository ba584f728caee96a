package rawjson

import (
	"bytes"
	"encoding/json"
	"testing"
)

func TestEnds(t *testing.T) {
	for _, value := range []string{
		`""`, `"a"`, `"\""`, `"\\"`, `"\\\""`, `"]},"`, `"\u0022"`, `0`, `-1.5e+3`, `true`, `null`, `[]`, `{}`, `[[],{}]`, `{"a":"}"}`, `["]"]`,
		`[ "\\" , {"a\"": [1, 2]} ]`,
	} {
		for _, behind := range []string{"", ",1", "]", "}", " ]", "\n"} {
			b := []byte(value + behind)
			if end := ValueEnd(b); end != len(value) {
				t.Errorf("%s ends at %d", b, end)
			}
			if value[0] == '"' && StringEnd(b) != len(value) {
				t.Errorf("%s ends at %d", b, StringEnd(b))
			}
		}
	}
}

// FuzzValueEnd holds that a value ends where a decoder has read it.
func FuzzValueEnd(f *testing.F) {
	f.Add([]byte(`{"a":["\\\"]",1.5,{}],"b":null} ,`))
	f.Add([]byte(`"\"" ]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		d := json.NewDecoder(bytes.NewReader(b))
		var value json.RawMessage
		if len(b) == 0 || bytes.IndexByte([]byte(Space), b[0]) >= 0 || d.Decode(&value) != nil {
			return
		}
		whole := append(bytes.Clone(value), ']')
		if end := ValueEnd(whole); end != len(value) {
			t.Errorf("%s ends at %d", whole, end)
		}
		if end := ValueEnd(value); end != len(value) {
			t.Errorf("%s ends at %d", value, end)
		}
	})
}
