package filter

import "encoding/json"

// Kind is what a value is, as far as it is known before there is one.
type Kind uint8

// The kinds of values.
const (
	Anything    Kind = iota // what JSON holds
	TextKind                // a string, or an Element
	NumberKind              // a json.Number
	IntegerKind             // a json.Number that is a whole one
	TruthKind               // a bool
	DateKind                // a string: RFC 3339, or the date alone
	asGiven                 // of a filter: what it is given
)

// Both is what two values have in common.
func (k Kind) Both(other Kind) Kind {
	switch {
	case k == other:
		return k
	case k == NumberKind && other == IntegerKind, k == IntegerKind && other == NumberKind:
		return NumberKind
	case k == TextKind && other == DateKind, k == DateKind && other == TextKind:
		return TextKind
	}
	return Anything
}

// Kind is that of the values, or of the elements of the list, which the filters give
// for those of a kind.
func (p Pipeline) Kind(of Kind) Kind {
	for _, s := range p.steps {
		switch {
		case s.empty != nil:
			of = of.Both(kindOf(s.empty))
		case s.gives != asGiven:
			of = s.gives
		}
	}
	return of
}

// Splits says whether the filters make a list of one value, as split does.
func (p Pipeline) Splits() bool { return p.splits }

// kindOf is that of a value.
func kindOf(v any) Kind {
	switch v := v.(type) {
	case string:
		return TextKind
	case bool:
		return TruthKind
	case json.Number:
		if _, err := v.Int64(); err == nil {
			return IntegerKind
		}
		return NumberKind
	}
	return Anything
}
