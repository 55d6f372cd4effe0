package import ExperienceReplay
internal import NeuralNetworks
internal import Tensors

/// How a network's outputs stand for Q-values, and how they are taught.
///
/// Acting, bootstrapping, learning and serving ask the head and read no output themselves; a policy
/// and its checkpoint name it. A head is four functions: the outputs of an action, their Q-value, the
/// targets of a batch, and the loss with its gradient and an error a transition.
public enum ValueHead: String, CaseIterable, Sendable {
    /// One output an action: its Q-value. Mnih et al. 2015.
    case scalar

    /// How many outputs the network has for each action.
    public var outputsPerAction: Int { 1 }

    /// The Q-value of one action in one state.
    ///
    /// - Parameters:
    ///   - outputs: shape (states, actions, outputsPerAction).
    ///   - place: Which of all actions of all states.
    /// - Returns: The Q-value.
    func qValue(_ outputs: Span<Float>, at place: Int) -> Float {
        outputs[place]
    }

    /// Computes the targets y of a batch: r + d · Q̂(s′, a′).
    ///
    /// Mnih et al. 2015, Algorithm 1, line 12, with d = 0 where s′ is terminal; an episode that only
    /// ran out of time keeps its future.
    ///
    /// - Parameters:
    ///   - batch: Gives r and d.
    ///   - nextOutputs: Those of the target network for each s′.
    ///   - nextActions: a′ of each transition.
    ///   - targets: `outputsPerAction` numbers a transition; overwritten.
    package func readTargets(
        of batch: TransitionBatch,
        nextOutputs: Span<Float>,
        nextActions: [Int],
        into targets: inout [Float]
    ) {
        let actions = nextOutputs.count / batch.count
        for row in 0..<batch.count {
            let value = nextOutputs[row * actions + nextActions[row]]
            targets[row] = batch.rewards[row] + batch.discounts[row] * value
        }
    }

    /// Computes the loss of a batch and its gradient, which is zero for every action but the one that
    /// was taken; the batch gets its errors.
    ///
    /// - Parameters:
    ///   - batch: Gives the actions and weights.
    ///   - outputs: Those of the learning network for each s.
    ///   - targets: As `readTargets` gives them.
    ///   - hyperparameters: Give the loss of one error and the reduction.
    ///   - gradients: Of the outputs' shape; overwritten.
    /// - Returns: The means over the batch.
    func readLoss(
        of batch: inout TransitionBatch,
        outputs: Span<Float>,
        targets: [Float],
        _ hyperparameters: DQNHyperparameters,
        gradients: inout MutableSpan<Float>
    ) -> DQNLearner.Outcome {
        let actions = outputs.count / batch.count
        let reduction = hyperparameters.lossReduction.weight(batchSize: batch.count)
        var (loss, meanQ, meanError) = (Float(0), Float(0), Float(0))
        gradients.fill(0)
        for row in 0..<batch.count {
            let place = row * actions + batch.actions[row]
            let error = outputs[place] - targets[row]
            gradients[place] = hyperparameters.loss.slope(error) * reduction * batch.weights[row]
            loss += hyperparameters.loss.value(error) * batch.weights[row]
            batch.errors[row] = -error
            meanError += abs(error)
            var best = outputs[row * actions]
            for action in 1..<actions {
                best = max(best, outputs[row * actions + action])
            }
            meanQ += best
        }
        let count = Float(batch.count)
        return DQNLearner.Outcome(
            loss: loss / count,
            meanQ: meanQ / count,
            meanAbsoluteTDError: meanError / count
        )
    }
}

extension ValueHead {
    /// The Q-values of `count` states: shape (count, actions).
    func qValues(_ outputs: Span<Float>) -> [Float] {
        switch self {
        case .scalar: Array(copying: outputs)
        }
    }

    /// Finds the best action of each state; of equal ones the last.
    ///
    /// - Parameters:
    ///   - outputs: shape (states, actions, outputsPerAction).
    ///   - actions: An action a state; overwritten.
    package func readBestActions(_ outputs: Span<Float>, into actions: inout [Int]) {
        let actionCount = outputs.count / outputsPerAction / actions.count
        for row in actions.indices {
            let first = row * actionCount
            var (best, bestValue) = (0, qValue(outputs, at: first))
            for action in 1..<actionCount {
                // Not `max`, which may lose a NaN: a broken network must be noticed.
                let value = qValue(outputs, at: first + action)
                if !(bestValue > value) { (best, bestValue) = (action, value) }
            }
            actions[row] = best
        }
    }
}
