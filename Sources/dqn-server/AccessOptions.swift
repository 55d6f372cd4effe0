import ArgumentParser
import HTTPServing

/// Who may use the server.
struct AccessOptions: ParsableArguments {
    @Option(
        name: .customLong("token"),
        help: ArgumentHelp(
            """
            A bearer token that requests must show; may be given several times. \
            "read,infer:SECRET" permits only these of the scopes read, infer and train.
            """,
            valueName: "[scopes:]secret"
        )
    )
    var tokens: [String] = []

    @Option(help: "An origin whose pages may use the server; may be given several times.")
    var allowOrigin: [String] = []

    @Flag(help: "Listen on other than loopback addresses without a token.")
    var insecure = false

    private static let scopes: Set<String> = ["read", "infer", "train"]

    /// Checks that a server at `host` is not open to everyone by mistake.
    func validate(host: String) throws {
        guard tokens.isEmpty, !insecure, !Self.isLoopback(host) else { return }
        throw ValidationError(
            "\(host) can be reached from elsewhere: give a --token, or --insecure to let everyone in"
        )
    }

    /// The policy that the options mean.
    func policy(host: String) throws -> AccessPolicy {
        var policy = AccessPolicy()
        policy.tokens = try tokens.map(Self.token)
        policy.origins = Set(allowOrigin)
        if !Self.isLoopback(host) {
            policy.hosts = nil
        }
        return policy
    }

    static func isLoopback(_ host: String) -> Bool {
        ["127.0.0.1", "::1", "localhost"].contains(host)
    }

    private static func token(_ text: String) throws -> BearerToken {
        var (secret, permitted) = (text[...], scopes)
        if let colon = text.firstIndex(of: ":") {
            let names = Set(text[..<colon].split(separator: ",").map(String.init))
            if !names.isEmpty, names.isSubset(of: scopes) {
                (secret, permitted) = (text[text.index(after: colon)...], names)
            }
        }
        guard !secret.isEmpty else { throw ValidationError("--token has no secret") }
        return BearerToken(secret: String(secret), scopes: permitted)
    }
}
