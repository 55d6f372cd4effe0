/// One thing that can be chosen about an environment.
public struct EnvironmentOption: Codable, Equatable, Sendable {
    /// The key, in snake_case.
    public let name: String

    /// What it does, in one sentence.
    public let summary: String

    /// What holds where nothing is given; nil where the summary says what holds then, or where it
    /// must be given.
    public let defaultValue: OptionValue?

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
        /// A text of 1 to `limit` characters.
        case text(limit: Int)
        /// Any values by name.
        case object
        /// What an observation is: see ``DeclaredObservation``.
        case observation
        /// The names of the actions, or how many there are.
        case actions
    }

    init(_ name: String, _ summary: String, _ defaultValue: OptionValue?, _ allowed: Allowed) {
        self.name = name
        self.summary = summary
        self.defaultValue = defaultValue
        self.allowed = allowed
    }

    /// The value as this option takes it; whole numbers are numbers too.
    /// - Throws: What is wrong with it, naming what would be right.
    func accept(_ value: OptionValue) throws(OptionFault) -> OptionValue {
        switch (allowed, value) {
        case (.boolean, .boolean): return value
        case (.integers(let interval), .integer(let integer)) where interval.contains(integer):
            return value
        case (.numbers(let interval), .number(let number)) where interval.contains(number):
            return value
        case (.numbers(let interval), .integer(let integer))
        where interval.contains(Double(integer)):
            return .number(Double(integer))
        case (.words(let words), .text(let word)) where words.contains(word): return value
        case (.text(let limit), .text(let text)) where (1...limit).contains(text.count):
            return value
        case (.object, .object): return value
        case (.observation, .object):
            _ = try DeclaredObservation(value, option: name)
            return value
        case (.actions, .list), (.actions, .integer):
            return .list(try DeclaredActions.names(value, option: name).map(OptionValue.text))
        default:
            throw OptionFault(
                option: name,
                message: "must be \(allowedDescription), got \(value.excerpt)"
            )
        }
    }

    /// What may be given, in words.
    public var allowedDescription: String {
        switch allowed {
        case .boolean: "true or false"
        case .integers(let interval): "a whole number in \(interval)"
        case .numbers(let interval): "a number in \(interval)"
        case .words(let words): "one of " + words.map { "\"\($0)\"" }.joined(separator: ", ")
        case .text(let limit): "a text of 1 to \(limit) characters"
        case .object: "an object, such as {\"continuous\":false}"
        case .observation: DeclaredObservation.description
        case .actions: DeclaredActions.description
        }
    }
}
