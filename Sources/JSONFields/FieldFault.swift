/// What is wrong with one field of a document.
public struct FieldFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// Where the field is: RFC 6901, such as `/hyperparameters/batch_size`.
    public let pointer: String
    /// What is wrong there, with the value and what would be right.
    public let message: String

    /// Creates the fault; of a message only the first 500 Unicode scalars are kept.
    public init(pointer: String, message: String) {
        self.pointer = pointer
        // A message made elsewhere may quote what was sent in full.
        self.message = message.shortened(to: 500)
    }

    /// Field and fault in one line.
    public var description: String { "\(pointer): \(message)" }
}

/// The faults of one document, in the order in which they were found.
///
/// The first few are kept and the rest counted: a document of 300,000 unknown names is as quickly
/// refused as one of 30, and as briefly.
public struct FieldFaults: Error, Equatable, Sendable, CustomStringConvertible {
    /// How many faults are kept.
    public static let limit = 20

    /// The first faults, at most ``limit``.
    public private(set) var faults: [FieldFault] = []
    /// How many there are, with those that were not kept.
    public private(set) var count = 0

    /// Creates the collection of those faults.
    public init(_ faults: [FieldFault] = []) {
        for fault in faults { append(fault) }
    }

    /// Whether nothing is wrong.
    public var isEmpty: Bool { count == 0 }

    /// Counts a fault, and makes and keeps it where it is among the first.
    public mutating func append(_ fault: @autoclosure () -> FieldFault) {
        if faults.count < Self.limit { faults.append(fault()) }
        count += 1
    }

    /// Adds all faults of a part of the document.
    public mutating func append(contentsOf others: FieldFaults) {
        faults += others.faults.prefix(Self.limit - faults.count)
        count += others.count
    }

    /// The faults, a line each, and how many more there are.
    public var description: String {
        let rest = count - faults.count
        let lines = faults.map(\.description) + (rest > 0 ? ["and \(rest) more"] : [])
        return lines.joined(separator: "\n")
    }
}
