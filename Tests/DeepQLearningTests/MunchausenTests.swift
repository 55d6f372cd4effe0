import BackgroundQueues
import DeepQLearning
import ExperienceReplay
import NeuralNetworks
import NumericExpectations
import Testing

@Suite(.timeLimit(.minutes(5))) struct MunchausenTests {
    /// r = 1, d = 0.99, q(s) = 1, 1.02, 0.5 and q(s′) = 2, 1.97, 1.
    private func batch(discount: Float) -> TransitionBatch {
        var batch = TransitionBatch(count: 3, stateByteCount: 4)
        batch.actions = [0, 1, 2]
        batch.rewards = [1, 1, 1]
        batch.discounts = [discount, discount, discount]
        return batch
    }

    private func policy(_ rule: Munchausen, _ values: [Float], _ next: [Float]) -> NextPolicy {
        .soft(
            SoftPolicy(
                rule,
                values: values + values + values,
                actions: [0, 1, 2],
                nextValues: next + next + next
            )
        )
    }

    static let goldens: [(Float, [Double])] = [
        (0.99, [2.9601159, 2.9781159, 2.5101159]), (0, [0.970812, 0.988812, 0.520812]),
    ]

    @Test(
        "targets are the rewards with the log-probabilities, and the soft value of what follows",
        arguments: goldens
    )
    func golden(discount: Float, expected: [Double]) {
        let next: [Float] = [2, 1.97, 1]
        let found = targets(
            .scalar,
            batch(discount: discount),
            next + next + next,
            policy(Munchausen(), [1, 1.02, 0.5], next)
        )
        #expect(relativeError(found, expected) < 1e-6)
    }

    @Test("a log-probability below the least one counts as it, and large values do not overflow")
    func clipped() {
        let next: [Float] = [0, 0, 0]
        let found = targets(
            .scalar,
            batch(discount: 0),
            next + next + next,
            policy(Munchausen(), [1, 3, 3e6], next)
        )
        #expect(relativeError(found, [0.1, 0.1, 1]) < 1e-6)
    }

    @Test("with α = 0 and a temperature close to 0 targets are those of Q-learning")
    func limit() {
        var rule = Munchausen()
        (rule.scale, rule.temperature) = (0, 1e-4)
        let next: [Float] = [2, 1.97, 1]
        let batch = batch(discount: 0.99)
        let soft = targets(
            .scalar,
            batch,
            next + next + next,
            policy(rule, [1, 1.02, 0.5], next)
        )
        #expect(relativeError(soft, [2.98, 2.98, 2.98]) < 1e-6)
    }

    @Test("a distribution's expected target is the scalar head's", arguments: [0, 1])
    func distributions(index: Int) {
        let support = CategoricalSupport(atomCount: 201, minimum: -10, maximum: 10)
        let head: ValueHead = [.categorical(support), .quantile(count: 3)][index]
        let width = head.outputsPerAction
        var outputs: [Float] = []
        for value in [2, 1.97, 1] as [Float] {
            switch head {
            case .categorical:
                outputs += support.atoms.map { -($0 - value) * ($0 - value) * 8 }
            default: outputs += [value - 0.5, value, value + 0.5]
            }
        }
        let values = head.qValues(outputs.span, states: 1)
        #expect(relativeError(values, [2, 1.97, 1]) < 1e-4)
        let found = targets(
            head,
            batch(discount: 0.99),
            outputs + outputs + outputs,
            policy(Munchausen(), [1, 1.02, 0.5], values)
        )
        let expectations = (0..<3).map { row in
            let target = found[(row * width)..<((row + 1) * width)]
            return switch head {
            case .categorical: zip(target, support.atoms).map { $0 * $1 }.reduce(0, +)
            default: target.reduce(0, +) / Float(width)
            }
        }
        #expect(relativeError(expectations, [2.9601159, 2.9781159, 2.5101159]) < 1e-4)
    }

    @Test(
        "the gap between two arms' values grows tenfold, or by no more than the bound allows",
        arguments: [(Float(-1e4), Float(1), Float(0.05)), (-1, 0.3, 0.05)]
    )
    func actionGap(minimum: Float, gap: Float, tolerance: Float) throws {
        // Terminal arms that bring 0.1 and 0: without a bound Δq = Δr + α Δq = Δr / (1 − α).
        let agent = try bandit(rewards: { [0.1, 0][$0] }) {
            $0.bootstrapRule = .munchausen
            $0.munchausen.temperature = 0.03
            $0.munchausen.minimumLogProbability = minimum == -1 ? -0.2 / 0.9 : minimum
        }
        let values = agent.qValues(of: agent.newestState(), pool: ComputePool(width: 1))
        #expect(abs(values[0] - values[1] - gap) < tolerance, "\(values)")
    }
}
