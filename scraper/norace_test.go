//go:build !race

package scraper_test

const slack = plainSlack
