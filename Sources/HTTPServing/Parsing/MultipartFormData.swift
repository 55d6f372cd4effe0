/// The parts of a `multipart/form-data` body, found but not copied (RFC 7578, RFC 2046 §5.1).
public struct MultipartFormData: Sendable {
    /// One field of the form.
    public struct Part: Sendable, Hashable {
        /// The field's name.
        public let name: String
        /// The name of the file that was chosen; nil for fields that are no files.
        public let filename: String?
        /// The media type as it was given.
        public let contentType: String?
        /// Where the content stands in the body.
        public let range: Range<Int>
    }

    /// How many parts a form may have, and how long the header of one may be.
    public struct Limits: Sendable {
        /// The most parts of a form.
        public var parts = 64
        /// The longest header section of one part.
        public var headerBytes = 4_096

        /// Creates the limits written at each property.
        public init() {}
    }

    /// The parts in the order they came.
    public let parts: [Part]

    /// Finds the parts of a body of that `Content-Type`.
    public init(
        _ body: [UInt8],
        contentType: String,
        limits: Limits = Limits()
    ) throws(HTTPError) {
        let type = FieldParameters(contentType)
        guard type.value == "multipart/form-data" else {
            throw HTTPError(
                .unsupportedMediaType,
                code: "unsupported_media_type",
                "content type is \(type.value), expected multipart/form-data"
            )
        }
        // RFC 2046 §5.1.1: 1 to 70 characters.
        guard let boundary = type["boundary"], (1...70).contains(boundary.utf8.count) else {
            throw Self.malformed("boundary is missing or longer than 70 characters")
        }
        let delimiter = Array("\r\n--\(boundary)".utf8)
        var parts: [Part] = []
        guard var position = Self.firstPart(of: body.span, delimiter.span) else {
            throw Self.malformed("boundary does not occur")
        }
        while !body.span.isLastDelimiter(at: position) {
            guard parts.count < limits.parts else {
                throw Self.malformed("form has more than \(limits.parts) parts")
            }
            guard let start = body.span.lineEnd(afterPaddingAt: position),
                let end = body.span.range(of: delimiter.span, from: start - 2)
            else { throw Self.malformed("part \(parts.count + 1) has no end") }
            parts.append(
                try Self.part(body.span, start..<max(end.lowerBound, start), limits, parts.count)
            )
            position = end.upperBound
        }
        self.parts = parts
    }

    /// The place behind the first delimiter, before which only a preamble may stand.
    private static func firstPart(of body: Span<UInt8>, _ delimiter: Span<UInt8>) -> Int? {
        let bare = delimiter.extracting(2...)
        if body.count >= bare.count, body.extracting(first: bare.count).equals(bare) {
            return bare.count
        }
        return body.range(of: delimiter, from: 0)?.upperBound
    }

    private static func part(
        _ body: Span<UInt8>,
        _ range: Range<Int>,
        _ limits: Limits,
        _ number: Int
    ) throws(HTTPError) -> Part {
        var (start, name, filename, contentType) = (
            range.lowerBound, "", String?.none, String?.none
        )
        var isNamed = false
        while true {
            let limit = min(range.upperBound, range.lowerBound + limits.headerBytes)
            // The empty line that ends the header may be the one that begins the delimiter.
            guard let end = body.range(of: ("\r\n" as StaticString).bytes, from: start)?.lowerBound,
                end <= limit
            else { throw malformed("header of part \(number + 1) is malformed or too long") }
            guard end > start else { break }
            let line = body.extracting(start..<end)
            guard let colon = line.firstIndex(from: 0, where: { !$0.isToken }), colon > 0,
                line[colon] == UInt8(ascii: ":"), line.firstControl(from: 0) == line.count
            else { throw malformed("header of part \(number + 1) is malformed or too long") }
            let field = String(lossy: line.extracting(first: colon)).lowercased()
            let value = String(
                lossy: line.extracting(line.trimmingOptionalWhitespace(colon + 1..<line.count))
            )
            if field == "content-disposition" {
                let disposition = FieldParameters(value)
                isNamed = disposition.value == "form-data" && disposition["name"] != nil
                (name, filename) = (disposition["name"] ?? "", disposition["filename"])
            } else if field == "content-type" {
                contentType = value
            }
            start = end + 2
        }
        guard isNamed else { throw malformed("part \(number + 1) has no name") }
        let content = min(start + 2, range.upperBound)..<range.upperBound
        return Part(name: name, filename: filename, contentType: contentType, range: content)
    }

    private static func malformed(_ message: String) -> HTTPError {
        HTTPError(.badRequest, code: "malformed_form", message)
    }
}

extension Span<UInt8> {
    /// The first place of `pattern` from `start` on.
    fileprivate func range(of pattern: Span<UInt8>, from start: Int) -> Range<Int>? {
        var index = start
        while let first = firstIndex(from: index, where: { $0 == pattern[0] }),
            first + pattern.count <= count
        {
            let end = first + pattern.count
            if extracting(first..<end).equals(pattern) { return first..<end }
            index = first + 1
        }
        return nil
    }

    fileprivate func isLastDelimiter(at position: Int) -> Bool {
        position + 2 <= count && self[position] == UInt8(ascii: "-")
            && self[position + 1] == UInt8(ascii: "-")
    }

    /// The place behind the line end; blanks may stand before it (RFC 2046 §5.1.1).
    fileprivate func lineEnd(afterPaddingAt position: Int) -> Int? {
        guard let end = firstIndex(from: position, where: { $0 != .space && $0 != .tab }),
            end + 1 < count, self[end] == .carriageReturn, self[end + 1] == .lineFeed
        else { return nil }
        return end + 2
    }
}
