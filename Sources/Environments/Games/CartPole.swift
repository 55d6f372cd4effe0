internal import Foundation
package import RandomNumbers

/// A pole stands on a cart that is pushed left or right; every step it stands is worth 1.
///
/// The dynamics of Gymnasium's CartPole-v1 (Barto, Sutton and Anderson 1983), operation by
/// operation in double precision; see Fixtures/Environments/cartpole.json.
package struct CartPole: Environment, BuiltInGame, Codable, Equatable {
    static let options = [EnvironmentOption.timeLimit(steps: 500)]

    private static let gravity = 9.8
    private static let poleMass = 0.1
    private static let totalMass = poleMass + 1.0
    private static let halfPoleLength = 0.5
    private static let poleMassLength = poleMass * halfPoleLength
    private static let force = 10.0
    private static let stepSeconds = 0.02
    static let positionLimit = 2.4
    private static let angleLimit = 12 * 2 * Double.pi / 360

    /// What the agent observes: metres, metres a second, radians, radians a second.
    package struct State: Codable, Equatable, Sendable {
        package var position: Double
        package var velocity: Double
        package var angle: Double
        package var angularVelocity: Double

        package init(position: Double, velocity: Double, angle: Double, angularVelocity: Double) {
            self.position = position
            self.velocity = velocity
            self.angle = angle
            self.angularVelocity = angularVelocity
        }
    }

    package private(set) var state = State(
        position: 0,
        velocity: 0,
        angle: 0,
        angularVelocity: 0
    )
    private var generator: RandomGenerator
    private let timeLimitSteps: Int
    private var steps = 0
    private(set) var isPlaying = false

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
        id: "cartpole",
        summary: "Balance a pole on a cart: 1 for each step it stands, for at most 500 steps.",
        observation: ObservationSpec(frameShape: [4], scalar: .float32, stack: 1),
        actionNames: ["LEFT", "RIGHT"],
        options: options
    )

    package var specification: EnvironmentSpecification { Self.specification }

    /// Every number of the state between −0.05 and 0.05.
    package mutating func reset(into frame: inout MutableSpan<UInt8>) -> TimeStep {
        begin(
            at: State(
                position: generator.unitDouble() * 0.1 - 0.05,
                velocity: generator.unitDouble() * 0.1 - 0.05,
                angle: generator.unitDouble() * 0.1 - 0.05,
                angularVelocity: generator.unitDouble() * 0.1 - 0.05
            )
        )
        write(into: &frame)
        return TimeStep(environmentFrames: 0)
    }

    /// Begins an episode at a state of one's choice.
    package mutating func begin(at state: State) {
        self.state = state
        steps = 0
        isPlaying = true
    }

    /// Pushes the cart for 0.02 s; Euler's method.
    package mutating func step(_ action: Int, into frame: inout MutableSpan<UInt8>) -> TimeStep {
        precondition(isPlaying, "a step needs a reset before it")
        precondition((0..<2).contains(action), "actions are 0 and 1, got \(action)")
        let force = action == 1 ? Self.force : -Self.force
        let cosine = cos(state.angle)
        let sine = sin(state.angle)
        let squaredSpin = state.angularVelocity * state.angularVelocity
        let push = (force + Self.poleMassLength * squaredSpin * sine) / Self.totalMass
        let angularAcceleration =
            (Self.gravity * sine - cosine * push)
            / (Self.halfPoleLength
                * (4.0 / 3.0 - Self.poleMass * (cosine * cosine) / Self.totalMass))
        let acceleration =
            push - Self.poleMassLength * angularAcceleration * cosine / Self.totalMass
        state = State(
            position: state.position + Self.stepSeconds * state.velocity,
            velocity: state.velocity + Self.stepSeconds * acceleration,
            angle: state.angle + Self.stepSeconds * state.angularVelocity,
            angularVelocity: state.angularVelocity + Self.stepSeconds * angularAcceleration
        )
        steps += 1
        write(into: &frame)
        let hasFallen =
            abs(state.position) > Self.positionLimit || abs(state.angle) > Self.angleLimit
        let isTimeUp = steps >= timeLimitSteps
        isPlaying = !hasFallen && !isTimeUp
        return TimeStep(reward: 1, isOver: hasFallen, isTimeUp: isTimeUp)
    }

    private func write(into frame: inout MutableSpan<UInt8>) {
        precondition(frame.count == 16, "a frame has 16 bytes, got \(frame.count)")
        frame.write(Float(state.position), at: 0)
        frame.write(Float(state.velocity), at: 1)
        frame.write(Float(state.angle), at: 2)
        frame.write(Float(state.angularVelocity), at: 3)
    }
}
