internal import Foundation
package import RandomNumbers

/// A car in a valley that is too weak to drive straight up to the flag; every step costs 1.
///
/// The dynamics of Gymnasium's MountainCar-v0 (Moore 1990), operation by operation in double
/// precision; see Fixtures/Environments/mountain_car.json.
package struct MountainCar: Environment, BuiltInGame, Codable, Equatable {
    static let options = [EnvironmentOption.timeLimit(steps: 200)]

    static let positions = -1.2...0.6
    static let goal = 0.5
    private static let speedLimit = 0.07
    private static let force = 0.001
    private static let gravity = 0.0025

    /// What the agent observes.
    package struct State: Codable, Equatable, Sendable {
        package var position: Double
        /// The way of a step.
        package var velocity: Double

        package init(position: Double, velocity: Double) {
            self.position = position
            self.velocity = velocity
        }
    }

    package private(set) var state = State(position: -0.5, velocity: 0)
    private var generator: RandomGenerator
    private let timeLimitSteps: Int
    private var steps = 0
    private var isPlaying = false

    /// Creates a game with the given options.
    package init(
        options: EnvironmentOptions = [:],
        generator: RandomGenerator
    ) throws(EnvironmentError) {
        let options = try Self.resolve(options)
        timeLimitSteps = options.integer("time_limit_steps")
        self.generator = generator
    }

    package static let specification = EnvironmentSpecification(
        id: "mountain-car",
        summary: "Swing a weak car out of a valley: -1 for each step, for at most 200 steps.",
        observation: ObservationSpec(frameShape: [2], scalar: .float32, stack: 1),
        actionNames: ["LEFT", "NOOP", "RIGHT"],
        options: options
    )

    package var specification: EnvironmentSpecification { Self.specification }

    /// At rest, near the bottom of the valley.
    package mutating func reset(into frame: inout MutableSpan<UInt8>) -> TimeStep {
        begin(at: State(position: generator.unitDouble() * 0.2 - 0.6, velocity: 0))
        write(into: &frame)
        return TimeStep(environmentFrames: 0)
    }

    /// Begins an episode at a state of one's choice.
    package mutating func begin(at state: State) {
        self.state = state
        steps = 0
        isPlaying = true
    }

    /// Pushes the car; the left end of the track stops it.
    package mutating func step(_ action: Int, into frame: inout MutableSpan<UInt8>) -> TimeStep {
        precondition(isPlaying, "a step needs a reset before it")
        precondition((0..<3).contains(action), "actions are 0...2, got \(action)")
        var velocity =
            state.velocity
            + (Double(action - 1) * Self.force + cos(3 * state.position) * -Self.gravity)
        velocity = min(max(velocity, -Self.speedLimit), Self.speedLimit)
        let position = min(
            max(state.position + velocity, Self.positions.lowerBound),
            Self.positions.upperBound
        )
        if position == Self.positions.lowerBound && velocity < 0 { velocity = 0 }
        state = State(position: position, velocity: velocity)
        steps += 1
        write(into: &frame)
        let isThere = position >= Self.goal && velocity >= 0
        let isTimeUp = steps >= timeLimitSteps
        isPlaying = !isThere && !isTimeUp
        return TimeStep(reward: -1, isOver: isThere, isTimeUp: isTimeUp)
    }

    private func write(into frame: inout MutableSpan<UInt8>) {
        precondition(frame.count == 8, "a frame has 8 bytes, got \(frame.count)")
        frame.write(Float(state.position), at: 0)
        frame.write(Float(state.velocity), at: 1)
    }
}
