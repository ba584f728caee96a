// Package protoimpl: see the documentation of the module. Tests of parquet-go import it.
package protoimpl
