/// A request's line and fields, complete and checked, with its body still to come.
struct RequestHead: Sendable {
    /// The four forms of a request target (RFC 9112 §3.2).
    enum TargetForm: Sendable {
        case origin, absolute, authority, asterisk
    }

    /// How the end of the body is found (RFC 9112 §6.3).
    enum Framing: Sendable, Equatable {
        case length(Int)
        case chunked
    }

    /// Nil for a method this server does not know.
    let method: HTTPMethod?
    let version: HTTPVersion
    let form: TargetForm
    /// The whole target as it came.
    let target: HTTPFields.Part
    /// Empty stands for "/", and for targets without a path.
    let path: HTTPFields.Part
    /// What follows the first "?".
    let query: HTTPFields.Part?
    /// Of the target where it names one, else of Host (RFC 9112 §3.3).
    let authority: HTTPFields.Part?
    let fields: HTTPFields
    let framing: Framing
    /// Whether the client lets the connection carry another request (RFC 9112 §9.3).
    let isPersistent: Bool
    let expectsContinue: Bool

    var hasBody: Bool {
        framing != .length(0)
    }

    /// The authority without its port.
    var host: String? {
        guard let authority else { return nil }
        let bytes = bytes(of: authority)
        return Authority(bytes).map { String(lossy: bytes.extracting($0.host)) }
    }

    @_lifetime(borrow self)
    func bytes(of part: HTTPFields.Part) -> Span<UInt8> {
        fields.bytes.span.extracting(part.range)
    }

    func text(of part: HTTPFields.Part) -> String {
        String(lossy: bytes(of: part))
    }
}
