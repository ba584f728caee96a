package command

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"scrape/scraper"
)

// The functions here read the value of a flag. Their errors complete the
// sentence that begins with the flag and the value: `--procs "0": must be …`.

func parseWhole(text string, least, most int) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return 0, fmt.Errorf("must be a whole number from %d to %d", least, most)
	}
	return n, nil
}

func parseSwitch(text string) (bool, error) {
	switch strings.ToLower(text) {
	case "yes", "on":
		return true, nil
	case "no", "off":
		return false, nil
	}
	on, err := strconv.ParseBool(text)
	if err != nil {
		return false, errors.New("must be true or false")
	}
	return on, nil
}

// parseDuration reads 30s, 1m30s, or a plain number of seconds.
func parseDuration(text string) (time.Duration, error) {
	d, ok := readDuration(text)
	if !ok || d == 0 {
		return 0, fmt.Errorf("must be a time such as 30s, 1m or 0.5, more than zero, at most %.0fh", scraper.MaxTimeout.Hours())
	}
	return d, nil
}

// parseDurationOrZero also reads 0.
func parseDurationOrZero(text string) (time.Duration, error) {
	d, ok := readDuration(text)
	if !ok {
		return 0, fmt.Errorf("must be a time such as 30s, 1m or 0.5, at most %.0fh, or 0", scraper.MaxTimeout.Hours())
	}
	return d, nil
}

// readDuration reads a time from zero to MaxTimeout; what is less than a nanosecond,
// and is not zero, is none.
func readDuration(text string) (d time.Duration, ok bool) {
	d, err := time.ParseDuration(text)
	if seconds, numberErr := strconv.ParseFloat(text, 64); numberErr == nil {
		// NaN fails the comparison too.
		if !(math.Abs(seconds) <= scraper.MaxTimeout.Seconds()) {
			return 0, false
		}
		d, err = time.Duration(seconds*float64(time.Second)), nil
		if d == 0 && seconds != 0 {
			return 0, false
		}
	}
	return d, err == nil && d >= 0 && d <= scraper.MaxTimeout
}

// parseSize reads a number of bytes; k, m and g (also kB, KiB) count in 1024.
func parseSize(text string) (int64, error) {
	bad := errors.New("must be a size such as 32m, 512KiB or 1000000, more than zero")
	digits := strings.TrimRight(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
	unit := strings.ToLower(text[len(digits):])
	shift := 0
	switch unit {
	case "", "b":
	case "k", "kb", "kib":
		shift = 10
	case "m", "mb", "mib":
		shift = 20
	case "g", "gb", "gib":
		shift = 30
	default:
		return 0, bad
	}
	n, err := strconv.ParseInt(strings.TrimSpace(digits), 10, 64)
	if errors.Is(err, strconv.ErrRange) || err == nil && n > math.MaxInt64>>shift {
		return 0, errors.New("is out of range")
	}
	if err != nil || n <= 0 {
		return 0, bad
	}
	return n << shift, nil
}

// parseRate reads 5/s, 100/m or 1/h, or a number a second.
func parseRate(text string) (perSecond float64, err error) {
	number, unit, _ := strings.Cut(text, "/")
	n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	per := map[string]float64{"": 1, "s": 1, "sec": 1, "second": 1, "m": 60, "min": 60, "minute": 60, "h": 3600, "hour": 3600}[strings.ToLower(strings.TrimSpace(unit))]
	if err != nil || per == 0 || !(n > 0) || math.IsInf(n, 0) {
		return 0, errors.New("must be a rate such as 5/s, 100/m or 1/h, more than zero")
	}
	return n / per, nil
}

// parsePercent reads 30% or 0.3, as a fraction.
func parsePercent(text string) (float64, error) {
	number, isPercent := strings.CutSuffix(text, "%")
	n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if isPercent {
		n /= 100
	}
	if err != nil || !(n >= 0) || n > 10 {
		return 0, errors.New("must be a share such as 30% or 0.3, at most 1000%")
	}
	return n, nil
}

// parseHeader reads "Name: value".
func parseHeader(text string) (name, value string, err error) {
	name, value, found := strings.Cut(text, ":")
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	if !found || name == "" {
		return "", "", errors.New(`must be "Name: value"`)
	}
	if strings.EqualFold(name, "Host") {
		return "", "", fmt.Errorf("%s is a header that each URL decides", name)
	}
	return name, value, scraper.CheckHeader(name, value)
}

func parseUserAgent(text string) (string, error) { return text, scraper.CheckUserAgent(text) }

func parseChoice(text string, choices []string) (string, error) {
	for _, c := range choices {
		if strings.EqualFold(text, c) {
			return c, nil
		}
	}
	return "", fmt.Errorf("must be %s", alternatives(choices))
}

// short writes a time as its flag takes it: 30s, 1m.
func short(d time.Duration) string {
	if minutes, whole := strings.CutSuffix(d.String(), "m0s"); whole {
		return minutes + "m"
	}
	return d.String()
}

// alternatives joins "a", "b", "c" to "a, b or c".
func alternatives(items []string) string {
	last := len(items) - 1
	if last < 1 {
		return strings.Join(items, "")
	}
	return strings.Join(items[:last], ", ") + " or " + items[last]
}
