internal import Foundation
package import Frames

extension CartPole {
    /// The cart on its track and the pole, 160 rows by 240 columns.
    package func rendered() -> Frame? {
        let height = 160.0
        let width = 240.0
        var picture = Frame(height: Int(height), width: Int(width), filledWith: .rgb(250, 250, 248))
        let track = height * 0.8
        picture.drawLine(
            from: (track, 0),
            to: (track, width),
            thickness: 2,
            with: .rgb(120, 120, 120)
        )
        let pixelsPerMetre = width / (2 * Self.positionLimit)
        let axle = (
            row: track - 10,
            column: min(max(width / 2 + state.position * pixelsPerMetre, -40), width + 40)
        )
        picture.fill(
            rows: Int(axle.row)..<Int(track),
            columns: Int(axle.column.rounded()) - 18..<Int(axle.column.rounded()) + 18,
            with: .rgb(40, 40, 48)
        )
        let poleLength = 80.0
        picture.drawLine(
            from: axle,
            to: (
                axle.row - poleLength * cos(state.angle),
                axle.column + poleLength * sin(state.angle)
            ),
            thickness: 7,
            with: .rgb(202, 152, 101)
        )
        picture.fillDisc(
            row: axle.row,
            column: axle.column,
            radius: 4,
            with: .rgb(129, 132, 203)
        )
        return picture
    }
}
