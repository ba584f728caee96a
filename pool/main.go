package pool

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"time"
)

// workerEnv marks a process as a worker. Together with a socket as descriptor
// 3 it is what Main goes by; argv[0] would fool it when a user renames the
// program.
const workerEnv = "POOL_WORKER"

const workerFD = 3

// mainCalled tells whether Main has run: a coordinator whose main function
// never calls it would start copies of itself that start copies.
var mainCalled atomic.Bool

// Main turns the process into a worker if a Pool started it as one, and then
// does not return. Otherwise it returns at once. It must be the first call of
// a program's main function, and of TestMain in tests that use pools: workers
// are the same binary, executed again.
func Main() {
	mainCalled.Store(true)
	if os.Getenv(workerEnv) == "" {
		return
	}
	os.Unsetenv(workerEnv) // a worker's own children are no workers of ours
	if err := workerMain(); err != nil {
		fmt.Fprintf(os.Stderr, "pool: worker: %v\n", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// hello is what a coordinator tells a new worker.
type hello struct {
	slots       int
	timeout     time.Duration
	initializer string
	argument    []byte
}

func workerMain() error {
	f := os.NewFile(workerFD, "coordinator")
	socket, err := net.FileConn(f)
	if err != nil {
		return fmt.Errorf("descriptor %d is no socket: was %s set by hand? %w", workerFD, workerEnv, err)
	}
	f.Close()
	c := newConn(socket)
	h, err := c.hello()
	if err != nil {
		return err
	}
	if err := h.prepare(); err != nil {
		c.ready(err)
		return err
	}
	if err := c.ready(nil); err != nil {
		return err
	}
	c.serve(h.slots)
	failed := make(chan error, 1)
	go func() { failed <- Work(context.Background(), c, h.slots, h.handler()) }()
	select {
	case <-c.gone:
		// The coordinator hung up, which is how workers are told to go, or
		// it died. Nobody waits for what is in hand.
		return nil
	case err := <-failed:
		return err
	}
}

func (c *conn) hello() (h hello, err error) {
	kind, payload, err := c.frames.next()
	if err != nil {
		return h, err
	}
	f := fieldsOf(payload)
	if version := f.uint(); kind != frameHello || version != wireVersion {
		return h, fmt.Errorf("the coordinator speaks another version: frame %d, version %d, want %d, %d", kind, version, frameHello, wireVersion)
	}
	h.slots = int(f.uint())
	h.timeout = time.Duration(f.uint())
	h.initializer = string(f.bytes())
	h.argument = f.bytes()
	if !f.ok {
		return h, errMalformed
	}
	return h, nil
}

func (h hello) append(dst []byte) []byte {
	start := len(dst)
	dst = beginFrame(dst, frameHello)
	dst = appendUints(dst, wireVersion, uint64(h.slots), uint64(h.timeout))
	dst = appendBytes(dst, []byte(h.initializer))
	dst = appendBytes(dst, h.argument)
	return endFrame(dst, start)
}

// prepare runs the initializer.
func (h hello) prepare() error {
	if h.initializer == "" {
		return nil
	}
	registry.RLock()
	do := registry.initializers[h.initializer]
	registry.RUnlock()
	if do == nil {
		return fmt.Errorf("no initializer is registered as %q in this worker: is it registered while packages are initialised?", h.initializer)
	}
	if err := do(context.Background(), h.argument); err != nil {
		return fmt.Errorf("initializer %q: %w", h.initializer, err)
	}
	return nil
}

func (h hello) handler() Handler {
	if h.timeout == 0 {
		return handle
	}
	return func(ctx context.Context, l Lease, dst []byte) []byte {
		ctx, cancel := context.WithTimeout(ctx, h.timeout)
		defer cancel()
		return handle(ctx, l, dst)
	}
}

// ready tells the coordinator that tasks may come, or why not.
func (c *conn) ready(failure error) error {
	text := ""
	if failure != nil {
		text = failure.Error()
	}
	out := beginFrame(nil, frameReady)
	out = appendUints(out, wireVersion)
	out = endFrame(appendBytes(out, []byte(text)), 0)
	_, err := c.c.Write(out)
	return err
}

// executable is what a worker executes. On Linux /proc/self/exe is the very
// file that runs here, also when it has been replaced or deleted meanwhile.
func executable() (string, error) {
	if _, err := os.Stat("/proc/self/exe"); err == nil {
		return "/proc/self/exe", nil
	}
	path, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("own executable: %w", err)
	}
	return path, nil
}

// keptEnv are the variables that a worker may see of its coordinator's
// environment: what TLS, the Go runtime and time zones go by, and no secret.
var keptEnv = []string{"SSL_CERT_FILE", "SSL_CERT_DIR", "GODEBUG", "GORACE", "TZ"}

func workerEnviron(o childOptions) []string {
	env := []string{workerEnv + "=1", fmt.Sprintf("GOMAXPROCS=%d", o.maxProcs)}
	if o.memoryLimit > 0 {
		env = append(env, fmt.Sprintf("GOMEMLIMIT=%d", o.memoryLimit))
	}
	for _, name := range keptEnv {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return append(env, o.env...)
}

// command is the worker to be started; its descriptors are the caller's.
func command(o childOptions) (*exec.Cmd, error) {
	path, err := executable()
	if err != nil {
		return nil, err
	}
	name := os.Args[0]
	return &exec.Cmd{
		Path:        path,
		Args:        []string{name[strings.LastIndexByte(name, '/')+1:] + ": worker"},
		Env:         workerEnviron(o),
		SysProcAttr: workerAttr(),
	}, nil
}
