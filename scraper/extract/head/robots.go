package head

import (
	"strings"

	"scrape/scraper/extract/markup"
)

// Directive is what a page asks of robots: a rule of meta name="robots", or of the
// X-Robots-Tag header, which stand first. For the rules in use see
// https://developers.google.com/search/docs/crawling-indexing/robots-meta-tag.
type Directive struct {
	Agent string `json:"agent,omitempty"` // the robot it is for, in lower case; empty: all
	Name  string `json:"name"`            // "noindex", in lower case
	Value string `json:"value,omitempty"` // "50" of "max-snippet:50", in lower case but for dates
}

// directives are those of the page's meta elements.
func (r *reader) directives() []Directive {
	var all []Directive
	for i := range r.metas {
		name := strings.ToLower(strings.Trim(r.metas[i].Name, whiteSpace))
		switch {
		case name == "robots":
			all = appendDirectives(all, "", r.metas[i].Content)
		case isRobot(name):
			all = appendDirectives(all, name, r.metas[i].Content)
		}
	}
	return all
}

// headerDirectives are those of the values of X-Robots-Tag headers, in which the
// name of a robot may stand before the rules for it.
func headerDirectives(values []string) []Directive {
	var all []Directive
	for _, v := range values {
		agent := ""
		var rules []string
		for rule := range strings.SplitSeq(strings.ToValidUTF8(v, "\uFFFD"), ",") {
			name, rest, ok := strings.Cut(rule, ":")
			if name = strings.ToLower(markup.Collapse(name)); ok && name != "" && !takesValue(name) && !strings.Contains(name, " ") {
				all = appendDirectives(all, agent, strings.Join(rules, ","))
				agent, rules, rule = name, nil, rest
			}
			rules = append(rules, rule)
		}
		all = appendDirectives(all, agent, strings.Join(rules, ","))
	}
	return all
}

// appendDirectives appends the rules of a list.
func appendDirectives(all []Directive, agent, list string) []Directive {
	for list != "" && len(all) < most {
		var rule string
		rule, list, _ = strings.Cut(list, ",")
		name, value, _ := strings.Cut(rule, ":")
		name, value = strings.ToLower(markup.Collapse(name)), markup.Collapse(value)
		if value == "" { // some pages have white space where a comma should be
			for name := range strings.FieldsSeq(name) {
				all = append(all, Directive{Agent: agent, Name: name})
			}
			continue
		}
		if name != unavailableAfter {
			value = strings.ToLower(value)
		} else if !strings.ContainsAny(value, "0123456789") { // a day of the week: "Sat, 25 Jun 2030"
			rule, list, _ = strings.Cut(list, ",")
			value += ", " + markup.Collapse(rule)
		}
		if name != "" {
			all = append(all, Directive{Agent: agent, Name: name, Value: value})
		}
	}
	return all
}

const unavailableAfter = "unavailable_after"

// takesValue tells whether a colon behind a name begins the value of a rule.
func takesValue(name string) bool {
	return name == unavailableAfter || strings.HasPrefix(name, "max-")
}

// isRobot tells whether the name of a meta element is that of a robot: most end
// with "bot".
func isRobot(name string) bool {
	switch name {
	case "slurp", "yandex", "teoma", "baiduspider", "googlebot-news", "googlebot-image", "googlebot-video", "scrape":
		return true
	}
	return strings.HasSuffix(name, "bot") && !strings.ContainsAny(name, " :.")
}
