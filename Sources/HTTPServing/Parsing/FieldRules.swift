/// What the fields that frame a message say together (RFC 9112 §6, RFC 9110 §7.2).
struct FieldRules: Sendable {
    private var host: HTTPFields.Part?
    private var contentLength: HTTPFields.Part?
    private var transferEncoding: HTTPFields.Part?
    private var asksToClose = false
    private var asksToKeep = false
    private var hasUnknownExpectation = false
    private(set) var expectsContinue = false

    /// Notes one field; names that do not concern the connection are told apart by their length.
    mutating func take(
        _ field: HTTPFields.Field,
        after earlier: [HTTPFields.Field],
        in bytes: Span<UInt8>,
        singletons: [HTTPFieldName]
    ) throws(HTTPParseError) {
        let name = bytes.extracting(field.name.range)
        let value = bytes.extracting(field.value.range)
        switch name.count {
        case 4 where name.equalsIgnoringCase(("host" as StaticString).bytes):
            guard host == nil else { throw .repeatedField("Host") }
            host = field.value
        case 6 where name.equalsIgnoringCase(("expect" as StaticString).bytes):
            if value.equalsIgnoringCase(("100-continue" as StaticString).bytes) {
                expectsContinue = true
            } else {
                hasUnknownExpectation = true
            }
        case 10 where name.equalsIgnoringCase(("connection" as StaticString).bytes):
            takeConnection(value)
        case 14 where name.equalsIgnoringCase(("content-length" as StaticString).bytes):
            // RFC 9110 §8.6 lets equal values be collapsed; two readers may still differ.
            guard contentLength == nil else { throw .repeatedField("Content-Length") }
            contentLength = field.value
        case 17 where name.equalsIgnoringCase(("transfer-encoding" as StaticString).bytes):
            guard transferEncoding == nil else { throw .unsupportedTransferEncoding }
            transferEncoding = field.value
        default:
            try checkSingleton(name, value, earlier, bytes, singletons)
        }
    }

    /// How the end of the body is found (RFC 9112 §6.3).
    ///
    /// The length of a message with two lengths is not known to anyone.
    func framing(
        of bytes: Span<UInt8>,
        version: HTTPVersion
    ) throws(HTTPParseError) -> RequestHead.Framing {
        if hasUnknownExpectation, version == .http11 { throw .unsupportedExpectation }
        if let transferEncoding {
            guard version == .http11 else { throw .transferEncodingInHTTP10 }
            guard contentLength == nil else { throw .lengthAndTransferEncoding }
            let coding = bytes.extracting(transferEncoding.range)
            guard coding.equalsIgnoringCase(("chunked" as StaticString).bytes) else {
                throw .unsupportedTransferEncoding
            }
            return .chunked
        }
        guard let contentLength else { return .length(0) }
        guard let length = bytes.extracting(contentLength.range).decimal() else {
            throw .malformedContentLength
        }
        return .length(length)
    }

    /// RFC 9112 §3.2: Host is due in HTTP/1.1 whatever the form of the target; §3.2.2: an absolute
    /// target overrides it.
    func authority(
        of bytes: Span<UInt8>,
        line: RequestLine
    ) throws(HTTPParseError) -> HTTPFields.Part? {
        guard let host else {
            guard line.version == .http10 else { throw .missingHost }
            return line.authority
        }
        guard Authority(bytes.extracting(host.range)) != nil else { throw .malformedHost }
        return line.authority ?? host
    }

    /// RFC 9112 §9.3.
    func isPersistent(version: HTTPVersion) -> Bool {
        version == .http11 ? !asksToClose : asksToKeep && !asksToClose
    }

    private mutating func takeConnection(_ value: Span<UInt8>) {
        var start = 0
        while start < value.count {
            let end = value.firstIndex(from: start) { $0 == UInt8(ascii: ",") } ?? value.count
            let option = value.extracting(value.trimmingOptionalWhitespace(start..<end))
            if option.equalsIgnoringCase(("close" as StaticString).bytes) { asksToClose = true }
            if option.equalsIgnoringCase(("keep-alive" as StaticString).bytes) { asksToKeep = true }
            start = end + 1
        }
    }

    private func checkSingleton(
        _ name: Span<UInt8>,
        _ value: Span<UInt8>,
        _ earlier: [HTTPFields.Field],
        _ bytes: Span<UInt8>,
        _ singletons: [HTTPFieldName]
    ) throws(HTTPParseError) {
        for singleton in singletons where name.equalsIgnoringCase(singleton.bytes) {
            for field in earlier
            where bytes.extracting(field.name.range).equalsIgnoringCase(name)
                && !bytes.extracting(field.value.range).equals(value)
            {
                throw .repeatedField(String(lossy: singleton.bytes))
            }
        }
    }
}
