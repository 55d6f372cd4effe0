import ArgumentParser
import Foundation
import JSONFields
import Training

/// `dqn-server evaluate`: how good a policy is.
struct Evaluate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Plays episodes with a policy and tells how well it does."
    )

    @OptionGroup var policy: PolicyOptions

    @Option(parsing: .unconditional, help: "How many episodes to play, 1 to 1000000.")
    var episodes = 30

    @Flag(help: "Print the result as one line of JSON.")
    var json = false

    func validate() throws {
        guard (1...1_000_000).contains(episodes) else {
            throw ValidationError("--episodes is \(episodes), expected 1...1000000")
        }
    }

    func run() async throws {
        let (evaluation, environment) = try policy.evaluation()
        let summary = try evaluation.run(episodes: episodes, pool: policy.pool)
        if json {
            print(JSONValue.object(summary.json).description)
        } else {
            print(
                String(
                    format: "%@: mean return %.4g ± %.4g (smallest %.4g, largest %.4g) over "
                        + "%d episodes with ε %.3g, mean length %.1f",
                    environment,
                    summary.meanReturn,
                    summary.standardDeviation,
                    summary.minReturn,
                    summary.maxReturn,
                    summary.episodes,
                    Double(summary.epsilon),
                    summary.meanLength
                )
            )
        }
    }
}
