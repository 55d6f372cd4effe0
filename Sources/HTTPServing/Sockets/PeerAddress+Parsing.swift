internal import Glibc

extension PeerAddress {
    /// Reads an address as the system does: four decimal numbers, or IPv6 (RFC 4291 §2.2) without
    /// brackets and zone; nil for anything else.
    init?(host text: some StringProtocol, port: UInt16) {
        // What follows a NUL would be left out.
        guard text.utf8.count <= 45, !text.utf8.contains(0) else { return nil }
        let text = String(text)
        var ipv4 = in_addr()
        if unsafe inet_pton(AF_INET, text, &ipv4) == 1 {
            self.init(ipv4: UInt32(bigEndian: ipv4.s_addr), port: port)
            return
        }
        var ipv6 = in6_addr()
        guard unsafe inet_pton(AF_INET6, text, &ipv6) == 1 else { return nil }
        let (high, low) = unsafe withUnsafeBytes(of: &ipv6) { bytes in
            (
                UInt64(bigEndian: unsafe bytes.load(as: UInt64.self)),
                UInt64(bigEndian: unsafe bytes.load(fromByteOffset: 8, as: UInt64.self))
            )
        }
        self.init(ipv6: high, low, port: port)
    }

    /// Reads an address with an optional port, as proxies write it: "192.0.2.1:4711",
    /// "[2001:db8::1]:4711" or "[2001:db8::1]" (RFC 7239 §6), and "2001:db8::1" as well.
    init?(node text: Substring) {
        guard text.first == "[" else {
            let colons = text.utf8.count { $0 == UInt8(ascii: ":") }
            guard colons == 1, let colon = text.firstIndex(of: ":") else {
                self.init(host: text, port: 0)
                return
            }
            let digits = text[text.index(after: colon)...]
            guard let port = Self.port(digits) else { return nil }
            self.init(host: text[..<colon], port: port)
            return
        }
        guard let bracket = text.firstIndex(of: "]") else { return nil }
        let host = text[text.index(after: text.startIndex)..<bracket]
        let rest = text[text.index(after: bracket)...]
        guard host.contains(":"), rest.isEmpty || rest.first == ":",
            let port = rest.isEmpty ? 0 : Self.port(rest.dropFirst())
        else { return nil }
        self.init(host: host, port: port)
    }

    private static func port(_ digits: Substring) -> UInt16? {
        guard (1...5).contains(digits.utf8.count) else { return nil }
        return Array(digits.utf8).span.decimal().flatMap { UInt16(exactly: $0) }
    }
}
