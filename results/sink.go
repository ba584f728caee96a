package results

// Sink is where records go. It is used by one goroutine at a time.
type Sink interface {
	// Write takes one record. It may keep its bytes until Sync, not the
	// record. After a failed write every further one fails alike.
	Write(*Record) error
	// Sync returns when everything written so far is with the operating
	// system, or with the error that kept it from getting there.
	Sync() error
	// Close is Sync and the release of everything but what the caller opened.
	// Writing after it is an error; closing again is not.
	Close() error
}
