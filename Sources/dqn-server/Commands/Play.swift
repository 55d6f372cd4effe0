import ArgumentParser
import Environments
import Foundation
import Frames
import Training

/// `dqn-server play`: an episode to look at.
struct Play: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Plays one episode with a policy and writes it down as pictures."
    )

    @OptionGroup var policy: PolicyOptions

    @Option(help: "An animated PNG to write, or a folder for one PNG a step.")
    var output = "episode.png"

    @Option(help: "How many times larger the pictures are.")
    var scale = 1

    @Option(help: "Pictures a second of the animation.")
    var framesPerSecond = 15

    @Option(help: "At most so many pictures.")
    var maxFrames = 3000

    func validate() throws {
        guard (1...16).contains(scale) else {
            throw ValidationError("--scale is \(scale), expected 1...16")
        }
        guard (1...100).contains(framesPerSecond) else {
            throw ValidationError("--frames-per-second is \(framesPerSecond), expected 1...100")
        }
    }

    func run() async throws {
        var (evaluation, environment) = try policy.evaluation()
        var film = AnimatedPNG(framesPerSecond: framesPerSecond)
        let folder = output.hasSuffix(".png") ? nil : output
        if let folder {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true
            )
        }
        var count = 0
        let episode = try evaluation.playEpisode(pool: policy.pool) { world in
            guard count < maxFrames, let picture = world.rendered()?.scaled(by: scale) else {
                return
            }
            if let folder {
                let name = String(format: "%05d.png", count)
                try Data(picture.png()).write(to: URL(filePath: folder).appending(path: name))
            } else {
                film.append(picture)
            }
            count += 1
        }
        guard count > 0 else {
            throw CommandFailure("\(environment) has no picture of itself")
        }
        if folder == nil {
            try Data(film.encoded()).write(to: URL(filePath: output))
        }
        print(
            "\(environment): return \(String(format: "%.4g", episode.episodeReturn)) after \(episode.length) steps, "
                + "\(count) pictures in \(output)"
        )
    }
}
