import ArgumentParser
import DeepQLearning
import ExperienceReplay
import NeuralNetworks
import RandomNumbers
import Tensors

/// One update of deep Q-learning on a batch that is already drawn: both passes forward, the way back
/// and the step.
struct GradientStep: Benchmark {
    static let configuration = CommandConfiguration(abstract: "Updates of the Nature network.")

    @Option(help: "Transitions of one update.") var batch = 32
    @Option(help: "adam or rmsprop (the paper's).") var optimizer = "adam"
    @Option(help: "What is learned, and how: \(LearningMethod.names).")
    var method = LearningMethod.scalar
    @OptionGroup var machine: MachineOptions
    @OptionGroup var output: ReportOptions

    func validate() throws {
        guard ["adam", "rmsprop"].contains(optimizer) else {
            throw ValidationError("--optimizer is \(optimizer), expected adam or rmsprop")
        }
    }

    func measure(into report: inout Report) throws {
        let kernels = machine.kernels ?? .fastestForBatches
        var hyperparameters = DQNHyperparameters()
        hyperparameters.batchSize = batch
        method.change(&hyperparameters)
        let network = try Sequential(
            hyperparameters.architecture(input: .pixels([4, 84, 84]), actionCount: 4),
            kernels: kernels
        )
        if optimizer == "adam" {
            hyperparameters.optimizer = .adam(Adam())
        }
        var random = RandomGenerator(seed: 1)
        var learner = try DQNLearner(
            network: network,
            parameters: try network.initialParameters(.fanInUniform, using: &random),
            hyperparameters: hyperparameters,
            workers: machine.threads
        )
        let byteCount = network.architecture.input.byteCount
        var transitions = TransitionBatch(count: batch, stateByteCount: byteCount)
        transitions.states = observations(batch * byteCount, seed: 2)
        transitions.nextStates = observations(batch * byteCount, seed: 3)
        transitions.discounts = (0..<batch).map { $0 % 16 == 0 ? 0 : 0.99 }
        transitions.rewards = (0..<batch).map { Float($0 % 3) - 1 }
        let pool = machine.pool
        let peak = peakOperationsPerSecond(pool)
        let measurement = Measurement(seconds: machine.seconds) {
            _ = learner.learn(from: &transitions, pool: pool)
        }
        var line = ReportLine("gradient-step")
        line.add("kernels", kernels.description)
        line.add("optimizer", optimizer)
        line.add("method", method.rawValue)
        line.add("threads", machine.threads)
        line.add("batch", batch)
        line.add("updates_per_second", 1 / measurement.median)
        let operations = NatureLayer.gradientStepOperations * Double(batch)
        line.add(measurement, operations: operations, peak: peak)
        report.add(line)
    }
}
