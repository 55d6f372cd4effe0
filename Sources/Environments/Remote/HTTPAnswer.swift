/// An HTTP answer as a client needs it.
package struct HTTPAnswer: Equatable {
    package var status = 0
    /// The media type in lower case, without its parameters.
    package var contentType = ""
    /// Where the answer says that something else is to be asked instead.
    package var location: String?
    package var body: [UInt8] = []
    /// Whether the next request may go over the same connection.
    package var keepsConnection = false

    /// Creates the answer with this status and nothing else.
    package init(status: Int = 0, keepsConnection: Bool = false) {
        self.status = status
        self.keepsConnection = keepsConnection
    }
}

/// Reads one HTTP/1.1 answer from bytes as they come: RFC 9112, what a client needs of it.
package struct HTTPAnswerReader {
    /// Bytes of the status line and all fields, and of all trailers.
    package static let headLimit = 16 << 10
    private let place: String
    private let bodyLimit: Int
    /// What was read so far.
    package private(set) var answer = HTTPAnswer()
    /// Whether the answer is whole.
    package var isWhole: Bool { state == .whole }
    /// Whether anything has come.
    private(set) var hasBegun = false

    private var state = State.statusLine
    private var line: [UInt8] = []
    private var headByteCount = 0
    private var length: Int?
    private var isChunked = false
    private var isOld = false
    private var connection = ""

    private enum State: Equatable {
        case statusLine, fields
        case body(Int)
        case bodyUntilClosed
        case chunkSize
        case chunk(Int)
        case chunkEnd, trailers
        case whole
    }

    /// - Parameters:
    ///   - place: Who answers, as messages name it.
    ///   - bodyLimit: The most bytes that the body may have.
    package init(from place: String, bodyLimit: Int) {
        self.place = place
        self.bodyLimit = bodyLimit
    }

    /// Takes the bytes that came next.
    /// - Throws: ``EndpointFault/wrong(_:)`` where they are no answer.
    package mutating func take(_ bytes: ArraySlice<UInt8>) throws(EndpointFault) {
        var rest = bytes
        hasBegun = hasBegun || !rest.isEmpty
        while !rest.isEmpty, !isWhole {
            switch state {
            case .body(let left), .chunk(let left):
                let part = rest.prefix(left)
                answer.body += part
                rest = rest.dropFirst(part.count)
                switch (state, left - part.count) {
                case (.body, 0): state = .whole
                case (.chunk, 0): state = .chunkEnd
                case (.body, let left): state = .body(left)
                case (_, let left): state = .chunk(left)
                }
            case .bodyUntilClosed:
                guard answer.body.count + rest.count <= bodyLimit else { throw tooLong }
                answer.body += rest
                rest = []
            default:
                try takeLine(&rest)
            }
        }
        // What follows a whole answer was not asked for: the connection cannot be trusted any more.
        if !rest.isEmpty { answer.keepsConnection = false }
    }

    /// Notes that nothing more comes.
    /// - Throws: ``EndpointFault/lost(_:)`` where the answer is not whole.
    package mutating func end() throws(EndpointFault) {
        switch state {
        case .whole: break
        case .bodyUntilClosed: state = .whole
        default: throw .lost("\(place) closed the connection before its answer was whole")
        }
        answer.keepsConnection = false
    }

    private mutating func takeLine(_ rest: inout ArraySlice<UInt8>) throws(EndpointFault) {
        let end = rest.firstIndex(of: UInt8(ascii: "\n"))
        let part = rest[..<(end ?? rest.endIndex)]
        headByteCount += part.count + 1
        guard headByteCount <= Self.headLimit else {
            throw fault("answered with more than \(Self.headLimit) bytes of fields")
        }
        line += part
        rest = end.map { rest[rest.index(after: $0)...] } ?? []
        guard end != nil else { return }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        let text = String(decoding: line, as: UTF8.self)
        line.removeAll(keepingCapacity: true)
        switch state {
        case .statusLine: try takeStatus(text)
        case .fields: if text.isEmpty { try beginBody() } else { try takeField(text) }
        case .chunkSize: try takeChunkSize(text)
        case .chunkEnd:
            guard text.isEmpty else {
                throw fault("answered with a chunk longer than it says")
            }
            state = .chunkSize
        case .trailers: if text.isEmpty { state = .whole }
        case .body, .bodyUntilClosed, .chunk, .whole: preconditionFailure("a body has no lines")
        }
    }

    private mutating func takeStatus(_ text: String) throws(EndpointFault) {
        let words = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard words.count > 1, words[0] == "HTTP/1.1" || words[0] == "HTTP/1.0",
            words[1].utf8.count == 3, let status = Int(words[1]), (100...599).contains(status)
        else {
            throw fault(
                "does not speak HTTP/1.1, it sent: \(quotedBody(Array(text.utf8)))"
            )
        }
        answer.status = status
        isOld = words[0] == "HTTP/1.0"
        state = .fields
    }

    private mutating func takeField(_ text: String) throws(EndpointFault) {
        guard let colon = text.firstIndex(of: ":") else {
            throw fault(
                "answered with a field without colon: \(quotedBody(Array(text.utf8)))"
            )
        }
        let value = text[text.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            .reversed().drop { $0 == " " || $0 == "\t" }.reversed()
        let word = String(value).lowercased()
        switch text[..<colon].lowercased() {
        case "content-length":
            guard let count = Int(word), count >= 0, length ?? count == count else {
                throw fault(
                    "answered with a Content-Length of \(quotedBody(Array(word.utf8)))"
                )
            }
            length = count
        case "transfer-encoding":
            guard word == "chunked" else {
                throw fault(
                    "answered in the transfer encoding \(quotedBody(Array(word.utf8))), expected chunked or "
                        + "none"
                )
            }
            isChunked = true
        case "content-type": answer.contentType = String(word.prefix { $0 != ";" && $0 != " " })
        case "connection": connection = word
        case "location": answer.location = String(value)
        default: break
        }
    }

    private mutating func beginBody() throws(EndpointFault) {
        // RFC 9110 §15.2: an interim answer, another follows.
        if answer.status < 200 {
            let read = headByteCount
            self = HTTPAnswerReader(from: place, bodyLimit: bodyLimit)
            (headByteCount, hasBegun) = (read, true)
            return
        }
        answer.keepsConnection = isOld ? connection == "keep-alive" : connection != "close"
        // RFC 9112 §6.3.
        if answer.status == 204 || answer.status == 304 {
            state = .whole
        } else if isChunked {
            state = .chunkSize
        } else if let length {
            guard length <= bodyLimit else { throw tooLong }
            state = length == 0 ? .whole : .body(length)
        } else {
            state = .bodyUntilClosed
        }
    }

    private mutating func takeChunkSize(_ text: String) throws(EndpointFault) {
        let digits = text.prefix { $0 != ";" && $0 != " " }
        guard !digits.hasPrefix("+"), !digits.hasPrefix("-"), let size = Int(digits, radix: 16)
        else {
            throw fault("answered with a chunk of size \(quotedBody(Array(text.utf8)))")
        }
        guard size <= bodyLimit - answer.body.count else { throw tooLong }
        // Each chunk has a line of its own, however many there are; trailers count anew.
        headByteCount = 0
        state = size == 0 ? .trailers : .chunk(size)
    }

    private func fault(_ reason: String) -> EndpointFault { .wrong("\(place) \(reason)") }

    private var tooLong: EndpointFault {
        fault("answered with more than \(bodyLimit) bytes, which no right answer has")
    }
}
