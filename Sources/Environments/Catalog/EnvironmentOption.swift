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
}

/// One thing that can be chosen about an environment.
public struct EnvironmentOption: Codable, Equatable, Sendable {
    /// The key, in snake_case.
    public let name: String

    /// What it does, in one sentence.
    public let summary: String

    /// What holds where nothing is given.
    public let defaultValue: OptionValue

    /// What may be given.
    public let allowed: Allowed

    /// What may be given for an option.
    public enum Allowed: Codable, Equatable, Sendable {
        /// true or false.
        case boolean
        /// Whole numbers of an interval.
        case integers(ClosedRange<Int>)
        /// Numbers of an interval.
        case numbers(ClosedRange<Double>)
        /// One of these words.
        case words([String])
    }

    init(_ name: String, _ summary: String, _ defaultValue: OptionValue, _ allowed: Allowed) {
        self.name = name
        self.summary = summary
        self.defaultValue = defaultValue
        self.allowed = allowed
    }

    /// The value as this option takes it; whole numbers are numbers too.
    func accepted(_ value: OptionValue) -> OptionValue? {
        switch (allowed, value) {
        case (.boolean, .boolean): value
        case (.integers(let interval), .integer(let integer)) where interval.contains(integer):
            value
        case (.numbers(let interval), .number(let number)) where interval.contains(number):
            value
        case (.numbers(let interval), .integer(let integer))
        where interval.contains(Double(integer)):
            .number(Double(integer))
        case (.words(let words), .text(let word)) where words.contains(word): value
        default: nil
        }
    }

    /// What may be given, in words.
    public var allowedDescription: String {
        switch allowed {
        case .boolean: "true or false"
        case .integers(let interval): "a whole number in \(interval)"
        case .numbers(let interval): "a number in \(interval)"
        case .words(let words): "one of " + words.map { "\"\($0)\"" }.joined(separator: ", ")
        }
    }
}

extension OptionValue: CustomStringConvertible {
    /// The value as JSON writes it.
    public var description: String {
        switch self {
        case .boolean(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .text(let value): "\"\(value)\""
        }
    }
}

extension OptionValue: Codable {
    /// Reads a JSON boolean, number or string.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Bool.self) {
            self = .boolean(value)
        } else if let value = try? container.decode(Int.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else {
            self = .text(try container.decode(String.self))
        }
    }

    /// Writes a JSON boolean, number or string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .boolean(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .text(let value): try container.encode(value)
        }
    }
}

extension OptionValue: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral
{
    /// A boolean option.
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    /// A whole number.
    public init(integerLiteral value: Int) { self = .integer(value) }
    /// Any other number.
    public init(floatLiteral value: Double) { self = .number(value) }
    /// A word.
    public init(stringLiteral value: String) { self = .text(value) }
}
