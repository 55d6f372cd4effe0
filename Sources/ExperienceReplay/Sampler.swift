public import RandomNumbers

/// Which transitions are learned from: the rule by which they are drawn from a replay memory.
public enum Sampler: Sendable {
    /// Each transition equally likely, each time anew from all of them.
    ///
    /// Mnih et al. 2015, Algorithm 1, line 11.
    case uniform

    /// Fills a batch with transitions.
    ///
    /// - Parameters:
    ///   - batch: Overwritten, but for its errors.
    ///   - replay: Holds at least one transition.
    ///   - accumulator: How many steps a transition has, and what the future counts.
    ///   - generator: Where the choices come from.
    public func fill(
        _ batch: inout TransitionBatch,
        from replay: borrowing ReplayBuffer,
        by accumulator: TransitionAccumulator,
        using generator: inout RandomGenerator
    ) {
        precondition(replay.transitionCount > 0, "there is no transition to draw from")
        for row in 0..<batch.count {
            switch self {
            case .uniform:
                let place = replay.uniformPlace(using: &generator)
                replay.read(place, by: accumulator, into: &batch, row: row)
                batch.weights[row] = 1
            }
        }
    }

    /// Notes a transition that was just recorded.
    public mutating func add(_ origin: FrameIdentity) {
        switch self {
        case .uniform: break
        }
    }

    /// Notes how far from its target each transition of a batch was.
    ///
    /// Frames may have been recorded since the batch was drawn: `replay.holds` tells which of its
    /// origins are still there.
    public mutating func update(_ batch: TransitionBatch, in replay: borrowing ReplayBuffer) {
        switch self {
        case .uniform: break
        }
    }
}

extension ReplayBuffer {
    /// A transition, each equally likely.
    fileprivate func uniformPlace(using generator: inout RandomGenerator) -> FramePlace {
        let frameCount = frameCount
        // Nearly every frame begins a transition, so one try nearly always does.
        for _ in 0..<64 {
            var place = FramePlace(index: generator.integer(below: frameCount))
            while place.index >= rings[place.environment].frameCount {
                place.index -= rings[place.environment].frameCount
                place.environment += 1
            }
            if isDrawable(place) { return place }
        }
        let transitionCount = transitionCount
        var remaining = generator.integer(below: transitionCount)
        for environment in rings.indices {
            for index in 0..<rings[environment].frameCount {
                let place = FramePlace(index: index, environment: environment)
                guard isDrawable(place) else { continue }
                if remaining == 0 { return place }
                remaining -= 1
            }
        }
        preconditionFailure("\(transitionCount) transitions were counted, fewer found")
    }
}
