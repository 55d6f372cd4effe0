package import Frames
internal import RandomNumbers

/// Two routes from a start to an end, two steps each: one pays 1 and then 10, the other 5 and then
/// −1.
///
/// The reward nearest at hand misleads: 5 is more than 1, but what counts is the discounted sum of
/// all that follows. From the start the first route is worth 1 + 10γ and the second 5 − γ, so that
/// the first is better as soon as γ > 4/11. An agent with γ = 0 goes wrong; a table of Q-values
/// shows why.
///
///             ┌─ LEFT,  +1 ─→ (1) ── +10 ─→┐
///     (0) start                            (3) end
///             └─ RIGHT, +5 ─→ (2) ──  −1 ─→┘
package struct Routes: Environment, BuiltInGame, Codable, Equatable {
    package static let specification = EnvironmentSpecification(
        id: "routes",
        summary: "Two routes to the end, +1 then +10 or +5 then -1: why returns are sums.",
        observation: ObservationSpec(oneHotStates: 4),
        actionNames: ["LEFT", "RIGHT"]
    )

    private static let end = 3

    private var state = Routes.end

    /// Creates the environment, which has no options and no randomness.
    package init() {}

    init(options: EnvironmentOptions, generator: RandomGenerator) throws(EnvironmentError) {
        _ = try Self.resolve(options)
    }

    package var specification: EnvironmentSpecification { Self.specification }

    /// Back to the start.
    package mutating func reset(into frame: inout MutableSpan<UInt8>) -> TimeStep {
        state = 0
        frame.writeOneHot(state)
        return TimeStep(environmentFrames: 0)
    }

    /// At the start the action chooses the route; after that both lead on.
    package mutating func step(_ action: Int, into frame: inout MutableSpan<UInt8>) -> TimeStep {
        precondition(state != Self.end, "a step needs a reset before it")
        precondition((0..<2).contains(action), "actions are 0 and 1, got \(action)")
        let reward: Float
        switch (state, action) {
        case (0, 0): (state, reward) = (1, 1)
        case (0, _): (state, reward) = (2, 5)
        case (1, _): (state, reward) = (Self.end, 10)
        default: (state, reward) = (Self.end, -1)
        }
        frame.writeOneHot(state)
        return TimeStep(reward: reward, isOver: state == Self.end, isTimeUp: false)
    }

    /// The four places and the ways between them, good ones green and the bad one red, thicker the
    /// more they pay; the agent is the dark dot.
    package func rendered() -> Frame? {
        var picture = Frame(height: 120, width: 200, filledWith: .rgb(250, 250, 248))
        let places = [(60.0, 25.0), (25.0, 100.0), (95.0, 100.0), (60.0, 175.0)]
        for (from, to, reward) in [(0, 1, 1.0), (1, 3, 10), (0, 2, 5), (2, 3, -1)] {
            picture.drawLine(
                from: places[from],
                to: places[to],
                thickness: 2 + abs(reward),
                with: reward > 0 ? .rgb(80, 160, 90) : .rgb(200, 70, 60)
            )
        }
        for place in places {
            picture.fillDisc(
                row: place.0,
                column: place.1,
                radius: 14,
                with: .rgb(205, 210, 220)
            )
        }
        let agent = places[state]
        picture.fillDisc(row: agent.0, column: agent.1, radius: 8, with: .rgb(30, 40, 60))
        return picture
    }
}
