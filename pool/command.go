package pool

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
)

// executable is what a child executes. On Linux /proc/self/exe is the very
// file that runs here, also when it has been replaced or deleted meanwhile.
// It is a variable for tests.
var executable = func() (string, error) {
	if _, err := os.Stat("/proc/self/exe"); err == nil {
		return "/proc/self/exe", nil
	}
	path, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("own executable: %w", err)
	}
	return path, nil
}

// binaryID tells the file that runs here from every other version of it. Main
// asks for it first: where the system knows the file by its path alone, another
// may be there later.
var binaryID = sync.OnceValue(func() string {
	path, err := executable()
	if err != nil {
		return err.Error()
	}
	info, err := os.Stat(path)
	if err != nil {
		return err.Error()
	}
	return fileID(info)
})

// keptEnv are the variables that a child may see of its starter's environment:
// what TLS, the Go runtime and time zones go by, and no secret.
var keptEnv = []string{"SSL_CERT_FILE", "SSL_CERT_DIR", "GODEBUG", "GORACE", "TZ"}

func childEnviron(o childOptions) []string {
	var env []string
	if o.maxProcs > 0 {
		env = append(env, fmt.Sprintf("GOMAXPROCS=%d", o.maxProcs))
	}
	if o.memoryLimit > 0 {
		env = append(env, fmt.Sprintf("GOMEMLIMIT=%d", o.memoryLimit))
	}
	for _, name := range keptEnv {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	env = append(env, o.env...)
	return append(env, childEnv+"=1") // the last one counts: nobody's option can undo it
}

// command is the child to be started; its descriptors are the caller's.
func command(o childOptions) (*exec.Cmd, error) {
	path, err := executable()
	if err != nil {
		return nil, err
	}
	program := os.Args[0]
	return &exec.Cmd{
		Path:        path,
		Args:        []string{program[strings.LastIndexByte(program, '/')+1:] + ": " + o.name},
		Env:         childEnviron(o),
		SysProcAttr: childAttr(leadsGroup()),
	}, nil
}
