/// Numbers with a name and a shape, as checkpoints carry them.
public struct NamedTensor: Equatable, Sendable {
    /// Such as `conv1.weight`.
    public var name: String
    /// Sizes, slowest first.
    public var shape: [Int]
    /// Row-major.
    public var values: [Float]

    /// Creates the tensor.
    public init(name: String, shape: [Int], values: [Float]) {
        precondition(values.count == shape.reduce(1, *), "\(shape) has not \(values.count) numbers")
        self.name = name
        self.shape = shape
        self.values = values
    }
}
