#!/usr/bin/env python3
"""Package pool beside Python's multiprocessing: the same loops, in turn, on the same machine.

    python3 testdata/beside_python.py            # three rounds, about two minutes
    python3 testdata/beside_python.py queue pipe # some of them

Run it in the repository's root; it needs Go and nothing else. Each row gives the
median of the rounds, per second, and the median of the rounds' ratios.
"""
import multiprocessing as mp, os, re, statistics, subprocess, sys, tempfile, time

ROUNDS = int(os.environ.get("ROUNDS", "3"))


def empty(_):
    return None


def pool_each(n):
    with mp.Pool(2) as p:
        p.map(empty, range(1000))
        t = time.perf_counter()
        p.map(empty, range(n), chunksize=1)
        return n / (time.perf_counter() - t)


def pool_chunks(n):
    urls = ["https://www.example.com/a/page/of/some/length?number=%d" % i for i in range(n)]
    with mp.Pool(2) as p:
        p.map(empty, range(1000))
        t = time.perf_counter()
        p.map(empty, urls)
        return n / (time.perf_counter() - t)


def put_all(q, n):
    for i in range(n):
        q.put(i)


def get_all(q, n, done):
    for _ in range(n):
        q.get()
    done.set()


def queue_from_child(n):
    q = mp.Queue()
    p = mp.Process(target=put_all, args=(q, n))
    p.start()
    q.get()
    t = time.perf_counter()
    for _ in range(n - 1):
        q.get()
    took = time.perf_counter() - t
    p.join()
    return n / took


def queue_to_child(n):
    q, done = mp.Queue(), mp.Event()
    p = mp.Process(target=get_all, args=(q, n, done))
    p.start()
    time.sleep(0.1)
    t = time.perf_counter()
    put_all(q, n)
    done.wait()
    took = time.perf_counter() - t
    p.join()
    return n / took


def queue_between(n):
    q, done = mp.Queue(), mp.Event()
    to = mp.Process(target=get_all, args=(q, n, done))
    to.start()
    time.sleep(0.1)
    t = time.perf_counter()
    p = mp.Process(target=put_all, args=(q, n))
    p.start()
    done.wait()
    took = time.perf_counter() - t
    p.join()
    to.join()
    return n / took


def echo(mine, theirs):
    theirs.close()
    try:
        while True:
            mine.send(mine.recv())
    except EOFError:
        pass


def pipe_trips(n):
    a, b = mp.Pipe()
    p = mp.Process(target=echo, args=(b, a))
    p.start()
    b.close()
    a.send(0)
    a.recv()
    t = time.perf_counter()
    for i in range(n):
        a.send(i)
        a.recv()
    took = time.perf_counter() - t
    a.close()
    p.join()
    return n / took


def take(lock, start, n):
    start.wait()
    for _ in range(n):
        with lock:
            pass


def lock_by(processes):
    def run(n):
        lock, start = mp.Lock(), mp.Barrier(processes + 1)
        ps = [mp.Process(target=take, args=(lock, start, n // processes)) for _ in range(processes)]
        for p in ps:
            p.start()
        start.wait()
        t = time.perf_counter()
        for p in ps:
            p.join()
        return n / (time.perf_counter() - t)

    return run


def nothing():
    pass


def processes(n):
    t = time.perf_counter()
    for _ in range(n):
        p = mp.Process(target=nothing)
        p.start()
        p.join()
    return n / (time.perf_counter() - t)


def bare_exec(n):
    t = time.perf_counter()
    for _ in range(n):
        subprocess.run([BINARY], env={"POOL_TEST_NO_MAIN": "exit"}, check=True)
    return n / (time.perf_counter() - t)


# name: (what, Python's loop and its length, our benchmark and its length)
ROWS = {
    "each": ("map, a verdict for each item", pool_each, 50_000, "Run/int/concurrency=64$", 1_000_000),
    "chunks": ("map of URLs, Python in chunks", pool_chunks, 1_000_000, "Map$", 1_000_000),
    "queue": ("Queue, child to parent", queue_from_child, 200_000, "QueueFromChild$", 500_000),
    "queue2": ("Queue, parent to child", queue_to_child, 200_000, "QueueToChild$", 500_000),
    "queue3": ("Queue, child to child", queue_between, 200_000, "QueueBetweenChildren$", 500_000),
    "pipe": ("Pipe, round trips", pipe_trips, 30_000, "PipeRoundTrip$", 100_000),
    "lock": ("Lock, one process", lock_by(1), 200_000, "Lock/another_process$", 50_000),
    "lock4": ("Lock, four processes", lock_by(4), 200_000, "Lock/4_processes$", 50_000),
    "process": ("Process, start and join", processes, 200, "StartAndJoin/Process$", 200),
    "exec": ("the same beside a bare exec of our binary", bare_exec, 200, "StartAndJoin/Process$", 200),
}


def ours(benchmark, n):
    pattern = "/".join("^%s$" % part.rstrip("$") for part in ("Benchmark" + benchmark).split("/"))
    out = subprocess.run([BINARY, "-test.run=^$", "-test.bench=" + pattern, "-test.benchtime=%dx" % n],
                         capture_output=True, text=True, check=True, timeout=600).stdout
    took = re.search(r"([\d.]+) ns/op", out)
    return 1e9 / float(took.group(1))


def main():
    global BINARY
    with tempfile.TemporaryDirectory() as d:
        BINARY = os.path.join(d, "pool.test")
        subprocess.run(["go", "test", "-c", "-o", BINARY, "./pool"], check=True)
        print("%-44s %12s %12s %8s" % ("", "Python", "pool", "ratio"))
        for name in sys.argv[1:] or ROWS:
            what, theirs, n, benchmark, m = ROWS[name]
            pairs = [(theirs(n), ours(benchmark, m)) for _ in range(ROUNDS)]
            print("%-44s %10.0f/s %10.0f/s %8.2f" % (
                what, statistics.median(p for p, _ in pairs), statistics.median(o for _, o in pairs),
                statistics.median(o / p for p, o in pairs)), flush=True)


if __name__ == "__main__":
    mp.set_start_method("fork")
    main()
