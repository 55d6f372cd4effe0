import Glibc

/// One JSON object, built member by member.
struct JSONLine {
    private var bytes = Array("{".utf8)

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

    /// A moment as RFC 3339 writes it, in UTC to the millisecond.
    mutating func add(_ key: String, timestamp time: timespec) {
        begin(key)
        var seconds = time.tv_sec
        var parts = unsafe tm()
        _ = unsafe gmtime_r(&seconds, &parts)
        let numbers = unsafe [
            (parts.tm_year + 1_900, 4, "-"), (parts.tm_mon + 1, 2, "-"), (parts.tm_mday, 2, "T"),
            (parts.tm_hour, 2, ":"), (parts.tm_min, 2, ":"), (parts.tm_sec, 2, "."),
            (Int32(time.tv_nsec / 1_000_000), 3, "Z"),
        ]
        bytes.append(UInt8(ascii: "\""))
        for (number, width, separator) in numbers {
            let digits = String(number)
            bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: width - digits.count))
            bytes.append(contentsOf: digits.utf8)
            bytes.append(contentsOf: separator.utf8)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// The whole line, its line end included.
    consuming func ended() -> [UInt8] {
        bytes.append(contentsOf: "}\n".utf8)
        return bytes
    }

    private mutating func begin(_ key: String) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        append(quoted: key)
        bytes.append(UInt8(ascii: ":"))
    }

    /// RFC 8259 §7: quotes, backslashes and controls must be escaped.
    private mutating func append(quoted text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0..<0x20:
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(contentsOf: [byte >> 4, byte & 15].map { $0 + ($0 < 10 ? 48 : 87) })
            default:
                bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
