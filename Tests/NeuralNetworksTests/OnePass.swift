import BackgroundQueues
import NeuralNetworks
import NumericExpectations
import Tensors

/// What a batch gives, and the gradient of Σ slope · output.
func pass(
    _ network: Sequential,
    _ parameters: borrowing FloatBuffer,
    _ bytes: [UInt8],
    _ slopes: [Float],
    count: Int,
    cores: Int
) throws -> (outputs: [Float], gradient: [Float]) {
    var workspace = try Workspace(
        network: network,
        capacity: count,
        workers: cores,
        keepsGradients: true
    )
    var gradient = FloatBuffer(count: network.parameterCount)
    let pool = ComputePool(width: cores)
    network.forward(
        bytes.span,
        count: count,
        parameters: parameters,
        workspace: &workspace,
        pool: pool
    )
    let outputs = network.withOutputGradients(of: &workspace, count: count) {
        $1.copy(from: slopes.span)
        return Array(copying: $0)
    }
    network.backward(
        count: count,
        parameters: parameters,
        workspace: &workspace,
        gradient: &gradient,
        pool: pool
    )
    return (outputs, gradient.array)
}
