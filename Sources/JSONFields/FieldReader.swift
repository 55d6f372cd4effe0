/// Reads the fields of one JSON object into variables, and notes every fault it meets.
///
/// A field that is not given leaves its variable as it was, so that a document can say as little as
/// it likes. `finish` adds a fault for every field that nobody asked for.
public struct FieldReader {
    /// Where the object is in the document: RFC 6901.
    public let pointer: String
    /// What was found wrong so far.
    public private(set) var found = FieldFaults()
    /// What is unknown here, in an object that was stored: ignored, since another version wrote it.
    public private(set) var ignored = FieldFaults()
    /// What is beyond today's limits, in an object that was stored: taken as it is.
    public private(set) var beyondLimits = FieldFaults()
    private let fields: JSONObject
    private let isStored: Bool
    private var known: [String] = []

    /// Reads `value`, which must be an object.
    ///
    /// - Parameters:
    ///   - value: The object.
    ///   - pointer: Where it is in the whole document.
    ///   - isStored: Whether this program itself once wrote the object down. Names, limits and fields
    ///     of another version are then no faults: see ``ignored`` and ``beyondLimits``.
    public init(_ value: JSONValue, at pointer: String = "", isStored: Bool = false) {
        self.pointer = pointer
        self.isStored = isStored
        if case .object(let fields) = value {
            self.fields = fields
        } else {
            fields = JSONObject()
            found.append(
                FieldFault(pointer: pointer, message: "must be an object, got \(value.kind)")
            )
        }
    }

    /// The first faults so far.
    public var faults: [FieldFault] { found.faults }

    /// Notes a fault of the field `key`.
    public mutating func fail(_ key: String, _ message: String) {
        let pointer = pointer
        found.append(FieldFault(pointer: "\(pointer)/\(Self.escaped(key))", message: message))
    }

    /// Notes a fault of the field `key` of the object in the field `object`.
    public mutating func fail(_ key: String, in object: String, _ message: String) {
        let place = "\(pointer)/\(Self.escaped(object))/\(Self.escaped(key))"
        found.append(FieldFault(pointer: place, message: message))
    }

    /// Notes a fault where the field is not given.
    public mutating func require(_ key: String) {
        if fields[key] == nil {
            fail(key, "is missing")
        }
    }

    /// Whether the field is given.
    public func has(_ key: String) -> Bool {
        fields[key] != nil
    }

    /// The field's value as it is, or nil where it is not given.
    public mutating func value(_ key: String) -> JSONValue? {
        known.append(key)
        return fields[key]
    }

    /// Reads a whole number.
    public mutating func read(_ key: String, in range: ClosedRange<Int>, into target: inout Int) {
        guard let value = value(key) else { return }
        let number: Int? = if case .integer(let number) = value.wholeNumber { number } else { nil }
        guard
            let number = accepted(
                number,
                key,
                range.contains,
                {
                    "must be a whole number \(range.lowerBound)...\(range.upperBound), "
                        + "got \(value.summary)"
                }
            )
        else { return }
        target = number
    }

    /// Reads a number.
    public mutating func read(
        _ key: String,
        in range: ClosedRange<Double>,
        into target: inout Double
    ) {
        guard let value = value(key) else { return }
        guard
            let number = accepted(
                value.double,
                key,
                range.contains,
                {
                    "must be a number \(range.lowerBound)...\(range.upperBound), got \(value.summary)"
                }
            )
        else { return }
        target = number
    }

    /// The number where it may be taken; what is wrong otherwise is noted.
    private mutating func accepted<Number>(
        _ number: Number?,
        _ key: String,
        _ isWithinLimits: (Number) -> Bool,
        _ message: () -> String
    ) -> Number? {
        guard let number else {
            fail(key, message())
            return nil
        }
        if isWithinLimits(number) { return number }
        guard isStored else {
            fail(key, message())
            return nil
        }
        beyondLimits.append(FieldFault(pointer: "\(pointer)/\(key)", message: message()))
        return number
    }

    /// Reads a number, kept in single precision.
    public mutating func read(
        _ key: String,
        in range: ClosedRange<Double>,
        into target: inout Float
    ) {
        var number = Double(target)
        read(key, in: range, into: &number)
        if has(key) {
            target = Float(number)
        }
    }

    /// Reads a boolean.
    public mutating func read(_ key: String, into target: inout Bool) {
        guard let value = value(key) else { return }
        guard case .bool(let bool) = value else {
            fail(key, "must be true or false, got \(value.summary)")
            return
        }
        target = bool
    }

