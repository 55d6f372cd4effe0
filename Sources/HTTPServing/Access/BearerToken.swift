/// A secret that a client shows, and what it permits (RFC 6750).
public struct BearerToken: Sendable {
    private let secret: [UInt8]
    let scopes: Set<String>

    /// Creates a token of a secret that is not empty, for routes whose `scope` is among `scopes`.
    public init(secret: String, scopes: Set<String>) {
        precondition(!secret.isEmpty, "a token's secret is empty")
        self.secret = Array(secret.utf8)
        self.scopes = scopes
    }

    /// Whether the bytes are the secret; takes the same time for every guess of one length.
    func matches(_ guess: Span<UInt8>) -> Bool {
        var difference = UInt(bitPattern: guess.count ^ secret.count)
        for index in guess.indices {
            difference |= UInt(guess[index] ^ secret[index % secret.count])
        }
        return difference == 0
    }
}
