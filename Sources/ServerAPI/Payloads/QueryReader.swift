internal import HTTPServing
internal import JSONFields

/// Reads the parameters behind a path's "?" into variables, and notes every fault it meets.
struct QueryReader {
    private let query: HTTPQuery
    private var known: Set<String> = []
    private var faults: [FieldFault] = []

    init(_ request: HTTPRequest) {
        query = request.query
    }

    mutating func text(_ name: String) -> String? {
        known.insert(name)
        return query[name]
    }

    mutating func read(_ name: String, in range: ClosedRange<Int>, into target: inout Int) {
        guard let text = text(name) else { return }
        guard let number = Int(text), range.contains(number) else {
            fail(name, "must be a whole number \(range.lowerBound)...\(range.upperBound)", text)
            return
        }
        target = number
    }

    mutating func read(_ name: String, into target: inout Double) {
        guard let text = text(name) else { return }
        guard let number = Double(text), number.isFinite else {
            fail(name, "must be a number", text)
            return
        }
        target = number
    }

    mutating func read(_ name: String, into target: inout Bool) {
        guard let text = text(name) else { return }
        switch text {
        case "1", "true": target = true
        case "0", "false": target = false
        default: fail(name, "must be 1 or 0", text)
        }
    }

    mutating func read<Choice>(_ name: String, into target: inout Choice)
    where Choice: RawRepresentable<String> & CaseIterable {
        guard let text = text(name) else { return }
        guard let choice = Choice(rawValue: text) else {
            let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            fail(name, "must be one of \(words)", text)
            return
        }
        target = choice
    }

    /// Throws all faults, unknown parameters among them.
    mutating func finish() throws(FieldFaults) {
        for (name, _) in query.pairs where !known.contains(name) {
            let nearest = nearestName(to: name, among: Array(known))
            faults.append(
                FieldFault(
                    pointer: "?\(name)",
                    message: "unknown parameter"
                        + (nearest.map { "; did you mean \"\($0)\"?" } ?? "")
                )
            )
        }
        guard faults.isEmpty else { throw FieldFaults(faults) }
    }

    private mutating func fail(_ name: String, _ message: String, _ text: String) {
        faults.append(
            FieldFault(pointer: "?\(name)", message: "\(message), got \"\(text.prefix(80))\"")
        )
    }
}
