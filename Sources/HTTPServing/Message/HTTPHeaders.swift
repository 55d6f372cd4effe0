/// The header fields of a response.
///
/// Those that frame the message or belong to the connection (`Content-Length`,
/// `Transfer-Encoding`, `Connection`, `Date`) are the server's own and cannot be set.
public struct HTTPHeaders: Sendable, ExpressibleByDictionaryLiteral {
    private(set) var fields: [(HTTPFieldName, String)] = []

    /// Creates the fields of a literal, in its order.
    public init(dictionaryLiteral elements: (HTTPFieldName, String)...) {
        for (name, _) in elements {
            Self.checkNotReserved(name)
        }
        fields = elements
    }

    /// The value of the first field of that name; setting it replaces all of that name.
    public subscript(name: HTTPFieldName) -> String? {
        get {
            fields.first { $0.0 == name }?.1
        }
        set {
            fields.removeAll { $0.0 == name }
            if let newValue { append(name, newValue) }
        }
    }

    /// Adds a field, also where there is one of that name already.
    public mutating func append(_ name: HTTPFieldName, _ value: String) {
        Self.checkNotReserved(name)
        fields.append((name, value))
    }

    private static func checkNotReserved(_ name: HTTPFieldName) {
        precondition(
            !name.isReserved,
            "\(String(lossy: name.bytes)) is set by the server alone"
        )
    }

    /// Adds a field name to `Vary`, unless it is there (RFC 9110 §12.5.5).
    public mutating func vary(on name: HTTPFieldName) {
        let text = String(lossy: name.bytes)
        guard let present = self[.vary] else { return append(.vary, text) }
        let names = present.split(separator: ",").map { $0.drop { $0 == " " } }
        if !names.contains(where: { $0.lowercased() == text.lowercased() }) {
            self[.vary] = "\(present), \(text)"
        }
    }
}

extension HTTPFieldName {
    fileprivate var isReserved: Bool {
        switch bytes.count {
        case 4: self == "Date"
        case 10: self == .connection
        case 14: self == .contentLength
        case 17: self == "Transfer-Encoding"
        default: false
        }
    }
}
