import Foundation

/// The most memory that this process and those it has started ever had, in MiB.
func peakMemory() -> Double {
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
    let children = threads.flatMap { thread in
        text("/proc/self/task/\(thread)/children").split(separator: " ").map(String.init)
    }
    return (["self"] + children).reduce(0) { $0 + peakMemory(of: $1) }
}

private func peakMemory(of process: String) -> Double {
    // "VmHWM:     5660 kB"
    let line = text("/proc/\(process)/status").split(separator: "\n")
        .first { $0.hasPrefix("VmHWM:") }
    let kibibytes = line?.split(separator: " ").dropFirst().first.flatMap { Double($0) }
    return (kibibytes ?? 0) / 1_024
}

private func text(_ path: String) -> String {
    (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
}
