/// The paths of a route, written as in "/v1/models/{name}/versions/{number:int}:predict".
///
/// A segment is literal text, or a parameter with literal text after it. `{name}` takes one
/// segment that is not empty, `{name:int}` decimal digits, and `{name...}` at the very end all
/// that is left, slashes included.
struct RoutePattern: Sendable, Hashable {
    enum Segment: Sendable, Hashable {
        case literal([UInt8])
        case parameter(isInteger: Bool, suffix: [UInt8])
        case rest
    }

    let text: String
    let segments: [Segment]
    let parameters: [String]

    init(_ text: String) {
        precondition(text.hasPrefix("/"), "route \(text) does not begin with /")
        precondition(text == "/" || !text.hasSuffix("/"), "route \(text) ends in /")
        var segments: [Segment] = []
        var parameters: [String] = []
        for part in text.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            precondition(segments.last != .rest, "route \(text) goes on after {...}")
            guard part.hasPrefix("{"), let brace = part.firstIndex(of: "}") else {
                precondition(!part.contains("{"), "route \(text) has a parameter inside \(part)")
                segments.append(.literal(Array(part.utf8)))
                continue
            }
            let name = part[part.index(after: part.startIndex)..<brace]
            let suffix = Array(part[part.index(after: brace)...].utf8)
            if name.hasSuffix("...") {
                segments.append(.rest)
                parameters.append(String(name.dropLast(3)))
            } else {
                let isInteger = name.hasSuffix(":int")
                segments.append(.parameter(isInteger: isInteger, suffix: suffix))
                parameters.append(String(isInteger ? name.dropLast(4) : name))
            }
        }
        self.text = text
        self.segments = segments
        self.parameters = parameters
    }
}
