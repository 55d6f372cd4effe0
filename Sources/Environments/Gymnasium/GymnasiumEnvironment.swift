package import Frames
internal import RandomNumbers

/// An environment of Gymnasium's interface in a worker process.
///
/// A class because the environment itself runs elsewhere and cannot be copied.
package final class GymnasiumEnvironment: Environment {
    package let specification: EnvironmentSpecification

    private let conversation: GymnasiumConversation
    private var preprocessing: DeclaredPreprocessing
    private let observationByteCount: Int
    private var generator: RandomGenerator
    /// Whether the environment was given its seed.
    private var isSeeded = false
    private var isPlaying = false
    private var announced: Int?
    private var hasBegun = false

    /// Begins to play with a worker that has made it.
    /// - Parameters:
    ///   - specification: What its job knows it as.
    ///   - conversation: With a worker that has made it.
    ///   - observation: What comes from it.
    ///   - generator: Draws the seed.
    init(
        _ specification: EnvironmentSpecification,
        conversation: GymnasiumConversation,
        observation: DeclaredObservation,
        generator: RandomGenerator
    ) {
        self.specification = specification
        self.conversation = conversation
        self.generator = generator
        observationByteCount = observation.byteCount
        preprocessing = DeclaredPreprocessing(observation)
    }

    /// The process's number, for tests that end it from outside.
    package var processIdentifier: Int { conversation.processIdentifier }

    /// Begins an episode: the first with a seed, after which the environment's randomness goes on.
    package func reset(into frame: inout MutableSpan<UInt8>) throws(EnvironmentError) -> TimeStep {
        if announced != nil {
            // What it brought, or why it failed, is no part of the new episode.
            announced = nil
            _ = try? conversation.receive()
        }
        isPlaying = false
        let seed = isSeeded ? UInt32.max : UInt32(generator.integer(below: 1 << 31))
        try conversation.send(.reset, seed)
        try conversation.receive()
        try take("reset", into: &frame)
        (isSeeded, isPlaying, hasBegun) = (true, true, true)
        return TimeStep(environmentFrames: 0)
    }

    package func announce(_ action: Int) throws(EnvironmentError) {
        precondition(announced == nil, "an action is announced once")
        precondition(isPlaying, "a step needs a reset before it")
        precondition(
            specification.actionNames.indices.contains(action),
            "actions are \(specification.actionNames.indices), got \(action)"
        )
        try conversation.send(.step, UInt32(action))
        announced = action
    }

    package func step(
        _ action: Int,
        into frame: inout MutableSpan<UInt8>
    ) throws(EnvironmentError) -> TimeStep {
        if announced == nil { try announce(action) }
        announced = nil
        let answer = try conversation.receive()
        try take("step", into: &frame)
        let reward = Float(answer.reward)
        guard reward.isFinite else {
            throw .environmentFailed(
                specification.id,
                reason: "step returned the reward \(answer.reward), expected a finite number"
            )
        }
        isPlaying = !answer.isTerminated && !answer.isTruncated
        return TimeStep(
            reward: reward,
            isOver: answer.isTerminated,
            isTimeUp: answer.isTruncated
        )
    }

    /// A picture of the environment's own, where it has one and is not busy with a step.
    package func rendered() -> Frame? {
        guard hasBegun, announced == nil else { return nil }
        guard (try? conversation.send(.render, 0)) != nil, (try? conversation.receive()) != nil
        else { return nil }
        let content = conversation.content
        guard content.count > 8 else { return nil }
        let height = Int(content.number(at: 0, as: UInt32.self))
        let width = Int(content.number(at: 4, as: UInt32.self))
        guard (1...4096).contains(height), (1...4096).contains(width),
            content.count == 8 + 3 * height * width
        else { return nil }
        return Frame(
            height: height,
            width: width,
            channels: 3,
            bytes: Array(content.dropFirst(8))
        )
    }

    /// Always throws: Gymnasium has no way to save an environment.
    package func snapshot() throws(EnvironmentError) -> [UInt8] {
        throw .snapshotNotWritten(
            specification.id,
            reason: "Gymnasium's environments cannot be saved"
        )
    }

    package func restore(_ snapshot: [UInt8]) throws(EnvironmentError) {
        throw .snapshotNotRead(
            specification.id,
            reason: "Gymnasium's environments cannot be saved"
        )
    }

    /// Writes the observation of the last answer.
    private func take(
        _ call: String,
        into frame: inout MutableSpan<UInt8>
    ) throws(EnvironmentError) {
        let bytes = conversation.content
        let content = bytes.span
        guard content.count == observationByteCount else {
            throw conversation.failUnintelligible(
                "an observation of \(content.count) bytes, expected \(observationByteCount)"
            )
        }
        if specification.observation.scalar == .float32 { try expectFinite(bytes, call) }
        preprocessing(content, into: &frame)
    }

    private func expectFinite(
        _ content: [UInt8],
        _ call: String
    ) throws(EnvironmentError) {
        for index in 0..<content.count / 4 {
            let number = content.float(at: index)
            guard number.isFinite else {
                throw .environmentFailed(
                    specification.id,
                    reason: "\(call) returned an observation with \(number) at index \(index), "
                        + "row-major; expected finite numbers of single precision"
                )
            }
        }
    }
}
