public import RandomNumbers

/// Which transitions are learned from: the rule by which they are drawn from a replay memory.
public enum Sampler: ~Copyable, Sendable {
    /// Each transition equally likely, each time anew from all of them.
    ///
    /// Mnih et al. 2015, Algorithm 1, line 11.
    case uniform
    /// Each transition as likely as its priority makes it; see ``Prioritization``.
    case proportional(ProportionalSampler)

    /// Draws by priorities, of which there are none yet.
    ///
    /// - Parameters:
    ///   - rule: How priorities become probabilities.
    ///   - replay: The empty memory that is drawn from.
    /// - Returns: What draws from it.
    /// - Throws: `ReplayError.noMemory` where the system refuses the room for the priorities.
    public static func proportional(
        _ rule: Prioritization,
        in replay: borrowing ReplayBuffer
    ) throws(ReplayError) -> Sampler {
        precondition(replay.frameCount == 0, "frames have no priority yet")
        return .proportional(try ProportionalSampler(rule, capacity: replay.capacity))
    }

    /// Bytes of the priorities of a memory of so many frames.
    public static func priorityByteCount(capacity: Int) -> Int { SumTree.byteCount(capacity) }

    /// Fills a batch with transitions.
    ///
    /// - Parameters:
    ///   - batch: Overwritten, but for its errors.
    ///   - replay: Holds at least one transition.
    ///   - accumulator: How many steps a transition has, and what the future counts.
    ///   - importanceExponent: β; of no meaning where all are equally likely.
    ///   - generator: Where the choices come from.
    public func fill(
        _ batch: inout TransitionBatch,
        from replay: borrowing ReplayBuffer,
        by accumulator: TransitionAccumulator,
        importanceExponent: Double = 1,
        using generator: inout RandomGenerator
    ) {
        precondition(replay.transitionCount > 0, "there is no transition to draw from")
        switch self {
        case .uniform:
            for row in 0..<batch.count {
                let place = replay.uniformPlace(using: &generator)
                replay.read(place, by: accumulator, into: &batch, row: row)
                batch.weights[row] = 1
            }
        case .proportional(let sampler):
            sampler.fill(
                &batch,
                from: replay,
                by: accumulator,
                importanceExponent: importanceExponent,
                using: &generator
            )
        }
    }

    /// Notes the newest frame of an environment, whether it began an episode or was reached in one.
    public mutating func noteNewestFrame(of environment: Int, in replay: borrowing ReplayBuffer) {
        change { $0.noteNewestFrame(of: environment, in: replay) }
    }

    /// Notes how far from its target each transition of a batch was.
    ///
    /// Frames may have been recorded since the batch was drawn: the errors of transitions that they have
    /// overwritten are dropped.
    public mutating func update(_ batch: TransitionBatch, in replay: borrowing ReplayBuffer) {
        change { sampler in
            for row in 0..<batch.count {
                guard let origin = batch.origins[row] else { continue }
                sampler.update(origin, error: batch.errors[row], in: replay)
            }
        }
    }

    /// The probability with which a transition is drawn.
    ///
    /// - Parameters:
    ///   - origin: The newest frame of a drawable transition's first state.
    ///   - replay: The memory it is drawn from.
    /// - Returns: 0 … 1.
    package func probability(
        of origin: FrameIdentity,
        in replay: borrowing ReplayBuffer
    ) -> Double {
        let count = replay.transitionCount
        switch self {
        case .uniform: return 1 / Double(count)
        case .proportional(let sampler): return sampler.probability(origin, of: count)
        }
    }

    /// Changes the priorities, if there are any.
    mutating func change<Failure: Error>(
        _ body: (inout ProportionalSampler) throws(Failure) -> Void
    ) throws(Failure) {
        switch consume self {
        case .uniform: self = .uniform
        case .proportional(var sampler):
            do throws(Failure) {
                try body(&sampler)
            } catch {
                self = .proportional(sampler)
                throw error
            }
            self = .proportional(sampler)
        }
    }
}

extension ReplayBuffer {
    /// A transition, each equally likely.
    func uniformPlace(using generator: inout RandomGenerator) -> FramePlace {
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
