/// All experience that a replay memory holds, oldest first.
public struct ReplayState: Equatable, Sendable {
    /// The frames, one after the other.
    public var frames: [UInt8]
    /// What is known of each frame beside its pixels: see `Slot`.
    var slots: [Slot]
    /// Where in the ring the oldest frame lies.
    var oldest: Int
}

extension ReplayBuffer {
    /// A copy of everything held.
    public var state: ReplayState {
        var frames: [UInt8] = []
        frames.reserveCapacity(frameCount * stateByteCount / stack)
        for index in 0..<frameCount {
            let bytes = frame(index)
            for position in bytes.indices {
                frames.append(bytes[position])
            }
        }
        return ReplayState(
            frames: frames,
            slots: (0..<frameCount).map { slots[slot($0)] },
            oldest: slot(0)
        )
    }

    /// Holds what `state` held, in the same places of a ring of the same size.
    public mutating func restore(_ state: ReplayState) {
        precondition(state.slots.count <= capacity, "\(state.slots.count) frames for \(capacity)")
        let size = stateByteCount / stack
        begin(at: state.oldest)
        for (index, slot) in state.slots.enumerated() {
            push(state.frames.span.extracting((index * size)..<((index + 1) * size)), slot)
        }
        recountTransitions()
    }
}
