import ArgumentParser

/// The command line: each subcommand builds what it needs and lets it run.
@main
struct DQNServer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dqn-server",
        abstract: "Trains Deep Q-Networks and answers with their Q-values, over HTTP.",
        subcommands: [Serve.self]
    )
}
