import HTTPServing
import ServerAPI
import Testing

@Suite(.timeLimit(.minutes(5))) struct TokenTextTests {
    /// Which of three routes a token opens, when `secret` is shown.
    private func opened(by tokens: [BearerToken], _ secret: String) async -> [String] {
        var router = Router()
        let scopes = ["read", "infer", "train"]
        for scope in scopes {
            router.onLoop(.get, "/\(scope)", scope: scope) { _ in HTTPResponse() }
        }
        var policy = AccessPolicy()
        policy.tokens = tokens
        let app = HTTPApplication(router: router, policy: policy)
        var opened: [String] = []
        for scope in scopes {
            let headers: HTTPHeaders = ["Authorization": "Bearer \(secret)"]
            let answer = await app.respond(to: .get, "/\(scope)", headers: headers)
            if answer.status == .ok { opened.append(scope) }
        }
        return opened
    }

    @Test(
        "a token permits the scopes before its first colon, and all where there is none",
        arguments: [
            ("SECRET", "SECRET", ["read", "infer", "train"]),
            ("c2VjcmV0+/==", "c2VjcmV0+/==", ["read", "infer", "train"]),
            ("read:SECRET", "SECRET", ["read"]),
            ("read,infer:SECRET", "SECRET", ["read", "infer"]),
            ("all:SECRET", "SECRET", ["read", "infer", "train"]),
            ("all:a:b", "a:b", ["read", "infer", "train"]),
            ("train:read:b", "read:b", ["train"]), ("read,read:x", "x", ["read"]),
            ("read:SECRET", "read:SECRET", []),
        ]
    )
    func scopes(text: String, secret: String, expected: [String]) async throws {
        #expect(await opened(by: [try BearerToken(text: text)], secret) == expected)
    }

    @Test(
        "what is no token is refused, and no secret is repeated",
        arguments: [
            ("reed:SECRET", "the token's scope \"reed\" is unknown, did you mean \"read\"?"),
            ("read,infr:SECRET", "the token's scope \"infr\" is unknown, did you mean \"infer\"?"),
            ("Read:SECRET", "the token's scope \"Read\" is unknown, did you mean \"read\"?"),
            ("a9f8b7c6d5e4:SECRET", "something else than scopes before its first colon"),
            (":SECRET", "something else than scopes before its first colon"),
            ("read,:SECRET", "something else than scopes before its first colon"),
            ("read:", "the token has no secret"), ("", "the token has no secret"),
            ("SECRET one", "has a space or control character"),
            ("read:SECRET\n", "has a space or control character"),
        ]
    )
    func refused(text: String, sentence: String) {
        #expect { try BearerToken(text: text) } throws: { error in
            let message = "\(error)"
            return message.contains(sentence) && !message.contains("SECRET one")
                && !message.contains("a9f8")
                && message.replacing("all:SECRET", with: "").contains("SECRET") == false
        }
    }

    @Test("a file holds a token a line, with comments and empty lines between")
    func lines() async throws {
        let text = "# ours\n\n  read:reader  \r\ntrainer\n#infer:old\n"
        let tokens = try BearerToken.list(lines: text)
        #expect(tokens.count == 2)
        #expect(await opened(by: tokens, "reader") == ["read"])
        #expect(await opened(by: tokens, "trainer") == ["read", "infer", "train"])
        #expect(await opened(by: tokens, "old") == [])
        #expect(try BearerToken.list(lines: "\n# nothing\n").isEmpty)
        #expect { try BearerToken.list(lines: "read:a\n\ntrian:b") } throws: {
            "\($0)".hasPrefix("line 3: the token's scope \"trian\" is unknown")
        }
    }
}
