import ArgumentParser
import Environments
import Foundation
import Frames
import Training

/// `dqn-server play`: an episode to look at.
struct Play: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Plays one episode with a policy and saves it as pictures."
    )

    @OptionGroup var policy: PolicyOptions

    @Option(
        help: """
            Where the pictures go: a name that ends in .png or .apng is one animated file; a name \
            that ends in a slash, or a folder that is there, gets a file for each picture.
            """
    )
    var output = "episode.png"

    @Flag(help: "Replace files that are there already; in a folder, all pictures of an episode.")
    var overwrite = false

    @Option(parsing: .unconditional, help: "How many times larger the pictures are, 1 to 16.")
    var scale = 1

    @Option(parsing: .unconditional, help: "Pictures a second of the animation, 1 to 100.")
    var framesPerSecond = 15

    @Option(
        parsing: .unconditional,
        help: "The most pictures to save; the episode is played to its end even so."
    )
    var maxFrames = 3000

    func validate() throws {
        guard !output.isEmpty else {
            throw ValidationError("--output is empty, expected the name of a file or folder")
        }
        guard PictureOutput(output) != nil else {
            throw ValidationError(
                "--output is \(output), expected a file that ends in .png or .apng, or a folder "
                    + "that is there or whose name ends in /"
            )
        }
        guard (1...16).contains(scale) else {
            throw ValidationError("--scale is \(scale), expected 1...16")
        }
        guard (1...100).contains(framesPerSecond) else {
            throw ValidationError("--frames-per-second is \(framesPerSecond), expected 1...100")
        }
        guard (1...100_000).contains(maxFrames) else {
            throw ValidationError("--max-frames is \(maxFrames), expected 1...100000")
        }
    }

    func run() async throws {
        let (evaluation, environment) = try policy.evaluation()
        guard let pictures = PictureOutput(output) else {
            throw CommandFailure("\(output) is a folder no more")
        }
        try pictures.prepare(overwriting: overwrite)
        var film = AnimatedPNG(framesPerSecond: framesPerSecond)
        var count = 0
        let episode = try evaluation.playEpisode(pool: policy.pool) { world in
            guard count < maxFrames, let picture = world.rendered()?.scaled(by: scale) else {
                return
            }
            switch pictures {
            case .animation: film.append(picture)
            case .folder: try pictures.write(picture.png(), number: count)
            }
            count += 1
        }
        guard count > 0 else {
            throw CommandFailure("\(environment) cannot be drawn, so there are no pictures to save")
        }
        if case .animation(let file) = pictures { try file.write(film.encoded()) }
        print(
            "\(environment): return \(String(format: "%.4g", episode.episodeReturn)) "
                + "after \(episode.length) steps, \(count) pictures in \(output)"
        )
    }
}
