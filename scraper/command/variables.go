package command

import (
	"slices"
	"strings"

	"github.com/xrash/smetrics"
)

// variablePrefix is that of the variables that are ours.
const variablePrefix = "SCRAPE_"

// checkVariables refuses a variable that is spelt nearly like one of ours, which would have
// no effect, and nobody would know. Others may be somebody else's: a service called scrape
// gives its neighbours in Kubernetes SCRAPE_SERVICE_HOST, SCRAPE_PORT and more, and a
// script around a run may well have its SCRAPE_OUT.
func checkVariables(environ []string) error {
	known := []string{passwordVariable}
	for i := range flagTable() {
		if name := flagTable()[i].env(); name != "" {
			known = append(known, name)
		}
	}
	slices.Sort(environ)
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, variablePrefix) || value == "" || slices.Contains(known, name) {
			continue
		}
		if meant := nearestVariable(name, known); meant != "" {
			return usage("did you mean "+meant+"?", "%s: there is no such variable", printable(name))
		}
	}
	return nil
}

// nearestVariable is the variable that a name was meant to be, "" if it is like none: it
// differs from that in one letter, or in two where it is long. Of short ones too many are
// words of their own.
func nearestVariable(name string, known []string) (meant string) {
	name = strings.TrimPrefix(name, variablePrefix)
	var least int // one more than letters may differ
	switch {
	case len(name) >= 8:
		least = 3
	case len(name) >= 5:
		least = 2
	}
	for _, of := range known {
		n := smetrics.WagnerFischer(name, strings.TrimPrefix(of, variablePrefix), 1, 1, 1)
		if n < least || n == least && meant != "" && of < meant {
			meant, least = of, n
		}
	}
	return meant
}

// variableName is the variable of a flag.
func variableName(flag string) string {
	return variablePrefix + strings.ToUpper(strings.NewReplacer("-", "_", ".", "_").Replace(flag))
}
