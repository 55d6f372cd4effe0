internal import Tensors

/// One step of a rule, applied to some parameters after the other by several cores at a time, each of them
/// once.
struct OptimizerStep: ~Escapable, Sendable {
    private let rule: Rule
    private let meanGradient: DisjointFloats
    private let meanSquare: DisjointFloats
    private let velocity: DisjointFloats

    @_lifetime(copy meanGradient, copy meanSquare, copy velocity)
    init(
        _ specification: OptimizerSpecification,
        updateCount: Int,
        meanGradient: DisjointFloats,
        meanSquare: DisjointFloats,
        velocity: DisjointFloats
    ) {
        rule =
            switch specification {
            case .rmspropNature(let rule): .rmspropNature(rule)
            case .rmsprop(let rule): .rmsprop(rule)
            case .adam(let rule): .adam(rule.step(updateCount: updateCount))
            case .radam(let rule): .adam(rule.step(updateCount: updateCount))
            }
        self.meanGradient = meanGradient
        self.meanSquare = meanSquare
        self.velocity = velocity
    }

    /// What a rule comes to at this update.
    private enum Rule {
        case rmspropNature(RMSPropNature)
        case rmsprop(RMSProp)
        case adam(AdamStep)
    }

    /// How many parameters it is a step of.
    var parameterCount: Int { meanGradient.count }

    /// What the step of some parameters will read beside them and their gradient.
    @_lifetime(copy self)
    func prefetch(_ range: Range<Int>) -> Prefetch {
        Prefetch(meanGradient.span(range), meanSquare.span(range))
    }

    /// Makes the step of some parameters.
    ///
    /// - Parameters:
    ///   - parameters: All parameters; those of `range` are changed.
    ///   - range: Which of them.
    ///   - gradient: Their gradient.
    ///   - scale: What it is multiplied by first.
    func apply(
        to parameters: DisjointFloats,
        _ range: Range<Int>,
        gradient: Span<Float>,
        scale: Float
    ) {
        var values = parameters.part(range)
        var mean = meanGradient.part(range)
        var square = meanSquare.part(range)
        switch rule {
        case .rmspropNature(let rule):
            rule.step(
                &values.floats,
                gradient: gradient,
                gradientScale: scale,
                meanGradient: &mean.floats,
                meanSquare: &square.floats
            )
        case .rmsprop(let rule):
            var velocity = velocity.part(range)
            rule.step(
                &values.floats,
                gradient: gradient,
                gradientScale: scale,
                meanGradient: &mean.floats,
                meanSquare: &square.floats,
                velocity: &velocity.floats
            )
        case .adam(let step):
            step.apply(
                to: &values.floats,
                gradient: gradient,
                gradientScale: scale,
                meanGradient: &mean.floats,
                meanSquare: &square.floats
            )
        }
    }
}
