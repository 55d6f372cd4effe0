import Dispatch
import Glibc
import Synchronization

/// Standard error, written to in large pieces and never by the thread that logs.
///
/// Where the reader is too slow, lines are dropped and counted rather than kept without bound.
final class LogOutput: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var droppedLines = 0
    }

    let queue = DispatchQueue(label: "log-output")
    private let state = Mutex(State())

    private static let limitBytes = 4 << 20

    /// Writes a line, or several with line feeds between them.
    func write(_ line: String) {
        let isFirst = state.withLock { state in
            guard state.bytes.count + line.utf8.count < Self.limitBytes else {
                state.droppedLines += 1 + line.utf8.count { $0 == UInt8(ascii: "\n") }
                return false
            }
            defer {
                state.bytes.append(contentsOf: line.utf8)
                state.bytes.append(UInt8(ascii: "\n"))
            }
            return state.bytes.isEmpty
        }
        if isFirst { queue.async { self.drain() } }
    }

    /// Returns when everything written before is out.
    func flush() {
        queue.sync { drain() }
    }

    private func drain() {
        let (bytes, dropped) = state.withLock { state in
            defer { state = State() }
            return (state.bytes, state.droppedLines)
        }
        Self.put(bytes)
        guard dropped > 0 else { return }
        var line = JSONLine()
        line.add("level", "warning")
        line.add("message", "log lines dropped")
        line.add("lines", dropped)
        Self.put(Array("\(line.text())\n".utf8))
    }

    private static func put(_ bytes: [UInt8]) {
        var offset = 0
        while offset < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(
                    STDERR_FILENO,
                    buffer.baseAddress?.advanced(by: offset),
                    buffer.count - offset
                )
            }
            guard count > 0 || errno == EINTR else { return }
            offset += max(count, 0)
        }
    }
}
