import HTTPServing
import Testing

@Suite(.timeLimit(.minutes(5))) struct TrustedProxyTests {
    private let app = application { router in
        router.onLoop(.get, "/") { request in HTTPResponse(text: request.peer.host) }
    }

    /// Fields that a proxy at 127.0.0.1 may send, and who is asking then; nil is the proxy itself.
    private static let fields: [(String, String?)] = [
        ("", nil),
        ("X-Forwarded-For: 203.0.113.7", "203.0.113.7"),
        ("X-Forwarded-For: 203.0.113.7:4711", "203.0.113.7"),
        ("X-Forwarded-For: 198.51.100.1, 203.0.113.7", "203.0.113.7"),
        ("X-Forwarded-For: 198.51.100.1\r\nX-Forwarded-For: 203.0.113.7", "203.0.113.7"),
        ("X-Forwarded-For: 203.0.113.7, 10.1.2.3, 127.0.0.9", "203.0.113.7"),
        ("X-Forwarded-For: forged, 203.0.113.7, 10.1.2.3", "203.0.113.7"),
        ("X-Forwarded-For: 10.9.9.9, 10.1.2.3", "10.9.9.9"),
        ("X-Forwarded-For: 2001:db8::7", "2001:db8:0:0:0:0:0:7"),
        ("X-Forwarded-For: [2001:db8::7]:80", "2001:db8:0:0:0:0:0:7"),
        ("X-Forwarded-For: ::ffff:203.0.113.7", "203.0.113.7"),
        ("X-Forwarded-For: 203.0.113.7, unknown", nil),
        ("X-Forwarded-For: 203.0.113.7,", nil), ("X-Forwarded-For: ", nil),
        ("X-Forwarded-For: 203.0.113", nil), ("X-Forwarded-For: 203.0.113.256", nil),
        ("X-Forwarded-For: 0203.0.113.7", nil), ("X-Forwarded-For: 203.0.113.7:99999", nil),
        ("X-Forwarded-For: 203.0.113.7:", nil), ("X-Forwarded-For: [203.0.113.7]", nil),
        ("X-Forwarded-For: [2001:db8::7]x", nil), ("X-Forwarded-For: fe80::1%eth0", nil),
        ("X-Forwarded-For: 203.0.113.7 198.51.100.1", nil),
        ("Forwarded: for=203.0.113.7", "203.0.113.7"),
        ("Forwarded: For=\"203.0.113.7:47\";proto=https;by=10.0.0.1", "203.0.113.7"),
        ("Forwarded: for=198.51.100.1, proto=http ; for=203.0.113.7", "203.0.113.7"),
        ("Forwarded: for=\"[2001:db8::7]:80\"", "2001:db8:0:0:0:0:0:7"),
        ("Forwarded: for=203.0.113.7, for=10.0.0.3", "203.0.113.7"),
        ("Forwarded: host=\"a,b;for=198.51.100.1\";for=203.0.113.7", "203.0.113.7"),
        ("Forwarded: for=unknown", nil), ("Forwarded: for=_hidden", nil),
        ("Forwarded: proto=https", nil), ("Forwarded: for=203.0.113.7;for=203.0.113.7", nil),
        ("Forwarded: for=\"203.0.113.7", nil), ("Forwarded: for", nil),
        ("Forwarded: for=[2001:db8::7]", nil),
        // A proxy that sets one of them may hand on what the client wrote into the other.
        ("Forwarded: for=203.0.113.7\r\nX-Forwarded-For: 203.0.113.7", "203.0.113.7"),
        ("Forwarded: for=203.0.113.7\r\nX-Forwarded-For: 198.51.100.1", nil),
        ("Forwarded: for=203.0.113.7\r\nX-Forwarded-For: x", nil),
    ]

    private func proxies(_ texts: String...) throws -> [AddressRange] {
        try texts.map { try #require(AddressRange($0)) }
    }

    @Test("the client is the last address that is no trusted proxy")
    func client() async throws {
        var configuration = HTTPServerConfiguration.unhurried
        configuration.trustedProxies = try proxies("127.0.0.0/8", "10.0.0.0/8")
        let log = AccessLog()
        try await serving(app, configuration: configuration, log: log) { server in
            let port = server.port
            try await onThread {
                let client = try RawClient(port: port)
                for (fields, expected) in Self.fields {
                    let lines = fields.isEmpty ? "" : "\(fields)\r\n"
                    client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\(lines)\r\n")
                    #expect(try client.response().text == expected ?? "127.0.0.1", "\(fields)")
                }
            }
        }
        #expect(log.all.map(\.peer.host) == Self.fields.map { $0.1 ?? "127.0.0.1" })
    }

    @Test("who is no trusted proxy is not believed")
    func untrusted() async throws {
        for ranges in [[], try proxies("127.0.0.2", "10.0.0.0/8", "::1", "126.0.0.0/8")] {
            var configuration = HTTPServerConfiguration.unhurried
            configuration.trustedProxies = ranges
            try await serving(app, configuration: configuration) { server in
                let port = server.port
                try await onThread {
                    let client = try RawClient(port: port)
                    client.send(
                        "GET / HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 203.0.113.7\r\n"
                            + "Forwarded: for=203.0.113.7\r\n\r\n"
                    )
                    #expect(try client.response().text == "127.0.0.1")
                }
            }
        }
    }

    @Test(
        "a range is an address with at most as many bits as it has",
        arguments: [
            ("10.0.0.0/8", true), ("10.0.0.1", true), ("0.0.0.0/0", true), ("10.0.0.1/32", true),
            ("::/0", true), ("fd00::/8", true), ("fd00::1/128", true), ("::ffff:10.0.0.1/32", true),
            ("10.0.0.0/33", false), ("10.0.0.0/", false), ("10.0.0.0/-1", false), ("/8", false),
            ("10.0.0/8", false), ("fd00::/129", false), ("[fd00::]/8", false), ("proxy", false),
            ("", false), ("10.0.0.0/8/8", false), ("10.0.0.0/ 8", false), ("10.0.0.1\u{0}", false),
        ]
    )
    func range(text: String, isRange: Bool) {
        #expect((AddressRange(text) != nil) == isRange)
    }
}
