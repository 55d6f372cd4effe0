/// How a file is described to the client that gets it.
public struct FileDescription: Sendable {
    /// The media type.
    public var contentType: String
    /// Tells versions of the file apart; nil makes one of the file's time, size and number.
    public var tag: EntityTag?
    /// The name under which a browser stores the file; nil lets it show the file.
    public var attachmentName: String?
    /// Fields besides those that describe the content.
    public var headers: HTTPHeaders

    /// Creates a description of its parts.
    public init(
        contentType: String,
        tag: EntityTag? = nil,
        attachmentName: String? = nil,
        headers: HTTPHeaders = [:]
    ) {
        self.contentType = contentType
        self.tag = tag
        self.attachmentName = attachmentName
        self.headers = headers
    }
}

extension HTTPResponse {
    /// The answer to a request for a file: whole, a part of it, or that the client has it already
    /// (RFC 9110 §13, §14).
    ///
    /// An ``HTTPError`` has status 412 or 416; `now` is the time of day.
    public static func file(
        _ file: HTTPFile,
        _ description: FileDescription,
        for request: HTTPRequest,
        now: HTTPDate
    ) throws(HTTPError) -> HTTPResponse {
        let tag = description.tag ?? file.tag
        if var unchanged = try request.unchanged(tag, modified: file.modified, now: now) {
            for (name, value) in description.headers.fields {
                unchanged.headers.append(name, value)
            }
            return unchanged
        }
        var response = HTTPResponse(headers: description.headers)
        response.headers.append("Content-Type", description.contentType)
        response.headers.append("ETag", tag.description)
        response.headers.append("Last-Modified", file.modified.text)
        response.headers.append("Accept-Ranges", "bytes")
        if let name = description.attachmentName {
            response.headers.append("Content-Disposition", attachment(named: name))
        }
        var range = 0..<file.sizeBytes
        // RFC 9110 §14.2: Range means something to GET alone.
        if request.method == .get, let asked = request.headers["Range"],
            Preconditions(request).permitsRange(tag, file.modified)
        {
            switch ByteRange(asked, sizeBytes: file.sizeBytes) {
            case .whole: break
            case .part(let part):
                range = part
                response.status = .partialContent
                response.headers.append(
                    "Content-Range",
                    "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(file.sizeBytes)"
                )
            case .unsatisfiable:
                throw HTTPError(
                    .rangeNotSatisfiable,
                    code: "range_not_satisfiable",
                    "the file has \(file.sizeBytes) bytes, none of them in the range",
                    headers: ["Content-Range": "bytes */\(file.sizeBytes)"]
                )
            }
        }
        response.body = .file(file, range)
        return response
    }

    /// RFC 6266 §4.3, RFC 8187: the name in full, and in ASCII for those who do not read that.
    static func attachment(named name: String) -> String {
        let plain = String(
            decoding: name.utf8.map { byte in
                let isPlain = byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"")
                return isPlain && byte != UInt8(ascii: "\\") ? byte : UInt8(ascii: "_")
            },
            as: UTF8.self
        )
        guard plain != name else { return "attachment; filename=\"\(name)\"" }
        let encoded = name.utf8.map { byte in
            let isPlain = byte.isDigit || byte.asciiLowercased &- UInt8(ascii: "a") < 26
            guard !isPlain, byte != UInt8(ascii: "."), byte != UInt8(ascii: "-") else {
                return String(UnicodeScalar(byte))
            }
            let digits = String(byte, radix: 16, uppercase: true)
            return digits.count == 1 ? "%0\(digits)" : "%\(digits)"
        }
        return "attachment; filename=\"\(plain)\"; filename*=UTF-8''\(encoded.joined())"
    }
}

extension HTTPFile {
    /// A tag that changes whenever the file is written or replaced.
    var tag: EntityTag {
        let parts = [modified.secondsSinceEpoch, version.nanoseconds, sizeBytes]
        let text = parts.map { String($0, radix: 36) }.joined(separator: "-")
        return EntityTag("\(text)-\(String(version.inode, radix: 36))")
    }
}
