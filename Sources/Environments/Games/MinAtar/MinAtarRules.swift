internal import Frames

/// What one of MinAtar's games is, from the beginning of an episode on.
package protocol MinAtarRules: Codable, Equatable, Sendable {
    /// What is the same in every episode.
    static var traits: MinAtarTraits { get }

    /// Begins an episode.
    /// - Parameters:
    ///   - isRamping: Whether the game becomes harder while it is played.
    ///   - chances: All its randomness.
    init(isRamping: Bool, chances: inout some ChanceSource)

    /// Plays one frame.
    mutating func step(
        _ action: MinAtarAction,
        chances: inout some ChanceSource
    ) -> MinAtarOutcome

    /// Lights the cells of a frame that was dark.
    func draw(on frame: inout MutableSpan<UInt8>)
}

/// What a frame brought.
package struct MinAtarOutcome: Equatable, Sendable {
    package var reward = 0
    /// Whether it was the episode's last.
    package var isOver = false
}

/// What the player can do, the same in all games.
package enum MinAtarAction: Int, CaseIterable, Codable, Sendable {
    case none, left, up, right, down, fire

    var name: String {
        switch self {
        case .none: "NOOP"
        case .left: "LEFT"
        case .up: "UP"
        case .right: "RIGHT"
        case .down: "DOWN"
        case .fire: "FIRE"
        }
    }

    /// Columns that it moves by.
    var columns: Int {
        switch self {
        case .left: -1
        case .right: 1
        default: 0
        }
    }

    /// Rows that it moves by.
    var rows: Int {
        switch self {
        case .up: -1
        case .down: 1
        default: 0
        }
    }
}

/// One kind of things of a game, each a plane of its own.
package struct MinAtarPlane: Sendable {
    let color: Frame.Color
    /// Whether it shows where a thing was, behind all things.
    let isTrail: Bool

    /// Things of some color.
    static func thing(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> MinAtarPlane {
        MinAtarPlane(color: .rgb(red, green, blue), isTrail: false)
    }

    /// Where things were before.
    static func trail(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> MinAtarPlane {
        MinAtarPlane(color: .rgb(red, green, blue), isTrail: true)
    }
}

/// What is the same in every episode of a game.
package struct MinAtarTraits: Sendable {
    /// In the order of the observation; in a picture, the first are in front.
    let planes: [MinAtarPlane]
    /// Those that do something.
    let minimalActions: [MinAtarAction]
    /// The game with these.
    let specification: EnvironmentSpecification
    /// The game with all six.
    let fullSpecification: EnvironmentSpecification

    init(
        id: String,
        summary: String,
        planes: [MinAtarPlane],
        minimalActions: [MinAtarAction]
    ) {
        func specification(_ actions: [MinAtarAction]) -> EnvironmentSpecification {
            EnvironmentSpecification(
                id: "minatar/" + id,
                summary: summary,
                observation: ObservationSpec(
                    frameShape: [planes.count, Cell.side, Cell.side],
                    scalar: .uint8,
                    stack: 1
                ),
                actionNames: actions.map(\.name),
                options: MinAtarOptions.declared
            )
        }
        self.planes = planes
        self.minimalActions = minimalActions
        self.specification = specification(minimalActions)
        fullSpecification = specification(MinAtarAction.allCases)
    }
}

extension MutableSpan<UInt8> {
    /// Lights a cell of a plane, as white as a picture is: the network divides by 255, so it reads a 1.
    mutating func light(_ cell: Cell, on plane: some RawRepresentable<Int>) {
        self[plane.rawValue * Cell.side * Cell.side + cell.index] = 255
    }

    /// Lights cells of a plane.
    mutating func light(_ cells: CellSet, on plane: some RawRepresentable<Int>) {
        cells.light(&self, from: plane.rawValue * Cell.side * Cell.side)
    }
}
