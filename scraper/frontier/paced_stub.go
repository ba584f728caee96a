package frontier

func (f *Frontier[T]) Paced(t T) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	fl, ok := f.flights[t]
	return ok && fl.budget != nil && f.paced(fl.budget)
}
