package results

// NewJSONL returns a Sink of JSON Lines: each record as it is, with a newline.
// Closing it closes w.
func NewJSONL(w *Batch) Sink { return &jsonl{w: w} }

type jsonl struct {
	w    *Batch
	line []byte
}

func (s *jsonl) Write(r *Record) error {
	if len(r.raw) == 0 {
		return errNoContent
	}
	s.line = append(append(s.line[:0], r.raw...), '\n')
	return s.w.Append(s.line)
}

func (s *jsonl) Sync() error  { return s.w.Flush() }
func (s *jsonl) Close() error { return s.w.Close() }
