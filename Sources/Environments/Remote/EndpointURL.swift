internal import JSONFields

/// Where an endpoint is: `http://HOST:PORT/PATH`, and nothing that two readers could take for two
/// different places.
package struct EndpointURL: Equatable, Sendable, CustomStringConvertible {
    /// A name or an address in lower case; an IPv6 address without its brackets.
    package let host: String
    /// The port, where one is given.
    package let givenPort: Int?
    /// Empty, or "/" and what follows, without a "/" at the end.
    package let path: String

    /// The port to connect to.
    var port: Int { givenPort ?? 80 }

    /// Reads a URL.
    /// - Throws: What is wrong with it, as the end of a sentence that begins with its name.
    package init(_ text: String) throws(EndpointURLFault) {
        let scheme = text.prefix { $0 != ":" }.lowercased()
        guard scheme != "https" else {
            throw EndpointURLFault(
                "must begin with http://, got \"\(text.excerpt)\": there is no TLS here; let a proxy on "
                    + "this machine speak it, such as stunnel, and give its address"
            )
        }
        guard scheme == "http", text.utf8.count <= 2000, text.dropFirst(4).hasPrefix("://") else {
            throw EndpointURLFault(text)
        }
        let rest = text.dropFirst("http://".count)
        let authority = rest.prefix { $0 != "/" }
        var path = rest.dropFirst(authority.count)
        if path.hasSuffix("/") { path = path.dropLast() }
        guard let (host, port) = Self.hostAndPort(authority), Self.isPlain(path) else {
            throw EndpointURLFault(text)
        }
        (self.host, givenPort, self.path) = (host, port, String(path))
    }

    /// As it is written in `Host`.
    var authority: String {
        let host = host.contains(":") ? "[\(host)]" : host
        return givenPort.map { "\(host):\($0)" } ?? host
    }

    /// The URL as it is written.
    package var description: String { "http://\(authority)\(path)" }

    /// Whether it is at or below `prefix`: of the same host and path, and of its port if it names one.
    func isWithin(_ prefix: EndpointURL) -> Bool {
        host == prefix.host && (prefix.givenPort == nil || port == prefix.port)
            && (path == prefix.path || path.hasPrefix(prefix.path + "/"))
    }

    private static func hostAndPort(_ text: Substring) -> (String, Int?)? {
        var host = text
        var port: Int?
        let isBracketed = text.hasPrefix("[")
        let end = isBracketed ? text.firstIndex(of: "]").map(text.index(after:)) : nil
        if let colon = text[(end ?? text.startIndex)...].firstIndex(of: ":") {
            let digits = text[text.index(after: colon)...]
            guard digits.utf8.allSatisfy(isDigit), let number = UInt16(digits), number > 0 else {
                return nil
            }
            (host, port) = (text[..<colon], Int(number))
        }
        if isBracketed {
            guard host.hasSuffix("]") else { return nil }
            host = host.dropFirst().dropLast()
        }
        let extra = isBracketed ? ":." : "-._"
        guard !host.isEmpty, host.utf8.count <= 255,
            host.utf8.allSatisfy({ isLetter($0, or: extra) })
        else { return nil }
        return (host.lowercased(), port)
    }

    /// Whether a path means the same to whoever reads it: no escapes, no steps upwards.
    private static func isPlain(_ path: Substring) -> Bool {
        path.utf8.allSatisfy { isLetter($0, or: "-._~!$&'()*+,;=:@/") }
            && path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
                .allSatisfy { ![".", "..", ""].contains($0) || path.isEmpty }
    }

    private static func isLetter(_ byte: UInt8, or others: String) -> Bool {
        let letter = byte | 0x20
        return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(letter) || isDigit(byte)
            || others.utf8.contains(byte)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

/// Why a text is no URL of an endpoint: the end of a sentence that begins with its name.
public struct EndpointURLFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// What would be right, and what was given.
    public let description: String

    init(_ text: String) {
        description =
            text.hasPrefix("must ")
            ? text
            : "must be a URL such as http://127.0.0.1:9000, without user, query and escapes, "
                + "got \"\(text.excerpt)\""
    }
}
