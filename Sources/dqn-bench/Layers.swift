import ArgumentParser
import BackgroundQueues
import Tensors

/// Each layer of the Nature network by itself, on one core, forward and back.
struct Layers: Benchmark {
    static let configuration = CommandConfiguration(
        abstract: "The layers' products, with every kind of kernels."
    )

    @Option(help: "Observations in a batch.") var batch = 32
    @OptionGroup var machine: MachineOptions
    @OptionGroup var output: ReportOptions

    func measure(into report: inout Report) throws {
        let peak = peakOperationsPerSecond(ComputePool(width: 1))
        for (name, layer) in NatureLayer.all {
            for kernels in Kernels.allCases where kernels.isAvailable {
                let measurements =
                    switch layer {
                    case .convolution(let shape):
                        passes(of: Convolution(shape, kernels: kernels))
                    case .dense(let inputs, let outputs):
                        passes(of: AffineMap(inputs: inputs, outputs: outputs, kernels: kernels))
                    }
                for (pass, measurement) in measurements {
                    var line = ReportLine("layer")
                    line.add("layer", name)
                    line.add("pass", pass)
                    line.add("kernels", kernels.description)
                    line.add("batch", batch)
                    let operations = layer.operations * Double(batch)
                    line.add(measurement, operations: operations, peak: peak)
                    report.add(line)
                }
            }
        }
    }
}
