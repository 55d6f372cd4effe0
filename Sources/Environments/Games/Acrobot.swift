internal import Foundation
package import RandomNumbers

/// Two rods hang from each other, moved by the joint between them, until the lower end swings above a
/// line; every step before costs 1.
///
/// The dynamics of Gymnasium's Acrobot-v1 (Sutton 1996, with the equations of Sutton and Barto's book),
/// operation by operation in double precision; see Fixtures/Environments/acrobot.json.
package struct Acrobot: Environment, BuiltInGame, Codable, Equatable {
    static let options = [EnvironmentOption.timeLimit(steps: 500)]

    private static let stepSeconds = 0.2
    private static let firstSpeedLimit = 4 * Double.pi
    private static let secondSpeedLimit = 9 * Double.pi

    /// The angles of the rods, the first from hanging down, the second from the first, in radians; and
    /// how fast they change, in radians a second.
    package struct State: Codable, Equatable, Sendable {
        package var first: Double
        package var second: Double
        package var firstSpeed: Double
        package var secondSpeed: Double

        package init(first: Double, second: Double, firstSpeed: Double, secondSpeed: Double) {
            self.first = first
            self.second = second
            self.firstSpeed = firstSpeed
            self.secondSpeed = secondSpeed
        }

        /// The state so many times a change later.
        func advanced(by change: State, times factor: Double) -> State {
            State(
                first: first + factor * change.first,
                second: second + factor * change.second,
                firstSpeed: firstSpeed + factor * change.firstSpeed,
                secondSpeed: secondSpeed + factor * change.secondSpeed
            )
        }
    }

    package private(set) var state = State(first: 0, second: 0, firstSpeed: 0, secondSpeed: 0)
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
        id: "acrobot",
        summary: "Swing two rods up above a line: -1 for each step before, for at most 500 steps.",
        observation: ObservationSpec(frameShape: [6], scalar: .float32, stack: 1),
        actionNames: ["CLOCKWISE", "NOOP", "COUNTERCLOCKWISE"],
        options: options
    )

    package var specification: EnvironmentSpecification { Self.specification }

    /// Every number of the state between −0.1 and 0.1, in single precision as in Gymnasium.
    package mutating func reset(into frame: inout MutableSpan<UInt8>) -> TimeStep {
        func draw() -> Double { Double(Float(generator.unitDouble() * 0.2 - 0.1)) }
        begin(
            at: State(first: draw(), second: draw(), firstSpeed: draw(), secondSpeed: draw())
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

    /// Turns the joint for 0.2 s; the method of Runge and Kutta, in one piece.
    package mutating func step(_ action: Int, into frame: inout MutableSpan<UInt8>) -> TimeStep {
        precondition(isPlaying, "a step needs a reset before it")
        precondition((0..<3).contains(action), "actions are 0...2, got \(action)")
        let torque = Double(action - 1)
        let seconds = Self.stepSeconds
        let half = seconds / 2
        let change1 = Self.change(of: state, torque)
        let change2 = Self.change(of: state.advanced(by: change1, times: half), torque)
        let change3 = Self.change(of: state.advanced(by: change2, times: half), torque)
        let change4 = Self.change(of: state.advanced(by: change3, times: seconds), torque)
        func mean(_ path: KeyPath<State, Double>) -> Double {
            change1[keyPath: path] + 2 * change2[keyPath: path] + 2 * change3[keyPath: path]
                + change4[keyPath: path]
        }
        let change = State(
            first: mean(\.first),
            second: mean(\.second),
            firstSpeed: mean(\.firstSpeed),
            secondSpeed: mean(\.secondSpeed)
        )
        state = Self.bounded(state.advanced(by: change, times: seconds / 6))
        steps += 1
        write(into: &frame)
        let isThere = -cos(state.first) - cos(state.second + state.first) > 1
        let isTimeUp = steps >= timeLimitSteps
        isPlaying = !isThere && !isTimeUp
        return TimeStep(reward: isThere ? 0 : -1, isOver: isThere, isTimeUp: isTimeUp)
    }

    /// The derivative, for rods of mass, length and moment of inertia 1.
    private static func change(of state: State, _ torque: Double) -> State {
        let gravity = 9.8
        let cosine = cos(state.second)
        let sine = sin(state.second)
        let inertia1 = 0.25 + (1.25 + cosine) + 1 + 1
        let inertia2 = 0.25 + 0.5 * cosine + 1
        let pull2 = 0.5 * gravity * cos(state.first + state.second - .pi / 2)
        let pull1 =
            -0.5 * (state.secondSpeed * state.secondSpeed) * sine
            - state.secondSpeed * state.firstSpeed * sine
            + 1.5 * gravity * cos(state.first - .pi / 2) + pull2
        let acceleration2 =
            (torque + inertia2 / inertia1 * pull1
                - 0.5 * (state.firstSpeed * state.firstSpeed) * sine - pull2)
            / (1.25 - inertia2 * inertia2 / inertia1)
        let acceleration1 = -(inertia2 * acceleration2 + pull1) / inertia1
        return State(
            first: state.firstSpeed,
            second: state.secondSpeed,
            firstSpeed: acceleration1,
            secondSpeed: acceleration2
        )
    }

    /// Angles from −π to π, and speeds within their limits.
    private static func bounded(_ state: State) -> State {
        func wrapped(_ angle: Double) -> Double {
            var angle = angle
            while angle > .pi { angle -= 2 * .pi }
            while angle < -.pi { angle += 2 * .pi }
            return angle
        }
        func limited(_ speed: Double, _ limit: Double) -> Double {
            min(max(speed, -limit), limit)
        }
        return State(
            first: wrapped(state.first),
            second: wrapped(state.second),
            firstSpeed: limited(state.firstSpeed, firstSpeedLimit),
            secondSpeed: limited(state.secondSpeed, secondSpeedLimit)
        )
    }

    private func write(into frame: inout MutableSpan<UInt8>) {
        precondition(frame.count == 24, "a frame has 24 bytes, got \(frame.count)")
        let numbers = [
            cos(state.first), sin(state.first), cos(state.second), sin(state.second),
            state.firstSpeed, state.secondSpeed,
        ]
        for (index, number) in numbers.enumerated() {
            frame.write(Float(number), at: index)
        }
    }
}
