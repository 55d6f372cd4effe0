/// The steps that all environments have made since the last updates, shape (steps, environments).
struct PQNRollout: Sendable {
    let environmentCount: Int
    let capacity: Int
    let stateByteCount: Int
    /// Steps of every environment so far; that under way is not counted.
    private(set) var count = 0
    /// s of each step.
    var states: [UInt8]
    /// a, r and whether s′ is terminal.
    var actions: [Int]
    var rewards: [Float]
    var isTerminal: [Bool]
    /// max Q(s).
    var values: [Float]
    /// max Q(s′) where the episode was cut off after the step.
    var cutValues: [Float?]

    init(steps: Int, environmentCount: Int, stateByteCount: Int) {
        (capacity, self.environmentCount) = (steps, environmentCount)
        self.stateByteCount = stateByteCount
        let rows = steps * environmentCount
        states = Array(repeating: 0, count: rows * stateByteCount)
        actions = Array(repeating: 0, count: rows)
        rewards = Array(repeating: 0, count: rows)
        isTerminal = Array(repeating: false, count: rows)
        values = Array(repeating: 0, count: rows)
        cutValues = Array(repeating: nil, count: rows)
    }

    /// Bytes of such a rollout.
    static func byteCount(steps: Int, environmentCount: Int, stateByteCount: Int) -> Int {
        let (states, overflow) = stateByteCount.multipliedReportingOverflow(
            by: steps * environmentCount
        )
        let row =
            MemoryLayout<Int>.stride + 2 * MemoryLayout<Float>.stride + MemoryLayout<Bool>.stride
            + MemoryLayout<Float?>.stride
        let (bytes, isTooMuch) = states.addingReportingOverflow(row * steps * environmentCount)
        return overflow || isTooMuch ? .max : bytes
    }

    var isFull: Bool { count == capacity }

    func row(_ step: Int, _ environment: Int) -> Int { step * environmentCount + environment }

    /// Begins a step of every environment in the states that `newest` holds.
    mutating func begin(in newest: [UInt8], values: [Float]) {
        precondition(!isFull && newest.count == environmentCount * stateByteCount)
        let start = count * newest.count
        states.replaceSubrange(start..<(start + newest.count), with: newest)
        for environment in 0..<environmentCount {
            self.values[row(count, environment)] = values[environment]
            cutValues[row(count, environment)] = nil
        }
    }

    /// Notes what came of an environment's step.
    mutating func record(action: Int, reward: Float, isTerminal: Bool, environment: Int) {
        let row = row(count, environment)
        (actions[row], rewards[row]) = (action, reward)
        self.isTerminal[row] = isTerminal
    }

    /// Ends the step of every environment.
    mutating func endStep() { count += 1 }

    /// Whether the newest step of an environment led to a state that still counts.
    func isOpen(_ environment: Int) -> Bool {
        count > 0 && !isTerminal[row(count - 1, environment)]
    }

    /// Notes that an environment's episode was cut off after its newest step, in a state of this value.
    mutating func cut(_ environment: Int, value: Float) {
        cutValues[row(count - 1, environment)] = value
    }

    /// Holds no step any more.
    mutating func removeAll() { count = 0 }

    mutating func restore(count: Int) { self.count = count }

    /// The λ-returns of all steps.
    ///
    /// - Parameters:
    ///   - discount: γ.
    ///   - lambda: λ.
    ///   - lastValues: max Q of every environment's newest state.
    /// - Returns: shape (steps, environments).
    func returns(discount: Float, lambda: Float, lastValues: [Float]) -> [Float] {
        var returns = [Float](repeating: 0, count: count * environmentCount)
        for environment in 0..<environmentCount {
            let steps = (0..<count).map { step in
                let row = row(step, environment)
                let next =
                    step + 1 == count ? lastValues[environment] : values[row + environmentCount]
                return LambdaReturns.Step(
                    reward: rewards[row],
                    discount: isTerminal[row] ? 0 : discount,
                    nextValue: cutValues[row] ?? next,
                    goesOn: !isTerminal[row] && cutValues[row] == nil
                )
            }
            for (step, value) in LambdaReturns.returns(steps, lambda: lambda).enumerated() {
                returns[row(step, environment)] = value
            }
        }
        return returns
    }
}

/// What is left of a whole rollout's updates.
struct DueMinibatches: Codable {
    /// G of each step.
    let returns: [Float]
    /// The steps in the order of the epoch under way.
    var order: [Int] = []
    /// Updates made so far, of all epochs.
    var made = 0
    /// What they saw.
    var summary = LearningSummary()

    init(returns: [Float]) {
        self.returns = returns
    }
}
