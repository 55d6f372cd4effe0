import HTTPServing
import Logging

/// One log line for each request.
struct AccessLog: Sendable {
    private let logger: Logger

    init(_ logger: Logger) {
        self.logger = logger
    }

    func record(_ record: AccessRecord) {
        logger.info(
            "request",
            metadata: [
                "method": "\(record.method?.name ?? "-")",
                "target": "\(record.target)",
                "route": "\(record.route ?? "-")",
                "status": .stringConvertible(Int(record.status?.code ?? 499)),
                "request_body_bytes": .stringConvertible(record.requestBodyBytes),
                "response_bytes": .stringConvertible(record.responseBytes),
                "duration_microseconds": .stringConvertible(Self.microseconds(record.duration)),
                "peer": "\(record.peer)",
                "request_id": "\(record.id)",
                "complete": .stringConvertible(record.isComplete),
            ]
        )
    }

    private static func microseconds(_ duration: Duration) -> Int {
        let (seconds, attoseconds) = duration.components
        return Int(seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
    }
}
