/// A request's line and fields, complete and checked, with its body still to come.
///
/// One object for all that hold on to a request, so that handing it on costs one reference.
@safe final class RequestHead: Sendable {
    /// The four forms of a request target (RFC 9112 §3.2).
    enum TargetForm: Sendable {
        case origin, absolute, authority, asterisk
    }

    /// How the end of the body is found (RFC 9112 §6.3).
    enum Framing: Sendable, Equatable {
        case length(Int)
        case chunked
    }

    // Written by `init` alone; the bytes live as long as this object.
    nonisolated(unsafe) private let start: UnsafeMutablePointer<UInt8>
    private let count: Int
    let positions: [HTTPFields.Field]
    let line: RequestLine
    /// Of the target where it names one, else of Host (RFC 9112 §3.3).
    let authority: HTTPFields.Part?
    let framing: Framing
    /// Whether the client lets the connection carry another request (RFC 9112 §9.3).
    let isPersistent: Bool
    let expectsContinue: Bool

    /// Keeps a copy of all bytes of the header section, into which the positions point.
    init(
        _ bytes: Span<UInt8>,
        positions: [HTTPFields.Field],
        line: RequestLine,
        rules: FieldRules
    ) throws(HTTPParseError) {
        framing = try rules.framing(of: bytes, version: line.version)
        authority = try rules.authority(of: bytes, line: line)
        isPersistent = rules.isPersistent(version: line.version)
        expectsContinue = rules.expectsContinue && line.version == .http11
        self.positions = positions
        self.line = line
        count = bytes.count
        unsafe start = .allocate(capacity: max(count, 1))
        unsafe bytes.withUnsafeBufferPointer { buffer in
            guard let source = buffer.baseAddress else { return }
            unsafe start.initialize(from: source, count: buffer.count)
        }
    }

    deinit {
        unsafe start.deallocate()
    }

    /// Nil for a method this server does not know.
    var method: HTTPMethod? { line.method }
    var version: HTTPVersion { line.version }
    var fields: HTTPFields { HTTPFields(self) }

    @_lifetime(borrow self)
    func bytes(of part: HTTPFields.Part) -> Span<UInt8> {
        let range = part.range
        precondition(range.upperBound <= count, "part \(range) is outside of \(count) bytes")
        let bytes = unsafe UnsafeBufferPointer(start: start + range.lowerBound, count: range.count)
        return unsafe _overrideLifetime(Span(_unsafeElements: bytes), borrowing: self)
    }

    func text(of part: HTTPFields.Part) -> String {
        String(lossy: bytes(of: part))
    }

    /// The authority without its port.
    var host: HTTPFields.Part? {
        guard let authority, let parts = Authority(bytes(of: authority)) else { return nil }
        let start = Int(authority.start)
        return .init(parts.host.lowerBound + start..<parts.host.upperBound + start)
    }
}
