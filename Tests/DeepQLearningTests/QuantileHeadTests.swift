import DeepQLearning
import ExperienceReplay
import NumericExpectations
import RandomNumbers
import Tensors
import Testing

/// QR-DQN's targets and loss.
@Suite(.timeLimit(.minutes(5))) struct QuantileHeadTests {
    @Test(
        "losses are those of rlax's quantile regression, which does not divide by κ",
        arguments: [
            ([0.2, 0.7] as [Float], Float(0), 2.0), ([0, 0.4], 0, 2.2), ([0.2, 0.7], 2, 2.5),
            ([0, 0.4], 2, 2.833333),
        ]
    )
    func rlax(fractions: [Float], threshold: Float, expected: Double) {
        let loss = losses([-1, 3], fractions, [-3, 4, 2], threshold).losses.reduce(0, +) / 3
        #expect(abs(Double(loss) - expected) < 1e-5)
    }

    @Test(
        "losses and slopes are those of every pair by itself",
        arguments: [(1, 1), (5, 3), (32, 32), (33, 70), (200, 200)],
        [Float(0), 0.5, 1]
    )
    func naive(sizes: (Int, Int), threshold: Float) {
        var random = RandomGenerator(seed: 3)
        let (values, targets) = (random.floats(sizes.0), random.floats(sizes.1))
        let fractions = values.map { _ in random.unitFloat() }
        let found = losses(values, fractions, targets, threshold)
        var (expected, slopes) = ([Double](), [Double]())
        for (value, fraction) in zip(values, fractions) {
            var (sum, slope, kappa) = (0.0, 0.0, Double(threshold))
            for target in targets {
                let error = Double(target) - Double(value)
                let weight = abs(Double(fraction) - (error < 0 ? 1 : 0))
                if threshold == 0 {
                    sum += weight * abs(error)
                    slope -= weight * (error > 0 ? 1 : error < 0 ? -1 : 0)
                } else {
                    sum +=
                        weight
                        * (abs(error) <= kappa
                            ? error * error / 2 : kappa * (abs(error) - kappa / 2))
                    slope -= weight * min(max(error, -kappa), kappa)
                }
                kappa += 0
            }
            expected.append(sum)
            slopes.append(slope)
        }
        #expect(relativeError(found.losses, expected) < 1e-5)
        #expect(relativeError(found.slopes, slopes) < 1e-5)
    }

    @Test("quantiles lie at the midpoints of equal parts")
    func midpoints() {
        #expect(ValueHead.midpoints(4) == [0.125, 0.375, 0.625, 0.875])
    }

    @Test("the loss sums over online quantiles and averages over the target's")
    func reduction() {
        let head = ValueHead.quantile(count: 4)
        var batch = TransitionBatch(count: 1, stateByteCount: 4)
        batch.rewards = [1]
        batch.discounts = [0]
        let targets = targets(head, batch, [0, 0, 0, 0])
        #expect(targets == [1, 1, 1, 1])
        var settings = DQNHyperparameters()
        settings.head.huberThreshold = 1
        let result = loss(head, &batch, [0, 0, 0, 0], targets, settings)
        // Errors of 1: Σ τ̂ · ½ = 1; each slope is −τ̂, not divided by the number of quantiles.
        #expect(result.loss == 1)
        #expect(result.gradients == [-0.125, -0.375, -0.625, -0.875])
        #expect(batch.errors == [1])
        #expect(result.outcome.meanAbsoluteTDError == 1)
    }

    @Test("the gradient is that of finite differences, and only of the action taken")
    func gradient() {
        expectFiniteDifferences(.quantile(count: 5), weights: [1, 0.3, 2]) {
            $0.head.kind = .quantile
        }
    }

    @Test("the best action is that of the largest mean, and its quantiles are the target")
    func targetsOfTheBest() {
        let head = ValueHead.quantile(count: 2)
        var batch = TransitionBatch(count: 1, stateByteCount: 4)
        (batch.rewards, batch.discounts) = ([1], [0.5])
        #expect(targets(head, batch, [-4, 8, 1, 2]) == [-1, 5])
        #expect(head.qValues([-4, 8, 1, 2].span, states: 1) == [2, 1.5])
    }

    private func losses(
        _ quantiles: [Float],
        _ fractions: [Float],
        _ targets: [Float],
        _ threshold: Float
    ) -> (losses: [Float], slopes: [Float]) {
        var (losses, slopes) = (quantiles, quantiles)
        var lossSpan = losses.mutableSpan
        var slopeSpan = slopes.mutableSpan
        readQuantileLosses(
            of: quantiles.span,
            at: fractions.span,
            targets: targets.span,
            threshold: threshold,
            into: &lossSpan,
            slopes: &slopeSpan
        )
        return (losses, slopes)
    }
}
