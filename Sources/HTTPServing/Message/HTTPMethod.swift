/// A request method that this server knows (RFC 9110 §9.3, RFC 5789).
///
/// A method outside this list is answered with 501 before any route sees it.
public enum HTTPMethod: UInt8, Sendable, Hashable, CaseIterable {
    case get, head, post, put, patch, delete, options, trace, connect

    /// The method as it stands in a request line; methods are case-sensitive (RFC 9110 §9.1).
    public var name: String {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .put: "PUT"
        case .patch: "PATCH"
        case .delete: "DELETE"
        case .options: "OPTIONS"
        case .trace: "TRACE"
        case .connect: "CONNECT"
        }
    }

    /// Whether a request of this method only reads (RFC 9110 §9.2.1).
    public var isSafe: Bool {
        switch self {
        case .get, .head, .options, .trace: true
        case .post, .put, .patch, .delete, .connect: false
        }
    }

    init?(_ bytes: borrowing Span<UInt8>) {
        guard (3...7).contains(bytes.count) else { return nil }
        var packed: UInt64 = 0
        for index in bytes.indices {
            packed = packed << 8 | UInt64(bytes[index])
        }
        switch packed {
        case 0x47_4554: self = .get
        case 0x4845_4144: self = .head
        case 0x504F_5354: self = .post
        case 0x50_5554: self = .put
        case 0x50_4154_4348: self = .patch
        case 0x4445_4C45_5445: self = .delete
        case 0x4F_5054_494F_4E53: self = .options
        case 0x54_5241_4345: self = .trace
        case 0x43_4F4E_4E45_4354: self = .connect
        default: return nil
        }
    }
}
