import BackgroundQueues
import Synchronization
import Tensors

/// The most additions and multiplications a second, measured in registers on all cores of a pool; zero
/// where no kernels of our own run.
func peakOperationsPerSecond(_ pool: ComputePool) -> Double {
    guard let peak = MultiplyAddPeak(.fastest) else { return 0 }
    let iterations = 400_000
    let operations = Double(pool.width * iterations * peak.operationsPerIteration)
    let sink = Mutex<Float>(0)
    let measurement = Measurement(seconds: 0.1) {
        pool.forEach(pool.width) { _, _ in
            let result = peak.run(iterations: iterations)
            sink.withLock { $0 += result }
        }
    }
    return operations / measurement.minimum
}
