// Package protobuf stands for google.golang.org/protobuf, of which parquet-go
// knows how to write messages. Ours have none, and its tables of types would cost
// every process more than a millisecond of its start: go.mod replaces it. Of each
// type there is what parquet-go must find to compile, and no value of any of them
// is ever made.
package protobuf
