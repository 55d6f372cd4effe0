/// Any JSON value, for documents whose fields are read and written one by one.
public enum JSONValue: Equatable, Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number without fraction or exponent that fits 64 bits.
    case integer(Int)
    /// Any other number.
    case number(Double)
    /// Text.
    case string(String)
    /// A list.
    case array([JSONValue])
    /// Names with values.
    case object(JSONObject)

    /// What the value is, in the words of an error message.
    public var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .integer, .number: "a number"
        case .string: "a string"
        case .array: "a list"
        case .object: "an object"
        }
    }

    /// A single-precision number in as few digits as tell it apart: 0.00025 and not
    /// 0.0002500000118743628.
    public static func single(_ value: Float) -> JSONValue {
        .number(Double("\(value)") ?? Double(value))
    }

    /// The number, or null where there is none.
    public static func optional(_ value: Double?) -> JSONValue {
        value.map(JSONValue.number) ?? .null
    }

    /// The text, or null where there is none.
    public static func optional(_ value: String?) -> JSONValue {
        value.map(JSONValue.string) ?? .null
    }
}

/// Names with values, written in the order in which they were given.
public struct JSONObject: Sendable {
    /// The fields in order; no name stands twice.
    public private(set) var fields: [(name: String, value: JSONValue)] = []

    /// Creates an object without fields.
    public init() {}

    /// Adds a field whose name is not there yet.
    mutating func append(_ name: String, _ value: JSONValue) {
        fields.append((name, value))
    }

    /// The value of a field; setting it replaces the value in its place, or adds the field at the
    /// end, or removes it where the value is nil.
    public subscript(name: String) -> JSONValue? {
        get { fields.first { $0.name == name }?.value }
        set {
            let place = fields.firstIndex { $0.name == name }
            switch (place, newValue) {
            case (let place?, let value?): fields[place].value = value
            case (let place?, nil): fields.remove(at: place)
            case (nil, let value?): fields.append((name, value))
            case (nil, nil): break
            }
        }
    }
}

extension JSONObject: Equatable {
    /// Whether both have the same fields, in whatever order.
    public static func == (first: JSONObject, second: JSONObject) -> Bool {
        first.fields.count == second.fields.count
            && first.fields.allSatisfy { second[$0.name] == $0.value }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// The fields in the order in which they stand; of a name given twice the last value counts.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        for (name, value) in elements {
            self[name] = value
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    /// Text.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A whole number.
    public init(integerLiteral value: Int) { self = .integer(value) }
    /// A number.
    public init(floatLiteral value: Double) { self = .number(value) }
    /// `true` or `false`.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// A list.
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    /// Names with values.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        var object = JSONObject()
        for (name, value) in elements {
            object[name] = value
        }
        self = .object(object)
    }
    /// `null`.
    public init(nilLiteral: ()) { self = .null }
}
