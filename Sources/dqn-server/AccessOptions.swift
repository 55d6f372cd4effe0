import ArgumentParser
import Foundation
import HTTPServing
import ServerAPI

/// Who may use the server.
struct AccessOptions: ParsableArguments {
    @Option(
        name: .customLong("token"),
        help: ArgumentHelp(
            "A bearer token that requests must show; may be given several times.",
            discussion: """
                "read,infer:SECRET" permits only these of the scopes read, infer and train; \
                "SECRET" permits all. What stands before the first colon must be scopes, so a \
                secret that has a colon is written "all:SECRET". Other users of this machine see \
                the command line: --token-file and the variable DQN_TOKENS (tokens separated by \
                spaces or line ends) keep a secret to yourself.
                """,
            valueName: "[scopes:]secret"
        )
    )
    var tokens: [String] = []

    @Option(
        help: ArgumentHelp(
            "A file with a token on each line, written as for --token.",
            discussion: "Empty lines and lines that begin with # are left out.",
            valueName: "path"
        )
    )
    var tokenFile: String?

    @Option(help: "An origin whose pages may use the server; may be given several times.")
    var allowOrigin: [String] = []

    @Option(
        help: ArgumentHelp(
            "A name, as in https://NAME, under which the server may be asked without a token.",
            discussion: """
                Besides localhost, 127.0.0.1 and [::1], without a port; may be given several \
                times. With tokens, --insecure or another --host than these any name is taken.
                """,
            valueName: "name"
        )
    )
    var allowHost: [String] = []

    @Flag(
        help: """
            Listen on other than loopback addresses without a token, and take any name as Host: \
            whoever reaches the server, and any page in a browser that does, may use it.
            """
    )
    var insecure = false

    private static let variable = "DQN_TOKENS"

    private var environment: String? {
        ProcessInfo.processInfo.environment[Self.variable]
    }

    /// Checks that a server at `host` is not open to everyone by mistake.
    func validate(host: String) throws {
        _ = try tokens.map(Self.token)
        _ = try allowHost.map(Self.name)
        let hasTokens = !tokens.isEmpty || tokenFile != nil || environment != nil
        guard hasTokens || insecure || Self.isLoopback(host) else {
            throw ValidationError(
                "\(host) can be reached from elsewhere: give a --token or --token-file, "
                    + "or --insecure to let everyone in"
            )
        }
    }

    /// The policy that the options mean; `warn` is told what is allowed but unwise.
    func policy(host: String, warn: (String) -> Void) throws -> AccessPolicy {
        var policy = AccessPolicy()
        policy.tokens = try tokens.map(Self.token) + fileTokens(warn: warn) + environmentTokens()
        policy.origins = Set(allowOrigin)
        policy.hostAdvice = "start the server with --allow-host NAME to take another"
        if insecure || !Self.isLoopback(host) {
            policy.hosts = nil
        } else {
            policy.hosts?.append(contentsOf: try allowHost.map(Self.name))
        }
        return policy
    }

    static func isLoopback(_ host: String) -> Bool {
        ["127.0.0.1", "::1", "localhost"].contains(host)
    }

    private static func token(_ text: String) throws -> BearerToken {
        do {
            return try BearerToken(text: text)
        } catch {
            throw ValidationError("--token: \(error)")
        }
    }

    private func fileTokens(warn: (String) -> Void) throws -> [BearerToken] {
        guard let tokenFile else { return [] }
        guard let text = try? String(contentsOfFile: tokenFile, encoding: .utf8) else {
            throw ValidationError("--token-file \(tokenFile) cannot be read as text")
        }
        let attributes = try? FileManager.default.attributesOfItem(atPath: tokenFile)
        if let mode = attributes?[.posixPermissions] as? Int, mode & 0o004 != 0 {
            warn("\(tokenFile) can be read by every user of this machine: chmod 600 it")
        }
        do {
            let tokens = try BearerToken.list(lines: text)
            guard tokens.isEmpty else { return tokens }
        } catch {
            throw ValidationError("--token-file \(tokenFile), \(error)")
        }
        throw ValidationError("--token-file \(tokenFile) has no token in it")
    }

    private func environmentTokens() throws -> [BearerToken] {
        guard let environment else { return [] }
        let tokens = try environment.split(whereSeparator: \.isWhitespace).map { text in
            do {
                return try BearerToken(text: String(text))
            } catch {
                throw ValidationError("\(Self.variable): \(error)")
            }
        }
        // Set by a script whose own variable was empty: to go on would let everyone in.
        guard !tokens.isEmpty else {
            throw ValidationError("\(Self.variable) is set and has no token in it")
        }
        return tokens
    }

    /// A name as it stands in `Host`, without its port.
    private static func name(_ text: String) throws -> String {
        let colons = text.utf8.count { $0 == UInt8(ascii: ":") }
        let isBracketed = text.hasPrefix("[") && text.hasSuffix("]")
        let name = colons > 1 && !isBracketed ? "[\(text)]" : text
        guard !name.isEmpty, colons != 1,
            name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") })
        else {
            throw ValidationError(
                "--allow-host is \"\(text.prefix(80))\", expected a name like example.org, "
                    + "without scheme, port and path"
            )
        }
        guard !name.contains("*") else {
            throw ValidationError(
                "--allow-host is \"\(text.prefix(80))\", expected one name; --insecure takes any"
            )
        }
        return name
    }
}
