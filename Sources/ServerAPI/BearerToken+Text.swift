public import HTTPServing
internal import JSONFields

/// Why a text is no bearer token; what may be a part of a secret is not repeated.
public struct TokenTextError: Error, Sendable, CustomStringConvertible {
    /// One sentence that a person can act on.
    public let description: String
}

extension BearerToken {
    /// Reads a token as an operator writes it: "SECRET" for all scopes, or "read,infer:SECRET".
    ///
    /// What stands before the first ":" has to be scopes. A misspelt one would otherwise make a
    /// secret of the whole text, and a secret has every right.
    public init(text: String) throws(TokenTextError) {
        guard let colon = text.firstIndex(of: ":") else {
            try self.init(checked: text, scopes: Scope.all)
            return
        }
        var scopes: Set<String> = []
        for name in text[..<colon].split(separator: ",", omittingEmptySubsequences: false) {
            switch String(name) {
            case "all": scopes.formUnion(Scope.all)
            case let name where Scope.all.contains(name): scopes.insert(name)
            case let name: throw Self.unknownScope(name)
            }
        }
        try self.init(checked: String(text[text.index(after: colon)...]), scopes: scopes)
    }

    /// Reads the tokens of a file: one a line, but for empty lines and those that begin with "#".
    public static func list(lines text: String) throws(TokenTextError) -> [BearerToken] {
        var tokens: [BearerToken] = []
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            let content = line.drop(while: \.isWhitespace)
            guard let last = content.lastIndex(where: { !$0.isWhitespace }), content.first != "#"
            else { continue }
            do {
                tokens.append(try BearerToken(text: String(content[...last])))
            } catch {
                throw TokenTextError(description: "line \(index + 1): \(error)")
            }
        }
        return tokens
    }

    private init(checked secret: String, scopes: Set<String>) throws(TokenTextError) {
        guard !secret.isEmpty else { throw TokenTextError(description: "the token has no secret") }
        // RFC 6750 §2.1 allows fewer; these could never be told from the field around them.
        guard secret.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            throw TokenTextError(
                description: "the token's secret has a space or control character in it"
            )
        }
        self.init(secret: secret, scopes: scopes)
    }

    private static func unknownScope(_ name: String) -> TokenTextError {
        let advice =
            "scopes are read, infer, train and all; a secret with a colon is written all:SECRET"
        guard let nearest = nearestName(to: name, among: Scope.all.sorted() + ["all"]),
            name.utf8.count <= 8
        else {
            return TokenTextError(
                description: "the token has something else than scopes before its first colon: "
                    + advice
            )
        }
        return TokenTextError(
            description: "the token's scope \"\(name)\" is unknown, did you mean \"\(nearest)\"? "
                + advice
        )
    }
}
