/// All experience that a replay memory holds.
public struct ReplayState: Equatable, Sendable {
    /// The frames of each stream, oldest first, one after the other.
    public var frames: [UInt8]
    /// What is known of each frame beside its pixels: see `Slot`.
    var slots: [Slot]
    /// How many of the frames belong to each stream, and where in its ring the oldest of them lies.
    var streams: [Stream]

    struct Stream: Equatable, Sendable {
        var frameCount: Int
        var oldest: Int
    }
}

extension ReplayBuffer {
    /// A copy of everything held.
    public var state: ReplayState {
        var state = ReplayState(frames: [], slots: [], streams: [])
        state.frames.reserveCapacity(frameCount * stateByteCount / stack)
        for (stream, ring) in rings.enumerated() {
            for index in 0..<ring.frameCount {
                state.slots.append(slots[ring.slot(index)])
                let bytes = frame(index, stream: stream)
                for position in bytes.indices {
                    state.frames.append(bytes[position])
                }
            }
            state.streams.append(
                ReplayState.Stream(frameCount: ring.frameCount, oldest: ring.slot(0) - ring.start)
            )
        }
        return state
    }

    /// Holds what `state` held, in the same places of rings of the same size.
    public mutating func restore(_ state: ReplayState) {
        precondition(state.streams.count == rings.count, "\(state.streams.count) streams")
        let size = stateByteCount / stack
        var position = 0
        for (stream, held) in state.streams.enumerated() {
            precondition(
                held.frameCount <= rings[stream].capacity,
                "\(held.frameCount) frames for \(rings[stream].capacity)"
            )
            begin(stream: stream, at: held.oldest)
            for _ in 0..<held.frameCount {
                let bytes = (position * size)..<((position + 1) * size)
                push(state.frames.span.extracting(bytes), state.slots[position], stream: stream)
                position += 1
            }
            recountTransitions(stream: stream)
        }
    }
}
