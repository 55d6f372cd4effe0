/// What is wrong with one field of a document.
public struct FieldFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// Where the field is: RFC 6901, such as `/hyperparameters/batch_size`.
    public let pointer: String
    /// What is wrong there, with the value and what would be right.
    public let message: String

    /// Creates the fault.
    public init(pointer: String, message: String) {
        self.pointer = pointer
        self.message = message
    }

    /// Field and fault in one line.
    public var description: String { "\(pointer): \(message)" }
}

/// Every fault of one document, in the order in which they were found; never empty.
public struct FieldFaults: Error, Equatable, Sendable, CustomStringConvertible {
    /// The faults.
    public let faults: [FieldFault]

    /// Creates the collection.
    public init(_ faults: [FieldFault]) {
        self.faults = faults
    }

    /// All faults, a line each.
    public var description: String { faults.map(\.description).joined(separator: "\n") }
}
