package warc

// generation is how many payloads are remembered before the oldest half is forgotten,
// and longestURL how long a URL may be of one that is, in bytes: together they bound what
// an index takes.
const (
	generation = 32 << 10
	longestURL = 1 << 10
)

// index remembers where payloads were met first, by their digests: the generation of the
// last ones, and the one before.
type index struct{ young, old map[[20]byte]origin }

// origin is where a payload comes from, and when, in nanoseconds since 1970.
type origin struct {
	url string
	at  int64
}

// find tells where a payload was met. One that is met again is remembered longer.
func (x *index) find(digest [20]byte) (o origin, ok bool) {
	if o, ok = x.young[digest]; ok {
		return o, true
	}
	if o, ok = x.old[digest]; ok {
		x.add(digest, o)
	}
	return o, ok
}

func (x *index) add(digest [20]byte, o origin) {
	if len(o.url) > longestURL {
		return
	}
	if len(x.young) >= generation || x.young == nil {
		x.old, x.young = x.young, make(map[[20]byte]origin)
	}
	x.young[digest] = o
}
