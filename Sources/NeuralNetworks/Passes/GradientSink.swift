internal import Tensors

/// Where the gradient of the parameters goes, a range of them after the other, each range once.
enum GradientSink: ~Escapable, Sendable {
    /// Into a block of the parameters' layout.
    case block(DisjointFloats)
    /// Into a step, after which it is given up: the whole gradient is never held.
    case step(ParameterStep)

    /// Computes the gradient of some parameters and puts it where it goes.
    ///
    /// - Parameters:
    ///   - range: Which parameters; nothing reads them any more in this pass.
    ///   - worker: The worker that calls.
    ///   - compute: Overwrites the gradient, and may prefetch what is read next.
    func take(
        _ range: Range<Int>,
        worker: Int,
        _ compute: (_ gradient: inout MutableSpan<Float>, _ prefetch: Prefetch) -> Void
    ) {
        switch self {
        case .block(let block):
            var gradient = block.part(range)
            compute(&gradient.floats, Prefetch())
        case .step(let step):
            step.take(range, worker: worker, compute)
        }
    }
}

/// A step by a gradient that comes a few parameters at a time and is used while a core's cache holds it.
struct ParameterStep: ~Escapable, Sendable {
    private let optimizer: OptimizerStep
    private let parameters: DisjointFloats
    /// The parameters before the step; nil where it is made in place.
    private let start: Span<Float>?
    private let memory: PassMemory

    @_lifetime(copy optimizer, copy parameters, copy start, copy memory)
    init(
        by optimizer: OptimizerStep,
        of parameters: DisjointFloats,
        startingAt start: Span<Float>? = nil,
        _ memory: PassMemory
    ) {
        precondition(optimizer.parameterCount == parameters.count)
        self.optimizer = optimizer
        self.parameters = parameters
        self.start = start
        self.memory = memory
    }

    fileprivate func take(
        _ range: Range<Int>,
        worker: Int,
        _ compute: (_ gradient: inout MutableSpan<Float>, _ prefetch: Prefetch) -> Void
    ) {
        var gradient = memory.blockGradient(range.count, worker: worker)
        compute(&gradient.floats, optimizer.prefetch(range))
        if let start {
            var values = parameters.part(range)
            values.floats.copy(from: start.extracting(range))
        }
        optimizer.apply(to: parameters, range, gradient: gradient.floats.span, scale: 1)
    }
}
