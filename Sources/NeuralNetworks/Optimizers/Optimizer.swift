public import BackgroundQueues
public import Tensors

/// A rule with what it remembers: changes parameters by their gradients.
public struct Optimizer: ~Copyable, Sendable {
    /// The rule.
    public let specification: OptimizerSpecification
    /// How many updates were made.
    public private(set) var updateCount = 0
    /// Running mean of the gradient, laid out like the parameters.
    public private(set) var meanGradient: FloatBuffer
    /// Running mean of the squared gradient, laid out like the parameters.
    public private(set) var meanSquare: FloatBuffer
    /// Heavy-ball momentum, laid out like the parameters; empty unless the rule has it.
    public private(set) var velocity: FloatBuffer

    /// Starts the rule with nothing remembered.
    public init(_ specification: OptimizerSpecification, parameterCount: Int) {
        self.specification = specification
        meanGradient = FloatBuffer(count: parameterCount)
        meanSquare = FloatBuffer(count: parameterCount)
        let hasVelocity =
            switch specification {
            case .rmsprop: true
            case .rmspropNature, .adam: false
            }
        velocity = FloatBuffer(count: hasVelocity ? parameterCount : 0)
    }

    /// Goes on from what was remembered earlier.
    public mutating func restore(
        updateCount: Int,
        meanGradient: Span<Float>,
        meanSquare: Span<Float>,
        velocity: Span<Float>
    ) {
        self.updateCount = updateCount
        self.meanGradient = FloatBuffer(copying: meanGradient)
        self.meanSquare = FloatBuffer(copying: meanSquare)
        self.velocity = FloatBuffer(copying: velocity)
    }

    /// Makes one step.
    ///
    /// - Parameters:
    ///   - parameters: Changed.
    ///   - gradient: ∂loss/∂parameters, of the same layout.
    ///   - scale: What the gradient is multiplied by first; below 1 where it was too long.
    ///   - pool: The cores to use.
    public mutating func update(
        _ parameters: borrowing FloatBuffer,
        gradient: borrowing FloatBuffer,
        scale: Float = 1,
        pool: ComputePool
    ) {
        let count = parameters.count
        precondition(gradient.count == count && meanGradient.count == count)
        updateCount += 1
        step(parameters, gradient: gradient, scale: scale, pool: pool)
    }

    private borrowing func step(
        _ parameters: borrowing FloatBuffer,
        gradient: borrowing FloatBuffer,
        scale: Float,
        pool: ComputePool
    ) {
        let parts = Partition(length: parameters.count, partSize: 65_536)
        pool.forEach(parts.count) { part, _ in
            let range = parts[part]
            let slope = gradient.span(range)
            // Each part changes a range of its own, in every block.
            unsafe parameters.withUnsafeMutableSpan(range) { values in
                unsafe meanGradient.withUnsafeMutableSpan(range) { mean in
                    unsafe meanSquare.withUnsafeMutableSpan(range) { square in
                        switch specification {
                        case .rmspropNature(let rule):
                            rule.step(
                                &values,
                                gradient: slope,
                                gradientScale: scale,
                                meanGradient: &mean,
                                meanSquare: &square
                            )
                        case .rmsprop(let rule):
                            unsafe velocity.withUnsafeMutableSpan(range) { velocity in
                                rule.step(
                                    &values,
                                    gradient: slope,
                                    gradientScale: scale,
                                    meanGradient: &mean,
                                    meanSquare: &square,
                                    velocity: &velocity
                                )
                            }
                        case .adam(let rule):
                            rule.step(
                                &values,
                                gradient: slope,
                                gradientScale: scale,
                                meanGradient: &mean,
                                meanSquare: &square,
                                updateCount: updateCount
                            )
                        }
                    }
                }
            }
        }
    }
}