    /// Reads a text of 1 to `limit` characters that can be a name: see ``nameFault(_:limit:)``.
    public mutating func read(_ key: String, limit: Int = 256, into target: inout String) {
        guard let value = value(key) else { return }
        guard case .string(let string) = value else {
            let limits = limit == .max ? "" : " of at most \(limit) characters"
            fail(key, "must be a string\(limits), got \(value.summary)")
            return
        }
        if !isStored, let fault = nameFault(string, limit: limit) {
            fail(key, fault)
            return
        }
        target = string
    }

    /// Reads one of an enumeration's words.
    public mutating func read<Choice>(_ key: String, into target: inout Choice)
    where Choice: RawRepresentable<String> & CaseIterable {
        guard let value = value(key) else { return }
        guard case .string(let word) = value, let choice = Choice(rawValue: word) else {
            let words = Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
            fail(key, "must be one of \(words), got \(value.summary)")
            return
        }
        target = choice
    }

    /// Reads a field that is an object, with a reader of its own.
    public mutating func readObject(_ key: String, _ body: (inout FieldReader) -> Void) {
        guard let value = value(key) else { return }
        var reader = FieldReader(
            value,
            at: "\(pointer)/\(Self.escaped(key))",
            isStored: isStored
        )
        takeIn(&reader, body)
    }

    /// Reads a field that is a list of at most `limit` objects, each with a reader of its own.
    public mutating func readObjects(
        _ key: String,
        limit: Int,
        _ body: (inout FieldReader) -> Void
    ) {
        guard let value = value(key) else { return }
        guard case .array(let elements) = value, elements.count <= limit else {
            fail(key, "must be a list of at most \(limit) objects, got \(value.summary)")
            return
        }
        for (index, element) in elements.enumerated() {
            var reader = FieldReader(
                element,
                at: "\(pointer)/\(Self.escaped(key))/\(index)",
                isStored: isStored
            )
            takeIn(&reader, body)
        }
    }

    /// Reads an inner object, and notes here what is noted there.
    private mutating func takeIn(_ reader: inout FieldReader, _ body: (inout FieldReader) -> Void) {
        if reader.found.isEmpty {
            body(&reader)
            reader.finish()
        }
        found.append(contentsOf: reader.found)
        ignored.append(contentsOf: reader.ignored)
        beyondLimits.append(contentsOf: reader.beyondLimits)
    }

    /// Reads a field that is an object with names of any kind, each of which can be a name, as can
    /// each value that is a text.
    ///
    /// - Parameters:
    ///   - key: The field.
    ///   - body: Called for each name and value; what it returns is noted as a fault of that value.
    public mutating func readNames(
        _ key: String,
        _ body: (_ name: String, _ value: JSONValue) -> String?
    ) {
        readObject(key) { inner in
            for (name, value) in inner.fields.fields {
                _ = inner.value(name)
                if let fault = inner.fault(of: name, value) ?? body(name, value) {
                    inner.fail(name, fault)
                }
            }
        }
    }

    private func fault(of name: String, _ value: JSONValue) -> String? {
        if isStored { return nil }
        if let fault = nameFault(name, limit: 256) { return "the name \(fault)" }
        guard case .string(let text) = value, !text.isEmpty else { return nil }
        return nameFault(text, limit: 256)
    }

    /// Notes every field that was not asked for, with the known name nearest to it.
    public mutating func finish() {
        let (pointer, known, names) = (pointer, known, Set(known))
        for (key, _) in fields.fields where !names.contains(key) {
            if isStored {
                ignored.append(
                    FieldFault(pointer: "\(pointer)/\(Self.escaped(key))", message: "is not known")
                )
                continue
            }
            // The search for the nearest name is made for those that are kept alone.
            found.append(
                FieldFault(
                    pointer: "\(pointer)/\(Self.escaped(key))",
                    message: Self.unknownField(key, known)
                )
            )
        }
    }

    /// Notes every field that was not asked for, and throws all faults if there are any.
    public consuming func finishOrThrow() throws(FieldFaults) {
        finish()
        guard found.isEmpty else { throw found }
    }

    private static func unknownField(_ key: String, _ known: [String]) -> String {
        let nearest = nearestName(to: key, among: known)
        return "unknown field" + (nearest.map { "; did you mean \"\($0)\"?" } ?? "")
    }

    private static func escaped(_ key: String) -> String {
        // A name that is not known may be of any length.
        key.excerpt.replacing("~", with: "~0").replacing("/", with: "~1")
    }
}
