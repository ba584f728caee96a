package pool

import (
	"io/fs"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
)

// cpuQuota is how many CPUs' time the control groups of this process leave it,
// rounded up; false when they set no bound, or the system has none. The root is
// the file system's.
func cpuQuota(root fs.FS) (cpus int, ok bool) {
	groups := strings.SplitSeq(readText(root, "proc/self/cgroup"), "\n")
	mounts := cgroupMounts(readText(root, "proc/self/mountinfo"))
	least := math.Inf(1)
	for line := range groups {
		// 0::/a/b in version 2, 4:cpu,cpuacct:/a/b in version 1.
		f := strings.SplitN(line, ":", 3)
		if len(f) != 3 {
			continue
		}
		for _, m := range mounts {
			if m.v2 != (f[1] == "") || !m.v2 && !hasWord(f[1], "cpu") {
				continue
			}
			for _, dir := range m.chain(f[2]) {
				least = min(least, m.quota(root, dir))
			}
		}
	}
	if math.IsInf(least, 1) {
		return 0, false
	}
	return max(1, int(math.Ceil(least))), true
}

// cgroupMount is where a hierarchy of control groups is to be seen: its group
// group as the directory dir.
type cgroupMount struct {
	v2         bool
	group, dir string
}

// cgroupMounts picks the mounts that may tell of CPU time out of a mountinfo.
func cgroupMounts(mountinfo string) (mounts []cgroupMount) {
	for line := range strings.SplitSeq(mountinfo, "\n") {
		mount, system, found := strings.Cut(line, " - ")
		f, kind := strings.Fields(mount), strings.Fields(system)
		if !found || len(f) < 5 || len(kind) < 3 {
			continue
		}
		v2 := kind[0] == "cgroup2"
		if v2 || kind[0] == "cgroup" && hasWord(kind[2], "cpu") {
			mounts = append(mounts, cgroupMount{v2, unescape(f[3]), strings.TrimPrefix(unescape(f[4]), "/")})
		}
	}
	return mounts
}

// unescape undoes what the kernel does to blanks in a mountinfo.
var unescape = strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace

// chain is the directory of a group, and those of all groups above it that are
// to be seen.
func (m cgroupMount) chain(group string) (dirs []string) {
	below, ok := strings.CutPrefix(path.Clean(group), path.Clean(m.group))
	if !ok || m.group != "/" && below != "" && below[0] != '/' {
		below = "" // the mount shows a part of the tree where the group is not
	}
	for dir := path.Join(m.dir, strings.TrimPrefix(below, "/")); ; dir = path.Dir(dir) {
		dirs = append(dirs, dir)
		if dir == m.dir || dir == "." {
			return dirs
		}
	}
}

// quota is the CPU time in a second, in seconds, that a group has for itself.
func (m cgroupMount) quota(root fs.FS, dir string) float64 {
	if m.v2 {
		f := strings.Fields(readText(root, path.Join(dir, "cpu.max")))
		if len(f) == 2 {
			return ratio(f[0], f[1])
		}
		return math.Inf(1)
	}
	return ratio(strings.TrimSpace(readText(root, path.Join(dir, "cpu.cfs_quota_us"))),
		strings.TrimSpace(readText(root, path.Join(dir, "cpu.cfs_period_us"))))
}

// ratio is without bound where the quota is max or -1, or makes no sense.
func ratio(quota, period string) float64 {
	q, err1 := strconv.ParseFloat(quota, 64)
	p, err2 := strconv.ParseFloat(period, 64)
	if err1 != nil || err2 != nil || q <= 0 || p <= 0 {
		return math.Inf(1)
	}
	return q / p
}

// readText reads a file of the system; one that is not there says nothing.
func readText(root fs.FS, name string) string {
	b, err := fs.ReadFile(root, name)
	if err != nil {
		return ""
	}
	return string(b)
}

// hasWord finds a word among others, with commas between.
func hasWord(words, word string) bool {
	return slices.Contains(strings.Split(words, ","), word)
}
