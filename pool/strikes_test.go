package pool

import "testing"

func TestStrikes(t *testing.T) {
	s := &strikes{}
	fresh := func() []*lease { return []*lease{{charges: s.noCharges()}} }
	deaths := func(l []*lease, n int, struck bool) (int, bool) {
		for i := range n {
			if s.suffer(l, nil, struck); s.convict(l[0].charges) {
				return i + 1, true
			}
		}
		return n, false
	}
	for _, test := range []struct {
		name      string
		elsewhere int
		struck    bool
		want      int
	}{
		{"own doing", 0, false, 3},
		{"own doing in a storm", 1000, false, 3},
		{"struck", 0, true, 3},
		{"struck as others are", 4, true, 7},
		{"struck in a storm", 1000, true, maxStruckDeaths},
	} {
		l := fresh()
		s.suffer(nil, nil, false)
		for range test.elsewhere {
			s.suffer(nil, nil, true)
		}
		if n, convicted := deaths(l, 1000, test.struck); !convicted || n != test.want {
			t.Errorf("%s: given up: %v, after %d deaths, want %d", test.name, convicted, n, test.want)
		}
		s.roll(s.rolled + ticks(lookBack)) // the next task is of another time
		s.roll(s.rolled + ticks(lookBack))
	}
	pair := append(fresh(), fresh()...)
	if _, convicted := deaths(pair, 100, true); convicted {
		t.Error("a task is charged for its neighbour")
	}
}
