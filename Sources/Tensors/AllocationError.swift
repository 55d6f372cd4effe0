/// The system has no memory for a buffer.
public struct AllocationError: Error, Equatable, CustomStringConvertible {
    /// How much was asked for.
    public let byteCount: Int

    /// The fault in one sentence.
    public var description: String { "could not allocate \(byteCount) bytes" }
}
