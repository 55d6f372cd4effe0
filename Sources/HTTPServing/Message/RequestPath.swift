/// The path of a target, decoded once and safe to match against routes and file names
/// (RFC 3986 §5.2.4, §6.2.2).
///
/// Paths that could mean something else to another reader are refused, not mended: dot segments,
/// an encoded slash or control byte, and bytes that are no UTF-8.
struct RequestPath: Sendable {
    /// Begins with "/"; every other "/" separates two segments.
    let bytes: [UInt8]

    /// - Parameter path: As it stands in the target; empty stands for "/".
    init?(_ path: Span<UInt8>) {
        guard path.count > 0 else {
            bytes = [UInt8(ascii: "/")]
            return
        }
        guard path[0] == UInt8(ascii: "/"), let decoded = Self.decoded(path),
            !Self.hasDotSegment(decoded.span)
        else { return nil }
        bytes = decoded
    }

    private static func decoded(_ path: Span<UInt8>) -> [UInt8]? {
        guard var index = path.firstIndex(from: 0, where: { $0 == UInt8(ascii: "%") }) else {
            return Array(path)
        }
        var decoded = Array(path.extracting(first: index))
        while index < path.count {
            if path[index] == UInt8(ascii: "%") {
                guard let byte = path.percentDecoded(at: index), byte >= .space,
                    byte != UInt8(ascii: "/"), byte != .delete
                else { return nil }
                decoded.append(byte)
                index += 3
            } else {
                decoded.append(path[index])
                index += 1
            }
        }
        return String(validating: decoded, as: UTF8.self) == nil ? nil : decoded
    }

    /// Whether a segment is "." or "..".
    private static func hasDotSegment(_ path: Span<UInt8>) -> Bool {
        for index in path.indices where path[index] == UInt8(ascii: "/") {
            var end = index + 1
            while end < path.count, end <= index + 2, path[end] == UInt8(ascii: ".") {
                end += 1
            }
            if end > index + 1, end == path.count || path[end] == UInt8(ascii: "/") {
                return true
            }
        }
        return false
    }
}
