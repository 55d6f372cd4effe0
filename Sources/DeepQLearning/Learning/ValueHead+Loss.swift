package import ExperienceReplay
internal import NeuralNetworks
internal import Tensors

extension ValueHead {
    /// Computes the loss of a batch and its gradient, which is zero for every action but the one that
    /// was taken; the batch gets its errors.
    ///
    /// - Parameters:
    ///   - batch: Gives the actions and weights.
    ///   - outputs: Those of the learning network for each s.
    ///   - targets: As `readTargets` gives them.
    ///   - fractions: Those that quantiles were asked for at, shape (batch, fractions); empty for a head that
    ///     is given none.
    ///   - hyperparameters: Give the loss of one error and the reduction.
    ///   - gradients: Of the outputs' shape; overwritten.
    /// - Returns: The means over the batch.
    package func readLoss(
        of batch: inout TransitionBatch,
        outputs: Span<Float>,
        targets: [Float],
        fractions: [Float] = [],
        _ hyperparameters: DQNHyperparameters,
        gradients: inout MutableSpan<Float>
    ) -> DQNLearner.Outcome {
        gradients.fill(0)
        switch self {
        case .scalar:
            return readScalarLoss(
                of: &batch,
                outputs: outputs,
                targets: targets,
                hyperparameters,
                gradients: &gradients
            )
        case .categorical(let support):
            return readLoss(of: &batch, outputs, targets, hyperparameters, gradients: &gradients) {
                support.readLoss(of: $1, target: $2, slopes: &$3)
            }
        case .quantile(let count):
            let fractions = Self.midpoints(count)
            let threshold = hyperparameters.head.huberThreshold
            return readLoss(of: &batch, outputs, targets, hyperparameters, gradients: &gradients) {
                quantileLoss(
                    of: $1,
                    at: fractions.span,
                    target: $2,
                    threshold: threshold,
                    slopes: &$3
                )
            }
        case .implicitQuantile(let count):
            let threshold = hyperparameters.head.huberThreshold
            let numbers = numbers(outputs, states: batch.count)
            var slopes = [Float](repeating: 0, count: numbers.count)
            var span = slopes.mutableSpan
            let outcome = readLoss(
                of: &batch,
                numbers.span,
                targets,
                hyperparameters,
                gradients: &span
            ) { row, quantiles, target, slopes in
                quantileLoss(
                    of: quantiles,
                    at: fractions.span.extracting((row * count)..<((row + 1) * count)),
                    target: target,
                    threshold: threshold,
                    slopes: &slopes
                )
            }
            copy(slopes, states: batch.count, into: &gradients)
            return outcome
        }
    }

    /// Lays numbers that lie action by action out as the network gives its outputs.
    private func copy(_ numbers: [Float], states: Int, into outputs: inout MutableSpan<Float>) {
        let (size, actions) = (numbers.count / states, numbers.count / states / fractionCount)
        for place in numbers.indices {
            let (state, rest) = (place / size, place % size)
            let (action, index) = (rest / fractionCount, rest % fractionCount)
            outputs[state * size + index * actions + action] = numbers[place]
        }
    }

    private func readScalarLoss(
        of batch: inout TransitionBatch,
        outputs: Span<Float>,
        targets: [Float],
        _ hyperparameters: DQNHyperparameters,
        gradients: inout MutableSpan<Float>
    ) -> DQNLearner.Outcome {
        let actions = outputs.count / batch.count
        let reduction = hyperparameters.lossReduction.weight(batchSize: batch.count)
        var (loss, meanQ, meanError) = (Float(0), Float(0), Float(0))
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

    /// The loss of a head that learns a distribution; `outputs` lie action by action.
    ///
    /// A transition's error is its loss, which orders priorities as a TD error does that of a scalar
    /// head; what is reported as the TD error is the distance of the expectations. `rowLoss` gives the
    /// loss of the action that was taken, its slopes and the error.
    private func readLoss(
        of batch: inout TransitionBatch,
        _ outputs: Span<Float>,
        _ targets: [Float],
        _ hyperparameters: DQNHyperparameters,
        gradients: inout MutableSpan<Float>,
        _ rowLoss: (Int, Span<Float>, Span<Float>, inout MutableSpan<Float>) -> RowLoss
    ) -> DQNLearner.Outcome {
        let (count, width) = (batch.count, numbersPerAction)
        let targetWidth = targets.count / count
        let actions = outputs.count / count / width
        let reduction = hyperparameters.lossReduction.weight(batchSize: count)
        let values = qValues(ofNumbers: outputs)
        var (loss, meanQ, meanError) = (Float(0), Float(0), Float(0))
        for row in 0..<count {
            let place = row * actions + batch.actions[row]
            let range = (place * width)..<((place + 1) * width)
            let target = targets.span.extracting(
                (row * targetWidth)..<((row + 1) * targetWidth)
            )
            let one = gradients.withPart(range) { slopes in
                let loss = rowLoss(row, outputs.extracting(range), target, &slopes)
                scale(&slopes, by: reduction * batch.weights[row])
                return loss
            }
            loss += one.loss * batch.weights[row]
            batch.errors[row] = one.error
            meanError += abs(one.targetValue - values[place])
            var best = values[row * actions]
            for action in 1..<actions {
                best = max(best, values[row * actions + action])
            }
            meanQ += best
        }
        return DQNLearner.Outcome(
            loss: loss / Float(count),
            meanQ: meanQ / Float(count),
            meanAbsoluteTDError: meanError / Float(count)
        )
    }

    /// What one transition's loss is.
    struct RowLoss {
        /// What is made smaller.
        var loss: Float
        /// What orders its priority: never negative.
        var error: Float
        /// The expectation of its target.
        var targetValue: Float
    }
}
