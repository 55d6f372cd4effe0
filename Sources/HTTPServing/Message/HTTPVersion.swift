/// The minor versions of HTTP/1 that are told apart; any later one is treated as 1.1 (RFC 9110 §2.5).
public enum HTTPVersion: UInt8, Sendable, Hashable {
    case http10, http11
}
