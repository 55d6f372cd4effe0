import Environments
import Foundation
import RandomNumbers

/// The files of Tests/Fixtures.
enum Fixture {
    static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures")

    static func data(_ path: String) throws -> Data {
        try Data(contentsOf: folder.appending(path: path))
    }
}

/// One step as it was delivered.
struct Played: Equatable {
    var frame: [UInt8]
    var step: TimeStep
}

extension ObservationSpec {
    /// The state that a one-hot frame shows; −1 if it is not one-hot.
    func state(of played: Played) -> Int {
        let numbers = stride(from: 0, to: played.frame.count, by: 4).map {
            Array(played.frame[$0..<$0 + 4])
        }
        let one: [UInt8] = [0, 0, 0x80, 0x3f]
        let isOneHot =
            numbers.count == stateCount
            && numbers.filter { $0 != [0, 0, 0, 0] } == [one]
        return isOneHot ? numbers.firstIndex(of: one) ?? -1 : -1
    }
}

extension Environment {
    mutating func begin() throws -> Played {
        var frame = [UInt8](repeating: 0xaa, count: specification.observation.frameByteCount)
        let step = try reset(into: &frame)
        return Played(frame: frame, step: step)
    }

    mutating func play(_ action: Int) throws -> Played {
        var frame = [UInt8](repeating: 0xaa, count: specification.observation.frameByteCount)
        let step = try step(action, into: &frame)
        return Played(frame: frame, step: step)
    }

    /// Plays random actions, over as many episodes as it takes.
    mutating func playRandomly(_ steps: Int, seed: UInt64) throws -> [Played] {
        var actions = RandomGenerator(seed: seed)
        var played = [try begin()]
        for _ in 0..<steps {
            if played[played.count - 1].step.episodeEnd != nil {
                played.append(try begin())
            }
            played.append(try play(actions.integer(below: specification.actionNames.count)))
        }
        return played
    }
}

/// Plays on from where an environment stands, without beginning anew.
func continueRandomly(
    _ environment: inout any Environment,
    _ steps: Int,
    seed: UInt64
) throws -> [Played] {
    var actions = RandomGenerator(seed: seed)
    var played: [Played] = []
    for _ in 0..<steps {
        if let last = played.last, last.step.episodeEnd != nil {
            played.append(try environment.begin())
        }
        let count = environment.specification.actionNames.count
        played.append(try environment.play(actions.integer(below: count)))
    }
    return played
}
