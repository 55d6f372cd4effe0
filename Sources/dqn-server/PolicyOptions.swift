import ArgumentParser
import BackgroundQueues
import Checkpoints
import DeepQLearning
import Environments
import Foundation
import NeuralNetworks
import RandomNumbers
import Training

/// A policy to play, and the world to play it in.
struct PolicyOptions: ParsableArguments {
    @Option(help: "The safetensors file of the policy.")
    var checkpoint: String

    @Option(help: "The environment; the one it was trained in if not given.")
    var environment: String?

    @Option(
        name: .customLong("option"),
        help: "An option of the environment, as key=value; as in training if not given."
    )
    var options: [String] = []

    @Option(help: "How often an action is chosen at random.")
    var epsilon: Float = 0.05

    @Option(help: "What all random numbers are derived from.")
    var seed = 1

    @OptionGroup var machine: MachineOptions

    func validate() throws {
        guard (0...1).contains(epsilon) else {
            throw ValidationError("--epsilon is \(epsilon), expected 0...1")
        }
        guard seed >= 0 else { throw ValidationError("--seed is \(seed), expected at least 0") }
    }

    /// The cores to compute on.
    var pool: ComputePool { ComputePool(width: machine.threads) }

    /// The policy in its world, ready to play.
    func evaluation() throws -> (Evaluation, environment: String) {
        let policy: PolicyCheckpoint
        do {
            policy = try PolicyCheckpoint(contentsOf: checkpoint)
        } catch let error as CheckpointError {
            throw CommandFailure("\(checkpoint): \(error)")
        } catch {
            throw CommandFailure("cannot read \(checkpoint): \(error.localizedDescription)")
        }
        let id = environment ?? policy.environment
        guard !id.isEmpty else {
            throw ValidationError("the checkpoint names no environment; give --environment")
        }
        let streams = RandomStreams(seed: UInt64(seed))
        let world = try machine.environments.make(
            id,
            options: try environmentOptions(of: policy, in: id),
            generator: streams.generator(named: "environment")
        )
        let specification = world.specification
        guard specification.actionNames.count == policy.policy.actionCount,
            specification.observation.stateByteCount == policy.policy.input.byteCount
        else {
            throw CommandFailure(
                "the policy answers \(policy.policy.actionCount) actions for states of "
                    + "\(policy.policy.input.shape), but \(id) has "
                    + "\(specification.actionNames.count) and shows "
                    + "\(specification.observation.shape)"
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
                throw CommandFailure("\(checkpoint): its environment_options are no options")
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
