/// All experience that a replay memory holds.
public struct ReplayState: Equatable, Sendable {
    /// The frames of each environment, oldest first, one after the other.
    public var frames: [UInt8]
    /// What is known of each frame beside its pixels: see `Slot`.
    var slots: [Slot]
    /// How many of the frames belong to each environment, and where in its ring the oldest of them lies.
    var environments: [Stream]

    struct Stream: Equatable, Sendable {
        var frameCount: Int
        var oldest: Int
    }
}

extension ReplayBuffer {
    /// A copy of everything held.
    public var state: ReplayState {
        var state = ReplayState(frames: [], slots: [], environments: [])
        state.frames.reserveCapacity(frameCount * stateByteCount / stack)
        for (environment, ring) in rings.enumerated() {
            for index in 0..<ring.frameCount {
                state.slots.append(slots[ring.slot(index)])
                let bytes = frame(index, environment: environment)
                for position in bytes.indices {
                    state.frames.append(bytes[position])
                }
            }
            state.environments.append(
                ReplayState.Stream(frameCount: ring.frameCount, oldest: ring.slot(0) - ring.start)
            )
        }
        return state
    }

    /// Holds what `state` held, in the same places of rings of the same size.
    public mutating func restore(_ state: ReplayState) {
        precondition(
            state.environments.count == rings.count,
            "\(state.environments.count) environments"
        )
        let size = stateByteCount / stack
        var position = 0
        for (environment, held) in state.environments.enumerated() {
            precondition(
                held.frameCount <= rings[environment].capacity,
                "\(held.frameCount) frames for \(rings[environment].capacity)"
            )
            begin(environment: environment, at: held.oldest)
            for _ in 0..<held.frameCount {
                let bytes = (position * size)..<((position + 1) * size)
                push(
                    state.frames.span.extracting(bytes),
                    state.slots[position],
                    environment: environment
                )
                position += 1
            }
            recountTransitions(environment: environment)
        }
    }
}
