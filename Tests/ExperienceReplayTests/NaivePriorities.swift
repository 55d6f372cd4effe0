import ExperienceReplay
import Foundation
import Snapshots

/// Priorities as their definition reads: a list of all that was ever given out, beside a plain replay
/// memory of each environment.
struct NaivePriorities {
    /// A transition by its environment and by the number of its first frame.
    struct Key: Hashable {
        var environment: Int
        var number: Int
    }

    let exponent: Double
    let uniformShare: Double
    let offset: Double
    private var priorities: [Key: Double] = [:]
    private var largest = 1.0

    init(exponent: Double, uniformShare: Double, offset: Double) {
        (self.exponent, self.uniformShare, self.offset) = (exponent, uniformShare, offset)
    }

    mutating func noteNewest(of environment: Int, _ replay: NaiveReplay) {
        let number = replay.steps.count - 2
        guard number >= 0, replay.steps[number].action != nil else { return }
        priorities[Key(environment: environment, number: number)] = largest
    }

    /// Of every transition that can be drawn.
    func probabilities(_ replays: [NaiveReplay]) -> [Key: Double] {
        let keys = replays.indices.flatMap { environment in
            replays[environment].drawableNumbers.map { Key(environment: environment, number: $0) }
        }
        let powers = keys.map { pow(priorities[$0] ?? .nan, exponent) }
        let sum = powers.reduce(0, +)
        let uniform = 1 / Double(keys.count)
        return Dictionary(
            uniqueKeysWithValues: zip(keys, powers).map { key, power in
                let share = sum > 0 ? power / sum : uniform
                return (key, (1 - uniformShare) * share + uniformShare * uniform)
            }
        )
    }

    mutating func update(_ batch: TransitionBatch, of pair: borrowing ReplayPair) {
        for row in 0..<batch.count {
            guard let origin = batch.origins[row] else { continue }
            let environment = origin.slot / (pair.replay.capacity / pair.environments.count)
            let naive = pair.environments[environment].naive
            guard naive.drawableNumbers.contains(origin.number) else { continue }
            let priority = Double(abs(batch.errors[row])) + offset
            largest = max(largest, priority)
            priorities[Key(environment: environment, number: origin.number)] = priority
        }
    }
}

extension ReplayPair {
    /// Of every transition that can be drawn, as the sampler has them.
    func probabilities() -> [NaivePriorities.Key: Double] {
        let size = replay.capacity / environments.count
        var probabilities: [NaivePriorities.Key: Double] = [:]
        for environment in environments.indices {
            for number in environments[environment].naive.drawableNumbers {
                let frame = FrameIdentity(slot: environment * size + number % size, number: number)
                probabilities[.init(environment: environment, number: number)] =
                    sampler.probability(of: frame, in: replay)
            }
        }
        return probabilities
    }
}

/// A replay memory and its priorities, as the bytes of their snapshot.
struct SamplerSnapshot: Equatable {
    private let bytes: Data

    init(of pair: borrowing ReplayPair) throws {
        let writer = SnapshotWriter()
        try pair.replay.write(to: writer)
        try pair.sampler.write(to: writer, of: pair.replay)
        bytes = try writer.finish().bytes()
    }

    func restore(_ pair: inout ReplayPair) throws {
        let reader = try SnapshotReader.reading(bytes)
        try pair.replay.restore(from: reader)
        try pair.sampler.restore(from: reader, of: pair.replay)
    }
}
