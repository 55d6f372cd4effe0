/// Access records as JSON, each an object on a line of its own.
///
/// The bytes are written one after the other: a dictionary or a text for each request would cost
/// more than the line is worth.
public struct AccessLines: Sendable {
    /// The lines so far, with a line feed between two of them.
    public private(set) var bytes: [UInt8] = []
    /// The second that `moment` was written for.
    private var second = Int.min
    /// As in "2026-11-22T18:42:02.".
    private var moment: [UInt8] = []

    /// More than all of a line but its target and route: 250 bytes of names and marks, four
    /// numbers, a moment, an address and the name of a request.
    private static let othersBytes = 640
    /// What a byte becomes at most.
    private static let escapedBytes = 6

    /// Creates no lines.
    public init() {}

    /// How many bytes the lines take.
    public var count: Int {
        bytes.count
    }

    /// Adds a line.
    public mutating func append(_ record: AccessRecord) {
        refreshMoment(second: record.endedAtNanoseconds / 1_000_000_000)
        let start: StaticString = bytes.isEmpty ? "{\"time\":\"" : "\n{\"time\":\""
        let moment = moment
        let route = record.route ?? "-"
        let targetBytes = record.head?.line.target.range.count ?? 0
        let room = Self.othersBytes + targetBytes + route.utf8.count * Self.escapedBytes
        bytes.append(addingCapacity: room) { line in
            line.append(start)
            line.append(moment.span)
            line.append(decimal: record.endedAtNanoseconds / 1_000_000 % 1_000, digits: 3)
            line.append("Z\",\"level\":\"info\",\"message\":\"request\",\"method\":\"")
            line.append(text: record.method?.name ?? "-")
            line.append("\",\"target\":\"")
            // Neither a target nor the name of a request can have a byte that JSON would escape:
            // `isTarget` and `isToken` leave out quotes, backslashes, controls and all above 0x7E.
            if let head = record.head { line.append(head.bytes(of: head.line.target)) }
            line.append("\",\"route\":\"")
            line.append(text: route)
            line.append("\",\"status\":")
            line.append(decimal: Int(record.status?.code ?? HTTPMetrics.clientLeftCode))
            line.append(",\"request_body_bytes\":")
            line.append(decimal: record.requestBodyBytes)
            line.append(",\"response_bytes\":")
            line.append(decimal: record.responseBytes)
            line.append(",\"duration_microseconds\":")
            line.append(decimal: max(Int(record.durationNanoseconds), 0) / 1_000)
            line.append(",\"peer\":\"")
            record.peer.append(to: &line)
            line.append("\",\"request_id\":\"")
            record.id.append(to: &line)
            line.append(record.isComplete ? "\",\"complete\":true}" : "\",\"complete\":false}")
        }
    }

    /// Takes out all lines, and keeps the memory of `empty` for new ones.
    public mutating func exchange(for empty: inout [UInt8]) {
        empty.removeAll(keepingCapacity: true)
        swap(&bytes, &empty)
    }

    private mutating func refreshMoment(second now: Int) {
        guard now != second else { return }
        second = now
        moment.removeAll(keepingCapacity: true)
        HTTPDate(secondsSinceEpoch: now).append(rfc3339To: &moment)
        moment.append(".")
    }
}

extension OutputSpan<UInt8> {
    /// RFC 8259 §7: quotes, backslashes and controls must be escaped.
    fileprivate mutating func append(text: String) {
        for byte in text.utf8 {
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                append("\\u00")
                append(hexadecimalDigit: byte >> 4)
                append(hexadecimalDigit: byte & 15)
            } else {
                append(byte)
            }
        }
    }

    private mutating func append(hexadecimalDigit digit: UInt8) {
        append(digit < 10 ? digit &+ 0x30 : digit &+ 0x57)
    }
}
