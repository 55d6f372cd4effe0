internal import CKernels

// One step of each rule over some of the parameters, given with the same part of the gradient and of
// the moments. Every operation is rounded by itself and so gives the same bits on every CPU. The
// rules are described beside their constants, in NeuralNetworks.

/// θ ← θ − α ∂ / √(s − g² + ε), with the running means g and s of the gradient and its square.
public func updateByRMSPropNature(
    _ parameters: inout MutableSpan<Float>,
    gradient: Span<Float>,
    gradientScale: Float,
    meanGradient: inout MutableSpan<Float>,
    meanSquare: inout MutableSpan<Float>,
    learningRate: Float,
    gradientMomentum: Float,
    squaredGradientMomentum: Float,
    minSquaredGradient: Float
) {
    let count = parameters.count
    precondition(gradient.count == count)
    precondition(meanGradient.count == count && meanSquare.count == count)
    let rule = dqn_rmsprop_nature(
        learning_rate: learningRate,
        gradient_momentum: gradientMomentum,
        squared_gradient_momentum: squaredGradientMomentum,
        min_squared_gradient: minSquaredGradient
    )
    unsafe dqn_step_rmsprop_nature(
        rule,
        gradientScale,
        gradient.address,
        count,
        parameters.address,
        meanGradient.address,
        meanSquare.address
    )
}

/// b ← μb + ∂ / (√(s − g²) + ε), θ ← θ − α b; `meanStep` is a new gradient's share in g.
public func updateByRMSProp(
    _ parameters: inout MutableSpan<Float>,
    gradient: Span<Float>,
    gradientScale: Float,
    meanGradient: inout MutableSpan<Float>,
    meanSquare: inout MutableSpan<Float>,
    velocity: inout MutableSpan<Float>,
    learningRate: Float,
    squaredGradientDecay: Float,
    meanStep: Float,
    epsilon: Float,
    momentum: Float
) {
    let count = parameters.count
    precondition(gradient.count == count && velocity.count == count)
    precondition(meanGradient.count == count && meanSquare.count == count)
    let rule = dqn_rmsprop(
        learning_rate: learningRate,
        squared_gradient_decay: squaredGradientDecay,
        mean_step: meanStep,
        epsilon: epsilon,
        momentum: momentum
    )
    unsafe dqn_step_rmsprop(
        rule,
        gradientScale,
        gradient.address,
        count,
        parameters.address,
        meanGradient.address,
        meanSquare.address,
        velocity.address
    )
}

/// θ ← kept · θ − rate · m / (√v · spread + ε), where `rate` and `spread` free the moments of their bias.
public func updateByAdam(
    _ parameters: inout MutableSpan<Float>,
    gradient: Span<Float>,
    gradientScale: Float,
    meanGradient: inout MutableSpan<Float>,
    meanSquare: inout MutableSpan<Float>,
    rate: Float,
    spread: Float,
    firstMomentDecay: Float,
    secondMomentDecay: Float,
    epsilon: Float,
    kept: Float = 1
) {
    let count = parameters.count
    precondition(gradient.count == count)
    precondition(meanGradient.count == count && meanSquare.count == count)
    let rule = dqn_adam(
        rate: rate,
        spread: spread,
        first_moment_decay: firstMomentDecay,
        second_moment_decay: secondMomentDecay,
        epsilon: epsilon,
        kept: kept
    )
    unsafe dqn_step_adam(
        rule,
        gradientScale,
        gradient.address,
        count,
        parameters.address,
        meanGradient.address,
        meanSquare.address
    )
}
