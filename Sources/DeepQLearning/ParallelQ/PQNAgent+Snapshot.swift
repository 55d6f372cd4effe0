internal import RandomNumbers
public import Snapshots

extension PQNAgent {
    /// What is small of an agent's state.
    private struct Saved: Codable {
        var counts: AgentCounts
        var policyGenerator: RandomGenerator
        var shuffleGenerator: RandomGenerator
        var optimizerUpdates: Int
        /// Of the rollout under way.
        var steps: Int
        var actions: [Int]
        var rewards: [Float]
        var isTerminal: [Bool]
        var values: [Float]
        var cutValues: [Float?]
        var due: DueMinibatches?
    }

    /// Writes network, moments, the rollout so far, counts and random streams.
    public func write(to writer: SnapshotWriter) throws(SnapshotError) {
        let (state, rows) = (PQNLearnerState(learner), rollout.count * environmentCount)
        try writer.write(
            "agent",
            json: Saved(
                counts: counts,
                policyGenerator: policyGenerator,
                shuffleGenerator: shuffleGenerator,
                optimizerUpdates: state.optimizerUpdates,
                steps: rollout.count,
                actions: Array(rollout.actions[..<rows]),
                rewards: Array(rollout.rewards[..<rows]),
                isTerminal: Array(rollout.isTerminal[..<rows]),
                values: Array(rollout.values[..<rows]),
                cutValues: Array(rollout.cutValues[..<rows]),
                due: due
            )
        )
        try writer.write("online parameters", state.online)
        try writer.write("mean gradient", state.meanGradient)
        try writer.write("mean square", state.meanSquare)
        try writer.write("velocity", state.velocity)
        try writer.write("newest states", newest)
        try writer.begin("rollout states", byteCount: rows * stateByteCount)
        let states = rollout.states
        try writer.append(states.span.extracting(..<(rows * stateByteCount)))
    }

    /// Goes on from what was written.
    public func restore(from reader: SnapshotReader) throws(SnapshotError) {
        let saved = try reader.value("agent", as: Saved.self)
        let rows = saved.steps * environmentCount
        let counts = [
            saved.actions.count, saved.rewards.count, saved.isTerminal.count, saved.values.count,
            saved.cutValues.count,
        ]
        let isWhole = saved.steps == rollout.capacity
        guard (0...rollout.capacity).contains(saved.steps), isWhole == (saved.due != nil),
            saved.due?.fits(rows, hyperparameters) ?? true, counts.allSatisfy({ $0 == rows }),
            saved.actions.allSatisfy((0..<actionCount).contains)
        else {
            throw .doesNotFit(section: "agent", reason: "\(saved.steps) steps of \(counts)")
        }
        var state = PQNLearnerState(learner)
        try reader.read("online parameters", into: &state.online)
        try reader.read("mean gradient", into: &state.meanGradient)
        try reader.read("mean square", into: &state.meanSquare)
        try reader.read("velocity", into: &state.velocity)
        state.optimizerUpdates = saved.optimizerUpdates
        try reader.begin("newest states", byteCount: newest.count)
        try reader.read(into: &newest)
        try reader.begin("rollout states", byteCount: rows * stateByteCount)
        var states = [UInt8](repeating: 0, count: rows * stateByteCount)
        try reader.read(into: &states)
        rollout.states.replaceSubrange(..<states.count, with: states)
        rollout.actions.replaceSubrange(..<rows, with: saved.actions)
        rollout.rewards.replaceSubrange(..<rows, with: saved.rewards)
        rollout.isTerminal.replaceSubrange(..<rows, with: saved.isTerminal)
        rollout.values.replaceSubrange(..<rows, with: saved.values)
        rollout.cutValues.replaceSubrange(..<rows, with: saved.cutValues)
        rollout.restore(count: saved.steps)
        learner.restore(state)
        (self.counts, choice, due) = (saved.counts, nil, saved.due)
        (policyGenerator, shuffleGenerator) = (saved.policyGenerator, saved.shuffleGenerator)
    }
}

extension DueMinibatches {
    /// Whether these are what is left of a rollout of so many steps.
    fileprivate func fits(_ rows: Int, _ hyperparameters: PQNHyperparameters) -> Bool {
        returns.count == rows && Set(order) == Set(0..<rows) && order.count == rows
            && (1..<(hyperparameters.epochs * hyperparameters.minibatches)).contains(made)
    }
}

extension SnapshotReader {
    /// Reads as many floats as there are in `numbers`.
    fileprivate func read(
        _ section: String,
        into numbers: inout [Float]
    ) throws(SnapshotError) {
        let found = try floats(section)
        guard found.count == numbers.count else {
            throw .doesNotFit(
                section: section,
                reason: "\(found.count) numbers, expected \(numbers.count)"
            )
        }
        numbers = found
    }
}
