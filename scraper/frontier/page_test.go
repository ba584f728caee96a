package frontier

import (
	"fmt"
	"strings"
)

// page is a task. Its host may have several origins.
type page struct {
	host   string
	n      int
	scheme string
	gate   string // what it asks for, when it is a gate's task
}

func (p *page) Host() string   { return p.host }
func (p *page) Origin() string { return p.scheme + "//" + p.host }
func (p *page) Target() string { return fmt.Sprint("/", p.n) }
func (p *page) Size() int      { return 100 }
func (p *page) String() string { return fmt.Sprint(p.scheme, p.host, p.gate, p.n) }

func (p *page) AppendBinary(b []byte) ([]byte, error) {
	return fmt.Appendf(b, "%s %d %s|", p.host, p.n, p.scheme), nil
}

func (p *page) UnmarshalBinary(b []byte) error {
	_, err := fmt.Sscanf(strings.ReplaceAll(string(b), "|", " |"), "%s %d %s", &p.host, &p.n, &p.scheme)
	p.scheme = strings.TrimSuffix(p.scheme, "|")
	return err
}
