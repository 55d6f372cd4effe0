import Glibc
import Logging

/// Writes each log message as one line of JSON; numbers in the metadata stay numbers.
struct JSONLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info
    private let label: String
    private let output: LogOutput

    init(label: String, output: LogOutput) {
        (self.label, self.output) = (label, output)
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var line = JSONLine()
        line.add("time", JSONLine.timestamp(Self.now()))
        line.add("level", event.level.rawValue)
        line.add("logger", label)
        line.add("message", event.message.description)
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        for (key, value) in all.sorted(by: { $0.key < $1.key }) {
            switch value {
            case .stringConvertible(let number as Int): line.add(key, number)
            case .stringConvertible(let flag as Bool): line.add(key, flag)
            default: line.add(key, value.description)
            }
        }
        output.write(line.text())
    }

    private static func now() -> timespec {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return time
    }
}
