import Environments
import Frames

/// A game of 84×84 screens in which frame n lights pixel n alone, so that an observation tells
/// exactly which frames it was made of.
final class FakeScreens: ScreenSource {
    let screenHeight = 84
    let screenWidth = 84
    let actionNames: [String]

    /// The frame after which each game is over; the last one holds for all further games.
    var lengths: [Int]
    /// Lives after each frame; the last one holds for all further frames.
    var lives: [Int]
    var rewardPerFrame: Float = 0

    /// What was asked, in order.
    private(set) var log: [Command] = []
    private var game = -1
    private var frame = 0
    private var shown: (newest: [UInt8], previous: [UInt8])

    enum Command: Equatable {
        case reset
        case act([String])

        static func act(_ name: String, frames: Int) -> Command {
            .act([String](repeating: name, count: frames))
        }
    }

    init(
        actionNames: [String] = ["NOOP", "FIRE", "RIGHT", "LEFT"],
        lengths: [Int] = [.max],
        lives: [Int] = [0]
    ) {
        self.actionNames = actionNames
        self.lengths = lengths
        self.lives = lives
        // What a stale buffer would show.
        let stale = [UInt8](repeating: 255, count: 84 * 84 * 3)
        shown = (stale, stale)
    }

    func reset() -> ScreenReport {
        log.append(.reset)
        game += 1
        frame = 0
        shown.newest = picture()
        return report(reward: 0, frames: 0, screens: 1)
    }

    func act(_ actions: [UInt8]) -> ScreenReport {
        log.append(.act(actions.map { Atari.actionNames[Int($0)] }))
        var played = 0
        var screens = 1
        while played < actions.count && !isOver {
            frame += 1
            played += 1
            if played == actions.count - 1 && !isOver {
                shown.previous = picture()
                screens = 2
            }
        }
        shown.newest = picture()
        return report(reward: Float(played) * rewardPerFrame, frames: played, screens: screens)
    }

    func withScreens<Outcome>(
        _ body: (_ newest: Span<UInt8>, _ previous: Span<UInt8>) -> Outcome
    ) -> Outcome {
        let (newest, previous) = shown
        return body(newest.span, previous.span)
    }

    func state() -> [UInt8] {
        [UInt8(game), UInt8(frame)]
    }

    func restore(_ state: [UInt8], newest: [UInt8]) throws(EnvironmentError) {
        guard state.count == 2 else { throw .workerRefused(reason: "no state") }
        game = Int(state[0])
        frame = Int(state[1])
        shown.newest = newest
    }

    private var isOver: Bool {
        frame >= lengths[min(game, lengths.count - 1)]
    }

    private func picture() -> [UInt8] {
        var picture = [UInt8](repeating: 0, count: 84 * 84 * 3)
        for channel in 0..<3 {
            picture[3 * frame + channel] = 255
        }
        return picture
    }

    private func report(reward: Float, frames: Int, screens: Int) -> ScreenReport {
        ScreenReport(
            reward: reward,
            lives: lives[min(frame, lives.count - 1)],
            isGameOver: isOver,
            frames: frames,
            screens: screens
        )
    }
}

extension Played {
    /// The frames of the game that the observation shows.
    var litFrames: [Int] {
        frame.indices.filter { frame[$0] == 255 }
    }
}
