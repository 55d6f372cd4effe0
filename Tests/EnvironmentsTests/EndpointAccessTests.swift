import Environments
import Testing

/// Which URLs there are, and which may be asked.
@Suite(.timeLimit(.minutes(5))) struct EndpointAccessTests {
    @Test("a URL is read as everyone reads it")
    func urls() throws {
        for (text, description, host, port, path) in [
            ("http://127.0.0.1:9000", "http://127.0.0.1:9000", "127.0.0.1", 9000, ""),
            ("HTTP://LocalHost/", "http://localhost", "localhost", 80, ""),
            ("http://[::1]:9/a/b-c/", "http://[::1]:9/a/b-c", "::1", 9, "/a/b-c"),
            ("http://[fe80::1]", "http://[fe80::1]", "fe80::1", 80, ""),
        ] {
            let url = try EndpointURL(text)
            #expect("\(url)" == description)
            #expect(url.host == host && url.path == path)
            #expect(url.givenPort ?? 80 == port)
        }
    }

    @Test(
        "what two readers could take for two places is refused",
        arguments: [
            "", "127.0.0.1:9000", "ftp://127.0.0.1", "http:/x", "http://", "http:///x",
            "http://me@127.0.0.1", "http://127.0.0.1:0", "http://127.0.0.1:65536",
            "http://127.0.0.1:+1", "http://a:1:2", "http://::1", "http://[::1", "http://[::1]x",
            "http://127.0.0.1/?x", "http://127.0.0.1/#x", "http://127.0.0.1/a/../b",
            "http://127.0.0.1/./b", "http://127.0.0.1//b", "http://127.0.0.1/%2e",
            "http://127.0.0.1\\@b", "http://127.0.0.1/a b", "http://127.0.0.1/\r\nX: y",
            "http://ä.example",
        ]
    )
    func notURLs(text: String) {
        let fault = #expect(throws: EndpointURLFault.self) { _ = try EndpointURL(text) }
        #expect(
            fault?.description.hasPrefix("must be a URL such as http://127.0.0.1:9000, ") == true
        )
    }

    @Test("https is refused with what to do instead")
    func noTLS() {
        let fault = #expect(throws: EndpointURLFault.self) {
            _ = try EndpointURL("https://example.org")
        }
        #expect(fault?.description.contains("there is no TLS here") == true)
    }

    /// The addresses of a URL that may be asked, and why none may.
    private func ask(_ text: String, allowing prefixes: [String] = []) throws -> String {
        let url = try EndpointURL(text)
        let access = try EnvironmentAccess(allowing: prefixes)
        do throws(EndpointFault) {
            return try access.allowed(EndpointAddress.all(of: url), of: url).map(\.text)
                .joined(separator: " ")
        } catch {
            return error.reason
        }
    }

    @Test("this machine may be asked under each of its names, and nothing else")
    func loopback() throws {
        #expect(try ask("http://127.0.0.1:9000") == "127.0.0.1")
        #expect(try ask("http://127.9.9.9/x") == "127.9.9.9")
        #expect(try ask("http://[::1]:9000") == "::1")
        #expect(try ask("http://[::ffff:127.0.0.1]:9000") == "127.0.0.1")
        // As the resolver reads it, so is it checked.
        #expect(try ask("http://2130706433") == "127.0.0.1")
        #expect(
            try ask("http://10.1.2.3:9000/x")
                == "http://10.1.2.3:9000/x is at 10.1.2.3, which is not this machine: the server must "
                + "be started with --allow-environment-url http://10.1.2.3:9000/x"
        )
        for text in ["0.0.0.0", "192.168.0.1", "[::]", "[::2]", "[::ffff:10.0.0.1]", "167772161"] {
            #expect(try ask("http://\(text)").contains("which is not this machine"), "\(text)")
        }
    }

    @Test("a prefix allows its host, its port where it names one, and what is below its path")
    func prefixes() throws {
        for (url, prefix, isAllowed) in [
            ("http://10.1.2.3:9000", "http://10.1.2.3", true),
            ("http://10.1.2.3:9000", "http://10.1.2.3:9000", true),
            ("http://10.1.2.3", "http://10.1.2.3:80", true),
            ("http://10.1.2.3:9001", "http://10.1.2.3:9000", false),
            ("http://10.1.2.30", "http://10.1.2.3", false),
            ("http://10.1.2.3/a/b", "http://10.1.2.3/a", true),
            ("http://10.1.2.3/a", "http://10.1.2.3/a/", true),
            ("http://10.1.2.3/ab", "http://10.1.2.3/a", false),
            ("http://10.1.2.3", "http://10.1.2.3/a", false),
        ] {
            let found = try ask(url, allowing: ["http://10.9.9.9", prefix])
            #expect((found == "10.1.2.3") == isAllowed, "\(url) with \(prefix): \(found)")
        }
        #expect(throws: EndpointURLFault.self) { _ = try EnvironmentAccess(allowing: ["10.1.2.3"]) }
    }

    @Test("where clouds keep their keys may be asked only if the very address is allowed")
    func linkLocal() throws {
        let address = "http://169.254.169.254"
        #expect(try ask(address).contains("--allow-environment-url http://169.254.169.254"))
        #expect(try ask(address, allowing: [address]) == "169.254.169.254")
        // 169.254.169.254 by another name, as one that its owner points there.
        let other = "http://2852039166"
        #expect(try ask(other, allowing: [other]).hasSuffix("http://169.254.169.254 and asked so"))
        #expect(try ask("http://[fe80::1]").contains("http://[fe80::1]"))
    }
}
