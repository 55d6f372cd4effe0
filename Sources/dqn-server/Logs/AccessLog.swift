import Dispatch
import Glibc
import HTTPServing
import Logging
import Synchronization

/// One JSON line for each request, written in batches and never by the thread that answers.
///
/// The line goes through swift-log as a message that is JSON already: building a dictionary of
/// metadata for each request costs more than the request. Where the writer cannot keep up, records
/// are dropped and counted.
final class AccessLog: Sendable {
    private struct State {
        var records: [AccessRecord] = []
        var dropped = 0
    }

    private let logger: Logger
    private let queue = DispatchQueue(label: "access-log")
    private let state = Mutex(State())

    private static let recordLimit = 16_384
    /// How long records are gathered before they are written.
    private static let delay = DispatchTimeInterval.milliseconds(20)

    /// Creates a log whose messages go to `logger`, which must write them as they are.
    init(_ logger: Logger) {
        self.logger = logger
    }

    func record(_ record: AccessRecord) {
        let isFirst = state.withLock { state in
            guard state.records.count < Self.recordLimit else {
                state.dropped += 1
                return false
            }
            state.records.append(record)
            return state.records.count == 1
        }
        if isFirst { queue.asyncAfter(deadline: .now() + Self.delay) { self.drain() } }
    }

    /// Returns when everything recorded before is written.
    func flush() {
        queue.sync { drain() }
    }

    private func drain() {
        let (records, dropped) = state.withLock { state in
            defer { state = State() }
            return (state.records, state.dropped)
        }
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        let timestamp = JSONLine.timestamp(time)
        for record in records {
            write(record, timestamp)
        }
        guard dropped > 0 else { return }
        var line = JSONLine()
        line.add("time", timestamp)
        line.add("level", "warning")
        line.add("message", "access records dropped")
        line.add("records", dropped)
        logger.warning(Logger.Message(stringLiteral: line.text()))
    }

    private func write(_ record: AccessRecord, _ timestamp: String) {
        var line = JSONLine()
        line.add("time", timestamp)
        line.add("level", "info")
        line.add("message", "request")
        line.add("method", record.method?.name ?? "-")
        line.add("target", record.target)
        line.add("route", record.route ?? "-")
        line.add("status", Int(record.status?.code ?? 499))
        line.add("request_body_bytes", record.requestBodyBytes)
        line.add("response_bytes", record.responseBytes)
        line.add("duration_microseconds", Self.microseconds(record.duration))
        line.add("peer", record.peer.description)
        line.add("request_id", record.id.description)
        line.add("complete", record.isComplete)
        logger.info(Logger.Message(stringLiteral: line.text()))
    }

    private static func microseconds(_ duration: Duration) -> Int {
        let (seconds, attoseconds) = duration.components
        return Int(seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
    }
}

/// Writes each message as a line of its own, as it is.
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
