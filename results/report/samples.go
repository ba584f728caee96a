package report

import "math/rand/v2"

// samples keeps at most so many of a stream of samples that belong to groups. While
// there is room it keeps all of them; then it takes from the largest groups, so that
// what is rare is there to the last one. What is kept of a group is a uniform sample
// of it (reservoir sampling: Vitter 1985, algorithm R; a reservoir that gives up one
// of its members at random stays uniform).
type samples struct {
	most   int
	groups []group
	kept   int
	rand   *rand.Rand
}

type group struct {
	seen int64
	kept []sample
}

// place tells whether the next sample of a group is kept, and where put shall put
// it.
func (s *samples) place(g int) (index int, ok bool) {
	for len(s.groups) <= g {
		s.groups = append(s.groups, group{})
	}
	if s.rand == nil {
		s.rand = rand.New(rand.NewPCG(1, 2)) // the same records make the same report
	}
	into := &s.groups[g]
	into.seen++
	if int64(len(into.kept)) == into.seen-1 { // all of the group are kept so far
		if s.kept < s.most {
			return len(into.kept), true
		}
		if largest := s.largest(); largest != g && len(s.groups[largest].kept) > len(into.kept)+1 {
			s.drop(largest)
			return len(into.kept), true
		}
	}
	if i := s.rand.Int64N(into.seen); i < int64(len(into.kept)) {
		return int(i), true
	}
	return 0, false
}

// put keeps a sample where place said.
func (s *samples) put(g, index int, one sample) {
	into := &s.groups[g]
	if index == len(into.kept) {
		into.kept = append(into.kept, one)
		s.kept++
		return
	}
	into.kept[index] = one
}

// largest is the group of which most are kept.
func (s *samples) largest() int {
	best := 0
	for g := range s.groups {
		if len(s.groups[g].kept) > len(s.groups[best].kept) {
			best = g
		}
	}
	return best
}

// drop takes one sample out of a group, at random.
func (s *samples) drop(g int) {
	kept := s.groups[g].kept
	last := len(kept) - 1
	kept[s.rand.IntN(len(kept))] = kept[last]
	kept[last] = sample{}
	s.groups[g].kept = kept[:last]
	s.kept--
}
