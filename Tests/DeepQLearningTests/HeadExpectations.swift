import DeepQLearning
import ExperienceReplay
import NeuralNetworks
import NumericExpectations
import RandomNumbers
import Tensors
import Testing

/// The targets of a batch by the best actions of `nextOutputs`.
func targets(_ head: ValueHead, _ batch: TransitionBatch, _ nextOutputs: [Float]) -> [Float] {
    var actions = Array(repeating: 0, count: batch.count)
    head.readBestActions(nextOutputs.span, into: &actions)
    return targets(head, batch, nextOutputs, .best(actions))
}

/// The targets of a batch by a policy.
func targets(
    _ head: ValueHead,
    _ batch: TransitionBatch,
    _ nextOutputs: [Float],
    _ policy: NextPolicy
) -> [Float] {
    var targets = Array(repeating: Float(0), count: batch.count * head.numbersPerAction)
    head.readTargets(of: batch, nextOutputs: nextOutputs.span, policy: policy, into: &targets)
    return targets
}

/// The loss of a batch, and its gradient with respect to the outputs.
@discardableResult
func loss(
    _ head: ValueHead,
    _ batch: inout TransitionBatch,
    _ outputs: [Float],
    _ targets: [Float],
    _ hyperparameters: DQNHyperparameters
) -> (loss: Float, outcome: DQNLearner.Outcome, gradients: [Float]) {
    var gradients = [Float](repeating: .nan, count: outputs.count)
    var span = gradients.mutableSpan
    let outcome = head.readLoss(
        of: &batch,
        outputs: outputs.span,
        targets: targets,
        hyperparameters,
        gradients: &span
    )
    return (outcome.loss, outcome, gradients)
}

/// Compares a head's gradient with what its loss changes by, for three transitions of two actions.
func expectFiniteDifferences(
    _ head: ValueHead,
    weights: [Float],
    _ change: (inout DQNHyperparameters) -> Void
) {
    var settings = DQNHyperparameters()
    settings.lossReduction = .sum
    change(&settings)
    var random = RandomGenerator(seed: 5)
    let width = head.outputsPerAction
    let outputs = random.floats(3 * 2 * width)
    let nextOutputs = random.floats(3 * 2 * width).map { $0 * 1.7 }
    var batch = TransitionBatch(count: 3, stateByteCount: 4)
    batch.actions = [1, 0, 1]
    batch.rewards = [0.3, -1, 0.2]
    batch.discounts = [0.9, 0, 0.81]
    batch.weights = weights
    let targets = targets(head, batch, nextOutputs)
    let whole = loss(head, &batch, outputs, targets, settings)
    for index in outputs.indices {
        let step = Float(1e-2)
        let losses = [step, -step].map { step in
            var moved = outputs
            moved[index] += step
            return Double(loss(head, &batch, moved, targets, settings).loss) * 3
        }
        let slope = (losses[0] - losses[1]) / Double(2 * step)
        #expect(abs(slope - Double(whole.gradients[index])) < 2e-3, "output \(index)")
        let row = index / (2 * width)
        if index / width % 2 != batch.actions[row] { #expect(whole.gradients[index] == 0) }
    }
}
