package results

// Filter returns a sink that gives another those records alone, with their exchanges,
// that keep says yes to. Exchanges on the way to a record are given in any case, since
// nobody knows of it yet. It needs what the other does.
func Filter(s Sink, keep func(*Record) bool) Sink {
	f := filter{s, keep}
	if e, ok := s.(ExchangeSink); ok {
		return exchangeFilter{f, e}
	}
	return f
}

type filter struct {
	Sink
	keep func(*Record) bool
}

func (f filter) Write(r *Record) error {
	if !f.keep(r) {
		return nil
	}
	return f.Sink.Write(r)
}

type exchangeFilter struct {
	filter
	exchanges ExchangeSink
}

func (f exchangeFilter) Needs() Needs { return f.exchanges.Needs() }

func (f exchangeFilter) WriteExchange(r *Record, e *Exchange) error {
	if r != nil && !f.keep(r) {
		return nil
	}
	return f.exchanges.WriteExchange(r, e)
}
