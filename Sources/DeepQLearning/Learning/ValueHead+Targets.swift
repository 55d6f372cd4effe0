package import ExperienceReplay
internal import Tensors

extension ValueHead {
    /// Computes the targets y of a batch: r + d · Q̂(s′, a′), or its distribution.
    ///
    /// Mnih et al. 2015, Algorithm 1, line 12, with d = 0 where s′ is terminal; an episode that only
    /// ran out of time keeps its future.
    ///
    /// - Parameters:
    ///   - batch: Gives r and d.
    ///   - nextOutputs: Those of the target network for each s′.
    ///   - policy: Which a′ count in each transition.
    ///   - targets: `numbersPerAction` numbers a transition; overwritten. They are Q-values,
    ///     probabilities of atoms, or samples of the return.
    package func readTargets(
        of batch: TransitionBatch,
        nextOutputs: Span<Float>,
        policy: NextPolicy,
        into targets: inout [Float]
    ) {
        let actions = nextOutputs.count / batch.count
        switch (self, policy) {
        case (.scalar, .best(let nextActions)):
            for row in 0..<batch.count {
                let value = nextOutputs[row * actions + nextActions[row]]
                targets[row] = batch.rewards[row] + batch.discounts[row] * value
            }
        case (.categorical(let support), _):
            readTargets(of: batch, nextOutputs, policy, support, into: &targets)
        case (.scalar, .soft), (.quantile, _), (.implicitQuantile, _):
            let samples = numbers(nextOutputs, states: batch.count)
            readTargets(of: batch, samples: samples.span, policy, into: &targets)
        }
    }

    /// The targets of numbers that are samples of the return: each the mean of the actions', as often as
    /// they are chosen.
    private func readTargets(
        of batch: TransitionBatch,
        samples: Span<Float>,
        _ policy: NextPolicy,
        into targets: inout [Float]
    ) {
        let count = numbersPerAction
        let actions = samples.count / batch.count / count
        for row in 0..<batch.count {
            let choices = policy.choices(row, actions: actions)
            for index in 0..<count {
                var value = Float(0)
                for action in choices.actions {
                    let sample = samples[(row * actions + action) * count + index]
                    let (probability, logarithm) = choices.weight(action)
                    value += probability * (sample - logarithm)
                }
                targets[row * count + index] =
                    batch.rewards[row] + choices.bonus + batch.discounts[row] * value
            }
        }
    }

    /// The targets of a categorical head: the mixture of the actions' distributions, projected.
    private func readTargets(
        of batch: TransitionBatch,
        _ nextOutputs: Span<Float>,
        _ policy: NextPolicy,
        _ support: CategoricalSupport,
        into targets: inout [Float]
    ) {
        let count = support.atomCount
        let actions = nextOutputs.count / batch.count / count
        var span = targets.mutableSpan
        span.fill(0)
        for row in 0..<batch.count {
            let choices = policy.choices(row, actions: actions)
            for action in choices.actions {
                let first = (row * actions + action) * count
                let logits = nextOutputs.extracting(first..<(first + count))
                let (probability, logarithm) = choices.weight(action)
                let probabilities = support.probabilities(logits).values
                span.withPart((row * count)..<((row + 1) * count)) {
                    support.project(
                        probabilities.span,
                        weight: probability,
                        reward: batch.rewards[row] + choices.bonus
                            - batch.discounts[row] * logarithm,
                        discount: batch.discounts[row],
                        addingTo: &$0
                    )
                }
            }
        }
    }
}

extension NextPolicy {
    /// The actions that count in one transition.
    fileprivate struct Choices {
        let actions: Range<Int>
        /// What the action taken before adds to its reward.
        let bonus: Float
        let policy: SoftPolicy?
        let first: Int

        /// How often an action is chosen, and what is taken off its value.
        func weight(_ action: Int) -> (probability: Float, logarithm: Float) {
            guard let policy else { return (1, 0) }
            return (policy.probabilities[first + action], policy.logarithms[first + action])
        }
    }

    fileprivate func choices(_ row: Int, actions: Int) -> Choices {
        switch self {
        case .best(let best):
            Choices(actions: best[row]..<(best[row] + 1), bonus: 0, policy: nil, first: 0)
        case .soft(let policy):
            Choices(
                actions: 0..<actions,
                bonus: policy.bonuses[row],
                policy: policy,
                first: row * actions
            )
        }
    }
}
