/// One of all the frames that a replay memory has ever recorded; states with the same newest frame are
/// the same state.
public struct FrameIdentity: Hashable, Sendable {
    /// Where it lies, 0 ..< the memory's capacity.
    public let slot: Int
    /// How many frames of its environment were recorded before it.
    public let number: Int

    /// Creates the identity of a frame.
    public init(slot: Int, number: Int) {
        self.slot = slot
        self.number = number
    }
}

/// Where a frame is among those that are held.
package struct FramePlace: Equatable, Sendable {
    /// Counted from the environment's oldest frame.
    package var index: Int
    /// The environment it was seen in.
    package var environment: Int

    package init(index: Int, environment: Int = 0) {
        self.index = index
        self.environment = environment
    }
}
