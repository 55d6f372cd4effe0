extension Frame {
    /// The picture with every pixel drawn as a square of `factor` × `factor`.
    public func scaled(by factor: Int) -> Frame {
        precondition(factor > 0, "a picture cannot be scaled by \(factor)")
        guard factor > 1 else { return self }
        var pixels: [UInt8] = []
        pixels.reserveCapacity(bytes.count * factor * factor)
        for row in 0..<height {
            let first = pixels.count
            for column in 0..<width {
                for _ in 0..<factor {
                    pixels.append(contentsOf: self[row, column])
                }
            }
            let wide = pixels[first...]
            for _ in 1..<factor {
                pixels.append(contentsOf: wide)
            }
        }
        return Frame(
            height: height * factor,
            width: width * factor,
            channels: channels,
            bytes: pixels
        )
    }

    /// Pictures of one size in a row, the first on the left.
    public static func sideBySide(_ frames: [Frame]) -> Frame {
        guard let first = frames.first else { preconditionFailure("no frames to lay out") }
        precondition(
            frames.allSatisfy {
                $0.height == first.height && $0.width == first.width
                    && $0.channels == first.channels
            },
            "frames side by side must have one size"
        )
        let rowLength = first.width * first.channels
        var pixels: [UInt8] = []
        pixels.reserveCapacity(first.bytes.count * frames.count)
        for row in 0..<first.height {
            for frame in frames {
                pixels.append(contentsOf: frame.bytes[row * rowLength..<(row + 1) * rowLength])
            }
        }
        return Frame(
            height: first.height,
            width: first.width * frames.count,
            channels: first.channels,
            bytes: pixels
        )
    }

    /// The `count` pictures that stand side by side in this one, the left one first.
    public func split(into count: Int) -> [Frame] {
        precondition(
            count > 0 && width.isMultiple(of: count),
            "a width of \(width) does not split into \(count)"
        )
        return (0..<count).map { index in
            cropped(rows: 0..<height, columns: index * width / count..<(index + 1) * width / count)
        }
    }

    /// The part of the picture inside the given rows and columns.
    public func cropped(rows: Range<Int>, columns: Range<Int>) -> Frame {
        precondition(
            rows.lowerBound >= 0 && rows.upperBound <= height && columns.lowerBound >= 0
                && columns.upperBound <= width,
            "rows \(rows) and columns \(columns) reach beyond \(height)×\(width)"
        )
        var pixels: [UInt8] = []
        pixels.reserveCapacity(rows.count * columns.count * channels)
        for row in rows {
            let start = row * width
            pixels.append(
                contentsOf: bytes[
                    (start + columns.lowerBound) * channels..<(start + columns.upperBound)
                        * channels
                ]
            )
        }
        return Frame(
            height: rows.count,
            width: columns.count,
            channels: channels,
            bytes: pixels
        )
    }
}
