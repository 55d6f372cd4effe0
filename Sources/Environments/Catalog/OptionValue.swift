internal import JSONFields

/// Options by name, as a job gives them.
public typealias EnvironmentOptions = [String: OptionValue]

/// The value of an option, of the kinds that JSON has.
public enum OptionValue: Equatable, Sendable {
    /// true or false.
    case boolean(Bool)
    /// A whole number.
    case integer(Int)
    /// Any other number.
    case number(Double)
    /// A word.
    case text(String)
    /// Values in order.
    case list([OptionValue])
    /// Values by name.
    case object([String: OptionValue])
}

extension OptionValue: CustomStringConvertible {
    /// The value as JSON writes it.
    public var description: String {
        switch self {
        case .boolean(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .text(let value): "\"\(value)\""
        case .list(let values): "[" + values.map(\.description).joined(separator: ",") + "]"
        case .object(let values):
            "{"
                + values.sorted { $0.key < $1.key }.map { "\"\($0)\":\($1)" }
                .joined(separator: ",") + "}"
        }
    }

    /// The value as JSON writes it, shortened where it is long.
    var excerpt: String { description.excerpt }
}

extension OptionValue: Codable {
    /// Reads a JSON value that is not null.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Bool.self) {
            self = .boolean(value)
        } else if let value = try? container.decode(Int.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode([OptionValue].self) {
            self = .list(value)
        } else {
            self = .object(try container.decode([String: OptionValue].self))
        }
    }

    /// Writes a JSON value.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .boolean(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .text(let value): try container.encode(value)
        case .list(let values): try container.encode(values)
        case .object(let values): try container.encode(values)
        }
    }
}

extension OptionValue: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    /// A boolean option.
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    /// A whole number.
    public init(integerLiteral value: Int) { self = .integer(value) }
    /// Any other number.
    public init(floatLiteral value: Double) { self = .number(value) }
    /// A word.
    public init(stringLiteral value: String) { self = .text(value) }
    /// Values in order.
    public init(arrayLiteral elements: OptionValue...) { self = .list(elements) }
    /// Values by name; of two of one name the last.
    public init(dictionaryLiteral elements: (String, OptionValue)...) {
        self = .object(Dictionary(elements) { $1 })
    }
}
