public import BackgroundQueues
public import Tensors

/// A rule with what it remembers: changes parameters by their gradients.
public struct Optimizer: ~Copyable, Sendable {
    /// The rule.
    public let specification: OptimizerSpecification
    /// What the rule's learning rate is multiplied by; its owner changes it over time.
    public var learningRateScale: Float = 1
    /// How many updates were made.
    public private(set) var updateCount = 0
    /// The update after which it remembered nothing: what it corrects for began there.
    private var startUpdate = 0
    /// Running mean of the gradient, laid out like the parameters.
    public private(set) var meanGradient: FloatBuffer
    /// Running mean of the squared gradient, laid out like the parameters.
    public private(set) var meanSquare: FloatBuffer
    /// Heavy-ball momentum, laid out like the parameters; empty unless the rule has it.
    public private(set) var velocity: FloatBuffer

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

    /// Forgets all moments, as if the next update were the first; they count on.
    public mutating func removeMoments() {
        startUpdate = updateCount
        meanGradient.removeAll()
        meanSquare.removeAll()
        velocity.removeAll()
    }

    /// Goes on from what was remembered earlier.
    ///
    /// - Parameters:
    ///   - updateCount: How many updates were made.
    ///   - startUpdate: How many of them before it last forgot its moments.
    ///   - meanGradient: Running mean of the gradient.
    ///   - meanSquare: Running mean of the squared gradient.
    ///   - velocity: Heavy-ball momentum; empty unless the rule has it.
    public mutating func restore(
        updateCount: Int,
        startUpdate: Int = 0,
        meanGradient: Span<Float>,
        meanSquare: Span<Float>,
        velocity: Span<Float>
    ) {
        self.updateCount = updateCount
        self.startUpdate = startUpdate
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
        _ parameters: inout FloatBuffer,
        gradient: borrowing FloatBuffer,
        scale: Float = 1,
        pool: ComputePool
    ) {
        precondition(gradient.count == parameters.count)
        let parts = Partition(length: parameters.count, partSize: Self.partSize)
        let values = parameters.disjointParts
        let step = beginUpdate()
        precondition(step.parameterCount == values.count)
        pool.forEach(parts.count) { part, _ in
            step.apply(to: values, parts[part], gradient: gradient.span(parts[part]), scale: scale)
        }
    }

    /// Parameters that one core changes at a time: about 10 µs of work.
    private static let partSize = 16_384

    /// Counts a step, whose parts are then applied.
    @_lifetime(&self)
    mutating func beginUpdate() -> OptimizerStep {
        updateCount += 1
        return OptimizerStep(
            specification.withLearningRate(scaledBy: learningRateScale),
            updateCount: updateCount - startUpdate,
            meanGradient: meanGradient.disjointParts,
            meanSquare: meanSquare.disjointParts,
            velocity: velocity.disjointParts
        )
    }
}

extension OptimizerSpecification {
    /// Whether the rule keeps a heavy-ball momentum beside its two moments.
    var hasVelocity: Bool {
        switch self {
        case .rmsprop: true
        case .rmspropNature, .adam, .radam: false
        }
    }

    /// How many numbers the rule remembers of each parameter.
    public var momentCount: Int { hasVelocity ? 3 : 2 }
}

extension FloatBuffer {
    fileprivate mutating func removeAll() {
        var span = mutableSpan
        span.fill(0)
    }

    fileprivate mutating func copyAll(of source: Span<Float>) {
        var span = mutableSpan
        span.copy(from: source)
    }
}
