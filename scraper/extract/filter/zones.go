package filter

import (
	"strings"
	"sync"
	"time"
)

// zoneNames are time zones that dates name, with minutes east of UTC: those of
// RFC 822 and RFC 5322, section 4.3, and others that mean one zone only. IST is
// India's, Israel's and Ireland's, and not among them: see standardTime.
var zoneNames = [...]struct {
	name    string
	minutes int
}{
	{"z", 0}, {"utc", 0}, {"gmt", 0}, {"ut", 0},
	{"est", -5 * 60}, {"edt", -4 * 60}, {"cst", -6 * 60}, {"cdt", -5 * 60},
	{"mst", -7 * 60}, {"mdt", -6 * 60}, {"pst", -8 * 60}, {"pdt", -7 * 60},
	{"wet", 0}, {"west", 60}, {"bst", 60}, {"cet", 60}, {"cest", 2 * 60}, {"mez", 60}, {"mesz", 2 * 60},
	{"eet", 2 * 60}, {"eest", 3 * 60}, {"msk", 3 * 60}, {"hkt", 8 * 60}, {"sgt", 8 * 60}, {"jst", 9 * 60}, {"kst", 9 * 60},
	{"akst", -9 * 60}, {"akdt", -8 * 60}, {"hst", -10 * 60},
	{"sast", 2 * 60}, {"eat", 3 * 60}, {"wib", 7 * 60}, {"wita", 8 * 60},
	{"awst", 8 * 60}, {"acst", 9*60 + 30}, {"acdt", 10*60 + 30}, {"aest", 10 * 60}, {"aedt", 11 * 60}, {"nzst", 12 * 60}, {"nzdt", 13 * 60},
}

// zone is how many minutes a zone is east of UTC, by its name in lower case.
func zone(name string) (minutes int, ok bool) {
	for _, z := range zoneNames {
		if z.name == name {
			return z.minutes, true
		}
	}
	return 0, false
}

// likeZone tells whether a word that is written in capitals, in lower case here, looks
// like the name of a zone: most of those there are end in T, for time.
func likeZone(name string) bool {
	return (len(name) == 3 || len(name) == 4) && strings.HasSuffix(name, "t")
}

// areas begin the names of zones in the IANA's database that somebody would write.
const areas = " Africa America Antarctica Arctic Asia Atlantic Australia Canada Etc Europe Indian Pacific US "

// areaNames are zones of which the name leaves open whether it is summer.
var areaNames = map[string]string{"ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles"}

// areaAt reads a name such as "Europe/Berlin", "America/Port-au-Prince" or "Etc/GMT+5",
// which need not be one that there is, and "ET".
func (t tokens) areaAt(i int) (name string, next int, ok bool) {
	const most = 11 // tokens
	name = t[i].written
	if area, ok := areaNames[name]; ok {
		return area, i + 1, true
	}
	if !t.is(i+1, "/") || !listed(areas, name) {
		return "", 0, false
	}
	for next = i + 1; next+1 < min(len(t), i+most) && !t[next].space && !t[next+1].space; next += 2 {
		if !listed(" / _ - + ", t[next].text) || t[next+1].kind > word {
			break
		}
		name += t[next].text + t[next+1].written
	}
	return name, next, next > i+1
}

// standardTime is what IST means where a language is spoken, in minutes east of UTC; 0 where
// that is not known.
func standardTime(language, region string) int {
	switch {
	case strings.HasSuffix(region, "-ie"), language == "ga":
		return 60
	case strings.HasSuffix(region, "-il"), language == "he", language == "iw":
		return 2 * 60
	case strings.HasSuffix(region, "-in"), listed(" hi gu kn ml mr or te ", language):
		return 5*60 + 30
	}
	return 0
}

// location is the zone that a time is in, which was settled; of an area the one that the
// system's database has.
func (c *clock) location() *time.Location {
	if c.area != "" {
		if l, ok := areaLocation(c.area); ok {
			return l
		}
	}
	if c.zone != 0 {
		return time.FixedZone("", 60*c.zone)
	}
	return time.UTC
}

// maxLocations is how many zones are remembered: more than there are, unless a system
// takes their names in any case.
const maxLocations = 1000

// locations are the zones that were read from the system's database, which takes as long
// as some hundred dates.
var locations = struct {
	sync.Mutex
	of map[string]*time.Location
}{of: make(map[string]*time.Location)}

func areaLocation(name string) (*time.Location, bool) {
	locations.Lock()
	defer locations.Unlock()
	if l := locations.of[name]; l != nil {
		return l, true
	}
	l, err := time.LoadLocation(name)
	if err != nil {
		return nil, false
	}
	if len(locations.of) < maxLocations {
		locations.of[name] = l
	}
	return l, true
}
