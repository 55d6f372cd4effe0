/// A content coding that this server reads and writes (RFC 9110 §8.4.1).
enum ContentCoding: Sendable, CaseIterable {
    case gzip
    /// The zlib format; the bare deflate format some clients send under this name is refused.
    case deflate

    var name: String {
        switch self {
        case .gzip: "gzip"
        case .deflate: "deflate"
        }
    }

    init?(name: String) {
        switch name.lowercased() {
        case "gzip", "x-gzip": self = .gzip
        case "deflate": self = .deflate
        default: return nil
        }
    }

    /// zlib's code for the format around the compressed bytes.
    var windowBits: Int32 {
        switch self {
        case .gzip: 15 + 16
        case .deflate: 15
        }
    }

    /// The coding that a client likes best; nil for none (RFC 9110 §12.5.3).
    static func preferred(_ acceptEncoding: String) -> ContentCoding? {
        let weights = WeightedItems(acceptEncoding)
        let rest = weights["*"] ?? 0
        let gzip = weights["gzip"] ?? weights["x-gzip"] ?? rest
        let deflate = weights["deflate"] ?? rest
        let best = gzip >= deflate ? (ContentCoding.gzip, gzip) : (.deflate, deflate)
        // What is not mentioned is acceptable as it is, but asked for by nobody.
        guard best.1 > 0, best.1 >= weights["identity"] ?? 0 else { return nil }
        return best.0
    }

    /// The coding of a request's content; nil for none.
    /// - Throws: ``HTTPError`` with status 415 for one that is not known, or more than one.
    static func of(_ fields: HTTPFields) throws(HTTPError) -> ContentCoding? {
        guard let text = fields.list(of: .contentEncoding), text.lowercased() != "identity" else {
            return nil
        }
        if let coding = ContentCoding(name: text) { return coding }
        // RFC 9110 §15.5.16: the answer says what would be taken.
        throw HTTPError(
            .unsupportedMediaType,
            code: "content_encoding_not_supported",
            "content encoding \(text) is not supported, expected gzip or deflate",
            headers: ["Accept-Encoding": "gzip, deflate"]
        )
    }
}
