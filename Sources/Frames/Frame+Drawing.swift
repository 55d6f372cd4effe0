extension Frame {
    /// Paints the rectangle of the given rows and columns; what lies outside the picture is left out.
    public mutating func fill(rows: Range<Int>, columns: Range<Int>, with color: Color) {
        paint(rows: rows, columns: columns, with: color) { _, _ in true }
    }

    /// Paints a disc around a point; coordinates are in pixels, (0, 0) the upper left corner.
    public mutating func fillDisc(
        row: Double,
        column: Double,
        radius: Double,
        with color: Color
    ) {
        paintNear(
            (row - radius, column - radius),
            (row + radius, column + radius),
            with: color
        ) { y, x in
            (y - row) * (y - row) + (x - column) * (x - column) <= radius * radius
        }
    }

    /// Paints a straight bar of some thickness with round ends between two points.
    public mutating func drawLine(
        from start: (row: Double, column: Double),
        to end: (row: Double, column: Double),
        thickness: Double,
        with color: Color
    ) {
        let reach = thickness / 2
        let along = (row: end.row - start.row, column: end.column - start.column)
        let squaredLength = along.row * along.row + along.column * along.column
        paintNear(
            (min(start.row, end.row) - reach, min(start.column, end.column) - reach),
            (max(start.row, end.row) + reach, max(start.column, end.column) + reach),
            with: color
        ) { y, x in
            let projection = (y - start.row) * along.row + (x - start.column) * along.column
            let part = squaredLength == 0 ? 0 : min(1, max(0, projection / squaredLength))
            let dy = y - start.row - part * along.row
            let dx = x - start.column - part * along.column
            return dy * dy + dx * dx <= reach * reach
        }
    }

    /// Paints the pixels between two corners whose centres are inside a shape.
    private mutating func paintNear(
        _ upperLeft: (Double, Double),
        _ lowerRight: (Double, Double),
        with color: Color,
        where isInside: (Double, Double) -> Bool
    ) {
        paint(
            rows: Int(upperLeft.0.rounded(.down))..<Int(lowerRight.0.rounded(.up)) + 1,
            columns: Int(upperLeft.1.rounded(.down))..<Int(lowerRight.1.rounded(.up)) + 1,
            with: color
        ) { isInside(Double($0) + 0.5, Double($1) + 0.5) }
    }

    private mutating func paint(
        rows: Range<Int>,
        columns: Range<Int>,
        with color: Color,
        where isInside: (Int, Int) -> Bool
    ) {
        let pixel = color.bytes
        precondition(pixel.count == channels, "\(color) does not suit \(channels) channels")
        for row in rows.clamped(to: 0..<height) {
            for column in columns.clamped(to: 0..<width) where isInside(row, column) {
                let start = (row * width + column) * channels
                for channel in 0..<channels {
                    bytes[start + channel] = pixel[channel]
                }
            }
        }
    }
}
