public import BackgroundQueues
public import Tensors

/// Passes with noise in the dense layers, or without where there is none.
extension Sequential {
    /// Computes the outputs of `count` observations, as without noise, which was added to these parameters.
    public func forward(
        _ observations: Span<UInt8>,
        count: Int,
        parameters: borrowing FloatBuffer,
        noise: borrowing ParameterNoise,
        workspace: inout Workspace,
        pool: ComputePool
    ) {
        if noise.isEmpty {
            forward(
                observations,
                count: count,
                parameters: parameters,
                workspace: &workspace,
                pool: pool
            )
        } else {
            forward(
                observations,
                count: count,
                parameters: noise.parameters,
                workspace: &workspace,
                pool: pool
            )
        }
    }

    /// Computes the gradient of every parameter, that of the noise's scales too, as without noise.
    public func backward(
        count: Int,
        parameters: borrowing FloatBuffer,
        noise: borrowing ParameterNoise,
        workspace: inout Workspace,
        gradient: inout FloatBuffer,
        pool: ComputePool
    ) {
        guard !noise.isEmpty else {
            backward(
                count: count,
                parameters: parameters,
                workspace: &workspace,
                gradient: &gradient,
                pool: pool
            )
            return
        }
        backward(
            count: count,
            parameters: noise.parameters,
            workspace: &workspace,
            gradient: &gradient,
            pool: pool
        )
        noise.completeGradient(&gradient, pool: pool)
    }
}
