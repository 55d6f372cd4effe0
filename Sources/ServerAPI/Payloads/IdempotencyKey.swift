package import HTTPServing

/// What a client calls a request by, so that it is carried out once however often it is sent.
///
/// The field is that of draft-ietf-httpapi-idempotency-key-header, of which quotes are taken for
/// what they are: a part of the key.
package struct IdempotencyKey: Equatable, Sendable {
    /// The key: 1 to 255 printable ASCII characters.
    package let text: String

    /// Reads the key of a request; nil where it has none.
    package init?(_ request: HTTPRequest) throws(APIError) {
        let values = request.headers.values(of: "Idempotency-Key")
        guard let text = values.first else { return nil }
        guard values.count == 1 else {
            throw Self.invalid("is given \(values.count) times, expected once")
        }
        guard !text.isEmpty else {
            throw Self.invalid("is empty, expected 1...\(Self.limitBytes) characters or no field")
        }
        guard text.utf8.count <= Self.limitBytes else {
            throw Self.invalid("has \(text.utf8.count) bytes, expected 1...\(Self.limitBytes)")
        }
        // Bytes that are no UTF-8 have become the same character, and two keys perhaps one.
        guard text.utf8.allSatisfy({ (0x20..<0x7f).contains($0) }) else {
            throw Self.invalid("must consist of printable ASCII characters")
        }
        self.text = text
    }

    private static let limitBytes = 255

    private static func invalid(_ message: String) -> APIError {
        APIError(.badRequest, code: "invalid_idempotency_key", "Idempotency-Key \(message)")
    }
}
