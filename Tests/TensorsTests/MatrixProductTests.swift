import NumericExpectations
import RandomNumbers
import Tensors
import Testing

@Suite(.timeLimit(.minutes(5))) struct MatrixProductTests {
    @Test("agrees with three plain loops", arguments: 0..<60)
    func naive(seed: UInt64) {
        var random = RandomGenerator(seed: seed)
        let (m, n, k) = (
            random.integer(in: 1...70), random.integer(in: 1...70), random.integer(in: 1...70)
        )
        let (transposesA, transposesB) = (
            random.integer(below: 2) == 1, random.integer(below: 2) == 1
        )
        let gaps = (0..<3).map { _ in random.integer(below: 4) }
        let retained = Float(random.integer(below: 2))
        let (aRows, aColumns) = transposesA ? (k, m) : (m, k)
        let (bRows, bColumns) = transposesB ? (n, k) : (k, n)
        let a = random.floats(aRows * (aColumns + gaps[0]))
        let b = random.floats(bRows * (bColumns + gaps[1]))
        let before = random.floats(m * (n + gaps[2]))

        var product = FloatBuffer(copying: before.span)
        var aMatrix = Matrix(a.span, rows: aRows, columns: aColumns, rowStride: aColumns + gaps[0])
        var bMatrix = Matrix(b.span, rows: bRows, columns: bColumns, rowStride: bColumns + gaps[1])
        if transposesA { aMatrix = aMatrix.transposed }
        if transposesB { bMatrix = bMatrix.transposed }
        var target = product.mutableSpan
        multiply(aMatrix, bMatrix, into: &target, rowStride: n + gaps[2], retaining: retained)

        var expected = before.map(Double.init)
        for i in 0..<m {
            for j in 0..<n {
                var sum = Double(before[i * (n + gaps[2]) + j]) * Double(retained)
                for p in 0..<k {
                    let left = transposesA ? p * (m + gaps[0]) + i : i * (k + gaps[0]) + p
                    let right = transposesB ? j * (k + gaps[1]) + p : p * (n + gaps[1]) + j
                    sum += Double(a[left]) * Double(b[right])
                }
                expected[i * (n + gaps[2]) + j] = sum
            }
        }
        #expect(relativeError(product.array, expected) < 1e-5)
    }

    @Test("matrices whose sizes do not meet trap")
    func mismatch() async {
        await #expect(processExitsWith: .failure) {
            let a = FloatBuffer(count: 6)
            var product = FloatBuffer(count: 4)
            var target = product.mutableSpan
            let matrix = Matrix(a.span, rows: 2, columns: 3)
            multiply(matrix, matrix, into: &target)
        }
    }
}
