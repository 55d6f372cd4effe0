internal import JSONFields

/// Why an endpoint did not give what it was asked for, each with its sentence.
package enum EndpointFault: Error, Equatable {
    /// Nobody takes a connection there.
    case unreachable(String)
    /// The connection ended before the answer did.
    case lost(String)
    /// No answer came in time.
    case silent(String)
    /// The job was waited for meanwhile.
    case interrupted(String)
    /// The operator has not allowed to ask there.
    case notAllowed(String)
    /// It answered otherwise than the protocol says.
    case wrong(String)

    /// The sentence.
    package var reason: String {
        switch self {
        case .unreachable(let reason), .lost(let reason), .silent(let reason),
            .interrupted(let reason), .notAllowed(let reason), .wrong(let reason):
            reason
        }
    }

    /// The fault as that of an environment.
    var environmentError: EnvironmentError {
        if case .interrupted(let reason) = self { return .endpointInterrupted(reason: reason) }
        return .endpointFailed(reason: reason)
    }
}

/// What an endpoint sent, as a message quotes it: the first 200 bytes, a line without control
/// characters.
func quotedBody(_ body: [UInt8]) -> String {
    let text = String(decoding: body.prefix(200), as: UTF8.self)
        .split(whereSeparator: \.isWhitespace).joined(separator: " ")
    guard !text.isEmpty else { return "an empty body" }
    return text.excerpt(limit: 200) + (body.count > 200 && !text.hasSuffix("…") ? "…" : "")
}
