package results

import (
	"fmt"
	"sync"
)

// Member is a key of a record and its value: JSON on one line, in the form that
// AppendJSON gives it.
type Member struct {
	Key   string
	Value []byte
}

// keyPlaces says where in the order of keys each of them stands.
var keyPlaces = sync.OnceValue(func() map[string]int {
	places := make(map[string]int, len(keys))
	for i, k := range keys {
		places[k.name] = i
	}
	return places
})

// Amend returns the record with other members: each takes the place of the one that
// the record has of that key, and one without a value takes it away. The keys are
// those of records, but neither seq, outcome nor error; all stand in the record's
// order, those that are not known last. r stays as it is.
func Amend(r *Record, members ...Member) (*Record, error) {
	places := keyPlaces()
	values := make([][]byte, len(places))
	var others []Member
	size := len(r.raw) + 2
	take := func(key, value []byte) {
		if i, known := places[string(key)]; known {
			values[i] = value
		} else {
			others = append(others, Member{string(key), value})
		}
	}
	if !EachMember(r.raw, take) {
		raw, err := canonical(r)
		if err != nil {
			return nil, err
		}
		clear(values)
		others = nil
		EachMember(raw, take)
	}
	amended := &Record{Seq: r.Seq, Outcome: r.Outcome, Kind: r.Kind, Key: r.Key, Change: r.Change}
	for _, m := range members {
		i, known := places[m.Key]
		if !known {
			return nil, fmt.Errorf("record %d: there is no key %q", r.Seq, m.Key)
		}
		values[i] = m.Value
		size += len(m.Key) + len(m.Value) + 4
		if m.Key == "change" {
			s, _ := unquote(m.Value)
			amended.Change = ParseChange(string(s))
		}
	}
	raw := append(make([]byte, 0, size), '{')
	add := func(key string, value []byte) {
		if len(value) == 0 {
			return
		}
		if len(raw) > 1 {
			raw = append(raw, ',')
		}
		raw = append(appendKey(raw, key), value...)
	}
	for i, k := range keys {
		add(k.name, values[i])
	}
	for _, m := range others {
		add(m.Key, m.Value)
	}
	amended.raw = append(raw, '}')
	return amended, amended.check()
}
