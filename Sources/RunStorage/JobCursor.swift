/// Where a part of the list of jobs ends and the next one begins.
///
/// It is written `before-17`, as no job's id is, and so cannot be mistaken for one.
public struct JobCursor: LosslessStringConvertible, Equatable, Sendable {
    /// The next part's jobs have smaller numbers than this.
    let number: Int

    init(before number: Int) {
        self.number = number
    }

    /// Reads what ``description`` has written; nil where the text is anything else.
    public init?(_ description: String) {
        guard description.hasPrefix(Self.prefix),
            let number = Int(description.dropFirst(Self.prefix.count)), number > 0
        else { return nil }
        self.number = number
        // A sign or leading zeros were never written.
        if self.description != description { return nil }
    }

    /// The cursor in answers.
    public var description: String { "\(Self.prefix)\(number)" }

    private static let prefix = "before-"
}
