internal import HTTPServing
internal import JSONFields

/// Reads the parameters behind a path's "?" into variables, and notes every fault it meets.
///
/// Nothing is passed over in silence: a parameter that is not known, one that is given twice, as a
/// name in a JSON object must not be either, and one that cannot be read are faults.
struct QueryReader {
    private let query: HTTPQuery
    private var known: Set<String> = []
    private var faults = FieldFaults()

    init(_ request: HTTPRequest) {
        query = request.query
    }

    mutating func text(_ name: String) -> String? {
        known.insert(name)
        return query[name]
    }

    /// Reads a text that can be a name, of at most `limit` characters.
    mutating func readName(_ name: String, limit: Int, into target: inout String?) {
        guard let text = text(name) else { return }
        if let fault = nameFault(text, limit: limit) {
            fail(name, fault)
        } else {
            target = text
        }
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
        // Double reads hexadecimal numbers too, which nobody means here.
        guard text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }),
            let number = Double(text), number.isFinite
        else {
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
        var choice: Choice?
        read(name, into: &choice)
        if let choice { target = choice }
    }

    mutating func read<Choice>(_ name: String, into target: inout Choice?)
    where Choice: RawRepresentable<String> & CaseIterable {
        guard let text = text(name) else { return }
        guard let choice = Choice(rawValue: text) else {
            let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            fail(name, "must be one of \(words)", text)
            return
        }
        target = choice
    }

    /// Reads a value that has a text of its own.
    ///
    /// - Parameters:
    ///   - name: The parameter.
    ///   - kind: What the text must be, after "must be".
    ///   - target: Takes the value where the parameter is given.
    mutating func read<Value: LosslessStringConvertible>(
        _ name: String,
        as kind: String,
        into target: inout Value?
    ) {
        guard let text = text(name) else { return }
        guard let value = Value(text) else {
            fail(name, "must be \(kind)", text)
            return
        }
        target = value
    }

    /// Notes a fault of a parameter.
    mutating func fail(_ name: String, _ message: String) {
        faults.append(FieldFault(pointer: "?\(name.excerpt)", message: message))
    }

    /// Throws all faults, unknown and repeated parameters among them.
    mutating func finish() throws(FieldFaults) {
        var (seen, repeated) = (Set<String>(), Set<String>())
        for (name, _) in query.pairs where !seen.insert(name).inserted {
            guard repeated.insert(name).inserted else { continue }
            fail(name, "is given more than once")
        }
        let known = known.sorted()
        for name in seen.subtracting(known).sorted() {
            // The search for the nearest name is made for those that are kept alone.
            faults.append(
                FieldFault(
                    pointer: "?\(name.excerpt)",
                    message: Self.unknownParameter(name, known)
                )
            )
        }
        guard faults.isEmpty else { throw faults }
    }

    private static func unknownParameter(_ name: String, _ known: [String]) -> String {
        let nearest = nearestName(to: name, among: known)
        return "unknown parameter" + (nearest.map { "; did you mean \"\($0)\"?" } ?? "")
    }

    /// The part of a list that is asked for: how much of it, and `next` of the part before.
    mutating func part() -> (limit: Int, cursor: Int?) {
        var limit = 50
        read("limit", in: 1...1000, into: &limit)
        var cursor: Int?
        read("after", as: "the \"next\" of an earlier answer", into: &cursor)
        if let given = cursor, given < 1 {
            fail("after", "must be the \"next\" of an earlier answer", "\(given)")
        }
        return (limit, cursor)
    }

    private mutating func fail(_ name: String, _ message: String, _ text: String) {
        fail(name, "\(message), got \"\(text.excerpt)\"")
    }
}

extension HTTPRequest {
    /// Refuses all parameters behind the path's "?", for routes that take none.
    func expectNoParameters() throws(FieldFaults) {
        var query = QueryReader(self)
        try query.finish()
    }
}
