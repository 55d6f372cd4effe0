internal import COpenBLAS

/// A row-major matrix within a span, possibly a part of a wider one, possibly read transposed.
public struct Matrix: ~Escapable {
    let elements: Span<Float>
    let rows: Int
    let columns: Int
    let rowStride: Int
    let isTransposed: Bool

    /// Reads `elements` as a matrix of `rows` × `columns`.
    /// - Parameters:
    ///   - elements: At least from the first row's beginning to the last row's end.
    ///   - rows: How many rows.
    ///   - columns: How many numbers a row.
    ///   - rowStride: How far apart two rows begin; `columns` if the rows touch.
    @_lifetime(copy elements)
    public init(_ elements: Span<Float>, rows: Int, columns: Int, rowStride: Int? = nil) {
        self.init(elements, rows, columns, rowStride ?? columns, isTransposed: false)
    }

    @_lifetime(copy elements)
    private init(
        _ elements: Span<Float>,
        _ rows: Int,
        _ columns: Int,
        _ rowStride: Int,
        isTransposed: Bool
    ) {
        precondition(rowStride >= columns, "rows of \(columns) cannot begin every \(rowStride)")
        precondition(
            rows == 0 || (rows - 1) * rowStride + columns <= elements.count,
            "(\(rows), \(columns)) with rows every \(rowStride) in \(elements.count) floats"
        )
        self.elements = elements
        self.rows = rows
        self.columns = columns
        self.rowStride = rowStride
        self.isTransposed = isTransposed
    }

    /// The same elements with rows and columns exchanged; nothing is moved.
    public var transposed: Matrix {
        @_lifetime(copy self)
        get { Matrix(elements, rows, columns, rowStride, isTransposed: !isTransposed) }
    }

    var height: Int { isTransposed ? columns : rows }
    var width: Int { isTransposed ? rows : columns }
}

/// product = a · b + retained · product, on one thread.
///
/// - Parameters:
///   - a: shape (m, k).
///   - b: shape (k, n).
///   - product: shape (m, n), row-major.
///   - start: Where the first row begins.
///   - rowStride: How far apart two rows of `product` begin; n if the rows touch.
///   - retained: 0 overwrites what `product` held, 1 adds to it.
public func multiply(
    _ a: borrowing Matrix,
    _ b: borrowing Matrix,
    into product: inout MutableSpan<Float>,
    startingAt start: Int = 0,
    rowStride: Int? = nil,
    retaining retained: Float = 0
) {
    let (m, n, k) = (a.height, b.width, a.width)
    let productStride = rowStride ?? n
    precondition(b.height == k, "(\(m), \(k)) · (\(b.height), \(n))")
    precondition(
        start >= 0 && (m == 0 || start + (m - 1) * productStride + n <= product.count),
        "(\(m), \(n)) with rows every \(productStride) in \(product.count - start) floats"
    )
    guard m > 0, n > 0 else { return }
    BLAS.useOneThread
    let aTransposition = a.isTransposed ? CblasTrans : CblasNoTrans
    let bTransposition = b.isTransposed ? CblasTrans : CblasNoTrans
    let (aStride, bStride) = (Int32(a.rowStride), Int32(b.rowStride))
    unsafe a.elements.withUnsafeBufferPointer { a in
        unsafe b.elements.withUnsafeBufferPointer { b in
            unsafe product.withUnsafeMutableBufferPointer { product in
                unsafe cblas_sgemm(
                    CblasRowMajor,
                    aTransposition,
                    bTransposition,
                    Int32(m),
                    Int32(n),
                    Int32(k),
                    1,
                    a.baseAddress,
                    aStride,
                    b.baseAddress,
                    bStride,
                    retained,
                    product.baseAddress?.advanced(by: start),
                    Int32(productStride)
                )
            }
        }
    }
}

enum BLAS {
    /// Tells OpenBLAS, once, to stay on the thread that calls it: spreading work over cores is ours.
    static let useOneThread: Void = openblas_set_num_threads(1)
}
