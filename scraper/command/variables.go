package command

import (
	"slices"
	"strings"

	"github.com/xrash/smetrics"
)

// variablePrefix is that of the variables that are ours.
const variablePrefix = "SCRAPE_"

// checkVariables refuses a variable that can only be a mistyped one of ours, which would
// have no effect, and nobody would know. Others may be somebody else's: a service called
// scrape gives its neighbours in Kubernetes SCRAPE_SERVICE_HOST, SCRAPE_PORT and more.
func checkVariables(environ []string) error {
	known := map[string]string{passwordVariable: passwordVariable}
	for i := range flagTable() {
		f := &flagTable()[i]
		if f.env() == "" {
			continue
		}
		known[f.env()] = f.env()
		for word := range strings.FieldsSeq(f.also) {
			name := variableName(word)
			if _, taken := known[name]; !taken {
				known[name] = f.env()
			}
		}
	}
	slices.Sort(environ)
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, variablePrefix) || value == "" || known[name] == name {
			continue
		}
		if meant := nearestVariable(name, known); meant != "" {
			return usage("did you mean "+meant+"?", "%s: there is no such variable", printable(name))
		}
	}
	return nil
}

// nearestVariable is the variable that a name was meant to be, "" if it is like none: it
// is what others call that, or differs from it in one letter, or in two where it is long.
// Of short ones too many are words of their own.
func nearestVariable(name string, known map[string]string) (meant string) {
	if meant, ok := known[name]; ok {
		return meant
	}
	name = strings.TrimPrefix(name, variablePrefix)
	var least int // one more than letters may differ
	switch {
	case len(name) >= 8:
		least = 3
	case len(name) >= 5:
		least = 2
	}
	for k, of := range known {
		if k != of {
			continue // a word of others is not guessed at
		}
		n := smetrics.WagnerFischer(name, strings.TrimPrefix(k, variablePrefix), 1, 1, 1)
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
