internal import Foundation
internal import Frames

extension AtariEnvironment {
    /// What a snapshot holds; the screen is kept because the emulator does not give it back.
    private struct SavedGame: Codable {
        let options: AtariOptions
        let episode: Episode
        let emulator: Data
        let screenPNG: Data?
    }

    /// The emulator's state, the episode's, and the screen.
    package func snapshot() throws(EnvironmentError) -> [UInt8] {
        let saved = SavedGame(
            options: options,
            episode: episode,
            emulator: Data(try source.state()),
            screenPNG: rendered().map { Data($0.png()) }
        )
        do {
            return try encodedSnapshot(saved)
        } catch {
            throw .snapshotNotWritten(specification.id, reason: "\(error)")
        }
    }

    /// Goes on from a snapshot of the same game with the same options.
    package func restore(_ snapshot: [UInt8]) throws(EnvironmentError) {
        let saved: SavedGame
        var screen: Frame?
        do {
            saved = try JSONDecoder().decode(SavedGame.self, from: Data(snapshot))
            if let file = saved.screenPNG.map({ [UInt8]($0) }) {
                screen = try Frame(png: file.span, as: .rgb)
            }
        } catch {
            throw .snapshotNotRead(specification.id, reason: "\(error)")
        }
        guard saved.options == options else {
            throw .snapshotNotRead(specification.id, reason: "it was taken with other options")
        }
        if let screen {
            guard screen.height == source.screenHeight && screen.width == source.screenWidth else {
                throw .snapshotNotRead(specification.id, reason: "its screen has another size")
            }
        }
        try source.restore([UInt8](saved.emulator), newest: screen?.bytes ?? [])
        episode = saved.episode
    }
}
