internal import Foundation
package import Frames

extension MountainCar {
    /// The valley, the flag and the car, 160 rows by 240 columns.
    package func rendered() -> Frame? {
        var picture = Frame(height: 160, width: 240, filledWith: .rgb(250, 250, 248))
        let track = Self.positions
        let points = stride(from: track.lowerBound, through: track.upperBound, by: 0.02)
            .map { Self.point($0, above: 0) }
        for (from, to) in zip(points, points.dropFirst()) {
            picture.drawLine(from: from, to: to, thickness: 3, with: .rgb(120, 120, 120))
        }
        let foot = Self.point(Self.goal, above: 0)
        let top = (row: foot.row - 26, column: foot.column)
        picture.drawLine(from: foot, to: top, thickness: 2, with: .rgb(60, 60, 66))
        picture.fill(
            rows: Int(top.row)..<Int(top.row) + 10,
            columns: Int(top.column)..<Int(top.column) + 16,
            with: .rgb(202, 152, 40)
        )
        for side in [-0.045, 0.045] {
            let wheel = Self.point(state.position + side, above: 5)
            picture.fillDisc(
                row: wheel.row,
                column: wheel.column,
                radius: 5,
                with: .rgb(129, 132, 203)
            )
        }
        picture.drawLine(
            from: Self.point(state.position - 0.06, above: 13),
            to: Self.point(state.position + 0.06, above: 13),
            thickness: 9,
            with: .rgb(40, 40, 48)
        )
        return picture
    }

    /// Where on the picture a point of the track is, or one some pixels above it.
    private static func point(
        _ position: Double,
        above pixels: Double
    ) -> (row: Double, column: Double) {
        let width = positions.upperBound - positions.lowerBound
        // The height whose slope is the cosine that slows the car down.
        let height = sin(3 * position) * 0.45 + 0.55
        return (
            row: 145 - height * 95 - pixels,
            column: 10 + (position - positions.lowerBound) / width * 220
        )
    }
}
