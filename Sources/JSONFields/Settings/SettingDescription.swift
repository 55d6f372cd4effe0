/// What a person, a schema or a form is told of one field.
public struct SettingDescription: Equatable, Sendable {
    /// The field's name in JSON.
    public let name: String
    /// Which values it takes.
    public let kind: SettingKind
    /// What is counted or measured, such as `agent steps`; nil for a number without unit.
    public let unit: String?
    /// What it means, in one sentence.
    public let summary: String
    /// The paper's table or the program that the field, and often its default, is taken from.
    public let source: String?
    /// Whether null may stand there.
    public let isNullable: Bool
    /// Whether it must be given.
    public internal(set) var isRequired: Bool
    /// Its value where nothing states one.
    public internal(set) var defaultValue: JSONValue?

    /// Creates a description without a default.
    public init(
        _ name: String,
        _ kind: SettingKind,
        unit: String? = nil,
        _ summary: String,
        source: String? = nil,
        isNullable: Bool = false,
        isRequired: Bool = false
    ) {
        (self.name, self.kind, self.unit, self.summary) = (name, kind, unit, summary)
        (self.source, self.isNullable, self.isRequired) = (source, isNullable, isRequired)
    }
}

/// Which values a field takes.
public indirect enum SettingKind: Equatable, Sendable {
    /// A number without fraction, within the range.
    case wholeNumber(ClosedRange<Int>)
    /// A number within the range.
    case number(ClosedRange<Double>)
    /// True or false.
    case boolean
    /// A text of 1 to so many characters that can be a name.
    case text(limit: Int)
    /// This word alone, which tells variants apart.
    case constant(String)
    /// One of these words.
    case choice([Word])
    /// Names of any kind, with a boolean, number or text each.
    case names
    /// At most so many values of one kind.
    case list(limit: Int, of: SettingKind)
    /// An object.
    case object(SettingGroup)
    /// An object of one of several shapes.
    case variants(SettingVariants)

    /// A word that can be chosen, and what it means.
    public struct Word: Equatable, Sendable {
        /// The word, as it stands in JSON.
        public let word: String
        /// What choosing it does.
        public let summary: String
    }

    /// The words of an enumeration.
    public static func choice<Choice: SettingChoice>(of type: Choice.Type) -> SettingKind {
        .choice(type.allCases.map { Word(word: $0.rawValue, summary: $0.summary) })
    }
}

/// The fields of an object.
public struct SettingGroup: Equatable, Sendable {
    /// What schemas and the reference call it.
    public let name: String
    /// What it is, in one sentence.
    public let summary: String
    /// Its fields in order.
    public let settings: [SettingDescription]

    /// Creates the description of an object.
    public init(name: String, summary: String, settings: [SettingDescription]) {
        (self.name, self.summary, self.settings) = (name, summary, settings)
    }
}

/// The shapes that an object may have.
public struct SettingVariants: Equatable, Sendable {
    /// What schemas and the reference call them together.
    public let name: String
    /// What they are, in one sentence.
    public let summary: String
    /// The shapes.
    public let groups: [SettingGroup]

    /// Creates the choice between `groups`.
    public init(name: String, _ summary: String, _ groups: [SettingGroup]) {
        (self.name, self.summary, self.groups) = (name, summary, groups)
    }
}
