import Foundation
import MemoryBudgets
import Testing

@Suite(.timeLimit(.minutes(5))) struct MemoryLimitTests {
    /// Lets `body` see a machine that says what `files` say.
    private func limit(_ files: [String: String], chosen: ByteCount? = nil) throws -> MemoryLimit {
        let root = FileManager.default.temporaryDirectory.appending(path: "memory-\(UUID())")
        defer { try? FileManager.default.removeItem(at: root) }
        for (path, text) in files {
            let file = root.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: file)
        }
        return MemoryLimit.ofThisProcess(chosen: chosen, root: root.path)
    }

    private let meminfo = "MemTotal:       20000000 kB\nMemFree:        11111 kB\n"

    @Test("a machine's memory is the limit where nothing else is, less a tenth")
    func machine() throws {
        let limit = try limit(["proc/meminfo": meminfo])
        #expect(limit.size == ByteCount(20_480_000_000) && limit.source == "this machine")
        #expect(limit.usable == ByteCount(18_432_000_000))
    }

    @Test("the tightest control group around the process counts, whichever level sets it")
    func unifiedGroups() throws {
        let limit = try limit([
            "proc/meminfo": meminfo,
            "proc/self/cgroup": "0::/a/b\n",
            "sys/fs/cgroup/a/b/memory.max": "max\n",
            "sys/fs/cgroup/a/memory.max": "4000000000\n",
            "sys/fs/cgroup/memory.max": "6000000000\n",
        ])
        #expect(limit.size == ByteCount(4_000_000_000) && limit.source == "the control group /a")
    }

    @Test("a container that is the root of its own groups is seen")
    func container() throws {
        let limit = try limit([
            "proc/meminfo": meminfo,
            "proc/self/cgroup": "0::/\n",
            "sys/fs/cgroup/memory.max": "1000000000\n",
        ])
        // 256 MB are kept back where a tenth is less.
        #expect(limit.usable == ByteCount(744_000_000))
    }

    @Test("groups of the first version are read as well, and their idea of no limit is none")
    func groupsOfVersion1() throws {
        let groups = "5:cpu,cpuacct:/x\n4:memory:/docker/7\n"
        let limited = try limit([
            "proc/meminfo": meminfo, "proc/self/cgroup": groups,
            "sys/fs/cgroup/memory/docker/7/memory.limit_in_bytes": "3000000000\n",
            "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
        ])
        #expect(limited.size == ByteCount(3_000_000_000))
        let unlimited = try limit([
            "proc/meminfo": meminfo, "proc/self/cgroup": groups,
            "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
        ])
        #expect(unlimited.source == "this machine")
    }

    @Test("what the user allows is the limit where it is less, and no more is kept back from it")
    func chosen() throws {
        let less = try limit(["proc/meminfo": meminfo], chosen: ByteCount("8G"))
        #expect(less.usable == ByteCount(8 << 30) && less.source == "--memory-limit")
        let more = try limit(["proc/meminfo": meminfo], chosen: ByteCount("64G"))
        #expect(more.source == "this machine")
    }

    @Test("ulimit -v is a limit")
    func addressSpace() async {
        await #expect(processExitsWith: .success) {
            var limit = rlimit(rlim_cur: 8_000_000_000, rlim_max: 8_000_000_000)
            guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0 else {
                exit(2)
            }
            let found = MemoryLimit.ofThisProcess()
            exit(found.source == "ulimit -v" && found.size < ByteCount(8_000_000_000) ? 0 : 1)
        }
    }
}
