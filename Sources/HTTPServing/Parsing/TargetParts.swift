/// Where path, query and authority stand in a request target (RFC 9112 §3.2).
struct TargetParts {
    let form: RequestHead.TargetForm
    let path: Range<Int>
    let query: Range<Int>?
    let authority: Range<Int>?

    /// Reads a target that is not empty and of target characters only.
    init(_ target: Span<UInt8>, isConnect: Bool, isOptions: Bool) throws(HTTPParseError) {
        let end = target.count
        if isConnect {
            // RFC 9112 §3.2.3: the authority form is CONNECT's alone, and names a port.
            guard let authority = Authority(target), authority.port != nil else {
                throw .malformedTarget
            }
            (form, path, query, self.authority) = (.authority, end..<end, nil, 0..<end)
            return
        }
        if target[0] == UInt8(ascii: "*") {
            guard end == 1, isOptions else { throw .malformedTarget }
            (form, path, query, authority) = (.asterisk, end..<end, nil, nil)
            return
        }
        var pathStart = 0
        if target[0] == UInt8(ascii: "/") {
            (form, authority) = (.origin, nil)
        } else {
            guard let start = Self.authorityStart(target) else { throw .malformedTarget }
            let authorityEnd =
                target.firstIndex(from: start) {
                    $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?")
                } ?? end
            guard Authority(target.extracting(start..<authorityEnd)) != nil else {
                throw .malformedTarget
            }
            (form, authority) = (.absolute, start..<authorityEnd)
            pathStart = authorityEnd
        }
        let mark = target.firstIndex(from: pathStart) { $0 == UInt8(ascii: "?") }
        path = pathStart..<(mark ?? end)
        query = mark.map { $0 + 1..<end }
    }

    /// What follows "http://" or "https://"; schemes have no case (RFC 3986 §3.1).
    private static func authorityStart(_ target: Span<UInt8>) -> Int? {
        for scheme in ["http://", "https://"] as [StaticString]
        where target.count > scheme.bytes.count
            && target.extracting(first: scheme.bytes.count).equalsIgnoringCase(scheme.bytes)
        {
            return scheme.bytes.count
        }
        return nil
    }
}

/// A host with an optional port, checked (RFC 3986 §3.2.2, §3.2.3); user names are refused
/// (RFC 9110 §4.2.4).
struct Authority {
    let host: Range<Int>
    let port: UInt16?

    init?(_ bytes: Span<UInt8>) {
        guard bytes.count > 0 else { return nil }
        var hostEnd: Int
        if bytes[0] == UInt8(ascii: "[") {
            guard let bracket = bytes.firstIndex(from: 1, where: { $0 == UInt8(ascii: "]") }),
                Self.isAddress(bytes.extracting(1..<bracket))
            else { return nil }
            hostEnd = bracket + 1
        } else {
            hostEnd = bytes.firstIndex(from: 0, where: { !$0.isRegisteredName }) ?? bytes.count
            guard hostEnd > 0 else { return nil }
        }
        host = 0..<hostEnd
        guard hostEnd < bytes.count else {
            port = nil
            return
        }
        let digits = bytes.extracting((hostEnd + 1)...)
        guard bytes[hostEnd] == UInt8(ascii: ":"), digits.count <= 5 else { return nil }
        guard digits.count > 0 else {
            port = nil
            return
        }
        guard let number = digits.decimal(), let port = UInt16(exactly: number) else { return nil }
        self.port = port
    }

    /// Whether the bytes look like an IPv6 address; which one does not matter here.
    private static func isAddress(_ bytes: Span<UInt8>) -> Bool {
        var colons = 0
        for index in bytes.indices {
            let byte = bytes[index]
            guard byte.hexValue != nil || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
            else { return false }
            colons += byte == UInt8(ascii: ":") ? 1 : 0
        }
        return colons >= 2 && bytes.count <= 45
    }
}
