import Glibc

/// One JSON object, built member by member.
struct JSONLine {
    private var bytes: [UInt8] = []

    init() {
        bytes.reserveCapacity(384)
    }

    mutating func add(_ key: String, _ value: String) {
        begin(key)
        append(quoted: value)
    }

    mutating func add(_ key: String, _ value: Int) {
        begin(key)
        bytes.append(contentsOf: String(value).utf8)
    }

    mutating func add(_ key: String, _ value: Bool) {
        begin(key)
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    /// The whole object.
    consuming func text() -> String {
        bytes.append(UInt8(ascii: "}"))
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A moment as RFC 3339 writes it, in UTC to the millisecond.
    static func timestamp(_ time: timespec) -> String {
        var seconds = time.tv_sec
        var parts = unsafe tm()
        _ = unsafe gmtime_r(&seconds, &parts)
        let numbers = unsafe [
            (parts.tm_year + 1_900, 4, "-"), (parts.tm_mon + 1, 2, "-"), (parts.tm_mday, 2, "T"),
            (parts.tm_hour, 2, ":"), (parts.tm_min, 2, ":"), (parts.tm_sec, 2, "."),
            (Int32(time.tv_nsec / 1_000_000), 3, "Z"),
        ]
        return numbers.map { number, width, separator in
            let digits = String(number)
            return String(repeating: "0", count: width - digits.count) + digits + separator
        }.joined()
    }

    private mutating func begin(_ key: String) {
        bytes.append(bytes.isEmpty ? UInt8(ascii: "{") : UInt8(ascii: ","))
        append(quoted: key)
        bytes.append(UInt8(ascii: ":"))
    }

    /// RFC 8259 §7: quotes, backslashes and controls must be escaped.
    private mutating func append(quoted text: String) {
        bytes.append(UInt8(ascii: "\""))
        if text.utf8.allSatisfy({ !Self.mustBeEscaped($0) }) {
            bytes.append(contentsOf: text.utf8)
        } else {
            for byte in text.utf8 {
                append(escaping: byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func append(escaping byte: UInt8) {
        guard Self.mustBeEscaped(byte) else { return bytes.append(byte) }
        bytes.append(contentsOf: "\\u00".utf8)
        bytes.append(contentsOf: [byte >> 4, byte & 15].map { $0 + ($0 < 10 ? 48 : 87) })
    }

    private static func mustBeEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }
}
