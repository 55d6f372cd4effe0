internal import Glibc
internal import RandomNumbers

/// Draws transitions by their priorities; see ``Prioritization``.
///
/// The weight pᵅ of a transition lies at the slot of its first state's newest frame; what cannot be drawn
/// weighs nothing. A batch of k is drawn from k equal parts of the sum, one from each: every transition is
/// as likely as if all were drawn from the whole, but the counts vary less (Schaul et al. 2016,
/// appendix B.2.1).
public struct ProportionalSampler: ~Copyable, Sendable {
    let rule: Prioritization
    /// pᵅ by slot.
    var weights: SumTree
    /// The largest priority ever seen.
    var largest = 1.0

    /// - Throws: `ReplayError.noMemory` where the system refuses the room.
    init(_ rule: Prioritization, capacity: Int) throws(ReplayError) {
        self.rule = rule
        weights = try SumTree(count: capacity)
    }

    func fill(
        _ batch: inout TransitionBatch,
        from replay: borrowing ReplayBuffer,
        by accumulator: TransitionAccumulator,
        importanceExponent: Double,
        using generator: inout RandomGenerator
    ) {
        let transitionCount = replay.transitionCount
        var rarest = Double.infinity
        for row in 0..<batch.count {
            let place = place(row, of: batch.count, in: replay, using: &generator)
            replay.read(place, by: accumulator, into: &batch, row: row)
            rarest = min(rarest, probability(batch.origins[row], of: transitionCount))
        }
        // N cancels out: the largest weight of the batch is that of the rarest transition.
        for row in 0..<batch.count {
            let probability = probability(batch.origins[row], of: transitionCount)
            batch.weights[row] = Float(pow(probability / rarest, -importanceExponent))
        }
    }

    /// The probability of being drawn.
    ///
    /// - Parameters:
    ///   - origin: The newest frame of a drawable transition's first state.
    ///   - transitionCount: N: how many can be drawn.
    /// - Returns: 0 … 1.
    func probability(_ origin: FrameIdentity?, of transitionCount: Int) -> Double {
        let (total, uniform) = (weights.total, 1 / Double(transitionCount))
        guard let origin, total > 0 else { return uniform }
        let share = Double(rule.uniformShare)
        return (1 - share) * weights[origin.slot] / total + share * uniform
    }

    private func place(
        _ row: Int,
        of count: Int,
        in replay: borrowing ReplayBuffer,
        using generator: inout RandomGenerator
    ) -> FramePlace {
        let total = weights.total
        let isUniform = rule.uniformShare > 0 && generator.unitFloat() < rule.uniformShare
        guard total > 0, !isUniform else { return replay.uniformPlace(using: &generator) }
        let share = (Double(row) + generator.unitDouble()) / Double(count)
        let place = replay.place(ofSlot: weights.index(at: share * total))
        precondition(replay.isDrawable(place), "what weighs something can be drawn")
        return place
    }

    /// Notes the newest frame: the transition to it can be drawn now, what it took the room of cannot
    /// any more.
    mutating func noteNewestFrame(of environment: Int, in replay: borrowing ReplayBuffer) {
        let ring = replay.rings[environment]
        let newest = ring.frameCount - 1
        clear(ring.slot(newest))
        for index in 0..<min(replay.stack, newest) {
            let place = FramePlace(index: index, environment: environment)
            if !replay.isDrawable(place) { clear(ring.slot(index)) }
        }
        guard newest > 0,
            replay.isDrawable(FramePlace(index: newest - 1, environment: environment))
        else { return }
        weights[ring.slot(newest - 1)] = weight(largest)
    }

    private mutating func clear(_ slot: Int) {
        if weights[slot] > 0 { weights[slot] = 0 }
    }

    /// Gives a transition the priority of its newest error; nothing where it cannot be drawn any more.
    mutating func update(
        _ origin: FrameIdentity,
        error: Float,
        in replay: borrowing ReplayBuffer
    ) {
        guard let place = replay.place(of: origin), replay.isDrawable(place), error.isFinite else {
            return
        }
        let priority = abs(Double(error)) + Double(rule.offset)
        largest = max(largest, priority)
        weights[origin.slot] = weight(priority)
    }

    private func weight(_ priority: Double) -> Double { pow(priority, Double(rule.exponent)) }
}
