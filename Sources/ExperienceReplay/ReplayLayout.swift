/// How the room of a replay memory is divided, and how many bytes that takes.
public struct ReplayLayout: Equatable, Sendable {
    /// Frames of one environment.
    public let ringCapacity: Int
    /// how many environments experience comes from.
    public let environments: Int
    /// Bytes of one frame.
    public let frameByteCount: Int

    /// Divides a memory; what cannot be divided evenly is left out.
    ///
    /// - Parameters:
    ///   - capacity: Frames, at least 2 an environment.
    ///   - frameByteCount: Bytes of one frame, at least 1.
    ///   - environments: How many environments experience comes from.
    public init(capacity: Int, frameByteCount: Int, environments: Int) {
        ringCapacity = capacity / environments
        precondition(
            ringCapacity >= 2,
            "a transition needs 2 frames, got a capacity of \(ringCapacity)"
        )
        precondition(frameByteCount > 0, "a frame has at least 1 byte, got \(frameByteCount)")
        self.environments = environments
        self.frameByteCount = frameByteCount
    }

    /// Frames of all environments together.
    public var capacity: Int { ringCapacity * environments }

    /// Bytes of all frames; `Int.max` where they are more than any address reaches.
    public var framesByteCount: Int { Self.product(capacity, frameByteCount) }

    /// Bytes of what is known of the frames beside their pixels.
    public var slotsByteCount: Int { Self.product(capacity, Self.slotByteCount) }

    /// Bytes of what is known of one frame beside its pixels.
    public static var slotByteCount: Int { MemoryLayout<Slot>.stride }

    private static func product(_ count: Int, _ size: Int) -> Int {
        let (bytes, overflow) = count.multipliedReportingOverflow(by: size)
        return overflow ? .max : bytes
    }
}
