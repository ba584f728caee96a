package frontier

// Paced tells whether the time at which a task in flight was given out matters:
// its host has a delay or was overloaded, or there is a rate.
func (f *Frontier[T]) Paced(t T) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	fl, ok := f.flights[t]
	return ok && fl.budget != nil && f.paced(fl.budget)
}
