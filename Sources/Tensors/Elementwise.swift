/// Adds `row` to every row of `matrix`, shape (any, row.count).
public func addToRows(_ row: Span<Float>, of matrix: inout MutableSpan<Float>) {
    precondition(matrix.count.isMultiple(of: row.count), "rows of \(row.count) in \(matrix.count)")
    let width = row.count
    unsafe row.withUnsafeBufferPointer { row in
        unsafe matrix.withUnsafeMutableBufferPointer { matrix in
            for start in stride(from: 0, to: matrix.count, by: width) {
                for column in 0..<width {
                    unsafe matrix[start &+ column] += row[column]
                }
            }
        }
    }
}

/// Adds every row of `matrix`, shape (any, sum.count), to `sum`.
public func addRows(of matrix: Span<Float>, to sum: inout MutableSpan<Float>) {
    let width = sum.count
    precondition(matrix.count.isMultiple(of: width), "rows of \(width) in \(matrix.count)")
    unsafe matrix.withUnsafeBufferPointer { matrix in
        unsafe sum.withUnsafeMutableBufferPointer { sum in
            for start in stride(from: 0, to: matrix.count, by: width) {
                for column in 0..<width {
                    unsafe sum[column] += matrix[start &+ column]
                }
            }
        }
    }
}

/// Adds `terms` to `sums`, number by number.
public func add(_ terms: Span<Float>, to sums: inout MutableSpan<Float>) {
    precondition(terms.count == sums.count, "\(terms.count) terms for \(sums.count) sums")
    addToRows(terms, of: &sums)
}

/// max(0, x) for every number, in place.
public func rectify(_ values: inout MutableSpan<Float>) {
    unsafe values.withUnsafeMutableBufferPointer { values in
        for index in values.indices {
            let value = unsafe values[index]
            // Not `max`: a NaN must stay one, so that a broken run is seen and not silently mended.
            unsafe values[index] = value < 0 ? 0 : value
        }
    }
}

/// The gradient before a `rectify` whose outcome was `rectified`: zero wherever that is zero.
public func maskGradient(_ gradient: inout MutableSpan<Float>, whereZero rectified: Span<Float>) {
    precondition(gradient.count == rectified.count)
    unsafe gradient.withUnsafeMutableBufferPointer { gradient in
        unsafe rectified.withUnsafeBufferPointer { rectified in
            for index in gradient.indices {
                let passes = unsafe rectified[index] > 0
                unsafe gradient[index] = passes ? gradient[index] : 0
            }
        }
    }
}

/// Multiplies every number by `factor`, in place.
public func scale(_ values: inout MutableSpan<Float>, by factor: Float) {
    unsafe values.withUnsafeMutableBufferPointer { values in
        for index in values.indices {
            unsafe values[index] *= factor
        }
    }
}

/// The sum of all squares, in double precision and a fixed order.
public func sumOfSquares(_ values: Span<Float>) -> Double {
    unsafe values.withUnsafeBufferPointer { values in
        // Eight running sums, because one would wait for itself at every addition.
        var sums = SIMD8<Double>.zero
        let whole = values.count & ~7
        for start in stride(from: 0, to: whole, by: 8) {
            for lane in 0..<8 {
                let value = unsafe Double(values[start &+ lane])
                sums[lane] += value * value
            }
        }
        var sum = sums.sum()
        for index in whole..<values.count {
            let value = unsafe Double(values[index])
            sum += value * value
        }
        return sum
    }
}
