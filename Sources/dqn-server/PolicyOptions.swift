import ArgumentParser
import BackgroundQueues
import Checkpoints
import DeepQLearning
import Environments
import Foundation
import NeuralNetworks
import RandomNumbers
import Training

/// A policy to play, and the environment to play it in.
struct PolicyOptions: ParsableArguments {
    @Option(help: "The file of the policy, as \"train\" and the server save it.")
    var checkpoint: String

    @Option(help: "The environment to play in; the one it was trained in if not given.")
    var environment: String?

    @Option(
        name: .customLong("option"),
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            """
            An option of the environment; may be given several times. Options that are not given \
            are as in training.
            """,
            valueName: "key=value"
        )
    )
    var options: [String] = []

    @Option(
        parsing: .unconditional,
        help: "How often an action is chosen at random: from 0, never, to 1, always."
    )
    var epsilon: Float = 0.05

    @Option(parsing: .unconditional, help: "The number that all random numbers are derived from.")
    var seed = 1

    @OptionGroup var machine: MachineOptions

    func validate() throws {
        guard !checkpoint.isEmpty else {
            throw ValidationError("--checkpoint is empty, expected the name of a file")
        }
        guard (0...1).contains(epsilon) else {
            throw ValidationError("--epsilon is \(epsilon), expected 0...1")
        }
        guard seed >= 0 else { throw ValidationError("--seed is \(seed), expected at least 0") }
    }

    /// The cores to compute on.
    var pool: ComputePool { ComputePool(width: machine.threads) }

    /// The policy in its environment, ready to play.
    func evaluation() throws -> (Evaluation, environment: String) {
        let policy: PolicyCheckpoint
        do {
            policy = try PolicyCheckpoint(contentsOf: checkpoint)
        } catch let error as CheckpointError {
            throw CommandFailure("\(checkpoint): \(error)")
        } catch {
            throw CommandFailure("cannot read \(checkpoint): \(error.systemReason)")
        }
        let id = environment ?? policy.environment
        guard !id.isEmpty else {
            throw refusal(
                "\(checkpoint) does not say which environment it was trained in; give --environment"
            )
        }
        let environments = try machine.environments
        if let fault = environments.fault(ofName: id) {
            throw refusal("\(environment == nil ? checkpoint : "--environment"): \(fault)")
        }
        let streams = RandomStreams(seed: UInt64(seed))
        let world = try environments.make(
            id,
            options: try environmentOptions(of: policy, in: id),
            generator: streams.generator(named: "environment")
        )
        guard policy.policy.fits(world.specification) else {
            throw CommandFailure(
                "\(checkpoint) cannot play \(id): it knows \(policy.policy.summary), and \(id) has "
                    + world.specification.summaryOfStates
            )
        }
        let evaluation = Evaluation(
            environment: world,
            policy: try QFunction(policy.policy, capacity: 1, workers: machine.threads),
            epsilon: epsilon,
            generator: streams.generator(named: "policy")
        )
        return (evaluation, id)
    }

    /// The options that the policy was trained with, changed by those that are given.
    private func environmentOptions(
        of policy: PolicyCheckpoint,
        in environment: String
    ) throws -> EnvironmentOptions {
        var result: EnvironmentOptions = [:]
        if environment == policy.environment {
            let trained = Data(policy.environmentOptions.utf8)
            do {
                result = try JSONDecoder().decode(EnvironmentOptions.self, from: trained)
            } catch {
                throw CommandFailure(
                    "\(checkpoint): what it says of the options it was trained with cannot be read"
                )
            }
        }
        for text in options {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else {
                throw ValidationError("--option takes key=value, got \"\(text)\"")
            }
            result[parts[0]] =
                Bool(parts[1]).map(OptionValue.boolean) ?? Int(parts[1]).map(OptionValue.integer)
                ?? Double(parts[1]).map(OptionValue.number) ?? .text(parts[1])
        }
        return result
    }
}

extension PolicySnapshot {
    /// Whether it was made for states and actions like the environment's.
    fileprivate func fits(_ environment: EnvironmentSpecification) -> Bool {
        let observation = environment.observation
        guard actionCount == environment.actionNames.count else { return false }
        switch function {
        case .table(let table): return table.stateCount == observation.stateCount
        case .network:
            return input.shape == observation.shape
                && input.scalar.rawValue == observation.scalar.rawValue
        }
    }

    fileprivate var summary: String {
        switch function {
        case .table(let table): "\(actionCount) actions in each of \(table.stateCount) states"
        case .network: "\(actionCount) actions for states of \(input.shape) \(input.scalar) numbers"
        }
    }
}

extension EnvironmentSpecification {
    fileprivate var summaryOfStates: String {
        let count = observation.stateCount.map { ", one of \($0)" } ?? ""
        return "\(actionNames.count) actions for states of \(observation.shape) "
            + "\(observation.scalar) numbers\(count)"
    }
}
