import NumericExpectations
import RandomNumbers
import Tensors
import Testing

@Suite(.timeLimit(.minutes(5))) struct ElementwiseTests {
    @Test("rectify keeps what is positive, and its gradient passes only there")
    func rectified() {
        var values: [Float] = [-2, -0.0, 0, 1e-30, 3, .infinity, .nan]
        var span = values.mutableSpan
        rectify(&span)
        #expect(values[0..<6] == [0, 0, 0, 1e-30, 3, .infinity])
        #expect(values[6].isNaN)
        var gradient: [Float] = [1, 2, 3, 4, 5, 6, 7]
        var gradientSpan = gradient.mutableSpan
        maskGradient(&gradientSpan, whereZero: values.span)
        #expect(gradient == [0, 0, 0, 4, 5, 6, 0])
    }

    @Test("rows are added to a matrix and summed from it", arguments: [1, 3, 16, 37])
    func rows(width: Int) {
        var random = RandomGenerator(seed: UInt64(width))
        let row = random.floats(width)
        let before = random.floats(width * 5)
        var matrix = before
        var span = matrix.mutableSpan
        addToRows(row.span, of: &span)
        #expect(matrix == before.enumerated().map { $1 + row[$0 % width] })
        var sum = [Float](repeating: 0, count: width)
        var sumSpan = sum.mutableSpan
        addRows(of: before.span, to: &sumSpan)
        let expected = (0..<width).map { column in
            (0..<5).reduce(0.0) { $0 + Double(before[$1 * width + column]) }
        }
        #expect(relativeError(sum, expected) < 1e-6)
    }

    @Test("the sum of squares takes in every number", arguments: [0, 1, 7, 8, 9, 100, 1003])
    func squares(count: Int) {
        var random = RandomGenerator(seed: UInt64(count))
        let values = random.floats(count)
        let expected = values.reduce(0.0) { $0 + Double($1) * Double($1) }
        #expect(abs(sumOfSquares(values.span) - expected) <= 1e-12 * max(expected, 1))
    }

    @Test("frames become channels, oldest first, each byte scaled once")
    func interleaving() {
        // Three frames of two pixels.
        let planes: [UInt8] = [0, 51, 102, 153, 204, 255]
        var image = [Float](repeating: -1, count: 6)
        var span = image.mutableSpan
        interleave(planes.span, channels: 3, scaledBy: 1 / 255, into: &span)
        let expected = [0, 0.4, 0.8, 0.2, 0.6, 1]
        #expect(relativeError(image, expected) < 1e-7)
    }

    @Test("many frames of any size are interleaved", arguments: 1...6, [0, 1, 15, 16, 100])
    func interleavingSizes(channels: Int, pixels: Int) {
        let planes = (0..<(channels * pixels)).map { UInt8(truncatingIfNeeded: $0 * 37) }
        var image = [Float](repeating: -1, count: planes.count)
        var span = image.mutableSpan
        interleave(planes.span, channels: channels, scaledBy: 0.3, into: &span)
        let expected = (0..<pixels).flatMap { pixel in
            (0..<channels).map { Float(planes[$0 * pixels + pixel]) * 0.3 }
        }
        #expect(image == expected)
    }

    @Test("rows become columns", arguments: [(1, 1), (4, 4), (16, 32), (7, 5), (3, 130), (33, 6)])
    func transposition(rows: Int, columns: Int) {
        var random = RandomGenerator(seed: 1)
        let matrix = random.floats(rows * columns)
        var transposed = [Float](repeating: 0, count: rows * columns)
        var span = transposed.mutableSpan
        transpose(matrix.span, rows: rows, columns: columns, into: &span)
        let expected = (0..<columns).flatMap { column in
            (0..<rows).map { matrix[$0 * columns + column] }
        }
        #expect(transposed == expected)
    }

    @Test("floats are read from little-endian bytes")
    func floatBytes() {
        let numbers: [Float] = [1, -2.5, .infinity, 0x1p-149]
        let bytes = numbers.flatMap { number in
            (0..<4).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * UInt32($0))) }
        }
        var read = [Float](repeating: 0, count: 4)
        var span = read.mutableSpan
        readFloats(bytes.span, into: &span)
        #expect(read == numbers)
    }
}
