import BackgroundQueues
import CKernels
import Synchronization

/// The most additions and multiplications a second, measured in registers on all cores of a pool.
func peakOperationsPerSecond(_ pool: ComputePool) -> Double {
    let iterations = 400_000
    let operations = Double(pool.width * iterations) * Double(dqn_operations_per_iteration)
    let sink = Mutex<Float>(0)
    let measurement = Measurement(seconds: 0.1) {
        pool.forEach(pool.width) { _, _ in
            let result = dqn_multiply_adds(iterations)
            sink.withLock { $0 += result }
        }
    }
    return operations / measurement.minimum
}
