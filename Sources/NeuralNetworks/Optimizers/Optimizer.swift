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

    private var adamCorrection = Adam.Correction(rate: 0, spread: 0)

    /// Starts the rule with nothing remembered.
    /// - Throws: `NetworkError.memory` where there is none for what it is to remember.
    public init(
        _ specification: OptimizerSpecification,
        parameterCount: Int
    ) throws(NetworkError) {
        let part = "the optimizer's moments"
        let mean = try FloatBuffer.allocating(parameterCount, for: part)
        let square = try FloatBuffer.allocating(parameterCount, for: part)
        let velocity = try FloatBuffer.allocating(
            specification.hasVelocity ? parameterCount : 0,
            for: part
        )
        self.specification = specification
        meanGradient = mean
        meanSquare = square
        self.velocity = velocity
    }

    /// Goes on from what was remembered earlier.
    public mutating func restore(
        updateCount: Int,
        meanGradient: Span<Float>,
        meanSquare: Span<Float>,
        velocity: Span<Float>
    ) {
        self.updateCount = updateCount
        self.meanGradient.copyAll(of: meanGradient)
        self.meanSquare.copyAll(of: meanSquare)
        self.velocity.copyAll(of: velocity)
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
        precondition(gradient.count == parameters.count)
        beginUpdate()
        step(parameters, gradient: gradient, scale: scale, pool: pool)
    }

    private borrowing func step(
        _ parameters: borrowing FloatBuffer,
        gradient: borrowing FloatBuffer,
        scale: Float,
        pool: ComputePool
    ) {
        let parts = Partition(length: parameters.count, partSize: Self.partSize)
        pool.forEach(parts.count) { part, _ in
            // Each part changes a range of its own, in every block.
            unsafe step(parameters, parts[part], gradient: gradient.span(parts[part]), scale: scale)
        }
    }

    /// Parameters that one core changes at a time: about 10 µs of work.
    private static let partSize = 16_384

    /// Counts the step whose parts are about to be made by `step`.
    mutating func beginUpdate() {
        updateCount += 1
        if case .adam(let rule) = specification {
            adamCorrection = rule.correction(updateCount: updateCount)
        }
    }

    /// Makes the step of some parameters.
    ///
    /// Unsafe: no two calls that overlap in time may be given the same parameters.
    ///
    /// - Parameters:
    ///   - parameters: All parameters; those of `range` are changed.
    ///   - range: Which of them.
    ///   - gradient: Their gradient.
    ///   - scale: What it is multiplied by first.
    @unsafe
    borrowing func step(
        _ parameters: borrowing FloatBuffer,
        _ range: Range<Int>,
        gradient: Span<Float>,
        scale: Float
    ) {
        precondition(meanGradient.count == parameters.count)
        unsafe parameters.withUnsafeMutableSpan(range) { values in
            unsafe meanGradient.withUnsafeMutableSpan(range) { mean in
                unsafe meanSquare.withUnsafeMutableSpan(range) { square in
                    switch specification {
                    case .rmspropNature(let rule):
                        rule.step(
                            &values,
                            gradient: gradient,
                            gradientScale: scale,
                            meanGradient: &mean,
                            meanSquare: &square
                        )
                    case .rmsprop(let rule):
                        unsafe velocity.withUnsafeMutableSpan(range) { velocity in
                            rule.step(
                                &values,
                                gradient: gradient,
                                gradientScale: scale,
                                meanGradient: &mean,
                                meanSquare: &square,
                                velocity: &velocity
                            )
                        }
                    case .adam(let rule):
                        rule.step(
                            &values,
                            gradient: gradient,
                            gradientScale: scale,
                            meanGradient: &mean,
                            meanSquare: &square,
                            correction: adamCorrection
                        )
                    }
                }
            }
        }
    }
}

extension OptimizerSpecification {
    /// Whether the rule keeps a heavy-ball momentum beside its two moments.
    var hasVelocity: Bool {
        switch self {
        case .rmsprop: true
        case .rmspropNature, .adam: false
        }
    }

    /// How many numbers the rule remembers of each parameter.
    public var momentCount: Int { hasVelocity ? 3 : 2 }
}

extension FloatBuffer {
    fileprivate mutating func copyAll(of source: Span<Float>) {
        var span = mutableSpan
        span.copy(from: source)
    }
}
