import ArgumentParser
import NeuralNetworks
import RandomNumbers
import Tensors

/// The Q-values of a batch of states.
struct ForwardPass: Benchmark {
    static let configuration = CommandConfiguration(
        commandName: "forward",
        abstract: "Q-values of the Nature network, by the size of the batch."
    )

    @OptionGroup var machine: MachineOptions
    @OptionGroup var output: ReportOptions

    func measure(into report: inout Report) throws {
        let kernels = machine.kernels ?? .fastest
        let network = try natureNetwork(kernels)
        var random = RandomGenerator(seed: 1)
        let parameters = try network.initialParameters(.fanInUniform, using: &random)
        let pool = machine.pool
        let peak = peakOperationsPerSecond(pool)
        let byteCount = network.architecture.input.byteCount
        for batch in [1, 2, 4, 8, 32, 128] {
            let states = observations(batch * byteCount, seed: 2)
            var workspace = try Workspace(
                network: network,
                capacity: batch,
                workers: machine.threads,
                keepsGradients: false
            )
            let measurement = Measurement(seconds: machine.seconds) {
                network.forward(
                    states.span,
                    count: batch,
                    parameters: parameters,
                    workspace: &workspace,
                    pool: pool
                )
            }
            var line = ReportLine("forward")
            line.add("kernels", kernels.description)
            line.add("threads", machine.threads)
            line.add("batch", batch)
            line.add("states_per_second", Double(batch) / measurement.median)
            let operations = NatureLayer.forwardOperations * Double(batch)
            line.add(measurement, operations: operations, peak: peak)
            report.add(line)
        }
    }
}
