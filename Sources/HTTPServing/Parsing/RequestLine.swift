/// Method, target and version of a request (RFC 9112 §3).
struct RequestLine: Sendable {
    /// Nil for a method this server does not know.
    let method: HTTPMethod?
    let version: HTTPVersion
    let form: RequestHead.TargetForm
    /// The whole target as it came.
    let target: HTTPFields.Part
    /// Empty stands for "/", and for targets without a path.
    let path: HTTPFields.Part
    /// What follows the first "?".
    let query: HTTPFields.Part?
    /// Of a target that names one.
    let authority: HTTPFields.Part?

    private static let methodLimit = 32
    private static let versionLength = 8

    /// Reads a line given without its line end; not empty, and without control bytes but HTAB.
    init(_ bytes: Span<UInt8>, _ line: Range<Int>, targetLimit: Int) throws(HTTPParseError) {
        let start = line.lowerBound
        // One space each, and nothing else: RFC 9112 §3 lets a server be lenient here, at the
        // price of being told two different things by two different readers.
        guard let methodEnd = bytes.firstIndex(from: start, where: { $0 == .space }),
            methodEnd < line.upperBound
        else { throw .malformedRequestLine }
        let name = bytes.extracting(start..<methodEnd)
        guard name.count > 0, name.firstIndex(from: 0, where: { !$0.isToken }) == nil else {
            throw .malformedMethod
        }
        guard name.count <= Self.methodLimit else {
            throw .methodTooLong(limit: Self.methodLimit)
        }
        method = HTTPMethod(name)

        let targetStart = methodEnd + 1
        let versionStart = line.upperBound - Self.versionLength
        guard versionStart - 1 > targetStart, bytes[versionStart - 1] == .space else {
            throw .malformedRequestLine
        }
        version = try Self.version(bytes.extracting(versionStart..<line.upperBound))

        let range = targetStart..<versionStart - 1
        guard range.count <= targetLimit else { throw .targetTooLong(limit: targetLimit) }
        let text = bytes.extracting(range)
        guard text.isWellFormedTarget else { throw .malformedTarget }
        target = .init(range)
        let parts = try TargetParts(
            text,
            isConnect: method == .connect,
            isOptions: method == .options
        )
        func part(_ part: Range<Int>) -> HTTPFields.Part {
            .init(part.lowerBound + targetStart..<part.upperBound + targetStart)
        }
        form = parts.form
        path = part(parts.path)
        query = parts.query.map(part)
        authority = parts.authority.map(part)
    }

    /// Refuses a line that is too long already, before its end has come.
    static func checkLength(
        _ bytes: Span<UInt8>,
        _ line: Range<Int>,
        targetLimit: Int
    ) throws(HTTPParseError) {
        guard line.count > methodLimit + targetLimit + versionLength + 2 else { return }
        let space = bytes.firstIndex(from: line.lowerBound) { $0 == .space }
        guard let space, space - line.lowerBound <= methodLimit else {
            throw .methodTooLong(limit: methodLimit)
        }
        throw .targetTooLong(limit: targetLimit)
    }

    /// RFC 9112 §2.3: case-sensitive, one digit each; RFC 9110 §2.5: a later minor version is
    /// understood as the highest known one.
    private static func version(_ bytes: Span<UInt8>) throws(HTTPParseError) -> HTTPVersion {
        guard bytes.extracting(first: 5).equals(("HTTP/" as StaticString).bytes),
            bytes[5].isDigit, bytes[6] == UInt8(ascii: "."), bytes[7].isDigit
        else { throw .malformedVersion }
        guard bytes[5] == UInt8(ascii: "1") else { throw .unsupportedVersion }
        return bytes[7] == UInt8(ascii: "0") ? .http10 : .http11
    }
}

extension Span<UInt8> {
    /// Whether all bytes may stand in a target and each "%" begins a percent-encoded byte
    /// (RFC 3986 §2.1).
    fileprivate var isWellFormedTarget: Bool {
        var index = 0
        while index < count {
            let byte = self[index]
            guard byte.isTarget else { return false }
            if byte == UInt8(ascii: "%") {
                guard index + 2 < count, self[index + 1].hexValue != nil,
                    self[index + 2].hexValue != nil
                else { return false }
            }
            index += 1
        }
        return true
    }
}
