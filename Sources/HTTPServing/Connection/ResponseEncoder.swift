/// Writes the header of a response (RFC 9112 §4, §6).
struct ResponseEncoder {
    /// What the connection adds to what the handler said.
    struct Context {
        let version: HTTPVersion
        let isHead: Bool
        let staysOpen: Bool
        let requestID: RequestID
    }

    /// How the content follows the header.
    enum Content: Equatable {
        case none
        case fixed
        case chunked
        /// RFC 9112 §6.3: an HTTP/1.0 client knows no chunks, the end of the connection is the end.
        case untilClose
    }

    static func content(of response: HTTPResponse, version: HTTPVersion, isHead: Bool) -> Content {
        if response.status.forbidsBody || isHead { return .none }
        return switch response.body {
        case .empty: .none
        case .bytes, .file: .fixed
        case .stream: version == .http11 ? .chunked : .untilClose
        }
    }

    /// Appends the header; `date` is a complete field with its line end.
    static func encode(
        _ response: HTTPResponse,
        _ context: Context,
        date: [UInt8],
        into output: inout [UInt8]
    ) {
        output.append(response.status.line)
        output.append(contentsOf: date)
        var (saysWhatCachesMay, canBeCompared) = (false, false)
        for (name, value) in response.headers.fields {
            // Most names are told apart by their length.
            switch name.bytes.count {
            case 4 where name == .etag: canBeCompared = true
            case 13 where name == .lastModified: canBeCompared = true
            case 13 where name == .cacheControl: saysWhatCachesMay = true
            default: break
            }
            output.append(name.bytes)
            output.append(": ")
            output.append(fieldValue: value)
            output.append("\r\n")
        }
        // RFC 9111 §4.2.2: silence lets caches guess. What has a tag or date can be asked for again
        // each time; everything else is not kept.
        if !saysWhatCachesMay {
            output.append(
                canBeCompared ? "Cache-Control: no-cache\r\n" : "Cache-Control: no-store\r\n"
            )
        }
        appendFraming(of: response, context, into: &output)
        output.append("X-Request-ID: ")
        context.requestID.append(to: &output)
        if !context.staysOpen {
            output.append("\r\nConnection: close\r\n\r\n")
        } else if context.version == .http10 {
            output.append("\r\nConnection: keep-alive\r\n\r\n")
        } else {
            output.append("\r\n\r\n")
        }
    }

    /// RFC 9110 §8.6: no length with 204; §9.3.2: the same fields for HEAD as for GET.
    private static func appendFraming(
        of response: HTTPResponse,
        _ context: Context,
        into output: inout [UInt8]
    ) {
        guard !response.status.forbidsBody else { return }
        let length: Int
        switch response.body {
        case .empty: length = 0
        case .bytes(let bytes): length = bytes.count
        case .file(_, let range): length = range.count
        case .stream:
            if context.version == .http11 { output.append("Transfer-Encoding: chunked\r\n") }
            return
        }
        output.append("Content-Length: ")
        output.append(decimal: length)
        output.append("\r\n")
    }
}

extension [UInt8] {
    /// Appends a field value; each control byte becomes a space, so that no value can end its line
    /// (RFC 9110 §5.5).
    mutating func append(fieldValue value: String) {
        let start = count
        append(contentsOf: value.utf8)
        var index = start
        while true {
            index = span.firstControl(from: index)
            guard index < count else { return }
            self[index] = .space
        }
    }
}
