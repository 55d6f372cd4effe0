internal import Foundation

/// What the system says about this process, under the names that Prometheus' client libraries use.
struct ProcessStatistics {
    /// When the process began, in seconds since 1970.
    let startSeconds: Double?
    /// Time on all cores, in user and system mode.
    let cpuSeconds: Double?
    let residentBytes: Double?
    let openDescriptors: Int?

    /// Reads proc(5) now.
    init() {
        startSeconds = Self.startSeconds()
        cpuSeconds = Self.cpuSeconds()
        residentBytes = Self.value(of: "VmRSS:", in: "/proc/self/status").map { $0 * 1_024 }
        openDescriptors = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
            .count
    }

    /// The process's age is counted in ticks from the start of the system.
    private static func startSeconds() -> Double? {
        let tick = Double(sysconf(Int32(_SC_CLK_TCK)))
        guard let line = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
            // The name before it may hold spaces; the rest begins with the third field.
            let end = line.lastIndex(of: ")"), tick > 0,
            let systemStart = value(of: "btime", in: "/proc/stat")
        else { return nil }
        let fields = line[line.index(after: end)...].split(separator: " ")
        guard fields.count > 19, let ticks = Double(fields[19]) else { return nil }
        return systemStart + ticks / tick
    }

    private static func cpuSeconds() -> Double? {
        var time = timespec()
        guard unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return nil }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// The number behind a word at the beginning of a line.
    private static func value(of name: String, in path: String) -> Double? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix(name) })
        else { return nil }
        return line.dropFirst(name.count).split(whereSeparator: \.isWhitespace).first.flatMap {
            Double($0)
        }
    }
}
