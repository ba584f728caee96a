package filter

import "testing"

func TestKind(t *testing.T) {
	for _, test := range []struct {
		filters  string
		of, want Kind
		splits   bool
	}{
		{"", TextKind, TextKind, false},
		{"trim", Anything, TextKind, false},
		{"text", NumberKind, NumberKind, false},
		{"number", TextKind, NumberKind, false},
		{"number(de) | required", TextKind, NumberKind, false},
		{"number | default(0)", TextKind, NumberKind, false},
		{"number | default(1.5)", TextKind, NumberKind, false},
		{`number | default("n/a")`, TextKind, Anything, false},
		{"int", TextKind, IntegerKind, false},
		{"int | default(-1)", TextKind, IntegerKind, false},
		{"int | default(0.5)", TextKind, NumberKind, false},
		{"bool | default(false)", TextKind, TruthKind, false},
		{"bool | default(0)", TextKind, Anything, false},
		{"date", TextKind, DateKind, false},
		{"date | default(soon)", TextKind, TextKind, false},
		{"date | regex('^[0-9]+') | int", TextKind, IntegerKind, false},
		{"url", TextKind, TextKind, false},
		{"count", TextKind, IntegerKind, false},
		{"split | number", TextKind, NumberKind, true},
		{"split | last | number", TextKind, NumberKind, false},
		{"split | join", TextKind, TextKind, false},
		{"join | split", TextKind, TextKind, true},
		{"json", TextKind, Anything, false},
		{"json | first | bool", TextKind, TruthKind, false},
		{"split | json", TextKind, Anything, false},
	} {
		p, err := Parse(test.filters)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Kind(test.of); got != test.want || p.Splits() != test.splits {
			t.Errorf("%q of %d gives %d (splits: %v), want %d (%v)", test.filters, test.of, got, p.Splits(), test.want, test.splits)
		}
	}
}

// What Kind says of filters is true of what they give.
func TestKindIsThatOfValues(t *testing.T) {
	values := []any{"12,5 Euro on 2026-01-02", "7", "true", "", "[1,2]", "http://a.example/", []any{"1", "no", nil}}
	for _, d := range table {
		call := d.Name
		switch d.least {
		case 1:
			call += "(1)"
		case 2:
			call += "(1, 2)"
		}
		p, err := Parse(call)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range values {
			got, err := p.Apply(nil, v)
			if err != nil {
				t.Fatal(err)
			}
			for _, one := range present(got) {
				is := kindOf(one)
				if want := p.Kind(TextKind); want != Anything && is.Both(want) != want && !(want == DateKind && is == TextKind) {
					t.Errorf("%s of %v gives %v (%d), said to be %d", call, v, one, is, want)
				}
			}
		}
	}
}
