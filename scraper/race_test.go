//go:build race

package scraper_test

// The race detector keeps several bytes for each of the program's.
const slack = 3 * plainSlack
