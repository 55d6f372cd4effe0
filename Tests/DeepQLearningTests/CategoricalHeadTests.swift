import DeepQLearning
import ExperienceReplay
import JSONFields
import NumericExpectations
import Tensors
import Testing

/// C51's projection, targets and loss.
@Suite(.timeLimit(.minutes(5))) struct CategoricalHeadTests {
    /// Atoms, their probabilities, the first and last atom of the support, and what is expected:
    /// `project_distribution` in Dopamine's tests.
    static let projections: [([Float], [Float], (Float, Float), [Float])] = [
        ([0, 1, 2, 3, 4], [0.1, 0.2, 0.1, 0.3, 0.3], (3, 7), [0.7, 0.3, 0, 0, 0]),
        ([4, 3, 2, 1, 0], [0.1, 0.2, 0.1, 0.3, 0.3], (3, 7), [0.9, 0.1, 0, 0, 0]),
        ([0, 2, 4, 6, 8], [0.1, 0.6, 0.1, 0.1, 0.1], (4, 8), [0.8, 0, 0.1, 0, 0.1]),
        ([0, 2, 4, 6, 8], [0.1, 0.2, 0.3, 0.2, 0.2], (3, 7), [0.3, 0.3, 0, 0.2, 0.2]),
        ([0, 2, 4, 6, 8], [0.1, 0.2, 0.2, 0.2, 0.3], (0, 16), [0.2, 0.4, 0.4, 0, 0]),
        ([3, 4, 5, 6, 7], [0.1, 0.2, 0.1, 0.3, 0.3], (3, 7), [0.1, 0.2, 0.1, 0.3, 0.3]),
    ]

    @Test("distributions are projected as Dopamine projects them", arguments: projections)
    func dopamine(atoms: [Float], masses: [Float], ends: (Float, Float), expected: [Float]) {
        // Atoms at equal distances are the support's, scaled and shifted.
        let support = CategoricalSupport(atomCount: 5, minimum: ends.0, maximum: ends.1)
        let scale = (atoms[1] - atoms[0]) / ((ends.1 - ends.0) / 4)
        let projected = project(masses, support, reward: atoms[0] - scale * ends.0, scale)
        for (mass, expected) in zip(projected, expected) {
            #expect(abs(mass - expected) < 1e-6, "\(projected)")
        }
    }

    /// Atoms that are not at equal distances are projected one at a time.
    static let unequalProjections: [([Float], [Float], (Float, Float), [Float])] = [
        ([1, 3, 4, 5, 6], [0.1, 0.2, 0.5, 0.1, 0.1], (4, 8), [0.8, 0.1, 0.1, 0, 0]),
        ([8, 9, 10, 12, 14], [0.1, 0.2, 0.4, 0.1, 0.2], (0, 16), [0, 0, 0.45, 0.45, 0.1]),
    ]

    @Test("atoms anywhere are projected as Dopamine projects them", arguments: unequalProjections)
    func unequal(atoms: [Float], masses: [Float], ends: (Float, Float), expected: [Float]) {
        let support = CategoricalSupport(atomCount: 5, minimum: ends.0, maximum: ends.1)
        var sum = [Float](repeating: 0, count: 5)
        for (atom, mass) in zip(atoms, masses) {
            let one = project([mass, 0, 0, 0, 0], support, reward: atom, 0)
            sum = zip(sum, one).map { $0 + $1 }
        }
        for (mass, expected) in zip(sum, expected) { #expect(abs(mass - expected) < 1e-6) }
    }

    static let terminals: [(Float, [Int: Float])] = [
        (1, [27: 0.5, 28: 0.5]), (-1, [22: 0.5, 23: 0.5]), (0, [25: 1]), (50, [50: 1]),
        (-50, [0: 1]),
    ]

    @Test("a terminal reward lies between the two atoms next to it", arguments: terminals)
    func terminal(reward: Float, expected: [Int: Float]) {
        var masses = [Float](repeating: 0, count: 51)
        masses[13] = 1
        let projected = project(masses, Self.atari, reward: reward, 0)
        for (index, mass) in projected.enumerated() {
            #expect(abs(mass - (expected[index] ?? 0)) < 1e-5)
        }
    }

    @Test("the whole mass arrives for every reward, on an atom or not")
    func mass() {
        let even = [Float](repeating: 1 / 51, count: 51)
        for reward in Self.atari.atoms + [-0.31, 0.1, 3.77, 1e9, -1e9] {
            for discount in [0, 0.9, 1] as [Float] {
                let sum = project(even, Self.atari, reward: reward, discount).reduce(0, +)
                #expect(abs(sum - 1) < 1e-5)
            }
        }
    }

    @Test("the gradient is that of finite differences, and only of the action taken")
    func gradient() {
        let head = ValueHead.categorical(.init(atomCount: 7, minimum: -2, maximum: 2))
        expectFiniteDifferences(head, weights: [1, 0.3, 2]) { $0.head.kind = .categorical }
    }

    @Test("a transition's error is how far its distribution is from the target's")
    func errors() {
        let head = ValueHead.categorical(.init(atomCount: 3, minimum: -1, maximum: 1))
        var batch = TransitionBatch(count: 2, stateByteCount: 4)
        let outputs: [Float] = [0, 0, 0, 5, -5, -5, 1, 2, 3, 0, 0, 0]
        let third = Float(1) / 3
        let targets = [third, third, third, third, third, third]
        batch.actions = [0, 0]
        _ = loss(head, &batch, outputs, targets, DQNHyperparameters())
        #expect(batch.errors[0] < 1e-6)
        // KL of the even distribution from softmax(1, 2, 3).
        #expect(abs(batch.errors[1] - 0.3089936) < 1e-5, "\(batch.errors)")
    }

    static let atari = CategoricalSupport(atomCount: 51, minimum: -10, maximum: 10)

    private func project(
        _ masses: [Float],
        _ support: CategoricalSupport,
        reward: Float,
        _ discount: Float
    ) -> [Float] {
        var sum = [Float](repeating: 0, count: support.atomCount)
        var span = sum.mutableSpan
        support.project(masses.span, reward: reward, discount: discount, addingTo: &span)
        return sum
    }
}
