internal import Foundation

/// How much memory this process may fill, and what says so.
public struct MemoryLimit: Equatable, Sendable {
    /// The most there is.
    public var size: ByteCount
    /// How much of it is left to the system and the rest of the server.
    public var reserve: ByteCount
    /// Who sets the limit: "this machine", "the cgroup /docker", "--memory-limit".
    public var source: String

    /// States a limit.
    public init(_ size: ByteCount, reserve: ByteCount = .zero, source: String) {
        self.size = size
        self.reserve = reserve
        self.source = source
    }

    /// What jobs and models may take.
    public var usable: ByteCount { size - reserve }

    /// No limit at all.
    public static let none = MemoryLimit(.unlimited, source: "nobody")

    /// The least of what the machine, its control groups, the shell (ulimit -v) and the user allow.
    ///
    /// - Parameters:
    ///   - chosen: What the user allows jobs and models; nil for as much as there is.
    ///   - root: The folder in which proc and sys lie.
    /// - Returns: The limit, which nobody sets where nothing can be read.
    public static func ofThisProcess(chosen: ByteCount? = nil, root: String = "/") -> MemoryLimit {
        var limits = MemoryLimitReader(root: root).limits
        if let chosen {
            limits.append(MemoryLimit(chosen, source: "--memory-limit"))
        }
        return limits.min { $0.usable < $1.usable } ?? .none
    }
}

/// Reads what Linux says about the memory of this process.
struct MemoryLimitReader {
    let root: String

    /// Every limit that is set; proc(5), cgroups(7), the kernel's cgroup-v2 and cgroup-v1/memory.
    var limits: [MemoryLimit] {
        ([machine, addressSpace].compactMap(\.self) + controlGroups).map { limit in
            var limit = limit
            limit.reserve = Self.reserve(of: limit.size)
            return limit
        }
    }

    /// What jobs and models leave alone, for the system, the server's own code and the database: a
    /// tenth, and at least 256 MB, but no more than half.
    static func reserve(of size: ByteCount) -> ByteCount {
        ByteCount(min(max(size.bytes / 10, 256_000_000), size.bytes / 2))
    }

    private var machine: MemoryLimit? {
        for line in lines("proc/meminfo") where line.hasPrefix("MemTotal:") {
            guard let kibibytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
            else { return nil }
            return MemoryLimit(ByteCount(1024) * kibibytes, source: "this machine")
        }
        return nil
    }

    /// What `ulimit -v` leaves beside what is mapped already, most of it never filled.
    private var addressSpace: MemoryLimit? {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0,
            limit.rlim_cur < UInt64(Int.max)
        else { return nil }
        let pages = lines("proc/self/statm").first?.split(separator: " ").first
            .flatMap { Int($0) }
        let mapped = ByteCount(Int(getpagesize())) * (pages ?? 0)
        return MemoryLimit(ByteCount(Int(limit.rlim_cur)) - mapped, source: "ulimit -v")
    }

    /// A group is held to its own limit and to those of all groups around it.
    private var controlGroups: [MemoryLimit] {
        lines("proc/self/cgroup").flatMap { line -> [MemoryLimit] in
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { return [] }
            if fields[0] == "0", fields[1].isEmpty {
                return limits(of: fields[2], below: "sys/fs/cgroup", in: "memory.max")
            }
            guard fields[1].split(separator: ",").contains("memory") else { return [] }
            return limits(
                of: fields[2],
                below: "sys/fs/cgroup/memory",
                in: "memory.limit_in_bytes"
            )
        }
    }

    private func limits(
        of group: Substring,
        below mount: String,
        in file: String
    ) -> [MemoryLimit] {
        var names = group.split(separator: "/")
        var found: [MemoryLimit] = []
        while true {
            let path = names.joined(separator: "/")
            // "max" is no number, and no limit.
            if let bytes = lines("\(mount)/\(path)/\(file)").first.flatMap({ Int($0) }) {
                found.append(MemoryLimit(ByteCount(bytes), source: "the control group /\(path)"))
            }
            if names.isEmpty { return found }
            names.removeLast()
        }
    }

    private func lines(_ path: String) -> [Substring] {
        let url = URL(filePath: root).appending(path: path)
        guard let bytes = try? Data(contentsOf: url) else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    }
}
