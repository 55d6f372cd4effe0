import ArgumentParser

/// The command line: each subcommand builds what it needs and lets it run.
///
/// It exits with 0 where all went well, 1 where it could not be done, 64 where the command line is
/// wrong, and 129, 130 or 143 where SIGHUP, SIGINT or SIGTERM ended a training early.
@main
struct DQNServer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dqn-server",
        abstract: "Trains Deep Q-Networks and answers with their Q-values, over HTTP.",
        version: "0.1.0",
        subcommands: [Serve.self, Train.self, Evaluate.self, Play.self, Check.self]
    )
}
