import Dispatch
import HTTPServing
import Logging
import Synchronization

/// One JSON line for each request, written in batches and never by the thread that answers.
///
/// The lines go through swift-log as messages that are JSON already, many to a message: metadata
/// for each request, and even a message for each, cost as much as answering it. Where the writer
/// cannot keep up, lines are dropped and counted.
final class AccessLog: Sendable {
    private struct State {
        var lines = AccessLines()
        var dropped = 0
        /// Whether a drain will come by itself.
        var isAwaited = false
        /// Whether one was asked for that has not come yet.
        var isUrgent = false
    }

    private enum Drain {
        case now, soon
    }

    private let logger: Logger
    private let queue: DispatchQueue
    private let state = Mutex(State())
    // Confined to `queue`.
    nonisolated(unsafe) private var spare: [UInt8] = []

    /// Lines beyond this are written at once.
    private static let batchBytes = 256 << 10
    private static let limitBytes = 2 << 20
    /// How long lines are gathered before they are written.
    private static let delay = DispatchTimeInterval.milliseconds(20)

    /// Creates a log whose messages go to `logger`, which must write them as they are.
    ///
    /// It is called on `queue`: where that is the one it writes on, no time is lost with a change
    /// of threads.
    init(_ logger: Logger, on queue: DispatchQueue) {
        (self.logger, self.queue) = (logger, queue)
    }

    func record(_ record: AccessRecord) {
        let drain = state.withLock { state -> Drain? in
            guard state.lines.count < Self.limitBytes else {
                state.dropped += 1
                return nil
            }
            state.lines.append(record)
            if !state.isUrgent, state.lines.count >= Self.batchBytes {
                state.isUrgent = true
                return .now
            }
            guard !state.isAwaited else { return nil }
            state.isAwaited = true
            return .soon
        }
        switch drain {
        case .now: queue.async { self.drain() }
        case .soon: queue.asyncAfter(deadline: .now() + Self.delay) { self.drain(isLast: true) }
        case nil: break
        }
    }

    /// Returns when everything recorded before is written.
    func flush() {
        queue.sync { drain() }
    }

    private func drain(isLast: Bool = false) {
        dispatchPrecondition(condition: .onQueue(queue))
        var bytes = unsafe spare
        unsafe spare = []
        let dropped = state.withLock { state in
            state.lines.exchange(for: &bytes)
            state.isUrgent = false
            if isLast { state.isAwaited = false }
            defer { state.dropped = 0 }
            return state.dropped
        }
        if !bytes.isEmpty {
            logger.info(Logger.Message(stringLiteral: String(decoding: bytes, as: UTF8.self)))
        }
        unsafe spare = bytes
        guard dropped > 0 else { return }
        var line = JSONLine()
        line.add("level", "warning")
        line.add("message", "access records dropped")
        line.add("records", dropped)
        logger.warning(Logger.Message(stringLiteral: line.text()))
    }
}

/// Writes each message as it is: a line of its own, or several.
struct LineLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info
    let output: LogOutput

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        output.write(event.message.description)
    }
}
