package import RandomNumbers

/// A walk over ice from the upper left to the lower right corner, between holes.
///
/// The goal is worth 1, all else nothing. The ice is slippery: only one step in three goes where it
/// was meant to.
///
/// The maps and the transition probabilities of Gymnasium's FrozenLake-v1; see
/// Fixtures/Environments/frozen_lake.json. The best policy reaches the goal of the 4×4 map in 74 %
/// of the episodes of 100 steps.
package struct FrozenLake: Environment, BuiltInGame, Codable, Equatable {
    static let options = [
        EnvironmentOption(
            "map",
            "How large the lake is.",
            "4x4",
            .words(maps.keys.sorted())
        ),
        EnvironmentOption(
            "slippery",
            "Whether a step goes to either side of its direction in two cases of three.",
            true,
            .boolean
        ),
        EnvironmentOption(
            "time_limit_steps",
            "Steps after which an episode is cut off; Gymnasium has 100, and 200 on the 8x8 map.",
            100,
            .integers(1...1_000_000)
        ),
    ]

    /// S start, F frozen, H hole, G goal.
    static let maps = [
        "4x4": ["SFFF", "FHFH", "FFFH", "HFFG"],
        "8x8": [
            "SFFFFFFF", "FFFFFFFF", "FFFHFFFF", "FFFFFHFF",
            "FFFHFFFF", "FHHFFFHF", "FHFFHFHF", "FFFHFFFG",
        ],
    ]

    /// What a step may lead to.
    package struct Transition: Equatable, Sendable {
        package let probability: Double
        package let state: Int
        package let reward: Float
        package let isTerminal: Bool
    }

    /// The letters of the map, row after row.
    let tiles: [UInt8]
    /// Rows, and columns.
    let side: Int
    private(set) var state = 0
    private let isSlippery: Bool
    private let timeLimitSteps: Int
    private var generator: RandomGenerator
    private var steps = 0
    private var isPlaying = false

    /// Creates a lake with the given options.
    package init(
        options: EnvironmentOptions = [:],
        generator: RandomGenerator
    ) throws(EnvironmentError) {
        let options = try Self.resolve(options)
        let map = Self.maps[options.text("map")] ?? []
        tiles = map.flatMap(\.utf8)
        side = map.count
        isSlippery = options.boolean("slippery")
        timeLimitSteps = options.integer("time_limit_steps")
        self.generator = generator
    }

    package static let specification: EnvironmentSpecification = specification(stateCount: 16)

    package var specification: EnvironmentSpecification {
        Self.specification(stateCount: tiles.count)
    }

    private static func specification(stateCount: Int) -> EnvironmentSpecification {
        EnvironmentSpecification(
            id: "frozen-lake",
            summary: "Cross a frozen lake between holes, on ice that slips: 1 for the goal.",
            observation: ObservationSpec(oneHotStates: stateCount),
            actionNames: ["LEFT", "DOWN", "RIGHT", "UP"],
            options: options
        )
    }

    /// The upper left corner.
    package mutating func reset(into frame: inout MutableSpan<UInt8>) -> TimeStep {
        state = 0
        steps = 0
        isPlaying = true
        frame.writeOneHot(state)
        return TimeStep(environmentFrames: 0)
    }

    /// A step that goes where the ice lets it.
    package mutating func step(_ action: Int, into frame: inout MutableSpan<UInt8>) -> TimeStep {
        precondition(isPlaying, "a step needs a reset before it")
        precondition((0..<4).contains(action), "actions are 0...3, got \(action)")
        let slip = isSlippery ? generator.integer(below: 3) - 1 : 0
        let outcome = arrival(from: state, by: action + slip)
        state = outcome.state
        steps += 1
        let isTimeUp = steps >= timeLimitSteps
        isPlaying = !outcome.isTerminal && !isTimeUp
        frame.writeOneHot(state)
        return TimeStep(reward: outcome.reward, isOver: outcome.isTerminal, isTimeUp: isTimeUp)
    }

    /// All that an action may lead to, the slip to the left of it first.
    package func transitions(from state: Int, by action: Int) -> [Transition] {
        let isOver = "HG".utf8.contains(tiles[state])
        let slips = isSlippery && !isOver ? [-1, 0, 1] : [0]
        return slips.map { slip in
            let outcome =
                isOver
                ? (state: state, reward: 0, isTerminal: true)
                : arrival(from: state, by: action + slip)
            return Transition(
                probability: 1 / Double(slips.count),
                state: outcome.state,
                reward: outcome.reward,
                isTerminal: outcome.isTerminal
            )
        }
    }

    /// Where a direction (modulo 4) leads; walls hold back.
    private func arrival(
        from state: Int,
        by direction: Int
    ) -> (state: Int, reward: Float, isTerminal: Bool) {
        var (row, column) = state.quotientAndRemainder(dividingBy: side)
        switch (direction + 4) % 4 {
        case 0: column = max(column - 1, 0)
        case 1: row = min(row + 1, side - 1)
        case 2: column = min(column + 1, side - 1)
        default: row = max(row - 1, 0)
        }
        let arrival = row * side + column
        let tile = tiles[arrival]
        let isGoal = tile == UInt8(ascii: "G")
        return (arrival, isGoal ? 1 : 0, isGoal || tile == UInt8(ascii: "H"))
    }
}
